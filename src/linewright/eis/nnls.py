"""Least squares with unknowns of at least zero, for many right-hand sides at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linewright.eis.spectrum import Floats
from linewright.kernels.nnls import nnls_rows

__all__ = ["nnls"]

#: How often each unknown may be freed on the mean, where they are freed one by one; once is usual.
EXCHANGES = 10


def nnls(H: Floats, G: Floats, is_free: NDArray[np.int64] | None = None) -> tuple[Floats, NDArray[np.int64]]:
    """Return the x of at least zero that minimise x'Hx / 2 - g'x: with H = A'A and g = A'b, the least squares of A x = b.

    Parameters
    ----------
    H
        float64 (n, n), symmetric and positive definite.
    G
        float64 (m, n): the right-hand side of each problem.
    is_free
        int64 (m, n): 1 where an unknown is guessed to be above zero, such as the answer to a problem nearby; None where nothing is known.

    Returns
    -------
    x
        float64 (m, n).
    is_free
        int64 (m, n): 1 where it is above zero.

    Raises
    ------
    ArithmeticError
        H is not positive definite.

    Examples
    --------
    >>> x, is_free = nnls(np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([[2.0, -1.0], [3.0, 3.0]]))
    >>> x.round(12).tolist(), is_free.tolist()
    ([[1.0, 0.0], [1.0, 1.0]], [[1, 0], [1, 1]])
    """
    n = len(H)
    right = np.ascontiguousarray(G, np.float64)
    guess = np.ones(right.shape, np.int64) if is_free is None else np.array(is_free, np.int64)
    x = np.zeros(right.shape)
    failed = nnls_rows(np.ascontiguousarray(H), right, guess, x, np.empty((n, n)), np.empty(n), np.empty(n, np.int64), EXCHANGES * max(n, 1))
    if failed:
        raise ArithmeticError(f"{failed} of {len(right)} problems have no solution: the matrix is not positive definite; raise the regularisation")
    return x, guess
