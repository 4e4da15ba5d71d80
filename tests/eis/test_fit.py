"""Fits: what was put in comes out, at the stated noise; never worse than a careful slow fit; held as the user asks; each failure has its reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import least_squares

from linewright.eis.circuit import CircuitError, parse_circuit
from linewright.eis.fit import fit_circuit, t_quantile
from linewright.eis.impedance import impedance
from linewright.eis.spectrum import Spectra
from linewright.eis.variables import Constraints, ConstraintsError
from linewright.tuning.student import t_quantile as exact_quantile

F = np.logspace(4, -1, 51)
STACK = parse_circuit("L0-R0-p(R1,CPE1)-p(R2,CPE2)")


def stack(n: int, noise: float, seed: int = 0) -> tuple[Spectra, np.ndarray]:
    """Return fuel cells as in a stack of 350 cm2: HFR 0.143 mohm, a fast anode arc and the cathode's, each cell a little different."""
    random = np.random.default_rng(seed)
    middle = np.array([5e-9, 1.43e-4, 6e-5, 12.0, 0.85, 3.2e-4, 180.0, 0.88])
    values = middle * np.exp(random.normal(0, 0.05, (n, 8)))
    values[:, [4, 7]] = middle[[4, 7]] + random.normal(0, 0.01, (n, 2))
    Z = impedance(STACK, F, values)
    draw = random.normal(size=(*Z.shape, 2)) * noise
    return Spectra.of(F, Z * (1 + draw[..., 0] + 1j * draw[..., 1]), variance_ohm2=(noise * np.abs(Z)) ** 2), values


def test_high_frequency_resistance_and_charge_transfer_are_recovered() -> None:
    """At 0.1 % noise a point: HFR within 0.5 %, the cathode's charge transfer within 3 %, in every cell."""
    spectra, values = stack(60, 1e-3)
    fit = fit_circuit(spectra, STACK)
    assert fit.is_good.all()
    assert np.abs(fit.value("R0") / values[:, 1] - 1).max() < 0.005
    assert np.abs(fit.value("R2") / values[:, 5] - 1).max() < 0.03


def test_exact_data_give_exact_values_without_a_start() -> None:
    spectra, values = stack(5, 0.0)
    fit = fit_circuit(spectra, STACK, weight="modulus")
    np.testing.assert_allclose(fit.values, values, rtol=1e-5)


def test_intervals_hold_as_often_as_they_say() -> None:
    spectra, values = stack(200, 2e-3, seed=3)
    fit = fit_circuit(spectra, STACK, weight="measured", confidence=0.95)
    inside = ((fit.low <= values) & (values <= fit.high)).mean(axis=0)
    assert (inside > 0.90).all()
    assert (inside < 0.99).all()
    assert fit.reduced.mean() == pytest.approx(1.0, abs=0.03)


def test_standard_errors_and_correlations_are_those_of_linear_theory() -> None:
    """Against a Jacobian by SciPy at the same place, in the parameters themselves."""
    spectra, _ = stack(1, 1e-3)
    fit = fit_circuit(spectra, STACK)
    size = fit.values[0]

    def residual(relative: np.ndarray) -> np.ndarray:
        left = (impedance(STACK, F, relative * size)[0] - spectra.impedance_ohm[0]) / np.abs(spectra.impedance_ohm[0])
        return np.concatenate([left.real, left.imag])

    slow = least_squares(residual, np.ones(8), jac="3-point", xtol=1e-15, ftol=1e-15, gtol=1e-15)
    covariance = np.linalg.inv(slow.jac.T @ slow.jac) * 2 * slow.cost / (2 * len(F) - 8)
    np.testing.assert_allclose(fit.sigma[0] / size, np.sqrt(np.diag(covariance)), rtol=1e-3)
    by_sigma = covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    np.testing.assert_allclose(fit.correlation[0], by_sigma, atol=1e-3)


CASES = [("R0-p(R1,C1)-p(R2-Wo1,C2)", "modulus"), ("R0-p(R1,CPE1)-p(R2,CPE2)-W1", "unit"), ("R0-p(R1,CPE1)-p(R2,C2)-C3", "proportional")]


