"""Closed days: rows that no longer change, moved from a run's file to Parquet files beside it (docs/ledger.md).

A closed day consists of whole blocks of the chain, so that what proves the rows proves the files. Each file is written under a temporary name,
brought to the disk, renamed, and only then named in the table `closed`; rows leave the run's file part by part, each in one transaction
with the mark that says from where they are read. A process that dies in between leaves a file nobody names, or marks that are gone on from.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from linewright.ledger.chain import BLOCK_COLUMNS, Block
from linewright.ledger.errors import DiskLowError, LedgerError
from linewright.ledger.schema import TABLE_BY_NAME

#: Tables that are closed, and the column that their rows are sorted by within a file (rows of one station lie in the order of their units).
CLOSED = {"visit": "step", "consume": "role", "curve": "step", "command": "machine", "signal": "machine", "delivery": "driver"}
#: Rows of one file, and of one group that is read at once.
FILE_ROWS, GROUP_ROWS = 2_000_000, 16_384
READ_ROWS = 100_000
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class ClosedFile:
    """A row of the table `closed`.

    Parameters
    ----------
    file
        Its name in the folder beside the run.
    table, day
        Of which table, and the day (1970-01-01 is 0) its newest block was closed in line time.
    first, last
        Row numbers.
    moved
        Up to this row it is read from the file.
    bytes, digest
        Its size and SHA-256.
    """

    file: str
    table: str
    day: int
    first: int
    last: int
    moved: int
    bytes: int
    digest: str


CLOSED_COLUMNS = "file, of_table, day, first, last, moved, bytes, digest"


def closed_folder(run_file: Path) -> Path:
    """Return where the closed days of a run lie."""
    return run_file.with_suffix(".closed")


def closed_files(rows: Sequence[tuple[Any, ...]]) -> list[ClosedFile]:
    """Return rows of the table `closed`."""
    return [ClosedFile(*row) for row in rows]


def arrow() -> tuple[ModuleType, ModuleType]:
    """Return pyarrow and pyarrow.parquet.

    Raises
    ------
    LedgerError
        They are not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an optional extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise LedgerError("closed days and Arrow need two more libraries. Install them: pip install 'linewright[parquet]'") from error
    return pa, parquet


def schema_of(table: str) -> Any:
    """Return the Arrow schema of a table: its row number, then its columns, 64-bit."""
    pa, _ = arrow()
    kinds = {"INTEGER": pa.int64(), "REAL": pa.float64(), "TEXT": pa.string(), "BLOB": pa.binary()}
    fields = [pa.field("rowid", pa.int64())] + [pa.field(c.split()[0], kinds[c.split()[1]]) for c in TABLE_BY_NAME[table].columns]
    return pa.schema(fields)


