"""Tells the streams that a run's file has changed: the run says so after each commit, or the file is looked at every 30 ms while somebody listens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from linewright.web.readers import OpenRun, Readers

__all__ = ["Hub"]

POLL_S = 0.03
THREADS = 3  # that read for streams; each has its own connection to each run's file


class Ticker:
    """Changes of one run: `count` rises, and who waits is woken. `mark` is what the file said when it was last looked at."""

    def __init__(self, mark: int) -> None:
        self.count = 0
        self.mark = mark
        self.listeners: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Wake everyone who waits."""
        self.count += 1
        for event in self.listeners:
            event.set()


class Hub:
    """One for a server; lives in its event loop.

    Parameters
    ----------
    readers
        The runs.
    """

    def __init__(self, readers: Readers) -> None:
        self.readers = readers
        self._tickers: dict[str, Ticker] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="linewright-stream")
        self.closing = asyncio.Event()

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Look at the files of runs that somebody listens to, for as long as the server lives."""
        self._loop = asyncio.get_running_loop()
        task = asyncio.create_task(self._poll())
        try:
            yield
        finally:
            self.closing.set()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self._loop = None
            self.pool.shutdown(wait=True, cancel_futures=True)
            self.readers.close()

    def notify(self, run: str | None = None) -> None:
        """Tell that a run has committed (None: any of them); from any thread, at any time."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop was closed between the two lines: nobody is there to be told
                loop.call_soon_threadsafe(self._ring, run)

    def end(self) -> None:
        """Let all streams end; from any thread."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended already
                loop.call_soon_threadsafe(self.closing.set)

    def _ring(self, run: str | None) -> None:
        for name, ticker in self._tickers.items():
            if run in (None, name):
                ticker.ring()

    def listen(self, run: OpenRun, event: asyncio.Event) -> None:
        """From now on set an event whenever a run has changed; called in the loop's thread."""
        if run.run not in self._tickers:
            # Marked now, before the listener's first look: what is committed from here on is a change.
            self._tickers[run.run] = Ticker(run.reader.change_mark())
        self._tickers[run.run].listeners.add(event)

    def leave(self, event: asyncio.Event) -> None:
        """Forget an event."""
        for name, ticker in list(self._tickers.items()):
            ticker.listeners.discard(event)
            if not ticker.listeners:
                del self._tickers[name]

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            for name, ticker in list(self._tickers.items()):
                # The connection of the loop's own thread: a look costs some microseconds, less than handing it to another thread.
                mark = self.readers.open(name).reader.change_mark()
                if mark != ticker.mark:
                    ticker.mark = mark
                    ticker.ring()
