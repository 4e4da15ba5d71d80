"""`explain` the whole way: a line file with a fault, simulated, asked; questions that cannot be asked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from fault_lines import CELLS, cells_with
from linewright.causes.explain import Explanation, explain
from linewright.causes.query import QueryError
from linewright.causes.upstream import Upstream
from linewright.cli.main import run_command
from linewright.genealogy.trace import trace
from linewright.kernels.rows import KIND_SHIFT
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.twin.simulate import simulate

LANE = "- {fault: lane-clogged, station: coater, tool: {die-lane: 2}, size: 2.5 %, at: 20 min, for: 8 min}"
NOZZLE = "- {fault: nozzle-clogged, station: filler, tool: {nozzle: 3}, size: 2.5 %, at: 40 min, for: 30 min}"
CHANNEL = "- {fault: contact-loss, station: formation, machine: 2, tool: {channel: 5}, size: 4 %, at: 1 s}"


def made(folder: Path, text: str, hours: float = 1.75, keep: str = "all") -> Ledger:
    ledger = Ledger(folder)
    simulate(load_text(text, installed_libraries(), "cells"), until_s=hours * 3600.0, keep=keep, ledger=ledger)
    return ledger


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return made(tmp_path_factory.mktemp("clean"), CELLS)


@pytest.fixture(scope="module")
def clogged(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return made(tmp_path_factory.mktemp("clogged"), cells_with(LANE))


def asked(ledger: Ledger, bad: str, good: str | None = None) -> Explanation:
    with ledger.reader() as reader:
        return explain(reader, bad, good)


def test_a_clogged_lane_is_named_with_its_lane_and_its_minutes(clogged: Ledger) -> None:
    found = asked(clogged, "capacity < 4.93 Ah")
    head = found.ranking.causes[0].ranked
    assert head.fact.station == "coater"
    assert head.fact.levels[head.hit.level] == "lane 2"
    assert head.fact.numbers is not None
    times = head.fact.numbers[head.inside]
    assert times.min() == pytest.approx(1200.0, abs=30.0)
    assert times.max() == pytest.approx(1680.0, abs=30.0)
    folded = {f.fact.name for f in found.ranking.causes[0].folded}
    assert {"coater areal-weight, side A", "coater areal-weight, side B", "coater lane"} <= folded


def test_no_cause_is_named_on_a_clean_line(clean: Ledger) -> None:
    for question in ("capacity < 4.95 Ah", "electrolyte-mass < 6.9 g", "diameter > 20.14 mm", "first-efficiency < 86.5 %"):
        assert asked(clean, question).ranking.causes == (), question


@pytest.mark.parametrize(("fault", "question", "station", "level"), [
    (NOZZLE, "electrolyte-mass < 6.9 g", "filler", "nozzle 3"), (CHANNEL, "capacity < 4.93 Ah", "formation", "machine 2, channel 5"),
])  # fmt: skip
def test_a_tool_is_named(fault: str, question: str, station: str, level: str, tmp_path: Path) -> None:
    head = asked(made(tmp_path, cells_with(fault)), question).ranking.causes[0].ranked
    assert (head.fact.station, head.fact.levels[head.hit.level]) == (station, level)


def test_facts_are_those_of_the_trace(clogged: Ledger) -> None:
    """What is gathered batch-wise is what `trace` tells of each cell by itself."""
    with clogged.reader() as reader:
        first, last = reader.key_of("cell-900"), reader.key_of("cell-2100")
        assert first is not None
        assert last is not None
        upstream = Upstream(reader, np.arange(first, last + 1, dtype=np.int64))
        table = upstream.table()
        facts = {f.name: f for f in table.facts}
        for row in (0, 157, 600, 811, 1200):
            unit = table.ids[row]
            told = trace(reader, unit)
            at = {step.step: step for step in told.life}
            assert facts["winder time"].numbers[row] == pytest.approx((at["winder"].start_us - table.begin_us) / 1e6)
            assert facts["winder spindle"].levels[facts["winder spindle"].codes[row]].endswith(f"spindle {at['winder'].tool}")
            channel, formed = facts["formation channel"], at["formation"]
            assert channel.levels[channel.codes[row]] == f"machine {formed.machine.rpartition('/')[2]}, channel {formed.place}"
            values = {v.characteristic: v.value for v in told.node.values}
            for name in ("winder diameter", "filler electrolyte-mass", "formation capacity"):
                assert facts[name].numbers[row] == pytest.approx(values[name.split()[1]], rel=1e-12)
            strip = next(b for b in told.node.made_of if b.edge.role == "strip")
            assert facts["strip"].levels[facts["strip"].codes[row]] == strip.node.id
            coil = strip.node.made_of[0]
            mother = coil.node.made_of[0]
            assert facts["coil"].levels[facts["coil"].codes[row]] == mother.node.id
            assert facts["coil metre"].numbers[row] == pytest.approx((mother.edge.lo_m + mother.edge.hi_m) / 2, abs=2e-3)
            assert facts["coater lane"].levels[facts["coater lane"].codes[row]] == f"lane {coil.edge.lane}"
            batches = [b.node.id for b in mother.node.made_of if b.edge.kind == "charge"]
            assert facts["slurry"].levels[facts["slurry"].codes[row]] in batches


def test_ids_in_a_file_are_asked_as_well_as_a_question(clogged: Ledger, tmp_path: Path) -> None:
    by_value = asked(clogged, "capacity < 4.93 Ah")
    file = tmp_path / "bad.txt"
    file.write_text("# bad cells\n" + "\n".join(by_value.table.ids[i] for i in np.flatnonzero(by_value.bad)), encoding="utf-8")
    found = asked(clogged, str(file))
    assert found.ranking.bad == by_value.ranking.bad
    head = found.ranking.causes[0].ranked
    assert (head.fact.station, head.fact.levels[head.hit.level]) == ("coater", "lane 2")


def test_the_grade_is_not_explained_by_what_it_is_made_of(clogged: Ledger) -> None:
    found = asked(clogged, "failed@grader")
    head = found.ranking.causes[0].ranked
    assert (head.fact.station, head.fact.levels[head.hit.level]) == ("coater", "lane 2")
    assert not any(f.name.startswith("formation capacity") for f in found.table.facts)


def test_good_ones_can_be_named_too(clogged: Ledger) -> None:
    found = asked(clogged, "capacity < 4.93 Ah", "capacity > 5 Ah")
    assert found.ranking.units - found.ranking.bad == int((found.values > 5.0).sum())
    assert found.ranking.causes[0].ranked.fact.station == "coater"


def test_a_run_kept_as_checkpoints_is_explained_as_one_with_all_its_rows(clogged: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(tmp_path, cells_with(LANE), keep="checkpoints")
    assert run_command(["explain", "--bad", "capacity < 4.93 Ah", "--ledger", str(tmp_path), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert run_command(["explain", "--bad", "capacity < 4.93 Ah", "--ledger", str(clogged.folder), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert again["bad"] == rows["bad"]
    assert again["causes"][0] == rows["causes"][0]


@pytest.mark.parametrize(("question", "words"), [
    ("capcity < 4.9 Ah", "Did you mean `capacity`?"), ("capacity < 4.9 mm", "is told in Ah; 4.9 mm is something else"),
    ("capacity < 4.9 Ahh", "Ahh"), ("grade=Z", "there is no grade `Z`"), ("failed@gradr", "Did you mean `grader`?"),
    ("capacity@graderr < 1", "there is no station `graderr`"), ("capacity < 1 Ah", "0 bad and"), ("nonsense", "is no question. Expected:"),
    ("missing.txt", "there is no file missing.txt"),
])  # fmt: skip
def test_a_question_that_cannot_be_asked_says_why(question: str, words: str, clean: Ledger) -> None:
    with pytest.raises(QueryError, match=re.escape(words)):
        asked(clean, question)


def test_unknown_ids_are_counted_and_the_nearest_named(clean: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.txt"
    file.write_text("cell-10\ncel-11\ncell-99999999\n", encoding="utf-8")
    assert run_command(["explain", "--bad", str(file), "--ledger", str(clean.folder)]) == 2
    told = capsys.readouterr().err
    assert "2 of 3 ids are not in run" in told
    assert "cel-11 (nearest: cell-11)" in told
    file.write_text("\n\n", encoding="utf-8")
    assert run_command(["explain", "--bad", str(file), "--ledger", str(clean.folder)]) == 2
    assert "no id is in it" in capsys.readouterr().err
    file.write_text("coil-1\n", encoding="utf-8")
    assert run_command(["explain", "--bad", str(file), "--ledger", str(clean.folder)]) == 2
    assert "units were expected, came coil-1 (web)" in capsys.readouterr().err


def test_the_printed_answer_says_cause_chance_and_what_it_explains(clogged: Ledger, clean: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["explain", "--bad", "capacity < 4.93 Ah", "--ledger", str(clogged.folder)]) == 0
    out = capsys.readouterr().out
    assert "1. coater lane and time: lane 2, 2026-01-05 00:" in out
    assert "seen from elsewhere:" in out
    assert run_command(["explain", "--bad", "capacity < 4.93 Ah", "--ledger", str(clean.folder)]) == 0
    assert "Nothing found: no fact separates them better than blind luck would in 1 of 100 such questions." in capsys.readouterr().out


def test_a_report_has_the_pictures_and_needs_nothing_else(clogged: Ledger, clean: Ledger, tmp_path: Path) -> None:
    page = tmp_path / "causes.html"
    assert run_command(["explain", "--bad", "capacity < 4.93 Ah", "--ledger", str(clogged.folder), "--html", str(page)]) == 0
    body = page.read_text(encoding="utf-8")
    assert "1. coater lane and time: lane 2" in body
    assert body.count('class="s-fault"') >= 4
    assert "src=" not in body
    assert run_command(["explain", "--bad", "capacity < 4.93 Ah", "--ledger", str(clean.folder), "--html", str(page)]) == 0
    assert "Nothing found" in page.read_text(encoding="utf-8")
    assert run_command(["explain", "--bad", "capacity < 4.93 Ah", "--ledger", str(clean.folder), "--html", str(tmp_path)]) == 2


def test_keys_of_units_are_of_one_kind(clean: Ledger) -> None:
    with clean.reader() as reader:
        key = reader.key_of("cell-1")
        assert key is not None
        assert reader.fact("kinds")[key >> KIND_SHIFT]["rank"] == "unit"
