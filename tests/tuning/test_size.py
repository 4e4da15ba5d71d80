"""Machines for an output, by arithmetic: against the sizing tables of the reference, and against the twin."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from linewright.cli.main import run_command
from linewright.library.catalogue import installed_libraries
from linewright.library.costs import plant_cost, read_costs
from linewright.model.errors import LinewrightError
from linewright.model.load import load, load_text
from linewright.tuning.size import output_per_s, size
from linewright.twin.simulate import simulate

LINE = """\
line: two
product: part
target: 10 ppm
stations:
  cut: {count: 2, time: 10 s, scrap: 10 %, tools: {blade: 3}, power: 4 kW, floor: 20 m^2, capital: 100000 EUR}
  rack: {places: 10, time: 60 s}
  bend: {time: 5 s, buffer: 5000, failures: {jam: {mtbf: 90 min, mttr: 10 min}}}
materials: {part: {properties: {power: 500 W, energy: 2 kWh}}}
people: {fitter: {count: 3}}
"""


def test_machines_by_hand() -> None:
    """30 a minute: 33.3 cuts for the scrap, 6 a minute each x 0.95; bending 12 a minute each x 0.9 x 0.95; 30 places for a minute each, and 1 %."""
    plant = load_text(LINE, installed_libraries())
    found = size(plant, 0.5)
    needed = {s.station: s.needed for s in found.stations}
    assert needed == {"cut": math.ceil(0.5 / 0.9 * 10 / 0.95), "rack": math.ceil(30 / 0.99), "bend": math.ceil(0.5 * 5 / 0.9 / 0.95)}
    cut = found.stations[0]
    assert cut.use_share == pytest.approx(0.5 / 0.9 * 10 / cut.needed)
    assert cut.tools == (("blade", 3 * cut.needed),)
    assert found.floor_m2 == 20 * cut.needed
    assert (found.capital, found.currency) == (100000 * cut.needed, "EUR")
    assert dict(found.power_w)["electricity"] == pytest.approx(4000 * 0.5 / 0.9 * 10)
    assert found.people == (("fitter", 3, 9),)
    assert found.cost is None


def test_what_it_says_is_what_the_twin_makes() -> None:
    """With the counts that it asks for the line makes the output; with one cutter less than the arithmetic needs it cannot."""
    found = size(load_text(LINE, installed_libraries()), 0.5)
    for cutters, reaches in ((found.stations[0].needed, True), (math.ceil(0.5 / 0.9 * 10) - 1, False)):
        changes = [*(c for c in found.overrides if not c.startswith("cut.")), f"cut.count={cutters}"]
        plant = load_text(LINE, installed_libraries(), overrides=changes)
        begun = simulate(plant, until_s=36000.0)
        result = simulate(plant, until_s=36000.0 + 400000.0, start=begun.state)
        assert (result.made / 400000.0 > 0.5 * 0.99) is reaches


@pytest.mark.parametrize(("text", "per_min"), [("30 ppm", 30), ("0.5 /s", 30), ("31.56 GWh/a", 30), ("7.89 GW/a", 30.0), ("1800 /h", 30)])
def test_outputs_as_people_write_them(text: str, per_min: float) -> None:
    assert output_per_s(load_text(LINE, installed_libraries()), text) * 60 == pytest.approx(per_min, rel=0.01)


@pytest.mark.parametrize(
    ("text", "words"), [("5 kg", "a rate was expected"), ("10", "a rate was expected"), ("0 ppm", "more than 0"), ("10 GWx/a", "unit")]
)
def test_other_outputs_are_told(text: str, words: str) -> None:
    with pytest.raises(LinewrightError, match=words):
        output_per_s(load_text(LINE, installed_libraries()), text)


def test_a_product_without_energy_cannot_be_counted_in_watt_hours() -> None:
    with pytest.raises(LinewrightError, match="states no energy"):
        output_per_s(load_text(LINE.replace(", energy: 2 kWh", ""), installed_libraries()), "1 GWh/a")


def test_the_rates_of_the_reference() -> None:
    """350 a minute of 18 Wh are 3.31 GWh a year; 150 of 91 Wh 7.19; 20 of 442 Wh 4.64 (battery-lines.md, section 11)."""
    for name, gwh, ppm in (("cylindrical-21700-tabless", 3.31, 350), ("cylindrical-4680", 7.19, 150), ("blade-lfp", 4.64, 20)):
        assert output_per_s(load(name, installed_libraries()), f"{gwh} GWh/a") * 60 == pytest.approx(ppm, rel=5e-3)


def test_cells_of_50_gigawatt_hours_cost_what_the_model_says() -> None:
    """At the profile's own output each step that the line has costs what it costs there: all but module and pack assembly, 4,019 million."""
    plant, profile = load("blade-lfp", installed_libraries()), read_costs("batpac-v5")
    cost = plant_cost(plant, output_per_s(plant, "50 GWh/a"), profile)
    assert cost is not None
    named = {step.name: step for step in profile.steps}
    assert {step[0] for step in cost.steps} == set(named) - {"slitting"}  # its sheets are cut across the web
    assert cost.capital == pytest.approx(sum(step.capital for step in profile.steps) - named["slitting"].capital, rel=1e-9)
    half = plant_cost(plant, output_per_s(plant, "25 GWh/a"), profile)
    assert half is not None
    mixing = [{s[0]: s[1] for s in each.steps}["mixing"] for each in (half, cost)]
    assert mixing[0] / mixing[1] == pytest.approx(0.5**0.9)


def test_packs_cost_what_packs_cost_and_other_lines_say_why_not(capsys: pytest.CaptureFixture[str]) -> None:
    """BatPaC's 94 million and 27,000 m2 for the assembly of packs of 50 GWh; a line of packs has laser welders and yet no cell plant's capital."""
    packs = load("cell-to-pack", installed_libraries())
    found = size(packs, output_per_s(packs, "50 GWh/a"))
    assert found.cost is not None
    assert (found.cost.capital, found.cost.area_m2, found.cost.labour_h) == pytest.approx((94e6, 27_000.0, 170_000.0))
    tenth = size(packs, output_per_s(packs, "5 GWh/a")).cost
    assert tenth is not None
    assert tenth.capital == pytest.approx(94e6 * 0.1**0.95)
    for name in ("electrolyzer-pem", "module-topcon", "phone-final-assembly"):
        assert size(load(name, installed_libraries()), 1.0).cost is None, name
    assert run_command(["size", "electrolyzer-pem"]) == 0
    assert "no published law" in capsys.readouterr().out


def test_the_command_writes_a_line_that_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "big.yaml"
    assert run_command(["size", "cylindrical-21700-tabless", "--output", "700 ppm", "--write", str(file)]) == 0
    assert "winder" in capsys.readouterr().out
    assert run_command(["check", str(file)]) == 0
    assert "no fault, 0 warnings" in capsys.readouterr().out
    assert run_command(["size", "four-stations", "--output", "40 ppm", "--write", str(file)]) == 2
    assert "is there already" in capsys.readouterr().err
