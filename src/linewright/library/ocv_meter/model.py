"""Self-discharge: the current that flows inside a resting cell lets its voltage fall; the meter's noise limits what can be seen of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws, standard normal: of each of the two voltages.
NOISE = ("first", "second")


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:
    r"""Return the K-value of a cell.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-k-value` [V/s], `cell-voltage` [V], `soft-short` [S], `room-warm` [K], `probe-worn` [V].
    recipe
        `rest-temperature` [K].
    parameters
        `differential-capacity` [A s/V], `rest` [s], `meter-noise` [V], `doubling` [K], `rated-rest-temperature` [K].
    noise
        `first`, `second`.

    Returns
    -------
    `k-value` [V/s], array (n,).

    Notes
    -----
    Relation R13, :math:`K = (U_1 - U_2)/\Delta t` and :math:`I = C_d K`. A short of conductance G adds the current U G:

    .. math:: K = K_r\, 2^{(T - T_r)/\delta} + \frac{U G}{C_d} + \frac{\sigma (n_1 - n_2)}{\Delta t}

    The noise of K is :math:`\sqrt 2\,\sigma/\Delta t`: the longer the rest, the smaller a leak that can be told. Valid
    while the voltage falls evenly.

    References
    ----------
    battery-lines.md, relation R13 (the definition of K as the trade uses it); the doubling with temperature is an editable assumption.
    """
    warm = recipe["rest-temperature"] + inputs["room-warm"] - parameters["rated-rest-temperature"]
    own = inputs["rated-k-value"] * np.power(2.0, warm / parameters["doubling"])
    leak = inputs["cell-voltage"] * inputs["soft-short"] / parameters["differential-capacity"]
    sigma = parameters["meter-noise"] + inputs["probe-worn"]
    return {"k-value": own + leak + sigma * (noise["first"] - noise["second"]) / parameters["rest"]}
