"""The state of a line: everything that changes during a run, as one tuple of record arrays.

``state = new_state(table, seed, replication)``; `copy_state` copies it, `save_state` makes bytes of it and `load_state` brings it back; what is
computed from there on is equal bit for bit. What lies on the carriers (`fills`) is large and changes little: `save_fills` gives what has been loaded
since it was last asked, to be kept beside; opening stock needs none.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np

from linewright.kernels.bundle import Bundle
from linewright.kernels.exchange_rows import COMMAND, RECORD
from linewright.kernels.records import Records, as_records
from linewright.kernels.rules import base_of
from linewright.kernels.table import INT, Table
from linewright.kernels.tree import new_tree

# phases of a machine, on the line's side
IDLE, WORK, CHANGE, MAINTAIN, LOAD, UNLOAD, OPEN, OUT, READY, SETUP = range(10)  # READY: all is in, it waits for people
# why it is stopped: bits of `mask`
FAULT, UTILITY_DOWN, OFF_SHIFT, PLANNED, OPERATOR = 1, 2, 4, 8, 16
# states whose times are added up, `times[machine, ...]`
TIMES = (
    "starved", "blocked", "execute", "change", "repair", "crew", "utility", "planned", "off_shift", "operator", "empty", "handling", "charging",
    "setup",
)  # fmt: skip
T_STARVED, T_BLOCKED, T_EXECUTE, T_CHANGE, T_REPAIR, T_CREW, T_UTILITY, T_PLANNED, T_OFF_SHIFT, T_OPERATOR = range(10)
T_EMPTY, T_HANDLING, T_CHARGING = range(10, 13)  # of vehicles; their execute is driving with goods
T_SETUP = 13
# what a vehicle does
STAND, TO_GIVER, LOADING, TO_TAKER, UNLOADING, TO_PARK, TO_CHARGER, CHARGER_LINE, CHARGING, CARRY, RETURN = range(11)
# what lies on a carrier
EMPTY, OPENING, FILLED = range(3)
NEVER = np.int64(1) << np.int64(62)
# an item's key: serial, kind, and from bit 48 on what only the state knows: its grade (0 none, else from 1), passes through gates, marks
GRADE_SHIFT, GRADE_MOST, PASS_SHIFT, MARK_SHIFT, MARKS = 48, 15, 52, 59, 4
KEY_MASK = (1 << GRADE_SHIFT) - 1
PASS_MASK = (1 << MARK_SHIFT) - (1 << PASS_SHIFT)
#: `to` of a machine that waits for the first free of several queues.
FIRST_OF_ALL = -3

#: One record: where the run is.
HEAD = np.dtype(
    [
        ("base", "u8"),  # of all draws
        ("now", "i8"),  # time of the last event, or of the `until` reached
        ("seed", "i8"),
        ("replication", "i8"),
        ("events", "i8"),
        ("command", "i8"),  # sequence number of the last command
        ("ignored", "i8"),  # records that answered nothing
        ("agenda", "i4"),  # how many of `agenda` are filled; likewise below
        ("inbox", "i4"),
        ("outbox", "i4"),
        ("missing", "i4"),
        ("outs", "i4"),
        ("keep", "i4"),  # 1: rows are written
        ("begun", "i4"),  # 1: the first look at all stations has been taken
        ("fleets", "i4"),  # 1: a fleet may be able to start a trip
        ("full", "i4"),  # 1 + the number of an unlimited queue that has grown beyond all bounds; TOO_MANY_CAMPAIGNS
        ("orders", "i4"),  # how many there are
        ("traces", "i8"),  # traces of faults that have been put down
    ],
    align=True,
)

#: One machine, on the line's side.
MACHINE_STATE = np.dtype(
    [
        ("item", "i8"),  # in work, or finished and waiting
        ("stamp", "i8"),  # of the item: end of its work at the last station from which a later one counts
        ("give", "i8"),  # lanes: the thing to be handed out next
        ("arrive", "i8"),
        ("start", "i8"),
        ("done", "i8"),
        ("n", "i8"),  # the station's number of its start
        ("k", "i8"),  # starts of this machine
        ("due", "i8"),  # the line's own event for it (load, unload, batch wait, head of a store); NEVER
        ("left", "i8"),  # what of it was left when it was stopped
        ("since", "i8"),  # in `category` since
        ("category", "i8"),  # T_*
        ("phase", "i4"),
        ("mask", "i4"),
        ("waiting", "i4"),  # 1: in the waiting list of the next queue
        ("lanes", "i4"),  # still to be handed out
        ("fault", "i8"),  # number of the failure that stands
        ("mode", "i8"),  # failed mode of the station; -1
        ("repairing", "i4"),
        ("maintaining", "i4"),
        ("plan", "i8"),  # plan of the station that is due or running; -1
        ("slot", "i8"),  # input that is changed; -1
        ("tray", "i8"),  # open or held carrier, from 0 in its kind; -1
        ("on", "i8"),  # items that have moved in (batch), lie on the carrier (loader, unloader) or in the store
        ("out", "i8"),  # of these, how many have come out
        ("head", "i4"),  # store: first of its ring
        ("down", "i4"),  # how many utilities are down
        ("utility", "i8"),  # the reason of the one that went down last
        ("shown", "i4"),  # state and reason of the last STATE row
        ("shown_reason", "i4"),
        ("verdict", "i8"),
        ("grade", "i8"),
        ("tool", "i8"),
        ("to", "i8"),  # of a station with `ways`: the queue that it waits for; -1 none, FIRST_OF_ALL
        ("people", "i8"),  # of the crews that it needs, how many have sent their people
        ("booked", "i8"),  # places ahead that are kept for what is in work
        ("held", "i8"),  # 1: all is in, but no place is free ahead (`blocking: before`)
        ("output", "i8"),  # several things made: which of them it hands out
        ("worked", "i8"),  # where faults act on a web: ns of the work in hand that are done, up to the time `seen`
        ("seen", "i8"),
        ("product", "i8"),  # it is set up for; -1 not yet for any
        ("order", "i8"),  # of what it begins next; -1 none
    ],
    align=True,
)

#: One station: counts. `stay` is the sum of leave - arrive over visits, in two parts so that a year fits.
STATION_STATE = np.dtype(
    [
        ("n", "i8"),  # starts
        ("done", "i8"),  # works (of items; a batch counts its items) that ended
        ("good", "i8"),  # items that passed on
        ("scrap", "i8"),
        ("reject", "i8"),
        ("false_reject", "i8"),
        ("missed", "i8"),
        ("chance", "i8"),
        ("late", "i8"),
        ("rework", "i8"),  # refused by the gate, and sent to be mended
        ("lost", "i8"),  # found no place ahead
        ("turn", "i8"),  # items that were sent to its targets in turn
        ("made", "i8"),  # new things that came into being
        ("stay_s", "i8"),
        ("stay_ns", "i8"),
        ("arrived", "i8"),  # items that came into a queue of it
        ("open", "i8"),  # BATCH: the machine that is open; -1
        ("order", "i8"),  # begun last; -1 none
        ("flag", "i4"),  # 1: on the agenda
    ],
    align=True,
)

#: An order and how far it is. What is missing must still be begun: amount - begun + lost; all in products.
ORDER_STATE = np.dtype(
    [
        ("product", "i8"),
        ("amount", "i8"),
        ("priority", "i8"),
        ("release", "i8"),
        ("due", "i8"),  # -1 not told
        ("held", "i8"),  # 1: nothing is begun for it
        ("begun", "i8"),
        ("lost", "i8"),
        ("good", "i8"),
        ("began", "i8"),  # ns; -1 not yet
        ("ended", "i8"),  # its last good product came; -1 not yet
    ],
    align=True,
)
#: From this serial of a kind on things are for this order (-1 none), up to the next such row of the kind.
CAMPAIGN_STATE = np.dtype([("first", "i8"), ("order", "i8")], align=True)
#: Rows of each kind; orders that may be added to those of the file while the line runs; `full` where the rows do not suffice.
CAMPAIGNS, MORE_ORDERS, TOO_MANY_CAMPAIGNS = 1 << 14, 32, -1

QUEUE_STATE = np.dtype([("head", "i4"), ("count", "i4"), ("coming", "i4"), ("wait_head", "i4"), ("wait", "i4"), ("booked", "i4")], align=True)

#: One item in a queue, with the time it arrived and the end of its work before. In an oven or a store (`BIN`): when it moved in, when its time is
#: over, and its n.
ENTRY = np.dtype([("item", "i8"), ("arrive", "i8"), ("done", "i8"), ("stamp", "i8")], align=True)
BIN = np.dtype([("item", "i8"), ("arrive", "i8"), ("start", "i8"), ("ready", "i8"), ("n", "i8"), ("stamp", "i8")], align=True)
WAIT = np.dtype([("t", "i8"), ("machine", "i8")], align=True)

#: What is on one input of one machine. BULK may hold two batches, the older first.
MOUNT_STATE = np.dtype(
    [("lot", "i8"), ("at", "i8"), ("rest", "i8"), ("born", "i8"), ("lot2", "i8"), ("rest2", "i8"), ("born2", "i8"), ("have", "i8"),
     ("drawn", "i8")], align=True
)  # fmt: skip

#: What a fault has left on a thing. Of a unit `s0` is how much of it acts (0 to 1). Of a lot it acts on lo..hi (mm of the web as it is now, mL, g),
#: rising evenly from `s0` to `s1`; `lane` -1 on all lanes. `next` leads through the traces of one of `trace_heads`, 1 + the number.
TRACE = np.dtype(
    [("key", "i8"), ("fault", "i8"), ("lane", "i8"), ("lo", "i8"), ("hi", "i8"), ("s0", "f8"), ("s1", "f8"), ("next", "i8")], align=True
)  # fmt: skip
#: How far a fault goes in the web in work, in ns of work; lo -1: it does not act.
PROGRESS = np.dtype([("lo", "i8"), ("hi", "i8"), ("s0", "f8"), ("s1", "f8")], align=True)
CREW_STATE = np.dtype([("busy", "i4"), ("on", "i4"), ("head", "i4"), ("count", "i4")], align=True)
SHIFT_STATE = np.dtype([("at", "i4"), ("on", "i4")], align=True)

#: One vehicle. It drives to (or stands at) the point `at`.
VEHICLE_STATE = np.dtype(
    [
        ("stage", "i8"),  # STAND, ...
        ("at", "i8"),
        ("queue", "i8"),  # it brings to
        ("giver", "i8"),  # point that it fetches from
        ("called", "i8"),  # 1: on its way to the park, and called to a giver
        ("drive", "i8"),  # in `drives`
        ("next", "i8"),  # zone ahead, or in it: how many on this drive are behind
        ("offset", "i8"),  # ns from the drive's begin to where its next event is
        ("zone", "i8"),  # it is in; -1 none
        ("waits", "i8"),  # 1: for a zone or a charger
        ("charge", "i8"),  # time that its battery lasts
        ("goods", "i8"),  # on it, or that it was called to
    ],
    align=True,
)
#: Goods of a vehicle; `asked`: they have waited since.
CARGO = np.dtype([("item", "i8"), ("done", "i8"), ("stamp", "i8"), ("asked", "i8")], align=True)

#: What a fleet has done. Times are sums over goods, in two parts so that a year fits.
FLEET_STATE = np.dtype(
    [
        ("free", "i8"),  # vehicles that may be called
        ("trips", "i8"),
        ("fetched", "i8"),  # goods
        ("brought", "i8"),
        ("late", "i8"),  # brought to a station that waited for them
        ("charges", "i8"),
        ("wait_s", "i8"),  # from the beginning of their waiting to the fetching
        ("wait_ns", "i8"),
        ("bring_s", "i8"),  # from the same moment to the arrival
        ("bring_ns", "i8"),
        ("longest", "i8"),  # wait of one of the goods, ns
        ("lowest", "i8"),  # what any battery had left, ns; below 0: it was empty before its trip was over
        ("charging", "i8"),  # at the chargers
        ("line_head", "i8"),  # who waits for a charger
        ("line", "i8"),
    ],
    align=True,
)
ZONE_STATE = np.dtype([("inside", "i8"), ("line_head", "i8"), ("line", "i8")], align=True)
CARRIER_STATE = np.dtype([("empty_head", "i4"), ("empty", "i4"), ("back_head", "i4"), ("back", "i4")], align=True)
BACK = np.dtype([("t", "i8"), ("tray", "i8")], align=True)
TRAY = np.dtype(
    [("content", "i1"), ("dirty", "i1"), ("count", "i2"), ("missing", "i2"), ("grade", "i2"), ("round", "i4"), ("stamp", "i8")], align=True
)
MISSING_PLACE = np.dtype([("carrier", "i8"), ("tray", "i8"), ("place", "i8"), ("mark", "i8")], align=True)
OUT_TOOL = np.dtype([("toolmode", "i8"), ("machine", "i8"), ("tool", "i8"), ("n", "i8")], align=True)
PLAN_STATE = np.dtype([("k", "i8"), ("starts", "i8"), ("pending", "i8")], align=True)

# ---- the machine's side: in a live run the driver holds these three, and the line does not look at them
OWN = np.dtype(
    [
        ("since", "i8"),  # working (or mending) since
        ("left", "i8"),  # of the phase, counted from `since`
        ("until", "i8"),  # the repair ends
        ("n", "i8"),
        ("phase", "i4"),  # IDLE, WORK, CHANGE, MAINTAIN
        ("held", "i4"),
        ("mode", "i8"),  # failed mode of the station; -1
        ("slot", "i8"),  # input that is changed, plan of the maintenance
        ("repairing", "i4"),
        ("scrap", "i4"),
        ("product", "i8"),  # it works on, or is set up for; -1 not yet for any
    ],
    align=True,
)
CLOCK = np.dtype([("left", "i8"), ("k", "i8")], align=True)  # running time left, or the time it falls due; number of the failure to come
TOOL_STATE = np.dtype([("next", "i8"), ("k", "i8"), ("outs", "i8")], align=True)
OWN_OUT = np.dtype([("until", "i8"), ("n", "i8"), ("machine", "i8"), ("tool", "i8")], align=True)
OWN_OUTS = 512  # tools of one mode that may be out at one time

INBOX, OUTBOX, MISSINGS, LINE_OUTS = 8192, 4096, 8192, 1024

# how long the arrays of a state are: index into `Table.sizes`
SIZES = ("ring", "waits", "bins", "mounts", "parts", "asks", "trays", "fills", "clocks", "plans", "vehicles", "machines", "stations", "queues")
(Z_RING, Z_WAITS, Z_BINS, Z_MOUNTS, Z_PARTS, Z_ASKS, Z_TRAYS, Z_FILLS, Z_CLOCKS, Z_PLANS, Z_VEHICLES, Z_MACHINES, Z_STATIONS, Z_QUEUES, Z_CREWS,
 Z_SHIFTS, Z_CARRIERS, Z_TOOLMODES, Z_SOURCES, Z_KINDS, Z_FLEETS, Z_ZONES, Z_CARGO, Z_LINEUP, Z_FAULTS, Z_CHANNELS, Z_PROGRESS,
 Z_TRACES, Z_ORDERS, Z_PRODUCTS, Z_CAMPAIGNS) = range(31)  # fmt: skip


class State(Bundle):
    """A line at one moment."""

    head: Records
    machines: Records
    times: np.ndarray  # (machines, `TIMES`), ns
    stations: Records
    queues: Records
    ring: Records
    waits: Records
    bins: Records
    mounts: Records
    parts: np.ndarray
    crews: Records
    asks: np.ndarray  # machines that wait for people
    shifts: Records
    vehicles: Records
    fleets: Records
    zones: Records
    cargo: Records
    lineup: np.ndarray  # vehicles that wait for a zone or a charger
    carriers: Records
    empties: np.ndarray  # by carrier kind behind each other: the list of empty carriers
    backs: Records  # the same: empty carriers on their way back
    trays: Records
    missing: Records
    outs: Records
    plans: Records
    orders: Records
    campaigns: Records  # `CAMPAIGNS` for each kind that may be for an order
    campaign_counts: np.ndarray  # how many of these are filled
    serials: np.ndarray  # next serial of each kind
    own: Records
    clocks: Records
    tools: Records
    own_outs: Records
    tree: np.ndarray  # times of the sources: `tree`
    agenda: np.ndarray
    inbox: Records
    outbox: Records
    traces: Records
    trace_heads: np.ndarray  # by the bits of a key: 1 + the number of its newest trace
    progress: Records
    fills: np.ndarray  # serials on the carriers

    _dtypes: ClassVar[Mapping[str, np.dtype]] = {
        "head": HEAD, "machines": MACHINE_STATE, "times": INT, "stations": STATION_STATE, "queues": QUEUE_STATE, "ring": ENTRY, "waits": WAIT,
        "bins": BIN, "mounts": MOUNT_STATE, "parts": INT, "crews": CREW_STATE, "asks": INT, "shifts": SHIFT_STATE, "vehicles": VEHICLE_STATE,
        "fleets": FLEET_STATE, "zones": ZONE_STATE, "cargo": CARGO, "lineup": INT,
        "carriers": CARRIER_STATE, "empties": INT, "backs": BACK, "trays": TRAY, "missing": MISSING_PLACE,
        "outs": OUT_TOOL, "plans": PLAN_STATE, "orders": ORDER_STATE,
        "campaigns": CAMPAIGN_STATE, "campaign_counts": INT, "serials": INT, "own": OWN, "clocks": CLOCK, "tools": TOOL_STATE,
        "own_outs": OWN_OUT, "tree": INT, "agenda": INT, "inbox": RECORD, "outbox": COMMAND,
        "traces": TRACE, "trace_heads": INT, "progress": PROGRESS, "fills": np.dtype("i4"),
    }  # fmt: skip
    _fields = tuple(_dtypes)
    _two = frozenset({"times"})


def _empty(dtype: np.dtype | str, count: int) -> np.ndarray:
    made = np.zeros(max(int(count), 1), dtype)
    return as_records(made) if made.dtype.names else made


def new_state(table: Table, seed: int, replication: int = 0, *, keep: bool = False) -> State:
    """Return the state of an empty line at time 0; `control.opening` fills it.

    Parameters
    ----------
    table
        The station table.
    seed, replication
        Key of all draws.
    keep
        Whether rows are written.
    """
    z = table.sizes
    state = State(
        head=_empty(HEAD, 1),
        machines=_empty(MACHINE_STATE, z[Z_MACHINES]),
        times=np.zeros((max(int(z[Z_MACHINES]), 1), len(TIMES)), np.int64),
        stations=_empty(STATION_STATE, z[Z_STATIONS]),
        queues=_empty(QUEUE_STATE, z[Z_QUEUES]),
        ring=_empty(ENTRY, z[Z_RING]),
        waits=_empty(WAIT, z[Z_WAITS]),
        bins=_empty(BIN, z[Z_BINS]),
        mounts=_empty(MOUNT_STATE, z[Z_MOUNTS]),
        parts=_empty("i8", z[Z_PARTS]),
        crews=_empty(CREW_STATE, z[Z_CREWS]),
        asks=_empty("i8", z[Z_ASKS]),
        shifts=_empty(SHIFT_STATE, z[Z_SHIFTS]),
        vehicles=_empty(VEHICLE_STATE, z[Z_VEHICLES]),
        fleets=_empty(FLEET_STATE, z[Z_FLEETS]),
        zones=_empty(ZONE_STATE, z[Z_ZONES]),
        cargo=_empty(CARGO, z[Z_CARGO]),
        lineup=_empty("i8", z[Z_LINEUP]),
        carriers=_empty(CARRIER_STATE, z[Z_CARRIERS]),
        empties=_empty("i8", z[Z_TRAYS]),
        backs=_empty(BACK, z[Z_TRAYS]),
        trays=_empty(TRAY, z[Z_TRAYS]),
        missing=_empty(MISSING_PLACE, MISSINGS),
        outs=_empty(OUT_TOOL, LINE_OUTS),
        plans=_empty(PLAN_STATE, z[Z_PLANS]),
        orders=_empty(ORDER_STATE, z[Z_ORDERS] + MORE_ORDERS if z[Z_ORDERS] else 0),
        campaigns=_empty(CAMPAIGN_STATE, z[Z_CAMPAIGNS] * CAMPAIGNS),
        campaign_counts=_empty("i8", z[Z_CAMPAIGNS]),
        serials=table.kinds.copy(),
        own=_empty(OWN, z[Z_MACHINES]),
        clocks=_empty(CLOCK, z[Z_CLOCKS]),
        tools=_empty(TOOL_STATE, z[Z_TOOLMODES]),
        own_outs=_empty(OWN_OUT, z[Z_TOOLMODES] * OWN_OUTS),
        tree=new_tree(int(z[Z_SOURCES]), int(NEVER)),
        agenda=_empty("i8", z[Z_STATIONS]),
        inbox=_empty(RECORD, INBOX),
        outbox=_empty(COMMAND, OUTBOX),
        traces=_empty(TRACE, z[Z_TRACES]),
        trace_heads=_empty("i8", z[Z_TRACES]),
        progress=_empty(PROGRESS, z[Z_PROGRESS]),
        fills=_empty("i4", z[Z_FILLS]),
    )
    head = state.head[0]
    head.base, head.seed, head.replication, head.keep = base_of(seed, replication), seed, replication, int(keep)
    state.machines.due[:] = NEVER
    none = ("mode", "plan", "slot", "tray", "utility", "shown", "shown_reason", "grade", "tool", "to", "product", "order")
    own, line = ("mode", "slot", "product"), ("open", "order")
    for rows, fields in ((state.machines, none), (state.own, own), (state.stations, line), (state.progress, ("lo",))):
        for field in fields:
            rows[field][:] = -1
    _put_orders(table, state)
    _put_vehicles(table, state)
    for c in range(int(z[Z_CARRIERS])):
        first, count = int(table.carriers[c].tray0), int(table.carriers[c].count)
        state.empties[first : first + count] = np.arange(count)
        state.carriers[c].empty = count
    return state


def _put_orders(table: Table, state: State) -> None:
    """Let the orders of the file be there, none of them begun."""
    count = int(table.sizes[Z_ORDERS])
    state.head[0].orders = count
    for name in ("product", "amount", "priority", "release", "due"):
        state.orders[name][:count] = table.orders[name][:count]
    state.orders.began[:] = -1
    state.orders.ended[:] = -1


def _put_vehicles(table: Table, state: State) -> None:
    """Let the vehicles stand where they begin, with full batteries, or evenly spread ones in a line that begins filled."""
    state.vehicles.zone[:] = -1
    for f in range(int(table.sizes[Z_FLEETS])):
        fleet = table.fleets[f]
        first, count, run, low = (int(fleet[name]) for name in ("vehicle0", "count", "run", "low"))
        state.vehicles.at[first : first + count] = fleet.begin
        charges = [low + (run - low) * (k + 1) // count if fleet.spread else run for k in range(count)]
        state.vehicles.charge[first : first + count] = charges
        state.fleets[f].free, state.fleets[f].lowest = count, min(charges)


def copy_state(state: State) -> State:
    """Return a copy that shares nothing, equal in every byte (a copy by NumPy leaves what lies between the fields to chance)."""
    copies = []
    for array in state:
        twin = np.zeros(array.shape, array.dtype)
        twin[...] = array
        copies.append(as_records(twin) if twin.dtype.names else twin)
    return State(*copies)


def save_state(state: State) -> bytes:
    """Return the state as bytes, without what lies on carriers (`save_fills`); of commands and records those that are there."""
    parts = []
    for name, array in zip(State._fields, state, strict=True):
        if name == "fills":
            continue
        held = array[: int(state.head[0][name])] if name in {"inbox", "outbox"} else array
        parts.append(np.int64(held.size).tobytes() + held.tobytes())
    return zlib.compress(b"".join(parts), 1)


def save_fills(state: State, table: Table) -> bytes:
    """Return what lies on the carriers that were loaded since this was last asked, and mark them as saved; empty where there are none.

    Only the newest of such pieces counts for a carrier; pieces from before a restart are handed to `load_state` in their order.
    """
    out = []
    for c in range(int(table.sizes[Z_CARRIERS])):
        carrier = table.carriers[c]
        trays = state.trays[carrier.tray0 : carrier.tray0 + carrier.count]
        for tray in np.flatnonzero(trays.dirty):
            first = int(carrier.fill0) + int(tray) * int(carrier.holds)
            trays.dirty[tray] = 0
            held = state.fills[first : first + int(trays.count[tray])]
            out.append(np.array([first, held.size], np.int64).tobytes() + held.tobytes())
    return zlib.compress(b"".join(out), 1) if out else b""


def load_state(table: Table, saved: bytes, fills: Iterable[bytes] = ()) -> State:
    """Return the state that `save_state` made, with the carriers that the pieces of `save_fills` tell.

    Raises
    ------
    ValueError
        The state is of another table.
    """
    state = new_state(table, 1)
    data = memoryview(zlib.decompress(saved))
    at = 0
    for name, array in zip(State._fields, state, strict=True):
        if name == "fills":
            continue
        size = int(np.frombuffer(data[at : at + 8], np.int64)[0])
        at += 8
        if size > array.size or (size != array.size and name not in {"inbox", "outbox"}):
            raise ValueError(f"the saved state has {size} rows of {name}, this line has {array.size}: it was saved for another line")
        piece = np.frombuffer(data[at : at + size * array.itemsize], array.dtype)
        array.reshape(-1)[:size] = piece
        at += size * array.itemsize
    for packed in fills:
        if not packed:
            continue
        data, at = memoryview(zlib.decompress(packed)), 0
        while at < len(data):
            first, size = (int(x) for x in np.frombuffer(data[at : at + 16], np.int64))
            state.fills[first : first + size] = np.frombuffer(data[at + 16 : at + 16 + 4 * size], np.int32)
            at += 16 + 4 * size
    return state
