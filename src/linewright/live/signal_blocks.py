"""Machine signals on their way into the ledger: closed blocks, and the newest samples before they are closed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from linewright.drivers.driver import Driver
from linewright.ledger.blocks import packed
from linewright.ledger.writer import RunWriter

__all__ = ["Feed", "SignalBlocks"]

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
    ) -> None:
        self._drivers = [(driver, tuple(tags)) for driver, tags in drivers]
        self._begin_us = begin_us
        self._seen = seen
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
        for tag, samples in driver.signals(tags, self.closed_ns, until_ns).items():
            if len(samples.t) == 0:
                continue
            machine, name = split_tag(tag)
            if self._seen is not None:
                self._seen(machine, name, self._begin_us + samples.t // 1000, samples.values)
            if until_ns <= self.written_ns:
                continue
            low, scale, data = packed(samples.values)
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
