"""Synthetic calibration: the leads of a synthetic stack on a short, as a file of spectra."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linewright.eis.spectrum import Spectra
from linewright.eis.synthetic_stack import SyntheticStack

__all__ = ["short_spectra", "write_short"]

#: Resistance of the short, ohm, and deviation of each point as a share (default).
SHORT_OHM, DEVIATION = 1e-5, 1e-3


def short_spectra(stack: SyntheticStack, frequency_hz: NDArray[np.float64]) -> Spectra:
    """Return what each channel of a stack sees of a short above 100 Hz, with the deviation of such a measurement; synthetic."""
    f = np.sort(frequency_hz[frequency_hz > 100.0])[::-1]
    if len(f) < 5:
        f = np.geomspace(frequency_hz.max(), frequency_hz.max() / 30.0, 8)
    drawn = np.random.default_rng([stack.seed, 3]).standard_normal((2, stack.cells, len(f)))
    z = SHORT_OHM + 2j * math.pi * f * stack.lead_h[:, None]
    return Spectra.of(f, z + DEVIATION * np.abs(z) * (drawn[0] + 1j * drawn[1]))


def write_short(path: Path, stack: SyntheticStack, frequency_hz: NDArray[np.float64]) -> None:
    """Write what each channel sees of a short, as CSV: cell, frequency, Z', Z''."""
    short = short_spectra(stack, frequency_hz)
    f, z = short.frequency_hz, short.impedance_ohm
    rows = ["# Synthetic: made from a circuit model, not measured.", "cell,frequency/Hz,Z'/ohm,Z''/ohm"]
    rows += [f"{k + 1},{x:.9g},{v.real:.9g},{v.imag:.9g}" for k in range(stack.cells) for x, v in zip(f.tolist(), z[k].tolist(), strict=True)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
