"""One run of a case, looked at often enough to be cut afterwards: where its beginning ends is known only when all runs are there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.control.compile import Compiled
from linewright.control.fill import open_line
from linewright.kernels.state import State
from linewright.measures.tally import COUNTS, GROUPS, Tally, tally_of
from linewright.twin.simulate import Simulation, go_on

__all__ = ["BATCH", "LOOKS", "Length", "Look", "Recording", "record"]

#: A run's output is looked at so many times, everything each fifth time (the batches of MSER-5).
LOOKS, BATCH = 600, 5
_GOOD = COUNTS.index("good")


@dataclass(frozen=True, slots=True)
class Length:
    """How long a run is.

    Parameters
    ----------
    until_s
        Line time, s.
    warm_up_s
        What of it is not looked at; None: everything is, and the warm-up found later.
    """

    until_s: float
    warm_up_s: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """All that is known at one moment, from the run's begin on.

    Parameters
    ----------
    now_ns
        Line time.
    counts
        int64 (stations, `tally.COUNTS`).
    times
        The machines of a station together, ns, Python's whole numbers (stations, `tally.GROUPS`).
    stays
        Of the visits that ended, ns.
    insides
        Time that items have been in each station, those that are in it too, ns.
    in_hand
        Items in work, by the share of their time that is over, in millionths; int64 (stations,).
    failures
        Of each mode of each station, int64 (modes,).
    """

    now_ns: int
    counts: NDArray[np.int64]
    times: NDArray[np.object_]
    stays: tuple[int, ...]
    insides: tuple[int, ...]
    in_hand: NDArray[np.int64]
    failures: NDArray[np.int64]

    def tally(self, compiled: Compiled) -> Tally:
        """Return it as a tally; the times of a station stand at its first machine, which changes no figure of the station."""
        times = np.zeros((len(compiled.table.machines), len(GROUPS)), object)
        times[np.asarray(compiled.table.stations["machine0"], np.int64)] = self.times
        return Tally(self.now_ns, self.counts, times, self.stays, self.insides, self.in_hand)


@dataclass(frozen=True, slots=True)
class Recording:
    """A run.

    Parameters
    ----------
    number
        The replication's number in the keys of all draws.
    look_s
        Line time between looks at the output, s.
    output
        Good products between looks, int64 (`LOOKS`,).
    looks
        At the begin and after each `BATCH` of these.
    """

    number: int
    look_s: float
    output: NDArray[np.int64]
    looks: tuple[Look, ...]


def record(compiled: Compiled, length: Length, seed: int, number: int, passed: Callable[[float], object] | None = None) -> Recording:
    """Run a case once.

    Parameters
    ----------
    compiled
        The line. It is only read: several threads may run it at once.
    length
        Of the run.
    seed, number
        Key of all draws.
    passed
        Called on the way with the share that is done; what it raises ends the run.

    Raises
    ------
    LinewrightError
        Nothing can happen any more.
    """
    state = open_line(compiled, seed, number)
    run = Simulation(compiled, state)
    until_ns = round(length.until_s * 1e9)
    first_ns = 0 if length.warm_up_s is None else round(length.warm_up_s * 1e9)
    tell = None if passed is None else lambda at: passed(at / until_ns)
    if first_ns:
        go_on(run, first_ns, tell)
    last = [p.number for p in compiled.flow.stations if p.next is None]
    looks, made = [_look(compiled, state)], [_made(state, last)]
    for k in range(1, LOOKS + 1):
        go_on(run, first_ns + (until_ns - first_ns) * k // LOOKS, tell)
        made.append(_made(state, last))
        if k % BATCH == 0:
            looks.append(_look(compiled, state))
    return Recording(number, (until_ns - first_ns) / LOOKS / 1e9, np.asarray(np.diff(made), np.int64), tuple(looks))


def _look(compiled: Compiled, state: State) -> Look:
    tally = tally_of(compiled, state)
    first = np.asarray(compiled.table.stations["machine0"], np.int64)
    times = np.add.reduceat(tally.times.astype(object), first, axis=0)
    return Look(tally.span_ns, tally.counts, times, tally.stays, tally.insides, tally.in_hand, _failures(compiled, state))


def _made(state: State, last: list[int]) -> int:
    return sum(int(state.stations[number].good) for number in last)


def _failures(compiled: Compiled, state: State) -> NDArray[np.int64]:
    """Return how often each mode of each station has failed, from the number of the failure to come of its machines."""
    found = []
    for row in compiled.table.stations:
        clocks = compiled.table.machines["clock0"][int(row.machine0) : int(row.machine0) + int(row.count)]
        found += [int((state.clocks["k"][clocks + mode] - 1).sum()) for mode in range(int(row.modes))]
    return np.array(found, np.int64)
