"""Mixing: what is weighed in gives the solids, their share by volume gives the viscosity."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws, standard normal.
NOISE = ("weighing",)
#: Agglomerates of an unmixed powder in m (default).
UNMIXED_FINENESS_M = 200e-6
#: What is left of them however long one mixes, in m (default).
FINEST_M = 15e-6


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:
    r"""Return solids, viscosity and fineness of a batch.

    Parameters
    ----------
    inputs
        Arrays (n,): `solids-mass`, `liquid-mass` [kg], `time` [s], `particle-density`, `slurry-liquid-density` [kg/m^3], `binder-viscosity` [Pa s],
        `wrong-dose`, `binder-swollen`, `blade-worn` [shares].
    recipe
        `blade-speed` [1/s], `temperature` [K].
    parameters
        `turns-to-disperse` [1], `packing-limit` [share], `intrinsic-viscosity` [1], `viscosity-per-kelvin` [1/K], `weighing-error` [share].
    noise
        `weighing`.

    Returns
    -------
    `solids` [share], `viscosity` [Pa s], `fineness` [m], arrays (n,).

    Notes
    -----
    With the solids by volume :math:`\phi = (x/\rho_s) / (x/\rho_s + (1-x)/\rho_l)`, the viscosity follows Krieger and Dougherty:

    .. math:: \eta = \eta_b\,(1 - \phi/\phi_m)^{-[\eta]\phi_m}\; e^{-b (T - 25\,^\circ C)} \,/\, (1 - e^{-N t / N_0})

    The last factor is the share of agglomerates broken up after N t turns (an editable assumption). Valid below the packing limit; nearer than 0.1 %
    to it the value is that at 0.1 %. Shear thinning is not in it: it is the viscosity at the die.

    References
    ----------
    Krieger, Dougherty, Trans. Soc. Rheol. 3 (1959) 137.
    """
    solid = inputs["solids-mass"] * (1.0 + inputs["wrong-dose"]) * (1.0 + parameters["weighing-error"] * noise["weighing"])
    solids = solid / (solid + inputs["liquid-mass"])
    solid_volume = solids / inputs["particle-density"]
    volume_share = solid_volume / (solid_volume + (1.0 - solids) / inputs["slurry-liquid-density"])
    limit = parameters["packing-limit"]
    room = np.maximum(1.0 - volume_share / limit, 1e-3)
    agglomerates = np.exp(-recipe["blade-speed"] * (1.0 - inputs["blade-worn"]) * inputs["time"] / parameters["turns-to-disperse"])
    warm = np.exp(-parameters["viscosity-per-kelvin"] * (recipe["temperature"] - 298.15))
    binder = inputs["binder-viscosity"] * (1.0 + inputs["binder-swollen"])
    viscosity = binder * np.power(room, -parameters["intrinsic-viscosity"] * limit) * warm / np.maximum(1.0 - agglomerates, 1e-3)
    return {"solids": solids, "viscosity": viscosity, "fineness": FINEST_M + UNMIXED_FINENESS_M * agglomerates}
