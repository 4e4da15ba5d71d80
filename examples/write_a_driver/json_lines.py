"""A driver for machines that speak JSON, one object a line, over a TCP connection (`machine.py` is such a machine).

It is as small as a driver can be and keeps every promise of `linewright.drivers.driver`. What it says to the machine::

    {"hello": {"run": "my-line/1767571200000000", "acknowledged": 12}}      first, on each connection
    {"command": {"seq": 7, "what": "start", "station": "weld", "machine": 1, "n": 3, "item": 9, ...}}
    {"acknowledge": 13}

and what the machine says::

    {"welcome": {"newest": 15}}                                             the answer to hello; then all that was not acknowledged, again
    {"record": {"number": 13, "at_ns": 1767571200123456789, "what": "done", "station": "weld", "machine": 1, "n": 3, "item": 9, ...}}
    {"signal": {"tag": "weld/1/current", "at_ns": 1767571200123456789, "value": 8000.0}}
    {"alive": true}                                                         twice in each period, so that silence can be told
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from linewright.drivers.driver import Connection, DriverError, Manifest, Rows, Samples, refuse_unknown
from linewright.drivers.received import ReceivedRecords, ReceivedSamples
from linewright.drivers.setup import DriverSetup
from linewright.kernels.exchange_rows import COMMANDS, RECORD, RECORDS, SET

MANIFEST = Manifest("json-lines", "1", is_real=True, commands=("start", "repair", "set", "stop", "clear"), period_s=0.5,
                    about="Machines that speak JSON over TCP, one object a line.")  # fmt: skip
#: How long a machine may take to answer hello [s].
WELCOME_S = 3.0


class JsonLines:
    """The driver; `make` of the entry point is the class itself.

    Parameters
    ----------
    setup
        Stations, settings, the run's begin.
    """

    def __init__(self, setup: DriverSetup) -> None:
        setup.refuse_others(("address",))
        self._address = setup.setting("address", "10.0.0.5:9100")
        host, _, port = self._address.rpartition(":")
        if not host or not port.isdecimal():
            raise DriverError(f"`address` is `{self._address}`; host and port were expected, such as `10.0.0.5:9100`.")
        self._host, self._port = host, int(port)
        self._setup = setup
        self._records, self._samples, self._tags = ReceivedRecords(), ReceivedSamples(setup.tags), frozenset(setup.tags)
        self._recipes: dict[int, dict[str, list[float]]] = {}
        self._connection = Connection.CLOSED
        self._writer: asyncio.StreamWriter | None = None
        self._listener: asyncio.Task[None] | None = None
        self._heard: float | None = None

    # ---- what it is, and whether it hears

    @property
    def manifest(self) -> Manifest:
        """What it is and can."""
        return MANIFEST

    @property
    def connection(self) -> Connection:
        """Whether it hears its machines now."""
        return self._connection

    @property
    def tags(self) -> tuple[str, ...]:
        """The signals that the line file describes at its stations."""
        return self._samples.tags

    def age_s(self) -> float | None:
        """Return the wall seconds since the machine said anything."""
        return None if self._heard is None else time.monotonic() - self._heard

    async def connect(self) -> None:
        """Reach the machine; it says again what was not acknowledged."""
        await self.close()
        self._connection = Connection.CONNECTING
        try:
            reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=1 << 20)
            self._say(hello={"run": self._setup.run, "acknowledged": self._records.acknowledged})
            answer = await asyncio.wait_for(reader.readline(), WELCOME_S)
            welcome = json.loads(answer or "{}")["welcome"]
        except (OSError, TimeoutError, ValueError, KeyError) as error:
            await self.close()
            why = {KeyError: "no welcome came", TimeoutError: f"no welcome came in {WELCOME_S:g} s"}.get(type(error), str(error))
            raise DriverError(f"{self._address} cannot be reached ({why})") from error
        if welcome["newest"] < self._records.newest:
            await self.close()
            raise DriverError(
                f"{self._address} counts its records anew: {self._records.newest} came already, {welcome['newest']} is its newest. "
                "It has lost its memory; begin a new run with --new"
            )
        self._heard = time.monotonic()
        self._records.rewind()
        self._connection = Connection.CONNECTED
        self._listener = asyncio.create_task(self._listen(reader))

    async def close(self) -> None:
        """Let go of the machine."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
            self._listener = None
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._connection = Connection.CLOSED

    # ---- commands out

    def load_recipe(self, revision: int, set_points: Mapping[str, Sequence[float]]) -> None:
        """Remember a recipe; it goes out with the command that sets it."""
        self._recipes[revision] = {key: list(values) for key, values in set_points.items()}

    def send(self, commands: Rows) -> None:
        """Send commands; the machine drops a number that it has seen."""
        if self._connection is not Connection.CONNECTED:
            raise DriverError(f"{self._address} is not connected: nothing was sent.")
        refuse_unknown(MANIFEST, commands)
        for row in commands:
            path = self._setup.paths[int(row["station"])]
            told = {name: int(row[name]) for name in ("seq", "n", "item", "amount", "slot", "revision")}
            told |= {"what": COMMANDS[int(row["what"])], "station": path, "machine": int(row["machine"]) + 1}
            if row["what"] == SET:
                recipe = self._recipes.get(int(row["revision"]), {})
                told["set_points"] = {key.rpartition("/")[2]: values for key, values in recipe.items() if key.rpartition("/")[0] == path}
            self._say(command=told)

    # ---- records in

    def records(self, until_ns: int) -> Rows:
        """Return what has come up to a time and was not handed out since `connect`."""
        return self._records.take(until_ns)

    def acknowledge(self, seq: int) -> None:
        """Let the machine forget its records up to a number."""
        self._records.acknowledge(seq)
        if self._connection is Connection.CONNECTED:
            self._say(acknowledge=seq)

    def next_time(self) -> int | None:
        """Return None: only the machine knows."""
        return None

    def signals(self, tags: Sequence[str], since_ns: int, until_ns: int) -> dict[str, Samples]:
        """Return samples with `since_ns` < t <= `until_ns`."""
        return self._samples.between(tags, since_ns, until_ns)

    # ---- inside

    def _say(self, **what: Any) -> None:
        if self._writer is not None:
            self._writer.write(json.dumps(what).encode() + b"\n")

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Take in what the machine says until it says no more."""
        try:
            while line := await reader.readline():
                self._heard = time.monotonic()
                self._take(json.loads(line))
        except (OSError, ValueError, KeyError, DriverError) as error:
            logging.getLogger(__name__).warning("%s: the connection is dropped (%s)", self._address, error)
        self._connection = Connection.LOST

    def _take(self, said: dict[str, Any]) -> None:
        if "record" in said:
            self._records.put(self._row(said["record"]))
        elif "signal" in said and said["signal"]["tag"] in self._tags:  # a machine may tell more than the line file asks for
            signal = said["signal"]
            self._samples.put(signal["tag"], self._setup.line_ns(signal["at_ns"]), signal["value"])

    def _row(self, record: Mapping[str, Any]) -> Rows:
        row = np.zeros(1, RECORD)
        row["seq"], row["t"] = record["number"], self._setup.line_ns(record["at_ns"])
        row["what"], row["station"] = RECORDS.index(record["what"]), self._setup.numbers[record["station"]]
        row["machine"], row["n"], row["item"] = record["machine"] - 1, record.get("n", 0), record.get("item", 0)
        row["slot"], row["tool"], row["verdict"] = record.get("slot", -1), -1, 0 if record.get("good", True) else 1
        values = record.get("values", [])
        row["values"] = len(values)
        for k, value in enumerate(values):
            row[f"v{k}"] = value
        return row
