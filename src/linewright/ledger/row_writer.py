"""Rows into the tables of a run: the one connection that writes it, and its lock."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from linewright.ledger.chain import Chain
from linewright.ledger.closed import CLOSED
from linewright.ledger.disk import WANTED_BYTES
from linewright.ledger.errors import DiskLowError, LedgerError
from linewright.ledger.lock import WriterLock
from linewright.ledger.migrations import migrate
from linewright.ledger.schema import TABLE_BY_NAME

Column = Sequence[Any] | np.ndarray[Any, Any]


def connect_writer(path: Path) -> sqlite3.Connection:
    """Open a run's file for writing: WAL, and a commit that is on the disk when it returns."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # of a new file: what closed days leave is given back, and no row gets another number
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def as_list(column: Column) -> Sequence[Any]:
    """Return a column as a list of plain Python values (SQLite knows no NumPy scalars)."""
    return column.tolist() if isinstance(column, np.ndarray) else column


def _kept(column: Column, skip: int) -> Column:
    """Return a column without its first rows, as a copy: whoever gave it may use it again."""
    return np.array(column[skip:]) if isinstance(column, np.ndarray) else list(column[skip:])


class Releasable(Protocol):
    """What can be let go of."""

    def release(self) -> None:
        """Let go of it; twice does no harm."""


class RowWriter:
    """Adds rows to the tables of one run.

    Parameters
    ----------
    path
        The run's file; its tables exist.
    run_id
        Such as ``live-3``.

    Raises
    ------
    LockedError
        Another process writes this run.
    NewerError
        A newer version wrote it.
    """

    #: Whether its rows are closed into blocks (what is made again beside a run is not: it may be deleted).
    is_chained = True

    def __init__(self, path: Path, run_id: str) -> None:
        self.path, self.run_id = path, run_id
        self._lock, self._connection = self._opened()
        self._statements: dict[tuple[str, ...], str] = {}
        self._skip_rows: dict[str, int] = {}
        self._restart()

    def _opened(self) -> tuple[Releasable, Any]:
        """Return the lock and the connection, with the tables of today."""
        lock = WriterLock(self.path)
        try:
            connection = connect_writer(self.path)
            migrate(connection, self.path)
        except BaseException:
            lock.release()
            raise
        return lock, connection

    def _restart(self) -> None:
        """Look anew at what is committed: the end of the chain, the tables that closed days have emptied."""
        self._emptied = {row[0] for row in self.query("SELECT DISTINCT of_table FROM closed") if not self._has_rows(row[0])}
        self._taken: list[tuple[Sequence[int], Sequence[int], Sequence[int]]] = []
        self._chain = Chain(self.query, self._highest) if self.is_chained else None

    def append(self, table: str, columns: Mapping[str, Column]) -> int:
        """Add rows to a table; return how many were new.

        Parameters
        ----------
        table
            One of `schema.TABLES`.
        columns
            Column by name, all of one length; columns not given are null. Arrays are turned to lists of Python numbers.
        """
        lists = [as_list(column) for column in columns.values()]
        count = len(lists[0])
        if count == 0:
            return 0
        skip = min(self._skip_rows.get(table, 0), count)
        if skip:
            self._skip_rows[table] -= skip
            if skip == count:
                return 0
            lists = [column[skip:] for column in lists]
        self._begin()
        names = tuple(columns)
        self._add(table, names, lists)
        if self._chain is not None:
            self._chain.added(table, count - skip, {name: _kept(column, skip) for name, column in columns.items()})
            if table == "placed" and "to_us" in columns:
                self._note_taken(dict(zip(names, lists, strict=True)))
        return count - skip

    def _add(self, table: str, names: tuple[str, ...], lists: list[Sequence[Any]]) -> None:
        """Add rows of known columns."""
        if table in self._emptied:  # SQLite would number from 1 again
            first = self._highest(table) + 1
            self._emptied.discard(table)
            names, lists = ("rowid", *names), [list(range(first, first + len(lists[0]))), *lists]
        self._run_many(self._statement("INSERT", table, names), zip(*lists, strict=True))

    def put(self, table: str, columns: Mapping[str, Column]) -> None:
        """Add rows, or replace those with the same primary key (ranges that grow, parts of a state)."""
        lists = [as_list(column) for column in columns.values()]
        if lists[0]:
            self._begin()
            self._run_many(self._statement("INSERT OR REPLACE", table, tuple(columns)), zip(*lists, strict=True))
            if self._chain is not None:
                self._chain.changed(table)

    def take_off(self, units: Column, carriers: Column, times_us: Column) -> None:
        """Write until when units lay on their carriers (rows of `placed` that are still open)."""
        self._begin()
        off = as_list(units), as_list(carriers), as_list(times_us)
        self._run_many("UPDATE placed SET to_us = ? WHERE unit = ? AND carrier = ? AND to_us IS NULL", zip(off[2], off[0], off[1], strict=True))
        if self._chain is not None and off[0]:
            self._taken.append(off)

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query, with what is written and not committed yet."""
        found: list[tuple[Any, ...]] = self._connection.execute(statement, parameters).fetchall()
        return found

    # ---- inside

    def _note_taken(self, lists: Mapping[str, Sequence[Any]]) -> None:
        off = [row for row in zip(lists["unit"], lists["carrier"], lists["to_us"], strict=True) if row[2] is not None]
        if off:
            units, carriers, times = zip(*off, strict=True)
            self._taken.append((units, carriers, times))

    def _begin(self) -> None:
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")

    def _has_rows(self, table: str) -> bool:
        return self._connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None  # noqa: S608 - a name of TABLES

    def _highest(self, table: str) -> int:
        there = int(self._connection.execute(f"SELECT ifnull(max(rowid), 0) FROM {table}").fetchone()[0])  # noqa: S608 - a name of TABLES
        if there or table not in CLOSED:
            return there
        return int(self._connection.execute("SELECT ifnull(max(last), 0) FROM closed WHERE of_table = ?", (table,)).fetchone()[0])

    def _statement(self, verb: str, table: str, columns: tuple[str, ...]) -> str:
        asked = (verb, table, *columns)
        if asked not in self._statements:
            unknown = set(columns) - {"rowid", *TABLE_BY_NAME[table].column_names}
            if unknown:
                raise KeyError(f"{table} has no column {sorted(unknown)}")
            self._statements[asked] = f"{verb} INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        return self._statements[asked]

    def _run_many(self, statement: str, rows: Any) -> None:
        try:
            self._connection.executemany(statement, rows)
        except sqlite3.OperationalError as error:
            raise self._translated(error) from error

    def _translated(self, error: sqlite3.OperationalError) -> LedgerError:
        return refused_write(self.path, error)


def refused_write(path: Path, error: sqlite3.OperationalError) -> LedgerError:
    """Return what to tell of a write that SQLite refused: the full disk by name."""
    if "full" in str(error):
        return DiskLowError(path, None, WANTED_BYTES)
    return LedgerError(f"{path}: the disk or the system refused to write ({error}). What was acknowledged is kept; start again")


def now_us() -> int:
    """Return wall time, UTC in microseconds."""
    return time.time_ns() // 1000
