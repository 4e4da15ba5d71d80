"""Slot-die coating and drying: mass balance at the die, heat and mass transfer in the oven."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws, standard normal: `pump` for each metre, `lane` once for each lane.
NOISE = ("pump", "lane")
#: Gas constant in J/(mol K).
GAS_CONSTANT = 8.314462618


def defaults(inputs: Values) -> dict[str, NDArray[np.float64]]:
    """Return the set-points that follow from the station where none is set: `pump-rate` [m^3/s] is what it takes per metre times its speed."""
    return {"pump-rate": inputs["slurry-per-metre"] * inputs["speed"]}


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:
    r"""Return the dry coating of one side, its wet thickness, and what solvent is left after the oven.

    Parameters
    ----------
    inputs
        Arrays (n,): `speed` [m/s], `density` [kg/m^3], `solids` [share], `coated-width` [m], `sides`, `lane`, `lanes` [1],
        `drying-flux` [kg/(m^2 s)], `evaporation-energy` [J/mol], `lane-clogged`, `pump-slipping`, `pump-pulsing`,
        `die-tilted` [shares], `zone-cold` [K].
    recipe
        `pump-rate` [m^3/s] of all sides, `oven-zones.1` .. `oven-zones.k` [K].
    parameters
        `slurry-yield`, `pump-ripple`, `die-crown`, `lane-spread`, `critical-moisture` [shares], `zone-length` [m], `flux-temperature` [K].
    noise
        `pump`, `lane`.

    Returns
    -------
    `areal-weight` [kg/m^2], `wet-thickness` [m], `residual-solvent` [kg/kg], arrays (n,).

    Notes
    -----
    Mass balance (relation R5): the wet film is :math:`h = y Q / (v w s)` and the dry coating of a side :math:`m = h \rho x`, times a lane's share of
    the flow, :math:`1 + c\,(u^2 - \overline{u^2}) + d\,u`, with u from -1 to 1 across the die and the mean taken over the lanes.

    Drying (relation R6) removes :math:`m (1-x)/x` of solvent. Each zone could take :math:`X_i = j_i\, l / (v\, m (1-x)/x)` of it, with
    :math:`j_i = j_r \exp(-E/R\,(1/T_i - 1/T_r))`. Down to the critical moisture f the rate is constant, then falls in proportion to what is left:
    of all solvent there remains :math:`1 - X` while :math:`X \le 1 - f`, and :math:`f \exp(-(X - 1 + f)/f)` after that.

    Valid for a stable bead (no air entrainment, no dripping) and for air that is far from saturated.

    References
    ----------
    Mass balance; two periods of drying as in any textbook of heat and mass transfer, such as Krischer, Kast, Trocknungstechnik 1, Springer 1978.
    """
    ripple = parameters["pump-ripple"] + inputs["pump-pulsing"]
    flow = recipe["pump-rate"] * (1.0 - inputs["pump-slipping"]) * parameters["slurry-yield"] * (1.0 + ripple * noise["pump"])
    lanes = inputs["lanes"]
    across = (2.0 * inputs["lane"] + 1.0) / lanes - 1.0
    mean_square = (1.0 - 1.0 / (lanes * lanes)) / 3.0
    bent = parameters["die-crown"] * (across * across - mean_square) + inputs["die-tilted"] * across
    share = (1.0 + bent) * (1.0 + parameters["lane-spread"] * noise["lane"])
    wet = flow / (inputs["speed"] * inputs["coated-width"] * inputs["sides"]) * share * (1.0 - inputs["lane-clogged"])
    areal_weight = wet * inputs["density"] * inputs["solids"]
    moisture = (1.0 - inputs["solids"]) / inputs["solids"]
    load = np.maximum(areal_weight * moisture, 1e-12)
    removed = np.zeros_like(load)
    for name in sorted(key for key in recipe if key.startswith("oven-zones.")):
        warm = 1.0 / (recipe[name] - inputs["zone-cold"]) - 1.0 / parameters["flux-temperature"]
        flux = inputs["drying-flux"] * np.exp(-inputs["evaporation-energy"] / GAS_CONSTANT * warm)
        removed = removed + flux * parameters["zone-length"] / inputs["speed"] / load
    critical = parameters["critical-moisture"]
    falling = critical * np.exp(-np.maximum(removed - (1.0 - critical), 0.0) / critical)
    left = np.where(removed <= 1.0 - critical, 1.0 - removed, falling)
    return {"areal-weight": areal_weight, "wet-thickness": wet, "residual-solvent": left * moisture}
