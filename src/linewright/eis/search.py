"""Search for the best fit of every cell: from where to begin, and where else to look."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from linewright.eis.far_apart import far_apart
from linewright.eis.impedance import immittance
from linewright.eis.levenberg import Problem, Solution, normal_equations, solve
from linewright.eis.spectrum import Floats
from linewright.eis.starts import place, starts

__all__ = ["MOST_ITERATIONS", "inverted", "solution_of"]

#: Shapes that are tried as starts; cells that are fitted from many starts, and of each the starts that are followed to the end.
SHAPES, PILOTS, KEPT = 800, 16, 4
#: Starts of a cell that is fitted alone, at least: no other cell shows it where to look.
ALONE = 32
#: Two solutions stand apart where a variable differs by more than this; so many others are tried at a cell.
ELSEWHERE, TRIES = 0.7, 6
#: A direction with a larger standard error than this is a valley; steps that are looked at on both sides.
FLAT, WALK = 0.5, (-6.0, -3.0, -1.5, -0.7, 0.7, 1.5, 3.0, 6.0)
#: Iterations of a start, of a solution tried at another cell, and in all.
FIRST_ITERATIONS, EXCHANGE_ITERATIONS, MOST_ITERATIONS = 10, 10, 300
#: A cost that is lower by this share is worth going on from another cell's solution.
WORTH = 1e-6
#: Rounds of trying the neighbours' solutions, and of looking along valleys, at most.
NEIGHBOUR_ROUNDS, VALLEY_ROUNDS = 4, 2


def solution_of(problem: Problem, asked: Floats | None, n_starts: int, seed: int) -> Solution:
    """Return the best solution that was found of each cell.

    A few cells that lie far apart are fitted from many starts; all others begin at the solution of the nearest of them. All minima that were met on
    the way are then tried at every cell that stands elsewhere, and the solutions of its neighbours, as long as that helps somewhere.
    """
    n = len(problem.Z)
    if not n or not problem.variables.turned:
        return solve(problem, np.arange(n), np.empty((n, len(problem.variables.turned))), 0)
    pilots, nearest = far_apart(problem.Z, PILOTS)
    n_starts = max(n_starts, ALONE // len(pilots))
    rough = best_of(problem, pilots, starts(problem, pilots, max(SHAPES, n_starts), n_starts, seed), FIRST_ITERATIONS, keep=KEPT)
    ends = best_of(problem, pilots, rough, MOST_ITERATIONS, keep=KEPT)
    theta = ends[nearest, 0]
    theta[pilots] = ends[:, 0]
    found = solve(problem, np.arange(n), theta, MOST_ITERATIONS)
    if asked is not None:
        values = np.where(np.isnan(asked), problem.variables.decode(found.theta, problem.variables.base), asked)
        improved(problem, found, np.arange(n), problem.variables.encode(values), MOST_ITERATIONS)
    if n > 1:
        cell, theta = elsewhere(problem, found.theta, ends.reshape(-1, ends.shape[2]))
        improved(problem, found, cell, theta, EXCHANGE_ITERATIONS)
    improved(problem, found, *with_exchanged_arcs(problem, found.theta), FIRST_ITERATIONS)
    for _ in range(VALLEY_ROUNDS):
        cell, theta = along_valleys(problem, found)
        if not improved(problem, found, cell, theta, FIRST_ITERATIONS).any():
            break
    changed = np.ones(n, np.bool_)
    for _ in range(NEIGHBOUR_ROUNDS):
        pairs = [(k, k + s) for k in range(n) for s in (-1, 1) if 0 <= k + s < n and changed[k + s]]
        pairs = [(k, d) for k, d in pairs if np.abs(found.theta[k] - found.theta[d]).max(initial=0.0) > ELSEWHERE]
        if not pairs:
            break
        cell, donor = np.array(pairs).T
        changed = improved(problem, found, cell, found.theta[donor], EXCHANGE_ITERATIONS)
    return found


def elsewhere(problem: Problem, theta: Floats, pool: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return which solutions of a pool are worth a try at which cell: cells int64 (m,), starts float64 (m, n_v).

    For each cell the solutions are taken from the one that fits it best; each must stand apart from its own and from those already taken.
    """
    n = len(theta)
    cost = np.stack([costs(problem, np.arange(n), np.clip(np.broadcast_to(one, theta.shape), problem.low, problem.high)) for one in pool], axis=1)
    rank = np.argsort(cost, axis=1, kind="stable")
    cells, taken = [], []
    for k in range(n):
        near = theta[k : k + 1]
        for one in pool[rank[k]]:
            if (np.abs(near - one).max(axis=1) > ELSEWHERE).all():
                near = np.concatenate([near, one[None]])
            if len(near) > TRIES:
                break
        cells += [k] * (len(near) - 1)
        taken += list(near[1:])
    return np.array(cells, np.int64), np.array(taken).reshape(len(cells), theta.shape[1])


