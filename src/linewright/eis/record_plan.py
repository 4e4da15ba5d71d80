"""Which sums a stretch of raw samples is reduced to: bins of lines, of their harmonics, and of the noise beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.eis.excitation import Segment

__all__ = ["Plan", "plan_segment"]

#: Lines below this are taken from sums of neighbouring samples: all bins there come at once, and slow drift is fitted with them.
SLOW_HZ = 100.0
#: Samples of such a sum are so few that the rate left is this many times `SLOW_HZ`.
ROOM = 10.0
#: A stretch with no more numbers than this is kept as it is.
KEPT = 8_000_000
#: Bins beside a fast line in which noise is looked for, and harmonics that are looked at.
NOISE_BINS, HARMONICS = 8, (2, 3)
#: Most samples that are multiplied with a carrier at once: the phase of a bin beside it turns by a few mrad in these.
TOGETHER = 512


@dataclass(frozen=True, slots=True)
class Plan:
    """What is summed of a stretch.

    Parameters
    ----------
    summed
        Samples that are added up to one of the slow series; 1 where it is kept as it is.
    slow, fast
        Indices of the segment's lines that are taken from the slow series, and of the others; int64.
    fast_bins
        Bins of the whole stretch that are summed one by one, int64 (n_bins,), rising.
    carriers
        Bins that samples are multiplied with: fast lines and their harmonics; int64 (n_carriers,).
    carrier
        Index of the carrier of each fast bin: itself, or the line that it stands beside; int64 (n_bins,).
    together
        Samples that are multiplied with one carrier before the bins beside it are told apart; it divides the stretch.
    """

    summed: int
    slow: NDArray[np.int64]
    fast: NDArray[np.int64]
    fast_bins: NDArray[np.int64]
    carriers: NDArray[np.int64]
    carrier: NDArray[np.int64]
    together: int


def plan_segment(segment: Segment, sample_rate_hz: float, channels: int) -> Plan:
    """Return what to sum of a segment.

    Parameters
    ----------
    segment
        With its lines.
    sample_rate_hz
        Hz.
    channels
        That are measured: they decide whether the stretch can be kept.
    """
    most = 1 if segment.count * channels <= KEPT else int(sample_rate_hz / (SLOW_HZ * ROOM))
    frequency = segment.cycles * (sample_rate_hz / segment.count)
    limit = frequency.max() + 1.0 if most <= 1 else SLOW_HZ
    fewest = 8 * (3 + 2 * len(segment.cycles))  # rows that a fit with drift wants
    summed = next(
        d
        for d in range(max(most, 1), 0, -1)
        if d == 1 or (segment.count % d == 0 and segment.count // d >= fewest and is_apart(segment, d, frequency <= limit))
    )
    is_slow = frequency <= limit if summed > 1 or most <= 1 else np.zeros(len(frequency), dtype=np.bool_)
    fast = np.flatnonzero(~is_slow)
    own = bins_of(segment, fast)
    bins = np.array(sorted(own), dtype=np.int64)
    carriers = np.unique(np.array(list(own.values()), dtype=np.int64))
    together = next(d for d in range(max(1, min(TOGETHER, segment.count // 2000)), 0, -1) if segment.count % d == 0)
    carrier = np.searchsorted(carriers, [own[int(b)] for b in bins.tolist()])
    return Plan(summed, np.flatnonzero(is_slow), fast, bins, carriers, np.asarray(carrier, dtype=np.int64), together)


def is_apart(segment: Segment, summed: int, is_slow: NDArray[np.bool_]) -> bool:
    """Tell whether no fast line and no harmonic of one is folded onto a slow line when so many samples are added up."""
    rows = segment.count // summed
    folded = np.concatenate([segment.cycles[~is_slow] * k for k in (1, *HARMONICS)]) % rows
    folded = np.minimum(folded, rows - folded)
    return not np.isin(folded, segment.cycles[is_slow]).any()


def bins_of(segment: Segment, fast: NDArray[np.int64]) -> dict[int, int]:
    """Return the bins that are summed one by one, each with its carrier: fast lines, harmonics, beside a line its neighbours and noise."""
    cycles = segment.cycles[fast]
    taken = set(segment.cycles.tolist()) | {int(k * h) for k in segment.cycles.tolist() for h in HARMONICS}
    top = int(0.45 * segment.count)
    own: dict[int, int] = {}
    for k in cycles.tolist():
        own |= {k * h: k * h for h in HARMONICS if k * h <= top}
    for k in cycles.tolist():
        own |= dict.fromkeys([b for b in (*noise_bins(k, taken, top), k - 1, k + 1) if b not in taken], k)
    return own | {k: k for k in cycles.tolist()}


def noise_bins(line: int, taken: set[int], top: int) -> list[int]:
    """Return the nearest bins of noise, on no line or harmonic; an even number of bins away, where no product of even order of odd lines is.

    Examples
    --------
    >>> noise_bins(101, {101, 97, 202, 303}, 1000)
    [99, 103, 105, 95, 107, 93, 109, 91]
    """
    found: list[int] = []
    for away in range(2, 400, 2):
        found += [b for b in (line - away, line + away) if 0 < b <= top and b not in taken]
        if len(found) >= NOISE_BINS:
            break
    return found[:NOISE_BINS]
