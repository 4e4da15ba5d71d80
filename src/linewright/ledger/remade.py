"""A run that was kept as checkpoints: its rows are made again where they are asked for, and lie in a file beside it (docs/ledger.md).

The reader answers from what has been made again and notes what it lacks; `twin.remake` makes that, and the question is asked again.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from linewright.ledger.reader import RunReader
from linewright.ledger.records import ChargeRow, ConsumeRow, LostRow, MapRow, MountRow, PlacedRow, Profile, Thing, Visit
from linewright.ledger.thing_reader import NUMBERED

__all__ = ["CHECKPOINTS", "Along", "Life", "Looked", "Mark", "Need", "RemadeReader", "Stay", "Window", "reader_of", "remade_path"]

#: What the run's fact ``kept`` says of a run whose rows are made again on demand.
CHECKPOINTS = "checkpoints"
#: Bits of a key that say which thing it is; those above are a web's frame.
THING_BITS, SERIAL_BITS = 56, 40
#: Frames are told behind this sign: ``COIL-4@calender``.
FRAME = "@"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a checkpoint says without its state.

    Parameters
    ----------
    ns
        Line time from the run's begin.
    events
        How many events had happened.
    serials
        The next serial of each kind.
    """

    ns: int
    events: int
    serials: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """All that was written about a thing, from its making to its end."""

    key: int


@dataclass(frozen=True, slots=True)
class Along:
    """What was measured along a web, in all its frames."""

    key: int


@dataclass(frozen=True, slots=True)
class Stay:
    """What was written about a thing in a stretch of line time, us."""

    key: int
    from_us: int
    to_us: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What lay on a machine at a moment, us."""

    machine: str
    at_us: int


@dataclass(frozen=True, slots=True)
class Window:
    """All webs and lots of the stretch behind a checkpoint, from 0."""

    number: int


Need = Life | Along | Stay | Looked | Window


def remade_path(path: Path) -> Path:
    """Return where the rows of a run lie that were made again."""
    return path.with_suffix(".remade")


def reader_of(path: Path) -> RunReader:
    """Return the reader of a run's file: of one that was kept as checkpoints the one that knows what it lacks."""
    reader = RunReader(path)
    if reader.fact("kept") != CHECKPOINTS:
        return reader
    reader.close()
    return RemadeReader(path)


