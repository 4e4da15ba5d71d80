"""A spectrum as a file states it: points with the line each stands in, and what is doubtful about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.model.errors import FileFault

__all__ = ["MeasuredSpectrum", "SpectrumFile", "fault"]


@dataclass(frozen=True, slots=True)
class MeasuredSpectrum:
    """One spectrum of a file, from its highest frequency down.

    Parameters
    ----------
    name
        The file's name; where the file holds several, with the number or the name that it gives this one.
    frequency_hz
        Shape (n,), falling, each frequency once.
    impedance_ohm
        Complex, shape (n,); Z'' is negative where the spectrum is capacitive, whatever the file's own sign is.
    lines
        Line of the file of each point, from 1; 0 where the file has no lines. Shape (n,).
    """

    name: str
    frequency_hz: NDArray[np.float64]
    impedance_ohm: NDArray[np.complex128]
    lines: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SpectrumFile:
    """What was read from one file.

    Parameters
    ----------
    file
        As the user named it.
    instrument
        The format in words, such as ``Gamry``.
    spectra
        In the order of the file.
    warnings
        What was left out or is doubtful, each with its line; the spectra can be judged.
    """

    file: str
    instrument: str
    spectra: tuple[MeasuredSpectrum, ...]
    warnings: tuple[FileFault, ...]


def fault(file: str, line: int, message: str, hint: str = "", source: str | None = None) -> FileFault:
    """Return what is wrong at a line of a file (0: with the file as a whole)."""
    return FileFault(file, line, 0, "", message, hint, source if line else None)
