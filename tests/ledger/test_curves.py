"""Curves in the ledger: bytes and back, one place of one visit, files of the version before."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from linewright.ledger.curve_blocks import Curve, CurveLine, curve_numbers, packed_curves
from linewright.ledger.errors import LedgerError
from linewright.ledger.ledger import Ledger
from linewright.ledger.lock import WriterLock
from linewright.ledger.migrations import MIGRATIONS
from linewright.ledger.schema import VERSION, create_statements

LINES = [["time", "s", 1.0, 0.0, 1.0, ""], ["voltage", "V", 1.0, 0.0, 1e-4, ""], ["current", "mA", 1e-3, 0.0, 1e-4, "Ah"]]


def test_whole_numbers_come_back_as_they_went_in() -> None:
    """Random ones of either sign, also wide apart, and places with fewer points or none."""
    rng = np.random.default_rng(5)
    for places, lines, points in ((1, 2, 1), (256, 3, 35), (7, 4, 64)):
        numbers = rng.integers(-(2**29), 2**29, (places, lines, points), dtype=np.int32)
        counts = rng.integers(0, points + 1, places)
        block = packed_curves(numbers, counts)
        for place in range(places):
            found = curve_numbers(block, places, lines, points, place)
            if counts[place] == 0:
                assert found is None
            else:
                assert found is not None
                assert np.array_equal(found, numbers[place, :, : counts[place]])


def test_what_is_above_and_below_zero_is_summed_apart() -> None:
    """Against the same lines sampled finely, a line that crosses zero between two points among them."""
    line = CurveLine("current", "A", 1.0, 0.0, 1e-4)
    rng = np.random.default_rng(2)
    t = np.sort(rng.random(30)) * 100.0
    y = rng.standard_normal(30)
    fine = np.linspace(t[0], t[-1], 2_000_001)
    dense = np.interp(fine, t, y)
    step = fine[1] - fine[0]
    above, below = Curve((line,), t, y[None, :], 1.0).integral(0)
    assert above == pytest.approx(np.maximum(dense, 0.0).sum() * step, rel=1e-4)
    assert below == pytest.approx(np.minimum(dense, 0.0).sum() * step, rel=1e-4)


@pytest.fixture
def written(tmp_path: Path) -> Ledger:
    """One tray that was at two stations, at one of them twice."""
    ledger = Ledger(tmp_path)
    with ledger.create_run("t", "d", "twin", begin_us=0) as writer:
        writer.fact("curves", {"formation": LINES, "again": LINES})
        steps = {name: writer.key("step", name) for name in ("formation", "again", "ocv")}
        for step, done in (("formation", 1000), ("ocv", 1500), ("again", 2000), ("formation", 3000)):
            writer.append("visit", {"unit": [5], "step": [steps[step]], "start_us": [done - 900], "done_us": [done], "out_us": [done]})
            if step != "ocv":
                numbers = np.array([[[0, 10, 20], [30000 + done, 31000, 32000], [500, 500, -500]], np.zeros((3, 3))])
                block = packed_curves(numbers, [3, 0])
                writer.append("curve", {"unit": [5], "step": [steps[step]], "done_us": [done], "places": [2], "points": [3], "data": [block]})
        writer.commit()
    return ledger


def test_each_visit_has_its_own_curve(written: Ledger) -> None:
    reader = written.reader()
    found = [reader.curve(v, 0) for v in reader.visits_of(5)]
    assert found[1] is None, "nothing is drawn at that station"
    firsts = [c.values[0, 0] for c in found if c is not None]
    assert firsts == pytest.approx([3.1, 3.2, 3.3])
    curve = found[0]
    assert curve is not None
    assert curve.times_s.tolist() == [0.0, 10.0, 20.0]
    assert curve.values[1] == pytest.approx([0.05, 0.05, -0.05]), "SI, whatever unit is shown"
    assert [line.name for line in curve.lines] == ["voltage", "current"]


def test_a_place_without_a_curve_and_one_that_is_not_there_have_none(written: Ledger) -> None:
    reader = written.reader()
    visit = reader.visits_of(5)[0]
    assert reader.curve(visit, 1) is None
    assert reader.curve(visit, 2) is None


# ---- files of version 1


def old_file(folder: Path) -> Path:
    """Return a run as version 1 left it."""
    with Ledger(folder).create_run("text", "digest", "twin", 7, None, 0, "four-stations") as writer:
        writer.event("a", 1, {})
        writer.commit()
    path = folder / "twin-1.run"
    connection = sqlite3.connect(path, isolation_level=None)
    for table in ("curve", "taken", "block", "closed"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    return path


def described(path: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'curve' ORDER BY name").fetchall()
    connection.close()
    return found


def test_migrations_lead_to_the_tables_of_today(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    Ledger(tmp_path).open_run("twin-1").close()
    led = described(path)
    new = sqlite3.connect(tmp_path / "new")
    for statement in create_statements():
        new.execute(statement)
    new.commit()
    new.close()
    assert len(MIGRATIONS) == VERSION - 1
    assert led == described(tmp_path / "new")


def test_an_old_run_that_nobody_goes_on_with_can_still_be_read(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    reader = Ledger(tmp_path).reader("twin-1")
    assert [e.kind for e in reader.events_since()] == ["a"]
    assert reader.curve_lines() == {}
    reader.close()
    assert described(path)


def test_an_old_run_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    path = old_file(tmp_path)
    lock = WriterLock(path)
    try:
        with pytest.raises(LedgerError, match=r"an older version of Linewright writes it now \(process \d+\)\. Stop that"):
            Ledger(tmp_path).reader("twin-1")
    finally:
        lock.release()
    assert described(path) == []


def test_an_old_run_that_may_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old_file(tmp_path)

    def refuse(path: Path) -> WriterLock:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("linewright.ledger.migrations.WriterLock", refuse)
    with pytest.raises(LedgerError, match=r"an older version wrote it, and its tables cannot be led to this one .*Copy it to where you may write"):
        Ledger(tmp_path).reader("twin-1")
