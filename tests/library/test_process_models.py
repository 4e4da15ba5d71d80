"""Each process model against its own arithmetic, written out: at the recipes of the 21700 line, and at the limits of physics."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from linewright.library.catalogue import shipped_library
from linewright.library.process import Array, Process, read_process
from linewright.model.errors import LinewrightError

R = 8.314462618  # J/(mol K)
C = 273.15  # K
MIN, H = 60.0, 3600.0  # s
MG_CM2 = 1e-2  # kg/m^2
BAR = 1e5  # Pa
ANODE_COAT = {"slurry-per-metre": 0.283e-3, "density": 1400.0, "solids": 0.5, "coated-width": 0.65, "lanes": 1.0, "drying-flux": 4.6463e-3,
              "evaporation-energy": 40.9e3}  # fmt: skip
ANODE_ROLLED = {"areal-weight": 14.5 * MG_CM2, "foil-thickness": 8e-6, "loose-density": 1000.0, "dense-density": 1750.0, "compaction-load": 738.8e3,
                "particle-density": 2200.0}  # fmt: skip


@pytest.fixture(scope="module")
def processes() -> Mapping[str, Process]:
    library = shipped_library()
    return {name: read_process(library, name) for name in library.names("class")}


def asked(process: Process, values: Mapping[str, Any] | None = None, **noise: float) -> dict[str, float]:
    """Return what the model gives one element."""
    drawn = {name: np.array([value]) for name, value in noise.items()}
    return {name: float(result[0]) for name, result in process.evaluate(values or {}, drawn).items()}


def along(process: Process, name: str, low: float, high: float, measure: str, *, values: Mapping[str, Any] | None = None) -> Array:
    """Return a measure at 50 values of an argument."""
    return process.evaluate({**(values or {}), name: np.linspace(low, high, 50)}, n=50)[measure]


# ---- mixer


@pytest.mark.parametrize(
    ("solid", "liquid", "values", "density", "liquid_density", "binder"),
    [
        (1463 + 77, 660, {}, 4500.0, 1030.0, 1.7673),
        (665 + 35, 700, {"particle-density": 2200.0, "slurry-liquid-density": 1000.0, "binder-viscosity": 2.1554}, 2200.0, 1000.0, 2.1554),
    ],
    ids=["cathode", "anode"],
)
def test_the_mixer_gives_the_middles_of_its_windows(  # noqa: PLR0917 - one row of the table
    processes: Mapping[str, Process], solid: float, liquid: float, values: dict[str, float], density: float, liquid_density: float, binder: float
) -> None:
    given = asked(processes["planetary-mixer"], {"solids-mass": solid, "liquid-mass": liquid, "time": 2.75 * H, **values})
    share = solid / (solid + liquid)
    volume = (share / density) / (share / density + (1 - share) / liquid_density)
    turns = 30 * 2.75 * 60
    viscosity = binder * (1 - volume / 0.6) ** (-2.5 * 0.6) / (1 - math.exp(-turns / 600))
    assert given["solids"] == pytest.approx(share, rel=1e-12)
    assert given["viscosity"] == pytest.approx(viscosity, rel=1e-4)
    assert given["viscosity"] == pytest.approx(6.5, rel=1e-4)  # the middle of 3 .. 10 Pa*s


def test_the_mixer_at_its_limits(processes: Mapping[str, Process]) -> None:
    mixer = processes["planetary-mixer"]
    assert asked(mixer, {"wrong-dose": -0.2})["solids"] == pytest.approx(0.8 * 1540 / (0.8 * 1540 + 660))
    endless = asked(mixer, {"time": 1e6 * H})
    assert endless["fineness"] < asked(mixer)["fineness"] < asked(mixer, {"time": 0.1 * H})["fineness"]
    assert asked(mixer, {"liquid-mass": 1.0})["viscosity"] < math.inf  # beyond the packing limit it is thick, not infinite
    assert asked(mixer, {"temperature": 35 + C})["viscosity"] == pytest.approx(math.exp(-0.02 * 10) * asked(mixer)["viscosity"])
    assert asked(mixer, weighing=1.0)["solids"] == pytest.approx(1540 * 1.0005 / (1540 * 1.0005 + 660))


# ---- coater


def test_the_coater_gives_the_middles_of_its_windows(processes: Mapping[str, Process]) -> None:
    coater = processes["slot-die-coater"]
    cathode = asked(coater, {"lanes": 1.0})
    assert cathode["areal-weight"] == pytest.approx(0.207e-3 * 0.95 * 2200 * 0.70 / (2 * 0.63), rel=1e-12)
    assert cathode["areal-weight"] / MG_CM2 == pytest.approx(24.0, rel=0.002)
    anode = asked(coater, ANODE_COAT)
    assert anode["areal-weight"] == pytest.approx(0.283e-3 * 0.95 * 1400 * 0.50 / (2 * 0.65), rel=1e-12)
    assert anode["areal-weight"] / MG_CM2 == pytest.approx(14.5, rel=0.002)


def test_the_coater_dries_by_its_arithmetic(processes: Mapping[str, Process]) -> None:
    for values, flux, energy, solids in (({"lanes": 1.0}, 2.9515e-3, 53.5e3, 0.7), (ANODE_COAT, 4.6463e-3, 40.9e3, 0.5)):
        given = asked(processes["slot-die-coater"], values)
        load = given["areal-weight"] * (1 - solids) / solids  # kg/m^2 of solvent on one side
        zones = [t + C for t in (90, 110, 120, 120, 110, 90)]
        removed = sum(flux * math.exp(-energy / R * (1 / t - 1 / (110 + C))) * 15 / 1.0 for t in zones) / load
        left = 0.3 * math.exp(-(removed - 0.7) / 0.3)
        assert given["residual-solvent"] == pytest.approx(left * (1 - solids) / solids, rel=1e-9)
        assert given["residual-solvent"] == pytest.approx(300e-6, rel=2e-3)  # what the drying fluxes were derived from


def test_the_coater_keeps_its_mass(processes: Mapping[str, Process]) -> None:
    """What stays on the foil is what was pumped, less the slurry's loss, over all lanes and whatever the crown of the die."""
    coater, lanes = processes["slot-die-coater"], 10
    for crown in (0.0, 0.002, -0.05):
        weights = coater.evaluate({"lane": np.arange(lanes), "lanes": lanes, "die-crown": crown}, n=lanes)["areal-weight"]
        dry_kg_s = float(np.mean(weights)) * 2 * 0.63 * 1.0  # mean x sides x width x speed
        assert dry_kg_s == pytest.approx(0.207e-3 * 1.0 * 0.95 * 2200 * 0.70, rel=1e-12)
    faster = asked(coater, {"speed": 2.0, "pump-rate": 0.207e-3})["areal-weight"]
    assert faster == pytest.approx(asked(coater)["areal-weight"] / 2, rel=1e-12)
    assert asked(coater, {"speed": 2.0})["areal-weight"] == asked(coater)["areal-weight"]  # no set-point: the pump follows the web
    assert asked(coater, {"lane-clogged": 0.02})["areal-weight"] == pytest.approx(0.98 * asked(coater)["areal-weight"], rel=1e-12)
    assert asked(coater, {"lane-clogged": 1.0})["areal-weight"] == 0.0


