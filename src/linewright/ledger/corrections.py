"""Corrections: what was written stays, and an event says what it should have been."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from linewright.ledger.errors import LedgerError
from linewright.ledger.reader import RunReader
from linewright.ledger.schema import TABLE_BY_NAME
from linewright.ledger.writer import RunWriter

KIND = "correction"


@dataclass(frozen=True, slots=True)
class Correction:
    """One value of a row that should be another one.

    Parameters
    ----------
    table, row, column
        Where it stands; `row` is the row number.
    was
        What stands there, and stays there.
    value
        What it should be.
    by, because
        Who says so, and why.
    """

    table: str
    row: int
    column: str
    was: Any
    value: Any
    by: str
    because: str


def correct(writer: RunWriter, reader: RunReader, where: tuple[str, int, str], value: str, signed: tuple[str, str]) -> Correction:
    """Add the event of a correction, and commit it.

    Parameters
    ----------
    writer, reader
        Of one run.
    where
        Table, row number and column.
    value
        What should stand there, as text.
    signed
        Who says so, and why; neither empty.

    Raises
    ------
    LedgerError
        There is no such table, column or row; the value is none that the column holds; nobody signs.
    """
    table, row, column = where
    if not all(text.strip() for text in signed):
        raise LedgerError("a correction needs who makes it and why: --by NAME --because TEXT")
    kinds = {c.split()[0]: c.split()[1] for c in _named(table, {t: t for t in TABLE_BY_NAME}, "table") and TABLE_BY_NAME[table].columns}
    kind = _named(column, kinds, f"column of {table}")
    found = reader.row(f"SELECT {column} FROM {table} WHERE rowid = ?", (row,))  # noqa: S608 - both are names of the schema
    if found is None:
        raise LedgerError(f"{table} has no row {row}; it has rows up to {reader.count(table)}")
    if kind == "BLOB":
        raise LedgerError(f"{table}.{column} holds bytes; say the correction of its values in words: writer.event('{KIND}', ...)")
    correction = Correction(table, row, column, found[0], _typed(value, kind, f"{table}.{column}"), *signed)
    body = {"table": table, "row": row, "column": column, "was": correction.was, "value": correction.value, "by": signed[0], "because": signed[1]}
    writer.event(KIND, None, body)
    writer.commit()
    return correction


def corrections(reader: RunReader) -> list[Correction]:
    """Return the corrections of a run, in their order."""
    return [Correction(**event.body) for event in reader.events_since(0, KIND, limit=1_000_000)]


def _named(name: str, known: dict[str, str], what: str) -> str:
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0.0)
        raise LedgerError(f"there is no {what} `{name}`. Nearest: `{near[0]}`. All of them: docs/ledger.md")
    return known[name]


def _typed(value: str, kind: str, where: str) -> Any:
    try:
        return {"INTEGER": int, "REAL": float}.get(kind, str)(value)
    except ValueError as error:
        expected = "a whole number" if kind == "INTEGER" else "a number"
        raise LedgerError(f"{where}: {expected} was expected, not `{value}`") from error
