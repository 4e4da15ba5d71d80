"""Curves of a station's channels: what its class draws of a cell in time, as a few points joined by straight lines.

A class that has them names what they follow from (`CURVE`), how many phases a visit has (`PHASES`) and gives `curve` in its ``model.py``
(docs/library.md). Where the points lie is found once a station, on its nominal cell: at the same shares of each phase for all cells, so that only
their times and heights differ.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.library.process import Array, Process
from linewright.model.errors import LinewrightError
from linewright.model.quantity import unit_reading
from linewright.model.values import SECOND, Signal, Unit

__all__ = ["POINTS_MOST", "CurveSignal", "StationCurves", "corners", "curve_signals", "thinned"]

#: Most points of a curve.
POINTS_MOST = 64
#: Points of each phase on which the corners are looked for.
FINE = 513

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class CurveSignal:
    """One line of a curve, the first of them time.

    Parameters
    ----------
    name, unit
        Its name, and the unit it is shown in.
    error, resolution
        Limit of the meter's error and stored step, SI.
    total
        Unit of its sum over hours: ``Ah`` of a current, ``Wh`` of a power; empty where nobody sums it.
    """

    name: str
    unit: Unit
    error: float
    resolution: float
    total: str = ""


def curve_signals(signals: Sequence[Signal]) -> tuple[CurveSignal, ...]:
    """Return the lines of a station's curves, time first; nothing where it has no signals `per` tool.

    A value is stored in steps of a power of ten that is a twentieth of the meter's error or less, time in such a tenth of the sampling or less.

    Examples
    --------
    >>> from linewright.model.values import Unit
    >>> volts = Signal("voltage", 0.0, 5.0, every_s=10.0, error=0.005, unit=Unit("V"), per="channel")
    >>> [(s.name, s.resolution) for s in curve_signals([volts])]
    [('time', 1.0), ('voltage', 0.0001)]
    """
    drawn = [s for s in signals if s.per]
    if not drawn:
        return ()
    every_s = min(s.every_s for s in drawn)
    time = CurveSignal("time", SECOND, every_s, step_of(every_s / 10.0))
    totals = {unit_reading(text).dimension: f"{text}h" for text in ("A", "W")}
    return (
        time,
        *(CurveSignal(s.name, s.unit, s.error, step_of(s.error / 20.0), totals.get(unit_reading(s.unit.text).dimension, "")) for s in drawn),
    )


def step_of(width: float) -> float:
    """Return the largest power of ten that is not above a width."""
    return float(f"1e{math.floor(math.log10(width) + 1e-9)}")


class StationCurves:
    """The curves at one station.

    Parameters
    ----------
    process
        Its class.
    values
        What its process model is asked with where nothing else is said, SI.
    signals
        From `curve_signals`.
    nominal
        The mean of each characteristic that the curves follow from, as far as the line measures it, and the ``time`` of a visit; SI.
    path
        Of the station, for messages.

    Raises
    ------
    LinewrightError
        The class has no curves, or not these; or so small an error of the meter takes more than `POINTS_MOST` points.
    """

    def __init__(
        self, process: Process | None, values: Mapping[str, Any], signals: tuple[CurveSignal, ...], nominal: Mapping[str, float], path: str
    ) -> None:
        model = process.model if process is not None else None
        if process is None or model is None or not hasattr(model, "curve"):
            raise LinewrightError(
                f"stations.{path}.signals: `per` asks for curves, and the station's class has no model of them.\n"
                f"    Leave `per` out, or use a class whose model.py has `curve`, such as formation-cabinet."
            )
        self.signals = signals
        self.follows: tuple[str, ...] = tuple(model.CURVE)
        self._process, self._phases = process, int(model.PHASES)
        self._given = process.arguments(values)
        self._nominal = {name: self._given[0][name] for name in self.follows if name in self._given[0]} | {
            name: np.full(1, value) for name, value in nominal.items()
        }
        lacking = [name for name in self.follows if name not in self._nominal]
        if lacking:
            raise LinewrightError(
                f"stations.{path}: its curves follow from {', '.join(lacking)}, which no station measures. Write it under the station's `measures`."
            )
        self._shares = self._corner_shares(path)
        self.signals = (self._fine_time(), *signals[1:])

    @property
    def points(self) -> int:
        """Return how many points each curve has."""
        return sum(len(s) for s in self._shares)

    def of(self, cells: Mapping[str, Array], duration_s: float) -> Numbers:
        """Return the curves of n cells as whole numbers of each signal's step.

        Parameters
        ----------
        cells
            Characteristics in `follows`, float64 (n,), SI; what is absent or nan has its nominal value.
        duration_s
            How long the visit lasted [s]; curves that were not through by then are cut off there.

        Returns
        -------
        int32, shape (n, signals, points), time first.
        """
        n = max((len(v) for v in cells.values()), default=1)
        course = self._course(self._shares, cells, n, duration_s)
        cut(course, duration_s)
        return np.stack([np.rint(course[s.name] / s.resolution).astype(np.int32) for s in self.signals], axis=1)

    def _course(self, shares: Sequence[Array], cells: Mapping[str, Array], n: int, duration_s: float) -> dict[str, Array]:
        cell = {name: self._nominal[name] * np.ones((n, 1)) for name in self.follows}
        cell |= {name: np.where(np.isfinite(v), v, self._nominal[name])[:, None] for name, v in cells.items()}
        return self._process.called("curve", shares, cell | {"time": np.full((n, 1), duration_s)}, *self._given)

    def _corner_shares(self, path: str) -> list[Array]:
        """Return for each phase the shares at which the nominal cell's curve is bent: straight lines stay within half the meter's error."""
        fine = [np.linspace(0.0, 1.0, FINE)] * self._phases
        course = self._course(fine, {}, 1, float(self._nominal["time"][0]))
        strange = sorted(set(course) ^ {s.name for s in self.signals})
        if strange:
            raise LinewrightError(
                f"stations.{path}.signals: the curves of its class are {', '.join(sorted(set(course) - {'time'}))}; "
                f"with `per` the station states {', '.join(s.name for s in self.signals[1:])}."
            )
        rows = [course[s.name][0].reshape(len(fine), FINE) / (0.5 * s.error) for s in self.signals[1:]]
        shares = [phase[corners(phase, [row[p] for row in rows])] for p, phase in enumerate(fine)]
        wanted = sum(len(s) for s in shares)
        if wanted > POINTS_MOST:
            errors = ", ".join(f"{s.name} {s.error / s.unit.scale:g} {s.unit.text}" for s in self.signals[1:])
            raise LinewrightError(
                f"stations.{path}.signals: straight lines within {errors} take {wanted} points, and a curve has {POINTS_MOST} at most.\n"
                f"    Write a larger `error`."
            )
        return shares

    def _fine_time(self) -> CurveSignal:
        """Return the time line with steps so small that half a step moves the steepest line by a quarter of its meter's error at most."""
        course = self._course(self._shares, {}, 1, float(self._nominal["time"][0]))
        width = np.diff(course["time"][0])
        steep = max(float(np.max(np.abs(np.diff(course[s.name][0]))[width > 0.0] / width[width > 0.0])) / s.error for s in self.signals[1:])
        return replace(self.signals[0], resolution=step_of(min(self.signals[0].resolution, 0.5 / steep if steep > 0.0 else math.inf)))


