"""Points in the order of a file to spectra: sweeps told apart, sorted from high to low frequency, doubled ones and wrong signs named."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linewright.exchange.impedance.columns import Columns
from linewright.exchange.impedance.measured import MeasuredSpectrum, fault
from linewright.exchange.impedance.tables import Points
from linewright.model.errors import FileFault

__all__ = ["FEWEST", "corrected_phase", "spectra_of", "turn"]

#: Points that a spectrum needs at least: two for a resistance and one arc each, and one to doubt them.
FEWEST = 5
#: Two frequencies are one where they differ by less than this.
SAME = 1e-6
DEGREES = 180.0 / math.pi


def turn(frequency_hz: NDArray[np.float64], modulus: NDArray[np.float64], phase: NDArray[np.float64]) -> float | None:
    """Return how a phase is to the slope of its modulus: about 1 where it is in radians and of the right sign; None where it is too flat to tell.

    Notes
    -----
    For a minimum-phase system phase = (pi / 2) dln|Z| / dln(omega), locally (Bode 1945, the first term of the Z-HIT): 57.3 says degrees, a negative
    number says that the sign is turned. Both sides are weighted by the slope, so flat parts do not count.
    """
    if len(frequency_hz) < FEWEST:
        return None
    order = np.argsort(frequency_hz)
    x, y, p = np.log(frequency_hz[order]), np.log(np.maximum(modulus[order], 1e-300)), phase[order]
    if (np.diff(x) <= 0.0).any():
        return None
    expected = np.gradient(y, x) * math.pi / 2.0
    if float(np.sqrt((expected * expected).mean())) < 0.03:
        return None
    return float((expected * p).sum() / (expected * expected).sum())


def corrected_phase(file: str, line: int, points: Points, columns: Columns) -> tuple[NDArray[np.complex128], list[FileFault]]:
    """Return Z of modulus and phase, with the phase read in the unit in which it is consistent with the modulus.

    Notes
    -----
    A head that says degrees over radians, or the other way, is named; so is a head that says nothing.
    """
    assert columns.phase is not None
    modulus, phase_deg = np.abs(points.impedance_ohm), points.phase_deg
    found = turn(points.frequency_hz, modulus, phase_deg / DEGREES)
    stated = columns.phase.head
    if found is not None and columns.phase.has_unit and not 1.0 / 7.0 < abs(found) < 7.0:
        came, meant = ("radians", DEGREES) if abs(found) < 1.0 else ("degrees", 1.0 / DEGREES)
        warning = fault(file, line, f"`{stated}` does not fit the modulus: its numbers are {came}, and were read so.", "Correct the head.")
        return modulus * np.exp(1j * phase_deg * meant / DEGREES), [warning]
    if columns.phase.has_unit:
        return points.impedance_ohm, []
    is_degrees = abs(found) > 1.0 / 7.0 if found is not None else float(np.abs(phase_deg).max(initial=0.0)) > 1.6
    z = points.impedance_ohm if is_degrees else modulus * np.exp(1j * phase_deg)
    read = "degrees" if is_degrees else "radians"
    return z, [fault(file, line, f"`{stated}` says no unit; its numbers were read as {read}, which fits the modulus.", "Name the unit in the head.")]


def sign_warnings(file: str, line: int, points: Points, z: NDArray[np.complex128], *, has_pair: bool) -> list[FileFault]:
    """Return what speaks against the sign of Z'': the slope of the modulus, or a phase column beside it."""
    warnings = []
    found = turn(points.frequency_hz, np.abs(z), np.angle(z)) if len(set(points.frequency_hz.tolist())) == len(z) else None
    if found is not None and found < -0.3:
        about = "the sign of Z'' is turned: the modulus falls with frequency where Z'' is positive, which only -Z'' does."
        warnings.append(fault(file, line, about, "If the column holds -Z'', call it so in the head, or add --minus-imaginary."))
    stated = points.phase_deg / DEGREES
    known = np.isfinite(stated)
    if has_pair and known.any():
        mine = np.angle(z[known])
        away = [float(np.median(np.abs(np.angle(np.exp(1j * (mine - sign * stated[known])))))) for sign in (1.0, -1.0)]
        in_radians = float(np.median(np.abs(np.angle(np.exp(1j * (mine - stated[known] * DEGREES))))))
        if in_radians < 0.02 < min(away):
            warnings.append(fault(file, line, "the phase column says degrees but holds radians; Z' and Z'' were used.", "Correct its head."))
        elif away[1] < 0.02 < away[0]:
            warnings.append(fault(file, line, "Z'' and the phase column have opposite signs; Z'' was used.", "Correct the head of the wrong one."))
    return warnings


def spectra_of(
    file: str, name: str, points: Points, z: NDArray[np.complex128], texts: Sequence[str]
) -> tuple[list[MeasuredSpectrum], list[FileFault], list[FileFault]]:
    """Return the spectra of a table, its warnings, and its faults (spectra that cannot be judged).

    Parameters
    ----------
    file
        As the user named it.
    name
        Of the spectrum; several are numbered.
    points, z
        In the order of the file, and their impedance, shape (n,).
    texts
        Lines of the file, to show one.
    """
    cuts = [(begin, end) for start, stop in grouped(points.groups) for begin, end in swept(points.frequency_hz, start, stop)]
    spectra: list[MeasuredSpectrum] = []
    warnings: list[FileFault] = []
    faults: list[FileFault] = []
    for number, (begin, end) in enumerate(cuts, 1):
        group = points.groups[begin]
        is_named = bool(group) and len({points.groups[a] for a, _ in cuts}) == len(cuts)
        mine = name if len(cuts) == 1 else f"{name}#{group if is_named else number}"
        spectrum, told = sorted_spectrum(file, mine, points, z, (begin, end), texts)
        warnings += told
        if len(spectrum.lines) >= FEWEST:
            spectra.append(spectrum)
        else:
            about = f"{mine} has {len(spectrum.lines)} usable points; {FEWEST} at least were expected."
            faults.append(fault(file, int(points.lines[begin]), about))
    return spectra, warnings, faults


def grouped(groups: Sequence[str]) -> list[tuple[int, int]]:
    """Return the stretches of one group as [begin, end)."""
    edges = [n for n in range(1, len(groups)) if groups[n] != groups[n - 1]]
    return list(zip([0, *edges], [*edges, len(groups)], strict=True)) if groups else []


def swept(frequency_hz: NDArray[np.float64], begin: int, end: int) -> list[tuple[int, int]]:
    """Return the sweeps in a stretch: a new one begins where the frequency goes back to within 30 % of the first.

    Examples
    --------
    >>> swept(np.array([1e3, 1e2, 1e1, 1e3, 1e2, 1e1]), 0, 6)
    [(0, 3), (3, 6)]
    """
    found, start = [], begin
    for n in range(begin + 1, end):
        first, before, here = (math.log(float(frequency_hz[k])) for k in (start, n - 1, n))
        reached = max(abs(math.log(float(f)) - first) for f in frequency_hz[start:n])
        if n - start >= 3 and reached > 1.0 and abs(here - first) < 0.3 and abs(here - before) > 0.7 * reached:
            found.append((start, n))
            start = n
    return [*found, (start, end)]


def sorted_spectrum(  # noqa: PLR0917 - the file's name, its lines, and a stretch of them
    file: str, name: str, points: Points, z: NDArray[np.complex128], cut: tuple[int, int], texts: Sequence[str]
) -> tuple[MeasuredSpectrum, list[FileFault]]:
    """Return one spectrum from high to low frequency, and what was out of order or doubled in the file."""
    begin, end = cut
    f, at, mine = points.frequency_hz[begin:end], points.lines[begin:end], z[begin:end]
    warnings = []
    step = np.sign(np.diff(f))
    down = bool(step.sum() <= 0.0)
    turned = np.flatnonzero(step == (1.0 if down else -1.0))
    order = np.argsort(-f, kind="stable")
    for k in turned[:3].tolist():
        way = "rises" if down else "falls"
        about = f"the frequency {way} from {f[k]:g} to {f[k + 1]:g} Hz in a sweep that goes {'down' if down else 'up'}; the points were sorted."
        warnings.append(fault(file, int(at[k + 1]), about, source=shown(texts, int(at[k + 1]))))
    if len(turned) > 3:
        warnings.append(fault(file, int(at[turned[3] + 1]), f"{len(turned) - 3} more places are out of order."))
    f, at, mine = f[order], at[order], mine[order]
    doubled = np.flatnonzero(np.abs(np.diff(f)) <= SAME * f[1:])
    for k in doubled.tolist():
        about = f"{f[k]:g} Hz stands twice, first in line {at[k]}; the first was kept."
        warnings.append(fault(file, int(at[k + 1]), about, source=shown(texts, int(at[k + 1]))))
    keep = np.setdiff1d(np.arange(len(f)), doubled + 1)
    return MeasuredSpectrum(name, f[keep], mine[keep], at[keep]), warnings


def shown(texts: Sequence[str], line: int) -> str | None:
    """Return a line of the file, None where it has no lines."""
    return texts[line - 1] if 0 < line <= len(texts) else None
