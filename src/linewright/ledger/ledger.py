"""A ledger is a folder of runs; each run is one file (docs/ledger.md)."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from linewright.ledger.closed import ClosedFile, close_days, closed_folder
from linewright.ledger.errors import DamagedError, LedgerError, NewerError, NoSuchRunError
from linewright.ledger.lock import WriterLock, is_locked
from linewright.ledger.reader import RunReader
from linewright.ledger.remade import reader_of, remade_path
from linewright.ledger.row_writer import connect_writer, refused_write
from linewright.ledger.schema import APPLICATION_ID, VERSION, create_statements
from linewright.ledger.writer import RunWriter, now_us

__all__ = ["Ledger", "RunInfo", "RunReader", "RunWriter", "begin_file", "default_folder"]

SUFFIX = ".run"
SOURCES = ("live", "twin", "import")
RUN_NAME = re.compile(r"^(live|twin|import)-(\d+)\.run$")


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What a run's header says.

    Parameters
    ----------
    run
        Its id in the ledger, such as ``live-3``.
    name
        The line's (or import's) name.
    source
        ``live``, ``twin`` or ``import``.
    plan
        Digest of the completed line file (or of what was imported).
    seed, speed
        None where there is none.
    begin_us, line_us
        Line time of its begin, and reached at the last commit that said so; UTC in microseconds.
    created_us, ended_us
        Wall time; `ended_us` None while it is not over.
    outcome
        ``done``, ``stopped``, ``failed``; None while it is not over.
    is_written
        Whether a process writes it now.
    size_bytes
        Of its file and log.
    kept
        ``rows``, or ``checkpoints``: its items are made again on demand.
    remade_bytes
        Of the file beside it, where items of it have been made again; 0 without one.
    closed_bytes
        Of its closed days; 0 without any.
    """

    run: str
    name: str
    source: str
    plan: str
    seed: int | None
    speed: float | None
    begin_us: int
    created_us: int
    line_us: int | None
    ended_us: int | None
    outcome: str | None
    is_written: bool
    size_bytes: int
    kept: str = "rows"
    remade_bytes: int = 0
    closed_bytes: int = 0


def default_folder() -> Path:
    """Return where the user's ledger lies unless `--ledger` names another folder."""
    return Path(platformdirs.user_data_path("linewright", appauthor=False)) / "ledger"


