"""What a reader hands out: rows with their names, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.ledger.blocks import Layout


@dataclass(frozen=True, slots=True)
class Header:
    """The row of the table `run`: what the run is (times UTC in microseconds, None where not known)."""

    run: str
    name: str
    source: str
    plan: str
    seed: int | None
    speed: float | None
    begin_us: int
    created_us: int
    line_us: int | None
    ended_us: int | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing: unit, lot, web, carrier, or a protocol or step of an import.

    Parameters
    ----------
    key, id
        Its number and its text.
    kind
        ``unit``, ``lot``, ``web``, ``carrier``; of an import what the source calls it.
    material
        None where unknown.
    made_us, amount, machine
        When, how much (mm of a web, else 1000ths of the material's SI unit or a count), by which machine; None where unknown.
    carrier
        Key of the carrier of the range it belongs to (opening stock), else None.
    remark
        Such as ``absent`` or ``made before this run``.
    """

    key: int
    id: str
    kind: str
    material: str | None = None
    made_us: int | None = None
    amount: int | None = None
    machine: str | None = None
    carrier: int | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One unit at one step; `values` in SI, shape (characteristics, places), nan where there is none; `layout` None where nothing is measured."""

    row: int
    unit: int
    step: str
    machine: str | None
    tool: int | None
    in_us: int | None
    start_us: int | None
    done_us: int | None
    out_us: int | None
    verdict: int | None
    grade: str | None
    layout: Layout | None
    values: NDArray[np.float64] | None


@dataclass(frozen=True, slots=True)
class StateSpan:
    """A machine in one state for a time; `to_us` None while it lasts. `from_us` is when it began, also where that is before the asked time."""

    machine: str
    from_us: int
    to_us: int | None
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `body` is what was written."""

    seq: int
    line_us: int | None
    wall_us: int
    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """The state of the whole line at a moment, as written (JSON text)."""

    seq: int
    line_us: int
    wall_us: int
    body: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A signal for drawing: for each interval the lowest and highest sample (nan where there is none).

    Parameters
    ----------
    times_us
        Middle of each interval, int64, shape (n,).
    low, high
        float64, shape (n,).
    every_us
        Width of an interval.
    """

    times_us: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    every_us: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A characteristic along the metres of a web: ``values[i]`` holds from ``start_mm + i * step_mm``; SI."""

    web: int
    characteristic: str
    side: str | None
    lane: int | None
    start_mm: int
    step_mm: int
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MapRow:
    """One row of `piece_map`: ``parent = a_mm + b * child`` for child millimetres in [child_lo_mm, child_hi_mm)."""

    child: int
    child_lo_mm: int
    child_hi_mm: int
    parent: int
    a_mm: float
    b: float
    lane: int | None
    across_lo_mm: float | None
    across_hi_mm: float | None
    is_mirrored: bool
    is_sides_swapped: bool
    error_mm: float
    drift: float
    step: str | None
    made_us: int | None


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """Millimetres of a web that came from a batch; the amounts are how much of the batch had been drawn (None where not known)."""

    web: int
    lo_mm: int
    hi_mm: int
    batch: int
    amount_lo: int | None
    amount_hi: int | None
    error_mm: float
    side: str | None


@dataclass(frozen=True, slots=True)
class ConsumeRow:
    """A piece of a web that went into a unit; limits of error of its ends as in `MapRow` (the run's fact ``roles`` tells them once for each role)."""

    web: int
    lo_mm: int
    hi_mm: int
    unit: int
    role: str | None
    error_mm: float
    drift: float


@dataclass(frozen=True, slots=True)
class LostRow:
    """A piece of a lot that was thrown away: ``rest`` of a coil at a change, ``old`` (beyond its shelf life), ``splice``."""

    lot: int
    lo_mm: int
    hi_mm: int
    machine: str | None
    time_us: int
    why: str


@dataclass(frozen=True, slots=True)
class MountRow:
    """A lot on an input of a machine; `to_us` None while it is there."""

    machine: str
    input: str
    lot: int
    from_us: int
    to_us: int | None


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A unit on a place of a carrier; `from_us` None where it lay there before the run, `to_us` None while it does."""

    unit: int
    carrier: int
    place: int
    from_us: int | None
    to_us: int | None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Parent and child; `basis` is ``stated`` or ``rule`` (then `rule` names it)."""

    parent: int
    child: int
    basis: str
    rule: str | None
    role: str | None
    source: str | None
    remark: str | None


@dataclass(frozen=True, slots=True)
class Observation:
    """A value of a thing: what we work with, what was stated, what was written; `value` and `stated` in `unit`, `text` where it is no number."""

    thing: int
    characteristic: str
    value: float | None
    unit: str | None
    stated: float | None
    literal: str | None
    text: str | None
    source: str | None
    step: int | None
    time_us: int | None
    remark: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubtful thing: its kind, whose, where it stands, what stands there, what was made of it."""

    kind: str
    thing: int | None
    id: str | None
    source: str | None
    found: str | None
    done: str | None
