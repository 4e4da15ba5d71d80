r"""Fit of an equivalent circuit to the spectra of all cells at once.

Minimised is, for each cell, the sum over its points of

.. math:: w'^2 (Z'_{measured} - Z'_{circuit})^2 + w''^2 (Z''_{measured} - Z''_{circuit})^2

The covariance of the parameters is :math:`s^2 (J^T J)^{-1}` with :math:`s^2` the minimum by degree of freedom, or 1 where the weights are measured
variances. Intervals of positive parameters are symmetric in the logarithm.

References
----------
Macdonald: Impedance Spectroscopy (Wiley 1987), section 3.2.2. Boukamp, Solid State Ionics 20 (1986) 31. Press et al.: Numerical Recipes, 3rd ed.,
section 15.6, for the covariance.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewright.eis.circuit import Circuit, parse_circuit
from linewright.eis.elements import Axis
from linewright.eis.findings import usable, usable_axis
from linewright.eis.impedance import impedance
from linewright.eis.levenberg import Problem, Solution, normal_equations
from linewright.eis.search import MOST_ITERATIONS, inverted, solution_of
from linewright.eis.spectrum import CircuitFit, Floats, Spectra
from linewright.eis.variables import Constraints, ConstraintsError, Variables
from linewright.eis.weights import Weight, weights_of

__all__ = ["fit_circuit", "t_quantile"]

#: A logarithm with a standard error above 1, or an exponent above 0.3, is not determined by the spectrum.
LEAST_KNOWN, LEAST_KNOWN_EXPONENT = 1.0, 0.3
#: Arcs whose time constants differ by less than this share are one.
ONE_ARC = 0.05
#: What is so near to its bound lies at it.
AT_BOUND = 1e-9


def fit_circuit(
    spectra: Spectra,
    circuit: Circuit | str,
    *,
    weight: Weight = "modulus",
    constraints: Constraints | None = None,
    start: Mapping[str, ArrayLike] | None = None,
    n_starts: int = 16,
    confidence: float = 0.95,
    seed: int = 0,
) -> CircuitFit:
    """Fit a circuit to each spectrum.

    Parameters
    ----------
    spectra
        Of n_cells cells; points that are not finite have no weight.
    circuit
        What `parse_circuit` returned, or its text.
    weight
        See `linewright.eis.weights.weights_of`.
    constraints
        Bounds, fixed and tied parameters, and the order of arcs.
    start
        Value by name of a parameter, one number or (n_cells,): one more start for each cell; those without a name begin at the best start found.
    n_starts
        Starts that are found from the spectra themselves, at least 1, for each of the cells that lie farthest apart.
    confidence
        Of the intervals.
    seed
        Of the draw of shapes; the same seed gives the same fit.

    Raises
    ------
    ValueError
        No frequency is above 0 Hz, or the weight cannot be had.
    CircuitError
        The text cannot be read, or `start` names a parameter that the circuit has not.
    ConstraintsError
        The constraints contradict the circuit or each other, or a start is not above 0.

    Examples
    --------
    >>> f = np.logspace(4, -1, 51)
    >>> Z = impedance(parse_circuit("R0-p(R1,CPE1)"), f, [[0.010, 0.020, 2.0, 0.9], [0.011, 0.025, 2.0, 0.9]])
    >>> fit = fit_circuit(Spectra.of(f, Z), "R0-p(R1,CPE1)")
    >>> fit.value("R1").round(9).tolist(), fit.reasons
    ([0.02, 0.025], ('', ''))
    """
    circuit = parse_circuit(circuit) if isinstance(circuit, str) else circuit
    variables = Variables.of(circuit, constraints or Constraints(), spectra.n_cells)
    Z, _ = usable(spectra)
    of_use = usable_axis(spectra.frequency_hz)
    weights = weights_of(spectra, weight)[:, of_use]
    n_data = (weights > 0.0).sum(axis=(1, 2))
    width = len(variables.turned)
    cells = np.flatnonzero(n_data > width)
    axis = Axis.of(spectra.frequency_hz[of_use])
    own = variables.cells(cells)
    low, high = own.limits(Z[np.ix_(cells, of_use)], axis.omega)
    problem = Problem(own, axis, np.ascontiguousarray(Z[np.ix_(cells, of_use)]), weights[cells], low, high, pairs_in_order(own))
    solution = solution_of(problem, start_values(circuit, start, spectra.n_cells)[cells] if start else None, max(n_starts, 1), seed)
    return result(spectra, problem, solution, cells=cells, n_data=n_data, confidence=confidence, is_absolute=weight == "measured")


def start_values(circuit: Circuit, start: Mapping[str, ArrayLike], n_cells: int) -> Floats:
    """Return the values that a user begins at, float64 (n_cells, n_p), NaN where there is none."""
    values = np.full((n_cells, len(circuit.parameters)), np.nan)
    faults = []
    for name, value in start.items():
        column = circuit.column(name)
        if np.shape(value) not in {(), (n_cells,)}:
            faults.append(f"start: `{name}` is one number, or {n_cells}, one for each cell; the shape {np.shape(value)} came")
        elif (np.asarray(value, np.float64) <= 0.0).any():
            faults.append(f"start: `{name}` is above 0; {np.min(np.asarray(value)):g} came")
        else:
            values[:, column] = value
    if faults:
        raise ConstraintsError(str(circuit), faults)
    return values


def pairs_in_order(variables: Variables) -> tuple[tuple[int, int], ...]:
    """Return the pairs of time constants of which the first must not be above the second, where the user asks for the order as written."""
    if variables.constraints.order != "written":
        return ()
    chain = []
    for k, arc in enumerate(variables.arcs):
        if arc.place >= 0:
            by_zarc = [n for n, v in enumerate(variables.turned) if arc.has_tau and any(c == arc.capacitance for c, _ in v.drives)]
            chain += by_zarc if arc.has_tau else [variables.by_tau[k]]
    faults = [f"the order of `{variables.names[a]}` and `{variables.names[b]}` contradicts itself" for a, b in pairwise(chain) if a == b]
    if faults:
        raise ConstraintsError(str(variables.circuit), faults)
    return tuple(pairwise(chain))


def exchangeable(variables: Variables) -> list[list[int]]:
    """Return groups of arcs (their numbers) that may be exchanged without any change: of the same form, and nobody holds one of them."""
    held = {n.partition(".peak_hz")[0] for n in (*variables.constraints.bounds, *variables.constraints.fixed, *variables.constraints.tied)}
    held |= {variables.constraints.tie(n)[0] for n in variables.constraints.tied}
    groups: dict[str, list[int]] = {}
    for k, arc in enumerate(variables.arcs):
        names = {variables.circuit.names[c] for c in arc.columns} | {arc.name}
        if arc.place >= 0 and not names & held:
            groups.setdefault(arc.form, []).append(k)
    return [g for g in groups.values() if len(g) > 1]


def sorted_arcs(variables: Variables, theta: Floats, base: Floats) -> Floats:
    """Return the same circuits with arcs of the same form from the fastest to the slowest, as variables."""
    if variables.constraints.order == "free":
        return theta
    values = variables.decode(theta, base)
    for group in exchangeable(variables):
        columns = np.array([variables.arcs[k].columns for k in group])
        rank = np.argsort(np.stack([variables.arcs[k].log_tau(values) for k in group], axis=1), axis=1)
        own = values[:, columns]
        values[:, columns] = np.take_along_axis(own, rank[:, :, None], axis=1)
    return variables.encode(values)


def t_quantile(confidence: float, freedom: int) -> float:
    """Return the t for which Student's t lies in (-t, t) with a probability; to 1e-3 from 4 degrees of freedom on.

    References
    ----------
    Abramowitz, Stegun: Handbook of Mathematical Functions (1964), 26.7.5.

    Examples
    --------
    >>> round(t_quantile(0.95, 20), 4), round(t_quantile(0.95, 100), 4)
    (2.086, 1.984)
    """
    x = NormalDist().inv_cdf(0.5 + 0.5 * confidence)
    terms = (
        (x**3 + x) / 4.0,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96.0,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384.0,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160.0,
    )
    return float(x + sum(term / freedom ** (k + 1) for k, term in enumerate(terms)))


def result(
    spectra: Spectra,
    problem: Problem,
    solution: Solution,
    *,
    cells: NDArray[np.int64],
    n_data: NDArray[np.int64],
    confidence: float,
    is_absolute: bool,
) -> CircuitFit:
    """Return all that is told of a fit; rows of cells that could not be fitted are NaN."""
    variables, circuit = problem.variables, problem.variables.circuit
    n, width = spectra.n_cells, len(variables.turned)
    theta = sorted_arcs(variables, solution.theta, variables.base)
    normal, _, cost = normal_equations(problem, np.arange(len(cells)), theta)
    freedom = np.maximum(n_data[cells] - width, 1)
    is_at_bound = (theta <= problem.low + AT_BOUND) | (theta >= problem.high - AT_BOUND)
    inverse, is_singular = inverted(normal, is_at_bound)
    by_theta = inverse * (np.ones(len(cells)) if is_absolute else cost / freedom)[:, None, None]
    values = variables.decode(theta, variables.base)
    turn = variables.chain(np.tile(np.eye(len(circuit.parameters)), (len(cells), 1, 1)), theta, values)
    covariance = turn.transpose(0, 2, 1) @ by_theta @ turn
    sigma = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0.0))
    low, high = intervals(circuit, values, sigma, confidence, freedom)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = covariance / (sigma[:, :, None] * sigma[:, None, :])
    is_turned = np.abs(turn).max(axis=1, initial=0.0) > 0.0
    hole = np.where(is_turned & ((sigma == 0.0) | is_singular[:, None]), np.nan, 0.0)
    hole[beyond_all_frequencies(variables, is_at_bound)] = np.nan
    _, is_known = usable(spectra)
    of_use = usable_axis(spectra.frequency_hz)
    fitted = np.full(spectra.impedance_ohm.shape, np.nan, np.complex128)
    fitted[np.ix_(cells, of_use)] = impedance(circuit, spectra.frequency_hz[of_use], values)
    residual = np.where(is_known, (spectra.impedance_ohm - fitted) / np.abs(np.where(is_known, spectra.impedance_ohm, 1.0)), np.nan)
    is_good = np.zeros(n, np.bool_)
    is_good[cells] = solution.is_converged & np.isfinite(cost)
    iterations = np.zeros(n, np.int64)
    iterations[cells] = solution.iterations
    reasons = [f"{d // 2} usable points cannot carry {width} free parameters" for d in n_data]
    for k, cell in enumerate(cells):
        known = np.diagonal(by_theta[k]) ** 0.5
        said = doubts(variables, known, is_at_bound[k], converged=bool(is_good[cell]), singular=bool(is_singular[k]))
        reasons[cell] = "; ".join(said + merged(variables, values[k : k + 1]))
    return CircuitFit(
        circuit,
        values=among(n, cells, values),
        sigma=among(n, cells, sigma + hole),
        low=among(n, cells, low + hole),
        high=among(n, cells, high + hole),
        correlation=among(n, cells, correlation + hole[:, :, None] + hole[:, None, :]),
        cost=among(n, cells, cost),
        reduced=among(n, cells, cost / freedom),
        n_free=width,
        n_data=n_data,
        impedance_ohm=fitted,
        residual=residual,
        iterations=iterations,
        reasons=tuple(reasons),
        is_good=is_good,
    )


def beyond_all_frequencies(variables: Variables, is_at_bound: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the resistances, bool (n, n_p), of arcs so slow or so fast that only the box, which nobody asked for, holds them."""
    out = np.zeros((len(is_at_bound), len(variables.circuit.parameters)), np.bool_)
    for arc, k in zip(variables.arcs, variables.by_tau, strict=True):
        if k >= 0 and np.isnan(variables.turned[k].low) and np.isnan(variables.turned[k].high):
            out[:, arc.resistance] |= is_at_bound[:, k]
    return out


