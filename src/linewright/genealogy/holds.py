"""What is on hold: the units that a hold names, those in its pieces of webs (also what was made of them since), and what these went into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from linewright.control.holds import HELD_MOST, HeldSpan, Hold, fold_holds
from linewright.genealogy.affected import Box, walk
from linewright.genealogy.recall import pieces_of
from linewright.genealogy.records import Records
from linewright.ledger.reader import RunReader
from linewright.ledger.records import Thing
from linewright.model.errors import LinewrightError

__all__ = ["HeldNow", "box_of", "holding", "holds_of", "named", "reach_of"]

#: Hold events that are read: each is one act of a person.
EVENTS_MOST = 1_000_000
#: Units in units.
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class HeldNow:
    """What a hold covers now, by key.

    Parameters
    ----------
    units
        Units, and whether they certainly hold part of what is held (True for what the hold names itself).
    webs
        Webs that hold part of a held piece.
    wholes
        What held units are part of: it may not leave.
    """

    units: dict[int, bool]
    webs: frozenset[int]
    wholes: frozenset[int]

    def covers(self, key: int) -> bool:
        """Tell whether a thing is held."""
        return key in self.units or key in self.webs or key in self.wholes


def holds_of(reader: RunReader) -> dict[int, Hold]:
    """Return all holds of a run by key, released ones too."""
    return fold_holds(reader.events_since(0, "hold.", EVENTS_MOST))


def reach_of(records: Records, hold: Hold) -> HeldNow:
    """Return what a hold covers now: a piece of web is asked anew each time, so what was made of it since the hold is covered too."""
    units: dict[int, bool] = {}
    webs: set[int] = set()
    spans = list(hold.spans)
    for name in hold.things:
        key = _key_of(records, name)
        thing = records.thing(key) if key is not None else None
        if thing is None:
            continue
        if thing.kind == "web":
            spans.append(HeldSpan(name))
        elif thing.kind == "lot":
            for charge in records.charges_of_batch(thing.key):
                off = charge.error_mm / 1000.0
                spans.append(HeldSpan(records.id_of(charge.web), charge.lo_mm / 1000.0, charge.hi_mm / 1000.0, guard_m=off))
        units[thing.key] = True
    for span in spans:
        web = _key_of(records, span.web)
        if web is None:
            continue
        box = box_of(span)
        way = walk(records, web, box)
        webs.update(w.web for w in way.all())
        for piece in pieces_of(records, way, box):
            units[piece.unit] = units.get(piece.unit, False) or piece.is_certain
    return HeldNow(units, frozenset(webs), _wholes(records, units))


def holding(records: Records, thing: Thing) -> list[Hold]:
    """Return the open holds that a thing lies under."""
    return [h for h in holds_of(records.reader).values() if h.is_open and reach_of(records, h).covers(thing.key)]


def named(records: Records, names: Iterable[str]) -> list[str]:
    """Return the ids that a hold of these names: of a carrier the units that lie on it now, of anything else itself.

    Raises
    ------
    LinewrightError
        Nothing is called so, or an empty carrier is to be held: all of them at once.
    """
    found: list[str] = []
    faults = []
    for name in names:
        key = _key_of(records, name)
        thing = records.thing(key) if key is not None else None
        if thing is None:
            faults.append(f"there is no `{name}`")
        elif thing.kind != "carrier":
            found.append(thing.id)
        else:
            units = _on(records, thing)
            if not units:
                faults.append(f"nothing lies on {name} now")
            found += units
    if faults:
        told = "; ".join(faults)
        raise LinewrightError(f"{told[0].upper()}{told[1:]}.\nlinewright trace ID finds what is meant; a part of an id is enough there.")
    return list(dict.fromkeys(found))[: HELD_MOST + 1]


def box_of(span: HeldSpan) -> Box:
    """Return a held piece as a box."""
    whole = Box()
    lo = whole.lo_mm if span.from_m is None else span.from_m * 1000.0
    hi = whole.hi_mm if span.to_m is None else span.to_m * 1000.0
    return Box(lo, hi, None if span.lane is None else span.lane - 1, span.across_mm, span.side, span.guard_m * 1000.0)


def _on(records: Records, carrier: Thing) -> list[str]:
    rows = [r for r in records.reader.units_on_carrier(carrier.key) if r.to_us is None]
    keys = [r.unit for r in rows]
    if not keys:
        gone = {r.unit for r in records.reader.units_on_carrier(carrier.key)}
        keys = [k for first, count in records.reader.in_ranges_of(carrier.key) for k in range(first, first + count) if k not in gone]
    return list(records.ids_of(keys).values())


def _wholes(records: Records, units: Iterable[int]) -> frozenset[int]:
    found: set[int] = set()
    rim = set(units)
    for _ in range(DEEPEST):
        rim = set(records.reader.taken_by(rim).values()) - found
        if not rim:
            break
        found |= rim
    return frozenset(found)


def _key_of(records: Records, name: str) -> int | None:
    """Return the key of an id, that of a web in one of its later frames (``COIL-4@calender``) and of a unit in work too."""
    key = records.reader.key_of(name)
    if key is not None:
        return key
    rim = [k for k in [records.reader.key_of(name.partition("@")[0])] if k is not None] if "@" in name else []
    while rim:
        for k in rim:
            if records.id_of(k) == name:
                return k
        rim = [m.child for k in rim for m in records.maps_on_parent(k) if m.lane is None]
    return records.key_in_work(name)
