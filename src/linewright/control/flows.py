"""The flow of a plant in the order in which the station table numbers it: who feeds whom, what kind of thing passes, how long its web is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from linewright.model.errors import LinewrightError
from linewright.model.plant import Plant
from linewright.model.station import Input, Measure, Output, Segment, Target

__all__ = ["Aim", "Flow", "Kind", "Made", "Passing", "flow_of", "nanoseconds", "whole"]

EXITS = ("out", "scrap")

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


def nanoseconds(seconds: float | None) -> int:
    """Return a time in whole ns; -1 for None."""
    return -1 if seconds is None else math.floor(seconds * 1e9 + 0.5)


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


@dataclass(frozen=True, slots=True)
class Aim:
    """Where items go: a station, and which of its inputs (None: its passing item); no station: out of the line, or thrown away."""

    station: int | None = None
    slot: int | None = None
    is_thrown: bool = False


@dataclass(slots=True)
class Made:
    """One of several things that a station makes of one item."""

    kind: int
    amount: int
    whole: int
    aim: Aim


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
        Numbers of the stations that feed its passing item, those before it first; the (first) next station, None at the end.
    aims
        All places where good items go, in the order of the file; by grade, one for each grade in order.
    mend, then
        Where the gate sends what it refuses, and what it has sent often enough; None: it is thrown away.
    late
        Where what comes too late goes; None: it is thrown away.
    made
        Several things that it makes of one item; empty where it makes one.
    job_kind
        Number of the kind that begins here, where that is not what is handed on.
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
    aims: list[Aim] = field(default_factory=list)
    mend: Aim | None = None
    then: Aim | None = None
    late: Aim | None = None
    made: list[Made] = field(default_factory=list)
    job_kind: int | None = None
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
    """Return the flow of a plant: stations sorted so that each stands behind all that feed it (but ways back), else in the order of the file."""
    flow = Flow([Passing(s, i) for i, s in enumerate(_sorted(with_sources(plant.segments)))], [], {}, [])
    for p in flow.stations:
        p.slots = [(i, [flow.of(source).number for source in i.sources]) for i in (*p.segment.inputs, *p.segment.adds)]
    for p in flow.stations:
        _aim(flow, p)
    for p in flow.stations:
        p.feeders = sorted(set(p.feeders))
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


def with_sources(segments: tuple[Segment, ...]) -> list[Segment]:
    """Return the stations, and before each one with `arrivals` a source ``NAME.arrivals`` that hands items over at these gaps."""
    found: list[Segment] = []
    for s in segments:
        if s.arrivals is None:
            found.append(s)
            continue
        batch = (Output("arrival", float(s.arrivals_batch)),) if s.arrivals_batch > 1 else ()
        name, path = f"{s.name}.arrivals", f"{s.path}.arrivals"
        found.append(Segment(name, path, s.chain, time=s.arrivals, begins=True, to=(Target(s.path),), makes=batch, at=s.at))
        found.append(replace(s, begins=False))
    return found


def is_source(s: Segment) -> bool:
    """Tell whether a station is a source of arrivals, which nobody can see on the floor."""
    return s.name.endswith(".arrivals")


def _aim(flow: Flow, p: Passing) -> None:
    """Find where all that leaves a station goes, and tell those that it feeds."""
    s = p.segment
    by_grade = {t.grade: t.station for t in s.to if t.grade is not None}
    names = [by_grade.get(g.name, "out") for g in s.grades] if by_grade else [t.station for t in s.to] or ["out"]
    p.aims = [_aim_at(flow, p, name) for name in names]
    p.next, p.next_slot = next(((a.station, a.slot) for a in p.aims if a.station is not None), (None, None))
    if s.gate is not None and s.gate.to not in EXITS:
        p.mend = _aim_at(flow, p, s.gate.to)
        p.then = _aim_at(flow, p, s.gate.then) if s.gate.then not in EXITS else None
    if s.within is not None and s.within.late not in EXITS:
        p.late = _aim_at(flow, p, s.within.late)


def _aim_at(flow: Flow, p: Passing, name: str) -> Aim:
    if name in EXITS:
        return Aim(is_thrown=name == "scrap")
    after = flow.of(name)
    first = p.segment.makes[0].material if is_several(p.segment) else None  # the others are taken by name, perhaps at the same station
    slot = next((n for n, (i, sources) in enumerate(after.slots) if p.number in sources and first in {None, i.material}), None)
    if slot is None:
        after.feeders.append(p.number)
    return Aim(after.number, slot)


def ways_of(s: Segment) -> Iterator[str]:
    """Return the names of all stations to which items of a station go."""
    yield from (t.station for t in s.to)
    if s.gate is not None:
        yield from (s.gate.to, s.gate.then)
    if s.within is not None:
        yield s.within.late


def ways_after(flow: Flow) -> dict[int, set[int]]:
    """Return the stations to which the passing items of each station may go."""
    return {
        q.number: {a.station for a in (*q.aims, q.mend, q.then, q.late) if a is not None and a.station is not None and a.slot is None}
        for q in flow.stations
    }


def loop_of(flow: Flow, p: Passing) -> set[int]:
    """Return the stations that an item refused at a gate passes until it is back there, the gate's own among them; empty where it never is."""
    if p.mend is None:
        return set()
    after = ways_after(flow)

    def reached(first: int, ways: dict[int, set[int]]) -> set[int]:
        found, stack = set(), [first]
        while stack:
            at = stack.pop()
            if at not in found:
                found.add(at)
                stack += ways.get(at, set())
        return found

    before: dict[int, set[int]] = {}
    for number, ways in after.items():
        for way in ways:
            before.setdefault(way, set()).add(number)
    assert p.mend.station is not None
    loop = reached(p.mend.station, after) & reached(p.number, before)
    return loop if p.number in loop else set()


