"""The network of a line for the recursion: stations as nodes, queues as streams of arrivals one way and of free places the other.

A stream counts everything from the moment the recursion took the state over. Its k-th arrival has a time, the end of the work before and an item;
its k-th place has the time from which the k-th arrival may come in. Nodes may be far ahead of each other in time: the station behind a stream has
let `taken` of its `arrived` items in, the station in front may send on as long as `credited` is more than `arrived`.

Of each stream the arrays hold a window, which slides on; `base` is the number of its first place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.bundle import Bundle
from linewright.kernels.compiled import kernel
from linewright.kernels.records import Records, as_records
from linewright.kernels.state import Z_MACHINES, Z_QUEUES, Z_STATIONS
from linewright.kernels.table import CONSTANT, FLOAT, GATE_CHANCE, GATE_WINDOWS, INT, ITEM, PART, Table

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

# how a station is computed: in blocks; machine by machine; one machine that joins parts, visit by visit; not as a node; onto carriers; off carriers
PLAIN, SIDE, JOIN, OTHER, ONTO, OFF = range(6)
# where a stream lies: between nodes; from a node into the calendar's part of the line; out of that part to a node; inside it (`hybrid`)
BETWEEN, INTO, OUT_OF, INSIDE = range(4)
#: Calls for people that are noted at most (`CALL`).
CALLS = 8192
#: In `notes`: calls that are noted; 1 where something happened whose order only the calendar knows; rounds; events that were first of all; the time
#: before which nothing happens in the calendar's part; time and root of its event that last freed a place at a node.
N_CALLS, N_DOUBT, N_ROUNDS, N_FIRSTS, N_NEXT, N_FREED, N_ROOT = range(7)

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
        ("idle", "i8"),  # SIDE: machines that are empty and may begin, a bit each; likewise those that lack a coil, and those that change one
        ("lacks", "i8"),
        ("changes", "i8"),
        ("coils", "i8"),  # SIDE: 1 where its machines draw from coils
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
        ("ended", "i8"),  # ONTO, OFF: works that ended
        ("bare", "i8"),  # ONTO, OFF: machines without a carrier
        ("trays", "i8"),  # ONTO: stream of empty carriers, as places
        ("gone", "i8"),  # OFF: stream of the carriers that it has emptied
        ("least", "i8"),  # ns that no visit goes below
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
        ("quiet", "i8"),  # ns: no arrival comes before this but those that are there
        ("still", "i8"),  # ns: no place becomes free before this but those that are there
        ("calm", "i8"),  # as `quiet`, as long as the calendar's part gives no place to a node that waits for one
        ("held", "i8"),  # as `still`, likewise
        ("role", "i8"),  # BETWEEN, INTO, OUT_OF, INSIDE
        ("waits", "i8"),  # INTO: how many of the node wait, while the calendar's part runs
        ("applied", "i8"),  # OUT_OF: places that the calendar's part knows of
        ("slack", "i8"),  # OUT_OF: so many may come in at one event
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
        ("most", "i8"),  # so many `starts` its coils last
        ("coil", "i8"),  # when the change of a coil is over; or the root of what let the machine lack one
        ("aside", "i8"),  # a field of the state while the calendar's part sees another one; 128 bytes in all: two lines of the processor's memory
    ],
    align=True,
)


#: One machine of a station that loads or unloads carriers: the visit in hand or the last one, sums since the take-over.
UNIT = np.dtype(
    [
        ("item", "i8"),
        ("arrive", "i8"),
        ("start", "i8"),
        ("done", "i8"),
        ("n", "i8"),
        ("time", "i8"),
        ("phase", "i8"),  # IDLE, WORK, OUT
        ("told", "i8"),  # 1: it stands in the state as it is
        ("empty", "i8"),  # since when the machine is empty
        ("busy", "i8"),
        ("blocked", "i8"),
        ("starts", "i8"),
        ("last_done", "i8"),  # of the visit before the one in hand
    ],
    align=True,
)

#: Somebody of a crew was at work on a machine of a node.
CALL = np.dtype([("crew", "i8"), ("since", "i8"), ("until", "i8")], align=True)


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
    units: Records
    unit_ends: np.ndarray  # of each station that loads or unloads carriers: when the works in hand end, in order
    unit_whose: np.ndarray  # and on which machines
    calls: Records  # for people, by machines of nodes
    notes: np.ndarray  # see `N_CALLS` and the others
    busiest: np.ndarray  # of each crew: most people that were at work at once in the calendar's part
    border: np.ndarray  # streams between nodes and the calendar's part

    _dtypes: ClassVar[Mapping[str, np.dtype]] = {
        "nodes": NODE, "streams": STREAM, "machines": MACHINE_NODE, "ends": INT, "bads": INT, "arrive": INT, "done": INT, "item": INT, "credit": INT,
        "came": INT, "freed": INT, "time": INT, "chance": FLOAT, "out": INT, "why": INT,
        "code": INT, "inside": INT, "fit": INT, "low": INT, "high": INT, "limited": INT,
        "value": INT, "bits": INT, "drawn": INT,
        "units": UNIT, "unit_ends": INT, "unit_whose": INT, "calls": CALL, "notes": INT, "busiest": INT, "border": INT,
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


def _least(table: Table, station: np.void) -> int:
    """Return a time that no visit at a station goes below, ns."""
    law = table.laws[int(station["law"])]
    return max(int(np.floor(law["mean"] * 1e9 + 0.5)), 1) if law["kind"] == CONSTANT else 1


def _joined(table: Table, streams: list[tuple[int, ...]], kinds: NDArray[np.int64]) -> Records:
    """Return the streams with who gives and who takes, and where they lie."""
    made = as_records(np.array(streams, STREAM))
    for q in range(int(table.sizes[Z_QUEUES])):
        made[q].taker = table.queues[q].station
        made[q].giver = next((j for j in range(int(table.sizes[Z_STATIONS])) if table.stations[j].out_queue == q), -1)
        into, out_of = kinds[made[q].taker] == OTHER, made[q].giver < 0 or kinds[made[q].giver] == OTHER
        made[q].slack = max(1, int(table.stations[made[q].giver].lanes)) if made[q].giver >= 0 else 1
        if table.queues[q].fleet >= 0:
            made[q].slack = table.queues[q].places  # several vehicles may set out at one event
        made[q].role = INSIDE if into and out_of else INTO if into else OUT_OF if out_of else BETWEEN
    return made


def _beside(table: Table, streams: Records) -> dict[str, Any]:
    """Return what only the hybrid uses."""
    machines, queues = max(int(table.sizes[Z_MACHINES]), 1), int(table.sizes[Z_QUEUES])
    return {
        "units": as_records(np.zeros(machines, UNIT)),
        "unit_ends": np.zeros(machines, np.int64),
        "unit_whose": np.zeros(machines, np.int64),
        "calls": as_records(np.zeros(CALLS, CALL)),
        "notes": np.zeros(8, np.int64),
        "busiest": np.zeros(len(table.crews), np.int64),
        "border": np.array([q for q in range(queues) if streams[q].role in {INTO, OUT_OF}], np.int64),
    }


def new_network(table: Table, kinds: NDArray[np.int64] | None = None) -> Network:
    """Return the network of a table.

    Parameters
    ----------
    table
        The station table.
    kinds
        For each station how it is computed; None: as `kinds_of` says, for a table that the recursion covers (`recursion_cover.why_not`).
    """
    stations, queues = int(table.sizes[Z_STATIONS]), int(table.sizes[Z_QUEUES])
    machines = max(int(table.sizes[Z_MACHINES]), 1)
    streams: list[tuple[int, ...]] = []
    at = 0

    def add(queue: int, room: int) -> int:
        nonlocal at
        size = 2 * (room + 2) + WINDOW
        streams.append((at, size, 0, 0, 0, 0, queue, room, 0, 0, -1, -1, 0, 0, 0, 0, BETWEEN, 0, 0, 1))
        at += size
        return len(streams) - 1

    for q in range(queues):
        add(q, int(table.queues[q].room))
    nodes = np.zeros(max(stations, 1), NODE)
    kinds = kinds_of(table) if kinds is None else kinds
    for j in range(stations):
        station, node = table.stations[j], nodes[j]
        node["kind"], node["least"] = kinds[j], _least(table, station)
        node["trays"] = add(-1, int(table.carriers[int(station.carrier)]["count"])) if kinds[j] == ONTO else -1
        node["gone"] = add(-1, int(table.queues[int(station.pass_queue)]["room"]) + int(station["count"])) if kinds[j] == OFF else -1
        node["begins"], node["ends"] = station.pass_queue < 0, station.out_queue < 0
        node["inlet"] = add(-1, 1) if station.pass_queue < 0 else station.pass_queue
        node["outlet"] = add(-1, 1) if station.out_queue < 0 else station.out_queue
    room = 0
    for j in np.flatnonzero(kinds == SIDE):
        nodes[j]["ends0"], nodes[j]["ends_room"] = room, 3 * int(table.stations[j].count) + 2 * BLOCK
        room += int(nodes[j]["ends_room"])
    made = _joined(table, streams, kinds)
    values = values_of(table)
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
        low=np.full(len(table.checks), -1, np.int64),
        high=np.full(len(table.checks), -1, np.int64),
        limited=np.zeros(1, np.int64),
        value=values,
        bits=np.zeros((int(values.max()) + 1) * BLOCK, np.int64),
        drawn=np.zeros(int(values.max()) + 1, np.int64),
        **_beside(table, made),
    )
