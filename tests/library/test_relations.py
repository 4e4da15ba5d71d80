"""Published relations, with the figures of their sources (battery-lines.md, section 10): the process models give them."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from linewright.kernels.rules import draw_values
from linewright.library.catalogue import installed_libraries, shipped_library
from linewright.library.costs import plant_cost, read_costs
from linewright.library.process import read_process
from linewright.model.load import load, load_text
from linewright.tuning.student import t_quantile
from linewright.twin.simulate import simulate

AH, H, DAY, MIN = 3600.0, 3600.0, 86400.0, 60.0


def given(name: str, values: dict[str, Any], **noise: float) -> dict[str, float]:
    found = read_process(shipped_library(), name).evaluate(values, {key: np.array([x]) for key, x in noise.items()})
    return {key: float(value[0]) for key, value in found.items()}


def test_r1_the_first_charge_of_a_stack_follows_from_its_coating() -> None:
    """wengandrew/fast-formation: 7 double-sided sheets of 72 x 110 mm, 34.45 mg/cm^2 of both sides, 94 % active: 17.95 g, 2.72 Ah, 151.7 mAh/g."""
    coating = {"cathode-areal-weight": 0.5 * 0.3445, "cathode-stripe-width": 0.072, "cathode-length": 7 * 0.110, "cathode-active-share": 0.94}
    active_kg = 2 * 7 * 0.072 * 0.110 * 0.5 * 0.3445 * 0.94
    assert active_kg == pytest.approx(17.95e-3, abs=0.005e-3)
    found = given("formation-cabinet", {**coating, "cathode-first-charge": 151.7 * AH / 1e3 * 1e3})
    assert found["capacity"] / found["first-efficiency"] == pytest.approx(2.72 * AH, rel=0.002)


def test_r2_mass_thickness_and_porosity_are_one() -> None:
    """Compaction density is the mass by what is thicker than the foil; with the density of the coating's solid it gives the porosity."""
    solid = 4500.0
    found = given("calender", {"areal-weight": 0.24, "foil-thickness": 13e-6, "particle-density": solid})
    compaction = 2 * 0.24 / (found["thickness"] - 13e-6)
    assert compaction == pytest.approx(found["density"], rel=1e-12)
    assert pytest.approx(0.5 * (found["thickness"] - 13e-6) * solid * (1.0 - found["porosity"]), rel=1e-12) == 0.24
    assert 0.20 <= found["porosity"] <= 0.35  # after the calender (S28)
    assert 3400.0 <= found["density"] <= 3700.0  # NMC (S28)


@pytest.mark.parametrize(("flow", "speed"), [(12.42, 60.0), (8.0, 45.0)])
def test_r5_the_pump_meters_the_coating(flow: float, speed: float) -> None:
    """Mass balance: h = Q / (v w), m = Q rho x / (v w); of two sides each has half, and 95 % of the slurry stays on the foil (S6)."""
    q, v, width = flow * 1e-3 / MIN, speed / MIN, 0.63
    found = given("slot-die-coater", {"pump-rate": q, "speed": v, "coated-width": width, "density": 2200.0, "solids": 0.7, "lanes": 1.0})
    wet = 0.95 * q / (v * width * 2)
    assert found["wet-thickness"] == pytest.approx(wet, rel=1e-12)
    assert found["areal-weight"] == pytest.approx(wet * 2200.0 * 0.7, rel=1e-12)


def test_r8_placement_makes_overhang_defects() -> None:
    """+-0.3 mm = 3 sigma, margin 0.5 mm, 45 sheets: p = 4.1e-4 a pair, 1.8 % of the stacks."""
    sigma, margin, sheets = 0.1e-3, 0.5e-3, 45
    p = 2 * (1 - NormalDist().cdf(margin / (sigma * math.sqrt(2))))
    assert p == pytest.approx(4.1e-4, rel=0.01)
    assert 1 - (1 - p) ** sheets == pytest.approx(0.018, rel=0.03)
    pairs = 4_000_000
    anode, cathode = (draw_values(5, 0, key, np.arange(1, pairs + 1), 0.0, sigma) for key in ("anode", "cathode"))
    folder = read_process(shipped_library(), "z-folder")
    overhang = folder.evaluate({"rated-overhang": margin, "gripper-offset": anode - cathode}, n=pairs)["overhang"]
    assert np.mean(overhang < 0.0) == pytest.approx(p, abs=4 * math.sqrt(p / pairs))


