r"""Tails of the two distributions that a set of units is judged by, as natural logarithms, so that 1e-400 is told from 1e-40.

Of `n` units `bad` are bad; a set of `size` of them drawn blindly holds `found` or more bad ones with

.. math:: P(X \ge k) = \sum_{j \ge k} \binom{B}{j} \binom{n - B}{m - j} / \binom{n}{m}

(hypergeometric, Fisher's exact test, one-sided). The mean of `size` scores drawn blindly without replacement is close to normal.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

__all__ = ["log_factorials", "log_normal_tail", "log_share_tail", "normal_scores"]

#: Beyond this many standard deviations the tail follows from its series: erfc itself would be 0 soon after.
SERIES_FROM = 30.0


def log_factorials(most: int) -> NDArray[np.float64]:
    """Return ln(0!), ln(1!) ... ln(most!), float64, shape (most + 1,)."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most + 1, dtype=np.float64)))])


def log_share_tail(units: int, bad: int, size: int, found: int, factorials: NDArray[np.float64]) -> float:
    """Return ln P(X >= found) of a set drawn blindly.

    Parameters
    ----------
    units, bad, size, found
        n, B, m, k of the module's equation.
    factorials
        From `log_factorials`, up to `units` at least.

    Examples
    --------
    >>> round(math.exp(log_share_tail(10, 2, 5, 2, log_factorials(10))), 6)  # C(5,2) / C(10,2)
    0.222222
    """
    low, high = max(found, size - (units - bad), 0), min(size, bad)
    if low > high:
        return -math.inf
    if low <= max(size - (units - bad), 0):
        return 0.0
    f, j = factorials, np.arange(low, high + 1)
    terms = f[bad] - f[j] - f[bad - j] + f[units - bad] - f[size - j] - f[units - bad - size + j]
    terms = terms - (f[units] - f[size] - f[units - size])
    top = float(terms.max())
    return min(0.0, top + math.log(float(np.exp(terms - top).sum())))


def log_normal_tail(z: float) -> float:
    """Return ln P(Z >= z) of a standard normal variable.

    Examples
    --------
    >>> round(math.exp(log_normal_tail(1.959964)), 6), round(log_normal_tail(100.0), 3)
    (0.025, -5005.524)
    """
    if z < SERIES_FROM:
        return math.log(0.5 * math.erfc(z / math.sqrt(2.0)))
    return -0.5 * z * z - math.log(z * math.sqrt(2.0 * math.pi)) + math.log1p(-1.0 / z**2 + 3.0 / z**4)


def normal_scores(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each value the normal quantile of its rank, float64 (n,): what is far out counts as far as its rank, not as its size.

    Equal values get the score of their mean rank (van der Waerden scores).

    Examples
    --------
    >>> normal_scores(np.array([3.0, 1.0, 2.0])).round(3).tolist()
    [0.967, -0.967, 0.0]
    """
    ordered = np.sort(values)
    first, behind = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    ranks, back = np.unique(first + behind, return_inverse=True)  # twice the mean rank, less one
    quantile = NormalDist().inv_cdf
    scores: NDArray[np.float64] = np.array([quantile(r / (2.0 * len(values))) for r in ranks.tolist()])[back]
    return scores
