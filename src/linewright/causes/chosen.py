"""Units of a run chosen by a query: which are looked at, which of them are bad, and by what score."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from linewright.causes.query import Comparison, Query, QueryError, Sought, nearest
from linewright.causes.read import Floats, Ints
from linewright.causes.tails import normal_scores
from linewright.causes.upstream import Upstream
from linewright.kernels.rows import (
    KIND_SHIFT,
    SERIAL_MASK,
    VERDICT_CHANCE,
    VERDICT_FALSE_REJECT,
    VERDICT_LATE,
    VERDICT_LOST,
    VERDICT_REJECT,
    VERDICT_REWORK,
    VERDICT_SCRAP,
)
from linewright.ledger.blocks import Layout
from linewright.ledger.reader import RunReader
from linewright.ledger.remade import RemadeReader
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.model.quantity import QuantityFault, parse_amount, unit_reading

__all__ = ["Chosen", "Place", "around", "chosen_by", "keys_of", "place_of", "window_of"]

FAILED = (VERDICT_SCRAP, VERDICT_REJECT, VERDICT_FALSE_REJECT, VERDICT_LATE, VERDICT_CHANCE, VERDICT_REWORK, VERDICT_LOST)
#: Unknown ids that a message names.
NAMED = 5
#: What `grade=none` asks for: graded, and given no grade.
NO_GRADE = "none"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a query's answer is written.

    Parameters
    ----------
    station, order
        Which station, and its place in the line.
    values_until
        Values that are measured at this place of the line or behind are what it judges by, or follow from it.
    layout, column
        Of a value: its layout, and which of its characteristics.
    """

    station: str
    order: int
    values_until: int
    layout: Layout | None = None
    column: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """What a query says of units.

    Parameters
    ----------
    known
        bool (n,): whether it says anything.
    meant
        bool (n,): whether it is one of those that are asked for.
    values, unit
        What was compared, in the shown unit, float64 (n,); None of anything else.
    scores
        float64 (n,), of the known ones the higher the more they are of those asked for; None of anything but a one-sided comparison.
    """

    known: NDArray[np.bool_]
    meant: NDArray[np.bool_]
    values: Floats | None = None
    unit: str = ""
    scores: Floats | None = None


def keys_of(reader: RunReader, ids: tuple[str, ...], option: str) -> Ints:
    """Return the keys of units named in a file, rising.

    Raises
    ------
    QueryError
        Some are no unit of this run, or they are of several kinds; all that are unknown are counted, the first few named.
    """
    found = {i: reader.key_of(i) for i in ids}
    things = {i: reader.thing(key) for i, key in found.items() if key is not None}
    unknown = [i for i in ids if things.get(i) is None]
    if unknown:
        prefixes = [prefix for kind, prefix, _, _ in reader.kinds_in_use() if kind == "unit"]
        first = [(i, _near_id(reader, i, prefixes)) for i in unknown[:NAMED]]
        told = ", ".join(f"{i}{f' (nearest: {near})' if near else ''}" for i, near in first)
        more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
        raise QueryError(f"{option}: {len(unknown)} of {len(ids)} ids are not in run {reader.header().run}: {told}{more}. --run names another run.")
    others = [f"{i} ({thing.kind})" for i, thing in things.items() if thing is not None and thing.kind != "unit"]
    if others:
        raise QueryError(f"{option}: units were expected, came {', '.join(others[:NAMED])}. A web's units: linewright trace {others[0].split()[0]}")
    keys = np.array(sorted(k for k in found.values() if k is not None), np.int64)
    if len(np.unique(keys >> KIND_SHIFT)) > 1:
        raise QueryError(f"{option}: units of one kind were expected, came several, such as {ids[0]} and {ids[-1]}. Ask of each kind by itself.")
    return keys


def _near_id(reader: RunReader, asked: str, prefixes: list[str]) -> str:
    """Return an id like the one asked for: the same serial with the prefix most like it, else the last serial of its prefix."""
    prefix, _, serial = asked.rpartition("-")
    close = get_close_matches(prefix or asked, prefixes, 1, 0.4)
    if not close:
        return f"{prefixes[0]}-1" if prefixes else ""
    last = max(row[3] for row in reader.kinds_in_use() if row[1] == close[0])
    return f"{close[0]}-{min(int(serial), last) if serial.isdecimal() else last}"


