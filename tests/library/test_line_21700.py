"""The numbers of the 21700 line that are marked (derived): each again from the others."""

from __future__ import annotations

import math
import re

import pytest

from linewright.library.catalogue import installed_libraries, shipped_library
from linewright.library.energy import read_profile
from linewright.library.process import read_process
from linewright.model.load import load
from linewright.model.plant import Plant
from linewright.model.station import Segment

CELLS_S = 350 / 60 / 0.97  # what the stations before formation must make: see the line file


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load("cylindrical-21700-tabless", installed_libraries())


def amount(station: Segment, material: str) -> float:
    """Return how much of a material a station takes or adds, SI."""
    return next(i.amount for i in (*station.inputs, *station.adds) if i.material == material)


def of(plant: Plant, material: str, name: str) -> float:
    """Return a property of a material, SI."""
    return next(p.values[0] for p in plant.material(material).properties if p.name == name)


def window(station: Segment, name: str) -> float:
    """Return the target of a characteristic, else the middle of its window, SI."""
    w = next(c for c in station.measures if c.name == name).window
    assert w.lower is not None
    assert w.upper is not None
    return 0.5 * (w.lower + w.upper)


def test_these_tests_know_every_derived_number() -> None:
    """A number newly marked (derived) wants a line here that derives it."""
    text = (shipped_library().root / "lines" / "cylindrical-21700-tabless.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found = [number for line in lines for number in re.findall(r"[\d.]+(?: [^\s,{}]+)?(?= \(derived\))", line)]
    found += re.findall(r"14.5 mg/cm\^2 \+- 1.5 %(?= \(derived\))", text)
    known = ["18 Wh", "1463 kg", "77 kg", "660 kg", "0.207 L/m", "665 kg", "35 kg", "700 kg", "0.283 L/m", "1.5 %", "1015", "2137", "4060", "24356",
             "320 kW", "1940 kW", "14.5 mg/cm^2 +- 1.5 %"]  # fmt: skip
    assert sorted(found) == sorted(known)


def test_energy_of_a_cell_is_capacity_times_voltage(plant: Plant) -> None:
    assert of(plant, plant.product, "energy") == pytest.approx(of(plant, plant.product, "capacity") * of(plant, plant.product, "voltage"))


@pytest.mark.parametrize(
    ("side", "active", "rest", "solvent"), [("cathode", "nmc", "binder-and-carbon", "nmp"), ("anode", "graphite", "anode-binder", "water")]
)
def test_a_batch_is_weighed_in_by_its_density_and_solids(plant: Plant, side: str, active: str, rest: str, solvent: str) -> None:
    mixer, slurry = plant.segment(f"{side}-mixer"), plant.material(f"{side}-slurry")
    assert slurry.density_kg_m3 is not None
    batch_kg = mixer.makes[0].amount * slurry.density_kg_m3
    solids, active_share = of(plant, slurry.name, "solids"), of(plant, slurry.name, "active-share")
    assert batch_kg == pytest.approx({"cathode": 2200, "anode": 1400}[side])
    assert amount(mixer, active) == pytest.approx(batch_kg * solids * active_share)
    assert amount(mixer, rest) == pytest.approx(batch_kg * solids * (1 - active_share))
    assert amount(mixer, solvent) == pytest.approx(batch_kg * (1 - solids))


@pytest.mark.parametrize("side", ["cathode", "anode"])
def test_slurry_of_a_metre_makes_the_coating_of_a_metre(plant: Plant, side: str) -> None:
    """Litres a metre = areal weight x two sides x lanes x stripe / (density x solids x 95 % slurry yield), to the three digits that are written."""
    coater, slurry = plant.segment(f"{side}-coater"), plant.material(f"{side}-slurry")
    assert slurry.density_kg_m3 is not None
    lanes = dict(coater.tools)["die-lane"]
    dry_kg_m = window(coater, "areal-weight") * 2 * lanes * window(coater, "stripe-width")
    litres = dry_kg_m / (slurry.density_kg_m3 * of(plant, slurry.name, "solids") * 0.95) * 1000
    assert amount(coater, slurry.name) * 1000 == pytest.approx(litres, abs=0.0006)


def test_the_anode_takes_in_what_the_cathode_gives(plant: Plant) -> None:
    """Relation R1: N/P = (m q) of the anode by that of the cathode in the first charge; above 1, or lithium plates, but not much."""
    (anode, cathode), n, p = (plant.segment(f"{side}-coater") for side in ("anode", "cathode")), "anode-slurry", "cathode-slurry"
    ratio = (window(anode, "areal-weight") * of(plant, n, "active-share") * of(plant, n, "first-charge")) / (
        window(cathode, "areal-weight") * of(plant, p, "active-share") * of(plant, p, "first-charge")
    )
    assert 1.05 < ratio < 1.10


@pytest.mark.parametrize(("station", "places"), [("soaking", 1015), ("ageing-hot", 4060), ("ageing-room", 24356)])
def test_a_store_holds_rate_times_time(plant: Plant, station: str, places: int) -> None:
    segment = plant.segment(station)
    assert segment.time is not None
    assert segment.places == places == math.ceil(CELLS_S * segment.time.mean / 256)


def test_formation_has_cabinets_for_rate_times_time_at_95_percent(plant: Plant) -> None:
    formation = plant.segment("formation")
    assert formation.time is not None
    assert formation.count == 2137 == math.ceil(CELLS_S * formation.time.mean / 256 / 0.95)


def test_trays_suffice_for_all_places(plant: Plant) -> None:
    places = sum(plant.segment(name).places or 0 for name in ("soaking", "ageing-hot", "ageing-room")) + plant.segment("formation").count
    tray = next(c for c in plant.carriers if c.name == "tray")
    assert places == 31568
    assert tray.holds == 256
    assert tray.count is not None
    assert tray.count >= places + 100


def test_places_hold_what_the_store_gives_at_the_start(plant: Plant) -> None:
    """Soaking, formation and ageing hold sixteen days of production, as the file says."""
    days = sum(time.mean for name in ("soaking", "formation", "ageing-hot", "ageing-room") if (time := plant.segment(name).time)) / 86400
    assert days == pytest.approx(0.5 + 1 + 2 + 12)
    assert round(days) == 16


def test_the_dry_room_draws_its_share_of_the_profile(plant: Plant) -> None:
    """Power = need of the profile's step x energy of the cells made, at 350 a minute; written to two and three digits."""
    room = next(u for u in plant.utilities if u.name == "dry-room")
    need = dict(next(step for step in read_profile(plant.energy_profile).steps if step.utility == "dry-room").need)
    made_w = 350 / 60 * of(plant, plant.product, "energy")  # 378 kW of cells
    assert dict(room.power_w)["electricity"] == pytest.approx(need["electricity"] * made_w, rel=0.01)
    assert dict(room.power_w)["heat"] == pytest.approx(need["heat"] * made_w, rel=0.001)


def test_latent_heats_of_the_materials(plant: Plant) -> None:
    """0.15 kWh/kg of NMP at 99.13 g/mol, 0.63 kWh/kg of water at 18.015 g/mol; to the three digits that are written."""
    for slurry, kwh_kg, kg_mol in (("cathode-slurry", 0.15, 0.09913), ("anode-slurry", 0.63, 0.018015)):
        assert of(plant, slurry, "evaporation-energy") == pytest.approx(kwh_kg * 3.6e6 * kg_mol, rel=2e-3)


def test_derived_defaults_of_classes_are_those_of_the_line(plant: Plant) -> None:
    """What a class takes where a line says nothing is what the shipped cathode says, to the digits that are written."""
    library, cathode, mixer = shipped_library(), plant.segment("cathode-coater"), plant.segment("cathode-mixer")
    web_m2 = 0.88 * window(plant.segment("cathode-calender"), "thickness") + 0.93 * window(plant.segment("anode-calender"), "thickness")
    slurry = "cathode-slurry"
    derived = {
        ("planetary-mixer", "solids-mass"): amount(mixer, "nmc") + amount(mixer, "binder-and-carbon"),
        ("planetary-mixer", "liquid-mass"): amount(mixer, "nmp"),
        ("planetary-mixer", "binder-viscosity"): of(plant, slurry, "binder-viscosity"),
        ("slot-die-coater", "slurry-per-metre"): amount(cathode, slurry),
        ("slot-die-coater", "coated-width"): dict(cathode.tools)["die-lane"] * window(cathode, "stripe-width"),
        ("slot-die-coater", "drying-flux"): of(plant, slurry, "drying-flux"),
        ("slot-die-coater", "evaporation-energy"): of(plant, slurry, "evaporation-energy"),
        ("calender", "compaction-load"): of(plant, slurry, "compaction-load"),
        ("cylindrical-winder", "wound-section"): web_m2 + 2 * 0.95 * of(plant, "separator", "thickness"),
        ("formation-cabinet", "cathode-first-charge"): of(plant, slurry, "first-charge"),
    }
    found = {}
    for name in library.names("class"):
        for key, declared in read_process(library, name).parts["inputs"].items():
            if declared.mark == "derived":
                assert declared.default is not None
                found[name, key] = declared.default[0]
    assert found == pytest.approx(derived, rel=1e-4)
