"""Formation: the cathode's active mass gives the first charge, temperature and rate give the share that comes back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return capacity and first efficiency of a cell.

    Parameters
    ----------
    inputs
        Arrays (n,): `cathode-areal-weight` [kg/m^2] of one side, `cathode-stripe-width`, `cathode-length` [m], `cathode-sides` [1],
        `cathode-active-share` [share], `cathode-first-charge` [A s/kg], `contact-loss` [share].
    recipe
        `charge` [1/s], `cut-off` [V], `temperature` [K].
    parameters
        `rated-efficiency` [share] at `rated-temperature` [K] and `rated-charge` [1/s], `efficiency-per-kelvin` [1/K], `efficiency-per-decade` [1],
        `cut-off-gain` [1/V], `rated-cut-off` [V].
    noise
        None.

    Returns
    -------
    `capacity` [A s] of the first discharge, `first-efficiency` [share], arrays (n,).

    Notes
    -----
    Relation R1 for the first charge, and the slopes of relation R11 (a regression over 182 cells of 0.25 Ah; both charge currents changed together,
    so -0.0365 - 0.0281 a decade) for the efficiency:

    .. math:: Q = s\,L\,b\,m\,w\,q\,(1 + g (U - U_r)), \quad
              \eta = \eta_r + 0.0025\,(T - T_r) - 0.0646\,\log_{10}(C/C_r), \quad C_1 = \eta\,Q

    Valid from 25 to 55 degC, where the regression was made; its level is that of the shipped chemistry, only its slopes are taken.

    References
    ----------
    Cui et al., Joule 8 (2024) 3072 (data of cx26/formation-analysis; relation R11 of battery-lines.md).
    """
    area = inputs["cathode-sides"] * inputs["cathode-length"] * inputs["cathode-stripe-width"]
    gain = 1.0 + parameters["cut-off-gain"] * (recipe["cut-off"] - parameters["rated-cut-off"])
    charge = area * inputs["cathode-areal-weight"] * inputs["cathode-active-share"] * inputs["cathode-first-charge"] * gain
    warm = parameters["efficiency-per-kelvin"] * (recipe["temperature"] - parameters["rated-temperature"])
    fast = parameters["efficiency-per-decade"] * np.log10(recipe["charge"] / parameters["rated-charge"])
    efficiency = np.clip(parameters["rated-efficiency"] + warm + fast, 0.0, 1.0)
    return {"capacity": charge * efficiency * (1.0 - inputs["contact-loss"]), "first-efficiency": efficiency}
