"""Every shipped line: the arithmetic behind its derived numbers, recomputed; and the sizing tables of the reference, from the files as they are."""

from __future__ import annotations

import math
from functools import cache

import pytest

from linewright.library.catalogue import installed_libraries, shipped_library
from linewright.library.energy import read_profile
from linewright.model.load import load, load_text
from linewright.model.plant import Plant
from linewright.model.station import Measure, Segment
from linewright.twin.simulate import simulate

LINES = shipped_library().names("line")
H, D = 3600.0, 86400.0


@cache
def plant_of(name: str) -> Plant:
    return load(name, installed_libraries())


def of(plant: Plant, material: str, name: str) -> float:
    """Return a property of a material, SI."""
    return next(p.values[0] for p in plant.material(material).properties if p.name == name)


def has(plant: Plant, material: str, *names: str) -> bool:
    known = {p.name for p in plant.material(material).properties}
    return set(names) <= known


def amount(station: Segment, material: str) -> float:
    return next(i.amount for i in (*station.inputs, *station.adds) if i.material == material)


def window(station: Segment, name: str) -> float:
    w = next(c for c in station.measures if c.name == name).window
    assert w.lower is not None
    assert w.upper is not None
    return 0.5 * (w.lower + w.upper)


def seconds(station: Segment) -> float:
    """Return the mean time of one start, the counted parts that it takes included."""
    assert station.time is not None
    return station.time.mean + station.each_s * sum(i.amount for i in station.inputs if i.measure is Measure.COUNT)


@pytest.mark.parametrize("name", LINES)
def test_a_shipped_line_simulates_as_written(name: str) -> None:
    """No element of it is without behaviour, and work ends in it: the slowest first step, a batch of slurry, takes 2.75 h."""
    result = simulate(plant_of(name), until_s=4 * H)
    assert result.counts("done").sum() > 0


@pytest.mark.parametrize("name", LINES)
def test_the_plan_of_a_run_of_a_shipped_line_is_the_line(name: str) -> None:
    """What a run keeps loads again, and is the same."""
    plant = plant_of(name)
    assert load_text(plant.text, installed_libraries(), is_completed=True).digest == plant.digest


@pytest.mark.parametrize("name", LINES)
def test_energy_of_a_cell_is_capacity_times_voltage(name: str) -> None:
    plant = plant_of(name)
    if has(plant, plant.product, "capacity", "voltage", "energy"):
        capacity, voltage, energy = (of(plant, plant.product, each) for each in ("capacity", "voltage", "energy"))
        assert energy == pytest.approx(capacity * voltage, rel=2e-3)


@pytest.mark.parametrize("name", LINES)
def test_what_is_weighed_into_a_batch_fills_it(name: str) -> None:
    """A mixer takes the mass of its batch, with the share of solids that the slurry states (to a part in a thousand)."""
    plant = plant_of(name)
    for mixer in (s for s in plant.segments if s.use == "planetary-mixer" or s.name.endswith("-mixer")):
        slurry = plant.material(mixer.makes[0].material)
        if mixer.makes[0].measure is not Measure.VOLUME or not has(plant, slurry.name, "solids"):
            continue
        assert slurry.density_kg_m3 is not None
        taken = sum(i.amount for i in mixer.inputs)
        solids = sum(i.amount * of(plant, i.material, "solids") for i in mixer.inputs)
        assert taken == pytest.approx(mixer.makes[0].amount * slurry.density_kg_m3, rel=2e-3), mixer.path
        assert solids / taken == pytest.approx(of(plant, slurry.name, "solids"), rel=2e-3), mixer.path


@pytest.mark.parametrize("name", LINES)
def test_slurry_of_a_metre_makes_the_coating_of_a_metre(name: str) -> None:
    """Litres a metre = areal weight x two sides x lanes x stripe / (density x solids x 95 % slurry yield)."""
    plant = plant_of(name)
    for coater in (s for s in plant.segments if s.name.endswith("-coater") and any(m.name == "stripe-width" for m in s.measures)):
        taken = next(i for i in coater.inputs if i.measure is Measure.VOLUME)
        slurry = plant.material(taken.material)
        assert slurry.density_kg_m3 is not None
        dry_kg_m = window(coater, "areal-weight") * 2 * dict(coater.tools)["die-lane"] * window(coater, "stripe-width")
        litres = dry_kg_m / (slurry.density_kg_m3 * of(plant, slurry.name, "solids") * 0.95) * 1000
        assert taken.amount * 1000 == pytest.approx(litres, rel=5e-3), coater.path


