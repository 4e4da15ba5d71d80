"""`DriverSetup`: what the maker of a driver is given: the stations it shall serve, its settings from the line file, the run's begin."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from linewright.drivers.driver import Driver, DriverError
from linewright.kernels.table import Table
from linewright.model.plant import Plant
from linewright.model.station import Segment

__all__ = ["DriverFactory", "DriverSetup", "ServedStation"]


@dataclass(frozen=True, slots=True)
class ServedStation:
    """A station that a driver serves.

    Parameters
    ----------
    segment
        What the line file says of it.
    number
        Its number in commands and records.
    """

    segment: Segment
    number: int

    @property
    def path(self) -> str:
        """Return its path, as in tags."""
        return self.segment.path

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the tags of all signals that the line file describes here, machine by machine; those of channels have none."""
        return tuple(
            f"{self.path}/{machine + 1}/{signal.name}" + (f"/{k + 1}" if signal.count > 1 else "")
            for machine in range(self.segment.count)
            for signal in self.segment.signals
            if not signal.per
            for k in range(signal.count)
        )

    @property
    def channel_signals(self) -> tuple[str, ...]:
        """Return the names of the signals that each channel of a machine has: they are kept as curves (`CurveDriver`)."""
        return tuple(signal.name for signal in self.segment.signals if signal.per)


@dataclass(frozen=True)
class DriverSetup:
    """What the maker of a driver is given.

    Parameters
    ----------
    use
        The driver's name, as the line file writes it.
    stations
        The stations it serves.
    options
        Its settings, as the line file writes them; `credentials` names an entry of the key store.
    run
        A name of the run, the same after a restart and another in each new run: with a new one all numbers begin anew.
    begin_us
        The run's begin, UTC microseconds: line time 0.
    plant, table
        The whole line, and its station table.
    """

    use: str
    stations: tuple[ServedStation, ...]
    options: Mapping[str, str]
    run: str
    begin_us: int
    plant: Plant
    table: Table

    @property
    def paths(self) -> dict[int, str]:
        """Return the path of each station by its number."""
        return {station.number: station.path for station in self.stations}

    @property
    def numbers(self) -> dict[str, int]:
        """Return the number of each station by its path."""
        return {station.path: station.number for station in self.stations}

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the tags of all signals that the line file describes at these stations."""
        return tuple(tag for station in self.stations for tag in station.tags)

    def line_ns(self, wall_ns: int) -> int:
        """Return the line time [ns] of a moment of wall time [ns since 1970, UTC], as records and samples carry it."""
        return wall_ns - self.begin_us * 1000

    def setting(self, name: str, example: str) -> str:
        """Return a setting that must be there.

        Raises
        ------
        DriverError
            It is not there; `example` shows what was expected.
        """
        value = self.options.get(name, "")
        if not value:
            raise DriverError(f"driver `{self.use}` needs `{name}`, such as `{example}`; none came.")
        return value

    def refuse_others(self, known: Collection[str]) -> None:
        """Raise where the line file gives settings that the driver does not know.

        Raises
        ------
        DriverError
            It names each, and the nearest that is known.

        Examples
        --------
        >>> from linewright.kernels.table import Table
        >>> setup = DriverSetup("scale", (), {"adress": "COM1"}, "r", 0, Plant("toy"), None)
        >>> setup.refuse_others(("address",))
        Traceback (most recent call last):
        ...
        linewright.drivers.driver.DriverError: driver `scale` has no setting `adress`. Nearest: `address`. It has: address.
        """
        strange = [name for name in self.options if name not in known]
        if strange:
            near = get_close_matches(strange[0], list(known), 1)
            hint = f" Nearest: `{near[0]}`." if near else ""
            names = ", ".join(f"`{name}`" for name in strange)
            raise DriverError(f"driver `{self.use}` has no setting {names}.{hint} It has: {', '.join(sorted(known))}.")


#: Makes a driver that is not connected yet. Raises DriverError where a setting is missing or wrong.
DriverFactory: TypeAlias = Callable[[DriverSetup], Driver]
