"""Statistical process control of single values: limits, Nelson's rules, capability. Pure: arrays in, facts out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["RULES", "Broken", "Limits", "capability", "limits_of", "nelson"]

#: Mean moving range of two neighbouring values of a normal law, in its standard deviations: 2 / sqrt(pi).
D2 = 2.0 / math.sqrt(math.pi)

#: Nelson's rules by number, as they are written beside a chart.
RULES = {
    1: "beyond 3 sigma",
    2: "nine on one side of the mean",
    3: "six rising or falling",
    4: "fourteen alternating",
    5: "two of three beyond 2 sigma on one side",
    6: "four of five beyond 1 sigma on one side",
    7: "fifteen within 1 sigma",
    8: "eight outside 1 sigma on both sides",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Centre and standard deviation of a process, and the limits three of them away."""

    mean: float
    sigma: float

    @property
    def lower(self) -> float:
        """Lower control limit."""
        return self.mean - 3.0 * self.sigma

    @property
    def upper(self) -> float:
        """Upper control limit."""
        return self.mean + 3.0 * self.sigma


@dataclass(frozen=True, slots=True)
class Broken:
    """One stretch of values that breaks a rule: indices of the first and last value of it (both belong to it)."""

    rule: int
    first: int
    last: int


def limits_of(values: ArrayLike) -> Limits | None:
    """Return the limits of an individuals chart; None for fewer than two known values.

    Parameters
    ----------
    values
        In the order in which they were measured, shape (n,); NaN is left out.

    Notes
    -----
    The standard deviation is the mean moving range divided by d2 = 1.128, so that a slow drift does not widen the limits.

    References
    ----------
    ISO 7870-2:2013, Shewhart control charts, individuals and moving range.

    Examples
    --------
    >>> limits = limits_of([1.0, 3.0, 1.0, 3.0])
    >>> limits.mean, round(limits.sigma, 3)
    (2.0, 1.772)
    """
    x = np.asarray(values, dtype=np.float64)
    x = x[np.isfinite(x)]
    if len(x) < 2:
        return None
    return Limits(float(x.mean()), float(np.abs(np.diff(x)).mean()) / D2)


def nelson(values: ArrayLike, limits: Limits) -> list[Broken]:
    """Return the stretches that break one of Nelson's eight rules, by rule and place.

    Parameters
    ----------
    values
        Shape (n,), none of them NaN.
    limits
        What they are judged by. With sigma 0 only rules 2 to 4 can speak.

    References
    ----------
    L. S. Nelson, The Shewhart control chart: tests for special causes, Journal of Quality Technology 16 (1984) 237-239.

    Examples
    --------
    >>> nelson([0.0, 0.1, 5.0, -0.1], Limits(0.0, 1.0))
    [Broken(rule=1, first=2, last=2)]
    """
    x = np.asarray(values, dtype=np.float64)
    away = x - limits.mean
    z = away / limits.sigma if limits.sigma > 0.0 else np.zeros_like(away)
    found = whole(1, np.abs(z) > 3.0, 1)
    found += whole(2, away > 0.0, 9) + whole(2, away < 0.0, 9)
    step = np.sign(np.diff(x))
    found += steps(3, step > 0.0, 5) + steps(3, step < 0.0, 5)
    turns = step[1:] * step[:-1] < 0.0
    found += [Broken(4, b.first, b.last + 2) for b in whole(4, turns, 12)]
    for side in (1.0, -1.0):
        found += some(5, side * z > 2.0, 2, 3)
        found += some(6, side * z > 1.0, 4, 5)
    if limits.sigma > 0.0:
        found += whole(7, np.abs(z) < 1.0, 15)
        found += [b for b in whole(8, np.abs(z) > 1.0, 8) if has_both_sides(z[b.first : b.last + 1])]
    return sorted(found, key=lambda b: (b.rule, b.first))


def runs(true: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the stretches of True as (first, last)."""
    edge = np.diff(true.astype(np.int8), prepend=0, append=0)
    return [(int(a), int(b) - 1) for a, b in zip(np.flatnonzero(edge == 1), np.flatnonzero(edge == -1), strict=True)]


def whole(rule: int, true: NDArray[np.bool_], least: int) -> list[Broken]:
    """Return stretches of at least `least` values that are all True."""
    return [Broken(rule, a, b) for a, b in runs(true) if b - a + 1 >= least]


def steps(rule: int, true: NDArray[np.bool_], least: int) -> list[Broken]:
    """Return stretches of at least `least` steps in a row, as values (one more than steps)."""
    return [Broken(rule, b.first, b.last + 1) for b in whole(rule, true, least)]


def some(rule: int, true: NDArray[np.bool_], least: int, of: int) -> list[Broken]:
    """Return stretches in which `least` of `of` neighbours are True; windows that overlap are one stretch, from its first True to its last."""
    if len(true) < of:
        return []
    broken = np.convolve(true, np.ones(of, dtype=np.int64), "valid") >= least
    found = []
    for a, b in runs(broken):
        inside = np.flatnonzero(true[a : b + of]) + a
        found.append(Broken(rule, int(inside[0]), int(inside[-1])))
    return found


def has_both_sides(z: NDArray[np.float64]) -> bool:
    """Tell whether values lie on both sides of the mean."""
    return bool((z > 0.0).any() and (z < 0.0).any())


def capability(values: ArrayLike, lower: float | None, upper: float | None) -> tuple[float | None, float | None]:
    """Return (Cp, Cpk) over values; None where there is no such window or no spread.

    Parameters
    ----------
    values
        Shape (n,), NaN is left out.
    lower, upper
        Limits of the window; a window with one limit has a Cpk only.

    Notes
    -----
    Cp = (upper - lower) / 6 s and Cpk = min(upper - mean, mean - lower) / 3 s with the standard deviation s of all values, as in ISO 22514-2.

    Examples
    --------
    >>> capability([9.0, 10.0, 11.0], 4.0, 13.0)
    (1.5, 1.0)
    """
    x = np.asarray(values, dtype=np.float64)
    x = x[np.isfinite(x)]
    if len(x) < 2 or (lower is None and upper is None):
        return None, None
    s = float(x.std(ddof=1))
    if s == 0.0:
        return None, None
    sides = [(upper - x.mean()) if upper is not None else math.inf, (x.mean() - lower) if lower is not None else math.inf]
    cp = (upper - lower) / (6.0 * s) if lower is not None and upper is not None else None
    return cp, float(min(sides)) / (3.0 * s)