@pytest.mark.parametrize("name", LINES)
def test_the_dry_room_draws_its_share_of_the_profile(name: str) -> None:
    """Power = need of the profile's step x energy of the cells made at the target rate, where the line says that it is derived so."""
    plant = plant_of(name)
    room = next((u for u in plant.utilities if u.name == "dry-room"), None)
    if room is None or not plant.energy_profile:
        return
    assert plant.target_per_s is not None
    need = dict(next(step for step in read_profile(plant.energy_profile).steps if step.utility == "dry-room").need)
    made_w = plant.target_per_s * of(plant, plant.product, "energy")
    assert dict(room.power_w) == pytest.approx({"electricity": need["electricity"] * made_w, "heat": need["heat"] * made_w}, rel=0.01)


@pytest.mark.parametrize(
    ("name", "station", "holds", "target", "share"),
    [
        ("cylindrical-4680", "soaking", 64, 150 / 60 / 0.97, 1.0),
        ("cylindrical-4680", "formation", 64, 150 / 60 / 0.97, 0.95),
        ("cylindrical-4680", "ageing-hot", 64, 150 / 60 / 0.97, 1.0),
        ("cylindrical-4680", "ageing-room", 64, 150 / 60 / 0.97, 1.0),
        ("sodium-ion-cylindrical", "soaking", 256, 120 / 60 / 0.97, 1.0),
        ("sodium-ion-cylindrical", "formation", 256, 120 / 60 / 0.97, 0.95),
        ("sodium-ion-cylindrical", "ageing-hot", 256, 120 / 60 / 0.97, 1.0),
        ("sodium-ion-cylindrical", "ageing-room", 256, 120 / 60 / 0.97, 1.0),
        ("blade-lfp", "formation", 24, 20 / 60 / 0.972, 0.95),
    ],
)
def test_a_store_of_trays_holds_rate_times_time(name: str, station: str, holds: int, target: float, share: float) -> None:
    segment = plant_of(name).segment(station)
    places = segment.places or segment.count
    assert places == math.ceil(target * seconds(segment) / holds / share)


# ---- the sizing tables of the reference --------------------------------------------------------------------------------


def test_formation_channels_at_24_hours() -> None:
    """ppm x 1440: 504,000 at 350 ppm, 216,000 at 150, 28,800 at 20 (battery-lines.md, section 11)."""
    for name, channels in (("cylindrical-21700-tabless", 504_000), ("cylindrical-4680", 216_000), ("blade-lfp", 28_800)):
        plant = plant_of(name)
        assert plant.target_per_s is not None
        assert plant.target_per_s * seconds(plant.segment("formation")) == pytest.approx(channels)
        formation = plant.segment("formation")
        assert formation.count * dict(formation.tools)["channel"] >= channels


def test_stacking_stations_of_the_blade_line() -> None:
    """45 sheets x 0.35 s + 3 s = 18.75 s, 3.2 a minute: 7 for 20 ppm at an OEE of 0.9 (section 4.4); the line has one more."""
    stacker = plant_of("blade-lfp").segment("stacker")
    assert seconds(stacker) == pytest.approx(18.75)
    assert math.ceil(20 / (60 / 18.75 * 0.9)) == 7
    assert stacker.count == 8


def test_winders_of_the_46_series_line() -> None:
    """3.97 m at 1.5 m/s and 2 s: 13 a minute each; 14 for 150 ppm / 0.97 at an OEE of 0.9 (the reference has 4.6 s and 13)."""
    winder = plant_of("cylindrical-4680").segment("winder")
    assert seconds(winder) == pytest.approx(3.97 / 1.5 + 2, abs=0.01)
    assert winder.count == math.ceil(150 / 0.97 * seconds(winder) / 60 / 0.9)


