"""What a line has done so far: whole numbers that add up, from a state at any moment.

``counts_of(table, state)`` costs a few milliseconds and changes nothing. The difference of two is the window between them; the sum of windows is the longer
window; folding all rows of a run gives the same numbers::

    VISIT rows with leave < now:  done, good, scrap, reject, false_reject, missed, chance, late by verdict; stay from leave - arrive
    STATE rows:                   times, where waits shorter than `short` are taken as they are told
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.state import OUT, TIMES, WORK, State
from linewright.kernels.table import BATCH, LOADER, STORE, UNLOADER, UTILITY, Table

__all__ = ["Counts", "counts_of"]


@dataclass(frozen=True)
class Counts:
    """Sums over a window, from the run's begin where it is not a difference.

    Parameters
    ----------
    ns
        Length of the window.
    times
        int64 (machines, 10), ns in each of `state.TIMES`; each row adds up to `ns`.
    starts
        int64 (machines,), starts of each machine.
    begun, done, good, scrap, reject, false_reject, missed, chance, late, made, arrived
        int64 (stations,): starts (of batches, where it has them); items whose work ended; of these, what passed on (`missed` among them) or was refused,
        and why; items too late; new things; items that came into a queue.
    inside
        int64 (stations,): items of it that are in its queue or its machines (of the passing item) at the end, minus those at the begin.
    stay_ns
        Whole numbers (stations,), of any size: time that items were in its queue and machines, all together. Mean work in progress is ``stay_ns / ns``.
    """

    ns: int
    times: NDArray[np.int64]
    starts: NDArray[np.int64]
    begun: NDArray[np.int64]
    done: NDArray[np.int64]
    good: NDArray[np.int64]
    scrap: NDArray[np.int64]
    reject: NDArray[np.int64]
    false_reject: NDArray[np.int64]
    missed: NDArray[np.int64]
    chance: NDArray[np.int64]
    late: NDArray[np.int64]
    made: NDArray[np.int64]
    arrived: NDArray[np.int64]
    inside: NDArray[np.int64]
    stay_ns: NDArray[np.object_]

    def __sub__(self, before: Counts) -> Counts:
        return Counts(*[getattr(self, f.name) - getattr(before, f.name) for f in fields(self)])

    def __add__(self, after: Counts) -> Counts:
        return Counts(*[getattr(self, f.name) + getattr(after, f.name) for f in fields(self)])

    def time(self, name: str) -> NDArray[np.int64]:
        """Return the time of each machine in a state of `state.TIMES`, ns, int64 (machines,)."""
        return self.times[:, TIMES.index(name)]

    @property
    def lost(self) -> NDArray[np.int64]:
        """Return the items that each station took out of the line."""
        return self.scrap + self.reject + self.false_reject + self.chance + self.late


def counts_of(table: Table, state: State) -> Counts:
    """Return what a line has done from its begin to now.

    Parameters
    ----------
    table, state
        The line.
    """
    now = int(state.head[0].now)
    times = state.times.copy()
    machines = np.arange(len(state.machines))
    times[machines, state.machines["category"]] += now - state.machines["since"]
    count = len(table.stations)
    inside = np.zeros(count, np.int64)
    stay = np.array([int(s) * 10**9 + int(ns) for s, ns in zip(state.stations["stay_s"], state.stations["stay_ns"], strict=True)], dtype=object)
    for number in range(count):
        arrivals = _arrivals(table, state, number)
        inside[number] = len(arrivals)
        stay[number] += len(arrivals) * now - sum(int(a) for a in arrivals)
    columns = [state.stations[name].copy() for name in ("n", "done", "good", "scrap", "reject", "false_reject", "missed", "chance", "late", "made", "arrived")]
    return Counts(now, times, state.machines["k"].copy(), *columns, inside, stay)


def _arrivals(table: Table, state: State, number: int) -> NDArray[np.int64]:
    """Return when the items that are in a station's queue or machines arrived there, ns."""
    station = table.stations[number]
    found = []
    if station.pass_queue >= 0:
        queue, ring = table.queues[station.pass_queue], state.queues[station.pass_queue]
        at = int(queue.ring0) + (int(ring.head) + np.arange(int(ring.count))) % int(queue.room)
        found.append(state.ring["arrive"][at])
    first, size = int(station.machine0), int(station.size)
    rows = state.machines[first : first + int(station.count)]
    if station.flow == STORE:
        found.append(state.bins["arrive"][int(station.bin0) + (int(rows["head"][0]) + np.arange(int(rows["on"][0]))) % size])
    elif station.flow == BATCH:
        for m in range(int(station.count)):
            base = int(station.bin0) + m * size
            found.append(state.bins["arrive"][base + int(rows["out"][m]) : base + int(rows["on"][m])])
    elif station.flow == UNLOADER:
        found += [np.full(int(row["on"] - row["out"]), row["arrive"]) for row in rows if row["tray"] >= 0]
    elif station.flow != UTILITY:
        held = rows["phase"] == WORK if station.flow == LOADER else (rows["phase"] == WORK) | (rows["phase"] == OUT)
        found.append(rows["arrive"][held])
    return np.concatenate(found) if found else np.zeros(0, np.int64)
