"""Arcs of a circuit: a resistance with a capacitance beside it, and the time constant that they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linewright.eis.circuit import Circuit, Element, Node, Parallel, elements_in, written
from linewright.eis.spectrum import Floats

__all__ = ["Arc", "arcs_of"]


@dataclass(frozen=True, slots=True)
class Arc:
    r"""A resistance beside a capacitance, or a ZARC.

    The time constant is :math:`\tau = (R Q)^{1/\alpha}`, the peak of the imaginary part at :math:`1 / (2 \pi \tau)`.

    Parameters
    ----------
    name
        Of its capacitance (or ZARC): ``CPE1``; its peak frequency is called ``CPE1.peak_hz``.
    resistance, capacitance
        Columns of the parameters.
    exponent
        Column, -1 for a capacitor.
    has_tau
        Whether the column `capacitance` holds the time constant itself (ZARC).
    place
        Number of the part of the whole circuit that it is; -1 where it lies deeper.
    form
        The same for arcs that could be exchanged, such as ``p(R,CPE)``.
    columns
        All parameters of that part.
    """

    name: str
    resistance: int
    capacitance: int
    exponent: int
    has_tau: bool
    place: int
    form: str
    columns: tuple[int, ...]

    def log_tau(self, values: Floats) -> Floats:
        """Return the logarithm of the time constant in s, float64 (n_cells,), of values (n_cells, n_p)."""
        capacitance = np.log(values[:, self.capacitance])
        if self.has_tau:
            return np.asarray(capacitance)
        exponent = values[:, self.exponent] if self.exponent >= 0 else 1.0
        return np.asarray((np.log(values[:, self.resistance]) + capacitance) / exponent)


def arcs_of(circuit: Circuit) -> tuple[Arc, ...]:
    """Return the arcs of a circuit, as written.

    Examples
    --------
    >>> from linewright.eis.circuit import parse_circuit
    >>> [(a.name, a.form, a.place) for a in arcs_of(parse_circuit("R0-p(R1,CPE1)-ZARC2-p(R3-Wo1,C3)"))]
    [('CPE1', 'p(R,CPE)', 1), ('ZARC2', 'ZARC', 2), ('C3', 'p(R-Wo,C)', 3)]
    """
    return tuple(arc for place, part in enumerate(circuit.root.parts) for arc in arcs_in(part, place))


def arcs_in(node: Node, place: int) -> list[Arc]:
    """Return the arcs of one part; `place` is -1 below the first level."""
    inside = tuple(elements_in(node))
    columns = tuple(c for e in inside for c in range(e.first, e.first + e.width))
    form = "".join(c for c in written(node) if not c.isdigit())
    if isinstance(node, Element):
        return [Arc(node.name, node.first, node.first + 1, node.first + 2, has_tau=True, place=place, form=form, columns=columns)] * (
            node.kind == "ZARC"
        )
    found: list[Arc] = []
    if isinstance(node, Parallel):
        stores = [p for p in node.parts if isinstance(p, Element) and p.kind in {"C", "CPE"}]
        resistors = [e for p in node.parts if p not in stores for e in elements_in(p) if e.kind == "R"]
        if len(stores) == 1 and resistors:
            store = stores[0]
            exponent = store.first + 1 if store.kind == "CPE" else -1
            found.append(Arc(store.name, resistors[0].first, store.first, exponent, has_tau=False, place=place, form=form, columns=columns))
    return found + [arc for part in node.parts for arc in arcs_in(part, -1)]
