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

from linewright.kernels.bundle import Bundle
from linewright.kernels.records import Records, as_records
from linewright.kernels.state import Z_QUEUES, Z_STATIONS
from linewright.kernels.table import FLOAT, INT, Table

#: Starts of one station whose times are drawn together.
BLOCK = 256
#: Places of a stream's window beyond those that must be kept.
WINDOW = 256
#: More arrivals than this are never let in at once.
ENDLESS = 1 << 60

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
    ],
    align=True,
)


class Network(Bundle):
    """Nodes and streams of a line, and what is drawn ahead. What it holds counts only while the recursion runs; the state is the line."""

    nodes: Records
    streams: Records
    arrive: np.ndarray
    done: np.ndarray
    item: np.ndarray
    credit: np.ndarray
    time: np.ndarray  # drawn times of the starts, `BLOCK` for each station
    chance: np.ndarray  # uniform numbers in the making
    out: np.ndarray  # starts whose items leave the line by chance, up to `BLOCK` for each station
    why: np.ndarray  # their verdicts

    _dtypes: ClassVar[Mapping[str, np.dtype]] = {
        "nodes": NODE, "streams": STREAM, "arrive": INT, "done": INT, "item": INT, "credit": INT, "time": INT, "chance": FLOAT, "out": INT,
        "why": INT,
    }  # fmt: skip
    _fields = tuple(_dtypes)


def new_network(table: Table) -> Network:
    """Return the network of a table that the recursion covers (`recursion_cover.why_not`)."""
    stations, queues = int(table.sizes[Z_STATIONS]), int(table.sizes[Z_QUEUES])
    streams: list[tuple[int, ...]] = []
    at = 0

    def add(queue: int, room: int) -> int:
        nonlocal at
        size = 2 * (room + 2) + WINDOW
        streams.append((at, size, 0, 0, 0, 0, queue, room, 0, 0))
        at += size
        return len(streams) - 1

    for q in range(queues):
        add(q, int(table.queues[q].room))
    nodes = np.zeros(max(stations, 1), NODE)
    for j in range(stations):
        station, node = table.stations[j], nodes[j]
        node["begins"], node["ends"] = station.pass_queue < 0, station.out_queue < 0
        node["inlet"] = add(-1, 1) if station.pass_queue < 0 else station.pass_queue
        node["outlet"] = add(-1, 1) if station.out_queue < 0 else station.out_queue
    return Network(
        nodes=as_records(nodes),
        streams=as_records(np.array(streams, STREAM)),
        arrive=np.zeros(at, np.int64),
        done=np.zeros(at, np.int64),
        item=np.zeros(at, np.int64),
        credit=np.zeros(at, np.int64),
        time=np.ones(max(stations, 1) * BLOCK, np.int64),
        chance=np.zeros(BLOCK),
        out=np.zeros(max(stations, 1) * BLOCK, np.int64),
        why=np.zeros(max(stations, 1) * BLOCK, np.int64),
    )
