"""Which store a ledger's name means."""

from __future__ import annotations

from pathlib import Path

from linewright.ledger.ledger import Ledger


def open_ledger(where: str | Path) -> Ledger:
    """Return the ledger of a folder, or of a database (``postgresql://user@host/database``).

    Examples
    --------
    >>> open_ledger("runs").where
    'runs'
    """
    from linewright.ledger.postgres import PostgresLedger, is_postgres  # noqa: PLC0415 - its client is an optional extra

    return PostgresLedger(str(where)) if is_postgres(str(where)) else Ledger(where)
