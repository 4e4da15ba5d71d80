"""Rows of one run, read by any thread of any process while the run is written."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from pathlib import Path
from typing import Any, Self

import numpy as np

from linewright.ledger.closed import CLOSED, CLOSED_COLUMNS, ClosedFile, closed_files
from linewright.ledger.closed_reader import ClosedDays
from linewright.ledger.errors import LedgerError, NewerError
from linewright.ledger.migrations import bring_up, version_of
from linewright.ledger.records import Header
from linewright.ledger.schema import TABLE_BY_NAME, VERSION

Row = tuple[Any, ...]


class RowReader:
    """A run's file, read only; each thread has its own connection.

    Parameters
    ----------
    path
        The run's file.

    Raises
    ------
    LedgerError, NewerError
        It is not a run's file, or a newer version wrote it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._here = threading.local()
        self._guard = threading.Lock()
        self._connections: list[Any] = []
        self._names: dict[int, tuple[str, str]] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._days = ClosedDays(path)
        self._check_version()

    def rows(self, statement: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """Return the rows of a query."""
        found: list[Row] = self._connection().execute(statement, parameters).fetchall()
        return found

    def row(self, statement: str, parameters: Sequence[Any] = ()) -> Row | None:
        """Return the first row of a query; None where there is none."""
        found: Row | None = self._connection().execute(statement, parameters).fetchone()
        return found

    def rows_of(
        self,
        table: str,
        statement: str,
        parameters: Sequence[Any] = (),
        *,
        by: Callable[[Row], Any] | None = None,
        is_newest_first: bool = False,
        limit: int | None = None,
    ) -> list[Row]:
        """Return the rows of a query over one table, those of closed days too.

        Parameters
        ----------
        table
            The table that the statement reads.
        by
            What the statement orders its rows by; None: by row number.
        is_newest_first
            Whether it orders them downwards.
        limit
            How many it asks for at most.
        """
        files, hot = self.closed(table), self.rows(statement, parameters)
        while files != (now := self.closed(table)):  # rows were moved between the two
            files, hot = now, self.rows(statement, parameters)
        if not files:
            return hot
        cold = self._days.rows(files, table, statement, parameters)
        found = hot + cold if is_newest_first else cold + hot
        if by is not None:
            found.sort(key=by, reverse=is_newest_first)
        return found if limit is None else found[:limit]

    def total_of(self, table: str, statement: str, parameters: Sequence[Any] = (), *, fold: Callable[[Any, Any], Any]) -> Any:
        """Return the one value of a query over one table (its sum, its highest), folded over closed days and the rest; None where there is none."""
        found = [row[0] for row in self.rows_of(table, statement, parameters) if row[0] is not None]
        return reduce(fold, found) if found else None

    def closed(self, table: str) -> tuple[ClosedFile, ...]:
        """Return the files of closed days of a table from which rows are read, oldest first."""
        if table not in CLOSED:
            return ()
        rows = self.rows(f"SELECT {CLOSED_COLUMNS} FROM closed WHERE of_table = ? AND moved >= first ORDER BY first", (table,))  # noqa: S608
        return tuple(closed_files(rows))

    def header(self) -> Header:
        """Return what the run is, as of now."""
        row = self.row("SELECT run, name, source, plan, seed, speed, begin_us, created_us, line_us, ended_us, outcome FROM run")
        if row is None:
            raise LedgerError(f"{self.path}: the run has no header; it was not finished being made. Take the file away")
        return Header(*row)

    def plan_text(self) -> str:
        """Return the completed line file that was run."""
        row = self.row("SELECT text FROM plan")
        return str(row[0]) if row else ""

    def fact(self, key: str) -> Any:
        """Return a fact that the writer left (`RunWriter.fact`); None where there is none."""
        row = self.row("SELECT body FROM fact WHERE key = ?", (key,))
        return json.loads(row[0]) if row else None

    def damage(self) -> list[str]:
        """Return what the store itself finds damaged: pages, and rows that an index lacks; empty where it is whole."""
        return [row[0] for row in self.rows("PRAGMA integrity_check(5)") if row[0] != "ok"]

    def change_mark(self) -> int:
        """Return a number that changes when another connection has committed (of this thread's connection): cheap to poll."""
        return int(self._connection().execute("PRAGMA data_version").fetchone()[0])

    # ---- names

    def name(self, key: int | None) -> str | None:
        """Return the text that a number stands for; None for None."""
        if key is None:
            return None
        if key not in self._names:
            self._read_names()
        return self._names[key][1]

    def number(self, kind: str, text: str) -> int | None:
        """Return the number that stands for a text; None where the run has none."""
        if (kind, text) not in self._numbers:
            self._read_names()
        return self._numbers.get((kind, text))

    def names(self, kind: str) -> dict[int, str]:
        """Return all texts of a kind (``step``, ``machine``, ``state``, ``reason``, ``characteristic`` ...) by their numbers."""
        self._read_names()
        return {key: text for key, (k, text) in self._names.items() if k == kind}

    # ---- columns

    def count(self, table: str) -> int:
        """Return how many rows a table has (its highest row number: nothing is ever taken out)."""
        row = self.row(f"SELECT ifnull(max(rowid), 0) FROM {_known(table)}")  # noqa: S608 - a name of the schema
        there = int(row[0]) if row else 0
        return max([there, *(f.last for f in self.closed(table))])

    def columns(self, table: str, columns: Sequence[str], first: int = 1, last: int | None = None) -> dict[str, np.ndarray[Any, Any]]:
        """Return columns of numbers for a span of rows.

        Parameters
        ----------
        table, columns
            Names of the schema. Whole numbers become int64 (null: the smallest int64), others float64 (null: nan).
        first, last
            Row numbers, both included; `last` None is the newest.
        """
        wanted = [_column(table, c) for c in columns]
        high = self.count(table) if last is None else last
        statement = f"SELECT {', '.join(c for c, _ in wanted)} FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid"  # noqa: S608
        rows = self.rows_of(table, statement, (first, high))
        return {name: _array(values, dtype) for (name, dtype), values in zip(wanted, _turned(rows, len(wanted)), strict=True)}

    def first_row_at(self, table: str, time_column: str, time_us: int) -> int:
        """Return the first row whose time is `time_us` or later, in a table that is written in the order of that time (row numbers from 1).

        Rows are found by halving, since an index on time would cost at every row of the largest tables.
        """
        _column(table, time_column)
        low, high = 1, self.count(table) + 1
        while low < high:
            middle = (low + high) // 2
            statement = f"SELECT {time_column} FROM {table} WHERE rowid >= ? ORDER BY rowid LIMIT 1"  # noqa: S608
            found = self.rows_of(table, statement, (middle,), limit=1)
            if found and found[0][0] is not None and found[0][0] < time_us:
                low = middle + 1
            else:
                high = middle
        return low

    def close(self) -> None:
        """Close the connections of all threads."""
        self._days.close()
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._here = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # ---- inside

    def _check_version(self) -> None:
        found = version_of(self._connection(), self.path)
        if found > VERSION:
            raise NewerError(self.path, found, VERSION)
        if found < VERSION:
            bring_up(self.path)

    def _connection(self) -> Any:
        connection = getattr(self._here, "connection", None)
        if connection is None:
            connection = self._here.connection = self._open()
        return connection

    def _open(self) -> Any:
        """Return a new connection, closed with all others."""
        try:
            connection = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False, timeout=10.0)
            connection.execute("PRAGMA query_only = ON")
        except sqlite3.OperationalError as error:
            raise LedgerError(f"{self.path}: it cannot be read ({error}). Is the folder there, and may you read it?") from error
        with self._guard:
            self._connections.append(connection)
        return connection

    def _read_names(self) -> None:
        found = self.rows("SELECT key, kind, text FROM name")
        with self._guard:
            self._names = {key: (kind, text) for key, kind, text in found}
            self._numbers = {(kind, text): key for key, kind, text in found}


def in_parts(values: Iterable[int], size: int = 500) -> Iterator[list[int]]:
    """Yield a long list in parts that fit into one statement."""
    part: list[int] = []
    for value in values:
        part.append(int(value))
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _known(table: str) -> str:
    return TABLE_BY_NAME[table].name


def _column(table: str, column: str) -> tuple[str, type]:
    for declared in TABLE_BY_NAME[table].columns:
        name, kind = declared.split()[:2]
        if name == column:
            return name, (np.int64 if kind == "INTEGER" else np.float64 if kind == "REAL" else object)
    raise KeyError(f"{table} has no column {column}")


def _turned(rows: list[Row], width: int) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True)) if rows else [() for _ in range(width)]


def _array(values: Sequence[Any], dtype: type) -> np.ndarray[Any, Any]:
    if dtype is np.int64:
        try:
            return np.array(values, dtype=np.int64)
        except TypeError:
            return np.array([np.iinfo(np.int64).min if v is None else v for v in values], dtype=np.int64)
    if dtype is np.float64:
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
