"""The state of the whole line at one moment, as the page shows it first: the body of a row of `sample` (docs/api.md, section 4).

Read from the kernel's state; twin and floor call the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.control.packml import group_of
from linewright.kernels.state import (
    FAULT,
    IDLE,
    PLANNED,
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
    WORK,
    State,
)
from linewright.kernels.table import BATCH, COIL, STORE, UTILITY, Table
from linewright.measures.in_hand import items_in_hand
from linewright.model.plant import Plant
from linewright.model.station import Segment

__all__ = ["LineSampler", "MachineNow", "machines_now"]

#: Machines are told one by one up to so many.
MACHINES_MOST = 20
#: A wait of so long is told, also where the station's cycle is longer.
WAIT_NS = 60_000_000_000
#: Rates are means over so long [ns]; and one mark of the counts is kept every so often.
RATE_NS, MARK_NS = 900_000_000_000, 10_000_000_000

_PACKML = {T_STARVED: "Suspended", T_BLOCKED: "Suspended", T_EXECUTE: "Execute", T_CHANGE: "Held", T_REPAIR: "Held", T_CREW: "Held",
           T_UTILITY: "Suspended", T_PLANNED: "Stopped", T_OFF_SHIFT: "Stopped", T_OPERATOR: "Stopped", T_EMPTY: "Execute", T_HANDLING: "Execute",
           T_CHARGING: "Stopped", T_SETUP: "Held"}  # fmt: skip
#: Which group of states is told first: own faults, then silence, then waiting, then planned stops.
_RANK = {"fault": 4, "no-data": 3, "waiting": 2, "planned": 1, "running": 0}


@dataclass(frozen=True, slots=True)
class MachineNow:
    """One machine now: PackML state by name, its reason, since when (ns), how many works it has ended since the run's begin."""

    state: str
    reason: str | None
    since_ns: int
    made: int

    @property
    def group(self) -> str:
        """What the state means to people; a driver that is silent gives no data."""
        return "no-data" if self.state == "NoData" else group_of(self.state, self.reason).value


def machines_now(table: Table, state: State, number: int, reasons: Sequence[str]) -> list[MachineNow]:
    """Return every machine of one station.

    A wait that is shorter than the station's shortest recorded one, or than `WAIT_NS`, is not told: the machine counts as running.
    """
    station = table.stations[number]
    now, short = int(state.head[0].now), min(int(station.short), WAIT_NS)
    rows = state.machines[station.machine0 : station.machine0 + station.count]
    found = []
    told = zip(rows["category"].tolist(), rows["since"].tolist(), _ended(rows).tolist(), strict=True)
    for place, (category, since, made) in enumerate(told):
        if category == T_EXECUTE or (category in (T_STARVED, T_BLOCKED) and now - since < short):
            found.append(MachineNow("Execute", None, since, made))
            continue
        row = rows[place]
        is_planned = category == T_PLANNED or (category == T_CREW and int(row["mask"]) & PLANNED)
        name = "Stopped" if is_planned else _PACKML[category]
        found.append(MachineNow(name, _reason(table, number, row, category, reasons), since, made))
    return found


def _reason(table: Table, number: int, row: Any, category: int, reasons: Sequence[str]) -> str | None:
    station = table.stations[number]
    fixed = {T_STARVED: "starved", T_BLOCKED: "blocked", T_CHANGE: "coil-change", T_OFF_SHIFT: "shift", T_OPERATOR: "operator",
             T_CHARGING: "charging", T_SETUP: "setup"}  # fmt: skip
    if category in fixed:
        return fixed[category]
    if category == T_UTILITY:
        return reasons[int(row.utility)].rpartition(".")[0] if row.utility >= 0 else None
    reason = -1
    if int(row.mask) & PLANNED and row.plan >= 0:
        reason = int(table.plans[station.plan0 + row.plan].reason)
    elif int(row.mask) & FAULT and row.mode >= 0:
        reason = int(table.modes[station.mode0 + row.mode].reason)
    return reasons[reason].rpartition(".")[2] if reason >= 0 else None


@dataclass(frozen=True, slots=True)
class _Mark:
    """Counts of all stations at one line time; `made` counts an item in work by its share done."""

    at_ns: int
    made: NDArray[np.float64]


