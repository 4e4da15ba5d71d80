"""Which evaluator of the station table computes a simulation: the recursion where it covers the line and no rows are kept, else the calendar.

Both leave the same state, to the last bit; they differ in how fast they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from linewright.control.compile import Compiled
from linewright.kernels import calendar
from linewright.kernels.calendar import UNTIL, rows_needed
from linewright.kernels.recursion_cover import is_between_events, why_not
from linewright.kernels.recursion_network import new_network
from linewright.kernels.rows import new_rows
from linewright.kernels.state import State

__all__ = ["Choice", "Recursion", "choose"]

#: So many reasons are told in one line of text.
TOLD = 3


@dataclass(frozen=True)
class Choice:
    """Which evaluator, and why.

    Parameters
    ----------
    name
        ``recursion`` or ``calendar``.
    reasons
        Why not the recursion: what it does not cover, such as ``winder: brought-by``. Empty with the recursion.
    """

    name: str
    reasons: tuple[str, ...] = ()

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
        more = f" and {len(self.reasons) - TOLD} more" if len(self.reasons) > TOLD else ""
        return f"Computed by the event calendar; the recursion does not cover {', '.join(self.reasons[:TOLD])}{more}."

    def to_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {"name": self.name, "reasons": list(self.reasons)}


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
    if found := why_not(compiled.table):
        return Choice("calendar", tuple(f"{compiled.stations[number]}: {what}" if number >= 0 else what for number, what in found))
    if not state.head[0].begun:
        calendar.advance(compiled.table, state, new_rows(rows_needed(compiled.table)), 0)
    if not is_between_events(state):
        return Choice("calendar", ("a start with machines stopped by hand or commands under way",))
    return Choice("recursion")


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

    def advance(self, state: State, until_ns: int) -> bool:
        """Let all happen that happens before a time, ns."""
        return bool(self._advance(self._table, state, self._network, until_ns) == UNTIL)