@pytest.mark.parametrize(("text", "weight"), CASES)
def test_never_worse_than_a_careful_slow_fit_of_real_spectra(shared: Path, text: str, weight: str) -> None:
    """SciPy starts from 6 places drawn at random around our own solution, up to a factor of 20 away, and finds nothing lower."""
    rows = np.load(shared / "data/eis/battery-cell/battery_cell_cycling_rows_000_064.npy")[::8]
    spectra = Spectra.of(rows[0, 0].real, rows[:, 1])
    circuit = parse_circuit(text)
    fit = fit_circuit(spectra, circuit, weight=weight)  # type: ignore[arg-type]
    random = np.random.default_rng(2)
    Z = spectra.impedance_ohm
    size = {"unit": np.ones((*Z.shape, 2)), "modulus": np.stack([np.abs(Z)] * 2, axis=-1)}.get(weight)
    if size is None:
        size = np.maximum(np.abs(np.stack([Z.real, Z.imag], axis=-1)), 0.01 * np.abs(Z)[..., None])
    is_log = np.array([p.is_scale for p in circuit.parameters])
    for k in (0, 8):

        def residual(theta: np.ndarray, k: int = k) -> np.ndarray:
            left = impedance(circuit, spectra.frequency_hz, np.where(is_log, np.exp(np.where(is_log, theta, 0.0)), theta))[0] - Z[k]
            return np.concatenate([left.real / size[k, :, 0], left.imag / size[k, :, 1]])

        own = np.where(is_log, np.log(np.where(is_log, fit.values[k], 1.0)), fit.values[k])
        assert 2 * 0.5 * np.sum(residual(own) ** 2) == pytest.approx(fit.cost[k], rel=1e-9)
        for _ in range(6):
            start = np.where(is_log, own + random.uniform(-3, 3, len(own)), random.uniform(0.5, 0.99, len(own)))
            bounds = (np.where(is_log, own - 15, 1e-3), np.where(is_log, own + 15, 1.0))
            slow = least_squares(residual, start, bounds=bounds, max_nfev=300)
            assert 2 * slow.cost > fit.cost[k] * (1 - 1e-6)


def test_arcs_stand_from_fast_to_slow_in_every_cell() -> None:
    spectra, values = stack(20, 1e-3)
    for text in ("L0-R0-p(R1,CPE1)-p(R2,CPE2)", "L0-R0-ZARC1-ZARC2"):
        fit = fit_circuit(spectra, text)
        tau = [
            fit.value(f"ZARC{k}.tau") if "Z" in text else (fit.value(f"R{k}") * fit.value(f"CPE{k}.Q")) ** (1 / fit.value(f"CPE{k}.alpha"))
            for k in (1, 2)
        ]
        assert (tau[0] < tau[1]).all()
        np.testing.assert_allclose(fit.value("R1" if "Z" not in text else "ZARC1.R"), values[:, 2], rtol=0.2)


def test_arcs_of_different_form_keep_the_order_as_written() -> None:
    """The slow arc is the sharp one; a fit that is free gives it to the capacitor, one that keeps the order may not."""
    Z = impedance(parse_circuit("R0-p(R1,C1)-p(R2,CPE2)"), F, [1.0, 1.0, 1.0, 0.5, 0.01, 0.7])
    free = fit_circuit(Spectra.of(F, Z), "R0-p(R1,C1)-p(R2,CPE2)")
    assert free.value("C1")[0] == pytest.approx(1.0, rel=1e-4)
    held = fit_circuit(Spectra.of(F, Z), "R0-p(R1,C1)-p(R2,CPE2)", constraints=Constraints(order="written"))
    slow = (held.value("R2") * held.value("CPE2.Q")) ** (1 / held.value("CPE2.alpha"))
    assert held.value("R1")[0] * held.value("C1")[0] <= slow[0] * (1 + 1e-3)
    assert held.cost[0] > free.cost[0]
    written = fit_circuit(Spectra.of(F, Z), "R0-p(R2,CPE2)-p(R1,C1)", constraints=Constraints(order="written"))
    assert written.cost[0] < 1e-12


def test_the_peak_frequency_of_an_arc_can_be_bounded() -> None:
    spectra, values = stack(5, 1e-3)
    peak = 1 / (2 * np.pi * (values[:, 5] * values[:, 6]) ** (1 / values[:, 7]))
    bounds = {"CPE1.peak_hz": (50.0, 1e3), "CPE2.peak_hz": (30.0, 49.0)}
    assert peak.max() < 30.0
    fit = fit_circuit(spectra, STACK, constraints=Constraints(bounds=bounds))
    found = 1 / (2 * np.pi * (fit.value("R2") * fit.value("CPE2.Q")) ** (1 / fit.value("CPE2.alpha")))
    np.testing.assert_allclose(found, 30.0, rtol=1e-9)
    assert all("`CPE2.peak_hz` lies at its bound" in reason for reason in fit.reasons)


