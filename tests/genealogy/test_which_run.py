"""Which run of a ledger is asked: the newest that has the thing, and what is said where none has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from linewright.cli.main import run_command
from linewright.genealogy.record import Recorder
from linewright.genealogy.trace import NotFoundError
from linewright.genealogy.which_run import newest_with_things, run_with
from linewright.ledger.ledger import Ledger

from .small_line import BEGIN_US, Story, facts, one_coil


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Two runs with things (the older has 100 cells, the newer 8 and a part of its own), and an empty one that is the newest."""
    found = Ledger(tmp_path)
    for source, cells in (("live", 100), ("twin", 8), ("twin", 0)):
        with found.create_run("text", "digest", source, 7, None, BEGIN_US, "small") as writer:
            recorder = Recorder(facts(), writer)
            recorder.begin()
            if cells:
                recorder.record(one_coil(Story(), cells).taken())
            if cells == 8:
                writer.append("thing", {"key": [2**50], "id": ["XCOIL-1@calender"], "kind": [writer.key("kind", "web")]})
            writer.commit()
    return found


def test_the_newest_run_that_has_it_answers(ledger: Ledger) -> None:
    newer_ones = ("twin-3", "twin-2")
    for asked, run, passed in (("CELL-7", "twin-2", newer_ones[:1]), ("CELL-77", "live-1", newer_ones), ("COIL-1:1..2", "twin-2", newer_ones[:1])):
        reader, newer = run_with(ledger, asked)
        assert (reader.header().run, newer) == (run, passed), asked
        reader.close()


def test_an_exact_id_in_an_older_run_comes_before_a_part_of_another(ledger: Ledger) -> None:
    reader, newer = run_with(ledger, "@calender")
    assert (reader.header().run, newer) == ("live-1", ("twin-3", "twin-2")), "in twin-2 two ids hold the text"
    reader.close()


def test_where_no_run_has_it_the_runs_and_the_nearest_are_named(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError) as told:
        run_with(ledger, "CELL-999")
    assert "There is no `CELL-999` in the runs twin-3, twin-2, live-1." in str(told.value)
    assert "Nearest: CELL-" in str(told.value)
    assert "CELL-100 (live-1)" in str(told.value)


def test_alone_the_newest_run_with_things_is_listed(ledger: Ledger) -> None:
    reader, passed = newest_with_things(ledger)
    assert (reader.header().run, passed) == ("twin-2", ("twin-3",))
    reader.close()


def test_the_command_says_which_run_answered(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["trace", "CELL-77", "--ledger", str(ledger.folder)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("CELL-77   unit, cell   made ")
    assert "run live-1 (live)" in out.splitlines()[0]
    assert out.splitlines()[-1] == "Found in run live-1; newer, and without it: twin-3, twin-2. --run chooses another."
    assert run_command(["trace", "--ledger", str(ledger.folder)]) == 0
    assert capsys.readouterr().out.startswith("Run twin-2 (twin, small); newer, and nothing made yet: twin-3. --run chooses another")
    assert run_command(["trace", "--json", "--ledger", str(ledger.folder)]) == 0
    assert json.loads(capsys.readouterr().out)["run"] == "twin-2"
    assert run_command(["trace", "CELL-77", "--run", "twin-2", "--ledger", str(ledger.folder)]) == 2
    assert "There is no `CELL-77` in run twin-2." in capsys.readouterr().err


def test_a_part_of_several_ids_names_some_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = Ledger(tmp_path)
    with found.create_run("text", "digest", "import", None, None, BEGIN_US, "small") as writer:
        kind = writer.key("kind", "DryCell")
        writer.append("thing", {"key": [1, 2], "id": ["Lab:OSL5fc0-23O0001", "Lab:OSL5fc0-23O0002"], "kind": [kind, kind]})
        writer.commit()
    told = "`OSL5fc0` is a part of several ids, such as Lab:OSL5fc0-23O0001, Lab:OSL5fc0-23O0002. Write more of the one that is meant."
    for named in ([], ["--run", "import-1"]):
        assert run_command(["trace", "OSL5fc0", *named, "--ledger", str(tmp_path)]) == 2
        assert told in capsys.readouterr().err
