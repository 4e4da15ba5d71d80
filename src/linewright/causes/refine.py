"""The borders of an interval, unit by unit: a part of `sets.py` holds a 64th of all units, a fault begins and ends between two of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linewright.causes.facts import Fact
from linewright.causes.sets import BINS, Hit, Units, log_likelihood_ratio
from linewright.causes.tails import log_normal_tail, log_share_tail

__all__ = ["refined"]

#: Borders are moved in turns, so often at most.
TURNS = 4
#: Units that a border is moved at most, to either side.
FARTHEST = 1000


def refined(fact: Fact, bins: NDArray[np.int32], hit: Hit, keep: NDArray[np.intp], units: Units) -> Hit:
    """Return the hit with borders between two units where that separates better; else the hit as it is.

    All pairs of borders that could be tried are counted.

    Parameters
    ----------
    fact, bins
        With rows for all units; the fact has numbers.
    hit
        From `best_hit`.
    keep, units
        As for `best_hit`.
    """
    assert fact.numbers is not None
    numbers = fact.numbers[keep]
    mine = np.flatnonzero(np.isfinite(numbers) & (True if fact.codes is None else fact.codes[keep] == hit.level))
    mine = mine[np.argsort(numbers[mine], kind="stable")]
    ordered, part = numbers[mine], bins[keep][mine]
    borders = np.concatenate([[0], np.flatnonzero(np.diff(ordered)) + 1, [len(mine)]])  # equal values stay together
    first, behind = int(np.searchsorted(part, hit.first, "left")), int(np.searchsorted(part, hit.behind, "left"))
    reach = min(max(8, 2 * len(mine) // BINS), FARTHEST)
    near = [borders[(borders >= at - reach) & (borders <= at + reach)] for at in (first, behind)]
    judge = _Judge(mine, units, by_scores=hit.by_scores)
    for _ in range(TURNS):
        before = (first, behind)
        first = judge.best(near[0][near[0] < behind], behind, is_first=True)
        behind = judge.best(near[1][near[1] > first], first, is_first=False)
        if (first, behind) == before:
            break
    log_p = judge.log_p(first, behind) + math.log(hit.tried) + math.log(len(near[0]) * len(near[1]))
    if log_p >= hit.log_p:
        return hit
    found = int(units.bad[mine[first:behind]].sum())
    return replace(hit, units=behind - first, bad=found, log_p=log_p, low=float(ordered[first]), high=float(ordered[behind - 1]))


class _Judge:
    """How well intervals of ordered units separate.

    Parameters
    ----------
    rows
        Of the units, in order of the fact's numbers.
    units
        Of which these are rows.
    by_scores
        By the standardised mean of the scores, else by the likelihood ratio of the counts.
    """

    def __init__(self, rows: NDArray[np.intp], units: Units, *, by_scores: bool) -> None:
        self._units, self._n, self._bad = units, len(units.bad), int(units.bad.sum())
        self._found = np.concatenate([[0], np.cumsum(units.bad[rows])])
        self._scores = units.scores if by_scores else None
        if self._scores is not None:
            self._sums = np.concatenate([[0.0], np.cumsum(self._scores[rows])])
            self._mean, self._spread = float(self._scores.mean()), float(self._scores.std(ddof=1))

    def best(self, borders: NDArray[np.intp], other: int, *, is_first: bool) -> int:
        """Return the border that separates best, the other one held."""
        first, behind = (borders, np.full(len(borders), other)) if is_first else (np.full(len(borders), other), borders)
        return int(borders[int(np.argmax(self._worth(first, behind)))])

    def log_p(self, first: int, behind: int) -> float:
        """Return ln of the chance of this one interval; with scores doubled, for the two statistics."""
        if self._scores is not None:
            return log_normal_tail(float(self._worth(np.array([first]), np.array([behind]))[0])) + math.log(2.0)
        found = int(self._found[behind] - self._found[first])
        doubled = math.log(2.0) if self._units.scores is not None else 0.0
        return log_share_tail(self._n, self._bad, behind - first, found, self._units.factorials) + doubled

    def _worth(self, first: NDArray[np.intp], behind: NDArray[np.intp]) -> NDArray[np.float64]:
        size = (behind - first).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self._scores is not None:
                mean = (self._sums[behind] - self._sums[first]) / size
                z = (mean - self._mean) * np.sqrt(size) / (self._spread * np.sqrt(1.0 - size / self._n))
                return np.where((size > 0) & (size < self._n), z, -np.inf)
            found = (self._found[behind] - self._found[first]).astype(np.float64)
            ratio = log_likelihood_ratio(found, size, float(self._bad), float(self._n))
            return np.where((size > 0) & (size < self._n) & (found * self._n > size * self._bad), ratio, -np.inf)
