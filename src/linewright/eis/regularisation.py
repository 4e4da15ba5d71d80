r"""How strongly a distribution of relaxation times is smoothed.

- ``gcv``: the score is :math:`\frac{S / m}{(1 - t / m)^2}` with S what is left, m the number of data, t the freedom used;
- ``cross-validation``: the solution of the real part predicts the imaginary part and the other way round; the score is the error;
- ``l-curve``: a sharp bend of log(roughness) over log(misfit).

Of a score the smoothest solution is taken that lies within one standard error, the share :math:`\sqrt{2 / m}`, of the least: the least itself
follows the noise into peaks that are not there. Of several bends the first is taken that is at least half as sharp as the sharpest.

References
----------
Golub, Heath, Wahba, Technometrics 21 (1979) 215. Hansen, O'Leary, SIAM J. Sci. Comput. 14 (1993) 1487. Saccoccio, Wan, Chen, Ciucci, Electrochim.
Acta 147 (2014) 470. Hastie, Tibshirani, Friedman: The Elements of Statistical Learning, 2nd ed., section 7.10, for the one standard error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from linewright.eis.nnls import nnls
from linewright.eis.ridge import Ridge
from linewright.eis.spectrum import Floats

__all__ = ["CRITERIA", "Criterion", "best_lambda"]

Criterion = Literal["gcv", "l-curve", "cross-validation"]
#: The lambdas that are looked at.
LADDER = np.logspace(-7.0, 1.0, 17)


def path(ridge: Ridge, cell: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return the solutions of a cell for all lambdas of the ladder, and which unknowns are above zero; each (n_lambda, n)."""
    x = np.empty((len(LADDER), ridge.n))
    is_free = np.ones((len(LADDER), ridge.n), np.int64)
    guess = is_free[:1]
    for k in range(len(LADDER) - 1, -1, -1):
        x[k : k + 1], guess = nnls(ridge.matrix(cell, LADDER[k]), ridge.right[cell : cell + 1], guess)
        is_free[k] = guess[0]
    return x, is_free


def by_gcv(ridge: Ridge, cell: int) -> Floats:
    """Return the generalised cross-validation of each lambda."""
    x, is_free = path(ridge, cell)
    m = ridge.n_data(cell)
    used = np.array([ridge.freedom_used(cell, is_free[k], one) for k, one in enumerate(LADDER)])
    left = np.array([ridge.left(cell, row) for row in x])
    return np.asarray(left / m / np.maximum(1.0 - used / m, 1e-3) ** 2)


def by_l_curve(ridge: Ridge, cell: int) -> Floats:
    """Return 0 at the first sharp bend of the L-curve and 1 elsewhere."""
    x, _ = path(ridge, cell)
    right = np.log(np.maximum([ridge.left(cell, row) for row in x], 1e-300))
    up = np.log(np.maximum(np.einsum("ki,ij,kj->k", x, ridge.smoothness, x), 1e-300))
    dx, dy = np.gradient(right), np.gradient(up)
    speed = np.maximum(dx**2 + dy**2, 1e-12)
    bend = (dx * np.gradient(dy) - dy * np.gradient(dx)) / speed**1.5
    inner = bend[1:-1]
    is_top = (inner >= bend[:-2]) & (inner >= bend[2:]) & (inner >= 0.5 * inner.max())
    return np.where(np.arange(len(bend)) == 1 + int(np.argmax(is_top)), 0.0, 1.0)


def by_prediction(ridge: Ridge, cell: int) -> Floats:
    """Return what each part of the impedance fails to predict of the other, for each lambda."""
    parts = np.stack([ridge.columns.real, ridge.columns.imag], axis=1)
    measured = np.stack([ridge.Z[cell].real, ridge.Z[cell].imag], axis=1)
    weight = ridge.weight[cell]
    error = np.zeros(len(LADDER))
    for seen, alone in ((0, -2), (1, -1)):  # the real part holds R alone, the imaginary part L
        A = weight[:, seen, None] * parts[:, seen]
        B = weight[:, 1 - seen, None] * parts[:, 1 - seen]
        b, c = weight[:, seen] * measured[:, seen], weight[:, 1 - seen] * measured[:, 1 - seen]
        other = -1 if alone == -2 else -2
        keep = np.ones(ridge.n, np.bool_)
        keep[other] = False
        H0, g = (A.T @ A)[np.ix_(keep, keep)], (A.T @ b)[None, keep]
        own = B[:, other]
        for k, one in enumerate(LADDER):
            H = H0 + one * ridge.smoothness[np.ix_(keep, keep)]
            H[np.diag_indices(len(H))] += 1e-10 * np.trace(H) / len(H)
            x, _ = nnls(H, g)
            left = c - B[:, keep] @ x[0]
            left = left - own * max(float(own @ left) / max(float(own @ own), 1e-300), 0.0)
            error[k] += left @ left
    return error


#: How each criterion judges the lambdas: the least is best, or the smoothest beside it.
CRITERIA: dict[str, Callable[[Ridge, int], Floats]] = {"gcv": by_gcv, "l-curve": by_l_curve, "cross-validation": by_prediction}


def best_lambda(ridge: Ridge, cell: int, criterion: Criterion) -> float:
    """Return the lambda that a criterion chooses for a cell.

    Parameters
    ----------
    ridge
        The problem.
    cell
        Its number.
    criterion
        One of `CRITERIA`.
    """
    score = CRITERIA[criterion](ridge, cell)
    within = score <= score.min() * (1.0 + np.sqrt(2.0 / ridge.n_data(cell)))
    return float(LADDER[int(np.flatnonzero(within)[-1])])
