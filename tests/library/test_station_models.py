"""Process models at the stations of a line: what they are asked with, what they give, and how the plant that everybody reads gets it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest

from linewright.library.catalogue import Libraries, LibraryFolder, installed_libraries, shipped_library
from linewright.library.station_models import station_models, with_models
from linewright.model.errors import LinewrightError
from linewright.model.load import check, load, load_text
from linewright.model.plant import Plant
from linewright.model.values import Characteristic, EveryKind

MakeLibrary = Callable[..., LibraryFolder]


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load("cylindrical-21700-tabless", installed_libraries())


@pytest.fixture(scope="module")
def stated() -> Plant:
    """Return the same line as its file states it, without models."""
    found = check("cylindrical-21700-tabless", installed_libraries()).plant
    assert found is not None
    return found


def measure(plant: Plant, path: str, name: str) -> Characteristic:
    return next(c for c in plant.segment(path).measures if c.name == name)


def test_models_give_the_middles_of_the_windows_of_the_shipped_line(plant: Plant) -> None:
    """Two-sided: within 15 % of half the window of its middle. One-sided: with three standard deviations inside."""
    far, seen = [], 0
    for path, model in station_models(plant).items():
        for c in plant.segment(path).measures:
            if c.name not in model.nominal:
                continue
            value, w = model.nominal[c.name], c.window
            seen += 1
            if w.lower is not None and w.upper is not None:
                if abs(value - 0.5 * (w.lower + w.upper)) > 0.15 * (w.upper - w.lower) / 2:
                    far.append((path, c.name, value, w))
            elif not w.holds(value + 3 * c.spread) or not w.holds(value - 3 * c.spread):
                far.append((path, c.name, value, w))
    assert far == []
    assert seen == 23


def test_what_a_model_is_asked_with_comes_from_the_line(plant: Plant) -> None:
    models = station_models(plant)
    mixer, coater, winder = models["cathode-mixer"].values, models["cathode-coater"].values, models["winder"].values
    assert mixer["solids-mass"] == pytest.approx(1540)
    assert mixer["liquid-mass"] == pytest.approx(660)
    assert coater["speed"] == pytest.approx(1.0)
    assert coater["slurry-per-metre"] == pytest.approx(0.207e-3)
    assert coater["density"] == 2200
    assert coater["sides"] == 2
    assert coater["lanes"] == 10
    assert coater["coated-width"] == pytest.approx(0.63)
    assert len(coater["oven-zones"]) == 6
    assert winder["cathode-length"] == pytest.approx(0.88)
    thick, thin = models["cathode-calender"].nominal["thickness"], models["anode-calender"].nominal["thickness"]
    assert winder["wound-section"] == pytest.approx(0.88 * thick + 0.93 * thin + 2 * 0.95 * 12e-6)
    assert models["formation"].values["cathode-areal-weight"] == models["cathode-coater"].nominal["areal-weight"]
    assert models["filler"].values["electrolyte-added"] == pytest.approx(7e-3)


def test_a_changed_step_moves_what_follows() -> None:
    """Less slurry a metre: lighter coating, thinner web, thinner roll, less capacity, each by its own arithmetic."""
    plain, thin = (
        station_models(load("cylindrical-21700-tabless", installed_libraries(), changes))
        for changes in ([], ["cathode-coater.takes.cathode-slurry.amount=0.200 L/m"])
    )
    ratio = 0.200 / 0.207
    for path, name in (("cathode-coater", "areal-weight"), ("formation", "capacity")):
        assert thin[path].nominal[name] == pytest.approx(ratio * plain[path].nominal[name], rel=1e-9)
    web = plain["cathode-calender"].nominal["thickness"]
    assert thin["cathode-calender"].nominal["thickness"] == pytest.approx(13e-6 + ratio * (web - 13e-6), rel=1e-9)
    assert thin["winder"].nominal["diameter"] < plain["winder"].nominal["diameter"]
    assert thin["anode-calender"].nominal == plain["anode-calender"].nominal


# ---- the plant that everybody reads


def test_load_puts_the_models_means_in_the_plant(plant: Plant, stated: Plant) -> None:
    models = station_models(stated)
    for before, after in zip(stated.segments, plant.segments, strict=True):
        given = models[before.path].nominal if before.path in models else {}
        for c, d in zip(before.measures, after.measures, strict=True):
            assert d.mean == given.get(c.name, c.mean), (before.path, c.name)
            assert dataclasses.replace(d, mean=c.mean, spread=c.spread) == c
    assert measure(stated, "cathode-coater", "residual-solvent").centre == pytest.approx(500e-6)  # the one limit that the file states
    assert measure(plant, "cathode-coater", "residual-solvent").centre == pytest.approx(300e-6, rel=1e-3)
    assert (stated.digest, stated.text) == (plant.digest, plant.text)


def test_a_models_own_noise_is_added_to_the_files_spread(plant: Plant, stated: Plant) -> None:
    """Filler: 0.7 % of 7 g in the file, 0.1 % of the dose by the model; along webs the recorder draws the model's noise metre by metre."""
    assert measure(stated, "filler", "electrolyte-mass").spread == pytest.approx(0.007 * 7e-3)
    assert measure(plant, "filler", "electrolyte-mass").spread == pytest.approx(math.hypot(0.007, 0.001) * 7e-3)
    for segment in plant.segments:
        for c, before in zip(segment.measures, stated.segment(segment.path).measures, strict=True):
            assert c.spread == before.spread if c.every.kind is EveryKind.LENGTH else c.spread >= before.spread


