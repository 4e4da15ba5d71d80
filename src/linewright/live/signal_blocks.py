"""Machine signals on their way into the ledger: closed blocks, and the newest samples before they are closed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from linewright.drivers.driver import Driver, Samples
from linewright.ledger.blocks import packed, unpacked
from linewright.ledger.reader import RunReader
from linewright.ledger.writer import RunWriter

__all__ = ["Feed", "KeptSignals", "SignalBlocks", "on_grid"]

#: A block is closed when it holds so much line time, or is so old in wall time.
BLOCK_LINE_NS, BLOCK_WALL_S = 60_000_000_000, 5.0
#: Most samples that the feed hands out of one tag.
NEWEST_MOST = 4000


class SignalBlocks:
    """Closes blocks of all tags of the drivers.

    Parameters
    ----------
    drivers
        (driver, its tags) of the run.
    begin_us
        Line time of kernel time 0, UTC.
    seen
        Called with machine, signal, times [us] and values [SI] of each block: alarms are made of them.
    kept
        Signals of real machines, which cannot be made again; None: there are none.

    Attributes
    ----------
    closed_ns
        Up to where blocks are closed; -1 none.
    written_ns
        Up to where blocks are in the ledger already (after a restart): they are looked at again, and not written twice.
    """

    def __init__(
        self,
        drivers: Sequence[tuple[Driver, Sequence[str]]],
        begin_us: int,
        seen: Callable[[str, str, NDArray[np.int64], NDArray[np.float64]], None] | None = None,
        kept: KeptSignals | None = None,
    ) -> None:
        self._drivers = [(driver, tuple(tags)) for driver, tags in drivers]
        self._begin_us = begin_us
        self._seen, self._kept = seen, kept
        self._closed_wall = time.monotonic()
        self.closed_ns = self.written_ns = -1
        self.samples_written = 0

    def is_due(self, reached_ns: int) -> bool:
        """Tell whether a block ought to be closed now."""
        return reached_ns - self.closed_ns >= BLOCK_LINE_NS or (
            reached_ns > self.closed_ns and time.monotonic() - self._closed_wall >= BLOCK_WALL_S
        )

    def close(self, reached_ns: int, writer: RunWriter) -> None:
        """Write the samples up to a line time [ns] as blocks of at most a minute each."""
        while self.closed_ns < reached_ns:
            until = min(reached_ns, self.closed_ns + BLOCK_LINE_NS)
            if self.closed_ns < self.written_ns:
                until = min(until, self.written_ns)
            for driver, tags in self._drivers:
                self._close_one(driver, tags, until, writer)
            self.closed_ns = until
        self._closed_wall = time.monotonic()

    def _close_one(self, driver: Driver, tags: Sequence[str], until_ns: int, writer: RunWriter) -> None:
        rows: dict[str, list[object]] = {c: [] for c in ("machine", "name", "begin_us", "every_us", "n", "low", "scale", "data")}
        kept, is_written = self._kept, until_ns <= self.written_ns
        if is_written and kept is not None and any(tag in kept.every_ns for tag in tags):
            for tag in tags:
                self._look(tag, kept.between(tag, self.closed_ns, until_ns, self._begin_us))
            return
        for tag, found in driver.signals(tags, self.closed_ns, until_ns).items():
            is_real = kept is not None and tag in kept.every_ns
            samples = on_grid(found, kept.every_ns[tag]) if kept is not None and is_real else found
            if len(samples.t) == 0:
                continue
            if is_written:
                self._look(tag, samples)
                continue
            low, scale, data = packed(samples.values)
            self._look(tag, Samples(samples.t, unpacked(low, scale, data)) if is_real else samples)  # what a restart will find in the ledger
            machine, name = split_tag(tag)
            every_ns = int(samples.t[1] - samples.t[0]) if len(samples.t) > 1 else 1000
            rows["machine"].append(writer.key("machine", machine))
            rows["name"].append(writer.key("signal", name))
            rows["begin_us"].append(self._begin_us + int(samples.t[0]) // 1000)
            rows["every_us"].append(max(1, every_ns // 1000))
            rows["n"].append(len(samples.t))
            rows["low"].append(low)
            rows["scale"].append(scale)
            rows["data"].append(data)
            self.samples_written += len(samples.t)
        if rows["machine"]:
            writer.append("signal", rows)

    def _look(self, tag: str, samples: Samples) -> None:
        if self._seen is not None and len(samples.t):
            machine, name = split_tag(tag)
            self._seen(machine, name, self._begin_us + samples.t // 1000, samples.values)


class KeptSignals:
    """Signals of real machines: evenly spaced in the ledger, and read from there when a run goes on.

    Parameters
    ----------
    reader
        Of the run that is written.
    every_ns
        Sampling interval of each tag of a real machine.
    """

    def __init__(self, reader: RunReader, every_ns: Mapping[str, int]) -> None:
        self._reader, self.every_ns = reader, dict(every_ns)

    def between(self, tag: str, since_ns: int, until_ns: int, begin_us: int) -> Samples:
        """Return the samples of a tag in the ledger with `since_ns` < t <= `until_ns`."""
        machine, name = split_tag(tag)
        where = (self._reader.number("machine", machine), self._reader.number("signal", name))
        statement = "SELECT begin_us, every_us, n, low, scale, data FROM signal WHERE machine = ? AND name = ? AND begin_us > ? AND begin_us <= ?"
        blocks = self._reader.rows_of(
            "signal", f"{statement} ORDER BY begin_us", (*where, begin_us + since_ns // 1000, begin_us + until_ns // 1000), by=lambda row: row[0]
        )
        times = [(b - begin_us + every * np.arange(n, dtype=np.int64)) * 1000 for b, every, n, _, _, _ in blocks]
        values = [unpacked(low, scale, data) for _, _, _, low, scale, data in blocks]
        return Samples(np.concatenate([np.zeros(0, np.int64), *times]), np.concatenate([np.zeros(0), *values]))


def on_grid(samples: Samples, every_ns: int) -> Samples:
    """Return samples as a block of the ledger holds them: evenly spaced from the first on; nan where there is none, of several the last.

    Examples
    --------
    >>> even = on_grid(Samples(np.array([10, 21, 52]), np.array([1.0, 2.0, 3.0])), 10)
    >>> even.t.tolist(), even.values.tolist()
    ([10, 20, 30, 40, 50], [1.0, 2.0, nan, nan, 3.0])
    """
    if len(samples.t) == 0:
        return samples
    first = int(samples.t[0])
    places = np.rint((samples.t - first) / every_ns).astype(np.int64)
    values = np.full(int(places[-1]) + 1, np.nan)
    values[places] = samples.values
    return Samples(first + every_ns * np.arange(len(values), dtype=np.int64), values)


class Feed:
    """The newest samples of signals for live trends; any thread may ask.

    Parameters
    ----------
    drivers
        (driver, its tags) of the run.
    begin_us
        Line time of kernel time 0, UTC.
    reached_ns, closed_ns
        Return the line times that the run has reached, and up to which blocks are closed [ns].
    """

    def __init__(
        self, drivers: Sequence[tuple[Driver, Sequence[str]]], begin_us: int, reached_ns: Callable[[], int], closed_ns: Callable[[], int]
    ) -> None:
        self._driver_of = {tag: driver for driver, tags in drivers for tag in tags}
        self._begin_us = begin_us
        self._reached_ns, self._closed_ns = reached_ns, closed_ns

    def newest(self, tag: str, after_us: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return line times [us, UTC] and values [SI] of the samples later than `after_us` that are not in a block yet, or only since a minute.

        Of a tag that no driver knows there are none.
        """
        driver = self._driver_of.get(tag)
        if driver is None:
            return np.zeros(0, np.int64), np.zeros(0)
        until = self._reached_ns()
        after_ns = max((after_us - self._begin_us) * 1000 + 999, self._closed_ns() - BLOCK_LINE_NS, -1)
        samples = driver.signals((tag,), after_ns, until)[tag]
        return self._begin_us + samples.t[-NEWEST_MOST:] // 1000, samples.values[-NEWEST_MOST:]


def split_tag(tag: str) -> tuple[str, str]:
    """Return machine and signal of a tag, as the ledger names them.

    Examples
    --------
    >>> split_tag("cathode-coater/1/oven-zones/3")
    ('cathode-coater/1', 'oven-zones/3')
    """
    station, machine, name = tag.split("/", 2)
    return f"{station}/{machine}", name
