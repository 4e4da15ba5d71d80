"""Filling: a pump's stroke is a volume, a cell is filled by mass."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws, standard normal.
NOISE = ("stroke",)


def defaults(inputs: Values) -> dict[str, NDArray[np.float64]]:
    """Return the set-points that follow from the station where none is set: `dose` [kg] is what it adds to each item."""
    return {"dose": inputs["electrolyte-added"]}


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:
    r"""Return the mass of electrolyte in a cell.

    Parameters
    ----------
    inputs
        Arrays (n,): `nozzle-clogged`, `valve-sticking`, `dose-drifting` [shares], `chamber-leaking` [Pa].
    recipe
        `dose` [kg] as calibrated, `temperature` [K] of the electrolyte, `pressure` [Pa] of the chamber before filling.
    parameters
        `dose-temperature` [K], `expansion` [1/K], `stroke-error` [share], `spill-per-bar` [share], `spill-from` [Pa].
    noise
        `stroke`.

    Returns
    -------
    `electrolyte-mass` [kg], array (n,).

    Notes
    -----
    :math:`m = m_d\,(1 - \beta (T - T_d))\,(1 - s\,\max(p - p_s, 0))`: a calibrated volume is lighter when warm, and air left in the cell pushes
    electrolyte out again. Valid near the calibration; wetting (relation R14) is not in it.

    References
    ----------
    Mass balance; the numbers are editable assumptions.
    """
    warm = 1.0 - parameters["expansion"] * (recipe["temperature"] - parameters["dose-temperature"])
    spilt = parameters["spill-per-bar"] * np.maximum(recipe["pressure"] + inputs["chamber-leaking"] - parameters["spill-from"], 0.0) / 1e5
    lost = (1.0 - inputs["nozzle-clogged"]) * (1.0 - inputs["valve-sticking"]) * (1.0 + inputs["dose-drifting"])
    stroke = recipe["dose"] * (1.0 + parameters["stroke-error"] * noise["stroke"]) * lost
    return {"electrolyte-mass": stroke * warm * (1.0 - spilt)}
