"""The spectra of one or many cells on one frequency axis, and what the analyses give back about them.

The letters of all shapes in this room: ``n_cells`` spectra, ``n_f`` frequencies, ``n_p`` parameters of a circuit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from linewright.eis.circuit import Circuit

__all__ = ["CircuitFit", "Distribution", "Finding", "KramersKronig", "Peaks", "Spectra", "ZHit"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """Impedance of cells that were measured at the same frequencies.

    A point that is not finite is unknown: it has no weight anywhere, and the other points of its cell are still judged.

    Parameters
    ----------
    frequency_hz
        float64 (n_f,), Hz, in any order (`linewright.eis.findings.mended` sorts).
    impedance_ohm
        complex128 (n_cells, n_f), ohm; the imaginary part of a capacitance is negative.
    names
        Of the cells, n_cells of them.
    variance_ohm2
        float64 (n_cells, n_f), ohm squared: the variance of the real part and, the same, of the imaginary part; None where it was not measured.

    Raises
    ------
    ValueError
        The shapes do not agree, or a cell's name comes twice.

    Examples
    --------
    >>> spectra = Spectra.of([1000.0, 100.0, 10.0], [0.010 - 0.001j, 0.012 - 0.003j, 0.017 - 0.001j])
    >>> spectra.n_cells, spectra.n_f, spectra.names
    (1, 3, ('1',))
    """

    frequency_hz: Floats
    impedance_ohm: Complexes
    names: tuple[str, ...]
    variance_ohm2: Floats | None = None

    def __post_init__(self) -> None:
        if self.frequency_hz.ndim != 1 or self.impedance_ohm.ndim != 2:
            raise ValueError(f"frequency_hz is (n_f,), impedance_ohm is (n_cells, n_f); {self.frequency_hz.shape}, {self.impedance_ohm.shape} came")
        if self.impedance_ohm.shape != (len(self.names), len(self.frequency_hz)):
            raise ValueError(f"{len(self.names)} names and {len(self.frequency_hz)} frequencies, but impedance_ohm is {self.impedance_ohm.shape}")
        if self.variance_ohm2 is not None and self.variance_ohm2.shape != self.impedance_ohm.shape:
            raise ValueError(f"variance_ohm2 has the shape of impedance_ohm, {self.impedance_ohm.shape}; {self.variance_ohm2.shape} came")
        if len(set(self.names)) != len(self.names):
            twice = next(n for i, n in enumerate(self.names) if n in self.names[:i])
            raise ValueError(f"the cell `{twice}` comes twice")

    @classmethod
    def of(cls, frequency_hz: ArrayLike, impedance_ohm: ArrayLike, names: Sequence[str] = (), variance_ohm2: ArrayLike | None = None) -> Spectra:
        """Return spectra of what NumPy takes for arrays; one spectrum may come flat, and cells without names are numbered from 1.

        Parameters
        ----------
        frequency_hz
            (n_f,), Hz.
        impedance_ohm
            (n_cells, n_f) or (n_f,), ohm.
        names
            Of the cells.
        variance_ohm2
            (n_cells, n_f) or (n_f,), ohm squared.
        """
        impedance = np.atleast_2d(np.array(impedance_ohm, np.complex128))
        variance = None if variance_ohm2 is None else np.atleast_2d(np.array(variance_ohm2, np.float64))
        called = tuple(names) or tuple(str(1 + k) for k in range(len(impedance)))
        return cls(np.array(frequency_hz, np.float64), impedance, called, variance)

    @property
    def n_cells(self) -> int:
        """Return the number of spectra."""
        return len(self.names)

    @property
    def n_f(self) -> int:
        """Return the number of frequencies."""
        return len(self.frequency_hz)

    def cells(self, which: ArrayLike) -> Spectra:
        """Return the spectra of some cells.

        Parameters
        ----------
        which
            Their numbers from 0, or bool (n_cells,).
        """
        at = np.arange(self.n_cells)[np.asarray(which)]
        return Spectra(
            self.frequency_hz,
            self.impedance_ohm[at],
            tuple(self.names[k] for k in at),
            None if self.variance_ohm2 is None else self.variance_ohm2[at],
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or looks wrong, in spectra.

    Parameters
    ----------
    kind
        One of `linewright.eis.findings.KINDS`, such as ``not-a-number``.
    cell
        Number of the cell from 0; None where the frequency axis is meant.
    point
        Number of the frequency from 0; None where the whole spectrum is meant.
    message
        What came, what was expected, the next step.
    is_fatal
        Whether the cell (or, on the axis, every cell) cannot be judged.
    """

    kind: str
    cell: int | None
    point: int | None
    message: str
    is_fatal: bool


