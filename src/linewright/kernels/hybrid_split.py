"""Which stations of a line are nodes of the recursion, and which the calendar computes beside them (`hybrid`).

A station is a node where the recursion covers what it is; repairs by a crew are covered here too. It is not where what happens at it hangs on the
state of others: those are left to the calendar, and so is whoever hands over to them in a way that a stream cannot carry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.recursion_cover import against_queue, against_station, why_not
from linewright.kernels.recursion_network import JOIN, MOST_SIDE, OFF, ONTO, OTHER, SIDE
from linewright.kernels.state import Z_CARRIERS, Z_STATIONS
from linewright.kernels.table import BULK, COIL, FLEET, LOADER, PART, STORE, UNLOADER, UTILITY, Table

__all__ = ["Split", "split_line"]

#: What a node may have beyond what `recursion_cover` knows.
_CREW = frozenset({"crew"})
_CARRIERS = frozenset({"crew", "flow"})
_BROUGHT = frozenset({"fleet"})
_COILS = frozenset({"crew", "kind", "extra"})


@dataclass(frozen=True)
class Split:
    """How a line is split.

    Parameters
    ----------
    kinds
        For each station how it is computed (`recursion_network`); OTHER: by the calendar.
    reasons
        Why not as a node: (station, what it has), in order.
    """

    kinds: NDArray[np.int64]
    reasons: list[tuple[int, str]]

    @property
    def nodes(self) -> NDArray[np.int64]:
        """The stations that are nodes."""
        return np.flatnonzero(self.kinds != OTHER)


class _Line:
    """What is looked up again and again of a table: who gives into which queue."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.count = int(table.sizes[Z_STATIONS])
        self.givers: dict[int, list[int]] = {}
        for j in range(self.count):
            row = table.stations[j]
            if row["flow"] in {UTILITY, FLEET}:
                continue
            for q in {*self._ways(row)}:
                self.givers.setdefault(q, []).append(j)

    def _ways(self, row: np.void) -> list[int]:
        table = self.table
        found = [int(row["out_queue"])]
        if row["ways"]:
            found += table.routes[int(row["route0"]) : int(row["route0"]) + int(row["routes"])].tolist()
            found += [int(row["fail_queue"]), int(row["then_queue"])]
            found += [int(out["queue"]) for out in table.outputs[int(row["out0"]) : int(row["out0"]) + int(row["outs"])]]
        return [q for q in found if q >= 0]

    def queues(self, j: int) -> list[int]:
        """Return the queues in front of a station."""
        row = self.table.stations[j]
        return list(range(int(row["queue0"]), int(row["queue0"]) + int(row["queues"])))


def split_line(table: Table) -> Split:
    """Return which stations are nodes.

    Parameters
    ----------
    table
        The station table.
    """
    line = _Line(table)
    kinds = np.full(line.count, OTHER, np.int64)
    reasons: dict[int, list[str]] = {}

    def leave(j: int, *why: str) -> bool:
        if why:
            kinds[j] = OTHER
            reasons.setdefault(j, []).extend(why)
        return bool(why)

    for j in range(line.count):
        kinds[j] = _kind_of(table, j)
        leave(j, *_against_alone(table, j))
    of_all = [what for number, what in why_not(table) if number < 0]
    if table.stations["stamps"].any() or table.stations["since"].any():
        of_all.append("within since another station")
    for j in range(line.count):
        leave(j, *of_all)
    for j in _rivals(table):
        leave(j, "makes what others make too")
    is_changed = True
    while is_changed:
        is_changed = False
        for j in np.flatnonzero(kinds != OTHER):
            is_changed |= leave(int(j), *_against_neighbours(line, kinds, int(j)))
    return Split(kinds, [(j, what) for j in sorted(reasons) for what in dict.fromkeys(reasons[j])])


def _kind_of(table: Table, j: int) -> int:
    row = table.stations[j]
    if row["flow"] in {LOADER, UNLOADER}:
        return ONTO if row["flow"] == LOADER else OFF
    slots = table.slots["kind"][int(row["slot0"]) : int(row["slot0"]) + int(row["slots"])]
    return JOIN if (slots == PART).any() else SIDE


