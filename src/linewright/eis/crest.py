"""Phases of a multi-sine that keep its peaks low: the same signal to noise from a smaller swing of the current."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["crest_factor", "optimised_phases"]

#: Points of a period of the fastest line, at least, on which peaks are looked for: when judged, and while searched.
JUDGED, SEARCHED = 4.0, 2.5
#: Exponents of the search as powers of two, and the steps made with each.
STAGES = ((3, 40), (5, 25), (7, 15))
#: Points that all searches have together: a short period is searched from several begins.
AT_MOST = 1 << 18


def crest_factor(cycles: NDArray[np.int64], amplitude: NDArray[np.float64], phase_rad: NDArray[np.float64]) -> float:
    """Return peak / rms of a sum of cosines.

    Parameters
    ----------
    cycles, amplitude, phase_rad
        Of the lines, (n_lines,).

    Examples
    --------
    >>> round(crest_factor(np.array([1]), np.array([2.0]), np.array([0.3])), 2)
    1.41
    """
    points = 1 << max(8, math.ceil(math.log2(JUDGED * int(cycles.max()))))
    bins = np.zeros(points // 2 + 1, dtype=np.complex128)
    bins[cycles] = amplitude * np.exp(1j * phase_rad) * points / 2.0
    return float(np.abs(np.fft.irfft(bins, points)).max() / math.sqrt(float((amplitude**2).sum()) / 2.0))


def optimised_phases(cycles: NDArray[np.int64], amplitude: NDArray[np.float64], seed: int = 1) -> NDArray[np.float64]:
    """Return phases of a low crest factor, (n_lines,) rad.

    Parameters
    ----------
    cycles, amplitude
        Of the lines, (n_lines,).
    seed
        Of the phases from which the search begins.

    Notes
    -----
    The mean of ``|x|^p`` is brought down by its gradient in the phases, which two Fourier transforms give; p rises from 8 to 128, at which
    the mean is nearly the peak [1]_. The best wave that was met is kept. Lines that are decades apart meet in their peaks whatever their
    phases: five decades of lines cannot come as low as one.

    References
    ----------
    .. [1] P. Guillaume, J. Schoukens, R. Pintelon, I. Kollar, Crest-factor minimization using nonlinear Chebyshev approximation methods, IEEE Trans.
       Instrum. Meas. 40 (1991) 982-989.
    """
    points = 1 << max(10, math.ceil(math.log2(SEARCHED * int(cycles.max()))))
    tries = min(max(1, AT_MOST // points), 6)
    found = [search(cycles, amplitude, points, [seed, n]) for n in range(tries)]
    return min(found, key=lambda each: each[1])[0]


def search(cycles: NDArray[np.int64], amplitude: NDArray[np.float64], points: int, seed: list[int]) -> tuple[NDArray[np.float64], float]:
    """Return the phases that one search finds, and their peak / rms on its points."""
    scaled = amplitude / math.sqrt(float((amplitude**2).sum()) / 2.0)
    phase = np.random.default_rng(seed).uniform(0.0, 2.0 * math.pi, len(cycles))
    best, lowest = phase, math.inf
    for doublings, steps in STAGES:
        step, velocity = 0.3, np.zeros(len(cycles))
        x, power, peak, level = looked_at(cycles, scaled, phase, points, doublings)
        for _ in range(steps):
            push = np.divide(power, x, out=np.zeros_like(power), where=np.abs(x) > 1e-3)
            gradient = -(scaled * np.exp(1j * phase) * np.conj(np.fft.rfft(push)[cycles])).imag
            velocity = 0.7 * velocity - step * gradient / math.sqrt(float((gradient**2).mean()) + 1e-300)
            tried = looked_at(cycles, scaled, phase + velocity, points, doublings)
            if tried[3] < level:
                phase = phase + velocity
                x, power, peak, level = tried
                step *= 1.1
            else:
                step, velocity = step * 0.5, np.zeros(len(cycles))
            if peak < lowest:
                best, lowest = phase % (2.0 * math.pi), peak
        phase = best
    return best, lowest


def looked_at(
    cycles: NDArray[np.int64], amplitude: NDArray[np.float64], phase_rad: NDArray[np.float64], points: int, doublings: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], float, float]:
    """Return a wave of peak 1, it to the power p = 2^doublings, its true peak, and the p-norm; single precision finds phases well enough."""
    bins = np.zeros(points // 2 + 1, dtype=np.complex64)
    bins[cycles] = amplitude * np.exp(1j * phase_rad) * (points / 2.0)
    x = np.asarray(np.fft.irfft(bins, points), dtype=np.float32)
    peak = float(np.abs(x).max())
    x /= np.float32(peak)
    power = x * x
    for _ in range(doublings - 1):
        power *= power
    return x, power, peak, peak * float(power.mean(dtype=np.float64)) ** (1.0 / 2**doublings)
