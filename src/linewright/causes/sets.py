r"""The set of units, of those that one fact can name, that separates bad from good best.

A fact of names can name each level; one of numbers each interval of its ordered values, cut into `BINS` parts of equal count; one of both
each level in each interval. Of all these sets the best is that with the greatest scan statistic, the log-likelihood ratio of two shares against
one [1]_

.. math:: G = k \ln\frac{k/m}{B/n} + (m-k) \ln\frac{1-k/m}{1-B/n} + (B-k) \ln\frac{(B-k)/(n-m)}{B/n} + \dots, \quad k/m > B/n

and, where each unit has a score, the one with the greatest standardised mean under drawing without replacement,

.. math:: z = (\bar y_S - \bar y) \sqrt{m} / (s \sqrt{1 - m/n}).

References
----------
.. [1] M. Kulldorff, "A spatial scan statistic", Communications in Statistics: Theory and Methods 26 (1997), 1481-1496.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.causes.facts import Fact
from linewright.causes.tails import log_normal_tail, log_share_tail

__all__ = ["BINS", "LENGTHS", "Hit", "Units", "best_hit", "bins_of", "log_likelihood_ratio", "members"]

#: Parts of equal count that an ordered fact is cut into.
BINS = 64
#: Lengths of the intervals that are tried, in parts.
LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The units that are judged.

    Parameters
    ----------
    bad
        bool (n,).
    scores
        float64 (n,), the higher the worse; None where only bad and good are told apart.
    factorials
        ln(0!) .. ln(n!).
    """

    bad: NDArray[np.bool_]
    scores: NDArray[np.float64] | None
    factorials: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hit:
    """The best set of one fact.

    Parameters
    ----------
    level
        Which level; -1 where the fact has none.
    first, behind
        Which parts of the ordered values, half-open; 0 and 0 where they are not ordered.
    units, bad
        In the set.
    tried
        How many sets the fact can name.
    log_p
        ln of the chance that the best of so many sets separates so well where nothing does (Bonferroni over the sets and over the two statistics).
    by_scores
        Whether the scores found it; else the counts did.
    low, high
        The lowest and highest number in it, where its borders were moved from those of the parts; else nan.
    """

    level: int
    first: int
    behind: int
    units: int
    bad: int
    tried: int
    log_p: float
    by_scores: bool = False
    low: float = math.nan
    high: float = math.nan


def bins_of(numbers: NDArray[np.float64], bins: int = BINS) -> NDArray[np.int32]:
    """Return which part of the ordered values each value is in, int32 (n,); equal values share one; -1 for nan.

    Examples
    --------
    >>> bins_of(np.array([5.0, 1.0, np.nan, 9.0, 1.0]), 2).tolist()
    [1, 0, -1, 1, 0]
    """
    known = np.isfinite(numbers)
    ordered = np.sort(numbers[known])
    found = np.full(len(numbers), -1, np.int32)
    found[known] = np.searchsorted(ordered, numbers[known], "left") * bins // max(1, len(ordered))
    return found


def best_hit(fact: Fact, bins: NDArray[np.int32] | None, keep: NDArray[np.intp], units: Units) -> Hit | None:
    """Return the set of a fact that separates best; None where it can name none but all units alike.

    Parameters
    ----------
    fact
        With rows for all units.
    bins
        Of its numbers (`bins_of`); None where it has none.
    keep
        Rows that are judged, int (n,): `units` has these rows only.
    units
        Bad, and scores.
    """
    codes = np.zeros(len(keep), np.int32) if fact.codes is None else fact.codes[keep]
    parts = np.zeros(len(keep), np.int32) if bins is None else bins[keep]
    width = 1 if bins is None else BINS
    known = (codes >= 0) & (parts >= 0)
    cell = (codes.astype(np.int64) * width + parts)[known]
    levels = max(1, len(fact.levels))
    shape = (levels, width)
    size = np.bincount(cell, minlength=levels * width).reshape(shape)
    found = np.bincount(cell[units.bad[known]], minlength=levels * width).reshape(shape)
    total = None if units.scores is None else np.bincount(cell, units.scores[known], levels * width).reshape(shape)
    lengths = (1,) if width == 1 else (*LENGTHS, width) if fact.codes is not None else LENGTHS
    sizes, founds = _windows(size, lengths), _windows(found, lengths)
    n = len(keep)
    tried = int(np.count_nonzero((sizes > 0) & (sizes < n)))
    if tried == 0:
        return None
    best = _by_counts(sizes, founds, units, n)
    log_p = math.inf if best is None else log_share_tail(n, int(units.bad.sum()), int(sizes[best]), int(founds[best]), units.factorials)
    by_scores = False
    if total is not None and units.scores is not None:
        highest, z = _by_scores(sizes, _windows(total, lengths), units.scores, n)
        log_score = log_normal_tail(z)
        by_scores = best is None or log_score < log_p
        best, log_p = (highest, log_score) if by_scores else (best, log_p)
        log_p += math.log(2.0)
    if best is None:
        return None
    level, first, behind = _place(best, lengths, width)
    p = min(0.0, log_p + math.log(tried))
    return Hit(
        level if fact.codes is not None else -1, first, behind if width > 1 else 0, int(sizes[best]), int(founds[best]), tried, p, by_scores
    )


