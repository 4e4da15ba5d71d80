"""Winding: the layers' section gives the diameter of the roll."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws, standard normal.
NOISE = ("length",)


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:
    r"""Return the diameter of a jelly roll.

    Parameters
    ----------
    inputs
        Arrays (n,): `wound-section` [m^2], the sum of length times thickness of all that is wound; `tension-lost`, `encoder-slipping`,
        `brake-jerking` [shares], `pin-worn` [m].
    recipe
        `tension` [N].
    parameters
        `pin` [m], `compression` [share] at `rated-tension` [N], `length-error` [share].
    noise
        `length`.

    Returns
    -------
    `diameter` [m], array (n,).

    Notes
    -----
    Relation R9 solved for the diameter; the layers are pressed by the tension in proportion to it (an editable assumption):

    .. math:: D = \sqrt{d^2 + \frac{4}{\pi} (1 - c\,F/F_r) \sum_i L_i t_i}

    Valid for a round roll of many layers, and for compressions of a few per cent.

    References
    ----------
    batterydesign.net, cylindrical electrode (relation R9 of battery-lines.md).
    """
    pressed = parameters["compression"] * recipe["tension"] * (1.0 - inputs["tension-lost"]) / parameters["rated-tension"]
    error = parameters["length-error"] + inputs["brake-jerking"]
    pin = np.maximum(parameters["pin"] - inputs["pin-worn"], 0.0)
    section = inputs["wound-section"] * (1.0 + inputs["encoder-slipping"]) * (1.0 + error * noise["length"]) * np.maximum(1.0 - pressed, 0.1)
    return {"diameter": np.sqrt(pin * pin + 4.0 / np.pi * section)}
