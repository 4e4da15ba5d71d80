"""Where each of many units is now: on a carrier, behind a station, in a pack, shipped, thrown away; by few queries for all of them."""

from __future__ import annotations

from collections.abc import Iterable

from linewright.genealogy.life import VERDICTS, places_of
from linewright.genealogy.recalled import Standing
from linewright.genealogy.records import Records
from linewright.ledger.records import PlacedRow, Visit

__all__ = ["LOST", "standing_of"]

#: Verdicts that take a unit out of the line.
LOST = frozenset({"scrap", "reject", "false reject", "late", "chance", "lost"})
OUT = "out"
#: Units in units: cells in modules in packs in systems; more would be a circle.
DEEPEST = 8


def standing_of(records: Records, units: Iterable[int]) -> dict[int, Standing]:
    """Return where each of many units is now, by key.

    Parameters
    ----------
    units
        Keys.
    """
    keys = list(dict.fromkeys(units))
    chains = _wholes(records, keys)
    wholes = {key: chain[-1] if chain else key for key, chain in chains.items()}
    tops = list(dict.fromkeys(wholes.values()))
    records.reader.wanted(tops)
    visits = records.reader.last_visits_of(tops)
    places = _places(records, tops)
    carried = records.reader.last_visits_of({p.carrier for p in places.values()})
    routes = {s["path"]: [(to[0], to[1]) for to in s.get("to", ())] for s in records.reader.fact("stations") or []}
    names = records.ids_of([*(key for chain in chains.values() for key in chain), *(p.carrier for p in places.values())])
    found: dict[int, Standing] = {}
    for key in keys:
        top, into = wholes[key], tuple(names[k] for k in chains[key])
        place = places.get(top)
        on = None if place is None else (names[place.carrier], place.place + 1)
        below = None if place is None else _while_there(carried.get(place.carrier), place)
        found[key] = _standing(visits.get(top), below, on, into, routes, None if place is None else place.from_us)
    return found


def _wholes(records: Records, keys: list[int]) -> dict[int, tuple[int, ...]]:
    """Return what each unit became part of, one after the other."""
    found: dict[int, tuple[int, ...]] = dict.fromkeys(keys, ())
    rim = {key: key for key in keys}
    for _ in range(DEEPEST):
        taken = records.reader.taken_by(set(rim.values()))
        rim = {key: taken[top] for key, top in rim.items() if top in taken and taken[top] not in found[key]}
        if not rim:
            break
        for key, top in rim.items():
            found[key] += (top,)
    return found


def _places(records: Records, keys: list[int]) -> dict[int, PlacedRow]:
    """Return what each unit lies on now, those that lay there when the run began too."""
    found = records.reader.open_places_of(keys)
    for key in keys:
        if key in found or not records.is_before(key):
            continue
        thing = records.thing(key)
        stays = places_of(records, thing) if thing is not None else ()
        carrier = records.reader.key_of(stays[-1].carrier) if stays and stays[-1].to_us is None else None
        if carrier is not None:
            found[key] = PlacedRow(key, carrier, stays[-1].place - 1, stays[-1].from_us, None)
    return found


def _while_there(visit: Visit | None, place: PlacedRow) -> Visit | None:
    """Return a carrier's last visit where the unit lay on it then."""
    begun = None if visit is None else visit.start_us if visit.start_us is not None else visit.in_us
    return visit if begun is None or place.from_us is None or begun >= place.from_us else None


def _standing(  # noqa: PLR0917 - what is known of one unit
    own: Visit | None, below: Visit | None, on: tuple[str, int] | None, into: tuple[str, ...], routes: dict[str, list[tuple[str, str | None]]],
    since_us: int | None,
) -> Standing:  # fmt: skip
    last = max((v for v in (own, below) if v is not None), key=lambda v: (v.out_us or v.done_us or v.start_us or 0, v.row), default=None)
    carrier, place = on if on is not None else (None, None)
    inside = f"in {into[-1]}" if into else ""
    if last is None:
        text = f"on {carrier}" if carrier is not None else "in its first machine"
        return Standing(inside or text, since_us=since_us, carrier=carrier, place=place, into=into)
    verdict = None if last.verdict is None else VERDICTS[last.verdict]
    grade = last.grade or (own.grade if own is not None else None)
    targets = [to for to, of in routes.get(last.step, ()) if of in (None, grade)]
    is_lost, is_out, where = verdict in LOST, OUT in targets, ""
    if is_lost:
        where = f"scrapped at {last.step}"
    elif is_out:
        where = "left the line"
    elif last.out_us is None and last.start_us is not None:
        where = f"at {last.step}"
    else:
        where = f"at {targets[0]}" if targets else f"behind {last.step}"
    return Standing(
        f"{inside}, {where}" if inside else where, last.step, last.machine, last.out_us or last.done_us or last.start_us, carrier, place, into,
        is_out, last.step if is_lost else None, grade,
    )  # fmt: skip
