"""A ledger in PostgreSQL: each run is a schema with the tables of a run's file; a list of the runs stands in `public.linewright_run`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from linewright.ledger.closed import DAY_US, ClosedFile
from linewright.ledger.dialect import BY_DAY, create_day, create_postgres, is_numbered
from linewright.ledger.errors import LedgerError, LockedError, NewerError
from linewright.ledger.ledger import SOURCES, Ledger, RunInfo, default_folder
from linewright.ledger.postgres_connection import LostError, PostgresConnection, shown
from linewright.ledger.reader import RunReader
from linewright.ledger.row_reader import Row
from linewright.ledger.row_writer import Column, Releasable, as_list
from linewright.ledger.schema import TABLE_BY_NAME, TABLES, VERSION
from linewright.ledger.waiting import WaitingConnection
from linewright.ledger.writer import RunWriter, now_us

LIST = "linewright_run"
HEADER = "name, source, plan, seed, speed, begin_us, created_us, line_us, ended_us, outcome"


def is_postgres(where: str) -> bool:
    """Tell whether the name of a ledger is a database's address."""
    return where.startswith(("postgresql://", "postgres://"))


def schema(run: str) -> str:
    """Return a run's schema, quoted."""
    return f'"{run}"'


class PostgresLedger(Ledger):
    """The runs in a database.

    Parameters
    ----------
    url
        ``postgresql://user@host/database``.
    """

    keeps_checkpoints = False

    def __init__(self, url: str) -> None:
        self.url = url
        #: What lies beside a ledger (experiments of the page) lies here, on this machine.
        super().__init__(default_folder().with_name("ledger-" + re.sub(r"[^A-Za-z0-9]+", "-", shown(url).split("://", 1)[1]).strip("-")))

    @property
    def where(self) -> str:
        """Where it is, without the password."""
        return shown(self.url)

    def create_run(  # noqa: PLR0917 - the order is the header's
        self,
        plan_text: str,
        plan_digest: str,
        source: str,
        seed: int | None = None,
        speed: float | None = None,
        begin_us: int = 0,
        name: str = "",
    ) -> RunWriter:
        """Make the schema of a new run, with its header, and return its writer; see `Ledger.create_run`."""
        if source not in SOURCES:
            raise ValueError(f"source is one of {SOURCES}, not {source!r}")
        connection = PostgresConnection(self.url, None)
        try:
            connection.execute("BEGIN")
            self.list_runs(connection)
            connection.execute(f"LOCK TABLE {LIST} IN EXCLUSIVE MODE")  # two processes never get the same number
            numbers = [int(row[0].rsplit("-", 1)[1]) for row in connection.execute(f"SELECT run FROM {LIST}").fetchall()]  # noqa: S608
            run = f"{source}-{max(numbers, default=0) + 1}"
            begin_schema(connection, run)
            header = (run, name or run, source, plan_digest, seed, None if speed == float("inf") else speed, begin_us, now_us(), begin_us)
            connection.execute("INSERT INTO plan (plan, text) VALUES (?, ?)", (plan_digest, plan_text))
            columns = "run, name, source, plan, seed, speed, begin_us, created_us, line_us"
            connection.execute(f"INSERT INTO run ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", header)  # noqa: S608 - fixed words
            connection.execute("COMMIT")
        finally:
            connection.close()
        return PostgresWriter(self.url, self.path_of(run), run)

    def runs(self) -> list[RunInfo]:
        """Return the runs of this ledger, oldest first."""
        connection = PostgresConnection(self.url, None, is_reader=True)
        try:
            known = self._runs(connection)
            sizes = dict(
                connection.execute(
                    "SELECT n.nspname, sum(pg_relation_size(c.oid))::bigint FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
                    " WHERE c.relkind IN ('r', 'i', 't') GROUP BY n.nspname"
                ).fetchall()
            )
            found = []
            for run in known:
                row = connection.execute(f"SELECT {HEADER} FROM {schema(run)}.run").fetchone()  # noqa: S608 - a name of the list
                kept = connection.execute(f"SELECT body FROM {schema(run)}.fact WHERE key = 'kept'").fetchone()  # noqa: S608
                is_written = connection.writer_of(run) is not None
                size = int(sizes.get(run, 0))
                found.append(RunInfo(*(run, *row, is_written, size, "rows" if kept is None else json.loads(kept[0]))))
        finally:
            connection.close()
        return sorted(found, key=lambda info: (info.created_us, info.run))

    def damaged(self) -> list[Path]:
        """Return nothing: a database is whole or does not answer."""
        return []

    def newer(self) -> list[NewerError]:
        """Return what to say of each run that a newer version wrote."""
        connection = PostgresConnection(self.url, None, is_reader=True)
        try:
            known = self._runs(connection)
        finally:
            connection.close()
        return [NewerError(self.path_of(run), version, VERSION) for run, version in known.items() if version > VERSION]

    def open_run(self, run: str) -> RunWriter:
        """Return the writer of a run that is there; see `Ledger.open_run`."""
        return PostgresWriter(self.url, self.path_of(self.run_info(run).run), run)

    def reader(self, run: str | None = None) -> RunReader:
        """Return a reader of a run; None is the newest."""
        found = self.run_info(run).run
        return PostgresReader(self.url, self.path_of(found), found)

    def close_days(self, run: str, until_us: int | None = None) -> Iterator[ClosedFile]:  # noqa: ARG002
        """Refuse: the database keeps its days as partitions.

        Raises
        ------
        LedgerError
        """
        raise LedgerError(
            f"{self.where}: a database keeps each day as a partition of its own. "
            f"For Parquet copy the run into a folder first: linewright ledger copy {self.where} FOLDER --run {run}"
        )

    def drop(self, run: str) -> None:
        """Take a run away with all its rows."""
        connection = PostgresConnection(self.url, None)
        try:
            connection.execute("BEGIN")
            connection.execute(f"DROP SCHEMA IF EXISTS {schema(run)} CASCADE")
            connection.execute(f"DELETE FROM {LIST} WHERE run = ?", (run,))  # noqa: S608 - fixed words
            connection.execute("COMMIT")
        finally:
            connection.close()

    @staticmethod
    def list_runs(connection: PostgresConnection) -> None:
        """Make the list of runs where it is not there, in the transaction that is under way."""
        connection.execute("SELECT pg_advisory_xact_lock(?)", (0x4C575254,))  # "IF NOT EXISTS" is no promise between two that begin at once
        connection.execute(f"CREATE TABLE IF NOT EXISTS {LIST} (run text PRIMARY KEY, version integer NOT NULL, commits bigint NOT NULL DEFAULT 0)")

    @staticmethod
    def _runs(connection: PostgresConnection) -> dict[str, int]:
        if connection.execute("SELECT to_regclass(?)", (f"public.{LIST}",)).fetchone()[0] is None:
            return {}
        return dict(connection.execute(f"SELECT run, version FROM {LIST}").fetchall())  # noqa: S608 - fixed words


