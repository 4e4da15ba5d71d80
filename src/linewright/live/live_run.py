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
from linewright.genealogy.line_facts import held_on_carriers, line_facts, opening_carriers
from linewright.genealogy.record import Recorder
from linewright.kernels.exchange_rows import START
from linewright.kernels.rows import Rows as RowBuffers
from linewright.ledger.ledger import RunInfo
from linewright.ledger.reader import RunReader
from linewright.ledger.records import Event
from linewright.ledger.writer import RunWriter
from linewright.live.alarm_desk import AlarmDesk
from linewright.live.floor import EmulatedFloor
from linewright.live.line_of_run import Ready, refuse_speed
from linewright.live.mailbox import Commands
from linewright.live.operator import Operator
from linewright.live.orders import first_order
from linewright.live.replay import read_tail
from linewright.live.sampling import Sampling
from linewright.live.signal_blocks import Feed, SignalBlocks
from linewright.live.state_keeping import fills_by_tray, line_from, state_bytes
from linewright.live.watch import SilenceWatch
from linewright.measures.line_sample import LineSampler

__all__ = ["LiveRun"]

#: The state is saved every so much line time, and at most so often in wall time.
SAVE_NS, SAVE_WALL_S = 60_000_000_000, 1.0
#: A sample of the whole line, wall seconds.
SAMPLE_S = 1.0


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
    """

    def __init__(self, ready: Ready, writer: RunWriter, reader: RunReader, speed: float) -> None:
        refuse_speed(speed, (ready.machines,))
        compiled, plant = ready.compiled, ready.compiled.plant
        self.plant, self.speed, self.run_id = plant, speed, writer.run_id
        self.begin_us = compiled.begin_us
        self.reached_ns = 0
        self.why_stopped: str | None = None
        self._ready, self._writer, self._reader = ready, writer, reader
        seed = int(ready.state.head[0].seed)
        facts = line_facts(compiled, seed, first_serials=ready.state.serials)
        self._recorder = Recorder(facts, writer, alarm_rules(plant))
        self._floor = EmulatedFloor(compiled.table, ready.state, ready.machines, self._flush)
        self._signals = SignalBlocks([(ready.machines, ready.machines.tags)], compiled.begin_us, self._signal_alarms)
        self.feed = Feed([(ready.machines, ready.machines.tags)], compiled.begin_us, lambda: self.reached_ns, lambda: self._signals.closed_ns)
        self.operator = Operator(plant, ready.number_of, first_order(plant), self)
        self.commands = Commands(1, self.operator.preview)
        sampler = LineSampler(plant, compiled.table, ready.number_of, compiled.reasons, compiled.begin_us)
        self.sampling = Sampling(compiled, sampler, speed)
        self._silence = SilenceWatch((ready.machines,))
        self._desk_alarms = AlarmDesk(reader)
        self._saved_ns, self._saved_wall, self._sampled_wall = -1, -math.inf, -math.inf
        self.listeners: list[Any] = []

    # ---- begin, go on, end

    async def connect(self) -> None:
        """Reach the machines."""
        await self._ready.machines.connect()

    def begin(self) -> None:
        """Write what stands before the first row, and start the order."""
        self._recorder.begin(opening_carriers(opening_of(self._ready.compiled)))
        self.event("run.started", 0, self._header())
        self.operator.begin(0)
        self.sampling.begin(self._floor.state)
        self._floor.advance(0)  # compiles what is not compiled yet, before the clock runs

    def go_on(self, info: RunInfo) -> None:
        """Go on where a run stopped: the newest saved state, and again what was committed since; its rows are not stored twice.

        Raises
        ------
        LedgerError
            The state does not make the rows again that are there.
        """
        checkpoint = self._writer.checkpoint()
        tail = read_tail(self._writer.path, info, checkpoint)
        self._writer.begin_replay(checkpoint)
        if checkpoint is None:
            self.begin()
        else:
            state, saved = line_from(self._ready.compiled.table, checkpoint)
            self._restore(state, saved.arrays, saved.values)
        self._signals.written_ns = tail.signals_ns
        for at_ns, put_in in tail.inputs:
            self.advance(at_ns)
            self.operator.do(put_in, at_ns)  # type: ignore[arg-type] # emulated machines deliver nothing that is kept
        self.advance(tail.until_ns)
        self._recorder.passed(self._line_us())
        self._signals.close(max(tail.signals_ns, self._signals.closed_ns), self._writer)
        self._write_commands()
        self._writer.end_replay()
        self.commands = Commands(self.operator.kept.next_command, self.operator.preview)
        self.event("run.continued", self.reached_ns, self._header())

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
        for change in self._silence.look():
            kind = "driver.heard" if change.is_heard else "driver.silent"
            self.event(kind, self.reached_ns, {"driver": change.driver, "connection": change.connection.value, "age_s": change.age_s})
        if self._signals.is_due(self.reached_ns):
            self._signals.close(self.reached_ns, self._writer)
            self._writer.fact("signals-until-ns", self._signals.closed_ns)
        if wall - self._sampled_wall >= SAMPLE_S:
            self._sampled_wall = wall
            self._writer.sample(self._line_us(), json.dumps(self._sample(), separators=(",", ":"), ensure_ascii=False))
        self._write_commands()
        state, fills = None, None
        if self._saved_ns < 0 or (self.reached_ns - self._saved_ns >= SAVE_NS and wall - self._saved_wall >= SAVE_WALL_S):
            state, fills = self._state(), fills_by_tray(self._floor.state, self._ready.compiled.table)
            self._saved_ns, self._saved_wall = self.reached_ns, wall
        self._writer.commit(state, fills, self._line_us())
        self._floor.acknowledge()
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
        self._ready.machines.load_recipe(revision, set_points)

    def alarm(self, key: object) -> Alarm | None:
        """Return an alarm by its key; None where there is none."""
        return self._desk_alarms.find(key)

    def ask_to_stop(self, why: str) -> None:
        """End the run at the next turn of its loop."""
        self.why_stopped = self.why_stopped or why

    # ---- inside

    def _flush(self, rows: RowBuffers) -> None:
        self._recorder.record(rows)

    def _signal_alarms(self, machine: str, name: str, times_us: Any, values: Any) -> None:
        station, _, number = machine.rpartition("/")
        signal, _, part = name.partition("/")
        for change in self._recorder.alarms.samples(station, int(number), signal, times_us, values, part=int(part or 0)):
            self._writer.event(change.kind, change.line_us, change.body)

    def _write_commands(self) -> None:
        commands = self._floor.commands()
        told = commands[commands["what"] != START]
        if len(told):
            table = self._ready.compiled.table
            numbers = table.stations.machine0[told["station"]] + told["machine"]
            keys = [self._writer.key("machine", self._ready.compiled.machines[m]) for m in numbers.tolist()]
            self._writer.append(
                "command",
                {"line_us": self.begin_us + told["t"] // 1000, "machine": keys, "kind": told["what"], "n": told["n"], "unit": told["item"]},
            )

    def _sample(self) -> dict[str, Any]:
        return self.sampling.body(self._floor.state, self.operator.kept.order, self._ready.machines, self.reached_ns)

    def _header(self) -> dict[str, Any]:
        m = self._ready.machines.manifest
        drivers = [{"name": m.name, "version": m.version, "real": m.is_real}]
        speed = None if math.isinf(self.speed) else self.speed
        seed = int(self._ready.state.head[0].seed)
        return {"speed": speed, "seed": seed, "start": self.plant.run.start.value, "drivers": drivers, "line_ns": self.reached_ns}

    def _line_us(self) -> int:
        return self.begin_us + self.reached_ns // 1000

    def _state(self) -> bytes:
        arrays, machines = self._ready.machines.saved()
        values = {"reached_ns": self.reached_ns, "machines": machines, "recorder": self._recorder.saved(), "operator": self.operator.saved(),
                  "sampling": self.sampling.saved(), "signals_ns": self._signals.closed_ns}  # fmt: skip
        return state_bytes(self._floor.state, arrays, values)

    def _restore(self, state: Any, arrays: Mapping[str, np.ndarray[Any, Any]], values: Mapping[str, Any]) -> None:
        self._floor.state = state
        self._ready.machines.restore(arrays, values["machines"])
        self._recorder.restore(values["recorder"], held_on_carriers(self._ready.compiled, state))
        self.operator.restore(values["operator"])
        self.sampling.restore(values["sampling"])
        self._signals.closed_ns = values["signals_ns"]
        self.reached_ns = self._saved_ns = values["reached_ns"]
