"""Is a channel alive, whole and within its range? Looked at block by block, told at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["ChannelWatch"]

#: Samples on one extreme value that make a channel clipped, at least; and so many times those in the next `STRIP` of the range.
CLIPPED, TIMES, STRIP = 8, 3.0, 0.002


@dataclass(slots=True)
class ChannelWatch:
    """Extremes of each channel, how often they were met, and samples without a number.

    Notes
    -----
    A clipped channel has many samples on exactly its extreme value and few just below. A sine on a coarse converter has many on its extreme
    too, but as many on the step below: so both are counted.
    """

    channels: int
    high: NDArray[np.float32] = field(init=False)
    low: NDArray[np.float32] = field(init=False)
    counts: NDArray[np.int64] = field(init=False)
    lost: NDArray[np.int64] = field(init=False)
    seen: int = 0

    def __post_init__(self) -> None:
        self.high = np.full(self.channels, -np.inf, dtype=np.float32)
        self.low = np.full(self.channels, np.inf, dtype=np.float32)
        self.counts = np.zeros((4, self.channels), dtype=np.int64)  # on the highest, near it, on the lowest, near it
        self.lost = np.zeros(self.channels, dtype=np.int64)

    def look(self, samples: NDArray[np.float32]) -> None:
        """Look at a block, (n_channels, n)."""
        self.seen += samples.shape[1]
        if samples.shape[1] == 0:
            return
        high, low = samples.max(axis=1), samples.min(axis=1)
        bad = ~np.isfinite(high + low)
        if bad.any():
            self.lost[bad] += (~np.isfinite(samples[bad])).sum(axis=1)
            high, low = np.where(bad, self.high, high), np.where(bad, self.low, low)
        for row, extreme, before, sign in ((0, high, self.high, 1.0), (2, low, self.low, -1.0)):
            self.counts[row : row + 2, sign * extreme > sign * before] = 0
        self.high, self.low = np.maximum(self.high, high), np.minimum(self.low, low)
        width = (self.high - self.low) * np.float32(STRIP)
        for row, extreme, limit, sign in ((0, high, self.high, 1.0), (2, low, self.low, -1.0)):
            for k in np.flatnonzero((extreme == limit) & ~bad).tolist():
                on = samples[k] == limit[k]
                self.counts[row, k] += int(on.sum())
                self.counts[row + 1, k] += int((sign * samples[k] >= sign * limit[k] - width[k]).sum() - on.sum())

    def verdicts(self) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
        """Return for each channel what is wrong (empty where nothing is), and whether it can be judged."""
        faults, usable = [], []
        for k in range(self.channels):
            on_high, near_high, on_low, near_low = self.counts[:, k].tolist()
            text = ""
            if self.lost[k]:
                text = f"{int(self.lost[k])} of {self.seen} samples have no number"
            elif self.high[k] == self.low[k]:
                text = "it has one value throughout: no signal (a wire off, or the channel is not read)"
            elif (on_high >= CLIPPED and on_high > TIMES * near_high) or (on_low >= CLIPPED and on_low > TIMES * near_low):
                end, count = ("upper", on_high) if on_high * (near_low + 1) >= on_low * (near_high + 1) else ("lower", on_low)
                text = f"it is clipped: {count} samples stand exactly on its {end} limit. Choose a larger range"
            faults.append(text)
            usable.append(not text)
        return tuple(faults), np.array(usable)
