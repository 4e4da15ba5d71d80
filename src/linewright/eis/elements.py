r"""Impedance of each kind of circuit element, with its derivatives.

Each function takes the axis and the element's parameters as columns, float64 (n_cells, 1), and returns ``(value, derivatives)``: the impedance
(or, from a function whose name begins with ``admit``, the admittance), complex (n_cells, n_f) or (n_cells, 1) where it does not depend on
frequency, and its derivative by each parameter in the same shape.

References
----------
Barsoukov, Macdonald: Impedance Spectroscopy, 3rd ed. (Wiley 2018), chapter 2. Orazem, Tribollet: Electrochemical Impedance Spectroscopy, 2nd ed.
(Wiley 2017), chapters 9, 12, 13. de Levie: Adv. Electrochem. Electrochem. Eng. 6 (1967) 329, for the porous electrode.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ADMITTANCES", "IMPEDANCES", "Axis"]

Array = NDArray[Any]
Immittance = tuple[Array, tuple[Array, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """Angular frequencies, and what the elements ask of them.

    Parameters
    ----------
    omega
        float64 (n_f,), rad/s.
    log
        Its natural logarithm.
    """

    omega: NDArray[np.float64]
    log: NDArray[np.float64]

    @classmethod
    def of(cls, frequency_hz: NDArray[np.float64]) -> Axis:
        """Return the axis of frequencies, float64 (n_f,), Hz."""
        omega = 2.0 * np.pi * frequency_hz
        return cls(omega, np.log(omega))


HALF_TURN = 0.5j * np.pi


def resistor(axis: Axis, R: Array) -> Immittance:
    """Z = R."""
    del axis
    return R, (np.ones_like(R),)


def admit_resistor(axis: Axis, R: Array) -> Immittance:
    """Y = 1 / R."""
    del axis
    return 1.0 / R, (-1.0 / R**2,)


def admit_capacitor(axis: Axis, C: Array) -> Immittance:
    """Y = j omega C."""
    unit = 1j * axis.omega[None, :]
    return unit * C, (unit,)


def inductor(axis: Axis, L: Array) -> Immittance:
    """Z = j omega L."""
    unit = 1j * axis.omega[None, :]
    return unit * L, (unit,)


def admit_constant_phase(axis: Axis, Q: Array, alpha: Array) -> Immittance:
    """Y = Q (j omega)^alpha."""
    unit = np.exp(alpha * axis.log) * np.exp(HALF_TURN * alpha)
    value = Q * unit
    return value, (unit, value * (axis.log + HALF_TURN))


def warburg(axis: Axis, sigma: Array) -> Immittance:
    """Z = sigma (1 - j) / sqrt(omega): diffusion into an infinite medium."""
    unit = (1.0 - 1.0j) * np.exp(-0.5 * axis.log)[None, :]
    return unit * sigma, (unit,)


def coth(s: Array) -> Array:
    """Return the hyperbolic cotangent for complex s with a positive real part, without overflow and exact for small s."""
    fourth = np.expm1(-4.0 * s.real)
    twice = 2.0 * np.exp(-2.0 * s.real)
    out = np.empty(s.shape, np.complex128)
    even, odd = 2.0 + fourth + twice * np.cos(2.0 * s.imag), twice * np.sin(2.0 * s.imag)
    size = even / (fourth * fourth + odd * odd)
    out.real = -fourth * size
    out.imag = -odd * size
    return out


def root_of(axis: Axis, tau: Array) -> Array:
    """Return sqrt(j omega tau)."""
    return np.sqrt(0.5 * tau * axis.omega) * (1.0 + 1.0j)


def open_warburg(axis: Axis, R: Array, tau: Array) -> Immittance:
    """Z = R coth(s) / s, s = sqrt(j omega tau): diffusion in a layer whose far side lets nothing through; R / 3 is its resistance."""
    s = root_of(axis, tau)
    c = coth(s)
    unit = c / s
    return R * unit, (unit, R / (2.0 * tau) * (1.0 - c * c - unit))


def short_warburg(axis: Axis, R: Array, tau: Array) -> Immittance:
    """Z = R tanh(s) / s, s = sqrt(j omega tau): diffusion through a layer to a constant concentration; R at frequency 0."""
    s = root_of(axis, tau)
    t = 1.0 / coth(s)
    unit = t / s
    return R * unit, (unit, R / (2.0 * tau) * (1.0 - t * t - unit))


def gerischer(axis: Axis, R: Array, tau: Array) -> Immittance:
    """Z = R / sqrt(1 + j omega tau): diffusion with a reaction on the way."""
    inner = 1.0 + 1j * (tau * axis.omega)
    unit = 1.0 / np.sqrt(inner)
    return R * unit, (unit, (-0.5 * R) * (1j * axis.omega) * unit / inner)


def zarc(axis: Axis, R: Array, tau: Array, alpha: Array) -> Immittance:
    """Z = R / (1 + (j omega tau)^alpha): the arc of a resistor beside a constant phase element, Q = tau^alpha / R (Cole and Cole 1941)."""
    log = axis.log + np.log(tau)
    u = np.exp(alpha * log) * np.exp(HALF_TURN * alpha)
    unit = 1.0 / (1.0 + u)
    by_u = -R * unit * unit * u
    return R * unit, (unit, by_u * (alpha / tau), by_u * (log + HALF_TURN))


def transmission_line(axis: Axis, Rion: Array, Rct: Array, Q: Array, alpha: Array) -> Immittance:
    """Z = Rion coth(s) / s, s = sqrt(Rion Y), Y = 1 / Rct + Q (j omega)^alpha: pores of a well conducting electrode.

    Rion is the ionic resistance through the whole thickness, Rct the charge transfer of all pore walls (infinite: blocking), Q and alpha their
    double layer.

    References
    ----------
    Landesfeind et al., J. Electrochem. Soc. 163 (2016) A1373, equation 5 and figure 3.
    """
    power = np.exp(alpha * axis.log) * np.exp(HALF_TURN * alpha)
    wall = Q * power
    Y = 1.0 / Rct + wall
    s = np.sqrt(Rion * Y)
    c = coth(s)
    unit = c / s
    bend = 0.5 * (1.0 - c * c - unit)
    by_y = Rion / Y * bend
    return Rion * unit, (unit + bend, by_y * (-1.0 / Rct**2), by_y * power, by_y * wall * (axis.log + HALF_TURN))


#: How an element is computed where it stands in series, or else in parallel; a kind that stands in one of them only is turned over.
IMPEDANCES: dict[str, Callable[..., Immittance]] = {
    "R": resistor,
    "L": inductor,
    "W": warburg,
    "Wo": open_warburg,
    "Ws": short_warburg,
    "G": gerischer,
    "ZARC": zarc,
    "TLM": transmission_line,
}
ADMITTANCES: dict[str, Callable[..., Immittance]] = {"R": admit_resistor, "C": admit_capacitor, "CPE": admit_constant_phase}
