"""The runs that the server shows: each opened once, read by all its threads."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from linewright.genealogy.before import Before
from linewright.genealogy.records import Records
from linewright.genealogy.stock import stock_of
from linewright.ledger.ledger import Ledger, RunInfo
from linewright.ledger.reader import RunReader
from linewright.ledger.records import Sample
from linewright.library.catalogue import installed_libraries
from linewright.model.errors import ModelError
from linewright.model.load import load, load_text
from linewright.model.plant import Plant
from linewright.model.station import Segment
from linewright.model.values import Origin
from linewright.web.alarm_book import AlarmBook
from linewright.web.answers import AnswerError, text_of
from linewright.web.plant import plant_body

__all__ = ["Commands", "Feed", "OpenRun", "Readers", "now_us"]

FRESH_S = 0.5  # a list of runs younger than this is not read again


class Commands(Protocol):
    """What a live run does for an operator (`docs/api.md`, section 7); called from the server's threads."""

    def preview(self, command: dict[str, object]) -> dict[str, object]:
        """Tell what a command would do and what it takes, and do nothing."""
        ...

    def send(self, command: dict[str, object]) -> int:
        """Put a command into the run's mailbox and return its number at once."""
        ...


class Remaking(Protocol):
    """What is being made again of a run that was kept as checkpoints (`web.remade`)."""

    share: float

    def has_made(self, ask: Callable[[], Any]) -> bool:
        """Make again what a question needs, and wait a moment; return whether nothing is being made any more."""
        ...

    def stop(self) -> None:
        """Stop, and wait for that."""
        ...


