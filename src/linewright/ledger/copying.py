"""Moves runs between stores: every row under its number, and the proof that both are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linewright.ledger.chain import CHAINED, table_digest
from linewright.ledger.dialect import BY_DAY, create_day, is_numbered
from linewright.ledger.errors import LedgerError
from linewright.ledger.ledger import Ledger, begin_tables
from linewright.ledger.lock import WriterLock
from linewright.ledger.postgres import PostgresLedger, begin_schema
from linewright.ledger.postgres_connection import PostgresConnection
from linewright.ledger.reader import RunReader
from linewright.ledger.row_writer import connect_writer
from linewright.ledger.schema import TABLE_BY_NAME, TABLES
from linewright.ledger.verify import Verified, verify_run

PART_ROWS = 50_000
#: Of a copy these are its own: rows of closed days are copied as rows.
OWN = frozenset({"closed"})
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Copied:
    """One run that is there twice now.

    Parameters
    ----------
    run
        Its id in both.
    rows
        How many rows were copied; 0 where it was there already.
    head
        Digest of its last block, the same in both; None of a run without one.
    was_there
        Whether it had been copied before.
    """

    run: str
    rows: int
    head: str | None
    was_there: bool


def copy_run(source: Ledger, target: Ledger, run: str) -> Copied:
    """Copy a run into another ledger under the same name, and prove that both are the same.

    The copy is nowhere until it is whole: in a database one transaction, in a folder a file under another name until it is proven.

    Raises
    ------
    LedgerError
        The source is not whole; the target has another run of that name; the copy is not the same.
    """
    if source.run_info(run).is_written:
        raise LedgerError(f"{run} is being written. Stop it, then copy it")
    with source.reader(run) as reader:
        found = verify_run(reader, run)
        if found.faults:
            raise LedgerError(f"{source.where}: {run} is not whole ({found.faults[0].what}). linewright ledger verify {run} says where")
        if any(info.run == run for info in target.runs()):
            with target.reader(run) as there:
                _prove(reader, there, found, target.where)
            return Copied(run, 0, found.head, was_there=True)
        rows = _into_database(reader, target, run) if isinstance(target, PostgresLedger) else _into_folder(reader, target, run)
        try:
            with target.reader(run) as there:
                _prove(reader, there, found, target.where)
        except LedgerError:
            target.drop(run)
            raise
    return Copied(run, rows, found.head, was_there=False)


def _prove(source: RunReader, copy: RunReader, found: Verified, where: str) -> None:
    """Compare two runs: the chain of one and the other, what no block covers, and the state to go on from.

    Raises
    ------
    LedgerError
    """
    again = verify_run(copy, found.run)
    same = (again.head, again.blocks, again.rows, again.open_rows, again.faults) == (found.head, found.blocks, found.rows, found.open_rows, [])
    tables = [t.name for t in TABLES if t.name not in {*CHAINED, *OWN} or (found.open_rows and t.name in CHAINED)]
    different = [name for name in tables if same and _digest(source, name) != _digest(copy, name)]
    if different or not same:
        what = f"{', '.join(different)} differ" if different else again.faults[0].what if again.faults else "its blocks differ"
        raise LedgerError(f"{where}: {found.run} there is not the same run ({what}). Nothing was changed in the source; name another target")


def _digest(reader: RunReader, table: str) -> Any:
    if table in CHAINED:
        columns = ", ".join(TABLE_BY_NAME[table].column_names)
        return reader.rows_of(table, f"SELECT rowid, {columns} FROM {table} ORDER BY rowid")  # noqa: S608 - names of the schema
    return table_digest(reader.rows, table)


def _parts(reader: RunReader, table: str) -> Iterator[tuple[list[str], list[tuple[Any, ...]]]]:
    """Yield the columns of a table and parts of its rows; numbers of rows where they are no key."""
    columns = [*(["rowid"] if is_numbered(table) else []), *TABLE_BY_NAME[table].column_names]
    if not is_numbered(table):
        rows = reader.rows(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]}")  # noqa: S608 - names of the schema
        if rows:
            yield columns, rows
        return
    statement = f"SELECT {', '.join(columns)} FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid"  # noqa: S608
    last = reader.count(table)
    for first in range(1, last + 1, PART_ROWS):
        rows = reader.rows_of(table, statement, (first, min(last, first + PART_ROWS - 1)))
        if rows:
            yield columns, rows


def _into_folder(reader: RunReader, target: Ledger, run: str) -> int:
    path = target.path_of(run)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = WriterLock(path)
    begun = path.with_suffix(".copying")
    try:
        for left in (begun, Path(f"{begun}-wal"), Path(f"{begun}-shm")):
            left.unlink(missing_ok=True)
        connection = connect_writer(begun)
        try:
            connection.execute("BEGIN IMMEDIATE")
            begin_tables(connection)
            count = 0
            for table in _copied():
                for columns, rows in _parts(reader, table):
                    marks = ", ".join("?" * len(columns))
                    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608
                    count += len(rows)
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
        begun.replace(path)
    finally:
        lock.release()
    return count


def _into_database(reader: RunReader, target: PostgresLedger, run: str) -> int:
    connection = PostgresConnection(target.url, None)
    try:
        connection.execute("BEGIN")
        target.list_runs(connection)
        begin_schema(connection, run)
        count = 0
        for table in _copied():
            for columns, rows in _parts(reader, table):
                _copy_in(connection, table, columns, rows)
                count += len(rows)
        connection.execute("COMMIT")
    finally:
        connection.close()
    return count


def _copy_in(connection: PostgresConnection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if table not in BY_DAY:
        connection.copy_in(table, columns, rows)
        return
    time_column = next(c for c in ("out_us", "line_us", "done_us", "begin_us") if c in columns)
    place = columns.index(time_column)
    days = [(row[place] or 0) // DAY_US for row in rows]
    for day in sorted(set(days)):
        connection.execute(create_day(table, day))
    connection.copy_in(table, [*columns, "day"], ((*row, day) for row, day in zip(rows, days, strict=True)))


def _copied() -> list[str]:
    return [t.name for t in TABLES if t.name not in OWN]

