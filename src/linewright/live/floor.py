"""The line and its machines, moved on together: what is due happens, commands go out, records come in.

Two ways of the same. `MessageFloor` speaks to any drivers, message by message. `EmulatedFloor` has all its machines in one emulated plant and lets
both go on in one compiled loop. They write the same rows (a test compares them).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from linewright.drivers.driver import Driver, Rows
from linewright.drivers.emulated.plant import EmulatedPlant
from linewright.kernels.calendar import ROWS, advance
from linewright.kernels.exchange import inject
from linewright.kernels.exchange_rows import COMMAND
from linewright.kernels.rows import Rows as RowBuffers
from linewright.kernels.rows import new_rows
from linewright.kernels.state import State
from linewright.kernels.table import Table

__all__ = ["Delivery", "EmulatedFloor", "Floor", "MessageFloor"]

#: Rounds of messages without line time passing, after which something is wrong: a driver answers in circles.
ROUNDS_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """Records of one driver as they were put in: which driver, at what line time [ns], and the records."""

    driver: int
    at_ns: int
    rows: Rows


class Floor(Protocol):
    """The line and its machines."""

    state: State

    def advance(self, until_ns: int) -> None:
        """Let all happen that happens before a time; rows are flushed as often as needed, and at the end."""

    def send(self, commands: Rows) -> None:
        """Send commands that do not come from the line (an operator's, recipes); their numbers are given here."""

    def acknowledge(self) -> None:
        """Tell the drivers that all records so far are committed."""

    def deliveries(self) -> list[Delivery]:
        """Return what real drivers delivered since this was last asked: it cannot be made again, so it is kept."""

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
        numbered = _numbered(self.state, commands)
        self.plant.send(numbered)
        self._commands.append(numbered)

    def acknowledge(self) -> None:
        """Tell the machines that all their records are committed."""
        self.plant.acknowledge(self.plant.newest_seq)

    def deliveries(self) -> list[Delivery]:
        """Return nothing: what these machines say can be made again from their saved state."""
        return []

    def commands(self) -> Rows:
        """Return the commands that were sent since this was last asked."""
        taken = np.concatenate([np.zeros(0, COMMAND), *(c.view(np.ndarray) for c in self._commands)])
        self._commands = []
        return taken


class MessageFloor:
    """A line whose machines are reached through any drivers.

    Parameters
    ----------
    table, state
        The line.
    drivers
        The drivers, in a fixed order.
    driver_of
        Which of them serves each station, by the station's number; -1 for a station that does not ask.
    flush
        As of `EmulatedFloor`.
    taken
        The number of the last record of each driver that was put in already (after a restart): older ones are dropped.
    """

    def __init__(  # noqa: PLR0917 - the line, its drivers, and where both go on
        self,
        table: Table,
        state: State,
        drivers: Sequence[Driver],
        driver_of: Mapping[int, int],
        flush: Callable[[RowBuffers], None],
        taken: Sequence[int] = (),
    ) -> None:
        self.table, self.state = table, state
        self.drivers = tuple(drivers)
        self._driver_of = dict(driver_of)
        self._flush = flush
        self._rows = new_rows()
        self.taken = list(taken) or [0] * len(self.drivers)
        self._commands: list[Rows] = []
        self._deliveries: list[Delivery] = []

    def advance(self, until_ns: int) -> None:
        """Let all happen that happens before a time."""
        self._take(until_ns - 1, only_real=True)
        still = 0
        while True:
            at = self._next_time()
            horizon = until_ns if at is None else min(at, until_ns)
            before = int(self.state.head[0].now)
            reason = int(advance(self.table, self.state, self._rows, horizon))
            sent = self._send_outbox()
            if reason == ROWS:
                self._hand_over()
                continue
            still = still + 1 if int(self.state.head[0].now) == before else 0
            if still > ROUNDS_MOST:
                raise RuntimeError(f"commands and records go round in circles at {before} ns")
            if sent:
                continue
            if at is None or at >= until_ns:
                self._hand_over()
                return
            self._take(at)

    def send(self, commands: Rows) -> None:
        """Send commands that do not come from the line."""
        self._send(_numbered(self.state, commands))

    def acknowledge(self) -> None:
        """Tell the drivers that all records so far are committed."""
        for driver, seq in zip(self.drivers, self.taken, strict=True):
            if seq:
                driver.acknowledge(seq)

    def deliveries(self) -> list[Delivery]:
        """Return what real drivers delivered since this was last asked."""
        made = [d for d in self._deliveries if self.drivers[d.driver].manifest.is_real]
        self._deliveries = []
        return made

    def commands(self) -> Rows:
        """Return the commands that were sent since this was last asked."""
        taken = np.concatenate([np.zeros(0, COMMAND), *(c.view(np.ndarray) for c in self._commands)])
        self._commands = []
        return taken

    def deliver(self, driver: int, rows: Rows) -> int:
        """Put records in that a driver delivered; return how many were new.

        A record that is older than the line is put in now: the line cannot go back.
        """
        rows = rows[rows["seq"] > self.taken[driver]]
        if len(rows) == 0:
            return 0
        now = int(self.state.head[0].now)
        self.taken[driver] = int(rows["seq"][-1])
        timely = rows.copy()
        timely["t"] = np.maximum(timely["t"], now)
        for record in timely.view(np.recarray):
            inject(self.table, self.state, record)
        self._deliveries.append(Delivery(driver, now, rows))
        return len(rows)

    def _next_time(self) -> int | None:
        times = [t for t in (driver.next_time() for driver in self.drivers) if t is not None]
        return min(times) if times else None

    def _take(self, until_ns: int, *, only_real: bool = False) -> None:
        for number, driver in enumerate(self.drivers):
            if driver.manifest.is_real or not only_real:
                self.deliver(number, driver.records(until_ns))

    def _send_outbox(self) -> int:
        head = self.state.head[0]
        count = int(head.outbox)
        if count:
            commands = self.state.outbox[:count].copy().view(np.ndarray)
            head.outbox = 0
            self._send(commands)
        return count

    def _send(self, commands: Rows) -> None:
        self._commands.append(commands)
        numbers = np.array([self._driver_of.get(s, -1) for s in commands["station"].tolist()])
        for number, driver in enumerate(self.drivers):
            mine = commands[numbers == number]
            if len(mine):
                driver.send(mine)

    def _hand_over(self) -> None:
        self._flush(self._rows)
        self._rows.count[:] = 0


def _numbered(state: State, commands: Rows) -> Rows:
    """Return commands with the run's next numbers."""
    numbered = commands.copy()
    head = state.head[0]
    numbered["seq"] = int(head.command) + 1 + np.arange(len(commands))
    head.command += len(commands)
    return numbered


