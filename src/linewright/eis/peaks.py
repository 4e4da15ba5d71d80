"""Peaks of distributions of relaxation times, and which peak of one cell is which of another."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from linewright.eis.spectrum import Floats, Peaks

__all__ = ["peaks_of"]

#: Width, in ln(tau), within which peaks of different cells count as near each other.
NEARNESS = 0.35


def peaks_of(tau_s: Floats, gamma_ohm: Floats, least: float) -> Peaks:
    """Return the peaks of all cells; a column is the same peak in every cell.

    The places of all peaks of all cells make a density along ln(tau); its valleys part one column from the next. A cell with two peaks within one
    column has the larger, with the resistance of both.

    Parameters
    ----------
    tau_s
        float64 (n_tau,), evenly spaced in the logarithm.
    gamma_ohm
        float64 (n_cells, n_tau), ohm by e-fold; NaN for a cell without a distribution.
    least
        Share of the polarisation resistance that a peak must have.

    Examples
    --------
    >>> log_tau = np.linspace(-7, 0, 71)
    >>> hill = lambda at, size: size * np.exp(-((log_tau - at) ** 2) / 0.5)
    >>> peaks = peaks_of(np.exp(log_tau), np.stack([hill(-5, 1.0) + hill(-2, 2.0), hill(-2.1, 2.0)]), 0.02)
    >>> np.log(peaks.tau_s).round(2).tolist(), peaks.resistance_ohm.round(2).tolist()
    ([[-5.0, -2.0], [nan, -2.1]], [[1.25, 2.51], [nan, 2.51]])
    """
    log_tau = np.log(tau_s)
    step = log_tau[1] - log_tau[0]
    found = [peaks_of_one(row, step, least) for row in np.nan_to_num(gamma_ohm)]
    cell = np.repeat(np.arange(len(found)), [len(f[0]) for f in found])
    place = log_tau[0] + step * np.concatenate([f[0] for f in found] or [np.empty(0)])
    area = np.concatenate([f[1] for f in found] or [np.empty(0)])
    height = np.concatenate([f[2] for f in found] or [np.empty(0)])
    column = columns_of(place, log_tau)
    n_peaks = int(column.max(initial=-1)) + 1
    out = np.full((3, len(found), n_peaks), np.nan)
    for k in np.argsort(area, kind="stable"):  # the largest last: its place stands
        row = out[:, cell[k], column[k]]
        row[:] = np.exp(place[k]), area[k] + (0.0 if np.isnan(row[1]) else row[1]), height[k]
    return Peaks(out[0], out[1], out[2])


def peaks_of_one(gamma: Floats, step: float, least: float) -> tuple[Floats, Floats, Floats]:
    """Return place (in steps from the first point), area and height of the peaks of one distribution."""
    up = np.diff(gamma, prepend=0.0) > 0.0
    down = np.diff(gamma, append=0.0) <= 0.0
    tops = np.flatnonzero(up & down)
    if not len(tops):
        return np.empty(0), np.empty(0), np.empty(0)
    valleys = [a + int(np.argmin(gamma[a : b + 1])) for a, b in pairwise(tops)]
    edges = np.array([0, *valleys, len(gamma) - 1])
    # trapezes: the point in a valley belongs half to both sides
    total = np.concatenate([[0.0], np.cumsum(0.5 * (gamma[1:] + gamma[:-1]) * step)])
    area = total[edges[1:]] - total[edges[:-1]]
    inside = (tops > 0) & (tops < len(gamma) - 1)
    left, right = gamma[np.maximum(tops - 1, 0)], gamma[np.minimum(tops + 1, len(gamma) - 1)]
    bend = left - 2.0 * gamma[tops] + right
    shift = np.where(inside & (bend < 0.0), 0.5 * (left - right) / np.where(bend < 0.0, bend, -1.0), 0.0)
    is_counted = area >= least * total[-1]
    return (tops + shift)[is_counted], area[is_counted], gamma[tops][is_counted]


def columns_of(place: Floats, log_tau: Floats) -> NDArray[np.int64]:
    """Return the column of each peak, int64 (n,), by the valleys of their density."""
    if not len(place):
        return np.zeros(0, np.int64)
    axis = np.linspace(log_tau[0] - 1.0, log_tau[-1] + 1.0, 8 * len(log_tau))
    count = np.histogram(place, np.append(axis, 2.0 * axis[-1] - axis[-2]))[0]
    apart = axis[1] - axis[0]
    reach = int(np.ceil(4.0 * NEARNESS / apart))
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) * apart / NEARNESS) ** 2)
    density = np.convolve(count, bell, "same")
    is_valley = (np.diff(density, prepend=np.inf) <= 0.0) & (np.diff(density, append=np.inf) > 0.0)
    number = np.searchsorted(axis[is_valley], place)
    return np.asarray(np.unique(number, return_inverse=True)[1], np.int64)
