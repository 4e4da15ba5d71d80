"""`LiveRun`: one run while it lives: its line, machines, recorder, signals, operator, and what of them is committed when."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from linewright.control.alarms import Alarm, alarm_rules
from linewright.control.opening import opening_of
from linewright.drivers.driver import Rows
from linewright.genealogy.faulted import faults_held
from linewright.genealogy.holds import holds_of
from linewright.genealogy.line_facts import held_on_carriers, line_facts, opening_carriers
from linewright.genealogy.record import Recorder
from linewright.kernels.rows import Rows as RowBuffers
from linewright.ledger.ledger import RunInfo
from linewright.ledger.reader import RunReader
from linewright.ledger.records import Event
from linewright.ledger.writer import RunWriter, now_us
from linewright.live.alarm_desk import AlarmDesk
from linewright.live.exchange_log import ExchangeLog
from linewright.live.floor import Delivery, EmulatedFloor, Floor
from linewright.live.line_of_run import Ready
from linewright.live.link import Notice
from linewright.live.machines import Machines
from linewright.live.mailbox import Commands
from linewright.live.message_floor import MessageFloor
from linewright.live.operator import Operator
from linewright.live.order_book import OrderBook
from linewright.live.orders import first_order
from linewright.live.replay import read_tail
from linewright.live.sampling import Sampling
from linewright.live.signal_blocks import Feed, KeptSignals, SignalBlocks
from linewright.live.state_keeping import fills_by_tray, line_from, state_bytes
from linewright.measures.line_sample import LineSampler
from linewright.measures.order_watch import OrderWatch

__all__ = ["LiveRun"]

#: The state is saved every so much line time, and at most so often in wall time.
SAVE_NS, SAVE_WALL_S = 60_000_000_000, 1.0
#: A sample of the whole line, wall seconds.
SAMPLE_S = 1.0
#: Samples of real machines are waited for so long before a block is closed: they are under way.
LATE_NS = 2_000_000_000


class LiveRun:
    """One run of one line.

    Parameters
    ----------
    ready
        The line at time 0, and its machines.
    writer, reader
        Of its file in the ledger.
    speed
        Line seconds in one wall second; infinity as fast as it can.
    by_messages
        Whether the emulated machines, too, are told and asked message by message, where they would be driven in one compiled loop.
    """

    def __init__(self, ready: Ready, writer: RunWriter, reader: RunReader, speed: float, *, by_messages: bool = False) -> None:
        compiled, plant = ready.compiled, ready.compiled.plant
        self.plant, self.speed, self.run_id = plant, speed, writer.run_id
        self.begin_us = compiled.begin_us
        self.reached_ns = 0
        self.why_stopped: str | None = None
        self._ready, self._writer, self._reader = ready, writer, reader
        seed = int(ready.state.head[0].seed)
        facts = line_facts(compiled, seed, first_serials=ready.state.serials, real=ready.real)
        self._recorder = Recorder(facts, writer, alarm_rules(plant))
        self._floor = self._floor_of(ready, by_messages=by_messages)
        self._signals = SignalBlocks(ready.machines.sources, compiled.begin_us, self._signal_alarms, KeptSignals(reader, ready.machines.every_ns))
        self.feed = Feed(ready.machines.sources, compiled.begin_us, lambda: self.reached_ns, lambda: self._signals.closed_ns)
        self._book = OrderBook(compiled, lambda: self._floor.state)
        self._watch = OrderWatch(compiled)
        self.operator = Operator(plant, ready.number_of, first_order(plant), self, self._book)
        self.commands = Commands(1, self.operator.preview)
        sampler = LineSampler(plant, compiled.table, ready.number_of, compiled.reasons, compiled.begin_us)
        self.sampling = Sampling(compiled, sampler, speed)
        self._desk_alarms = AlarmDesk(reader)
        self._log = ExchangeLog(compiled, writer)
        self._saved_ns, self._saved_wall, self._sampled_wall = -1, -math.inf, -math.inf
        self._committed_wall = time.monotonic()
        self.listeners: list[Any] = []

    # ---- begin, go on, end

    @property
    def machines(self) -> Machines:
        """Return who serves its stations."""
        return self._ready.machines

    @property
    def is_real(self) -> bool:
        """Tell whether it has real machines."""
        return bool(self._ready.real)

    @property
    def is_waiting(self) -> bool:
        """Tell whether real machines wait for commands that a commit would send."""
        return self._floor.is_waiting

    def begin(self) -> None:
        """Write what stands before the first row, and start the order."""
        self._recorder.begin(opening_carriers(opening_of(self._ready.compiled)))
        self.event("run.started", 0, self._header())
        for change in self._watch.stored():
            self.event(change.kind, change.at_ns, change.body)
        self.operator.begin(0)
        self._floor.begin()
        self.sampling.begin(self._floor.state)
        self._floor.advance(0)  # compiles what is not compiled yet, before the clock runs

    def go_on(self, info: RunInfo) -> None:
        """Go on where a run stopped: the newest saved state, and again what was committed since; its rows are not stored twice.

        Raises
        ------
        LedgerError
            The state does not make the rows again that are there.
        OtherStateError
            Another version saved the state.
        """
        checkpoint = self._writer.checkpoint()
        tail = read_tail(self._writer, info, checkpoint)
        self._writer.begin_replay(checkpoint)
        if checkpoint is None:
            self.begin()
        else:
            state, saved = line_from(self._ready.compiled.table, checkpoint, info.run)
            self._restore(state, saved.arrays, saved.values)
        self._signals.written_ns = tail.signals_ns
        self._floor.is_replaying = True
        for at_ns, put_in in tail.inputs:
            self.advance(at_ns)
            if isinstance(put_in, Delivery):
                self._floor.replay(put_in)
            else:
                self.operator.do(put_in, at_ns)
        self.advance(tail.until_ns)
        self._floor.is_replaying = False
        self._recorder.passed(self._line_us())
        self._signals.close(max(tail.signals_ns, self._signals.closed_ns), self._writer)
        self._log.write_commands(self._floor)
        self._writer.end_replay()
        self.operator.adopt(holds_of(self._reader), self.begin_us)
        self.machines.were_silent(tail.silent)
        self.operator.kept.next_command = max(self.operator.kept.next_command, tail.next_command)
        self.commands = Commands(self.operator.kept.next_command, self.operator.preview)
        away = {"away_s": round(now_us() / 1e6 - self._line_us() / 1e6, 3)} if self.is_real else {}
        self.event("run.continued", self.reached_ns, {**self._header(), **away})

    def end(self, why: str) -> None:
        """Save the state, and note that the run stopped; it may be gone on with."""
        self.commands.close("The run has ended. Start it again to command its machines.")
        self.event("run.stopped", self.reached_ns, {"why": why, "line_ns": self.reached_ns})
        self._signals.close(self.reached_ns, self._writer)
        self._saved_ns, self._sampled_wall = -1, -math.inf  # both once more, as it stands in the end
        self.commit()
        self._writer.end("stopped", self._line_us())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._writer.close()
        self._reader.close()

    # ---- moving on

    def advance(self, until_ns: int) -> None:
        """Let all happen that happens before a line time."""
        if until_ns > self.reached_ns:
            self._floor.advance(until_ns)
            self.reached_ns = until_ns

    def answer(self) -> None:
        """Do what people have asked."""
        for asked in self.commands.take():
            self.operator.do(asked, self.reached_ns)

    def commit(self) -> None:
        """Make all durable that has happened, with the sample, signals and saved state that are due; then acknowledge and tell."""
        wall = time.monotonic()
        self._recorder.passed(self._line_us())
        for change in self._watch.look(self._floor.state):
            self.event(change.kind, change.at_ns, change.body)
        self._listen(wall)
        if self._signals.is_due(self.reached_ns):
            self._signals.close(self.reached_ns - (LATE_NS if self.is_real else 0), self._writer)
            self._writer.fact("signals-until-ns", self._signals.closed_ns)
        if wall - self._sampled_wall >= SAMPLE_S:
            self._sampled_wall = wall
            self._writer.sample(self._line_us(), json.dumps(self._sample(), separators=(",", ":"), ensure_ascii=False))
        self._log.write(self._floor)
        state, fills = None, None
        if self._saved_ns < 0 or (self.reached_ns - self._saved_ns >= SAVE_NS and wall - self._saved_wall >= SAVE_WALL_S):
            state, fills = self._state(), fills_by_tray(self._floor.state, self._ready.compiled.table)
            self._saved_ns, self._saved_wall = self.reached_ns, wall
        self._writer.commit(state, fills, self._line_us())
        self._floor.committed()
        self._committed_wall = time.monotonic()
        for listener in self.listeners:
            listener()

    # ---- what operators act on (`operator.Desk`)

    def event(self, kind: str, at_ns: int, body: Mapping[str, Any]) -> int:
        """Write an event and return its number."""
        line_us = self.begin_us + at_ns // 1000
        seq = self._writer.event(kind, line_us, body)
        if kind.startswith("alarm."):
            self._desk_alarms.apply(Event(seq, line_us, 0, kind, dict(body)))
        return seq

    def send(self, commands: Rows) -> None:
        """Send commands to machines."""
        if len(commands):
            self._floor.send(commands)

    def load_recipe(self, revision: int, set_points: Mapping[str, Sequence[float]]) -> None:
        """Make a recipe known to the machines."""
        self.machines.load_recipe(revision, set_points)

    def alarm(self, key: object) -> Alarm | None:
        """Return an alarm by its key; None where there is none."""
        return self._desk_alarms.find(key)

    def is_silent(self, station: str) -> bool:
        """Tell whether the machines of a station are not heard."""
        return station in self.machines.silent_stations

    def ask_to_stop(self, why: str) -> None:
        """End the run at the next turn of its loop."""
        self.why_stopped = self.why_stopped or why

    # ---- inside

    def _floor_of(self, ready: Ready, *, by_messages: bool) -> Floor:
        table, machines = ready.compiled.table, ready.machines
        if not machines.links and not by_messages:
            return EmulatedFloor(table, ready.state, machines.emulated, self._flush)
        taking = (self._recorder.given, self._noted, self._recorder.given_curves)
        return MessageFloor(table, ready.state, machines.emulated, machines.links, self._flush, *taking)

    def _noted(self, notice: Notice) -> None:
        self.event(notice.kind, int(self._floor.state.head[0].now), notice.body)

    def _listen(self, wall: float) -> None:
        """Write which real drivers have fallen silent, or are heard again."""
        self.machines.check()
        for link, change in self.machines.heard(wall - self._committed_wall):
            body = {"driver": link.label, "stations": [station.path for station in link.stations], "connection": change.connection.value,
                    "age_s": change.age_s}  # fmt: skip
            self.event("driver.heard" if change.is_heard else "driver.silent", self.reached_ns, body)

    def _flush(self, rows: RowBuffers) -> None:
        self._recorder.record(rows)

    def _signal_alarms(self, machine: str, name: str, times_us: Any, values: Any) -> None:
        station, _, number = machine.rpartition("/")
        signal, _, part = name.partition("/")
        for change in self._recorder.alarms.samples(station, int(number), signal, times_us, values, part=int(part or 0)):
            self._writer.event(change.kind, change.line_us, change.body)

    def _sample(self) -> dict[str, Any]:
        orders = [] if self._book.is_empty else self._book.bodies()
        return self.sampling.body(self._floor.state, self.operator.kept.order, self.machines, self.reached_ns, orders)

    def _header(self) -> dict[str, Any]:
        speed = None if math.isinf(self.speed) else self.speed
        seed = int(self._ready.state.head[0].seed)
        return {"speed": speed, "seed": seed, "start": self.plant.run.start.value, "drivers": self.machines.told(), "line_ns": self.reached_ns}

    def _line_us(self) -> int:
        return self.begin_us + self.reached_ns // 1000

    def _state(self) -> bytes:
        arrays, values = self._floor.saved()
        values |= {"recipes": self.machines.saved(), "reached_ns": self.reached_ns, "recorder": self._recorder.saved(),
                   "operator": self.operator.saved(), "sampling": self.sampling.saved(), "signals_ns": self._signals.closed_ns}  # fmt: skip
        return state_bytes(self._floor.state, arrays, values)

    def _restore(self, state: Any, arrays: Mapping[str, np.ndarray[Any, Any]], values: Mapping[str, Any]) -> None:
        self._floor.restore(state, arrays, values)
        self._watch.begin(state)
        self.machines.restore(values.get("recipes", {}))
        self._recorder.restore(values["recorder"], held_on_carriers(self._ready.compiled, state), faults_held(state))
        self.operator.restore(values["operator"])
        self.sampling.restore(values["sampling"])
        self._signals.closed_ns = values["signals_ns"]
        self.reached_ns = self._saved_ns = values["reached_ns"]
