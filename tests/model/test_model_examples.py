"""The example line files load unchanged, and say what their texts say."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pytest

from linewright.library.catalogue import installed_libraries
from linewright.model.catalogue import Catalogue, LenientCatalogue
from linewright.model.completed_text import diff
from linewright.model.explain import explain, shown
from linewright.model.load import check, load, load_text
from linewright.model.plant import Level, Plant, Start, Zone
from linewright.model.station import Clock, Measure
from linewright.model.values import EveryKind, LawKind

FILES = (
    "cut-and-stack", "cylindrical-21700-tabless", "experiment", "four-stations", "logistics", "module-topcon",
    "toys/assembly", "toys/batch-oven", "toys/parallel", "toys/rework", "toys/tandem", "toys/unreliable",
)  # fmt: skip

pytestmark = pytest.mark.shared


@pytest.fixture
def library() -> Catalogue:
    return installed_libraries()


def loaded(examples: Path, name: str, catalogue: Catalogue) -> Plant:
    return load(examples / f"{name}.yaml", catalogue)


@pytest.mark.parametrize("name", FILES)
def test_it_loads_without_a_warning(examples: Path, library: Catalogue, name: str) -> None:
    found = check(examples / f"{name}.yaml", library)
    assert [str(f) for f in (*found.faults, *found.warnings)] == []


@pytest.mark.parametrize("name", FILES)
def test_the_completed_text_loads_to_the_same_plant(examples: Path, library: Catalogue, name: str) -> None:
    plant = loaded(examples, name, library)
    again = load_text(plant.text, library)
    assert diff(plant.text, again.text) == []
    assert again.text == plant.text
    assert again.digest == plant.digest
    assert repr(dataclasses.replace(again, origins=())) == repr(dataclasses.replace(plant, origins=()))


@pytest.mark.parametrize("name", [n for n in FILES if n != "experiment"])
def test_it_loads_where_no_library_knows_its_classes(examples: Path, name: str) -> None:
    assert check(examples / f"{name}.yaml", LenientCatalogue()).faults == ()


def test_the_tutorial_line(examples: Path, library: Catalogue) -> None:
    plant = loaded(examples, "four-stations", library)
    assert plant.target_per_s == pytest.approx(1 / 3)
    assert [s.to[0].station for s in plant.segments] == ["weld", "fill", "test", "out"]
    assert [s.begins for s in plant.segments] == [True, False, False, False]
    test = plant.segment("test")
    assert (test.gate.to, test.gate.fails, test.gate.limit) == ("scrap", None, None)
    (voltage,) = test.measures
    assert (voltage.window.lower, voltage.window.upper) == (pytest.approx(3.58), pytest.approx(3.62))
    assert (voltage.spread, voltage.resolution) == (pytest.approx(0.006), pytest.approx(1e-4))


def test_the_tabless_line(examples: Path, library: Catalogue) -> None:
    plant = loaded(examples, "cylindrical-21700-tabless", library)
    assert len(plant.segments) == 30
    assert [s.name for s in plant.segments if s.begins] == ["cathode-mixer", "cathode-coater", "anode-mixer", "anode-coater", "winder"]
    winder = plant.segment("winder")
    cathode, anode, separator = winder.inputs
    assert (cathode.sources, anode.sources, separator.sources) == (("cathode-dryer",), ("anode-dryer",), ())
    assert (cathode.amount, cathode.measure, cathode.buffer, cathode.change_s, cathode.brought_by) == (0.88, Measure.LENGTH, 2, 60.0, "coil-agv")
    assert (separator.rolls, separator.coil_m, separator.buffer) == (2, 3000.0, 0)
    assert plant.segment("cathode-dryer").to[0].station == "winder"
    assert plant.segment("cathode-mixer").makes[0].amount == pytest.approx(1.0)
    coater = plant.segment("cathode-coater")
    assert (coater.speed_m_s, coater.time, coater.web.delay_s, coater.web.sides) == (1.0, None, 120.0, ("A", "B"))
    assert coater.inputs[0].per_length
    assert coater.inputs[0].amount == pytest.approx(0.207e-3)
    assert coater.measures[0].every.kind is EveryKind.LENGTH
    assert plant.segment("anode-coater").measures[0].window.target == pytest.approx(0.145)
    assert plant.segment("anode-coater").measures[0].spread == pytest.approx(0.004 * 0.145)
    assert plant.segment("anode-calender").web.elongation == 0
    assert plant.segment("cathode-slitter").web.lanes == 10
    formation = plant.segment("formation")
    assert formation.recipe[0].values[0] == pytest.approx(0.1 / 3600)
    assert (formation.failures[0].clock, formation.failures[0].stops_tool) == (Clock.CALENDAR, True)
    assert plant.segment("filler").within.limit_s == 8 * 3600
    assert [g.name for g in plant.segment("grader").grades] == ["A", "B"]
    assert plant.run.start is Start.FILLED
    assert plant.material("cell-21700-tabless").prefix == "CELL"
    assert plant.material("electrolyte").waste == pytest.approx(0.06)
    assert plant.energy[0].price_j == pytest.approx(0.10 / 3.6e6)
    assert plant.shifts[0].hours_s[2] == (79200, 21600)
    by_path = {e.path: e for e in plant.equipment}
    assert by_path["winder/14"].level is Level.WORK_UNIT
    assert by_path["flattener.buffer"].level is Level.STORAGE_UNIT
    assert by_path["winder"].parent == "cylindrical-21700-tabless"


def test_the_experiment(examples: Path, library: Catalogue) -> None:
    plant = loaded(examples, "experiment", library)
    names = [s.name for s in plant.segments]
    assert "x-ray" not in names
    assert names[names.index("winder") + 1] == "tab-camera"
    assert "x-ray" not in plant.utilities[0].serves
    stop = next(f for f in plant.segment("winder").failures if f.name == "short-stop")
    assert (stop.mtbf.mean, stop.mttr.mean) == (900.0, 20.0)
    assert dict(plant.variants)["more-people"] == (("people.operator.count", "18"), ("winder.count", "13"))
    assert dict(plant.sweep)["winder.time"] == ("2.0 s", "2.1 s", "2.2 s")
    (fault,) = plant.faults
    assert (fault.station, fault.tool, fault.tool_number, fault.size, fault.at_s, fault.for_s) == (
        "cathode-coater",
        "die-lane",
        4,
        0.02,
        10800.0,
        5400.0,
    )
    assert (plant.run.replications, plant.run.seed, plant.run.warm_up_s) == (20, 7, None)


def test_the_module_line(examples: Path, library: Catalogue) -> None:
    plant = loaded(examples, "module-topcon", library)
    assert plant.segment("string-el").to[0].station == "layup"
    assert plant.segment("string-repair").to[0].station == "string-el"
    assert plant.segment("string-el").gate.limit == 2
    assert plant.segment("layup").inputs[0].sources == ("string-el",)
    assert plant.segment("stringer").each_s == pytest.approx(0.545)
    assert plant.segment("packer").loads.same == "grade"
    assert plant.segment("string-repair").time.kind is LawKind.LOGNORMAL
    assert plant.segment("module-repair").needs == (("operator", 1),)


def test_the_logistics_line(examples: Path, library: Catalogue) -> None:
    plant = loaded(examples, "logistics", library)
    assert [t.station for t in plant.segment("store").to] == ["lane-1", "lane-2", "lane-3", "lane-4"]
    assert plant.segment("lane-3").at == "lane-3"
    assert plant.segment("belt").places == 25
    assert plant.vehicles[0].uses_roads
    assert dict(plant.vehicles[0].battery)["charge_below"] == pytest.approx(0.3)
    assert len(plant.roads) == 9
    assert plant.orders[1].due_s == 12 * 3600
    assert plant.zones == (Zone("crossing", vehicles=1, radius_m=3.0),)


def test_the_machine(examples: Path, library: Catalogue) -> None:
    plant = loaded(examples, "cut-and-stack", library)
    assert plant.equipment[0].level is Level.WORK_CELL
    table = plant.segment("stack-table")
    assert (table.each_s, table.time.mean) == (pytest.approx(0.35), 3.0)
    assert table.inputs[0].sources == ("cathode-camera",)
    assert plant.segment("anode-camera").measures[1].name == "burr"


def test_check_full_names_every_origin(examples: Path, library: Catalogue) -> None:
    plant = loaded(examples, "experiment", library)
    origins = {o.path: o for o in explain(plant)}
    assert origins["stations.winder.count"].file == "library cylindrical-21700-tabless"
    assert origins["stations.winder.failures.short-stop.mtbf"].file.endswith("experiment.yaml")
    assert origins["stations.winder.buffer"].file == "built-in"
    assert origins["target"].text == "350 /min"
    assert (origins["target"].mark, origins["target"].source) == ("S0", "Battery-News interview with the chairman of LEAD")
    assert origins["stations.formation.recipe.charge"].text == "0.1 C (C-rate)"
    assert origins["stations.canner.failures.jam"].text == "mtbf 6 h exponential, mttr 6 min exponential, running time, by operator"
    columns = {line.index(o.text, 40) for line, o in zip(shown(explain(plant)).splitlines(), explain(plant), strict=True) if len(o.path) < 60}
    assert len(columns) == 1


def test_the_large_line_loads_in_half_a_second_of_cpu(examples: Path, library: Catalogue) -> None:
    loaded(examples, "four-stations", library)
    begin = time.process_time()
    loaded(examples, "cylindrical-21700-tabless", library)
    # The aim is 0.5 s with all imports; three times that without them means that something has gone wrong, not that the machine is slow.
    assert time.process_time() - begin < 1.5
