"""The linear problem behind a distribution of relaxation times: columns, weights, smoothness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.eis.spectrum import Complexes, Floats

__all__ = ["Ridge", "fitted_parts"]

#: Points of the integral over one step of the time axis (Gauss and Legendre).
GAUSS = 8
#: What is added to the diagonal, as a share of its mean, so that the matrix is never singular.
RIDGE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """The problem of each cell, in parts of its size.

    Parameters
    ----------
    tau_s
        float64 (n_tau,).
    unit_henry
        What one unit of the last unknown is, henry by ohm.
    columns
        complex128 (n_f, n), n = n_tau + 2: what one unit of each unknown adds to the impedance: gamma by point, R, L.
    smoothness
        float64 (n, n): the integral of the squared slope of gamma as a quadratic form.
    Z
        complex128 (n_cells, n_f), in parts of its size.
    weight
        float64 (n_cells, n_f, 2), mean square 1 over what it weighs.
    size
        float64 (n_cells,), ohm.
    gram
        float64 (n_cells or 1, n, n): the quadratic form of the misfit; one for all where all weigh the same.
    right
        float64 (n_cells, n): its linear part.
    """

    tau_s: Floats
    unit_henry: float
    columns: Complexes
    smoothness: Floats
    Z: Complexes
    weight: Floats
    size: Floats
    gram: Floats
    right: Floats

    @classmethod
    def of(cls, omega: Floats, Z: Complexes, weight: Floats, per_decade: int, decades_beyond: float) -> Ridge:
        """Return the problem of spectra.

        Parameters
        ----------
        omega
            float64 (n_f,), rad/s.
        Z, weight
            complex128 (n_cells, n_f), ohm, and float64 (n_cells, n_f, 2).
        per_decade, decades_beyond
            Of the time axis.
        """
        tau = time_axis(omega, per_decade, decades_beyond)
        columns = np.empty((len(omega), len(tau) + 2), np.complex128)
        columns[:, :-2] = hats(omega, np.log(tau))
        columns[:, -2] = 1.0
        columns[:, -1] = 1j * omega / omega.max()
        is_known = weight > 0.0
        n_known = np.maximum(is_known.sum(axis=(1, 2)), 1)
        size = np.abs(Z * is_known[:, :, 0]).sum(axis=1) / np.maximum(is_known[:, :, 0].sum(axis=1), 1)
        parts = Z / size[:, None]
        mean = np.sqrt((weight**2).sum(axis=(1, 2)) / n_known)
        scaled = weight / mean[:, None, None]
        n = columns.shape[1]
        step = np.log(tau[1] / tau[0])
        slope = np.diff(np.eye(len(tau)), axis=0)
        smoothness = np.zeros((n, n))
        smoothness[: len(tau), : len(tau)] = slope.T @ slope / step
        rows = np.ascontiguousarray(np.stack([columns.real, columns.imag], axis=1))
        squares = scaled**2
        flat = rows.reshape(-1, n)
        right = (squares * np.stack([parts.real, parts.imag], axis=2)).reshape(len(Z), len(flat)) @ flat
        is_alike = len(Z) > 0 and bool((squares == squares[:1]).all())
        own = squares[:1] if is_alike else squares
        gram = np.stack([flat.T @ (one.reshape(-1, 1) * flat) for one in own]) if len(Z) else np.empty((0, n, n))
        return cls(tau, 1.0 / float(omega.max()), columns, smoothness, parts, scaled, size, gram, right)

    @property
    def n(self) -> int:
        """Return the number of unknowns."""
        return int(self.columns.shape[1])

    def misfit(self, cell: int) -> Floats:
        """Return the quadratic form of the misfit of a cell, float64 (n, n)."""
        return np.asarray(self.gram[min(cell, len(self.gram) - 1)])

    def matrix(self, cell: int, regularisation: float) -> Floats:
        """Return the whole quadratic form of a cell, float64 (n, n)."""
        H = self.misfit(cell) + regularisation * self.smoothness
        H[np.diag_indices(self.n)] += RIDGE * np.trace(H) / self.n
        return H

    def groups(self, lambdas: Floats) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield cells that share a matrix: the first of them, and all."""
        if len(self.gram) == 1:
            for one in np.unique(lambdas):
                alike = np.flatnonzero(lambdas == one)
                yield int(alike[0]), alike
        else:
            for k in range(len(lambdas)):
                yield k, np.array([k])

    def noise(self, cell: int, x: Floats, is_free: NDArray[np.int64], regularisation: float) -> float:
        """Return the variance of the weighted data about a solution, by what it leaves and the freedom that it has used."""
        left = self.left(cell, x)
        return left / max(self.n_data(cell) - self.freedom_used(cell, is_free, regularisation), 1.0)

    def left(self, cell: int, x: Floats) -> float:
        """Return the weighted sum of squares that a solution leaves."""
        error = self.Z[cell] - self.columns @ x
        return float(((np.stack([error.real, error.imag], axis=1) * self.weight[cell]) ** 2).sum())

    def n_data(self, cell: int) -> int:
        """Return how many real numbers of a cell have weight."""
        return int((self.weight[cell] > 0.0).sum())

    def freedom_used(self, cell: int, is_free: NDArray[np.int64], regularisation: float) -> float:
        """Return the trace of the matrix that turns data into their fit, for the unknowns that are above zero."""
        at = np.flatnonzero(is_free)
        part = np.ix_(at, at)
        return float(np.trace(np.linalg.solve(self.matrix(cell, regularisation)[part], self.misfit(cell)[part])))


def fitted_parts(ridge: Ridge, x: Floats) -> Complexes:
    """Return the impedance of solutions, complex128 (n_cells, n_f), in parts of the size of each cell."""
    return np.asarray(x @ ridge.columns.T)


def time_axis(omega: Floats, per_decade: int, decades_beyond: float) -> Floats:
    """Return time constants, s, evenly spaced in their logarithm."""
    low, high = -np.log10(omega.max()) - decades_beyond, -np.log10(omega.min()) + decades_beyond
    return np.asarray(10.0 ** np.linspace(low, high, max(int(np.ceil((high - low) * per_decade)), 2) + 1))


def hats(omega: Floats, log_tau: Floats) -> Complexes:
    """Return the impedance of a hat of height 1 about each point of the time axis, complex128 (n_f, n_tau); half a hat at both ends."""
    node, weight = np.polynomial.legendre.leggauss(GAUSS)
    share = 0.5 * (node + 1.0)
    step = log_tau[1] - log_tau[0]
    at = log_tau[:-1, None] + step * share
    kernel = 1.0 / (1.0 + 1j * np.exp(np.log(omega)[:, None, None] + at))
    kernel *= 0.5 * step * weight
    columns = np.zeros((len(omega), len(log_tau)), np.complex128)
    columns[:, 1:] += (kernel * share).sum(axis=2)
    columns[:, :-1] += (kernel * (1.0 - share)).sum(axis=2)
    return columns
