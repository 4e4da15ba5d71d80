"""Electroluminescence: cracked parts of a cell stay dark, and a camera tells a share of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Station at which a sound module's dark area is told as it is.
NOMINAL_SHARE, NOMINAL_CURRENT_A = 0.98, 9.0
#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return the dark area that the camera tells.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-crack-area`, `cells-cracked`, `lens-fogged` [shares].
    recipe
        `test-current` [A].
    parameters
        `seen-share` [share], `seen-current` [A].
    noise
        None.

    Returns
    -------
    `crack-area` [share], array (n,).

    Notes
    -----
    .. math:: a = (a_r + c)\, s\, \left(1 - e^{-(1 - f) I / I_s}\right) / n, \quad n = s_0 (1 - e^{-I_0 / I_s})

    where the nominal station (:math:`s_0` = 98 %, :math:`I_0` = 9 A) tells :math:`a_r` as it is: more current and a clean lens tell more of a crack.

    References
    ----------
    Form and numbers are editable assumptions.
    """
    told = parameters["seen-share"] * -np.expm1(-(1.0 - inputs["lens-fogged"]) * recipe["test-current"] / parameters["seen-current"])
    nominal = NOMINAL_SHARE * -np.expm1(-NOMINAL_CURRENT_A / parameters["seen-current"])
    return {"crack-area": (inputs["rated-crack-area"] + inputs["cells-cracked"]) * told / nominal}
