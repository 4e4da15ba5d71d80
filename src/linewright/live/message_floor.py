"""A line whose machines are reached by messages: real ones through their drivers, the others in the emulated plant.

The emulated plant is asked and told at every moment of the line, as the compiled loop does. Real drivers are asked at the begin of each step and
told after the commit: what a real machine says is put in at a moment that the ledger knows, and it never hears what the ledger does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from linewright.drivers.driver import ChannelCurve, Rows
from linewright.drivers.emulated.plant import EmulatedPlant
from linewright.kernels.calendar import ROWS, advance
from linewright.kernels.exchange import inject
from linewright.kernels.exchange_rows import COMMAND, DONE, SET_DONE, START
from linewright.kernels.rows import Rows as RowBuffers
from linewright.kernels.rows import new_rows
from linewright.kernels.state import INBOX, WORK, State
from linewright.kernels.table import BATCH, Table
from linewright.live.floor import Delivery, Saved, all_commands, numbered
from linewright.live.link import Link, Notice
from linewright.model.errors import LinewrightError

__all__ = ["MessageFloor"]

#: Rounds of messages without line time passing, after which something is wrong: a driver answers in circles.
ROUNDS_MOST = 1_000_000
#: Room that real drivers leave in the inbox for the emulated plant.
SPARE = 1024


class MessageFloor:
    """A line whose machines are reached by messages.

    Parameters
    ----------
    table, state
        The line.
    plant
        The emulated machines: all that no link serves.
    links
        The real drivers.
    flush
        As of `EmulatedFloor`.
    given
        Takes the records of real drivers as they go into the line, before the visits that they end.
    noted
        Takes what people should know of a driver.
    drawn
        Takes what channels drew, with the DONE record it belongs to, at the moment it happens in the line; also where nothing came, or a restart
        puts the record in again: its row is there already then, and counted off.
    """

    def __init__(  # noqa: PLR0917 - the line, its machines, and who listens
        self,
        table: Table,
        state: State,
        plant: EmulatedPlant,
        links: Sequence[Link],
        flush: Callable[[RowBuffers], None],
        given: Callable[[Rows], None] | None = None,
        noted: Callable[[Notice], None] | None = None,
        drawn: Callable[[np.void, Sequence[ChannelCurve | None]], None] | None = None,
    ) -> None:
        self.table, self.state, self.plant, self.links = table, state, plant, tuple(links)
        self._flush, self._given, self._noted, self._drawn = flush, given, noted, drawn
        self._link_of = {number: i for i, link in enumerate(self.links) for number in link.numbers}
        self._rows = new_rows()
        self._taken = 0
        self._said_nothing = 0  # emulated records that the line counts as ignored and that say nothing to it
        self._commands: list[Rows] = []
        self._deliveries: list[Delivery] = []
        self.is_replaying = False

    # ---- moving on

    def begin(self) -> None:
        """Tell real machines what they have in hand where the line begins filled."""
        rows = self.state.machines
        at_work = [m for m in np.flatnonzero(rows["phase"] == WORK).tolist() if int(self.table.machines[m].station) in self._link_of]
        commands = np.zeros(len(at_work), COMMAND)
        for i, m in enumerate(at_work):
            number = int(self.table.machines[m].station)
            station = self.table.stations[number]
            amount = int(rows[m].on) if int(station.flow) == BATCH else max(1, int(station.enter))
            commands[i]["station"], commands[i]["machine"] = number, m - int(station.machine0)
            commands[i]["item"], commands[i]["n"], commands[i]["amount"] = rows[m].item, rows[m].n, amount
        commands["what"], commands["slot"], commands["crew"] = START, -1, -1
        if len(commands):
            self.send(commands)

    def advance(self, until_ns: int) -> None:
        """Let all happen that happens before a time."""
        ignored = int(self.state.head[0].ignored)
        if not self.is_replaying:
            for link in self.links:
                self._take_from(link, until_ns - 1)
        still = 0
        while True:
            at = self.plant.next_time()
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
                break
            self._put_emulated(self.plant.records(at))
        self.plant.follow(until_ns)
        self._hand_over()
        self._note_ignored(int(self.state.head[0].ignored) - ignored)

    def send(self, commands: Rows) -> None:
        """Send commands that do not come from the line."""
        self._send(numbered(self.state, commands))

    def committed(self) -> None:
        """Take note that all so far is committed: acknowledge the records, and send the commands that waited for it."""
        self.plant.acknowledge(self._taken)
        for link in self.links:
            link.acknowledge()
            link.dispatch()

    @property
    def is_waiting(self) -> bool:
        """Tell whether commands wait for a commit."""
        return any(link.is_waiting for link in self.links)

    def commands(self) -> Rows:
        """Return the commands that were sent since this was last asked."""
        taken, self._commands = all_commands(self._commands), []
        return taken

    # ---- what real drivers delivered

    def deliveries(self) -> list[Delivery]:
        """Return what real drivers delivered since this was last asked."""
        made, self._deliveries = self._deliveries, []
        return made

    def replay(self, delivery: Delivery) -> None:
        """Put in again what was delivered before a restart."""
        link = next((link for link in self.links if link.label == delivery.driver), None)
        if link is None:
            words = f"Records of the driver {delivery.driver} are kept, which this line does not have. Begin anew with --new."
            raise LinewrightError(words)
        self._put_in(link, delivery.rows)

    # ---- its state

    def saved(self) -> Saved:
        """Return the state of the emulated machines, and what real ones have not answered."""
        arrays, values = self.plant.saved()
        links = {}
        for link in self.links:
            arrays[f"open.{link.label}"], links[link.label] = link.saved()
        return arrays, {"machines": values, "links": links}

    def restore(self, state: State, arrays: Mapping[str, np.ndarray[Any, Any]], values: Mapping[str, Any]) -> None:
        """Take back a state of the line, and what `saved` returned."""
        self.state = state
        self.plant.restore(arrays, values["machines"])
        self._taken = self.plant.newest_seq
        for link in self.links:
            link.restore(arrays[f"open.{link.label}"], values["links"][link.label])

    # ---- inside

    def _take_from(self, link: Link, until_ns: int) -> None:
        """Put in what a real driver has to say up to a time."""
        rows, notices = link.fresh(until_ns, max(0, INBOX - SPARE - int(self.state.head[0].inbox)))
        for notice in notices:
            self._note(notice)
        if len(rows):
            self._deliveries.append(Delivery(link.label, int(self.state.head[0].now), rows))
            self._put_in(link, rows)

    def _put_in(self, link: Link, rows: Rows) -> None:
        good, notices = link.take(rows)
        for notice in notices:
            self._note(notice)
        done = good[good["what"] == DONE]
        if self._given is not None and len(done):
            self._given(done)
        if self._drawn is not None and link.channels:
            self._take_curves(link, done[np.isin(done["station"], list(link.channels))])
        self._inject(good[good["what"] != SET_DONE])  # it answers a command, and says nothing to the line

    def _take_curves(self, link: Link, done: Rows) -> None:
        assert self._drawn is not None
        timely = done.copy()
        timely["t"] = np.maximum(done["t"], int(self.state.head[0].now))  # as `inject` has it: so the row has the visit's time
        for record in timely:
            kept, notices = ([], []) if self.is_replaying else link.curves(record)
            for notice in notices:
                self._note(notice)
            self._drawn(record, kept)

    def _put_emulated(self, rows: Rows) -> None:
        """Put in what the emulated plant says; after a cut it says again what was put in already."""
        rows = rows[rows["seq"] > self._taken]
        if len(rows):
            self._taken = int(rows["seq"][-1])
            self._said_nothing += int(np.count_nonzero(rows["what"] == SET_DONE))
            self._inject(rows)

    def _inject(self, rows: Rows) -> None:
        """Let records happen, each at its own time, or now where that is past: the line cannot go back."""
        for record in rows.view(np.recarray):
            if not inject(self.table, self.state, record):
                raise RuntimeError(f"more than {INBOX} records wait to happen in the line")

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
        if not self.links:
            self.plant.send(commands)
            return
        of = np.array([self._link_of.get(number, -1) for number in commands["station"].tolist()], np.int64)
        for i, link in enumerate(self.links):
            if (of == i).any():
                link.put(commands[of == i])
        if (of < 0).any():
            self.plant.send(commands[of < 0])

    def _note_ignored(self, count: int) -> None:
        """Tell how many records of real machines the line did not wait for, if any."""
        known = min(count, self._said_nothing)
        self._said_nothing -= known
        if count > known:
            self._note(Notice("driver.ignored", {"count": count - known}))

    def _note(self, notice: Notice) -> None:
        if self._noted is not None:
            self._noted(notice)

    def _hand_over(self) -> None:
        self._flush(self._rows)
        self._rows.count[:] = 0