def test_r9_the_section_of_the_layers_gives_the_roll() -> None:
    """L = pi (D^2 - d^2) / (4 t), and an error of the thickness moves the diameter by 2 L t_err / (pi D)."""
    length, thickness, pin = 0.88, 365e-6, 2.5e-3
    loose = {"compression": 0.0, "pin": pin}
    roll = given("cylindrical-winder", {**loose, "wound-section": length * thickness})["diameter"]
    assert math.pi * (roll**2 - pin**2) / (4 * thickness) == pytest.approx(length, rel=1e-12)
    error = 1e-7
    thicker = given("cylindrical-winder", {**loose, "wound-section": length * (thickness + error)})["diameter"]
    assert thicker - roll == pytest.approx(2 * length * error / (math.pi * roll), rel=1e-3)


def test_r11_warmth_and_current_move_the_first_efficiency() -> None:
    """Cui et al.: CE1 = 0.631 + 0.0025 T - 0.0365 log10(I1) - 0.0281 log10(I2), over 182 cells from 25 to 55 degC."""

    def efficiency(t: float, i1: float, i2: float) -> float:
        return 0.631 + 0.0025 * t - 0.0365 * math.log10(i1) - 0.0281 * math.log10(i2)

    base = {"temperature": 298.15, "charge": 0.1 / H}
    cold = given("formation-cabinet", base)["first-efficiency"]
    warm = given("formation-cabinet", {**base, "temperature": 318.15})["first-efficiency"]
    fast = given("formation-cabinet", {**base, "charge": 0.3 / H})["first-efficiency"]
    assert warm - cold == pytest.approx(efficiency(45, 0.025, 0.025) - efficiency(25, 0.025, 0.025), abs=1e-12)
    assert fast - cold == pytest.approx(efficiency(25, 0.075, 0.075) - efficiency(25, 0.025, 0.025), abs=1e-12)


def test_r13_a_short_rest_cannot_tell_a_small_leak() -> None:
    """K = (OCV1 - OCV2) / dt; a meter of 0.1 mV and 7 days tell 0.02 mV a day, and not less; I = C K, R = OCV / I."""
    rest = {"rest": 7 * DAY, "meter-noise": 1e-4, "rated-k-value": 0.0}
    meter = read_process(shipped_library(), "ocv-meter")
    noise = {name: draw_values(9, 0, name, np.arange(1, 200_001), 0.0, 1.0) for name in meter.noise}
    k = meter.evaluate(rest, noise, 200_000)["k-value"] * DAY / 1e-3  # mV/d
    assert float(np.std(k)) == pytest.approx(0.1 * math.sqrt(2) / 7, rel=0.01)
    assert 0.1 * math.sqrt(2) / 7 == pytest.approx(0.02, abs=0.0003)
    leak = given("ocv-meter", {**rest, "differential-capacity": 10 * AH, "cell-voltage": 3.6, "soft-short": 1 / 50_000.0})["k-value"]
    current = 10 * AH * leak
    assert 3.6 / current == pytest.approx(50_000.0, rel=1e-12)


