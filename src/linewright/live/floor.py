"""The line and its machines, moved on together: what is due happens, commands go out, records come in.

Two ways of the same. `EmulatedFloor` has all its machines in one emulated plant and lets both go on in one compiled loop. `MessageFloor`
(`message_floor.py`) speaks to drivers, message by message. On emulated machines they write the same rows (a test compares them).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from linewright.drivers.driver import Rows
from linewright.drivers.emulated.plant import EmulatedPlant
from linewright.kernels.calendar import ROWS
from linewright.kernels.exchange_rows import COMMAND
from linewright.kernels.rows import Rows as RowBuffers
from linewright.kernels.rows import new_rows
from linewright.kernels.state import State
from linewright.kernels.table import Table
from linewright.model.errors import LinewrightError

__all__ = ["Delivery", "EmulatedFloor", "Floor", "all_commands", "numbered"]

#: Names of arrays and plain values by name, as they go into a saved state.
Saved = tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Records of one real driver as they were put in: which driver, at what line time [ns], and the records."""

    driver: str
    at_ns: int
    rows: Rows


class Floor(Protocol):
    """The line and its machines."""

    state: State
    is_replaying: bool  # True: real drivers are not asked, what they said is put in by `replay`

    def begin(self) -> None:
        """Tell real machines what they have in hand where the line begins filled."""

    def advance(self, until_ns: int) -> None:
        """Let all happen that happens before a time; rows are flushed as often as needed, and at the end."""

    def send(self, commands: Rows) -> None:
        """Send commands that do not come from the line (an operator's, recipes); their numbers are given here."""

    def committed(self) -> None:
        """Take note that all so far is committed: acknowledge the records, and send the commands that waited for it."""

    @property
    def is_waiting(self) -> bool:
        """Tell whether commands wait for a commit."""

    def deliveries(self) -> list[Delivery]:
        """Return what real drivers delivered since this was last asked: it cannot be made again, so it is kept."""

    def replay(self, delivery: Delivery) -> None:
        """Put in again what was delivered before a restart."""

    def saved(self) -> Saved:
        """Return the state of the machines' side, and what real drivers have not answered: arrays, and plain values."""

    def restore(self, state: State, arrays: Mapping[str, np.ndarray[Any, Any]], values: Mapping[str, Any]) -> None:
        """Take back a state of the line, and what `saved` returned."""

    def commands(self) -> Rows:
        """Return the commands that were sent since this was last asked."""


class EmulatedFloor:
    """A line all of whose machines are emulated.

    Parameters
    ----------
    table, state
        The line.
    plant
        Its machines.
    flush
        Takes the rows that were made; called whenever the buffers are nearly full and at the end of each `advance`.
    """

    def __init__(self, table: Table, state: State, plant: EmulatedPlant, flush: Callable[[RowBuffers], None]) -> None:
        self.table, self.state, self.plant = table, state, plant
        self._flush = flush
        self._rows = new_rows()
        self._commands: list[Rows] = []
        self.is_replaying = False

    def begin(self) -> None:
        """Do nothing: these machines know what they have in hand."""

    def advance(self, until_ns: int) -> None:
        """Let all happen that happens before a time."""
        while True:
            reason = self.plant.drive(self.state, self._rows, until_ns)
            self._commands.append(self.plant.taken_commands())
            self._flush(self._rows)
            self._rows.count[:] = 0
            if reason != ROWS:
                return

    def send(self, commands: Rows) -> None:
        """Send commands that do not come from the line."""
        told = numbered(self.state, commands)
        self.plant.send(told)
        self._commands.append(told)

    def committed(self) -> None:
        """Tell the machines that all their records are committed."""
        self.plant.acknowledge(self.plant.newest_seq)

    @property
    def is_waiting(self) -> bool:
        """Return False: these machines are told at once, since their state is saved with the line's."""
        return False

    def deliveries(self) -> list[Delivery]:
        """Return nothing: what these machines say can be made again from their saved state."""
        return []

    def replay(self, delivery: Delivery) -> None:
        """Refuse: nothing that these machines say is kept."""
        raise LinewrightError(f"Records of the driver {delivery.driver} are kept, which this line does not have. Begin anew with --new.")

    def saved(self) -> Saved:
        """Return the state of the machines."""
        arrays, values = self.plant.saved()
        return arrays, {"machines": values}

    def restore(self, state: State, arrays: Mapping[str, np.ndarray[Any, Any]], values: Mapping[str, Any]) -> None:
        """Take back a state of the line, and what `saved` returned."""
        self.state = state
        self.plant.restore(arrays, values["machines"])

    def commands(self) -> Rows:
        """Return the commands that were sent since this was last asked."""
        taken, self._commands = all_commands(self._commands), []
        return taken


def all_commands(parts: Sequence[Rows]) -> Rows:
    """Return several lists of commands as one."""
    joined: Rows = np.concatenate([np.zeros(0, COMMAND), *(part.view(np.ndarray) for part in parts)])
    return joined


def numbered(state: State, commands: Rows) -> Rows:
    """Return commands with the run's next numbers."""
    told = commands.copy()
    head = state.head[0]
    told["seq"] = int(head.command) + 1 + np.arange(len(commands))
    head.command += len(commands)
    return told
