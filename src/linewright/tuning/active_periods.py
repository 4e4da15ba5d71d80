"""The bottleneck by active periods: at each moment the station that has been, and will be, active longest without a pause.

A machine is *active* while it does not wait for others: it works, changes, is mended or maintained. The longer it stays active without a pause, the
less the others can give it to do or take from it: it is what the line waits for. Over a stretch of time the bottleneck shifts; the share of the time
in which a station was it says how much of the line's output hangs on it.

A station of several machines counts as active while all of them are: as long as one waits, the station holds nobody up. (The papers know single
machines; this is our extension.) Stores are left out, since they never hold anybody up but by being full, which their neighbours show.

References
----------
Roser, Nakano, Tanaka: A practical bottleneck detection method, Winter Simulation Conference (2001), 949-953.
Roser, Nakano, Tanaka: Shifting bottleneck detection, Winter Simulation Conference (2002), 1079-1086.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.control.compile import Compiled
from linewright.control.fill import open_line
from linewright.kernels.rows import HELD, R_STATE, R_VISIT, STOPPED, SUSPENDED, VERDICT_LATE, Rows
from linewright.kernels.state import WORK, State
from linewright.kernels.table import ITEM, STORE, UTILITY
from linewright.twin.simulate import Simulation, go_on

__all__ = ["ActivePeriods", "active_periods", "longest_at_each_moment"]

#: Reasons of a Suspended machine that is waiting: starved, blocked (`control.compile_rows.REASONS`).
WAITS = (0, 1)
Intervals = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ActivePeriods:
    """Who held the line up, over a stretch of one run.

    Parameters
    ----------
    span_s
        Length of the stretch, s.
    shares
        (station, share of the time in which its active period was the longest), the largest first; what is left no station was active.
    active_s, means_s
        (station, how long it was active in all, and the mean length of its active periods, s).
    unpaused
        Stations that never paused: where there are several, the stretch is too short to tell them apart.
    """

    span_s: float
    shares: tuple[tuple[str, float], ...]
    active_s: tuple[tuple[str, float], ...]
    means_s: tuple[tuple[str, float], ...]
    unpaused: tuple[str, ...] = ()

    @property
    def bottleneck(self) -> str | None:
        """Return the station that was it longest; None where none ever was, or where several never paused."""
        return self.shares[0][0] if self.shares and len(self.unpaused) < 2 else None

    def to_json(self) -> dict[str, Any]:
        """Return it with the method's name."""
        return {"method": "active periods, after Roser", "bottleneck": self.bottleneck, **asdict(self)}


class _Taken:
    """Collects when machines worked and what else kept them."""

    def __init__(self) -> None:
        self.visits: list[Any] = []
        self.states: list[Any] = []

    def __call__(self, rows: Rows) -> None:
        self.visits.append(np.array(rows.visit[: int(rows.count[R_VISIT])]))
        self.states.append(np.array(rows.state[: int(rows.count[R_STATE])]))


def active_periods(compiled: Compiled, seed: int, number: int, begin_s: float, span_s: float) -> ActivePeriods:
    """Return the active periods of a stretch of a run.

    Parameters
    ----------
    compiled
        The line.
    seed, number
        Key of the run's draws.
    begin_s, span_s
        The stretch, s of line time.
    """
    state = open_line(compiled, seed, number)
    begin, end = round(begin_s * 1e9), round((begin_s + span_s) * 1e9)
    if begin:
        go_on(Simulation(compiled, state), begin)
    state.head[0].keep = 1
    taken = _Taken()
    run = Simulation(compiled, state, taken)
    go_on(run, end)
    run.finish()
    machines = _by_machine(compiled, state, taken, (begin, end))
    stations = {}
    for station, row in enumerate(compiled.table.stations):
        if int(row.flow) not in (STORE, UTILITY):
            found = all_at_once(machines[int(row.machine0) : int(row.machine0) + int(row.count)])
            if len(found):
                stations[compiled.stations[station]] = found
    shares = longest_at_each_moment(list(stations.values()), begin, end)
    ranked = sorted(zip(stations, shares, strict=True), key=lambda row: -row[1])
    active = tuple((path, float(np.diff(found, axis=1).sum()) / 1e9) for path, found in stations.items())
    means = tuple((path, float(np.diff(found, axis=1).mean()) / 1e9) for path, found in stations.items())
    unpaused = tuple(path for path, found in stations.items() if found.tolist() == [[begin, end]])
    return ActivePeriods(span_s, tuple((path, share) for path, share in ranked if share > 0.0), active, means, unpaused)


