"""Figures of fleets: shares of the vehicles' time, waits of goods, and when a fleet is the bottleneck."""

from __future__ import annotations

import json

import pytest

from linewright.cli.figures import print_figures
from linewright.library.catalogue import installed_libraries
from linewright.measures.figures import figures_of
from linewright.model.load import load_text
from linewright.twin.simulate import simulate

#: A trip takes 10 + 1 + 10 + 1 s; the cutters could make 40 a minute and the welder 20.
LINE = """
line: carried
product: part
stations:
  cut: {count: 20, time: 30 s, at: a}
  weld: {time: 3 s, buffer: 12, at: b, brought-by: amr}
vehicles: {amr: {count: 3, speed: 1 m/s, load: 1 s, unload: 1 s}}
roads: {points: {a: [0 m, 0 m], b: [10 m, 0 m]}}
"""


def result(*changes: str, text: str = LINE):
    return simulate(load_text(text, installed_libraries(), overrides=changes), until_s=7200.0)


def test_a_fleet_that_is_too_small_is_the_bottleneck():
    found = result()
    figures = figures_of(found.compiled, found.tally)
    (fleet,) = found.fleets
    assert found.per_min == pytest.approx(60 * 3 / 22, rel=0.01), "three vehicles, 22 s a trip"
    assert fleet.busy == pytest.approx(1.0, abs=0.01)
    assert {k: round(v, 2) for k, v in fleet.shares.items() if v > 0.01} == {"loaded": 0.45, "empty": 0.45, "handling": 0.09}
    assert (figures.line.bottleneck, figures.line.bottleneck_fleet) == ("weld", "amr")
    assert fleet.late == pytest.approx(fleet.goods / 3, abs=1), "three come together each 22 s, and the weld waits for the first"


def test_a_fleet_that_is_large_enough_is_not():
    found = result("vehicles.amr.count=9")
    (fleet,) = found.fleets
    assert found.per_min == pytest.approx(20, rel=0.01)
    assert figures_of(found.compiled, found.tally).line.bottleneck_fleet is None
    assert fleet.busy == pytest.approx(22 / 3 / 9, abs=0.01), "Little: a trip of 22 s each 3 s"
    assert sum(fleet.shares.values()) == pytest.approx(1.0)


def test_waits_and_deliveries_of_goods():
    """One vehicle and goods every 100 s: 10 s to come, 1 s to load, 10 s to bring, 1 s to unload."""
    (fleet,) = result("vehicles.amr.count=1", "stations.cut.count=1", "stations.cut.time=100 s").fleets
    assert fleet.wait_s == pytest.approx(11.0, abs=0.2)
    assert fleet.delivery_s == pytest.approx(22.0, abs=0.2)
    assert fleet.longest_s == pytest.approx(11.0)
    assert fleet.lowest is None


def test_figures_of_a_part_of_a_run_are_of_that_part():
    plant = load_text(LINE, installed_libraries())
    first = simulate(plant, until_s=1000.0)
    second = simulate(plant, until_s=3000.0, start=first.state)
    (whole,) = simulate(plant, until_s=3000.0).fleets
    assert first.fleets[0].trips + second.fleets[0].trips == whole.trips
    assert sum(second.fleets[0].shares.values()) == pytest.approx(1.0)


def test_the_battery_takes_its_share():
    """A quarter of a minute is charged for each minute that is run: a fifth of the time."""
    (fleet,) = result(text=LINE.replace("unload: 1 s", "unload: 1 s, battery: {run: 20 min, charge: 5 min, chargers: 3}")).fleets
    assert fleet.charges > 0
    assert fleet.shares["charging"] == pytest.approx(0.2, abs=0.05)
    assert 0.17 < fleet.lowest < 0.2


def test_what_arrives_by_vehicle_is_printed_too(capsys):
    text = LINE.replace("cut: {count: 20, time: 30 s, at: a}", "cut: {arrivals: 20 s, buffer: 2, time: 3 s, at: a, brought-by: amr}")
    found = result(text=text)
    print_figures(found.compiled.plant, found, figures_of(found.compiled, found.tally))
    assert "cut.arrivals" in capsys.readouterr().out


def test_the_table_and_the_json_tell_of_fleets(capsys):
    found = result()
    print_figures(found.compiled.plant, found, figures_of(found.compiled, found.tally))
    told = capsys.readouterr().out
    assert "Bottleneck" in told
    assert "amr" in told
    assert "Late" in told
    body = json.loads(json.dumps(found.to_json()))
    assert body["fleets"][0]["fleet"] == "amr"
    assert [s["station"] for s in body["stations"]] == ["cut", "weld"]
