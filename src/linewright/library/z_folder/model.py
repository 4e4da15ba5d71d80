"""Stacking: what grippers and cameras are off moves a sheet, and takes overhang from one edge."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return placement and least overhang of a sheet.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-placement`, `rated-overhang`, `gripper-offset`, `camera-shifted` [m].
    recipe, parameters, noise
        None is looked at.

    Returns
    -------
    `placement`, `overhang` [m], arrays (n,).

    Notes
    -----
    :math:`x = x_r + g + k, \quad o = o_r - |g + k|` (relation R8): a sheet that is moved to one side lacks as much overhang there.

    References
    ----------
    Geometry (relation R8 of battery-lines.md).
    """
    off = inputs["gripper-offset"] + inputs["camera-shifted"]
    return {"placement": inputs["rated-placement"] + off, "overhang": inputs["rated-overhang"] - np.abs(off)}
