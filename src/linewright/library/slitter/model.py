"""Slitting: a burr that grows as the knives wear."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return the height of the burr.

    Parameters
    ----------
    inputs
        Arrays (n,): `blade-length` [m] cut since the knives were ground, `blade-damaged`, `blade-blunt` [m] burr
        added by a nick, by wear, `overlap-lost` [m].
    recipe
        `knife-overlap` [m].
    parameters
        `burr-new` [m], `burr-per-km` [m/m], `best-overlap` [m], `burr-per-overlap` [m/m].
    noise
        None.

    Returns
    -------
    `burr` [m], array (n,).

    Notes
    -----
    :math:`b = b_0 + w L + g\,|o - o_b| + d`: linear wear with the length cut, an editable assumption without a published fit for electrode foil.
    """
    off = np.abs(recipe["knife-overlap"] - inputs["overlap-lost"] - parameters["best-overlap"])
    worn = parameters["burr-new"] + parameters["burr-per-km"] * inputs["blade-length"]
    return {"burr": worn + parameters["burr-per-overlap"] * off + inputs["blade-damaged"] + inputs["blade-blunt"]}
