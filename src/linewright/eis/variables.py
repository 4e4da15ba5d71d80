r"""What a fit may vary: from names and bounds that a user gives to the variables that the solver turns.

Positive parameters are turned as logarithms. An arc is turned by its resistance, its time constant and its exponent,
:math:`Q = \tau^\alpha / R`, since those are nearly independent in a spectrum, while R, Q and alpha are not; so the peak frequency of an arc
can be bounded like any other value. Where the user bounds, fixes or ties Q itself, Q is turned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewright.eis.arcs import Arc, arcs_of
from linewright.eis.circuit import Circuit, nearest
from linewright.eis.spectrum import Complexes, Floats
from linewright.model.errors import LinewrightError

__all__ = ["Constraints", "ConstraintsError", "Order", "Variables"]

Order = Literal["equal", "written", "free"]
#: Decades that a positive parameter may lie from the size that the spectrum suggests, where nobody bounds it.
DECADES = 9.0


class ConstraintsError(LinewrightError):
    """Bounds, fixed or tied parameters that the circuit does not have, or that contradict each other.

    Parameters
    ----------
    circuit
        As text.
    faults
        All that were found.

    Examples
    --------
    >>> print(ConstraintsError("R0-C0", ["bounds: there is no `R9`"]))
    The circuit R0-C0 cannot be held like this:
        bounds: there is no `R9`
    """

    def __init__(self, circuit: str, faults: list[str]) -> None:
        self.circuit, self.faults = circuit, tuple(faults)
        super().__init__(circuit, self.faults)

    def __str__(self) -> str:
        return "\n".join([f"The circuit {self.circuit} cannot be held like this:", *(f"    {f}" for f in self.faults)])


@dataclass(frozen=True, slots=True)
class Constraints:
    """How a user holds the parameters of a circuit.

    Parameters
    ----------
    bounds
        (lowest, highest) by name of a parameter, each in its unit, or of the peak frequency of an arc in Hz, ``CPE1.peak_hz``; None for none.
    fixed
        Value by name: a number, or float64 (n_cells,), one for each cell.
    tied
        The name of another parameter, or (name, ratio): always that many times the other.
    order
        ``equal``: of arcs of the same form, the first written is the fastest. ``written``: of all arcs in series, so. ``free``: as it comes.
    """

    bounds: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    fixed: Mapping[str, ArrayLike] = field(default_factory=dict)
    tied: Mapping[str, str | tuple[str, float]] = field(default_factory=dict)
    order: Order = "equal"

    def tie(self, name: str) -> tuple[str, float]:
        """Return what a parameter is tied to, and the ratio."""
        other = self.tied[name]
        return (other, 1.0) if isinstance(other, str) else other


@dataclass(frozen=True, slots=True)
class Variable:
    """One number that the solver turns.

    Parameters
    ----------
    drives
        (column, ratio) of each parameter that it sets; of the time constant of an arc, none.
    arc
        The arc whose time constant it is; -1 where it is none.
    is_log
        Whether it is a logarithm.
    low, high
        Bounds of the parameter, not of its logarithm; NaN where nobody gave one.
    dimension
        Powers of ohm and of second in the parameter's unit.
    """

    drives: tuple[tuple[int, float], ...]
    arc: int
    is_log: bool
    low: float
    high: float
    dimension: tuple[float, float]


#: Powers of ohm and second of each unit.
DIMENSIONS = {
    "ohm": (1.0, 0.0),
    "F": (-1.0, 1.0),
    "H": (1.0, 1.0),
    "ohm s^-1/2": (1.0, -0.5),
    "s": (0.0, 1.0),
    "ohm^-1 s^alpha": (-1.0, 0.8),
    "": (0.0, 0.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class Variables:
    """All numbers that the solver turns, and the way from them to parameters and back.

    Parameters
    ----------
    circuit, constraints
        What they were made of.
    turned
        The variables, ``n_v`` of them.
    arcs
        All arcs of the circuit.
    by_tau
        Number of the variable that is the time constant, by arc; -1 where Q itself is turned, or the arc is a ZARC.
    base
        float64 (n_cells, n_p): the values of fixed parameters; 1 elsewhere.
    """

    circuit: Circuit
    constraints: Constraints
    turned: tuple[Variable, ...]
    arcs: tuple[Arc, ...]
    by_tau: tuple[int, ...]
    base: Floats

    @classmethod
    def of(cls, circuit: Circuit, constraints: Constraints, n_cells: int) -> Variables:
        """Return the variables of a circuit that is held so.

        Raises
        ------
        ConstraintsError
            With all faults.
        """
        arcs = arcs_of(circuit)
        faults = faults_of(circuit, constraints, arcs, n_cells)
        if faults:
            raise ConstraintsError(str(circuit), faults)
        base = np.ones((n_cells, len(circuit.parameters)))
        for name, value in constraints.fixed.items():
            base[:, circuit.column(name)] = value
        tied = {circuit.column(name): (circuit.column(constraints.tie(name)[0]), constraints.tie(name)[1]) for name in constraints.tied}
        held = {circuit.column(n) for n in (*constraints.bounds, *constraints.fixed, *constraints.tied) if not n.endswith(".peak_hz")}
        held |= {column for column, _ in tied.values()}
        of_arc = {a.capacitance: k for k, a in enumerate(arcs) if not a.has_tau and a.capacitance not in held}
        turned: list[Variable] = []
        by_tau = [-1] * len(arcs)
        for column, parameter in enumerate(circuit.parameters):
            if column in tied or parameter.name in constraints.fixed:
                continue
            low, high = constraints.bounds.get(parameter.name, (None, None))
            arc = of_arc.get(column, -1)
            zarc = next((a for a in arcs if a.has_tau and a.capacitance == column), None)
            peak = arcs[arc] if arc >= 0 else zarc
            if peak is not None and f"{peak.name}.peak_hz" in constraints.bounds:
                slow, fast = constraints.bounds[f"{peak.name}.peak_hz"]
                low, high = (1.0 / (2.0 * np.pi * f) if f else None for f in (fast, slow))
            if arc >= 0:
                by_tau[arc] = len(turned)
            drives = () if arc >= 0 else ((column, 1.0), *((c, ratio) for c, (to, ratio) in tied.items() if to == column))
            default = (np.nan, np.nan) if parameter.is_scale else (parameter.low, parameter.high)
            turned.append(
                Variable(
                    drives,
                    arc,
                    parameter.is_scale,
                    float(default[0] if low is None else low),
                    float(default[1] if high is None else high),
                    (0.0, 1.0) if arc >= 0 else DIMENSIONS[parameter.unit],
                )
            )
        return cls(circuit, constraints, tuple(turned), arcs, tuple(by_tau), base)

    def cells(self, which: NDArray[np.int64]) -> Variables:
        """Return the same for some cells, by number."""
        return replace(self, base=self.base[which])

    @property
    def names(self) -> tuple[str, ...]:
        """Return a name of each variable, for messages."""
        return tuple(f"{self.arcs[v.arc].name}.peak_hz" if v.arc >= 0 else self.circuit.names[v.drives[0][0]] for v in self.turned)

    def limits(self, Z: Complexes, omega: Floats) -> tuple[Floats, Floats]:
        """Return the box of the variables of each cell.

        Parameters
        ----------
        Z
            complex128 (n_cells, n_f), ohm.
        omega
            float64 (n_f,), rad/s.

        Returns
        -------
        low, high
            float64 (n_cells, n_v).
        """
        size = np.log(np.median(np.abs(Z), axis=1))
        time = -float(np.mean(np.log(omega)))
        low, high = np.empty((len(Z), len(self.turned))), np.empty((len(Z), len(self.turned)))
        for k, v in enumerate(self.turned):
            middle = v.dimension[0] * size + v.dimension[1] * time
            for out, given, side in ((low, v.low, -1.0), (high, v.high, 1.0)):
                if not v.is_log:
                    out[:, k] = given
                elif np.isnan(given) or given in {0.0, np.inf}:
                    out[:, k] = middle + side * DECADES * np.log(10.0)
                else:
                    out[:, k] = np.log(given)
        return low, high

    def decode(self, theta: Floats, base: Floats) -> Floats:
        """Return the parameters, float64 (n, n_p), of variables (n, n_v) above the values of what is fixed (n, n_p)."""
        values = base.copy()
        moved = [np.exp(theta[:, k]) if v.is_log else theta[:, k] for k, v in enumerate(self.turned)]
        for k, v in enumerate(self.turned):
            for column, ratio in v.drives:
                values[:, column] = ratio * moved[k]
        for arc, k in zip(self.arcs, self.by_tau, strict=True):
            if k >= 0:
                exponent = values[:, arc.exponent] if arc.exponent >= 0 else 1.0
                values[:, arc.capacitance] = np.exp(exponent * theta[:, k]) / values[:, arc.resistance]
        return values

    def encode(self, values: Floats) -> Floats:
        """Return the variables, float64 (n, n_v), of parameters (n, n_p)."""
        theta = np.empty((len(values), len(self.turned)))
        for k, v in enumerate(self.turned):
            if v.arc >= 0:
                theta[:, k] = self.arcs[v.arc].log_tau(values)
            else:
                column, ratio = v.drives[0]
                theta[:, k] = np.log(values[:, column] / ratio) if v.is_log else values[:, column] / ratio
        return theta

    def chain(self, jacobian: NDArray[Any], theta: Floats, values: Floats) -> NDArray[Any]:
        """Return the derivatives by the variables of what has these derivatives by the parameters.

        Parameters
        ----------
        jacobian
            (n, n_p, m), any m; overwritten.
        theta, values
            float64 (n, n_v) and (n, n_p).

        Returns
        -------
        (n, n_v, m).
        """
        out = np.empty((len(theta), len(self.turned), jacobian.shape[2]), jacobian.dtype)
        for arc, k in zip(self.arcs, self.by_tau, strict=True):
            if k >= 0:
                whole = jacobian[:, arc.capacitance] * values[:, arc.capacitance, None]
                jacobian[:, arc.resistance] -= whole / values[:, arc.resistance, None]
                if arc.exponent >= 0:
                    jacobian[:, arc.exponent] += whole * theta[:, k, None]
                    whole *= values[:, arc.exponent, None]
                out[:, k] = whole
        for k, v in enumerate(self.turned):
            for at, (column, ratio) in enumerate(v.drives):
                part = jacobian[:, column] * (values[:, column, None] if v.is_log else ratio)
                out[:, k] = part if at == 0 else out[:, k] + part
        return out


def faults_of(circuit: Circuit, constraints: Constraints, arcs: tuple[Arc, ...], n_cells: int) -> list[str]:
    """Return all that is wrong with constraints."""
    peaks = tuple(f"{a.name}.peak_hz" for a in arcs)
    names = circuit.names
    faults = [f"bounds: there is no `{n}`{nearest(n, (*names, *peaks))}" for n in constraints.bounds if n not in names and n not in peaks]
    faults += [f"fixed: there is no `{n}`{nearest(n, names)}" for n in constraints.fixed if n not in names]
    for name in constraints.tied:
        other, ratio = constraints.tie(name)
        faults += [f"tied: there is no `{n}`{nearest(n, names)}" for n in (name, other) if n not in names]
        if name in names and other in names:
            units = [circuit.parameters[circuit.column(n)].unit for n in (name, other)]
            if units[0] != units[1]:
                faults.append(f"tied: `{name}` is in {units[0] or 'no unit'}, `{other}` in {units[1] or 'no unit'}")
        if other in constraints.tied or other == name:
            faults.append(f"tied: `{name}` to `{other}`, which is tied itself; tie both to one that is not")
        if other in constraints.fixed:
            faults.append(f"tied: `{name}` to `{other}`, which is fixed; fix `{name}` as well")
        if not ratio > 0.0:
            faults.append(f"tied: the ratio of `{name}` to `{other}` is above 0; {ratio:g} came")
        faults += [f"`{name}` is tied and has bounds; bound `{other}`"] * (name in constraints.bounds)
    for name, value in constraints.fixed.items():
        faults += [
            f"`{name}` is fixed and {what}; choose one"
            for what, held in (("bounded", constraints.bounds), ("tied", constraints.tied))
            if name in held
        ]
        shape = np.shape(value)
        if shape not in {(), (n_cells,)}:
            faults.append(f"fixed: `{name}` is one number, or {n_cells}, one for each cell; the shape {shape} came")
        elif not (np.asarray(value) > 0.0).all():
            faults.append(f"fixed: `{name}` is above 0; {np.min(value):g} came")
    for name, (low, high) in constraints.bounds.items():
        if low is not None and high is not None and not low < high:
            faults.append(f"bounds: `{name}` lies between {low:g} and {high:g}, which is nowhere")
        faults += [f"bounds: `{name}` is positive; {b:g} came" for b in (low, high) if b is not None and b < 0.0]
    for arc in arcs:
        held = {*constraints.bounds, *constraints.fixed, *constraints.tied, *(constraints.tie(n)[0] for n in constraints.tied)}
        own = names[arc.capacitance]
        if own in held and (f"{arc.name}.peak_hz" in constraints.bounds or (constraints.order == "written" and not arc.has_tau and arc.place >= 0)):
            wish = "the peak frequency" if f"{arc.name}.peak_hz" in constraints.bounds else "the order"
            faults.append(f"`{own}` is bounded, fixed or tied, and so is {wish} of its arc; choose one of both")
    if constraints.order not in {"equal", "written", "free"}:
        faults.append(f"order is equal, written or free; {constraints.order!r} came")
    return faults
