"""What is measured along webs where there is a process model: its result at each metre, with its noise by key, and the file's spread on top."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from linewright.control.compile import compile_plant
from linewright.genealogy.drawn import POINT_SHIFT, Values
from linewright.genealogy.facts import LineFacts, StationFacts
from linewright.genealogy.line_facts import line_facts
from linewright.kernels.rules import draw_values
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.model.values import Characteristic

SEED, SERIAL, LENGTH_MM = 7, 12, 2_994_000


@pytest.fixture(scope="module")
def facts() -> LineFacts:
    return line_facts(compile_plant(load("cylindrical-21700-tabless", installed_libraries())), SEED)


def at(facts: LineFacts, path: str, name: str) -> tuple[StationFacts, Characteristic]:
    station = next(s for s in facts.stations if s.path == path)
    return station, next(c for c in station.of_webs if c.name == name)


def drawn(facts: LineFacts, path: str, name: str, side: str | None, lane: int | None) -> np.ndarray:
    return Values(facts).along(*at(facts, path, name), SERIAL, LENGTH_MM, (side, lane))[1]


@pytest.mark.parametrize(("side", "lane"), [("A", 0), ("A", 9), ("B", 3)])
def test_a_metre_of_a_lane_has_the_models_value_by_its_keys(facts: LineFacts, side: str, lane: int) -> None:
    station, c = at(facts, "cathode-coater", "areal-weight")
    model = station.model
    assert model is not None
    places = np.array([SERIAL << POINT_SHIFT | metre * 1000 for metre in range(2994)], np.int64)
    pump = draw_values(SEED, 0, "cathode-coater.noise.pump", places, 0.0, 1.0)
    of_lane = draw_values(SEED, 0, f"cathode-coater.noise.lane.{side}", np.array([lane]), 0.0, 1.0)
    mean = model.evaluate({"lane": lane}, {"pump": pump, "lane": np.repeat(of_lane, 2994)}, 2994)["areal-weight"]
    points = np.array([(SERIAL << POINT_SHIFT) + metre for metre in range(2994)], np.int64)
    expected = draw_values(SEED, 0, f"cathode-coater.areal-weight.{side}.{lane + 1}", points, mean, c.spread)
    np.testing.assert_allclose(drawn(facts, "cathode-coater", "areal-weight", side, lane), expected, rtol=1e-15)


def test_one_metre_alone_has_the_value_that_it_has_in_its_coil(facts: LineFacts) -> None:
    station, c = at(facts, "cathode-coater", "areal-weight")
    short = Values(facts).along(station, c, SERIAL, 1000, ("A", 4))[1]
    assert short.tolist() == drawn(facts, "cathode-coater", "areal-weight", "A", 4)[:1].tolist()


def test_means_of_a_coil_are_those_of_the_model(facts: LineFacts) -> None:
    """Over ten lanes and two sides the lanes' own deviations (0.1 %) remain: three standard errors are 0.07 %."""
    for path, nominal in (("cathode-coater", 0.24035), ("anode-coater", 0.14476538)):
        coil = [drawn(facts, path, "areal-weight", side, lane) for side in ("A", "B") for lane in range(10)]
        assert np.mean(coil) == pytest.approx(nominal, rel=0.0007)
    assert np.mean(drawn(facts, "cathode-calender", "thickness", None, None)) == pytest.approx(148.2e-6, abs=0.05e-6)
    assert np.mean(drawn(facts, "cathode-slitter", "burr", None, None)) == pytest.approx(7e-6, abs=4e-6)  # six points of 2 um


def test_what_the_pump_does_is_seen_in_all_lanes_and_on_both_sides(facts: LineFacts) -> None:
    """Variances 0.3 % (pump) and 0.4 % (spread of one place): correlation of two lanes 0.09 / 0.25."""
    lanes = [drawn(facts, "cathode-coater", "areal-weight", side, lane) for side, lane in (("A", 0), ("A", 9), ("B", 5))]
    correlations = np.corrcoef(lanes)[np.triu_indices(3, 1)]
    np.testing.assert_allclose(correlations, 0.36, atol=0.06)
    for lane in lanes:
        assert np.std(lane) / np.mean(lane) == pytest.approx(0.005, rel=0.06)


def test_without_a_model_the_files_mean_holds(facts: LineFacts) -> None:
    assert np.mean(drawn(facts, "cathode-coater", "stripe-width", "A", 2)) == pytest.approx(63e-3, abs=0.01e-3)
    station, c = at(facts, "cathode-coater", "areal-weight")
    plain = dataclasses.replace(station, model=None)
    assert np.mean(Values(facts).along(plain, c, SERIAL, LENGTH_MM, ("A", 0))[1]) == pytest.approx(c.centre, rel=0.0003)
