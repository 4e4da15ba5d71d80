"""Two welding machines that are not there, as a program of its own: it stands in for a real machine behind a socket.

Run it, then the line against it (README.md)::

    python machine.py --port 9100

It numbers what it does, keeps it until it is acknowledged, and says it again after each hello. A command whose number it has seen, it drops.
A hello of another run makes it begin anew: numbers from 1, nothing in hand.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any, TextIO

import numpy as np

#: How often the machines are moved on, how often one says that it is alive and sends its current [s].
TICK_S, ALIVE_S, SIGNAL_S = 0.005, 0.25, 0.1


class Welder:
    """One machine: what it works on, how long still, and what stops it.

    Parameters
    ----------
    number
        From 1.
    work_s
        Mean time of one weld.
    fails
        Share of the welds in which its electrode sticks.
    """

    def __init__(self, number: int, work_s: float, fails: float) -> None:
        self.number, self._work_s, self._fails = number, work_s, fails
        self._dice = np.random.default_rng(number)
        self.job: dict[str, Any] | None = None
        self.left_s = self.mending_s = 0.0
        self.fails_at_s: float | None = None
        self.is_stuck = self.is_stopped = False
        self.failures = 0
        self.current_a = 0.0

    def start(self, command: dict[str, Any]) -> None:
        """Begin a weld."""
        self.job, self.left_s = command, self._work_s * self._dice.uniform(0.8, 1.2)
        self.fails_at_s = 0.5 * self.left_s if self._dice.random() < self._fails else None

    def move(self, passed_s: float) -> dict[str, Any] | None:
        """Let time pass; return what happened, or None."""
        if self.mending_s > 0.0:
            self.mending_s -= passed_s
            if self.mending_s <= 0.0:
                self.is_stuck = False
                return {"what": "repaired", "slot": 0, "n": self.failures}
            return None
        if self.job is None or self.is_stuck or self.is_stopped:
            return None
        self.left_s -= passed_s
        if self.fails_at_s is not None and self.left_s <= self.fails_at_s:
            self.fails_at_s, self.is_stuck = None, True
            self.failures += 1
            return {"what": "failed", "slot": 0, "n": self.failures}
        if self.left_s > 0.0:
            return None
        job, self.job = self.job, None
        nugget_m = float(self._dice.normal(5.0e-3, 0.1e-3))
        return {"what": "done", "n": job["n"], "item": job["item"], "good": bool(self._dice.random() > 0.02), "values": [nugget_m]}


class Cell:
    """The machines of one station, their memory, and who listens.

    Parameters
    ----------
    station
        As in the line file.
    welders
        Its machines.
    log
        Gets each record and each command that was obeyed, one a line; None keeps no log.
    """

    def __init__(self, station: str, welders: list[Welder], log: TextIO | None = None) -> None:
        self.station, self._log = station, log
        self.welders = welders
        self.run = ""
        self.records: list[dict[str, Any]] = []
        self.newest = self.newest_command = 0
        self.listener: asyncio.StreamWriter | None = None

    # ---- what it is told

    def hello(self, run: str, acknowledged: int) -> None:
        """Begin anew for another run; else say again what was not acknowledged."""
        if run != self.run:
            self.run, self.records, self.newest, self.newest_command = run, [], 0, 0
            for welder in self.welders:
                welder.job, welder.is_stuck, welder.is_stopped, welder.mending_s = None, False, False, 0.0
        self.acknowledge(acknowledged)
        self.say(welcome={"newest": self.newest})
        for record in self.records:
            self.say(record=record)

    def acknowledge(self, number: int) -> None:
        """Forget records."""
        self.records = [record for record in self.records if record["number"] > number]

    def command(self, command: dict[str, Any]) -> None:
        """Obey a command, once."""
        if command["seq"] <= self.newest_command:
            return
        self.newest_command = command["seq"]
        self.log(obeyed=command)
        welder, what = self.welders[command["machine"] - 1], command["what"]
        if what == "start":
            welder.start(command)
        elif what == "repair":
            welder.mending_s = 0.3
        elif what == "set":
            welder.current_a = command["set_points"].get("current", [0.0])[0]
            self.did(welder, {"what": "set-done"})
        elif what in {"stop", "clear"}:
            welder.is_stopped = what == "stop"
            self.did(welder, {"what": "stopped" if welder.is_stopped else "cleared"})

    # ---- what it does and says

    def did(self, welder: Welder, what: dict[str, Any]) -> None:
        """Number and keep a record, and say it where somebody listens."""
        self.newest += 1
        record = {"number": self.newest, "at_ns": time.time_ns(), "station": self.station, "machine": welder.number, **what}
        self.records.append(record)
        self.log(record=record, run=self.run)
        self.say(record=record)

    def say(self, **what: Any) -> None:
        """Send one object."""
        if self.listener is not None:
            self.listener.write(json.dumps(what).encode() + b"\n")

    def log(self, **what: Any) -> None:
        """Write one line of the log."""
        if self._log is not None:
            print(json.dumps(what), file=self._log, flush=True)

    async def work(self) -> None:
        """Let the machines work for ever."""
        before = alive = sampled = time.monotonic()
        while True:
            await asyncio.sleep(TICK_S)
            now = time.monotonic()
            for welder in self.welders:
                happened = welder.move(now - before)
                if happened is not None:
                    self.did(welder, happened)
            before = now
            if now - alive >= ALIVE_S:
                alive = now
                self.say(alive=True)
            if now - sampled >= SIGNAL_S:
                sampled += SIGNAL_S
                for welder in self.welders:
                    value = welder.current_a if welder.job is not None else 0.0
                    self.say(signal={"tag": f"{self.station}/{welder.number}/current", "at_ns": time.time_ns(), "value": value})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Listen to one connection; a newer one takes its place."""
        try:
            while line := await reader.readline():
                said = json.loads(line)
                if "hello" in said:
                    if self.listener is not None:
                        self.listener.close()
                    self.listener = writer
                    self.hello(**said["hello"])
                elif writer is self.listener and "command" in said:
                    self.command(said["command"])
                elif writer is self.listener and "acknowledge" in said:
                    self.acknowledge(said["acknowledge"])
        except (OSError, ValueError) as error:
            print(f"a connection ends: {error}", file=sys.stderr)
        finally:
            if writer is self.listener:
                self.listener = None
            writer.close()


async def main() -> None:
    """Serve until the program is ended."""
    asked = argparse.ArgumentParser(description="Welding machines behind a socket.")
    asked.add_argument("--port", type=int, default=9100)
    asked.add_argument("--station", default="weld")
    asked.add_argument("--machines", type=int, default=2)
    asked.add_argument("--work", type=float, default=0.4, help="seconds of one weld")
    asked.add_argument("--fails", type=float, default=0.02, help="share of the welds in which the electrode sticks")
    asked.add_argument("--log", type=Path, help="file for what is done")
    given = asked.parse_args()
    with contextlib.nullcontext() if given.log is None else given.log.open("a") as log:
        cell = Cell(given.station, [Welder(k + 1, given.work, given.fails) for k in range(given.machines)], log)
        server = await asyncio.start_server(cell.serve, "127.0.0.1", given.port)
        print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await cell.work()


if __name__ == "__main__":
    asyncio.run(main())
