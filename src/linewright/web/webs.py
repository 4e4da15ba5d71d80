"""Webs: what a web is, its strip as a picture, the units in some of its metres; profiles; lots (`docs/api.md`, sections 5 and 8)."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from fastapi import APIRouter
from starlette.responses import Response

from linewright.genealogy.affected import Box, Piece, walk
from linewright.genealogy.extent import length_of
from linewright.genealogy.recall import check_side, pieces_below, pieces_of, recall
from linewright.genealogy.recalled import AffectedUnit, WebPart
from linewright.genealogy.spans import SpanError, parse_across
from linewright.genealogy.trace import GUARD_MM, recent
from linewright.ledger.records import Profile, Thing
from linewright.web.answers import AnswerError, answer
from linewright.web.asked import Limit, Pixels, ReadersNow
from linewright.web.line import completed
from linewright.web.plant import unit_text
from linewright.web.readers import OpenRun
from linewright.web.remade import remade
from linewright.web.spots import along_of
from linewright.web.thin import by_pixel
from linewright.web.things import find_thing, web_part
from linewright.web.titles import thing_title, title

__all__ = ["router"]

router = APIRouter()
STRIP_M = 400.0  # on a longer stretch no unit can be seen
STRIP_UNITS = 1000
PLACES = 6  # where affected units are, told with how many


def web_thing(run: OpenRun, web: str) -> Thing:
    """Return a web by its id.

    Raises
    ------
    AnswerError
        404 where nothing, or something else, is called so.
    """
    thing = find_thing(run, web)
    if thing.kind != "web":
        raise AnswerError(404, f"{web} is no web; it is a {thing.kind}.", expected="the id of a web or coil", came=web)
    return thing


def box_of(run: OpenRun, thing: Thing, span_m: tuple[float, float], across: str | None, lane: int | None, side: str | None, guard_m: float) -> Box:  # noqa: PLR0917 - what is asked
    """Return the piece of a web that is asked for.

    Raises
    ------
    AnswerError
        400 where it is none, or the web has no such side.
    """
    if not 0.0 <= guard_m < 1e6:
        raise AnswerError(400, "The guard is a length.", expected="guard_m >= 0", came=f"{guard_m:g}")
    try:
        between = parse_across(across) if across else None
        check_side(run.records, thing, side)
    except SpanError as error:
        raise AnswerError(400, str(error), expected="across=320..340mm, side=A or side=B", came=across or side or "") from error
    return Box(span_m[0] * 1000.0, span_m[1] * 1000.0, None if lane is None else lane - 1, between, side, guard_m * 1000.0)


def profile_row(run: OpenRun, p: Profile, from_m: float, to_m: float, pixels: int) -> dict[str, Any]:
    """Return a profile by pixel, in its shown unit; no more pixels than there are values."""
    along = along_of(run, p.web, p.characteristic)
    at = (p.start_mm + (np.arange(len(p.values), dtype=np.float64) + 0.5) * p.step_mm) / 1000.0
    shown = (p.values - along.unit.offset) / along.unit.scale
    most = max(1, int((to_m - from_m) * 1000.0 // p.step_mm))
    found = by_pixel(at.astype(np.float64), shown, from_m, to_m, min(pixels, most))
    return {
        "characteristic": p.characteristic, "title": title(p.characteristic), "side": p.side, "lane": lane_from(p.lane),
        "unit": unit_text(along.unit),
        "decimals": along.decimals, "window": along.limits, "m": found.at, "min": found.low, "max": found.high, "mean": found.mean,
    }  # fmt: skip


def lane_from(lane: int | None) -> int | None:
    """Return a lane as people count it, from 1."""
    return None if lane is None else lane + 1


def stretch(run: OpenRun, thing: Thing, from_m: float | None, to_m: float | None) -> tuple[float, float]:
    """Return the metres asked for; without limits the whole web.

    Raises
    ------
    AnswerError
        400 where the end does not lie behind the begin.
    """
    low = 0.0 if from_m is None else from_m
    length = length_of(run.records, thing) if to_m is None else None
    high = to_m if to_m is not None else length / 1000.0 if length else low + 1.0
    if not -1e9 < low < high < 1e9:
        raise AnswerError(400, "The stretch has no length.", expected="from_m < to_m", came=f"{low:g} to {high:g}")
    return low, high


@router.get("/runs/{run}/profiles")
def profiles(
    readers: ReadersNow,
    run: str,
    web: str,
    *,
    characteristic: str | None = None,
    side: str | None = None,
    lane: int | None = None,
    from_m: float | None = None,
    to_m: float | None = None,
    pixels: Pixels = 600,
) -> Response:
    """Answer what was measured along a web."""
    opened = readers.open(run)

    def body() -> dict[str, Any]:
        thing = web_thing(opened, web)
        low, high = stretch(opened, thing, from_m, to_m)
        found = [p for p in opened.records.profiles_of(thing.key) if characteristic in (None, p.characteristic) and side in (None, p.side)]
        rows = [profile_row(opened, p, low, high, pixels) for p in found if lane is None or p.lane in (None, lane - 1)]
        return {"run": opened.run, "web": thing.id, "from_m": low, "to_m": high, "rows": rows}

    return remade(opened, body)


@router.get("/runs/{run}/webs/{web:path}/strip")
def strip(
    readers: ReadersNow,
    run: str,
    web: str,
    *,
    from_m: float | None = None,
    to_m: float | None = None,
    characteristic: str | None = None,
    pixels: Pixels = 600,
) -> Response:
    """Answer a web's picture: what was measured along it, side by side and lane by lane, and the units in it where they can be seen."""
    opened = readers.open(run)

    def body() -> dict[str, Any]:
        thing = web_thing(opened, web)
        low, high = stretch(opened, thing, from_m, to_m)
        rows = opened.records.profiles_of(thing.key)
        names = list(dict.fromkeys(p.characteristic for p in rows))
        shown = characteristic if characteristic is not None else names[0] if names else None
        sides: dict[str | None, list[dict[str, Any]]] = {}
        for p in rows:
            if p.characteristic == shown:
                r = profile_row(opened, p, low, high, pixels)
                sides.setdefault(p.side, []).append({k: r[k] for k in ("lane", "m", "min", "max", "mean", "unit", "decimals", "window")})
        found = pieces_below(opened.records, thing.key, Box(low * 1000.0, high * 1000.0)) if high - low <= STRIP_M else []
        part = web_part(opened, thing) or {}
        return {
            "run": opened.run, "web": thing.id, "from_m": low, "to_m": high, "characteristic": shown, "characteristics": names,
            "sides": [{"side": side, "lanes": lanes} for side, lanes in sides.items()], "units": unit_rows(opened, found[:STRIP_UNITS]),
            "units_total": len(found), "splices_m": part.get("splices_m", []),
        }  # fmt: skip

    return remade(opened, body)


