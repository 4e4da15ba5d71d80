"""Lamination of films: they join by diffusion at their contact, longer and hotter is better."""

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
    r"""Return the adhesion of two films.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-adhesion` [N/m], `speed` [m/s], `roll-cold` [K], `film-dusty` [share].
    recipe
        `line-load` [N/m], `temperature` [K].
    parameters
        `rated-line-load` [N/m], `rated-temperature` [K], `rated-speed` [m/s], `load-exponent` [1], `bonding-energy` [J/mol].
    noise
        None.

    Returns
    -------
    `adhesion` [N/m], array (n,).

    Notes
    -----
    .. math:: G = G_r (1 - f) \left(\frac{q}{q_r}\right)^m \sqrt{\frac{v_r}{v}}\; e^{-E/R\,(1/T - 1/T_r)}

    Healing of polymers grows with the root of the time in the nip, so with the root of 1 / v. Valid well below full healing.

    References
    ----------
    Interdiffusion of polymers with the root of the time (Wool and O'Connor, J. Appl. Phys. 52 (1981) 5953); the numbers are editable assumptions.
    """
    warm = recipe["temperature"] - inputs["roll-cold"]
    joined = np.exp(-parameters["bonding-energy"] / GAS * (1.0 / warm - 1.0 / parameters["rated-temperature"]))
    pressed = np.power(recipe["line-load"] / parameters["rated-line-load"], parameters["load-exponent"])
    slow = np.sqrt(parameters["rated-speed"] / inputs["speed"])
    return {"adhesion": inputs["rated-adhesion"] * (1.0 - inputs["film-dusty"]) * pressed * slow * joined}
