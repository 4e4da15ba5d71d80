"""What lies and lay on a carrier: filling after filling, with the units on its places."""

from __future__ import annotations

from linewright.genealogy.records import Records
from linewright.genealogy.tree import Filling, Laid
from linewright.ledger.records import PlacedRow, Thing

__all__ = ["contents_of"]


def contents_of(records: Records, thing: Thing) -> tuple[Filling, ...]:
    """Return the fillings of a carrier in order of time, the stock that it held at the begin of the run first; empty of anything else."""
    if thing.kind != "carrier":
        return ()
    rows = records.reader.units_on_carrier(thing.key)
    fillings = [*_opening(records, thing, rows), *_parted(sorted((r for r in rows if r.from_us is not None), key=_laid))]
    names = records.reader.ids_of(r.unit for filling in fillings for r in filling)
    found = []
    for filling in fillings:
        units = tuple(Laid(names.get(r.unit, f"#{r.unit}"), r.place + 1, r.from_us, r.to_us) for r in sorted(filling, key=lambda r: r.place))
        first = records.thing(filling[0].unit)
        gone = [r.to_us for r in filling if r.to_us is not None]
        left = len(filling) - len(gone)
        since = [r.from_us for r in filling if r.from_us is not None]
        found.append(
            Filling(
                first.material or first.kind if first is not None else "unit",
                units[0].unit,
                units[-1].unit,
                len(units),
                left,
                min(since, default=None),
                max(gone) if gone and not left else None,
                units,
            )
        )
    return tuple(found)


def _opening(records: Records, thing: Thing, rows: list[PlacedRow]) -> list[list[PlacedRow]]:
    """Return what lay on a carrier when the run began, with when it was laid there where the filled start tells it."""
    written = {r.unit: r for r in rows if r.from_us is None}
    keys = [first + i for first, count in records.reader.in_ranges_of(thing.key) for i in range(count)] or list(written)
    stock = records.stock() if keys else None
    found = []
    for place, key in enumerate(keys):
        row, lay = written.get(key), stock.placed(key) if stock is not None else None
        found.append(PlacedRow(key, thing.key, row.place if row is not None else place, lay[2] if lay is not None else None,
                               row.to_us if row is not None else None))  # fmt: skip
    return [found] if found else []


def _parted(rows: list[PlacedRow]) -> list[list[PlacedRow]]:
    """Return rows in order of time as fillings: a new one begins where the carrier had been emptied, or where a place is taken again."""
    found: list[list[PlacedRow]] = []
    taken: set[int] = set()
    for row in rows:
        is_empty = bool(found) and all(r.to_us is not None and r.to_us <= _laid(row)[0] for r in found[-1])
        if not found or is_empty or row.place in taken:
            found.append([])
            taken = set()
        found[-1].append(row)
        taken.add(row.place)
    return found


def _laid(row: PlacedRow) -> tuple[int, int]:
    return (row.from_us or 0, row.place)