def unit_rows(run: OpenRun, pieces: list[Piece]) -> list[dict[str, Any]]:
    """Return pieces with the ids and verdicts of their units."""
    run.reader.wanted(p.unit for p in pieces)
    ids = run.records.ids_of([p.unit for p in pieces])
    lost: dict[int, int] = {}
    for start in range(0, len(pieces), 500):
        keys = [p.unit for p in pieces[start : start + 500]]
        # Question marks only; the verdicts are those of kernels/rows.py that take a unit out of the line.
        is_lost = "max(CASE WHEN verdict IN (1, 2, 3, 5, 6, 8) THEN 1 ELSE 0 END)"
        statement = f"SELECT unit, {is_lost} FROM visit WHERE unit IN ({','.join('?' * len(keys))}) GROUP BY unit"  # noqa: S608
        for unit, verdict in run.reader.rows_of("visit", statement, keys):
            lost[int(unit)] = max(lost.get(int(unit), 0), int(verdict or 0))
    return [
        {
            "id": ids[p.unit], "certain": p.is_certain, "lane": lane_from(p.lane), "lo_m": p.lo_mm / 1000.0, "hi_m": p.hi_mm / 1000.0,
            "error_m": p.limit_mm / 1000.0, "verdict": "scrapped" if lost.get(p.unit) else None,
        }
        for p in pieces
    ]  # fmt: skip


