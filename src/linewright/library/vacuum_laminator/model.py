"""Lamination: heat cross-links the encapsulant, pressure brings it into contact."""

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
    r"""Return gel content and peel force.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-gel-content` [share], `rated-peel` [N/m]; `plate-cold` [K], `membrane-slack` [share].
    recipe
        `temperature` [K].
    parameters
        `activation-energy` [J/mol].
    noise
        None.

    Returns
    -------
    `gel-content` [share], `peel` [N/m], arrays (n,).

    Notes
    -----
    Cross-linking of first order with Arrhenius' rate: in the same time :math:`1 - G = (1 - G_r)^{k/k_r}`, :math:`k/k_r = (1 - 0.2\,m)\,
    e^{-E/R\,(1/(T - \Delta) - 1/T)}`; pressure has a fifth of the say, through the heat contact (an editable assumption). The peel force follows
    the gel content and the pressure.

    References
    ----------
    Kinetics of first order; the numbers are defaults without a source.
    """
    warm = 1.0 / (recipe["temperature"] - inputs["plate-cold"]) - 1.0 / recipe["temperature"]
    rate = (1.0 - 0.2 * inputs["membrane-slack"]) * np.exp(-parameters["activation-energy"] / GAS_CONSTANT * warm)
    rated = inputs["rated-gel-content"]
    gel = np.where(rate == 1.0, rated, 1.0 - np.power(1.0 - rated, rate))
    return {"gel-content": gel, "peel": inputs["rated-peel"] * gel / rated * (1.0 - 0.5 * inputs["membrane-slack"])}