def begin_schema(connection: PostgresConnection, run: str) -> None:
    """Make the tables of a run, in the transaction that is under way, and go on in its schema."""
    connection.execute(f"CREATE SCHEMA {schema(run)}")
    connection.execute(f"SET LOCAL search_path = {schema(run)}, public")
    for statement in create_postgres():
        connection.execute(statement)
    connection.execute(f"INSERT INTO public.{LIST} (run, version) VALUES (?, ?)", (run, VERSION))  # noqa: S608 - fixed words


class _Lock:
    """The right to write a run; it ends with its connection."""

    def __init__(self, connection: WaitingConnection) -> None:
        self._connection = connection

    def release(self) -> None:
        """Let go of it."""
        self._connection.close()


class PostgresWriter(RunWriter):
    """Writes one run into a database.

    Parameters
    ----------
    url
        The database.
    path
        What messages call the run.
    run_id
        The run.

    Raises
    ------
    LockedError
        Another process writes this run.
    NewerError
        A newer version wrote it.
    """

    def __init__(self, url: str, path: Path, run_id: str) -> None:
        self._url = url
        super().__init__(path, run_id)

    def _opened(self) -> tuple[Releasable, Any]:
        connection = WaitingConnection(self._url, self.run_id, self.path.with_suffix(".waiting"))
        try:
            if not connection.take():
                self._refuse(connection)
            check_version(connection, self.run_id, self.path)
        except BaseException:
            connection.close()
            raise
        return _Lock(connection), connection

    def _refuse(self, connection: WaitingConnection) -> NoReturn:
        raise LockedError(Path(f"{self.run_id} in {shown(self._url)}"), connection.writer_of(self.run_id))

    def _restart(self) -> None:
        self._numbers: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        for table in TABLES:
            self._highest(table.name)  # what is counted on while the database is away
        self._days: set[tuple[str, int]] = set()
        self._day = int(self.query("SELECT coalesce(line_us, begin_us) FROM run")[0][0]) // DAY_US
        super()._restart()

    def _add(self, table: str, names: tuple[str, ...], lists: list[Sequence[Any]]) -> None:
        if is_numbered(table):
            first = self._numbers.get(table) or self._highest(table) + 1
            self._numbers[table] = first + len(lists[0])
            names, lists = ("rowid", *names), [range(first, first + len(lists[0])), *lists]
        if table in BY_DAY:
            if (table, self._day) not in self._days:
                self._connection.execute(create_day(table, self._day))
                self._days.add((table, self._day))
            names, lists = (*names, "day"), [*lists, [self._day] * len(lists[0])]
        real = {c.split()[0] for c in TABLE_BY_NAME[table].columns if c.split()[1] == "REAL"}
        whole = [[None if v != v else v for v in column] if name in real else column for name, column in zip(names, lists, strict=True)]  # noqa: PLR0124
        self._connection.copy_in(table, names, zip(*whole, strict=True))

    def take_off(self, units: Column, carriers: Column, times_us: Column) -> None:
        """Write until when units lay on their carriers (rows of `placed` that are still open)."""
        self._begin()
        off = as_list(units), as_list(carriers), as_list(times_us)
        if not off[0]:
            return
        self._connection.execute(
            "UPDATE placed SET to_us = off.at FROM unnest(?::bigint[], ?::bigint[], ?::bigint[]) AS off (unit, carrier, at)"
            " WHERE placed.unit = off.unit AND placed.carrier = off.carrier AND placed.to_us IS NULL",
            [list(column) for column in off],
        )
        self._taken.append(off)

    def _highest(self, table: str) -> int:
        if not self._connection.is_away:
            found = super()._highest(table)
            self._seen[table] = found + (table in {"checkpoint", "fill"})  # asked for the number of the next row, which is written then
            return found
        if table in self._numbers:
            return self._numbers[table] - 1
        if table in {"event", "sample"}:
            return (self._next_event if table == "event" else self._next_sample) - 1
        if table in {"checkpoint", "fill"}:
            self._seen[table] += 1
            return self._seen[table] - 1
        return self._seen[table]

    def _close_block(self, line_us: int | None, *, is_end: bool = False) -> None:
        """Close a block where the database is there; else the rows wait for theirs, and the next block covers them."""
        if not self._connection.is_away:
            with suppress(LostError):  # it went away in the middle
                super()._close_block(line_us, is_end=is_end)
                return
        self._put_taken()
        if self._chain is not None:
            self._put_block(self._chain.note(now_us()))

    def rollback(self) -> None:
        """Forget what was added since the last commit.

        Raises
        ------
        LostError
            The database is away: what is committed cannot be looked at. Open the run again.
        """
        if self._connection.is_away and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
            self._connection.execute("SELECT 1")
        super().rollback()

    def close(self) -> None:
        """Close the connection and let go of the lock; what waits for the database is put in when the run is opened again."""
        if self._connection.is_away:
            self._connection.execute("ROLLBACK")
            self._lock.release()
        else:
            super().close()

    @property
    def is_away(self) -> bool:
        """Whether the database is away, and commits wait on this machine's disk."""
        return bool(self._connection.is_away)

    def commit(self, state: bytes | None = None, fills: Any = None, line_us: int | None = None) -> None:
        """Make all that was added durable; see `RunWriter.commit`."""
        super().commit(state, fills, line_us)
        if line_us is not None:
            self._day = line_us // DAY_US


