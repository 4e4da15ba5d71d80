"""Where a fit begins when nobody says so.

A circuit is a chain of blocks in series, and a block scales: all its resistances doubled (and its capacitances halved) double its impedance. So
a few hundred shapes of every block are drawn once for the axis; for each cell and each shape the sizes of all blocks follow from a small
least-squares problem with sizes of at least zero, and the shapes that come nearest are the starts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linewright.eis.arcs import Arc
from linewright.eis.circuit import Circuit, Element, elements_in
from linewright.eis.elements import Axis
from linewright.eis.impedance import immittance
from linewright.eis.levenberg import Problem
from linewright.eis.spectrum import Complexes, Floats
from linewright.eis.variables import DIMENSIONS, Variables

__all__ = ["starts"]

#: Rounds of the small least-squares problem, variable by variable; starts need no more.
ROUNDS = 16
#: Starts are unlike where a variable differs by more than this, and are taken from so many times their number of the best shapes.
UNLIKE, CHOICE = 1.5, 10
#: A block that the best fit leaves out begins with this share of the others.
LEAST_SIZE = 0.02


def shapes(variables: Variables, axis: Axis, number: int, seed: int) -> Floats:
    """Return values of all parameters with sizes near 1 and time constants over the axis.

    Parameters
    ----------
    variables
        Of the circuit.
    axis
        Of n_f frequencies.
    number
        Of shapes.
    seed
        Of the draw.

    Returns
    -------
    float64 (number, n_p).
    """
    circuit = variables.circuit
    random = np.random.default_rng(seed)
    fast, slow = -axis.log.max(), -axis.log.min()
    values = np.ones((number, len(circuit.parameters)))
    middle = np.exp(0.5 * (fast + slow))
    for column, parameter in enumerate(circuit.parameters):
        if parameter.name in variables.constraints.fixed and not parameter.is_scale:
            values[:, column] = variables.base[0, column]
        elif not parameter.is_scale:
            values[:, column] = np.minimum(random.uniform(0.5, 1.1, number), 0.99)
        elif parameter.unit == "s":
            values[:, column] = np.exp(random.uniform(fast - 0.5, slow + 2.0, number))
        else:
            power = DIMENSIONS[parameter.unit][1]
            values[:, column] = 10.0 ** random.uniform(-1.0, 0.0, number) * middle**power
    chain = [a for a in variables.arcs if a.place >= 0]
    inner = [a for a in variables.arcs if a.place < 0]
    log_tau = random.uniform(fast - 0.5, slow + 2.0, (number, len(chain)))
    for form in {a.form for a in chain}:
        alike = [k for k, a in enumerate(chain) if a.form == form or variables.constraints.order == "written"]
        log_tau[:, alike] = np.sort(log_tau[:, alike], axis=1)
    for k, arc in enumerate(chain):
        place(values, arc, log_tau[:, k])
    for arc in inner:
        place(values, arc, random.uniform(fast - 0.5, slow + 2.0, number))
    return values


def place(values: Floats, arc: Arc, log_tau: Floats) -> None:
    """Give an arc a time constant, in place."""
    exponent = values[:, arc.exponent] if arc.exponent >= 0 else 1.0
    values[:, arc.capacitance] = np.exp(log_tau) if arc.has_tau else np.exp(exponent * log_tau) / values[:, arc.resistance]


def blocks(circuit: Circuit, axis: Axis, values: Floats) -> Complexes:
    """Return the impedance of each block of each shape, complex128 (n_blocks, n_shapes, n_f)."""
    found = np.empty((len(circuit.root.parts), len(values), len(axis.omega)), np.complex128)
    for k, part in enumerate(circuit.root.parts):
        found[k] = immittance(part, axis, values, is_admittance=False, is_derived=False)[0]
    return found


def sizes_of(blocks_of: Complexes, Z: Complexes, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the size of each block that comes nearest, for each cell and shape, what one unit of it weighs, and what is left.

    Parameters
    ----------
    blocks_of
        complex128 (n_blocks, n_shapes, n_f).
    Z, weight
        complex128 (n_cells, n_f) and float64 (n_cells, n_f, 2).

    Returns
    -------
    sizes
        float64 (n_blocks, n_cells, n_shapes), at least 0.
    unit
        The same shape: weighted root sum of squares of one unit of each block.
    cost
        float64 (n_cells, n_shapes).
    """
    n_blocks, n_shapes, _ = blocks_of.shape
    n_cells = len(Z)
    squares = (weight**2).reshape(n_cells, -1)
    measured = Z.view(np.float64)
    flat = blocks_of.view(np.float64)
    wanted = [(squares * measured) @ flat[b].T for b in range(n_blocks)]
    product = [[squares @ (flat[a] * flat[b]).T if a <= b else np.empty(0) for b in range(n_blocks)] for a in range(n_blocks)]
    sizes = np.zeros((n_blocks, n_cells, n_shapes))
    for _ in range(ROUNDS):
        for b in range(n_blocks):
            left = wanted[b].copy()
            for a in range(n_blocks):
                if a != b:
                    left -= product[min(a, b)][max(a, b)] * sizes[a]
            np.maximum(left / np.maximum(product[b][b], 1e-300), 0.0, out=sizes[b])
    # with the last size at its own minimum or at zero, x'Gx - 2 g'x is summed block by block
    cost = np.repeat(np.einsum("ij,ij->i", squares, measured**2)[:, None], n_shapes, axis=1)
    for b in range(n_blocks):
        row = product[b][b] * sizes[b] - 2.0 * wanted[b]
        for a in range(b):
            row += 2.0 * product[a][b] * sizes[a]
        cost += row * sizes[b]
    return sizes, np.sqrt(np.stack([product[b][b] for b in range(n_blocks)])), cost