class RemadeReader(RunReader):
    """A run that was kept as checkpoints.

    Parameters
    ----------
    path
        The run's file; what was made again lies beside it.
    """

    def __init__(self, path: Path) -> None:
        self.kept = path
        self._asking = threading.local()
        self._marks: tuple[Mark, ...] | None = None
        #: Rises when the file that is read is another one, or closed.
        self.generation = 0
        super().__init__(_rows_of(path))

    @property
    def lacking(self) -> set[Need]:
        """What was asked for in this thread and has not been made again."""
        found: set[Need] | None = getattr(self._asking, "lacking", None)
        if found is None:
            found = self._asking.lacking = set()
        return found

    def reopen(self) -> None:
        """Read what lies beside the run anew; a query that another thread has under way reads to its end what was there."""
        self.path = _rows_of(self.kept)
        self.generation += 1

    def _connection(self) -> Any:
        held: tuple[int, Any] | None = getattr(self._asking, "held", None)
        if held is None or held[0] != self.generation:
            generation = self.generation  # before the path is looked at: what is opened meanwhile is opened once more
            held = self._asking.held = (generation, self._open())
        return held[1]

    def close(self) -> None:
        """Close the connections of all threads."""
        super().close()
        self.generation += 1

    # ---- the checkpoints

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What each checkpoint says, in order of time; the first is the run's begin, the last its end (or the newest, while it goes on)."""
        if self._marks is None:
            found, is_over = self._read_marks(), self.header().ended_us is not None
            if not is_over:
                return found
            self._marks = found
        return self._marks

    def _read_marks(self) -> tuple[Mark, ...]:
        with _opened(self.kept) as connection:
            rows = connection.execute("SELECT marks FROM checkpoint ORDER BY seq").fetchall()
        told = (json.loads(row[0]) for row in rows)
        return tuple(Mark(m["ns"], m["events"], tuple(m["serials"])) for m in told)

    @property
    def windows(self) -> int:
        """How many stretches lie between the checkpoints."""
        return max(0, len(self.marks) - 1)

    @cached_property
    def begin_us(self) -> int:
        """Line time of kernel time 0."""
        return self.header().begin_us

    def window_at(self, time_us: int) -> int:
        """Return the stretch that holds a line time; the first or last where it lies outside."""
        ns = (time_us - self.begin_us) * 1000
        return min(max(bisect_right([m.ns for m in self.marks], ns) - 1, 0), max(0, self.windows - 1))

    def checkpoint_data(self, number: int) -> bytes:
        """Return the state of a checkpoint as it was saved, numbers from 0."""
        with _opened(self.kept) as connection:
            return bytes(connection.execute("SELECT state FROM checkpoint WHERE seq = ?", (number + 1,)).fetchone()[0])

    def fill_data(self, number: int) -> bytes:
        """Return what was laid on carriers in the stretch before a checkpoint."""
        with _opened(self.kept) as connection:
            row = connection.execute("SELECT data FROM fill WHERE part = ?", (number + 1,)).fetchone()
        return bytes(row[0]) if row is not None else b""

    # ---- what has been made again

    def has(self, need: Need) -> bool:
        """Tell whether something has been made again."""
        if self.path == self.kept:
            return False
        if isinstance(need, Window):
            return self.row("SELECT 1 FROM made_window WHERE number = ?", (need.number,)) is not None
        if isinstance(need, Looked):
            where = (need.machine, self.window_at(need.at_us))
            return self.row("SELECT 1 FROM made_look WHERE machine = ? AND number = ?", where) is not None
        if isinstance(need, Along):
            return self.row("SELECT 1 FROM made_along WHERE key = ?", (need.key,)) is not None
        first, last = (0, self.windows - 1) if isinstance(need, Life) else (self.window_at(need.from_us), self.window_at(need.to_us))
        return self.row("SELECT 1 FROM made_life WHERE key = ? AND first <= ? AND last >= ?", (need.key, first, last)) is not None

    def need(self, need: Need) -> None:
        """Note what is asked for, where it has not been made again."""
        if self.windows and need not in self.lacking and not self.has(need):
            self.lacking.add(need)

    def _need_life(self, key: int) -> int:
        if self._is_of_run(key):
            self.need(Life(key & ((1 << THING_BITS) - 1)))
        return key

    def _is_of_run(self, key: int) -> bool:
        """Tell whether a key can be one of this run's."""
        kind, serial = (key & ((1 << THING_BITS) - 1)) >> SERIAL_BITS, key & ((1 << SERIAL_BITS) - 1)
        if key <= 0 or not self.windows or serial <= 0 or kind >= len(self._kinds):
            return False
        return self._kinds[kind]["rank"] == "carrier" or serial < self.marks[-1].serials[kind]

    @cached_property
    def _kinds(self) -> list[dict[str, object]]:
        return self.fact("kinds") or []

    def _lot_key(self, thing_id: str) -> int | None:
        """Return the key of a web or lot that was made in the run and has no row of its own yet."""
        match = NUMBERED.match(thing_id)
        if match is None or not self.marks:
            return None
        serial = int(match[2])
        for number, kind in enumerate(self._kinds):
            is_asked = kind["prefix"] == match[1] and kind["rank"] in {"web", "lot"} and not kind["is_bought"]
            if is_asked and int(str(kind["first_serial"])) <= serial < self.marks[-1].serials[number]:
                return number << SERIAL_BITS | serial
        return None

    # ---- things

    def key_of(self, thing_id: str) -> int | None:
        """Return the key of an id; of a web or lot also where it has not been made again."""
        found = super().key_of(thing_id)
        if found is None:
            name, sign, _ = thing_id.partition(FRAME)
            found = self._lot_key(name)
            if found is not None and sign:
                frames: dict[str, int] = (self.fact("frames") or {}).get(str(found >> SERIAL_BITS), {})
                frame = frames.get(thing_id.removeprefix(name))
                return None if frame is None else frame << THING_BITS | found
        return found

    def thing(self, key: int) -> Thing | None:
        """Return a thing; None where there is none of that key, or it has not been made again."""
        found = super().thing(key)
        if found is None:
            self._need_life(key)
        return found

    def ids_of(self, keys: Iterable[int]) -> dict[int, str]:
        """Return the ids of many things, by key."""
        wanted = list(keys)
        found = super().ids_of(wanted)
        for key in wanted:
            if key not in found:
                self._need_life(key)
        return found

    def newest(self, kind: str, limit: int = 10) -> list[Thing]:
        """Return the newest things of a kind, newest first."""
        if any(k["rank"] == kind and not k["is_bought"] for k in self._kinds) and kind in {"web", "lot"}:
            number, window = self.number("kind", kind), self.windows - 1
            while window >= 0 and self.has(Window(window)):
                since_us = self.begin_us + self.marks[window].ns // 1000
                row = self.row("SELECT count(*) FROM thing WHERE kind = ? AND made_us >= ?", (number, since_us))
                if row is not None and row[0] >= limit:
                    break
                window -= 1
            else:
                if window >= 0:
                    self.need(Window(window))
        return super().newest(kind, limit)

    # ---- webs

    def maps_of_children(self, webs: Iterable[int]) -> dict[int, list[MapRow]]:
        """Return how each of many webs lies on its parents, in the order of its metres."""
        return super().maps_of_children([self._need_life(web) for web in webs])

    def maps_on_parents(self, webs: Iterable[int]) -> dict[int, list[MapRow]]:
        """Return the webs cut from each of many webs."""
        return super().maps_on_parents([self._need_life(web) for web in webs])

    def charges_of_web(self, web: int, lo_mm: int | None = None, hi_mm: int | None = None) -> list[ChargeRow]:
        """Return the batches in the millimetres [lo, hi) of a web; all of it without limits."""
        return super().charges_of_web(self._need_life(web), lo_mm, hi_mm)

    def charges_of_batch(self, batch: int) -> list[ChargeRow]:
        """Return the millimetres of webs that came from a batch."""
        return super().charges_of_batch(self._need_life(batch))

    def pieces_of_unit(self, unit: int) -> list[ConsumeRow]:
        """Return the pieces of webs that went into a unit."""
        return super().pieces_of_unit(self._need_life(unit))

    def pieces_on_webs(self, spans: Mapping[int, tuple[int, int]]) -> dict[int, list[ConsumeRow]]:
        """Return the pieces taken from the millimetres [lo, hi) of each of many webs, in their order along it."""
        return super().pieces_on_webs({self._need_life(web): span for web, span in spans.items()})

    def lost_of(self, lot: int) -> list[LostRow]:
        """Return what of a lot was thrown away."""
        return super().lost_of(self._need_life(lot))

    def profiles_of(self, web: int, characteristic: str | None = None) -> list[Profile]:
        """Return what was measured along a web."""
        if self._is_of_run(web):
            self.need(Along(web & ((1 << THING_BITS) - 1)))
        return super().profiles_of(web, characteristic)

    # ---- machines, carriers, visits

    def mounts_at(self, machine: str, time_us: int) -> list[MountRow]:
        """Return what lay on each input of a machine at a time."""
        self.need(Looked(machine, time_us))
        return super().mounts_at(machine, time_us)

    def mounts_of_lot(self, lot: int) -> list[MountRow]:
        """Return where and when a lot was on a machine."""
        return super().mounts_of_lot(self._need_life(lot))

    def places_of_unit(self, unit: int) -> list[PlacedRow]:
        """Return the carriers a unit lay on."""
        return super().places_of_unit(self._need_life(unit))

    def units_on_carrier(self, carrier: int, at_us: int | None = None) -> list[PlacedRow]:
        """Return what lay on a carrier at a time (None: everything that ever did), by place."""
        return super().units_on_carrier(self._need_life(carrier), at_us)

    def wanted(self, things: Iterable[int]) -> None:
        """Say that rows of things will be read by a query of the caller's own."""
        for key in things:
            self._need_life(key)

    def visits_of(self, unit: int, from_us: int | None = None, to_us: int | None = None) -> list[Visit]:
        """Return the visits of a unit (or of a carrier) that reach into [from, to], in their order."""
        if from_us is None and to_us is None:
            self._need_life(unit)
        elif self.windows:
            low = self.begin_us + self.marks[0].ns // 1000 if from_us is None else from_us
            high = self.begin_us + self.marks[-1].ns // 1000 if to_us is None else to_us
            self.need(Stay(unit, low, high))
        return super().visits_of(unit, from_us, to_us)


def _rows_of(path: Path) -> Path:
    """Return the file that holds the rows: the one beside the run, where it is of this run, else the run's own."""
    beside = remade_path(path)
    if not beside.exists():
        return path
    headers = []
    for file in (path, beside):
        try:
            with _opened(file) as connection:
                headers.append(connection.execute("SELECT run, plan, seed, created_us FROM run").fetchone())
        except sqlite3.DatabaseError:  # it is being made
            return path
    return beside if headers[0] == headers[1] else path


class _opened:  # noqa: N801 - used as a function
    """A file of the ledger for one question."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10.0)

    def __enter__(self) -> sqlite3.Connection:
        return self._connection

    def __exit__(self, *error: object) -> None:
        self._connection.close()