def test_fixed_tied_and_bounded_parameters_are_held() -> None:
    spectra, values = stack(5, 1e-3)
    held = Constraints(fixed={"L0": values[:, 0], "CPE1.alpha": 0.85}, tied={"CPE2.alpha": "CPE1.alpha"}, bounds={"R0": (1.5e-4, None)})
    with pytest.raises(ConstraintsError, match=r"which is fixed; fix `CPE2.alpha` as well"):
        fit_circuit(spectra, STACK, constraints=held)
    held = Constraints(fixed={"L0": values[:, 0]}, tied={"CPE2.alpha": "CPE1.alpha", "R2": ("R1", 4.0)}, bounds={"R0": (1.5e-4, None)})
    fit = fit_circuit(spectra, STACK, constraints=held)
    np.testing.assert_allclose(fit.value("L0"), values[:, 0], rtol=1e-15)
    np.testing.assert_array_equal(fit.value("CPE1.alpha"), fit.value("CPE2.alpha"))
    np.testing.assert_allclose(fit.value("R2"), 4.0 * fit.value("R1"), rtol=1e-12)
    assert (fit.value("R0") >= 1.5e-4 * (1 - 1e-12)).all()
    assert fit.n_free == 5
    assert (fit.sigma[:, 0] == 0.0).all()
    np.testing.assert_allclose(fit.sigma[:, 5], 4.0 * fit.sigma[:, 2], rtol=1e-9)


def test_fixing_everything_only_judges() -> None:
    spectra, values = stack(2, 1e-3)
    fit = fit_circuit(spectra, STACK, constraints=Constraints(fixed={n: values[:, k] for k, n in enumerate(STACK.names)}))
    np.testing.assert_allclose(fit.impedance_ohm, impedance(STACK, F, values), rtol=1e-12)
    assert fit.n_free == 0
    assert fit.is_good.all()


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        ({"bounds": {"R9": (0, 1)}}, r"bounds: there is no `R9`; did you mean `R[012]`"),
        ({"bounds": {"CPE1.peak": (1, 2)}}, r"did you mean `CPE1.peak_hz`"),
        ({"fixed": {"CPE3.Q": 1.0}}, r"fixed: there is no `CPE3.Q`"),
        ({"bounds": {"R1": (2.0, 1.0)}}, r"`R1` lies between 2 and 1, which is nowhere"),
        ({"fixed": {"R1": -1.0}}, r"`R1` is above 0; -1 came"),
        ({"fixed": {"R1": [1.0, 2.0, 3.0]}}, r"the shape \(3,\) came"),
        ({"tied": {"R1": "CPE1.alpha"}}, r"`R1` is in ohm, `CPE1.alpha` in no unit"),
        ({"tied": {"R1": "R1"}}, r"tied itself"),
        ({"tied": {"R1": ("R2", -1.0)}}, r"is above 0; -1 came"),
        ({"tied": {"R1": "R2"}, "bounds": {"R1": (0, 1)}}, r"`R1` is tied and has bounds; bound `R2`"),
        ({"fixed": {"R1": 1.0}, "bounds": {"R1": (0, 1)}}, r"`R1` is fixed and bounded; choose one"),
        ({"bounds": {"CPE1.Q": (1, 2), "CPE1.peak_hz": (1, 2)}}, r"so is the peak frequency of its arc; choose one of both"),
        ({"order": "any"}, r"order is equal, written or free"),
    ],
)
def test_wrong_constraints_are_told(constraints: dict[str, object], message: str) -> None:
    with pytest.raises(ConstraintsError, match=message):
        fit_circuit(stack(2, 1e-3)[0], STACK, constraints=Constraints(**constraints))  # type: ignore[arg-type]


def test_all_wrong_constraints_are_told_at_once() -> None:
    with pytest.raises(ConstraintsError) as caught:
        fit_circuit(stack(1, 0)[0], STACK, constraints=Constraints(bounds={"X": (0, 1)}, fixed={"Y": 1.0}))
    assert len(caught.value.faults) == 2


