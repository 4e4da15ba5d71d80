"""`rank`: which upstream facts separate bad units from good ones, strongest first, each weaker one under the stronger one that explains it.

1. Every fact names its best set of units (`sets.py`), with the chance that blind luck names one as good.
2. The chances are corrected for the number of facts by Holm's method, which holds however much the facts depend on each other.
3. The best fact is a cause. Its set is taken away, and what is left is ranked anew: what still separates is a further cause, what does not was the
   first one seen from elsewhere (a tool's machine, a coil's batch, the hour in which it was worked) and is folded under it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from linewright.causes.facts import Fact, FactTable, Sort
from linewright.causes.refine import refined
from linewright.causes.sets import Hit, Units, best_hit, bins_of, members
from linewright.causes.tails import log_factorials

__all__ = ["ALPHA", "Cause", "Ranked", "Ranking", "rank"]

#: Chance of naming a cause where there is none, over all facts together.
ALPHA = 0.01
#: Causes that are named at most.
MOST_CAUSES = 8
#: Sets that share this part of their units cannot be told apart.
ALIKE = 0.9
#: Facts of a round whose borders are looked for unit by unit.
REFINED = 24
#: A measured value whose best set shares this part of a place's units speaks for its station.
SEEN = 0.3
#: Sets alike are compared by upstream order where their ln p reaches this part of the best one's.
NEARLY = 0.8
#: What follows from where and when something was made: named as a cause where no place or time is.
SYMPTOMS = frozenset({Sort.VALUE, Sort.SIGNAL})


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """A fact with the set it names.

    Parameters
    ----------
    fact
        The fact.
    hit
        Its best set.
    inside
        Which of all units are in it, bool (n,).
    log_p
        ln of the chance, corrected for all facts (Holm).
    bad, units
        In the set, of all units.
    same_units
        Of a folded fact: whether its set is so much the cause's own that no number can tell the two apart.
    """

    fact: Fact
    hit: Hit
    inside: NDArray[np.bool_]
    log_p: float
    bad: int
    units: int
    same_units: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Cause:
    """A fact that separates by itself, and the weaker ones that it explains."""

    ranked: Ranked
    folded: tuple[Ranked, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """What was found.

    Parameters
    ----------
    units, bad
        How many there are.
    tried
        Facts that could separate anything.
    causes
        Strongest first; empty where nothing was found.
    nearest
        Where nothing was found: the fact that came nearest.
    """

    units: int
    bad: int
    tried: int
    causes: tuple[Cause, ...]
    nearest: Ranked | None = None


def rank(
    table: FactTable, bad: NDArray[np.bool_], scores: NDArray[np.float64] | None = None, *, alpha: float = ALPHA, most: int = MOST_CAUSES
) -> Ranking:
    """Return the facts that separate bad units from good ones.

    Parameters
    ----------
    table
        Facts of n units.
    bad
        bool (n,).
    scores
        float64 (n,), the higher the worse (`tails.normal_scores` of what the bad ones are told by); None where only bad and good are told.
    alpha
        Chance of naming a cause where there is none.
    most
        Causes named at most.

    Examples
    --------
    >>> from linewright.causes.facts import Sort
    >>> nozzle = Fact("filler nozzle", Sort.TOOL, "filler", codes=np.arange(400, dtype=np.int32) % 4, levels=("1", "2", "3", "4"))
    >>> bad = (np.arange(400) % 4 == 2) & (np.arange(400) % 5 == 0)
    >>> found = rank(FactTable(tuple(map(str, range(400))), (nozzle,)), bad)
    >>> [(c.ranked.fact.name, c.ranked.fact.levels[c.ranked.hit.level], c.ranked.bad, c.ranked.units) for c in found.causes]
    [('filler nozzle', '3', 20, 100)]
    """
    bins = [None if f.numbers is None else bins_of(f.numbers) for f in table.facts]
    keep = np.arange(len(bad))
    causes: list[Ranked] = []
    all_found: list[Ranked] = []
    tried, nearest = 0, None
    while len(causes) < most and bad[keep].any() and not bad[keep].all():
        found = _round(table, bins, keep, bad, scores)
        strong = [r for r in found if r.log_p < math.log(alpha)]
        if not all_found:
            tried, nearest, all_found = len(found), (found[0] if found and not strong else None), strong
        if not strong:
            break
        head = _head(strong)
        causes.append(head)
        keep = keep[~head.inside[keep]]
    return Ranking(len(bad), int(bad.sum()), tried, _folded(causes, all_found, bad), nearest)


def _round(
    table: FactTable, bins: list[NDArray[np.int32] | None], keep: NDArray[np.intp], bad: NDArray[np.bool_], scores: NDArray[np.float64] | None
) -> list[Ranked]:
    """Return all facts with their best sets of the rows kept, best first, the chances corrected for their number."""
    units = Units(bad[keep], None if scores is None else scores[keep], log_factorials(len(keep)))
    hits = {i: hit for i, fact in enumerate(table.facts) if (hit := best_hit(fact, bins[i], keep, units)) is not None}
    named = sorted(hits, key=lambda i: (hits[i].log_p, table.facts[i].order, i))
    for i in [i for i in named if hits[i].log_p + math.log(len(hits)) < 0.0][:REFINED]:
        parts = bins[i]
        if parts is not None:
            hits[i] = refined(table.facts[i], parts, hits[i], keep, units)
    named.sort(key=lambda i: (hits[i].log_p, table.facts[i].order, i))
    found, worst = [], -math.inf
    for place, i in enumerate(named):
        worst = max(worst, min(0.0, hits[i].log_p + math.log(len(named) - place)))
        inside = members(table.facts[i], bins[i], hits[i])
        found.append(Ranked(table.facts[i], hits[i], inside, worst, int((inside & bad).sum()), int(inside.sum())))
    return found


def _head(strong: list[Ranked]) -> Ranked:
    """Return the cause: the strongest place, time or lot; a measured value or a signal only where none of them separates.

    Of those whose sets are nearly the same units the counts cannot tell which it is. Then a station comes first whose own measured value separates
    these units too, and then the one farthest upstream, whose place and time are told most sparingly.
    """
    origins = [r for r in strong if r.fact.sort not in SYMPTOMS]
    if not origins:
        return strong[0]
    best = origins[0]
    alike = [r for r in origins if r.hit.log_p <= best.hit.log_p * NEARLY and _overlap(r.inside, best.inside) >= ALIKE]
    seen_at = {r.fact.station for r in strong if r.fact.sort in SYMPTOMS and _overlap(r.inside, best.inside) >= SEEN}
    return min(alike, key=lambda r: (r.fact.station not in seen_at, r.fact.order, r.hit.log_p))


def _overlap(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """Return the units in both of those in any of two sets."""
    either = int((a | b).sum())
    return int((a & b).sum()) / either if either else 0.0


def _folded(causes: list[Ranked], strong: list[Ranked], bad: NDArray[np.bool_]) -> tuple[Cause, ...]:
    """Return the causes, each with the facts whose bad units are most its own; a later one at the same station that meets its set is one of them."""
    heads: list[Ranked] = []
    under: list[list[Ranked]] = []
    for cause in causes:
        at = next((n for n, h in enumerate(heads) if _continues(cause, h)), None)
        if at is None:
            heads.append(cause)
            under.append([])
        elif cause.log_p < heads[at].log_p:  # what was left shows it better
            under[at].append(heads[at])
            heads[at] = cause
        else:
            under[at].append(cause)
    named = {id(r.fact) for r in [*heads, *(r for rows in under for r in rows)]}
    for r in strong:
        if id(r.fact) not in named:
            shares = [int((r.inside & h.inside & bad).sum()) for h in heads]
            under[int(np.argmax(shares))].append(r)
    order = sorted(range(len(heads)), key=lambda n: (heads[n].fact.sort in SYMPTOMS, heads[n].log_p))
    heads, under = [heads[n] for n in order], [under[n] for n in order]
    return tuple(
        Cause(head, tuple(replace(r, same_units=_overlap(r.inside, head.inside) >= ALIKE) for r in rows))
        for head, rows in zip(heads, under, strict=True)
    )


def _continues(later: Ranked, head: Ranked) -> bool:
    """Tell whether a later cause is what an earlier one left over: at its station, and the same place, or some of its units."""
    if not head.fact.station or later.fact.station != head.fact.station:
        return False
    is_same = later.fact is head.fact and later.hit.level == head.hit.level
    return is_same or int((later.inside & head.inside).sum()) * 5 > min(later.units, head.units)
