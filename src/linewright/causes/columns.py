"""Columns of facts as they are gathered: names become codes, what tells units apart is kept, what is the same of all is not."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from linewright.causes.facts import Fact, Sort
from linewright.causes.read import Floats, Ints

__all__ = ["Columns", "Stop"]


@dataclass(frozen=True, slots=True, eq=False)
class Stop:
    """Where and when units (or what they are made of) were at one station.

    Parameters
    ----------
    station
        Its path.
    machine
        From 1, int64 (n,); 0 where the unit was not there, or nothing is known.
    tool, tool_name
        From 1, int64 (n,); 0 where there is none; what it is called, such as ``nozzle``, ``lane``.
    time_s
        Seconds since the run's begin, float64 (n,); nan where unknown.
    sort
        What the tool is: `TOOL`, `LANE`, `PLACE`.
    """

    station: str
    machine: Ints
    tool: Ints
    tool_name: str
    time_s: Floats
    sort: Sort = Sort.TOOL


@dataclass(slots=True)
class Columns:
    """Facts of n units on their way into a table.

    Parameters
    ----------
    stations
        Paths, in the order of the line.
    """

    stations: tuple[str, ...]
    facts: dict[str, Fact] = field(default_factory=dict)

    def order(self, station: str) -> int:
        """Return how far down the line a station is."""
        return self.stations.index(station) if station in self.stations else len(self.stations)

    def names(self, name: str, sort: Sort, station: str, codes: NDArray[np.integer], levels: tuple[str, ...]) -> None:
        """Take a fact of names, unless all units share one."""
        known = codes[codes >= 0]
        if len(known) and (known != known[0]).any():
            self._add(Fact(name, sort, station, self.order(station), codes.astype(np.int32), levels))

    def numbers(self, name: str, sort: Sort, station: str, values: Floats, unit: str) -> None:
        """Take a fact of numbers, unless all units share one."""
        known = values[np.isfinite(values)]
        if len(known) and (known != known[0]).any():
            self._add(Fact(name, sort, station, self.order(station), numbers=values, unit=unit))

    def stop(self, stop: Stop) -> None:
        """Take the facts of a station: which machine, which tool, when, and each place in time."""
        machines, tools = int(stop.machine.max(initial=0)), int(stop.tool.max(initial=0))
        if machines == 0:
            return
        known, name = stop.machine > 0, stop.station
        machine = np.where(known, stop.machine - 1, -1)
        machine_names = tuple(f"machine {m + 1}" for m in range(machines))
        if not known.all():  # a station that some pass by: whether a unit was there is a fact too
            self.names(f"{name} passed", Sort.VISITS, name, known.astype(np.int32), ("not there", "there"))
        places = [(f"{name} machine", Sort.MACHINE, machine, machine_names)] if len(np.unique(machine[known])) > 1 else []
        if len(np.unique(stop.tool[known])) > 1:
            tool = np.where(known & (stop.tool > 0), stop.tool - 1, -1)
            tool_names = tuple(f"{stop.tool_name} {t + 1}" for t in range(tools))
            if places:
                of_all = (f"{name} {stop.tool_name}, all machines", stop.sort, tool, tool_names)
                both = np.where(tool >= 0, machine * tools + tool, -1)
                pairs = tuple(f"{m}, {t}" for m in machine_names for t in tool_names)
                places += [of_all, (f"{name} {stop.tool_name}", stop.sort, both, pairs)]
            else:
                places = [(f"{name} {stop.tool_name}", stop.sort, tool, tool_names)]
        self.numbers(f"{name} time", Sort.TIME, name, stop.time_s, "s")
        for place, sort, codes, levels in places:
            self.names(place, sort, name, codes, levels)
            self.place_time(f"{place} and time", name, codes, levels, stop.time_s)

    def place_time(self, name: str, station: str, codes: NDArray[np.integer], levels: tuple[str, ...], time_s: Floats) -> None:
        """Take a fact of a place in time."""
        self._add(Fact(name, Sort.PLACE_TIME, station, self.order(station), codes.astype(np.int32), levels, time_s, "s"))

    def _add(self, fact: Fact) -> None:
        if fact.name not in self.facts:
            self.facts[fact.name] = fact
