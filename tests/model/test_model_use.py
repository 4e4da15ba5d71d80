"""`use`, overrides and `--set`: what is merged, what is replaced, what is taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
from shelf import Shelf

from linewright.model.completed_text import diff
from linewright.model.errors import ModelError
from linewright.model.load import check, load, load_text
from linewright.model.plant import Plant
from linewright.model.station import Measure
from linewright.model.values import LawKind

BASE = "line: base\nproduct: part\nstations:\n"


def plant_of(text: str, shelf: Shelf, *overrides: str) -> Plant:
    return load_text(text, shelf, overrides=overrides)


def test_a_station_starts_from_another(shelf: Shelf) -> None:
    plant = plant_of(BASE + "  a: {time: 2 s, count: 3, scrap: 1 %}\n  b: {use: a, count: 4}\n", shelf)
    b = plant.segment("b")
    assert (b.count, b.scrap, b.time.mean, b.use) == (4, 0.01, 2.0, "")


def test_a_station_starts_from_a_class_with_its_declared_defaults(shelf: Shelf) -> None:
    text = BASE + "  a: {use: coater, speed: 60 m/min, takes: {foil: {amount: 1 m/m, coil: 3000 m}}, makes: {part: 3000 m}}\n"
    plant = plant_of(text, shelf)
    a = plant.segment("a")
    assert a.use == "coater"
    assert a.model.name == "coater"
    assert a.model.parameters[0].values == (pytest.approx(0.003),)
    assert a.recipe[0].values == (120.0,)
    assert a.failures[0].name == "web-break"
    assert (a.inputs[0].per_length, a.inputs[0].measure, a.inputs[0].coil_m) == (True, Measure.LENGTH, 3000.0)
    assert plant.material("foil").price == 1.0
    assert plant.material("foil").bought
    (origin,) = [o for o in plant.origins if o.path == "stations.a.recipe.tension"]
    assert (origin.file, origin.line, origin.mark) == ("shelf coater", 7, "default")


def test_a_class_and_a_station_of_its_name(shelf: Shelf) -> None:
    plant = plant_of(BASE + "  plain: {use: plain, time: 2 s}\n", shelf)
    assert plant.segment("plain").use == "plain"


def test_a_name_in_two_places_names_both(shelf: Shelf) -> None:
    with pytest.raises(ModelError, match="`plain` is found in 2 places: a station of this file and a class"):
        plant_of(BASE + "  plain: {time: 2 s}\n  b: {use: plain}\n", shelf)


def override(shelf: Shelf, text: str, *overrides: str) -> Plant:
    return load_text("line: mine\nuse: four-stations\n" + text, shelf, overrides=overrides)


def test_mappings_merge_and_the_rest_stays(shelf: Shelf) -> None:
    plant = override(shelf, "stations: {wind: {failures: {web-break: {mtbf: 15 min}}}}\n")
    (failure,) = plant.segment("wind").failures
    assert (failure.mtbf.mean, failure.mttr.mean) == (900.0, 300.0)
    assert plant.name == "mine"
    assert plant.segment("weld").count == 2


def test_none_takes_away_and_the_chain_closes(shelf: Shelf) -> None:
    plant = override(shelf, "stations: {weld: none, wind: {failures: {web-break: none}, scrap: none}}\n")
    assert [s.name for s in plant.segments] == ["wind", "fill", "test"]
    assert plant.segment("wind").to[0].station == "fill"
    assert plant.segment("wind").failures == ()
    assert plant.segment("wind").scrap == 0


def test_after_places_a_new_station(shelf: Shelf) -> None:
    plant = override(shelf, "stations: {camera: {after: wind, time: 1 s}}\n")
    assert [s.name for s in plant.segments][:3] == ["wind", "camera", "weld"]
    assert plant.segment("wind").to[0].station == "camera"


def test_a_new_station_without_after_is_put_last_and_said(tmp_path: Path, shelf: Shelf) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("line: a\nuse: four-stations\nstations: {pack: {time: 1 s}}\n")
    (warning,) = check(path, shelf).warnings
    assert "stands at the end" in warning.message


def test_bills_are_replaced_whole(shelf: Shelf) -> None:
    plant = load_text(
        "line: mine\nuse: four-stations\nmaterials: {salt: {}}\nstations: {fill: {adds: {salt: 2 g}}}\n",
        shelf,
    )
    assert [i.material for i in plant.segment("fill").adds] == ["salt"]


def test_a_change_touches_no_station_that_started_from_the_changed_one(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "base.yaml").write_text(BASE + "  a: {time: 2 s}\n  b: {use: a}\n")
    (tmp_path / "mine.yaml").write_text("line: mine\nuse: ./base.yaml\nstations: {a: {time: 5 s}}\n")
    plant = load(tmp_path / "mine.yaml", shelf)
    assert (plant.segment("a").time.mean, plant.segment("b").time.mean) == (5.0, 2.0)


def test_a_mean_over_an_inherited_law_keeps_the_law(shelf: Shelf) -> None:
    text = BASE + "  a: {time: {law: lognormal, mean: 2 s, cv: 50 %}}\n  b: {use: a, time: {mean: 3 s}}\n  c: {use: a, time: 3 s}\n"
    plant = plant_of(text, shelf)
    assert (plant.segment("b").time.kind, plant.segment("b").time.mean) == (LawKind.LOGNORMAL, 3.0)
    assert plant.segment("c").time.kind is LawKind.CONSTANT


def test_a_rate_takes_the_place_of_an_inherited_time(shelf: Shelf) -> None:
    plant = plant_of(BASE + "  a: {time: {law: exponential, mean: 2 s}}\n  b: {use: a, rate: 60 ppm}\n", shelf)
    assert plant.segment("b").time.mean == 1.0


def test_short_forms_are_written_out_before_they_merge(shelf: Shelf) -> None:
    plant = plant_of(
        BASE + "  a: {time: 2 s, gate: {to: out, fails: 3 %}, power: {heat: 5 kW}}\n  b: {use: a, gate: scrap, power: 3 kW}\n",
        shelf,
    )
    assert plant.segment("b").gate.fails == pytest.approx(0.03)
    assert plant.segment("b").gate.to == "scrap"
    assert dict(plant.segment("b").power_w) == {"heat": 5000.0, "electricity": 3000.0}


@pytest.mark.parametrize(
    ("setting", "value"),
    [("weld.count=3", "stations.weld.count: 2 -> 3"), ("fill.adds.electrolyte.amount=8g", "stations.fill.adds.electrolyte.amount: 7 g -> 8 g")],
)
def test_set_changes_one_leaf(shelf: Shelf, setting: str, value: str) -> None:
    before, after = load("four-stations", shelf), load("four-stations", shelf, [setting])
    assert diff(before.text, after.text) == [value]
    assert before.digest != after.digest


def test_set_within_a_bill_leaves_the_rest_of_it(shelf: Shelf) -> None:
    text = BASE + "  a: {time: 2 s, takes: {foil: {amount: 2 m, coil: 90 m, change: 5 s}, electrolyte: 2 g}}\n"
    foil, electrolyte = plant_of(text, shelf, "a.takes.foil.amount=3m").segment("a").inputs
    assert (foil.amount, foil.coil_m, foil.change_s, electrolyte.amount) == (3.0, 90.0, 5.0, 0.002)


def test_set_of_a_rate_takes_the_place_of_the_time(shelf: Shelf) -> None:
    assert load("four-stations", shelf, ["wind.rate=60ppm"]).segment("wind").time.mean == 1.0


def test_set_of_a_parameter_of_a_law(shelf: Shelf) -> None:
    text = BASE + "  a: {time: {law: lognormal, mean: 2 s, cv: 50 %}}\n"
    law = plant_of(text, shelf, "a.time.mean=3s").segment("a").time
    assert (law.kind, law.mean, law.sd) == (LawKind.LOGNORMAL, 3.0, 1.5)


def test_set_of_what_is_not_written_yet(shelf: Shelf) -> None:
    plant = load("four-stations", shelf, ["wind.buffer=7", "run.seed=9", "test.gate.misses=2%"])
    assert (plant.segment("wind").buffer, plant.run.seed, plant.segment("test").gate.misses) == (7, 9, 0.02)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("wnd.count=3", "the path names nothing. Did you mean `wind`?"),
        ("wind.cont=3", "there is no `cont`. Did you mean `count`?"),
        ("wind.failures.jam.mtbf=3h", "there is no `jam`"),
        ("wind.failures=3", "names a group"),
        ("wind.time=3kg", "is a mass; a time was expected"),
        ("wind.time", "a path, `=` and a value were expected"),
    ],
)
def test_a_wrong_set(shelf: Shelf, setting: str, words: str) -> None:
    with pytest.raises(ModelError) as caught:
        load("four-stations", shelf, [setting])
    assert words in str(caught.value)
    assert caught.value.faults[0].file == f"--set {setting}"


def test_a_name_of_the_library_in_two_places(shelf: Shelf) -> None:
    with pytest.raises(ModelError, match="shelf-1 twice and shelf-2 twice"):
        plant_of(BASE + "  a: {use: twice, time: 1 s}\n", shelf)


def test_a_class_beside_the_file(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "saw.yaml").write_text("process: saw\nstation: {time: 9 s}\n")
    (tmp_path / "line.yaml").write_text("line: a\nproduct: p\nstations: {cut: {use: ./saw.yaml}}\n")
    assert load(tmp_path / "line.yaml", shelf).segment("cut").time.mean == 9.0


def test_an_alarm_of_a_failure_that_is_not_there_is_a_fault_where_the_station_is_written(shelf: Shelf) -> None:
    alarm = "alarms: {tear: {on: %s, text: Torn}}"
    base = BASE + "  a: {time: 2 s, failures: {break: {mtbf: 1 h, mttr: 1 min}}, " + alarm % "break" + "}\n"
    with pytest.raises(ModelError, match=r"no failure or signal `brake`\. Did you mean `break`"):
        plant_of(base.replace(alarm % "break", alarm % "brake"), shelf)
    shelf.texts["line", "base"] = (base,)
    plant = plant_of("line: over\nuse: base\nstations:\n  a: {failures: none}\n", shelf)
    assert plant.segment("a").alarms == ()
