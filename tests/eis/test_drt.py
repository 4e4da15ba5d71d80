"""Distributions of relaxation times against a slow oracle and closed forms; lambda, intervals and peaks do what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import nnls as scipy_nnls

from linewright.eis.circuit import parse_circuit
from linewright.eis.drt import distribution
from linewright.eis.impedance import impedance
from linewright.eis.nnls import nnls
from linewright.eis.peaks import peaks_of
from linewright.eis.ridge import hats
from linewright.eis.spectrum import Spectra
from naive.distribution import distribution_of_one

F = np.logspace(4, -1, 51)
TWO = parse_circuit("R0-ZARC1-ZARC2")


def two_arcs(n: int = 1, noise: float = 0.0) -> Spectra:
    random = np.random.default_rng(4)
    Z = impedance(TWO, F, np.tile([0.010, 0.005, 1e-3, 0.85, 0.020, 0.1, 0.85], (n, 1)))
    draw = random.normal(size=(*Z.shape, 2)) * noise
    return Spectra.of(F, Z * (1 + draw[..., 0] + 1j * draw[..., 1]))


@pytest.mark.parametrize("n", [1, 4, 25, 70])
def test_nnls_agrees_with_the_active_set_of_scipy(n: int) -> None:
    random = np.random.default_rng(n)
    A, B = random.normal(size=(n + 15, n)) + 0.3, random.normal(size=(12, n + 15))
    x, is_free = nnls(A.T @ A, B @ A)
    slow = np.array([scipy_nnls(A, b)[0] for b in B])
    np.testing.assert_allclose(x, slow, atol=1e-11 * max(1.0, np.abs(slow).max()))
    assert ((x > 0) == (is_free == 1)).all()


def test_nnls_of_nearly_dependent_columns_still_ends() -> None:
    """Neighbours in a distribution look alike; whole blocks are exchanged in vain there, single unknowns are not."""
    columns = hats(2 * np.pi * F, np.linspace(-10, 3, 120))
    A = np.concatenate([columns.real, columns.imag])
    H = A.T @ A
    H[np.diag_indices(120)] += 1e-9
    G = np.random.default_rng(1).normal(size=(40, 102)) @ A
    x, _ = nnls(H, G)
    slope = x @ H - G
    assert (x >= 0).all()
    assert slope.min() > -1e-9
    assert np.abs(slope * x).max() < 1e-7


def test_a_matrix_without_a_solution_is_refused() -> None:
    with pytest.raises(ArithmeticError, match="not positive definite"):
        nnls(-np.eye(2), np.ones((1, 2)))


def test_a_hat_adds_what_a_fine_sum_adds() -> None:
    log_tau = np.linspace(-9, 2, 12)
    fine = np.linspace(-9, 2, 22_001)
    columns = hats(2 * np.pi * F, log_tau)
    for k in (0, 5, 11):
        height = np.interp(fine, log_tau, np.eye(12)[k])
        slow = [np.trapezoid(height / (1 + 2j * np.pi * f * np.exp(fine)), fine) for f in F]
        np.testing.assert_allclose(columns[:, k], slow, rtol=1e-6)


@pytest.mark.parametrize("regularisation", [1e-4, 1e-2])
def test_agrees_with_the_slow_one_on_real_spectra(shared: Path, regularisation: float) -> None:
    rows = np.load(shared / "data/eis/battery-cell/battery_cell_cycling_rows_000_064.npy")
    spectra = Spectra.of(rows[0, 0].real, rows[[0, 40], 1])
    drt = distribution(spectra, regularisation=regularisation)
    for k in range(2):
        gamma, R, L = distribution_of_one(spectra.frequency_hz, spectra.impedance_ohm[k], drt.tau_s, regularisation)
        np.testing.assert_allclose(drt.gamma_ohm[k], gamma, atol=1e-5 * gamma.max())
        assert drt.resistance_ohm[k] == pytest.approx(R, abs=1e-6)
        assert drt.inductance_h[k] == pytest.approx(L, abs=1e-10)


def test_the_closed_form_of_a_depressed_arc_is_recovered() -> None:
    """Cole and Cole: gamma = R / (2 pi) sin((1 - a) pi) / (cosh(a ln(tau / tau0)) - cos((1 - a) pi))."""
    drt = distribution(two_arcs(), regularisation=1e-6)
    s = np.log(drt.tau_s)
    a = 0.85
    exact = sum(
        R / (2 * np.pi) * np.sin((1 - a) * np.pi) / (np.cosh(a * (s - np.log(tau))) - np.cos((1 - a) * np.pi))
        for R, tau in ((0.005, 1e-3), (0.020, 0.1))
    )
    inside = (drt.tau_s > 1e-4) & (drt.tau_s < 1.0)
    assert np.abs(drt.gamma_ohm[0] - exact)[inside].max() < 0.12 * exact.max()
    total = np.trapezoid(drt.gamma_ohm[0], s)
    assert total == pytest.approx(0.025, rel=0.01)
    assert drt.resistance_ohm[0] == pytest.approx(0.010, rel=0.01)


@pytest.mark.parametrize("criterion", ["gcv", "l-curve", "cross-validation"])
@pytest.mark.parametrize("weight", ["modulus", "unit"])
def test_every_criterion_finds_a_lambda_that_fits_to_the_noise(criterion: str, weight: str) -> None:
    spectra = two_arcs(4, noise=2e-3)
    drt = distribution(spectra, regularisation=criterion, weight=weight)  # type: ignore[arg-type]
    assert len(set(drt.regularisation)) == 1
    scatter = np.sqrt(np.mean(np.abs(drt.residual) ** 2, axis=1) / 2)
    assert (scatter < 1.35 * 2e-3).all()
    assert 1e-7 < drt.regularisation[0] < 0.1
    for tau, resistance in ((1e-3, 0.005), (0.1, 0.020)):
        at = np.nanargmin(np.abs(np.log(np.nanmedian(drt.peaks.tau_s, axis=0)) - np.log(tau)))
        assert np.abs(np.log(drt.peaks.tau_s[:, at] / tau)).max() < 0.2
        assert np.abs(drt.peaks.resistance_ohm[:, at] / resistance - 1).max() < 0.2


def test_more_noise_is_smoothed_more() -> None:
    quiet, loud = (distribution(two_arcs(3, noise=n)).regularisation[0] for n in (1e-4, 1e-2))
    assert loud > 10 * quiet


def test_each_cell_may_have_its_own_lambda() -> None:
    random = np.random.default_rng(0)
    Z = two_arcs(2).impedance_ohm
    Z[1] *= 1 + 0.01 * (random.normal(size=51) + 1j * random.normal(size=51))
    own = distribution(Spectra.of(F, Z), shared=False).regularisation
    assert own[1] > 10 * own[0]


def test_inductance_is_found_and_does_not_bend_the_rest() -> None:
    Z = two_arcs().impedance_ohm + 2j * np.pi * F * 1e-7
    drt, without = distribution(Spectra.of(F, Z), regularisation=1e-4), distribution(two_arcs(), regularisation=1e-4)
    assert drt.inductance_h[0] == pytest.approx(1e-7, rel=0.05)
    assert np.abs(drt.gamma_ohm - without.gamma_ohm).max() < 0.05 * without.gamma_ohm.max()


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    spectra = two_arcs(40, noise=2e-3)
    drt = distribution(spectra, credible=0.95, n_draws=60)
    assert drt.low_ohm is not None
    assert drt.high_ohm is not None
    clean = distribution(two_arcs(), regularisation=float(drt.regularisation[0])).gamma_ohm[0]
    inside = (drt.low_ohm <= clean + 1e-9) & (clean - 1e-9 <= drt.high_ohm)
    seen = clean > 0.05 * clean.max()
    assert inside[:, seen].mean() > 0.93
    assert (drt.low_ohm <= drt.gamma_ohm + 1e-6).mean() > 0.99
    assert ((drt.high_ohm - drt.low_ohm)[:, seen].mean(axis=0) < 0.5 * clean.max()).all()


def test_units_scale() -> None:
    small, large = (distribution(Spectra.of(F, by * two_arcs().impedance_ohm), regularisation=1e-4) for by in (1.0, 1e4))
    np.testing.assert_allclose(large.gamma_ohm, 1e4 * small.gamma_ohm, rtol=1e-6, atol=1e-9)


def test_holes_and_dead_cells() -> None:
    Z = two_arcs(3, noise=1e-3).impedance_ohm
    Z[0, [3, 30]] = np.nan
    Z[1, 3:] = np.nan
    for weight in ("modulus", "unit"):
        drt = distribution(Spectra.of(F, Z), weight=weight, regularisation=1e-3)  # type: ignore[arg-type]
        assert drt.reasons == ("", "fewer than 6 usable points", "")
        assert np.isnan(drt.gamma_ohm[1]).all()
        assert np.isnan(drt.peaks.tau_s[1]).all()
        alone = distribution(Spectra.of(np.delete(F, [3, 30]), np.delete(Z[0], [3, 30])), weight=weight, regularisation=1e-3)  # type: ignore[arg-type]
        np.testing.assert_allclose(drt.gamma_ohm[0], alone.gamma_ohm[0], rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"regularisation": 0.0}, "is above 0; 0 came"),
        ({"regularisation": "best"}, "one of gcv, l-curve, cross-validation; 'best' came"),
        ({"per_decade": 1}, "per_decade is 2 at least"),
        ({"credible": 1.0}, "credible lies between 0 and 1"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(more: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        distribution(two_arcs(), **more)  # type: ignore[arg-type]


def test_peaks_of_drifting_cells_keep_their_columns() -> None:
    s = np.linspace(-9, 2, 111)

    def cell(shift: float, third: float) -> np.ndarray:
        at = ((-6.0 + shift, 1.0), (-2.0 + shift, 2.0), (1.0, third))
        return sum(size * np.exp(-((s - place) ** 2) / 0.3) for place, size in at)

    peaks = peaks_of(np.exp(s), np.stack([cell(0.6 * k / 19, 0.5 if k % 5 == 0 else 0.0) for k in range(20)]), 0.02)
    assert peaks.tau_s.shape == (20, 3)
    np.testing.assert_allclose(np.log(peaks.tau_s[:, 1]), -2.0 + 0.6 * np.arange(20) / 19, atol=0.02)
    assert np.isfinite(peaks.tau_s[:, 2]).tolist() == [k % 5 == 0 for k in range(20)]
    np.testing.assert_allclose(peaks.resistance_ohm[:, 0], np.sqrt(0.3 * np.pi), rtol=0.01)
