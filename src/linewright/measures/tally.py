"""Tallies: what happened at each station and machine in a stretch of time, as whole numbers that add up.

The same tally comes from a kernel's state (`tally_of`, the difference of two snapshots) and from the ledger's rows (`fold.fold_rows`). Tallies of
stretches after each other add to the tally of the whole, in whatever order they are added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.control.compile import Compiled
from linewright.kernels.rows import VERDICT_PASS
from linewright.kernels.state import (
    OUT,
    T_BLOCKED,
    T_CHANGE,
    T_CHARGING,
    T_CREW,
    T_EMPTY,
    T_EXECUTE,
    T_HANDLING,
    T_OFF_SHIFT,
    T_OPERATOR,
    T_PLANNED,
    T_REPAIR,
    T_STARVED,
    T_UTILITY,
    UNLOAD,
    State,
)
from linewright.kernels.table import BATCH, ITEM, STORE, UNLOADER, Table

__all__ = ["COUNTS", "GROUPS", "Tally", "open_work", "state_groups", "tally_of", "waits_for_people_are_planned"]

#: What is counted of each station, in this order. `good` passed on (missed ones among them); `late` came too late and was not worked on.
COUNTS = ("done", "good", "scrap", "reject", "false_reject", "missed", "chance", "late")
#: Groups of machine states whose times are added up, in this order. `fault` and `planned` hold the waiting for people.
GROUPS = ("work", "change", "fault", "planned", "utility", "off", "starved", "blocked")
WORK, CHANGE, FAULT, PLANNED, UTILITY, OFF, STARVED, BLOCKED = range(8)

_GROUP_OF = {
    T_EXECUTE: WORK, T_CHANGE: CHANGE, T_REPAIR: FAULT, T_PLANNED: PLANNED, T_UTILITY: UTILITY, T_OFF_SHIFT: OFF, T_OPERATOR: OFF,
    T_STARVED: STARVED, T_BLOCKED: BLOCKED, T_EMPTY: WORK, T_HANDLING: WORK, T_CHARGING: PLANNED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts and times of a stretch of line time.

    Parameters
    ----------
    span_ns
        Its length.
    counts
        int64, shape (stations, `COUNTS`).
    times
        int64 ns, shape (machines, `GROUPS`).
    stays
        Sum of leave - arrive over the visits that ended, ns, of each station. Python's whole numbers: a year of eight million items is beyond int64.
    """

    span_ns: int
    counts: NDArray[np.int64]
    times: NDArray[np.int64]
    stays: tuple[int, ...]

    def __add__(self, other: Tally) -> Tally:
        stays = tuple(a + b for a, b in zip(self.stays, other.stays, strict=True))
        return Tally(self.span_ns + other.span_ns, self.counts + other.counts, self.times + other.times, stays)

    def __sub__(self, other: Tally) -> Tally:
        stays = tuple(a - b for a, b in zip(self.stays, other.stays, strict=True))
        return Tally(self.span_ns - other.span_ns, self.counts - other.counts, self.times - other.times, stays)

    def equals(self, other: Tally) -> bool:
        """Tell whether every number is the same."""
        same = np.array_equal(self.counts, other.counts) and np.array_equal(self.times, other.times)
        return same and self.span_ns == other.span_ns and self.stays == other.stays


def waits_for_people_are_planned(compiled: Compiled) -> NDArray[np.bool_]:
    """Return for each station whether a machine that waits for people waits to be maintained: where only maintenance needs people, not failures."""
    found = []
    for path in compiled.stations:
        segment = next((s for s in compiled.plant.segments if s.path == path), None)
        plans = segment is not None and any(m.by for m in segment.maintenance)
        failures = segment is not None and any(f.by for f in segment.failures)
        found.append(plans and not failures)
    return np.array(found, dtype=bool)


def tally_of(compiled: Compiled, state: State) -> Tally:
    """Return the tally from time 0 to a state's now; the difference of two is that of the time between.

    Parameters
    ----------
    compiled
        The line.
    state
        The kernel's state.
    """
    table, now = compiled.table, int(state.head[0]["now"])
    counts = np.stack([np.asarray(state.stations[name][: len(table.stations)], np.int64) for name in COUNTS], axis=1)
    raw = np.array(state.times, np.int64)[: len(table.machines)]
    rows = state.machines[: len(table.machines)]
    raw[np.arange(len(raw)), np.asarray(rows["category"], np.int64)] += now - np.asarray(rows["since"], np.int64)
    times = np.zeros((len(raw), len(GROUPS)), np.int64)
    for category, group in _GROUP_OF.items():
        times[:, group] += raw[:, category]
    crew_is_planned = waits_for_people_are_planned(compiled)[np.asarray(table.machines["station"], np.int64)]
    times[:, PLANNED] += np.where(crew_is_planned, raw[:, T_CREW], 0)
    times[:, FAULT] += np.where(crew_is_planned, 0, raw[:, T_CREW])
    stays = (int(s["stay_s"]) * 10**9 + int(s["stay_ns"]) for s in state.stations[: len(table.stations)])
    return Tally(now, counts, times, tuple(stays))


def state_groups(compiled: Compiled, state: State) -> NDArray[np.int64]:
    """Return the group of states that each machine is in, as its number in `GROUPS`, int64 (machines,)."""
    table = compiled.table
    category = np.asarray(state.machines["category"], np.int64)[: len(table.machines)]
    crew = np.where(waits_for_people_are_planned(compiled)[np.asarray(table.machines["station"], np.int64)], PLANNED, FAULT)
    groups: NDArray[np.int64] = np.full(len(category), -1, np.int64)
    for number, group in _GROUP_OF.items():
        groups[category == number] = group
    return np.where(groups < 0, crew, groups)


def open_work(table: Table, state: State) -> dict[str, Any]:
    """Return what is in work at a state's now, for JSON: what no row tells yet, and `fold.fold_rows` needs to agree to the last nanosecond.

    Returns
    -------
    ``{"now_ns", "done": {station: [done, missed]}, "machines": {machine: [start, done or -1]}}``: items whose work has ended but which have not left;
    and of each machine that works on single items the begin of its work (and the end, where it waits to hand over).
    """
    done: dict[str, list[int]] = {}
    machines: dict[str, list[int]] = {}
    for m in range(len(table.machines)):
        row, number = state.machines[m], int(table.machines[m]["station"])
        flow, phase = int(table.stations[number]["flow"]), int(row["phase"])
        waiting = 0
        if flow in (ITEM, UNLOADER, STORE) and phase == OUT:
            waiting = 1
        elif flow == BATCH and phase in (UNLOAD, OUT):
            waiting = int(row["on"]) - int(row["out"])
        if waiting:
            told = done.setdefault(str(number), [0, 0])
            told[0] += waiting
            told[1] += int(flow == ITEM and int(row["verdict"]) != VERDICT_PASS)
        if flow == ITEM and int(row["item"]) > 0:
            machines[str(m)] = [int(row["start"]), int(row["done"]) if phase == OUT else -1]
    return {"now_ns": int(state.head[0]["now"]), "done": done, "machines": machines}
