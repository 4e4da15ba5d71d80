r"""Z-HIT: the modulus that belongs to a phase; what the measured modulus has more or less at low frequency is drift.

.. math:: \ln|Z(\omega)| \approx c + \frac{2}{\pi}\int^{\omega} \varphi\, d\ln\omega' + \gamma\, \frac{d\varphi}{d\ln\omega}, \qquad
   \gamma = -\frac{\pi}{6}

The relation is local: unlike the Kramers-Kronig integrals it needs no frequencies beyond those measured. The phase is hardly moved by slow drift,
the modulus is. c is fitted where drift is least.

References
----------
Ehm, Göhr, Kaus, Röseler, Schiller, ACH Models Chem. 137 (2000) 145. Schiller, Richter, Gülzow, Wagner, Phys. Chem. Chem. Phys. 3 (2001) 374.
"""

from __future__ import annotations

import numpy as np

from linewright.eis.findings import usable
from linewright.eis.spectrum import Floats, Spectra, ZHit

__all__ = ["z_hit"]

#: The factor of the slope of the phase.
GAMMA = -np.pi / 6.0
#: Where the constant is fitted, Hz, unless fewer points than this lie there.
SURE_BAND, FEWEST_SURE = (1.0, 1000.0), 5
#: Points of the parabola whose slope is the slope of the phase.
WINDOW = 5
FEWEST_POINTS = 8


def z_hit(spectra: Spectra) -> ZHit:
    """Derive the modulus from the phase.

    Parameters
    ----------
    spectra
        Of n_cells cells, frequencies in any order; points that are not finite are left out.

    Examples
    --------
    >>> from linewright.eis.circuit import parse_circuit
    >>> from linewright.eis.impedance import impedance
    >>> f = np.logspace(4, -1, 51)
    >>> Z = impedance(parse_circuit("R0-p(R1,CPE1)"), f, [0.010, 0.020, 2.0, 0.9])
    >>> drifting = Z * np.linspace(1.0, 1.2, 51)
    >>> z_hit(Spectra.of(f, [Z[0], drifting[0]])).worst.round(3).tolist()
    [0.012, 0.09]
    """
    Z, is_known = usable(spectra)
    modulus = np.full(Z.shape, np.nan)
    for pattern in np.unique(is_known, axis=0):
        alike = np.flatnonzero((is_known == pattern).all(axis=1))
        if pattern.sum() < FEWEST_POINTS:
            continue
        at = np.flatnonzero(pattern)
        at = at[np.argsort(spectra.frequency_hz[at], kind="stable")]
        if (np.diff(spectra.frequency_hz[at]) <= 0.0).any():
            raise ValueError("a frequency comes twice; `mended` makes each come once")
        modulus[np.ix_(alike, at)] = from_phase(spectra.frequency_hz[at], Z[np.ix_(alike, at)])
    residual = np.where(is_known, np.abs(Z) / modulus - 1.0, np.nan)
    inner = residual.copy()
    for k in range(spectra.n_cells):
        at = np.flatnonzero(is_known[k])
        inner[k, at[np.argsort(spectra.frequency_hz[at])][[0, -1]] if len(at) else at] = np.nan
    size = np.where(np.isnan(inner), -np.inf, np.abs(inner)).max(axis=1, initial=-np.inf)
    enough = is_known.sum(axis=1) >= FEWEST_POINTS
    reasons = tuple("" if e else f"fewer than {FEWEST_POINTS} usable points" for e in enough)
    return ZHit(modulus, residual, np.where(np.isfinite(size), size, np.nan), reasons)


def from_phase(frequency_hz: Floats, Z: np.ndarray[tuple[int, ...], np.dtype[np.complex128]]) -> Floats:
    """Return the modulus, float64 (n, n_f), ohm, of spectra on ascending frequencies without holes."""
    log = np.log(frequency_hz)
    phase = np.unwrap(np.angle(Z), axis=1)
    derived = (2.0 / np.pi) * (phase @ integral(log).T) + GAMMA * (phase @ slope(log).T)
    sure = (frequency_hz >= SURE_BAND[0]) & (frequency_hz <= SURE_BAND[1])
    if sure.sum() < FEWEST_SURE:
        sure = np.ones(len(frequency_hz), np.bool_)
    constant = (np.log(np.abs(Z)) - derived)[:, sure].mean(axis=1)
    return np.asarray(np.exp(derived + constant[:, None]))


def integral(x: Floats) -> Floats:
    """Return the matrix that takes values at x to the integral of their natural cubic spline from the first x, float64 (n, n)."""
    n, h = len(x), np.diff(x)
    bend = np.eye(n)
    right = np.zeros((n, n))
    for k in range(1, n - 1):
        bend[k, k - 1 : k + 2] = h[k - 1] / 6.0, (h[k - 1] + h[k]) / 3.0, h[k] / 6.0
        right[k, k - 1 : k + 2] = 1.0 / h[k - 1], -1.0 / h[k - 1] - 1.0 / h[k], 1.0 / h[k]
    second = np.linalg.solve(bend, right)
    values = np.eye(n)
    pieces = 0.5 * h[:, None] * (values[1:] + values[:-1]) - h[:, None] ** 3 / 24.0 * (second[1:] + second[:-1])
    return np.concatenate([np.zeros((1, n)), np.cumsum(pieces, axis=0)])


def slope(x: Floats) -> Floats:
    """Return the matrix that takes values at x to the slope there of the parabola through the points around, float64 (n, n)."""
    n = len(x)
    out = np.zeros((n, n))
    for k in range(n):
        first = min(max(k - WINDOW // 2, 0), n - WINDOW)
        at = slice(first, first + WINDOW)
        out[k, at] = np.linalg.pinv(np.vander(x[at] - x[k], 3, increasing=True))[1]
    return out
