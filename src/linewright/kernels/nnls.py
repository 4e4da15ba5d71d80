"""Quadratic problems with unknowns of at least zero, one after the other: x that minimises x'Hx / 2 - g'x."""

from __future__ import annotations

import numpy as np

from linewright.kernels.compiled import kernel

__all__ = ["nnls_rows"]

#: Exchanges of whole blocks that may fail to make things better.
PATIENCE = 3
#: What contradicts a guess by less than this share of the largest is rounding.
ROUNDING = 1e-11


@kernel
def factorised(H, chosen, n, L):
    """Factor the rows and columns of H that are chosen, L L' = H[chosen, chosen]; return whether it is positive definite."""
    for i in range(n):
        a = chosen[i]
        for j in range(i + 1):
            total = H[a, chosen[j]]
            for k in range(j):
                total -= L[i, k] * L[j, k]
            if i == j:
                if not total > 0.0:
                    return False
                L[i, i] = np.sqrt(total)
            else:
                L[i, j] = total / L[j, j]
    return True


@kernel
def solved(L, n, x):
    """Solve L L' x = x, in place."""
    for i in range(n):
        total = x[i]
        for k in range(i):
            total -= L[i, k] * x[k]
        x[i] = total / L[i, i]
    for i in range(n - 1, -1, -1):
        total = x[i]
        for k in range(i + 1, n):
            total -= L[k, i] * x[k]
        x[i] = total / L[i, i]


@kernel
def free_solution(H, g, is_free, x, L, chosen):
    """Solve for the unknowns that are free, into x, zero elsewhere; return how many they are, -1 where that part is not positive definite."""
    n, size = len(g), 0
    for i in range(n):
        if is_free[i]:
            chosen[size] = i
            x[size] = g[i]
            size += 1
    if not factorised(H, chosen, size, L):
        return -1
    solved(L, size, x)
    for k in range(size, n):
        x[k] = 0.0
    for k in range(size - 1, -1, -1):  # from the last, since chosen[k] >= k
        value = x[k]
        x[k] = 0.0
        x[chosen[k]] = value
    return size


@kernel
def slope_of(H, g, x, chosen, size, i):
    """Return the slope along one unknown."""
    slope = -g[i]
    for k in range(size):
        slope += H[i, chosen[k]] * x[chosen[k]]
    return slope


@kernel
def by_blocks(H, g, is_free, x, L, work, chosen, largest):
    """Exchange all unknowns that contradict the guess, until none does; return whether that came to an end."""
    n = len(g)
    fewest, patience = n + 1, PATIENCE
    while patience > 0:
        size = free_solution(H, g, is_free, x, L, chosen)
        if size < 0:
            return False
        most = 0.0
        for i in range(n):
            most = max(most, abs(x[i]))
        wrong = 0
        for i in range(n):
            if is_free[i]:
                work[i] = x[i] + ROUNDING * most
            else:
                work[i] = slope_of(H, g, x, chosen, size, i) + ROUNDING * largest
            if work[i] < 0.0:
                wrong += 1
        if wrong == 0:
            return True
        if wrong < fewest:
            fewest, patience = wrong, PATIENCE
        else:
            patience -= 1
        for i in range(n):
            if work[i] < 0.0:
                is_free[i] = 1 - is_free[i]
    return False


@kernel
def one_by_one(H, g, is_free, x, L, work, chosen, largest, most):
    """Free one unknown after the other, from none, the steepest first; return whether that came to an end (Lawson and Hanson)."""
    n = len(g)
    is_free[:] = 0
    x[:] = 0.0
    for _ in range(most):
        steepest, first = -ROUNDING * largest, -1
        for i in range(n):
            if not is_free[i]:
                slope = -g[i]
                for k in range(n):
                    slope += H[i, k] * x[k]
                if slope < steepest:
                    steepest, first = slope, i
        if first < 0:
            return True
        is_free[first] = 1
        while True:
            if free_solution(H, g, is_free, work, L, chosen) < 0:
                is_free[first] = 0
                return False
            reach, blocks = 1.0, -1
            for i in range(n):
                if is_free[i] and work[i] <= 0.0 and (x[i] > 0.0 or i != first):
                    share = x[i] / (x[i] - work[i]) if x[i] > 0.0 else 0.0
                    if share < reach or blocks < 0:
                        reach, blocks = share, i
            if blocks < 0 and work[first] <= 0.0 and is_free[first]:  # steep by rounding only
                is_free[first] = 0
                return True
            for i in range(n):
                if is_free[i]:
                    x[i] += reach * (work[i] - x[i])
            if blocks < 0:
                break
            x[blocks] = 0.0
            is_free[blocks] = 0
    return False


@kernel
def nnls_rows(H, G, is_free, X, L, work, chosen, most):
    """Solve one problem for each row of G, all with the same H.

    A guess of which unknowns are above zero is mended by exchanging all that contradict it: those that come out negative, and those at zero whose
    slope is negative (Kim, Park: SIAM J. Sci. Comput. 33 (2011) 3261). Where that does not lead on, the row is solved one unknown after the other.

    Parameters
    ----------
    H
        float64 (n, n), positive definite.
    G
        float64 (m, n).
    is_free
        int64 (m, n): 1 where an unknown is guessed to be above zero; what was found in the end.
    X
        float64 (m, n): the solutions.
    L, work, chosen
        float64 (n, n), float64 (n,), int64 (n,): room.
    most
        Unknowns freed one by one, at most, for each row.

    Returns
    -------
    How many rows did not come to an end, or had a part of H that is not positive definite.
    """
    failed = 0
    for row in range(len(G)):
        g, free, x = G[row], is_free[row], X[row]
        largest = 0.0
        for i in range(len(g)):
            largest = max(largest, abs(g[i]))
        if not by_blocks(H, g, free, x, L, work, chosen, largest) and not one_by_one(H, g, free, x, L, work, chosen, largest, most):
            failed += 1
        for i in range(len(g)):
            if x[i] <= 0.0:
                x[i] = 0.0
                free[i] = 0
    return failed