def with_exchanged_arcs(problem: Problem, theta: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return starts where two unlike arcs in series have exchanged resistance and time constant: cells int64 (m,), starts float64 (m, n_v).

    Which of both is the fast one makes two minima that are often nearly as deep, with a ridge between them.
    """
    variables = problem.variables
    values = variables.decode(theta, variables.base)
    chain = [a for a in variables.arcs if a.place >= 0]
    taken = []
    for a, b in combinations(chain, 2):
        if a.form != b.form:
            moved = values.copy()
            for one, other in ((a, b), (b, a)):
                moved[:, one.resistance] = values[:, other.resistance]
                place(moved, one, other.log_tau(values))
            taken.append(np.clip(variables.encode(moved), problem.low, problem.high))
    cells = np.tile(np.arange(len(theta)), len(taken))
    return cells, np.array(taken).reshape(len(cells), theta.shape[1])


def along_valleys(problem: Problem, found: Solution) -> tuple[NDArray[np.int64], Floats]:
    """Return starts for the cells whose cost hardly changes along some direction, on either side: cells int64 (m,), starts float64 (m, n_v).

    A minimum may lie far along such a valley, behind a plateau where a variable has no effect at all: a finite Warburg whose time constant is longer
    than the slowest period looks like an infinite one.
    """
    n, width = found.theta.shape
    own = np.arange(n)
    normal, _, cost = normal_equations(problem, own, found.theta)
    is_held = (found.theta <= problem.low) | (found.theta >= problem.high)
    inverse, _ = inverted(normal, is_held)
    freedom = np.maximum((problem.weight > 0.0).sum(axis=(1, 2)) - width, 1)
    value, vector = np.linalg.eigh(inverse * (cost / freedom)[:, None, None])
    cells = np.flatnonzero(value[:, -1] > FLAT**2) if width else own[:0]
    if not len(cells):
        return cells, found.theta[:0]
    moved = found.theta[cells, None] + np.outer(WALK, np.ones(width)) * vector[cells, None, :, -1]
    moved = np.clip(moved, problem.low[cells, None], problem.high[cells, None])
    cost = costs(problem, np.repeat(cells, len(WALK)), moved.reshape(-1, width)).reshape(len(cells), 2, -1)
    best = np.argmin(cost, axis=2) + np.array([0, len(WALK) // 2])
    return np.repeat(cells, 2), np.take_along_axis(moved, best[:, :, None], axis=1).reshape(-1, width)


def costs(problem: Problem, cell: NDArray[np.int64], theta: Floats) -> Floats:
    """Return the cost of each row, float64 (n_rows,)."""
    variables = problem.variables
    values = variables.decode(theta, variables.base[cell])
    fitted = immittance(variables.circuit.root, problem.axis, values, is_admittance=False, is_derived=False)[0]
    left = (problem.Z[cell] - fitted).view(np.float64) * problem.weight[cell].reshape(len(cell), 2 * problem.Z.shape[1])
    return np.asarray(np.einsum("ij,ij->i", left, left))


def best_of(problem: Problem, cell: NDArray[np.int64], theta: Floats, most: int, *, keep: int) -> Floats:
    """Return where the best starts of each cell ended, float64 (n, keep, n_v), of starts (n, any, n_v)."""
    n, number, width = theta.shape
    ended = solve(problem, np.repeat(cell, number), theta.reshape(-1, width), most)
    cost = np.where(np.isfinite(ended.cost), ended.cost, np.inf).reshape(n, number)
    rank = np.argsort(cost, axis=1, kind="stable")[:, :keep]
    return np.take_along_axis(ended.theta.reshape(n, number, width), rank[:, :, None], axis=1)


def improved(problem: Problem, found: Solution, cell: NDArray[np.int64], theta: Floats, most: int) -> NDArray[np.bool_]:
    """Try more starts and keep what is better, in place; return which cells changed, bool (n_cells,)."""
    changed = np.zeros(len(problem.Z), np.bool_)
    rough = solve(problem, cell, theta, most)
    rows = np.flatnonzero(rough.cost < found.cost[cell] * (1.0 - WORTH))
    if len(rows):
        rows = rows[np.argsort(-rough.cost[rows], kind="stable")]
        chosen = np.zeros(len(changed), np.int64)
        chosen[cell[rows]] = rows  # the lowest cost comes last
        changed[cell[rows]] = True
        again = np.flatnonzero(changed)
        ended = solve(problem, again, rough.theta[chosen[again]], MOST_ITERATIONS)
        found.theta[again], found.cost[again], found.is_converged[again] = ended.theta, ended.cost, ended.is_converged
        found.iterations[again] += ended.iterations
    return changed


def inverted(normal: Floats, is_held: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the inverse of each matrix without the rows that are held (0 there), and whether it is singular to rounding."""
    n, width, _ = normal.shape
    if not width:
        return normal, np.zeros(n, np.bool_)
    is_free = ~is_held
    scale = np.sqrt(np.diagonal(normal, axis1=1, axis2=2))
    scale = np.where(is_free & (scale > 0.0), scale, 1.0)
    system = normal / (scale[:, :, None] * scale[:, None, :])
    system = np.where(is_free[:, :, None] & is_free[:, None, :], system, np.eye(width))
    value, vector = np.linalg.eigh(system)
    is_singular = value[:, 0] < 1e-13 * value[:, -1]
    inverse = (vector / np.maximum(value, 1e-13 * value[:, -1:])[:, None, :]) @ vector.transpose(0, 2, 1)
    inverse = np.where(is_free[:, :, None] & is_free[:, None, :], inverse, 0.0)
    return inverse / (scale[:, :, None] * scale[:, None, :]), is_singular
