"""Line time and wall time: how far the line may go now, and how far it is behind."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from linewright.model.errors import LinewrightError

__all__ = ["MAX", "LineClock", "parse_speed"]

#: As fast as it can.
MAX = math.inf

NS = 1_000_000_000


def parse_speed(text: str) -> float:
    """Return a speed: line seconds in one wall second; `MAX` for ``max``.

    Raises
    ------
    LinewrightError
        It is no number above 0.

    Examples
    --------
    >>> parse_speed("60"), parse_speed("max")
    (60.0, inf)
    """
    if text.strip().lower() == "max":
        return MAX
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not (0.0 < speed < math.inf):
        raise LinewrightError(f"--speed {text}: a number above 0 was expected (line seconds in one second, 1 is real time), or `max`.")
    return speed


class LineClock:
    """Line time as it follows from wall time.

    Parameters
    ----------
    speed
        Line seconds in one wall second; `MAX` has no clock: then `now` is always far ahead.
    line_ns
        Line time now, ns from the run's begin.
    wall
        Monotonic seconds; another one for tests.

    Examples
    --------
    >>> moments = iter([100.0, 100.5])
    >>> LineClock(60.0, 5_000_000_000, lambda: next(moments)).now()
    35000000000
    """

    def __init__(self, speed: float, line_ns: int, wall: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._wall = wall
        self._anchor_ns = line_ns
        self._anchor_wall = wall()

    def now(self) -> int:
        """Return the line time [ns] that wall time has come to; beyond everything where there is no clock."""
        if math.isinf(self.speed):
            return 1 << 62
        return self._anchor_ns + round((self._wall() - self._anchor_wall) * self.speed * NS)

    def behind_s(self, reached_ns: int) -> float:
        """Return how many wall seconds the line is behind its clock; 0 where there is none."""
        if math.isinf(self.speed):
            return 0.0
        return max(0.0, (self.now() - reached_ns) / (self.speed * NS))

    def hold(self, line_ns: int) -> None:
        """Let the clock stand at a line time: after a pause, go on from there."""
        self._anchor_ns = line_ns
        self._anchor_wall = self._wall()