def _against_alone(table: Table, j: int) -> list[str]:
    """Return what of a station itself keeps it from being a node."""
    row = table.stations[j]
    if row["flow"] == UTILITY:
        return ["utilities"]
    if row["flow"] == FLEET:
        return ["vehicles"]
    if row["flow"] in {LOADER, UNLOADER}:
        return against_station(table, j, _CARRIERS) + _against_carriers(table, row)
    slots = table.slots[int(row["slot0"]) : int(row["slot0"]) + int(row["slots"])]
    draws = row["begins"] and row["pass_queue"] < 0 and (slots["kind"] != PART).all() and (slots["kind"] != BULK).all()
    found = against_station(table, j, _COILS if draws else _CREW)
    if row["count"] > MOST_SIDE:
        found.append(f"more than {MOST_SIDE} machines side by side")
    if (slots["kind"] == PART).any() and (row["count"] > 1 or row["within"] >= 0):
        found.append("takes at machines side by side, or within")
    return found


def _against_carriers(table: Table, row: np.void) -> list[str]:
    """Return what of a station that loads or unloads carriers keeps it from being a node."""
    carrier = table.carriers[int(row["carrier"])]
    found = []
    if row["modes"] or row["scrap"] or row["gate"] or row["grades"] or row["slots"]:
        found.append("failures, gates or inputs where carriers are loaded or unloaded")
    others = table.stations[: int(table.sizes[Z_STATIONS])]
    same = (others["flow"] == row["flow"]) & (others["carrier"] == row["carrier"])
    if same.sum() > 1 or int(table.sizes[Z_CARRIERS]) == 0:
        found.append("carriers that several stations load or unload")
    if row["flow"] == UNLOADER and carrier["back"] == 0:
        found.append("carriers that are back at once")
    if row["flow"] == LOADER and row["out_queue"] < 0:
        found.append("carriers that leave the line")
    return found


def _rivals(table: Table) -> list[int]:
    """Return the stations that begin things of a kind that others make or buy too: their serials follow from the order in time."""
    count = int(table.sizes[Z_STATIONS])
    rows = table.stations[:count]
    makers: dict[int, list[int]] = {}
    for j in range(count):
        if rows[j]["flow"] not in {UTILITY, FLEET} and (rows[j]["begins"] or rows[j]["lanes"] > 1):
            makers.setdefault(int(rows[j]["kind"]), []).append(j)
        for out in table.outputs[int(rows[j]["out0"]) : int(rows[j]["out0"]) + int(rows[j]["outs"])]:
            makers.setdefault(int(out["kind"]), []).append(j)
        for slot in table.slots[int(rows[j]["slot0"]) : int(rows[j]["slot0"]) + int(rows[j]["slots"])]:
            if slot["kind"] == COIL and slot["queue"] < 0:
                makers.setdefault(int(slot["thing"]), []).append(j)
    return sorted({j for found in makers.values() if len(found) > 1 for j in found})


def _against_neighbours(line: _Line, kinds: NDArray[np.int64], j: int) -> list[str]:
    """Return what of the queues in front of and behind a node keeps it from being one."""
    table, row = line.table, line.table.stations[j]
    found = [what for q in line.queues(j) for what in _against_inlet(line, kinds, q)]
    q = int(row["out_queue"])
    if q >= 0:
        taker = int(table.queues[q]["station"])
        if table.queues[q]["fleet"] >= 0:
            found.append("vehicles fetch what it makes")
        if line.givers[q] != [j]:
            found.append("not alone in front of a station")
        if kinds[taker] == OTHER:
            if against := against_queue(table, q):
                found += against
            if table.queues[q]["places"] == 0 and table.stations[taker]["flow"] != STORE:
                found.append("no places in front of what is not a node")
            if all(kinds[giver] == OTHER for queue in line.queues(j) for giver in line.givers.get(queue, [])) and row["pass_queue"] >= 0:
                found.append("alone between what are no nodes")
    return found


def _against_inlet(line: _Line, kinds: NDArray[np.int64], q: int) -> list[str]:
    """Return what of a queue in front of a node keeps it from being one."""
    table, queue = line.table, line.table.queues[q]
    is_coils = queue["slot"] >= 0 and table.slots[int(table.stations[int(queue["station"])]["slot0"]) + int(queue["slot"])]["kind"] == COIL
    found = against_queue(table, q, _BROUGHT if is_coils else frozenset())
    if is_coils and queue["places"] == 0:
        found.append("no places for coils")
    givers = line.givers.get(q, [])
    if len(givers) != 1:
        return [*found, "several stations in front"]
    giver = table.stations[givers[0]]
    if giver["ways"] or giver["loses"]:
        found.append("a station in front that chooses where items go")
    if kinds[givers[0]] == OTHER and table.queues[q]["places"] == 0 and giver["lanes"] > 1:
        found.append("no places behind lanes")
    return found
