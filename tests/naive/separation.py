"""What separates bad units from good ones, the slow way: every set by name, exact fractions for the chances."""

from __future__ import annotations

import math
from fractions import Fraction
from statistics import NormalDist

LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)


def share_tail(units: int, bad: int, size: int, found: int) -> Fraction:
    """Return P(X >= found) of `size` units drawn blindly, exactly."""
    ways = sum(math.comb(bad, j) * math.comb(units - bad, size - j) for j in range(found, min(bad, size) + 1) if size - j <= units - bad)
    return Fraction(ways, math.comb(units, size))


def parts(numbers: list[float | None], bins: int) -> list[int]:
    """Return the part of each number: how many are less, of all that are known, in `bins` parts."""
    known = [x for x in numbers if x is not None]
    return [-1 if x is None else sum(y < x for y in known) * bins // len(known) for x in numbers]


def sets_of(codes: list[int] | None, numbers: list[float | None] | None, levels: int, bins: int) -> list[tuple[tuple[int, int, int], list[int]]]:
    """Return ((level, first part, part behind), rows) of every set a fact can name, in the order level, length, first."""
    n = len(codes if codes is not None else numbers or [])
    part = parts(numbers, bins) if numbers is not None else [0] * n
    lengths = (1,) if numbers is None else (*LENGTHS, bins) if codes is not None else LENGTHS
    found = []
    for level in range(levels if codes is not None else 1):
        for length in lengths:
            for first in range((bins if numbers is not None else 1) - length + 1):
                rows = [i for i in range(n) if (codes is None or codes[i] == level) and first <= part[i] < first + length and part[i] >= 0]
                found.append(((level if codes is not None else -1, first, first + length if numbers is not None else 0), rows))
    return found


def ratio(bad: int, units: int, found: int, size: int) -> float:
    """Return the log-likelihood ratio of two shares against one."""
    rest = units - size
    pairs = ((found, size, bad), (size - found, size, units - bad), (bad - found, rest, bad), (rest - bad + found, rest, units - bad))
    return sum(count * math.log(count * units / (of * whole)) for count, of, whole in pairs if count > 0)


def by_counts(
    codes: list[int] | None, numbers: list[float | None] | None, levels: int, bad: list[bool], bins: int
) -> tuple[tuple[int, int, int], int, float] | None:
    """Return (set, sets that can be named, chance of the best of so many) of the set with the greatest ratio; None without any."""
    n, b = len(bad), sum(bad)
    named = [(name, rows) for name, rows in sets_of(codes, numbers, levels, bins) if 0 < len(rows) < n]
    more = [(ratio(b, n, sum(bad[i] for i in rows), len(rows)), name, rows) for name, rows in named if sum(bad[i] for i in rows) * n > len(rows) * b]
    if not more:
        return None
    top = max(r for r, _, _ in more)
    _, name, rows = next(row for row in more if row[0] >= top - 1e-9)
    return name, len(named), float(min(Fraction(1), share_tail(n, b, len(rows), sum(bad[i] for i in rows)) * len(named)))


def scores(values: list[float]) -> list[float]:
    """Return the normal quantile of each value's mean rank."""
    n = len(values)
    return [NormalDist().inv_cdf((sum(y < x for y in values) + sum(y == x for y in values) / 2.0) / n) for x in values]


def holm(chances: list[float]) -> list[float]:
    """Return chances corrected for their number, in the same order."""
    order = sorted(range(len(chances)), key=lambda i: chances[i])
    found, worst = [0.0] * len(chances), 0.0
    for place, i in enumerate(order):
        worst = max(worst, min(1.0, chances[i] * (len(chances) - place)))
        found[i] = worst
    return found