def members(fact: Fact, bins: NDArray[np.int32] | None, hit: Hit) -> NDArray[np.bool_]:
    """Return which of all units are in a set, bool (n,)."""
    inside = np.ones(len(fact.codes if fact.codes is not None else bins if bins is not None else ()), bool)
    if fact.codes is not None:
        inside &= fact.codes == hit.level
    if fact.numbers is not None and math.isfinite(hit.low):
        inside &= (fact.numbers >= hit.low) & (fact.numbers <= hit.high)
    elif bins is not None:
        inside &= (bins >= hit.first) & (bins < hit.behind)
    return inside


def _windows(cells: NDArray[np.generic], lengths: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the sums over all windows, float64 (levels * windows,): level after level, in each length after length, first to last."""
    sums = np.zeros((cells.shape[0], cells.shape[1] + 1))
    np.cumsum(cells, axis=1, out=sums[:, 1:])
    return np.concatenate([sums[:, k:] - sums[:, : sums.shape[1] - k] for k in lengths], axis=1).ravel()


def _place(best: int, lengths: tuple[int, ...], width: int) -> tuple[int, int, int]:
    """Return (level, first part, the part behind the last) of a window by its number."""
    level, at = divmod(best, sum(width - k + 1 for k in lengths))
    for k in lengths:
        if at < width - k + 1:
            break
        at -= width - k + 1
    return level, at, at + k


def _by_counts(sizes: NDArray[np.float64], founds: NDArray[np.float64], units: Units, n: int) -> int | None:
    """Return the window with the greatest log-likelihood ratio of those with more bad ones than their part; None without any."""
    bad = float(units.bad.sum())
    more = np.flatnonzero((founds * n > sizes * bad) & (sizes < n))
    if len(more) == 0:
        return None
    m, k = sizes[more], founds[more]
    return int(more[int(np.argmax(log_likelihood_ratio(k, m, bad, float(n))))])


def log_likelihood_ratio(found: NDArray[np.float64], size: NDArray[np.float64], bad: float, units: float) -> NDArray[np.float64]:
    """Return G of the module's equation for sets of `size` units of which `found` are bad, float64 (sets,)."""
    share = bad / units
    inside = _part(found, size, share) + _part(size - found, size, 1.0 - share)
    outside = _part(bad - found, units - size, share) + _part(units - size - bad + found, units - size, 1.0 - share)
    return inside + outside


def _part(count: NDArray[np.float64], of: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Return count * ln(count / of / share), 0 where the count is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(count > 0.0, count * np.log(count / (of * share)), 0.0)


def _by_scores(sizes: NDArray[np.float64], totals: NDArray[np.float64], scores: NDArray[np.float64], n: int) -> tuple[int, float]:
    """Return the window with the highest standardised mean score, and that."""
    spread = float(scores.std(ddof=1)) if n > 1 else 0.0
    inner = (sizes > 0) & (sizes < n)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (totals / sizes - scores.mean()) * np.sqrt(sizes) / (spread * np.sqrt(1.0 - sizes / n))
    z = np.where(inner & (spread > 0.0), z, -np.inf)
    best = int(np.argmax(z))
    return best, float(z[best]) if math.isfinite(z[best]) else 0.0
