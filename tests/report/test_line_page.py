"""The page of a line: every station stands in its picture once, nothing runs over an edge, and chains lead to each other."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from linewright.cli.main import run_command
from linewright.library.catalogue import installed_libraries, shipped_library
from linewright.model.load import load, load_text
from linewright.model.plant import Plant
from linewright.report.flow_picture import ACROSS, BOX_H, BOX_W, GAP, flow_picture
from linewright.report.line_page import line_page

LINES = shipped_library().names("line")
BOX = re.compile(r'<rect class="station" x="([\d.]+)" y="([\d.]+)"')


def plant_of(name: str) -> Plant:
    return load(name, installed_libraries())


@pytest.mark.parametrize("name", LINES)
def test_every_station_has_a_box_of_its_own(name: str) -> None:
    plant = plant_of(name)
    picture = flow_picture(plant)
    places = [(float(x), float(y)) for x, y in BOX.findall(picture)]
    height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', picture).group(1))  # type: ignore[union-attr]
    assert len(places) == len(plant.segments)
    assert len(set(places)) == len(places)
    assert all(x + BOX_W - 1 <= ACROSS * (BOX_W + GAP) and y + BOX_H - 1 <= height for x, y in places)
    for x, y in places:
        assert not any((x, y) != (a, b) and abs(x - a) < BOX_W and abs(y - b) < BOX_H for a, b in places)


def test_chains_that_lead_to_each_other_have_an_arrow_between_them() -> None:
    """What the press makes the join takes, and the pack follows the join."""
    text = (
        "line: small\nproduct: part\nsource: default\nmaterials: {plate: {}}\nstations:\n  press: {time: 2 s, makes: plate}\n"
        "  join: {time: 3 s, takes: {plate: 2}, makes: part}\n  pack: {time: 1 s}\n"
    )
    picture = flow_picture(load_text(text, installed_libraries()))
    assert picture.count('class="way"') == 2  # press to join, join to pack
    assert "from plate" in picture
    assert "to cover, else module-repair" in flow_picture(plant_of("module-topcon"))


def test_a_page_says_what_the_line_is() -> None:
    plant = plant_of("pouch-nmc")
    page = unescape(line_page(plant, "12 /min"))
    for words in (plant.about, "12 /min", "Anode coater", "areal weight", "KIproBatt wiki", "editable starting values"):
        assert words in page


def test_the_command_writes_one_or_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["lines", "four-stations", "--html", str(tmp_path / "one.html")]) == 0
    assert "<svg" in (tmp_path / "one.html").read_text(encoding="utf-8")
    pages = tmp_path / "pages"
    pages.mkdir()
    assert run_command(["lines", "--html", str(pages)]) == 0
    assert sorted(p.stem for p in pages.iterdir()) == sorted(LINES)
    capsys.readouterr()
    assert run_command(["lines", "--html", str(tmp_path / "nowhere")]) == 2
    assert "a folder that is there was expected" in capsys.readouterr().err
    assert run_command(["lines", "four-stations", "--html", str(tmp_path / "page.txt")]) == 2
    assert "page.html" in capsys.readouterr().err
