"""Leaks: laminar flow of a gas through pores and holes under the test pressure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return the leak that a bench reads.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-leak`, `room-warming` [m^3/s], `hole` [m].
    recipe
        `test-pressure` [Pa] above the surroundings.
    parameters
        `rated-pressure`, `surroundings` [Pa], `gas-viscosity` [Pa s], `wall` [m].
    noise
        None.

    Returns
    -------
    `leak` [m^3/s] at the pressure of the surroundings, array (n,).

    Notes
    -----
    Laminar flow of a gas that expands; a round hole of diameter d adds its own by Hagen and Poiseuille:

    .. math:: Q = Q_r \frac{p_1^2 - p_0^2}{p_r^2 - p_0^2} + \frac{\pi d^4}{256\, \mu\, L} \frac{p_1^2 - p_0^2}{p_0}

    Valid for holes in which the flow is laminar and slower than sound, up to some 100 um.

    References
    ----------
    Hagen-Poiseuille law for a compressible gas (DIN EN 1779 lists it for the conversion of leakage rates).
    """
    low = parameters["surroundings"]
    driven = np.square(recipe["test-pressure"] + low) - np.square(low)
    rated = np.square(parameters["rated-pressure"] + low) - np.square(low)
    hole = np.pi * inputs["hole"] ** 4 / (256.0 * parameters["gas-viscosity"] * parameters["wall"]) * driven / low
    return {"leak": inputs["rated-leak"] * driven / rated + hole + inputs["room-warming"]}
