"""Formation: the cathode's active mass gives the first charge, temperature and rate give the share that comes back; voltage and current in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, NDArray[np.float64]]

#: Chance that the caller draws: none, the station's spread is added.
NOISE = ()
#: What of a cell its curve follows from: characteristics by name, measured here or at another station.
CURVE = ("capacity", "first-efficiency", "resistance")
#: Charge at constant current, charge at the cut-off voltage, rest, discharge, rest until the tray is taken out.
PHASES = 5
#: Points of U(x) between which the state of charge at a voltage is found.
FINE = 2001


def effect(inputs: Values, recipe: Values, parameters: Values, noise: Values) -> dict[str, NDArray[np.float64]]:  # noqa: ARG001 - every effect has these
    r"""Return capacity and first efficiency of a cell.

    Parameters
    ----------
    inputs
        Arrays (n,): `cathode-areal-weight` [kg/m^2] of one side, `cathode-stripe-width`, `cathode-length` [m], `cathode-sides` [1],
        `cathode-active-share` [share], `cathode-first-charge` [A s/kg], `contact-loss`, `meter-drifting` [shares],
        `chamber-cold` [K], `cut-off-low` [V].
    recipe
        `charge` [1/s], `cut-off` [V], `temperature` [K].
    parameters
        `rated-efficiency` [share] at `rated-temperature` [K] and `rated-charge` [1/s], `efficiency-per-kelvin` [1/K], `efficiency-per-decade` [1],
        `cut-off-gain` [1/V], `rated-cut-off` [V].
    noise
        None.

    Returns
    -------
    `capacity` [A s] of the first discharge, `first-efficiency` [share], arrays (n,).

    Notes
    -----
    Relation R1 for the first charge, and the slopes of relation R11 (a regression over 182 cells of 0.25 Ah; both charge currents changed together,
    so -0.0365 - 0.0281 a decade) for the efficiency:

    .. math:: Q = s\,L\,b\,m\,w\,q\,(1 + g (U - U_r)), \quad
              \eta = \eta_r + 0.0025\,(T - T_r) - 0.0646\,\log_{10}(C/C_r), \quad C_1 = \eta\,Q

    Valid from 25 to 55 degC, where the regression was made; its level is that of the shipped chemistry, only its slopes are taken.

    References
    ----------
    Cui et al., Joule 8 (2024) 3072 (data of cx26/formation-analysis; relation R11 of battery-lines.md).
    """
    area = inputs["cathode-sides"] * inputs["cathode-length"] * inputs["cathode-stripe-width"]
    gain = 1.0 + parameters["cut-off-gain"] * (recipe["cut-off"] - inputs["cut-off-low"] - parameters["rated-cut-off"])
    charge = area * inputs["cathode-areal-weight"] * inputs["cathode-active-share"] * inputs["cathode-first-charge"] * gain
    warm = parameters["efficiency-per-kelvin"] * (recipe["temperature"] - inputs["chamber-cold"] - parameters["rated-temperature"])
    fast = parameters["efficiency-per-decade"] * np.log10(recipe["charge"] / parameters["rated-charge"])
    efficiency = np.clip(parameters["rated-efficiency"] + warm + fast, 0.0, 1.0)
    return {"capacity": charge * efficiency * (1.0 - inputs["contact-loss"]) * (1.0 + inputs["meter-drifting"]), "first-efficiency": efficiency}


def curve(shares: Sequence[NDArray[np.float64]], cell: Values, inputs: Values, recipe: Values, parameters: Values) -> dict[str, NDArray[np.float64]]:
    r"""Return time, voltage and current of cells at shares of the phases.

    Parameters
    ----------
    shares
        Of each of the `PHASES` the shares of it, 0 to 1, at which points are wanted; arrays (k,).
    cell
        Of each cell, arrays (n, 1): the characteristics of `CURVE` (`capacity` [A s], `first-efficiency` [share], `resistance` [ohm]), and how long
        the visit lasts, `time` [s].
    inputs
        `rated-capacity` [A s], array (1,).
    recipe
        `charge` [1/s], `cut-off` [V].
    parameters
        `empty-voltage` [V], `slope-share` [1], `knee` [1], `rest-time` [s], `end-charge` [1/s].

    Returns
    -------
    `time` [s] from the visit's begin, `voltage` [V], `current` [A] (charging above 0), arrays (n, sum of k).

    Notes
    -----
    The current is the same for all channels, rate times rated capacity. With x the state of charge, C the capacity and :math:`\eta` the first
    efficiency, the cell takes :math:`C / \eta`, gives C, and

    .. math:: V = U(x) + I R, \quad U(x) = U_0 + (U_1 - U_0)\left(s x + (1 - s) \frac{1 - e^{-c x}}{1 - e^{-c}}\right)

    At the cut-off :math:`U_1` the current falls exponentially to that of `end-charge`. A steep rise and then a slope look like a nickel-rich cell
    against graphite; :math:`U_0`, s and c are fitted to none. A phase for which the visit leaves no time lies beyond its end.

    References
    ----------
    The form is that of constant-current, constant-voltage charging; the numbers are defaults without a source.
    """
    size, capacity, resistance = recipe["charge"] * inputs["rated-capacity"], cell["capacity"], cell["resistance"]
    cut_off, one = recipe["cut-off"], np.ones_like(capacity)
    charge_s, discharge_s = capacity / cell["first-efficiency"] / size, capacity / size
    full = state_of_charge(cut_off - size * resistance, cut_off, parameters)  # where constant current meets the cut-off
    fall = np.maximum(recipe["charge"] / parameters["end-charge"], 1.0 + 1e-9)
    hold_s = (1.0 - full) * charge_s * np.log(fall) / (1.0 - 1.0 / fall)
    lengths = [charge_s * full, hold_s, parameters["rest-time"] * one, discharge_s]
    lengths.append(np.maximum(cell["time"] - sum(lengths), 1.0))
    volts = [
        open_circuit(full * shares[0], cut_off, parameters) + size * resistance,
        cut_off + 0.0 * shares[1] * one,
        open_circuit(one + 0.0 * shares[2], cut_off, parameters),
        open_circuit(1.0 - shares[3] * one, cut_off, parameters) - size * resistance,
        open_circuit(0.0 * one + 0.0 * shares[4], cut_off, parameters),
    ]
    flows = [size + 0.0 * shares[0], size * np.exp(-np.log(fall) * shares[1]), 0.0 * shares[2], -size + 0.0 * shares[3], 0.0 * shares[4]]
    begins = np.cumsum(np.hstack([0.0 * one, *lengths[:-1]]), axis=1)
    times = [begins[:, p : p + 1] + lengths[p] * shares[p] for p in range(PHASES)]
    return {"time": np.hstack(times), "voltage": np.hstack(volts), "current": np.hstack([flow * one for flow in flows])}


def open_circuit(x: NDArray[np.float64], full_v: NDArray[np.float64], parameters: Values) -> NDArray[np.float64]:
    """Return the open-circuit voltage U(x) [V] at states of charge x from 0 to 1, any shape; `full_v` is that of a full cell."""
    knee, straight = parameters["knee"], parameters["slope-share"]
    rise = (1.0 - np.exp(-knee * x)) / (1.0 - np.exp(-knee))
    volts: NDArray[np.float64] = parameters["empty-voltage"] + (full_v - parameters["empty-voltage"]) * (straight * x + (1.0 - straight) * rise)
    return volts


def state_of_charge(volts: NDArray[np.float64], full_v: NDArray[np.float64], parameters: Values) -> NDArray[np.float64]:
    """Return where U(x) is `volts`, array (n, 1): on straight lines between points of U, which rises; 0 or 1 beyond its ends."""
    x = np.linspace(0.0, 1.0, FINE)
    found: NDArray[np.float64] = np.interp(volts, open_circuit(x, full_v, parameters), x)
    return found
