"""A writer's connection to a database that may go away: what is committed meanwhile waits in a file, and is put in when the database is back.

Each commit has a number, which the database keeps with the run in the same transaction. So a commit whose answer was lost is known to be there or
not, and what waits is put in once, whoever dies when. A commit is acknowledged when the database or the disk has it.
"""

from __future__ import annotations

import os
import pickle
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from linewright.ledger.errors import LedgerError
from linewright.ledger.postgres_connection import LostError, PostgresConnection, shown

#: Bytes that may wait on the disk before the line is stopped rather than lose a record.
MOST_WAITING_BYTES = 2_000_000_000
#: Pause between two attempts to reach the database.
AGAIN_S = 1.0
_HEAD = 16

Work = tuple[str, str, Any, Any]


class WaitingConnection:
    """A connection in one run's schema, whose commits hold also while the database is away.

    Parameters
    ----------
    url, run
        The database and the run.
    path
        The file in which commits wait.
    most_bytes
        How much of them; beyond it `LedgerError`.

    Raises
    ------
    LedgerError, LockedError
        At the begin the database must answer.
    """

    def __init__(self, url: str, run: str, path: Path, most_bytes: int | None = None) -> None:
        self.url, self.run, self.path = url, run, path
        self._most_bytes = MOST_WAITING_BYTES if most_bytes is None else most_bytes
        self._work: list[Work] = []
        self._is_open = False
        self._tried = 0.0
        self._connection: PostgresConnection | None = PostgresConnection(url, run)

    def take(self) -> bool:
        """Take the right to write the run and put in what waits; False where another process writes it."""
        if self._connection is None or not self._connection.lock(self.run):
            return False
        self._number = self._committed(self._connection)
        self._put_in(self._connection)
        return True

    @property
    def is_away(self) -> bool:
        """Whether the database is away: rows cannot be read."""
        return self._connection is None

    @property
    def in_transaction(self) -> bool:
        """Whether one is under way."""
        return self._is_open

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Any:
        """Run a statement; see `PostgresConnection.execute`. What only reads is refused while the database is away."""
        verb = statement.split(None, 1)[0]
        if verb == "COMMIT":
            return self._commit()
        if verb == "ROLLBACK":
            return self._roll_back()
        if verb == "BEGIN":
            self._look()
            self._is_open = True
        elif verb not in {"SELECT", "SET"}:
            self._work.append(("execute", statement, list(parameters), None))
        if self._connection is None:
            if verb == "SELECT":
                raise LostError(self._away())
            return None
        try:
            return self._connection.execute(statement, parameters)
        except LostError:
            self._lose()
            if verb == "SELECT":
                raise
            return None

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each of many rows."""
        self._do(("executemany", statement, [tuple(row) for row in rows], None))

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add many rows at once."""
        self._do(("copy_in", table, tuple(columns), [tuple(row) for row in rows]))

    def writer_of(self, run: str) -> int | None:
        """Return the process that writes a run; see `PostgresConnection.writer_of`."""
        return None if self._connection is None else self._connection.writer_of(run)

    def close(self) -> None:
        """Close it; what waits stays in its file until the run is opened again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # ---- inside

    def _do(self, work: Work) -> None:
        self._work.append(work)
        if self._connection is None:
            return
        try:
            _run(self._connection, work)
        except LostError:
            self._lose()

    def _commit(self) -> None:
        number = self._number + 1
        if self._connection is not None:
            try:
                _note(self._connection, self.run, number)
                self._connection.execute("COMMIT")
            except LostError:
                self._lose()  # whether it is there is known by its number, when the database is back
        if self._connection is None:
            self._wait(number)
        self._number = number
        self._work, self._is_open = [], False

    def _roll_back(self) -> None:
        self._work, self._is_open = [], False
        if self._connection is not None:
            try:
                self._connection.execute("ROLLBACK")
            except LostError:
                self._lose()

    def _lose(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._tried = None, time.monotonic()

    def _look(self) -> None:
        """Look, now and then, whether the database is back; put in what waits."""
        if self._connection is not None or time.monotonic() - self._tried < AGAIN_S:
            return
        self._tried = time.monotonic()
        try:
            found = PostgresConnection(self.url, self.run)
        except LedgerError:
            return
        if not found.lock(self.run):  # the old session is not gone yet, or somebody else took the run
            found.close()
            return
        try:
            self._put_in(found)
        except LostError:
            found.close()
            return
        self._connection = found

    def _put_in(self, connection: PostgresConnection) -> None:
        """Put in the commits that wait and are not there, and empty the file."""
        there = self._committed(connection)
        for number, work in self._waiting():
            if number <= there:
                continue
            connection.execute("BEGIN")
            for item in work:
                _run(connection, item)
            _note(connection, self.run, number)
            connection.execute("COMMIT")
            self._number = number
        self.path.unlink(missing_ok=True)

    def _wait(self, number: int) -> None:
        """Bring a commit to the disk.

        Raises
        ------
        LedgerError
            More waits than may; nothing that was acknowledged is lost.
        """
        body = pickle.dumps((number, self._work), protocol=5)
        size = self.path.stat().st_size if self.path.exists() else 0
        if size + len(body) > self._most_bytes:
            raise LedgerError(
                f"{self._away()}, and {size / 1e6:,.1f} MB wait in {self.path}, of at most {self._most_bytes / 1e6:,.1f} MB. "
                f"The line is stopped rather than lose a record; all that was acknowledged is kept. Bring the database back, then go on with the run"
            )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(len(body).to_bytes(8, "little") + zlib.crc32(body).to_bytes(8, "little") + body)
            file.flush()
            os.fsync(file.fileno())

    def _waiting(self) -> Iterator[tuple[int, list[Work]]]:
        """Yield the commits that wait; one that was cut off was never acknowledged."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            while len(head := file.read(_HEAD)) == _HEAD:
                body = file.read(int.from_bytes(head[:8], "little"))
                if zlib.crc32(body) != int.from_bytes(head[8:], "little"):
                    return
                yield pickle.loads(body)  # noqa: S301 - this process or its forerunner wrote it, in the user's own folder

    def _committed(self, connection: PostgresConnection) -> int:
        row = connection.execute("SELECT commits FROM public.linewright_run WHERE run = ?", (self.run,)).fetchone()
        return int(row[0]) if row else 0

    def _away(self) -> str:
        return f"{shown(self.url)}: the database is away"


def _run(connection: PostgresConnection, work: Work) -> None:
    kind, what, first, second = work
    if kind == "execute":
        connection.execute(what, first)
    elif kind == "executemany":
        connection.executemany(what, first)
    else:
        connection.copy_in(what, first, second)


def _note(connection: PostgresConnection, run: str, number: int) -> None:
    connection.execute("UPDATE public.linewright_run SET commits = ? WHERE run = ?", (number, run))
