"""`open_line`: the state of a line at time 0, empty or filled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linewright.control.compile import Compiled
from linewright.control.opening import Opening, opening_of
from linewright.kernels import table as tb
from linewright.kernels.rows import KIND_SHIFT
from linewright.kernels.state import OPENING, WORK, State, new_state

__all__ = ["open_line"]

Column = NDArray[np.int64]


def open_line(compiled: Compiled, seed: int, replication: int = 0, *, keep: bool = False) -> State:
    """Return the state of a line before anything has happened.

    Parameters
    ----------
    compiled
        The line; its file says whether it starts empty or filled.
    seed, replication
        Key of all draws.
    keep
        Whether rows are to be written.
    """
    state = new_state(compiled.table, seed, replication, keep=keep)
    opening = opening_of(compiled)
    for kind, last in opening.made.items():
        if compiled.kinds[kind].what != "carrier":
            state.serials[kind] = last + 1
    _carriers(opening, state)
    _mounts(opening, state)
    _queues(opening, state)
    _ovens(opening, state)
    return state


def _carriers(opening: Opening, state: State) -> None:
    table = opening.compiled.table
    for stock in opening.carriers:
        carrier = table.carriers[stock.carrier]
        first = int(carrier.tray0)
        state.trays.content[first : first + stock.count] = OPENING
        state.trays.count[first : first + stock.count] = stock.holds
        left = int(carrier.count) - stock.count
        state.empties[first : first + left] = np.arange(stock.count, int(carrier.count))
        state.carriers[stock.carrier].empty = left
        serials = np.arange(1, stock.count + 1)
        ages = (stock.count - serials) * stock.gap + stock.gap // 2
        since = 0
        for number, time in stock.stages:
            inside = serials[(ages >= since) & (ages < since + time)]
            moved_in = since - ages[inside - 1]
            _place(table, state, number, (int(carrier.kind) << KIND_SHIFT) | inside, (moved_in, moved_in + time))
            since += time


def _place(table: tb.Table, state: State, number: int, items: Column, span: tuple[Column, Column]) -> None:
    """Put carriers, the oldest first, into a store or the machines of a station; `span` is when they came and when they are ready (ns)."""
    row = table.stations[number]
    moved_in, ready = span
    count, first = len(items), int(row.machine0)
    if count and row.flow == tb.STORE:
        at = slice(int(row.bin0), int(row.bin0) + count)
        for name, values in (("item", items), ("arrive", moved_in), ("start", moved_in), ("ready", ready)):
            state.bins[name][at] = values
        machine = state.machines[first]
        machine.on, machine.due = count, int(ready[0])
    elif count:
        at = slice(first, first + count)
        for name, values in (("item", items), ("arrive", moved_in), ("start", moved_in)):
            state.machines[name][at] = values
        state.machines["phase"][at] = WORK
        state.own["phase"][at] = WORK
        state.own["left"][at] = ready


def _mounts(opening: Opening, state: State) -> None:
    table = opening.compiled.table
    for number, stocks in opening.slots.items():
        row = table.stations[number]
        items = opening.made.get(int(row.kind), 0) if row.begins else 0
        for stock in stocks:
            for m in range(stock.machines):
                mount = state.mounts[int(table.machines[int(row.machine0) + m].mount0) + stock.slot]
                if stock.kind == tb.COIL:
                    serial, at = stock.at(m, stock.number(m, items))
                    mount.lot, mount.at, mount.rest = (stock.thing << KIND_SHIFT) | serial, at, stock.length - at
                elif stock.kind == tb.BULK:
                    serial, at = stock.in_hand(m, stock.number(m, items))
                    mount.lot, mount.at, mount.rest = (stock.thing << KIND_SHIFT) | serial, at, stock.length - at


def _queues(opening: Opening, state: State) -> None:
    table = opening.compiled.table
    for q, (first, count) in opening.queues.items():
        queue = table.queues[q]
        station = opening.compiled.flow.stations[int(queue.station)]
        kind = int(table.slots[int(table.stations[station.number].slot0 + queue.slot)].thing)
        if queue.slot < 0:
            kind = opening.compiled.flow.stations[station.feeders[0]].kind
        for i in range(count):
            state.ring[int(queue.ring0) + i].item = (kind << KIND_SHIFT) | (first + i)
        state.queues[q].count = count


def _ovens(opening: Opening, state: State) -> None:
    """Ovens are in work, evenly spread over their time; the first of them is ready now.

    Ovens that can do more than is taken from them have one that hands out, in steady state; without it the line would wait for up to one part of
    their time.
    """
    table = opening.compiled.table
    for number, first in opening.ovens.items():
        row = table.stations[number]
        time = int(table.laws[row.law].mean * 1e9)
        kind = opening.compiled.flow.stations[number].kind
        for m in range(int(row.count)):
            left = max(time * m // int(row.count), 1)
            machine, own = state.machines[int(row.machine0) + m], state.own[int(row.machine0) + m]
            for i in range(int(row.size)):
                entry = state.bins[int(row.bin0) + m * int(row.size) + i]
                entry.item, entry.arrive = (kind << KIND_SHIFT) | (first + m * int(row.size) + i), left - time
            machine.item, machine.start, machine.arrive, machine.on, machine.phase = (
                (kind << KIND_SHIFT) | (first + m * int(row.size)),
                left - time,
                left - time,
                int(row.size),
                WORK,
            )
            own.phase, own.n, own.since, own.left = WORK, 0, 0, left
