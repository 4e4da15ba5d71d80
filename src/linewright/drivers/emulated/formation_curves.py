"""Voltage and current of cells in formation: one curve a cell and visit, a few points joined by straight lines.

A charge at constant current up to the cut-off, then at that voltage until the current has fallen to a twentieth of the C-rate; a rest; a
discharge at the charging current; a rest until the tray leaves. With x the state of charge, I the current and R the resistance::

    V = U(x) + I R     U(x) = U0 + (U1 - U0) (s x + (1 - s) (1 - exp(-c x)) / (1 - exp(-c)))

The form of U(x), a steep rise and then a slope, and the numbers U0, s, c are an editable default without a source: it looks like a nickel-rich
cell against graphite, and fits none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["POINTS_MOST", "Curves", "Formation", "formation_curves"]

POINTS_MOST = 64
REST_S = 600.0
#: Where the charge at constant voltage ends, as a C-rate. Editable default.
END_RATE_PER_H = 0.05
_FINE = 4000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Formation:
    """The recipe of a formation and its meter.

    Parameters
    ----------
    rate_per_h
        C-rate of charge and discharge [1/h].
    cut_off_v
        Upper voltage [V].
    time_s
        How long a tray stays [s].
    error_v, error_a
        Limits of the meter's error [V], [A]: the straight lines stay within them.
    empty_v, slope_share, knee
        U0, s and c of the equation.
    """

    rate_per_h: float
    cut_off_v: float
    time_s: float
    error_v: float = 0.005
    error_a: float = 0.01
    empty_v: float = 2.8
    slope_share: float = 0.7
    knee: float = 12.0

    def open_circuit_v(self, x: Floats) -> Floats:
        """Return U(x) for states of charge x from 0 to 1, any shape."""
        rise = (1.0 - np.exp(-self.knee * x)) / (1.0 - np.exp(-self.knee))
        volts: Floats = self.empty_v + (self.cut_off_v - self.empty_v) * (self.slope_share * x + (1.0 - self.slope_share) * rise)
        return volts


@dataclass(frozen=True, slots=True)
class Curves:
    """Corners of n curves, k points each: seconds from the start of the visit, volts, amperes, all of shape (n, k)."""

    t_s: Floats
    volts: Floats
    amperes: Floats


def formation_curves(formation: Formation, capacity_ah: Floats, efficiency: Floats, resistance_ohm: Floats) -> Curves:
    """Return the curves of n cells.

    Parameters
    ----------
    formation
        Recipe and meter.
    capacity_ah, efficiency, resistance_ohm
        Of each cell: discharge capacity [Ah], first efficiency [share], resistance [ohm], shape (n,).

    Returns
    -------
    Curves
        At most `POINTS_MOST` points each. The corners lie at the same share of each phase for all cells, so that only their times and heights differ.

    Examples
    --------
    >>> f = Formation(0.1, 4.2, 86400.0)
    >>> c = formation_curves(f, np.array([5.0]), np.array([0.87]), np.array([0.02]))
    >>> c.t_s.shape[1] <= POINTS_MOST, round(float(c.volts.max()), 3), round(float(c.t_s[0, -1]))
    (True, 4.2, 86400)
    """
    f = formation
    mean = Cell(float(np.mean(capacity_ah)), float(np.mean(efficiency)), float(np.mean(resistance_ohm)))
    shares = _corner_shares(f, mean)
    phases = _phases(f, capacity_ah[:, None], efficiency[:, None], resistance_ohm[:, None])
    t0 = np.zeros((len(capacity_ah), 1))
    t, v, i = [], [], []
    for phase, share in zip(phases, shares, strict=True):
        volts, amperes = phase.at(share[None, :])
        t.append(t0 + phase.length_s * share[None, :])
        v.append(volts)
        i.append(amperes)
        t0 = t0 + phase.length_s
    t_s, volts, amperes = np.hstack(t), np.hstack(v), np.hstack(i)
    return _cut(t_s, volts, amperes, f.time_s)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: capacity [Ah], first efficiency, resistance [ohm]."""

    capacity_ah: float
    efficiency: float
    resistance_ohm: float