@dataclass(frozen=True, slots=True, eq=False)
class KramersKronig:
    """What lin-KK found: a chain of RC elements that was fitted to each spectrum.

    Parameters
    ----------
    n_elements
        int64 (n_cells,): RC elements M at which mu fell to the threshold.
    mu
        float64 (n_cells,): 1 - (sum of negative resistances) / (sum of the others).
    tau_s, element_ohm
        float64 (n_cells, largest M), s and ohm, NaN beyond the M of a cell.
    resistance_ohm, inductance_h, elastance_per_f
        float64 (n_cells,): in series; the elastance is 1 / C, 0 where no capacitance was asked for.
    impedance_ohm
        complex128 (n_cells, n_f), ohm, of the chain.
    residual
        complex128 (n_cells, n_f): (measured - chain) / ``|measured|``, NaN where nothing was measured.
    worst
        float64 (n_cells,): the largest part, real or imaginary, of the residual; compare with the limit of the recipe, such as 0.01.
    reasons
        n_cells texts: why a cell was not judged; empty where it was.
    """

    n_elements: NDArray[np.int64]
    mu: Floats
    tau_s: Floats
    element_ohm: Floats
    resistance_ohm: Floats
    inductance_h: Floats
    elastance_per_f: Floats
    impedance_ohm: Complexes
    residual: Complexes
    worst: Floats
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ZHit:
    """The modulus that Z-HIT derives from the phase.

    Parameters
    ----------
    modulus_ohm
        float64 (n_cells, n_f), ohm.
    residual
        float64 (n_cells, n_f): (measured modulus - derived) / derived; a slope towards low frequencies is drift.
    worst
        float64 (n_cells,): the largest of the residual, without the points at both ends that have no phase on one side.
    reasons
        n_cells texts: why a cell was not judged; empty where it was.
    """

    modulus_ohm: Floats
    residual: Floats
    worst: Floats
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CircuitFit:
    """A circuit fitted to each spectrum.

    Parameters
    ----------
    circuit
        The circuit; ``circuit.parameters`` are the columns of what follows, with their units.
    values
        float64 (n_cells, n_p), each in the unit of its parameter.
    sigma
        float64 (n_cells, n_p): standard errors; 0 where fixed, NaN where the data do not determine the parameter.
    low, high
        float64 (n_cells, n_p): the confidence interval, within the bounds.
    correlation
        float64 (n_cells, n_p, n_p), NaN in rows of fixed parameters.
    cost
        float64 (n_cells,): sum of squares of weighted real and imaginary residuals.
    reduced
        float64 (n_cells,): cost by degree of freedom; near 1 where the weights are measured variances and the circuit is right.
    n_free
        Parameters that were free.
    n_data
        int64 (n_cells,): real numbers that each was fitted to: twice its finite points.
    impedance_ohm
        complex128 (n_cells, n_f), ohm, of the circuit.
    residual
        complex128 (n_cells, n_f): (measured - circuit) / ``|measured|``.
    iterations
        int64 (n_cells,).
    reasons
        n_cells texts: why the fit of a cell failed, or what is doubtful about it; empty where it is good.
    is_good
        bool (n_cells,): the values may be used (a doubt may still be in `reasons`).
    """

    circuit: Circuit
    values: Floats
    sigma: Floats
    low: Floats
    high: Floats
    correlation: Floats
    cost: Floats
    reduced: Floats
    n_free: int
    n_data: NDArray[np.int64]
    impedance_ohm: Complexes
    residual: Complexes
    iterations: NDArray[np.int64]
    reasons: tuple[str, ...]
    is_good: NDArray[np.bool_]

    def value(self, name: str) -> Floats:
        """Return one parameter of all cells, float64 (n_cells,), in its unit.

        Raises
        ------
        KeyError
            The circuit has no such parameter.
        """
        names = [p.name for p in self.circuit.parameters]
        if name not in names:
            raise KeyError(f"the circuit {self.circuit} has no parameter `{name}`; it has {', '.join(names)}")
        return self.values[:, names.index(name)]


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Peaks of distributions of relaxation times; a column is the same peak in every cell.

    Parameters
    ----------
    tau_s
        float64 (n_cells, n_peaks), s, where the peak stands; NaN where a cell lacks it. Columns ascend in time.
    resistance_ohm
        float64 (n_cells, n_peaks), ohm: area of the peak between the valleys beside it.
    height_ohm
        float64 (n_cells, n_peaks), ohm by e-fold.
    """

    tau_s: Floats
    resistance_ohm: Floats
    height_ohm: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """Distribution of relaxation times of each spectrum.

    Parameters
    ----------
    tau_s
        float64 (n_tau,), s, ascending, evenly spaced in its logarithm.
    gamma_ohm
        float64 (n_cells, n_tau), ohm by e-fold of time: its integral over ln(tau) is the polarisation resistance.
    resistance_ohm, inductance_h
        float64 (n_cells,): in series.
    regularisation
        float64 (n_cells,): the lambda that was used.
    impedance_ohm
        complex128 (n_cells, n_f), ohm, of the distribution.
    residual
        complex128 (n_cells, n_f): (measured - distribution) / ``|measured|``.
    low_ohm, high_ohm
        float64 (n_cells, n_tau): credible interval of gamma; None where it was not asked for.
    peaks
        The peaks, matched across cells.
    reasons
        n_cells texts: why a cell was not judged; empty where it was.
    """

    tau_s: Floats
    gamma_ohm: Floats
    resistance_ohm: Floats
    inductance_h: Floats
    regularisation: Floats
    impedance_ohm: Complexes
    residual: Complexes
    low_ohm: Floats | None
    high_ohm: Floats | None
    peaks: Peaks
    reasons: tuple[str, ...]
