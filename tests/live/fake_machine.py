"""A real machine in line time, for tests: it obeys at the moment it is told, and lives on when the run does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from linewright.drivers.driver import Connection, DriverError, Manifest, Rows, Samples, refuse_unknown
from linewright.drivers.received import ReceivedRecords, ReceivedSamples
from linewright.kernels import exchange_rows as x

NS = 1_000_000_000
#: What a start takes, and which starts end in scrap, by their number.
WORK_NS, SCRAP_EVERY = 3 * NS, 7


class Clock:
    """Line time as the test sets it."""

    now_ns = 0


class FakeMachine:
    """The machine's side: numbers what it does, keeps it until it is acknowledged."""

    def __init__(self, clock: Clock, values: int = 1) -> None:
        self.clock, self._values = clock, values
        self.records: Rows = np.zeros(0, x.RECORD)
        self.newest = self.acknowledged = self.newest_command = 0
        self.obeyed: list[tuple[int, int]] = []

    def obey(self, command: np.void) -> None:
        if command["seq"] <= self.newest_command:
            return
        self.newest_command = int(command["seq"])
        self.obeyed.append((int(command["what"]), int(command["n"])))
        if command["what"] == x.START:
            n = int(command["n"])
            self.did(x.DONE, command, t=self.clock.now_ns + WORK_NS + n % 5, verdict=int(n % SCRAP_EVERY == 0), values=self._values,
                     v0=3.6 + n * 1e-5)  # fmt: skip
        elif command["what"] in (x.STOP, x.CLEAR, x.SET):
            self.did({x.STOP: x.STOPPED, x.CLEAR: x.CLEARED, x.SET: x.SET_DONE}[int(command["what"])], command, t=self.clock.now_ns)

    def did(self, kind: int, about: np.void, **more: float) -> None:
        self.newest += 1
        row = np.zeros(1, x.RECORD)
        row["seq"], row["what"], row["slot"], row["tool"] = self.newest, kind, -1, -1
        for name in ("station", "machine", "n", "item"):
            row[name] = about[name]
        for name, value in more.items():
            row[name] = value
        self.records = np.concatenate([self.records, row])

    def forget(self, seq: int) -> None:
        self.acknowledged = max(self.acknowledged, seq)
        self.records = self.records[self.records["seq"] > self.acknowledged]


class FakeDriver:
    """The driver's side: dies with the run."""

    manifest = Manifest("fake", "1", is_real=True, commands=("start", "repair", "set", "stop", "clear", "change", "maintain"))

    def __init__(self, machine: FakeMachine, tags: Sequence[str] = ()) -> None:
        self.machine = machine
        self.connection = Connection.CLOSED
        self._received, self.samples = ReceivedRecords(), ReceivedSamples(tags)
        self.recipes: dict[int, dict[str, Sequence[float]]] = {}

    @property
    def tags(self) -> tuple[str, ...]:
        return self.samples.tags

    async def connect(self) -> None:
        self.connection = Connection.CONNECTED
        self._received.rewind()

    async def close(self) -> None:
        self.connection = Connection.CLOSED

    def age_s(self) -> float | None:
        return 0.0

    def load_recipe(self, revision: int, set_points: Mapping[str, Sequence[float]]) -> None:
        self.recipes[revision] = dict(set_points)

    def send(self, commands: Rows) -> None:
        if self.connection is not Connection.CONNECTED:
            raise DriverError("not connected")
        refuse_unknown(self.manifest, commands)
        for command in commands:
            self.machine.obey(command)

    def records(self, until_ns: int) -> Rows:
        said = self.machine.records
        self._received.put(said[said["t"] <= self.machine.clock.now_ns])
        return self._received.take(until_ns)

    def acknowledge(self, seq: int) -> None:
        self._received.acknowledge(seq)
        self.machine.forget(seq)

    def next_time(self) -> int | None:
        return None

    def signals(self, tags: Sequence[str], since_ns: int, until_ns: int) -> dict[str, Samples]:
        return self.samples.between(tags, since_ns, until_ns)
