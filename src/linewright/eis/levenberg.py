r"""Levenberg-Marquardt for many complex least-squares problems at once.

Each row is one start for one cell. All rows step together; each has its own damping, and leaves when it has converged. In the normal equations

.. math:: (J^T J + \lambda D)\,\delta = J^T r

D is the diagonal of :math:`J^T J`; a variable at a bound that the gradient pushes outwards is held for that step.

References
----------
Marquardt, J. SIAM 11 (1963) 431. Madsen, Nielsen, Tingleff: Methods for Non-Linear Least Squares Problems, 2nd ed. (DTU 2004), section 3.2, for the
damping. Boukamp, Solid State Ionics 20 (1986) 31, for impedance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.eis.elements import Axis
from linewright.eis.impedance import impedance_and_jacobian
from linewright.eis.spectrum import Complexes, Floats
from linewright.eis.variables import Variables

__all__ = ["Problem", "Solution", "normal_equations", "solve"]

#: Numbers of the derivative that are computed together: they stay in the processor's cache.
NUMBERS_AT_ONCE = 40_000
#: A logarithm moves by this at most in a step, an exponent by the other.
LONGEST_STEP, LONGEST_EXPONENT_STEP = 2.0, 0.2
#: Converged: a step that was expected to lower the cost by less than this share.
LEAST_GAIN = 1e-10
#: Weight of the order of arcs beside the cost: large, so that it holds.
ORDER_WEIGHT = 1e4


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What is to be fitted.

    Parameters
    ----------
    variables
        What may be turned.
    axis
        Of n_f frequencies.
    Z
        complex128 (n_cells, n_f), ohm, without holes.
    weight
        float64 (n_cells, n_f, 2).
    low, high
        float64 (n_cells, n_v): the box of the variables.
    pairs
        (i, j) of variables where i is not to be above j.
    """

    variables: Variables
    axis: Axis
    Z: Complexes
    weight: Floats
    low: Floats
    high: Floats
    pairs: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Where each row ended.

    Parameters
    ----------
    theta
        float64 (n_rows, n_v).
    cost
        float64 (n_rows,).
    iterations
        int64 (n_rows,).
    is_converged
        bool (n_rows,).
    """

    theta: Floats
    cost: Floats
    iterations: NDArray[np.int64]
    is_converged: NDArray[np.bool_]


def normal_equations(problem: Problem, cell: NDArray[np.int64], theta: Floats) -> tuple[Floats, Floats, Floats]:
    """Return J^T J, J^T r and the cost.

    Parameters
    ----------
    cell
        int64 (n_rows,): of which cell each row is.
    theta
        float64 (n_rows, n_v).

    Returns
    -------
    normal
        float64 (n_rows, n_v, n_v).
    slope
        float64 (n_rows, n_v).
    cost
        float64 (n_rows,).
    """
    variables = problem.variables
    values = variables.decode(theta, variables.base[cell])
    Z, by_parameter = impedance_and_jacobian(variables.circuit, problem.axis, values)
    jacobian = variables.chain(by_parameter, theta, values)
    n, width = theta.shape
    weight = problem.weight[cell].reshape(n, 2 * len(problem.axis.omega))
    weighted = jacobian.view(np.float64).reshape(n, width, 2 * len(problem.axis.omega))
    weighted *= weight[:, None, :]
    residual = (problem.Z[cell] - Z).view(np.float64) * weight
    normal = weighted @ weighted.transpose(0, 2, 1)
    slope = (weighted @ residual[:, :, None])[:, :, 0]
    return normal, slope, np.einsum("ij,ij->i", residual, residual)


def with_order(pairs: tuple[tuple[int, int], ...], strength: Floats, theta: Floats, system: tuple[Floats, Floats, Floats]) -> None:
    """Add to the normal equations what it costs that arcs stand in the wrong order; in place."""
    normal, slope, cost = system
    for i, j in pairs:
        excess = np.maximum(theta[:, i] - theta[:, j], 0.0)
        stiff = strength * (excess > 0.0)
        cost += strength * excess**2
        slope[:, i] -= strength * excess
        slope[:, j] += strength * excess
        for a, b, sign in ((i, i, 1.0), (j, j, 1.0), (i, j, -1.0), (j, i, -1.0)):
            normal[:, a, b] += sign * stiff


def solve(problem: Problem, cell: NDArray[np.int64], theta: Floats, most: int) -> Solution:
    """Fit each row from its start.

    Parameters
    ----------
    problem
        What is to be fitted.
    cell
        int64 (n_rows,): of which cell each row is.
    theta
        float64 (n_rows, n_v): starts.
    most
        Iterations at most.
    """
    size = len(problem.axis.omega) * max(theta.shape[1], 1)
    at_once = max(8, NUMBERS_AT_ONCE // size)
    parts = [solve_some(problem, cell[k : k + at_once], theta[k : k + at_once], most) for k in range(0, max(len(cell), 1), at_once)]
    return Solution(
        np.concatenate([p.theta for p in parts]),
        np.concatenate([p.cost for p in parts]),
        np.concatenate([p.iterations for p in parts]),
        np.concatenate([p.is_converged for p in parts]),
    )


def solve_some(problem: Problem, cell: NDArray[np.int64], start: Floats, most: int) -> Solution:
    """Fit rows that fit into the cache."""
    low, high = problem.low[cell], problem.high[cell]
    theta = np.clip(start, low, high)
    longest = np.array([LONGEST_STEP if v.is_log else LONGEST_EXPONENT_STEP for v in problem.variables.turned])
    normal, slope, cost = normal_equations(problem, cell, theta)
    strength = ORDER_WEIGHT * cost
    with_order(problem.pairs, strength, theta, (normal, slope, cost))
    n, width = theta.shape
    damping, growth = np.full(n, 1e-3), np.full(n, 2.0)
    iterations, is_converged = np.zeros(n, np.int64), np.full(n, width == 0)
    active = np.flatnonzero(np.isfinite(cost))
    eye = np.eye(width)
    for _ in range(most if width else 0):
        if not len(active):
            break
        a = active
        now, push = theta[a], slope[a]
        is_held = ((now <= low[a]) & (push < 0.0)) | ((now >= high[a]) & (push > 0.0))
        is_free = ~is_held
        push = push * is_free
        system = normal[a] * (is_free[:, :, None] & is_free[:, None, :])
        scale = np.where(is_held, 1.0, np.maximum(np.diagonal(normal[a], axis1=1, axis2=2), 1e-30 * cost[a, None] + 1e-300))
        step = np.linalg.solve(system + eye * (scale * np.where(is_held, 1.0, damping[a, None] + 1e-14))[:, None, :], push[:, :, None])[:, :, 0]
        step *= np.minimum(1.0, (longest / np.maximum(np.abs(step), 1e-300)).min(axis=1))[:, None]
        trial = np.clip(now + step, low[a], high[a])
        step = trial - now
        expected = 2.0 * np.einsum("ij,ij->i", step, push) - np.einsum("ij,ijk,ik->i", step, system, step)
        new = normal_equations(problem, cell[a], trial)
        with_order(problem.pairs, strength[a], trial, new)
        gain = cost[a] - new[2]
        is_better = (gain > 0.0) & np.isfinite(new[2])
        ratio = np.where(is_better, gain / np.maximum(expected, 1e-300), 0.0)
        iterations[a] += 1
        up = a[is_better]
        theta[up], normal[up], slope[up], cost[up] = trial[is_better], new[0][is_better], new[1][is_better], new[2][is_better]
        damping[a] *= np.where(is_better, np.maximum(1.0 / 3.0, 1.0 - (2.0 * np.minimum(ratio, 1.0) - 1.0) ** 3), growth[a])
        growth[a] = np.where(is_better, 2.0, 2.0 * growth[a])
        is_done = np.abs(expected) <= LEAST_GAIN * cost[a]
        is_stuck = damping[a] > 1e12
        is_converged[a] = is_done | is_stuck
        active = a[~(is_done | is_stuck)]
    return Solution(theta, cost, iterations, is_converged)
