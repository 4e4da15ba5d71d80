"""A few cells that stand for all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linewright.eis.spectrum import Complexes

__all__ = ["far_apart"]


def far_apart(Z: Complexes, most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return cells whose spectra lie far apart, and for each cell the number (in that list) of the nearest of them.

    The first is the middlemost; each next is the one that is farthest from all before, by the logarithm of its impedance.

    Parameters
    ----------
    Z
        complex128 (n_cells, n_f), ohm, without holes.
    most
        Cells at most.

    Returns
    -------
    chosen
        int64 (n,): their numbers.
    nearest
        int64 (n_cells,).

    References
    ----------
    Gonzalez, Theor. Comput. Sci. 38 (1985) 293.

    Examples
    --------
    >>> chosen, nearest = far_apart(np.array([[1.0 + 0j], [1.1 + 0j], [9.0 + 0j]]), 2)
    >>> chosen.tolist(), nearest.tolist()
    ([1, 2], [0, 0, 1])
    """
    log = np.ascontiguousarray(np.log(Z)).view(np.float64)
    distance = np.abs(log - np.median(log, axis=0)).sum(axis=1) if len(log) else np.empty(0)
    chosen = [int(np.argmin(distance))] if len(log) else []
    distance, nearest = np.full(len(log), np.inf), np.zeros(len(log), np.int64)
    while chosen:
        own = ((log - log[chosen[-1]]) ** 2).sum(axis=1)
        is_nearer = own < distance
        nearest[is_nearer], distance = len(chosen) - 1, np.minimum(own, distance)
        if len(chosen) == most or not distance.max() > 0.0:
            break
        chosen.append(int(np.argmax(distance)))
    return np.array(chosen, np.int64), nearest
