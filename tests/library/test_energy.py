"""Energy of stations from a profile: each step gets what the profile says for it, whatever the items of a station are."""

from __future__ import annotations

import dataclasses

import pytest

from linewright.library.catalogue import installed_libraries
from linewright.library.energy import StationEnergy, machine_time_s, products_per_item, read_profile, station_energy, web_length_m
from linewright.model.load import load, load_text
from linewright.model.plant import Plant

CELL_J = 18 * 3600.0
KWH = 3.6e6


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load("cylindrical-21700-tabless", installed_libraries())


def of_one_product(plant: Plant, path: str, need: StationEnergy) -> dict[str, float]:
    """Return the energy for one product at a station that runs without a pause, J by carrier."""
    products = products_per_item(plant, path)
    assert products is not None
    time_s = machine_time_s(plant, plant.segment(path)) or 0.0
    spent = {carrier: power * time_s / products for carrier, power in need.power_w}
    for carrier, energy in need.item_energy_j:
        spent[carrier] = spent.get(carrier, 0.0) + energy / products
    return spent


@pytest.mark.parametrize("name", ["batpac-lca", "jinasena-2021"])
def test_a_line_that_never_waits_needs_what_its_profile_says(plant: Plant, name: str) -> None:
    """Coils, batches, trays and cells alike: what all stations of a step spend on one product is the profile's need times the cell's 18 Wh."""
    line, profile = dataclasses.replace(plant, energy_profile=name), read_profile(name)
    spent: dict[tuple[str, str], float] = {}
    for path, need in station_energy(line).items():
        step = need.origin.rpartition(" ")[2]
        for carrier, energy in of_one_product(line, path, need).items():
            spent[step, carrier] = spent.get((step, carrier), 0.0) + energy
    stated = {(step.name, carrier): need * CELL_J for step in profile.steps for carrier, need in step.need if not step.utility}
    assert spent == pytest.approx(stated)


def test_the_shipped_profiles_sum_to_what_their_source_says() -> None:
    """Section 7 of the battery reference: 13.6 kWh electricity and 12.2 kWh heat; 44.6 kWh."""
    lca, jinasena = read_profile("batpac-lca"), read_profile("jinasena-2021")
    sums = [sum(dict(step.need).get(carrier, 0.0) for step in lca.steps) for carrier in ("electricity", "heat")]
    assert sums == pytest.approx([13.6, 12.2], abs=0.05)
    assert sum(need for step in jinasena.steps for _, need in step.need) == pytest.approx(44.6, abs=0.05)
    for profile in (lca, jinasena):
        assert sum(step.is_rest for step in profile.steps) == 1
        assert all(0.0 <= step.standby <= 1.0 for step in profile.steps)


def test_formation_written_out(plant: Plant) -> None:
    formation = station_energy(plant)["formation"]
    assert dict(formation.power_w)["electricity"] == pytest.approx(9.54 * 18 * 256 / 24)  # kWh/kWh x Wh a cell x cells a tray / h
    assert dict(formation.standby_w)["electricity"] == pytest.approx(0.05 * 9.54 * 18 * 256 / 24)
    assert formation.origin == "batpac-lca formation"


def test_products_of_one_item_written_out(plant: Plant) -> None:
    strip_m = (3000 - 3 - 3) * 1.01  # trims at the coater, one per cent longer by the calender
    assert web_length_m(plant, plant.segment("cathode-slitter")) == pytest.approx(strip_m)
    expected = {
        "winder": 1, "packer": 1, "formation": 256, "tray-loader": 1, "tray-unloader": 1,
        "cathode-dryer": strip_m / 0.88, "cathode-coater": 10 * strip_m / 0.88, "anode-coater": 10 * (3000 - 6) / 0.93,
        "cathode-mixer": 1000 / (0.207 * 3000) * 10 * strip_m / 0.88,
    }  # fmt: skip
    assert {path: products_per_item(plant, path) for path in expected} == pytest.approx(expected)


def test_a_store_spends_on_the_item_and_not_by_the_hour(plant: Plant) -> None:
    soaking = station_energy(plant)["soaking"]
    assert soaking.power_w == ()
    assert dict(soaking.item_energy_j)["electricity"] > 0.0


LINE = """
line: small
product: cell
materials: {{cell: {{properties: {{energy: 18 Wh}}}}}}
stations:
  wind: {{use: cylindrical-winder, time: 2 s}}
  weld: {{time: 4 s{more}}}
{energy}
"""


def small(more: str = "", energy: str = "energy: {profile: batpac-lca}") -> dict[str, StationEnergy]:
    return station_energy(load_text(LINE.format(more=more, energy=energy), installed_libraries()))


def test_a_station_that_states_its_energy_keeps_it() -> None:
    need = small(", power: 3 kW, standby: 100 W, item-energy: {heat: 20 kJ}")["weld"]
    assert need == StationEnergy((("electricity", 3000.0),), (("electricity", 100.0),), (("heat", 20e3),), "stated")


def test_the_others_share_what_the_profile_says() -> None:
    need = small()
    assert dict(need["wind"].power_w) == pytest.approx({"electricity": 0.13 * CELL_J / 2})
    assert dict(need["weld"].power_w) == pytest.approx({"electricity": 2.01 * CELL_J / 4})
    assert dict(need["weld"].standby_w) == pytest.approx({"electricity": 0.3 * 2.01 * CELL_J / 4})


def test_nothing_is_known_without_a_profile_and_nothing_is_invented() -> None:
    assert small(energy="")["wind"] == StationEnergy()
    assert station_energy(load("four-stations", installed_libraries()))["wind"] == StationEnergy()
