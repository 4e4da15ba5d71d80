"""Emulated machines: the machine's side of all stations that ask, on arrays of its own, one event after the other.

`obey` takes a command, `first_time` tells when the next record is due, `report` makes it. Which of several records of one moment comes first
does not matter to the line: each takes the place of its machine's source.

The plant's arrays are a `State` of which only `head`, `own`, `clocks`, `tools` and `own_outs` are used, so that `kernels/machine.py` serves here
as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from linewright.kernels import exchange_rows as x
from linewright.kernels.bundle import Bundle
from linewright.kernels.compiled import kernel
from linewright.kernels.exchange_rows import COMMAND, RECORD, RECORD_VALUES
from linewright.kernels.machine import (
    begin_machines,
    change,
    fire,
    hold,
    maintain,
    measure,
    mend,
    next_time,
    resume,
    set_up,
    start,
    tool_fire,
    tool_next,
)
from linewright.kernels.rows import VERDICT_PASS, VERDICT_SCRAP
from linewright.kernels.state import IDLE, KEY_MASK, NEVER, State
from linewright.kernels.table import UTILITY, Table

#: Answers that come at once (recipe set, stopped by hand, cleared), and how many may wait.
ASIDES = 4096
#: A machine that has had nothing to do for so long rests: its process values go to where they are at rest.
REST_NS = 5_000_000_000
#: Machines that began or ceased to work, for process values: room of the list.
WORKED = np.dtype([("t", "i8"), ("machine", "i4"), ("works", "i4")])
WORKED_ROOM = 16384

# counts
C_ASIDE_HEAD, C_ASIDES, C_WORKED, C_COMMANDS, C_RECORDS, C_SEQ = range(6)


class Emulated(Bundle):
    """The emulated machines at one moment, and the lists that they fill."""

    tree: np.ndarray  # i8: next time of each machine and tool mode, and the least of each pair
    items: np.ndarray  # i8: what each machine works on
    last: np.ndarray  # i8: when each machine last ended something
    works: np.ndarray  # i1: 1 where its process values follow their set-points
    idle: np.ndarray  # i1: 1 where it has nothing in hand
    watched: np.ndarray  # i1: 1 where it has process values that follow its work
    values: np.ndarray  # f8 (4,)
    more: np.ndarray  # f8 (8 a machine): what faults add to the means of what it measures, and to the spreads
    asides: np.recarray  # RECORD
    worked: np.recarray  # WORKED
    commands: np.recarray  # COMMAND, taken since they were last looked at
    records: np.recarray  # RECORD, made since they were last looked at
    count: np.ndarray  # i8 (6,)

    _dtypes: ClassVar[Mapping[str, np.dtype]] = {
        "tree": np.dtype("i8"), "items": np.dtype("i8"), "last": np.dtype("i8"), "works": np.dtype("i1"), "idle": np.dtype("i1"),
        "watched": np.dtype("i1"), "values": np.dtype("f8"), "more": np.dtype("f8"), "asides": RECORD, "worked": WORKED, "commands": COMMAND,
        "records": RECORD, "count": np.dtype("i8"),
    }  # fmt: skip
    _fields = tuple(_dtypes)


def new_plant(table: Table, line: State) -> State:
    """Return the machines' side of a line at time 0: what they have in hand (a filled start), their first failures drawn.

    What belongs to the line's side is empty. `line` is the state of the line before its first `advance`; it is not changed.
    """
    kept = {"head", "own", "clocks", "tools", "own_outs"}
    plant = State(*[(array if name in kept else array[:1]).copy() for name, array in zip(State._fields, line, strict=True)])
    with np.errstate(over="ignore"):
        begin_machines(table, plant)
    return plant


def new_emulated(table: Table, line: State, watched: np.ndarray, room: int = 32768) -> Emulated:
    """Return the lists of a plant whose first events are not in the tree yet (`plant_tree`)."""
    leaves = 1
    while leaves < table.machines.shape[0] + table.toolmodes.shape[0]:
        leaves *= 2
    machines = table.machines.shape[0]
    idle = line.own.phase[:machines] == IDLE
    return Emulated(
        np.full(2 * leaves, NEVER, np.int64),
        line.machines["item"][:machines].copy(), np.zeros(machines, np.int64), np.zeros(machines, np.int8), idle.astype(np.int8),
        watched.astype(np.int8), np.zeros(RECORD_VALUES), np.zeros(2 * RECORD_VALUES * machines), np.zeros(ASIDES, RECORD).view(np.recarray),
        np.zeros(WORKED_ROOM, WORKED).view(np.recarray), np.zeros(room, COMMAND).view(np.recarray), np.zeros(room, RECORD).view(np.recarray),
        np.zeros(6, np.int64),
    )  # fmt: skip


@kernel
def plant_tree(t, p, e):
    """Put the next time of every machine and tool mode that is emulated into the tree."""
    for m in range(t.machines.shape[0]):
        if t.stations[t.machines[m].station].asks:
            put(e.tree, m, next_time(t, p, m))
    for j in range(t.toolmodes.shape[0]):
        if t.toolmodes[j].tools > 0 and t.stations[t.toolmodes[j].station].asks:
            put(e.tree, t.machines.shape[0] + j, tool_next(t, p, j))


@kernel
def put(tree, leaf, time):
    """Set the time of one leaf."""
    at = tree.shape[0] // 2 + leaf
    tree[at] = time
    at //= 2
    while at >= 1:
        tree[at] = min(tree[2 * at], tree[2 * at + 1])
        at //= 2


@kernel
def first_leaf(tree):
    """Return the leaf with the least time, the first of several."""
    half = tree.shape[0] // 2
    at = 1
    while at < half:
        at = 2 * at if tree[2 * at] <= tree[2 * at + 1] else 2 * at + 1
    return at - half


@kernel
def first_time(e):
    """Return the time of the next record; `NEVER` where all wait for commands."""
    time = e.tree[1]
    if e.count[C_ASIDES] > 0:
        time = min(time, e.asides[e.count[C_ASIDE_HEAD]].t)
    return time


@kernel
def note(e, m, time, works):
    """Note that a machine began or ceased to work, where it has process values that follow."""
    if e.watched[m] and e.works[m] != works and e.count[C_WORKED] < WORKED_ROOM:
        row = e.worked[e.count[C_WORKED]]
        row.t = time
        row.machine = m
        row.works = works
        e.works[m] = works
        e.count[C_WORKED] += 1


@kernel
def aside(e, command, what):
    """Answer a command at once."""
    at = (e.count[C_ASIDE_HEAD] + e.count[C_ASIDES]) % ASIDES
    row = e.asides[at]
    row.t = command.t
    row.item = command.item
    row.n = command.n
    row.station = command.station
    row.machine = command.machine
    row.slot = command.slot
    row.tool = -1
    row.what = what
    row.verdict = VERDICT_PASS
    row.values = 0
    e.count[C_ASIDES] += 1


@kernel
def obey(t, p, e, command):
    """Take one command."""
    m = t.stations[command.station].machine0 + command.machine
    what = command.what
    now = command.t
    if what == x.START:
        if e.watched[m]:
            if e.idle[m] and now - e.last[m] > REST_NS:
                note(e, m, e.last[m] + REST_NS, 0)
            note(e, m, now, 1)
        e.idle[m] = 0
        e.items[m] = command.item | command.again
        at = 2 * RECORD_VALUES * m
        e.more[at], e.more[at + 1], e.more[at + 2], e.more[at + 3] = command.d0, command.d1, command.d2, command.d3
        e.more[at + 4], e.more[at + 5], e.more[at + 6], e.more[at + 7] = command.w0, command.w1, command.w2, command.w3
        start(t, p, m, command.n, command.product, now)
    elif what == x.REPAIR:
        mend(t, p, m, now)
    elif what == x.CHANGE:
        change(t, p, m, command.slot, now)
    elif what == x.SET_UP:
        set_up(t, p, m, command.product, now)
    elif what == x.MAINTAIN:
        maintain(t, p, m, command.slot, command.n, now)
    elif what == x.HOLD:
        hold(t, p, m, now)
        note(e, m, now, 0)
    elif what == x.RESUME:
        resume(t, p, m, now)
        if p.own[m].phase != IDLE:
            note(e, m, now, 1)
    elif what == x.SET:
        aside(e, command, x.SET_DONE)
    elif what == x.STOP:
        aside(e, command, x.STOPPED)
    elif what == x.CLEAR:
        aside(e, command, x.CLEARED)
    put(e.tree, m, next_time(t, p, m))


@kernel
def report(t, p, e, record):
    """Let the next thing happen, and fill a record with it. Returns 0 where it is none of the line's business, else 1."""
    e.count[C_SEQ] += 1
    record.seq = e.count[C_SEQ]
    record.v0 = record.v1 = record.v2 = record.v3 = 0.0
    if e.count[C_ASIDES] > 0 and e.asides[e.count[C_ASIDE_HEAD]].t <= e.tree[1]:
        said = e.asides[e.count[C_ASIDE_HEAD]]
        record.t, record.item, record.n, record.station, record.machine = said.t, said.item, said.n, said.station, said.machine
        record.slot, record.tool, record.what, record.verdict, record.values = said.slot, said.tool, said.what, said.verdict, said.values
        e.count[C_ASIDE_HEAD] = (e.count[C_ASIDE_HEAD] + 1) % ASIDES
        e.count[C_ASIDES] -= 1
        return 1
    leaf = first_leaf(e.tree)
    record.t = e.tree[1]
    record.item = 0
    record.tool = -1
    record.verdict = VERDICT_PASS
    record.values = 0
    machines = t.machines.shape[0]
    if leaf >= machines:
        return tool_report(t, p, e, record, leaf - machines)
    m = leaf
    station = t.machines[m].station
    what, slot, n, scrap = fire(t, p, m)
    record.what = what
    record.slot = slot
    record.n = n
    record.station = station
    record.machine = m - t.stations[station].machine0
    if what == x.DONE:
        e.last[m] = record.t
        e.idle[m] = 1
        record.item = e.items[m] & KEY_MASK
        record.verdict = VERDICT_SCRAP if scrap else VERDICT_PASS
        measured(t, p, e, record, m)
    elif what == x.FAILED:
        note(e, m, record.t, 0)
    elif what == x.REPAIRED:
        e.last[m] = record.t
        if p.own[m].phase != IDLE and p.own[m].held == 0:
            note(e, m, record.t, 1)
    put(e.tree, leaf, next_time(t, p, m))
    return 1


