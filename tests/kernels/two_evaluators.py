"""The calendar and the reference side by side: one line, the same rows, the same times in state."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
from numba import config

from linewright.control.compile import Compiled, compile_plant
from linewright.control.fill import open_line
from linewright.kernels import rows as row_kinds
from linewright.kernels.calendar import ROWS, UNTIL, advance, finish, rows_needed
from linewright.kernels.reference import simulate
from linewright.kernels.reference_line import Line
from linewright.kernels.reference_log import Log
from linewright.kernels.reference_state import fill
from linewright.kernels.reference_table import read_table
from linewright.kernels.rows import Rows, new_rows
from linewright.kernels.state import State
from linewright.kernels.table import FLEET, UTILITY
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text

Row = tuple[Any, ...]
KINDS = tuple(name for name in Rows._fields if name != "count")


class Records:
    """A record array whose rows are read and written field by field, so that the calendar also runs uncompiled.

    NumPy's own rows answer `base`, `size`, `mean` or `item` with themselves, not with the field.
    """

    def __init__(self, array: np.ndarray) -> None:
        self.array = array
        self.shape = array.shape

    def __getitem__(self, index: int) -> Record:
        return Record(self.array, index)

    def __setitem__(self, index: int, row: Record) -> None:
        self.array[index] = row._array[row._index]


class Record:
    """One row of `Records`."""

    def __init__(self, array: np.ndarray, index: int) -> None:
        object.__setattr__(self, "_array", array)
        object.__setattr__(self, "_index", index)

    def __getattr__(self, name: str) -> Any:
        return self._array[name][self._index]

    def __setattr__(self, name: str, value: Any) -> None:
        self._array[name][self._index] = value


def callable_as(arrays: Any) -> Any:
    """Return a table, state or rows as the calendar takes it: as they are, uncompiled with rows as `Records`."""
    if not config.DISABLE_JIT:
        return arrays
    return SimpleNamespace(**{name: Records(a) if a.dtype.names else a for name, a in zip(arrays._fields, arrays, strict=True)})


def compiled(text: str) -> Compiled:
    """Return the station table of a line file."""
    return compile_plant(load_text(text, installed_libraries()))


def line_of(line: Compiled, seed: int = 1) -> Line:
    """Return the same line for the reference."""
    return read_table(line.table, seed)


def run_calendar(line: Compiled, until: int, seed: int = 1, cuts: Sequence[int] = ()) -> tuple[dict[str, list[Row]], State]:
    """Return all rows that the calendar writes before `until`, by kind, and its state then; `cuts` are times at which it is stopped and goes on."""
    state = open_line(line, seed, keep=True)
    rows = new_rows(max(rows_needed(line.table), 4096))
    found: dict[str, list[Row]] = {kind: [] for kind in KINDS}

    def take() -> None:
        for number, kind in enumerate(KINDS):
            array = getattr(rows, kind)[: rows.count[number]]
            names = [n for n in array.dtype.names if n != "pad"]
            found[kind] += list(zip(*(array[n].tolist() for n in names), strict=True))
        rows.count[:] = 0

    arguments = [callable_as(arrays) for arrays in (line.table, state, rows)]
    with np.errstate(over="ignore"):
        for time in (*cuts, until):
            while (reason := advance(*arguments, time)) != UNTIL:
                assert reason == ROWS, reason
                take()
        finish(*arguments)
    take()
    return found, state


def run_calendar_quietly(line: Compiled, seconds: int, replication: int = 0, seed: int = 1) -> float:
    """Return the good items a second of the last station, without rows, counted after a tenth of the time."""
    state = open_line(line, seed, replication)
    arguments = [callable_as(arrays) for arrays in (line.table, state, new_rows(1))]
    last = max(i for i, step in enumerate(line.table.stations[: len(line.stations)]) if step["flow"] not in (UTILITY, FLEET))
    counts = []
    with np.errstate(over="ignore"):
        for until in (seconds // 10, seconds):
            assert advance(*arguments, until * 10**9) == UNTIL
            counts.append(int(state.stations[last]["good"]))
    return (counts[1] - counts[0]) / (seconds - seconds // 10)


def run_reference(line: Compiled, until: int, seed: int = 1) -> Log:
    """Return all that happens before `until`, from the same state at time 0."""
    opened = open_line(line, seed)
    return simulate(line_of(line, seed), until, lambda world: fill(world, line.table, opened))


def rows_of(log: Log) -> dict[str, list[Row]]:
    """Return the reference's rows by the same kinds."""
    lists = (log.visits, log.consumed, log.mounts, log.things, log.places, log.states, log.losses, log.missings, log.tool_stops, log.faults)
    lists = (*lists, log.campaigns)
    return {kind: [tuple(row) for row in rows] for kind, rows in zip(KINDS, lists, strict=True)}


