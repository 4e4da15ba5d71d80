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
from linewright.kernels.inside import arrivals_inside
from linewright.kernels.rows import VERDICT_MISSED, VERDICT_REWORK
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
    T_SETUP,
    T_STARVED,
    T_UTILITY,
    UNLOAD,
    State,
)
from linewright.kernels.table import BATCH, ITEM, STORE, UNLOADER, Table
from linewright.measures.in_hand import items_in_hand

__all__ = ["COUNTS", "GROUPS", "Tally", "open_work", "state_groups", "tally_of", "times_of", "waits_for_people_are_planned"]

#: What is counted of each station, in this order. `good` passed on (missed ones among them); `late` came too late and was not worked on; `rework` was
#: refused by a gate and sent to be mended; `lost` found no place on arrival.
COUNTS = ("done", "good", "scrap", "reject", "false_reject", "missed", "chance", "late", "rework", "lost")
#: Groups of machine states whose times are added up, in this order. `fault` and `planned` hold the waiting for people; `stopped` is by hand,
#: `change` of coils, `setup` from one product to another.
GROUPS = ("work", "change", "fault", "planned", "utility", "off", "starved", "blocked", "stopped", "setup")
WORK, CHANGE, FAULT, PLANNED, UTILITY, OFF, STARVED, BLOCKED, STOPPED, SETUP = range(10)

_GROUP_OF = {
    T_EXECUTE: WORK, T_CHANGE: CHANGE, T_REPAIR: FAULT, T_PLANNED: PLANNED, T_UTILITY: UTILITY, T_OFF_SHIFT: OFF, T_OPERATOR: STOPPED,
    T_STARVED: STARVED, T_BLOCKED: BLOCKED, T_EMPTY: WORK, T_HANDLING: WORK, T_CHARGING: PLANNED,
    T_SETUP: SETUP,
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
    insides
        The time that items were in each station, those that are still there too, ns. Over the span it is the mean number of items in it.
    in_hand
        Of the items in work, how many are done by the share of their time that is over (`in_hand.items_in_hand`), in millionths; int64 (stations,).
    """

    span_ns: int
    counts: NDArray[np.int64]
    times: NDArray[np.int64]
    stays: tuple[int, ...]
    insides: tuple[int, ...]
    in_hand: NDArray[np.int64]

    def __add__(self, other: Tally) -> Tally:
        return self._with(other, 1)

    def __sub__(self, other: Tally) -> Tally:
        return self._with(other, -1)

    def _with(self, other: Tally, sign: int) -> Tally:
        stays, insides = (
            tuple(a + sign * b for a, b in zip(mine, its, strict=True)) for mine, its in ((self.stays, other.stays), (self.insides, other.insides))
        )
        return Tally(
            self.span_ns + sign * other.span_ns,
            self.counts + sign * other.counts,
            self.times + sign * other.times,
            stays,
            insides,
            self.in_hand + sign * other.in_hand,
        )

    def equals(self, other: Tally) -> bool:
        """Tell whether every number is the same."""
        arrays = ((self.counts, other.counts), (self.times, other.times), (self.in_hand, other.in_hand))
        same = all(np.array_equal(mine, its) for mine, its in arrays)
        return same and (self.span_ns, self.stays, self.insides) == (other.span_ns, other.stays, other.insides)


def times_of(tally: Tally, row: Any) -> NDArray[np.object_]:
    """Return the times of a station's machines together, ns (`GROUPS`,), as Python's whole numbers.

    Two thousand formation machines for two months are beyond int64.

    Parameters
    ----------
    tally
        Of a stretch of line time.
    row
        The station's row of the table.
    """
    first = int(row["machine0"])
    machines = tally.times[first : first + int(row["count"])].astype(object)
    return np.asarray(machines.sum(axis=0), object)


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
    stays = tuple(int(s["stay_s"]) * 10**9 + int(s["stay_ns"]) for s in state.stations[: len(table.stations)])
    insides = tuple(stay + count * now - arrived for stay, (count, arrived) in zip(stays, _inside(table, state), strict=True))
    return Tally(now, counts, times, stays, insides, _in_hand(table, state))


def _inside(table: Table, state: State) -> list[tuple[int, int]]:
    """Return for each station how many items are in it, and the sum of when they arrived, ns."""
    found = [arrivals_inside(table, state, number) for number in range(len(table.stations))]
    return [(len(arrived), sum(arrived.tolist())) for arrived in found]


def _in_hand(table: Table, state: State) -> NDArray[np.int64]:
    return np.rint(items_in_hand(table, state) * 1e6).astype(np.int64)


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
    ``{"now_ns", "done": {station: [done, missed, to be mended]}, "machines": {machine: [start, done or -1]}, "inside": [[count, arrived]],
    "in_hand": [n]}``: items whose work has ended but which have not left; of each machine that works on single items the begin of its work (and the
    end, where it waits to hand over); of each station how many items are in it with the sum of when they arrived, and the work in hand in
    millionths of an item.
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
            waiting = int(phase == OUT) if table.stations[number]["judges"] else int(row["on"]) - int(row["out"])
        if waiting:
            told = done.setdefault(str(number), [0, 0, 0])
            told[0] += waiting
            told[1] += int(int(row["verdict"]) == VERDICT_MISSED)
            told[2] += int(int(row["verdict"]) == VERDICT_REWORK)
        if flow == ITEM and int(row["item"]) > 0:
            machines[str(m)] = [int(row["start"]), int(row["done"]) if phase == OUT else -1]
    inside = [[count, arrived] for count, arrived in _inside(table, state)]
    return {"now_ns": int(state.head[0]["now"]), "done": done, "machines": machines, "inside": inside, "in_hand": _in_hand(table, state).tolist()}
