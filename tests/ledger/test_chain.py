"""The chain of blocks: what is whole passes, and any value that is changed afterwards is found, with its place."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from linewright.cli.main import run_command
from linewright.ledger import writer as writer_module
from linewright.ledger.chain import CHAINED, STATE_TABLES
from linewright.ledger.ledger import Ledger
from linewright.ledger.schema import TABLE_BY_NAME, TABLES
from linewright.ledger.verify import Verified, verify_run

WRITER = Path(__file__).with_name("writing_process.py")


def verified(folder: Path, run: str = "twin-1", expected: str | None = None) -> Verified:
    with Ledger(folder).reader(run) as reader:
        return verify_run(reader, run, expected)


def fill_every_table(ledger: Ledger, rounds: int = 3) -> None:
    """Write a run with rows in every table, in several blocks."""
    with ledger.create_run("text of the plan", "digest", "twin", 7, 60.0, 0, "small") as writer:
        step, machine = writer.key("step", "weld"), writer.key("machine", "weld/1")
        writer.put("thing", {"key": [1, 2], "id": ["COIL-A", "COIL-B"], "kind": [1, 1], "amount": [5, None]})
        writer.fact("kinds", {"a": 1})
        for k in range(rounds):
            given: dict[str, dict[str, object]] = {
                "things": {"first_key": [100], "count": [k + 1], "prefix": ["C"], "first_serial": [1], "kind": [1]},
                "layout": {"layout": [k + 1], "plan": ["digest"], "step": [step], "characteristics": ["[]"], "units": ["[]"],
                           "resolutions": ["[]"], "windows": ["[]"]},
            }  # fmt: skip
            for name, columns in given.items():
                writer.put(name, columns)  # type: ignore[arg-type]
            for name in CHAINED:
                if name in {"name", "event", "sample", "taken"}:
                    continue
                columns = {c.split()[0]: value_of(c, k) for c in TABLE_BY_NAME[name].columns if c.split()[0] != "to_us"}
                writer.append(name, columns)
            writer.take_off([10 * k], [10 * k], np.array([77 + k]))
            writer.event("alarm.raised", k, {"k": k, "machine": machine})
            writer.sample(k, f'{{"k": {k}}}')
            writer.commit(line_us=k * 1_000_000)
        writer.end("done", line_us=rounds)


def value_of(column: str, k: int) -> list[object]:
    name, kind = column.split()[:2]
    first: object = {"INTEGER": 10 * k, "REAL": 0.5 + k, "TEXT": f"{name} {k}", "BLOB": bytes([k, 255])}[kind]
    return [first, first if "NOT NULL" in column else None]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "BLOCK_ROWS", 1)


@pytest.fixture
def filled(tmp_path: Path, small_blocks: None) -> Path:
    fill_every_table(Ledger(tmp_path))
    return tmp_path


def test_what_was_written_is_whole(filled: Path) -> None:
    found = verified(filled)
    assert found.faults == []
    assert found.blocks == 4, "one for each commit, one for the end"
    assert found.open_rows == 0
    assert found.head is not None
    assert verified(filled, expected=found.head).faults == []
    rows = sum(sqlite3.connect(filled / "twin-1.run").execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in CHAINED)
    assert found.rows == rows


CHANGES = [
    (table.name, column.split()[0], column.split()[1])
    for table in TABLES
    for column in table.columns
    if table.name in (*CHAINED, *STATE_TABLES) and "PRIMARY KEY" not in column
]


def test_any_value_that_is_changed_is_found_with_its_table(filled: Path) -> None:
    """Each column of each table once: a changed number, text or blob, in the second row where there are several."""
    assert len(CHANGES) > 100
    path = filled / "twin-1.run"
    whole = path.read_bytes()
    for table, column, kind in CHANGES:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        (row, was), *_ = connection.execute(f"SELECT rowid, {column} FROM {table} ORDER BY rowid LIMIT 1").fetchall()
        new = f"{was}!" if kind == "TEXT" else bytes([1] * 24) if kind == "BLOB" else (was or 0) + (1 if kind == "INTEGER" else 1e-9)
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, row))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        found = verified(filled)
        assert any(fault.table == table for fault in found.faults), f"{table}.{column}: {found.faults}"
        path.write_bytes(whole)
    assert verified(filled).faults == []


def test_rows_taken_out_or_put_in_are_counted(filled: Path) -> None:
    connection = sqlite3.connect(filled / "twin-1.run", isolation_level=None)
    connection.execute("DELETE FROM visit WHERE rowid = 3")
    connection.close()
    (fault,) = verified(filled).faults
    assert (fault.block, fault.table) == (2, "visit")
    assert "rows 3 to 4 (up to 1970-01-01 00:00:01 line time): 2 were written, 1 are there" in fault.what


def test_a_block_that_is_changed_or_taken_away_breaks_the_chain(filled: Path) -> None:
    path = filled / "twin-1.run"
    whole, head = path.read_bytes(), verified(filled).head
    for statement, said in (
        ("UPDATE block SET wall_us = wall_us + 1 WHERE seq = 2", "the digest of block 2 does not follow"),
        ("DELETE FROM block WHERE seq = 2", "block 2 was expected, block 3 is next"),
        ("UPDATE run SET seed = 8", "the run's header or block 1 was changed"),
        ("UPDATE run SET outcome = 'failed'", "the run's end was changed"),
        ("UPDATE block SET body = '{' WHERE seq = 3", "cannot be read"),
    ):
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute(statement)
        connection.close()
        assert any(said in fault.what for fault in verified(filled).faults), statement
        path.write_bytes(whole)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("DELETE FROM block WHERE seq = 4")
    connection.close()
    assert any("no block has the digest" in fault.what for fault in verified(filled, expected=head).faults), "the end was cut off"


def test_flipped_bytes_of_the_file_are_found(filled: Path) -> None:
    """A byte inside the rows of a table, wherever: flip one in each stored text of ours and look."""
    path = filled / "twin-1.run"
    whole = path.read_bytes()
    for text in (b"literal 1", b"alarm.raised", b"COIL-B", b'{"k": 2}', b"stated", b"text of the plan"):
        place = whole.find(text)
        while place >= 0:
            changed = bytearray(whole)
            changed[place + len(text) - 1] ^= 1
            path.write_bytes(changed)
            with_fault = verified(filled).faults
            schema = whole[:place].rfind(b"CREATE TABLE") > place - 400
            assert with_fault or schema, (text, place)
            place = whole.find(text, place + 1)
    path.write_bytes(whole)


def test_a_killed_writer_leaves_a_chain_that_the_next_one_closes(tmp_path: Path) -> None:
    run = None
    for _ in range(3):
        process = subprocess.Popen([sys.executable, str(WRITER), str(tmp_path), *([run] if run else [])], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        run = process.stdout.readline().split()[1]
        for _ in range(25):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        found = verified(tmp_path, run)
        assert found.faults == []
        assert found.open_rows >= 25 * 51
    with Ledger(tmp_path).open_run(run) as writer:
        writer.end("stopped")
    found = verified(tmp_path, run)
    assert (found.faults, found.open_rows) == ([], 0)


def test_a_block_is_closed_by_its_rows_and_what_stays_open_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "BLOCK_ROWS", 100)
    with Ledger(tmp_path).create_run("p", "d", "twin") as writer:
        for k in range(5):
            writer.append("visit", {"unit": [k] * 45, "step": [1] * 45})
            writer.put("thing", {"key": [k], "id": [str(k)], "kind": [1]})
            writer.commit()
    found = verified(tmp_path)
    assert (found.faults, found.blocks, found.open_rows) == ([], 1, 90)


def test_an_older_file_gets_its_chain_when_it_is_written_on(filled: Path) -> None:
    connection = sqlite3.connect(filled / "twin-1.run", isolation_level=None)
    for table in ("block", "taken", "closed"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    before = verified(filled)
    assert (before.faults, before.blocks) == ([], 0)
    with Ledger(filled).open_run("twin-1") as writer:
        writer.commit()
    after = verified(filled)
    assert (after.faults, after.blocks, after.open_rows) == ([], 1, 0)


def test_the_command_says_where_and_leaves_with_2(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["ledger", "verify", "--ledger", str(filled)]) == 0
    assert "twin-1" in capsys.readouterr().out
    connection = sqlite3.connect(filled / "twin-1.run", isolation_level=None)
    connection.execute("UPDATE consume SET hi_mm = hi_mm + 1 WHERE rowid = 5")
    connection.close()
    assert run_command(["ledger", "verify", "--ledger", str(filled)]) == 2
    told = capsys.readouterr().out
    assert "CHANGED" in told
    assert "twin-1, block 3, consume: rows 5 to 6 (up to 1970-01-01 00:00:02 line time): a value was changed" in told
    assert run_command(["ledger", "verify", "--ledger", str(filled), "--expect", "abc"]) == 2
    assert "which run" in capsys.readouterr().err


def test_a_correction_is_an_event_and_changes_nothing(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def ask(*words: str) -> int:
        return run_command(["ledger", "correct", "twin-1", *words, "--ledger", str(filled)])

    assert ask("consume", "5", "hi_mm=123", "--by", "Ada", "--because", "encoder slipped") == 0
    assert run_command(["ledger", "corrections", "twin-1", "--ledger", str(filled)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split(maxsplit=6) == ["consume", "5", "hi_mm", "20", "123", "Ada", "encoder slipped"]
    assert verified(filled).faults == []
    with Ledger(filled).reader("twin-1") as reader:
        assert reader.row("SELECT hi_mm FROM consume WHERE rowid = 5") == (20,)
    for words, said in (
        (("consum", "5", "hi_mm=1"), "Nearest: `consume`"),
        (("consume", "5", "high=1"), "there is no column of consume `high`"),
        (("consume", "500", "hi_mm=1"), "consume has no row 500; it has rows up to 6"),
        (("consume", "5", "hi_mm=long"), "a whole number was expected, not `long`"),
        (("consume", "5", "hi_mm"), "COLUMN=VALUE was expected"),
        (("visit", "5", "vals=1"), "visit.vals holds bytes"),
    ):
        assert ask(*words, "--by", "Ada", "--because", "x") == 2
        assert said in capsys.readouterr().err
    assert ask("consume", "5", "hi_mm=1", "--by", " ", "--because", "x") == 2
    assert "needs who makes it" in capsys.readouterr().err


def test_rows_as_they_were_given_have_the_digest_of_rows_as_they_are_stored(small_blocks: None, tmp_path: Path) -> None:
    """Arrays that are used again, views, nothing, what is no number, floats for whole numbers: the chain proves what is in the file."""
    with Ledger(tmp_path).create_run("p", "d", "twin") as writer:
        used = np.arange(5)
        for k in range(3):
            used[:] = np.arange(5) * k
            writer.append("visit", {"unit": used, "step": used[::-1], "out_us": [None, 1, 2, None, 4], "tool": np.array([np.nan, 1, 2, 3, 4]),
                                    "vals": np.array([b"a", None, b"", b"c", b"d"], dtype=object), "machine": range(5)})  # fmt: skip
            writer.append("piece_map", {"child": [1, 2], "child_lo_mm": [0, 0], "child_hi_mm": [True, 5.0], "parent": np.uint8([3, 4]),
                                        "a_mm": [1, float("-inf")], "b": np.float32([0.1, 2]), "across_lo_mm": [None, 2],
                                        "mirrored": [False, True],
                                        "across_hi_mm": [float("nan"), -0.0],
                                        "sides_swapped": [0, 0], "error_mm": [0, 1], "drift": [0, 0]})  # fmt: skip
            used[:] = -1
            writer.rollback() if k == 1 else writer.commit()
    found = verified(tmp_path)
    assert (found.faults, found.blocks, found.open_rows) == ([], 2, 0)
