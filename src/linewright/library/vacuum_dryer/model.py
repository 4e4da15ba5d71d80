"""Vacuum drying of coils: water falls to what the binder holds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()
#: Gas constant in J/(mol K).
GAS_CONSTANT = 8.314462618


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return the water that is left in a coil.

    Parameters
    ----------
    inputs
        Arrays (n,): `time` [s], `oven-cold` [K].
    recipe
        `temperature` [K], `pressure` [Pa].
    parameters
        `start-water`, `equilibrium-water` [kg/kg], `drying-rate` [1/s], `activation-energy` [J/mol], `pressure-exponent` [1],
        `rated-temperature` [K], `rated-pressure` [Pa].
    noise
        None.

    Returns
    -------
    `water` [kg/kg], array (n,).

    Notes
    -----
    Relation R7:

    .. math:: w = w_e + (w_0 - w_e)\, e^{-k t}, \quad k = k_r\, e^{-E/R\,(1/T - 1/T_r)}\, (p_r/p)^n

    Valid while diffusion in the coil limits the rate (one constant for the whole coil). More is not better: the harshest drying gave the worst
    cells in one study of pouch cells, which this relation does not say.

    References
    ----------
    Huttner et al., Energy Technol. (post-drying); battery-lines.md, relation R7.
    """
    warm = 1.0 / (recipe["temperature"] - inputs["oven-cold"]) - 1.0 / parameters["rated-temperature"]
    vacuum = np.power(parameters["rated-pressure"] / (recipe["pressure"] + inputs["door-leaking"]), parameters["pressure-exponent"])
    rate = parameters["drying-rate"] * np.exp(-parameters["activation-energy"] / GAS_CONSTANT * warm) * vacuum
    floor = parameters["equilibrium-water"]
    return {"water": floor + (parameters["start-water"] + inputs["air-humid"] - floor) * np.exp(-rate * inputs["time"])}
