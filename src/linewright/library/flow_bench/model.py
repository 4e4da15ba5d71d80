"""Pressure drop: laminar flow through the channels of a stack."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return the loss of pressure through a stack's channels.

    Parameters
    ----------
    inputs
        Arrays (n,): `intrusion`, `water-blocked` [shares].
    recipe
        `flow-speed` [m/s].
    parameters
        `gas-viscosity` [Pa s], `channel-length`, `channel-width` [m].
    noise
        None.

    Returns
    -------
    `pressure-drop` [Pa], array (n,).

    Notes
    -----
    The law of Hagen and Poiseuille, the same flow through narrower and fewer channels:

    .. math:: \Delta p = \frac{32\, \mu\, L\, v}{d^2}, \quad d = d_0 (1 - i), \quad v = \frac{v_0}{(1 - i)^2 (1 - b)}

    Valid for laminar flow, Reynolds numbers below 2,000, without loss at the manifolds.

    References
    ----------
    Hagen-Poiseuille law; the numbers are editable assumptions.
    """
    open_share = 1.0 - inputs["intrusion"]
    speed = recipe["flow-speed"] / (np.square(open_share) * (1.0 - inputs["water-blocked"]))
    width = parameters["channel-width"] * open_share
    return {"pressure-drop": 32.0 * parameters["gas-viscosity"] * parameters["channel-length"] * speed / np.square(width)}