def test_models_of_a_plant_with_models_are_the_same(plant: Plant, stated: Plant) -> None:
    """The recorder asks them again of the loaded plant: it must find what the gates have."""
    assert {path: m.nominal for path, m in station_models(plant).items()} == {path: m.nominal for path, m in station_models(stated).items()}


def test_the_kept_plan_of_a_run_gives_the_same_means(plant: Plant) -> None:
    again = load_text(plant.text, installed_libraries())
    assert [s.measures for s in again.segments] == [s.measures for s in plant.segments]


def test_a_line_without_models_stays_as_it_is() -> None:
    found = check("four-stations", installed_libraries()).plant
    assert found is not None
    assert with_models(found) == found


def test_spread_of_a_model_by_drawing_is_what_is_added(plant: Plant) -> None:
    """The first-order spread against 20,000 evaluations of the model."""
    random, n = np.random.default_rng(5), 20_000
    for path, name in (("filler", "electrolyte-mass"), ("disc-welder", "nugget-width"), ("cathode-mixer", "viscosity")):
        model = station_models(plant)[path]
        drawn = model.evaluate(noise={each: random.standard_normal(n) for each in model.process.noise}, n=n)[name]
        assert model.noise_spread(name) == pytest.approx(float(np.std(drawn)), rel=0.03)


# ---- lanes, widths, faults of models


COATER = """
line: small
product: web
stations:
  coater:
    {{use: slot-die-coater, speed: 60 m/min, takes: {{nmc-slurry: 0.207 L/m}}, makes: {{web: 3000 m}}, web: {{width: 700 mm, sides: [A, B]}}{more}}}
"""


def coated(more: str) -> float:
    """Return the areal weight that a small line's coater gives, kg/m^2."""
    return station_models(load_text(COATER.format(more=more), installed_libraries()))["coater"].nominal["areal-weight"]


def test_the_coated_width_is_that_of_the_stripes_else_of_the_web() -> None:
    kg_m = 0.207e-3 * 0.95 * 2200 * 0.70
    assert coated("") == pytest.approx(kg_m / (2 * 0.7))
    stripes = ", tools: {die-lane: 9}, measures: {stripe-width: {window: 60 mm +- 0.3 mm}}"
    assert coated(stripes) == pytest.approx(kg_m / (2 * 9 * 0.06))
    one = ", measures: {stripe-width: {window: 600 mm +- 0.3 mm}}"
    assert coated(one) == pytest.approx(kg_m / (2 * 0.6))


LINE = "line: sheets\nproduct: sheet\nstations:\n  pressing: {use: press, time: 2 s, measures: {thickness: {window: 1.5 mm +- 0.1 mm}}}\n"


@pytest.mark.parametrize(
    ("swap", "said"),
    [
        ((" - pressed", " - pressed + UNKNOWN"), "The process model of `press` failed in `effect`: NameError"),
        ((" - pressed", " / 0.0"), "stations.pressing: the process model of `press` gives no finite thickness at this recipe"),
        (("station:\n  recipe: {force: 50 N}\n", ""), "The process model of `press` needs `force` (of the press), which neither the station nor"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_failing_model_is_a_fault_of_the_library_and_no_traceback(make_library: MakeLibrary, swap: tuple[str, str], said: str) -> None:
    with pytest.raises(LinewrightError) as raised:
        load_text(LINE, Libraries([shipped_library(), make_library(swap)]))
    assert said in str(raised.value)