def test_stringers_of_a_gigawatt() -> None:
    """1 GW / 580 W x 144 half cells / 8,000 h = 31,000 an hour: 5 stringers at 6,600 and 95 %, 6 at 90 % (pv-hydrogen-logistics.md, section 1)."""
    half_cells_h = 1e9 / 580 * 144 / 8000
    assert half_cells_h == pytest.approx(31_034, rel=1e-3)
    assert math.ceil(half_cells_h / 6600 / 0.95) == 5
    assert math.ceil(half_cells_h / 6600 / 0.90) == plant_of("module-topcon").segment("stringer").count == 6


def test_wafers_and_boron_furnaces_of_a_gigawatt() -> None:
    """121 M wafers a year of 8.25 W; 6 tubes of 1,600 wafers in 150 min: 3,840 an hour, 4 furnaces."""
    plant = plant_of("cell-topcon")
    wafers_h = 1e9 / 8.25 / 8000
    assert plant.target_per_s is not None
    assert plant.target_per_s * H == pytest.approx(wafers_h, rel=1e-3)
    boat = next(c for c in plant.carriers if c.name == "boat").holds
    furnace = plant.segment("boron-furnace")
    assert 6 * boat / (seconds(furnace) / H) == pytest.approx(3840)
    assert math.ceil(wafers_h / 3840) == 4
    assert furnace.count >= 4 * 6


def test_scribing_of_perovskite_panels() -> None:
    """200 lines of 2.4 m by 24 beams at 2.5 m/s: 9 passes x (0.96 + 0.5 s) and 8 s of loading, 2 tools for a panel in 14.9 s."""
    plant = plant_of("perovskite-patterning")
    scriber = plant.segment("p1-scriber")
    beams = dict(scriber.tools)["beam"]
    passes = math.ceil(of(plant, plant.product, "scribe-lines") / beams)
    assert passes == 9
    assert seconds(scriber) == pytest.approx(passes * (2.4 / 2.5 + 0.5) + 8, abs=0.05)
    assert plant.target_per_s is not None
    assert math.ceil(seconds(scriber) * plant.target_per_s) == scriber.count == 2
    for name in ("p2-scriber", "p3-scriber"):
        assert plant.segment(name).count == 2


def test_electrolyser_stacks_and_benches() -> None:
    """2,000 stacks of 1 MW in 250 days are 8 a day; 16 h on a bench take 5.3 benches; alkaline 400 stacks of 5 MW, 1.6 a day."""
    pem, alkaline = plant_of("electrolyzer-pem"), plant_of("electrolyzer-alkaline")
    assert 2e9 / of(pem, pem.product, "power") / 250 == pytest.approx(8)
    assert 8 * seconds(pem.segment("conditioning")) / D == pytest.approx(5.33, abs=0.01)
    assert pem.segment("conditioning").count == 7
    assert of(pem, pem.product, "power") == pytest.approx(of(pem, pem.product, "cells") * 1500e-4 * 2e4 * 1.8, rel=2e-3)
    assert alkaline.target_per_s is not None
    assert 2e9 / of(alkaline, alkaline.product, "power") / 250 == pytest.approx(alkaline.target_per_s * D)
    assert alkaline.segment("conditioning").count == math.ceil(1.6 * seconds(alkaline.segment("conditioning")) / D)


def test_end_of_line_benches_of_packs() -> None:
    """A pack every 150 s and 12 minutes of test: 5 benches and 1."""
    plant = plant_of("cell-to-pack")
    assert plant.target_per_s is not None
    bench = plant.segment("eol-test")
    assert math.ceil(seconds(bench) * plant.target_per_s) == 5
    assert bench.count == 6


def test_fuel_cell_stackers() -> None:
    """400 cells and 401 plates; 10,000 stacks in 6,000 h are 1.67 an hour."""
    plant = plant_of("fuel-cell-stack")
    assert plant.target_per_s is not None
    assert plant.target_per_s * H == pytest.approx(10_000 / 6000, rel=1e-3)
    stacker = plant.segment("stacker")
    assert amount(stacker, "plate") == of(plant, plant.product, "cells") + 1
    assert stacker.count == math.ceil(seconds(stacker) * plant.target_per_s / 0.85)  # OEE of 85 %
