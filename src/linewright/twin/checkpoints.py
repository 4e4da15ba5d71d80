"""A simulation that keeps its state now and then instead of its rows: any item is made again from the state before it (`twin.remake`)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.control.alarms import alarm_rules
from linewright.control.compile import Compiled
from linewright.control.opening import opening_of
from linewright.genealogy.facts import LineFacts, Rank
from linewright.genealogy.line_facts import line_facts, opening_carriers
from linewright.genealogy.record import Recorder
from linewright.genealogy.things import Things
from linewright.kernels.state import EMPTY, WORK, State, new_state
from linewright.kernels.table import Table
from linewright.ledger.remade import CHECKPOINTS
from linewright.ledger.writer import RunWriter, now_us

__all__ = ["BESIDE", "Keeper", "every_ns", "load_fills", "packed_fills", "packed_state", "unpacked_state"]

DAY_NS = 86_400_000_000_000
#: Checkpoints of a run: one a day, and of longer runs fewer than this.
MOST = 128
#: Arrays of a state that are not kept: what lies on carriers is kept beside; commands and records are of live runs.
BESIDE = frozenset({"fills", "inbox", "outbox"})


def every_ns(until_ns: int) -> int:
    """Return the line time between checkpoints of a run of that length: whole days.

    Examples
    --------
    >>> [every_ns(days * DAY_NS) // DAY_NS for days in (0.5, 100, 365)]
    [1, 1, 3]
    """
    return DAY_NS * max(1, -(-int(until_ns) // (DAY_NS * MOST)))


def _columns(state: State) -> Iterable[NDArray[np.generic]]:
    """Yield the columns of a state, each as a flat array that shares its memory where it can."""
    for name, array in zip(State._fields, state, strict=True):
        if name in BESIDE:
            continue
        plain = np.asarray(array).view(np.ndarray)
        if plain.dtype.names:
            for field in plain.dtype.names:
                yield plain[field]
        else:
            yield plain.reshape(-1)


def _whole(dtype: np.dtype[np.generic]) -> np.dtype[np.signedinteger[Any]]:
    """Return whole numbers of the same size: differences of their bits lead back to any number."""
    return np.dtype(f"i{dtype.itemsize}")


def packed_state(state: State) -> bytes:
    """Return a state as bytes, without what lies on carriers: column by column, each number as its difference to the one before."""
    parts = []
    for column in _columns(state):
        values = np.ascontiguousarray(column)
        values = values.view(_whole(values.dtype))
        parts.append(np.int64(len(values)).tobytes() + np.diff(values, prepend=values.dtype.type(0)).tobytes())
    return zlib.compress(b"".join(parts), 1)


def unpacked_state(table: Table, data: bytes) -> State:
    """Return the state that `packed_state` made; carriers hold nothing yet (`load_fills`).

    Raises
    ------
    ValueError
        It is of another line, or another version laid it out.
    """
    state, raw, at = new_state(table, 1), memoryview(zlib.decompress(data)), 0
    for column in _columns(state):
        dtype = _whole(column.dtype)
        if at + 8 > len(raw) or int(np.frombuffer(raw[at : at + 8], np.int64)[0]) != len(column):
            raise ValueError("the saved state has another layout than this version's")
        end = at + 8 + len(column) * dtype.itemsize
        column[:] = np.cumsum(np.frombuffer(raw[at + 8 : end], dtype), dtype=dtype).view(column.dtype)
        at = end
    if at != len(raw):
        raise ValueError("the saved state has another layout than this version's")
    return state


def packed_fills(state: State, table: Table, carriers: int) -> bytes:
    """Return what lies on the carriers that were loaded since this was last asked, and mark them as saved; empty where there are none."""
    firsts, held = [], []
    for carrier in table.carriers[:carriers]:
        first, holds = int(carrier.tray0), int(carrier.holds)
        trays = state.trays[first : first + int(carrier.count)]
        for tray in np.flatnonzero(trays["dirty"]).tolist():
            place = int(carrier.fill0) + tray * holds
            count = int(trays["count"][tray])
            firsts.append((place, count))
            held.append(state.fills[place : place + count])
        trays["dirty"][:] = 0
    if not firsts:
        return b""
    serials = np.concatenate(held)
    head = np.array(firsts, np.int64)
    parts = (np.int64(len(head)).tobytes(), np.diff(head, axis=0, prepend=0).tobytes(), np.diff(serials, prepend=np.int32(0)).tobytes())
    return zlib.compress(b"".join(parts), 1)


def load_fills(state: State, pieces: Iterable[bytes], taken: NDArray[np.bool_] | None = None) -> None:
    """Lay on the carriers what the pieces of `packed_fills` say.

    Parameters
    ----------
    state
        Changed in place.
    pieces
        In the order of time; with `taken` newest first.
    taken
        Places that a newer piece has told, bool (fills,): an older piece does not change them.
    """
    for piece in pieces:
        if not piece:
            continue
        raw = zlib.decompress(piece)
        count = int(np.frombuffer(raw, np.int64, 1)[0])
        head = np.cumsum(np.frombuffer(raw, np.int64, 2 * count, 8).reshape(-1, 2), axis=0)
        serials = np.cumsum(np.frombuffer(raw, np.int32, offset=8 + 16 * count), dtype=np.int32)
        at = 0
        for place, size in head.tolist():
            if taken is None or not taken[place]:
                state.fills[place : place + size] = serials[at : at + size]
                if taken is not None:
                    taken[place] = True
            at += size


class Keeper:
    """Writes the checkpoints of one simulation.

    Parameters
    ----------
    compiled, state
        The line, before its first look.
    writer
        Of the run.
    """

    def __init__(self, compiled: Compiled, state: State, writer: RunWriter) -> None:
        self._compiled, self._state, self._writer = compiled, state, writer
        self.facts: LineFacts = line_facts(compiled, int(state.head[0].seed), int(state.head[0].replication), state.serials)
        Recorder(self.facts, writer, alarm_rules(compiled.plant)).begin(opening_carriers(opening_of(compiled)))
        writer.fact("kept", CHECKPOINTS)
        frames: dict[str, dict[str, int]] = {}
        for station in self.facts.stations:
            if station.web is not None and station.web.name_out:
                frames.setdefault(str(station.kind), {})[station.web.name_out] = station.web.frame_out
        writer.fact("frames", frames)
        writer.fact("replication", int(state.head[0].replication))
        self._things = Things(self.facts, writer)
        self._carriers: dict[int, int] = {}
        self._number = 0

    def save(self) -> None:
        """Write a checkpoint of where the line stands now; the caller commits."""
        state, table = self._state, self._compiled.table
        self._number += 1
        self._seen_carriers()
        fills = packed_fills(state, table, len(self._compiled.plant.carriers))
        head = state.head[0]
        marks = {"ns": int(head.now), "events": int(head.events), "serials": state.serials.tolist()}
        line_us = self._compiled.begin_us + int(head.now) // 1000
        row = {"seq": self._number, "line_us": line_us, "wall_us": now_us(), "marks": json.dumps(marks), "state": packed_state(state)}
        self._writer.put("checkpoint", {name: [value] for name, value in row.items()})
        if fills:
            self._writer.put("fill", {"part": [self._number], "data": [fills]})
        self._seen()

    def _seen(self) -> None:
        """Let the ranges of numbered things reach as far as rows would have led them."""
        for number, kind in enumerate(self.facts.kinds):
            top = int(self._state.serials[number]) - 1
            if kind.rank is Rank.UNIT:
                working = self._in_work(number)
                while top in working:
                    top -= 1
            elif kind.rank is Rank.CARRIER:
                top = self._carriers.get(number, 0)
            elif not kind.is_bought:
                continue
            if top >= kind.first_serial:
                self._things.seen(number, top)

    def _in_work(self, kind: int) -> set[int]:
        """Return the serials that have been given to things which their first machine has not made yet."""
        found: set[int] = set()
        for station in self._compiled.table.stations:
            if station.begins and station.kind == kind:
                machines = self._state.machines[int(station.machine0) : int(station.machine0 + station.count)]
                found |= set((machines["item"][machines["phase"] == WORK] & ((1 << 40) - 1)).tolist())
        return found

    def _seen_carriers(self) -> None:
        """Note the highest number of a carrier on which something has been laid."""
        for carrier in self._compiled.table.carriers[: len(self._compiled.plant.carriers)]:
            first, count, kind = int(carrier.tray0), int(carrier.count), int(carrier.kind)
            trays = self._state.trays[first : first + count]
            rounds = trays["round"].astype(np.int64)
            loaded = (trays["dirty"] != 0) | (rounds > 0)
            if loaded.any():
                last = np.where(trays["content"] == EMPTY, np.maximum(rounds - 1, 0), rounds)
                top = int((np.arange(count) + 1 + last * count)[loaded].max())
                self._carriers[kind] = max(top, self._carriers.get(kind, 0))