def test_an_oven_dries_better_when_it_is_hotter_in_any_zone(processes: Mapping[str, Process]) -> None:
    coater, zones = processes["slot-die-coater"], [t + C for t in (90, 110, 120, 120, 110, 90)]
    for k in range(len(zones)):
        warmer = [asked(coater, {"oven-zones": tuple(t + dt * (i == k) for i, t in enumerate(zones))})["residual-solvent"] for dt in (0, 1, 5, 20)]
        assert warmer == sorted(warmer, reverse=True)
        assert warmer[0] > warmer[-1]
    cold = [asked(coater, {"zone-cold": dt})["residual-solvent"] for dt in (0.0, 2.0, 10.0, 40.0)]
    assert cold == sorted(cold)


def test_an_oven_neither_makes_solvent_nor_leaves_less_than_none(processes: Mapping[str, Process]) -> None:
    coater = processes["slot-die-coater"]
    wet = asked(coater, {"oven-zones": tuple([20 + C] * 6), "speed": 150 / MIN, "drying-flux": 1e-6})["residual-solvent"]
    assert wet == pytest.approx(0.3 / 0.7, rel=1e-3)  # all of it is left
    left = along(coater, "speed", 0.5 / MIN, 150 / MIN, "residual-solvent")
    assert np.all(left >= 0.0)
    assert np.all(left <= 0.3 / 0.7)
    assert np.all(np.diff(left) >= 0.0)
    assert np.max(np.diff(left)) < 0.05  # the two periods of drying meet without a step


def test_one_oven_zone_is_an_oven_too(processes: Mapping[str, Process]) -> None:
    coater = processes["slot-die-coater"]
    one = asked(coater, {"oven-zones": 110 + C, "zone-length": 40.0})["residual-solvent"]
    assert one < asked(coater, {"oven-zones": 60 + C, "zone-length": 40.0})["residual-solvent"]


# ---- calender


