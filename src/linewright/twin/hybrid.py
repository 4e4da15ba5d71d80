"""The hybrid on one line: how far it may go in one piece, whether a piece was right, and what the calendar does between pieces.

A piece ends before what serves its nodes from outside changes: a utility goes down, hours of a crew end. It takes for granted that there are people
for every repair at a node; where there were not, the piece is undone and computed by the calendar. Both leave the same state, to the last bit.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from linewright.control.compile import Compiled
from linewright.kernels import calendar, hybrid
from linewright.kernels.calendar import UNTIL, rows_needed
from linewright.kernels.hybrid_split import Split
from linewright.kernels.recursion_cover import is_between_events
from linewright.kernels.recursion_network import N_CALLS, N_DOUBT, new_network
from linewright.kernels.rows import new_rows
from linewright.kernels.state import CHANGE, FAULT, IDLE, OUT, WORK, State, copy_state
from linewright.kernels.table import UTILITY, Table

__all__ = ["Hybrid"]

SECOND = 1_000_000_000
#: The shortest piece that is tried again, in halves, after one that was not right; so far the calendar goes where no piece can begin.
SHORTEST, PATCH = 600 * SECOND, 60 * SECOND
LONGEST = 30 * 86400 * SECOND
#: Pieces of less CPU time say nothing about which evaluator is the faster one [s]; after so many pieces the two are compared anew.
TELLING, TURNS = 0.01, 32


class Hybrid:
    """The hybrid on one line.

    Parameters
    ----------
    compiled
        The line.
    split
        Which of its stations are nodes: at least one.
    """

    def __init__(self, compiled: Compiled, split: Split) -> None:
        table = compiled.table
        self._table, self._network, self._rows = table, new_network(table, split.kinds), new_rows(rows_needed(table))
        stations = [table.stations[int(j)] for j in split.nodes]
        self._machines = np.concatenate([np.arange(int(row["machine0"]), int(row["machine0"]) + int(row["count"])) for row in stations])
        modes = [table.modes[int(row["mode0"]) : int(row["mode0"]) + int(row["modes"])]["crew"] for row in stations]
        self._crews = sorted({int(crew) for crew in np.concatenate(modes)} - {-1}) if modes else []
        self._sources = _outside(table, {int(j) for j in split.nodes}, self._crews)
        self._saved: State | None = None
        self._span, self._failed = LONGEST, 0
        self._costs: dict[str, float] = {}
        self._turns, self._sample = 0, SHORTEST  # so much the calendar computes first to be compared, and twice as much until that tells

    def advance(self, state: State, until_ns: int) -> int:
        """Let all happen that happens before a time, ns. Returns a reason of the calendar.

        Which of both computes a piece hangs on which was the faster one so far; what comes out does not.
        """
        while (now := int(state.head[0].now)) < until_ns:
            limit = min(until_ns, self._outside_from(state))
            if limit <= now or not self._can_begin(state):
                reason = self._by_calendar(state, min(until_ns, max(limit + 1, now + 1) if limit <= now else now + PATCH))
            elif self._is_calendar_faster():
                reason = self._by_calendar(state, until_ns if "calendar" in self._costs else min(until_ns, now + self._sample))
                self._sample *= 2
            else:
                reason = self._piece(state, min(limit, now + self._span), until_ns)
            if reason != UNTIL:
                return reason
        return UNTIL

    def _outside_from(self, state: State) -> int:
        """Return when next something serves the nodes otherwise than now."""
        leaves = state.tree[int(state.tree[0]) + self._sources]
        return int(leaves.min()) if len(leaves) else 1 << 62

    def _can_begin(self, state: State) -> bool:
        """Tell whether the nodes can take the state over: nothing stops their machines but repairs that go on, and no crew is short."""
        rows = state.machines[self._machines]
        is_free = ((rows["mask"] & ~FAULT) == 0).all() and ((rows["mask"] == 0) | (rows["repairing"] == 1)).all()
        is_simple = np.isin(rows["phase"], (IDLE, WORK, OUT, CHANGE)).all() and ((rows["phase"] != OUT) | (rows["since"] == rows["done"])).all()
        has_people = all(state.crews[crew]["on"] and state.crews[crew]["count"] == 0 for crew in self._crews)
        return bool(is_free and is_simple and has_people and is_between_events(state, self._machines))

    def _piece(self, state: State, limit: int, until_ns: int) -> int:
        """Compute one piece by the nodes; where that was not right, by the calendar, up to `until_ns` at most."""
        now = int(state.head[0].now)
        if self._saved is None:
            self._saved = copy_state(state)
        else:
            _restore(self._saved, state)
        began = time.thread_time()
        reason = int(hybrid.advance(self._table, state, self._rows, self._network, limit))
        if reason == UNTIL and self._was_right():
            self._tell("hybrid", limit - now, time.thread_time() - began)
            self._span, self._failed = min(2 * self._span, LONGEST), 0
            return reason
        _restore(state, self._saved)
        if limit - now > SHORTEST:
            self._span = (limit - now) // 8
            return UNTIL
        self._failed = min(self._failed + 1, 12)
        return self._by_calendar(state, min(until_ns, max(limit, now + PATCH * (1 << self._failed))))

    def _was_right(self) -> bool:
        """Tell whether what the piece took for granted was so."""
        network = self._network
        if network.notes[N_DOUBT]:
            return False
        calls = network.calls[: int(network.notes[N_CALLS])]
        for crew in self._crews:
            of_crew = calls[calls["crew"] == crew]
            most = most_at_once(of_crew["since"], of_crew["until"])
            if most + int(network.busiest[crew]) > int(self._table.crews[crew]["count"]):
                return False
        return True

    def _by_calendar(self, state: State, until_ns: int) -> int:
        now, began = int(state.head[0].now), time.thread_time()
        reason = int(calendar.advance(self._table, state, self._rows, until_ns))
        self._tell("calendar", until_ns - now, time.thread_time() - began)
        return reason

    def _tell(self, name: str, span: int, took_s: float) -> None:
        if took_s > TELLING:
            self._costs[name] = took_s / span
            self._turns += 1

    def _is_calendar_faster(self) -> bool:
        """Tell whether the calendar computes the next piece; each computes one now and then, so that they can be compared."""
        if "hybrid" not in self._costs:
            return False
        if "calendar" not in self._costs:
            return True
        is_faster = self._costs["calendar"] < self._costs["hybrid"]
        return is_faster if self._turns % TURNS else False


def most_at_once(since: NDArray[np.int64], until: NDArray[np.int64]) -> int:
    """Return how many of some times overlap most; one that ends when another begins counts with it.

    Examples
    --------
    >>> most_at_once(np.array([0, 5, 6]), np.array([5, 7, 9]))
    2
    """
    if len(since) == 0:
        return 0
    times = np.concatenate([since, until])
    change = np.repeat([1, -1], len(since))
    order = np.lexsort((-change, times))
    return int(np.cumsum(change[order]).max())


def _outside(table: Table, nodes: set[int], crews: list[int]) -> NDArray[np.int64]:
    """Return the sources of events that change how nodes are served: their utilities, and the hours of their crews."""
    found = []
    for row in table.stations:
        served = table.serves[int(row["serve0"]) : int(row["serve0"]) + int(row["serves"])]
        if row["flow"] == UTILITY and nodes & {int(j) for j in served}:
            found.append(int(row["source0"]))
    for crew in crews:
        shift = int(table.crews[crew]["shift"])
        if shift >= 0 and table.shifts[shift]["switches"] > 0:
            found.append(int(table.shifts[shift]["source"]))
    return np.array(sorted(set(found)), np.int64)


def _restore(state: State, other: State) -> None:
    """Make a state what another one is."""
    for mine, yours in zip(state, other, strict=True):
        np.copyto(mine, yours)
