"""`EmulatedPlant`: the driver of machines that are not there."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from linewright.drivers.driver import Connection, DriverError, Manifest, Rows, Samples, refuse_unknown
from linewright.drivers.emulated.process_values import Follows, ProcessValue, process_values
from linewright.drivers.outbox import Outbox
from linewright.kernels import emulated as k
from linewright.kernels.exchange_rows import SET
from linewright.kernels.floor import drive
from linewright.kernels.rows import Rows as RowBuffers
from linewright.kernels.state import NEVER, State
from linewright.kernels.table import Table
from linewright.model.plant import Plant

__all__ = ["EmulatedPlant", "emulated_part", "manifest"]

#: Arrays of the plant and of its lists that make up its state.
_OWN = ("head", "own", "clocks", "tools", "own_outs")
_LISTS = ("items", "last", "works", "idle", "more", "asides", "count")


@lru_cache(maxsize=1)
def manifest() -> Manifest:
    """Return what this driver is, from `manifest.yaml`."""
    text = files("linewright.drivers.emulated").joinpath("manifest.yaml").read_text(encoding="utf-8")
    told = YAML(typ="safe", pure=True).load(text)
    return Manifest(told["driver"], told["version"], told["real"] == "yes", tuple(told["commands"]), float(told["period"].split()[0]), told["about"])


def emulated_part(table: Table, others: Collection[int]) -> Table:
    """Return a table in which some stations do not ask: another driver serves them."""
    stations = table.stations.copy()
    for number in others:
        stations[number].asks = 0
    return table._replace(stations=stations)


class EmulatedPlant:
    """All emulated machines of a line, as one driver.

    Parameters
    ----------
    plant
        What is described.
    table
        Its station table; the stations with `asks` are served (`emulated_part` leaves out those that another driver serves).
    line
        State of the line before its first `advance` (a filled start has work in hand); not changed.
    number_of
        Number of each station (by path) and utility (by name) in the table.
    """

    def __init__(self, plant: Plant, table: Table, line: State, number_of: Mapping[str, int]) -> None:
        self._table = table
        served = [v for v in process_values(plant, int(line.head[0].seed), number_of) if table.stations[v.station].asks]
        self._values = {v.tag: v for v in served}
        self._by_machine: dict[int, list[ProcessValue]] = {}
        for value in served:
            m = int(table.stations[value.station].machine0) + value.machine
            self._by_machine.setdefault(m, []).append(value)
        watched = np.zeros(table.machines.shape[0], np.int8)
        for m, values in self._by_machine.items():
            watched[m] = any(v.follows is Follows.WORK for v in values)
        self._plant = k.new_plant(table, line)
        self._lists = k.new_emulated(table, line, watched)
        k.plant_tree(table, self._plant, self._lists)
        self._outbox = Outbox()
        self._recipes: dict[int, dict[str, Sequence[float]]] = {}
        self._station_paths = {number: path for path, number in number_of.items()}
        self._connection = Connection.CLOSED
        self._newest_command = 0
        self._lock = threading.Lock()  # signals are asked for by the server's threads too

    # ---- the driver

    @property
    def manifest(self) -> Manifest:
        """What it is and can."""
        return manifest()

    @property
    def connection(self) -> Connection:
        """Whether it is open."""
        return self._connection

    @property
    def tags(self) -> tuple[str, ...]:
        """Return its signals."""
        return tuple(self._values)

    async def connect(self) -> None:
        """Open it; what was not acknowledged will be handed out again."""
        self._connection = Connection.CONNECTED
        self._outbox.rewind()

    async def close(self) -> None:
        """Close it."""
        self._connection = Connection.CLOSED

    def age_s(self) -> float | None:
        """Return 0 while it is open: its machines are in this process."""
        return 0.0 if self._connection is Connection.CONNECTED else None

    def load_recipe(self, revision: int, set_points: Mapping[str, Sequence[float]]) -> None:
        """Make a recipe known by its number; keys are ``station/set-point``, values SI."""
        self._recipes[revision] = dict(set_points)

    def send(self, commands: Rows) -> None:
        """Take commands, in order of their numbers; one that was taken before, or an older one, is not obeyed again (0: not numbered)."""
        self._refuse_closed()
        refuse_unknown(self.manifest, commands)
        commands = commands[(commands["seq"] == 0) | (commands["seq"] > self._newest_command)]
        if len(commands) == 0:
            return
        self._newest_command = max(self._newest_command, int(commands["seq"][-1]))
        k.obey_all(self._table, self._plant, self._lists, commands.view(np.recarray))
        for command in commands[commands["what"] == SET]:
            self._set(int(command["station"]), int(command["machine"]), int(command["revision"]), int(command["t"]))

    def records(self, until_ns: int) -> Rows:
        """Return what happened up to and including a time, and was not handed out since `connect`."""
        self._refuse_closed()
        while True:
            k.report_until(self._table, self._plant, self._lists, until_ns)
            if not self._keep_records():
                break
        self.follow(until_ns)
        return self._outbox.take(until_ns)

    def acknowledge(self, seq: int) -> None:
        """Forget all records up to and including a number."""
        self._outbox.acknowledge(seq)

    def next_time(self) -> int | None:
        """Return the time of the next record; None where all machines wait for commands."""
        waiting = self._outbox.next_time()
        coming = int(k.first_time(self._lists))
        times = [t for t in (waiting, coming if coming < int(NEVER) else None) if t is not None]
        return min(times) if times else None

    def signals(self, tags: Sequence[str], since_ns: int, until_ns: int) -> dict[str, Samples]:
        """Return samples with `since_ns` < t <= `until_ns`."""
        unknown = [tag for tag in tags if tag not in self._values]
        if unknown:
            raise DriverError(f"There is no signal {', '.join(unknown)} here.")
        with self._lock:
            return {tag: self._values[tag].samples(since_ns, until_ns) for tag in tags}

    # ---- the same without messages in between, for a line whose machines are all emulated

    def drive(self, state: State, rows: RowBuffers, until_ns: int) -> int:
        """Let a line and these machines go on together (`kernels/floor.drive`); return why it stopped.

        Commands and records pass as they do by `send` and `records`: they are logged, and the records count as handed out.
        """
        self._refuse_closed()
        reason = int(drive(self._table, state, rows, self._plant, self._lists, until_ns))
        if self._keep_records():
            self._outbox.take(1 << 62)
        self.follow(min(until_ns, int(state.head[0].now)))
        return reason

    def follow(self, now_ns: int) -> None:
        """Let the process values follow what the machines did."""
        k.rest(self._table, self._lists, now_ns)
        n = int(self._lists.count[k.C_WORKED])
        if n == 0:
            return
        with self._lock:
            for t, m, works in self._lists.worked[:n].tolist():
                for value in self._by_machine[m]:
                    value.work(t, works)
        self._lists.count[k.C_WORKED] = 0

    def taken_commands(self) -> Rows:
        """Return the commands that were taken by `drive` since this was last asked."""
        n = int(self._lists.count[k.C_COMMANDS])
        self._lists.count[k.C_COMMANDS] = 0
        return self._lists.commands[:n].copy()

    @property
    def newest_seq(self) -> int:
        """Return the number of the newest record that was made."""
        return self._outbox.next_seq - 1

    # ---- its state

    def saved(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return its arrays and plain values; all records up to now are taken to be committed together with them."""
        arrays: dict[str, NDArray[Any]] = {f"plant.{name}": getattr(self._plant, name) for name in _OWN}
        arrays |= {f"lists.{name}": getattr(self._lists, name) for name in _LISTS}
        with self._lock:
            courses = {tag: [v.course.pieces()[-64:], v.target, v.rest] for tag, v in self._values.items()}
        return arrays, {"courses": courses, "seq": self.newest_seq, "recipes": {str(r): p for r, p in self._recipes.items()}}

    def restore(self, arrays: Mapping[str, NDArray[Any]], values: Mapping[str, Any]) -> None:
        """Take back what `saved` returned."""
        for name in _OWN:
            getattr(self._plant, name)[...] = arrays[f"plant.{name}"]
        for name in _LISTS:
            getattr(self._lists, name)[...] = arrays[f"lists.{name}"]
        self._lists.count[k.C_COMMANDS] = self._lists.count[k.C_RECORDS] = self._lists.count[k.C_WORKED] = 0
        self._lists.tree[:] = NEVER
        k.plant_tree(self._table, self._plant, self._lists)
        self._outbox = Outbox(int(values["seq"]) + 1)
        self._recipes = {int(r): p for r, p in values["recipes"].items()}
        with self._lock:
            for tag, (pieces, target, rest) in values["courses"].items():
                if tag in self._values:
                    self._values[tag].course.restore(pieces)
                    self._values[tag].target, self._values[tag].rest = target, rest

    # ---- inside

    def _refuse_closed(self) -> None:
        if self._connection is not Connection.CONNECTED:
            raise DriverError("The emulated machines are not connected: call connect() first.")

    def _keep_records(self) -> int:
        """Keep the records that were made until they are acknowledged; return how many."""
        n = int(self._lists.count[k.C_RECORDS])
        if n:
            self._outbox.put(self._lists.records[:n].view(np.ndarray))
            self._lists.count[k.C_RECORDS] = 0
        return n

    def _set(self, station: int, machine: int, revision: int, t_ns: int) -> None:
        recipe = self._recipes.get(revision)
        if recipe is None:
            raise DriverError(f"Recipe revision {revision} is not known here: load_recipe comes before the command `set`.")
        path = self._station_paths[station]
        with self._lock:
            for value in self._by_machine.get(int(self._table.stations[station].machine0) + machine, []):
                aims = recipe.get(f"{path}/{value.name}")
                if aims:
                    value.set_to(t_ns, float(aims[min(value.index, len(aims) - 1)]))