def _sorted(segments: list[Segment]) -> list[Segment]:
    names = {s.name: i for i, s in enumerate(segments)} | {s.path: i for i, s in enumerate(segments)}
    after: list[set[int]] = [set() for _ in segments]
    for i, s in enumerate(segments):
        after[i].update(names[name] for name in ways_of(s) if name in names)
        for x in (*s.inputs, *s.adds):
            for source in x.sources:
                if source in names:
                    after[names[source]].add(i)
    before: list[set[int]] = [set() for _ in segments]
    for i, ways in enumerate(after):
        for j in ways:
            if j > i or not _reaches(after, j, i):
                before[j].add(i)
    order: list[int] = []
    left = set(range(len(segments)))
    while left:
        ready = [i for i in sorted(left) if not before[i] & left]
        chosen = ready[0] if ready else min(left)
        order.append(chosen)
        left.remove(chosen)
    return [segments[i] for i in order]


def _reaches(after: list[set[int]], start: int, end: int) -> bool:
    found, stack = set(), [start]
    while stack:
        at = stack.pop()
        if at == end:
            return True
        if at not in found:
            found.add(at)
            stack += after[at]
    return False


def _carry(plant: Plant, flow: Flow) -> None:
    names = [c.name for c in plant.carriers]
    for p in flow.stations:
        use = p.segment.loads or p.segment.unloads
        if use is not None:
            p.carrier = names.index(use.carrier)
        if p.segment.loads is None:
            continue
        stack = [a.station for a in p.aims if a.station is not None]
        while stack:
            q = flow.stations[stack.pop()]
            if q.segment.unloads is None and not q.carried:
                q.carried, q.carrier = True, p.carrier
                stack += [a.station for a in q.aims if a.station is not None]


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


def is_several(s: Segment) -> bool:
    """Tell whether a station makes several things of one item."""
    return len(s.makes) > 1 or (bool(s.makes) and s.makes[0].measure is Measure.COUNT and s.makes[0].amount != 1.0)


def brought_kind(flow: Flow, source: int, material: str) -> int:
    """Return the number of the kind under which a station hands a material on."""
    p = flow.stations[source]
    return next((m.kind for m, o in zip(p.made, p.segment.makes, strict=True) if o.material == material), p.kind) if p.made else p.kind


def _several(plant: Plant, flow: Flow, p: Passing) -> None:
    """Number the kinds of several things made; what begins here is then a kind of its own, which ends in them."""
    s = p.segment
    if p.begins:
        p.job_kind = len(flow.kinds)
        flow.kinds.append(Kind(s.name, s.name, "item", p.number))
    for number, o in enumerate(s.makes):
        is_counted = o.measure is Measure.COUNT
        takers = [(q.number, n) for q in flow.stations for n, (i, sources) in enumerate(q.slots) if p.number in sources and i.material == o.material]
        aim = p.aims[0] if number == 0 else (Aim(*takers[0]) if takers else Aim())
        name = o.material if o.material != "arrival" else plant.product
        p.made.append(Made(len(flow.kinds), int(o.amount) if is_counted else 1, 1 if is_counted else whole(o.amount, o.measure), aim))
        flow.kinds.append(Kind(name, _prefix(plant, name), "item", p.number))
    p.kind = p.made[0].kind


def _kind(plant: Plant, flow: Flow, p: Passing) -> None:
    if is_several(p.segment):
        _several(plant, flow, p)
    elif p.begins or lanes_of(p.segment) > 1:
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
        name = p.segment.makes[0].material if p.segment.makes and not is_source(p.segment) else kind.name
        flow.kinds[p.kind] = Kind(name, _prefix(plant, name), "item", kind.station)


def _prefix(plant: Plant, material: str) -> str:
    for m in plant.materials:
        if m.name == material:
            return m.prefix or m.name
    return material
