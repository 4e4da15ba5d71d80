"""Impedance of a stack: the middle of its cells, and its weakest cell against those beside it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws, standard normal: how weak the weakest cell is.
NOISE = ("weakest",)


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - the recipe says how the waveform is made
    r"""Return the middle of the cells, and how far the weakest lies above the cells beside it.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-hfr`, `rated-charge-transfer`, `rated-transport` [ohm m2]; `dry`, `flooded`, `poor-contact`, `poisoned`,
        `shorted` [share].
    recipe
        Not looked at: the frequencies decide how exactly is measured, not what.
    parameters
        `ohmic-spread`, `transfer-spread`, `transport-spread` [share], `weakest`, `weakest-spread` [standard deviations].
    noise
        `weakest`.

    Returns
    -------
    `hfr`, `charge-transfer`, `transport` [ohm m2], `weakest-hfr`, `weakest-charge-transfer`, `weakest-transport` [share], arrays (n,).

    Notes
    -----
    The largest of N normal deviations is near :math:`k\sigma` (:math:`k = 3` for 400 cells), so a sound weakest cell has
    :math:`w = e^{\sigma (k + s n)} - 1`. A fault multiplies its resistance by :math:`1 + f`; a path beside the cell that conducts the share g of
    it divides all of them by :math:`1 + g`. One cell of a stack is hurt: the others hide it from the middle.

    References
    ----------
    G. Blom, Statistical Estimates and Transformed Beta-Variables, 1958: the largest of N is near the quantile (N - 0.375) / (N + 0.25), 2.95 for
    400. What faults do is an editable assumption.
    """
    weak = parameters["weakest"] + parameters["weakest-spread"] * noise["weakest"]
    beside = 1.0 + inputs["shorted"]
    dry = inputs["dry"]
    ohmic = np.exp(parameters["ohmic-spread"] * weak) * (1.0 + dry) * (1.0 + inputs["poor-contact"]) / beside
    transfer = np.exp(parameters["transfer-spread"] * weak) * (1.0 + 0.5 * dry) * (1.0 + inputs["poisoned"]) / beside
    transport = np.exp(parameters["transport-spread"] * weak) * (1.0 + inputs["flooded"]) / beside
    return {
        "hfr": 1.0 * inputs["rated-hfr"],
        "charge-transfer": 1.0 * inputs["rated-charge-transfer"],
        "transport": 1.0 * inputs["rated-transport"],
        "weakest-hfr": ohmic - 1.0,
        "weakest-charge-transfer": transfer - 1.0,
        "weakest-transport": transport - 1.0,
    }
