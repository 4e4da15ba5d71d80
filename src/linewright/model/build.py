"""Values as read, frozen into a `Plant`."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from linewright.model.build_station import failures_of, maintenance_of, power_of, segment_of, set_points, signals_of
from linewright.model.flow import Flow, Step
from linewright.model.plant import (
    Carrier,
    Energy,
    Equipment,
    Fault,
    JobOrder,
    Level,
    Material,
    People,
    Plant,
    Road,
    RunPlan,
    ShiftPlan,
    Start,
    Utility,
    Vehicle,
    Zone,
)
from linewright.model.quantity import Amount
from linewright.model.station import Measure, Segment

__all__ = ["Part", "plant_of", "steps_of"]

Values = dict[str, Any]
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(slots=True)
class Part:
    """One line of the file: itself, or one of a site's.

    Parameters
    ----------
    line
        Its name in a site, else empty.
    where
        Path of it in the file, empty for the file itself.
    values
        What was read of it.
    """

    line: str
    where: str
    values: Values = field(default_factory=dict)

    def name(self, own: str) -> str:
        """Return the plant-wide name of a thing of this line."""
        return f"{self.line}.{own}" if self.line else own


def parts_of(root: Values) -> list[Part]:
    """Return the lines of a file."""
    parts = [Part("", "", root)] if root.get("stations") or not root.get("lines") else []
    for name, values in (root.get("lines") or {}).items():
        if isinstance(values, dict):
            parts.append(Part(name, f"lines.{name}", values))
    return parts


def steps_of(parts: list[Part]) -> list[Step]:
    """Return all stations in file order."""
    steps = []
    for part in parts:
        for name, values in (part.values.get("stations") or {}).items():
            if isinstance(values, dict):
                where = f"{part.where}.stations.{name}".lstrip(".")
                steps.append(Step(name, part.name(name), part.line, where, values, part.values.get("product") or ""))
    return steps


def plant_of(root: Values, parts: list[Part], flow: Flow, materials: dict[str, Values]) -> Plant:
    """Return the frozen plant.

    Parameters
    ----------
    root
        What was read of the file.
    parts
        Its lines.
    flow
        Where items go.
    materials
        All materials that are made, taken or named, with what the library knows of them laid under.
    """
    name = root.get("line") or root.get("site") or root.get("experiment") or ""
    shared = _Shared(root, parts)
    segments = tuple(_renamed(segment_of(step, flow), step, shared) for step in flow.steps)
    roads: Values = next((p.values["roads"] for p in [Part("", "", root), *parts] if p.values.get("roads")), {})
    head = parts[-1].values if parts else root
    energy: Values = root.get("energy") or head.get("energy") or {}
    keep: Values = root.get("keep") or {}
    begin = Plant(name="")
    target = root.get("target") or (head.get("target") if len(parts) == 1 else None)
    made = {output.material for s in segments for output in s.makes} | {p.values.get("product") for p in parts}
    return Plant(
        name=name,
        about=root.get("about", ""),
        level=root.get("level") or head.get("level", "line"),
        product=root.get("product") or head.get("product", ""),
        target_per_s=target.si if target else None,
        segments=segments,
        equipment=tuple(_equipment(name, root, parts, segments)),
        materials=tuple(_material(m, v, bought=m not in made) for m, v in materials.items()),
        carriers=tuple(shared.all("carriers", _carrier)),
        people=tuple(shared.all("people", _people)),
        vehicles=tuple(replace(v, uses_roads=v.uses_roads and bool(roads)) for v in shared.all("vehicles", _vehicle)),
        points=tuple((n, p[0].si, p[1].si) for n, p in (roads.get("points") or {}).items()),
        roads=tuple(_road(way) for way in roads.get("ways") or ()),
        zones=tuple(Zone(n, z["vehicles"], z["radius"].si) for n, z in (roads.get("zones") or {}).items()),
        utilities=tuple(_utility(n, u, part, segments) for n, u, part in shared.rows("utilities")),
        shifts=tuple(shared.all("shifts", _shift)),
        works=_always(root.get("works")),
        time_zone=root.get("time-zone", "UTC"),
        energy=tuple(_energy(n, e) for n, e in energy.items() if isinstance(e, dict)),
        energy_profile=energy.get("profile", ""),
        orders=tuple(_order(o) for o in root.get("orders") or head.get("orders") or ()),
        faults=tuple(_fault(f) for f in root.get("faults") or ()),
        keep_signals_s=keep["signals"].si if keep else begin.keep_signals_s,
        keep_records_s=keep["records"].si if keep else begin.keep_records_s,
        run=_run(root.get("run") or {}, root.get("time-zone", "UTC")),
        variants=tuple((n, tuple(sorted(v.items()))) for n, v in (root.get("variants") or {}).items()),
        sweep=tuple((path, tuple(values)) for path, values in (root.get("sweep") or {}).items()),
    )


@dataclass(slots=True)
class _Shared:
    """Resources: a name at the site hides the same name in a line; what only a line knows has the line's name before it."""

    root: Values
    parts: list[Part]

    def rows(self, section: str) -> list[tuple[str, Values, Part]]:
        own = self.root.get(section) or {}
        rows = [(name, values, Part("", "", self.root)) for name, values in own.items()]
        for part in self.parts:
            if part.line:
                rows += [(part.name(name), values, part) for name, values in (part.values.get(section) or {}).items() if name not in own]
        return rows

    def all(self, section: str, make: Callable[[str, Values], Any]) -> Iterable[Any]:
        return [make(name, values) for name, values, _ in self.rows(section)]

    def name(self, section: str, line: str, name: str | None) -> str | None:
        """Return the plant-wide name of what a station of a line names."""
        if not line or name is None or name in (self.root.get(section) or {}):
            return name
        part = next(p for p in self.parts if p.line == line)
        return f"{line}.{name}" if name in (part.values.get(section) or {}) else name


