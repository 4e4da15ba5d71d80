"""Firing: too cold and the paste does not touch, too hot and the passivation suffers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return series resistance and implied voltage after firing.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-series-resistance` [ohm m^2], `rated-implied-voltage` [V], `belt-cold` [K].
    recipe
        `firing-temperature` [K].
    parameters
        `best-temperature`, `contact-width`, `harm-step` [K], `harm` [V].
    noise
        None.

    Returns
    -------
    `series-resistance` [ohm m^2], `implied-voltage` [V], arrays (n,).

    Notes
    -----
    .. math:: R = R_r \left(1 + \left(\frac{T - T_b}{w}\right)^2\right), \quad V = V_r - h\, e^{(T - T_b)/s}

    A window: second order around its best point. Valid within two widths of it.

    References
    ----------
    Form and numbers are editable assumptions; laser-enhanced contacts widen the window (Mack et al., WCPEC-8, 2022).
    """
    off = recipe["firing-temperature"] - inputs["belt-cold"] - parameters["best-temperature"]
    return {
        "series-resistance": inputs["rated-series-resistance"] * (1.0 + np.square(off / parameters["contact-width"])),
        "implied-voltage": inputs["rated-implied-voltage"] - parameters["harm"] * np.exp(off / parameters["harm-step"]),
    }
