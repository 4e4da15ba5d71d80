"""A ledger: runs, rows, names, refusals."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest

from linewright.ledger import disk
from linewright.ledger.disk import check_space, free_bytes
from linewright.ledger.errors import DiskLowError, LedgerError, NewerError, NoSuchRunError
from linewright.ledger.ledger import Ledger
from linewright.ledger.migrations import migrate
from linewright.ledger.row_writer import connect_writer
from linewright.ledger.schema import TABLES, VERSION
from linewright.model.errors import LinewrightError


def new_run(folder: Path, source: str = "twin"):
    return Ledger(folder).create_run("text of the plan", "digest", source, 7, 60.0, 1_000_000, "four-stations")


def test_a_run_has_a_header_and_a_plan(tmp_path: Path) -> None:
    with new_run(tmp_path) as writer:
        assert writer.run_id == "twin-1"
    with new_run(tmp_path, "live") as second:
        second.end("stopped", line_us=5_000_000)
    first, last = Ledger(tmp_path).runs()
    assert (first.run, first.name, first.source, first.seed, first.speed, first.begin_us) == ("twin-1", "four-stations", "twin", 7, 60.0, 1_000_000)
    assert (last.run, last.outcome, last.line_us) == ("live-2", "stopped", 5_000_000)
    reader = Ledger(tmp_path).reader()
    assert reader.header().run == "live-2"
    assert reader.plan_text() == "text of the plan"
    assert Ledger(tmp_path).find_plan("digest", "twin") == first
    assert Ledger(tmp_path).find_plan("other", "twin") is None


def test_what_is_not_committed_is_not_there(tmp_path: Path) -> None:
    with new_run(tmp_path) as writer:
        writer.event("a", 1, {})
        writer.commit()
        writer.event("b", 2, {})
    assert [e.kind for e in Ledger(tmp_path).reader().events_since()] == ["a"]


def test_columns_of_numbers_come_back_as_they_went_in(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    big = rng.integers(-(2**62), 2**62, 1000)
    with new_run(tmp_path) as writer:
        assert writer.append("command", {"line_us": np.arange(1000), "machine": np.ones(1000, np.int32), "kind": [1] * 1000, "n": big}) == 1000
        writer.commit()
    found = Ledger(tmp_path).reader().columns("command", ["n", "unit", "line_us"])
    assert np.array_equal(found["n"], big)
    assert set(found["unit"]) == {np.iinfo(np.int64).min}, "null is the smallest number"
    assert found["line_us"].dtype == np.int64


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    with new_run(tmp_path) as writer, pytest.raises(KeyError, match=r"visit has no column \['speed'\]"):
        writer.append("visit", {"speed": [1]})


def test_names_stand_once_and_survive(tmp_path: Path) -> None:
    with new_run(tmp_path) as writer:
        winder = writer.key("machine", "winder/1")
        assert writer.key("machine", "winder/1") == winder
        assert writer.key("step", "winder/1") != winder
        writer.commit()
    with Ledger(tmp_path).open_run("twin-1") as writer:
        assert writer.key("machine", "winder/1") == winder
        lost = writer.key("machine", "winder/2")
        writer.rollback()
        assert writer.key("machine", "winder/3") == lost, "a name that was not committed does not stay"
        writer.commit()
    reader = Ledger(tmp_path).reader()
    assert reader.names("machine") == {winder: "winder/1", lost: "winder/3"}
    assert reader.number("machine", "winder/2") is None


def test_a_run_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRunError, match=r"no run is in this ledger yet.*linewright simulate"):
        Ledger(tmp_path).reader()
    new_run(tmp_path).close()
    with pytest.raises(NoSuchRunError, match=r"there is no run `twin-7`\. Nearest: `twin-1`"):
        Ledger(tmp_path).open_run("twin-7")


def test_a_newer_file_is_refused_with_the_next_step(tmp_path: Path) -> None:
    new_run(tmp_path).close()
    with sqlite3.connect(tmp_path / "twin-1.run") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    for open_it in (Ledger(tmp_path).open_run, Ledger(tmp_path).reader):
        with pytest.raises(NewerError, match=r"version 99.*pip install --upgrade linewright"):
            open_it("twin-1")
    assert [r.run for r in Ledger(tmp_path).runs()] == ["twin-1"], "the list still shows it"


def test_an_old_file_is_led_to_the_newest_version(tmp_path: Path) -> None:
    new_run(tmp_path).close()
    path = tmp_path / "twin-1.run"
    connection = sqlite3.connect(path, isolation_level=None)

    def add_shift(file: sqlite3.Connection) -> None:
        file.execute("ALTER TABLE state ADD COLUMN shift INTEGER")

    def add_note(file: sqlite3.Connection) -> None:
        file.execute("ALTER TABLE event ADD COLUMN note TEXT")

    def fails(file: sqlite3.Connection) -> None:
        file.execute("ALTER TABLE event ADD COLUMN second TEXT")
        raise ValueError("in the middle")

    connection.execute("PRAGMA user_version = 1")
    assert migrate(connection, path, (add_shift, add_note), wanted=3) == 2
    assert connection.execute("PRAGMA user_version").fetchone() == (3,)
    assert "shift" in [row[1] for row in connection.execute("PRAGMA table_info(state)")]
    assert migrate(connection, path, (add_shift, add_note), wanted=3) == 0
    with pytest.raises(ValueError, match="in the middle"):
        migrate(connection, path, (add_shift, add_note, fails), wanted=4)
    assert connection.execute("PRAGMA user_version").fetchone() == (3,), "a step that fails leaves the file as it was"
    assert "second" not in [row[1] for row in connection.execute("PRAGMA table_info(event)")]
    connection.close()


@pytest.mark.parametrize("content", [b"", b"something else", b"SQLite format 3\x00" + b"\x00" * 100])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "twin-1.run").write_bytes(content)
    assert Ledger(tmp_path).runs() == []
    with new_run(tmp_path) as writer:
        assert writer.run_id == "twin-2"


def test_a_damaged_run_is_named_and_one_that_is_being_made_is_not(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for _ in range(2):
        ledger.create_run("line: x\n", "d", "live").close()
    (tmp_path / "live-2.run").write_bytes(b"\xff" * 5000)
    (tmp_path / "live-3.run").touch()
    assert [info.run for info in ledger.runs()] == ["live-1"]
    assert ledger.damaged() == [tmp_path / "live-2.run"]


def test_another_sqlite_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twin-1.run"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("CREATE TABLE recipes (cake TEXT)")
    with pytest.raises(LedgerError, match="not of a ledger"):
        migrate(connection, path)
    connection.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(LedgerError, match=r"no run can be written there.*--ledger FOLDER"):
        new_run(tmp_path / "file")


def test_low_disk_is_said_in_gigabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert free_bytes(tmp_path / "not" / "yet" / "there") == pytest.approx(free_bytes(tmp_path), rel=0.2)
    monkeypatch.setattr(disk, "free_bytes", lambda _: 1_200_000_000)
    with pytest.raises(DiskLowError, match=r"1\.2 GB are free; a run wants 5\.0 GB"):
        check_space(tmp_path)
    assert issubclass(DiskLowError, LinewrightError)
    monkeypatch.setattr(disk, "free_bytes", lambda _: 21_000_000)
    with pytest.raises(DiskLowError, match=r"21\.0 MB are free"):
        check_space(tmp_path)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="this system has no /proc, a folder that no disk lies under")
def test_a_folder_without_a_disk_cannot_be_written() -> None:
    with pytest.raises(LedgerError, match="no run can be written there"):
        check_space(Path("/proc/x"))


def test_a_full_disk_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    with new_run(tmp_path) as writer:
        writer.event("kept", 1, {})
        writer.commit()
        pages = writer._connection.execute("PRAGMA page_count").fetchone()[0]
        writer._connection.execute(f"PRAGMA max_page_count = {pages + 4}")
        with pytest.raises(DiskLowError, match="the disk is full"):
            writer.append("visit", {"unit": list(range(200_000)), "step": [1] * 200_000})
    assert [e.kind for e in Ledger(tmp_path).reader().events_since()] == ["kept"]


def test_a_run_for_whose_header_there_is_no_room_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def small(path: Path) -> sqlite3.Connection:
        connection = connect_writer(path)
        connection.execute("PRAGMA max_page_count = 3")
        return connection

    monkeypatch.setattr("linewright.ledger.ledger.connect_writer", small)
    with pytest.raises(DiskLowError, match="the disk is full"):
        Ledger(tmp_path).create_run("line: x\n", "d", "import")
    assert [path for path in tmp_path.iterdir() if path.suffix == ".run"] == []


def test_each_thread_reads_through_its_own_connection(tmp_path: Path) -> None:
    with new_run(tmp_path) as writer:
        for number in range(100):
            writer.event("n", number, {"n": number})
        writer.commit()
    reader = Ledger(tmp_path).reader()
    found: list[int] = []

    def read() -> None:
        found.extend(len(reader.events_since(50)) for _ in range(50))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [50] * 200
    reader.close()


def test_a_replay_stores_no_row_twice(tmp_path: Path) -> None:
    """The writer dies after its state was saved and more was committed; the run goes on from the state and makes the same rows again."""

    def visits(writer, first: int, last: int) -> None:
        numbers = list(range(first, last))
        writer.append("visit", {"unit": numbers, "step": [1] * len(numbers), "out_us": numbers})
        for number in numbers:
            writer.event("alarm.raised", number, {"number": number})

    with new_run(tmp_path) as writer:
        visits(writer, 0, 10)
        writer.commit(state=b"at 10", fills={3: b"x", 4: b"y"}, line_us=10)
        visits(writer, 10, 17)
        writer.event("command.hold", 15, {"who": "operator"})
        writer.commit(line_us=17)
    with Ledger(tmp_path).open_run("twin-1") as writer:
        checkpoint = writer.checkpoint()
        assert checkpoint is not None
        assert (checkpoint.state, checkpoint.fills, checkpoint.line_us) == (b"at 10", {3: b"x", 4: b"y"}, 10)
        assert writer.begin_replay(checkpoint) == {"visit": 7}
        visits(writer, 10, 14)
        writer.commit()
        assert writer.awaited() == {"visit": 3}
        with pytest.raises(LedgerError, match="do not belong together"):
            writer.end_replay()
        visits(writer, 14, 20)
        assert writer.awaited() == {}
        writer.end_replay()
        visits(writer, 20, 25)
        writer.commit(state=b"at 25", fills={4: b"z"})
        again = writer.checkpoint()
        assert again is not None
        assert (again.state, again.fills) == (b"at 25", {3: b"x", 4: b"z"})
    reader = Ledger(tmp_path).reader()
    assert reader.columns("visit", ["unit"])["unit"].tolist() == list(range(25))
    alarms = [e.body["number"] for e in reader.events_since(0, "alarm.")]
    assert alarms == list(range(25))
    assert len(reader.events_since(0, "command.hold")) == 1


def test_every_table_is_in_the_documentation() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "ledger.md").read_text()
    assert [t.name for t in TABLES if f"`{t.name}`" not in text] == []
    assert f"version {VERSION}" in text