def write_parquet(data: Any, path: Path, sorted_by: str | None) -> None:
    """Write an Arrow table under a temporary name, bring it to the disk, and give it its name.

    Raises
    ------
    DiskLowError
        There is no room; the temporary file is taken away.
    """
    _, pq = arrow()
    if sorted_by is not None:
        data = data.sort_by([(sorted_by, "ascending"), ("rowid", "ascending")])
    few = [c for c in data.column_names if c in {"step", "machine", "tool", "verdict", "grade", "layout", "role", "name", "kind", "web", "every_us"}]
    runs = {c: "DELTA_BINARY_PACKED" for c, t in zip(data.column_names, data.schema.types, strict=True) if str(t) == "int64" and c not in few}
    begun = path.with_suffix(".tmp")
    try:
        pq.write_table(
            data, begun, compression="zstd", compression_level=9, use_dictionary=few or False, column_encoding=runs or None,
            row_group_size=GROUP_ROWS, version="2.6", data_page_version="2.0",
        )  # fmt: skip
        _to_disk(begun)
        begun.replace(path)
        _to_disk(path.parent)
    except OSError as error:
        begun.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise DiskLowError(path, None, 0) from error
        raise LedgerError(f"{path}: it could not be written ({error.strerror or error}). The run itself is as it was") from error


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def closable(connection: sqlite3.Connection, until_us: int | None) -> list[tuple[int, Block]]:
    """Return (day, block) of the blocks that may be closed, in their order.

    Of a run that is not over, what a restart would count off (rows behind the older saved state) stays, and so do the blocks of the day that
    has been reached; of a run that is over all may go.

    Parameters
    ----------
    until_us
        Blocks closed before this line time; None: before the day that the run has reached.
    """
    reached, outcome = connection.execute("SELECT ifnull(line_us, begin_us), outcome FROM run").fetchone()
    limits: dict[str, int] = {}
    if outcome is None:
        row = connection.execute("SELECT marks FROM checkpoint ORDER BY seq LIMIT 1").fetchone()
        limits = {name: (json.loads(row[0]) if row else {}).get(name, 0) for name in CLOSED if TABLE_BY_NAME[name].replayed or name == "delivery"}
        until_us = min(until_us if until_us is not None else reached, reached // DAY_US * DAY_US)
    found = []
    at = 0
    for row in connection.execute(f"SELECT {BLOCK_COLUMNS} FROM block WHERE digest <> '' ORDER BY seq"):  # noqa: S608 - fixed words
        block = Block.from_row(*row)
        at = block.line_us if block.line_us is not None else at
        if until_us is not None and at >= until_us:
            break
        if any(span.last > limits.get(name, span.last) for name, span in block.rows.items()):
            break
        found.append((at // DAY_US, block))
    return found


def close_days(path: Path, until_us: int | None = None) -> Iterator[ClosedFile]:
    """Move the closed days of a run to Parquet, and yield each file when it is done.

    Parameters
    ----------
    path
        The run's file; the caller holds its lock.
    until_us
        See `closable`.

    Raises
    ------
    LedgerError, DiskLowError
        A file cannot be written; what was moved before is moved.
    """
    arrow()
    connection = sqlite3.connect(path, isolation_level=None, timeout=30.0)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        folder = closed_folder(path)
        folder.mkdir(exist_ok=True)
        for left in folder.glob("*.tmp"):
            left.unlink()
        yield from _go_on(connection)
        blocks = closable(connection, until_us)
        for table in CLOSED:
            done = int(connection.execute("SELECT ifnull(max(last), 0) FROM closed WHERE of_table = ?", (table,)).fetchone()[0])
            for day, spans in _parts(table, blocks, done):
                yield _close(connection, folder, table, day, spans)
        connection.executescript("PRAGMA incremental_vacuum")  # execute would give one page back
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _parts(table: str, blocks: Sequence[tuple[int, Block]], done: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield (day, [(first, last) of each block]) of each file to be made."""
    part: list[tuple[int, int]] = []
    of_day, count = 0, 0
    for day, block in blocks:
        span = block.rows.get(table)
        if span is None or span.last <= done:
            continue
        if part and (day != of_day or count >= FILE_ROWS):
            yield of_day, part
            part, count = [], 0
        of_day = day
        part.append((span.first, span.last))
        count += span.last - span.first + 1
    if part:
        yield of_day, part


def _close(connection: sqlite3.Connection, folder: Path, table: str, day: int, spans: list[tuple[int, int]]) -> ClosedFile:
    first, last = spans[0][0], spans[-1][1]
    date = f"{_date(day)}-{first}"
    target = folder / f"{table}-{date}.parquet"
    write_parquet(_read(connection, table, first, last), target, CLOSED[table])
    made = ClosedFile(target.name, table, day, first, last, first - 1, target.stat().st_size, file_digest(target))
    connection.execute(f"INSERT INTO closed ({CLOSED_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _row(made))  # noqa: S608 - fixed words
    return _move(connection, made)


def _move(connection: sqlite3.Connection, made: ClosedFile) -> ClosedFile:
    """Take the rows of a file out of the run's own, part by part, so that nobody waits long."""
    for end in [*range(made.moved + READ_ROWS, made.last, READ_ROWS), made.last]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(f"DELETE FROM {made.table} WHERE rowid BETWEEN ? AND ?", (made.first, end))  # noqa: S608 - a name of the schema
            connection.execute("UPDATE closed SET moved = ? WHERE file = ?", (end, made.file))
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            connection.execute("ROLLBACK")
            raise LedgerError(f"rows of {made.file} could not be taken out of the run's file ({error}); close the day again") from error
    return ClosedFile(made.file, made.table, made.day, made.first, made.last, made.last, made.bytes, made.digest)


def _go_on(connection: sqlite3.Connection) -> Iterator[ClosedFile]:
    """Finish what an earlier process began to move."""
    rows = connection.execute(f"SELECT {CLOSED_COLUMNS} FROM closed WHERE moved < last").fetchall()  # noqa: S608 - fixed words
    for made in closed_files(rows):
        yield _move(connection, made)


def _read(connection: sqlite3.Connection, table: str, first: int, last: int) -> Any:
    """Return rows of a table as an Arrow table."""
    pa, _ = arrow()
    schema = schema_of(table)
    statement = f"SELECT {', '.join(schema.names)} FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid"  # noqa: S608 - names of the schema
    parts = []
    for begin in range(first, last + 1, READ_ROWS):
        rows = connection.execute(statement, (begin, min(last, begin + READ_ROWS - 1))).fetchall()
        columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
        parts.append(pa.table([pa.array(c, type=f.type) for c, f in zip(columns, schema, strict=True)], schema=schema))
    return pa.concat_tables(parts)


def _row(made: ClosedFile) -> tuple[Any, ...]:
    return made.file, made.table, made.day, made.first, made.last, made.moved, made.bytes, made.digest


def _date(day: int) -> str:
    return f"{datetime.fromtimestamp(day * 86_400, UTC):%Y-%m-%d}"
