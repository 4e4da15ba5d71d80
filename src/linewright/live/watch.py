"""Watch-dogs: a driver that is silent, a disk that fills up, a loop that falls behind. Pure decisions; the loop asks them and acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linewright.drivers.driver import Connection, Driver

__all__ = ["SILENT_PERIODS", "BehindWatch", "Heard", "SilenceWatch"]

#: A driver that was not heard for so many of its periods has no data.
SILENT_PERIODS = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """A change in whether a driver is heard: its place among the watched, whether it is now, its connection and its age [wall s] (None: never)."""

    number: int
    is_heard: bool
    connection: Connection
    age_s: float | None


def is_silent(driver: Driver, deaf_s: float = 0.0) -> bool:
    """Tell whether a driver has no data now; `deaf_s` is how long this process has not listened, which is not the driver's silence."""
    age = driver.age_s()
    return driver.connection is not Connection.CONNECTED or age is None or age - deaf_s > SILENT_PERIODS * driver.manifest.period_s


class SilenceWatch:
    """Tells when a driver falls silent and when it is heard again.

    Parameters
    ----------
    drivers
        All of the run.

    Attributes
    ----------
    silent
        Which of them are silent as of the last look; set it where a run goes on.
    """

    def __init__(self, drivers: Sequence[Driver]) -> None:
        self._drivers = tuple(drivers)
        self.silent = [False] * len(self._drivers)

    def look(self, deaf_s: float = 0.0) -> list[Heard]:
        """Return what changed since the last look; `deaf_s` as of `is_silent`."""
        changes = []
        for number, driver in enumerate(self._drivers):
            silent = is_silent(driver, deaf_s)
            if silent != self.silent[number]:
                self.silent[number] = silent
                changes.append(Heard(number, not silent, driver.connection, driver.age_s()))
        return changes

    def silent_drivers(self) -> tuple[int, ...]:
        """Return the numbers of those that are silent as of the last look."""
        return tuple(number for number, silent in enumerate(self.silent) if silent)


class BehindWatch:
    """Tells when the line falls behind its clock, and when it has caught up; it speaks once each time.

    Parameters
    ----------
    limit_s
        Wall seconds behind from which it speaks; below half of it the line has caught up.

    Examples
    --------
    >>> watch = BehindWatch(2.0)
    >>> [watch.look(s) for s in (0.1, 2.5, 3.0, 1.5, 0.5)]
    [None, True, None, None, False]
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._is_behind = False

    def look(self, behind_s: float) -> bool | None:
        """Return True when the line has fallen behind, False when it has caught up, None where nothing changed."""
        if not self._is_behind and behind_s > self._limit_s:
            self._is_behind = True
            return True
        if self._is_behind and behind_s < 0.5 * self._limit_s:
            self._is_behind = False
            return False
        return None
