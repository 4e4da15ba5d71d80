"""The flow of a plant in the order in which the station table numbers it: who feeds whom, what kind of thing passes, how long its web is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from linewright.model.errors import LinewrightError
from linewright.model.plant import Plant
from linewright.model.station import Input, Measure, Segment

__all__ = ["Flow", "Kind", "Passing", "flow_of", "whole"]

#: Whole units of the kernel in one SI unit: mm, mL, g, pieces.
WHOLE = {Measure.LENGTH: 1000.0, Measure.VOLUME: 1e6, Measure.MASS: 1000.0, Measure.COUNT: 1.0}


def whole(amount: float, measure: Measure) -> int:
    """Return an amount in whole mm, mL, g or pieces.

    Examples
    --------
    >>> whole(0.000621, Measure.VOLUME)
    621
    """
    return math.floor(amount * WHOLE[measure] + 0.5)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of things that are counted through the run.

    Parameters
    ----------
    name
        The material (of an item: the last name it is given), or the carrier.
    prefix
        Of its serials.
    what
        ``item``, ``lot`` (bought) or ``carrier``.
    station
        Number of the station where its things come into being; None for lots and carriers.
    """

    name: str
    prefix: str
    what: str
    station: int | None = None


@dataclass(slots=True)
class Passing:
    """One station as the flow sees it.

    Parameters
    ----------
    segment, number
        The station, and its number in the table.
    begins
        Whether a new item begins here.
    feeders, next
        Numbers of the stations that feed its passing item; the next station, None at the end.
    kind
        Number of the kind that it hands on.
    carried
        Whether its items are carriers; `carrier` is then which.
    enter_mm, leave_mm
        Metres of web; 0 where there is none.
    amount
        Whole units of one thing handed on.
    slots
        What it takes or adds, with the stations that make each.
    """

    segment: Segment
    number: int
    begins: bool = False
    feeders: list[int] = field(default_factory=list)
    next: int | None = None
    next_slot: int | None = None
    kind: int = -1
    carried: bool = False
    carrier: int = -1
    enter_mm: int = 0
    leave_mm: int = 0
    amount: int = 1
    measure: Measure = Measure.COUNT
    slots: list[tuple[Input, list[int]]] = field(default_factory=list)


@dataclass(slots=True)
class Flow:
    """All stations in order, and the kinds of things."""

    stations: list[Passing]
    kinds: list[Kind]
    lot_kinds: dict[str, int]
    carrier_kinds: list[int]

    def of(self, name: str) -> Passing:
        """Return the station of a name or path. Raises KeyError."""
        for p in self.stations:
            if name in (p.segment.name, p.segment.path):
                return p
        raise KeyError(name)


def flow_of(plant: Plant) -> Flow:
    """Return the flow of a plant: stations sorted so that each stands behind all that feed it, else in the order of the file."""
    flow = Flow([Passing(s, i) for i, s in enumerate(_sorted(plant))], [], {}, [])
    for p in flow.stations:
        p.slots = [(i, [flow.of(source).number for source in i.sources]) for i in (*p.segment.inputs, *p.segment.adds)]
    for p in flow.stations:
        target = p.segment.to[0].station if p.segment.to else "out"
        if target in ("out", "scrap"):
            continue
        after = flow.of(target)
        p.next = after.number
        for number, (_, sources) in enumerate(after.slots):
            if p.number in sources:
                p.next_slot = number
        if p.next_slot is None:
            after.feeders.append(p.number)
    for p in flow.stations:
        p.begins = p.segment.begins or not p.feeders
    _carry(plant, flow)
    for p in flow.stations:
        _lengths(flow, p)
        _kind(plant, flow, p)
    _name_kinds(plant, flow)
    for carrier in plant.carriers:
        flow.carrier_kinds.append(len(flow.kinds))
        flow.kinds.append(Kind(carrier.name, carrier.prefix or carrier.name, "carrier"))
    for p in flow.stations:
        if p.carried or p.segment.loads is not None:
            p.kind = flow.carrier_kinds[p.carrier]
        for i, sources in p.slots:
            if not sources and i.material not in flow.lot_kinds:
                flow.lot_kinds[i.material] = len(flow.kinds)
                flow.kinds.append(Kind(i.material, _prefix(plant, i.material), "lot"))
    return flow


