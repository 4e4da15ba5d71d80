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
from linewright.kernels.compiled import kernel
from linewright.kernels.records import Records, as_records
from linewright.kernels.state import Z_MACHINES, Z_QUEUES, Z_STATIONS
from linewright.kernels.table import FLOAT, GATE_CHANCE, GATE_WINDOWS, INT, ITEM, PART, Table

#: Starts of one station whose times are drawn together.
BLOCK = 256
#: A root is the event from which all else at a moment follows: an end of work, told by station and machine. Of two at one moment the greater is
#: first.
ROOT_SHIFT = 6
#: So many machines side by side a root, and the ends of works, can tell apart.
MOST_SIDE = 62
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
        ("ready", "i8"),  # JOIN: when the last of the parts that are in came in, or the machine became empty
        ("by", "i8"),  # JOIN, SIDE: root of that; SIDE: of the station's last event
        ("freed", "i8"),  # JOIN: root of what made the machine empty
        ("asked", "i8"),  # JOIN: 1 where the passing item may come in and no place in front keeps it
        ("works", "i8"),  # SIDE: machines that worked at the take-over
        ("idle", "i8"),  # SIDE: machines that are empty, a bit each
        ("now", "i8"),  # SIDE: time of the station's last event
        ("since", "i8"),  # SIDE: time from which `ends` count
        ("ends0", "i8"),  # SIDE: its part of `ends`; likewise how long it is, its first entry that counts and the one behind the last
        ("ends_room", "i8"),
        ("head", "i8"),
        ("tail", "i8"),
        ("bad", "i8"),  # SIDE: works in hand whose items leave the line here
        ("judged", "i8"),  # SIDE: start behind the last of which it is known what becomes of its item
        ("odd", "i8"),  # SIDE: up to this start all items just pass, as far as is known
        ("refused", "i8"),  # SIDE: items that left the line here since the take-over
        ("tolds", "i8"),  # SIDE: works in the state that ended since the take-over
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

#: One machine of a SIDE station: the visit in hand (or the last one), what is left of the one before, sums since the state was last up to date.
MACHINE_NODE = np.dtype(
    [
        ("item", "i8"),
        ("arrive", "i8"),
        ("start", "i8"),
        ("n", "i8"),
        ("code", "i8"),  # what becomes of the item: verdict, grade (`recursion_judge`)
        ("left", "i8"),  # running time to the next failure, the work in hand taken off
        ("starts", "i8"),
        ("done", "i8"),  # of the last visit that is over
        ("last_code", "i8"),
        ("blocked", "i8"),
        ("empty", "i8"),  # since when the machine is empty
        ("full", "i8"),  # `left` when the sums began
        ("told", "i8"),  # n of the last visit that is in the state already, since the machine fails in it or it began before the take-over
        ("pad_a", "i8"),  # 128 bytes in all: two lines of the processor's memory
        ("pad_b", "i8"),
        ("pad_c", "i8"),
    ],
    align=True,
)


@kernel
def root_of(station, machine):
    """Return the root that an end of work is, of a station's machine from 0."""
    return (station << ROOT_SHIFT) | ((1 << ROOT_SHIFT) - 1 - machine)


