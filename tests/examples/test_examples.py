"""Each example runs as a user runs it and prints what stands beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.py")), ids=lambda p: p.stem)
def test_an_example_prints_what_stands_beside_it(example: Path) -> None:
    done = subprocess.run([sys.executable, str(example)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == example.with_suffix(".out").read_text(encoding="utf-8")


def test_every_output_has_its_example() -> None:
    assert {p.stem for p in EXAMPLES.glob("*.out")} == {p.stem for p in EXAMPLES.glob("*.py")}
