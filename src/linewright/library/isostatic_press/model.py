"""Isostatic pressing: pressure closes the pores of a solid electrolyte."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return the relative density of a pressed stack.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-relative-density`, `pressure-low` [shares], `liquid-cold` [K].
    recipe
        `pressure` [Pa], `temperature` [K].
    parameters
        `rated-pressure` [Pa], `rated-temperature` [K], `compaction` [1/Pa], `softening` [1/K].
    noise
        None.

    Returns
    -------
    `relative-density` [share], array (n,).

    Notes
    -----
    Heckel's law, :math:`\ln \frac{1}{1 - D} = K P + A`, written around the rated point, with a slope that grows with warmth:

    .. math:: D = 1 - (1 - D_r)\, e^{K_r P_r - K P}, \quad K = K_r (1 + s (T - T_r))

    Valid where the powder deforms plastically, from 50 MPa on; less than no density is none.

    References
    ----------
    R. W. Heckel, Trans. Metall. Soc. AIME 221 (1961) 671 (the law); the slope is an editable assumption.
    """
    warm = recipe["temperature"] - inputs["liquid-cold"] - parameters["rated-temperature"]
    slope = parameters["compaction"] * np.maximum(1.0 + parameters["softening"] * warm, 0.0)
    closed = slope * recipe["pressure"] * (1.0 - inputs["pressure-low"]) - parameters["compaction"] * parameters["rated-pressure"]
    return {"relative-density": np.maximum(1.0 - (1.0 - inputs["rated-relative-density"]) * np.exp(-closed), 0.0)}