def place_of(reader: RunReader, query: Query, option: str) -> Place:
    """Return where the answer to a query is written.

    Raises
    ------
    QueryError
        No station of this run measures or grades so, or several do.
    """
    stations = [s["path"] for s in reader.fact("stations") or []]
    if query.station and query.station not in stations:
        near = nearest(query.station, stations)
        raise QueryError(f"{option} {query.text}: there is no station `{query.station}` in run {reader.header().run}.{near}")
    if query.sought is Sought.VERDICT:
        return _judging(reader, query.station, stations)
    if query.sought is Sought.GRADE:
        return _graded_at(reader, query, stations, option)
    layouts = [(step, layout) for step, layout in reader.layouts().values() if step in stations]
    name = query.names[0]
    found = [(step, layout) for step, layout in layouts if name in layout.characteristics and query.station in ("", step)]
    if not found:
        known = [c for step, layout in layouts for c in layout.characteristics if query.station in ("", step)]
        where = f" at {query.station}" if query.station else ""
        raise QueryError(f"{option} {query.text}: nothing measures `{name}` of units{where} in run {reader.header().run}.{nearest(name, known)}")
    if len({step for step, _ in found}) > 1:
        which = ", ".join(f"{name}@{step}" for step, _ in found)
        raise QueryError(f"{option} {query.text}: several stations measure `{name}`. Write which: {which}.")
    step, layout = found[0]
    return Place(step, stations.index(step), stations.index(step), layout, layout.characteristics.index(name))


def _graded_at(reader: RunReader, query: Query, stations: list[str], option: str) -> Place:
    grades = reader.names("grade")
    unknown = [g for g in query.names if g not in grades.values() and g != NO_GRADE]
    if unknown:
        near = nearest(unknown[0], [*grades.values(), NO_GRADE])
        raise QueryError(f"{option} {query.text}: there is no grade `{unknown[0]}` in run {reader.header().run}.{near}")
    row = reader.row("SELECT step FROM visit WHERE grade IS NOT NULL ORDER BY rowid DESC LIMIT 1")
    if row is None:
        raise QueryError(f"{option} {query.text}: nothing has been graded yet in run {reader.header().run}. linewright runs lists the runs.")
    station = reader.name(row[0]) or ""
    return _judging(reader, station, stations)


def _judging(reader: RunReader, station: str, stations: list[str]) -> Place:
    """Return a station that grades or refuses: by what it measures itself, or by values of stations before it."""
    order = stations.index(station)
    plant = load_text(reader.plan_text(), installed_libraries(), reader.header().name)
    segment = next((s for s in plant.segments if s.path == station), None)
    by = {name for grade in segment.grades for name, _ in grade.windows} if segment is not None else set()
    if segment is not None and segment.gate is not None:
        by |= set(segment.gate.checks)
    at = [stations.index(step) for step, layout in reader.layouts().values() if step in stations and by & set(layout.characteristics)]
    return Place(station, order, min([order, *at]))


def window_of(reader: RunReader, place: Place, last: int) -> Ints:
    """Return the keys of the newest units that a station has judged, rising, at most `last`."""
    if isinstance(reader, RemadeReader):
        return _newest_made(reader, last)
    step = reader.number("step", place.station)
    rows = reader.rows("SELECT unit FROM visit WHERE step = ? ORDER BY rowid DESC LIMIT ?", (step, last))
    keys = np.unique(np.array([r[0] for r in rows], np.int64))
    ranks = {n: k["rank"] for n, k in enumerate(reader.fact("kinds") or [])}
    kinds = np.unique(keys >> KIND_SHIFT).tolist()
    if any(ranks.get(kind) == "carrier" for kind in kinds):
        marks = ",".join(map(str, kinds))
        placed = reader.rows(f"SELECT unit FROM placed WHERE carrier >> {KIND_SHIFT} IN ({marks}) ORDER BY rowid DESC LIMIT ?", (last,))  # noqa: S608 - whole numbers
        keys = np.unique(np.array([r[0] for r in placed], np.int64))
    return keys[-last:]


def _newest_made(reader: RemadeReader, last: int) -> Ints:
    """Return the newest units of a run that was kept as checkpoints."""
    kinds, serials = reader.fact("kinds") or [], reader.marks[-1].serials
    units = [n for n, k in enumerate(kinds) if k["rank"] == "unit"]
    if not units:
        return np.empty(0, np.int64)
    kind = units[-1]
    first = max(int(kinds[kind]["first_serial"]), int(serials[kind]) - last)
    return np.arange(first, int(serials[kind]), dtype=np.int64) | kind << KIND_SHIFT


