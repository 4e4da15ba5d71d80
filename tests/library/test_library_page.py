"""The example of docs/library.md: its texts make a library that conforms, and its line has the values that the page promises."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from linewright.library.catalogue import Libraries, LibraryFolder, shipped_library
from linewright.library.station_models import station_models
from linewright.model.load import load

PAGE = Path(__file__).resolve().parents[2] / "docs" / "library.md"
BLOCK = re.compile(r"^```(?:yaml|python) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the page's library, importable."""
    root = tmp_path / "acme_lines"
    for path, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return root


def test_the_page_shows_every_kind_of_file(acme: Path) -> None:
    assert {path.relative_to(acme).as_posix() for path in acme.rglob("*.*")} == {
        "hot_press/process.yaml", "hot_press/model.py", "materials/press.yaml", "lines/press-only.yaml",
    }  # fmt: skip


def test_its_check_prints_what_the_page_says(acme: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = CODE.findall(PAGE.read_text(encoding="utf-8"))
    exec(compile(code, str(PAGE), "exec"), {})
    assert capsys.readouterr().out == "[]\n"


def test_its_line_has_the_models_values(acme: Path) -> None:
    both = Libraries([shipped_library(), LibraryFolder("library acme", acme, "acme_lines")])
    plant = load("press-only", both)
    thickness = 13.5e-3 * math.exp(-0.01 * 3)  # the film's property, 3 MPa at 70 degC
    assert station_models(plant, both)["press"].nominal["thickness"] == pytest.approx(thickness)
    measured = plant.segment("press").measures[0]
    assert measured.mean == pytest.approx(thickness)
    assert measured.window.holds(thickness)
    assert measured.spread == pytest.approx(math.hypot(0.05e-3, 0.001 * 0.03 * thickness))
