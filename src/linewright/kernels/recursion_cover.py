"""What the recursion covers: a list of what it knows, element by element; what is not on it is not covered.

A field that this file does not name counts as "the element is not used" only where it is 0 or -1 in every row, so that an element that is new to the
table is refused until it is entered here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.recursion_network import MOST_SIDE
from linewright.kernels.state import FAULT, State
from linewright.kernels.table import FLEET, GATE_CHANCE, GATE_NONE, GATE_WINDOWS, ITEM, PART, RUNNING, SUPPLY, UTILITY, Table

__all__ = ["is_between_events", "why_not"]

_Rule = tuple[str, Callable[[int], bool]]

#: Fields of a station that the recursion follows, or that only rows need (which it does not write), or that only lead to rows of other tables.
_STATION = frozenset([
    "hash", "amount", "enter", "leave", "short", "scrap", "fails", "misses", "false_alarms", "machine0", "law", "slot0", "queue0", "queues",
    "pass_queue", "out_queue", "kind", "begins", "point", "check0", "checks", "measure0", "measures", "grade0", "grades", "count", "within", "slots",
    "tools", "carrier", "size", "bin0", "mode0", "modes", "plan0", "toolmode0", "serve0", "source0", "load", "unload", "wait", "serves",
    "fault0", "lot",
    "by_order", "rule", "units",  # with orders only, which are refused as a whole
])  # fmt: skip
#: Fields that must have certain values: what they stand for otherwise.
_STATION_RULES: Mapping[str, _Rule] = {
    "flow": ("an oven, a store, or carriers", lambda value: value == ITEM),
    "since": ("within since another station", lambda value: value == 0),
    "stamps": ("within since another station", lambda value: value == 0),
    "before": ("blocking: before", lambda value: value == 0),
    "ways": ("several ways on", lambda value: value == 0),
    "loses": ("items lost where no place is free", lambda value: value == 0),
    "lanes": ("lanes", lambda value: value <= 1),
    "shift": ("works", lambda value: value == -1),
    "plans": ("maintenance", lambda value: value == 0),
    "toolmodes": ("stops: tool", lambda value: value == 0),
    "gate": ("this kind of gate", lambda value: value in {GATE_NONE, GATE_WINDOWS, GATE_CHANCE}),
    "variant0": ("per-product", lambda value: value == 0),
    "setup0": ("setup", lambda value: value == 0),
    "asks": ("machines that are somewhere else", lambda value: value == 0),
}
_MODE = frozenset(["to", "repair", "reason"])
_MODE_RULES: Mapping[str, _Rule] = {
    "clock": ("failures with clock: calendar", lambda value: value == RUNNING),
    "crew": ("failures with by", lambda value: value == -1),
}
_QUEUE = frozenset([
    "slot", "station", "places", "ring0", "room", "wait0", "waits", "born", "ahead0",
])  # fmt: skip
_QUEUE_RULES: Mapping[str, _Rule] = {
    "fleet": ("brought-by", lambda value: value == -1),
    "endless": ("buffer: unlimited", lambda value: value == 0),
}
_SLOT = frozenset(["amount", "length", "change", "splice", "thing", "rolls", "part0", "queue", "hash"])
_SLOT_RULES: Mapping[str, _Rule] = {
    "kind": ("takes of coils or in bulk", lambda value: value in {SUPPLY, PART}),
    "life": ("shelf-life", lambda value: value == -1),
}
_MACHINE = frozenset([
    "station", "clock0", "plan0", "mount0", "part0",
])  # fmt: skip
_LAW = frozenset([
    "kind", "table0", "samples", "cells", "mean", "a", "b", "low", "high", "u_low", "u_high",
])  # fmt: skip
#: Tables whose rows count only where a row of a station leads to them, and arrays without rows.
_REACHED = frozenset([
    "slots", "plans", "toolmodes", "crews", "shifts", "fleets", "drives", "passes", "zones", "carriers", "measures", "checks", "grades", "sources",
    "switches", "quantiles", "normal", "clock_hash", "plan_hash", "vehicles", "fleet_queues", "serves", "loaders", "kinds", "sizes",
    "variants", "setups", "campaigns",
])  # fmt: skip


def why_not(table: Table) -> list[tuple[int, str]]:
    """Return what of a table the recursion does not cover.

    Parameters
    ----------
    table
        The station table.

    Returns
    -------
    (number of the station, element), in the order of the stations; -1 for what is of no station. Empty where it covers all.
    """
    found: list[tuple[int, str]] = []
    for number in range(len(table.stations)):
        row = table.stations[number]
        if row["flow"] == UTILITY:
            found.append((number, "utilities"))
            continue
        if row["flow"] == FLEET:
            found.append((number, "vehicles"))
            continue
        found += [(number, what) for what in against_station(table, number)]
    found += _against_order(table)
    for name, rows, known in (("machines", table.machines, _MACHINE), ("laws", table.laws, _LAW)):
        found += [(-1, f"{name}.{what}") for what in {what for row in rows for what in _against(row, known, {})}]
    for name in table._fields:
        if name not in _REACHED | {"stations", "queues", "modes", "machines", "laws"} and np.asarray(getattr(table, name)).tobytes().strip(b"\0"):
            found.append((-1, name))
    return sorted(set(found))


def against_station(table: Table, number: int, allowed: frozenset[str] = frozenset()) -> list[str]:
    """Return what of a station itself the recursion does not cover, but for fields that are allowed to be anything."""
    row = table.stations[number]
    found = _against(row, _STATION | allowed, _STATION_RULES, allowed)
    for mode in table.modes[int(row["mode0"]) : int(row["mode0"]) + int(row["modes"])]:
        found += _against(mode, _MODE | allowed, _MODE_RULES, allowed)
    for slot in table.slots[int(row["slot0"]) : int(row["slot0"]) + int(row["slots"])]:
        found += _against(slot, _SLOT | allowed, _SLOT_RULES, allowed)
    return found


def against_queue(table: Table, number: int, allowed: frozenset[str] = frozenset()) -> list[str]:
    """Return what of a queue the recursion does not cover, but for fields that are allowed to be anything."""
    return _against(table.queues[number], _QUEUE | allowed, _QUEUE_RULES, allowed)


def _against_order(table: Table) -> list[tuple[int, str]]:
    """Return where the order of events at one moment would matter beyond what the recursion keeps."""
    found = []
    stations = table.stations
    for number, row in enumerate(stations):
        slots = table.slots[int(row["slot0"]) : int(row["slot0"]) + int(row["slots"])]
        if (slots["kind"] == PART).any():
            found += [(number, "takes at machines side by side")] if row["count"] > 1 else []
            found += [(number, "takes and within")] if row["within"] >= 0 else []
        if row["count"] > MOST_SIDE:
            found.append((number, f"more than {MOST_SIDE} machines side by side"))
    for q in range(len(table.queues) if stations["queues"].any() else 0):
        taker = int(table.queues[q]["station"])
        found += [(taker, what) for what in _against(table.queues[q], _QUEUE, _QUEUE_RULES)]
        if (stations["out_queue"] == q).sum() != 1:
            found.append((taker, "several stations in front"))
    return found


def _against(row: np.void, known: frozenset[str], rules: Mapping[str, _Rule], allowed: frozenset[str] = frozenset()) -> list[str]:
    """Return what a row holds that is not covered."""
    found = []
    for name in row.dtype.names or ():
        if name in rules and name not in allowed:
            what, is_covered = rules[name]
            if not is_covered(int(row[name])):
                found.append(what)
        elif name not in known and name != "pad" and row[name] not in {0, -1}:
            found.append(name)
    return found


def is_between_events(state: State, machines: NDArray[np.int64] | None = None) -> bool:
    """Tell whether the recursion can take a state over: begun, settled, without commands or records, no rows to be kept, nothing stopped by hand.

    Parameters
    ----------
    state
        Where the line stands.
    machines
        Numbers of the machines that it takes over; None: all.
    """
    head = state.head[0]
    is_settled = head["begun"] and not (head["agenda"] or head["inbox"] or head["outbox"] or head["keep"])
    masks = state.machines["mask"] if machines is None else state.machines["mask"][machines]
    return bool(is_settled and not (masks & ~FAULT).any())
