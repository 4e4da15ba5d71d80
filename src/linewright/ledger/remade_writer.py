"""Rows of a run that are made again, in a file beside it.

Each has the number that its place in the run gives it, so that it does not matter in which order they are asked for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.ledger.ledger import begin_file
from linewright.ledger.remade import Along, Life, Looked, Need, RemadeReader, Stay, remade_path
from linewright.ledger.row_writer import Column, as_list
from linewright.ledger.writer import RunWriter

__all__ = ["MOST_BYTES", "RemadeWriter", "open_beside"]

#: What was made again is forgotten, and begun anew, when its file has grown beyond this.
MOST_BYTES = 1 << 30
#: Rows of one stretch are numbered from its number, shifted by this.
WINDOW_SHIFT = 40
#: What a run kept as checkpoints holds itself.
OWN_TABLES = ("name", "fact", "thing", "things", "layout")
#: What only these files have: what has been made again of which stretches.
MADE = (
    "CREATE TABLE made_window (number INTEGER PRIMARY KEY)",
    "CREATE TABLE made_along (key INTEGER PRIMARY KEY)",
    "CREATE TABLE made_look (machine TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (machine, number))",
    "CREATE TABLE made_life (key INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (key, first, last))",
)
#: Tables of which a window makes all rows or none; the others' numbers are given (`numbered`).
COUNTED = frozenset({"mount", "piece_map", "charge", "lost"})
#: Tables whose rows are known by what they say.
SAID = frozenset({"curve", "profile"})


class RemadeWriter(RunWriter):
    """Writes rows that are made again; one that is there already stays as it is.

    Parameters
    ----------
    path
        The file beside the run.
    run_id
        The run.
    """

    is_chained = False

    def __init__(self, path: Path, run_id: str) -> None:
        super().__init__(path, run_id)
        self._window: int | None = None
        self._counts: dict[str, int] = {}
        self._numbers: dict[str, list[int]] = {}

    def begin_window(self, number: int | None) -> None:
        """Write the rows of a stretch from now on; None: nothing, rows only pass by."""
        self._window = number
        self._counts = dict.fromkeys(COUNTED, 0)
        self._numbers = {}

    def numbered(self, table: str, numbers: NDArray[np.int64]) -> None:
        """Say which rows of the stretch those are that will be added to a table next, from 0."""
        self._numbers[table] = (numbers + self._base()).tolist()

    def append(self, table: str, columns: Mapping[str, Column]) -> int:
        """Add rows to a table, each under its number."""
        lists = [as_list(column) for column in columns.values()]
        count = len(lists[0])
        if count == 0 or self._window is None or table in {"state", "command"}:
            return 0
        if table in SAID:
            return self._add_new(table, columns)
        if table in COUNTED:
            first = self._base() + self._counts[table]
            numbers = list(range(first, first + count))
            self._counts[table] += count
        else:
            given = self._numbers[table]
            numbers, self._numbers[table] = given[:count], given[count:]
        self._begin()
        names = ", ".join(("rowid", *columns))
        statement = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * (len(lists) + 1))})"  # noqa: S608 - names of the schema
        self._run_many(statement, zip(numbers, *lists, strict=True))
        return count

    def put(self, table: str, columns: Mapping[str, Column]) -> None:
        """Add things that have rows of their own; the run holds the rest itself."""
        if table == "thing" and self._window is not None:
            super().put(table, columns)

    def take_off(self, units: Column, carriers: Column, times_us: Column) -> None:
        """Write until when units lay on their carriers."""
        if self._window is not None:
            super().take_off(units, carriers, times_us)

    def event(self, kind: str, line_us: int | None, body: Mapping[str, Any], wall_us: int | None = None) -> int:  # noqa: ARG002
        """Leave out an event: alarms and tool stops are not made again."""
        return 0

    def made(self, needs: Iterable[Need], windows: Iterable[int], reader: RemadeReader) -> None:
        """Note what has been made again."""
        self._begin()
        self._run_many("INSERT OR IGNORE INTO made_window VALUES (?)", [(w,) for w in windows])
        lives, looks = [], []
        self._run_many("INSERT OR IGNORE INTO made_along VALUES (?)", [(need.key,) for need in needs if isinstance(need, Along)])
        for need in needs:
            if isinstance(need, Life):
                lives.append((need.key, 0, reader.windows - 1))
            elif isinstance(need, Stay):
                lives.append((need.key, reader.window_at(need.from_us), reader.window_at(need.to_us)))
            elif isinstance(need, Looked):
                looks.append((need.machine, reader.window_at(need.at_us)))
        self._run_many("INSERT OR IGNORE INTO made_life VALUES (?, ?, ?)", lives)
        self._run_many("INSERT OR IGNORE INTO made_look VALUES (?, ?)", looks)

    def _base(self) -> int:
        return (self._window or 0) << WINDOW_SHIFT | 1

    def _add_new(self, table: str, columns: Mapping[str, Column]) -> int:
        """Add rows that are not there yet."""
        lists = [as_list(column) for column in columns.values()]
        marks = [f"?{k + 1}" for k in range(len(lists))]
        same = " AND ".join(f"{name} IS {mark}" for name, mark in zip(columns, marks, strict=True))
        self._begin()
        self._run_many(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(marks)}"  # noqa: S608 - names of the schema
            f" WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {same})",
            zip(*lists, strict=True),
        )
        return len(lists[0])


def open_beside(reader: RemadeReader, most_bytes: int | None = None) -> RemadeWriter:
    """Return the writer of what is made again of a run; its file is made where there is none of this run, or where it has grown too large.

    Raises
    ------
    LockedError
        Another process makes items of this run again.
    """
    path, header = remade_path(reader.kept), reader.header()
    if path.exists() and (reader.path != path or (most_bytes is not None and path.stat().st_size > most_bytes)):
        writer = RunWriter(path, header.run)  # holds the lock, so that nobody writes it meanwhile
        writer.close()
        for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            name.unlink(missing_ok=True)
    if not path.exists():
        _copy(reader, path)
    return RemadeWriter(path, header.run)


def _copy(reader: RemadeReader, path: Path) -> None:
    """Make the file: the run's header, names, facts and things, without its checkpoints."""
    header = reader.header()
    fields = (header.run, header.name, header.source, header.plan, header.seed, header.speed, header.begin_us, header.created_us, header.line_us)
    begin_file(path, fields, reader.plan_text())
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("ATTACH ? AS kept", (str(reader.kept),))
        connection.execute("BEGIN IMMEDIATE")
        for statement in MADE:
            connection.execute(statement)
        for table in OWN_TABLES:
            connection.execute(f"INSERT INTO main.{table} SELECT * FROM kept.{table}")  # noqa: S608 - names of the schema
        connection.execute("UPDATE main.run SET ended_us = ?, outcome = ?", (header.ended_us, header.outcome))
        connection.execute("COMMIT")
    finally:
        connection.close()