class Feed(Protocol):
    """The newest samples of signals, before they are closed into a block of the ledger."""

    def newest(self, tag: str, after_us: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return line times (us) and values (SI) of a tag's samples later than `after_us`."""
        ...


@dataclass(frozen=True, slots=True)
class Now:
    """How old what we show is: line time and wall time of the newest sample, and the wall seconds since (None: the run is over)."""

    at_us: int | None
    age_s: float | None


class OpenRun:
    """One run: its rows, its plant, what the page needs of both.

    Parameters
    ----------
    reader
        Its rows.
    info
        Its header as of now.
    """

    def __init__(self, reader: RunReader, info: RunInfo) -> None:
        self.reader = reader
        self.info = info
        self.remaking: Remaking | None = None
        self._lock = threading.Lock()
        self._stock: Before | None = None
        self._has_stock = False

    @property
    def run(self) -> str:
        """The run's id."""
        return self.info.run

    @cached_property
    def plant(self) -> Plant | None:
        """The plant of the run's plan; None of an import, which has none."""
        if self.info.source == "import":
            return None
        try:
            return load_text(self.reader.plan_text(), installed_libraries(), self.info.name, is_completed=True)
        except ModelError:
            return None  # written by a version whose plans this one no longer reads: the rows are shown all the same

    @cached_property
    def origins(self) -> tuple[Origin, ...]:
        """Where each value of the plan came from.

        The kept plan is complete, but the marks and sources of its numbers stand in the file it was made from: the library's line of the same
        name, where that still means the same.
        """
        if self.plant is None:
            return ()
        catalogue = installed_libraries()
        if self.info.name in catalogue.names("line"):
            with contextlib.suppress(ModelError):
                shipped = load(self.info.name, catalogue)
                if shipped.digest == self.plant.digest:
                    return shipped.origins
        return self.plant.origins

    @cached_property
    def alarms(self) -> AlarmBook:
        """The run's alarms."""
        return AlarmBook(self.reader, self.plant)

    @cached_property
    def records(self) -> Records:
        """The run's things and edges, with those that were made before it (made again from the seed when they are asked for)."""
        return Records(self.reader, self._stock_once)

    def _stock_once(self) -> Before | None:
        with self._lock:
            if not self._has_stock:
                self._stock, self._has_stock = stock_of(self.reader), True
            return self._stock

    def key_of(self, thing_id: str) -> int | None:
        """Return the key of an id, that of a web in one of its later frames (``COIL-4@calender``) too; None where there is no such thing."""
        key = self.reader.key_of(thing_id)
        if key is None and "@" in thing_id:
            return framed_key(self.records, thing_id)
        return key if key is not None else self.records.key_in_work(thing_id)

    @cached_property
    def plant_json(self) -> bytes:
        """The drawing's data as it is sent."""
        body = plant_body(self.plant) if self.plant is not None else {"line": self.info.name, "title": self.info.name, "stations": [], "chains": []}
        return text_of(body)

    @cached_property
    def plant_etag(self) -> str:
        """A mark of the drawing's data."""
        return '"' + hashlib.sha256(self.plant_json).hexdigest()[:24] + '"'

    @cached_property
    def entries(self) -> dict[str, dict[str, Any]]:
        """The drawing's stations by path."""
        return {s["path"]: s for s in json.loads(self.plant_json)["stations"]}

    @cached_property
    def segments(self) -> dict[str, Segment]:
        """The plant's stations by path; empty without a plant."""
        return {s.path: s for s in self.plant.segments} if self.plant is not None else {}

    @property
    def is_emulated(self) -> bool:
        """Whether no machine behind the values is real."""
        return self.plant is not None and all(s.driver.use == "emulated" for s in self.plant.segments)

    def segment(self, station: str) -> Segment:
        """Return a station.

        Raises
        ------
        AnswerError
            404 with the nearest name.
        """
        found = self.segments.get(station)
        if found is None:
            near = get_close_matches(station, list(self.segments), n=3, cutoff=0.4)
            raise AnswerError(404, f"This line has no station {station}.", expected="a station's path", came=station, nearest=near)
        return found

    def machine(self, station: str, machine: int) -> str:
        """Return a machine's name in the ledger.

        Raises
        ------
        AnswerError
            404 where the station has no such machine.
        """
        count = self.segment(station).count
        if not 1 <= machine <= count:
            step = f"Its machines are 1 to {count:,}." if count > 1 else "It has one machine."
            raise AnswerError(404, f"{station} has no machine {machine}.", expected=f"1 to {count}", came=str(machine), step=step)
        return f"{station}/{machine}"

    def sample(self, at_us: int | None = None) -> Sample | None:
        """Return the newest sample at or before a line time."""
        return self.reader.latest_sample(at_us)

    def now(self, sample: Sample | None) -> Now:
        """Return how old a sample is."""
        if sample is None:
            return Now(self.info.line_us, None)
        return Now(sample.line_us, max(0.0, (now_us() - sample.wall_us) / 1e6) if self.info.is_written else None)

    def line_us(self) -> int:
        """Return the newest line time that is known."""
        sample = self.sample()
        known = [t for t in (self.reader.header().line_us, sample.line_us if sample else None, self.info.begin_us) if t is not None]
        return max(known)


class Readers:
    """The ledger's runs, opened when asked for.

    Parameters
    ----------
    ledger
        Where they lie.
    commands, feed
        Of the live run, where this server runs beside one.
    run
        Its id; None takes the newest live run that is being written.
    """

    def __init__(self, ledger: Ledger, commands: Commands | None = None, feed: Feed | None = None, run: str | None = None) -> None:
        self.ledger = ledger
        self.commands = commands
        self.feed = feed
        self.own_run = run
        self._lock = threading.Lock()
        self._open: dict[str, OpenRun] = {}
        self._infos: list[RunInfo] = []
        self._read_at = -1e9

    def infos(self) -> list[RunInfo]:
        """Return the headers: those that are being written first, then the newest."""
        with self._lock:
            if time.monotonic() - self._read_at > FRESH_S:
                self._infos = sorted(self.ledger.runs(), key=lambda i: (not (i.is_written and i.source == "live"), -i.created_us))
                self._read_at = time.monotonic()
            return list(self._infos)

    def live_run(self) -> str | None:
        """Return the run that `commands` and `feed` belong to; None without one."""
        if self.commands is None and self.feed is None:
            return None
        if self.own_run is not None:
            return self.own_run
        return next((i.run for i in self.infos() if i.is_written and i.source == "live"), None)

    def open(self, run: str = "latest") -> OpenRun:
        """Return a run by its id, or `latest`.

        Raises
        ------
        AnswerError
            404, with the nearest id.
        """
        infos = self.infos()
        info = next((i for i in infos if run in (i.run, "latest")), None)
        if info is None:
            if not infos:
                raise AnswerError(404, "This ledger has no run yet.", came=run, step="Make one: linewright run four-stations")
            near = get_close_matches(run, [i.run for i in infos], n=3, cutoff=0.0)
            raise AnswerError(404, f"There is no run {run}.", expected="a run's id, or latest", came=run, nearest=near)
        with self._lock:
            found = self._open.get(info.run)
            if found is None:
                found = self._open[info.run] = OpenRun(self.ledger.reader(info.run), info)
            found.info = info
        return found

    def feed_of(self, run: OpenRun) -> Feed | None:
        """Return the feed, where the run is the one it belongs to."""
        return self.feed if self.feed is not None and self.live_run() == run.run else None

    def commands_of(self, run: OpenRun) -> Commands | None:
        """Return the commands, where the run is the one they belong to."""
        return self.commands if self.commands is not None and self.live_run() == run.run else None

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            for run in self._open.values():
                if run.remaking is not None:
                    run.remaking.stop()
                run.reader.close()
            self._open.clear()


def framed_key(records: Records, thing_id: str) -> int | None:
    """Return the key of a web behind a machine that gave it new metres, found from the web as it was made; None where there is none."""
    name = thing_id.partition("@")[0]
    rim = [key for key in [records.reader.key_of(name)] if key is not None]
    while rim:
        for key in rim:
            thing = records.thing(key)
            if thing is not None and thing.id == thing_id:
                return key
        rim = [m.child for key in rim for m in records.maps_on_parent(key) if m.lane is None]
    return None


def now_us() -> int:
    """Return wall time, UTC in microseconds."""
    return time.time_ns() // 1000
