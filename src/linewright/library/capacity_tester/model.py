"""Grading: what a cell gives at the rate and warmth of the test, and its resistance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Gas constant [J/(mol K)] (exact, SI 2019).
GAS = 8.31446261815324
#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return discharge capacity and resistance of a cell.

    Parameters
    ----------
    inputs
        Arrays (n,): `capacity` [A s], `rated-resistance`, `probe-resistance` [ohm], `room-cold` [K].
    recipe
        `discharge` [1/s], `temperature` [K].
    parameters
        `capacity-per-kelvin` [1/K], `capacity-per-decade` [1], `resistance-energy` [J/mol], `rated-temperature` [K], `rated-discharge` [1/s].
    noise
        None.

    Returns
    -------
    `discharge-capacity` [A s], `resistance` [ohm], arrays (n,).

    Notes
    -----
    .. math:: C = C_f\,(1 + a (T - T_r))\,(1 - b \log_{10}(c / c_r)), \quad R = R_r\, e^{E/R_g\,(1/T - 1/T_r)} + R_p

    First order around the rated point; valid from 10 to 50 degC and 0.05 to 3 C.

    References
    ----------
    The law of Arrhenius for the resistance; slopes are editable assumptions.
    """
    warm = recipe["temperature"] - inputs["room-cold"]
    given = 1.0 + parameters["capacity-per-kelvin"] * (warm - parameters["rated-temperature"])
    fast = 1.0 - parameters["capacity-per-decade"] * np.log10(recipe["discharge"] / parameters["rated-discharge"])
    cold = np.exp(parameters["resistance-energy"] / GAS * (1.0 / warm - 1.0 / parameters["rated-temperature"]))
    return {
        "discharge-capacity": inputs["capacity"] * np.maximum(given, 0.0) * np.maximum(fast, 0.0),
        "resistance": inputs["rated-resistance"] * cold + inputs["probe-resistance"],
    }
