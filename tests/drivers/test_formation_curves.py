from __future__ import annotations

import numpy as np
import pytest

from linewright.drivers.emulated.formation_curves import POINTS_MOST, Formation, _phases, formation_curves

RECIPE = Formation(rate_per_h=0.1, cut_off_v=4.2, time_s=86400.0)


def tray(n: int = 64) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    return 5.0 + 0.03 * rng.standard_normal(n), 0.87 + 0.005 * rng.standard_normal(n), 0.008 + 0.0002 * rng.standard_normal(n)


def test_straight_lines_stay_within_the_meters_error() -> None:
    capacity, efficiency, resistance = tray()
    curves = formation_curves(RECIPE, capacity, efficiency, resistance)
    assert curves.t_s.shape == (64, curves.t_s.shape[1])
    assert curves.t_s.shape[1] <= POINTS_MOST
    begin = np.zeros((64, 1))
    u = np.linspace(0.0005, 0.9995, 1501)[None, :]
    for phase in _phases(RECIPE, capacity[:, None], efficiency[:, None], resistance[:, None]):
        volts, amperes = phase.at(u)
        t = begin + phase.length_s * u
        for row in range(64):
            assert np.abs(np.interp(t[row], curves.t_s[row], curves.volts[row]) - volts[row]).max() < RECIPE.error_v
            assert np.abs(np.interp(t[row], curves.t_s[row], curves.amperes[row]) - amperes[row]).max() < RECIPE.error_a
        begin = begin + phase.length_s


def test_what_is_charged_is_the_capacity_over_the_efficiency() -> None:
    capacity, efficiency, resistance = tray(8)
    curves = formation_curves(RECIPE, capacity, efficiency, resistance)
    for row in range(8):
        mean = 0.5 * (curves.amperes[row, 1:] + curves.amperes[row, :-1])
        charge = mean * np.diff(curves.t_s[row]) / 3600.0
        assert charge[charge > 0].sum() == pytest.approx(capacity[row] / efficiency[row], rel=0.002)
        assert -charge[charge < 0].sum() == pytest.approx(capacity[row], rel=0.002)


def test_it_never_leaves_the_voltage_window_and_ends_with_the_visit() -> None:
    curves = formation_curves(RECIPE, *tray())
    assert curves.volts.max() <= RECIPE.cut_off_v + 1e-9
    assert np.all(np.diff(curves.t_s, axis=1) >= 0)
    assert curves.t_s[:, -1] == pytest.approx(86400.0)


def test_a_visit_that_is_too_short_is_cut_off() -> None:
    curves = formation_curves(Formation(0.1, 4.2, 3 * 3600.0), *tray(4))
    assert np.all(curves.t_s <= 3 * 3600.0)
    assert np.all(curves.amperes > 0)  # still charging
