r"""Measurement model: as many RC elements with free time constants as a spectrum can bear.

Elements are added to :math:`j\omega L + R_0 + \sum_k R_k / (1 + j\omega R_k C_k)` as long as no interval of an R or C reaches zero. What such a model
leaves obeys the Kramers-Kronig relations up to the noise, so its residual tells noise from drift, and its scatter is an estimate of the noise.

References
----------
Agarwal, Orazem, García-Rubio, J. Electrochem. Soc. 139 (1992) 1917; 142 (1995) 4159.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.eis.fit import fit_circuit
from linewright.eis.spectrum import CircuitFit, Complexes, Floats, Spectra
from linewright.eis.weights import Weight

__all__ = ["MeasurementModel", "measurement_model"]

#: Starts of each fit; the model with one element less is one more.
STARTS = 8
#: An element that lowers the sum of squares by less than this share is not there.
LEAST_GAIN = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class MeasurementModel:
    """What the model of each cell is.

    Parameters
    ----------
    n_elements
        int64 (n_cells,); 0 where not even one element is borne.
    resistance_ohm, inductance_h
        float64 (n_cells,), in series.
    tau_s, element_ohm
        float64 (n_cells, largest n_elements), from the fastest to the slowest, NaN beyond.
    impedance_ohm, residual
        complex128 (n_cells, n_f): of the model, ohm; (measured - model) / ``|measured|``.
    noise
        float64 (n_cells,): standard deviation of the weighted residual: of the modulus weight, the share of ``|Z|`` by which a part scatters.
    reasons
        n_cells texts, empty where the cell was judged.
    """

    n_elements: NDArray[np.int64]
    resistance_ohm: Floats
    inductance_h: Floats
    tau_s: Floats
    element_ohm: Floats
    impedance_ohm: Complexes
    residual: Complexes
    noise: Floats
    reasons: tuple[str, ...]


def measurement_model(
    spectra: Spectra, *, weight: Weight = "modulus", most_elements: int = 8, confidence: float = 0.954, seed: int = 0
) -> MeasurementModel:
    """Return the measurement model of each spectrum.

    Parameters
    ----------
    spectra
        Of n_cells cells.
    weight
        See `linewright.eis.weights.weights_of`.
    most_elements
        RC elements at most.
    confidence
        Of the intervals that must not reach zero.
    seed
        Of the starts.

    Examples
    --------
    >>> from linewright.eis.circuit import parse_circuit
    >>> from linewright.eis.impedance import impedance
    >>> f = np.logspace(3, -1, 41)
    >>> Z = impedance(parse_circuit("R0-p(R1,C1)-p(R2,C2)"), f, [0.010, 0.020, 0.1, 0.030, 10.0])
    >>> noise = np.random.default_rng(1).normal(size=(2, 41)) * 1e-3
    >>> model = measurement_model(Spectra.of(f, Z * (1 + noise[0] + 1j * noise[1])))
    >>> model.n_elements.tolist(), model.tau_s.round(3).tolist()
    ([2], [[0.002, 0.3]])
    """
    n = spectra.n_cells
    number = np.zeros(n, np.int64)
    series, inductance, noise = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    tau, element = np.full((n, most_elements), np.nan), np.full((n, most_elements), np.nan)
    fitted = np.full(spectra.impedance_ohm.shape, np.nan, np.complex128)
    residual = fitted.copy()
    reasons = [""] * n
    active, before = np.arange(n), np.full(n, np.inf)
    last: CircuitFit | None = None
    for K in range(1, most_elements + 1):
        text = "-".join(["L0", "R0", *(f"p(R{k},C{k})" for k in range(1, K + 1))])
        start = {name: last.value(name) for name in last.circuit.names} if last is not None else None
        fit = fit_circuit(spectra.cells(active), text, weight=weight, start=start, n_starts=STARTS, confidence=confidence, seed=seed)
        # an interval of a logarithm never reaches zero; the same width on the linear scale does where it is wider than the value
        reach = (np.log(fit.high) - np.log(fit.low)) / 2.0
        is_borne = fit.is_good & (reach[:, 1:] < 1.0).all(axis=1) & (fit.cost < before[active] * (1.0 - LEAST_GAIN))
        for row in np.flatnonzero(~fit.is_good) if K == 1 else ():
            reasons[active[row]] = fit.reasons[row]
        rows = np.flatnonzero(is_borne)
        if not len(rows):
            break
        cells = active[rows]
        number[cells], series[cells], before[cells] = K, fit.value("R0")[rows], fit.cost[rows]
        inductance[cells] = fit.value("L0")[rows]
        own = np.stack([fit.value(f"R{k}")[rows] for k in range(1, K + 1)], axis=1)
        element[cells, :K] = own
        tau[cells, :K] = own * np.stack([fit.value(f"C{k}")[rows] for k in range(1, K + 1)], axis=1)
        fitted[cells], residual[cells], noise[cells] = fit.impedance_ohm[rows], fit.residual[rows], np.sqrt(fit.reduced[rows])
        active, last = cells, chosen(fit, rows)
    for cell in np.flatnonzero((number == 0) & (np.array(reasons) == "")):
        reasons[cell] = "not even one RC element is borne"
    width = int(number.max(initial=0))
    return MeasurementModel(number, series, inductance, tau[:, :width], element[:, :width], fitted, residual, noise, tuple(reasons))


def chosen(fit: CircuitFit, rows: NDArray[np.int64]) -> CircuitFit:
    """Return the fit of some cells only."""
    return CircuitFit(
        fit.circuit,
        fit.values[rows],
        fit.sigma[rows],
        fit.low[rows],
        fit.high[rows],
        fit.correlation[rows],
        fit.cost[rows],
        fit.reduced[rows],
        fit.n_free,
        fit.n_data[rows],
        fit.impedance_ohm[rows],
        fit.residual[rows],
        fit.iterations[rows],
        tuple(fit.reasons[r] for r in rows),
        fit.is_good[rows],
    )
