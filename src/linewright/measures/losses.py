"""The loss tree: from what a station could have made to what it made well, cause by cause, in units that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from linewright.control.compile import Compiled
from linewright.kernels.table import ITEM
from linewright.measures.tally import BLOCKED, CHANGE, COUNTS, FAULT, OFF, PLANNED, SETUP, STARVED, STOPPED, UTILITY, WORK, Tally, times_of
from linewright.model.station import Measure

__all__ = ["Loss", "Losses", "losses_of", "unit_stations"]

_DONE, _GOOD = COUNTS.index("done"), COUNTS.index("good")


@dataclass(frozen=True, slots=True)
class Loss:
    """Units lost by one cause.

    Causes are ``held``, ``waiting``, ``changes`` (of coils), ``setups`` (of products), ``planned``, ``stopped`` (by hand), ``rejects``, ``speed``,
    ``other`` (rounding; the item in work).
    """

    cause: str
    count: int


@dataclass(frozen=True, slots=True)
class Losses:
    """What the station that sets the pace could have made in its open time, what it made well, and what lies between, the largest first."""

    station: str
    possible: int
    good: int
    parts: tuple[Loss, ...]


def unit_stations(compiled: Compiled) -> list[int]:
    """Return the numbers of the stations that work on single units, which alone can set a line's pace by the piece."""
    table = compiled.table
    return [
        p.number
        for p in compiled.flow.stations
        if not p.carried and p.measure is Measure.COUNT and int(table.stations[p.number]["flow"]) == ITEM and not p.leave_mm
    ]


def losses_of(compiled: Compiled, tally: Tally, stations: Sequence[int] | None = None) -> Losses | None:
    """Return the losses of a stretch of time; None where no station works on single units.

    Parameters
    ----------
    compiled
        The line.
    tally
        What happened.
    stations
        Those of which the busiest is told; None: `unit_stations`.
    """
    numbers = unit_stations(compiled) if stations is None else stations
    active = {n: float(_times(compiled, tally, n)[[WORK, CHANGE, SETUP, FAULT, PLANNED, STOPPED]].sum()) / _machines(compiled, n) for n in numbers}
    busiest = max(active, key=active.__getitem__, default=None)
    if busiest is None:
        return None
    times = _times(compiled, tally, busiest)
    done, good = (int(tally.counts[busiest, i]) for i in (_DONE, _GOOD))
    row = compiled.table.stations[busiest]
    item_ns = float(compiled.table.laws[int(row["law"])]["mean"]) * 1e9
    if int(row["variant0"]) > 0:  # its products take different times: a unit is the mean of those that it made, and nothing is lost by speed
        item_ns = float(times[WORK]) / done if done else 0.0
    if item_ns <= 0.0:
        return None
    possible = round((float(times.sum()) - float(times[OFF])) / item_ns)
    parts = {
        "held": times[FAULT] / item_ns, "waiting": (times[STARVED] + times[BLOCKED] + times[UTILITY]) / item_ns,
        "changes": times[CHANGE] / item_ns,
        "setups": times[SETUP] / item_ns, "planned": times[PLANNED] / item_ns, "stopped": times[STOPPED] / item_ns,
        "rejects": float(done - good),
        "speed": max(0.0, times[WORK] / item_ns - done),
    }  # fmt: skip
    whole = {cause: round(float(n)) for cause, n in parts.items()}
    whole["other"] = possible - good - sum(whole.values())
    told = tuple(Loss(cause, n) for cause, n in sorted(whole.items(), key=lambda each: -each[1]) if n)
    return Losses(compiled.stations[busiest], possible, good, told)


def _times(compiled: Compiled, tally: Tally, number: int) -> Any:
    row = compiled.table.stations[number]
    return times_of(tally, row)


def _machines(compiled: Compiled, number: int) -> int:
    return max(1, int(compiled.table.stations[number]["count"]))
