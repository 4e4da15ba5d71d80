"""Published relations, with the figures of their sources (battery-lines.md, section 10): the process models give them."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from linewright.kernels.rules import draw_values
from linewright.library.catalogue import shipped_library
from linewright.library.process import read_process

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
