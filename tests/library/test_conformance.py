"""`check_process` and `check_library`: every shipped class conforms, and each kind of wrong one is told by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.library.catalogue import LibraryFolder, material_names, shipped_library
from linewright.library.conformance import check_library, check_process
from linewright.library.numbers import unmarked_numbers
from linewright.model.events import values_of

LIBRARY = shipped_library()
RESULT = 'return {"thickness": inputs["thickness-before"] - pressed}'


def instead(change: str) -> tuple[str, str]:
    """Return the swap that puts another value in the place of ``- pressed``."""
    return RESULT, RESULT.replace("- pressed", change)



@pytest.mark.parametrize("name", LIBRARY.names("class"))
def test_every_shipped_class_conforms(name: str) -> None:
    assert check_process(LIBRARY, name) == []


def test_the_shipped_library_conforms_as_a_whole() -> None:
    assert check_library(LIBRARY) == []


def test_the_library_of_these_tests_conforms(make_library: Callable[..., LibraryFolder]) -> None:
    assert check_library(make_library()) == []


# ---- models that are wrong, one at a time

WRONG_MODELS = {
    "a reduction": (instead("- np.mean(pressed)"), "a block of 17 does not give, bit for bit, what its elements give"),
    "the place in the block": (instead("- 1e-6 * np.arange(len(pressed))"), "an element depends on its place in the block"),
    "the neighbour": (instead("- np.roll(pressed, 1)"), "an element depends on its place in the block"),
    "a random number": (instead("- 1e-6 * np.random.default_rng().random(len(pressed))"), "another value the second time"),
    "a count of calls": (
        (RESULT, 'CALLS.append(1)\n    return {"thickness": inputs["thickness-before"] - pressed * (1.0 + 1e-9 * len(CALLS))}\n\n\nCALLS = []'),
        "another value the second time",
    ),
    "changed arguments": (("    pressed =", '    recipe["force"] *= 1.0\n    recipe["force"] += 1e-9\n    pressed ='), "effect"),
    "a branch on one element": ((RESULT, f"if pressed > 0:\n        {RESULT}"), "failed in `effect`: ValueError"),
    "a number for an array": ((RESULT, 'return {"thickness": float(pressed[0])}'), "an array (n,) of float64 was expected, `float` came"),
    "one element for all": ((RESULT, 'return {"thickness": pressed[:1]}'), "an array (n,) of float64 was expected, float64 (1,) came"),
    "whole numbers": ((RESULT, 'return {"thickness": np.ones(len(pressed), np.int32)}'), "int32 (2,) came"),
    "an unknown measure": ((RESULT, RESULT.replace('"thickness":', '"width":')), "effect gives ['width'], declared with a range are ['thickness']"),
    "millimetres": ((RESULT, f"inputs = {{k: 1e3 * v for k, v in inputs.items()}}\n    {RESULT}"), "at the defaults lies outside its range"),
    "no finite number": (instead("- np.sqrt(-pressed)"), "is no finite number"),
    "an unknown name": (('recipe["force"]', 'recipe["pressure"]'), "failed in `effect`: KeyError: 'pressure'"),
    "a trend the other way": (instead("+ pressed"), "thickness: does not fall with `force` over its range"),
    "a trend that turns": (("- pressed}", '- 1e-5 * np.abs(recipe["force"] - 20.0)}'), "thickness: does not fall with `force` over its range"),
    "no effect": (("def effect(", "def results("), "has no effect"),
    "no list of noise": (('NOISE = ("force",)', ""), "has no NOISE"),
    "no Python": (("import numpy as np", "import numpy as"), "cannot be imported: SyntaxError"),
    "a missing module": (("import numpy as np", "import linewright_absent as np"), "cannot be imported: ModuleNotFoundError"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:invalid value encountered in sqrt")
@pytest.mark.parametrize("wrong", list(WRONG_MODELS))
def test_a_wrong_model_is_told(make_library: Callable[..., LibraryFolder], wrong: str) -> None:
    swap, said = WRONG_MODELS[wrong]
    faults = check_process(make_library(swap), "press")
    assert faults
    assert all("press" in fault for fault in faults)
    assert any(said in fault for fault in faults), faults


# ---- declarations that are wrong

WRONG_DECLARATIONS = {
    "another name": (("process: press", "process: squeeze"), "its file says `process: squeeze`; its folder makes the name `press`"),
    "no words": (("about: A press that makes a sheet thinner.\n", ""), "about: one sentence was expected"),
    "a name without words": ((", about: of the sheet}\n  recipe", "}\n  recipe"), "declares.parameters.stiffness: has no `about`"),
    "words behind a comma": (("about: of the sheet}\n  recipe", "about: of the sheet, dry}\n  recipe"), "there is no key `dry`"),
    "a default of another unit": (("default: 2 mm", "default: 2 kg"), 'thickness-before: "2 kg" is a mass; by its `unit` a length was expected'),
    "a range of another unit": (("range: 1 .. 5 mm", "range: 1 .. 5 N"), '"1 N" is a force; by its `unit` a length was expected'),
    "a set-point of another unit": (("force: 50 N", "force: 50 mm"), 'recipe.force: "50 mm" is a length; by its `unit` a force was expected'),
    "no unit": (("unit: mm, range: 0.1", "unit: milli, range: 0.1"), "there is no unit `milli`"),
    "no range": (("range: 1 .. 5 mm", "range: 1 to 5 mm"), '"1 to 5 mm" is no range'),
    "an empty range": (("range: 1 .. 5 mm", "range: 5 .. 1 mm"), "its range is empty"),
    "a default outside": (("default: 2 mm", "default: 7 mm"), "its default 7 mm lies outside its range"),
    "no default": (("default: 100 N/mm, ", ""), "declares.parameters.stiffness: has no default"),
    "an unknown cause": (("falls-with: [force]", "falls-with: [farce]"), "rises or falls with `farce`, which is not declared"),
    "no marks": (("source: default\n", ""), "declares.parameters.stiffness.default: `100 N/mm` has no mark"),
    "an unknown source": (("default: 2 mm", "default: 2 mm (S9)"), "declares.inputs.thickness-before.default: `S9` is not one of `sources`"),
}


@pytest.mark.parametrize("wrong", list(WRONG_DECLARATIONS))
def test_a_wrong_declaration_is_told(make_library: Callable[..., LibraryFolder], wrong: str) -> None:
    swap, said = WRONG_DECLARATIONS[wrong]
    faults = check_process(make_library(swap), "press")
    assert any(said in fault for fault in faults), faults


def test_all_faults_of_a_declaration_are_told_at_once(make_library: Callable[..., LibraryFolder]) -> None:
    library = make_library(("default: 2 mm", "default: 2 kg"), ("range: 1 .. 100 N", "range: 1 .. 100 mm"))
    assert len(check_process(library, "press")) == 2


def test_a_class_that_is_not_there_is_told_with_the_nearest_name() -> None:
    assert check_process(LIBRARY, "slot-dye-coater") == ["The library has no station class `slot-dye-coater`. Did you mean `slot-die-coater`?"]


# ---- libraries that are wrong

LINE = "line: sheets\nproduct: sheet\nsource: default\nstations:\n  pressing: {use: press, time: 2 s}\n"


def test_a_library_with_a_line_and_a_material_conforms(make_library: Callable[..., LibraryFolder]) -> None:
    texts = {"lines/sheets.yaml": LINE, "materials/sheets.yaml": "source: default\nmaterials:\n    sheet: {price: 1 EUR}\n"}
    assert check_library(make_library(files=texts)) == []


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("lines/sheets.yaml", LINE.replace("use: press", "use: pres"), "Did you mean `press`?"),
        ("lines/sheets.yaml", LINE.replace("source: default\n", ""), "lines/sheets.yaml: stations.pressing.time: `2 s` has no mark"),
        ("lines/four-stations.yaml", LINE, "line four-stations: is found in library four-stations and in library acme four-stations"),
        ("materials/a.yaml", "source: default\nmaterials:\n  nmc: {waste: 1 %}\n", "material nmc: is found in library nmc and in library acme nmc"),
        ("materials/a.yaml", "materials: {steel: {price: 2 EUR/kg (default)}}\n", "write `materials:` at the margin"),
        ("materials/a.yaml", "materials:\n  steel: {price: 2 EUR/kg}\n", "materials/a.yaml: materials.steel.price: `2 EUR/kg` has no mark"),
        ("energy_profiles/mine.yaml", "source: default\nsteps: {a: {heat: 2 kWh, standby: 10 %}}\n", '"2 kWh" is an energy; a share was expected'),
        ("energy_profiles/batpac-lca.yaml", "source: default\nsteps: {}\n", "found in library batpac-lca and in library acme batpac-lca"),
    ],
)
def test_a_wrong_library_is_told(make_library: Callable[..., LibraryFolder], path: str, text: str, said: str) -> None:
    faults = check_library(make_library(files={path: text}))
    assert any(said in fault for fault in faults), faults


# ---- marks


@pytest.mark.parametrize("path", sorted(LIBRARY.root.rglob("*.yaml")), ids=lambda p: p.parent.name + "/" + p.name)
def test_every_shipped_number_has_a_mark(path: Path) -> None:
    assert unmarked_numbers(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted(LIBRARY.root.rglob("*.yaml")), ids=lambda p: p.parent.name + "/" + p.name)
def test_every_source_of_a_shipped_file_is_used_in_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = values_of(text)
    unused = [name for name in tree.get("sources") or {} if f"({name})" not in text and tree.get("source") != name]
    assert unused == []


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a: 2 mm", ["a: `2 mm` has no mark"]),
        ("a: [2 mm (default), 3 mm]", ["a.1: `3 mm` has no mark"]),
        ("a: {window: 24 mg/cm^2 +- 1.5 %}", ["a.window: `24 mg/cm^2 +- 1.5 %` has no mark"]),
        ("a: at most 5 um", ["a: `at most 5 um` has no mark"]),
        ("a: {hours: [06:00-14:00], id: T1, use: 21700, unit: 1/K, at: lane-1}", []),
        ("a: 2 mm (derived)", []),
        ("source: S1\na: 2 mm", ["source: `S1` is not one of `sources`"]),
    ],
)
def test_which_numbers_want_a_mark(text: str, faults: list[str]) -> None:
    assert unmarked_numbers(text) == faults


@pytest.mark.parametrize(
    "text",
    [
        "materials:\n  a: {}\n  b:\n    density: 1 kg/L\n    properties:\n      c: 1\n",
        "source: default\nmaterials:   # all of them\n\n    # first\n    a: {}\n\n    b: {price: 1 EUR}\nsources:\n  d: no material\n",
        "materials:\r\n  a: {}\r\n  b: {}\r\n",
        "about: nothing\n",
    ],
)
def test_names_of_materials_are_those_that_a_yaml_reader_finds(text: str) -> None:
    assert material_names(text) == tuple(values_of(text).get("materials") or ())
