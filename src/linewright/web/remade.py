"""Questions about a run that was kept as checkpoints: what they need is made again in the background, and the page asks once more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from linewright.ledger.remade import RemadeReader, Window
from linewright.model.errors import LinewrightError
from linewright.twin.remake import answered
from linewright.web.answers import AnswerError, answer
from linewright.web.readers import OpenRun

__all__ = ["remade"]

#: So long an answer waits for what is made again, before it says how far that is [s].
WAIT_S = 2.0
#: When the page asks once more [s].
AGAIN_S = 2


class Stopped(Exception):  # noqa: N818 - no fault: the server closes
    """The server closes."""


class Remaking:
    """What is made again of one run: one question at a time.

    Parameters
    ----------
    reader
        The run.
    """

    def __init__(self, reader: RemadeReader) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._worker: threading.Thread | None = None
        self._error: LinewrightError | None = None
        self._is_stopped = False
        self.share = 0.0

    def has_made(self, ask: Callable[[], Any]) -> bool:
        """Begin to make again what a question needs, unless something is being made, and wait a moment; return whether nothing is any more.

        Raises
        ------
        LinewrightError
            It could not be made.
        """
        with self._lock:
            if self._worker is None or not self._worker.is_alive():
                self.share, self._error = 0.0, None
                self._worker = threading.Thread(target=self._work, args=(ask,), name="made again", daemon=True)
                self._worker.start()
            worker = self._worker
        worker.join(WAIT_S)
        if self._error is not None:
            raise self._error
        return not worker.is_alive()

    def stop(self) -> None:
        """Stop what is being made, and wait for that."""
        self._is_stopped = True
        if self._worker is not None:
            self._worker.join()

    def _work(self, ask: Callable[[], Any]) -> None:
        try:
            answered(self._reader, ask, self._told)
        except LinewrightError as error:
            self._error = error
        except Stopped:
            return

    def _told(self, share: float, _: int) -> None:
        self.share = share
        if self._is_stopped:
            raise Stopped


def remade(opened: OpenRun, ask: Callable[[], Any]) -> Response:
    """Answer a question about a run, made again where it has to be.

    Parameters
    ----------
    opened
        The run.
    ask
        Returns the body of the answer from what is there; it may be called several times.

    Raises
    ------
    AnswerError
        503, how far it is: the page asks once more.
    """
    reader = opened.reader
    if not isinstance(reader, RemadeReader):
        return answer(ask())
    for _ in range(2):
        reader.lacking.clear()
        generation = reader.generation
        try:
            body = ask()
        except LinewrightError:
            if all(isinstance(need, Window) for need in reader.lacking):
                raise
        else:
            if not reader.lacking and reader.generation == generation:  # all of it from one file
                return answer(body)
        if opened.remaking is None:
            opened.remaking = Remaking(reader)
        if not opened.remaking.has_made(ask):
            break
    share = 0.0 if opened.remaking is None else opened.remaking.share
    raise AnswerError(
        503,
        f"{opened.run} was kept as checkpoints: what is asked for is being made again, {share:.0%} of this step.",
        step=f"The page asks again by itself. On the command line: linewright trace ID --run {opened.run}.",
        again_s=AGAIN_S,
    )
