"""What is made again of a run that was kept as checkpoints, against the same run with all its rows."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from linewright.genealogy.trace import NotFoundError, recent, trace
from linewright.ledger.ledger import Ledger
from linewright.ledger.reader import RunReader
from linewright.ledger.remade import Along, Life, RemadeReader, remade_path
from linewright.library.catalogue import installed_libraries
from linewright.model.errors import LinewrightError
from linewright.model.load import load_text
from linewright.twin import checkpoints
from linewright.twin.remake import OtherResultError, Remaker, answered
from linewright.twin.simulate import simulate

sys.path.append(str(Path(__file__).parents[1] / "kernels"))
from element_lines import LINES as ELEMENTS
from small_21700 import small_21700

from fault_lines import FAULTS, cells_with

STANDING = "several ways by vehicle"  # stands still in the end
LINES = {
    **ELEMENTS,
    STANDING: (ELEMENTS[STANDING][0], 250),
    "21700 in small": (small_21700("filled"), 1500),
    "21700 with three coaters": (small_21700("filled", coaters=3), 900),
    "21700 from empty": (small_21700("empty"), 1200),
    "injected faults": (cells_with(FAULTS["all at once"]), 4000),
}
#: Tables whose rows are made again, each with the columns that put them into order.
TABLES = ("visit", "consume", "mount", "piece_map", "charge", "lost", "profile", "curve", "thing", "placed")
#: Tables whose order says nothing, and those in which only the rows of one web are in order (how often rows were taken in the run tells the rest).
ANY_ORDER = frozenset({"placed", "curve", "thing"})
BY_WEB = {"piece_map": "parent, child", "profile": "web"}
WINDOWS = 7


def both(folder: Path, text: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> tuple[RunReader, RemadeReader]:
    """Return a run with all rows, and the same kept as checkpoints."""
    plant = load_text(text, installed_libraries())
    monkeypatch.setattr(checkpoints, "DAY_NS", int(seconds * 1e9) // WINDOWS + 1)
    simulate(plant, until_s=seconds, keep="all", ledger=Ledger(folder / "all"))
    simulate(plant, until_s=seconds, keep="checkpoints", ledger=Ledger(folder / "kept"))
    kept = Ledger(folder / "kept").reader()
    assert isinstance(kept, RemadeReader)
    assert kept.windows == WINDOWS
    return Ledger(folder / "all").reader(), kept


def rows_of(reader: RunReader, table: str) -> list[tuple[object, ...]]:
    by = f"{BY_WEB[table]}, " if table in BY_WEB else ""
    rows = reader.rows(f"SELECT * FROM {table} ORDER BY {by}rowid")
    return sorted(rows, key=repr) if table in ANY_ORDER else rows


def keys_of(reader: RunReader) -> list[int]:
    """Return the keys of all things of a run with rows."""
    found = {int(key) & ((1 << 56) - 1) for (key,) in reader.rows("SELECT key FROM thing")}
    for first, count in reader.rows("SELECT first_key, count FROM things"):
        found.update(range(first, first + count))
    return sorted(found)


@pytest.mark.parametrize("name", LINES)
def test_every_row_is_made_again_to_the_last_bit(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, kept = both(tmp_path, *LINES[name], monkeypatch)
    assert rows_of(whole, "things") == rows_of(kept, "things")
    assert rows_of(whole, "name") == rows_of(kept, "name")
    keys = keys_of(whole)
    Remaker(kept).make([need(key) for key in keys for need in (Life, Along)])
    for table in TABLES:
        assert rows_of(kept, table) == rows_of(whole, table), table


@pytest.mark.parametrize("name", LINES)
def test_a_trace_is_that_of_the_run_with_rows(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each kind the first, the last and one between; each is asked of what has been made again so far, in whatever order that was."""
    whole, kept = both(tmp_path, *LINES[name], monkeypatch)
    ids = []
    for kind in whole.names("kind").values():
        things = whole.newest(kind, 100_000)
        for material in sorted({str(t.material) for t in things}):
            mine = [t.id for t in things if str(t.material) == material]
            ids += [mine[0], mine[len(mine) // 3]]
    ids += [i for (i,) in whole.rows("SELECT id FROM thing WHERE id LIKE '%@%' LIMIT 2")]
    remaker = Remaker(kept)
    for thing in dict.fromkeys(ids):
        asked = answered(kept, lambda thing=thing: trace(kept, thing), remaker=remaker)
        assert json.dumps(asked.to_json(), default=str) == json.dumps(trace(whole, thing).to_json(), default=str), thing


def test_the_newest_are_those_of_the_run_with_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, kept = both(tmp_path, *LINES["21700 in small"], monkeypatch)
    assert answered(kept, lambda: recent(kept)) == recent(whole)


def test_only_stretches_that_tell_of_a_thing_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell made in the second of seven stretches and gone after the third is not looked for in the others."""
    _, kept = both(tmp_path, *LINES["parallel machines"], monkeypatch)
    first = kept.marks[1].serials[0]
    part = f"{kept.kinds_in_use()[0][1]}-{first + 5}"
    shares: list[float] = []
    answered(kept, lambda: trace(kept, part), lambda share, _: shares.append(share))
    made = [number for (number,) in kept.rows("SELECT number FROM made_window ORDER BY number")]
    assert 1 in made
    assert len(made) <= 2
    assert shares[-1] == 1.0


def test_what_is_not_there_is_said_as_of_a_run_with_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, kept = both(tmp_path, *LINES["trays"], monkeypatch)
    for asked in ("nothing-7", "part-999999999"):
        with pytest.raises(NotFoundError) as mine:
            answered(kept, lambda asked=asked: trace(kept, asked))
        with pytest.raises(NotFoundError) as theirs:
            trace(whole, asked)
        assert str(mine.value) == str(theirs.value)


def test_another_result_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state that this version does not come to is not passed off as the run's."""
    _, kept = both(tmp_path, *LINES["parallel machines"], monkeypatch)
    remaker = Remaker(kept)
    other = remaker._where.checkpoints.state(1)
    other.stations["done"][1] += 1
    with pytest.raises(OtherResultError, match=r"stands elsewhere \(stations done\)"):
        remaker.make([Life(1)])


def test_what_was_made_again_is_forgotten_where_it_grows_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, kept = both(tmp_path, *LINES["parallel machines"], monkeypatch)
    prefix = kept.kinds_in_use()[0][1]
    for serial in (3, 700):
        found = answered(kept, lambda serial=serial: trace(kept, f"{prefix}-{serial}"), most_bytes=1)
        assert found.to_json() == trace(whole, f"{prefix}-{serial}").to_json()
    assert kept.row("SELECT count(*) FROM made_life WHERE key & 0xffff = 3") == (0,)


def test_a_file_of_another_run_beside_it_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of a run that was deleted is given again; what was made again of the old one is not the new one's."""
    whole, kept = both(tmp_path, *LINES["parallel machines"], monkeypatch)
    prefix = kept.kinds_in_use()[0][1]
    answered(kept, lambda: trace(kept, f"{prefix}-3"))
    kept.close()
    kept.kept.unlink()
    plant = load_text(LINES["parallel machines"][0], installed_libraries())
    simulate(plant, until_s=100, seed=9, keep="checkpoints", ledger=Ledger(tmp_path / "kept"))
    again = Ledger(tmp_path / "kept").reader()
    assert isinstance(again, RemadeReader)
    assert remade_path(again.kept).exists()
    assert again.path == again.kept
    found = answered(again, lambda: trace(again, f"{prefix}-3"))
    assert found.to_json() != trace(whole, f"{prefix}-3").to_json()


def test_a_run_that_was_stopped_is_traced_as_far_as_it_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, seconds = LINES["parallel machines"]
    plant = load_text(text, installed_libraries())
    monkeypatch.setattr(checkpoints, "DAY_NS", int(seconds * 1e9) // WINDOWS + 1)

    def stop(share: float) -> None:
        if share > 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(plant, until_s=seconds, keep="checkpoints", ledger=Ledger(tmp_path), progress=stop)
    kept = Ledger(tmp_path).reader()
    assert isinstance(kept, RemadeReader)
    assert 0 < kept.windows < WINDOWS
    prefix = kept.kinds_in_use()[0][1]
    assert answered(kept, lambda: trace(kept, f"{prefix}-3")).life


def test_keeping_needs_a_ledger() -> None:
    plant = load_text(LINES["parallel machines"][0], installed_libraries())
    with pytest.raises(LinewrightError, match="keep checkpoints: what a simulation keeps goes into a ledger"):
        simulate(plant, until_s=10, keep="checkpoints")
