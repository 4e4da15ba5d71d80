"""Signals in time and characteristics along the metres, as so many pixels show them (`docs/api.md`, section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from operator import add
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query
from numpy.typing import NDArray
from starlette.responses import Response

from linewright.ledger.blocks import unpacked
from linewright.model.values import Signal, Unit
from linewright.web.answers import AnswerError, answer
from linewright.web.asked import ReadersNow, spread
from linewright.web.plant import signal_entry
from linewright.web.readers import Feed, OpenRun
from linewright.web.thin import by_pixel
from linewright.web.titles import tag_parts

__all__ = ["Tag", "Times", "Values", "find_tag", "newest_value", "pixels_of", "router", "samples_of"]

router = APIRouter()
TAG_LIMIT = 40
SAMPLE_LIMIT = 20_000_000  # samples read for one chart; a year of a slow signal, a week of a fast one

Times = NDArray[np.int64]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tag:
    """A signal of a machine.

    Parameters
    ----------
    tag
        As the page names it.
    machine, name
        As the ledger names them.
    signal
        Its range, window, unit.
    """

    tag: str
    machine: str
    name: str
    signal: Signal

    @property
    def unit(self) -> Unit:
        """The unit it is shown in."""
        return self.signal.unit

    def shown(self, si: Values) -> Values:
        """Return SI values in the shown unit, shape (n,)."""
        return (si - self.unit.offset) / self.unit.scale

    def entry(self) -> dict[str, Any]:
        """Return what the page needs to draw it."""
        return {"tag": self.tag, **signal_entry(self.signal)}


def find_tag(run: OpenRun, tag: str) -> Tag:
    """Return what a tag means.

    Raises
    ------
    AnswerError
        404 where the run has no such signal, with the names it has.
    """
    parts = tag_parts(tag)
    if parts is None:
        raise AnswerError(404, f"{tag} is no tag.", expected="station/machine/signal, such as winder/7/tension", came=tag)
    station, machine, name, index = parts
    signals = signals_at(run, station, machine)
    signal = next((s for s in signals if s.name == name), None)
    if signal is None or (index is not None and index > signal.count) or (index is None and signal.count > 1):
        names = [f"{station}/{machine}/{s.name}" + ("/1" if s.count > 1 else "") for s in signals]
        raise AnswerError(404, f"There is no signal {tag}.", came=tag, nearest=names[:10])
    return Tag(tag, f"{station}/{machine}", name if signal.count == 1 else f"{name}/{index or 1}", signal)


def signals_at(run: OpenRun, station: str, machine: int) -> tuple[Signal, ...]:
    """Return the signals of a machine, or of a utility (which has one machine); those of its channels are curves of the units."""
    for u in run.plant.utilities if run.plant is not None else ():
        if u.name == station and machine == 1:
            return u.signals
    run.machine(station, machine)
    return tuple(s for s in run.segment(station).signals if not s.per)


def samples_of(run: OpenRun, feed: Feed | None, tag: Tag, from_us: int, to_us: int) -> tuple[Times, Values]:
    """Return all samples of a tag in [from, to): line times (us) and SI values, from the ledger's blocks and, behind them, from the run's feed.

    Raises
    ------
    AnswerError
        400 where the range holds too many.
    """
    where = (run.reader.number("machine", tag.machine), run.reader.number("signal", tag.name))
    newest = "SELECT max(begin_us) FROM signal WHERE machine = ? AND name = ? AND begin_us <= ?"
    since = run.reader.total_of("signal", newest, (*where, from_us), fold=max)
    span = (*where, since if since is not None else from_us, to_us)
    samples = "SELECT sum(n) FROM signal WHERE machine = ? AND name = ? AND begin_us >= ? AND begin_us < ?"
    count = int(run.reader.total_of("signal", samples, span, fold=add) or 0)
    if count > SAMPLE_LIMIT:
        raise AnswerError(
            400, "The range is too long for this signal.", expected=f"at most {SAMPLE_LIMIT} samples", came=str(count), step="Ask for less time."
        )
    blocks = run.reader.rows_of(
        "signal",
        "SELECT begin_us, every_us, n, low, scale, data FROM signal"
        " WHERE machine = ? AND name = ? AND begin_us >= ? AND begin_us < ? ORDER BY begin_us",
        span,
        by=lambda row: row[0],
    )
    times = [begin + every * np.arange(n, dtype=np.int64) for begin, every, n, *_ in blocks]
    values = [unpacked(low, scale, data) for *_, low, scale, data in blocks]
    if feed is not None:
        last = int(times[-1][-1]) if times and len(times[-1]) else from_us - 1
        newest_t, newest_v = feed.newest(tag.tag, max(last, from_us - 1))
        times.append(np.asarray(newest_t, np.int64))
        values.append(np.asarray(newest_v, np.float64))
    t = np.concatenate(times) if times else np.empty(0, np.int64)
    v = np.concatenate(values) if values else np.empty(0)
    inside = (t >= from_us) & (t < to_us)
    return t[inside], v[inside]


def newest_value(run: OpenRun, feed: Feed | None, tag: Tag, before_us: int) -> tuple[int, float] | None:
    """Return line time and shown value of a tag's newest sample before a line time; None where there is none."""
    times, values = samples_of(run, feed, tag, before_us - 5 * max(60_000_000, int(tag.signal.every_s * 1e6)), before_us)
    known = np.flatnonzero(np.isfinite(values))
    return None if not len(known) else (int(times[known[-1]]), float(tag.shown(values[known[-1:]])[0]))


def pixels_of(run: OpenRun, feed: Feed | None, tag: Tag, span_us: tuple[int, int], pixels: int) -> dict[str, Any]:
    """Return a tag's chart in shown units, as `GET …/signals` answers it; `span_us` is [from, to)."""
    from_us, to_us = span_us
    times, values = samples_of(run, feed, tag, from_us, to_us)
    shown = tag.shown(values)
    p = by_pixel(times.astype(np.float64), shown, float(from_us), float(to_us), pixels)
    known = np.flatnonzero(np.isfinite(shown))
    last = int(known[-1]) if len(known) else None
    return {
        **tag.entry(), "t_us": p.at.astype(np.int64), "min": p.low, "max": p.high, "mean": p.mean, "n": len(times),
        "last": None if last is None else shown[last], "last_t_us": None if last is None else times[last],
    }  # fmt: skip


@router.get("/runs/{run}/signals")
def signals(
    readers: ReadersNow,
    run: str,
    tags: str,
    *,
    from_us: int | None = None,
    to_us: int | None = None,
    pixels: Annotated[int, Query(ge=1, le=4000)] = 600,
) -> Response:
    """Answer the charts of tags over a range; without a range, of the last 30 minutes."""
    opened = readers.open(run)
    begin, end = spread(opened, from_us, to_us)
    wanted = [t for t in tags.split(",") if t]
    if not 1 <= len(wanted) <= TAG_LIMIT:
        raise AnswerError(400, "Name the signals to draw.", expected=f"1 to {TAG_LIMIT} tags, with commas between", came=f"{len(wanted)} tags")
    feed = readers.feed_of(opened)
    found = {t: pixels_of(opened, feed, find_tag(opened, t), (begin, end), pixels) for t in wanted}
    return answer({"run": opened.run, "from_us": begin, "to_us": end, "tags": found})
