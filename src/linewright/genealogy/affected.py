"""Which units hold part of a piece of a web: metres by metres across, through rewinding, stretching, slitting and splices, certainly or possibly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from linewright.genealogy.extent import length_of
from linewright.genealogy.maps import Chain, Reach, chain_of, identity, reach, then
from linewright.genealogy.records import Records
from linewright.genealogy.spans import joined
from linewright.ledger.records import ConsumeRow, MapRow

__all__ = ["Box", "Lost", "Piece", "Rest", "Way", "judged", "lost_in", "pieces_in", "rests_in", "span_of", "walk"]

#: Beyond any web, mm.
FAR_MM = 1e12
#: How far beyond what the maps say is looked for pieces: the taking machine's own error comes on top, and is judged then.
MARGIN_MM = 1000.0
#: Shortest rest that is told: shorter ones are between two pieces that follow each other.
REST_MM = 100
ROW_MOST_MM = 2**50
NOT_PASSED_ON = "not passed on"
OTHER_SIDE = {"A": "B", "B": "A"}


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of a web: along it, and across it by lane or by millimetres; on one of its sides.

    Parameters
    ----------
    lo_mm, hi_mm
        Along, half-open.
    lane
        From 0; None is the whole width.
    across
        Millimetres [lo, hi) from the operator's side; None is the whole width.
    side
        ``A`` or ``B``; None is both. A unit has both sides: the side does not choose units.
    guard_mm
        Widens what is possible, along.
    less_mm
        Narrows what is certain, along: how far off the box itself may be.
    """

    lo_mm: float = -FAR_MM
    hi_mm: float = FAR_MM
    lane: int | None = None
    across: tuple[float, float] | None = None
    side: str | None = None
    guard_mm: float = 0.0
    less_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Way:
    """A web that can hold part of a box, and how it lies on the box's web.

    Parameters
    ----------
    web
        Its key.
    chain
        From it to the box's web; None: it is that web.
    reach
        Which of its metres lie in the box, without the error of the machine that takes pieces from it.
    row
        How it lies on its own parent; None of the box's web.
    box
        What of the box lies on it, across and side in its own terms.
    is_sure
        Whether it certainly lies in the box across: no position across was unknown on the way.
    below
        The webs that were made from it.
    """

    web: int
    chain: Chain | None
    reach: Reach
    row: MapRow | None
    box: Box
    is_sure: bool
    below: tuple[Way, ...]

    def all(self) -> Iterator[Way]:
        """Yield it and all webs below it."""
        yield self
        for way in self.below:
            yield from way.all()


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit's piece in a box.

    Parameters
    ----------
    unit, web
        Keys of the unit, and of the web that the piece was taken from.
    lane
        From 0, the first that was slit from the box's web; None where it was not slit.
    side
        The box's side as that web has it: sides may have been swapped on the way. None: both.
    lo_mm, hi_mm
        Where it lies on the box's web.
    own_lo_mm, own_hi_mm
        Where it lies on `web`.
    is_certain
        Whether it holds part of the box whatever the errors are.
    limit_mm
        Limit of error, on the box's web.
    role
        Input that took it.
    """

    unit: int
    web: int
    lane: int | None
    side: str | None
    lo_mm: float
    hi_mm: float
    own_lo_mm: int
    own_hi_mm: int
    is_certain: bool
    limit_mm: float
    role: str | None


@dataclass(frozen=True, slots=True)
class Lost:
    """Metres of a web that can hold part of a box and were thrown away."""

    web: int
    lo_mm: int
    hi_mm: int
    why: str
    machine: str | None


@dataclass(frozen=True, slots=True)
class Rest:
    """Metres of a web that can hold part of a box and of which nothing has been made yet."""

    web: int
    lo_mm: int
    hi_mm: int


def walk(records: Records, web: int, box: Box) -> Way:
    """Return the webs that can hold part of a box, as a tree that begins with the box's web."""
    whole = Reach(None, (box.lo_mm - box.guard_mm, box.hi_mm + box.guard_mm), 0.0)
    return Way(web, None, whole, None, box, is_sure=True, below=_below(records, records.maps_on_parent(web), None, (box, box), is_sure=True))


def _below(records: Records, rows: list[MapRow], chain: Chain | None, boxes: tuple[Box, Box], *, is_sure: bool) -> tuple[Way, ...]:
    """Return the webs made from a web, of whose maps `rows` are; `boxes` are what is asked of the first one, and what of it lies on this one across.

    The maps of all webs beside each other are read at once: each question to a database has its way there and back.
    """
    first, here = boxes
    across = [(row, there) for row in rows if (there := _across(here, row)) is not None]
    siblings = records.maps_of_children([row.child for row, _ in across]) if across else {}
    met = []
    for row, (box, is_sure_here) in across:
        step = chain_of(row, siblings[row.child])
        longer = step if chain is None else then(step, chain)
        reached = reach(longer, first.lo_mm, first.hi_mm, first.guard_mm) if longer is not None else None
        if longer is not None and reached is not None:
            met.append((row, longer, reached, box, is_sure and is_sure_here))
    further = records.maps_on_parents([row.child for row, *_ in met]) if met else {}
    return tuple(
        Way(row.child, longer, reached, row, box, both, _below(records, further[row.child], longer, (first, box), is_sure=both))
        for row, longer, reached, box, both in met
    )


