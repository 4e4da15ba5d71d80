"""Impedance of a circuit for many cells at once, with its derivatives by every parameter."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewright.eis.circuit import Circuit, Element, Node, Parallel
from linewright.eis.elements import ADMITTANCES, IMPEDANCES, Array, Axis

__all__ = ["impedance", "impedance_and_jacobian"]

Complexes = NDArray[np.complex128]
Slopes = list[tuple[int, Array]]


def impedance(circuit: Circuit, frequency_hz: ArrayLike, values: ArrayLike) -> Complexes:
    """Return the impedance of a circuit.

    Parameters
    ----------
    circuit
        What `parse_circuit` returned.
    frequency_hz
        float64 (n_f,), Hz, above 0.
    values
        float64 (n_cells, n_p), or (n_p,) for one cell; columns as in ``circuit.parameters``, each in its unit.

    Returns
    -------
    complex128 (n_cells, n_f), ohm.

    Examples
    --------
    >>> from linewright.eis.circuit import parse_circuit
    >>> impedance(parse_circuit("R0-p(R1,C1)"), [1 / (2 * np.pi)], [0.5, 2.0, 0.5]).round(12).tolist()
    [[(1.5-1j)]]
    """
    columns = np.atleast_2d(np.asarray(values, np.float64))
    axis = Axis.of(np.asarray(frequency_hz, np.float64))
    value, _ = immittance(circuit.root, axis, columns, is_admittance=False, is_derived=False)
    return np.array(np.broadcast_to(value, (len(columns), len(axis.omega))), np.complex128)


def impedance_and_jacobian(circuit: Circuit, axis: Axis, values: NDArray[np.float64]) -> tuple[Complexes, Complexes]:
    """Return the impedance of a circuit and its derivative by each parameter.

    Parameters
    ----------
    circuit
        What `parse_circuit` returned.
    axis
        Of n_f frequencies.
    values
        float64 (n_cells, n_p).

    Returns
    -------
    impedance
        complex128 (n_cells, n_f), ohm.
    jacobian
        complex128 (n_cells, n_p, n_f), ohm by unit of the parameter.

    Examples
    --------
    >>> from linewright.eis.circuit import parse_circuit
    >>> Z, J = impedance_and_jacobian(parse_circuit("R0-L0"), Axis.of(np.array([1 / (2 * np.pi)])), np.array([[2.0, 3.0]]))
    >>> Z.tolist(), J.tolist()
    ([[(2+3j)]], [[[(1+0j)], [1j]]])
    """
    n_f = len(axis.omega)
    value, slopes = immittance(circuit.root, axis, values, is_admittance=False, is_derived=True)
    jacobian = np.empty((len(values), len(circuit.parameters), n_f), np.complex128)
    for column, slope in slopes:
        jacobian[:, column] = slope
    return np.array(np.broadcast_to(value, (len(values), n_f)), np.complex128), jacobian


def immittance(node: Node, axis: Axis, values: NDArray[np.float64], *, is_admittance: bool, is_derived: bool) -> tuple[Array, Slopes]:
    """Return impedance or admittance of a part of a circuit, and where asked its derivative by each of its parameters, by column."""
    has_admittance = isinstance(node, Parallel)
    if isinstance(node, Element):
        has_admittance = node.kind not in IMPEDANCES or (is_admittance and node.kind in ADMITTANCES)
        law = (ADMITTANCES if has_admittance else IMPEDANCES)[node.kind]
        value, by_parameter = law(axis, *(values[:, c : c + 1] for c in range(node.first, node.first + node.width)))
        slopes = list(enumerate(by_parameter, node.first)) if is_derived else []
    else:
        value, slopes = immittance(node.parts[0], axis, values, is_admittance=has_admittance, is_derived=is_derived)
        for part in node.parts[1:]:
            more, more_slopes = immittance(part, axis, values, is_admittance=has_admittance, is_derived=is_derived)
            value = value + more
            slopes += more_slopes
    if has_admittance == is_admittance:
        return value, slopes
    value = 1.0 / value
    turned = -value * value
    return value, [(column, turned * slope) for column, slope in slopes]
