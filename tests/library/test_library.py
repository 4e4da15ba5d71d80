"""The shipped library: every class conforms, every number says where it is from, every model gives the shipped line's windows."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from linewright.library.catalogue import Libraries, LibraryFolder, installed_libraries, material_names, shipped_library
from linewright.library.conformance import check_process, trend_faults
from linewright.library.energy import products_per_item, station_energy
from linewright.library.numbers import unmarked_numbers
from linewright.library.process import read_process, read_text
from linewright.library.station_models import station_models
from linewright.model.load import load
from linewright.model.plant import Plant

LIBRARY = shipped_library()


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load("cylindrical-21700-tabless", installed_libraries())


@pytest.mark.parametrize("name", LIBRARY.names("class"))
def test_every_class_conforms(name: str) -> None:
    assert check_process(LIBRARY, name) == []


def test_a_wrong_trend_is_seen() -> None:
    calender = read_process(LIBRARY, "calender")
    measures = dict(calender.parts["measures"])
    measures["density"] = dataclasses.replace(measures["density"], rises_with=("compaction-load",))
    wrong = dataclasses.replace(calender, parts={**calender.parts, "measures": measures})
    assert "density: does not rise with `compaction-load` over its range" in list(trend_faults(wrong))


@pytest.mark.parametrize("path", sorted(LIBRARY.root.rglob("*.yaml")), ids=lambda p: p.parent.name + "/" + p.name)
def test_every_number_has_a_mark(path: Path) -> None:
    assert unmarked_numbers(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted((LIBRARY.root / "materials").glob("*.yaml")), ids=lambda p: p.name)
def test_names_of_materials_are_those_that_a_yaml_reader_finds(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert list(material_names(text)) == list(read_text(text)["materials"])


def test_models_give_the_windows_of_the_shipped_line(plant: Plant) -> None:
    far = []
    for path, model in station_models(plant).items():
        for c in plant.segment(path).measures:
            if c.name not in model.nominal:
                continue
            value, w = model.nominal[c.name], c.window
            if w.lower is not None and w.upper is not None:
                if abs(value - c.centre) > 0.15 * (w.upper - w.lower) / 2:
                    far.append((path, c.name, value, c.centre))
            elif not w.holds(value + 3 * c.spread) or not w.holds(value - 3 * c.spread):
                far.append((path, c.name, value, w))
    assert far == []


def test_a_name_in_two_libraries_is_found_twice(tmp_path: Path) -> None:
    (tmp_path / "lines").mkdir()
    (tmp_path / "lines" / "four-stations.yaml").write_text("line: four-stations\n", encoding="utf-8")
    both = Libraries([LIBRARY, LibraryFolder("library acme", tmp_path, "acme")])
    assert [found.path for found in both.find("line", "four-stations")] == ["library four-stations", "library acme four-stations"]


def test_energy_of_one_item_at_every_station_sums_to_the_profile(plant: Plant) -> None:
    need = station_energy(plant)
    formation = dict(need["formation"].power_w)["electricity"]
    assert formation == pytest.approx(9.54 * 18 * 256 / 24)  # kWh/kWh, Wh a cell, cells a tray, h
    assert products_per_item(plant, "formation") == 256
    assert products_per_item(plant, "winder") == 1