class LineSampler:
    """Makes samples of one run, one after the other.

    Parameters
    ----------
    plant
        The line.
    table
        Its station table.
    number_of
        Number of each station (by path) in the table.
    reasons
        Texts of the table's reasons, such as ``winder.web-break``.
    begin_us
        Line time of kernel time 0, UTC.
    """

    def __init__(self, plant: Plant, table: Table, number_of: Mapping[str, int], reasons: Sequence[str], begin_us: int) -> None:
        self._plant, self._table, self._begin_us = plant, table, begin_us
        self._number_of, self._reasons = dict(number_of), tuple(reasons)
        self._marks: deque[_Mark] = deque()
        self._since_ns = 0
        self._good0 = np.zeros(len(table.stations), np.int64)
        self._lost0 = np.zeros(len(table.stations), np.int64)
        self._ended0 = np.zeros(len(table.machines), np.int64)

    def begin_count(self, state: State) -> None:
        """Count `made` and `scrap` anew from now on (a shift begins)."""
        self._since_ns = int(state.head[0].now)
        self._good0, self._lost0, self._ended0 = _good(state), _lost(state), _ended(state.machines)

    @property
    def since_us(self) -> int:
        """Return since when `made` and `scrap` count, UTC."""
        return self._begin_us + self._since_ns // 1000

    def mark(self, state: State) -> None:
        """Remember the counts, for rates; to be called at each sample, or more often."""
        now = int(state.head[0].now)
        if not self._marks or now - self._marks[-1].at_ns >= MARK_NS:
            self._marks.append(_Mark(now, self._made(state)))
            while len(self._marks) > 2 and self._marks[1].at_ns <= now - RATE_NS:
                self._marks.popleft()

    def stations(self, state: State, silent: Sequence[str] = (), keys: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
        """Return the part `stations` of a sample.

        Parameters
        ----------
        state
            The line now.
        silent
            Stations whose driver is silent: their state is not known.
        keys
            The one number of the process to show, by station.
        """
        self.mark(state)
        rates = self.rates_per_min(state)
        good, lost = _good(state) - self._good0, _lost(state) - self._lost0
        told = {}
        for segment in self._plant.segments:
            number = self._number_of[segment.path]
            machines = machines_now(self._table, state, number, self._reasons)
            if segment.path in silent:
                machines = [MachineNow("NoData", None, m.since_ns, m.made) for m in machines]
            told[segment.path] = self._station(segment, number, state, machines) | {
                "made": int(good[number]), "scrap": int(lost[number]), "rate_per_min": float(rates[number]),
                "key": dict(keys[segment.path]) if keys and segment.path in keys else None,
            }  # fmt: skip
        return told

    def rates_per_min(self, state: State, over_ns: int = RATE_NS) -> NDArray[np.float64]:
        """Return what each station made a minute, mean of the last `over_ns` (or since the oldest mark), shape (stations,)."""
        now = int(state.head[0].now)
        before = [m for m in self._marks if m.at_ns < now]
        if not before:
            return np.zeros(len(self._table.stations))
        old = next((m for m in before if m.at_ns >= now - over_ns), before[-1])
        rates: NDArray[np.float64] = (self._made(state) - old.made) / ((now - old.at_ns) / 60e9)
        return np.maximum(rates, 0.0)

    # ---- its state

    def saved(self) -> dict[str, Any]:
        """Return what it knows, for JSON."""
        return {"since_ns": self._since_ns, "good0": self._good0.tolist(), "lost0": self._lost0.tolist(),
                "ended0": self._ended0.tolist(),
                "marks": [[m.at_ns, m.made.tolist()] for m in self._marks]}  # fmt: skip

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `saved` returned."""
        self._since_ns = int(saved["since_ns"])
        self._good0, self._lost0 = np.array(saved["good0"], np.int64), np.array(saved["lost0"], np.int64)
        if "ended0" in saved:  # states of version 0.1 have none: their machines count since the run's begin until the next shift
            self._ended0 = np.array(saved["ended0"], np.int64)
        self._marks = deque(_Mark(int(at), np.array(made)) for at, made in saved["marks"])

    # ---- inside

    def _made(self, state: State) -> NDArray[np.float64]:
        """Return good items of each station, those in work counted by the share of their time that is over."""
        return _good(state).astype(np.float64) + items_in_hand(self._table, state)

    def _station(self, segment: Segment, number: int, state: State, machines: Sequence[MachineNow]) -> dict[str, Any]:
        counts: dict[str, int] = {}
        groups: dict[str, int] = {}
        for m in machines:
            counts[m.state] = counts.get(m.state, 0) + 1
            groups[m.group] = groups.get(m.group, 0) + 1
        return {
            "states": counts, "groups": groups, "worst": self._worst(machines), "waiting": self._waiting(segment, number, state, machines),
            "queue": self._queues(segment, number, state), "inside": self._inside(number, state), "places": segment.places,
            "machines": self._machines(number, state, machines) if len(machines) <= MACHINES_MOST else None,
        }  # fmt: skip

    def _worst(self, machines: Sequence[MachineNow]) -> dict[str, Any] | None:
        ranked = [(_RANK[m.group], -m.since_ns, -i) for i, m in enumerate(machines)]
        rank, _, place = max(ranked)
        if rank == 0:
            return None
        worst = machines[-place]
        count = sum(m.state == worst.state and m.group == worst.group for m in machines)
        return {"state": worst.state, "count": count, "machine": 1 - place, "reason": worst.reason, "since_us": self._us(worst.since_ns)}

    def _waiting(self, segment: Segment, number: int, state: State, machines: Sequence[MachineNow]) -> dict[str, Any] | None:
        starved = sum(m.reason == "starved" for m in machines)
        blocked = sum(m.reason == "blocked" for m in machines)
        if starved + blocked == 0:
            return None
        lacking = None
        if starved:
            station = self._table.stations[number]
            inputs = (*segment.inputs, *segment.adds)
            for j in range(int(station.slots)):
                queue = int(self._table.slots[station.slot0 + j].queue)
                if queue >= 0 and int(state.queues[queue].count) == 0 and j < len(inputs):
                    lacking = inputs[j].material
                    break
        return {"starved": starved, "blocked": blocked, "input": lacking}

    def _queues(self, segment: Segment, number: int, state: State) -> list[dict[str, Any]]:
        station = self._table.stations[number]
        inputs = (*segment.inputs, *segment.adds)
        told = []
        for q in range(int(station.queue0), int(station.queue0) + int(station.queues)):
            queue = self._table.queues[q]
            name = inputs[int(queue.slot)].material if 0 <= int(queue.slot) < len(inputs) else ""
            places = int(queue.places)
            if places > 0 or name:
                told.append({"input": name, "count": int(state.queues[q].count), "places": places})
        return told

    def _inside(self, number: int, state: State) -> int:
        station = self._table.stations[number]
        rows = state.machines[station.machine0 : station.machine0 + station.count]
        if int(station.flow) == STORE:
            return int(rows.on.sum())
        if int(station.flow) == BATCH:
            return int((rows.on - rows.out).sum())
        return int((rows.phase != IDLE).sum())

    def _machines(self, number: int, state: State, machines: Sequence[MachineNow]) -> list[dict[str, Any]]:
        station = self._table.stations[number]
        before = self._ended0[int(station.machine0) : int(station.machine0) + len(machines)].tolist()
        return [
            {"state": m.state, "reason": m.reason, "since_us": self._us(m.since_ns), "made": m.made - before[i], "left": self._left(number, state, i)}
            for i, m in enumerate(machines)
        ] if int(station.flow) != UTILITY else []  # fmt: skip

    def _left(self, number: int, state: State, machine: int) -> float | None:
        """Return the share left of the mounted lot that ends first; None where nothing with a length or a volume is mounted."""
        station = self._table.stations[number]
        mount0 = int(self._table.machines[station.machine0 + machine].mount0)
        row, item_ns = state.machines[station.machine0 + machine], float(self._table.laws[station.law].mean) * 1e9
        # The item in work has taken its piece from the rest already, and runs it off until it ends.
        to_come = 1.0 - min(1.0, (int(state.head[0].now) - int(row.start)) / item_ns) if int(row.phase) == WORK and item_ns > 0 else 0.0
        shares = []
        for j in range(int(station.slots)):
            slot = self._table.slots[station.slot0 + j]
            mount = state.mounts[mount0 + j]
            if int(slot.length) > 0 and int(mount.lot) != 0 and int(slot.kind) == COIL:
                shares.append(min(1.0, (int(mount.rest) + to_come * int(slot.amount)) / int(slot.length)))
        return round(min(shares), 4) if shares else None

    def _us(self, t_ns: int) -> int:
        return self._begin_us + t_ns // 1000


def _good(state: State) -> NDArray[np.int64]:
    good: NDArray[np.int64] = state.stations.good.copy()
    return good


def _ended(machines: Any) -> NDArray[np.int64]:
    """Return how many works each machine has ended: its starts but for the one in work."""
    ended: NDArray[np.int64] = machines["k"] - (machines["phase"] == WORK)
    return ended


def _lost(state: State) -> NDArray[np.int64]:
    s = state.stations
    lost: NDArray[np.int64] = s.scrap + s.reject + s.false_reject + s.chance + s.late + s.lost
    return lost
