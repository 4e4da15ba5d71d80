"""A piece of a web, half-open, in whole millimetres."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from linewright.model.errors import LinewrightError

__all__ = ["Span", "SpanError", "joined", "parse_across", "parse_span"]


class SpanError(LinewrightError):
    """A text that is meant as a piece of a web, but is none."""


@dataclass(frozen=True, slots=True)
class Span:
    """Millimetres [start_mm, end_mm) of a web; `lane` counts from 0, None is all of them.

    Examples
    --------
    >>> Span("COIL-4", 0, 1000).overlap(Span("COIL-4", 400, 2000))
    Span(lot='COIL-4', start_mm=400, end_mm=1000, lane=None)
    >>> Span("COIL-4", 0, 1000).overlap(Span("COIL-4", 1000, 2000)) is None
    True
    """

    lot: str
    start_mm: int
    end_mm: int
    lane: int | None = None

    @property
    def length_mm(self) -> int:
        """Return its length."""
        return self.end_mm - self.start_mm

    def overlap(self, other: Span) -> Span | None:
        """Return what both cover; None where that is nothing."""
        if self.lot != other.lot or (None not in (self.lane, other.lane) and self.lane != other.lane):
            return None
        start, end = max(self.start_mm, other.start_mm), min(self.end_mm, other.end_mm)
        return Span(self.lot, start, end, other.lane if self.lane is None else self.lane) if start < end else None

    def __str__(self) -> str:
        lane = f" lane {self.lane + 1}" if self.lane is not None else ""
        return f"{self.lot}{lane} {self.start_mm / 1000:.2f} to {self.end_mm / 1000:.2f} m"


NUMBER = r"-?(?:\d+(?:\.\d+)?|\.\d+)"
SPAN_TEXT = re.compile(
    rf"^(?P<lot>\S+?)(?:[:/]lane[- ]?(?P<lane>-?\d+))?:(?P<start>{NUMBER})\s*m?\s*(?:\.\.|-|to)\s*(?P<end>{NUMBER})\s*m?$", re.ASCII
)
#: The lane behind the id of a web.
LANE_TEXT = re.compile(r"[:/]lane[- ]?-?\d+$", re.ASCII)


def parse_span(text: str) -> Span:
    """Read a piece of a web as people write it; lanes count from 1 in words. Whether there is such a piece is the web's to say.

    Raises
    ------
    SpanError
        It is not written so, or its end is not behind its start.

    Examples
    --------
    >>> parse_span("COIL-4:1032.1..1037.4")
    Span(lot='COIL-4', start_mm=1032100, end_mm=1037400, lane=None)
    >>> parse_span("COIL-4/lane-4:10..15m").lane
    3
    """
    match = SPAN_TEXT.match(text.strip())
    if match is None:
        raise SpanError(f"`{text}` is not a piece of a web. Expected: ID:from..to in metres, such as COIL-4:1032.1..1037.4 or COIL-4/lane-4:10..15")
    start, end = round(float(match["start"]) * 1000), round(float(match["end"]) * 1000)
    if end <= start:
        raise SpanError(f"`{text}` ends at {end / 1000:g} m, which is not behind its start at {start / 1000:g} m")
    lane = int(match["lane"]) - 1 if match["lane"] else None
    return Span(match["lot"], start, end, lane)


ACROSS_TEXT = re.compile(
    rf"^\s*(?P<lo>{NUMBER})\s*(?P<unit_lo>mm|cm|m)?\s*(?:\.\.|-|to)\s*(?P<hi>{NUMBER})\s*(?P<unit>mm|cm|m)?\s*$", re.ASCII
)
MM_IN = {"mm": 1.0, "cm": 10.0, "m": 1000.0}


def parse_across(text: str) -> tuple[float, float]:
    """Read millimetres across a web, counted from the operator's side; without a unit they are millimetres.

    Raises
    ------
    SpanError
        They are not written so, or the end is not behind the start.

    Examples
    --------
    >>> parse_across("320..340mm"), parse_across("32 to 34 cm")
    ((320.0, 340.0), (320.0, 340.0))
    """
    match = ACROSS_TEXT.match(text)
    if match is None:
        raise SpanError(f"`{text}` is no stretch across a web. Expected: millimetres from the operator side, such as 320..340mm")
    unit = match["unit"] or "mm"
    lo, hi = float(match["lo"]) * MM_IN[match["unit_lo"] or unit], float(match["hi"]) * MM_IN[unit]
    if not 0.0 <= lo < hi:
        raise SpanError(f"`{text}` across a web: the end lies behind the start, and both are 0 mm or more, such as 320..340mm")
    return lo, hi


def joined(pieces: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the union of half-open intervals as disjoint ones, sorted.

    Examples
    --------
    >>> joined([(5, 8), (0, 3), (3, 5), (9, 10)])
    [(0, 8), (9, 10)]
    """
    result: list[tuple[int, int]] = []
    for low, high in sorted(pieces):
        if low >= high:
            continue
        if result and low <= result[-1][1]:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        else:
            result.append((low, high))
    return result
