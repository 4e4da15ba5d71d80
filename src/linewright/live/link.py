"""`Link`: a run's side of one real driver: what it said, as far as it may go into the line, and what it is told."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linewright.drivers.channel_curves import asked_curves
from linewright.drivers.driver import ChannelCurve, Connection, Driver, DriverError, Rows, refuse_unknown
from linewright.drivers.setup import ServedStation
from linewright.kernels import exchange_rows as x
from linewright.kernels.table import Table
from linewright.live.open_commands import OpenCommands

__all__ = ["Link", "Notice"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about a driver that people should know: kind of the event and its body."""

    kind: str
    body: Mapping[str, Any]


class Link:
    """One real driver of a run.

    Records go into the line once: a number that was taken is dropped when it comes again. What the line could not take in (a machine that is not
    there, a failure that the line file does not know) is told and left out.

    Parameters
    ----------
    label
        Its name in events and in the ledger, the same after a restart.
    driver
        It.
    stations
        The stations that it serves.
    table
        The line's station table.
    """

    def __init__(self, label: str, driver: Driver, stations: Sequence[ServedStation], table: Table) -> None:
        self.label, self.driver, self.stations = label, driver, tuple(stations)
        self.numbers = frozenset(station.number for station in stations)
        self.channels = {station.number: station.channel_signals for station in stations if station.channel_signals}
        self._table = table
        self._open = OpenCommands()
        self._waiting: Rows = np.zeros(0, x.RECORD)  # handed out, and not in the line yet: its inbox had no room
        self.taken, self._taken_ns = 0, -(1 << 62)
        self._handed = self._acknowledged = 0

    @property
    def is_connected(self) -> bool:
        """Tell whether it hears its machines now."""
        return self.driver.connection is Connection.CONNECTED

    @property
    def every_ns(self) -> dict[str, int]:
        """Return its signals that the line file describes, with their sampling interval."""
        told = set(self.driver.tags)
        found = {}
        for station in self.stations:
            every = {signal.name: max(1, round(signal.every_s * 1e9)) for signal in station.segment.signals}
            found.update({tag: every[tag.removeprefix(station.path).split("/")[2]] for tag in station.tags if tag in told})
        return found

    # ---- records

    def fresh(self, until_ns: int, room: int) -> tuple[Rows, list[Notice]]:
        """Return records that the line has not seen, at most `room` of them, and what there is to say about them; they count as taken."""
        notices: list[Notice] = []
        if self.is_connected:
            with self._named():
                rows = self.driver.records(until_ns)
            if len(rows):
                self._handed = max(self._handed, int(rows["seq"][-1]))
                notices += self._again(rows)
                newest = int(self._waiting["seq"][-1]) if len(self._waiting) else self.taken
                self._waiting = np.concatenate([self._waiting, rows[rows["seq"] > newest]])
        rows, self._waiting = self._waiting[:room], self._waiting[room:]
        notices += self._gaps(rows)
        return rows, notices

    def take(self, rows: Rows) -> tuple[Rows, list[Notice]]:
        """Take records; return those that may go into the line, whole, and what is to be said of the others.

        A value that the station measures and the record lacks is NaN: it is not known, and lies in no window.
        """
        if len(rows) == 0:
            return rows, []
        self.taken, self._taken_ns = int(rows["seq"][-1]), max(self._taken_ns, int(rows["t"].max()))
        why = [self._fault(row) for row in rows]
        good = rows[[not fault for fault in why]].copy()
        self._open.answered(good)
        for i in np.flatnonzero(good["what"] == x.DONE).tolist():
            wanted = min(int(self._table.stations[int(good["station"][i])].measures), x.RECORD_VALUES)
            for k in range(int(good["values"][i]), wanted):
                good[f"v{k}"][i] = np.nan
            good["values"][i] = wanted
        return good, [Notice("driver.refused", {"driver": self.label, "number": int(row["seq"]), "record": self._told(row), "why": fault})
                      for row, fault in zip(rows, why, strict=True) if fault]  # fmt: skip

    def curves(self, record: np.void) -> tuple[list[ChannelCurve | None], list[Notice]]:
        """Return what the channels drew in the work that a DONE record ends, by place, and what is to be said of what was left out."""
        kept, why = asked_curves(self.driver, int(record["seq"]), self.channels[int(record["station"])])
        told = {"driver": self.label, "number": int(record["seq"]), "record": self._told(record), "why": why}
        return kept, [Notice("driver.refused", told)] if why else []

    def acknowledge(self) -> None:
        """Tell the driver that all that was taken is committed."""
        seq = min(self.taken, self._handed)
        if seq > self._acknowledged and self.is_connected:
            with self._named():
                self.driver.acknowledge(seq)
            self._acknowledged = seq

    # ---- commands

    def put(self, commands: Rows) -> None:
        """Take commands that will be sent when what they follow from is committed.

        Raises
        ------
        DriverError
            The driver does not take one of them.
        """
        refuse_unknown(self.driver.manifest, commands[~np.isin(commands["what"], (x.HOLD, x.RESUME))])
        known = [x.COMMANDS.index(name) for name in self.driver.manifest.commands]
        self._open.put(commands[np.isin(commands["what"], known)])

    @property
    def is_waiting(self) -> bool:
        """Tell whether commands could be sent now."""
        return self.is_connected and len(self._open.unsent) > 0

    def dispatch(self) -> None:
        """Send what has not been sent on this connection; where it is lost meanwhile, later."""
        if not self.is_waiting:
            return
        try:
            self.driver.send(self._open.unsent)
        except DriverError as error:
            if self.is_connected:
                raise DriverError(f"{self.label}: {error}") from error
            return
        self._open.sent()

    def connected(self) -> None:
        """Begin anew with a new connection: send again what is not answered, acknowledge again."""
        self._open.begin_again()
        self._acknowledged = 0

    # ---- its state

    def saved(self) -> tuple[Rows, dict[str, Any]]:
        """Return the open commands, and plain values."""
        return self._open.saved(), {"taken": self.taken, "taken_ns": self._taken_ns}

    def restore(self, commands: Rows, values: Mapping[str, Any]) -> None:
        """Take back what `saved` returned."""
        self._open.restore(commands)
        self.taken, self._taken_ns = int(values["taken"]), int(values["taken_ns"])

    # ---- inside

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """Say whose fault it is where a driver raises what it must not."""
        try:
            yield
        except DriverError as error:
            raise DriverError(f"{self.label}: {error}") from error

    def _again(self, rows: Rows) -> Iterator[Notice]:
        """Yield where a number that was taken comes with a later time than all that was taken: that is another record."""
        strange = rows[(rows["seq"] <= self.taken) & (rows["t"] > self._taken_ns)]
        if len(strange):
            why = f"the number was taken already, with an earlier time: the machine counts anew (the last one taken is {self.taken})"
            yield Notice("driver.refused", {"driver": self.label, "number": int(strange["seq"][0]), "record": self._told(strange[0]), "why": why})

    def _gaps(self, rows: Rows) -> Iterator[Notice]:
        before = np.concatenate([[self.taken], rows["seq"]])
        for i in np.flatnonzero(np.diff(before) > 1).tolist():
            if before[i] > 0:
                yield Notice("driver.gap", {"driver": self.label, "after": int(before[i]), "next": int(before[i + 1])})

    def _fault(self, row: np.void) -> str:
        """Return why a record cannot go into the line; empty where it can."""
        what, number, machine, slot, tool = (int(row[name]) for name in ("what", "station", "machine", "slot", "tool"))
        if not 0 < what < len(x.RECORDS):
            return f"there is no kind {what} of records"
        if number not in self.numbers:
            return f"station {number} is not served by this driver"
        station = self._table.stations[number]
        if not 0 <= machine < int(station.count):
            return f"it has machines 0 to {int(station.count) - 1}; {machine} came"
        if what in (x.FAILED, x.REPAIRED) and tool >= 0:
            first = int(station.toolmode0)
            if not first <= slot < first + int(station.toolmodes) or tool >= int(self._table.toolmodes[slot].tools):
                return f"it has no tool {tool} that fails by mode {slot}"
        elif what == x.FAILED and not 0 <= slot < int(station.modes):
            return f"it knows {int(station.modes)} kinds of failures; number {slot} came"
        if not 0 <= int(row["values"]) <= x.RECORD_VALUES:
            return f"a record has at most {x.RECORD_VALUES} values; {int(row['values'])} came"
        return ""

    def _told(self, row: np.void) -> dict[str, Any]:
        what = int(row["what"])
        return {"what": x.RECORDS[what] if 0 < what < len(x.RECORDS) else what, "station": int(row["station"]), "machine": int(row["machine"]),
                "n": int(row["n"]), "item": int(row["item"]), "slot": int(row["slot"]), "tool": int(row["tool"]), "t_ns": int(row["t"])}  # fmt: skip