@router.get("/runs/{run}/webs/{web:path}/units")
def units(
    readers: ReadersNow,
    run: str,
    web: str,
    *,
    from_m: float | None = None,
    to_m: float | None = None,
    across: str | None = None,
    lane: int | None = None,
    side: str | None = None,
    guard_m: float = GUARD_MM / 1000.0,
    after: int = 0,
    limit: Limit = 100,
) -> Response:
    """Answer the units that certainly or possibly lie in some metres of a web. The side does not choose: a unit has both."""
    opened = readers.open(run)

    def body() -> dict[str, Any]:
        thing = web_thing(opened, web)
        low, high = stretch(opened, thing, from_m, to_m)
        box = box_of(opened, thing, (low, high), across, lane, side, guard_m)
        way = walk(opened.records, thing.key, box)
        found = pieces_of(opened.records, way, box)
        lanes = sorted({w.chain.lane for w in way.all() if w.chain is not None and w.chain.lane is not None}) if lane or across else None
        certain = {p.unit for p in found if p.is_certain}
        possible = {p.unit for p in found} - certain
        end = after + limit
        return {
            "run": opened.run, "web": thing.id, "from_m": low, "to_m": high, "guard_m": guard_m, "side": side,
            "lanes": [k + 1 for k in lanes] if lanes is not None else None, "certain": len(certain), "possible": len(possible),
            "units": unit_rows(opened, found[after:end]), "error_m": max((p.limit_mm for p in found), default=0.0) / 1000.0, "total": len(found),
            "next": end if end < len(found) else None,
        }  # fmt: skip

    return remade(opened, body)


@router.get("/runs/{run}/webs/{web:path}/affected")
def affected(
    readers: ReadersNow,
    run: str,
    web: str,
    *,
    from_m: float | None = None,
    to_m: float | None = None,
    across: str | None = None,
    lane: int | None = None,
    side: str | None = None,
    guard_m: float = GUARD_MM / 1000.0,
    limit: Limit = 100,
) -> Response:
    """Answer who holds part of a piece of a web, where each unit is now, what was thrown away and what is not used yet."""
    opened = readers.open(run)

    def body() -> dict[str, Any]:
        thing = web_thing(opened, web)
        low, high = stretch(opened, thing, from_m, to_m)
        box = box_of(opened, thing, (low, high), across, lane, side, guard_m)
        try:
            found = recall(opened.records, thing, box)
        except SpanError as error:
            raise AnswerError(400, str(error), expected="a piece of the web", came=across or "") from error
        where: dict[str, int] = {}
        for u in found.units:
            where[u.now.text] = where.get(u.now.text, 0) + 1
        places = sorted(where.items(), key=lambda pair: -pair[1])
        return {
            "run": opened.run, "web": thing.id, "from_m": low, "to_m": high, "across_mm": box.across, "side": side, "guard_m": guard_m,
            "lanes": list(found.lanes), "certain": found.certain, "possible": found.possible, "total": len(found.units),
            "wholes": len({u.now.into[-1] for u in found.units if u.now.into}), "out": sum(u.now.is_out for u in found.units),
            "places": [{"text": text, "count": count} for text, count in places[:PLACES]], "places_total": len(places),
            "units": [affected_row(u) for u in found.units[:limit]], "error_m": max((u.limit_m for u in found.units), default=0.0),
            "rest": [part_row(p) for p in found.rest], "lost": [part_row(p) for p in found.lost],
        }  # fmt: skip

    return remade(opened, body)


def affected_row(u: AffectedUnit) -> dict[str, Any]:
    """Return a unit of a recall as the page takes it."""
    return {
        "id": u.id, "certain": u.is_certain, "lane": u.lane, "lo_m": u.lo_m, "hi_m": u.hi_m, "error_m": u.limit_m, "text": u.now.text,
        "station": u.now.station, "carrier": u.now.carrier, "place": u.now.place, "into": list(u.now.into), "out": u.now.is_out,
        "lost_at": u.now.lost_at, "since_us": u.now.since_us,
    }  # fmt: skip


def part_row(p: WebPart) -> dict[str, Any]:
    """Return metres of a recall that are no units."""
    return {"web": p.web, "lo_m": p.lo_m, "hi_m": p.hi_m, "why": p.why}


def lanes_mm(run: OpenRun, web: int) -> list[dict[str, Any]]:
    """Return where the lanes of a web lie across it, as far as that was stated: of the web itself, or of what it became before it was slit."""
    rim = [web]
    for _ in range(8):
        rows = [m for key in rim for m in run.records.maps_on_parent(key)]
        found = {m.lane: (m.across_lo_mm, m.across_hi_mm) for m in rows if m.lane is not None and m.across_lo_mm is not None}
        if found or not rows:
            return [{"lane": lane + 1, "lo_mm": lo, "hi_mm": hi} for lane, (lo, hi) in sorted(found.items())]
        rim = list({m.child for m in rows})
    return []


