"""The network of a line for the recursion: stations as nodes, queues as streams of arrivals one way and of free places the other.

A stream counts everything from the moment the recursion took the state over. Its k-th arrival has a time, the end of the work before and an item;
its k-th place has the time from which the k-th arrival may come in. Nodes may be far ahead of each other in time: the station behind a stream has
let `taken` of its `arrived` items in, the station in front may send on as long as `credited` is more than `arrived`.

Of each stream the arrays hold a window, which slides on; `base` is the number of its first place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.bundle import Bundle
from linewright.kernels.records import Records, as_records
from linewright.kernels.state import Z_MACHINES, Z_QUEUES, Z_STATIONS
from linewright.kernels.table import FLOAT, GATE_WINDOWS, INT, ITEM, PART, Table

#: Starts of one station whose times are drawn together.
BLOCK = 256
#: Places of a stream's window beyond those that must be kept.
WINDOW = 256
#: More arrivals than this are never let in at once.
ENDLESS = 1 << 60

# how a station is computed: in blocks; machine by machine; one machine that joins parts, visit by visit
PLAIN, SIDE, JOIN, OTHER = range(4)

NODE = np.dtype(
    [
        ("inlet", "i8"),  # stream
        ("outlet", "i8"),
        ("n", "i8"),  # next start of the station
        ("first", "i8"),  # start whose time is the first of the drawn ones
        ("end", "i8"),  # start behind the last of them
        ("mark", "i8"),  # starts before this are in the state's times and clocks
        ("fails", "i8"),  # start in which the machine fails, if drawn already; else `end`
        ("out", "i8"),  # next of the starts whose items leave the line here
        ("outs", "i8"),
        ("left", "i8"),  # when the machine became empty
        ("arrive", "i8"),  # of the last visit
        ("done", "i8"),
        ("verdict", "i8"),
        ("blocked", "i8"),  # ns since `mark`
        ("stay", "i8"),
        ("kind", "i8"),  # PLAIN, SIDE, WIDE
        ("ended", "i8"),  # SIDE: works that ended
        ("ready", "i8"),  # JOIN: when the last of the parts that are in came in, or the machine became empty
        ("by", "i8"),  # JOIN: station whose event that was
        ("freed", "i8"),  # JOIN: station whose event made the machine empty
        ("asked", "i8"),  # JOIN: 1 where the passing item may come in and no place in front keeps it
        ("works", "i8"),  # SIDE: machines that work
        ("idle", "i8"),  # SIDE: machines that are empty
        ("begins", "i8"),  # 1: nothing comes in
        ("ends", "i8"),  # 1: what is good leaves the line
        ("good", "i8"),  # handed on since `mark`
    ],
    align=True,
)

STREAM = np.dtype(
    [
        ("at", "i8"),  # its window in the arrays
        ("size", "i8"),
        ("base", "i8"),
        ("arrived", "i8"),
        ("taken", "i8"),
        ("credited", "i8"),
        ("queue", "i8"),  # -1: begin or end of the line
        ("room", "i8"),  # of the last arrivals that many are kept
        ("head", "i8"),  # of the ring at the take-over
        ("before", "i8"),  # what had arrived then
        ("giver", "i8"),  # station in front
        ("taker", "i8"),  # station behind
    ],
    align=True,
)

#: One machine of a SIDE station: its last visit, and sums of those that ended since the state of the machine was last brought up to date.
MACHINE_NODE = np.dtype(
    [
        ("item", "i8"),
        ("arrive", "i8"),
        ("start", "i8"),
        ("done", "i8"),
        ("n", "i8"),
        ("time", "i8"),
        ("verdict", "i8"),
        ("grade", "i8"),
        ("phase", "i8"),  # IDLE, WORK, OUT
        ("told", "i8"),  # 1: the work is in the state already, since the machine fails in it or it began before the take-over
        ("left", "i8"),  # running time to the next failure, the work in hand taken off
        ("empty", "i8"),  # since when the machine is empty
        ("busy", "i8"),
        ("blocked", "i8"),
        ("starts", "i8"),
        ("last_done", "i8"),  # of the visit before the one in hand
        ("last_verdict", "i8"),
        ("last_grade", "i8"),
    ],
    align=True,
)


class Network(Bundle):
    """Nodes and streams of a line, and what is drawn ahead. What it holds counts only while the recursion runs; the state is the line."""

    nodes: Records
    streams: Records
    machines: Records
    ends: np.ndarray  # of each SIDE station: when the works in hand end, in order
    whose: np.ndarray  # and on which machines
    arrive: np.ndarray
    done: np.ndarray
    item: np.ndarray
    credit: np.ndarray
    came: np.ndarray  # station whose event brought the arrival: of two at one time, the one of the station further on is first
    freed: np.ndarray  # station whose event freed the place
    time: np.ndarray  # drawn times of the starts, `BLOCK` for each station
    chance: np.ndarray  # uniform numbers in the making
    out: np.ndarray  # starts whose items leave the line by chance, up to `BLOCK` for each station
    why: np.ndarray  # their verdicts

    _dtypes: ClassVar[Mapping[str, np.dtype]] = {
        "nodes": NODE, "streams": STREAM, "machines": MACHINE_NODE, "ends": INT, "whose": INT, "arrive": INT, "done": INT, "item": INT, "credit": INT,
        "came": INT, "freed": INT, "time": INT, "chance": FLOAT, "out": INT, "why": INT,
    }  # fmt: skip
    _fields = tuple(_dtypes)


def kinds_of(table: Table) -> NDArray[np.int64]:
    """Return for each station how it is computed: PLAIN, SIDE, JOIN; OTHER what only the calendar does."""
    return np.array([_kind_of(table, j) for j in range(int(table.sizes[Z_STATIONS]))], dtype=np.int64)


def _kind_of(table: Table, j: int) -> int:
    row = table.stations[j]
    if row.flow != ITEM:
        return OTHER
    slots = table.slots["kind"][int(row.slot0) : int(row.slot0 + row.slots)]
    if (slots == PART).any():
        return JOIN if row.count == 1 else OTHER
    return PLAIN if row.count == 1 and row.within < 0 and row.gate != GATE_WINDOWS and row.grades == 0 else SIDE


def new_network(table: Table) -> Network:
    """Return the network of a table that the recursion covers (`recursion_cover.why_not`)."""
    stations, queues = int(table.sizes[Z_STATIONS]), int(table.sizes[Z_QUEUES])
    machines = max(int(table.sizes[Z_MACHINES]), 1)
    streams: list[tuple[int, ...]] = []
    at = 0

    def add(queue: int, room: int) -> int:
        nonlocal at
        size = 2 * (room + 2) + WINDOW
        streams.append((at, size, 0, 0, 0, 0, queue, room, 0, 0, -1, -1))
        at += size
        return len(streams) - 1

    for q in range(queues):
        add(q, int(table.queues[q].room))
    nodes = np.zeros(max(stations, 1), NODE)
    kinds = kinds_of(table)
    for j in range(stations):
        station, node = table.stations[j], nodes[j]
        node["kind"] = kinds[j]
        node["begins"], node["ends"] = station.pass_queue < 0, station.out_queue < 0
        node["inlet"] = add(-1, 1) if station.pass_queue < 0 else station.pass_queue
        node["outlet"] = add(-1, 1) if station.out_queue < 0 else station.out_queue
    made = as_records(np.array(streams, STREAM))
    for q in range(queues):
        made[q].taker = table.queues[q].station
        made[q].giver = next((j for j in range(stations) if table.stations[j].out_queue == q), -1)
    return Network(
        nodes=as_records(nodes),
        streams=made,
        machines=as_records(np.zeros(machines, MACHINE_NODE)),
        ends=np.zeros(machines, np.int64),
        whose=np.zeros(machines, np.int64),
        arrive=np.zeros(at, np.int64),
        done=np.zeros(at, np.int64),
        item=np.zeros(at, np.int64),
        credit=np.zeros(at, np.int64),
        came=np.zeros(at, np.int64),
        freed=np.zeros(at, np.int64),
        time=np.ones(max(stations, 1) * BLOCK, np.int64),
        chance=np.zeros(BLOCK),
        out=np.zeros(max(stations, 1) * BLOCK, np.int64),
        why=np.zeros(max(stations, 1) * BLOCK, np.int64),
    )
