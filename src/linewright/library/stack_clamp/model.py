"""Compression of a stack: layers in a row give way like springs, contacts get better with pressure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return height and contact resistance of a clamped stack.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-height` [m], `rated-contact-resistance` [ohm m^2], `band-slack` [share].
    recipe
        `pressure` [Pa].
    parameters
        `rated-pressure`, `stiffness` [Pa], `contact-exponent` [1].
    noise
        None.

    Returns
    -------
    `height` [m], `contact-resistance` [ohm m^2], arrays (n,).

    Notes
    -----
    .. math:: h = h_r\, e^{(p_r - p)/E}, \quad r = r_r (p / p_r)^{-m}, \quad p = p_s (1 - f)

    Valid where the layers are elastic; the exponent of contacts lies between 0 and 1.

    References
    ----------
    Hooke's law; contact conductance as a power of the pressure (M. M. Yovanovich, IEEE Trans. Compon. Packag. Technol. 28 (2005) 182).
    """
    held = recipe["pressure"] * (1.0 - inputs["band-slack"])
    given = np.exp((parameters["rated-pressure"] - held) / parameters["stiffness"])
    touch = np.power(held / parameters["rated-pressure"], -parameters["contact-exponent"])
    return {"height": inputs["rated-height"] * given, "contact-resistance": inputs["rated-contact-resistance"] * touch}
