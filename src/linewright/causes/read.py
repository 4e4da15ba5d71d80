"""Rows of the ledger for many things at once, as arrays: what `upstream.py` follows from units to their webs, batches and machines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.rows import KIND_SHIFT
from linewright.ledger.blocks import MISSING_VALUE, Layout
from linewright.ledger.reader import RunReader
from linewright.ledger.remade import RemadeReader

__all__ = ["NONE", "Ints", "Pieces", "Visits", "charges_of", "maps_of", "pieces_of", "places_of", "row_of", "stays_of", "visits_of"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
#: Stands for null in columns of whole numbers.
NONE = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Visits of things, in their order; int64 (v,), `NONE` where nothing is known."""

    unit: Ints
    step: Ints
    machine: Ints
    tool: Ints
    start_us: Ints
    done_us: Ints
    out_us: Ints
    verdict: Ints
    grade: Ints
    layout: Ints
    vals: NDArray[np.object_]

    def at(self, rows: NDArray[Any]) -> Visits:
        """Return some of them."""
        return Visits(*(getattr(self, name)[rows] for name in self.__slots__))

    def values(self, layout: Layout, places: Ints | None = None) -> Floats:
        """Return what was measured, float64 (v, characteristics) in SI; of carriers at a place each, int64 (v,).

        Parameters
        ----------
        layout
            Of all these visits.
        places
            From 0; None: the visits are of single things.
        """
        found = np.full((len(self.vals), len(layout.characteristics)), np.nan)
        lengths = np.array([-1 if v is None else len(v) // 4 for v in self.vals], np.int64)
        for length in np.unique(lengths[lengths > 0]).tolist():
            rows = np.flatnonzero(lengths == length)
            numbers = np.frombuffer(b"".join(self.vals[rows]), "<i4").reshape(len(rows), len(layout.characteristics), -1)
            at = np.zeros(len(rows), np.int64) if places is None else places[rows]
            inside = at < numbers.shape[2]
            part = numbers[np.flatnonzero(inside), :, at[inside]]
            known = np.where(part == MISSING_VALUE, np.nan, part * np.asarray(layout.resolutions))
            found[rows[inside]] = known
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Pieces that went into things: int64 (p,)."""

    web: Ints
    lo_mm: Ints
    hi_mm: Ints
    unit: Ints
    role: Ints


def row_of(keys: Ints, asked: Ints) -> NDArray[np.intp]:
    """Return for each key that is asked for its row in rising `keys`; -1 where it is not there.

    Examples
    --------
    >>> row_of(np.array([3, 5, 9]), np.array([5, 4, 9])).tolist()
    [1, -1, 2]
    """
    if len(keys) == 0:
        return np.full(len(asked), -1, np.intp)
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[at] == asked, at, -1)


def visits_of(reader: RunReader, keys: Ints) -> Visits:
    """Return all visits of things of one kind.

    Parameters
    ----------
    keys
        int64, rising.
    """
    reader.wanted(keys.tolist())
    return _visits(reader, keys, "", ())


def stays_of(reader: RunReader, carriers: Ints, from_us: Ints, to_us: Ints) -> Visits:
    """Return the visits of carriers that can lie in the stays [from, to] of what was on them.

    Parameters
    ----------
    carriers, from_us, to_us
        int64 (n,), a row a stay; `NONE` where a stay has no known begin or end.
    """
    if isinstance(reader, RemadeReader):
        stays = np.unique(np.stack([carriers, from_us, to_us]), axis=1)
        for carrier, begin, end in stays.T.tolist():
            reader.visits_of(carrier, None if begin == NONE else begin, None if end == NONE else end)
    known = from_us[from_us != NONE]
    first = reader.first_row_at("visit", "out_us", int(known.min())) if len(known) == len(from_us) and len(known) else 1
    return _visits(reader, np.unique(carriers), " AND rowid >= ?", (first,))


def _visits(reader: RunReader, keys: Ints, more: str, parameters: tuple[int, ...]) -> Visits:
    columns = "unit, step, machine, tool, start_us, done_us, out_us, verdict, grade, layout, vals"
    rows = _rows(reader, "visit", f"SELECT {columns} FROM visit WHERE unit BETWEEN ? AND ?{more} ORDER BY rowid", keys, parameters)  # noqa: S608 - columns
    unit, step, machine, tool, start, done, out, verdict, grade, layout = (_ints([r[i] for r in rows]) for i in range(10))
    vals = np.empty(len(rows), object)
    vals[:] = [r[10] for r in rows]
    visits = Visits(unit, step, machine, tool, start, done, out, verdict, grade, layout, vals)
    return visits.at(row_of(keys, visits.unit) >= 0)


def pieces_of(reader: RunReader, keys: Ints) -> Pieces:
    """Return the pieces that went into things of one kind, by thing in the order in which they were told."""
    reader.wanted(keys.tolist())
    statement = "SELECT web, lo_mm, hi_mm, unit, role FROM consume WHERE unit BETWEEN ? AND ? ORDER BY unit, rowid"
    rows = _rows(reader, "consume", statement, keys, by=lambda row: row[3])
    found = [_ints([r[i] for r in rows]) for i in range(5)]
    held = row_of(keys, found[3]) >= 0
    return Pieces(*(column[held] for column in found))


def places_of(reader: RunReader, keys: Ints) -> dict[str, Ints]:
    """Return where units lay: unit, carrier, place, from_us, to_us; int64 each, by time."""
    reader.wanted(keys.tolist())
    rows = _rows(reader, "placed", "SELECT unit, carrier, place, from_us, to_us FROM placed WHERE unit BETWEEN ? AND ? ORDER BY rowid", keys)
    found = [_ints([r[i] for r in rows]) for i in range(5)]
    held = row_of(keys, found[0]) >= 0
    return {name: column[held] for name, column in zip(("unit", "carrier", "place", "from_us", "to_us"), found, strict=True)}


def maps_of(reader: RunReader, webs: Ints) -> list[tuple[Any, ...]]:
    """Return (child, child_lo_mm, child_hi_mm, parent, a_mm, b, lane, step) of how webs lie on their parents, by web and metre."""
    reader.wanted(webs.tolist())
    columns = "child, child_lo_mm, child_hi_mm, parent, a_mm, b, lane, step"
    statement = f"SELECT {columns} FROM piece_map WHERE child BETWEEN ? AND ? ORDER BY child, child_lo_mm"  # noqa: S608 - columns
    rows = _rows(reader, "piece_map", statement, webs)
    wanted = set(webs.tolist())
    return [r for r in rows if r[0] in wanted]


def charges_of(reader: RunReader, webs: Ints) -> list[tuple[Any, ...]]:
    """Return (web, lo_mm, hi_mm, batch, side) of the batches in webs, by side, web and metre."""
    reader.wanted(webs.tolist())
    statement = "SELECT web, lo_mm, hi_mm, batch, side FROM charge WHERE web BETWEEN ? AND ? ORDER BY side NULLS FIRST, web, lo_mm"
    rows = _rows(reader, "charge", statement, webs)
    wanted = set(webs.tolist())
    return [r for r in rows if r[0] in wanted]


def _rows(
    reader: RunReader,
    table: str,
    statement: str,
    keys: Ints,
    parameters: Sequence[int] = (),
    *,
    by: Callable[[tuple[Any, ...]], Any] | None = None,
) -> list[tuple[Any, ...]]:
    """Return the rows of a statement for the span of keys of each kind: one span over several kinds would hold the kinds between."""
    found: list[tuple[Any, ...]] = []
    if len(keys):
        for part in np.split(keys, np.flatnonzero(np.diff(keys >> KIND_SHIFT)) + 1):
            found += reader.rows_of(table, statement, (int(part[0]), int(part[-1]), *parameters), by=by)
    return found


def _ints(values: list[int | None]) -> Ints:
    try:
        return np.array(values, np.int64)
    except TypeError:
        return np.array([NONE if v is None else v for v in values], np.int64)