def _renamed(segment: Segment, step: Step, shared: _Shared) -> Segment:
    """Return a station whose resources have their plant-wide names."""
    if not step.line:
        return segment if segment.works != "always" else replace(segment, works=None)

    def named(section: str, name: str | None) -> str | None:
        return shared.name(section, step.line, name)

    def inputs(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(i, brought_by=named("vehicles", i.brought_by)) for i in rows)

    return replace(
        segment,
        inputs=inputs(segment.inputs),
        adds=inputs(segment.adds),
        brought_by=named("vehicles", segment.brought_by),
        failures=tuple(replace(f, by=named("people", f.by)) for f in segment.failures),
        maintenance=tuple(replace(m, by=named("people", m.by)) for m in segment.maintenance),
        needs=tuple((named("people", n) or n, count) for n, count in segment.needs),
        loads=replace(segment.loads, carrier=named("carriers", segment.loads.carrier) or "") if segment.loads else None,
        unloads=replace(segment.unloads, carrier=named("carriers", segment.unloads.carrier) or "") if segment.unloads else None,
        works=named("shifts", _always(segment.works)),
        per_product=tuple((product, _renamed(s, step, shared)) for product, s in segment.per_product),
    )


def _always(plan: str | None) -> str | None:
    return None if plan == "always" else plan


def _equipment(name: str, root: Values, parts: list[Part], segments: tuple[Segment, ...]) -> Iterable[Equipment]:
    """Return the equipment tree: site, lines, stations, their machines (``winder/7``), and a storage unit for each buffer (``winder.buffer``)."""
    is_site = bool(root.get("lines"))
    if is_site:
        yield Equipment(name, Level.SITE, None)
    is_machine = root.get("level") == "machine"
    for part in parts:
        parent = part.line or name
        top = Level.WORK_CELL if is_machine else Level.PRODUCTION_LINE
        if parent != name or not is_site:
            yield Equipment(parent, top, name if is_site else None)
    for s in segments:
        line = s.path.removesuffix(s.name).rstrip(".") or name
        yield Equipment(s.path, Level.WORK_UNIT if is_machine else Level.WORK_CELL, line, s.path)
        for number in range(1, s.count + 1):
            yield Equipment(f"{s.path}/{number}", Level.WORK_UNIT, s.path, s.path)
        if not s.inputs and s.buffer != 0:
            yield Equipment(f"{s.path}.buffer", Level.STORAGE_UNIT, s.path, s.path)
        for i in s.inputs:
            if i.buffer != 0:
                yield Equipment(f"{s.path}.takes.{i.material}.buffer", Level.STORAGE_UNIT, s.path, s.path)


def _si(amount: Amount | None) -> float | None:
    return None if amount is None else amount.si


