"""What a line is, in plain words: the station table as objects, for the reference evaluator and for its tests.

Each time is int64-like nanoseconds, each amount mm, mL, g or pieces. What is drawn is a function of its count (`Numbers`), so that a test may write
``time=lambda n: 5`` and a line file's laws come in as ``reference_table.read_table`` makes them. ``None`` is "none" or "no limit".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

Numbers = Callable[[int], int]
Chances = Callable[[int], float]

SECOND = 10**9
#: In `Step.targets`: the item is thrown away.
THROWN = -2


class Flow(Enum):
    """How items pass a station."""

    ITEM = 0
    BATCH = 1
    STORE = 2
    LOADER = 3
    UNLOADER = 4
    UTILITY = 5
    FLEET = 6


class Comes(Enum):
    """How a station comes by an input: parts made here, coils, bulk made here, or an endless supply."""

    PART = 0
    COIL = 1
    BULK = 2
    SUPPLY = 3


@dataclass(frozen=True)
class Slot:
    """One input of a station, not the passing item. `queue` None: bought, then coils are `length` long; `thing` is the kind of its lots."""

    comes: Comes
    thing: int
    amount: int = 1
    queue: int | None = None
    length: int = 0
    change: int = 0
    splice: int = 0
    life: int | None = None
    rolls: int = 1
    extra: int = 0  # of a coil: mm that are lost at each start
    breaks: Callable[[int], bool] | None = None  # whether the n-th piece that the station draws breaks


class Rule(Enum):
    """Who is next in a queue: the first that came, the last, the first of those that come back from a gate; the others look at the order."""

    FIFO = 0
    LIFO = 1
    REWORK_FIRST = 2
    PRIORITY = 3
    DUE = 4
    SHORTEST = 5
    SAME_PRODUCT = 6


@dataclass(frozen=True)
class Order:
    """So many good products of one kind; a higher priority comes first; not begun before `release`, wanted by `due`."""

    product: int
    amount: int
    priority: int = 1
    release: int = 0
    due: int | None = None


@dataclass(frozen=True)
class Variant:
    """What differs at a station for one product: its times, what is scrap, its windows; `mean` of its time, s."""

    time: Numbers
    is_scrap: Callable[[int], bool]
    mean: float
    gate: Gate | None = None
    grades: tuple[tuple[Check, ...], ...] = ()


@dataclass(frozen=True)
class Queue:
    """Places in front of a station, for the passing item or for one of its slots; `fleet` brings the items."""

    station: int
    places: int
    slot: int | None = None
    fleet: int | None = None
    rule: Rule = Rule.FIFO


@dataclass(frozen=True)
class Mode:
    """A way to fail: ``life(machine, k)`` and ``repair(machine, k)`` of the machine's k-th failure; `running` counts working time only."""

    life: Callable[[int, int], int]
    repair: Callable[[int, int], int]
    running: bool = True
    crew: int | None = None
    reason: int = -1


@dataclass(frozen=True)
class Plan:
    """A planned stop, each `every` ns of calendar time or after each `items` starts of the machine; its k-th lasts ``time(machine, k)``."""

    time: Callable[[int, int], int]
    every: int | None = None
    items: int | None = None
    crew: int | None = None
    reason: int = -1


@dataclass(frozen=True)
class ToolMode:
    """Failures that take out one tool: the k-th comes ``gap(k)`` after the one before, hits ``pick(k)`` of all tools, lasts ``repair(k)``."""

    gap: Numbers
    repair: Numbers
    pick: Numbers
    tools: int
    reason: int = -1
    mark: int = 0


@dataclass(frozen=True)
class Check:
    """A window and the value that a unit of a serial has; a unit that carries `mark` has none.

    `again`: the bits of `Thing.passes` that are put before the serial, so that a unit measured again has another value.
    """

    value: Callable[[int], float]
    lower: float = float("-inf")
    upper: float = float("inf")
    mark: int | None = None
    again: int = 0
    effects: tuple[tuple[float, float, float], ...] = ()  # of each fault: what it adds to mean and spread, and what a lane is of the width
    changed: Callable[[int, float, float], float] | None = None  # the value with so much added to mean and spread
    amount: int = 1  # of a lot


@dataclass(frozen=True)
class Fault:
    """A fault that is injected: where (None: all machines, all tools) and when it acts; it grows for `over` ns, and acts in half of each `period`."""

    begin: int
    end: int
    machine: int | None = None
    tool: int | None = None
    over: int = 0
    period: int = 0


class Choose(Enum):
    """How one of several targets is chosen."""

    IN_TURN = 0
    SHORTEST_QUEUE = 1
    LEAST_WORK = 2
    FIRST_FREE = 3
    BY_GRADE = 4


@dataclass(frozen=True)
class Mend:
    """Where a gate sends what it refuses: at most `limit` times to `to`, then to `then`; passes are counted from bit `shift` on, up to `most`."""

    to: int
    then: int | None = None
    limit: int | None = None
    shift: int = 52
    most: int = 15


@dataclass(frozen=True)
class Output:
    """One of several things made: how many of a kind, each of how much, to which queue (None: out of the line)."""

    kind: int
    amount: int
    queue: int | None
    made: int = 1


@dataclass(frozen=True)
class Gate:
    """An inspection: by chance where `fails` is given (shares of what ``chance(n)`` draws), else by its checks and the station's grades."""

    fails: float | None = None
    chance: Chances = lambda _: 1.0
    checks: tuple[Check, ...] = ()
    misses: float = 0.0
    false_alarms: float = 0.0
    miss: Chances = lambda _: 1.0


