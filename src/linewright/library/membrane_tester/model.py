"""Crossover: hydrogen goes through a membrane by diffusion, and through pinholes by flow."""

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
    r"""Return the crossover of a membrane.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-crossover`, `pinholes` [A/m^2], `membrane-thickness` [m].
    recipe
        `temperature` [K], `pressure-difference` [Pa].
    parameters
        `rated-thickness` [m], `rated-pressure-difference` [Pa], `rated-temperature` [K], `permeation-energy` [J/mol].
    noise
        None.

    Returns
    -------
    `crossover` [A/m^2], array (n,).

    Notes
    -----
    Fick's law with a permeability after Arrhenius; what flows through holes goes with the pressure difference:

    .. math:: i = i_r \frac{d_r}{d} \frac{\Delta p}{\Delta p_r} e^{-E/R\,(1/T - 1/T_r)} + i_p \frac{\Delta p}{\Delta p_r}

    Two electrons cross with each molecule, so the current and the flow are one. Valid for a wet membrane at rest.

    References
    ----------
    Fick's law and Faraday's law; the numbers are editable assumptions.
    """
    driven = recipe["pressure-difference"] / parameters["rated-pressure-difference"]
    warm = np.exp(-parameters["permeation-energy"] / GAS * (1.0 / recipe["temperature"] - 1.0 / parameters["rated-temperature"]))
    through = inputs["rated-crossover"] * parameters["rated-thickness"] / inputs["membrane-thickness"] * warm
    return {"crossover": (through + inputs["pinholes"]) * driven}
