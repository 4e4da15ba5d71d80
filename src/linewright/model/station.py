"""One step of a line: `Segment` (ISA-95 ProcessSegment) and what it is made of. Values in SI, unit in the name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from linewright.model.values import SECOND, Characteristic, Law, SetPoint, Signal, Unit, Window


class Blocking(StrEnum):
    """When a finished item may leave: it waits on the machine, or work starts only when there is a place behind."""

    AFTER = "after"
    BEFORE = "before"


class QueueRule(StrEnum):
    """Who is next in a queue."""

    FIFO = "fifo"
    LIFO = "lifo"
    PRIORITY = "priority"
    DUE = "due"
    SHORTEST = "shortest"
    REWORK_FIRST = "rework-first"
    SAME_PRODUCT = "same-product"


class Choose(StrEnum):
    """How one of several targets is chosen."""

    IN_TURN = "in-turn"
    SHORTEST_QUEUE = "shortest-queue"
    LEAST_WORK = "least-work"
    FIRST_FREE = "first-free"


class Measure(StrEnum):
    """What an amount counts."""

    COUNT = "count"
    LENGTH = "m"
    MASS = "kg"
    VOLUME = "m3"


class Clock(StrEnum):
    """What a failure's time counts: running time of the machine, or the calendar."""

    RUNNING = "running"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a station takes or adds.

    Parameters
    ----------
    material
        Its name.
    amount, measure
        Per item made (SI of `measure`); with `per_length`, per metre made.
    buffer
        Places in front of this input (items: coils, batches, parts); None is unlimited.
    rolls
        Webs of it that run in parallel (2 separators).
    coil_m
        Length of a bought coil; None where it is not one (then a coil made here brings its own length).
    change_s
        Time to change the coil.
    splice_m
        Length lost and uncertain at a splice.
    scrap
        Share of parts broken.
    brought_by
        Vehicle; None where it comes by itself.
    sources
        Paths of the stations whose chain ends with this material; empty where it is bought.
    """

    material: str
    amount: float = 1.0
    measure: Measure = Measure.COUNT
    per_length: bool = False
    buffer: int | None = 0
    rolls: int = 1
    coil_m: float | None = None
    change_s: float = 0.0
    splice_m: float = 0.0
    scrap: float = 0.0
    brought_by: str | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """One thing a station makes: material, and how much of it (count 1 for an item; metres for a coil; m3 for a batch)."""

    material: str
    amount: float = 1.0
    measure: Measure = Measure.COUNT


@dataclass(frozen=True, slots=True)
class Target:
    """Where good items go: a station's name or ``out``; `grade` where it depends on the item's grade."""

    station: str
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Items that start together: when full, or `wait_s` after the first (None: no limit); load and unload each item in turn."""

    size: int
    wait_s: float | None = None
    load_s: float = 0.0
    unload_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Gate:
    """Inspection: what happens to an item outside its windows.

    Parameters
    ----------
    to
        ``scrap``, ``out`` or a station.
    fails
        Share that fails by chance; None where the windows decide.
    limit
        Most passes through `to`; None is unlimited. `then` is where an item beyond it goes.
    misses, false_alarms
        Share of bad items let through, of good ones refused.
    checks
        Characteristics judged here; empty means those measured at this station.
    """

    to: str = "scrap"
    fails: float | None = None
    limit: int | None = None
    then: str = "scrap"
    misses: float = 0.0
    false_alarms: float = 0.0
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and the windows an item must lie in; the first that fits is given."""

    name: str
    windows: tuple[tuple[str, Window], ...]


@dataclass(frozen=True, slots=True)
class Within:
    """Latest start after the station `since` (None: the one before); `late` is ``scrap`` or a station."""

    limit_s: float
    since: str | None = None
    late: str = "scrap"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure mode; both laws in seconds. `stops_tool` takes out one tool only; `by` names the people who mend it."""

    name: str
    mtbf: Law
    mttr: Law
    clock: Clock = Clock.RUNNING
    by: str | None = None
    stops_tool: bool = False


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A planned stop, after the item in work: each `every_s` of calendar time, or each `every_items` (one of them)."""

    name: str
    time: Law
    every_s: float | None = None
    every_items: int | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Web:
    """How a child web lies on its parent. Lengths in metres, `elongation`, `drift` and `loss` as shares, `delay_s` from batch to web.

    `error_m` and `drift` are limits, not sigmas. `sides` such as ``("A", "B")``.
    """

    width_m: float | None = None
    sides: tuple[str, ...] = ()
    lanes: int = 1
    lane_width_m: float | None = None
    rewind: bool = False
    elongation: float = 0.0
    loss: float = 0.0
    trim_start_m: float = 0.0
    trim_end_m: float = 0.0
    sample_m: float = 0.0
    delay_s: float = 0.0
    error_m: float = 0.0
    drift: float = 0.0


@dataclass(frozen=True, slots=True)
class CarrierUse:
    """A carrier loaded or unloaded here; `same` is ``product``, ``grade`` or ``lot`` where one stays open for each."""

    carrier: str
    same: str | None = None


@dataclass(frozen=True, slots=True)
class AlarmText:
    """Rank and words of an alarm: `on` names a failure or signal of the station; `priority` 1 (critical) to 4."""

    name: str
    on: str
    priority: int | None = None
    delay_s: float = 0.0
    text: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """A set-point moved to hold a measure."""

    set_point: str
    holds: str
    use: str
    gain: float = 0.0
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ModelUse:
    """A process model (a class of the library) and the parameters the file changes."""

    name: str
    parameters: tuple[SetPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Procedure:
    """One step of an ISA-88 procedure."""

    name: str
    time_s: float | None
    recipe: tuple[SetPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Driver:
    """Who speaks to the machine; `options` as written, passwords never (`credentials` names an entry of the key store)."""

    use: str = "emulated"
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Setup:
    """Product changeover: `other_s`, and exact pairs (from, to, s)."""

    other_s: float = 0.0
    pairs: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of the line: the equipment it needs, what goes in and out, recipe and windows.

    Exactly one of `time` and `speed_m_s` is given, except where `places` or `batch` is used, which need `time`. `rate` of the file has become
    `time` (its reciprocal). ``time.fixed`` / ``each`` of the file are `time` (fixed) and `each_s` (for each counted part taken).

    Parameters
    ----------
    name, path
        ``winder``; ``winder`` too, with the line's name before it in a site (``cells-2.winder``). Keys of random streams hash the path.
    chain
        Index of the chain of stations it belongs to; a chain begins at a station that begins something new.
    begins
        True where a new item begins here (`takes` is given, also as ``none``, or it is the first station and makes something).
    inputs
        `takes`: what the new item is made of. `adds`: parts put into the passing item.
    makes
        Empty: the item keeps its name. The first one passes on.
    to
        Resolved: never empty; ``out`` after the last station.
    buffer
        Places in front, shared by its machines; None unlimited. Stations with `inputs` have a buffer on each input instead.
    tools
        (name, count) such as (spindle, 2).
    power_w, standby_w, item_energy_j
        By carrier of energy: (``electricity``, value).
    """

    name: str
    path: str
    chain: int = 0
    about: str = ""
    area: str = ""
    use: str = ""
    count: int = 1
    time: Law | None = None
    each_s: float = 0.0
    speed_m_s: float | None = None
    length_m: float | None = None
    buffer: int | None = 0
    blocking: Blocking = Blocking.AFTER
    queue: QueueRule = QueueRule.FIFO
    begins: bool = False
    inputs: tuple[Input, ...] = ()
    adds: tuple[Input, ...] = ()
    makes: tuple[Output, ...] = ()
    to: tuple[Target, ...] = ()
    choose: Choose = Choose.FIRST_FREE
    arrivals: Law | None = None
    arrivals_lost_when_full: bool = False
    arrivals_batch: int = 1
    batch: Batch | None = None
    places: int | None = None
    loads: CarrierUse | None = None
    unloads: CarrierUse | None = None
    within: Within | None = None
    scrap: float = 0.0
    gate: Gate | None = None
    grades: tuple[Grade, ...] = ()
    setup: Setup = Setup()
    failures: tuple[Failure, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    works: str | None = None
    needs: tuple[tuple[str, int], ...] = ()
    brought_by: str | None = None
    at: str | tuple[float, float] | None = None
    web: Web | None = None
    tools: tuple[tuple[str, int], ...] = ()
    model: ModelUse | None = None
    recipe: tuple[SetPoint, ...] = ()
    steps: tuple[Procedure, ...] = ()
    measures: tuple[Characteristic, ...] = ()
    signals: tuple[Signal, ...] = ()
    alarms: tuple[AlarmText, ...] = ()
    marks: bool = False
    control: tuple[Control, ...] = ()
    power_w: tuple[tuple[str, float], ...] = ()
    standby_w: tuple[tuple[str, float], ...] = ()
    item_energy_j: tuple[tuple[str, float], ...] = ()
    capital: float | None = None
    capital_currency: str = ""
    floor_m2: float | None = None
    per_product: tuple[tuple[str, Segment], ...] = ()
    driver: Driver = Driver()
    time_unit: Unit = SECOND