def _material(name: str, v: Values, *, bought: bool) -> Material:
    price: Amount | None = v.get("price")
    delivery: Values = v.get("delivery") or {}
    return Material(
        name=name,
        prefix=v.get("id", name),
        price=_si(price),
        currency=price.currency if price else "",
        co2_kg=_si(v.get("co2")),
        density_kg_m3=_si(v.get("density")),
        shelf_life_s=_si(v.get("shelf-life")),
        stock=_si(v.get("stock")),
        delivery_every_s=_si(delivery.get("every")),
        delivery_amount=_si(delivery.get("amount")),
        waste=v["waste"].si if v.get("waste") else 0.0,
        properties=set_points(v.get("properties")),
        bought=bought,
        measure=_measure(price),
    )


def _measure(price: Amount | None) -> Measure:
    """Return what a price counts."""
    if price is None:
        return Measure.COUNT
    bases = dict(price.dimension)
    return Measure.MASS if "kg" in bases else {-1: Measure.LENGTH, -3: Measure.VOLUME}.get(bases.get("m", 0), Measure.COUNT)


def _carrier(name: str, v: Values) -> Carrier:
    return Carrier(name, v["holds"], v["count"], v["empty-return"].si, v.get("id", name))


def _people(name: str, v: Values) -> People:
    cost: Amount | None = v.get("cost")
    return People(name, v["count"], _always(v["works"]), _si(cost), cost.currency if cost else "")


def _vehicle(name: str, v: Values) -> Vehicle:
    battery: Values = v.get("battery") or {}
    law = v.get("time")
    return Vehicle(
        name=name,
        count=v["count"],
        speed_m_s=v["speed"].si if v.get("speed") else 0.0,
        load_s=v["load"].si,
        unload_s=v["unload"].si,
        holds=v["holds"],
        dispatch=v["dispatch"],
        distance_m=_si(v.get("distance")),
        time=law.law if law else None,
        uses_roads=v.get("roads", v.get("distance") is None and law is None),
        park=v.get("park"),
        battery=tuple((key.replace("-", "_"), float(x.si if isinstance(x, Amount) else x)) for key, x in battery.items() if key != "at"),
        failures=failures_of(v.get("failures")),
        battery_at=battery.get("at"),
    )


def _road(way: Any) -> Road:
    if isinstance(way, list):
        return Road(way[0], way[1])
    return Road(way["from"], way["to"], way["one-way"], _si(way.get("length")), _si(way.get("speed")))


def _utility(name: str, v: Values, part: Part, segments: tuple[Segment, ...]) -> Utility:
    serves = v["serves"]
    known = {s.path for s in segments}
    names = [serves] if isinstance(serves, str) else serves
    paths = tuple(part.name(n) if part.name(n) in known else n for n in names)
    return Utility(
        name,
        paths,
        power_of(v.get("power")),
        set_points(v.get("recipe")),
        signals_of(v.get("signals")),
        failures_of(v.get("failures")),
        maintenance_of(v.get("maintenance")),
    )


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _shift(name: str, v: Values) -> ShiftPlan:
    days = _as_list(v["days"])
    numbers = range(7) if "all" in days else sorted({_WEEKDAYS.index(d) for d in days})
    return ShiftPlan(name, tuple(numbers), tuple(_as_list(v["hours"])), tuple(_as_list(v.get("breaks"))), tuple(_as_list(v.get("holidays"))))


def _energy(name: str, v: Values) -> Energy:
    price: Amount | None = v.get("price")
    return Energy(name, _si(price), price.currency if price else "", _si(v.get("co2")))


def _order(o: Values) -> JobOrder:
    return JobOrder(o["product"], o["amount"], o["priority"], o["release"].si, _si(o.get("due")))


def _fault(f: Values) -> Fault:
    tool = next(iter((f.get("tool") or {}).items()), (None, None))
    return Fault(f["fault"], f["station"], f["size"].si, f["at"].si, _si(f.get("for")), tool[0], tool[1], f.get("machine"), str(f["size"]))


def _run(r: Values, time_zone: str) -> RunPlan:
    if not r:
        return RunPlan()
    warm_up = r["warm-up"]
    return RunPlan(
        begin_us=_begin(r["begin"], time_zone) if r.get("begin") else None,
        until_s=r["until"].si,
        start=Start(r["start"]),
        warm_up_s=None if warm_up == "found" else warm_up.si,
        replications=r["replications"],
        seed=r["seed"],
        show=tuple(_as_list(r.get("show"))),
    )


def _begin(text: str, time_zone: str) -> int:
    """Return a clock time of the plant in UTC microseconds."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zoneinfo.ZoneInfo(time_zone))
    return round(moment.timestamp()) * 1_000_000
