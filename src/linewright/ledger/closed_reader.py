"""Reads closed days by the SQL of the run's own file: DuckDB in this process, over the Parquet files that the run names."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linewright.ledger.closed import ClosedFile, closed_folder
from linewright.ledger.errors import LedgerError


class ClosedDays:
    """The closed days of one run, as its table `closed` names them.

    Parameters
    ----------
    run_file
        The run's file.
    """

    def __init__(self, run_file: Path) -> None:
        self._folder = closed_folder(run_file)
        self._guard = threading.Lock()
        self._known: tuple[ClosedFile, ...] = ()
        self._database: Any = None

    def rows(self, files: Sequence[ClosedFile], table: str, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a query that reads one table, from its closed days.

        Raises
        ------
        LedgerError
            DuckDB is not installed, or a file is missing or damaged.
        """
        with self._guard:
            if self._known != tuple(files) or self._database is None:
                self._database = self._opened(tuple(files))
            cursor = self._database.cursor()
        import duckdb  # noqa: PLC0415 - it is there: a database is open

        try:
            found: list[tuple[Any, ...]] = cursor.execute(statement, list(parameters)).fetchall()
        except duckdb.Error as error:
            why = f"cannot be read ({first_line(error)}). {self._which(files, table)}"
            raise LedgerError(f"{self._folder}: the closed days of `{table}` {why}") from error
        finally:
            cursor.close()
        return found

    def close(self) -> None:
        """Let go of the files."""
        with self._guard:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _opened(self, files: tuple[ClosedFile, ...]) -> Any:
        try:
            import duckdb  # noqa: PLC0415 - an optional extra
        except ImportError as error:
            raise LedgerError(
                f"{self._folder}: closed days are read by DuckDB, which is not installed: pip install 'linewright[parquet]'"
            ) from error
        database = duckdb.connect(":memory:", config={"threads": 2})
        database.execute("SET parquet_metadata_cache = true")
        database.execute("SET autoinstall_known_extensions = false")
        for table in sorted({f.table for f in files}):
            mine = [f for f in files if f.table == table and f.moved >= f.first]
            if not mine:
                continue
            names = ", ".join(_quoted(self._folder / f.file) for f in mine)
            try:
                database.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet([{names}]) WHERE rowid <= {max(f.moved for f in mine)}")  # noqa: S608
            except duckdb.Error as error:
                why = f"cannot be read ({first_line(error)}). {self._which(files, table)}"
                raise LedgerError(f"{self._folder}: the closed days of `{table}` {why}") from error
        self._known = files
        return database

    def _which(self, files: Sequence[ClosedFile], table: str) -> str:
        """Say which file is missing or not as it was written."""
        for f in files:
            path = self._folder / f.file
            if f.table != table:
                continue
            if not path.exists():
                return f"{f.file} is missing: put a copy of it back"
            if path.stat().st_size != f.bytes:
                return f"{f.file} has {path.stat().st_size:,} bytes instead of {f.bytes:,}: put a copy of it back"
        return "linewright ledger verify says which file was changed"


def first_line(error: Exception) -> str:
    """Return the first line of what DuckDB says."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
