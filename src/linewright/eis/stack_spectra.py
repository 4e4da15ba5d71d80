"""Phasors to the spectra of a stack's cells: one sign for all, the leads' inductance taken off, each doubtful channel by its name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.eis.phasors import Phasors
from linewright.eis.spectrum import Spectra

__all__ = ["Calibration", "StackSpectra", "calibration_of", "stack_spectra", "without_leads"]


@dataclass(frozen=True, slots=True, eq=False)
class StackSpectra:
    """Spectra of the cells that can be judged, and what is said of every channel.

    Parameters
    ----------
    spectra
        Of the usable channels, with their measured variance.
    channel
        Number of the cell (from 0) of each of the spectra, int64 (n_usable,).
    thd, nsd, nsr
        (n_usable, n_f): distortion, non-stationarity, noise, each by the line.
    mean_v, drift_v
        (n_usable,).
    faults
        (cell from 0, name, what is wrong) of each channel that is not judged.
    is_discharge
        True where voltages fall with the current, so that Z = -V / I.
    """

    spectra: Spectra
    channel: NDArray[np.int64]
    thd: NDArray[np.float64]
    nsd: NDArray[np.float64]
    nsr: NDArray[np.float64]
    mean_v: NDArray[np.float64]
    drift_v: NDArray[np.float64]
    faults: tuple[tuple[int, str, str], ...]
    is_discharge: bool


def stack_spectra(phasors: Phasors, names: Sequence[str] = ()) -> StackSpectra:
    """Return the spectra of a stack.

    Parameters
    ----------
    phasors
        Channel 0 is the current.
    names
        Of the cells, n_channels - 1 of them; without them they are numbered from 1.

    Notes
    -----
    Z = V / I, or -V / I where most cells' voltages fall with the current (a stack that delivers it). The variance of each part is
    ``|Z|^2 (s_V^2 / |V|^2 + s_I^2 / |I|^2)``. Channels whose leads are exchanged, and those that see two cells for it, are named and left out.
    """
    cells = len(phasors.value) - 1
    called = tuple(names) or tuple(str(k + 1) for k in range(cells))
    usable = np.flatnonzero(phasors.is_usable[1:])
    with np.errstate(divide="ignore", invalid="ignore"):
        z = phasors.value[1:][usable] / phasors.value[0]
        relative = (phasors.sigma[1:][usable] / np.abs(phasors.value[1:][usable])) ** 2 + (phasors.sigma[0] / np.abs(phasors.value[0])) ** 2
    upper = z[:, : max(1, len(phasors.frequency_hz) // 2)].real
    is_discharge = bool(np.median(np.sign(np.median(upper, axis=1))) < 0.0) if len(usable) else False
    z = -z if is_discharge else z
    faults = [(k, called[k], text) for k, text in enumerate(phasors.faults[1:]) if text]
    turned = reversed_leads(z, usable, phasors.mean[1:][usable])
    faults += [(k, called[k], text) for k, text in turned]
    keep = ~np.isin(usable, [k for k, _ in turned])
    usable, z, relative = usable[keep], z[keep], relative[keep]
    spectra = Spectra(phasors.frequency_hz, z, tuple(called[k] for k in usable.tolist()), np.abs(z) ** 2 * relative)
    return StackSpectra(
        spectra, usable.astype(np.int64), phasors.thd[1:][usable], phasors.nsd[1:][usable], phasors.nsr[1:][usable], phasors.mean[1:][usable],
        phasors.drift[1:][usable], tuple(sorted(faults)), is_discharge,
    )  # fmt: skip


def reversed_leads(z: NDArray[np.complex128], usable: NDArray[np.intp], mean_v: NDArray[np.float64]) -> list[tuple[int, str]]:
    """Return channels whose real part is negative: their sense leads are exchanged, with a neighbour's or with each other."""
    if not len(z):
        return []
    middle = np.median(z.real, axis=1)
    size = float(np.median(np.abs(middle)))
    found = []
    for j in np.flatnonzero((middle < 0.0) & (np.abs(middle) > 0.2 * size)).tolist():
        beside = [n for n in (j - 1, j + 1) if 0 <= n < len(middle) and middle[n] > 1.6 * size]
        what = "this lead and the next are exchanged: its neighbours see two cells each" if beside else "its two sense leads are exchanged"
        found.append((int(usable[j]), f"its impedance and its voltage ({mean_v[j]:.3f} V) have the wrong sign; {what}"))
        found += [(int(usable[n]), "it sees two cells, because a neighbour's lead is exchanged") for n in beside]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Inductance of the leads, from a measurement on a short or on a known resistor.

    Parameters
    ----------
    inductance_h
        (n_channels,), or (1,) for all channels alike; H.
    deviation_h
        Standard deviation of each, H.
    resistance_ohm
        What the measurement saw beside the inductance, ohm.
    """

    inductance_h: NDArray[np.float64]
    deviation_h: NDArray[np.float64]
    resistance_ohm: NDArray[np.float64]


def calibration_of(spectra: Spectra) -> Calibration:
    """Return the inductance of each channel: Z = R + j w L fitted to each spectrum of a short, each point by its modulus.

    Raises
    ------
    ValueError
        Fewer than three frequencies, or a channel whose spectrum is no resistance with an inductance (more than 5 % of it are left).

    Examples
    --------
    >>> f = np.array([1e4, 1e3, 1e2])
    >>> short = Spectra.of(f, [1e-5 + 2j * math.pi * f * 1e-7])
    >>> calibration_of(short).inductance_h.round(12).tolist()
    [1e-07]
    """
    w, z = 2.0 * math.pi * spectra.frequency_hz, spectra.impedance_ohm
    if len(w) < 3:
        raise ValueError(f"a calibration has three frequencies at least; {len(w)} came")
    weight = 1.0 / np.abs(z) ** 2
    inductance = (weight * w * z.imag).sum(axis=1) / (weight * w * w).sum(axis=1)
    resistance = (weight * z.real).sum(axis=1) / weight.sum(axis=1)
    left = np.abs(z - resistance[:, None] - 1j * w * inductance[:, None]) / np.abs(z)
    rms = np.sqrt((left**2).mean(axis=1))
    wrong = np.flatnonzero(rms > 0.05)
    if len(wrong):
        k = int(wrong[0])
        more = f" ({len(wrong)} channels are so)" if len(wrong) > 1 else ""
        raise ValueError(f"channel {spectra.names[k]} is no resistance with an inductance: {rms[k]:.0%} of its impedance are neither{more}")
    deviation = np.sqrt((left**2).sum(axis=1) / (2 * len(w) - 2) / (weight * w * w).sum(axis=1))
    return Calibration(inductance, deviation, resistance)


def without_leads(spectra: Spectra, calibration: Calibration) -> Spectra:
    """Return spectra without the leads' inductance; where the variance is known, that of the calibration is added.

    Raises
    ------
    ValueError
        The calibration has another number of channels.
    """
    if len(calibration.inductance_h) not in {1, spectra.n_cells}:
        raise ValueError(f"the calibration has {len(calibration.inductance_h)} channels, the measurement {spectra.n_cells}")
    w = 2.0 * math.pi * spectra.frequency_hz
    z = spectra.impedance_ohm - 1j * w * calibration.inductance_h[:, None]
    variance = None if spectra.variance_ohm2 is None else spectra.variance_ohm2 + (w * calibration.deviation_h[:, None]) ** 2
    return Spectra(spectra.frequency_hz, z, spectra.names, variance)
