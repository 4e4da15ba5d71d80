"""The curves of a unit, ready to be shown: those that its run recorded, and those of the stock, drawn again from the seed."""

from __future__ import annotations

import math

from linewright.genealogy.life import carried_visits
from linewright.genealogy.records import Records
from linewright.genealogy.things import BEFORE
from linewright.genealogy.tree import Curve, CurveLine
from linewright.ledger import curve_blocks
from linewright.ledger.records import Thing

__all__ = ["curves_of", "why_no_curve"]

HOUR_S = 3600.0


def curves_of(records: Records, thing: Thing) -> tuple[Curve, ...]:
    """Return the curves of a unit in order of time, one for each visit in which its channel drew one; nothing of anything else."""
    if thing.kind != "unit":
        return ()
    found = list(_before(records, thing))
    for carrier, place, v in carried_visits(records, thing):
        curve = records.reader.curve(v, place)
        if curve is not None:
            found.append(_told(curve, v.step, v.machine, carrier, place, v.start_us, v.done_us, "measured"))
    return tuple(sorted(found, key=lambda c: c.start_us or 0))


def why_no_curve(records: Records, thing: Thing) -> str | None:
    """Return why there is no curve of a unit that a channel has had: ``before`` the run, or ``not recorded`` in it; None where none has had it yet.

    Not recorded is one whose channel was out, one of which a real machine delivered nothing, and one of a run that an older version began.
    """
    drawing = records.reader.curve_lines()
    if thing.kind != "unit" or not drawing:
        return None
    if any(v.step in drawing for _, _, v in carried_visits(records, thing)):
        return "not recorded"
    return "before" if any(station in drawing for station, *_ in _stays_before(records, thing)) else None


def _before(records: Records, thing: Thing) -> list[Curve]:
    """Return the curves of the visits that ended before the run, drawn again."""
    stock = records.before(thing.key) if records.reader.curve_lines() else None
    if stock is None:
        return []
    found = []
    for station, low, high, carrier, place in _stays_before(records, thing):
        curve = stock.curve_of_unit(thing.key, station, (high - low) / 1e6)
        if curve is not None:
            found.append(_told(curve, station, None, carrier, place, low, high, BEFORE))
    return found


def _stays_before(records: Records, thing: Thing) -> list[tuple[str, int, int, str, int]]:
    """Return (station, from, to, carrier, place from 0) of what ended before the run, as far as the filled start tells it."""
    stock = records.before(thing.key)
    lay = stock.placed(thing.key) if stock is not None else None
    if stock is None or lay is None:
        return []
    begin_us = records.reader.header().begin_us
    return [(station, low, high, records.id_of(lay[0]), lay[1]) for station, low, high in stock.stays_of(lay[0]) if high <= begin_us]


def _told(  # noqa: PLR0917 - a curve, and where it was drawn
    curve: curve_blocks.Curve, step: str, machine: str | None, carrier: str, place: int, start_us: int | None, done_us: int | None, source: str
) -> Curve:
    time_digits = _digits(curve.time_step_s)
    times_s = tuple(round(t, time_digits) for t in curve.times_s.tolist())
    lines = tuple(_line(curve, number) for number in range(len(curve.lines)))
    return Curve(step, machine, carrier, place + 1, start_us, done_us, source, times_s, lines)


def _line(curve: curve_blocks.Curve, number: int) -> CurveLine:
    line = curve.lines[number]
    decimals = _digits(line.resolution / line.scale)
    values = tuple(round((v - line.offset) / line.scale, decimals) for v in curve.values[number].tolist())
    if not line.total:
        return CurveLine(line.name, line.unit, values, decimals)
    above, below = curve.integral(number)
    return CurveLine(line.name, line.unit, values, decimals, above / HOUR_S, -below / HOUR_S, line.total)


def _digits(step: float) -> int:
    """Return how many decimals a step has."""
    return max(0, -math.floor(math.log10(step) + 1e-9))