def test_the_calender_gives_the_middles_of_its_windows(processes: Mapping[str, Process]) -> None:
    calender = processes["calender"]
    cathode, anode = asked(calender), asked(calender, ANODE_ROLLED)
    assert cathode["density"] == pytest.approx(3750 - (3750 - 2100) * math.exp(-1200 / 561.2), rel=1e-9)
    assert cathode["thickness"] == pytest.approx(13e-6 + 2 * 0.24 / cathode["density"], rel=1e-9)
    assert cathode["thickness"] * 1e6 == pytest.approx(148.0, abs=0.01)
    assert cathode["density"] / 1e3 == pytest.approx(3.55, abs=0.01)
    assert anode["thickness"] * 1e6 == pytest.approx(189.0, abs=0.01)
    assert anode["density"] / 1e3 == pytest.approx(1.60, abs=0.01)
    for given, particle in ((cathode, 4500), (anode, 2200)):
        assert given["porosity"] == pytest.approx(1 - given["density"] / particle, rel=1e-12)
        assert 0.20 < given["porosity"] < 0.35  # usual after calendering (S28)


def test_porosity_falls_with_the_line_load_between_its_limits(processes: Mapping[str, Process]) -> None:
    calender = processes["calender"]
    porosity = along(calender, "line-load", 0.0, 4000e3, "porosity")
    assert np.all(np.diff(porosity) < 0.0)
    assert porosity[0] == pytest.approx(1 - 2100 / 4500)  # no load: the loose coating
    assert porosity[-1] > 1 - 3750 / 4500  # never denser than at endless load
    thickness = along(calender, "line-load", 0.0, 4000e3, "thickness")
    assert np.all(np.diff(thickness) < 0.0)
    density = along(calender, "line-load", 0.0, 4000e3, "density")
    np.testing.assert_allclose((thickness - 13e-6) * density, 2 * 0.24, rtol=1e-12)  # the calender moves no mass


def test_a_hotter_roll_presses_denser(processes: Mapping[str, Process]) -> None:
    calender = processes["calender"]
    assert asked(calender, {"roll-temperature": 100 + C})["density"] > asked(calender)["density"]
    assert asked(calender, {"roll-worn": 0.1})["density"] == asked(calender, {"line-load": 1080e3})["density"]


# ---- slitter, dryer


def test_the_slitter_wears(processes: Mapping[str, Process]) -> None:
    slitter = processes["slitter"]
    assert asked(slitter)["burr"] == pytest.approx(5e-6 + 0.02e-9 * 100e3)  # 7 um: below 15 um with 4 standard deviations of 2 um
    assert asked(slitter, {"blade-length": 0.0})["burr"] == pytest.approx(5e-6)
    off = [asked(slitter, {"knife-overlap": x})["burr"] for x in (0.1e-3, 0.3e-3, 0.5e-3)]
    assert off[0] == pytest.approx(off[2])
    assert off[0] > off[1]
    assert asked(slitter, {"blade-damaged": 4e-6})["burr"] == pytest.approx(11e-6)


def test_the_dryer_by_its_arithmetic_and_limits(processes: Mapping[str, Process]) -> None:
    dryer = processes["vacuum-dryer"]
    assert asked(dryer)["water"] == pytest.approx((150 + 850 * math.exp(-0.17 * 24)) * 1e-6)  # 164 mg/kg of at most 300
    water = along(dryer, "time", 0.0, 72 * H, "water")
    assert water[0] == pytest.approx(1000e-6)
    assert np.all(np.diff(water) < 0.0)
    assert water[-1] == pytest.approx(150e-6, rel=1e-3)  # what the binder holds stays
    hotter = math.exp(-45e3 / R * (1 / (120 + C) - 1 / (110 + C)))
    assert asked(dryer, {"temperature": 120 + C})["water"] == pytest.approx((150 + 850 * math.exp(-0.17 * 24 * hotter)) * 1e-6)
    assert asked(dryer, {"oven-cold": 10.0})["water"] == asked(dryer, {"temperature": 100 + C})["water"]
    assert asked(dryer, {"pressure": 800 * 100.0})["water"] == pytest.approx((150 + 850 * math.exp(-0.17 * 24 * 0.5)) * 1e-6)  # (50/800)^0.25


# ---- assembly


def test_the_winder_by_the_section_of_its_strips(processes: Mapping[str, Process]) -> None:
    winder = processes["cylindrical-winder"]
    section = 0.88 * 148e-6 + 0.93 * 189e-6 + 2 * 0.95 * 12e-6
    given = asked(winder, {"wound-section": section})["diameter"]
    assert given == pytest.approx(math.sqrt(2.5e-3**2 + 4 / math.pi * section * (1 - 0.0499)), rel=1e-12)
    assert given * 1e3 == pytest.approx(20.1, abs=0.001)
    assert asked(winder, {"wound-section": 0.0})["diameter"] == pytest.approx(2.5e-3)  # the bare pin
    loose = asked(winder, {"wound-section": section, "tension-lost": 1.0})["diameter"]
    assert loose == pytest.approx(math.sqrt(2.5e-3**2 + 4 / math.pi * section))


