"""The slow obvious phasor: the whole record in double precision, a least-squares fit of all lines and a parabola at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def phasors(samples: NDArray[np.float64], cycles: NDArray[np.int64]) -> NDArray[np.complex128]:
    """Return the lines of (n_channels, n) samples at whole cycles of the record, complex (n_channels, n_lines), peak."""
    n = samples.shape[1]
    t = np.arange(n) / n
    columns = [np.ones(n), t, t * t]
    for k in cycles:
        columns += [np.cos(2 * np.pi * k * t), -np.sin(2 * np.pi * k * t)]
    found = np.linalg.lstsq(np.stack(columns, axis=1), samples.T, rcond=None)[0].T
    return found[:, 3::2] + 1j * found[:, 4::2]
