"""`follow`: a simulation that is looked at on its way, for pictures: output and queues over time, and one stretch machine by machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linewright.control.compile import Compiled
from linewright.kernels.rows import R_STATE, STATES, Rows
from linewright.kernels.state import State, copy_state
from linewright.ledger.ledger import Ledger
from linewright.measures.fold import state_group
from linewright.measures.tally import BLOCKED, COUNTS, STARVED, state_groups, tally_of
from linewright.model.errors import LinewrightError
from linewright.model.plant import Plant
from linewright.twin.result import Result
from linewright.twin.simulate import Keep, Looks, Simulation, go_on, simulate

__all__ = ["LOOKS", "Bar", "Course", "follow"]

#: How often a simulation is looked at on its way.
LOOKS = 240


@dataclass(frozen=True, slots=True)
class Bar:
    """One machine in one group of states, for a while.

    Parameters
    ----------
    machine
        Its number in the line (`Compiled.machines`).
    begin_ns, end_ns
        Line time.
    group
        Number in `tally.GROUPS`.
    reason
        Such as ``web-break``; empty where the group says it all.
    """

    machine: int
    begin_ns: int
    end_ns: int
    group: int
    reason: str


@dataclass(frozen=True, slots=True)
class Course:
    """One simulation and its course.

    Parameters
    ----------
    result
        What it gave, as `simulate` tells it.
    at_ns
        Line times of the looks, from the begin to the end, int64 (looks + 1,).
    counts
        What had happened by then, int64 (looks + 1, stations, `tally.COUNTS`).
    times
        Of all machines of a station, int64 ns (looks + 1, stations, `tally.GROUPS`).
    queues
        Items in each queue, int64 (looks + 1, queues).
    window_ns
        The stretch that `bars` tell, or None.
    bars
        By machine, then by time.
    """

    result: Result
    at_ns: NDArray[np.int64]
    counts: NDArray[np.int64]
    times: NDArray[np.int64]
    queues: NDArray[np.int64]
    window_ns: tuple[int, int] | None = None
    bars: tuple[Bar, ...] = ()

    @property
    def compiled(self) -> Compiled:
        """Return the line."""
        return self.result.compiled

    @property
    def good_per_min(self) -> NDArray[np.float64]:
        """Return good products a minute between looks, float64 (looks,)."""
        ends = [p.number for p in self.compiled.flow.stations if p.next is None]
        made = self.counts[:, ends, COUNTS.index("good")].sum(axis=1)
        return np.asarray(np.diff(made) / (np.diff(self.at_ns) / 60e9))


def follow(
    plant: Plant,
    *,
    until_s: float | None = None,
    seed: int | None = None,
    looks: int = LOOKS,
    window_s: tuple[float, float] | None = None,
    keep: Keep | str = Keep.NONE,
    ledger: Ledger | None = None,
    progress: Callable[[float], object] | None = None,
) -> Course:
    r"""Simulate a line and look at it on its way.

    Parameters
    ----------
    plant
        The line.
    until_s
        Line time, s; None takes the file's.
    seed
        Key of all draws; None takes the file's.
    looks
        How often it is looked at, in equal steps.
    window_s
        Begin and end of the stretch whose states are told machine by machine, s of line time.
    keep, ledger
        What of it is kept, and where, as `simulate` takes them.
    progress
        Called now and then with the share that is done.

    Raises
    ------
    NotYetError
        The file asks for something that has no behaviour yet.
    LinewrightError
        The window lies outside the run, or nothing can ever happen in the line.

    Examples
    --------
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.model.load import load_text
    >>> line = "line: two\nproduct: part\nstations:\n  cut: {time: 2 s}\n  bend: {time: 1 s}\n"
    >>> course = follow(load_text(line, installed_libraries()), until_s=100, looks=4, window_s=(10, 20))
    >>> course.good_per_min.round(1).tolist()
    [26.4, 31.2, 28.8, 31.2]
    >>> from linewright.measures.tally import GROUPS
    >>> sorted({GROUPS[bar.group] for bar in course.bars if bar.machine == 0})
    ['work']
    """
    until_ns = round((plant.run.until_s if until_s is None else until_s) * 1e9)
    window = None if window_s is None else (round(window_s[0] * 1e9), round(window_s[1] * 1e9))
    if window is not None and not 0 <= window[0] < window[1] <= until_ns:
        raise LinewrightError(
            f"The stretch from {window[0] / 1e9:g} s to {window[1] / 1e9:g} s does not lie inside the run, which ends at {until_ns / 1e9:g} s.\n"
            "    Choose a begin before its end, both inside the run."
        )
    edges = {until_ns * k // looks for k in range(1, looks + 1)}
    found: list[tuple[NDArray[np.int64], ...]] = []
    bars: list[tuple[Bar, ...]] = []

    def look(compiled: Compiled, state: State) -> None:
        now = int(state.head[0].now)
        if now in edges or not found:
            found.append(_look(compiled, state))
        if window is not None and now == window[0]:
            bars.append(_bars(compiled, copy_state(state), window))

    result = simulate(
        plant, until_s=until_s, seed=seed, keep=keep, ledger=ledger, looks=Looks({*edges, *(window or ())[:1]}, look), progress=progress
    )
    at_ns, counts, times, queues = (np.stack(each) for each in zip(*found, strict=True))
    return Course(result, at_ns, counts, times, queues, window, bars[0] if bars else ())


def _bars(compiled: Compiled, state: State, window: tuple[int, int]) -> tuple[Bar, ...]:
    """Compute a stretch once more with rows, from the state at its begin, and return what the machines did."""
    told = _Told()
    state.head[0].keep = 1
    state.machines.shown[:] = -1
    told.edge(compiled, state)
    go_on(Simulation(compiled, state, told.take), window[1])
    state.head[0].keep = 0
    told.edge(compiled, state)
    return told.bars(compiled, window)


def _look(compiled: Compiled, state: State) -> tuple[NDArray[np.int64], ...]:
    tally = tally_of(compiled, state)
    times = np.add.reduceat(tally.times, np.asarray(compiled.table.stations["machine0"], np.int64), axis=0)
    queues = np.asarray(state.queues["count"], np.int64)[: len(compiled.queues)]
    return np.int64(tally.span_ns) + np.zeros((), np.int64), tally.counts, times, queues.copy()


class _Told:
    """The states of machines in the window: those at its begin, and the rows written in it."""

    def __init__(self) -> None:
        self._rows: list[NDArray[np.void]] = []
        self._first: NDArray[np.int64] = np.zeros(0, np.int64)
        self._waits: list[tuple[int, int, int]] = []

    def edge(self, compiled: Compiled, state: State) -> None:
        """Take the states at the begin; at the end the waits that last beyond it, whose rows are written when they are over."""
        if state.head[0].keep:
            self._first = state_groups(compiled, state)
            return
        groups = state_groups(compiled, state)
        since = np.asarray(state.machines["since"], np.int64)[: len(groups)]
        self._waits = [(int(m), int(since[m]), int(groups[m])) for m in np.flatnonzero((groups == STARVED) | (groups == BLOCKED))]

    def take(self, rows: Rows) -> None:
        """Take the rows of a piece."""
        n = int(rows.count[R_STATE])
        if n:
            self._rows.append(rows.state[:n].view(np.ndarray).copy())

    def bars(self, compiled: Compiled, window: tuple[int, int] | None) -> tuple[Bar, ...]:
        """Return the bars of all machines."""
        if window is None:
            return ()
        changes: list[list[tuple[int, int, str]]] = [[(window[0], int(group), "")] for group in self._first]
        for block in self._rows:
            for row in block.tolist():
                at, station, machine, state, reason = row
                name = compiled.reasons[reason] if reason >= 0 else ""
                told = changes[int(compiled.table.stations[station]["machine0"]) + machine]
                told.append((max(at, window[0]), state_group(STATES[state], name), name.rpartition(".")[2]))
        for m, since, group in self._waits:
            changes[m].append((max(since, window[0]), group, ""))
        found = []
        for m, told in enumerate(changes):
            told.sort(key=lambda change: change[0])
            for (begin, group, reason), (end, _, _) in pairwise([*told, (window[1], -1, "")]):
                if end > begin:
                    found.append(Bar(m, begin, end, group, reason))
        return tuple(found)
