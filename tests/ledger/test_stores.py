"""Both stores, one ledger: the same rows, the same answers, the same chain; and a copy that proves it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from linewright.cli.main import run_command
from linewright.ledger import writer as writer_module
from linewright.ledger.chain import CHAINED
from linewright.ledger.errors import LedgerError, LockedError, NewerError, NoSuchRunError
from linewright.ledger.ledger import Ledger
from linewright.ledger.postgres_connection import PostgresConnection
from linewright.ledger.stores import open_ledger
from linewright.ledger.verify import verify_run

from .test_chain import CHANGES, fill_every_table
from .test_closed import answers, write_days

WRITER = Path(__file__).with_name("writing_process.py")
COPIER = """import sys
from linewright.ledger.copying import copy_run
from linewright.ledger.stores import open_ledger
print("go", flush=True)
copy_run(open_ledger(sys.argv[1]), open_ledger(sys.argv[2]), "twin-1")
"""
Store = Callable[[], Ledger]


@pytest.fixture(autouse=True)
def data_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def faults(ledger: Ledger, run: str = "twin-1") -> list[str]:
    with ledger.reader(run) as reader:
        return [f"{f.table}: {f.what}" for f in verify_run(reader, run).faults]


def test_a_run_is_made_listed_and_gone_on_with(store: Store) -> None:
    with pytest.raises(NoSuchRunError, match="no run is in this ledger yet"):
        store().reader()
    with store().create_run("text of the plan", "digest", "twin", 7, 60.0, 1_000_000, "four-stations") as writer:
        assert writer.run_id == "twin-1"
        assert [info.is_written for info in store().runs()] == [True]
        with pytest.raises(LockedError, match=rf"twin-1.*process {os.getpid()} is writing this run"):
            store().open_run("twin-1")
    with store().create_run("text", "other", "live") as second:
        second.end("stopped", line_us=5_000_000)
    first, last = store().runs()
    assert (first.run, first.name, first.source, first.seed, first.speed, first.begin_us) == ("twin-1", "four-stations", "twin", 7, 60.0, 1_000_000)
    assert (last.run, last.outcome, last.line_us, last.is_written) == ("live-2", "stopped", 5_000_000, False)
    assert last.size_bytes > 10_000
    reader = store().reader("twin-1")
    assert reader.plan_text() == "text of the plan"
    reader.close()
    assert store().find_plan("digest", "twin") == first
    with pytest.raises(NoSuchRunError, match=r"there is no run `twin-7`\. Nearest: `twin-1`"):
        store().open_run("twin-7")


def test_what_is_not_committed_is_not_there_and_a_reader_sees_what_is(store: Store) -> None:
    with store().create_run("p", "d", "twin") as writer:
        reader = store().reader()
        mark = reader.change_mark()
        writer.event("a", 1, {})
        writer.append("visit", {"unit": np.arange(3), "step": [1, 1, 1]})
        assert reader.newest_event() == 0
        writer.commit()
        assert (reader.newest_event(), reader.count("visit")) == (1, 3)
        assert reader.change_mark() != mark
        writer.event("b", 2, {})
        writer.append("visit", {"unit": np.arange(3), "step": [1, 1, 1]})
        writer.rollback()
        writer.append("visit", {"unit": [9], "step": [1]})
        writer.event("c", 3, {})
        writer.commit()
    assert [(e.seq, e.kind) for e in reader.events_since()] == [(1, "a"), (2, "c")]
    assert reader.columns("visit", ["unit"])["unit"].tolist() == [0, 1, 2, 9]
    reader.close()


def test_every_table_holds_the_same_and_any_change_is_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "BLOCK_ROWS", 1)
    fill_every_table(store())
    assert faults(store()) == []
    ledger = store()
    if not hasattr(ledger, "url"):
        return  # changes in a file are those of test_chain.py
    connection = PostgresConnection(ledger.url, "twin-1")
    for table, column, kind in CHANGES[::5]:
        row, was = connection.execute(f"SELECT rowid, {column} FROM {table} ORDER BY rowid LIMIT 1").fetchone()
        new = f"{was}!" if kind == "TEXT" else bytes([1] * 24) if kind == "BLOB" else (was or 0) + (1 if kind == "INTEGER" else 1e-9)
        connection.execute("BEGIN")
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, row))
        connection.execute("COMMIT")
        assert any(fault.startswith(f"{table}:") for fault in faults(ledger)), f"{table}.{column}"
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (was, row))
    assert faults(ledger) == []
    connection.close()


def test_the_same_rows_give_the_same_answers_on_both_stores(tmp_path: Path, database: str) -> None:
    for ledger in (Ledger(tmp_path), open_ledger(database)):
        write_days(ledger, 3)
    assert answers(open_ledger(database)) == answers(Ledger(tmp_path))
    assert faults(open_ledger(database)) == []
    connection = PostgresConnection(database, "twin-1")
    days = connection.execute(
        "SELECT count(*) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhparent JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE relname = 'visit' AND nspname = 'twin-1'"
    ).fetchone()
    connection.close()
    assert days == (3,), "one partition a day"


def test_a_replay_stores_no_row_twice(store: Store) -> None:
    def visits(writer, first: int, last: int) -> None:
        numbers = list(range(first, last))
        writer.append("visit", {"unit": numbers, "step": [1] * len(numbers), "out_us": numbers})
        for number in numbers:
            writer.event("alarm.raised", number, {"number": number})

    with store().create_run("p", "d", "live") as writer:
        visits(writer, 0, 10)
        writer.commit(state=b"at 10", fills={3: b"x", 4: b"y"}, line_us=10)
        visits(writer, 10, 17)
        writer.commit(line_us=17)
    with store().open_run("live-1") as writer:
        checkpoint = writer.checkpoint()
        assert checkpoint is not None
        assert (checkpoint.state, checkpoint.fills, checkpoint.line_us) == (b"at 10", {3: b"x", 4: b"y"}, 10)
        assert writer.begin_replay(checkpoint) == {"visit": 7}
        visits(writer, 10, 20)
        writer.end_replay()
        writer.commit(state=b"at 20", fills={4: b"z"})
        again = writer.checkpoint()
        assert again is not None
        assert (again.state, again.fills) == (b"at 20", {3: b"x", 4: b"z"})
    with store().reader() as reader:
        assert reader.columns("visit", ["unit"])["unit"].tolist() == list(range(20))
        assert [e.body["number"] for e in reader.events_since(0, "alarm.")] == list(range(20))


def test_kills_lose_nothing_that_was_acknowledged(store: Store) -> None:
    run: str | None = None
    acknowledged: list[int] = []
    rng = random.Random(11)
    for _ in range(5):
        process = subprocess.Popen([sys.executable, str(WRITER), store().where, *([run] if run else [])], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        run = process.stdout.readline().split()[1]
        acknowledged.extend(int(process.stdout.readline()) for _ in range(rng.randrange(1, 20)))
        time.sleep(rng.random() * 0.01)
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += [int(line) for line in process.stdout.read().split("\n")[:-1]]
        process.wait()
        process.stdout.close()
        with store().reader(run) as reader:
            found = [event.body["number"] for event in reader.events_since(0, limit=10**6)]
            assert found == list(range(1, len(found) + 1))
            assert acknowledged[-1] <= len(found) <= acknowledged[-1] + 1
            assert reader.count("visit") == 50 * len(found)
        assert faults(store(), run) == []
        time.sleep(0.1)  # the server notices a moment later that its client died


def test_a_copy_is_the_same_run_there_and_back(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(writer_module, "BLOCK_ROWS", 300)
    first, there, back = Ledger(tmp_path / "a"), open_ledger(database), Ledger(tmp_path / "b")
    write_days(first, 2)
    fill_every_table(first)
    before = answers(first)
    list(first.close_days("twin-1"))
    assert run_command(["ledger", "copy", first.where, there.where]) == 0
    assert run_command(["ledger", "copy", there.where, back.where]) == 0
    assert answers(there) == answers(back) == before
    assert faults(there, "twin-2") == faults(back, "twin-2") == []
    capsys.readouterr()
    assert run_command(["ledger", "copy", first.where, there.where, "--run", "twin-2"]) == 0
    assert "was there already" in capsys.readouterr().out
    with back.open_run("twin-2") as writer:
        writer.event("more", 1, {})
        writer.commit()
    assert run_command(["ledger", "copy", first.where, back.where, "--run", "twin-2"]) == 2
    assert "twin-2 there is not the same run" in capsys.readouterr().err
    assert run_command(["ledger", "copy", first.where, back.where, "--run", "twin-9"]) == 2
    assert "Nearest: `twin-2`" in capsys.readouterr().err


def test_a_copy_that_is_killed_leaves_no_run(tmp_path: Path, database: str) -> None:
    first = Ledger(tmp_path / "a")
    write_days(first, 4, units=2000)
    rng = random.Random(3)
    for target in (database, str(tmp_path / "b")):
        for _ in range(3):
            process = subprocess.Popen([sys.executable, "-c", COPIER, first.where, target], stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.random() * 0.6)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
            time.sleep(0.1)
            ledger = open_ledger(target)
            if ledger.runs():
                assert faults(ledger) == []
        assert run_command(["ledger", "copy", first.where, target]) == 0
        assert answers(open_ledger(target)) == answers(first)


def test_what_a_database_refuses_is_said(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_ledger(database).create_run("p", "d", "twin") as writer:
        writer.commit()
    connection = PostgresConnection(database, None)
    connection.execute("UPDATE linewright_run SET version = 99")
    connection.close()
    for open_it in (open_ledger(database).open_run, open_ledger(database).reader):
        with pytest.raises(NewerError, match="version 99"):
            open_it("twin-1")
    with pytest.raises(LedgerError, match="cannot be reached"):
        open_ledger("postgresql://nobody:secret@127.0.0.1:1/none").runs()
    with pytest.raises(LedgerError, match="keeps each day as a partition"):
        list(open_ledger(database).close_days("twin-1"))
    assert run_command(["runs", "--ledger", "postgresql://nobody:secret@127.0.0.1:1/none"]) == 2
    assert "secret" not in capsys.readouterr().err
    assert run_command(["simulate", "four-stations", "--until", "1 min", "--ledger", database]) == 2
    assert "--keep all" in capsys.readouterr().err


def test_a_line_is_simulated_traced_and_listed_in_a_database(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for where in (database, str(tmp_path / "ledger")):
        assert run_command(["simulate", "four-stations", "--until", "30 min", "--keep", "all", "--ledger", where]) == 0
        capsys.readouterr()
        with open_ledger(where).reader() as reader:
            unit = reader.newest("unit", 1)[0].id
        assert run_command(["trace", unit, "--ledger", where]) == 0
        told.append(capsys.readouterr().out)
        assert run_command(["ledger", "verify", "--ledger", where]) == 0
        assert run_command(["runs", "--ledger", where]) == 0
        assert run_command(["ledger", "status", "--ledger", where]) == 0
        assert "twin-1" in capsys.readouterr().out
    assert told[0] == told[1]
    assert "wind/1" in told[0]
    tables = {}
    for where in (database, str(tmp_path / "ledger")):
        with open_ledger(where).reader() as reader:
            tables[where] = {t: reader.count(t) for t in CHAINED}
    assert len({str(t) for t in tables.values()}) == 1