def test_r3_line_load_presses_from_the_loose_to_the_dense_coating() -> None:
    """rho = rho_max - (rho_max - rho_0) exp(-q / gamma): the limits at no and at endless load, 63 % of the way at gamma, less and less after that."""
    coating = {"loose-density": 2100.0, "dense-density": 3750.0, "compaction-load": 500e3, "roll-temperature": 298.15}
    base = read_process(shipped_library(), "calender").evaluate(coating)["density"]
    loads = np.array([0.0, 250e3, 500e3, 1000e3, 1e9])
    process = read_process(shipped_library(), "calender")
    parameters = {"softening": 0.0}
    density = process.evaluate({**coating, **parameters, "line-load": loads}, n=5)["density"]
    assert density[0] == pytest.approx(2100.0, rel=1e-12)
    assert density[-1] == pytest.approx(3750.0, rel=1e-12)
    assert density[2] == pytest.approx(3750.0 - 1650.0 / math.e, rel=1e-12)
    assert np.all(np.diff(density) > 0.0)
    assert np.all(np.diff(np.diff(density[:4]) / np.diff(loads[:4])) < 0.0)
    assert 2100.0 < base[0] < 3750.0


def test_r4_pores_leave_a_share_of_the_conductivity() -> None:
    """kappa_eff / kappa = eps / tau with tau = eps^-0.5 (Bruggeman 1.5): 1 in the free electrolyte, 0 without pores, always below the porosity."""
    process = read_process(shipped_library(), "calender")
    found = process.evaluate({"line-load": np.array([1.0, 200e3, 800e3]), "particle-density": 4500.0}, n=3)
    porosity, share = found["porosity"], found["conducting-share"]
    assert share == pytest.approx(porosity / porosity**-0.5, rel=1e-12)
    assert np.all(share < porosity)
    closed = process.evaluate({"dense-density": 5000.0, "particle-density": 4000.0, "line-load": 4e9})
    assert closed["conducting-share"][0] == 0.0
    empty = process.evaluate({"loose-density": 1.0, "dense-density": 1.0, "particle-density": 4500.0})
    assert empty["conducting-share"][0] == pytest.approx(1.0, abs=1e-3)


def test_r6_an_oven_takes_out_the_solvent_that_the_slurry_brought() -> None:
    """m (1 - x) / x of solvent a square metre: all of it is left in a cold oven; twice the speed leaves what half the oven leaves."""
    process = read_process(shipped_library(), "slot-die-coater")
    cold = process.evaluate({"solids": 0.7, "oven-zones": (200.0,) * 6})
    assert cold["residual-solvent"][0] == pytest.approx(0.3 / 0.7, rel=1e-6)
    coat = {"solids": 0.7, "pump-rate": 2e-4, "oven-zones": (370.0,) * 6}
    fast = process.evaluate({**coat, "speed": 2.0, "pump-rate": 4e-4, "zone-length": 8.0})
    short = process.evaluate({**coat, "speed": 1.0, "zone-length": 4.0})
    assert fast["residual-solvent"] == pytest.approx(short["residual-solvent"], rel=1e-12)
    assert 0.0 < fast["residual-solvent"][0] < 0.3 / 0.7


def test_r7_water_falls_to_its_floor_by_one_constant() -> None:
    """w = w_eq + (w0 - w_eq) exp(-k t): w0 at once, w_eq at last, and equal times take equal shares of what is above the floor."""
    process = read_process(shipped_library(), "vacuum-dryer")
    hours = np.array([0.0, 5.0, 10.0, 15.0, 5000.0]) * H
    water = process.evaluate({"time": hours, "start-water": 2e-3, "equilibrium-water": 1e-4}, n=5)["water"]
    assert water[0] == pytest.approx(2e-3, rel=1e-12)
    assert water[-1] == pytest.approx(1e-4, rel=1e-6)
    above = water[:4] - 1e-4
    assert above[1:] / above[:-1] == pytest.approx([above[1] / above[0]] * 3, rel=1e-9)
    assert above[1] < above[0]


