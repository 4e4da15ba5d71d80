"""Leads an older file to the tables of today: a list of functions, one for each version."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from linewright.ledger.errors import LedgerError, NewerError
from linewright.ledger.schema import APPLICATION_ID, VERSION

Migration = Callable[[sqlite3.Connection], None]

#: MIGRATIONS[i] leads a file of version i + 1 to version i + 2. A released one is never changed; a new one is added at the end.
MIGRATIONS: tuple[Migration, ...] = ()


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
