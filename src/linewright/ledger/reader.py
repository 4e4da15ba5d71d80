"""What happened in a run: visits, states, events, samples, signals, profiles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from linewright.ledger.blocks import Layout, unpacked
from linewright.ledger.curve_blocks import Curve, CurveLine, curve_numbers, curve_of
from linewright.ledger.records import Event, Profile, Sample, StateSpan, Trend, Visit
from linewright.ledger.row_reader import Row, in_parts
from linewright.ledger.thing_reader import ThingReader

VISIT_COLUMNS = "rowid, unit, step, machine, tool, in_us, start_us, done_us, out_us, verdict, grade, layout, vals"
BEGIN_OF_TIME, END_OF_TIME = -(2**62), 2**62


class RunReader(ThingReader):
    """One run, read only; safe to use from several threads, and while another process writes it."""

    # ---- visits

    def visits_of(self, unit: int, from_us: int | None = None, to_us: int | None = None) -> list[Visit]:
        """Return the visits of a unit (or of a carrier) that reach into [from, to], in their order; all without limits."""
        if from_us is None and to_us is None:
            return self._visits("unit = ? ORDER BY rowid", (unit,))
        low, high = BEGIN_OF_TIME if from_us is None else from_us, END_OF_TIME if to_us is None else to_us
        return self._visits("unit = ? AND ifnull(out_us, ?) >= ? AND ifnull(in_us, ?) <= ? ORDER BY rowid", (unit, low, low, high, high))

    def last_visits_of(self, units: Iterable[int]) -> dict[int, Visit]:
        """Return the last visit of each of many units (or carriers), without its values; one that has none is left out."""
        found: dict[int, Visit] = {}
        for part in in_parts(units):
            marks = ",".join("?" * len(part))
            last = f"SELECT max(rowid) FROM visit WHERE unit IN ({marks}) GROUP BY unit"  # noqa: S608 - question marks only
            columns = VISIT_COLUMNS.removesuffix(", layout, vals")
            for r in self.rows(f"SELECT {columns} FROM visit WHERE rowid IN ({last})", part):  # noqa: S608
                names = (self.name(r[2]) or "", self.name(r[3]))
                found[r[1]] = Visit(r[0], r[1], *names, r[4], r[5], r[6], r[7], r[8], r[9], self.name(r[10]), None, None)
        return found

    def wanted(self, things: Iterable[int]) -> None:
        """Say that rows of things will be read by a query of the caller's own."""

    def visits_between(self, from_us: int, to_us: int, step: str | None = None, limit: int = 100_000) -> list[Visit]:
        """Return visits that ended (`out_us`) in [from, to), in their order; of one step where asked."""
        first, last = self.first_row_at("visit", "out_us", from_us), self.first_row_at("visit", "out_us", to_us)
        if step is None:
            return self._visits("rowid >= ? AND rowid < ? ORDER BY rowid LIMIT ?", (first, last, limit))[:limit]
        return self._visits("rowid >= ? AND rowid < ? AND step = ? ORDER BY rowid LIMIT ?", (first, last, self.number("step", step), limit))[:limit]

    def newest_visits(self, limit: int, step: str | None = None, within: int = 200_000) -> list[Visit]:
        """Return the newest visits, newest first; of one step where asked (looking through the `within` newest rows)."""
        floor = self.count("visit") - within
        if step is None:
            return self._visits("rowid > ? ORDER BY rowid DESC LIMIT ?", (floor, limit), newest=limit)
        return self._visits("rowid > ? AND step = ? ORDER BY rowid DESC LIMIT ?", (floor, self.number("step", step), limit), newest=limit)

    def layout(self, number: int | None) -> Layout | None:
        """Return what the values of visits of that layout mean; None for None."""
        if number is None:
            return None
        row = self.row("SELECT characteristics, units, resolutions, windows FROM layout WHERE layout = ?", (number,))
        return Layout.from_row(*row) if row else None

    def layouts(self) -> dict[int, tuple[str, Layout]]:
        """Return (step, layout) by number."""
        rows = self.rows("SELECT layout, step, characteristics, units, resolutions, windows FROM layout")
        return {r[0]: (self.name(r[1]) or "", Layout.from_row(*r[2:])) for r in rows}

    # ---- states

    def state_at(self, machine: str, time_us: int) -> StateSpan | None:
        """Return the state a machine was in; None where it was not known yet."""
        spans = self.states_between(time_us, time_us + 1, machine)
        return spans[0] if spans and spans[0].from_us <= time_us else None

    def states_at(self, machines: Sequence[str], time_us: int) -> dict[str, StateSpan]:
        """Return the state that each of many machines was in, by name and without its end; one that was not known yet is left out."""
        keys = [key for key in (self.number("machine", m) for m in machines) if key is not None]
        found = self.rows(
            "SELECT s.machine, s.from_us, s.state, s.reason FROM json_each(?1) AS asked JOIN state AS s ON s.rowid ="
            " (SELECT rowid FROM state WHERE machine = asked.value AND from_us <= ?2 ORDER BY from_us DESC, rowid DESC LIMIT 1)",
            (json.dumps(keys), time_us),
        )
        spans = (StateSpan(self.name(m) or "", since, None, self.name(state) or "", self.name(reason)) for m, since, state, reason in found)
        return {span.machine: span for span in spans}

    def states_between(self, from_us: int, to_us: int, machine: str | None = None) -> list[StateSpan]:
        """Return the states of a machine (None: of all) that reach into [from, to), by machine and time."""
        if machine is None:
            numbers = sorted(self.names("machine"))
        else:
            number = self.number("machine", machine)
            numbers = [] if number is None else [number]
        spans: list[StateSpan] = []
        for key in numbers:
            changes = "SELECT from_us, state, reason FROM state WHERE machine = ?"
            before = self.rows(f"{changes} AND from_us <= ? ORDER BY from_us DESC, rowid DESC LIMIT 1", (key, from_us))
            inside = self.rows(f"{changes} AND from_us > ? AND from_us < ? ORDER BY from_us, rowid", (key, from_us, to_us))
            after = self.row("SELECT from_us FROM state WHERE machine = ? AND from_us >= ? ORDER BY from_us LIMIT 1", (key, to_us))
            found = before + inside
            if not found:
                continue
            ends = [c[0] for c in found[1:]] + [after[0] if after else None]
            text = self.name(key) or ""
            for (begin, state, reason), end in zip(found, ends, strict=True):
                if end != begin:
                    spans.append(StateSpan(text, begin, end, self.name(state) or "", self.name(reason)))
        return spans

    # ---- events

    def events_since(self, seq: int = 0, kinds: str | None = None, limit: int = 1000) -> list[Event]:
        """Return events after a number, in order; `kinds` is a kind or its beginning with a point at the end (``alarm.``)."""
        if kinds is None:
            return self._events("seq > ? ORDER BY seq LIMIT ?", (seq, limit))
        if not kinds.endswith("."):
            return self._events("kind = ? AND seq > ? ORDER BY seq LIMIT ?", (kinds, seq, limit))
        return self._events("kind >= ? AND kind < ? AND seq > ? ORDER BY seq LIMIT ?", (kinds, kinds[:-1] + "/", seq, limit))

    def alarm_events(self, since_us: int = BEGIN_OF_TIME) -> list[Event]:
        """Return all alarm events from a line time on (`control.alarms.fold` makes alarms of them)."""
        return self._events("kind >= 'alarm.' AND kind < 'alarm/' AND (line_us IS NULL OR line_us >= ?) ORDER BY seq", (since_us,))

    def event(self, seq: int) -> Event | None:
        """Return one event."""
        found = self._events("seq = ?", (seq,))
        return found[0] if found else None

    def newest_event(self) -> int:
        """Return the number of the newest event; 0 where there is none."""
        return self.count("event")

    # ---- samples

    def latest_sample(self, at_us: int | None = None) -> Sample | None:
        """Return the newest state of the line, or the one that held at a line time."""
        if at_us is None:
            row = self.row("SELECT seq, line_us, wall_us, body FROM sample ORDER BY seq DESC LIMIT 1")
        else:
            row = self.row("SELECT seq, line_us, wall_us, body FROM sample WHERE line_us <= ? ORDER BY line_us DESC LIMIT 1", (at_us,))
        return Sample(*row) if row else None

    def samples_between(self, from_us: int, to_us: int, at_most: int | None = None) -> list[Sample]:
        """Return the samples of line times in [from, to); thinned out evenly to `at_most` where there are more."""
        seqs = [r[0] for r in self.rows("SELECT seq FROM sample WHERE line_us >= ? AND line_us < ? ORDER BY line_us", (from_us, to_us))]
        if at_most is not None and len(seqs) > at_most:
            seqs = [seqs[i] for i in np.linspace(0, len(seqs) - 1, at_most).astype(int)]
        found: list[Sample] = []
        for start in range(0, len(seqs), 500):
            part = seqs[start : start + 500]
            statement = f"SELECT seq, line_us, wall_us, body FROM sample WHERE seq IN ({','.join('?' * len(part))}) ORDER BY seq"  # noqa: S608
            found += [Sample(*r) for r in self.rows(statement, part)]
        return found

    # ---- signals and profiles

    def signal_names(self, machine: str) -> list[str]:
        """Return the signals kept of a machine."""
        rows = self.rows_of("signal", "SELECT DISTINCT name FROM signal WHERE machine = ?", (self.number("machine", machine),))
        return sorted({name for name in (self.name(r[0]) for r in rows) if name is not None})

    def signal(self, machine: str, name: str, from_us: int, to_us: int, pixels: int = 1000) -> Trend:
        """Return a signal in [from, to) for drawing: lowest and highest of each of at most `pixels` intervals."""
        where = (self.number("machine", machine), self.number("signal", name))
        newest = "SELECT max(begin_us) FROM signal WHERE machine = ? AND name = ? AND begin_us <= ?"
        first = self.total_of("signal", newest, (*where, from_us), fold=max)
        since = first if first is not None else BEGIN_OF_TIME
        blocks = self.rows_of(
            "signal",
            "SELECT begin_us, every_us, n, low, scale, data FROM signal WHERE machine = ? AND name = ? AND begin_us >= ? AND begin_us < ?"
            " ORDER BY begin_us",
            (*where, since, to_us),
            by=lambda row: row[0],
        )
        times, values = _joined(blocks)
        inside = (times >= from_us) & (times < to_us)
        every = int(min((b[1] for b in blocks), default=1))
        return thinned(times[inside], values[inside], from_us, to_us, max(every, -(-(to_us - from_us) // max(1, pixels))))

    def profiles_of(self, web: int, characteristic: str | None = None) -> list[Profile]:
        """Return what was measured along a web."""
        rows = self.rows(
            "SELECT web, characteristic, side, lane, start_mm, step_mm, low, scale, data FROM profile WHERE web = ? ORDER BY rowid", (web,)
        )
        found = [Profile(r[0], self.name(r[1]) or "", r[2], r[3], r[4], r[5], unpacked(r[6], r[7], r[8])) for r in rows]
        return [p for p in found if characteristic in (None, p.characteristic)]

    # ---- curves

    def curve(self, visit: Visit, place: int = 0) -> Curve | None:
        """Return the curve of the unit on a place of a visit's carrier, place from 0; None where none was recorded."""
        if visit.done_us is None or visit.step not in self.curve_lines():
            return None
        where = (visit.unit, visit.done_us, self.number("step", visit.step))
        found = self.rows_of("curve", "SELECT places, points, data FROM curve WHERE unit = ? AND done_us = ? AND step = ?", where)
        if not found or place >= found[0][0]:
            return None
        row = found[0]
        lines = self.curve_lines()[visit.step]
        numbers = curve_numbers(row[2], row[0], len(lines), row[1], place)
        return None if numbers is None else curve_of(numbers, lines)

    def curve_lines(self) -> dict[str, tuple[CurveLine, ...]]:
        """Return what the curves of each step mean (time first), from the run's fact ``curves``."""
        return {step: tuple(CurveLine(*line) for line in lines) for step, lines in (self.fact("curves") or {}).items()}

    # ---- inside

    def _visits(self, where: str, parameters: tuple[Any, ...], newest: int | None = None) -> list[Visit]:
        layouts: dict[int | None, Layout | None] = {}
        found = []
        statement = f"SELECT {VISIT_COLUMNS} FROM visit WHERE {where}"  # noqa: S608 - written above
        for row in self.rows_of("visit", statement, parameters, is_newest_first=newest is not None, limit=newest):
            if row[11] not in layouts:
                layouts[row[11]] = self.layout(row[11])
            found.append(self._visit(row, layouts[row[11]]))
        return found

    def _visit(self, row: Row, layout: Layout | None) -> Visit:
        values = layout.values(row[12]) if layout is not None and row[12] is not None else None
        return Visit(*(*row[:2], self.name(row[2]) or "", self.name(row[3]), *row[4:10], self.name(row[10]), layout, values))

    def _events(self, where: str, parameters: tuple[Any, ...]) -> list[Event]:
        rows = self.rows(f"SELECT seq, line_us, wall_us, kind, body FROM event WHERE {where}", parameters)  # noqa: S608 - written above
        return [Event(r[0], r[1], r[2], r[3], json.loads(r[4])) for r in rows]


def _joined(blocks: list[Row]) -> tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.float64]]]:
    """Return the times and values of blocks one after another."""
    if not blocks:
        return np.empty(0, np.int64), np.empty(0, np.float64)
    times = [begin + every * np.arange(n, dtype=np.int64) for begin, every, n, *_ in blocks]
    return np.concatenate(times), np.concatenate([unpacked(low, scale, data) for *_, low, scale, data in blocks])


def thinned(
    times_us: np.ndarray[Any, np.dtype[np.int64]], values: np.ndarray[Any, np.dtype[np.float64]], from_us: int, to_us: int, every_us: int
) -> Trend:
    """Return the lowest and highest value of each interval of `every_us` from `from_us` on.

    Parameters
    ----------
    times_us, values
        int64 and float64, shape (n,), times rising.
    """
    count = max(1, -(-(to_us - from_us) // every_us))
    low, high = np.full(count, np.nan), np.full(count, np.nan)
    place = (times_us - from_us) // every_us
    known = np.isfinite(values)
    place, values = place[known], values[known]
    if len(place):
        starts = np.flatnonzero(np.diff(place, prepend=-1))
        low[place[starts]] = np.minimum.reduceat(values, starts)
        high[place[starts]] = np.maximum.reduceat(values, starts)
    return Trend(from_us + every_us * np.arange(count, dtype=np.int64) + every_us // 2, low, high, every_us)
