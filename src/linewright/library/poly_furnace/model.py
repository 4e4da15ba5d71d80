"""Tunnel oxide and polycrystalline silicon: a thin oxide grows with the logarithm of the time, the layer on it evenly."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Gas constant [J/(mol K)] (exact, SI 2019).
GAS = 8.31446261815324
#: Chance that the caller draws: standard normal, of the place in the tube.
NOISE = ("tube",)


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:
    r"""Return the thickness of the oxide and of the layer on it.

    Parameters
    ----------
    inputs
        Arrays (n,): `time` [s], `rated-poly-thickness`, `rated-oxide-thickness` [m], `zone-cold` [K], `silane-low` [share].
    recipe
        `temperature` [K], `oxide-time` [s].
    parameters
        `rated-temperature` [K], `rated-time`, `rated-oxide-time` [s], `deposition-energy`, `oxide-energy` [J/mol], `oxide-growth` [1],
        `spread-of-tube` [share].
    noise
        `tube`: of the thickness along the tube.

    Returns
    -------
    `poly-thickness`, `oxide-thickness` [m], arrays (n,).

    Notes
    -----
    .. math:: d = d_r \frac{t}{t_r} (1 - f)\, e^{-E_d/R\,(1/T - 1/T_r)}\,(1 + \sigma n), \quad
              x = x_r \left(1 + g \ln \frac{t_o}{t_{or}}\right) e^{-E_o/R\,(1/T - 1/T_r)}

    The deposition is limited by its reaction below 700 degC. Oxides below 3 nm grow with the logarithm of the time, not by the law of Deal and Grove.

    References
    ----------
    The logarithmic form for oxides below 3 nm and the numbers are editable assumptions.
    """
    warm = 1.0 / (recipe["temperature"] - inputs["zone-cold"]) - 1.0 / parameters["rated-temperature"]
    faster = np.exp(-parameters["deposition-energy"] / GAS * warm)
    along = 1.0 + parameters["spread-of-tube"] * noise["tube"]
    laid = inputs["time"] / parameters["rated-time"] * (1.0 - inputs["silane-low"]) * faster * along
    longer = np.maximum(1.0 + parameters["oxide-growth"] * np.log(recipe["oxide-time"] / parameters["rated-oxide-time"]), 0.0)
    grown = longer * np.exp(-parameters["oxide-energy"] / GAS * warm)
    return {"poly-thickness": inputs["rated-poly-thickness"] * laid, "oxide-thickness": inputs["rated-oxide-thickness"] * grown}
