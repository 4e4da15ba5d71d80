r"""Kramers-Kronig test by a chain of RC elements that is linear in what it fits (lin-KK), for all cells at once.

A spectrum of a linear, stable, causal cell can be written as

.. math:: Z(\omega) = R_0 + j\omega L + \frac{1}{j\omega C} + \sum_{k=1}^{M} \frac{R_k}{1 + j\omega\tau_k}

with time constants spread evenly in their logarithm between :math:`1/\omega_{max}` and :math:`1/\omega_{min}`; what the chain cannot follow
(drift, non-linearity, interference) stays in the residual. M grows from 1 until

.. math:: \mu = 1 - \sum_{R_k < 0} |R_k| \Big/ \sum_{R_k \ge 0} |R_k|

falls to a threshold: then noise begins to be fitted.

References
----------
Boukamp, J. Electrochem. Soc. 142 (1995) 1885. Schönleber, Klotz, Ivers-Tiffée, Electrochim. Acta 131 (2014) 20.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from linewright.eis.findings import usable, usable_axis
from linewright.eis.spectrum import Complexes, Floats, KramersKronig, Spectra

__all__ = ["lin_kk"]

FittedPart = Literal["complex", "real", "imaginary"]
#: Cells that are computed together: their arrays stay in the processor's cache.
CELLS_AT_ONCE = 64
#: Real numbers that a spectrum must have more than the chain has elements.
LEAST_SPARE = 3


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """The columns of a chain of M elements: R0, R_1 ... R_M, then 1/C where asked, then L.

    Parameters
    ----------
    tau_s
        float64 (M,).
    real, imaginary
        float64 (n_f, M + 2 or M + 3): what one unit of each adds to the impedance.
    """

    tau_s: Floats
    real: Floats
    imaginary: Floats

    @classmethod
    def of(cls, omega: Floats, M: int, *, with_capacitance: bool) -> Chain:
        """Return the chain of M elements between the ends of the axis."""
        tau = time_constants(omega, M)
        width = M + 2 + with_capacitance
        columns = np.zeros((len(omega), width), np.complex128)
        columns[:, 0] = 1.0
        columns[:, 1 : M + 1] = 1.0 / (1.0 + 1j * omega[:, None] * tau)
        if with_capacitance:
            columns[:, -2] = -1j / omega
        columns[:, -1] = 1j * omega
        return cls(tau, np.ascontiguousarray(columns.real), np.ascontiguousarray(columns.imag))


def time_constants(omega: Floats, M: int) -> Floats:
    """Return M time constants, s, from 1 / omega_max to 1 / omega_min; one alone is the longest."""
    low, high = np.log10(1.0 / omega.max()), np.log10(1.0 / omega.min())
    return 10.0 ** np.linspace(low, high, M) if M > 1 else np.array([1.0 / omega.min()])


def least_squares(weight: Floats, columns: Floats, wanted: Floats) -> Floats:
    """Return what minimises the weighted squares, cell by cell.

    Parameters
    ----------
    weight, wanted
        float64 (n_cells, rows).
    columns
        float64 (rows, n), the same for all.

    Returns
    -------
    float64 (n_cells, n).
    """
    width = columns.shape[1]
    system = np.empty((len(weight), len(columns), width + 1))
    np.multiply(weight[:, :, None], columns, out=system[:, :, :width])
    np.multiply(weight, wanted, out=system[:, :, width])
    triangle = np.asarray(np.linalg.qr(system, mode="r"))
    return np.asarray(np.linalg.solve(triangle[:, :width, :width], triangle[:, :width, width:])[:, :, 0])


def fit_complex(chain: Chain, weight: Floats, Z: Complexes, *, with_capacitance: bool) -> Floats:
    """Return the elements that fit both parts, float64 (n_cells, n)."""
    del with_capacitance
    both = np.concatenate([chain.real, chain.imaginary])
    return least_squares(np.tile(weight, 2), both, np.concatenate([Z.real, Z.imag], axis=1))


def fit_real(chain: Chain, weight: Floats, Z: Complexes, *, with_capacitance: bool) -> Floats:
    """Return the elements that fit the real part; L and 1/C, which it does not hold, follow from what the imaginary part has left."""
    reactive = 1 + with_capacitance
    found = least_squares(weight, chain.real[:, :-reactive], Z.real)
    left = Z.imag - found @ chain.imaginary[:, :-reactive].T
    return np.concatenate([found, least_squares(weight, chain.imaginary[:, -reactive:], left)], axis=1)


def fit_imaginary(chain: Chain, weight: Floats, Z: Complexes, *, with_capacitance: bool) -> Floats:
    """Return the elements that fit the imaginary part; R0, which it does not hold, follows from what the real part has left."""
    del with_capacitance
    found = least_squares(weight, chain.imaginary[:, 1:], Z.imag)
    left = Z.real - found @ chain.real[:, 1:].T
    first = (weight**2 * left).sum(axis=1) / (weight**2).sum(axis=1)
    return np.concatenate([first[:, None], found], axis=1)


FITS = {"complex": fit_complex, "real": fit_real, "imaginary": fit_imaginary}


def mu_of(resistances: Floats) -> Floats:
    """Return mu of rows of resistances, float64 (n_cells, M) -> (n_cells,); minus infinity where none is positive."""
    negative = np.where(resistances < 0.0, -resistances, 0.0).sum(axis=1)
    positive = np.where(resistances >= 0.0, resistances, 0.0).sum(axis=1)
    return np.where(positive > 0.0, 1.0 - negative / np.where(positive > 0.0, positive, 1.0), -np.inf)


def lin_kk(
    spectra: Spectra,
    *,
    part: FittedPart = "complex",
    threshold: float | None = 0.85,
    most_elements: int = 50,
    with_capacitance: bool = False,
) -> KramersKronig:
    """Test spectra for the Kramers-Kronig relations.

    Parameters
    ----------
    spectra
        Of n_cells cells; points that are not finite have no weight. All others have the weight 1 / ``|Z|``.
    part
        Which is fitted; the other is then predicted, and its residual is the sharper test.
    threshold
        Of mu; 0.85 and 0.5 are usual. None: exactly `most_elements` elements.
    most_elements
        M at most.
    with_capacitance
        Whether a capacitance in series is fitted, for cells that block direct current.

    Raises
    ------
    ValueError
        The part is none of the three, there is no room for one element, or no frequency is above 0 Hz.

    Examples
    --------
    >>> from linewright.eis.circuit import parse_circuit
    >>> from linewright.eis.impedance import impedance
    >>> f = np.logspace(4, -1, 51)
    >>> Z = impedance(parse_circuit("R0-p(R1,CPE1)"), f, [0.010, 0.020, 2.0, 0.9])
    >>> Z[0, 40:] *= 1.05  # what the slow points saw was no longer the same cell
    >>> kk = lin_kk(Spectra.of(f, Z))
    >>> bool(kk.worst[0] > 0.01), kk.reasons
    (True, ('',))
    """
    if part not in FITS:
        raise ValueError(f"part is one of {', '.join(FITS)}; {part!r} came")
    if most_elements < 1:
        raise ValueError(f"most_elements is 1 at least; {most_elements} came")
    Z, is_known = usable(spectra)
    of_use = usable_axis(spectra.frequency_hz)
    omega = 2.0 * np.pi * spectra.frequency_hz[of_use]
    weight = is_known[:, of_use] / np.abs(Z[:, of_use])
    n, width = spectra.n_cells, 3
    room = is_known.sum(axis=1) * (2 if part == "complex" else 1) - width - with_capacitance - LEAST_SPARE
    most = np.minimum(most_elements, room)
    found = Found.of(n, max(int(most.max(initial=0)), 0), len(omega))
    chains: dict[int, Chain] = {}
    for first in range(0, n, CELLS_AT_ONCE):
        active = np.arange(first, min(first + CELLS_AT_ONCE, n))
        active = active[most[active] > 0]
        M = 0 if threshold is not None else most_elements - 1
        while len(active):
            M += 1
            chain = chains.get(M) or chains.setdefault(M, Chain.of(omega, M, with_capacitance=with_capacitance))
            values = FITS[part](chain, weight[active], Z[active][:, of_use], with_capacitance=with_capacitance)
            mu = mu_of(values[:, 1 : M + 1])
            is_done = (most[active] <= M) | (threshold is None or mu <= threshold)
            found.keep(active[is_done], chain, values[is_done], mu[is_done], with_capacitance=with_capacitance)
            active = active[~is_done]
    fitted = np.full(Z.shape, np.nan, np.complex128)
    fitted[:, of_use] = found.impedance
    residual = np.where(is_known & np.isfinite(fitted.real), (Z - fitted) / np.abs(Z), np.nan)
    size = np.maximum(np.abs(residual.real), np.abs(residual.imag))
    worst = np.max(np.where(np.isnan(size), -np.inf, size), axis=1, initial=-np.inf)
    return KramersKronig(
        found.n_elements,
        found.mu,
        found.tau,
        found.element,
        found.series[:, 0],
        found.series[:, 2],
        found.series[:, 1],
        fitted,
        residual,
        np.where(np.isfinite(worst), worst, np.nan),
        tuple(reasons(found, room, most_elements, threshold)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What is known of each cell so far; `series` holds R0, 1/C and L."""

    n_elements: NDArray[np.int64]
    mu: Floats
    tau: Floats
    element: Floats
    series: Floats
    impedance: Complexes

    @classmethod
    def of(cls, n_cells: int, most: int, n_f: int) -> Found:
        """Return what is known at the begin: nothing."""
        return cls(
            np.zeros(n_cells, np.int64),
            np.full(n_cells, np.nan),
            np.full((n_cells, most), np.nan),
            np.full((n_cells, most), np.nan),
            np.full((n_cells, 3), np.nan),
            np.full((n_cells, n_f), np.nan, np.complex128),
        )

    def keep(self, cells: NDArray[np.int64], chain: Chain, values: Floats, mu: Floats, *, with_capacitance: bool) -> None:
        """Keep what was found for some cells."""
        M = len(chain.tau_s)
        self.n_elements[cells], self.mu[cells] = M, mu
        self.tau[cells, :M], self.element[cells, :M] = chain.tau_s, values[:, 1 : M + 1]
        self.series[cells, 0], self.series[cells, 2] = values[:, 0], values[:, -1]
        self.series[cells, 1] = values[:, -2] if with_capacitance else 0.0
        self.impedance[cells] = values @ chain.real.T + 1j * (values @ chain.imaginary.T)


def reasons(found: Found, room: NDArray[np.int64], most_elements: int, threshold: float | None) -> Iterator[str]:
    """Yield why a cell was not judged, or what is doubtful about it."""
    for cell, mu in enumerate(found.mu):
        if found.n_elements[cell] == 0:
            yield "too few finite points for one RC element"
        elif threshold is not None and mu > threshold:
            by = "the number of points" if room[cell] < most_elements else "the limit"
            yield f"mu is {mu:.3f} and never fell to {threshold:g} up to M = {found.n_elements[cell]}, {by}"
        else:
            yield ""