def _by_machine(compiled: Compiled, state: State, taken: _Taken, window: tuple[int, int]) -> list[Intervals]:
    """Return the active intervals of each machine, merged, shape (intervals, 2), ns."""
    visits, states = np.concatenate(taken.visits), np.concatenate(taken.states)
    visits = visits[visits["verdict"] != VERDICT_LATE]
    first = np.asarray(compiled.table.stations["machine0"], np.int64)
    of_visit, of_state = first[visits["station"]] + visits["machine"], first[states["station"]] + states["machine"]
    by_visit, by_state = np.argsort(of_visit, kind="stable"), np.argsort(of_state, kind="stable")
    found = []
    for m, row in enumerate(compiled.table.machines):
        mine = visits[by_visit[np.searchsorted(of_visit[by_visit], m) : np.searchsorted(of_visit[by_visit], m, "right")]]
        kept = states[by_state[np.searchsorted(of_state[by_state], m) : np.searchsorted(of_state[by_state], m, "right")]]
        edges = np.append(kept["t"], window[1])
        is_wait = (kept["state"] == SUSPENDED) & np.isin(kept["reason"], WAITS)
        holds = np.isin(kept["state"], (STOPPED, HELD, SUSPENDED)) & ~is_wait
        parts = [np.stack([mine["start"], mine["done"]], axis=1), np.stack([edges[:-1], edges[1:]], axis=1)[holds]]
        own = state.machines[m]
        if int(compiled.table.stations[int(row.station)].flow) == ITEM and int(own.phase) == WORK:
            parts.append(np.array([[int(own.start), window[1]]], np.int64))
        found.append(merged(np.clip(np.concatenate(parts), *window)))
    return found


def merged(intervals: Intervals) -> Intervals:
    """Return intervals joined where they touch or overlap, in order.

    Examples
    --------
    >>> merged(np.array([[5, 9], [0, 2], [2, 4], [6, 7]])).tolist()
    [[0, 4], [5, 9]]
    """
    intervals = intervals[intervals[:, 1] > intervals[:, 0]]
    if len(intervals) == 0:
        return intervals
    intervals = intervals[np.argsort(intervals[:, 0], kind="stable")]
    ends = np.maximum.accumulate(intervals[:, 1])
    begins = np.append(True, intervals[1:, 0] > ends[:-1])
    lasts = np.append(np.flatnonzero(begins)[1:] - 1, len(intervals) - 1)
    return np.stack([intervals[begins, 0], ends[lasts]], axis=1)


def all_at_once(machines: Sequence[Intervals]) -> Intervals:
    """Return when all machines of a station are active.

    Examples
    --------
    >>> all_at_once([np.array([[0, 5], [6, 9]]), np.array([[3, 8]])]).tolist()
    [[3, 5], [6, 8]]
    """
    if len(machines) == 1:
        return machines[0]
    times = np.concatenate([m.T.ravel() for m in machines])
    steps = np.concatenate([np.repeat([1, -1], len(m)) for m in machines])
    order = np.lexsort((-steps, times))
    times, active = times[order], np.cumsum(steps[order])
    begins = np.flatnonzero(active[:-1] == len(machines))
    return merged(np.stack([times[begins], times[begins + 1]], axis=1))


def longest_at_each_moment(stations: Sequence[Intervals], begin: int, end: int) -> list[float]:
    """Return for each station the share of [begin, end) in which its interval is the longest of all that hold the moment.

    Examples
    --------
    >>> longest_at_each_moment([np.array([[0, 6]]), np.array([[4, 8], [9, 10]])], 0, 10)
    [0.6, 0.3]
    """
    rows = [(int(a), int(b), n) for n, found in enumerate(stations) for a, b in found]
    rows.sort(key=lambda row: (row[0] - row[1], row[0], row[2]))
    won = [0] * len(stations)
    free = [(begin, end)]  # what no longer interval holds, in order
    for low, high, station in rows:
        if not free:
            break
        k = max(0, bisect_left(free, (low, low)) - 1)
        while k < len(free) and free[k][0] < high:
            a, b = free[k]
            left, right = max(a, low), min(b, high)
            if left >= right:
                k += 1
                continue
            won[station] += right - left
            rest = [piece for piece in ((a, left), (right, b)) if piece[0] < piece[1]]
            free[k : k + 1] = rest
            k += len(rest)
    return [share / (end - begin) for share in won]