def _sorted(plant: Plant) -> list[Segment]:
    names = {s.name: i for i, s in enumerate(plant.segments)} | {s.path: i for i, s in enumerate(plant.segments)}
    before: list[set[int]] = [set() for _ in plant.segments]
    for i, s in enumerate(plant.segments):
        for target in s.to:
            if target.station in names:
                before[names[target.station]].add(i)
        for x in (*s.inputs, *s.adds):
            before[i].update(names[source] for source in x.sources if source in names)
    order: list[int] = []
    left = set(range(len(plant.segments)))
    while left:
        ready = [i for i in sorted(left) if not before[i] & left]
        chosen = ready[0] if ready else min(left)
        order.append(chosen)
        left.remove(chosen)
    return [plant.segments[i] for i in order]


def _carry(plant: Plant, flow: Flow) -> None:
    names = [c.name for c in plant.carriers]
    for p in flow.stations:
        use = p.segment.loads or p.segment.unloads
        if use is not None:
            p.carrier = names.index(use.carrier)
        if p.segment.loads is None:
            continue
        at = p.next
        while at is not None and flow.stations[at].segment.unloads is None and not flow.stations[at].carried:
            flow.stations[at].carried, flow.stations[at].carrier = True, p.carrier
            at = flow.stations[at].next


def _lengths(flow: Flow, p: Passing) -> None:
    s = p.segment
    made = s.makes[0] if s.makes else None
    if made is not None and made.measure is Measure.LENGTH and p.begins:
        p.enter_mm = whole(made.amount, Measure.LENGTH)
    elif not p.begins and p.feeders:
        p.enter_mm = flow.stations[p.feeders[0]].leave_mm
    if p.enter_mm and not p.carried:
        p.leave_mm = p.enter_mm
        if s.web is not None:
            w = s.web
            grown = math.floor(p.enter_mm * (1.0 + w.elongation) * (1.0 - w.loss) + 0.5)
            p.leave_mm = grown - sum(whole(x, Measure.LENGTH) for x in (w.trim_start_m, w.trim_end_m, w.sample_m))
        p.amount, p.measure = p.leave_mm, Measure.LENGTH
        if p.leave_mm <= 0:
            raise LinewrightError(f"stations.{s.path}: a web of {p.enter_mm} mm enters, and nothing of it is left after trimming.")
    elif made is not None and p.begins:
        p.amount, p.measure = whole(made.amount, made.measure), made.measure
    elif not p.begins and p.feeders:
        p.amount, p.measure = flow.stations[p.feeders[0]].amount, flow.stations[p.feeders[0]].measure


def lanes_of(s: Segment) -> int:
    """Return into how many webs one web is slit."""
    return s.web.lanes if s.web is not None else 1


def _kind(plant: Plant, flow: Flow, p: Passing) -> None:
    if p.begins or lanes_of(p.segment) > 1:
        p.kind = len(flow.kinds)
        name = p.segment.makes[0].material if p.segment.makes else plant.product
        flow.kinds.append(Kind(name, "", "item", p.number))
    elif p.segment.unloads is not None:
        loader = next((q for q in flow.stations if q.segment.loads is not None and q.carrier == p.carrier), p)
        feeder = flow.stations[loader.feeders[0]] if loader.feeders else loader
        p.kind = feeder.kind
    else:
        p.kind = flow.stations[p.feeders[0]].kind


def _name_kinds(plant: Plant, flow: Flow) -> None:
    """Give each kind of item the last name that it is given on its way."""
    for p in flow.stations:
        kind = flow.kinds[p.kind]
        name = p.segment.makes[0].material if p.segment.makes else kind.name
        flow.kinds[p.kind] = Kind(name, _prefix(plant, name), "item", kind.station)


def _prefix(plant: Plant, material: str) -> str:
    for m in plant.materials:
        if m.name == material:
            return m.prefix or m.name
    return material
