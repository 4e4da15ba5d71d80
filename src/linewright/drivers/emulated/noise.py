"""Keyed noise: a value that wanders, the same whenever it is asked for, for any moment and in any order.

Each number is a hash of (key, index of the sample); nothing is drawn one after the other, so a block of samples may be made, thrown away and
made again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["SLOW_SAMPLES", "key_of", "standard_noise", "wandering"]

#: The slow part of a wander turns once in about so many samples.
SLOW_SAMPLES = 64

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_LANE = np.uint64(0xFFFF)
#: Four 16-bit lanes as integers: mean 2 (2^16 - 1), variance 4 (2^32 - 1) / 12.
_MEAN, _SD = 2.0 * 65535.0, float(np.sqrt(4.0 * (2.0**32 - 1.0) / 12.0))


def key_of(seed: int, path: str) -> int:
    """Return the 64-bit key of one signal: FNV-1a of its path, mixed with the seed.

    Examples
    --------
    >>> key_of(1, "winder/7/tension") == key_of(1, "winder/7/tension"), key_of(1, "a") == key_of(2, "a")
    (True, False)
    """
    h = 0xCBF29CE484222325 ^ (seed & 0xFFFFFFFFFFFFFFFF)
    for byte in path.encode():
        h = ((h ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return h


def standard_noise(key: int, index: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return independent numbers with mean 0 and standard deviation 1, one for each index.

    The sum of four uniform numbers (the four 16-bit lanes of one SplitMix64 step): bell-shaped, and never beyond 3.47.

    Parameters
    ----------
    key
        Which stream.
    index
        Index of each sample, shape (n,).

    Returns
    -------
    ndarray
        Shape (n,).

    References
    ----------
    G. L. Steele, D. Lea, C. H. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014.
    """
    z = (index.astype(np.uint64) + np.uint64(1)) * _GOLDEN + np.uint64(key)
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    z ^= z >> np.uint64(31)
    total = (z & _LANE).astype(np.float64)
    for shift in (16, 32, 48):
        total += ((z >> np.uint64(shift)) & _LANE).astype(np.float64)
    return (total - _MEAN) / _SD


def wandering(key: int, index: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return noise of standard deviation about 1 whose half is white and whose other half wanders slowly, one value for each index, shape (n,).

    The slow part goes in straight lines between a number of its own every `SLOW_SAMPLES` samples.
    """
    if len(index) == 0:
        return np.zeros(0)
    coarse = index // SLOW_SAMPLES
    first = int(coarse.min())
    knots = standard_noise(key ^ 0x5851F42D4C957F2D, np.arange(first, int(coarse.max()) + 2, dtype=np.int64))
    share = (index - coarse * SLOW_SAMPLES) / SLOW_SAMPLES
    low = knots[coarse - first]
    slow = low + (knots[coarse - first + 1] - low) * share
    noise: NDArray[np.float64] = np.sqrt(0.5) * (standard_noise(key, index) + slow)
    return noise