def corners(times: Array, curves: Sequence[Array], most: int | None = None) -> NDArray[np.int64]:
    """Return indices such that straight lines between them leave no curve by more than 1, or as near as `most` points come to that.

    The segment that is farthest off is split first, where it is farthest off (Ramer, Douglas and Peucker, with vertical distances).

    Parameters
    ----------
    times
        Never falling, shape (n,), n at least 1.
    curves
        Values there, each of shape (n,), in units of what is allowed.
    most
        Most indices returned, at least 2; None: as many as it takes.

    Examples
    --------
    >>> corners(np.arange(4.0), [np.array([0.0, 10.0, 20.0, 0.0])]).tolist()
    [0, 2, 3]
    """
    last = len(times) - 1
    keep, todo = {0, last}, [_farthest(times, curves, 0, last)]
    while todo and todo[0][0] < -1.0 and (most is None or len(keep) < most):
        _, a, middle, b = heapq.heappop(todo)
        keep.add(middle)
        for part in ((a, middle), (middle, b)):
            heapq.heappush(todo, _farthest(times, curves, *part))
    return np.array(sorted(keep), np.int64)


def _farthest(times: Array, curves: Sequence[Array], a: int, b: int) -> tuple[float, int, int, int]:
    """Return (minus the largest distance from the straight line, a, where, b) of the points between two."""
    if b - a < 2:
        return 0.0, a, a, b
    t = times[a + 1 : b] - times[a]
    width = float(times[b] - times[a])
    share = t / width if width > 0.0 else np.zeros(len(t))
    off = np.max([np.abs(y[a + 1 : b] - (y[a] + (y[b] - y[a]) * share)) for y in curves], axis=0)
    worst = int(np.argmax(off))
    return -float(off[worst]), a, a + 1 + worst, b


def thinned(times: Array, values: Mapping[str, Array], signals: Sequence[CurveSignal]) -> Numbers:
    """Return a measured curve as whole numbers of few points, int32 (signals, k), k at most `POINTS_MOST`.

    Parameters
    ----------
    times
        Seconds from the start of the work, never falling, shape (n,).
    values
        Of each signal, SI, shape (n,).
    signals
        Time first. Straight lines stay within half a meter's error, as far as `POINTS_MOST` points can.
    """
    if len(times) == 0:
        return np.zeros((len(signals), 0), np.int32)
    chosen = corners(times, [values[s.name] / (0.5 * s.error) for s in signals[1:]], POINTS_MOST)
    found = {"time": times, **values}
    return np.stack([np.rint(found[s.name][chosen] / s.resolution).astype(np.int32) for s in signals])


def cut(course: dict[str, Array], end_s: float) -> None:
    """Let every curve end at `end_s`: points beyond it are laid on its end, at the height the curve has there."""
    t_s = course["time"]
    for row in np.flatnonzero(t_s[:, -1] > end_s * (1.0 + 1e-9)):
        held = np.minimum(t_s[row], end_s)
        for name, values in course.items():
            if name != "time":
                values[row] = np.interp(held, t_s[row], values[row])
        t_s[row] = held
