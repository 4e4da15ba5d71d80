"""Impedance of a battery cell: its ohmic part, charge transfer and diffusion."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chances that the caller draws: none, the spread of a line's measures is its own.
NOISE: tuple[str, ...] = ()
#: Molar gas constant, J / (mol K).
GAS = 8.314462618


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - nothing is drawn here
    r"""Return the three parts of a cell's impedance at the temperature at which it is measured.

    Parameters
    ----------
    inputs
        Arrays (n,): `rated-ohmic`, `rated-charge-transfer`, `rated-warburg` [ohm]; `bad-weld`, `dried-out`, `thick-film`, `pores-closed` [share].
    recipe
        `temperature` [K].
    parameters
        `rated-temperature` [K], `activation` [J/mol].
    noise
        Nothing.

    Returns
    -------
    `ohmic`, `charge-transfer`, `warburg` [ohm], arrays (n,).

    Notes
    -----
    Charge transfer follows Arrhenius' law, :math:`R = R_r \exp(\frac{E}{R_g}(\frac{1}{T} - \frac{1}{T_r}))`. A fault of size f multiplies what it
    hurts by :math:`1 + f`: a bad weld the ohmic part alone; missing electrolyte the ohmic part, and half as much charge transfer and diffusion; a
    film on the particles charge transfer; closed pores diffusion.

    References
    ----------
    Arrhenius' law of the exchange current (textbook: Newman and Balsara, Electrochemical Systems). What faults do is an editable assumption.
    """
    warmth = np.exp(parameters["activation"] / GAS * (1.0 / recipe["temperature"] - 1.0 / parameters["rated-temperature"]))
    dry = inputs["dried-out"]
    return {
        "ohmic": inputs["rated-ohmic"] * (1.0 + inputs["bad-weld"]) * (1.0 + dry),
        "charge-transfer": inputs["rated-charge-transfer"] * warmth * (1.0 + inputs["thick-film"]) * (1.0 + 0.5 * dry),
        "warburg": inputs["rated-warburg"] * (1.0 + inputs["pores-closed"]) * (1.0 + 0.5 * dry),
    }
