"""How many products one item of a station makes, by the bill: the measure in which flow can be compared along a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linewright.model.plant import Plant
from linewright.model.station import Input, Measure, Segment

__all__ = ["Flow", "flow_of"]


@dataclass(frozen=True, slots=True)
class Flow:
    """What an item of a station is.

    Parameters
    ----------
    kind
        ``batch``, ``web``, ``unit`` or ``carrier``.
    material
        What it is made of, or the carrier's name.
    length_m
        Metres of a web; None for everything else.
    products
        Good products that one item becomes, nothing lost; None where the bill does not say.
    """

    kind: str
    material: str
    length_m: float | None = None
    products: float | None = None


def flow_of(plant: Plant) -> dict[str, Flow]:
    """Return the flow of each station by path.

    Parameters
    ----------
    plant
        The line.

    Notes
    -----
    A web's length is what its first station makes, less what is trimmed, times its elongation, lane by lane. Read from the product backwards:
    a station that takes ``a`` metres of a web of length ``L`` makes ``L / a`` items of it.
    """
    items = {s.path: item for chain in chains(plant) for s, item in described(chain, plant)}
    products: dict[str, float | None] = {}
    # Consumers stand before those who feed them in this order, so that each finds its consumer's share.
    for chain in sorted(chains(plant), key=lambda c: steps_to_end(c, plant)):
        after = end_share(chain, plant, items, products)
        for s in reversed(chain):
            here = after
            if here is not None and items[s.path].kind == "carrier":
                here *= holds(plant, items[s.path].material)
            products[s.path] = None if here is None else here * lanes_cut(s)
            after = None if after is None else after * lanes_cut(s)
    return {path: Flow(item.kind, item.material, item.length_m, products.get(path)) for path, item in items.items()}


def chains(plant: Plant) -> list[list[Segment]]:
    """Return the stations of each chain, in file order."""
    rows: dict[int, list[Segment]] = {}
    for s in plant.segments:
        rows.setdefault(s.chain, []).append(s)
    return list(rows.values())


def holds(plant: Plant, carrier: str) -> int:
    """Return how many items a carrier holds; 1 where the line does not name it."""
    return next((c.holds for c in plant.carriers if c.name == carrier), 1)


def lanes_cut(s: Segment) -> int:
    """Return into how many webs a station cuts one."""
    return s.web.lanes if s.web is not None and s.web.lanes > 1 else 1


def described(chain: Sequence[Segment], plant: Plant) -> list[tuple[Segment, Flow]]:
    """Return what an item of each station of a chain is, before its share of the product is known."""
    rows: list[tuple[Segment, Flow]] = []
    kind, material, length = "unit", plant.product, None
    carrier = ""
    for s in chain:
        if s.makes:
            made = s.makes[0]
            material = made.material
            if made.measure is Measure.LENGTH:
                kind, length = "web", made.amount - (s.web.trim_start_m + s.web.trim_end_m if s.web else 0.0)
            elif made.measure in {Measure.MASS, Measure.VOLUME}:
                kind, length = "batch", None
            elif not (s.web is not None and kind == "web" and not s.begins):
                kind, length = "unit", None
        if kind == "web" and length is not None and s.web is not None and not (s.makes and s.makes[0].measure is Measure.LENGTH):
            length = (length - s.web.trim_start_m - s.web.trim_end_m) * (1.0 + s.web.elongation) * (1.0 - s.web.loss)
        if s.unloads is not None:
            carrier = ""
        rows.append((s, Flow("carrier", carrier) if carrier else Flow(kind, material, length)))
        if s.loads is not None:
            carrier = s.loads.carrier
    return rows


def consumers(chain: Sequence[Segment], plant: Plant) -> list[tuple[Segment, Input]]:
    """Return who takes what a chain ends with."""
    end = {chain[-1].path, chain[-1].name}
    return [(s, i) for s in plant.segments for i in (*s.inputs, *s.adds) if end & set(i.sources)]


def steps_to_end(chain: Sequence[Segment], plant: Plant) -> int:
    """Return how many chains lie between a chain's end and the product (0: it makes the product)."""
    found = 0
    row: list[Sequence[Segment]] = [chain]
    while row and found <= len(plant.segments):
        following: list[Sequence[Segment]] = [c for c in chains(plant) if any(s in c for r in row for s, _ in consumers(r, plant))]
        if not following or following == row:
            return found
        row, found = following, found + 1
    return found


def end_share(chain: Sequence[Segment], plant: Plant, items: dict[str, Flow], products: dict[str, float | None]) -> float | None:
    """Return how many products one item leaving a chain becomes."""
    takers = consumers(chain, plant)
    if not takers:
        # The carrier of a line that ships its carriers counts as what it holds, as every other one does.
        return 1.0
    s, taken = takers[0]
    own, item = products.get(s.path), items[chain[-1].path]
    needed = taken.amount * (items[s.path].length_m or 0.0) if taken.per_length else taken.amount
    there = item.length_m if taken.measure is Measure.LENGTH else chain_amount(chain)
    if own is None or not needed or there is None:
        return None
    return own * there / needed / lanes_cut(s)


def chain_amount(chain: Sequence[Segment]) -> float | None:
    """Return the amount that one item of a chain's end holds: what its last maker says, else one piece."""
    for s in reversed(chain):
        if s.makes:
            return s.makes[0].amount
    return 1.0
