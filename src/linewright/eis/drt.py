r"""Distribution of relaxation times, by Tikhonov regularisation with a distribution of at least zero, for all cells at once.

.. math:: Z(\omega) = R + j\omega L + \int \frac{\gamma(\ln\tau)}{1 + j\omega\tau}\, d\ln\tau

:math:`\gamma` is piecewise linear in :math:`\ln\tau`, and its integrals are taken exactly so. Minimised is

.. math:: \sum_i \frac{w_i^2}{\overline{w^2}} \frac{|Z_i - Z(\omega_i)|^2}{\overline{|Z|}^2}
   + \frac{\lambda}{\overline{|Z|}^2} \int \Big(\frac{d\gamma}{d\ln\tau}\Big)^2 d\ln\tau

over :math:`\gamma, R, L \ge 0`; the means over the points of a cell make lambda a pure number that suits every size of cell.

References
----------
Wan, Saccoccio, Chen, Ciucci, Electrochim. Acta 184 (2015) 483. Lawson, Hanson: Solving Least Squares Problems (1974), chapter 23, for unknowns of
at least zero. The choice of lambda: see `linewright.eis.regularisation`. Bardsley, Fox, Inverse Probl. Sci. Eng. 20 (2012) 477, for the intervals.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linewright.eis.far_apart import far_apart
from linewright.eis.findings import usable, usable_axis
from linewright.eis.nnls import nnls
from linewright.eis.peaks import peaks_of
from linewright.eis.regularisation import CRITERIA, Criterion, best_lambda
from linewright.eis.ridge import Ridge, fitted_parts
from linewright.eis.spectrum import Distribution, Floats, Spectra
from linewright.eis.weights import Weight, weights_of

__all__ = ["distribution"]

#: Cells, far apart, at which a common lambda is chosen.
PILOTS = 9
#: Points that a distribution wants at least.
FEWEST_POINTS = 6


def distribution(
    spectra: Spectra,
    *,
    weight: Weight = "modulus",
    regularisation: float | Criterion = "gcv",
    shared: bool = True,
    per_decade: int = 10,
    decades_beyond: float = 0.5,
    credible: float | None = None,
    n_draws: int = 200,
    seed: int = 0,
    least_peak: float = 0.02,
) -> Distribution:
    """Return the distribution of relaxation times of each spectrum.

    Parameters
    ----------
    spectra
        Of n_cells cells; points that are not finite have no weight.
    weight
        See `linewright.eis.weights.weights_of`; with ``unit`` and without holes all cells share one matrix, which is fastest.
    regularisation
        Lambda, above 0, or how it is chosen: ``gcv`` (generalised cross-validation), ``l-curve``, ``cross-validation`` (each part of the impedance
        predicts the other).
    shared
        Whether one lambda is chosen for all cells, the median over cells that lie far apart: so the distributions can be compared. Otherwise each
        cell gets its own.
    per_decade, decades_beyond
        Points of the time axis by decade, and how far it reaches beyond the slowest and the fastest frequency.
    credible
        Probability of the credible interval of gamma, such as 0.95; None for no interval.
    n_draws, seed
        Of the interval: problems with redrawn noise that are solved, and the seed of the draw.
    least_peak
        Peaks with less than this share of the polarisation resistance are not counted.

    Raises
    ------
    ValueError
        An argument is out of its range, or no frequency is above 0 Hz.

    Examples
    --------
    >>> from linewright.eis.circuit import parse_circuit
    >>> from linewright.eis.impedance import impedance
    >>> f = np.logspace(4, -1, 51)
    >>> Z = impedance(parse_circuit("R0-ZARC1-ZARC2"), f, [0.010, 0.005, 1e-3, 0.9, 0.020, 0.1, 0.9])
    >>> drt = distribution(Spectra.of(f, Z), regularisation=1e-3)
    >>> drt.peaks.tau_s.round(4).tolist(), drt.peaks.resistance_ohm.round(3).tolist()
    ([[0.001, 0.1003]], [[0.005, 0.019]])
    """
    check(regularisation, per_decade, decades_beyond, credible)
    Z, is_known = usable(spectra)
    of_use = usable_axis(spectra.frequency_hz)
    weights = weights_of(spectra, weight)[:, of_use]
    is_enough = (weights[:, :, 0] > 0.0).sum(axis=1) >= FEWEST_POINTS
    cells = np.flatnonzero(is_enough)
    omega = 2.0 * np.pi * spectra.frequency_hz[of_use]
    ridge = Ridge.of(omega, np.ascontiguousarray(Z[np.ix_(cells, of_use)]), weights[cells], per_decade, decades_beyond)
    lambdas = chosen_lambdas(ridge, regularisation, shared=shared)
    x, is_free = np.empty((len(cells), ridge.n)), np.empty((len(cells), ridge.n), np.int64)
    for k, alike in ridge.groups(lambdas):
        x[alike], is_free[alike] = nnls(ridge.matrix(k, lambdas[k]), ridge.right[alike])
    low = high = None
    if credible is not None:
        low, high = credible_intervals(ridge, lambdas, x, is_free, credible=credible, n_draws=n_draws, seed=seed)
    n, n_tau = spectra.n_cells, len(ridge.tau_s)
    out = np.full((n, ridge.n), np.nan)
    out[cells] = x * ridge.size[:, None]
    fitted = np.full(spectra.impedance_ohm.shape, np.nan, np.complex128)
    fitted[np.ix_(cells, of_use)] = fitted_parts(ridge, x) * ridge.size[:, None]
    residual = np.where(is_known, (Z - fitted) / np.abs(Z), np.nan)
    used = np.full(n, np.nan)
    used[cells] = lambdas
    return Distribution(
        tau_s=ridge.tau_s,
        gamma_ohm=out[:, :n_tau],
        resistance_ohm=out[:, n_tau],
        inductance_h=out[:, n_tau + 1] * ridge.unit_henry,
        regularisation=used,
        impedance_ohm=fitted,
        residual=residual,
        low_ohm=among(low, cells, n, ridge.size),
        high_ohm=among(high, cells, n, ridge.size),
        peaks=peaks_of(ridge.tau_s, out[:, :n_tau], least_peak),
        reasons=tuple("" if e else f"fewer than {FEWEST_POINTS} usable points" for e in is_enough),
    )


def check(regularisation: float | str, per_decade: int, decades_beyond: float, credible: float | None) -> None:
    """Refuse arguments that mean nothing."""
    if isinstance(regularisation, str):
        if regularisation not in CRITERIA:
            raise ValueError(f"the regularisation is a number or one of {', '.join(CRITERIA)}; {regularisation!r} came")
    elif not regularisation > 0.0:
        raise ValueError(f"the regularisation is above 0; {regularisation:g} came: without it the distribution has no single solution")
    if per_decade < 2 or decades_beyond < 0.0:
        raise ValueError(f"per_decade is 2 at least and decades_beyond 0 at least; {per_decade} and {decades_beyond:g} came")
    if credible is not None and not 0.0 < credible < 1.0:
        raise ValueError(f"credible lies between 0 and 1; {credible:g} came")


def among(rows: Floats | None, cells: NDArray[np.int64], n: int, size: Floats) -> Floats | None:
    """Return rows in ohm among those of all cells, NaN elsewhere; None for None."""
    if rows is None:
        return None
    out = np.full((n, rows.shape[1]), np.nan)
    out[cells] = rows * size[:, None]
    return out


def chosen_lambdas(ridge: Ridge, regularisation: float | Criterion, *, shared: bool) -> Floats:
    """Return the lambda of each cell, float64 (n,)."""
    n = len(ridge.size)
    if not isinstance(regularisation, str):
        return np.full(n, float(regularisation))
    if not shared or n <= 1:
        return np.array([best_lambda(ridge, k, regularisation) for k in range(n)])
    pilots, _ = far_apart(ridge.Z, PILOTS)
    return np.full(n, float(np.median([best_lambda(ridge, k, regularisation) for k in pilots])))


def credible_intervals(
    ridge: Ridge, lambdas: Floats, x: Floats, is_free: NDArray[np.int64], *, credible: float, n_draws: int, seed: int
) -> tuple[Floats, Floats]:
    """Return the quantiles of gamma over problems with redrawn noise, each (n_cells, n_tau), in parts of the size of the cell.

    The prior of the smoothness and the noise of the data are Gaussian; a draw of both, solved with the unknowns at least zero, is a draw of the
    posterior that puts its mass below zero onto zero.
    """
    n_tau = len(ridge.tau_s)
    low, high = np.empty((len(x), n_tau)), np.empty((len(x), n_tau))
    random = np.random.default_rng(seed)
    ends = [0.5 - 0.5 * credible, 0.5 + 0.5 * credible]
    for k in range(len(x)):
        H = ridge.matrix(k, lambdas[k])
        spread = ridge.noise(k, x[k], is_free[k], lambdas[k])
        draws = random.normal(size=(n_draws, ridge.n)) @ np.linalg.cholesky(H).T
        drawn, _ = nnls(H, ridge.right[k] + np.sqrt(spread) * draws, np.tile(is_free[k], (n_draws, 1)))
        low[k], high[k] = np.quantile(drawn[:, :n_tau], ends, axis=0)
    return low, high
