"""The faults of the library's classes: what each does, that no two are the same, and what one does to a whole line."""

from __future__ import annotations

import math

import pytest

from linewright.library.catalogue import installed_libraries, shipped_library
from linewright.library.process import Process, read_process
from linewright.model.fault_words import fault_words
from linewright.model.load import load
from linewright.model.overrides_fault import fault_overrides
from linewright.model.plant import Plant

NAMES = [(name, fault) for name in shipped_library().names("class") for fault in read_process(shipped_library(), name).parts["faults"]]


def spread(process: Process, values: dict[str, float], measure: str) -> float:
    """Return what the model's noise makes of a measure, from one deviation of each to both sides."""
    total = 0.0
    for name in process.noise:
        low, high = (float(process.evaluate(values, {name: [x]})[measure][0]) for x in (-1.0, 1.0))
        total += (0.5 * (high - low)) ** 2
    return math.sqrt(total)


def sign(before: float, after: float) -> int:
    return 0 if math.isclose(before, after, rel_tol=1e-9, abs_tol=1e-15) else 1 if after > before else -1


def pattern(name: str, fault: str) -> tuple[object, ...]:
    """Return what tells a fault from others: where it is, which values it moves which way, at which lanes, and how it goes in time."""
    process = read_process(shipped_library(), name)
    declared = process.parts["faults"][fault]
    assert declared.high is not None
    size = {fault: 0.5 * declared.high}
    moved = []
    for lane in (0.0, 9.0):
        at = {"lane": lane} if "lane" in process.parts["inputs"] else {}
        sound, hurt = process.evaluate(at), process.evaluate({**at, **size})
        for measure in process.modelled:
            wider = sign(spread(process, at, measure), spread(process, {**at, **size}, measure))
            moved.append((lane, measure, sign(float(sound[measure][0]), float(hurt[measure][0])), wider))
    return name, tuple(moved), declared.over_s, declared.period_s


@pytest.mark.parametrize(("name", "fault"), NAMES)
def test_a_fault_moves_something(name: str, fault: str) -> None:
    """One that no model knows would be taken and do nothing."""
    assert any(mean or wider for _, _, mean, wider in pattern(name, fault)[1])


def test_there_are_forty_kinds_whose_patterns_differ() -> None:
    patterns = {pattern(name, fault) for name, fault in NAMES}
    assert len(patterns) >= 40


def line_with(fault: str, tool: str | None = None) -> Plant:
    return load("cylindrical-21700-tabless", installed_libraries(), fault_overrides([fault], tool))


def effects(plant: Plant) -> dict[tuple[str, str], float]:
    return {(e.station, e.characteristic): e.mean for e in plant.faults[0].effects}


def test_two_per_cent_less_on_a_lane_is_two_per_cent_less_capacity() -> None:
    """Relation R1 is linear in the areal weight; the anode, the water and the electrolyte know nothing of it."""
    plant = line_with("cathode-coater.lane-clogged=2%", "die-lane=4")
    found = effects(plant)
    capacity = plant.segment("formation").measures[0].centre
    assert found["formation", "capacity"] == pytest.approx(-0.02 * capacity, rel=0.003)  # lane 4 itself has a little less than the mean
    assert found["cathode-coater", "areal-weight"] == pytest.approx(-0.02 * 0.24, rel=0.003)
    assert found["cathode-calender", "thickness"] < 0.0
    assert found["winder", "diameter"] < 0.0
    assert {station for station, _ in found} == {"cathode-coater", "cathode-calender", "winder", "formation"}


@pytest.mark.parametrize("name", ["pouch-nmc", "condensed-pouch", "blade-lfp", "prismatic-nmc", "cylindrical-4680", "sodium-ion-cylindrical"])
def test_a_thin_coating_makes_a_small_cell_wound_or_stacked(name: str) -> None:
    """Also where the web is cut into sheets, and where the line's coating has one lane."""
    plant = load(name, installed_libraries(), fault_overrides(["cathode-coater.lane-clogged=2%"], "die-lane=1"))
    found = effects(plant)
    assert found["cathode-coater", "areal-weight"] < 0.0
    capacity = next(c for c in plant.segment("formation").measures if c.name == "capacity")
    assert found["formation", "capacity"] == pytest.approx(-0.02 * capacity.centre, rel=0.05)
    assert capacity.centre == pytest.approx(next(p.values[0] for p in plant.material(plant.product).properties if p.name == "capacity"), rel=0.005)


def test_a_wrong_dose_reaches_the_cell() -> None:
    found = effects(line_with("anode-mixer.wrong-dose=2%"))
    assert found["anode-mixer", "solids"] > 0.0
    assert found["anode-coater", "areal-weight"] > 0.0
    assert found["winder", "diameter"] > 0.0
    assert ("formation", "capacity") not in found  # the cathode's mass gives it
    assert effects(line_with("cathode-mixer.wrong-dose=2%"))["formation", "capacity"] > 0.0


def test_a_pulsing_pump_widens_and_does_not_move() -> None:
    plant = line_with("filler.nozzle-clogged=1%")
    assert effects(plant)["filler", "electrolyte-mass"] == pytest.approx(-0.01 * 7e-3)
    (effect,) = line_with("disc-welder.beam-unsteady=5%").faults[0].effects
    assert (effect.characteristic, effect.mean) == ("nugget-width", 0.0)
    assert effect.spread > 0.0


def test_every_fault_of_every_station_of_the_line_can_be_asked_for_and_moves_a_value_where_one_is_measured() -> None:
    """At the middle of its range, all in one load: a fault that changes nothing that the line measures is there, and says so."""
    libraries = installed_libraries()
    plant = load("cylindrical-21700-tabless", libraries)
    asked = []
    for segment in plant.segments:
        known = read_process(shipped_library(), segment.use).parts["faults"] if segment.use in shipped_library().names("class") else {}
        for fault, declared in known.items():
            size = f"{declared.unit.shown(0.5 * (declared.high or 0.0)):g} {declared.unit.text}".strip()
            asked.append((f"{segment.path}.{fault}={size}", 0.5 * (declared.high or 0.0)))
    found = load("cylindrical-21700-tabless", libraries, fault_overrides([text for text, _ in asked])).faults
    assert [fault.size for fault in found] == pytest.approx([size for _, size in asked], rel=1e-4)
    assert sum(bool(fault.effects) for fault in found) > 0.6 * len(found)
    for fault in found:
        assert fault_words(fault).endswith("by it") == (not fault.effects)
