"""Diffusion: temperature and dopant give the sheet resistance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()
#: Gas constant in J/(mol K).
GAS_CONSTANT = 8.314462618


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return the sheet resistance of the doped side.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-sheet-resistance` [ohm], `zone-cold` [K], `gas-lean` [share].
    recipe
        `temperature` [K].
    parameters
        `activation-energy` [J/mol].
    noise
        None.

    Returns
    -------
    `sheet-resistance` [ohm], array (n,).

    Notes
    -----
    The dose that has diffused in goes with :math:`c\,\sqrt{D t}` and :math:`D \propto e^{-E/RT}`, the sheet resistance with its inverse:

    .. math:: R = R_r \, e^{E/2R\,(1/(T - \Delta) - 1/T)} / (1 - g)

    Valid near the recipe, for a surface that stays saturated.

    References
    ----------
    Fick's second law with a constant surface concentration, as in any textbook of diffusion.
    """
    warm = 1.0 / (recipe["temperature"] - inputs["zone-cold"]) - 1.0 / recipe["temperature"]
    slow = np.exp(0.5 * parameters["activation-energy"] / GAS_CONSTANT * warm)
    return {"sheet-resistance": inputs["rated-sheet-resistance"] * slow / (1.0 - inputs["gas-lean"])}