def among(n: int, cells: NDArray[np.int64], rows: Floats) -> Floats:
    """Return the rows of some cells among those of all n, NaN elsewhere."""
    out = np.full((n, *rows.shape[1:]), np.nan)
    out[cells] = rows
    return out


def intervals(circuit: Circuit, values: Floats, sigma: Floats, confidence: float, freedom: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the confidence intervals, each (n, n_p): symmetric in the logarithm for positive parameters, within [0, 1] for exponents."""
    t = np.array([t_quantile(confidence, int(f)) for f in freedom])[:, None]
    low, high = np.empty_like(values), np.empty_like(values)
    for k, p in enumerate(circuit.parameters):
        if p.is_scale:
            reach = np.exp(np.minimum(t[:, 0] * sigma[:, k] / values[:, k], 200.0))
            low[:, k], high[:, k] = values[:, k] / reach, values[:, k] * reach
        else:
            low[:, k] = np.maximum(values[:, k] - t[:, 0] * sigma[:, k], 0.0)
            high[:, k] = np.minimum(values[:, k] + t[:, 0] * sigma[:, k], 1.0)
    return low, high


def merged(variables: Variables, values: Floats) -> list[str]:
    """Return which arcs in series of a cell, values (1, n_p), have become one, as sentences."""
    chain = [(float(a.log_tau(values)[0]), a.name) for a in variables.arcs if a.place >= 0]
    pairs = [sorted((a[1], b[1])) for a, b in pairwise(sorted(chain)) if b[0] - a[0] < ONE_ARC]
    return [f"`{a}` and `{b}` have the same time constant: one arc too many?" for a, b in pairs]


def doubts(variables: Variables, known: Floats, is_at_bound: NDArray[np.bool_], *, converged: bool, singular: bool) -> list[str]:
    """Return why a fit failed and what is doubtful about it, as sentences."""
    said = [] if converged else [f"no minimum within {MOST_ITERATIONS} iterations"]
    said += [f"`{variables.names[k]}` lies at its bound" for k in np.flatnonzero(is_at_bound)]
    unknown = [
        name
        for k, (name, v) in enumerate(zip(variables.names, variables.turned, strict=True))
        if not is_at_bound[k] and not known[k] <= (LEAST_KNOWN if v.is_log else LEAST_KNOWN_EXPONENT)
    ]
    if unknown:
        said.append(f"the spectrum does not determine {', '.join(f'`{n}`' for n in unknown)}")
    elif singular:
        said.append("the spectrum does not tell some parameters apart")
    return said
