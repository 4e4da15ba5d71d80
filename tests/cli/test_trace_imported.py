"""`linewright trace` on a real cell: tables of its sheets, filling, drying and formation."""

from __future__ import annotations

from pathlib import Path

import pytest

from linewright.cli.main import run_command

CELL = "LabObject:OSL5fc0a8322ff64454952ef5a31b6e39e4-23O0058"


def test_a_real_cell_is_printed_with_its_sheets_filling_drying_and_formation(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["import", "kiprobatt", str(shared / "data/kiprobatt/kiprobatt-early.tar.gz"), "--ledger", str(tmp_path)]) == 0
    capsys.readouterr()
    assert run_command(["trace", CELL, "--ledger", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "26 ancestors: 3 by stated links alone, 23 with a rule on the way; 4 are placeholders: their records are absent" in lines
    heads = [next(i for i, line in enumerate(lines) if line.startswith(head + " ")) for head in ("Sheets", "Filling", "Drying", "Formation")]
    assert heads == sorted(heads)
    sheets = [line for line in lines[heads[0] : heads[1]] if "PredryingMass" in line]
    assert (sum(" anode " in s for s in sheets), sum(" cathode " in s for s in sheets)) == (6, 5)
    assert any("0.6483 g" in s and s.rstrip().endswith("rule I1, I2") for s in sheets)
    assert any("WettCellMass" in line and "13.08 g" in line and line.rstrip().endswith("stated") for line in lines)
    assert any("Duration" in line and "24 h" in line for line in lines[heads[2] : heads[3]])
