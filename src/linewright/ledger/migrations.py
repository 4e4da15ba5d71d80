"""Leads an older file to the tables of today: a list of functions, one for each version."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from linewright.ledger.errors import LedgerError, LockedError, NewerError
from linewright.ledger.lock import WriterLock
from linewright.ledger.schema import APPLICATION_ID, VERSION

Migration = Callable[[sqlite3.Connection], None]


def add_curves(connection: sqlite3.Connection) -> None:
    """Version 2: curves of the places of a carrier at a visit."""
    connection.execute(
        "CREATE TABLE curve (unit INTEGER NOT NULL, step INTEGER NOT NULL, done_us INTEGER NOT NULL, places INTEGER NOT NULL,"
        " points INTEGER NOT NULL, data BLOB NOT NULL)"
    )
    connection.execute("CREATE INDEX curve_unit ON curve (unit)")


def add_chain(connection: sqlite3.Connection) -> None:
    """Version 3: the chain of blocks, the closed days, and until when units lay on their carriers in the order in which it was written."""
    connection.execute("CREATE TABLE taken (n INTEGER NOT NULL, data BLOB NOT NULL)")
    connection.execute(
        "CREATE TABLE block (seq INTEGER PRIMARY KEY, line_us INTEGER, wall_us INTEGER NOT NULL, body TEXT NOT NULL, digest TEXT NOT NULL)"
    )
    connection.execute(
        "CREATE TABLE closed (file TEXT PRIMARY KEY, of_table TEXT NOT NULL, day INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
        " moved INTEGER NOT NULL, bytes INTEGER NOT NULL, digest TEXT NOT NULL)"
    )
    rows = connection.execute("SELECT unit, carrier, to_us FROM placed WHERE to_us IS NOT NULL ORDER BY rowid").fetchall()
    if rows:
        connection.execute("INSERT INTO taken (n, data) VALUES (?, ?)", (len(rows), np.array(rows, dtype="<i8").T.tobytes()))


#: MIGRATIONS[i] leads a file of version i + 1 to version i + 2. A released one is never changed; a new one is added at the end.
MIGRATIONS: tuple[Migration, ...] = (add_curves, add_chain)


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of a file's tables.

    Raises
    ------
    LedgerError
        It is not a ledger's file.
    """
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise LedgerError(f"{path}: this is not a file of a ledger ({error}). Move it away, or name another folder with --ledger FOLDER") from error
    if application != APPLICATION_ID:
        raise LedgerError(f"{path}: this is a SQLite file, but not of a ledger. Move it away, or name another folder with --ledger FOLDER")
    return version


def migrate(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration] = MIGRATIONS, wanted: int = VERSION
) -> int:
    """Bring an open file to the version wanted, each step in one transaction; return how many steps were made.

    Raises
    ------
    NewerError
        The file is of a newer version than is known here. Nothing is changed.
    """
    found = version_of(connection, path)
    if found > wanted:
        raise NewerError(path, found, wanted)
    for version in range(found, wanted):
        connection.execute("BEGIN IMMEDIATE")
        try:
            migrations[version - 1](connection)
            connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    return wanted - found


def bring_up(path: Path) -> None:
    """Lead the tables of an older file here, so that it can be read.

    Raises
    ------
    LedgerError
        Somebody writes it now, or it may not be written.
    """
    try:
        lock = WriterLock(path)
    except LockedError as error:
        raise LedgerError(
            f"{path}: an older version of Linewright writes it now (process {error.pid}). Stop that, then this version can lead its tables here"
        ) from error
    except OSError as error:
        raise LedgerError(_not_led(path, error)) from error
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            migrate(connection, path)
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        raise LedgerError(_not_led(path, error)) from error
    finally:
        lock.release()


def _not_led(path: Path, error: Exception) -> str:
    return f"{path}: an older version wrote it, and its tables cannot be led to this one ({error}). Copy it to where you may write, and read it there"
