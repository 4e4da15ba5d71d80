"""What a page can subscribe to: each topic reads what is new since its position and makes frames of it (`docs/api.md`, section 9)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from linewright.web.alarms import alarm_body, event_row
from linewright.web.answers import AnswerError
from linewright.web.frames import Array, FrameType
from linewright.web.groups import group_of, reason_word
from linewright.web.line import line_body
from linewright.web.machines import MACHINES, Page
from linewright.web.readers import OpenRun, Readers
from linewright.web.runs import header, short_header
from linewright.web.signals import Tag, Times, Values, find_tag, samples_of
from linewright.web.silences import seen_states
from linewright.web.stations import machine_body, station_body
from linewright.web.thin import by_pixel

__all__ = ["TAGS", "Out", "Table", "Topic", "make_topic"]

TAGS = 200  # signals that one page may draw at once
GAP_SAMPLES = 20_000  # of one tag: more than this between two connections comes by pixel
GAP_EVENTS = 1_000
SILENT_S = 1.0  # so often the ledger is asked for a tag of which the feed has nothing
END_US = 2**62


@dataclass(frozen=True, slots=True)
class Out:
    """One frame to be sent, without number and time."""

    kind: FrameType
    header: dict[str, Any] = field(default_factory=dict)
    arrays: tuple[Array, ...] = ()


class Topic(Protocol):
    """One subscription. `every_s` is the least time between two looks; `on_change` False: it looks by time alone."""

    every_s: float
    on_change: bool

    def produce(self) -> list[Out]:
        """Return what is new; called in a thread."""
        ...


class Table:
    """A table that is sent whole whenever it has changed.

    Parameters
    ----------
    name
        The topic.
    body
        Makes the table.
    mark
        Returns what tells whether it changed, cheaply.
    every_s
        Least time between two.
    on_change
        Whether it can change only with the run's file.
    """

    def __init__(
        self, name: str, body: Callable[[], dict[str, Any]], mark: Callable[[], object], every_s: float = 0.95, *, on_change: bool = True
    ) -> None:
        self.every_s, self.on_change = every_s, on_change
        self._name, self._body, self._mark = name, body, mark
        self._sent: object = None

    def produce(self) -> list[Out]:
        """Return the table, where it changed."""
        mark = self._mark()
        if self._sent is not None and mark == self._sent:
            return []
        self._sent = mark
        body = self._body()
        return [Out(FrameType.TABLE, {"topic": self._name, "body": body, "pos": None, "t_us": body.get("at_us")})]


class Alarms:
    """The active alarms, sent whole when an event changed them; `pos` is the newest event."""

    every_s, on_change = 0.95, True

    def __init__(self, run: OpenRun) -> None:
        self._run = run
        self._seq: int | None = None

    def produce(self) -> list[Out]:
        """Return the list, where alarms changed."""
        newest = self._run.reader.row("SELECT max(seq) FROM event WHERE kind >= 'alarm.' AND kind < 'alarm/'")
        seq = (newest[0] or 0) if newest else 0
        if seq == self._seq:
            return []
        self._seq = seq
        return [Out(FrameType.TABLE, {"topic": "alarms", "body": alarm_body(self._run, limit=500), "pos": seq})]


class States:
    """New states of one machine, as rows; `pos` is the begin of the newest."""

    every_s, on_change = 0.2, True

    def __init__(self, run: OpenRun, station: str, machine: int, after: int | None) -> None:
        self._run, self._machine = run, run.machine(station, machine)
        self._station, self._number = station, machine
        self._after = after if after is not None else run.line_us() - 1

    def produce(self) -> list[Out]:
        """Return the states that began since the last time."""
        names = self._read() if self._run.segment(self._station).driver.use == "emulated" else self._seen()
        if not names:
            return []
        self._after = names[-1][0]
        found = [{"from_us": t, "state": s, "group": group_of(s, r), "reason": reason_word(r)} for t, s, r in names]
        body = {"run": self._run.run, "machine": self._machine, "rows": found}
        return [Out(FrameType.TABLE, {"topic": "states", "body": body, "pos": self._after, "t_us": self._after})]

    def _read(self) -> Sequence[tuple[int, str | None, str | None]]:
        """Return begin, state and reason of what was written since the last time."""
        reader = self._run.reader
        rows = reader.rows(
            "SELECT from_us, state, reason FROM state WHERE machine = ? AND from_us > ? ORDER BY from_us, rowid LIMIT 1000",
            (reader.number("machine", self._machine), self._after),
        )
        return [(t, reader.name(s), reader.name(r)) for t, s, r in rows]

    def _seen(self) -> Sequence[tuple[int, str | None, str | None]]:
        """Return the same of a real machine, which may not be heard at times."""
        spans = seen_states(self._run, self._station, self._number, self._after, END_US)
        return [(span.from_us, span.state, span.reason) for span in spans if span.from_us > self._after][:1000]


class Events:
    """Events of some kinds, each in its own frame; `pos` is the event's number."""

    every_s, on_change = 0.0, True

    def __init__(self, run: OpenRun, kinds: Sequence[str], after: int | None) -> None:
        self._run, self._kinds = run, tuple(kinds)
        newest = run.reader.newest_event()
        self._after = newest if after is None else min(after, newest)
        self._filled = after is not None

    def produce(self) -> list[Out]:
        """Return the events since the last time; of a gap that is too long the newest."""
        newest = self._run.reader.newest_event()
        if newest == self._after:
            self._filled = False
            return []
        cut = newest - self._after > GAP_EVENTS
        start = newest - GAP_EVENTS if cut else self._after
        found = [e for e in self._run.reader.events_since(start, None, GAP_EVENTS) if not self._kinds or is_of_kinds(e.kind, self._kinds)]
        filled, self._filled, self._after = self._filled, False, newest
        more = {"filled": True} if filled else {}
        return [
            Out(FrameType.EVENT, {"event": event_row(e), "pos": e.seq, "t_us": e.line_us, **more, **({"cut": True} if cut else {})}) for e in found
        ]


