"""Closed days: everything is answered as before, whatever dies while they are closed."""

from __future__ import annotations

import csv
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from linewright.cli.main import run_command
from linewright.ledger import writer as writer_module
from linewright.ledger.closed import CLOSED, closed_folder
from linewright.ledger.errors import DiskLowError, LedgerError, LockedError
from linewright.ledger.ledger import Ledger
from linewright.ledger.schema import TABLE_BY_NAME
from linewright.ledger.verify import verify_run

pytestmark = pytest.mark.filterwarnings("error")
FILLED = set(CLOSED) - {"delivery"}
DAY_US = 86_400_000_000
CLOSER = """import sys
from linewright.ledger import closed
from linewright.ledger.ledger import Ledger
closed.READ_ROWS = 700
for made in Ledger(sys.argv[1]).close_days("twin-1"):
    print(made.file, flush=True)
"""


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "BLOCK_ROWS", 1)


def write_days(ledger: Ledger, days: int, units: int = 200, *, is_over: bool = True) -> None:
    """Write days of visits at two steps, pieces of webs, curves, commands, signals; a block a commit, four commits a day."""
    rng = np.random.default_rng(3)
    with ledger.create_run("plan", "digest", "twin", 7, 60.0, 0, "small") as writer:
        steps = [writer.key("step", s) for s in ("wind", "weld")]
        role, machine, tag = writer.key("role", "cathode"), writer.key("machine", "wind/1"), writer.key("signal", "tension")
        writer.put("things", {"first_key": [1], "count": [days * units], "prefix": ["CELL"], "first_serial": [1], "kind": [1]})
        for part in range(4 * days):
            at = part * DAY_US // 4
            unit = 1 + part * units // 4 + np.arange(units // 4)
            times = at + np.sort(rng.integers(0, DAY_US // 4, len(unit)))
            for step in steps:
                vals = [rng.integers(-900, 900, 5, dtype=np.int32).tobytes() for _ in unit]
                writer.append("visit", {"unit": unit, "step": [step] * len(unit), "machine": [machine] * len(unit), "in_us": times - 9,
                                        "out_us": times, "verdict": [1] * len(unit), "layout": [1] * len(unit), "vals": vals})  # fmt: skip
            lo = unit * 1000 + rng.integers(0, 20, len(unit))
            web = 7 + part // 8 * np.ones(len(unit), int)
            writer.append("consume", {"web": web, "lo_mm": lo, "hi_mm": lo + 970, "unit": unit, "role": [role] * len(unit)})
            curves = {"unit": unit[:3], "step": [steps[1]] * 3, "done_us": times[:3], "places": [1] * 3, "points": [2] * 3, "data": [b"x"] * 3}
            writer.append("curve", curves)
            writer.append("command", {"line_us": times, "machine": [machine] * len(unit), "kind": [1] * len(unit), "n": [None] * len(unit)})
            writer.append("signal", {"machine": [machine], "name": [tag], "begin_us": [at], "every_us": [DAY_US // 40], "n": [10], "low": [0.0],
                                     "scale": [0.5], "data": [np.arange(10, dtype="<u2").tobytes()]})  # fmt: skip
            writer.commit(line_us=at + DAY_US // 4 - 1)
        if is_over:
            writer.end("done", line_us=days * DAY_US)


def answers(ledger: Ledger) -> dict[str, object]:
    """Return what readers ask of a run, in many ways."""
    with ledger.reader("twin-1") as reader:
        last = reader.count("visit")
        found: dict[str, object] = {f"count {t}": reader.count(t) for t in CLOSED}
        for name in CLOSED:
            columns = [c.split()[0] for c in TABLE_BY_NAME[name].columns]
            found[f"columns {name}"] = {c: v.tolist() for c, v in reader.columns(name, columns).items()}
        for unit in (1, 77, 200, 431):
            found[f"visits {unit}"] = [(v.row, v.step, v.in_us, v.out_us) for v in reader.visits_of(unit)]
            found[f"pieces {unit}"] = reader.pieces_of_unit(unit)
        found["window"] = [v.row for v in reader.visits_of(77, 0, DAY_US // 3)]
        found["between"] = [v.row for v in reader.visits_between(DAY_US // 2, 5 * DAY_US // 2, limit=333)]
        found["between of a step"] = [v.row for v in reader.visits_between(DAY_US // 2, 5 * DAY_US // 2, "weld", limit=150)]
        found["newest"] = [v.row for v in reader.newest_visits(last, "wind")]
        for lo, hi in ((None, None), (10_500, 60_200), (100_000, 100_001), (10**8, 10**9)):
            found[f"web {lo} {hi}"] = [reader.pieces_on_web(web, lo, hi) for web in (7, 8, 9)]
        found["webs"] = [(reader.count_pieces(web), reader.used_to_mm(web)) for web in (7, 8, 9)]
        found["first"] = [reader.first_row_at("visit", "out_us", t) for t in range(0, 4 * DAY_US, DAY_US // 7)]
        trend = reader.signal("wind/1", "tension", DAY_US // 3, 2 * DAY_US, 17)
        found["signal"] = (reader.signal_names("wind/1"), trend.low.tolist(), trend.high.tolist())
        return found


def verified(folder: Path) -> list[str]:
    with Ledger(folder).reader("twin-1") as reader:
        return [f"{f.table}: {f.what}" for f in verify_run(reader, "twin-1").faults]


def hot_rows(folder: Path, table: str) -> int:
    connection = sqlite3.connect(folder / "twin-1.run")
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        connection.close()


def test_closed_days_answer_as_the_run_did(tmp_path: Path) -> None:
    write_days(Ledger(tmp_path), 3)
    before = answers(Ledger(tmp_path))
    made = list(Ledger(tmp_path).close_days("twin-1", until_us=DAY_US))
    assert {m.table for m in made} == FILLED
    assert hot_rows(tmp_path, "visit") == 2 * 200 * 2
    assert answers(Ledger(tmp_path)) == before, "one day in Parquet, two in the run's file"
    made = list(Ledger(tmp_path).close_days("twin-1"))
    assert sorted({m.day for m in made}) == [1, 2]
    assert {t: hot_rows(tmp_path, t) for t in CLOSED} == dict.fromkeys(CLOSED, 0)
    assert answers(Ledger(tmp_path)) == before, "all days in Parquet"
    assert verified(tmp_path) == []
    assert list(Ledger(tmp_path).close_days("twin-1")) == [], "nothing is left to close"


def test_what_closed_days_leave_is_given_back(tmp_path: Path) -> None:
    write_days(Ledger(tmp_path), 2, units=4000)
    before = Ledger(tmp_path).run_info("twin-1").size_bytes
    list(Ledger(tmp_path).close_days("twin-1"))
    after = Ledger(tmp_path).run_info("twin-1")
    assert after.size_bytes < before / 4
    assert 0 < after.closed_bytes < before / 4
    assert verified(tmp_path) == []


def test_a_run_that_goes_on_keeps_its_day_and_numbers_on(tmp_path: Path) -> None:
    write_days(Ledger(tmp_path), 2, is_over=False)
    with Ledger(tmp_path).open_run("twin-1") as writer:
        writer.commit(state=b"at two days", line_us=2 * DAY_US - 1)
        writer.commit(state=b"again", line_us=2 * DAY_US - 1)
        with pytest.raises(LockedError):
            list(Ledger(tmp_path).close_days("twin-1"))
    before = answers(Ledger(tmp_path))
    assert sorted({m.day for m in Ledger(tmp_path).close_days("twin-1")}) == [0]
    assert answers(Ledger(tmp_path)) == before
    with Ledger(tmp_path).open_run("twin-1") as writer:
        writer.end("stopped", line_us=2 * DAY_US)
    list(Ledger(tmp_path).close_days("twin-1"))
    assert hot_rows(tmp_path, "visit") == 0
    with Ledger(tmp_path).open_run("twin-1") as writer:
        writer.append("visit", {"unit": [999, 999], "step": [1, 1], "out_us": [2 * DAY_US] * 2})
        writer.rollback()
        writer.append("visit", {"unit": [401, 402], "step": [1, 1], "out_us": [2 * DAY_US] * 2})
        writer.append("visit", {"unit": [403], "step": [1], "out_us": [2 * DAY_US]})
        writer.commit(line_us=2 * DAY_US)
    with Ledger(tmp_path).reader("twin-1") as reader:
        assert [(v.row, v.unit) for v in reader.newest_visits(4)] == [(803, 403), (802, 402), (801, 401), (800, 400)]
    assert verified(tmp_path) == []


def test_rows_behind_the_saved_state_are_not_closed(tmp_path: Path) -> None:
    write_days(Ledger(tmp_path), 3, is_over=False)
    assert list(Ledger(tmp_path).close_days("twin-1")) == [], "a restart would count them off"


def test_kills_while_closing_lose_nothing(tmp_path: Path) -> None:
    write_days(Ledger(tmp_path), 4, units=2000)
    before = answers(Ledger(tmp_path))
    rng = random.Random(5)
    for _ in range(6):
        process = subprocess.Popen([sys.executable, "-c", CLOSER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(rng.randrange(0, 4)):
            process.stdout.readline()
        time.sleep(rng.random() * 0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert verified(tmp_path) == []
    assert answers(Ledger(tmp_path)) == before
    list(Ledger(tmp_path).close_days("twin-1"))
    assert answers(Ledger(tmp_path)) == before
    assert hot_rows(tmp_path, "visit") == 0
    assert list(closed_folder(tmp_path / "twin-1.run").glob("*.tmp")) == []


def test_a_truncated_a_changed_and_a_missing_file_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_days(Ledger(tmp_path), 2)
    made = [m for m in Ledger(tmp_path).close_days("twin-1") if m.table == "visit"]
    path = closed_folder(tmp_path / "twin-1.run") / made[1].file
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert any(f"{path.name} (rows 401 to 800) has {len(whole) // 2:,} bytes instead of {len(whole):,}" in f for f in verified(tmp_path))
    with Ledger(tmp_path).reader("twin-1") as reader, pytest.raises(LedgerError, match=rf"{path.name} has .* put a copy of it back"):
        reader.visits_of(1)
    path.write_bytes(whole[:300] + bytes([whole[300] ^ 1]) + whole[301:])
    assert any(f"{path.name} (rows 401 to 800) was changed" in f for f in verified(tmp_path))
    path.unlink()
    assert any("is missing" in f for f in verified(tmp_path))
    assert run_command(["ledger", "export", "twin-1", "visit", str(tmp_path / "out.csv"), "--ledger", str(tmp_path)]) == 2
    assert f"{path.name} is missing: put a copy of it back" in capsys.readouterr().err
    path.write_bytes(whole)
    assert verified(tmp_path) == []


def test_a_full_disk_is_named_and_the_run_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_days(Ledger(tmp_path), 2)
    before = answers(Ledger(tmp_path))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.write_table", full)
    with pytest.raises(DiskLowError, match="the disk is full"):
        list(Ledger(tmp_path).close_days("twin-1"))
    assert answers(Ledger(tmp_path)) == before


def test_a_table_is_exported_in_three_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    write_days(Ledger(tmp_path), 2)
    list(Ledger(tmp_path).close_days("twin-1", until_us=DAY_US))

    def export(table: str, name: str, *more: str) -> int:
        return run_command(["ledger", "export", "twin-1", table, str(tmp_path / name), "--ledger", str(tmp_path), *more])

    for name in ("visits.csv", "visits.parquet", "visits.arrow"):
        assert export("visit", name) == 0
    with (tmp_path / "visits.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    stored = parquet.read_table(tmp_path / "visits.parquet")
    with pa.ipc.open_file(tmp_path / "visits.arrow") as file:
        assert file.read_all().equals(stored)
    assert stored.num_rows == len(rows) == 800
    assert [int(r["unit"]) for r in rows] == stored["unit"].to_pylist()
    assert rows[0]["step"] == stored["step"][0].as_py() == "wind"
    assert bytes.fromhex(rows[799]["vals"]) == stored["vals"][799].as_py()
    capsys.readouterr()
    for table, name, said in (("visits", "a.csv", "Nearest: `visit`"), ("visit", "a.xlsx", "one of .csv, .parquet, .arrow"),
                              ("visit", "visits.csv", "is there already; --force"), ("visit", "none/a.csv", "could not be written")):  # fmt: skip
        assert export(table, name) == 2
        assert said in capsys.readouterr().err
    assert export("visit", "visits.csv", "--force") == 0


def test_the_command_tells_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_days(Ledger(tmp_path), 2)
    assert run_command(["ledger", "close-day", "--ledger", str(tmp_path), "--until", "yesterday"]) == 2
    assert "a day such as 2026-11-24 was expected" in capsys.readouterr().err
    assert run_command(["ledger", "close-day", "--ledger", str(tmp_path), "--until", "1970-01-02"]) == 0
    assert "visit-1970-01-01-1.parquet" in capsys.readouterr().out
    assert run_command(["ledger", "close-day", "twin-1", "--ledger", str(tmp_path)]) == 0
    assert run_command(["ledger", "close-day", "--ledger", str(tmp_path)]) == 0
    assert "Nothing to close" in capsys.readouterr().out
    assert run_command(["ledger", "status", "--ledger", str(tmp_path)]) == 0
    assert "MB in closed days" in capsys.readouterr().out
