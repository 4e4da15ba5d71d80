"""Sums of one segment to its lines, their noise, distortion and drift."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.eis.excitation import Segment
from linewright.eis.record_plan import HARMONICS, Plan, noise_bins

__all__ = ["Reduced", "reduced"]

#: Median of the power of a bin of complex normal noise, by its mean.
MEDIAN_POWER = math.log(2.0)
#: Channels whose residuals are transformed at once.
CHUNK = 32


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """Lines of a segment, as in `Phasors`: (n_channels, n_lines); means (n_channels,) above the stream's offset."""

    frequency_hz: NDArray[np.float64]
    value: NDArray[np.complex128]
    sigma: NDArray[np.float64]
    thd: NDArray[np.float64]
    nsd: NDArray[np.float64]
    mean: NDArray[np.float64]
    mean_at_begin: NDArray[np.float64]
    mean_at_end: NDArray[np.float64]


def reduced(segment: Segment, plan: Plan, slow: NDArray[np.float32], fast: NDArray[np.complex128], sample_rate_hz: float) -> Reduced:
    """Return the lines of a segment.

    Parameters
    ----------
    segment, plan
        Its lines, and how they were summed.
    slow
        Sums of `plan.summed` samples, (n_channels, n_rows).
    fast
        Sums over the segment at `plan.fast_bins`, (n_channels, n_bins).
    sample_rate_hz
        Hz.
    """
    channels, count = len(slow), segment.count
    shape = (channels, len(segment.cycles))
    value, sigma = np.zeros(shape, dtype=np.complex128), np.zeros(shape)
    thd, nsd = np.zeros(shape), np.zeros(shape)
    parabola, lines, power = fitted(segment, plan, slow)
    value[:, plan.slow] = lines
    taken = set(segment.cycles.tolist()) | {int(k * h) for k in segment.cycles.tolist() for h in HARMONICS}
    for j, n in enumerate(plan.slow.tolist()):
        told(int(segment.cycles[n]), power, 2.0 / slow.shape[1] / plan.summed, taken, np.abs(lines[:, j]), (sigma[:, n], thd[:, n], nsd[:, n]))
    if len(plan.fast):
        of_bin = spectrum_of_fast(plan, fast, parabola, count)
        for n in plan.fast.tolist():
            value[:, n] = of_bin[int(segment.cycles[n])]
            by_bin = {b: np.abs(v) ** 2 for b, v in of_bin.items()}
            told(int(segment.cycles[n]), by_bin, 1.0, taken, np.abs(value[:, n]), (sigma[:, n], thd[:, n], nsd[:, n]))
    begin, middle, end = parabola[:, 0], parabola[:, 0] + parabola[:, 1] / 2.0 + parabola[:, 2] / 3.0, parabola.sum(axis=1)
    return Reduced(np.asarray(segment.cycles * (sample_rate_hz / count), dtype=np.float64), value, sigma, thd, nsd, middle, begin, end)


