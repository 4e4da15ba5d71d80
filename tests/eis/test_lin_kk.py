"""lin-KK against a slow oracle, against impedance.py on real spectra, and on spectra that are broken on purpose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linewright.eis.circuit import parse_circuit
from linewright.eis.impedance import impedance
from linewright.eis.lin_kk import lin_kk
from linewright.eis.spectrum import Spectra
from naive.lin_kk import lin_kk_of_one

F = np.logspace(4, -1, 51)
Z = impedance(parse_circuit("L0-R0-p(R1,CPE1)-Ws1"), F, [[1e-8, 0.010, 0.020, 2.0, 0.9, 0.03, 2.0], [1e-8, 0.012, 0.025, 2.0, 0.8, 0.02, 2.0]])


@pytest.fixture
def battery(shared: Path) -> Spectra:
    rows = np.load(shared / "data/eis/battery-cell/battery_cell_cycling_rows_000_064.npy")
    return Spectra.of(rows[0, 0].real, rows[:, 1])


@pytest.mark.parametrize("threshold", [0.85, 0.5])
def test_agrees_with_the_slow_one(battery: Spectra, threshold: float) -> None:
    some = battery.cells([0, 17, 64])
    fast = lin_kk(some, threshold=threshold)
    for k in range(3):
        M, mu, fitted = lin_kk_of_one(some.frequency_hz, some.impedance_ohm[k], threshold, 50)
        assert fast.n_elements[k] == M
        assert fast.mu[k] == pytest.approx(mu, abs=1e-6)
        np.testing.assert_allclose(fast.impedance_ohm[k], fitted, rtol=1e-8)


@pytest.mark.parametrize("part", ["complex", "real", "imaginary", "complex_capacitance"])
def test_same_elements_and_mu_as_impedance_py(battery: Spectra, part: str) -> None:
    table = np.genfromtxt(Path(__file__).with_name("lin_kk_by_impedance_py.csv"), delimiter=",", names=True, skip_header=1)
    kk = lin_kk(battery, part=part.partition("_")[0], with_capacitance="_" in part)  # type: ignore[arg-type]
    np.testing.assert_array_equal(kk.n_elements, table[f"{part}_M"])
    np.testing.assert_allclose(kk.mu, table[f"{part}_mu"], atol=1e-3)


@pytest.mark.parametrize("part", ["complex", "real", "imaginary"])
def test_a_cell_that_obeys_has_small_residuals(part: str) -> None:
    assert lin_kk(Spectra.of(F, Z), part=part).worst.max() < 0.005  # type: ignore[arg-type]


def test_drift_is_seen_and_only_in_its_cell() -> None:
    drifting = Z.copy()
    drifting[1] *= np.linspace(1.0, 1.2, len(F))
    kk = lin_kk(Spectra.of(F, drifting))
    assert kk.worst[0] < 0.005
    assert kk.worst[1] > 0.02


def test_what_is_in_series_is_found() -> None:
    Z = impedance(parse_circuit("L0-R0-p(R1,C1)-C2"), F, [2e-7, 0.01, 0.02, 0.5, 3.0])
    kk = lin_kk(Spectra.of(F, Z), threshold=None, most_elements=25, with_capacitance=True)
    assert kk.inductance_h[0] == pytest.approx(2e-7, rel=2e-3)
    assert 1 / kk.elastance_per_f[0] == pytest.approx(3.0, rel=2e-2)
    assert kk.worst[0] < 1e-3
    assert np.nansum(kk.element_ohm) + kk.resistance_ohm[0] == pytest.approx(0.03, rel=1e-2)


def test_holes_have_no_weight() -> None:
    holed, without = Z.copy(), np.delete(Z, [7, 30], axis=1)
    holed[:, [7, 30]] = np.nan
    a, b = lin_kk(Spectra.of(F, holed)), lin_kk(Spectra.of(np.delete(F, [7, 30]), without))
    np.testing.assert_array_equal(a.n_elements, b.n_elements)
    np.testing.assert_allclose(a.mu, b.mu, rtol=1e-9)
    assert np.isnan(a.residual[0, 7])
    assert np.isfinite(a.worst).all()


def test_a_dead_cell_has_a_reason_and_the_other_is_judged() -> None:
    dead = Z.copy()
    dead[0, 2:] = np.nan
    kk = lin_kk(Spectra.of(F, dead))
    assert kk.reasons == ("too few finite points for one RC element", "")
    assert np.isnan(kk.worst[0])
    assert kk.worst[1] < 0.005


def test_a_threshold_that_is_never_reached_is_told() -> None:
    kk = lin_kk(Spectra.of(F, Z), threshold=-9.0, most_elements=5)
    assert kk.reasons[0].endswith("never fell to -9 up to M = 5, the limit")
    short = lin_kk(Spectra.of(F[:6], Z[:, :6]), threshold=-1e9)
    assert "the number of points" in short.reasons[0]


def test_cells_of_many_batches_are_those_of_one() -> None:
    many = lin_kk(Spectra.of(F, np.tile(Z, (70, 1))))
    one = lin_kk(Spectra.of(F, Z))
    np.testing.assert_allclose(many.mu.reshape(70, 2), np.tile(one.mu, (70, 1)), rtol=1e-9)