def is_of_kinds(kind: str, kinds: Sequence[str]) -> bool:
    """Tell whether an event is asked for: by its kind, or by the beginning of it with a point at the end (``alarm.``)."""
    return any(kind == k or (k.endswith(".") and kind.startswith(k)) for k in kinds)


class Signals:
    """Trends of tags: history by pixel first where it is asked for, then each new sample; `pos` is the newest line time that was sent.

    Parameters
    ----------
    run, readers
        Whose signals; the feed is that of the live run.
    tags
        What is drawn.
    from_us, pixels
        The history; `from_us` None: none.
    after
        Where a page that comes back had come to; None: it is new.
    """

    every_s = 0.0

    def __init__(self, run: OpenRun, readers: Readers, tags: Sequence[Tag], *, from_us: int | None, pixels: int, after: int | None) -> None:
        self._run, self._feed, self._tags = run, readers.feed_of(run), tuple(tags)
        self.on_change = self._feed is None  # the feed has samples before the ledger has
        self._pixels = pixels
        self._from_us = from_us
        self._is_new = after is None
        start = after if after is not None else (from_us - 1 if from_us is not None else run.line_us())
        self._after = dict.fromkeys((t.tag for t in tags), start)
        self._heard: dict[str, float] = {}
        self._filled = after is not None

    def produce(self) -> list[Out]:
        """Return history, once, or the samples since the last time."""
        if self._is_new and self._from_us is not None:
            self._is_new = False
            return [self.history(self._from_us, filled=False)]
        self._is_new = False
        arrays: list[Array] = []
        for tag in self._tags:
            after = self._after[tag.tag]
            times, values = self.newest(tag, after)
            if len(times) > GAP_SAMPLES and self._filled:
                self._filled = False
                return [self.history(min(self._after.values()) + 1, filled=True)]
            if len(times):
                self._after[tag.tag] = int(times[-1])
                arrays += [Array("t", times / 1e6, tag.tag, "f8"), Array("v", tag.shown(values), tag.tag)]
        filled, self._filled = self._filled, False
        if not arrays:
            return []
        pos = min(self._after.values())
        return [Out(FrameType.TREND, {"pos": pos, "filled": filled, "t_us": max(self._after.values())}, tuple(arrays))]

    def newest(self, tag: Tag, after: int) -> tuple[Times, Values]:
        """Return the samples later than a line time: from the feed alone while it reaches back that far, else from the ledger and the feed."""
        now = time.monotonic()
        if self._feed is not None and not self._filled:
            times, values = self._feed.newest(tag.tag, after)
            if len(times):
                self._heard[tag.tag] = now
                if int(times[0]) - after <= 3e6 * tag.signal.every_s:
                    return np.asarray(times, np.int64), np.asarray(values, np.float64)
            elif now - self._heard.get(tag.tag, 0.0) < SILENT_S:
                return np.empty(0, np.int64), np.empty(0)
            # The feed does not know the tag, or no longer reaches back: the ledger does.
            self._heard[tag.tag] = now
        return samples_of(self._run, self._feed, tag, after + 1, END_US)

    def history(self, from_us: int, *, filled: bool) -> Out:
        """Return everything from a line time to now by pixel: one axis for all tags."""
        found = [(tag, *samples_of(self._run, self._feed, tag, from_us, END_US)) for tag in self._tags]
        newest = [int(t[-1]) for _, t, _ in found if len(t)]
        end = max([*newest, self._run.line_us(), from_us]) + 1
        arrays: list[Array] = []
        for tag, times, values in found:
            p = by_pixel(times.astype(np.float64), tag.shown(values), float(from_us), float(end), self._pixels)
            if not arrays:
                arrays.append(Array("t", p.at / 1e6, None, "f8"))
            arrays += [Array("min", p.low, tag.tag), Array("max", p.high, tag.tag), Array("mean", p.mean, tag.tag)]
            self._after[tag.tag] = int(times[-1]) if len(times) else max(self._after[tag.tag], from_us - 1)
        entries = [tag.entry() for tag in self._tags]
        head = {"tags": entries, "from_us": from_us, "to_us": end, "filled": filled, "pos": min(self._after.values()), "t_us": end}
        return Out(FrameType.HISTORY, head, tuple(arrays))


