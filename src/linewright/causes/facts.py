"""What is known of where units came from: facts in columns, one row a unit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fact", "FactTable", "Sort"]


class Sort(StrEnum):
    """What a fact tells of a unit."""

    MACHINE = "machine"
    TOOL = "tool"
    LANE = "lane"
    PLACE = "place"
    CARRIER = "carrier"
    LOT = "lot"
    TIME = "time"
    PLACE_TIME = "place and time"
    ALONG = "position along"
    SHIFT = "shift"
    VISITS = "visits"
    VALUE = "measured value"
    SIGNAL = "signal"


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One upstream fact of all units.

    Parameters
    ----------
    name
        As it is shown, such as ``coater lane``.
    sort
        What it tells.
    station
        Path of the station it belongs to; empty where it belongs to none.
    order
        Of facts that separate equally well the one with the lowest number is named first: how far upstream.
    codes, levels
        Of names: int32 (n,), the place of the unit's name in `levels`; -1 is unknown. None where it is a number.
    numbers
        float64 (n,), in the shown unit or, of times, seconds since the run's begin; nan is unknown. None where it is a name.
        Where a fact has both, its sets are a level in an interval.
    unit
        The shown unit of the numbers.
    """

    name: str
    sort: Sort
    station: str = ""
    order: int = 0
    codes: NDArray[np.int32] | None = None
    levels: tuple[str, ...] = ()
    numbers: NDArray[np.float64] | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FactTable:
    """All upstream facts of some units.

    Parameters
    ----------
    ids
        Of the units, (n,).
    facts
        Each with n rows.
    begin_us
        Line time of second 0 of the facts of sort `TIME`, UTC microseconds.
    """

    ids: tuple[str, ...]
    facts: tuple[Fact, ...]
    begin_us: int = 0