class Ledger:
    """The runs in a folder.

    Parameters
    ----------
    folder
        Made where it is not there when the first run is created.
    """

    #: Whether runs may be kept as checkpoints, from which items are made again beside the run's file.
    keeps_checkpoints = True

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    @property
    def where(self) -> str:
        """Where it is, as people name it."""
        return str(self.folder)

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
        """Make the file of a new run, with its header, and return its writer.

        Parameters
        ----------
        plan_text, plan_digest
            The completed line file and its SHA-256; of an import a description of what was read and its digest.
        source
            ``live``, ``twin`` or ``import``.
        seed, speed
            None where there is none (speed: infinity is stored as null).
        begin_us
            Line time of kernel time 0, UTC in microseconds.
        name
            What people call it: the line's name.
        """
        if source not in SOURCES:
            raise ValueError(f"source is one of {SOURCES}, not {source!r}")
        run, path = self._new_file(source)
        try:
            begin_file(path, (run, name or run, source, plan_digest, seed, speed, begin_us, now_us(), begin_us), plan_text)
        except sqlite3.OperationalError as error:
            path.unlink(missing_ok=True)  # a file without a header is no run
            raise refused_write(path, error) from error
        return RunWriter(path, run)

    def runs(self) -> list[RunInfo]:
        """Return the runs of this ledger, oldest first. Files that are being made, or are none of ours, are left out."""
        found = []
        for run, path in self._files():
            try:
                found.append(_info(run, path))
            except (sqlite3.DatabaseError, LookupError):
                continue  # its header is not committed yet
        return sorted(found, key=lambda info: (info.created_us, info.run))

    def damaged(self) -> list[Path]:
        """Return the files that bear a run's name and are no database (any more): `runs` cannot tell of them, so whoever lists runs names them."""
        found = []
        for run, path in self._files():
            try:
                _info(run, path)
            except sqlite3.OperationalError:
                continue  # it is being made, or may not be read
            except sqlite3.DatabaseError:
                found.append(path)
            except LookupError:
                continue
        return found

    def newer(self) -> list[NewerError]:
        """Return what to say of each file that a newer version wrote: `runs` may show its header, or not, and nothing else of it can be read."""
        found = []
        for _, path in self._files():
            version = _version(path)
            if version is not None and version > VERSION:
                found.append(NewerError(path, version, VERSION))
        return found

    def run_info(self, run: str | None = None) -> RunInfo:
        """Return the header of a run; None is the newest.

        Raises
        ------
        NoSuchRunError
            There is none of that name.
        NewerError, DamagedError
            There is, and its header cannot be read.
        """
        known = self.runs()
        for info in reversed(known):
            if run is None or info.run == run:
                return info
        if run is not None:
            for error in self.newer():
                if error.path == self.path_of(run):
                    raise error
            if self.path_of(run) in self.damaged():
                raise DamagedError(self.path_of(run))
        raise NoSuchRunError(self.where, run, [info.run for info in known])

    def open_run(self, run: str) -> RunWriter:
        """Return the writer of a run that is there, to go on with it.

        Raises
        ------
        NoSuchRunError, LockedError, NewerError
        """
        info = self.run_info(run)
        return RunWriter(self.path_of(info.run), info.run)

    def reader(self, run: str | None = None) -> RunReader:
        """Return a reader of a run; None is the newest.

        Raises
        ------
        NoSuchRunError, NewerError
        """
        return reader_of(self.path_of(self.run_info(run).run))

    def close_days(self, run: str, until_us: int | None = None) -> Iterator[ClosedFile]:
        """Move the closed days of a run to Parquet files beside it, and yield each when it is done.

        Parameters
        ----------
        until_us
            Only what was closed before this line time, UTC in microseconds; None: all that no longer changes.

        Raises
        ------
        NoSuchRunError, LockedError, LedgerError
        """
        path = self.path_of(self.run_info(run).run)
        self.reader(run).close()  # an older file is led to the tables of today
        lock = WriterLock(path)
        try:
            yield from close_days(path, until_us)
        finally:
            lock.release()

    def drop(self, run: str) -> None:
        """Take a run away with all that lies beside it."""
        path = self.path_of(run)
        shutil.rmtree(closed_folder(path), ignore_errors=True)
        for left in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm"), remade_path(path)):
            left.unlink(missing_ok=True)

    def find_plan(self, plan_digest: str, source: str) -> RunInfo | None:
        """Return the newest run of that source with that plan; None where there is none."""
        for info in reversed(self.runs()):
            if info.plan == plan_digest and info.source == source:
                return info
        return None

    def path_of(self, run: str) -> Path:
        """Return the file of a run."""
        return self.folder / f"{run}{SUFFIX}"

    def _files(self) -> Iterator[tuple[str, Path]]:
        if self.folder.is_dir():
            for path in sorted(self.folder.iterdir()):
                if RUN_NAME.match(path.name):
                    yield path.name[: -len(SUFFIX)], path

    def _new_file(self, source: str) -> tuple[str, Path]:
        """Make an empty file under the next free number (two processes never get the same one)."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            numbers = [int(run.rsplit("-", 1)[1]) for run, _ in self._files()]
            number = max(numbers, default=0) + 1
            while True:
                run = f"{source}-{number}"
                try:
                    os.close(os.open(self.path_of(run), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644))
                except FileExistsError:
                    number += 1
                    continue
                return run, self.path_of(run)
        except OSError as error:
            raise LedgerError(f"{self.folder}: no run can be written there ({error.strerror}). Name another folder with --ledger FOLDER") from error


def begin_file(path: Path, header: tuple[object, ...], plan_text: str) -> None:
    """Make the tables of a new file, and write its header (run to line_us, in the table's order) and its plan."""
    connection = connect_writer(path)
    try:
        connection.execute("BEGIN IMMEDIATE")
        begin_tables(connection)
        connection.execute("INSERT INTO plan (plan, text) VALUES (?, ?)", (header[3], plan_text))
        connection.execute(
            "INSERT INTO run (run, name, source, plan, seed, speed, begin_us, created_us, line_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            header,
        )
        connection.execute("COMMIT")
    finally:
        connection.close()


def begin_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty file, in the transaction that is under way."""
    for statement in create_statements():
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _version(path: Path) -> int | None:
    """Return the version of a file's tables; None where it is no file of a ledger, or cannot be read."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            return None
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.DatabaseError:
        return None  # `damaged` tells of it, or it is being made
    finally:
        connection.close()


def _info(run: str, path: Path) -> RunInfo:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        row = connection.execute(
            "SELECT name, source, plan, seed, speed, begin_us, created_us, line_us, ended_us, outcome FROM run WHERE run = ?", (run,)
        ).fetchone()
        kept = connection.execute("SELECT body FROM fact WHERE key = 'kept'").fetchone()
    finally:
        connection.close()
    if row is None:
        raise LookupError(run)
    log = path.with_name(path.name + "-wal")
    size = path.stat().st_size + (log.stat().st_size if log.exists() else 0)
    beside = remade_path(path)
    remade = beside.stat().st_size if beside.exists() else 0
    closed = sum(f.stat().st_size for f in closed_folder(path).glob("*.parquet"))
    return RunInfo(*(run, *row, is_locked(path), size, "rows" if kept is None else json.loads(kept[0]), remade, closed))
