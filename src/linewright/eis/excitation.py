"""The current that excites a stack: a multi-sine, or sines one after the other. A value: what was sent is what the phasors are computed for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Excitation", "Segment", "spread_cycles", "stepped_sine"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time in which some lines are sent, each with a whole number of cycles.

    Parameters
    ----------
    begin, count
        First sample and number of samples.
    cycles
        Cycles of each line in the stretch, rising; int64 (n_lines,). Its frequency is cycles x sample rate / count.
    amplitude_a
        Peak, A; (n_lines,).
    phase_rad
        Of the cosine at the first sample; (n_lines,).
    """

    begin: int
    count: int
    cycles: NDArray[np.int64]
    amplitude_a: NDArray[np.float64]
    phase_rad: NDArray[np.float64]

    @property
    def end(self) -> int:
        """Return the sample after the last."""
        return self.begin + self.count


@dataclass(frozen=True, slots=True)
class Excitation:
    """A current over time.

    Parameters
    ----------
    kind
        ``multi-sine`` or ``stepped sine``.
    sample_rate_hz
        Hz, of the samples that are counted here and measured later.
    mean_a
        Direct current below the modulation, A.
    segments
        In the order of time; what lies before the first (settling) and between them is not analysed.
    """

    kind: Literal["multi-sine", "stepped sine"]
    sample_rate_hz: float
    mean_a: float
    segments: tuple[Segment, ...]

    @property
    def samples(self) -> int:
        """Return the number of samples to the end of the last segment."""
        return self.segments[-1].end

    @property
    def duration_s(self) -> float:
        """Return the whole time, settling included, s."""
        return self.samples / self.sample_rate_hz

    @property
    def frequency_hz(self) -> NDArray[np.float64]:
        """Return all lines from the highest down, Hz, (n_f,)."""
        return np.sort(np.concatenate([s.cycles * (self.sample_rate_hz / s.count) for s in self.segments]))[::-1]

    def current_a(self, first: int, count: int) -> NDArray[np.float64]:
        """Return samples of the current, A, shape (count,): the lines of a segment go on through the settling before it.

        Examples
        --------
        >>> sine = Excitation("stepped sine", 8.0, 10.0, (Segment(0, 8, np.array([1]), np.array([2.0]), np.array([0.0])),))
        >>> sine.current_a(0, 5).round(3).tolist()
        [12.0, 11.414, 10.0, 8.586, 8.0]
        """
        out = np.full(count, float(self.mean_a))
        before = 0
        for segment in self.segments:
            low, high = max(before, first), min(segment.end, first + count)
            if low < high:
                n = np.arange(low, high) - segment.begin
                for k, a, phase in zip(segment.cycles.tolist(), segment.amplitude_a.tolist(), segment.phase_rad.tolist(), strict=True):
                    out[low - first : high - first] += a * np.cos(2.0 * math.pi * ((n * k) % segment.count) / segment.count + phase)
            before = segment.end
        return out


def spread_cycles(lowest: int, highest: int, per_decade: float) -> NDArray[np.int64]:
    """Return cycles of a multi-sine on which no even product, and no sum of three lines, falls; rising, int64 (n_lines,).

    Parameters
    ----------
    lowest, highest
        Cycles of the lowest and highest frequency in the period; `lowest` is odd.
    per_decade
        Lines a decade that are wanted. At the low end there are fewer: there are not enough free places.

    Notes
    -----
    All cycles are of one odd class r modulo 4. Then products of even order fall on even bins; sums a + b + c and differences a - b - c of three
    lines fall on 3 r, the other odd class. What is left of third order, a + b - c, falls on a line d only where a + b = c + d, so the lines form a
    Sidon set: all sums of two are different [1]_. What remains is a + b - b = a, the compression that every third-order system has.

    References
    ----------
    .. [1] S. Sidon, Math. Ann. 106 (1932) 536-539; grids for non-linear systems: R. Pintelon, J. Schoukens, System Identification, 2nd ed.,
       2012, ch. 4.

    Examples
    --------
    >>> spread_cycles(3, 300, 6).tolist()
    [3, 7, 15, 31, 51, 83, 123, 179, 291]
    """
    if lowest < 1 or lowest % 2 == 0:
        raise ValueError(f"the lowest line has an odd number of cycles; {lowest} came")
    lines = [lowest]
    sums = {2 * lowest}
    ratio = 10.0 ** (1.0 / per_decade)
    target = lowest * ratio
    while target < highest * math.sqrt(ratio):
        least = max(lines[-1] + 4, int(target / ratio**0.25))
        candidate = least + (lowest - least) % 4
        while candidate <= highest and any(candidate + line in sums for line in lines):
            candidate += 4
        if candidate > highest:
            break
        lines.append(candidate)
        sums |= {candidate + line for line in lines}
        target = max(target * ratio, candidate * ratio**0.75)
    if len(lines) > 1 and highest < lines[-1] * math.sqrt(ratio):
        lines.pop()  # one as near to the highest frequency as may be takes its place
    sums = {a + b for a in lines for b in lines}
    last = highest - (highest - lowest) % 4
    while last > lines[-1] and any(last + line in sums for line in lines):
        last -= 4
    return np.array(lines if last <= lines[-1] else [*lines, last], dtype=np.int64)


def stepped_sine(  # noqa: PLR0917 - two numbers of the current, two of the sampling, two of the time
    frequency_hz: NDArray[np.float64], mean_a: float, amplitude_a: float, sample_rate_hz: float, periods: int = 3, least_s: float = 0.05
) -> Excitation:
    """Return sines one after the other from the highest down, each with whole periods, after periods that are let go by.

    Parameters
    ----------
    frequency_hz
        (n_f,), Hz; each is moved to the nearest that has a whole number of samples in its periods.
    mean_a, amplitude_a
        Direct current and peak of the sine, A.
    sample_rate_hz
        Hz.
    periods, least_s
        Of each line: periods, and time, that are analysed at least; a third of them, and a period at least, is let go by before.
    """
    begin, segments = 0, []
    for f in np.sort(frequency_hz)[::-1].tolist():
        cycles = max(periods, math.ceil(least_s * f))
        count = max(4 * cycles, round(cycles * sample_rate_hz / f))
        begin += round(count / cycles * max(1, math.ceil(cycles / 3)))
        segments.append(Segment(begin, count, np.array([cycles]), np.array([amplitude_a]), np.zeros(1)))
        begin += count
    return Excitation("stepped sine", sample_rate_hz, mean_a, tuple(segments))
