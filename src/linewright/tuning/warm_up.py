"""Where a run's beginning ends: the rule MSER-5."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["COUNT_VARIANCE", "WarmUp", "mser"]

#: Variance of a count of evenly spaced events in a stretch that holds no whole number of them: what rounding alone makes, at most.
COUNT_VARIANCE = 0.25
#: Halves of a series whose means differ by more than this share are not both of the steady state.
APART = 0.1
#: Share of the batch means that is left at least: of a few means the variance says nothing.
LAST = 0.1


@dataclass(frozen=True, slots=True)
class WarmUp:
    """How much of a series is not to be counted.

    Parameters
    ----------
    cut
        Observations to leave out at the beginning, a whole number of batches.
    statistic
        The mean squared standard error that is left.
    is_found
        Whether the least statistic lies inside the first half: else the series is still in its beginning and too short. (A second half that is
        better by chance does not count: it must be better by a factor of two, and the means of the halves a tenth apart.)
    """

    cut: int
    statistic: float
    is_found: bool


def mser(series: ArrayLike, *, batch: int = 5, floor: float = 0.0) -> WarmUp:
    r"""Return where to cut a series so that the mean of the rest is known best.

    The series is averaged in batches of five; of the n batch means :math:`Y_i` the first d are left out, with

    .. math:: d = \arg\min_{0 \le d \le n / 2} \frac{1}{(n - d)^2} \sum_{i > d} (Y_i - \bar{Y}_{n, d})^2

    Parameters
    ----------
    series
        Observations in order of time, shape (observations,).
    batch
        Observations that make one mean; 5 is MSER-5, 1 is MSER.
    floor
        Variance that a batch mean has at least. A constant count has stretches without any variance by chance; the rule would run after them.

    References
    ----------
    White, Cobb, Spratt: A comparison of five steady-state truncation heuristics for simulation, Winter Simulation Conference (2000), 755-760.
    White: An effective truncation heuristic for bias reduction in simulation output, Simulation 69 (1997), 323-334.

    Examples
    --------
    >>> mser([0, 0, 0, 0, 0, 9, 11, 10, 12, 8, *[10, 9, 11, 10, 10] * 6]).cut
    5
    """
    values = np.asarray(series, float)
    count = len(values) // batch
    if count < 4:
        return WarmUp(0, float("nan"), is_found=False)
    means = values[: count * batch].reshape(count, batch).mean(axis=1)
    means = means - means.mean()  # sums of squares then lose no digits
    left = np.arange(count, 0, -1)
    sums, squares = np.cumsum(means[::-1])[::-1], np.cumsum(means[::-1] ** 2)[::-1]
    variance = np.maximum(squares / left - (sums / left) ** 2, 0.0) + floor
    half = count // 2
    statistic = variance / left
    cut = int(np.argmin(statistic[: half + 1]))
    later = statistic[half + 1 : count - max(3, math.ceil(LAST * count)) + 1]
    is_later_better = cut == half or bool(len(later) and later.min() < 0.5 * statistic[cut])
    early, late = (float(values[: half * batch].mean()), float(values[half * batch :].mean()))
    is_found = not (is_later_better and abs(late - early) > APART * abs(late))
    return WarmUp((cut if is_found else half) * batch, float(statistic[cut]), is_found=is_found)