class Network(Bundle):
    """Nodes and streams of a line, and what is drawn ahead. What it holds counts only while the recursion runs; the state is the line."""

    nodes: Records
    streams: Records
    machines: Records
    ends: np.ndarray  # of each SIDE station: ends of works and machines in one number each, in order (`recursion_side`)
    bads: np.ndarray  # likewise of works whose items leave the line here
    arrive: np.ndarray
    done: np.ndarray
    item: np.ndarray
    credit: np.ndarray
    came: np.ndarray  # root of what brought the arrival
    freed: np.ndarray  # root of what freed the place
    time: np.ndarray  # drawn times of the starts, `BLOCK` for each station
    chance: np.ndarray  # uniform numbers in the making
    out: np.ndarray  # starts whose items leave the line by chance, up to `BLOCK` for each station
    why: np.ndarray  # their verdicts
    code: np.ndarray  # SIDE: what becomes of the items of the drawn starts
    inside: np.ndarray  # judging: of each item 1 where it is inside all windows
    fit: np.ndarray  # and 1 + its grade
    low: np.ndarray  # of each check, the least and the greatest 52 bits whose value may be inside
    high: np.ndarray
    limited: np.ndarray  # 1: they are known
    value: np.ndarray  # of each check, which of the values that its station judges
    bits: np.ndarray  # judging: the random bits behind each value, `BLOCK` for each
    drawn: np.ndarray  # 1 where they are there

    _dtypes: ClassVar[Mapping[str, np.dtype]] = {
        "nodes": NODE, "streams": STREAM, "machines": MACHINE_NODE, "ends": INT, "bads": INT, "arrive": INT, "done": INT, "item": INT, "credit": INT,
        "came": INT, "freed": INT, "time": INT, "chance": FLOAT, "out": INT, "why": INT,
        "code": INT, "inside": INT, "fit": INT, "low": INT, "high": INT, "limited": INT,
        "value": INT, "bits": INT, "drawn": INT,
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
    sees_wrongly = row.gate == GATE_CHANCE and (row.misses > 0.0 or row.false_alarms > 0.0)
    is_judged = row.gate == GATE_WINDOWS or row.grades > 0 or sees_wrongly
    return PLAIN if row.count == 1 and row.within < 0 and not is_judged else SIDE


def values_of(table: Table) -> NDArray[np.int64]:
    """Return for each check which of the values that its station judges it is: grades often ask for the same ones as the gate."""
    found = np.zeros(len(table.checks), np.int64)
    for row in table.stations:
        seen: dict[tuple[int, int], int] = {}
        grades = table.grades[int(row.grade0) : int(row.grade0 + row.grades)]
        for first, count in [(int(g.check0), int(g.checks)) for g in grades] + [(int(row.check0), int(row.checks))]:
            for k in range(first, first + count):
                found[k] = seen.setdefault((int(table.checks[k].hash), int(table.checks[k].again)), len(seen))
    return found


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
    room = 0
    for j in np.flatnonzero(kinds == SIDE):
        nodes[j]["ends0"], nodes[j]["ends_room"] = room, 3 * int(table.stations[j].count) + 2 * BLOCK
        room += int(nodes[j]["ends_room"])
    checks, values = len(table.checks), values_of(table)
    made = as_records(np.array(streams, STREAM))
    for q in range(queues):
        made[q].taker = table.queues[q].station
        made[q].giver = next((j for j in range(stations) if table.stations[j].out_queue == q), -1)
    return Network(
        nodes=as_records(nodes),
        streams=made,
        machines=as_records(np.zeros(machines, MACHINE_NODE)),
        ends=np.zeros(max(room, 1), np.int64),
        bads=np.zeros(machines + 1, np.int64),
        arrive=np.zeros(at + 1, np.int64),
        done=np.zeros(at + 1, np.int64),
        item=np.zeros(at + 1, np.int64),
        credit=np.zeros(at + 1, np.int64),
        came=np.zeros(at + 1, np.int64),
        freed=np.zeros(at + 1, np.int64),
        time=np.ones(max(stations, 1) * BLOCK, np.int64),
        chance=np.zeros(BLOCK),
        out=np.zeros(max(stations, 1) * BLOCK, np.int64),
        why=np.zeros(max(stations, 1) * BLOCK, np.int64),
        code=np.zeros(max(stations, 1) * BLOCK, np.int64),
        inside=np.zeros(BLOCK, np.int64),
        fit=np.zeros(BLOCK, np.int64),
        low=np.full(checks, -1, np.int64),
        high=np.full(checks, -1, np.int64),
        limited=np.zeros(1, np.int64),
        value=values,
        bits=np.zeros((int(values.max()) + 1) * BLOCK, np.int64),
        drawn=np.zeros(int(values.max()) + 1, np.int64),
    )
