"""One thing's life: its visits, where it lay, what was measured of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from linewright.genealogy.before import ITEM_MASK
from linewright.genealogy.facts import FRAME_SHIFT
from linewright.genealogy.records import Records
from linewright.genealogy.things import BEFORE
from linewright.genealogy.tree import Place, Step, Value
from linewright.kernels.rows import KIND_SHIFT
from linewright.ledger.reader import RunReader
from linewright.ledger.records import Thing, Visit
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
    return _steps_before(records, thing) + tuple(
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
        for v in records.reader.visits_of(carrier):
            begun = v.start_us if v.start_us is not None else v.in_us
            if (since is None or begun is None or begun >= since) and (until is None or v.out_us is None or v.out_us <= until):
                found.append((name, place, v))
    return found


def values_of(records: Records, thing: Thing, lo_mm: float | None, hi_mm: float | None, lane: int | None) -> tuple[Value, ...]:
    """Return what was measured of a thing: at its visits, by its place on a carrier, along its metres, and what an import tells of it."""
    found = [value for v in records.reader.visits_of(thing.key) for value in _of_visit(v, 0)]
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


def _steps_before(records: Records, thing: Thing) -> tuple[Step, ...]:
    """Return the visits of a unit or carrier of the stock that ended before the run, as the filled start tells them."""
    stock = records.before(thing.key)
    if stock is None:
        return ()
    begun = stock.wound_on(thing.key)
    found = [Step(begun.rpartition("/")[0], begun, None, None, None, None, None, None, None)] if begun is not None else []
    lay = stock.placed(thing.key)
    name, place, stays = None, None, stock.stays_of(thing.key)
    if lay is not None:
        name, place, stays = records.id_of(lay[0]), lay[1] + 1, stock.stays_of(lay[0])
    begin_us = records.reader.header().begin_us
    ended = [(station, low, high) for station, low, high in stays if high <= begin_us]
    return (*found, *(Step(station, None, None, low, low, high, high, None, None, name, place) for station, low, high in ended))


def web_values(records: Records, web: int, lo_mm: float | None, hi_mm: float | None, lane: int | None) -> tuple[Value, ...]:
    """Return the mean, lowest and highest of each characteristic over the metres [lo, hi) of a web (whole: without limits), by side and lane."""
    found = []
    characteristics = _characteristics(records, web)
    written = records.reader.profiles_of(web)
    # What the run did not write of a web of its stock is drawn again from the seed: nobody measured it in this run.
    source = BEFORE if not written and records.is_before(web) else "measured"
    for p in written or records.profiles_of(web):
        if lane is not None and p.lane is not None and p.lane != lane:
            continue
        first = 0 if lo_mm is None else max(0, int((lo_mm - p.start_mm) // p.step_mm))
        last = len(p.values) if hi_mm is None or hi_mm == float("inf") else min(len(p.values), int(-(-(hi_mm - p.start_mm) // p.step_mm)))
        part = p.values[first:last]
        part = part[np.isfinite(part)]
        if len(part) == 0:
            continue
        unit, lower, target, upper, step = characteristics.get(p.characteristic, (Unit(), None, None, None, None))
        mean, low, high = (unit.shown(float(x)) for x in (part.mean(), part.min(), part.max()))
        side_lane = (p.side, None if p.lane is None else p.lane + 1)
        begin, end = p.start_mm + first * p.step_mm, p.start_mm + last * p.step_mm
        metres = (None, None) if lo_mm is None or hi_mm is None else (max(lo_mm, begin) / 1000.0, min(hi_mm, end) / 1000.0)
        found.append(Value(p.characteristic, step, None, mean, unit.text, lower, target, upper, None, source, None, None, None, None, *side_lane,
                           low, high, len(part), *metres))  # fmt: skip
    return tuple(found)


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
