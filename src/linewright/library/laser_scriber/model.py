"""Laser scribing: the fluence gives the width of a line, width and debris give its isolation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return widths and offsets of the lines, and the isolation across P1.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-p1-width`, `rated-p2-width`, `rated-p3-width`, `rated-p2-offset`, `rated-p3-offset` [m], `rated-isolation` [ohm];
        `beam-weak`, `debris` [shares], `stage-warm` [m].
    recipe, noise
        None is looked at.
    parameters
        `threshold` [share].

    Returns
    -------
    `p1-width`, `p2-width`, `p3-width`, `p2-offset`, `p3-offset` [m], `isolation` [ohm], arrays (n,).

    Notes
    -----
    A Gaussian beam removes film where its fluence is above the threshold: :math:`w^2 \propto \ln(F/F_t)`, so
    :math:`w = w_r \sqrt{\ln((1 - b)/t) / \ln(1/t)}`, and nothing where it is below. The isolation is taken in proportion to the width.

    References
    ----------
    Liu, Opt. Lett. 7 (1982) 196 (widths of spots and the threshold).
    """
    above = np.log(np.maximum((1.0 - inputs["beam-weak"]) / parameters["threshold"], 1.0))
    wide = np.sqrt(above / np.log(1.0 / parameters["threshold"]))
    widths = {name: inputs[f"rated-{name}"] * wide for name in ("p1-width", "p2-width", "p3-width")}
    offsets = {name: inputs[f"rated-{name}"] + inputs["stage-warm"] for name in ("p2-offset", "p3-offset")}
    return {**widths, **offsets, "isolation": inputs["rated-isolation"] * wide * (1.0 - inputs["debris"])}
