"""Cutting: the feed gives the length, the guide the angle, the blade the burr."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def defaults(inputs: Values) -> dict[str, NDArray[np.float64]]:
    """Return the set-points that follow from the station where none is set: `cut-length` [m] is the length that it measures."""
    return {"cut-length": inputs["rated-length"]}


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return length, angle and burr of a sheet.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-length` [m], `rated-angle` [rad], `rated-burr` [m]; `feed-slipping` [share], `guide-skewed` [rad], `blade-worn` [m].
    recipe, parameters, noise
        None is looked at.

    Returns
    -------
    `length` [m], `angle` [rad], `burr` [m], arrays (n,).

    Notes
    -----
    :math:`l = l_r (1 + s) / \cos\gamma, \quad \alpha = \alpha_r + \gamma, \quad b = b_r + w`: geometry of a web that runs askew by the angle
    :math:`\gamma` under a straight blade. Valid for small angles; the growth of the burr with wear is an editable assumption.

    References
    ----------
    Geometry.
    """
    askew = inputs["guide-skewed"]
    return {
        "length": inputs["rated-length"] * (1.0 + inputs["feed-slipping"]) / np.cos(askew),
        "angle": inputs["rated-angle"] + askew,
        "burr": inputs["rated-burr"] + inputs["blade-worn"],
    }
