"""Which evaluator of the station table computes a simulation.

The recursion, where no rows are kept and it covers the line; the hybrid, where it covers part of the line; else the calendar.

All leave the same state, to the last bit; they differ in how fast they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from linewright.control.compile import Compiled
from linewright.kernels import calendar
from linewright.kernels.calendar import rows_needed
from linewright.kernels.hybrid_split import split_line
from linewright.kernels.recursion_cover import is_between_events, why_not
from linewright.kernels.recursion_network import new_network
from linewright.kernels.rows import new_rows
from linewright.kernels.state import State

if TYPE_CHECKING:
    from linewright.twin.hybrid import Hybrid

__all__ = ["Choice", "Recursion", "choose", "fast_evaluator"]

#: So many reasons are told in one line of text.
TOLD = 3
#: Fewer stations than this are not worth the recursion beside the calendar.
FEWEST = 3


@dataclass(frozen=True)
class Choice:
    """Which evaluator, and why.

    Parameters
    ----------
    name
        ``recursion``, ``hybrid`` or ``calendar``.
    reasons
        Why not the recursion: what it does not cover, such as ``winder: brought-by``; with the hybrid the calendar computes these. Empty with the
        recursion.
    nodes
        With the hybrid, the stations that the recursion computes.
    """

    name: str
    reasons: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return it as one line.

        Examples
        --------
        >>> Choice("recursion").text
        'Computed by the recursion.'
        >>> Choice("calendar", ("a: takes", "b: lanes", "c: works", "d: within")).text
        'Computed by the event calendar; the recursion does not cover a: takes, b: lanes, c: works and 1 more.'
        """
        if self.name == "recursion":
            return "Computed by the recursion."
        if not self.reasons:
            return "Computed by the event calendar."
        if self.name == "hybrid":
            return f"Computed by the recursion at {few(self.nodes)}; by the event calendar elsewhere: {few(self.reasons)}."
        return f"Computed by the event calendar; the recursion does not cover {few(self.reasons)}."

    def to_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {"name": self.name, "reasons": list(self.reasons)} | ({"nodes": list(self.nodes)} if self.nodes else {})


def few(names: tuple[str, ...]) -> str:
    """Return the first of some names, and how many more there are.

    Examples
    --------
    >>> few(("a", "b", "c", "d"))
    'a, b, c and 1 more'
    """
    return ", ".join(names[:TOLD]) + (f" and {len(names) - TOLD} more" if len(names) > TOLD else "")


def choose(compiled: Compiled, state: State) -> Choice:
    """Choose the evaluator of a simulation.

    Parameters
    ----------
    compiled
        The line.
    state
        Where it stands; its first look is taken here where it has not been.
    """
    if state.head[0].keep:
        return Choice("calendar", ("keep all: rows are written",))
    found = why_not(compiled.table)
    reasons = tuple(f"{compiled.stations[number]}: {what}" if number >= 0 else what for number, what in found)
    nodes = tuple(compiled.stations[int(j)] for j in split_line(compiled.table).nodes) if found else ()
    if found and len(nodes) < FEWEST:
        return Choice("calendar", reasons)
    if not state.head[0].begun:
        calendar.advance(compiled.table, state, new_rows(rows_needed(compiled.table)), 0)
    if not is_between_events(state, np.zeros(0, np.int64) if found else None):
        return Choice("calendar", ("a start with machines stopped by hand or commands under way",))
    return Choice("hybrid", reasons, nodes) if found else Choice("recursion")


class Recursion:
    """The recursion on one line.

    Parameters
    ----------
    compiled
        A line that it covers.
    """

    def __init__(self, compiled: Compiled) -> None:
        from linewright.kernels import recursion  # noqa: PLC0415 - lines that need the calendar need not load it

        self._table, self._network, self._advance = compiled.table, new_network(compiled.table), recursion.advance

    def advance(self, state: State, until_ns: int) -> int:
        """Let all happen that happens before a time, ns. Returns a reason of the calendar."""
        return int(self._advance(self._table, state, self._network, until_ns))


def fast_evaluator(compiled: Compiled, choice: Choice) -> Recursion | Hybrid | None:
    """Return what computes a line as was chosen; None for the calendar."""
    if choice.name == "recursion":
        return Recursion(compiled)
    if choice.name == "hybrid":
        from linewright.twin.hybrid import Hybrid  # noqa: PLC0415 - lines that need the calendar need not load it

        return Hybrid(compiled, split_line(compiled.table))
    return None
