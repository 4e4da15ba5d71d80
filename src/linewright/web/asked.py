"""What the addresses have in common: the runs behind them, ranges of time, limits."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from starlette.requests import HTTPConnection

from linewright.web.answers import AnswerError
from linewright.web.readers import OpenRun, Readers

__all__ = ["Limit", "Pixels", "ReadersNow", "readers_of", "spread"]

LATEST_US = 1_800_000_000  # 30 min, the range a machine's page opens with


def readers_of(connection: HTTPConnection) -> Readers:
    """Return the runs that this server shows."""
    readers: Readers = connection.app.state.readers
    return readers


ReadersNow = Annotated[Readers, Depends(readers_of)]
Limit = Annotated[int, Query(ge=1, le=1000)]
Pixels = Annotated[int, Query(ge=1, le=4000)]


def spread(run: OpenRun, from_us: int | None, to_us: int | None) -> tuple[int, int]:
    """Return a range of line time: without an end, up to now; without a begin, 30 minutes.

    Raises
    ------
    AnswerError
        400 where the end does not lie behind the begin.
    """
    end = to_us if to_us is not None else run.line_us() + 1
    begin = from_us if from_us is not None else end - LATEST_US
    if not -(2**62) < begin < end < 2**62:
        raise AnswerError(400, "The range has no length.", expected="from_us < to_us, microseconds UTC", came=f"{begin} to {end}")
    return begin, end
