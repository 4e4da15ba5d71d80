"""Soldering strings: heat and flux give the peel force, the grippers give gaps and length."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return length, gap and peel force of a string.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-string-length`, `rated-gap` [m], `rated-peel` [N/m]; `nest-cold` [K], `flux-thin` [share], `gap-wide` [m].
    recipe, noise
        None is looked at.
    parameters
        `wetting-span` [K], `cells` [1].

    Returns
    -------
    `string-length`, `gap` [m], `peel` [N/m], arrays (n,).

    Notes
    -----
    :math:`p = p_r\, (1 - f)\, e^{-(\Delta T/s)^2}`, :math:`l = l_r + (n - 1)\,g`: the area that the solder wets falls with flux and temperature (an
    editable assumption); the length is geometry.

    References
    ----------
    Geometry; the wetting is a default without a source.
    """
    wet = np.exp(-np.square(inputs["nest-cold"] / parameters["wetting-span"]))
    return {
        "string-length": inputs["rated-string-length"] + (parameters["cells"] - 1.0) * inputs["gap-wide"],
        "gap": inputs["rated-gap"] + inputs["gap-wide"],
        "peel": inputs["rated-peel"] * (1.0 - inputs["flux-thin"]) * wet,
    }
