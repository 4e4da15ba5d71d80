r"""What is wrong with spectra before anything is fitted: each thing by name, with its place; the other cells are still judged.

Sign and unit of the phase are judged by Bode's relation, which holds for what passive cells do to a few hundredths of a radian:

.. math:: \varphi(\omega) \approx \frac{\pi}{2} \frac{d \ln |Z|}{d \ln \omega}

References
----------
Bode: Network Analysis and Feedback Amplifier Design (van Nostrand 1945), chapter 14.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from linewright.eis.circuit import Circuit
from linewright.eis.spectrum import Complexes, Finding, Floats, Spectra

__all__ = ["KINDS", "check_spectra", "mended", "usable", "usable_axis"]

#: The names of all findings.
KINDS = (
    "frequency-not-positive",
    "frequency-unsorted",
    "frequency-doubled",
    "not-a-number",
    "zero-impedance",
    "too-few-points",
    "imaginary-sign",
    "phase-scrambled",
    "phase-too-small",
    "negative-real",
)
#: A spectrum with fewer points than this tells nothing.
FEWEST_POINTS = 4
#: Points that the judgement of the phase wants.
FEWEST_FOR_PHASE = 8
#: A phase, in radians, below which its sign cannot be told from noise.
LEAST_PHASE = 0.01
#: A median step of the phase, in radians beyond that of ln |Z|, that no cell makes; degrees read as radians make steps about 1.
ROUGHEST = 0.35
#: Times that a phase may swing as far as Bode's relation says; degrees read as radians swing 57 times as far.
LARGEST_GAIN = 5.0


def usable(spectra: Spectra) -> tuple[Complexes, NDArray[np.bool_]]:
    """Return impedances without holes, and which of them were measured.

    Parameters
    ----------
    spectra
        Of n_cells cells.

    Returns
    -------
    impedance
        complex128 (n_cells, n_f), ohm; 1 where nothing (or zero) was measured.
    is_known
        bool (n_cells, n_f).

    Examples
    --------
    >>> Z, is_known = usable(Spectra.of([10.0, 1.0], [[2.0 - 1.0j, np.nan]]))
    >>> Z.tolist(), is_known.tolist()
    ([[(2-1j), (1+0j)]], [[True, False]])
    """
    Z = spectra.impedance_ohm
    is_known = np.isfinite(Z) & (Z != 0.0) & (np.isfinite(spectra.frequency_hz) & (spectra.frequency_hz > 0.0))
    return np.where(is_known, Z, 1.0 + 0.0j), is_known


def usable_axis(frequency_hz: Floats) -> NDArray[np.bool_]:
    """Return which frequencies are above 0 Hz, bool (n_f,).

    Raises
    ------
    ValueError
        None is.
    """
    is_frequency = np.isfinite(frequency_hz) & (frequency_hz > 0.0)
    if not is_frequency.any():
        raise ValueError(f"none of the {len(frequency_hz)} frequencies is above 0 Hz; `check_spectra` names what came")
    return is_frequency


def mended(spectra: Spectra) -> Spectra:
    """Return spectra from the highest frequency to the lowest, each frequency once (means of what came twice), without those that are none.

    Parameters
    ----------
    spectra
        Of n_cells cells.

    Examples
    --------
    >>> both = mended(Spectra.of([1.0, 10.0, 0.0, 1.0], [3.0 - 1j, 1.0 - 0j, 7.0, 5.0 - 1j]))
    >>> both.frequency_hz.tolist(), both.impedance_ohm.tolist()
    ([10.0, 1.0], [[(1+0j), (4-1j)]])
    """
    f = spectra.frequency_hz
    is_frequency = np.isfinite(f) & (f > 0.0)
    if is_frequency.all() and (np.diff(f) < 0.0).all():
        return spectra
    axis, place = np.unique(-f[is_frequency], return_inverse=True)
    falls_on = (place[:, None] == np.arange(len(axis))).astype(np.float64)
    Z = spectra.impedance_ohm[:, is_frequency]
    is_known = np.isfinite(Z)
    count = is_known @ falls_on
    mean = np.where(count > 0.0, np.where(is_known, Z, 0.0) @ falls_on, np.nan) / np.maximum(count, 1.0)
    variance = None
    if spectra.variance_ohm2 is not None:
        summed = np.where(is_known, spectra.variance_ohm2[:, is_frequency], 0.0) @ falls_on
        variance = np.where(count > 0.0, summed, np.nan) / np.maximum(count, 1.0) ** 2
    return Spectra(-axis, mean, spectra.names, variance)


def check_spectra(spectra: Spectra, circuit: Circuit | None = None) -> tuple[Finding, ...]:
    """Return all that is wrong, or looks wrong: of the axis first, then cell by cell.

    Parameters
    ----------
    spectra
        As they came.
    circuit
        That will be fitted, so that too few points for it are told; None where none will be.

    Examples
    --------
    >>> for finding in check_spectra(Spectra.of([100.0, 10.0, 1.0], [[1.0 - 0.1j, np.nan, 2.0 - 0.1j]])):
    ...     print(finding.kind, finding.cell, finding.point, finding.is_fatal)
    not-a-number 0 1 False
    too-few-points 0 None True
    """
    found = list(axis_findings(spectra.frequency_hz))
    clean = mended(spectra)
    Z, is_known = usable(clean)
    needed = FEWEST_POINTS if circuit is None else max(FEWEST_POINTS, len(circuit.parameters) // 2 + 1)
    gain, roughness = phase_figures(clean.frequency_hz, Z, is_known)
    for cell in range(spectra.n_cells):
        found += point_findings(spectra, cell)
        points = int(is_known[cell].sum())
        if points < needed:
            by = "" if circuit is None else f" for the {len(circuit.parameters)} parameters of {circuit}"
            found.append(
                Finding(
                    "too-few-points", cell, None, f"{points} usable points came, {needed} are needed{by}; measure at more frequencies", is_fatal=True
                )
            )
        is_negative = Z.real[cell] < 0.0
        is_turned = bool(is_negative.sum() > 0.9 * points) and roughness[cell] <= ROUGHEST
        of_phase = [] if is_turned or points < FEWEST_FOR_PHASE else list(phase_findings(cell, gain[cell], roughness[cell]))
        if is_negative.any() and not of_phase:
            where = f"the real part is negative at {is_negative.sum()} of {points} points"
            asks = "turn the sense leads of this channel" if is_turned else "look at those points"
            found.append(Finding("negative-real", cell, int(np.argmax(is_negative)), f"{where}; {asks}", is_fatal=is_turned))
        found += of_phase
    return tuple(found)


def axis_findings(frequency_hz: Floats) -> Iterator[Finding]:
    """Yield what is wrong with the frequencies."""
    is_frequency = np.isfinite(frequency_hz) & (frequency_hz > 0.0)
    for point in np.flatnonzero(~is_frequency):
        came = f"a frequency above 0 Hz was expected, {frequency_hz[point]} came; left out"
        yield Finding("frequency-not-positive", None, int(point), came, is_fatal=not is_frequency.any())
    step = np.diff(frequency_hz[is_frequency])
    at = np.flatnonzero(is_frequency)
    if (step > 0.0).any() and (step < 0.0).any():
        rising = int((step > 0.0).sum())
        is_turn = step > 0.0 if rising <= len(step) // 2 else step < 0.0
        for k in np.flatnonzero(is_turn):
            yield Finding(
                "frequency-unsorted",
                None,
                int(at[k + 1]),
                f"{frequency_hz[at[k + 1]]:g} Hz stands after {frequency_hz[at[k]]:g} Hz, against the order of the others; sorted",
                is_fatal=False,
            )
    _, first, count = np.unique(frequency_hz, return_index=True, return_counts=True)
    for k in first[(count > 1) & is_frequency[first]]:
        times = int((frequency_hz == frequency_hz[k]).sum())
        yield Finding("frequency-doubled", None, int(k), f"{frequency_hz[k]:g} Hz comes {times} times; the means are used", is_fatal=False)


def point_findings(spectra: Spectra, cell: int) -> Iterator[Finding]:
    """Yield what is wrong with single points of a cell."""
    Z = spectra.impedance_ohm[cell]
    for point in np.flatnonzero(~np.isfinite(Z)):
        yield Finding("not-a-number", cell, int(point), f"no number at {spectra.frequency_hz[point]:g} Hz; the other points are used", is_fatal=False)
    for point in np.flatnonzero(Z == 0.0):
        yield Finding(
            "zero-impedance", cell, int(point), f"exactly 0 ohm at {spectra.frequency_hz[point]:g} Hz: a dead channel? left out", is_fatal=False
        )


def phase_figures(frequency_hz: Floats, Z: Complexes, is_known: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return how the phase goes with Bode's relation, and how rough it is beside the modulus.

    Parameters
    ----------
    frequency_hz
        float64 (n_f,), descending.
    Z, is_known
        (n_cells, n_f), of `usable`.

    Returns
    -------
    gain
        float64 (n_cells,): slope of the phase over that which Bode's relation expects: near 1, or -1 where the sign is turned; NaN where the phase
        is too small to tell.
    roughness
        float64 (n_cells,): median step of the phase less that of ln ``|Z|``, rad; infinite where the phase, unwound, swings many times as far as
        Bode's relation lets it.
    """
    gain, roughness = np.full(len(Z), np.nan), np.zeros(len(Z))
    for k in range(len(Z)):
        if is_known[k].sum() < FEWEST_FOR_PHASE:
            continue
        own = Z[k, is_known[k]]
        log, phase = np.log(np.abs(own)), np.unwrap(np.angle(own))
        roughness[k] = np.median(np.abs(np.diff(phase))) - np.median(np.abs(np.diff(log)))
        expected = 0.5 * np.pi * np.gradient(log, np.log(frequency_hz[is_known[k]]))
        size = float(expected @ expected)
        if np.sqrt(size / len(own)) > LEAST_PHASE:
            gain[k] = float(np.angle(own) @ expected) / size
            swing = expected - expected.mean()
            if float(phase @ swing) > LARGEST_GAIN * float(swing @ swing):
                roughness[k] = np.inf
    return gain, roughness


def phase_findings(cell: int, gain: float, roughness: float) -> Iterator[Finding]:
    """Yield what the figures of the phase say about a cell."""
    if roughness > ROUGHEST:
        yield Finding(
            "phase-scrambled",
            cell,
            None,
            "the phase jumps from point to point while the modulus does not: was it in degrees, read as radians?",
            is_fatal=True,
        )
    elif gain < -0.3:
        yield Finding(
            "imaginary-sign",
            cell,
            None,
            "the phase has the opposite sign of what the modulus demands: the column holds -Z''; turn its sign",
            is_fatal=True,
        )
    elif abs(gain) < 0.05:
        yield Finding(
            "phase-too-small",
            cell,
            None,
            f"the phase is {abs(gain):.1g} times what the modulus demands: was it in radians, read as degrees?",
            is_fatal=True,
        )
