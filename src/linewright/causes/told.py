"""Causes in words, numbers and bars: the same on the command line, in JSON, in the report and on the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.causes.explain import Explanation
from linewright.causes.facts import Fact, Sort
from linewright.causes.rank import Ranked
from linewright.causes.sets import BINS, bins_of

__all__ = ["Bar", "ToldCause", "ToldFact", "chance", "to_json", "told"]

#: Levels that a picture shows; the others are one bar.
BARS = 12
#: Parts of an ordered fact that a picture shows.
PARTS = 32


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a picture: what it stands for, how many units, how many of them bad, and whether the cause names it."""

    name: str
    units: int
    bad: int
    is_hit: bool


@dataclass(frozen=True, slots=True)
class ToldFact:
    """A fact in words.

    Parameters
    ----------
    fact, sort, station
        Which.
    where
        The set that separates: ``machine 2, spindle 1``, ``nozzle 3, 08:10 to 08:31``.
    units, bad
        In the set; of all bad ones `bad` are explained by it.
    share_inside, share_outside
        Bad units of all, in the set and outside.
    log10_p
        Decimal logarithm of the corrected chance.
    mean_inside, mean_outside
        Of what the question compares, in the shown unit; None where it compares nothing.
    same_units
        Of a folded fact: its units are the cause's own, so that the counts cannot tell the two apart.
    """

    fact: str
    sort: str
    station: str
    where: str
    units: int
    bad: int
    share_inside: float
    share_outside: float
    log10_p: float
    mean_inside: float | None = None
    mean_outside: float | None = None
    same_units: bool = False


@dataclass(frozen=True, slots=True)
class ToldCause:
    """A cause in words, with its picture and the weaker facts it explains."""

    head: ToldFact
    bars: tuple[Bar, ...]
    folded: tuple[ToldFact, ...]


def told(found: Explanation) -> tuple[ToldCause, ...]:
    """Return the causes in words, strongest first."""
    return tuple(
        ToldCause(told_fact(found, c.ranked), bars_of(found, c.ranked), tuple(told_fact(found, f) for f in c.folded)) for c in found.ranking.causes
    )


def told_fact(found: Explanation, ranked: Ranked) -> ToldFact:
    """Return one fact in words."""
    inside, bad, values = ranked.inside, found.bad, found.values
    outside = ~inside
    mean_in, mean_out = (None, None) if values is None else (float(values[inside].mean()), float(values[outside].mean()))
    return ToldFact(
        ranked.fact.name, ranked.fact.sort.value, ranked.fact.station, where_of(found, ranked), ranked.units, ranked.bad,
        ranked.bad / ranked.units, float(bad[outside].mean()), ranked.log_p / math.log(10.0), mean_in, mean_out, ranked.same_units,
    )  # fmt: skip


def where_of(found: Explanation, ranked: Ranked) -> str:
    """Return the set that a fact names, in words."""
    fact, words = ranked.fact, []
    if fact.codes is not None:
        words.append(fact.levels[ranked.hit.level])
    if fact.numbers is not None:
        low, high = float(np.min(fact.numbers[ranked.inside])), float(np.max(fact.numbers[ranked.inside]))
        words.append(_interval(found, fact, low, high))
    return ", ".join(words)


def _interval(found: Explanation, fact: Fact, low: float, high: float) -> str:
    if fact.sort in {Sort.TIME, Sort.PLACE_TIME}:
        first, last = (datetime.fromtimestamp(found.begin_us / 1e6 + s, UTC) for s in (low, high))
        same_day = first.date() == last.date()
        return f"{first:%Y-%m-%d %H:%M:%S} to {last.strftime('%H:%M:%S' if same_day else '%Y-%m-%d %H:%M:%S')}"
    unit = f" {fact.unit}" if fact.unit else ""
    return f"{low:.6g}{unit}" if low == high else f"{low:.6g} to {high:.6g}{unit}"


def bars_of(found: Explanation, ranked: Ranked) -> tuple[Bar, ...]:
    """Return the picture of a fact: its levels, or the parts of its ordered values (of a place in time those of the place)."""
    fact, rows = ranked.fact, np.arange(len(found.bad))
    if fact.numbers is not None:
        if fact.codes is not None:
            rows = rows[fact.codes == ranked.hit.level]
        return _parts(found, fact, ranked, rows)
    assert fact.codes is not None
    units = np.bincount(fact.codes[fact.codes >= 0], minlength=len(fact.levels))
    bad = np.bincount(fact.codes[(fact.codes >= 0) & found.bad], minlength=len(fact.levels))
    there = np.flatnonzero(units)
    if len(there) > BARS:
        there = there[np.argsort(-(bad[there] / units[there]), kind="stable")]
        if ranked.hit.level not in there[: BARS - 1]:  # the score found it
            there = np.concatenate([[ranked.hit.level], there[there != ranked.hit.level]])
    shown = there if len(there) <= BARS else there[: BARS - 1]
    bars = [Bar(fact.levels[i], int(units[i]), int(bad[i]), bool(i == ranked.hit.level)) for i in shown.tolist()]
    rest = np.setdiff1d(there, shown)
    if len(rest):
        bars.append(Bar(f"{len(rest)} others", int(units[rest].sum()), int(bad[rest].sum()), is_hit=False))
    return tuple(bars)


def _parts(found: Explanation, fact: Fact, ranked: Ranked, rows: NDArray[np.intp]) -> tuple[Bar, ...]:
    assert fact.numbers is not None
    bins = bins_of(fact.numbers)[rows] * PARTS // BINS
    bars = []
    for part in range(PARTS):
        mine = rows[bins == part]
        if len(mine):
            low, high = float(fact.numbers[mine].min()), float(fact.numbers[mine].max())
            is_hit = int(ranked.inside[mine].sum()) * 2 > len(mine)
            bars.append(Bar(_interval(found, fact, low, high), len(mine), int(found.bad[mine].sum()), is_hit))
    return tuple(bars)


def chance(log10_p: float) -> str:
    """Return a chance as it is read.

    Examples
    --------
    >>> chance(-2.3), chance(-54.2), chance(0.0)
    ('0.005', '6e-55', '1')
    """
    if log10_p > -4.0:
        return f"{10.0**log10_p:.1g}"
    power = math.floor(log10_p)
    digit = round(10.0 ** (log10_p - power))
    return f"{digit}e{power}" if digit < 10 else f"1e{power + 1}"


def to_json(found: Explanation) -> dict[str, Any]:
    """Return an answer as plain values for JSON."""
    ranking = found.ranking
    nearest = None if ranking.nearest is None else plain(told_fact(found, ranking.nearest))
    return {
        "run": found.run, "source": found.source, "bad": {"asked": found.bad_text, "units": ranking.bad},
        "good": {"asked": found.good_text or "all others", "units": ranking.units - ranking.bad},
        "characteristic": found.characteristic or None, "unit": found.unit or None, "facts": ranking.tried,
        "causes": [
            {**plain(c.head), "bars": [plain(b) for b in c.bars], "folded": [plain(f) for f in c.folded]} for c in told(found)
        ],
        "nearest": nearest,
    }  # fmt: skip


def plain(row: ToldFact | Bar) -> dict[str, Any]:
    """Return the fields of a row."""
    return {name: getattr(row, name) for name in type(row).__slots__}
