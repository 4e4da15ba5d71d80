"""Which shift it is: the plan of the line, in its time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from linewright.model.plant import Plant

__all__ = ["Shift", "clock_us", "letter", "shift_at", "zone_of"]


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift: A, B, C by its place in the plan; UTC in microseconds."""

    name: str
    plan: str
    begin_us: int
    end_us: int


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone; UTC where the machine does not know the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def shift_at(plant: Plant, at_us: int) -> Shift | None:
    """Return the shift of a moment; None where the line has no plan or nobody works.

    Parameters
    ----------
    plant
        Its `works` names the plan; a line with one plan only works by that.
    at_us
        UTC in microseconds.

    Notes
    -----
    Clock times are the line's: a shift on the night of a clock change is an hour longer or shorter.
    """
    plan = next((p for p in plant.shifts if p.name == plant.works), plant.shifts[0] if len(plant.shifts) == 1 else None)
    if plan is None:
        return None
    zone = zone_of(plant.time_zone)
    today = datetime.fromtimestamp(at_us / 1e6, UTC).astimezone(zone)
    for back in (0, 1):
        day = today - timedelta(days=back)
        if day.weekday() not in plan.days or day.date().isoformat() in plan.holidays:
            continue
        for i, (begin_s, end_s) in enumerate(plan.hours_s):
            begin, end = clock_us(day, begin_s, zone), clock_us(day, end_s if end_s > begin_s else end_s + 86400, zone)
            if begin <= at_us < end:
                return Shift(letter(i), plan.name, begin, end)
    return None


def clock_us(day: datetime, second: int, zone: ZoneInfo) -> int:
    """Return the UTC microseconds at which the line's clock shows a second of a day (beyond 86,400: of the next)."""
    days, rest = divmod(second, 86400)
    date = day.date() + timedelta(days=days)
    local = datetime(date.year, date.month, date.day, rest // 3600, rest % 3600 // 60, rest % 60, tzinfo=zone)
    return int(local.timestamp()) * 1_000_000


def letter(place: int) -> str:
    """Return A for the first shift of a plan, B for the second."""
    return chr(ord("A") + place) if place < 26 else str(place + 1)
