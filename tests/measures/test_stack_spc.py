"""Stacks on a chart: a step shows, steady ones do not, what is lacking is left out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from linewright.cli.main import run_command
from linewright.measures.stack_spc import charts_of, summary_of


def stacks(steps: list[float], seed: int = 1) -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    return [{"hfr": 1.43e-4 * s * np.exp(0.02 * rng.standard_normal(400))} for s in steps]


def test_a_step_of_the_median_breaks_a_rule_and_its_place_is_told() -> None:
    median, spread = charts_of(stacks([1.0] * 12 + [1.05] * 3))
    assert {b.first for b in median.broken if b.rule == 1} == {12}
    assert spread.broken == ()


def test_steady_stacks_are_steady() -> None:
    assert [c.broken for c in charts_of(stacks([1.0] * 12))] == [(), ()]


def test_a_stack_that_lacks_a_quantity_is_left_out_and_places_stay_right() -> None:
    row = stacks([1.0] * 12 + [1.05] * 3)
    row[4] = {}
    (median, _) = charts_of(row)
    assert np.isnan(median.values[4])
    assert {int(median.at[b.first]) for b in median.broken if b.rule == 1} == {12}
    assert np.isnan(summary_of([])).all()


def test_the_command_reads_what_the_stack_command_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for k, stack in enumerate(stacks([1.0] * 12 + [1.05] * 3)):
        files.append(str(tmp_path / f"{k}.json"))
        Path(files[-1]).write_text(json.dumps({"values": {"hfr": [*stack["hfr"].tolist(), None]}}), encoding="utf-8")
    assert run_command(["eis", "spc", *files]) == 1
    out = capsys.readouterr().out
    assert "rule 1 (beyond 3 sigma) at 12.json to 14.json" in out
    assert run_command(["eis", "spc", *files[:12]]) == 0
    assert "steady" in capsys.readouterr().out
    (tmp_path / "bad.json").write_text("[1]", encoding="utf-8")
    assert run_command(["eis", "spc", str(tmp_path / "bad.json")]) == 2
    assert "this is not what" in capsys.readouterr().err
