"""`explain`: what bad units share that good ones do not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from linewright.causes.chosen import Chosen, Place, around, chosen_by, keys_of, place_of, window_of
from linewright.causes.facts import Fact, FactTable, Sort
from linewright.causes.query import Query, QueryError, Sought, parse_query
from linewright.causes.rank import ALPHA, Ranking, rank
from linewright.causes.read import Floats, Ints
from linewright.causes.tails import normal_scores
from linewright.causes.upstream import Upstream, is_upstream
from linewright.ledger.reader import RunReader

__all__ = ["LAST", "Explanation", "explain"]

#: Units that are looked at where nobody says how many.
LAST = 20_000
#: Fewer bad or good ones than this can tell nothing.
LEAST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """An answer.

    Parameters
    ----------
    run, source, begin_us
        Of the run.
    bad_text, good_text
        The questions; `good_text` is empty where all others are good.
    table
        The units that were judged, with their upstream facts.
    bad
        bool (n,).
    values, unit, characteristic
        What the question compares, in the shown unit, float64 (n,); None where it compares nothing.
    ranking
        What separates them.
    """

    run: str
    source: str
    begin_us: int
    bad_text: str
    good_text: str
    table: FactTable
    bad: NDArray[np.bool_]
    values: Floats | None
    unit: str
    characteristic: str
    ranking: Ranking


def explain(
    reader: RunReader, bad: str, good: str | None = None, *, last: int = LAST, alpha: float = ALPHA, are_files: bool = True
) -> Explanation:
    """Return what bad units of a run share that good ones do not.

    Parameters
    ----------
    reader
        The run.
    bad
        Which are bad: ``capacity < 4.8 Ah``, ``capacity outside``, ``grade=C``, ``failed@eol``, or a file of ids.
    good
        Which are good, likewise; None: all others.
    last
        How many units are looked at: the newest that were judged, or the neighbours of those in a file.
    alpha
        Chance of naming a cause where there is none.
    are_files
        Whether files of ids are read.

    Raises
    ------
    QueryError
        A question is none, or cannot be asked of this run; or too few units answer it.
    """
    header = reader.header()
    if not reader.fact("kinds"):
        told = f"Run {header.run} is an import: its records tell no stations and machines that units went through."
        raise QueryError(f"{told} Name a live run or a simulation with --run; linewright runs lists them.")
    asked, other = parse_query(bad, are_files=are_files), None if good is None else parse_query(good, "--good", are_files=are_files)
    places = [None if q is None or q.sought is Sought.IDS else place_of(reader, q, o) for q, o in ((asked, "--bad"), (other, "--good"))]
    keys, named, good_keys = _units(reader, asked, other, places, last)
    upstream = Upstream(reader, keys)
    judged = chosen_by(asked, places[0], upstream, named, "--bad")
    known, meant = judged.known, judged.meant
    if other is not None:
        goods = chosen_by(other, places[1], upstream, good_keys, "--good")
        known = meant | (goods.known & goods.meant & ~meant)
    _refuse_few(reader, asked, int(meant.sum()), int((known & ~meant).sum()))
    rows = np.flatnonzero(known)
    table = _upstream_of(upstream.table(), places, rows)
    scores = _scores(judged, rows, is_all=other is None)
    values = None if judged.values is None else judged.values[rows]
    ranking = rank(table, meant[rows], scores, alpha=alpha)
    return Explanation(
        header.run, header.source, header.begin_us, bad, good or "", table, meant[rows], values, judged.unit,
        asked.names[0] if asked.sought is Sought.VALUE else "", ranking,
    )  # fmt: skip


def _units(
    reader: RunReader, asked: Query, other: Query | None, places: list[Place | None], last: int
) -> tuple[Ints, Ints | None, Ints | None]:
    """Return the keys of the units that are looked at, and of those that files name as bad and as good."""
    named = keys_of(reader, asked.names, "--bad") if asked.sought is Sought.IDS else None
    good = keys_of(reader, other.names, "--good") if other is not None and other.sought is Sought.IDS else None
    if named is not None and good is not None:
        return np.unique(np.concatenate([named, good])), named, good
    if named is not None:
        return around(reader, named, last), named, good
    place = places[0]
    assert place is not None
    keys = window_of(reader, place, last)
    return (keys if good is None else np.unique(np.concatenate([keys, good]))), named, good


def _upstream_of(table: FactTable, places: list[Place | None], rows: NDArray[np.intp]) -> FactTable:
    """Return the facts of some rows that were true before the units were judged; values that a grade or verdict follows from are no cause of it."""
    facts: tuple[Fact, ...] = table.facts
    for place in places:
        if place is not None:
            facts = tuple(f for f in facts if is_upstream(f, place.order) and (f.sort is not Sort.VALUE or f.order < place.values_until))
    cut = tuple(
        replace(f, codes=None if f.codes is None else f.codes[rows], numbers=None if f.numbers is None else f.numbers[rows]) for f in facts
    )
    return FactTable(tuple(table.ids[i] for i in rows.tolist()), cut, table.begin_us)


def _scores(judged: Chosen, rows: NDArray[np.intp], *, is_all: bool) -> Floats | None:
    """Return the scores of rows: ranks anew where some units were left out."""
    if judged.scores is None or judged.values is None:
        return None
    if is_all:
        return judged.scores[rows]
    sign = np.sign(float((judged.scores[rows] * (judged.values[rows] - judged.values[rows].mean())).sum())) or 1.0
    return sign * normal_scores(judged.values[rows])


def _refuse_few(reader: RunReader, asked: Query, bad: int, good: int) -> None:
    if bad >= LEAST and good >= LEAST:
        return
    run = reader.header().run
    what = f"{bad} bad and {good} good units" if bad + good else "no unit that was judged"
    then = "Change the limit, or --last, or name another run with --run."
    raise QueryError(f"--bad {asked.text}: run {run} has {what}; at least {LEAST} of each are needed. {then}")
