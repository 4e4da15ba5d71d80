"""Stations that start only when there are places behind (`blocking: before`), as rows of a station table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linewright.control.compile_ways import queue_of
from linewright.control.flows import Passing, lanes_of
from linewright.model.errors import LinewrightError
from linewright.model.station import Blocking

if TYPE_CHECKING:
    from linewright.control.compile_rows import Draft

__all__ = ["ahead_rows"]


def ahead_rows(d: Draft) -> None:
    """Mark the stations that start only when there are places behind, and tell the queues who waits for a place in them.

    Raises
    ------
    LinewrightError
        One start makes more than there are places for, so that it could never begin.
    """
    givers: dict[int, list[int]] = {}
    for p in d.flow.stations:
        if p.segment.blocking is not Blocking.BEFORE:
            continue
        d.stations[p.number]["before"] = 1
        for q, needed in _places_needed(d, p).items():
            givers.setdefault(q, []).append(p.number)
            places = int(d.queues[q]["places"])
            if needed > max(places, 1):
                raise LinewrightError(
                    f"stations.{p.segment.path}.blocking: one start needs {needed} places behind, and `{d.queue_names[q]}` has {places}.\n"
                    f"    Write `buffer: {needed}` there, or `blocking: after` here."
                )
    for q, row in enumerate(d.queues):
        row |= {"ahead0": len(d.aheads), "aheads": len(givers.get(q, []))}
        d.aheads += givers.get(q, [])


def _places_needed(d: Draft, p: Passing) -> dict[int, int]:
    """Return how many places one start needs in each queue behind a station."""
    if p.made:
        return {queue_of(d, m.aim): m.amount for m in p.made if queue_of(d, m.aim) >= 0}
    batch = p.segment.batch
    each = batch.size if batch is not None else lanes_of(p.segment)
    return {queue_of(d, aim): each for aim in p.aims if queue_of(d, aim) >= 0}
