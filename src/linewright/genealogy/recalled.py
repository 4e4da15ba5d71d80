"""What a recall is: frozen values, ready for the command line, the page and JSON."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AffectedUnit", "Recall", "Standing", "WebPart"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a unit is.

    Parameters
    ----------
    text
        In words: ``at formation``, ``in PACK-3, left the line``, ``scrapped at xray``.
    station, machine
        The last that it, or the carrier below it, was seen at; of a part the last of the whole.
    since_us
        Line time since when.
    carrier, place
        What it lies on, place from 1; None where it lies on nothing.
    into
        Ids of what it became part of, the smallest first: module, pack.
    is_out
        Whether it has left the line, by itself or in what it is part of.
    lost_at
        The station that threw it away; None where none did.
    grade
        As it was graded last.
    """

    text: str
    station: str | None = None
    machine: str | None = None
    since_us: int | None = None
    carrier: str | None = None
    place: int | None = None
    into: tuple[str, ...] = ()
    is_out: bool = False
    lost_at: str | None = None
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class AffectedUnit:
    """A unit that holds part of a box.

    Parameters
    ----------
    id
        Its id.
    is_certain
        Whether it does whatever the errors are; else it possibly does.
    web, lane, side
        The web it was taken from, the lane (from 1) it was slit as, the side of that web; None where there is none, or both.
    lo_m, hi_m, limit_m
        Where it lies on the box's web, and the limit of error of that; of several pieces the first.
    now
        Where it is.
    """

    id: str
    is_certain: bool
    web: str
    lane: int | None
    side: str | None
    lo_m: float
    hi_m: float
    limit_m: float
    now: Standing


@dataclass(frozen=True, slots=True)
class WebPart:
    """Metres of a web in a box that are no units: thrown away (`why`), or not used yet (None)."""

    web: str
    lo_m: float
    hi_m: float
    why: str | None = None
    machine: str | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """Who holds part of a box.

    Parameters
    ----------
    web, from_m, to_m, lane, across_mm, side, guard_m
        What was asked for; lanes from 1, millimetres from the operator's side.
    lanes
        Lanes (from 1) that were slit from it and lie in it; empty where it was not slit.
    units
        Along the web; certain and possible ones are told apart in each.
    lost, rest
        What of it was thrown away, and what is not used yet.
    """

    web: str
    from_m: float
    to_m: float
    lane: int | None
    across_mm: tuple[float, float] | None
    side: str | None
    guard_m: float
    lanes: tuple[int, ...]
    units: tuple[AffectedUnit, ...]
    lost: tuple[WebPart, ...]
    rest: tuple[WebPart, ...]

    @property
    def certain(self) -> int:
        """How many units certainly hold part of it."""
        return sum(u.is_certain for u in self.units)

    @property
    def possible(self) -> int:
        """How many more possibly do."""
        return len(self.units) - self.certain
