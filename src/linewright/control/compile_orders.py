"""Orders and products as rows of a station table: what lies on the way to the product, what differs by product, set-ups."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from linewright.control.flows import Flow, Passing, is_several, lanes_of, nanoseconds
from linewright.kernels import table as tb
from linewright.model.errors import NotYetError
from linewright.model.plant import Plant
from linewright.model.station import Blocking, QueueRule, Segment

if TYPE_CHECKING:
    from linewright.control.compile_rows import Draft, Row

__all__ = ["RULES", "of_product", "order_rows", "product_rows", "products_of", "way_to_product"]

#: Who is next in a queue, and which order a beginning station begins next.
RULES = {
    QueueRule.LIFO: tb.LIFO,
    QueueRule.REWORK_FIRST: tb.REWORK_FIRST,
    QueueRule.PRIORITY: tb.BY_PRIORITY,
    QueueRule.DUE: tb.BY_DUE,
    QueueRule.SHORTEST: tb.SHORTEST,
    QueueRule.SAME_PRODUCT: tb.SAME_PRODUCT,
}
#: What may differ by product.
DIFFERS = frozenset({"time", "each_s", "speed_m_s", "scrap", "time_unit"})


def products_of(plant: Plant) -> list[str]:
    """Return the products that a line tells apart: its own first, then those of the orders, then those that stations name.

    Examples
    --------
    >>> products_of(Plant("toy", product="cell"))
    ['cell']
    """
    names = [plant.product, *(o.product for o in plant.orders)]
    for s in plant.segments if plant.orders else ():
        names += [name for name, _ in s.per_product]
        names += [name for a, b, _ in s.setup.pairs for name in (a, b)]
    return list(dict.fromkeys(names))


def of_product(s: Segment, product: str) -> Segment:
    """Return a station as it is for one product."""
    return next((variant for name, variant in s.per_product if name == product), s)


def way_to_product(plant: Plant, flow: Flow) -> dict[int, int]:
    """Return the stations that items pass which leave the line as its product, and how many products one of them there becomes.

    Parameters
    ----------
    plant, flow
        The line, and how things pass it.
    """
    on_way: set[int] = set()
    last = [p for p in flow.stations if any(a.station is None and not a.is_thrown for a in p.aims)]
    stack = [p.number for p in last if p.carried or p.segment.loads is not None or flow.kinds[p.kind].name == plant.product]
    while stack:
        number = stack.pop()
        if number not in on_way:
            on_way.add(number)
            stack += flow.stations[number].feeders
    units: dict[int, int] = {}
    for number in sorted(on_way, reverse=True):
        p = flow.stations[number]
        own = lanes_of(p.segment) * (p.made[0].amount if is_several(p.segment) else 1)
        ahead = next((a.station for a in p.aims if a.station in on_way and a.slot is None), None)
        units[number] = own * (units.get(ahead, 1) if ahead is not None else 1)
    return units


def order_rows(d: Draft) -> None:
    """Add the orders; note which stations begin by order, and which kinds of things are for one.

    Raises
    ------
    NotYetError
        An order, or a product told apart, where nothing is made for orders.
    """
    d.campaigns = [0] * len(d.flow.kinds)
    if not d.plant.orders:
        return
    d.units = way_to_product(d.plant, d.flow)
    d.products = products_of(d.plant)
    found = [*_refused(d)]
    if found:
        raise NotYetError(found)
    for o in d.plant.orders:
        d.orders.append(
            {"product": d.products.index(o.product), "amount": o.amount, "priority": o.priority, "release": max(nanoseconds(o.release_s), 0),
             "due": nanoseconds(o.due_s)}
        )  # fmt: skip
    count = 0
    for number in sorted(d.units):
        p = d.flow.stations[number]
        for kind in (p.job_kind if p.job_kind is not None else p.kind, p.kind):
            if kind not in d.flow.carrier_kinds and d.campaigns[kind] == 0:
                count += 1
                d.campaigns[kind] = count
    for number, kind in enumerate(d.flow.carrier_kinds):
        d.campaigns[kind] = -1 - number
    d.campaign_count = count


def _refused(d: Draft) -> list[tuple[str, str]]:
    """Return what is said of orders and products and has no behaviour, with its place."""
    found = []
    places = {origin.path: f"{origin.file}:{origin.line}" for origin in d.plant.origins if origin.line}
    aside = {o.material for p in d.flow.stations if p.number not in d.units for o in p.segment.makes}
    for number, o in enumerate(d.plant.orders, 1):
        if not d.units or (o.product in aside and o.product != d.plant.product):
            found.append((f"orders.{number}.product: `{o.product}` does not leave the line as its product", f"orders.{number}.product"))
    for p in d.flow.stations:
        s, where = p.segment, f"stations.{p.segment.path}"
        for key, given in (("setup", s.setup.other_s > 0.0 or bool(s.setup.pairs)), ("per-product", bool(s.per_product))):
            if given and p.number not in d.units:
                found.append((f"{where}.{key} on the way of something else than `{d.plant.product}`", f"{where}.{key}"))
            if given and p.carried and not _is_sorted(d, p):
                found.append((f"{where}.{key} where a carrier may hold several products", f"{where}.{key}"))
        if s.blocking is Blocking.BEFORE and p.number in d.units and (p.begins or s.setup.other_s > 0.0 or s.setup.pairs):
            found.append((f"{where}.blocking: before, where orders are begun or machines set up", f"{where}.blocking"))
        if (s.setup.other_s > 0.0 or s.setup.pairs) and (s.batch or s.places or s.loads or s.unloads):
            found.append((f"{where}.setup at ovens, stores, loaders and unloaders", f"{where}.setup"))
        for product, variant in s.per_product:
            names = {f.name for f in fields(s)} - {"per_product", "begins"} - DIFFERS
            differ = sorted(name for name in names if getattr(s, name) != getattr(variant, name))
            found += [(f"{where}.per-product.{product}.{name.replace('_', '-')}", f"{where}.per-product.{product}") for name in differ]
    return [(what, places.get(path, "")) for what, path in found]


def _is_sorted(d: Draft, p: Passing) -> bool:
    """Tell whether each carrier that passes a station holds one product."""
    loaders = [q for q in d.flow.stations if q.segment.loads is not None and q.carrier == p.carrier]
    return all(q.segment.loads is not None and q.segment.loads.same == "product" for q in loaders)


def product_rows(d: Draft, p: Passing, law: Any, windows: Any) -> Row:
    """Return what a station's row says of orders and products.

    Parameters
    ----------
    d, p
        The table in the making, and the station.
    law
        ``law(passing)`` gives the law of its times.
    windows
        ``windows(draft, passing)`` adds its windows and measures, and says where they are.
    """
    s = p.segment
    row: Row = {"units": d.units.get(p.number, 0), "rule": RULES.get(s.queue, tb.FIFO) if p.begins else 0, "variant0": 0, "setup0": 0}
    row["by_order"] = int(bool(d.orders) and p.begins and row["units"] > 0)
    row["rule"] *= row["by_order"]
    if not d.orders or not row["units"]:
        return row
    if s.per_product:
        row["variant0"] = len(d.variants) + 1
        for product in d.products:
            own = replace(p, segment=of_product(s, product))
            d.variants.append({"law": d.law(law(own)), "scrap": own.segment.scrap} | windows(d, own))
    if s.setup.other_s > 0.0 or s.setup.pairs:
        row["setup0"] = len(d.setups) + 1
        pairs = {(a, b): time for a, b, time in s.setup.pairs}
        d.setups += [0 if a == b else nanoseconds(pairs.get((a, b), s.setup.other_s)) for a in d.products for b in d.products]
    return row
