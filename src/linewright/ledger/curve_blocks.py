"""Curves of the places of a carrier as bytes: whole numbers, each point as the step from the one before, their bytes in planes, compressed.

Neighbouring cells have nearly the same steps, so the planes of the higher bytes are nearly empty and those of the low bytes repeat.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Curve", "CurveLine", "curve_numbers", "curve_of", "packed_curves"]

#: Level of compression: higher ones take several times the time for less than 3 % of the bytes.
LEVEL = 6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CurveLine:
    """One line of a curve.

    Parameters
    ----------
    name, unit, scale, offset
        Its name, the unit it is shown in, SI units in that, and the SI value of its zero.
    resolution
        Step in SI in which it is stored.
    total
        Unit of its sum over hours, such as ``Ah``; empty where nobody sums it.
    """

    name: str
    unit: str
    scale: float
    offset: float
    resolution: float
    total: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve of one unit in one visit: points joined by straight lines.

    Parameters
    ----------
    lines
        What is drawn, time left out.
    times_s
        Seconds from the visit's start, float64 (k,), never falling; two points of one time are a step.
    values
        Of each line, SI, float64 (lines, k).
    time_step_s
        Step in which times are stored.
    """

    lines: tuple[CurveLine, ...]
    times_s: Floats
    values: Floats
    time_step_s: float

    def integral(self, line: int) -> tuple[float, float]:
        """Return the integral over time of what is above 0 of a line, and of what is below 0 (at most 0): charge and discharge of a current [A s].

        Examples
        --------
        >>> amperes = CurveLine("current", "A", 1.0, 0.0, 0.001)
        >>> Curve((amperes,), np.array([0.0, 10.0, 10.0, 20.0]), np.array([[2.0, 2.0, -1.0, -1.0]]), 1.0).integral(0)
        (20.0, -10.0)
        """
        y, width = self.values[line], np.diff(self.times_s)
        left, right = y[:-1], y[1:]
        crosses = left * right < 0.0
        share = np.where(crosses, np.abs(left) / np.where(crosses, np.abs(left) + np.abs(right), 1.0), 1.0)  # how far a crossing line keeps its sign
        first = 0.5 * (left + np.where(crosses, 0.0, right)) * share * width
        second = np.where(crosses, 0.5 * right * (1.0 - share) * width, 0.0)
        parts = np.concatenate([first, second])
        return float(parts[parts > 0.0].sum()), float(parts[parts < 0.0].sum())


def packed_curves(numbers: ArrayLike, counts: ArrayLike) -> bytes:
    """Return the curves of n places as bytes.

    Parameters
    ----------
    numbers
        Whole numbers of each line's step, int32 (n, lines, points), time first. Behind its own count a curve repeats its last point.
    counts
        Points of each place, at most 255; 0 where the place has no curve. Shape (n,).

    Examples
    --------
    >>> block = packed_curves([[[0, 5, 9], [7, 8, 8]], [[0, 0, 0], [0, 0, 0]]], [3, 0])
    >>> curve_numbers(block, 2, 2, 3, 0).tolist(), curve_numbers(block, 2, 2, 3, 1)
    ([[0, 5, 9], [7, 8, 8]], None)
    """
    whole = np.asarray(numbers, np.int32)
    steps = np.diff(whole, axis=2, prepend=np.int32(0))
    folded = ((steps << 1) ^ (steps >> 31)).astype("<u4")  # small numbers of either sign become small ones
    planes = np.ascontiguousarray(folded.transpose(1, 0, 2)).view(np.uint8).reshape(-1, 4).T
    return zlib.compress(np.asarray(counts, np.uint8).tobytes() + planes.tobytes(), LEVEL)


def curve_numbers(block: bytes, places: int, lines: int, points: int, place: int) -> NDArray[np.int64] | None:
    """Return the whole numbers of one place, int64 (lines, its points); None where it has no curve."""
    raw = zlib.decompress(block)
    count = raw[place]
    if count == 0:
        return None
    planes = np.frombuffer(raw, np.uint8, offset=places).reshape(4, lines, places, points)[:, :, place, :]
    folded = np.ascontiguousarray(planes.transpose(1, 2, 0)).view("<u4")[..., 0].astype(np.int64)
    steps = (folded >> 1) ^ -(folded & 1)
    whole: NDArray[np.int64] = np.cumsum(steps, axis=1)[:, :count]
    return whole


def curve_of(numbers: NDArray[np.int64], lines: tuple[CurveLine, ...]) -> Curve:
    """Return a curve of whole numbers (lines, k); the first line is time."""
    si = numbers * np.array([[line.resolution] for line in lines])
    return Curve(lines[1:], si[0], si[1:], lines[0].resolution)
