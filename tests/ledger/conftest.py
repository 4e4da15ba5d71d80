"""The stores that the tests of the ledger run on: a folder, and a database of its own on a real PostgreSQL."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linewright.ledger.ledger import Ledger
from linewright.ledger.stores import open_ledger

#: A server on which databases may be made; CI names its own.
SERVER = os.environ.get("LINEWRIGHT_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture
def database() -> Iterator[str]:
    """Return the address of an empty database, dropped afterwards."""
    import psycopg

    try:
        psycopg.connect(SERVER, connect_timeout=5).close()
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL answers here: apt-get install postgresql, or export LINEWRIGHT_POSTGRESQL=postgresql://user@host/postgres")
    name = f"linewright_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield SERVER.rsplit("/", 1)[0] + f"/{name}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["folder", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Ledger]:
    """Return what opens the ledger of the test, on both stores."""
    if request.param == "folder":
        return lambda: Ledger(tmp_path / "ledger")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    address = request.getfixturevalue("database")
    return lambda: open_ledger(address)