@dataclass(frozen=True, slots=True)
class _Phase:
    """One phase of n cells: its length (n, 1), and at a share u of it the state of charge, the current and the voltage's law."""

    formation: Formation
    kind: str
    length_s: Floats
    full_x: Floats
    current_a: Floats
    resistance_ohm: Floats

    def at(self, u: Floats) -> tuple[Floats, Floats]:
        """Return volts and amperes at shares u of the phase, shape (n, k)."""
        f, i, r = self.formation, self.current_a, self.resistance_ohm
        one = np.ones_like(self.length_s * u)
        if self.kind == "charge":
            return f.open_circuit_v(self.full_x * u) + i * r * one, i * one
        if self.kind == "hold":
            fall = np.log(self.full_x)  # of the current, from I to its last value, in the whole phase
            return f.cut_off_v * one, i * np.exp(-fall * u)
        if self.kind == "discharge":
            return f.open_circuit_v(1.0 - u) - i * r * one, -i * one
        return f.open_circuit_v(self.full_x) * one, 0.0 * one


def _phases(f: Formation, capacity_ah: Floats, efficiency: Floats, resistance_ohm: Floats) -> list[_Phase]:
    current = capacity_ah * f.rate_per_h
    fine = np.linspace(0.0, 1.0, _FINE)
    # the state of charge at which constant current meets the cut-off: where U(x) = cut-off - I R
    x_full = np.interp(f.cut_off_v - current * resistance_ohm, f.open_circuit_v(fine), fine)
    charge_s = 3600.0 * capacity_ah / efficiency / current
    fall = np.maximum(f.rate_per_h / END_RATE_PER_H, 1.0 + 1e-9) * np.ones_like(capacity_ah)
    tau_s = (1.0 - x_full) * charge_s / (1.0 - 1.0 / fall)
    rest, one = REST_S * np.ones_like(current), np.ones_like(current)
    used = charge_s * x_full + tau_s * np.log(fall) + rest + 3600.0 * capacity_ah / current
    left = np.maximum(f.time_s - used, 1.0)
    return [
        _Phase(f, "charge", charge_s * x_full, x_full, current, resistance_ohm),
        _Phase(f, "hold", tau_s * np.log(fall), fall, current, resistance_ohm),
        _Phase(f, "rest", rest, one, current, resistance_ohm),
        _Phase(f, "discharge", 3600.0 * capacity_ah / current, one, current, resistance_ohm),
        _Phase(f, "rest", left, 0.0 * one, current, resistance_ohm),
    ]


def _corner_shares(f: Formation, cell: Cell) -> list[Floats]:
    """Return for each phase the shares where the mean cell's curve is bent: straight lines between them stay within half the meter's error."""
    column = [np.array([[x]]) for x in (cell.capacity_ah, cell.efficiency, cell.resistance_ohm)]
    shares = []
    for phase in _phases(f, *column):
        u = np.linspace(0.0, 1.0, 513)
        volts, amperes = phase.at(u[None, :])
        shares.append(u[_corners(np.maximum(np.abs(_scaled(volts[0], f.error_v)), 0.0), _scaled(amperes[0], f.error_a))])
    return shares


def _scaled(y: Floats, error: float) -> Floats:
    return y / (0.5 * error)


def _corners(*curves: Floats) -> NDArray[np.int64]:
    """Return indices such that straight lines between them leave no curve by more than 1 (Ramer, Douglas and Peucker, vertical distances)."""
    keep, todo = {0, len(curves[0]) - 1}, [(0, len(curves[0]) - 1)]
    while todo:
        a, b = todo.pop()
        if b - a < 2:
            continue
        share = np.arange(b - a + 1) / (b - a)
        off = np.zeros(b - a + 1)
        for y in curves:
            np.maximum(off, np.abs(y[a : b + 1] - (y[a] + (y[b] - y[a]) * share)), out=off)
        worst = int(np.argmax(off))
        if off[worst] > 1.0:
            keep.add(a + worst)
            todo += [(a, a + worst), (a + worst, b)]
    return np.array(sorted(keep), np.int64)


def _cut(t_s: Floats, volts: Floats, amperes: Floats, end_s: float) -> Curves:
    """Let every curve end at `end_s`: corners beyond it are laid on its end, at the height the curve has there."""
    if t_s.shape[1] > POINTS_MOST:
        raise ValueError(f"{t_s.shape[1]} corners, more than {POINTS_MOST}: the meter's error is too small for one curve")
    for row in np.flatnonzero(t_s[:, -1] > end_s):
        volts[row], amperes[row] = (np.interp(np.minimum(t_s[row], end_s), t_s[row], y[row]) for y in (volts, amperes))
        t_s[row] = np.minimum(t_s[row], end_s)
    return Curves(t_s, volts, amperes)
