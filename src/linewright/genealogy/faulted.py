"""What injected faults have left on things, from the kernel's rows: what that adds to measured values, and when each fault begins and ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.control.compile import Compiled
from linewright.kernels.state import State
from linewright.model.plant import Fault

__all__ = ["Changes", "FaultFacts", "FaultTraces", "Mark", "fault_facts", "faults_held"]

Floats = NDArray[np.float64]
#: Things of which traces are held here, at most; the oldest are forgotten first.
MOST = 1 << 20


@dataclass(frozen=True, slots=True)
class FaultFacts:
    """A fault in the order of the station table: what was asked for, its share of a web's width, and its effects by station and characteristic."""

    fault: Fault
    part: float = 1.0
    effects: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a fault has left on lo..hi of a lot, rising from `s0` to `s1`; lane -1: on all lanes."""

    fault: int
    lane: int
    lo: int
    hi: int
    s0: float
    s1: float

    def along(self, at: NDArray[np.int64]) -> Floats:
        """Return how much of the fault acts at places of the lot, float64 (n,)."""
        share: Floats = self.s0 + (self.s1 - self.s0) * (at - self.lo) / max(self.hi - self.lo, 1)
        return np.where((at >= self.lo) & (at < self.hi), share, 0.0)


@dataclass(frozen=True, slots=True)
class Changes:
    """What faults add to the values of some of many things: their places among them, and what is added to mean and spread, all (k,)."""

    places: NDArray[np.int64]
    means: Floats
    spreads: Floats


def fault_facts(compiled: Compiled) -> tuple[FaultFacts, ...]:
    """Return the faults of a compiled line, in the order of its table."""
    found = []
    for row, fault in zip(compiled.table.faults, compiled.faults, strict=False):
        effects = {(e.station, e.characteristic): (e.mean, e.spread) for e in fault.effects}
        found.append(FaultFacts(fault, float(row["part"]), effects))
    return tuple(found)


class FaultTraces:
    """What faults have left on the things of one run.

    Parameters
    ----------
    faults
        In the order of the station table.
    begin_us
        Line time of kernel time 0.
    """

    def __init__(self, faults: Sequence[FaultFacts], begin_us: int) -> None:
        self._faults, self._begin_us = tuple(faults), begin_us
        self._units: dict[int, dict[int, list[tuple[int, float]]]] = {}
        self._lots: dict[int, list[tuple[int, int, list[Mark]]]] = {}
        self._told = 0
        moments = [(f.fault.at_s, "fault.begun", f) for f in self._faults]
        moments += [(f.fault.at_s + f.fault.for_s, "fault.ended", f) for f in self._faults if f.fault.for_s is not None]
        self._moments = sorted(moments, key=lambda m: (m[0], m[1]))

    # ---- the faults themselves

    def due(self, line_us: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
        """Yield kind, line time and body of each event that has come since this was last asked: a fault has begun, or ended."""
        while self._told < len(self._moments):
            at_s, kind, facts = self._moments[self._told]
            at_us = self._begin_us + round(at_s * 1e6)
            if at_us > line_us:
                return
            self._told += 1
            yield kind, at_us, fault_body(facts.fault)

    def saved(self) -> int:
        """Return how many of these events were told."""
        return self._told

    def restore(self, told: int, held: Mapping[int, Any]) -> None:
        """Go on from a saved state: the events that were told, and what a state of the line holds (`faults_held`)."""
        self._told = told
        for thing, rows in held.items():
            for mark in rows:
                if mark.hi > mark.lo:
                    self._lots.setdefault(thing, [(-1, -1, [])])[0][2].append(mark)
                else:
                    self._units.setdefault(thing, {})[mark.fault] = [(-1, mark.s0)]

    # ---- rows

    def told(self, rows: NDArray[np.void]) -> None:
        """Take FAULTED rows."""
        for row in rows.tolist():
            thing, t, lo, hi, s0, s1, fault, lane, station = row[:9]
            if fault >= 0 and hi == lo:
                self._units.setdefault(thing, {}).setdefault(fault, []).append((t, s0))
                continue
            sets = self._lots.setdefault(thing, [])
            if not sets or sets[-1][:2] != (t, station):
                sets.append((t, station, []))
            if fault >= 0:
                sets[-1][2].append(Mark(fault, lane, lo, hi, s0, s1))
        for held in (self._units, self._lots):
            while len(held) > MOST:
                del held[next(iter(held))]

    # ---- what they add

    def changes(self, path: str, name: str, items: NDArray[np.int64], done_ns: NDArray[np.int64] | int, amount: int = 1) -> Changes | None:
        """Return what faults add to a characteristic of things, None where they add nothing.

        Parameters
        ----------
        path, name
            Station and characteristic.
        items
            Keys, int64 (n,).
        done_ns
            When each was measured.
        amount
            Length of a lot.
        """
        if not (self._units or self._lots) or not any((path, name) in f.effects for f in self._faults):
            return None
        found = []
        times = np.broadcast_to(np.asarray(done_ns, np.int64), items.shape).tolist()
        for place, (item, done) in enumerate(zip(items.tolist(), times, strict=True)):
            mean = spread = 0.0
            for fault, share in self._acting(item, done, amount):
                more, wider = self._faults[fault].effects.get((path, name), (0.0, 0.0))
                mean += share * more
                spread += share * wider
            if mean or spread:
                found.append((place, mean, spread))
        if not found:
            return None
        places, means, spreads = zip(*found, strict=True)
        return Changes(np.array(places, np.int64), np.array(means), np.array(spreads))

    def _acting(self, item: int, done: int, amount: int) -> Iterator[tuple[int, float]]:
        for fault, course in reversed(self._units.get(item, {}).items()):
            share = next((s for t, s in reversed(course) if t <= done), 0.0)
            if share:
                yield fault, share
        for mark in self._marks(item, done):
            share = 0.5 * (mark.s0 + mark.s1) * (mark.hi - mark.lo) / amount
            yield mark.fault, share * self._faults[mark.fault].part if mark.lane >= 0 else share

    def _marks(self, lot: int, done: int, station: int | None = None) -> list[Mark]:
        """Return the marks of a lot as they were last told up to a time, by a station where one is named."""
        sets = self._lots.get(lot, ())
        return next((marks for t, by, marks in reversed(sets) if t <= done and station in {None, by}), [])

    def along(self, web: int, station: int, lane: int | None, at_mm: NDArray[np.int64]) -> dict[int, Floats]:
        """Return how much of each fault acts at places of a web behind a station, float64 (n,) by the fault's number.

        Parameters
        ----------
        web, station
            The web, without its frame, and the number of the station.
        lane
            From 0; None: the web is one lane by itself, or lanes are not told apart.
        at_mm
            Places, int64 (n,).
        """
        found: dict[int, Floats] = {}
        for mark in self._marks(web, 1 << 62, station):
            if lane is None or mark.lane in {-1, lane}:
                part = self._faults[mark.fault].part if lane is None and mark.lane >= 0 else 1.0
                found[mark.fault] = found.get(mark.fault, 0.0) + part * mark.along(at_mm)
        return found

    def own(self, path: str, shares: Mapping[int, Floats]) -> dict[str, Floats]:
        """Return the sizes of a station's own faults at places of a web, by the fault's name: what its process model is asked with."""
        sizes: dict[str, Floats] = {}
        for number, share in shares.items():
            fault = self._faults[number].fault
            if fault.station == path:
                sizes[fault.fault] = sizes.get(fault.fault, 0.0) + fault.size * share
        return sizes

    def shift(self, path: str, name: str, shares: Mapping[int, Floats], *, but_own: bool) -> Floats | float:
        """Return what faults (of other stations alone, where `but_own`) add to the mean of a characteristic at places of a web."""
        total: Floats | float = 0.0
        for number, share in shares.items():
            if not (but_own and self._faults[number].fault.station == path):
                total = total + share * self._faults[number].effects.get((path, name), (0.0, 0.0))[0]
        return total


def fault_body(fault: Fault) -> dict[str, Any]:
    """Return a fault for an event's body; times in s from the run's begin."""
    body = {"fault": fault.fault, "station": fault.station, "machine": fault.machine, "tool": fault.tool, "number": fault.tool_number}
    return body | {"size": fault.shown or f"{fault.size:g}", "at_s": fault.at_s, "for_s": fault.for_s}


def faults_held(state: State) -> dict[int, list[Mark]]:
    """Return what a state of a line holds of faults' traces, by the key of the thing, the newest first."""
    held: dict[int, list[Mark]] = {}
    count, room = int(state.head[0]["traces"]), len(state.traces)
    newest = [(count - 1 - k) % room for k in range(min(count, room))]
    for row in state.traces[newest] if newest else ():
        if row["key"]:
            fault, lane, lo, hi = (int(row[name]) for name in ("fault", "lane", "lo", "hi"))
            mark = Mark(fault, lane, lo, hi, float(row["s0"]), float(row["s1"]))
            held.setdefault(int(row["key"]), []).append(mark)
    return {thing: marks[::-1] for thing, marks in held.items()}