class PostgresReader(RunReader):
    """Reads one run of a database; each thread has its own connection.

    Parameters
    ----------
    url
        The database.
    path
        What messages call the run.
    run
        The run.
    """

    def __init__(self, url: str, path: Path, run: str) -> None:
        self._url, self._run = url, run
        super().__init__(path)

    def rows(self, statement: str, parameters: Any = ()) -> list[Row]:
        """Return the rows of a query; where the server was begun anew meanwhile, through a new connection."""
        try:
            return super().rows(statement, parameters)
        except LostError:
            del self._here.connection
            return super().rows(statement, parameters)

    def row(self, statement: str, parameters: Sequence[Any] = ()) -> Row | None:
        """Return the first row of a query; None where there is none."""
        found = self.rows(statement, parameters)
        return found[0] if found else None

    def closed(self, table: str) -> tuple[ClosedFile, ...]:  # noqa: ARG002
        """Return nothing: a database keeps its days as partitions."""
        return ()

    def damage(self) -> list[str]:
        """Return nothing: the server looks after its pages (initdb --data-checksums)."""
        return []

    def change_mark(self) -> int:
        """Return a number that changes when anybody has committed."""
        return int(self.rows("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")[0][0])

    def _check_version(self) -> None:
        check_version(self._connection(), self._run, self.path)

    def _open(self) -> Any:
        connection = PostgresConnection(self._url, self._run, is_reader=True)
        with self._guard:
            self._connections.append(connection)
        return connection


def check_version(connection: PostgresConnection | WaitingConnection, run: str, path: Path) -> None:
    """Refuse a run that a newer version wrote.

    Raises
    ------
    NewerError
    """
    found = connection.execute(f"SELECT version FROM public.{LIST} WHERE run = ?", (run,)).fetchone()  # noqa: S608 - fixed words
    if found is not None and int(found[0]) > VERSION:
        raise NewerError(path, int(found[0]), VERSION)
