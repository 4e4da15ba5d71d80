"""Calendering: the line load gives the density, mass and density give the thickness, density gives the porosity."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws, standard normal.
NOISE = ("gap",)


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:
    r"""Return density, thickness and porosity after the calender.

    Parameters
    ----------
    inputs
        Arrays (n,): `areal-weight` of one side [kg/m^2], `sides` [1], `foil-thickness` [m], `loose-density`, `dense-density`, `particle-density`
        [kg/m^3], `compaction-load` [N/m], `roll-worn`, `bearing-loose` [shares], `roll-cold` [K].
    recipe
        `line-load` [N/m], `roll-temperature` [K].
    parameters
        `softening` [1/K], `softening-from` [K], `gap-ripple` [share], `bruggeman-exponent` [1].
    noise
        `gap`.

    Returns
    -------
    `density` [kg/m^3] of the coating, `thickness` [m] of the web, `porosity` [share],
    `conducting-share` [share], arrays (n,).

    Notes
    -----
    Relations R2 and R3, with the line load q:

    .. math:: \rho = \rho_\infty - (\rho_\infty - \rho_0)\, e^{-q/\gamma}, \quad
              t = t_f + s\,m/\rho, \quad \varepsilon = 1 - \rho/\rho_s, \quad \gamma = \gamma_r\, e^{-a (T - T_r)}

    Relation R4: what the pores leave of the electrolyte's conductivity is :math:`\varepsilon / \tau = \varepsilon^{1.5}` (Bruggeman).

    A coating is fitted by `loose-density`, `dense-density` and `compaction-load`; spring-back is part of the fit. The softening with roll
    temperature is an editable assumption. A negative porosity says that the fit does not hold there.

    References
    ----------
    Meyer et al., J. Mater. Process. Technol. 249 (2017) 172. D. A. G. Bruggeman, Ann. Phys. 416 (1935) 636 (exponent 1.5, as in files of BattMo).
    """
    load = recipe["line-load"] * (1.0 - inputs["roll-worn"]) * (1.0 + (parameters["gap-ripple"] + inputs["bearing-loose"]) * noise["gap"])
    warmer = recipe["roll-temperature"] - inputs["roll-cold"] - parameters["softening-from"]
    scale = inputs["compaction-load"] * np.exp(-parameters["softening"] * warmer)
    density = inputs["dense-density"] - (inputs["dense-density"] - inputs["loose-density"]) * np.exp(-load / scale)
    thickness = inputs["foil-thickness"] + inputs["sides"] * inputs["areal-weight"] / density
    porosity = 1.0 - density / inputs["particle-density"]
    conducting = np.power(np.maximum(porosity, 0.0), parameters["bruggeman-exponent"])
    return {"density": density, "thickness": thickness, "porosity": porosity, "conducting-share": conducting}
