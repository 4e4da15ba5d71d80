"""Gelation: the precursor in the cell reacts by a first-order law, faster where it is warmer."""

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
    r"""Return the share of the precursor that has become gel.

    Parameters
    ----------
    inputs
        Arrays (n,): `time` [s], `oven-cold` [K], `initiator-spent` [share].
    recipe
        `temperature` [K].
    parameters
        `rate` [1/s] at `rated-temperature` [K], `activation-energy` [J/mol].
    noise
        None.

    Returns
    -------
    `conversion` [share], array (n,).

    Notes
    -----
    .. math:: X = 1 - e^{-k t}, \quad k = k_r\,\sqrt{1 - s}\; e^{-E/R\,(1/T - 1/T_r)}

    The rate of a radical polymerisation goes with the root of the initiator that is left, 1 - s. Valid while the cell has the oven's temperature.

    References
    ----------
    First-order kinetics of radical polymerisation and the law of Arrhenius; the numbers are editable assumptions.
    """
    warm = recipe["temperature"] - inputs["oven-cold"]
    faster = np.exp(-parameters["activation-energy"] / GAS * (1.0 / warm - 1.0 / parameters["rated-temperature"]))
    rate = parameters["rate"] * np.sqrt(1.0 - inputs["initiator-spent"]) * faster
    return {"conversion": 1.0 - np.exp(-rate * inputs["time"])}
