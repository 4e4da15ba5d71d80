"""What the recorder must know of a line: names behind the numbers of the station table, and how webs and values follow from the plant."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from linewright.genealogy.faulted import FaultFacts
from linewright.ledger.blocks import Layout
from linewright.library.curves import CurveSignal, StationCurves
from linewright.library.station_models import StationModel
from linewright.model.values import Characteristic, EveryKind

__all__ = [
    "FRAME_SHIFT", "CarrierFacts", "InputFacts", "KindFacts", "LineFacts", "Rank", "StationFacts", "WebFacts", "layout_of", "profile_facts",
    "web_key",
]  # fmt: skip

#: A web that passes a station which rewinds or stretches it has new metres from there on: its key gets the number of that frame in these bits.
FRAME_SHIFT = 56


class Rank(StrEnum):
    """What sort of thing a kind is."""

    UNIT = "unit"
    WEB = "web"
    LOT = "lot"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True)
class KindFacts:
    """One kind of things of the station table.

    Parameters
    ----------
    material
        Name of the material or carrier.
    prefix
        Of its ids: ``prefix-serial``.
    rank
        What sort of thing.
    is_bought
        Its lots come from outside.
    first_serial
        The first that the run itself gives; smaller ones were made before.
    """

    material: str
    prefix: str
    rank: Rank
    is_bought: bool = False
    first_serial: int = 1


@dataclass(frozen=True, slots=True)
class InputFacts:
    """One input (slot) of a station: its name as it is told, parallel rolls, whether its pieces have metres, the frame in which its webs arrive."""

    name: str
    kind: int
    rolls: int = 1
    is_web: bool = False
    is_bulk: bool = False
    frame: int = 0


@dataclass(frozen=True, slots=True)
class WebFacts:
    """How the web that leaves a station lies on what entered.

    Parameters
    ----------
    enter_mm, leave_mm
        Lengths before and behind; at a station that makes a coil, `enter_mm` is what is coated, `leave_mm` what is kept.
    is_rewound, elongation, loss, trim_start_mm, trim_end_mm
        As in the line file.
    lanes, lane_width_mm, width_mm
        How it is slit; widths None where not stated.
    error_mm, drift
        Limits of the machine's counter.
    frame_in, frame_out
        Numbers of the metres before and behind.
    name_out
        Behind the id of the web, where its metres are new: ``@cathode-calender``.
    delay_ml
        Volume between batch and web (the pipe), as far as the web uses bulk; 0 without.
    """

    enter_mm: int
    leave_mm: int
    is_rewound: bool = False
    elongation: float = 0.0
    loss: float = 0.0
    trim_start_mm: int = 0
    trim_end_mm: int = 0
    lanes: int = 1
    lane_width_mm: float | None = None
    width_mm: float | None = None
    error_mm: float = 0.0
    drift: float = 0.0
    frame_in: int = 0
    frame_out: int = 0
    name_out: str = ""
    delay_ml: int = 0


@dataclass(frozen=True, slots=True)
class StationFacts:
    """One station of the table.

    Parameters
    ----------
    path, machines
        Its path, and how many machines it has.
    kind
        Of the things it hands on.
    inputs
        In the order of the table's slots.
    web
        None where nothing changes on a web here.
    of_items
        Characteristics with a value for each item (or each place of a carrier).
    every_items
        One value in so many starts, for each of `of_items`.
    of_webs
        Characteristics measured along the metres.
    sides, lanes
        Of the profiles: side names (None: not told apart), number of lanes (1: not told apart).
    holds, inner
        Where items are carriers: places, and the kind that lies on them. 0: items are single.
    grades, failures
        Names; failures are reasons that are alarms.
    is_single
        Whether its machines work on one item at a time (no oven, store or carrier's loader).
    enters
        Kind of the things that pass or end here; -1 where something new begins.
    model
        Process model that gives what is measured along webs here; None: the characteristics' own means hold.
    curve_signals, curves
        What its channels draw of a unit in time, time first; and what draws it where the machines are emulated.
    curve_values
        What the curves follow from and other stations measure: name, key of its draw, characteristic.
    number, amount
        In the station table; mm, mL or g of a lot that passes, else 1.
    is_real
        Whether its machines are real: only what they measured is a value, nothing is drawn.
    to
        Where what it makes goes: station (``out``: it leaves the line) and grade (None: any).
    """

    path: str
    machines: int = 1
    kind: int = 0
    inputs: tuple[InputFacts, ...] = ()
    web: WebFacts | None = None
    of_items: tuple[Characteristic, ...] = ()
    every_items: tuple[int, ...] = ()
    of_webs: tuple[Characteristic, ...] = ()
    sides: tuple[str | None, ...] = (None,)
    lanes: int = 1
    holds: int = 0
    inner: int = 0
    grades: tuple[str, ...] = ()
    failures: frozenset[str] = frozenset()
    is_single: bool = True
    enters: int = -1
    model: StationModel | None = None
    curve_signals: tuple[CurveSignal, ...] = ()
    curves: StationCurves | None = None
    curve_values: tuple[tuple[str, str, Characteristic], ...] = ()
    is_real: bool = False
    to: tuple[tuple[str, str | None], ...] = ()
    number: int = 0
    amount: int = 1


@dataclass(frozen=True, slots=True)
class CarrierFacts:
    """One kind of carriers: how many units it holds, and the kind of these."""

    kind: int
    holds: int
    inner: int


@dataclass(frozen=True, slots=True)
class LineFacts:
    """All that the recorder must know.

    Parameters
    ----------
    kinds, stations, reasons
        By the numbers of the station table.
    seed, replication
        Key of all draws.
    begin_us
        Line time of kernel time 0, UTC in microseconds.
    plan
        Digest of the line file.
    roles
        Limits of error of pieces, by the name of the input: (error_mm, drift).
    faults
        Injected, in the order of the station table.
    carriers
        Those that are loaded and unloaded.
    """

    kinds: tuple[KindFacts, ...]
    stations: tuple[StationFacts, ...]
    reasons: tuple[str, ...] = ()
    seed: int = 1
    replication: int = 0
    begin_us: int = 0
    plan: str = ""
    roles: dict[str, tuple[float, float]] = field(default_factory=dict)
    carriers: tuple[CarrierFacts, ...] = ()
    faults: tuple[FaultFacts, ...] = ()


def web_key(item: int, frame: int) -> int:
    """Return the key of a web's metres in one of its frames (frame 0: as it was made)."""
    return item | frame << FRAME_SHIFT


def resolution_of(c: Characteristic) -> float:
    """Return the step in SI in which a characteristic is stored; where the model states none, a hundredth of its spread, to a power of ten.

    Examples
    --------
    >>> from linewright.model.values import Window
    >>> resolution_of(Characteristic("x", Window(None, None, None), mean=5.0, spread=0.03))
    0.0001
    """
    if c.resolution > 0.0:
        return c.resolution
    width = c.spread or abs(c.centre) * 0.01 or 1.0
    return float(10.0 ** math.floor(math.log10(width / 100.0)))


def layout_of(measures: tuple[Characteristic, ...]) -> Layout:
    """Return what the values of a visit mean."""
    return Layout(
        tuple(c.name for c in measures),
        tuple(c.unit.text for c in measures),
        tuple(resolution_of(c) for c in measures),
        tuple((c.window.lower, c.window.target, c.window.upper) for c in measures),
        tuple(c.unit.scale for c in measures),
        tuple(c.unit.offset for c in measures),
    )


def is_of_web(c: Characteristic) -> bool:
    """Tell whether a characteristic is measured along metres."""
    return c.every.kind is EveryKind.LENGTH


def profile_facts(facts: LineFacts) -> dict[str, list[Any]]:
    """Return what profiles mean, for JSON: by ``kind:frame:characteristic`` its unit (text, scale, offset), limits in SI and station."""
    return {
        f"{s.kind}:{s.web.frame_out if s.web is not None else 0}:{c.name}": [
            c.unit.text, c.unit.scale, c.unit.offset, c.window.lower, c.window.target, c.window.upper, s.path,
        ]
        for s in facts.stations
        for c in s.of_webs
    }  # fmt: skip
