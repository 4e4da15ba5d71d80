"""One thing's life: its visits, where it lay, what was measured of it."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from linewright.genealogy.before import ITEM_MASK
from linewright.genealogy.facts import FRAME_SHIFT
from linewright.genealogy.records import Records
from linewright.genealogy.things import BEFORE
from linewright.genealogy.tree import Place, Step, Value
from linewright.kernels.rows import KIND_SHIFT
from linewright.ledger.reader import RunReader
from linewright.ledger.records import Profile, Thing, Visit
from linewright.model.values import Unit

__all__ = ["VERDICTS", "carried_visits", "dated", "life_of", "places_of", "values_of", "web_values"]

#: Names of `kernels.rows.VERDICT_*`, by number.
VERDICTS = ("pass", "scrap", "reject", "false reject", "missed", "late", "chance", "rework", "lost")


def dated(reader: RunReader, thing: Thing) -> Thing:
    """Return a thing with when it was made, where its row does not say so: at the end of its first visit, which is that of the step that makes it.

    What was made before the run stays undated: its first visit in the run is of a later step.
    """
    if thing.made_us is not None or thing.remark is not None or thing.kind == "carrier":
        return thing
    first = next(iter(reader.visits_of(thing.key)), None)
    return thing if first is None else replace(thing, made_us=first.done_us, machine=thing.machine or first.machine)


def life_of(records: Records, thing: Thing) -> tuple[Step, ...]:
    """Return the visits of a unit in order of time, those of the carriers it lay on among them."""
    own = [(v, None, None) for v in records.reader.visits_of(thing.key)]
    carried = [(v, carrier, place) for carrier, place, v in carried_visits(records, thing)]
    rows = sorted([*own, *carried], key=lambda r: (r[0].start_us or r[0].done_us or 0, r[0].row))
    return _steps_before(records, thing, {v.step for v, _, _ in rows}) + tuple(
        Step(
            v.step, v.machine, None if v.tool is None else v.tool + 1, v.in_us, v.start_us, v.done_us, v.out_us,
            None if v.verdict is None else VERDICTS[v.verdict], v.grade, carrier, None if place is None else place + 1,
        )
        for v, carrier, place in rows
    )  # fmt: skip


def places_of(records: Records, thing: Thing) -> tuple[Place, ...]:
    """Return where a unit lay, in order of time."""
    rows = records.reader.places_of_unit(thing.key)
    stock = records.before(thing.key)
    lay = stock.placed(thing.key) if stock is not None else None
    found = [Place(records.id_of(r.carrier), r.place + 1, r.from_us if r.from_us is not None or lay is None else lay[2], r.to_us) for r in rows]
    if lay is not None and not any(r.from_us is None for r in rows):
        found.insert(0, Place(records.id_of(lay[0]), lay[1] + 1, lay[2], None))
    return tuple(found)


def _opening_place(records: Records, thing: Thing) -> int:
    ranges = records.reader.in_ranges_of(thing.carrier) if thing.carrier is not None else []
    return next((thing.key - first for first, count in ranges if first <= thing.key < first + count), 0)


def carried_visits(records: Records, thing: Thing) -> list[tuple[str, int, Visit]]:
    """Return (carrier, place from 0, visit) of the carriers that a unit lay on, while it did."""
    stays = [(r.carrier, r.place, r.from_us, r.to_us) for r in records.reader.places_of_unit(thing.key)]
    if thing.carrier is not None and not any(s[2] is None for s in stays):
        stays.append((thing.carrier, _opening_place(records, thing), None, None))
    found = []
    for carrier, place, since, until in stays:
        name = records.id_of(carrier)
        for v in records.reader.visits_of(carrier, since, until):
            begun = v.start_us if v.start_us is not None else v.in_us
            if (since is None or begun is None or begun >= since) and (until is None or v.out_us is None or v.out_us <= until):
                found.append((name, place, v))
    return found


def values_of(records: Records, thing: Thing, lo_mm: float | None, hi_mm: float | None, lane: int | None) -> tuple[Value, ...]:
    """Return what was measured of a thing: at its visits, by its place on a carrier, along its metres, and what an import tells of it."""
    is_carrier = thing.kind == "carrier"
    found = [value for v in records.reader.visits_of(thing.key) for value in (_of_places(v) if is_carrier else _of_visit(v, 0))]
    for _, place, v in carried_visits(records, thing):
        found += _of_visit(v, place)
    found = _before(records, thing, found) + found
    found += web_values(records, thing.key, lo_mm, hi_mm, lane)
    for o in records.reader.observations_of(thing.key):
        step = records.reader.name(o.step) if o.step is not None else None
        found.append(
            Value(o.characteristic, step, None, o.value, o.unit or "", at_us=o.time_us, source="stated", literal=o.literal, stated=o.stated,
                  text=o.text, remark=o.remark)
        )  # fmt: skip
    return tuple(found)


def _of_visit(v: Visit, place: int) -> list[Value]:
    if v.layout is None or v.values is None or place >= v.values.shape[1]:
        return []
    shown = v.layout.shown(v.values[:, place].tolist())
    found = []
    for i, name in enumerate(v.layout.characteristics):
        unit = Unit(v.layout.units[i], v.layout.scales[i], v.layout.offsets[i])
        lower, target, upper = (None if limit is None else unit.shown(limit) for limit in v.layout.windows[i])
        found.append(Value(name, v.step, v.machine, shown[i], unit.text, lower, target, upper, v.done_us))
    return found


def _of_places(v: Visit) -> list[Value]:
    """Return the mean, lowest and highest of what was measured of the units on a carrier."""
    if v.layout is None or v.values is None:
        return []
    by_place = [_of_visit(v, place) for place in range(v.values.shape[1])]
    found = []
    for rows in zip(*by_place, strict=True):
        known = [r.value for r in rows if r.value is not None]
        if known:
            found.append(replace(rows[0], value=fmean(known), low=min(known), high=max(known), count=len(known)))
    return found


def _before(records: Records, thing: Thing, found: list[Value]) -> list[Value]:
    """Return the values that a thing of the stock got before the run: at the stations before the first that a visit tells of."""
    stock = records.before(thing.key)
    if stock is None or thing.kind == "carrier" or thing.key >> FRAME_SHIFT:
        return []
    steps = [s["path"] for s in records.reader.fact("stations") or []]
    seen = {v.step for v in found} | {v.step for v in records.reader.visits_of(thing.key)}
    lay = stock.placed(thing.key)
    stands_at = stock.stays_of(lay[0])[-1:] if lay is not None else []
    seen |= {station for station, _, _ in stands_at}
    until = next((path for path in steps if path in seen), None)
    values = []
    for station, shown in stock.values_of_unit(thing.key, until):
        for c, value in zip(station.of_items, shown, strict=True):
            lower, target, upper = (None if x is None else c.unit.shown(x) for x in (c.window.lower, c.window.target, c.window.upper))
            values.append(Value(c.name, station.path, None, value, c.unit.text, lower, target, upper, source=BEFORE))
    return values


def _steps_before(records: Records, thing: Thing, seen: set[str]) -> tuple[Step, ...]:
    """Return the visits of a unit or carrier of the stock that began before the run; one that has not ended only where its station is not in `seen`.

    The filled start tells them. Of the stations before the carrier only the order is known, and when a unit was laid on it.
    A stay that has not ended has no `done_us`.
    """
    stock = records.stock() if thing.kind == "carrier" else records.before(thing.key)
    if stock is None:
        return ()
    begun, lay, way = stock.wound_on(thing.key), stock.placed(thing.key), stock.way_of(thing.key)
    found = [Step(path, None, None, None, None, None, None, None, None) for path in way]
    if begun is not None:
        first = Step(begun.rpartition("/")[0], begun, None, None, None, None, None, None, None)
        found = [first, *(s for s in found if s.step != first.step)]
    name, place, stays = None, None, stock.stays_of(thing.key)
    if lay is not None:
        name, place, stays = records.id_of(lay[0]), lay[1] + 1, stock.stays_of(lay[0])
        if way and found:
            found[-1] = replace(found[-1], done_us=lay[2], out_us=lay[2])
    begin_us = records.reader.header().begin_us
    for station, low, high in stays:
        end_us = high if high <= begin_us else None
        if end_us is not None or station not in seen:
            found.append(Step(station, None, None, low, low, end_us, end_us, None, None, name, place))
    return tuple(found)


def web_values(records: Records, web: int, lo_mm: float | None, hi_mm: float | None, lane: int | None) -> tuple[Value, ...]:
    """Return the mean, lowest and highest of each characteristic over the metres [lo, hi) of a web (whole: without limits), by side and lane.

    A point stands for its block of metres, from its own to the next one's; in the mean each block counts by its length inside the metres asked for.
    """
    found = []
    characteristics = _characteristics(records, web)
    written = records.reader.profiles_of(web)
    # What the run did not write of a web of its stock is drawn again from the seed: nobody measured it in this run.
    source = BEFORE if not written and records.is_before(web) else "measured"
    length_mm = _length_mm(records, web)
    low_mm = 0.0 if lo_mm is None else lo_mm
    high_mm = length_mm if hi_mm is None else min(hi_mm, length_mm)
    for p in written or records.profiles_of(web):
        if lane is not None and p.lane is not None and p.lane != lane:
            continue
        part, inside = _inside(p, low_mm, high_mm)
        if len(part) == 0:
            continue
        unit, lower, target, upper, step = characteristics.get(p.characteristic, (Unit(), None, None, None, None))
        mean, low, high = (unit.shown(float(x)) for x in (np.average(part, weights=inside), part.min(), part.max()))
        side_lane = (p.side, None if p.lane is None else p.lane + 1)
        begin, end = p.start_mm, p.start_mm + len(p.values) * p.step_mm
        metres = (None, None) if lo_mm is None or hi_mm is None else (max(lo_mm, begin) / 1000.0, min(hi_mm, end) / 1000.0)
        found.append(Value(p.characteristic, step, None, mean, unit.text, lower, target, upper, None, source, None, None, None, None, *side_lane,
                           low, high, len(part), *metres))  # fmt: skip
    return tuple(found)


def _length_mm(records: Records, web: int) -> float:
    """Return how long a web is; infinite where nothing tells."""
    thing, stock = records.thing(web), records.before(web)
    length = thing.amount if thing is not None and thing.amount else stock.length_mm(web) if stock is not None else None
    return float("inf") if length is None else float(length)


def _inside(p: Profile, lo_mm: float, hi_mm: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the values of the blocks of a profile that reach into [lo, hi), and how many millimetres of each lie inside: float64 (n,)."""
    begins = p.start_mm + p.step_mm * np.arange(len(p.values), dtype=np.float64)
    inside = np.minimum(begins + p.step_mm, hi_mm) - np.maximum(begins, lo_mm)
    held = (inside > 0.0) & np.isfinite(p.values)
    return p.values[held].astype(np.float64), inside[held]


def _characteristics(records: Records, web: int) -> dict[str, tuple[Unit, float | None, float | None, float | None, str | None]]:
    """Return unit and window of what is measured along a web, by name, from the run's fact ``profiles``."""
    mine = f"{(web & ITEM_MASK) >> KIND_SHIFT}:{web >> FRAME_SHIFT}:"
    found = {}
    for key, (text, scale, offset, lower, target, upper, step) in (records.reader.fact("profiles") or {}).items():
        if key.startswith(mine):
            unit = Unit(text, scale, offset)
            limits = [None if x is None else unit.shown(x) for x in (lower, target, upper)]
            found[key.removeprefix(mine)] = (unit, limits[0], limits[1], limits[2], step)
    return found