@router.get("/runs/{run}/webs/{web:path}")
def one_web(readers: ReadersNow, run: str, web: str) -> Response:
    """Answer what a web is: size, lanes, what was cut from it, its batches, what was measured along it."""
    opened = readers.open(run)

    def body() -> dict[str, Any]:
        thing = web_thing(opened, web)
        records = opened.records
        children = [
            {"web": records.id_of(m.child), "lane": lane_from(m.lane), "across_mm": [m.across_lo_mm, m.across_hi_mm], "rewound": m.b < 0}
            for m in records.maps_on_parent(thing.key)
        ]
        charges = records.charges_of_web(thing.key)
        batches = [
            {
                "batch": records.id_of(c.batch), "lo_m": c.lo_mm / 1000.0, "hi_m": c.hi_mm / 1000.0, "error_m": c.error_mm / 1000.0,
                "possible": len(charges) > 1 and c.hi_mm - c.lo_mm <= 2.0 * c.error_mm,
            }
            for c in charges
        ]  # fmt: skip
        along = [
            {
                "characteristic": p.characteristic, "title": title(p.characteristic), "side": p.side, "lane": lane_from(p.lane),
                "unit": unit_text(along_of(opened, p.web, p.characteristic).unit), "step_m": p.step_mm / 1000.0, "n": len(p.values),
            }
            for p in records.profiles_of(thing.key)
        ]  # fmt: skip
        head = {"run": opened.run, "web": thing.id, "material": thing.material, "title": title(thing.material or ""), "made_us": thing.made_us}
        part = {**(web_part(opened, thing) or {}), "lanes_mm": lanes_mm(opened, thing.key)}
        return {**head, **part, "children": children, "batches": batches, "profiles": along}

    return remade(opened, body)


def in_use(run: OpenRun) -> dict[int, str]:
    """Return the webs that are on a machine now, by key, with that machine; none of a run that has ended."""
    if not run.info.is_written:
        return {}
    sample = run.sample()
    body = completed(run, sample) if sample is not None else {}
    found = {run.key_of(w["web"]): f"{w['station']}/{w['machine']}" for w in body.get("webs") or ()}
    mounted = run.reader.rows("SELECT lot, machine FROM mount WHERE to_us IS NULL ORDER BY rowid")
    webs = {lot: run.reader.name(machine) or "" for lot, machine in mounted if (thing := run.records.thing(lot)) is not None and thing.kind == "web"}
    # What is worked on first; it keeps its place where it is mounted too.
    return {key: machine for key, machine in (found | {k: m for k, m in webs.items() if k not in found}).items() if key is not None}


def length_m(run: OpenRun, thing: Thing) -> float | None:
    """Return the length of a web; None of anything else, and where no record tells."""
    length = length_of(run.records, thing) if thing.kind == "web" else None
    return length / 1000.0 if length else None


@router.get("/runs/{run}/lots")
def lots(readers: ReadersNow, run: str, *, kind: Literal["web", "lot", "unit", "carrier"] = "web", after: int = 0, limit: Limit = 100) -> Response:
    """Answer the newest things of a kind; of webs those that are on a machine first."""
    opened = readers.open(run)
    used = in_use(opened) if kind == "web" else {}
    first = [t for t in (opened.records.thing(key) for key in used) if t is not None]
    asked = max(0, after) + limit + 1
    found = [*first, *(t for t in opened.reader.newest(kind, asked) if t.key not in used)][:asked]
    if len(found) < asked and kind in {"web", "lot"} and opened.info.source != "import":  # a young run: what it began with is behind what it made
        known = {t.key for t in found}
        found += [t for t in recent(opened.reader, asked)[kind] if t.key not in known][: asked - len(found)]
    found = found[max(0, after) :]
    rows = [
        {
            "id": t.id, "kind": t.kind, "material": t.material, "title": thing_title(t.kind, t.material), "made_us": t.made_us,
            "length_m": length_m(opened, t), "amount": t.amount, "unit": None, "station": t.machine,
            "remark": t.remark, "in_use": used.get(t.key),
        }
        for t in found[:limit]
    ]  # fmt: skip
    return answer({"run": opened.run, "lots": rows, "next": after + limit if len(found) > limit else None})