def test_r14_twice_the_way_takes_four_times_the_time() -> None:
    """Washburn: l^2 = r gamma cos(theta) t / (2 eta); 5 nm, 30 mN/m, 30 degrees, 3.5 mPa s for 12 h at 25 degC go 28.3 mm."""
    way = math.sqrt(5e-9 * 0.030 * math.cos(math.radians(30)) * 12 * H / (2 * 3.5e-3))
    assert way == pytest.approx(28.3e-3, abs=0.1e-3)
    room = {"temperature": 298.15, "rated-temperature": 298.15, "wetting-way": 0.1}
    assert given("soaking-room", {**room, "time": 12 * H})["wetted"] == pytest.approx(way / 0.1, rel=1e-9)
    assert given("soaking-room", {**room, "time": 48 * H, "wetting-way": 0.2})["wetted"] == pytest.approx(way / 0.1, rel=1e-9)
    assert given("soaking-room", {**room, "time": 0.0})["wetted"] == 0.0
    assert given("soaking-room", {**room, "time": 2000 * H})["wetted"] == 1.0
    warm = given("soaking-room", {**room, "time": 12 * H, "temperature": 318.15})["wetted"]
    assert warm > way / 0.1


def test_r10_a_thousand_cells_of_half_a_per_cent_have_no_reject() -> None:
    """Broad and Fly: standard deviations of half a per cent suffice for no reject, those of several do not (limit 5 %, S27)."""
    process, cells = read_process(shipped_library(), "formation-cabinet"), 1000
    rejected = []
    for deviation in (0.005, 0.03):
        drawn = {name: draw_values(7, 0, name, np.arange(1, cells + 1), 1.0, deviation) for name in ("weight", "width", "length")}
        stripe = {"cathode-stripe-width": 0.063 * drawn["width"], "cathode-length": 0.88 * drawn["length"]}
        cut = {"cathode-areal-weight": 0.24 * drawn["weight"], **stripe}
        capacity = process.evaluate(cut, n=cells)["capacity"]
        assert np.std(capacity) / np.mean(capacity) == pytest.approx(deviation * math.sqrt(3), rel=0.1)
        rejected.append(int(np.sum(np.abs(capacity / np.mean(capacity) - 1.0) > 0.05)))
    assert rejected[0] == 0
    assert rejected[1] > 100


def test_r12_fast_formation_lived_longer_in_the_source() -> None:
    """410 +- 34 cycles of 20 cells against 332 +- 23 of 19 (wengandrew/fast-formation): 78 more, and 95 % of Welch's interval lies above 0."""
    se2 = [34.0**2 / 20, 23.0**2 / 19]
    freedom = sum(se2) ** 2 / (se2[0] ** 2 / 19 + se2[1] ** 2 / 18)
    half = t_quantile(0.95, math.floor(freedom)) * math.sqrt(sum(se2))
    assert 410.0 - 332.0 - half > 0.0
    assert half == pytest.approx(19.0, abs=1.0)


def test_r15_a_line_of_steps() -> None:
    """WIP = rate x time in a simulated store, the yield of a chain is the product of its steps', and cost goes with a power of the volume."""
    text = (
        "line: three\nproduct: part\nsource: default\nstations:\n  cut: {time: 2 s, scrap: 5 %}\n  bend: {time: 1 s, buffer: 20, scrap: 3 %}\n"
        "  rest: {places: 4000, time: 1 h}\n"
    )
    plant = load_text(text, installed_libraries())
    result = simulate(plant, until_s=48 * H, start=simulate(plant, until_s=4 * H).state)
    rate = result.counts("done")[2] / result.seconds
    assert result.wip[2] == pytest.approx(rate * H, rel=0.01)
    assert result.counts("good")[2] / result.counts("done")[0] == pytest.approx(0.95 * 0.97, rel=0.01)
    costs = read_costs("batpac-v5")
    cells = load("cylindrical-21700-tabless", installed_libraries())
    one, two = (plant_cost(cells, n * 350 / 60, costs) for n in (1.0, 2.0))
    assert one is not None
    assert two is not None
    assert 2.0**0.9 < two.capital / one.capital < 2.0**0.95  # exponents of 0.9 and 0.95
