"""`OpenCommands`: what a real driver was told, or shall be told, and has not answered yet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linewright.drivers.driver import Rows
from linewright.kernels import exchange_rows as x

__all__ = ["OpenCommands"]

#: Which record answers which command; `hold` and `resume` have no answer, the newest of the two stands.
ANSWERS = {x.DONE: x.START, x.REPAIRED: x.REPAIR, x.CHANGED: x.CHANGE, x.MAINTAINED: x.MAINTAIN, x.SET_DONE: x.SET, x.STOPPED: x.STOP,
           x.CLEARED: x.CLEAR, x.HAS_SET_UP: x.SET_UP}  # fmt: skip
#: Fields in which a record and the command that it answers are the same, besides station and machine.
SAME = {x.START: "n", x.REPAIR: "slot", x.CHANGE: "slot", x.MAINTAIN: "slot"}


class OpenCommands:
    """Commands in order of their numbers, until they are answered; after each connect all that are left go out again.

    Examples
    --------
    >>> commands, done = np.zeros(2, x.COMMAND), np.zeros(1, x.RECORD)
    >>> commands["seq"], commands["n"], commands["what"] = [7, 8], [1, 2], x.START
    >>> told = OpenCommands()
    >>> told.put(commands)
    >>> told.unsent["seq"].tolist()
    [7, 8]
    >>> told.sent()
    >>> done["n"], done["what"] = 1, x.DONE
    >>> told.answered(done)
    >>> told.unsent["seq"].tolist()
    []
    >>> told.begin_again()
    >>> told.unsent["seq"].tolist()
    [8]
    """

    def __init__(self) -> None:
        self._rows: Rows = np.zeros(0, x.COMMAND)
        self._sent = 0

    def put(self, commands: Rows) -> None:
        """Add commands, in order of their numbers."""
        for command in commands[np.isin(commands["what"], (x.HOLD, x.RESUME))]:
            older = self._of(command) & np.isin(self._rows["what"], (x.HOLD, x.RESUME))
            self._rows = self._rows[~older]
        last = self._last_of_holds(commands)
        self._rows = np.concatenate([self._rows, commands[last]])

    @property
    def unsent(self) -> Rows:
        """Return what was not sent since `begin_again`."""
        return self._rows[self._rows["seq"] > self._sent]

    def sent(self) -> None:
        """Note that all have been sent."""
        if len(self._rows):
            self._sent = max(self._sent, int(self._rows["seq"][-1]))

    def begin_again(self) -> None:
        """Send all that are left once more: the connection is a new one."""
        self._sent = 0

    def answered(self, records: Rows) -> None:
        """Take out what records answer; of several that are alike the oldest."""
        for record in records:
            command = ANSWERS.get(int(record["what"]))
            if command is None:
                continue
            fits = self._of(record) & (self._rows["what"] == command)
            same = SAME.get(command)
            if same is not None:
                fits &= self._rows[same] == record[same]
            places = np.flatnonzero(fits)
            if len(places):
                self._rows = np.delete(self._rows, places[0])

    def saved(self) -> Rows:
        """Return all that are open."""
        return self._rows.copy()

    def restore(self, rows: Rows) -> None:
        """Take back what `saved` returned; all will be sent again."""
        self._rows, self._sent = rows.copy(), 0

    def _of(self, row: np.void) -> NDArray[np.bool_]:
        of: NDArray[np.bool_] = (self._rows["station"] == row["station"]) & (self._rows["machine"] == row["machine"])
        return of

    @staticmethod
    def _last_of_holds(commands: Rows) -> NDArray[np.bool_]:
        """Return which commands count: of several `hold` and `resume` to one machine the last."""
        counts = np.ones(len(commands), np.bool_)
        seen: set[tuple[int, int]] = set()
        for i in range(len(commands) - 1, -1, -1):
            if commands["what"][i] in (x.HOLD, x.RESUME):
                machine = (int(commands["station"][i]), int(commands["machine"][i]))
                counts[i] = machine not in seen
                seen.add(machine)
        return counts
