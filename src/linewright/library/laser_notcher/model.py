"""Laser notching: power and focus give dross and heat-affected zone, the encoder gives the pitch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return pitch of the flags, dross and heat-affected zone.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-flag-pitch`, `rated-burr`, `rated-heat-affected-zone` [m]; `lens-dirty`, `encoder-slipping` [shares], `focus-shifted` [m].
    recipe, noise
        None is looked at.
    parameters
        `rayleigh-length` [m].

    Returns
    -------
    `flag-pitch`, `burr`, `heat-affected-zone` [m], arrays (n,).

    Notes
    -----
    With the beam's radius growing out of focus as :math:`r = \sqrt{1 + (z/z_R)^2}`, the intensity is :math:`i = (1 - d)/r^2` of what it should be;
    dross grows with 1/i, the heat-affected zone with r: a beam twice as wide heats twice as far, whatever its power. Both are editable
    assumptions, valid while the web is still cut through.

    References
    ----------
    Propagation of a Gaussian beam; ISO 11146 defines its terms.
    """
    wide = 1.0 + np.square(inputs["focus-shifted"] / parameters["rayleigh-length"])
    return {
        "flag-pitch": inputs["rated-flag-pitch"] * (1.0 + inputs["encoder-slipping"]),
        "burr": inputs["rated-burr"] * wide / (1.0 - inputs["lens-dirty"]),
        "heat-affected-zone": inputs["rated-heat-affected-zone"] * np.sqrt(wide),
    }