def _across(box: Box, row: MapRow) -> tuple[Box, bool] | None:
    """Return what of a box lies on a child across, in the child's terms, and whether it is known to; None where the child lies beside it."""
    side = OTHER_SIDE.get(box.side or "", box.side) if row.is_sides_swapped else box.side
    lane = box.lane
    if row.lane is not None and lane is not None:
        if row.lane != lane:
            return None
        lane = None  # the child is the lane
    if box.across is None:
        return replace(box, side=side, lane=lane), True
    lo, hi = box.across
    if row.across_lo_mm is None or row.across_hi_mm is None:
        if row.lane is None and not row.is_mirrored:  # the whole width, as it was
            return replace(box, side=side, lane=lane), True
        return replace(box, side=side, lane=lane, across=None), False
    low, high = max(lo, row.across_lo_mm), min(hi, row.across_hi_mm)
    if low >= high:
        return None
    own = (row.across_hi_mm - high, row.across_hi_mm - low) if row.is_mirrored else (low - row.across_lo_mm, high - row.across_lo_mm)
    return replace(box, side=side, lane=lane, across=own), True


def span_of(way: Way) -> tuple[int, int]:
    """Return the millimetres of a web in which pieces are looked for: the taking machine's own error comes on top of the chain's."""
    return int(max(way.reach.possible[0] - MARGIN_MM, -ROW_MOST_MM)), int(min(way.reach.possible[1] + MARGIN_MM, ROW_MOST_MM))


def pieces_in(records: Records, way: Way, first: Box) -> list[Piece]:
    """Return the pieces that units took of a web (not of those below it) and that hold part of a box.

    Parameters
    ----------
    way
        One web of `walk`.
    first
        The box, as it was asked for.
    """
    return judged(records.pieces_on_web(way.web, *span_of(way)), way, first)


def judged(rows: list[ConsumeRow], way: Way, first: Box) -> list[Piece]:
    """Return which of the pieces of a web's `span_of` hold part of a box."""
    judges: dict[tuple[float, float], tuple[Chain, Reach | None] | None] = {}
    found = []
    for row in rows:
        if row.hi_mm <= row.lo_mm:  # a part, without metres
            found.append(_piece(row, way, (float(row.lo_mm), float(row.hi_mm)), 0.0, is_certain=way.is_sure))
            continue
        limits = (row.error_mm, row.drift)
        if limits not in judges:
            own = identity(way.web, FAR_MM, *limits)
            whole = own if way.chain is None else then(own, way.chain)
            judges[limits] = None if whole is None else (whole, reach(whole, first.lo_mm, first.hi_mm, first.guard_mm))
        judge = judges[limits]
        if judge is None or judge[1] is None or row.hi_mm <= judge[1].possible[0] or row.lo_mm >= judge[1].possible[1]:
            continue
        whole, met = judge[0], judge[1]
        less = first.less_mm / abs(whole.b)
        is_certain = met.certain is not None and row.hi_mm > met.certain[0] + less and row.lo_mm < met.certain[1] - less
        ends = sorted((whole.at(row.lo_mm), whole.at(row.hi_mm)))
        found.append(_piece(row, way, (ends[0], ends[1]), met.limit_mm, is_certain=is_certain and way.is_sure))
    return found


def _piece(row: ConsumeRow, way: Way, ends: tuple[float, float], limit_mm: float, *, is_certain: bool) -> Piece:
    lane = way.chain.lane if way.chain is not None else None
    return Piece(row.unit, way.web, lane, way.box.side, *ends, row.lo_mm, row.hi_mm, is_certain, limit_mm, row.role)


def lost_in(records: Records, way: Way) -> list[Lost]:
    """Return what of a web can hold part of the box and went into nothing: thrown away by a machine, or not passed on when it was slit or wound."""
    low, high = way.reach.possible
    found = []
    for row in records.reader.lost_of(way.web):
        lo, hi = max(row.lo_mm, low), min(row.hi_mm, high)
        if lo < hi:
            found.append(Lost(way.web, round(lo), round(hi), row.why, row.machine))
    passed = _passed_on(records, way.web)
    end = _end_of(records, way.web)
    if passed and end is not None:
        gaps = _gaps(passed, round(max(low, 0.0)), round(min(high, end)))
        found += [Lost(way.web, lo, hi, NOT_PASSED_ON, None) for lo, hi in gaps]
    return found


def rests_in(records: Records, way: Way) -> list[Rest]:
    """Return which metres of a web can hold part of the box and have become nothing yet: no web below, no unit, nothing thrown away."""
    end = _end_of(records, way.web)
    if end is None or _passed_on(records, way.web):
        return []
    low, high = round(max(way.reach.possible[0], 0.0)), round(min(way.reach.possible[1], end))
    used = [(p.lo_mm, p.hi_mm) for p in records.pieces_on_web(way.web, low, high)]
    used += [(row.lo_mm, row.hi_mm) for row in records.reader.lost_of(way.web)]
    return [Rest(way.web, lo, hi) for lo, hi in _gaps(joined(used), low, high)]


def _passed_on(records: Records, web: int) -> list[tuple[int, int]]:
    """Return the metres of a web that lie on the webs made from it."""
    found = []
    for row in records.maps_on_parent(web):
        ends = sorted((row.a_mm + row.b * row.child_lo_mm, row.a_mm + row.b * row.child_hi_mm))
        found.append((round(ends[0]), round(ends[1])))
    return joined(found)


def _end_of(records: Records, web: int) -> int | None:
    thing = records.thing(web)
    return length_of(records, thing) if thing is not None else None


def _gaps(used: list[tuple[int, int]], low: int, high: int) -> list[tuple[int, int]]:
    """Return what of [low, high) is not covered, in pieces of REST_MM or longer.

    Examples
    --------
    >>> _gaps([(0, 500), (1000, 1050), (1100, 2000)], 200, 5000)
    [(500, 1000), (2000, 5000)]
    """
    found, at = [], low
    for begin, end in [*used, (high, high)]:
        if min(begin, high) - at >= REST_MM:
            found.append((at, min(begin, high)))
        at = max(at, end)
    return found