def test_a_start_helps_and_a_wrong_name_is_told() -> None:
    spectra, values = stack(3, 1e-3)
    fit = fit_circuit(spectra, STACK, start={"R0": values[:, 1], "R2": 3e-4})
    assert fit.is_good.all()
    with pytest.raises(ConstraintsError, match="start: `R0` is above 0; -1 came"):
        fit_circuit(spectra, STACK, start={"R0": -1.0})
    with pytest.raises(ConstraintsError, match=r"or 3, one for each cell; the shape \(2,\) came"):
        fit_circuit(spectra, STACK, start={"R0": [1.0, 2.0]})
    with pytest.raises(CircuitError, match="no parameter `R7`"):
        fit_circuit(spectra, STACK, start={"R7": 1.0})


def test_each_failure_has_its_reason_and_the_others_are_fitted() -> None:
    spectra, values = stack(3, 1e-3)
    Z = spectra.impedance_ohm.copy()
    Z[1, 3:] = np.nan
    fit = fit_circuit(Spectra.of(F, Z), STACK)
    assert fit.reasons == ("", "3 usable points cannot carry 8 free parameters", "")
    assert fit.is_good.tolist() == [True, False, True]
    assert np.isnan(fit.values[1]).all()
    assert np.abs(fit.value("R0") / values[:, 1] - 1)[[0, 2]].max() < 0.005


def test_what_the_spectrum_does_not_tell_is_said() -> None:
    Z = impedance(parse_circuit("R0-p(R1,C1)"), F, [1.0, 1.0, 0.01]) * (1 + 1e-3 * np.random.default_rng(1).normal(size=51))
    fit = fit_circuit(Spectra.of(F, Z), "R0-p(R1,C1)-R9")
    assert fit.reasons[0]
    assert np.isnan(fit.sigma[0, [0, 3]]).all() or (fit.sigma[0, [0, 3]] > 0.5).all()


def test_arcs_that_have_become_one_are_named() -> None:
    Z = impedance(parse_circuit("R0-p(R1,C1)-p(R2,CPE2)"), F, [1.0, 0.5, 0.2, 0.5, 0.2, 0.9])
    fit = fit_circuit(Spectra.of(F, Z), "R0-p(R1,C1)-p(R2,CPE2)")
    assert "same time constant" not in fit.reasons[0]
    same = impedance(parse_circuit("R0-p(R1,C1)-p(R2,CPE2)"), F, [1.0, 0.5, 0.2, 0.5, 0.1**0.9 / 0.5, 0.9])
    assert "`C1` and `CPE2` have the same time constant" in fit_circuit(Spectra.of(F, same), "R0-p(R1,C1)-p(R2,CPE2)").reasons[0]


def test_an_arc_beyond_all_frequencies_has_no_error_of_its_resistance() -> None:
    """A capacitor in series, fitted by an arc: the box alone ends its resistance, so no standard error is told."""
    Z = impedance(parse_circuit("R0-p(R1,C1)-C2"), F, [1.0, 1.0, 0.01, 0.5])
    draw = 1e-3 * np.random.default_rng(2).normal(size=(2, len(F)))
    fit = fit_circuit(Spectra.of(F, Z * (1 + draw[0] + 1j * draw[1])), "R0-p(R1,C1)-p(R2,C2)")
    assert fit.value("C2")[0] == pytest.approx(0.5, rel=0.01)
    assert "C2.peak_hz" in fit.reasons[0]
    sigma = fit.sigma[0, fit.circuit.column("R2")]
    assert np.isnan(sigma) or sigma > fit.value("R2")[0]


def test_the_seed_is_an_argument() -> None:
    spectra, _ = stack(3, 1e-3)
    np.testing.assert_array_equal(fit_circuit(spectra, STACK, seed=4).values, fit_circuit(spectra, STACK, seed=4).values)


def test_holes_have_no_weight() -> None:
    spectra, _ = stack(2, 1e-3)
    Z = spectra.impedance_ohm.copy()
    Z[:, [4, 20]] = np.nan
    a = fit_circuit(Spectra.of(F, Z), STACK)
    b = fit_circuit(Spectra.of(np.delete(F, [4, 20]), np.delete(spectra.impedance_ohm, [4, 20], axis=1)), STACK)
    np.testing.assert_allclose(a.values, b.values, rtol=1e-4)
    np.testing.assert_array_equal(a.n_data, [98, 98])


@pytest.mark.parametrize("freedom", [4, 10, 40, 110])
def test_quantiles_are_near_the_exact_ones(freedom: int) -> None:
    assert t_quantile(0.95, freedom) == pytest.approx(exact_quantile(0.95, freedom), rel=2e-3)


def test_weights_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="needs the variance of each point"):
        fit_circuit(Spectra.of(F, stack(1, 1e-3)[0].impedance_ohm), STACK, weight="measured")