def starts(problem: Problem, cells: NDArray[np.int64], number: int, best: int, seed: int) -> Floats:
    """Return the starts that come nearest to each cell.

    Parameters
    ----------
    problem
        What is to be fitted.
    cells
        int64 (n,): of which cells.
    number
        Shapes that are tried.
    best
        Starts that are kept of each cell, at most `number`.
    seed
        Of the draw.

    Returns
    -------
    float64 (n, best, n_v), within the bounds.
    """
    variables, circuit = problem.variables, problem.variables.circuit
    drawn = shapes(variables, problem.axis, number, seed)
    sizes, unit, cost = sizes_of(blocks(circuit, problem.axis, drawn), problem.Z[cells], problem.weight[cells])
    nearest = unlike(variables.encode(drawn), np.argsort(cost, axis=1, kind="stable"), best)
    own_row = np.arange(len(cells))
    whole = np.sqrt((np.abs(problem.Z[cells]) ** 2 * (problem.weight[cells] ** 2).mean(axis=2)).sum(axis=1))
    theta = np.empty((len(cells), best, len(variables.turned)))
    for k in range(best):
        shape = nearest[:, k]
        values = drawn[shape]
        own, one = sizes[:, own_row, shape], unit[:, own_row, shape]
        most = (own * one).max(axis=0)  # zero where every block would have to be negative: then all begin at the size of the spectrum
        own = np.maximum(own, LEAST_SIZE * np.where(most > 0.0, most, whole) / one)
        for size, part in zip(own, circuit.root.parts, strict=True):
            for element in elements_in(part):
                scale(values, element, size, circuit)
        theta[:, k] = np.clip(variables.encode(values), problem.low[cells], problem.high[cells])
    return theta


def unlike(theta: Floats, rank: NDArray[np.int64], best: int) -> NDArray[np.int64]:
    """Return the first shapes of each row that are unlike all before them, filled up with the first that are left.

    Parameters
    ----------
    theta
        float64 (n_shapes, n_v).
    rank
        int64 (n, n_shapes): the shapes of each row, the best first.
    best
        How many are taken.

    Returns
    -------
    int64 (n, best).
    """
    chosen = np.empty((len(rank), best), np.int64)
    for k, row in enumerate(rank):
        taken = row[:1]
        for shape in row[1 : CHOICE * best]:
            if len(taken) == best:
                break
            if np.abs(theta[taken] - theta[shape]).max(axis=1).min() > UNLIKE:
                taken = np.append(taken, shape)
        others = row[~np.isin(row, taken)]
        chosen[k] = np.concatenate([taken, others[: best - len(taken)]])
    return chosen


def scale(values: Floats, element: Element, size: Floats, circuit: Circuit) -> None:
    """Make an element so many times as large, in place."""
    for column in range(element.first, element.first + element.width):
        power = DIMENSIONS[circuit.parameters[column].unit][0]
        if power:
            values[:, column] *= size**power
