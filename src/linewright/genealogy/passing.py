"""What the machines were doing while a unit's metres passed: their signals, looked up by position, not by the unit's own time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from linewright.genealogy.extent import length_of
from linewright.genealogy.facts import FRAME_SHIFT
from linewright.genealogy.maps import Chain, chain_of, identity, image, narrowed, then
from linewright.genealogy.records import Records
from linewright.ledger.records import Thing, Visit

__all__ = ["Passing", "SignalThere", "passings_of"]

#: Webs above each other; more would be a circle.
DEEPEST = 24
#: Intervals that a signal is read in.
PIXELS = 400


@dataclass(frozen=True, slots=True)
class SignalThere:
    """A machine's signal while something passed; SI. `mean` is that of its samples, `low` and `high` the least and the greatest, `count` how many."""

    name: str
    mean: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Passing:
    """One machine that a unit or its metres passed.

    Parameters
    ----------
    web, lo_m, hi_m, limit_m
        The metres that passed, on the web as it left the machine, and their limit of error; None for the unit itself.
    step, machine
        Where.
    from_us, to_us
        Line time at which they left it: the web runs through at one speed from its begin to its end.
    signals
        What was recorded meanwhile; empty where nothing was.
    """

    web: str | None
    lo_m: float | None
    hi_m: float | None
    limit_m: float | None
    step: str
    machine: str
    from_us: int
    to_us: int
    signals: tuple[SignalThere, ...]


def passings_of(records: Records, thing: Thing) -> tuple[Passing, ...]:
    """Return the machines that a unit and its metres passed, in order of time, each with its signals then.

    The metres of a web left the machine that made them between the begin and the end of its visit, evenly: where it stood still in between,
    the metres behind the stop are later than told here.
    """
    found = [_of_visit(records, v) for v in records.reader.visits_of(thing.key) if v.machine is not None]
    for piece in records.pieces_of_unit(thing.key):
        if piece.hi_mm <= piece.lo_mm:
            continue
        start = narrowed(identity(piece.web, float("inf"), piece.error_mm, piece.drift), piece.lo_mm, piece.hi_mm)
        found += [_of_metres(records, chain) for chain in _chains(records, start)]
    return tuple(sorted((p for p in found if p is not None), key=lambda p: p.from_us))


def _chains(records: Records, chain: Chain, depth: int = DEEPEST) -> Iterator[Chain]:
    yield chain
    for row in records.maps_of_child(chain.webs[-1]) if depth else ():
        longer = then(chain, chain_of(row))
        if longer is not None:
            yield from _chains(records, longer, depth - 1)


def _of_visit(records: Records, visit: Visit) -> Passing | None:
    if visit.machine is None or visit.start_us is None or visit.done_us is None:
        return None
    return Passing(None, None, None, None, visit.step, visit.machine, visit.start_us, visit.done_us,
                   _signals(records, visit.machine, visit.start_us, visit.done_us))  # fmt: skip


def _of_metres(records: Records, chain: Chain) -> Passing | None:
    """Return the machine that made a web, while a chain's metres of it came out; None where no visit tells."""
    thing = records.thing(chain.webs[-1])
    length = length_of(records, thing) if thing is not None else None
    where = image(chain, chain.lo_mm, chain.hi_mm)
    if thing is None or thing.machine is None or not length or where is None:
        return None
    visit = _made_by(records, thing)
    if visit is None or visit.start_us is None or visit.done_us is None:
        return None
    spent = (visit.done_us - visit.start_us) / length
    since, until = (round(visit.start_us + min(max(mm, 0), length) * spent) for mm in where)
    limit = chain.limit_mm(chain.lo_mm, chain.hi_mm)
    return Passing(thing.id, where[0] / 1000.0, where[1] / 1000.0, limit / 1000.0, visit.step, thing.machine, since, until,
                   _signals(records, thing.machine, since, until))  # fmt: skip


def _made_by(records: Records, thing: Thing) -> Visit | None:
    """Return the visit in which a web was made: its own at that machine; of a strip that of the web it was slit from."""
    keys = [thing.key, *(row.parent for row in records.maps_of_child(thing.key))]
    bare = [key & ((1 << FRAME_SHIFT) - 1) for key in keys]  # a coil in later metres keeps its visits under its own number
    for key in dict.fromkeys([*keys, *bare]):
        for visit in records.reader.visits_of(key):
            if visit.machine == thing.machine:
                return visit
    return None


def _signals(records: Records, machine: str, from_us: int, to_us: int) -> tuple[SignalThere, ...]:
    reader = records.reader
    found = []
    for name in reader.signal_names(machine):
        trend = reader.signal(machine, name, from_us, max(to_us, from_us + 1), PIXELS)
        is_known = ~np.isnan(trend.low)
        if not is_known.any():  # shorter than from one sample to the next: the last before it holds
            trend = reader.signal(machine, name, from_us - 60_000_000, from_us + 1, PIXELS * 100)
            last = np.flatnonzero(~np.isnan(trend.low))[-1:]
            is_known = np.zeros(len(trend.low), bool)
            is_known[last] = True
        if is_known.any():
            low, high = trend.low[is_known], trend.high[is_known]
            found.append(SignalThere(name, float(np.mean((low + high) / 2.0)), float(low.min()), float(high.max()), int(is_known.sum())))
    return tuple(found)