def settled(rows: list[Row]) -> list[Row]:
    """Return STATE rows by machine, without those that lasted no time and those that repeat what is."""
    out: list[Row] = []
    by_machine: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        by_machine.setdefault((row[1], row[2]), []).append(row)
    for machine in sorted(by_machine):
        told = by_machine[machine]
        lasting = [a for a, b in pairwise(told) if a[0] != b[0]] + told[-1:]
        out += [row for i, row in enumerate(lasting) if i == 0 or row[3:] != lasting[i - 1][3:]]
    return out


def first_difference(kind: str, calendar: list[Row], reference: list[Row]) -> str | None:
    """Return the earliest row that only one of them wrote, None where both wrote the same."""
    if kind == "state":
        calendar, reference = settled(calendar), settled(reference)
    mine, yours = sorted(calendar), sorted(reference)
    if mine == yours:
        return None
    names = [n for n in getattr(new_rows(1), kind).dtype.names if n != "pad"]
    at = next(names.index(n) for n in ("leave", "t") if n in names)
    only = [(row[at], "calendar", row) for row in set(mine) - set(yours)] + [(row[at], "reference", row) for row in set(yours) - set(mine)]
    first = "\n  ".join(f"{who}: {dict(zip(names, row, strict=True))}" for _, who, row in sorted(only)[:4])
    return f"{kind}: {len(mine)} rows of the calendar, {len(yours)} of the reference; first that differ\n  {first}"


def differences(line: Compiled, until: int, seed: int = 1, cuts: Sequence[int] = ()) -> list[str]:
    """Run both; return in what they differ: nothing, where they agree bit for bit."""
    rows, state = run_calendar(line, until, seed, cuts)
    log = run_reference(line, until, seed)
    other = rows_of(log)
    found = [difference for kind in KINDS if (difference := first_difference(kind, rows[kind], other[kind]))]
    return found + times_differ(line, state, log) + counts_differ(line, state, log) + fleets_differ(line, state, log) + orders_differ(state, log)


def times_differ(line: Compiled, state: State, log: Log) -> list[str]:
    """Compare the time of each machine in each state; the calendar adds the stay that still goes on."""
    found = []
    for (station, machine), times in log.times.items():
        m = int(line.table.stations[station].machine0) + machine
        mine = state.times[m].tolist()
        mine[state.machines[m].category] += int(state.head[0].now - state.machines[m].since)
        if mine != times:
            found.append(f"times of {line.machines[m]}: calendar {mine}, reference {times}")
    return found


def counts_differ(line: Compiled, state: State, log: Log) -> list[str]:
    """Compare what each station has counted."""
    found = []
    names = ("n", "done", "good", "scrap", "reject", "false_reject", "missed", "chance", "late", "rework", "lost", "made", "arrived")
    for number, path in enumerate(line.stations):
        row = state.stations[number]
        mine = {name: int(row[name]) for name in names} | {"stay": int(row["stay_s"]) * 10**9 + int(row["stay_ns"])}
        yours = {name: log.counts[number, name] for name in mine}
        if mine != yours:
            found.append(f"counts of {path}: calendar {mine}, reference {yours}")
    return found


def fleets_differ(line: Compiled, state: State, log: Log) -> list[str]:
    """Compare what each fleet has done."""
    found = []
    for number, vehicle in enumerate(line.plant.vehicles):
        row = state.fleets[number]
        mine = {name: int(row[name]) for name in ("trips", "fetched", "brought", "late", "charges", "longest", "lowest")}
        mine |= {name: int(row[f"{name}_s"]) * 10**9 + int(row[f"{name}_ns"]) for name in ("wait", "bring")}
        yours = {name: log.fleets[number][name] for name in mine}
        if mine != yours:
            found.append(f"fleet {vehicle.name}: calendar {mine}, reference {yours}")
    return found


def orders_differ(state: State, log: Log) -> list[str]:
    """Compare how far each order is."""
    found = []
    for number, run in enumerate(log.orders):
        row = state.orders[number]
        mine = {name: int(row[name]) for name in ("begun", "lost", "good", "began", "ended")}
        yours = {name: getattr(run, name) for name in mine}
        if mine != yours:
            found.append(f"order {number + 1}: calendar {mine}, reference {yours}")
    return found


__all__ = ["compiled", "differences", "first_difference", "line_of", "row_kinds", "rows_of", "run_calendar", "settled"]
