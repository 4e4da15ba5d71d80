"""How names are found: in the shipped library, in installed ones; in two of them; and in none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.library import catalogue
from linewright.library.catalogue import Libraries, LibraryFolder, installed_libraries, shipped_library
from linewright.library.energy import read_profile
from linewright.library.process import read_process
from linewright.library.station_models import station_models
from linewright.model.errors import LinewrightError
from linewright.model.load import check, load, load_text

MakeLibrary = Callable[..., LibraryFolder]
PROFILE = "energy: {profile: batpac-lca}"
LINE = "line: sheets\nproduct: sheet\nstations:\n  pressing: {use: press, time: 2 s, measures: {thickness: {window: 1.5 mm +- 0.1 mm}}}\n"


@pytest.mark.parametrize("name", shipped_library().names("line"))
def test_every_shipped_line_loads_without_a_warning(name: str) -> None:
    found = check(name, installed_libraries())
    assert [str(f) for f in (*found.faults, *found.warnings)] == []
    assert load(name, installed_libraries()).name == name


@pytest.mark.shared
def test_every_example_file_loads_without_a_warning(shared: Path) -> None:
    files = sorted((shared / "line-file").rglob("*.yaml"))
    assert len(files) >= 12
    told = {}
    for file in files:
        found = check(file, installed_libraries())
        told[file.name] = [str(f) for f in (*found.faults, *found.warnings)]
        load(file, installed_libraries())
    assert told == {file.name: [] for file in files}


def test_all_classes_that_the_example_files_use_are_shipped() -> None:
    assert set(shipped_library().names("class")) >= {
        "calender", "cylindrical-winder", "formation-cabinet", "laser-notcher", "laser-welder", "mbb-stringer", "planetary-mixer", "rotary-filler",
        "sheet-cutter", "sleever", "slitter", "slot-die-coater", "stacker-crane", "vacuum-dryer", "vacuum-laminator", "z-folder",
    }  # fmt: skip


# ---- two libraries


def test_a_class_of_another_library_is_used_with_its_model(make_library: MakeLibrary) -> None:
    both = Libraries([shipped_library(), make_library()])
    plant = load_text(LINE, both)
    assert station_models(plant, both)["pressing"].nominal["thickness"] == pytest.approx(2e-3 - 50 / 100e3)
    assert plant.segment("pressing").measures[0].mean == pytest.approx(1.5e-3)


@pytest.mark.parametrize(
    ("kind", "path", "text", "line", "where"),
    [
        ("class", "slitter/process.yaml", "process: slitter\n", "stations: {cut: {use: slitter, time: 2 s}}", "stations.cut.use"),
        ("line", "lines/four-stations.yaml", "line: four-stations\n", "use: four-stations", "use"),
        ("material", "materials/a.yaml", "materials:\n  nmc: {price: 1 EUR/kg}\n", "stations: {mix: {time: 2 s, adds: {nmc: 1 kg}}}", "nmc"),
    ],
)
def test_a_name_in_two_libraries_is_a_fault_that_names_both(  # noqa: PLR0917 - one row of the table
    make_library: MakeLibrary, kind: str, path: str, text: str, line: str, where: str
) -> None:
    both = Libraries([shipped_library(), make_library(files={path: text})])
    name = Path(path).parent.name if kind == "class" else Path(path).stem if kind == "line" else "nmc"
    with pytest.raises(LinewrightError) as raised:
        load_text(f"line: mine\nproduct: thing\n{line}\n", both)
    said = str(raised.value)
    assert where in said
    assert f"library {name}" in said
    assert f"library acme {name}" in said


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        ("stations: {cut: {use: sliter, time: 2 s}}", "slitter"),
        ("use: four-station", "four-stations"),
        ("stations: {mix: {time: 2 s, adds: {graphit: 1 kg}}}", "graphite"),
        ("stations: {mix: {time: 2 s}}\nenergy: {profile: batpac-lci}", "batpac-lca"),
    ],
)
def test_an_unknown_name_gets_the_nearest(line: str, nearest: str) -> None:
    with pytest.raises(LinewrightError, match=f"Did you mean `{nearest}`"):
        load_text(f"line: mine\nproduct: thing\n{line}\n", installed_libraries())


def test_an_unknown_line_class_or_profile_asked_by_name_gets_the_nearest() -> None:
    with pytest.raises(LinewrightError, match="Did you mean `cylindrical-21700-tabless`"):
        load("cylindrical-21700-tables", installed_libraries())
    with pytest.raises(LinewrightError, match="Did you mean `calender`"):
        read_process(shipped_library(), "calendar")
    with pytest.raises(LinewrightError, match="Did you mean `batpac-lca`"):
        read_profile("batpac-lci")


def test_a_profile_in_two_libraries_is_a_fault_that_names_both(make_library: MakeLibrary) -> None:
    both = Libraries([shipped_library(), make_library(files={"energy_profiles/batpac-lca.yaml": "source: default\nsteps: {}\n"})])
    said = "`batpac-lca` is found in two places: library batpac-lca and library acme batpac-lca"
    with pytest.raises(LinewrightError, match=said):
        read_profile("batpac-lca", both)
    with pytest.raises(LinewrightError, match=said):
        load_text(f"line: a\nproduct: b\nstations: {{first: {{time: 2 s}}}}\n{PROFILE}\n", both)


# ---- installed libraries


class Point:
    """An entry point as an installed package announces it."""

    def __init__(self, name: str, value: str) -> None:
        self.name, self.value = name, value


def announcing(package: str) -> Callable[..., list[Point]]:
    """Return an `entry_points` that knows one library, `acme`."""

    def entry_points(*, group: str) -> list[Point]:
        return [Point("acme", package)] if group == "linewright.library" else []

    return entry_points


def test_an_installed_package_becomes_a_library(make_library: MakeLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_library(files={"lines/sheets.yaml": LINE})
    monkeypatch.setattr(catalogue, "entry_points", announcing(folder.package))
    libraries = installed_libraries()
    assert "sheets" in libraries.names("line")
    assert [found.path for found in libraries.find("class", "press")] == ["library acme press"]
    assert load("sheets", libraries).segment("pressing").measures[0].mean == pytest.approx(1.5e-3)


def test_finding_a_name_runs_no_code_of_a_library(make_library: MakeLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_library(("import numpy as np", "raise SystemExit('a model was run')"), files={"lines/sheets.yaml": LINE})
    both = Libraries([shipped_library(), folder])
    assert check("sheets", both).faults == ()
    assert folder.package not in sys.modules


def test_an_installed_library_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "entry_points", announcing("acme_lines_that_are_gone"))
    with pytest.raises(LinewrightError, match="library `acme` names the package `acme_lines_that_are_gone`, which is not there"):
        installed_libraries()
