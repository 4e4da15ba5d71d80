"""The program in docs/eis.md runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from linewright.eis.circuit import parse_circuit
from linewright.eis.impedance import impedance


def test_the_program_of_the_documentation_runs(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "eis.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert found is not None
    f = np.logspace(4, -1, 51)
    Z = impedance(parse_circuit("L0-R0-p(R1,CPE1)-p(R2,CPE2)"), f, [[1e-8, 1.4e-4, 6e-5, 12.0, 0.85, 2.4e-4, 180.0, 0.88]] * 2)
    draw = 1e-3 * np.random.default_rng(1).normal(size=(2, *Z.shape))
    given = {"frequency_hz": f, "impedance_ohm": Z * (1 + draw[0] + 1j * draw[1]), "names": ["cell 1", "cell 2"]}
    exec(compile(found.group(1), "docs/eis.md", "exec"), given)
    assert np.abs(given["fit"].value("R0") / 1.4e-4 - 1).max() < 0.02
    assert "is best for 2 of 2 cells" in capsys.readouterr().out
