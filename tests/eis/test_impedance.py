"""Impedance of circuits against closed forms, and every derivative against differences."""

from __future__ import annotations

import numpy as np
import pytest

from linewright.eis.circuit import parse_circuit
from linewright.eis.elements import Axis, coth
from linewright.eis.impedance import impedance, impedance_and_jacobian

F = np.logspace(5, -3, 49)
JW = 2j * np.pi * F
# (circuit, values, the same by NumPy's complex functions alone)
CLOSED = [
    ("R1", [2.0], 2.0 + 0 * JW),
    ("C1", [0.3], 1 / (JW * 0.3)),
    ("L1", [1e-6], JW * 1e-6),
    ("CPE1", [0.3, 0.8], 1 / (0.3 * JW**0.8)),
    ("W1", [0.5], 0.5 * (1 - 1j) / np.sqrt(2 * np.pi * F)),
    ("Wo1", [0.5, 0.01], 0.5 / (np.sqrt(JW * 0.01) * np.tanh(np.sqrt(JW * 0.01)))),
    ("Ws1", [0.5, 0.01], 0.5 * np.tanh(np.sqrt(JW * 0.01)) / np.sqrt(JW * 0.01)),
    ("G1", [0.5, 0.2], 0.5 / np.sqrt(1 + JW * 0.2)),
    ("ZARC1", [0.5, 0.2, 0.7], 0.5 / (1 + (JW * 0.2) ** 0.7)),
    ("p(R1,CPE1)", [0.5, 0.2**0.7 / 0.5, 0.7], 0.5 / (1 + (JW * 0.2) ** 0.7)),
    ("R0-p(R1-L1,C1)", [1.0, 2.0, 0.1, 0.2], 1.0 + (2.0 + JW * 0.1) / (1 + JW * 0.2 * (2.0 + JW * 0.1))),
]


@pytest.mark.parametrize(("text", "values", "closed"), CLOSED, ids=[c[0] for c in CLOSED])
def test_closed_forms(text: str, values: list[float], closed: np.ndarray) -> None:
    np.testing.assert_allclose(impedance(parse_circuit(text), F, values)[0], closed, rtol=2e-12)


def test_a_blocking_line_is_a_capacitance_with_a_third_of_the_ions_resistance() -> None:
    """At low frequency a pore is Rion / 3 + 1 / (j omega C); at high frequency it falls as the root of frequency at 45 degrees."""
    line = parse_circuit("TLM1")
    low = impedance(line, [1e-4], [3.0, np.inf, 2.0, 1.0])[0, 0]
    assert low.real == pytest.approx(1.0, rel=1e-3)
    assert low.imag == pytest.approx(-1 / (2e-4 * np.pi * 2.0), rel=1e-3)
    high = impedance(line, [1e6], [3.0, np.inf, 2.0, 1.0])[0, 0]
    assert np.degrees(np.angle(high)) == pytest.approx(-45.0, abs=1e-6)


def test_a_line_without_frequency_is_the_root_of_both_resistances() -> None:
    value = impedance(parse_circuit("TLM1"), [1e-9], [3.0, 2.0, 1.0, 0.9])[0, 0]
    assert value.real == pytest.approx(np.sqrt(6.0) / np.tanh(np.sqrt(1.5)), rel=1e-6)


NESTED = ["R0-p(R1,CPE1)-p(R2,C2)-Wo1-L0", "p(R1-Ws1,C1)-G1-ZARC1-TLM1-W1-p(L1,R2,C3-CPE2)", "p(Wo1,L1,W2)", "p(p(R1,C1)-G1,TLM1)"]


@pytest.mark.parametrize("text", NESTED)
def test_every_derivative_agrees_with_differences(text: str) -> None:
    circuit, axis = parse_circuit(text), Axis.of(F)
    values = np.random.default_rng(1).uniform(0.3, 1.0, (5, len(circuit.names)))
    Z, J = impedance_and_jacobian(circuit, axis, values)
    np.testing.assert_allclose(Z, impedance(circuit, F, values), rtol=1e-13)
    for k, name in enumerate(circuit.names):
        step = np.zeros(len(circuit.names))
        step[k] = 2e-4
        near = [impedance(circuit, F, values + h * step) for h in (-2, -1, 1, 2)]
        by_differences = (near[0] - 8 * near[1] + 8 * near[2] - near[3]) / (12 * step[k])
        rounding = 1e-11 * np.abs(Z).max(axis=1, keepdims=True)
        assert (np.abs(by_differences - J[:, k]) < 3e-8 * np.abs(by_differences).max(axis=1, keepdims=True) + rounding).all(), name


def test_coth_neither_overflows_nor_cancels() -> None:
    s = np.array([1e-7, 1e-3, 1.0, 30.0, 1e4]) * (1 + 1j)
    exact = [1 / s[0] + s[0] / 3, 1 / s[1] + s[1] / 3 - s[1] ** 3 / 45, 1 / np.tanh(s[2]), 1.0, 1.0]
    np.testing.assert_allclose(coth(s), exact, rtol=1e-12)
