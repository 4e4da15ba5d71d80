"""Tables of a run as files for other programs: CSV, Parquet, Arrow."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from linewright.ledger.closed import arrow, schema_of
from linewright.ledger.errors import DiskLowError, LedgerError
from linewright.ledger.row_reader import RowReader
from linewright.ledger.schema import TABLE_BY_NAME

#: Columns whose numbers stand for a text of the table `name`.
NAMED = frozenset({"step", "machine", "state", "reason", "material", "characteristic", "role", "input", "grade"})
ENDINGS = (".csv", ".parquet", ".arrow")
PART_ROWS = 100_000


def export_table(reader: RowReader, table: str, path: Path) -> int:
    """Write a table to a file; return how many rows it has.

    Parameters
    ----------
    reader
        Of the run; its closed days are written too.
    table
        One of `schema.TABLES`.
    path
        Its ending is one of `ENDINGS`. It is written under a temporary name first.

    Raises
    ------
    LedgerError
        There is no such table or form, or the file cannot be written.
    """
    if table not in TABLE_BY_NAME:
        near = get_close_matches(table, TABLE_BY_NAME, n=1, cutoff=0.0)
        raise LedgerError(f"there is no table `{table}`. Nearest: `{near[0]}`. All of them: docs/ledger.md")
    if path.suffix not in ENDINGS:
        raise LedgerError(f"{path}: the ending says the form, and it is one of {', '.join(ENDINGS)}, not `{path.suffix}`")
    begun = path.with_name(path.name + ".tmp")
    try:
        is_csv, is_parquet = path.suffix == ".csv", path.suffix == ".parquet"
        count = _write_csv(reader, table, begun) if is_csv else _write_arrow(reader, table, begun, is_parquet=is_parquet)
        begun.replace(path)
    except OSError as error:
        begun.unlink(missing_ok=True)
        if "No space" in str(error):
            raise DiskLowError(path, None, 0) from error
        raise LedgerError(f"{path}: it could not be written ({error.strerror or error})") from error
    return count


def _named(table: str) -> list[str]:
    """Return the columns of a table that are written as texts."""
    numbers = [c.split()[0] for c in TABLE_BY_NAME[table].columns if c.split()[1] == "INTEGER"]
    named = NAMED | ({"kind"} if table in {"thing", "things", "command"} else set()) | ({"name"} if table == "signal" else set())
    return [c for c in numbers if c in named]


def _parts(reader: RowReader, table: str) -> Iterator[list[tuple[Any, ...]]]:
    columns = TABLE_BY_NAME[table].column_names
    named = {k for k, c in enumerate(columns, start=1) if c in _named(table)}
    statement = f"SELECT rowid, {', '.join(columns)} FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid"  # noqa: S608 - names of the schema
    last = reader.count(table)
    for first in range(1, last + 1, PART_ROWS):
        rows = reader.rows_of(table, statement, (first, min(last, first + PART_ROWS - 1)))
        if rows:
            yield [tuple(reader.name(v) if k in named and v else v for k, v in enumerate(row)) for row in rows]


def _write_csv(reader: RowReader, table: str, path: Path) -> int:
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("rowid", *TABLE_BY_NAME[table].column_names))
        for rows in _parts(reader, table):
            writer.writerows([v.hex() if isinstance(v, bytes) else v for v in row] for row in rows)
            count += len(rows)
    return count


def _write_arrow(reader: RowReader, table: str, path: Path, *, is_parquet: bool) -> int:
    pa, pq = arrow()
    named = set(_named(table))
    schema = pa.schema([pa.field(f.name, pa.string()) if f.name in named else f for f in schema_of(table)])
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") if is_parquet else pa.ipc.new_file(path, schema) as writer:
        for rows in _parts(reader, table):
            columns = [pa.array(c, type=f.type) for c, f in zip(zip(*rows, strict=True), schema, strict=True)]
            writer.write_table(pa.table(columns, schema=schema))
            count += len(rows)
    return count
