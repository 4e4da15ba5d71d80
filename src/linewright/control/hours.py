"""Shift plans as lists of moments at which work begins or ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from linewright.model.plant import ShiftPlan

__all__ = ["is_always", "switches_of"]

DAYS = 3653  # ten years
DAY_S = 86400


def is_always(plan: ShiftPlan) -> bool:
    """Tell whether a plan covers every moment.

    Examples
    --------
    >>> is_always(ShiftPlan("three", tuple(range(7)), ((21600, 50400), (50400, 79200), (79200, 21600))))
    True
    """
    if len(set(plan.days)) < 7 or plan.holidays or plan.breaks_s:
        return False
    covered = 0
    for start, end in _merged([(a, b if b > a else b + DAY_S) for a, b in plan.hours_s]):
        covered += end - start
    return covered >= DAY_S


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def switches_of(plan: ShiftPlan, begin_us: int, time_zone: str) -> tuple[bool, list[int]]:
    """Return whether work is on at the run's begin, and the moments at which that changes, for ten years.

    Parameters
    ----------
    plan
        The hours. A span whose end is not after its start ends on the next day; it belongs to the day on which it starts.
    begin_us
        The run's begin, UTC microseconds.
    time_zone
        Of the plan's clock times, such as ``Europe/Berlin``.

    Returns
    -------
    on, switches
        ns from the run's begin, ascending.
    """
    zone = ZoneInfo(time_zone)
    first = datetime.fromtimestamp(begin_us / 1e6, UTC).astimezone(zone).date() - timedelta(days=1)
    free = {date.fromisoformat(day) for day in plan.holidays}
    work: list[tuple[int, int]] = []
    breaks: list[tuple[int, int]] = []
    for number in range(DAYS + 2):
        day = first + timedelta(days=number)
        if day.weekday() in plan.days and day not in free:
            work += [_span(day, a, b, zone) for a, b in plan.hours_s]
        breaks += [_span(day, a, b, zone) for a, b in plan.breaks_s]
    on = _without(_merged(work), _merged(breaks))
    begin_s = begin_us // 1_000_000
    moments = [(moment - begin_s) * 1_000_000_000 for span in on for moment in span]
    before = [m for m in moments if m <= 0]
    return len(before) % 2 == 1, [m for m in moments if m > 0]


def _span(day: date, start_s: int, end_s: int, zone: ZoneInfo) -> tuple[int, int]:
    end_day = day if end_s > start_s else day + timedelta(days=1)
    return _moment(day, start_s, zone), _moment(end_day, end_s, zone)


def _moment(day: date, seconds: int, zone: ZoneInfo) -> int:
    day += timedelta(days=seconds // DAY_S)
    seconds %= DAY_S
    local = datetime(day.year, day.month, day.day, seconds // 3600, seconds % 3600 // 60, seconds % 60, tzinfo=zone)
    return int(local.timestamp())


def _without(work: list[tuple[int, int]], breaks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    first = 0
    for start, end in work:
        at = start
        while first < len(breaks) and breaks[first][1] <= start:
            first += 1
        for a, b in breaks[first:]:
            if a >= end:
                break
            if a > at:
                out.append((at, a))
            at = max(at, b)
        if at < end:
            out.append((at, end))
    return out
