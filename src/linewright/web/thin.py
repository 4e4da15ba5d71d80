"""Minimum, maximum and mean by pixel: a chart of 600 pixels needs 600 of each, however many samples lie behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pixels", "by_pixel"]


@dataclass(frozen=True, slots=True)
class Pixels:
    """What each pixel of a time axis shows. All of shape (pixels,); `at` is each pixel's middle; NaN where there is no sample (a gap stays a gap)."""

    at: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mean: NDArray[np.float64]


def by_pixel(at: NDArray[np.float64], value: NDArray[np.float64], start: float, end: float, pixels: int) -> Pixels:
    """Return the pixels of samples between `start` (taken) and `end` (not taken).

    Parameters
    ----------
    at
        Where the samples lie (time or metres), ascending, shape (n,).
    value
        Their values, shape (n,); NaN is no value.
    start, end
        The axis, in the unit of `at`.
    pixels
        How many parts it has.

    Examples
    --------
    >>> p = by_pixel(np.array([0.0, 1.0, 5.0]), np.array([2.0, 4.0, 9.0]), 0.0, 8.0, 4)
    >>> p.low.tolist(), p.high.tolist(), p.at.tolist()
    ([2.0, nan, 9.0, nan], [4.0, nan, 9.0, nan], [1.0, 3.0, 5.0, 7.0])
    """
    width = (end - start) / pixels
    middle = np.asarray(start + (np.arange(pixels) + 0.5) * width, dtype=np.float64)
    low, high, mean = (np.full(pixels, np.nan) for _ in range(3))
    taken = (at >= start) & (at < end) & np.isfinite(value)
    if not taken.any():
        return Pixels(middle, low, high, mean)
    inside = value[taken].astype(np.float64)
    pixel = np.minimum(((at[taken] - start) / width).astype(np.int64), pixels - 1)
    first = np.flatnonzero(np.diff(pixel, prepend=-1))
    there = pixel[first]
    low[there] = np.minimum.reduceat(inside, first)
    high[there] = np.maximum.reduceat(inside, first)
    mean[there] = np.add.reduceat(inside, first) / np.diff(first, append=len(inside))
    return Pixels(middle, low, high, mean)
