"""The station table: a line as plain arrays, what never changes during a run (docs/semantics.md tells what it means).

One row of a record array for each thing; numbers of rows point from one to the other, -1 is "none". Times are int64 nanoseconds, amounts int64 in
millimetres, millilitres, grams or pieces. The types are fixed (and all whole numbers as wide), so that a changed model never compiles anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from linewright.kernels.bundle import Bundle
from linewright.kernels.records import Records, as_records

INT, FLOAT, HASH = np.dtype("i8"), np.dtype("f8"), np.dtype("u8")

# flow: how items pass a station
ITEM, BATCH, STORE, LOADER, UNLOADER, UTILITY, FLEET = range(7)
# slot kinds: how a station comes by an input
PART, COIL, BULK, SUPPLY = range(4)
# gates
GATE_NONE, GATE_WINDOWS, GATE_CHANCE = range(3)
# laws; the last two of values only
CONSTANT, EXPONENTIAL, UNIFORM, TRIANGULAR, EMPIRICAL, NORMAL, LOGNORMAL, WEIBULL, GAMMA, POISSON, BERNOULLI = range(11)
# how a fleet drives: a fixed distance and back, trips of a drawn length, over a map of points
FIXED, DRAWN, ROADS = range(3)
# which request a free vehicle takes
LONGEST, NEAREST, PRIORITY = range(3)
# how one of several targets is chosen; FIRST_FREE waits for all of them where none is free
IN_TURN, SHORTEST_QUEUE, LEAST_WORK, FIRST_FREE, BY_GRADE = range(5)
# in `routes`: no queue, the item leaves the line, or is thrown away
LEAVES, THROWN = -1, -2
#: Places of an unlimited queue; more never lie in a line that can reach a steady state, so a run that gets there ends and says so.
ENDLESS = 1 << 17
# who is next in a queue: the first that came, the last, the first of those that come back from a gate; by its order
FIFO, LIFO, REWORK_FIRST, BY_PRIORITY, BY_DUE, SHORTEST, SAME_PRODUCT = range(7)
# clocks of failures
RUNNING, CALENDAR = range(2)
# sources of events
SOURCE_MACHINE, SOURCE_TOOL, SOURCE_SHIFT, SOURCE_PLAN, SOURCE_VEHICLE, SOURCE_CARRIER, SOURCE_ORDER = range(7)

#: One station (utilities behind the last one, then fleets, whose machines are the vehicles). Numbered in the order of the flow.
STATION = np.dtype(
    [
        ("hash", "u8"),  # of its path: key of service, scrap, gates
        ("amount", "i8"),  # of one thing made here: mm of web, mL or g of a batch, else 1
        ("enter", "i8"),  # mm of web that enter for one item (0: no web)
        ("leave", "i8"),  # mm that leave
        ("within", "i8"),  # latest start after the end of the work before; -1 no limit
        ("since", "i8"),  # 1: `within` counts from an item's stamp, not from the end of the work before
        ("stamps", "i8"),  # 1: the end of the work here is the stamp of an item
        ("late_queue", "i8"),  # where what is late goes; -1 it is thrown away
        ("load", "i8"),
        ("unload", "i8"),
        ("wait", "i8"),  # batch: latest start after the first moved in; -1 no limit
        ("short", "i8"),  # waits shorter than this make no STATE row: max(5 s, 3 cycle times)
        ("scrap", "f8"),  # share thrown away by chance
        ("fails", "f8"),  # gate by chance
        ("misses", "f8"),
        ("false_alarms", "f8"),
        ("flow", "i8"),
        ("count", "i8"),  # machines; a store has one
        ("machine0", "i8"),  # its first machine in `machines`
        ("law", "i8"),  # of the service time, in `laws`
        ("slot0", "i8"),  # inputs, in `slots`
        ("slots", "i8"),
        ("queue0", "i8"),  # queues of its inputs, in `queues`
        ("queues", "i8"),
        ("pass_queue", "i8"),  # the queue of the passing item; -1 where it begins something
        ("out_queue", "i8"),  # where good items go; -1 they leave the line
        ("before", "i8"),  # 1: work starts only when there are places behind for all that it makes
        ("ways", "i8"),  # 1: it is not always there (several targets, a gate that sends back, several things made)
        ("route0", "i8"),  # where there are several: queues, in `routes`
        ("routes", "i8"),
        ("choose", "i8"),
        ("fail_queue", "i8"),  # where the gate sends what it refuses; -1 it is thrown away
        ("then_queue", "i8"),  # where it goes after `limit` passes; -1 it is thrown away
        ("limit", "i8"),  # -1 none
        ("pass_shift", "i8"),  # where an item's key counts its passes through this gate's `to`, and how far it counts
        ("pass_most", "i8"),
        ("loses", "i8"),  # 1: what finds no place ahead is lost
        ("out0", "i8"),  # several things made: in `outputs`
        ("outs", "i8"),
        ("give0", "i8"),  # where their first serials lie behind a machine's `part0`
        ("kind", "i8"),  # kind of the things it hands on
        ("begins", "i8"),  # 1: each start gives a new serial of `kind`
        ("lanes", "i8"),  # more than 1: each item ends in that many of `kind`
        ("again", "i8"),  # bits of an item's key that are put before its serial when it is measured here
        ("judges", "i8"),  # BATCH: 1: its items are judged, and counted, one by one as they come out
        ("gate", "i8"),
        ("check0", "i8"),  # windows of the gate, in `checks`
        ("checks", "i8"),
        ("measure0", "i8"),  # what is measured once an item, in `measures`, in the order of the file
        ("measures", "i8"),
        ("grade0", "i8"),  # in `grades`
        ("grades", "i8"),
        ("tools", "i8"),  # of each machine; 0 none, or not told for each item
        ("carrier", "i8"),  # LOADER, UNLOADER: in `carriers`
        ("size", "i8"),  # BATCH: items; STORE: places
        ("bin0", "i8"),  # BATCH, STORE: its items, in the state's `bins`; machine m begins at bin0 + m * size
        ("shift", "i8"),  # its hours, in `shifts`; -1 always
        ("mode0", "i8"),  # failure modes, in `modes`
        ("modes", "i8"),
        ("plan0", "i8"),  # maintenance, in `plans`
        ("plans", "i8"),
        ("toolmode0", "i8"),  # modes that stop a tool, in `toolmodes`
        ("toolmodes", "i8"),
        ("serve0", "i8"),  # UTILITY: stations that it serves, in `serves`
        ("serves", "i8"),
        ("need0", "i8"),  # people that it needs to run, in `needs`
        ("needs", "i8"),
        ("same", "i8"),  # LOADER: 1: each machine has one carrier open for each grade, in `parts`
        ("endless", "i8"),  # 1 + the number of a carrier that leaves the line here, of which there is no end; 0 none
        ("asks", "i8"),  # 1: its machines are somewhere else; commands go out, records come in
        ("source0", "i8"),  # number of the source of its first machine
        ("fleet", "i8"),  # FLEET: in `fleets`
        ("point", "i8"),  # where it stands on the map; -1 nowhere
        ("fault0", "i8"),  # faults that act here, in `faults`
        ("faults", "i8"),
        ("lot", "i8"),  # 1: its items are webs or batches
        ("tray", "i8"),  # 1 + the number of the carrier that its items are; 0 they are none
        ("map_a", "f8"),  # of a web: mm before = map_a + map_b * mm behind
        ("map_b", "f8"),  # 0: its metres stay as they are
        ("by_order", "i8"),  # 1: each item that it begins is for an order
        ("rule", "i8"),  # of these, which is next: FIFO (by rank alone), BY_PRIORITY, ...
        ("units", "i8"),  # products that one item in it becomes; 0: it does not lie on the way to the product
        ("variant0", "i8"),  # 1 + where its products are in `variants`; 0: it tells none apart
        ("setup0", "i8"),  # 1 + where its times to change over are in `setups`; 0 none
    ],
    align=True,
)

#: One machine: its station, and the first of its failure clocks, maintenance counts and inputs; `progress0`: 1 + the first of its faults in the
#: state's `progress`, 0 where none acts on a web here.
MACHINE = np.dtype([("station", "i8"), ("clock0", "i8"), ("plan0", "i8"), ("mount0", "i8"), ("part0", "i8"), ("progress0", "i8")], align=True)

#: One input of a station (not the passing item).
SLOT = np.dtype(
    [
        ("amount", "i8"),  # for one start: mm, mL, g, or pieces
        ("length", "i8"),  # of one lot: mm of a coil, mL or g of a batch
        ("change", "i8"),  # time of a change
        ("splice", "i8"),  # mm lost at a change
        ("life", "i8"),  # shelf life from the end of its making; -1 none
        ("kind", "i8"),  # PART, COIL, BULK, SUPPLY
        ("queue", "i8"),  # -1: bought
        ("thing", "i8"),  # kind of its lots or parts
        ("rolls", "i8"),
        ("extra", "i8"),  # COIL: mm that are lost at each start
        ("breaks", "f8"),  # pieces: share that breaks
        ("hash", "u8"),  # of station and material: key of what breaks
        ("part0", "i8"),  # PART: where its parts lie behind the machine's `part0`
    ],
    align=True,
)

#: Places in front of a station, or of one input.
QUEUE = np.dtype(
    [
        ("station", "i8"),
        ("slot", "i8"),  # which input of the station; -1 the passing item
        ("places", "i8"),
        ("ring0", "i8"),  # in the state's `ring`
        ("room", "i8"),  # room there, at least 1
        ("wait0", "i8"),  # in the state's `waits`
        ("waits", "i8"),  # room there: machines that give into this queue
        ("fleet", "i8"),  # who brings the items; -1 nobody
        ("born", "i8"),  # 1: `done` of its entries is the end of making (always so; kept for readers)
        ("endless", "i8"),  # 1: no limit was stated
        ("ahead0", "i8"),  # stations that keep places here before they begin, in `aheads`
        ("aheads", "i8"),
        ("rule", "i8"),  # FIFO, LIFO, REWORK_FIRST
    ],
    align=True,
)

#: One of several things that a station makes of one item: `amount` of a kind, each `made` mm, mL, g or 1, to a queue (LEAVES: out of the line).
OUTPUT = np.dtype([("kind", "i8"), ("amount", "i8"), ("queue", "i8"), ("made", "i8")], align=True)

#: An order: so many good products, not begun before `release`, wanted by `due` (-1 not told); `source` of the releases of all.
ORDER = np.dtype([("product", "i8"), ("amount", "i8"), ("priority", "i8"), ("release", "i8"), ("due", "i8"), ("source", "i8")], align=True)

#: What differs at a station for one product: law of its time, scrap, and where its windows, grades and measures are (as many as the station's).
VARIANT = np.dtype([("scrap", "f8"), ("law", "i8"), ("check0", "i8"), ("grade0", "i8"), ("measure0", "i8")], align=True)

#: A failure mode of a station (of each of its machines).
MODE = np.dtype([("to", "i8"), ("repair", "i8"), ("clock", "i8"), ("crew", "i8"), ("reason", "i8")], align=True)

#: A maintenance plan of a station.
PLAN = np.dtype(
    [("every", "i8"), ("items", "i8"), ("law", "i8"), ("crew", "i8"), ("reason", "i8"), ("station", "i8"), ("source", "i8"), ("number", "i8")],
    align=True,
)

#: A failure mode that stops one tool: one stream for all tools of the station.
TOOLMODE = np.dtype(
    [("hash", "u8"), ("mean", "f8"), ("repair", "i8"), ("reason", "i8"), ("station", "i8"), ("mark", "i8"), ("source", "i8"), ("tools", "i8"),
     ("carrier", "i8")],
    align=True,
)

CREW = np.dtype([("count", "i8"), ("shift", "i8"), ("ask0", "i8"), ("asks", "i8")], align=True)

#: People that a station needs to run: so many of a crew.
NEED = np.dtype([("crew", "i8"), ("count", "i8")], align=True)

#: Hours: at each of `switches[switch0 : switch0 + switches]` work begins or ends; `on` says how it is before the first.
SHIFT = np.dtype([("switch0", "i8"), ("switches", "i8"), ("on", "i8"), ("source", "i8")], align=True)

#: A fleet of vehicles, all alike. Its vehicles are the machines of the station `station`.
FLEET_ROW = np.dtype(
    [
        ("hash", "u8"),  # of its path: key of the trips that are drawn
        ("ratio", "f8"),  # time to charge what one unit of time uses up
        ("way", "i8"),  # ROADS, FIXED, DRAWN
        ("dispatch", "i8"),  # LONGEST, NEAREST, PRIORITY
        ("carry", "i8"),  # FIXED: load + way + unload
        ("back", "i8"),  # FIXED: the empty way
        ("law", "i8"),  # DRAWN: of one trip, in `laws`
        ("load", "i8"),
        ("unload", "i8"),
        ("holds", "i8"),
        ("count", "i8"),
        ("vehicle0", "i8"),  # its first vehicle in the state's `vehicles`
        ("cargo0", "i8"),  # in the state's `cargo`, `holds` places for each vehicle
        ("station", "i8"),
        ("queue0", "i8"),  # queues it brings to, in `fleet_queues`
        ("queues", "i8"),
        ("drive0", "i8"),  # ROADS: the drive from point a to b is `drives[drive0 + a * points + b]`
        ("points", "i8"),
        ("begin", "i8"),  # the point where its vehicles stand at first
        ("park", "i8"),  # -1: they stand where they are
        ("run", "i8"),  # time that a full battery lasts; 0 no battery
        ("low", "i8"),  # left of it: below, the vehicle goes to charge
        ("charger", "i8"),  # the point of the chargers; -1 it charges where it stands
        ("chargers", "i8"),
        ("line0", "i8"),  # who waits for a charger, in the state's `lineup`
        ("spread", "i8"),  # 1: at first the batteries are evenly spread, not full
        ("reason", "i8"),  # of charging
    ],
    align=True,
)

#: A drive between two points: its time (-1: no way leads there), the zones on it, the next point on it.
DRIVE = np.dtype([("time", "i8"), ("pass0", "i8"), ("passes", "i8"), ("next", "i8")], align=True)

#: A zone on a drive: when it is entered and left, ns from the drive's begin.
PASS = np.dtype([("enter", "i8"), ("leave", "i8"), ("zone", "i8")], align=True)

#: A zone: how many vehicles may be in it; who waits for it, in the state's `lineup`.
ZONE = np.dtype([("places", "i8"), ("line0", "i8"), ("room", "i8")], align=True)

CARRIER = np.dtype(
    [
        ("back", "i8"),  # time of the empty way back
        ("kind", "i8"),
        ("holds", "i8"),
        ("count", "i8"),
        ("tray0", "i8"),  # its first carrier in the state's `trays`; fills in step
        ("fill0", "i8"),  # its first place in the state's `fills`
        ("loader0", "i8"),  # stations that load it, in `loaders`
        ("loaders", "i8"),
        ("source", "i8"),
        ("inner", "i8"),  # kind of the items that lie on it
    ],
    align=True,
)

#: A window judged at a gate or for a grade, with what is needed to draw the value again.
CHECK = np.dtype(
    [
        ("hash", "u8"),
        ("mean", "f8"),
        ("spread", "f8"),
        ("lower", "f8"),  # -inf without
        ("upper", "f8"),  # inf without
        ("law", "i8"),  # NORMAL, CONSTANT where the spread is 0, POISSON, BERNOULLI
        ("value", "i8"),  # which of a record's values it is, where measured at this station; else -1
        ("mark", "i8"),  # which mark says that an item lacks it; -1 none
        ("again", "i8"),  # bits of an item's key that count how often it came by here: each time has a value of its own
        ("channel", "i8"),  # which of the values that a fault changes, in `effects`; -1 none does
        ("amount", "i8"),  # mm of a web, mL or g of a batch; of a unit 1
    ],
    align=True,
)

#: A fault that is injected: where and when it acts. What it does to each value is in `effects`.
FAULT_ROW = np.dtype(
    [
        ("station", "i8"),
        ("machine", "i8"),  # of the station; -1 all
        ("tool", "i8"),  # of the machine, place of a carrier, lane of a web; -1 all
        ("begin", "i8"),
        ("end", "i8"),
        ("over", "i8"),  # it grows from nothing for so long; 0 it is whole at once
        ("period", "i8"),  # it acts in the first half of each; 0 always
        ("part", "f8"),  # what a tool of it is of the width of a web
    ],
    align=True,
)

GRADE = np.dtype([("check0", "i8"), ("checks", "i8")], align=True)

LAW = np.dtype(
    [
        ("kind", "i8"),
        ("table0", "i8"),  # in `quantiles`: `rules.TABLE` coefficients, or `samples` values
        ("samples", "i8"),
        ("cells", "i8"),  # of its table's halves that serve; beyond them (0: always) a draw is inverted exactly
        ("mean", "f8"),
        ("a", "f8"),  # normal: sd; lognormal: sigma; weibull, gamma: shape; triangular: mode
        ("b", "f8"),  # lognormal: median; weibull, gamma: scale
        ("low", "f8"),
        ("high", "f8"),
        ("u_low", "f8"),  # normal: share below `low`; gamma: log gamma(shape)
        ("u_high", "f8"),
    ],
    align=True,
)

#: What a source of events is: SOURCE_*, and whose (machine; toolmode; shift; plan; machine that is a vehicle; carrier).
SOURCE = np.dtype([("what", "i8"), ("of", "i8")], align=True)


class Table(Bundle):
    """Everything about a line that does not change during a run."""

    _fixed = True

    stations: Records
    machines: Records
    slots: Records
    queues: Records
    outputs: Records
    orders: Records
    variants: Records
    modes: Records
    plans: Records
    toolmodes: Records
    crews: Records
    needs: Records
    shifts: Records
    fleets: Records
    drives: Records
    passes: Records
    zones: Records
    carriers: Records
    measures: Records  # as `checks`, without marks
    checks: Records
    grades: Records
    faults: Records
    laws: Records
    sources: Records
    switches: np.ndarray  # times at which hours begin or end
    quantiles: np.ndarray
    normal: np.ndarray  # (`rules.TABLE`,), of the standard normal law
    clock_hash: np.ndarray  # of each failure clock: machine's path and mode
    plan_hash: np.ndarray  # of each maintenance count: machine's path and plan
    vehicles: np.ndarray  # fleet of each vehicle
    fleet_queues: np.ndarray
    serves: np.ndarray
    aheads: np.ndarray  # stations
    routes: np.ndarray  # queues, or LEAVES, THROWN
    loaders: np.ndarray
    effects: np.ndarray  # by fault and channel: what the fault, acting wholly, adds to the mean, and to the spread
    setups: np.ndarray  # ns from each product to each, station by station
    campaigns: np.ndarray  # by kind: 1 + which of the state's `campaigns`; -1 - the carrier; 0: things of it are for no order
    kinds: np.ndarray  # first serial that the run gives in each kind
    sizes: np.ndarray  # how long the arrays of a state are: see `state.new_state`

    _dtypes: ClassVar[Mapping[str, np.dtype]] = {
        "stations": STATION, "machines": MACHINE, "slots": SLOT, "queues": QUEUE, "outputs": OUTPUT, "orders": ORDER,
        "variants": VARIANT, "modes": MODE, "plans": PLAN,
        "toolmodes": TOOLMODE, "crews": CREW, "needs": NEED, "shifts": SHIFT, "fleets": FLEET_ROW, "drives": DRIVE, "passes": PASS, "zones": ZONE,
        "carriers": CARRIER, "measures": CHECK, "checks": CHECK, "grades": GRADE, "faults": FAULT_ROW, "laws": LAW, "sources": SOURCE,
        "switches": INT, "quantiles": FLOAT, "normal": FLOAT, "clock_hash": HASH, "plan_hash": HASH, "vehicles": INT, "fleet_queues": INT,
        "serves": INT, "aheads": INT, "routes": INT, "loaders": INT, "effects": FLOAT, "setups": INT, "campaigns": INT, "kinds": INT, "sizes": INT,
    }  # fmt: skip
    _fields = tuple(_dtypes)


def records(dtype: np.dtype, rows: list[tuple]) -> Records:
    """Return a record array of rows, never of length 0 so that a kernel may always look at row 0."""
    return as_records(np.array(rows, dtype) if rows else np.zeros(1, dtype))
