"""Laser welding: the power that melts gives the section of the seam."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws, standard normal.
NOISE = ("power",)


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:
    r"""Return width and depth of the seam.

    Parameters
    ----------
    inputs
        Arrays (n,): `lens-dirty`, `beam-unsteady`, `gap-open` [shares], `focus-shifted` [m].
    recipe
        `power` [W], `weld-speed` [m/s], `focus-offset` [m].
    parameters
        `melting-share` [share], `melting-heat` [J/m^3], `depth-to-width` [1], `rayleigh-length` [m], `power-ripple` [share].
    noise
        `power`.

    Returns
    -------
    `nugget-width`, `nugget-depth` [m], arrays (n,).

    Notes
    -----
    Heat balance of a seam of section A that moves at speed v, with a half ellipse of width w and depth a w:

    .. math:: A = \frac{\eta P}{v\,\rho\Delta h\,(1 + (z/z_R)^2)}, \quad w = \sqrt{\frac{4 A}{\pi a}}

    Valid for a keyhole seam far from the threshold of welding. The fall with the focus offset z is that of the beam's intensity (an assumption).

    References
    ----------
    Heat balance; the melting share is fitted to the shipped recipe.
    """
    off = (np.abs(recipe["focus-offset"]) + inputs["focus-shifted"]) / parameters["rayleigh-length"]
    ripple = parameters["power-ripple"] + inputs["beam-unsteady"]
    power = recipe["power"] * (1.0 - inputs["lens-dirty"]) * (1.0 - inputs["gap-open"]) * (1.0 + ripple * noise["power"])
    section = parameters["melting-share"] * np.maximum(power, 0.0) / (recipe["weld-speed"] * parameters["melting-heat"] * (1.0 + off * off))
    width = np.sqrt(4.0 * section / (np.pi * parameters["depth-to-width"]))
    return {"nugget-width": width, "nugget-depth": parameters["depth-to-width"] * width}
