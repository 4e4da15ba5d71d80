"""Figures of fleets: how busy the vehicles are, with what, and how long goods wait for them.

====================  ======================================================================================================================
loaded, empty         driving with goods; driving to goods, to the chargers, or back (without a map, loading and unloading count as loaded)
handling              loading and unloading
waiting               at a zone that is full, or for a charger
charging, fault       at a charger; failed, with the waiting for people
idle                  standing ready, or on the way to the park
busy                  all but idle. A fleet that is busier than every station is active is the bottleneck.
wait                  of goods: from the moment at which their machine was ready to hand them over to the end of loading (without a map: to the call)
delivery              of goods: from the same moment to their arrival
late                  goods that came to an empty queue with a machine behind it that had nothing to do: the station missed them
lowest                least charge that any battery had when its vehicle came to rest; below 0 its trip was longer than the battery lasts
====================  ======================================================================================================================

`longest` and `lowest` are those of the run from its begin; all else is of the stretch of time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.control.compile import Compiled
from linewright.kernels.state import (
    T_BLOCKED,
    T_CHARGING,
    T_CREW,
    T_EMPTY,
    T_EXECUTE,
    T_HANDLING,
    T_REPAIR,
    T_STARVED,
    State,
)

__all__ = ["FleetFigures", "FleetTally", "fleet_figures", "fleet_tally"]

COUNTS = ("trips", "fetched", "brought", "late", "charges")
SHARES: Mapping[str, tuple[int, ...]] = {
    "loaded": (T_EXECUTE,), "empty": (T_EMPTY,), "handling": (T_HANDLING,), "waiting": (T_BLOCKED,), "charging": (T_CHARGING,),
    "fault": (T_REPAIR, T_CREW), "idle": (T_STARVED,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FleetTally:
    """What one fleet did in a stretch of time, as whole numbers that add up.

    Parameters
    ----------
    span_ns
        Its length.
    counts
        By `COUNTS`.
    wait_ns, bring_ns
        Sums over goods.
    times
        int64 ns, shape (`state.TIMES`,), all vehicles together.
    longest_ns, lowest_ns
        From the run's begin to the end of the stretch.
    """

    span_ns: int
    counts: tuple[int, ...]
    wait_ns: int
    bring_ns: int
    times: NDArray[np.int64]
    longest_ns: int
    lowest_ns: int

    def __sub__(self, other: FleetTally) -> FleetTally:
        return FleetTally(
            self.span_ns - other.span_ns,
            tuple(a - b for a, b in zip(self.counts, other.counts, strict=True)),
            self.wait_ns - other.wait_ns,
            self.bring_ns - other.bring_ns,
            self.times - other.times,
            self.longest_ns,
            self.lowest_ns,
        )


@dataclass(frozen=True, slots=True)
class FleetFigures:
    """Figures of one fleet; shares 0 to 1 of its vehicles' time, times s, None where nothing was fetched (or there is no battery)."""

    fleet: str
    vehicles: int
    trips: int
    goods: int
    late: int
    wait_s: float | None
    longest_s: float | None
    delivery_s: float | None
    charges: int
    lowest: float | None
    busy: float
    shares: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return them as plain values."""
        return asdict(self)


def fleet_tally(compiled: Compiled, state: State) -> tuple[FleetTally, ...]:
    """Return what each fleet did from time 0 to a state's now; the difference of two is that of the time between.

    Parameters
    ----------
    compiled
        The line.
    state
        The kernel's state.
    """
    now = int(state.head[0].now)
    found = []
    for f in range(len(compiled.plant.vehicles)):
        row, station = state.fleets[f], compiled.table.stations[int(compiled.table.fleets[f].station)]
        rows = slice(int(station.machine0), int(station.machine0) + int(station.count))
        times = np.array(state.times[rows], np.int64)
        since, category = state.machines["since"][rows], state.machines["category"][rows]
        times[np.arange(len(times)), category] += now - since
        found.append(
            FleetTally(
                now,
                tuple(int(row[name]) for name in COUNTS),
                int(row.wait_s) * 10**9 + int(row.wait_ns),
                int(row.bring_s) * 10**9 + int(row.bring_ns),
                times.sum(axis=0),
                int(row.longest),
                int(row.lowest),
            )
        )
    return tuple(found)


def fleet_figures(compiled: Compiled, tallies: tuple[FleetTally, ...]) -> tuple[FleetFigures, ...]:
    """Return the figures of all fleets, in the order of the file."""
    return tuple(_figures(compiled, f, tally) for f, tally in enumerate(tallies))


def _figures(compiled: Compiled, f: int, tally: FleetTally) -> FleetFigures:
    row, vehicle = compiled.table.fleets[f], compiled.plant.vehicles[f]
    counts = dict(zip(COUNTS, tally.counts, strict=True))
    whole = float(tally.span_ns * vehicle.count) or 1.0
    shares = {name: float(tally.times[list(columns)].sum()) / whole for name, columns in SHARES.items()}
    fetched, brought = counts["fetched"], counts["brought"]
    return FleetFigures(
        vehicle.name,
        vehicle.count,
        counts["trips"],
        brought,
        counts["late"],
        tally.wait_ns / fetched / 1e9 if fetched else None,
        tally.longest_ns / 1e9 if fetched else None,
        tally.bring_ns / brought / 1e9 if brought else None,
        counts["charges"],
        tally.lowest_ns / int(row.run) if int(row.run) > 0 else None,
        1.0 - shares["idle"],
        shares,
    )
