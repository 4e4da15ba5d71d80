"""Blocks of samples as bytes: 16-bit steps above the lowest value, and whole numbers of visits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Stands for "no value" in a block of samples.
MISSING_STEP = 65535
#: Stands for "no value" in a visit's whole numbers.
MISSING_VALUE = -(2**31)


def packed(values: ArrayLike, step: float | None = None) -> tuple[float, float, bytes]:
    """Return (low, scale, data) of samples, so that ``value = low + scale * number``.

    Parameters
    ----------
    values
        float64, shape (n,); nan where there is none.
    step
        Wanted scale (the meter's resolution). It is widened where the range would need more than 65,534 steps; None takes the finest.

    Examples
    --------
    >>> low, scale, data = packed([1.0, 1.5, float("nan"), 2.0], step=0.5)
    >>> unpacked(low, scale, data).tolist()
    [1.0, 1.5, nan, 2.0]
    """
    array = np.asarray(values, dtype=np.float64)
    known = np.isfinite(array)
    if not known.any():
        return 0.0, 1.0, np.full(array.shape, MISSING_STEP, dtype="<u2").tobytes()
    low, high = float(array[known].min()), float(array[known].max())
    scale = (high - low) / (MISSING_STEP - 1)
    if step is not None and step > scale:
        scale = step
        low = float(np.floor(low / step)) * step
        if (high - low) / scale > MISSING_STEP - 1:
            scale = (high - low) / (MISSING_STEP - 1)
    if scale == 0.0:
        scale = 1.0
    numbers = np.full(array.shape, MISSING_STEP, dtype="<u2")
    numbers[known] = np.rint((array[known] - low) / scale).astype("<u2")
    return low, scale, numbers.tobytes()


def unpacked(low: float, scale: float, data: bytes) -> NDArray[np.float64]:
    """Return the samples of a block, float64, shape (n,), nan where there is none."""
    numbers = np.frombuffer(data, dtype="<u2")
    values = low + scale * numbers.astype(np.float64)
    values[numbers == MISSING_STEP] = np.nan
    return values


def whole_numbers(values: ArrayLike, resolutions: ArrayLike) -> NDArray[np.int32]:
    """Return measured values as whole numbers of their resolution.

    Parameters
    ----------
    values
        float64, shape (characteristics, n), in SI; nan where there is none.
    resolutions
        Steps in SI, shape (characteristics,).
    """
    ratio = np.asarray(values, dtype=np.float64) / np.asarray(resolutions, dtype=np.float64)[:, None]
    known = np.isfinite(ratio)
    numbers = np.rint(np.where(known, ratio, 0.0))
    return np.where(known, np.clip(numbers, -(2**31) + 1, 2**31 - 1), MISSING_VALUE).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Layout:
    """What the whole numbers of a visit mean: characteristic after characteristic, each once or once for each place of a carrier.

    Parameters
    ----------
    characteristics, units
        Names, and the units they are shown in.
    resolutions
        Steps in SI: value in SI = number * resolution.
    windows
        (lower, target, upper) in SI; None where there is no such limit.
    scales, offsets
        SI units in one shown unit, and the SI value of its zero.
    """

    characteristics: tuple[str, ...]
    units: tuple[str, ...]
    resolutions: tuple[float, ...]
    windows: tuple[tuple[float | None, float | None, float | None], ...]
    scales: tuple[float, ...]
    offsets: tuple[float, ...]

    def row(self) -> dict[str, str]:
        """Return the text columns of the table `layout`."""
        return {
            "characteristics": json.dumps(self.characteristics),
            "units": json.dumps([list(u) for u in zip(self.units, self.scales, self.offsets, strict=True)]),
            "resolutions": json.dumps(self.resolutions),
            "windows": json.dumps(self.windows),
        }

    @classmethod
    def from_row(cls, characteristics: str, units: str, resolutions: str, windows: str) -> Layout:
        """Make it from the text columns."""
        shown = json.loads(units)
        return cls(
            tuple(json.loads(characteristics)),
            tuple(u[0] for u in shown),
            tuple(json.loads(resolutions)),
            tuple((w[0], w[1], w[2]) for w in json.loads(windows)),
            tuple(u[1] for u in shown),
            tuple(u[2] for u in shown),
        )

    def values(self, data: bytes) -> NDArray[np.float64]:
        """Return the values in SI, float64, shape (characteristics, places); nan where there is none."""
        numbers = np.frombuffer(data, dtype="<i4").reshape(len(self.characteristics), -1)
        values: NDArray[np.float64] = numbers * np.asarray(self.resolutions, dtype=np.float64)[:, None]
        values[numbers == MISSING_VALUE] = np.nan
        return values

    def shown(self, si: Sequence[float]) -> tuple[float | None, ...]:
        """Return one value of each characteristic in its shown unit; None where there is none."""
        return tuple(
            None if np.isnan(v) else (v - offset) / scale for v, scale, offset in zip(si, self.scales, self.offsets, strict=True)
        )
