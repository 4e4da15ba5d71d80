"""A connection to PostgreSQL that is asked as SQLite's is: the ledger's SQL goes in, rows come out."""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from linewright.ledger.dialect import to_postgres
from linewright.ledger.errors import LedgerError

OLDEST = 150000


def psycopg() -> ModuleType:
    """Return the client library.

    Raises
    ------
    LedgerError
        It is not installed.
    """
    try:
        import psycopg as client  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise LedgerError("a ledger in PostgreSQL needs the library psycopg. Install it: pip install 'linewright[postgresql]'") from error
    return client


def shown(url: str) -> str:
    """Return an address without its password.

    Examples
    --------
    >>> shown("postgresql://ada:secret@db:5432/plant")
    'postgresql://ada@db:5432/plant'
    """
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", "@") if parts.password else url


class PostgresConnection:
    """One connection, in one run's schema.

    Parameters
    ----------
    url
        Such as ``postgresql://user@host/database``.
    schema
        The run; None for the list of runs alone.
    is_reader
        Whether it may only read.

    Raises
    ------
    LedgerError
        The server does not answer, is older than 15, or knows no such user or database.
    """

    def __init__(self, url: str, schema: str | None, *, is_reader: bool = False) -> None:
        self._client = psycopg()
        self.url = url
        options = f'-c search_path="{schema}",public' if schema else ""
        if is_reader:
            options += " -c default_transaction_read_only=on"
        name = f"linewright {'reads' if is_reader else 'writes'} {schema or 'runs'} {os.getpid()}"
        try:
            self._connection = self._client.connect(url, autocommit=True, options=options.strip(), application_name=name, connect_timeout=10)
        except self._client.OperationalError as error:
            said = str(error).strip().splitlines()[-1]
            raise LedgerError(f"{shown(url)}: the database cannot be reached ({said}). Is the server up, and are user and database right?") from error
        found = self._connection.info.server_version
        if found < OLDEST:
            self._connection.close()
            raise LedgerError(f"{shown(url)}: the server is PostgreSQL {found // 10000}; 15 or newer is needed")

    @property
    def in_transaction(self) -> bool:
        """Whether one is under way."""
        status = self._connection.info.transaction_status
        return bool(status != self._client.pq.TransactionStatus.IDLE)

    @property
    def is_lost(self) -> bool:
        """Whether the server is gone."""
        return bool(self._connection.closed)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Any:
        """Run a statement of the ledger; return its cursor."""
        words, order = to_postgres(statement)
        given = [parameters[i] for i in order] if order is not None else list(parameters)
        try:
            return self._connection.execute(words, given)
        except self._client.Error as error:
            raise self._told(error) from error

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each of many rows."""
        words, order = to_postgres(statement)
        given = ([r[i] for i in order] for r in rows) if order is not None else ([_plain(v) for v in row] for row in rows)
        try:
            with self._connection.cursor() as cursor:
                cursor.executemany(words, given)
        except self._client.Error as error:
            raise self._told(error) from error

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add many rows at once."""
        try:
            with self._connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        except self._client.Error as error:
            raise self._told(error) from error

    def lock(self, run: str) -> bool:
        """Take the right to write a run, which ends with this connection; False where another has it."""
        return bool(self.execute("SELECT pg_try_advisory_lock(?, ?)", lock_key(run)).fetchone()[0])

    def writer_of(self, run: str) -> int | None:
        """Return the process that writes a run (0 where it does not say); None where nobody does."""
        row = self.execute(
            "SELECT coalesce(substring(a.application_name FROM '[0-9]+$'), '0')::bigint FROM pg_locks AS l"
            " LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND l.classid = ?::bigint::oid"
            " AND l.objid = ?::bigint::oid AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [key & 0xFFFFFFFF for key in lock_key(run)],
        ).fetchone()
        return None if row is None else int(row[0])

    def close(self) -> None:
        """Close it; twice does no harm."""
        self._connection.close()

    def __del__(self) -> None:
        if hasattr(self, "_connection"):  # of a reader that nobody closed, as SQLite does it
            self._connection.close()

    def _told(self, error: Exception) -> LedgerError:
        said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if isinstance(error, self._client.errors.DiskFull):
            return LedgerError(f"{shown(self.url)}: the database's disk is full ({said}). What was acknowledged is kept; make room and start again")
        if self.is_lost:
            return LostError(f"{shown(self.url)}: the connection to the database was lost ({said}). What was acknowledged is kept; start again")
        return LedgerError(f"{shown(self.url)}: the database refused ({said}). What was acknowledged is kept")


class LostError(LedgerError):
    """The database went away in the middle."""


def lock_key(run: str) -> tuple[int, int]:
    """Return the two numbers of a run's advisory lock."""
    return 0x4C575254, zlib.crc32(run.encode()) - 2**31


def _plain(value: Any) -> Any:
    """Return a value as SQLite stores it: what is no number is nothing."""
    return None if isinstance(value, float) and math.isnan(value) else value
