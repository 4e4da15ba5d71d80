"""The same tallies from the ledger's rows: folding all rows of a run gives the kernel's counts and times exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.control.compile import Compiled
from linewright.kernels.rows import (
    VERDICT_CHANCE,
    VERDICT_FALSE_REJECT,
    VERDICT_LATE,
    VERDICT_LOST,
    VERDICT_MISSED,
    VERDICT_PASS,
    VERDICT_REJECT,
    VERDICT_REWORK,
    VERDICT_SCRAP,
)
from linewright.kernels.table import ITEM
from linewright.ledger.reader import RunReader
from linewright.measures.tally import BLOCKED, CHANGE, COUNTS, FAULT, GROUPS, OFF, PLANNED, SETUP, STARVED, STOPPED, UTILITY, WORK, Tally

__all__ = ["fold_rows", "state_group"]

Column = NDArray[np.int64]
_BITS = 1023


def fold_rows(reader: RunReader, compiled: Compiled, open_at_end: dict[str, Any] | None = None) -> Tally:
    """Return the tally of a run from its rows.

    Counts and stays are exact for every station. Times are exact for the machines of stations that work on single items: each state's from its rows,
    the waits too short for a row from the visits' four times. Machines of ovens, stores and carriers' loaders are told by their rows alone, so
    that short waits count as work there.

    Parameters
    ----------
    reader
        A run whose rows were all kept, from its begin (`simulate --keep all`, a live run).
    compiled
        Its line.
    open_at_end
        What was in work at its end (`tally.open_work`); None: the run's fact ``open``.

    Returns
    -------
    The tally from the run's begin to `open_at_end`.
    """
    told = open_at_end if open_at_end is not None else reader.fact("open")
    told = {"now_ns": None, "done": {}, "machines": {}, "inside": [], "in_hand": []} | (told or {})
    visits, states = _visits(reader, compiled), _states(reader, compiled)
    last = max((int(times.max()) for times in (states["t"], visits["leave"]) if len(times)), default=0)
    end = int(told["now_ns"]) if told["now_ns"] is not None else last
    stays = _stays(visits, len(compiled.stations))
    inside = told["inside"] or [(0, 0)] * len(stays)
    insides = tuple(stay + count * end - arrived for stay, (count, arrived) in zip(stays, inside, strict=True))
    in_hand = np.array(told["in_hand"] or [0] * len(stays), np.int64)
    times = _times(visits, states, compiled, told["machines"], end)
    return Tally(end, _counts(visits, compiled, told["done"]), times, stays, insides, in_hand)


def _visits(reader: RunReader, compiled: Compiled) -> dict[str, Column]:
    """Return station, machine (through the line), the four times in ns of the run, verdict."""
    raw = reader.columns("visit", ["step", "machine", "in_us", "start_us", "done_us", "out_us", "ns", "verdict"])
    begin = reader.header().begin_us
    number_of = {path: n for n, path in enumerate(compiled.stations)}
    steps = {key: number_of[text] for key, text in reader.names("step").items() if text in number_of}
    machine_of = {path: n for n, path in enumerate(compiled.machines)}
    machines = {key: machine_of[text] for key, text in reader.names("machine").items() if text in machine_of}
    fields = (("arrive", "in_us", 30), ("start", "start_us", 20), ("done", "done_us", 10), ("leave", "out_us", 0))
    times = {name: (raw[column] - begin) * 1000 + ((raw["ns"] >> shift) & _BITS) for name, column, shift in fields}
    return {"station": _looked_up(raw["step"], steps), "machine": _looked_up(raw["machine"], machines), "verdict": raw["verdict"], **times}


def _states(reader: RunReader, compiled: Compiled) -> dict[str, Column]:
    """Return machine, time in ns, and the group of each STATE row."""
    raw = reader.columns("state", ["machine", "from_us", "state", "reason", "ns"])
    machine_of = {path: n for n, path in enumerate(compiled.machines)}
    machines = {key: machine_of[text] for key, text in reader.names("machine").items() if text in machine_of}
    states, reasons = reader.names("state"), reader.names("reason")
    kinds = {(s, r): state_group(states[s], reasons.get(r, "")) for s, r in {*zip(raw["state"].tolist(), raw["reason"].tolist(), strict=True)}}
    group = np.array([kinds[pair] for pair in zip(raw["state"].tolist(), raw["reason"].tolist(), strict=True)], np.int64)
    time = (raw["from_us"] - reader.header().begin_us) * 1000 + raw["ns"]
    return {"machine": _looked_up(raw["machine"], machines), "t": time, "group": group}


def state_group(state: str, reason: str) -> int:
    """Return the group (number in `tally.GROUPS`) of a PackML state and its reason (names as in `control.compile_rows.REASONS`).

    Examples
    --------
    >>> GROUPS[state_group("Held", "change")], GROUPS[state_group("Suspended", "starved")], GROUPS[state_group("Stopped", "operator")]
    ('change', 'starved', 'stopped')
    """
    if state == "Execute":
        return WORK
    if state == "Held":
        return {"change": CHANGE, "setup": SETUP}.get(reason, FAULT)
    if state == "Stopped":
        return {"off-shift": OFF, "operator": STOPPED}.get(reason, PLANNED)
    return {"starved": STARVED, "blocked": BLOCKED}.get(reason, UTILITY)


def _looked_up(keys: Column, numbers: dict[int, int]) -> Column:
    table = np.full(max([*numbers, int(keys.max()) if len(keys) else 0, 0]) + 1, -1, np.int64)
    for key, number in numbers.items():
        table[key] = number
    return table[np.maximum(keys, 0)]


def _counts(visits: dict[str, Column], compiled: Compiled, waiting: dict[str, list[int]]) -> NDArray[np.int64]:
    size = len(compiled.stations)
    station, verdict = visits["station"], visits["verdict"]

    def count(*verdicts: int) -> Column:
        return np.bincount(station[np.isin(verdict, verdicts)], minlength=size).astype(np.int64)

    late = count(VERDICT_LATE)
    columns = {
        "done": np.bincount(station, minlength=size).astype(np.int64) - late, "good": count(VERDICT_PASS, VERDICT_MISSED),
        "scrap": count(VERDICT_SCRAP), "reject": count(VERDICT_REJECT), "false_reject": count(VERDICT_FALSE_REJECT),
        "missed": count(VERDICT_MISSED), "chance": count(VERDICT_CHANCE), "late": late, "rework": count(VERDICT_REWORK), "lost": count(VERDICT_LOST),
    }  # fmt: skip
    for number, (done, missed, *mended) in waiting.items():  # runs of before gates sent back tell two numbers
        rework = sum(mended)
        columns["done"][int(number)] += done
        columns["good"][int(number)] += done - rework
        columns["rework"][int(number)] += rework
        columns["missed"][int(number)] += missed
    return np.stack([columns[name] for name in COUNTS], axis=1)


def _stays(visits: dict[str, Column], stations: int) -> tuple[int, ...]:
    """Return the sum of leave - arrive of each station; in parts, so that no sum leaves int64."""
    stay = visits["leave"] - visits["arrive"]
    found = []
    for number in range(stations):
        mine = stay[visits["station"] == number]
        whole, rest = mine // 10**9, mine % 10**9
        found.append(int(whole.sum()) * 10**9 + int(rest.sum()))
    return tuple(found)


def _times(
    visits: dict[str, Column], states: dict[str, Column], compiled: Compiled, in_work: dict[str, list[int]], end: int
) -> NDArray[np.int64]:
    times = np.zeros((len(compiled.machines), len(GROUPS)), np.int64)
    worked = visits["verdict"] != VERDICT_LATE
    by_machine = _split(visits["machine"], len(compiled.machines), worked)
    told = _split(states["machine"], len(compiled.machines))
    for m in range(len(compiled.machines)):
        station = compiled.table.stations[int(compiled.table.machines[m]["station"])]
        rows = told[m][np.argsort(states["t"][told[m]], kind="stable")]
        edges, groups = np.append(states["t"][rows], end), states["group"][rows]
        if len(rows) == 0:
            times[m, STARVED] += end
            continue
        times[m, STARVED] += edges[0]  # nothing is told before the first state: it waited
        np.add.at(times[m], groups, np.diff(edges))
        if int(station["flow"]) != ITEM:
            continue
        mine = by_machine[m][np.argsort(visits["start"][by_machine[m]], kind="stable")]
        starts, dones, leaves = (visits[name][mine] for name in ("start", "done", "leave"))
        start, done = in_work.get(str(m), [-1, -1])
        # Waits that no row tells lie inside stretches of Execute.
        after = np.append(starts[1:], start if start >= 0 else end)[: len(leaves)]
        starved = _inside(edges, groups, leaves, after)
        if done >= 0:  # the last item waits on the machine
            dones, leaves = np.append(dones, done), np.append(leaves, end)
        blocked = _inside(edges, groups, dones, leaves)
        times[m, WORK] -= blocked + starved
        times[m, BLOCKED] += blocked
        times[m, STARVED] += starved
    return times


def _split(machine: Column, count: int, keep: NDArray[np.bool_] | None = None) -> list[Column]:
    """Return the rows of each machine."""
    order = np.argsort(machine, kind="stable")
    if keep is not None:
        order = order[keep[order]]
    edges = np.searchsorted(machine[order], np.arange(count + 1))
    return [order[edges[m] : edges[m + 1]] for m in range(count)]


def _inside(edges: Column, groups: Column, lows: Column, highs: Column) -> int:
    """Return how much of the intervals [low, high) lies in stretches of Execute."""
    length = np.where(groups == WORK, np.diff(edges), 0)
    before = np.concatenate([[0], np.cumsum(length)])

    def until(t: Column) -> Column:
        at = np.clip(np.searchsorted(edges, t, side="right") - 1, 0, len(groups) - 1)
        part = np.clip(t - edges[at], 0, edges[at + 1] - edges[at])
        return before[at] + np.where(groups[at] == WORK, part, 0)

    if len(lows) == 0:
        return 0
    return int((until(np.maximum(highs, lows)) - until(lows)).sum())