def fitted(segment: Segment, plan: Plan, slow: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.complex128], NDArray[np.float64]]:
    """Return drift, slow lines and what is left, by least squares on the slow series.

    Returns
    -------
    parabola
        (n_channels, 3): coefficients of 1, u, u^2 with u from 0 to 1 over the segment.
    lines
        Complex (n_channels, n_slow), peak, at the first sample.
    power
        (n_channels, n_rows // 2 + 1): squared magnitude of the transform of the residual, of the sums.
    """
    rows, d, count = slow.shape[1], plan.summed, segment.count
    u = (np.arange(rows) + 0.5) / rows
    folded = segment.cycles[plan.fast] % rows
    others = np.unique(np.minimum(folded, rows - folded)) if d > 1 else np.zeros(0, dtype=np.int64)
    others = others[(others > 0) & (others < rows / 2)]
    angle = (np.outer(np.arange(rows), np.concatenate([segment.cycles[plan.slow], others])) % rows) * (2.0 * math.pi / rows)
    basis = np.concatenate([np.stack([np.ones(rows), u, u * u], axis=1), np.cos(angle), -np.sin(angle)], axis=1)
    solved = np.linalg.solve(basis.T @ basis, basis.T @ slow.T.astype(np.float64)).T / d
    n_all, n_slow = angle.shape[1], len(plan.slow)
    cycles = segment.cycles[plan.slow]
    response = np.sin(math.pi * cycles * d / count) / (d * np.sin(math.pi * cycles / count)) * np.exp(1j * math.pi * cycles * (d - 1) / count)
    lines = (solved[:, 3 : 3 + n_slow] + 1j * solved[:, 3 + n_all : 3 + n_all + n_slow]) / response
    power = np.empty((len(slow), rows // 2 + 1))
    for at in range(0, len(slow), CHUNK):
        left = slow[at : at + CHUNK] - (solved[at : at + CHUNK] * d) @ basis.T
        power[at : at + CHUNK] = np.abs(np.fft.rfft(left, axis=1)) ** 2
    return solved[:, :3], lines, power


def spectrum_of_fast(plan: Plan, fast: NDArray[np.complex128], parabola: NDArray[np.float64], count: int) -> dict[int, NDArray[np.complex128]]:
    """Return each summed bin as a peak, (n_channels,), without the transform of the drift.

    Notes
    -----
    A bin beside its carrier is divided by the response of a sum of L samples to it (`phasors.add_fast`).
    With w = exp(-2 pi i K / N): sum n w^n = N / (w - 1), sum n^2 w^n = N^2 / (w - 1) - 2 N w / (w - 1)^2, over n from 0 to N - 1.
    """
    w = np.exp(-2j * math.pi * plan.fast_bins / count)
    one, two = count / (w - 1.0), count**2 / (w - 1.0) - 2.0 * count * w / (w - 1.0) ** 2
    drift = np.outer(parabola[:, 1] / count, one) + np.outer(parabola[:, 2] / count**2, two)
    beside, size = plan.fast_bins - plan.carriers[plan.carrier], plan.together
    safe = np.where(beside == 0, 1, beside)
    response = np.where(beside == 0, 1.0, np.sin(math.pi * safe * size / count) / (size * np.sin(math.pi * safe / count)))
    peaks = (fast / response - drift) * (2.0 / count)
    return {int(b): peaks[:, j] for j, b in enumerate(plan.fast_bins.tolist())}


def told(  # noqa: PLR0917 - one line with all that is told of it
    line: int,
    power: NDArray[np.float64] | dict[int, NDArray[np.float64]],
    scale: float,
    taken: set[int],
    size: NDArray[np.float64],
    out: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
) -> None:
    """Write sigma, harmonic and non-stationary distortion of one line, each (n_channels,).

    Parameters
    ----------
    line
        Its bin.
    power
        Squared magnitudes by bin, (n_channels,) each.
    scale
        Of a magnitude to a peak.
    taken
        Bins of lines and harmonics, which are no noise.
    size
        Of the line, peak.
    out
        The three that are written.
    """
    top = len(power[0]) - 1 if isinstance(power, np.ndarray) else max(power)

    def at(b: int) -> NDArray[np.float64] | None:
        if isinstance(power, np.ndarray):
            return power[:, b] * scale**2 if 0 < b <= top else None
        return power.get(b)

    beside = [p for b in noise_bins(line, taken, top) if (p := at(b)) is not None]
    level = np.median(beside, axis=0) / MEDIAN_POWER if len(beside) >= 3 else np.full(len(size), np.nan)
    sigma, thd, nsd = out
    sigma[:] = np.sqrt(level / 2.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        for target, bins in ((thd, [line * h for h in HARMONICS]), (nsd, [line - 1, line + 1])):
            above = [np.maximum(p - level, 0.0) for b in bins if (p := at(b)) is not None]
            target[:] = np.sqrt(np.sum(above, axis=0)) / size if above else np.nan