def test_the_welder_by_its_heat_balance(processes: Mapping[str, Process]) -> None:
    welder = processes["laser-welder"]
    section = 0.1490 * 1200 / (0.3 * 2635e6)
    given = asked(welder)
    assert given["nugget-width"] == pytest.approx(math.sqrt(4 * section / (math.pi * 0.8)), rel=1e-12)
    assert given["nugget-width"] * 1e3 == pytest.approx(0.6, abs=1e-4)
    melted = math.pi / 4 * given["nugget-width"] * given["nugget-depth"] * 0.3 * 2635e6
    assert melted == pytest.approx(0.149 * 1200, rel=1e-12)  # W: no more melts than the beam's share pays for
    assert asked(welder, {"power": 600.0})["nugget-width"] == pytest.approx(given["nugget-width"] / math.sqrt(2))
    assert asked(welder, {"lens-dirty": 1.0})["nugget-width"] == 0.0
    assert asked(welder, {"focus-offset": 2e-3})["nugget-width"] == pytest.approx(given["nugget-width"] / math.sqrt(2))  # one Rayleigh length


def test_the_filler_weighs_what_it_doses(processes: Mapping[str, Process]) -> None:
    filler = processes["rotary-filler"]
    assert asked(filler)["electrolyte-mass"] == pytest.approx(7e-3, rel=1e-12)
    assert asked(filler, {"temperature": 30 + C})["electrolyte-mass"] == pytest.approx(7e-3 * 0.99)
    assert asked(filler, {"nozzle-clogged": 0.05})["electrolyte-mass"] == pytest.approx(7e-3 * 0.95)
    assert asked(filler, {"pressure": 0.6 * BAR})["electrolyte-mass"] == pytest.approx(7e-3 * (1 - 0.005 * 0.5))
    assert asked(filler, {"pressure": 0.01 * BAR})["electrolyte-mass"] == asked(filler)["electrolyte-mass"]
    assert asked(filler, {"dose": 8e-3})["electrolyte-mass"] == pytest.approx(8e-3)


# ---- formation


def test_formation_gives_what_the_coating_holds(processes: Mapping[str, Process]) -> None:
    formation = processes["formation-cabinet"]
    active_kg = 2 * 0.88 * 0.063 * 0.24 * 0.95
    given = asked(formation)
    assert given["capacity"] / 3600 == pytest.approx(active_kg * 227.33 * 0.87, rel=1e-9)  # Ah/kg are mAh/g
    assert given["capacity"] / 3600 == pytest.approx(5.0, abs=0.001)
    assert given["first-efficiency"] == pytest.approx(0.87)
    warm = asked(formation, {"temperature": 45 + C})
    assert warm["first-efficiency"] == pytest.approx(0.87 + 0.0025 * 20)
    fast = asked(formation, {"charge": 1.0 / H})
    assert fast["first-efficiency"] == pytest.approx(0.87 - 0.0646)  # ten times the rate
    assert asked(formation, {"cathode-areal-weight": 0.12})["capacity"] == pytest.approx(given["capacity"] / 2)
    assert asked(formation, {"contact-loss": 1.0})["capacity"] == 0.0


def test_formation_never_gives_back_more_than_went_in(processes: Mapping[str, Process]) -> None:
    formation = processes["formation-cabinet"]
    efficiency = along(formation, "temperature", 0.0, 200 + C, "first-efficiency")
    assert efficiency.max() == 1.0
    assert efficiency.min() >= 0.0


# ---- what every model keeps


def test_noise_is_symmetric_and_of_the_declared_size(processes: Mapping[str, Process]) -> None:
    """Each model's own noise moves its result by the declared standard deviation, to first order."""
    for name, noise, measure, size in [
        ("slot-die-coater", "pump", "areal-weight", 0.003), ("slot-die-coater", "lane", "areal-weight", 0.001),
        ("rotary-filler", "stroke", "electrolyte-mass", 0.001), ("laser-welder", "power", "nugget-width", 0.0025),
    ]:  # fmt: skip
        low, middle, high = (asked(processes[name], **{noise: z})[measure] for z in (-1.0, 0.0, 1.0))
        assert (high - low) / 2 / middle == pytest.approx(size, rel=1e-3)
        assert high + low == pytest.approx(2 * middle, rel=1e-4)


def test_what_a_model_needs_and_nobody_says_is_told(processes: Mapping[str, Process]) -> None:
    bare = Process("press", "", "", {**processes["calender"].parts, "recipe": {**processes["calender"].parts["recipe"]}}, {}, module="no.where")
    with pytest.raises(LinewrightError, match=r"The process model of `press` \(no\.where\) cannot be imported: ModuleNotFoundError"):
        bare.evaluate({})
    with pytest.raises(LinewrightError, match="The class `sleever` has no process model; the line's mean and spread hold"):
        processes["sleever"].evaluate({})