@kernel
def measured(t, p, e, record, m):
    """Add what the station measures at the unit that is done."""
    station = t.machines[m].station
    if t.stations[station].measures == 0 or t.stations[station].flow == UTILITY:
        return
    count = measure(t, p, station, p.own[m].product, e.items[m], e.values, e.more, 2 * RECORD_VALUES * m)
    record.values = count
    record.v0, record.v1, record.v2, record.v3 = e.values[0], e.values[1], e.values[2], e.values[3]


@kernel
def tool_report(t, p, e, record, j):
    """Let a tool go out, or come back."""
    what, machine, tool, n = tool_fire(t, p, j)
    record.what = what
    record.n = n
    record.station = t.toolmodes[j].station
    record.machine = machine
    record.tool = tool
    record.slot = j
    put(e.tree, t.machines.shape[0] + j, tool_next(t, p, j))
    if what == 0:
        e.count[C_SEQ] -= 1
        return 0
    return 1


@kernel
def obey_all(t, p, e, commands):
    """Take commands in their order."""
    for i in range(commands.shape[0]):
        obey(t, p, e, commands[i])


@kernel
def report_until(t, p, e, until):
    """Let all happen up to and including `until`, as records behind those that are there, as far as there is room."""
    while first_time(e) <= until and e.count[C_RECORDS] < e.records.shape[0]:
        e.count[C_RECORDS] += report(t, p, e, e.records[e.count[C_RECORDS]])


@kernel
def rest(t, e, now):
    """Note the machines that have had nothing to do for so long that they rest."""
    for m in range(t.machines.shape[0]):
        if e.watched[m] and e.works[m] and e.idle[m] and now - e.last[m] > REST_NS:
            note(e, m, e.last[m] + REST_NS, 0)