def around(reader: RunReader, keys: Ints, last: int) -> Ints:
    """Return the units named and their neighbours by serial, rising: from the first to the last named, and on both sides until there are `last`."""
    kind = int(keys[0] >> KIND_SHIFT)
    low, high = int(keys[0] & SERIAL_MASK), int(keys[-1] & SERIAL_MASK)
    ranges = reader.rows(f"SELECT first_key, count FROM things WHERE first_key >> {KIND_SHIFT} = ?", (kind,))  # noqa: S608 - a whole number
    serials = [(r[0] & SERIAL_MASK, (r[0] & SERIAL_MASK) + r[1]) for r in ranges]
    least, most = min(s[0] for s in serials), max(s[1] for s in serials) - 1
    more = max(0, last - (high - low + 1)) // 2
    return np.arange(max(least, low - more), min(most, high + more) + 1, dtype=np.int64) | kind << KIND_SHIFT


def chosen_by(query: Query, place: Place | None, upstream: Upstream, named: Ints | None, option: str) -> Chosen:
    """Return what a query says of units.

    Parameters
    ----------
    place
        From `place_of`; None of ids.
    upstream
        Facts of the units.
    named
        Keys of those named by a file.

    Raises
    ------
    QueryError
        The amount is no amount, or of another quantity.
    """
    n = len(upstream.keys)
    if place is None:
        return Chosen(np.ones(n, bool), np.isin(upstream.keys, named if named is not None else []))
    if query.sought is Sought.VALUE:
        return _by_value(query, place, upstream, n, option)
    judged = upstream.judged.get(place.station)
    if judged is None:
        return Chosen(np.zeros(n, bool), np.zeros(n, bool))
    known = judged.verdict >= 0
    if query.sought is Sought.VERDICT:
        return Chosen(known, known & np.isin(judged.verdict, FAILED))
    meant = np.zeros(n, bool)
    for number in np.unique(judged.grade).tolist():
        name = NO_GRADE if number < 0 else upstream.name(number)
        meant |= (judged.grade == number) & (name in query.names)
    return Chosen(known, known & meant)


def _by_value(query: Query, place: Place, upstream: Upstream, n: int, option: str) -> Chosen:
    layout, column = place.layout, place.column
    assert layout is not None
    fact = upstream.columns.facts.get(f"{place.station} {query.names[0]}")
    values = np.full(n, np.nan) if fact is None or fact.numbers is None else fact.numbers
    known = np.isfinite(values)
    unit, scale, offset = layout.units[column], layout.scales[column], layout.offsets[column]
    if query.comparison is Comparison.OUTSIDE:
        lower, _, upper = layout.windows[column]
        if lower is None and upper is None:
            such = f"{query.names[0]} < 1 {unit}".rstrip()
            raise QueryError(f"{option} {query.text}: `{query.names[0]}` has no window at {place.station}. Write a limit, such as {such}.")
        low, high = (None if x is None else (x - offset) / scale for x in (lower, upper))
        meant = (values < (-np.inf if low is None else low)) | (values > (np.inf if high is None else high))
        return Chosen(known, known & meant, values, unit)
    limit = (_amount(query, unit, option) - offset) / scale
    compare = {Comparison.BELOW: np.less, Comparison.AT_MOST: np.less_equal, Comparison.ABOVE: np.greater, Comparison.AT_LEAST: np.greater_equal}
    assert query.comparison is not None
    meant = known & compare[query.comparison](values, limit)
    scores = np.zeros(n)
    sign = -1.0 if query.comparison in (Comparison.BELOW, Comparison.AT_MOST) else 1.0
    if known.any():
        scores[known] = sign * normal_scores(values[known])
    return Chosen(known, meant, values, unit, scores)


def _amount(query: Query, unit: str, option: str) -> float:
    """Return the amount of a query in SI; without a unit in the one that is shown."""
    try:
        bare = is_bare(query.amount)
        amount = parse_amount(f"{query.amount} {unit}".strip() if bare else query.amount, "any", loose=True)
        wanted = unit_reading(unit).dimension if unit else ()
    except QuantityFault as fault:
        raise QueryError(f"{option} {query.text}: {fault.message}. {fault.hint}".rstrip()) from fault
    if amount.dimension != wanted:
        raise QueryError(f"{option} {query.text}: `{query.names[0]}` is told in {unit or 'numbers'}; {query.amount} is something else.")
    return amount.si


def is_bare(text: str) -> bool:
    """Tell whether a text is a number without unit.

    Examples
    --------
    >>> is_bare("4.8"), is_bare("4.8 Ah")
    (True, False)
    """
    try:
        float(text)
    except ValueError:
        return False
    return True