@dataclass(frozen=True)
class Step:
    """One station as it is described.

    `out` None: its items leave the line. `entry` is the queue of the passing item, None where it begins something.
    """

    time: Numbers
    count: int = 1
    flow: Flow = Flow.ITEM
    entry: int | None = None
    out: int | None = None
    before: bool = False  # work starts only when there are places behind for all that it makes
    kind: int = 0
    begins: bool = False
    lanes: int = 1
    made: int = 1  # mm, mL, g of one thing made here, else 1
    slots: tuple[Slot, ...] = ()
    within: int | None = None
    since: bool = False  # `within` counts from the end of the work at a station that `stamps`, not at the one before
    stamps: bool = False
    late: int | None = None  # queue to which what is late goes; None: it is thrown away
    is_scrap: Callable[[int], bool] = lambda _: False
    gate: Gate | None = None
    grades: tuple[tuple[Check, ...], ...] = ()
    targets: tuple[int | None, ...] = ()  # where there are several: queues, None out of the line, THROWN; `out` then counts for nothing
    choose: Choose = Choose.IN_TURN
    mend: Mend | None = None
    needs: tuple[tuple[int, int], ...] = ()  # people to run: crew, how many
    same: bool = False  # a loader: one carrier open for each grade
    endless: int | None = None  # which carriers leave the line here, without end
    again: int = 0  # as in `Check`, of what is measured here
    judges: bool = False  # an oven: its items are judged, and counted, one by one as they come out
    loses: bool = False  # what finds no place ahead is lost
    outputs: tuple[Output, ...] = ()
    mean: float = 0.0  # of its time, s, for `least-work`
    variants: tuple[Variant, ...] = ()  # by product, where it tells products apart
    setups: tuple[tuple[int, ...], ...] = ()  # time to change over from one product to another
    by_order: bool = False  # each item that it begins is for an order, the first by `rule`
    rule: Rule = Rule.FIFO
    units: int = 0  # products that one item in it becomes; 0: it does not lie on the way to the product
    modes: tuple[Mode, ...] = ()
    plans: tuple[Plan, ...] = ()
    tool_modes: tuple[ToolMode, ...] = ()
    tools: int = 0
    shift: int | None = None
    serves: tuple[int, ...] = ()  # a utility: stations
    carrier: int | None = None
    size: int = 1  # a batch; places of a store
    load: int = 0
    unload: int = 0
    wait: int | None = None
    point: int = -1  # where it stands on the map
    faults: tuple[tuple[int, Fault], ...] = ()  # that act here, with their numbers
    is_lot: bool = False  # its items are webs or batches
    is_carried: bool = False  # its items are carriers
    enter: int = 0  # mm of a web before and behind
    leave: int = 0
    map_a: float = 0.0  # mm before = a + b mm behind; b 0: as they are
    map_b: float = 0.0
    short: int = 5 * SECOND  # waits shorter than this make no STATE row

    @property
    def is_followed(self) -> bool:
        """Tell whether faults act along the metres of what passes here."""
        return self.flow is Flow.ITEM and self.is_lot and self.enter > 0


@dataclass(frozen=True)
class Shift:
    """Hours: at each switch work ends or begins; `on` before the first."""

    switches: tuple[int, ...]
    on: bool = True


@dataclass(frozen=True)
class Crew:
    """People, all alike."""

    count: int = 1
    shift: int | None = None


@dataclass(frozen=True)
class Crossing:
    """A zone on a drive: when it is entered and left, ns from the drive's begin."""

    enter: int
    leave: int
    zone: int


@dataclass(frozen=True)
class Drive:
    """The way from one point to another: its time, the next point on it, its zones."""

    time: int
    next: int
    crossings: tuple[Crossing, ...] = ()


@dataclass(frozen=True)
class Fleet:
    """Vehicles, all alike; `queues` they bring to.

    Without `drives` a trip lasts `carry` (load, way and unload), or ``trip(n)`` where that is drawn, and `back` is the empty way. With them,
    ``drives[a][b]`` leads from point a to b, and `load`, `unload` are times of their own. `run` is how long a full battery lasts (0: no battery),
    `low` what is left when a vehicle goes to charge, `ratio` the time to charge what one unit of time uses.
    """

    carry: int
    back: int
    queues: tuple[int, ...]
    count: int = 1
    trip: Numbers | None = None
    holds: int = 1
    drives: tuple[tuple[Drive, ...], ...] = ()
    load: int = 0
    unload: int = 0
    is_nearest: bool = False
    is_by_priority: bool = False
    begin: int = 0
    park: int | None = None
    run: int = 0
    low: int = 0
    ratio: float = 0.0
    charger: int | None = None
    chargers: int = 1
    spread: bool = False
    modes: tuple[Mode, ...] = ()
    reason: int = -1


@dataclass(frozen=True)
class Carrier:
    """Trays, all alike; `back` is the time of the empty way."""

    kind: int
    holds: int
    count: int
    back: int = 0
    inner: int = 0


@dataclass(frozen=True)
class Line:
    """A whole line: stations in the order of the flow, utilities behind the last one; fleets are stations behind these."""

    steps: tuple[Step, ...]
    queues: tuple[Queue, ...] = ()
    shifts: tuple[Shift, ...] = ()
    crews: tuple[Crew, ...] = ()
    fleets: tuple[Fleet, ...] = ()
    zones: tuple[int, ...] = ()  # places of each
    carriers: tuple[Carrier, ...] = ()
    faults: tuple[Fault, ...] = ()
    orders: tuple[Order, ...] = ()
    first_serials: dict[int, int] = field(default_factory=dict)  # first serial the run gives in each kind; 1 where not named
