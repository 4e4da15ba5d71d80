"""Wetting: the electrolyte creeps into the pores, and its way grows with the root of the time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Gas constant [J/(mol K)] (exact, SI 2019).
GAS = 8.31446261815324
#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return the share of the way that is wetted.

    Parameters
    ----------
    inputs
        Arrays (n,): `time` [s], `wetting-way` [m], `room-cold` [K].
    recipe
        `temperature` [K].
    parameters
        `pore-radius` [m], `contact-angle` [1], `surface-tension` [N/m], `electrolyte-viscosity` [Pa s] at `rated-temperature` [K],
        `flow-energy` [J/mol].
    noise
        None.

    Returns
    -------
    `wetted` [share], array (n,).

    Notes
    -----
    Relation R14, Washburn's law, with a viscosity that falls with warmth after Arrhenius:

    .. math:: l^2 = \frac{r\,\gamma \cos\theta\; t}{2 \eta(T)}, \quad \eta = \eta_r\, e^{E/R\,(1/T - 1/T_r)}, \quad w = \min(1, l / h)

    The time to wet a cell goes with the square of its way. Valid for one liquid front from the edges and without vacuum.

    References
    ----------
    E. W. Washburn, Phys. Rev. 17 (1921) 273 (the law; relation R14 of battery-lines.md). The numbers are editable assumptions.
    """
    warm = recipe["temperature"] - inputs["room-cold"]
    viscosity = parameters["electrolyte-viscosity"] * np.exp(parameters["flow-energy"] / GAS * (1.0 / warm - 1.0 / parameters["rated-temperature"]))
    pull = parameters["pore-radius"] * parameters["surface-tension"] * np.cos(parameters["contact-angle"])
    way = np.sqrt(pull * inputs["time"] / (2.0 * viscosity))
    return {"wetted": np.minimum(1.0, way / inputs["wetting-way"])}
