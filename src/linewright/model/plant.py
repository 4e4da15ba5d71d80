"""The `Plant`: one frozen value that a line file loads to (DESIGN, section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from linewright.model.station import Batch, Clock, Failure, Maintenance, Measure, Segment
from linewright.model.values import Law, Origin, SetPoint, Signal

__all__ = [
    "Batch",
    "Carrier",
    "Clock",
    "Energy",
    "Equipment",
    "Fault",
    "FaultEffect",
    "JobOrder",
    "Level",
    "Material",
    "People",
    "Plant",
    "Road",
    "RunPlan",
    "ShiftPlan",
    "Start",
    "Utility",
    "Vehicle",
    "Zone",
]


class Level(StrEnum):
    """ISA-95 equipment levels used here."""

    SITE = "Site"
    AREA = "Area"
    PRODUCTION_LINE = "ProductionLine"
    WORK_CELL = "WorkCell"
    WORK_UNIT = "WorkUnit"
    STORAGE_UNIT = "StorageUnit"


@dataclass(frozen=True, slots=True)
class Equipment:
    """One piece of equipment of any level: its path (``winder/7``), its parent's path, and the segment it serves (None for a site or area)."""

    path: str
    level: Level
    parent: str | None
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """A material definition. `price` per SI unit of `measure`, in `currency`; `waste` a share of what is drawn; `prefix` of its serials."""

    name: str
    prefix: str = ""
    price: float | None = None
    currency: str = ""
    co2_kg: float | None = None
    density_kg_m3: float | None = None
    shelf_life_s: float | None = None
    stock: float | None = None
    delivery_every_s: float | None = None
    delivery_amount: float | None = None
    waste: float = 0.0
    properties: tuple[SetPoint, ...] = ()
    bought: bool = False
    measure: Measure = Measure.COUNT


@dataclass(frozen=True, slots=True)
class Carrier:
    """Tray, rack, magazine, pallet; `count` None is unlimited."""

    name: str
    holds: int = 1
    count: int | None = None
    empty_return_s: float = 0.0
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """A crew; `works` names a shift plan, None means always."""

    name: str
    count: int = 1
    works: str | None = None
    cost_s: float | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A fleet. A trip with goods lasts ``load + distance / speed + unload``; `time` (a law) replaces that where given.

    `battery` holds run and charge in s, charge_below as a share, chargers; they stand at `battery_at`.
    """

    name: str
    count: int = 1
    speed_m_s: float = 0.0
    load_s: float = 0.0
    unload_s: float = 0.0
    holds: int = 1
    dispatch: str = "longest-waiting"
    distance_m: float | None = None
    time: Law | None = None
    uses_roads: bool = False
    park: str | None = None
    battery: tuple[tuple[str, float], ...] = ()
    failures: tuple[Failure, ...] = ()
    battery_at: str | None = None


@dataclass(frozen=True, slots=True)
class Road:
    """One way between two points; `length_m` None is the straight line."""

    start: str
    end: str
    one_way: bool = False
    length_m: float | None = None
    speed_m_s: float | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """A crossing: at most `vehicles` at a time within `radius_m` of the point."""

    point: str
    vehicles: int = 1
    radius_m: float = 3.0


@dataclass(frozen=True, slots=True)
class Utility:
    """A shared supply; while it is down the stations it serves are held. `power_w` by carrier of energy."""

    name: str
    serves: tuple[str, ...]
    power_w: tuple[tuple[str, float], ...] = ()
    recipe: tuple[SetPoint, ...] = ()
    signals: tuple[Signal, ...] = ()
    failures: tuple[Failure, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """Working hours: weekdays (0 is Monday), spans and breaks in seconds of the day (an end before its start is on the next day), free dates."""

    name: str
    days: tuple[int, ...]
    hours_s: tuple[tuple[int, int], ...]
    breaks_s: tuple[tuple[int, int], ...] = ()
    holidays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Energy:
    """A carrier of energy: price per J in `currency`, kg CO2 per J."""

    name: str
    price_j: float | None = None
    currency: str = ""
    co2_kg_j: float | None = None


@dataclass(frozen=True, slots=True)
class JobOrder:
    """What to make (OPC 10031-4): product, amount, priority (higher first), release and due in s after the run's begin."""

    product: str
    amount: int
    priority: int = 1
    release_s: float = 0.0
    due_s: float | None = None


@dataclass(frozen=True, slots=True)
class FaultEffect:
    """What a fault, acting wholly, adds to the mean and to the spread of a characteristic measured at a station, SI."""

    station: str
    characteristic: str
    mean: float
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """An injected fault: kind, where, how large (a share or SI), from when, for how long (None: to the end).

    `machine` and `tool_number` count from 1, None: all. `shown` is the size as it was written. What follows from the class's process model
    (`effects`), and how the fault goes in time (it grows for `over_s`, it acts in the first half of each `period_s`), comes from the library.
    """

    fault: str
    station: str
    size: float
    at_s: float
    for_s: float | None = None
    tool: str | None = None
    tool_number: int | None = None
    machine: int | None = None
    shown: str = ""
    over_s: float | None = None
    period_s: float | None = None
    effects: tuple[FaultEffect, ...] = ()


class Start(StrEnum):
    """How a run begins."""

    EMPTY = "empty"
    FILLED = "filled"


@dataclass(frozen=True, slots=True)
class RunPlan:
    """The `run` section. `begin_us` is UTC in microseconds, None means now (a twin: 2026-01-05 00:00)."""

    begin_us: int | None = None
    until_s: float = 86400.0
    start: Start = Start.EMPTY
    warm_up_s: float | None = None
    replications: int = 1
    seed: int = 1
    show: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plant:
    """Everything below a line or site: what `simulate` and `run` are given.

    `segments` are in file order. `origins` say where each value came from (`check --full`). `text` is the completed line file in its canonical
    form and `digest` its SHA-256: two plants with the same digest, loaded with the same libraries, behave the same. `variants` and `sweep` keep
    path and value as written; the value goes back in by `load(..., overrides=...)`. `alone` has for each station the products a second that the
    line would make if that station alone held it back: means, as on paper.
    """

    name: str
    about: str = ""
    level: str = "line"
    product: str = ""
    target_per_s: float | None = None
    segments: tuple[Segment, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    materials: tuple[Material, ...] = ()
    carriers: tuple[Carrier, ...] = ()
    people: tuple[People, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    points: tuple[tuple[str, float, float], ...] = ()
    roads: tuple[Road, ...] = ()
    zones: tuple[Zone, ...] = ()
    utilities: tuple[Utility, ...] = ()
    shifts: tuple[ShiftPlan, ...] = ()
    works: str | None = None
    time_zone: str = "UTC"
    energy: tuple[Energy, ...] = ()
    energy_profile: str = ""
    orders: tuple[JobOrder, ...] = ()
    faults: tuple[Fault, ...] = ()
    keep_signals_s: float = 90 * 86400.0
    keep_records_s: float = 15 * 365.25 * 86400.0
    run: RunPlan = RunPlan()
    variants: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    sweep: tuple[tuple[str, tuple[str, ...]], ...] = ()
    origins: tuple[Origin, ...] = ()
    alone: tuple[tuple[str, float], ...] = ()
    text: str = ""
    digest: str = ""

    def segment(self, name: str) -> Segment:
        """Return the station of that name (or path). Raises KeyError."""
        for s in self.segments:
            if name in (s.name, s.path):
                return s
        raise KeyError(name)

    def material(self, name: str) -> Material:
        """Return the material of that name. Raises KeyError."""
        for m in self.materials:
            if m.name == name:
                return m
        raise KeyError(name)