def make_topic(readers: Readers, message: dict[str, Any]) -> tuple[Topic, OpenRun]:
    """Return what a message subscribes to, and the run whose changes matter.

    Raises
    ------
    AnswerError
        The message asks for nothing that there is.
    """
    run = readers.open(str(message.get("run", "latest")))
    topic, after = message.get("topic"), whole(message, "after")
    if topic == "line":
        return Table("line", lambda: line_body(run), lambda: sample_seq(run)), run
    if topic == "header":
        # A header holds ages and counts: each second, though nothing is written any more. It costs a third of a millisecond.
        return Table("header", lambda: header(readers, readers.open(run.run)), object, on_change=False), run
    if topic == "runs":
        infos = readers.infos
        return Table(
            "runs",
            lambda: {"runs": [short_header(i) for i in infos()]},
            lambda: [(i.run, i.is_written, i.outcome) for i in infos()],
            2.0,
            on_change=False,
        ), run
    if topic == "alarms":
        return Alarms(run), run
    if topic == "events":
        kinds = message.get("kinds") or []
        if not isinstance(kinds, list) or len(kinds) > 50 or not all(isinstance(k, str) for k in kinds):
            raise AnswerError(422, "`kinds` is a list of texts.", came=str(kinds)[:100])
        return Events(run, kinds, after), run
    if topic == "signals":
        return signals_topic(readers, run, message, after), run
    station, machine = str(message.get("station", "")), whole(message, "machine") or 1
    if topic == "station":
        run.segment(station)
        shown = machines_page(message)
        return Table("station", lambda: station_body(run, station, shown), lambda: sample_seq(run)), run
    if topic == "machine":
        run.machine(station, machine)
        return Table("machine", lambda: machine_body(run, readers.feed_of(run), station, machine), lambda: sample_seq(run)), run
    if topic == "states":
        return States(run, station, machine, after), run
    raise AnswerError(
        422, "There is no such topic.", expected="line, header, alarms, station, machine, states, signals, events, runs, experiments", came=str(topic)
    )


def signals_topic(readers: Readers, run: OpenRun, message: dict[str, Any], after: int | None) -> Signals:
    """Return a subscription to signals."""
    names = message.get("tags")
    if not isinstance(names, list) or not 1 <= len(names) <= TAGS or not all(isinstance(n, str) for n in names):
        raise AnswerError(422, "Name the signals to draw.", expected=f"tags: a list of 1 to {TAGS} texts", came=str(names)[:100])
    pixels = whole(message, "pixels") or 600
    tags = [find_tag(run, n) for n in dict.fromkeys(names)]
    return Signals(run, readers, tags, from_us=whole(message, "from_us"), pixels=max(1, min(pixels, 4000)), after=after)


def machines_page(message: dict[str, Any]) -> Page:
    """Return which machines of a station a message asks for.

    Raises
    ------
    AnswerError
        The order is none that there is.
    """
    order = message.get("order", "number")
    if order not in {"number", "state"}:
        raise AnswerError(422, "Machines are listed by number or by state.", expected="order: number or state", came=str(order)[:50])
    first, limit = whole(message, "first") or 1, whole(message, "limit") or MACHINES
    return Page(max(1, first), max(1, min(limit, 1000)), order)


def sample_seq(run: OpenRun) -> int:
    """Return the number of the newest sample, else that of the newest visit: what tells that a table may have changed."""
    return run.reader.count("sample") or run.reader.count("visit")


def whole(message: dict[str, Any], name: str) -> int | None:
    """Return a whole number of a message; None where it is absent.

    Raises
    ------
    AnswerError
        It is something else.
    """
    value = message.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2**62 or value != int(value):
        raise AnswerError(422, f"`{name}` is a whole number.", came=str(value)[:50])
    return int(value)
