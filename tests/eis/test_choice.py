"""The choice of a circuit, and the measurement model: what was put in is found, and how sure that is, is said."""

from __future__ import annotations

import numpy as np
import pytest

from linewright.eis.choice import choose_circuit
from linewright.eis.circuit import CircuitError, parse_circuit
from linewright.eis.impedance import impedance
from linewright.eis.measurement_model import measurement_model
from linewright.eis.spectrum import Spectra

F = np.logspace(4, -1, 51)
CIRCUITS = ["R0-p(R1,C1)", "R0-p(R1,CPE1)", "R0-p(R1,CPE1)-p(R2,CPE2)"]
TRUE = {
    0: ("R0-p(R1,C1)", [0.01, 0.02, 2.0]),
    1: ("R0-p(R1,CPE1)", [0.01, 0.02, 2.0, 0.85]),
    2: ("R0-p(R1,CPE1)-p(R2,CPE2)", [0.01, 0.02, 2.0, 0.85, 0.02, 50.0, 0.9]),
}


def spectra(noise: float = 1e-3) -> Spectra:
    random = np.random.default_rng(1)
    Z = np.concatenate([impedance(parse_circuit(text), F, [values] * 4) for text, values in TRUE.values()])
    draw = noise * random.normal(size=(*Z.shape, 2))
    return Spectra.of(F, Z * (1 + draw[..., 0] + 1j * draw[..., 1]), variance_ohm2=(noise * np.abs(Z)) ** 2)


@pytest.mark.parametrize("weight", ["modulus", "measured"])
def test_the_circuit_that_made_the_spectrum_is_found(weight: str) -> None:
    choice = choose_circuit(spectra(), CIRCUITS, weight=weight)  # type: ignore[arg-type]
    assert (choice.best == np.repeat([0, 1, 2], 4)).mean() > 0.9
    np.testing.assert_allclose(choice.weight.sum(axis=1), 1.0)
    assert choice.common == 2
    assert choice.doubt.startswith("R0-p(R1,CPE1)-p(R2,CPE2) is best for 4 of 12 cells; R0-p(R1,C1) for")


def test_how_sure_it_is_is_said() -> None:
    choice = choose_circuit(spectra(), CIRCUITS)
    for k, text in enumerate(choice.doubts):
        behind = np.sort(choice.score[k])[1] - np.sort(choice.score[k])[0]
        assert ("is clear" in text) == (behind >= 10)
        assert ("is nearly as good" in text) == (behind < 4)
        assert f"{behind:.1f} behind" in text


def test_the_simple_are_preferred_by_bic_more_than_by_aicc() -> None:
    bic, aicc = (choose_circuit(spectra(), CIRCUITS, criterion=c) for c in ("bic", "aicc"))  # type: ignore[arg-type]
    assert (bic.best <= aicc.best).all()


def test_a_dead_cell_is_said_and_the_others_are_chosen() -> None:
    own = spectra()
    Z = own.impedance_ohm.copy()
    Z[3, 1:] = np.nan
    choice = choose_circuit(Spectra.of(F, Z), CIRCUITS)
    assert choice.best[3] == -1
    assert choice.doubts[3].startswith("no circuit could be fitted: 1 usable points cannot carry")
    assert choice.best[2] == 0


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="aicc or bic"):
        choose_circuit(spectra(), CIRCUITS, criterion="aic")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no circuit came"):
        choose_circuit(spectra(), [])
    with pytest.raises(CircuitError):
        choose_circuit(spectra(), ["R0-"])


def test_the_measurement_model_finds_the_elements_and_the_noise() -> None:
    Z = impedance(parse_circuit("L0-R0-p(R1,C1)-p(R2,C2)-p(R3,C3)"), F, [[1e-7, 0.01, 0.02, 0.02, 0.01, 1.0, 0.02, 20.0]] * 6)
    draw = 2e-3 * np.random.default_rng(3).normal(size=(*Z.shape, 2))
    model = measurement_model(Spectra.of(F, Z * (1 + draw[..., 0] + 1j * draw[..., 1])))
    assert (model.n_elements == 3).all()
    np.testing.assert_allclose(model.tau_s, [[4e-4, 0.01, 0.4]] * 6, rtol=0.15)
    np.testing.assert_allclose(model.element_ohm[:, 0], 0.02, rtol=0.15)
    np.testing.assert_allclose(model.noise, 2e-3, rtol=0.25)
    np.testing.assert_allclose(model.inductance_h, 1e-7, rtol=0.1)


def test_the_measurement_model_leaves_drift_in_the_residual() -> None:
    Z = impedance(parse_circuit("R0-p(R1,C1)"), F, [[0.01, 0.02, 0.5]] * 2)
    draw = 1e-3 * np.random.default_rng(3).normal(size=(*Z.shape, 2))
    Z = Z * (1 + draw[..., 0] + 1j * draw[..., 1])
    Z[1, 25:] = Z[1, 25:].real * 1.1 + 1j * Z[1, 25:].imag
    noise = measurement_model(Spectra.of(F, Z)).noise
    assert noise[0] < 1.3e-3
    assert noise[1] > 3 * noise[0]


def test_the_measurement_model_says_what_it_cannot_judge() -> None:
    dead = np.full((1, 51), np.nan + 0j)
    assert measurement_model(Spectra.of(F, dead)).reasons == ("0 usable points cannot carry 4 free parameters",)
    resistor = np.ones((1, 51)) * (1 + 1e-3 * np.random.default_rng(0).normal(size=51))
    model = measurement_model(Spectra.of(F, resistor))
    assert model.n_elements[0] == 0
    assert model.reasons == ("not even one RC element is borne",)
