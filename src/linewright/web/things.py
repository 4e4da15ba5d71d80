"""A thing: what it is, its life, its values, its tree (`docs/api.md`, section 8)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Query
from starlette.responses import Response

from linewright.ledger.records import Observation, Thing, Visit
from linewright.model.values import Unit
from linewright.web.alarms import hold_rows
from linewright.web.answers import AnswerError, answer
from linewright.web.asked import ReadersNow
from linewright.web.neighbours import Edge, carried_in, counts, made_of, went_into
from linewright.web.plant import decimals_of, unit_text
from linewright.web.readers import OpenRun
from linewright.web.search import nearest_ids
from linewright.web.spots import at_metres, spots_of
from linewright.web.titles import title

__all__ = ["find_thing", "router", "thing_body", "tree_body"]

router = APIRouter()
#: By the numbers of kernels/rows.py VERDICT_*.
VERDICTS = ("pass", "scrap", "reject", "false-reject", "missed", "late", "chance")
LOST = frozenset({1, 2, 3, 5, 6})


def find_thing(run: OpenRun, thing_id: str) -> Thing:
    """Return a thing by its id.

    Raises
    ------
    AnswerError
        404 with the nearest ids.
    """
    key = run.reader.key_of(thing_id)
    thing = run.reader.thing(key) if key is not None else None
    if thing is None:
        near = nearest_ids(run, thing_id)
        raise AnswerError(404, f"Nothing is called {thing_id} in this run.", expected="an id", came=thing_id, nearest=near, step="Search takes a part of an id too.")
    return thing


def verdict_text(number: int | None) -> str | None:
    """Return a verdict by its number; None for None."""
    return None if number is None else VERDICTS[number] if 0 <= number < len(VERDICTS) else str(number)


def life_row(run: OpenRun, visit: Visit) -> dict[str, Any]:
    """Return one step of a life line."""
    machine = (visit.machine or "").rpartition("/")[2]
    entry = run.entries.get(visit.step)
    return {
        "step": visit.step, "title": entry["title"] if entry else title(visit.step), "machine": int(machine) if machine.isdigit() else None,
        "tool": None if visit.tool is None or visit.tool < 0 else visit.tool + 1, "in_us": visit.in_us, "start_us": visit.start_us,
        "done_us": visit.done_us, "out_us": visit.out_us, "verdict": verdict_text(visit.verdict), "grade": visit.grade,
    }  # fmt: skip


def visits_with_places(run: OpenRun, thing: Thing) -> list[tuple[Visit, int]]:
    """Return a thing's visits, and those of the carriers it lay on meanwhile, with its place there (0 for its own), in order of time."""
    found = [(v, 0) for v in run.reader.visits_of(thing.key)]
    for p in run.reader.places_of_unit(thing.key):
        for v in run.reader.visits_of(p.carrier):
            at = v.start_us if v.start_us is not None else v.out_us
            if at is not None and (p.from_us is None or at >= p.from_us) and (p.to_us is None or at < p.to_us):
                found.append((v, p.place))
    return sorted(found, key=lambda row: (row[0].out_us or row[0].done_us or row[0].start_us or 0, row[0].row))


def value_rows(run: OpenRun, visits: list[tuple[Visit, int]]) -> list[dict[str, Any]]:
    """Return what was measured of a thing at its visits."""
    source = {"live": "emulated" if run.is_emulated else "measured", "twin": "twin"}.get(run.info.source, "stated")
    rows = []
    for visit, place in visits:
        if visit.layout is None or visit.values is None:
            continue
        layout, column = visit.layout, place if place < visit.values.shape[1] else 0
        for i, name in enumerate(layout.characteristics):
            si = float(visit.values[i, column])
            if not np.isfinite(si):
                continue
            unit = Unit(layout.units[i], layout.scales[i], layout.offsets[i])
            lower, target, upper = layout.windows[i]
            rows.append({
                "characteristic": name, "title": title(name), "step": visit.step, "value": unit.shown(si), "unit": unit_text(unit),
                "decimals": decimals_of(layout.resolutions[i], unit), "lower": None if lower is None else unit.shown(lower),
                "target": None if target is None else unit.shown(target), "upper": None if upper is None else unit.shown(upper),
                "at_us": visit.done_us or visit.out_us, "source": source, "literal": None, "side": None, "lane": None,
            })  # fmt: skip
    return rows


def stated_row(o: Observation) -> dict[str, Any]:
    """Return a value of an imported record, with what stood there."""
    return {
        "characteristic": o.characteristic, "title": o.characteristic, "step": None, "value": o.value if o.value is not None else o.text, "unit": unit_text(o.unit or ""),
        "decimals": None, "lower": None, "target": None, "upper": None, "at_us": o.time_us, "source": "stated", "literal": o.literal, "stated": o.stated,
        "remark": o.remark, "side": None, "lane": None,
    }  # fmt: skip


def standing(run: OpenRun, thing: Thing, visits: list[tuple[Visit, int]]) -> tuple[str | None, str | None]:
    """Return verdict and grade of a unit as far as its visits tell."""
    grade = next((v.grade for v, _ in reversed(visits) if v.grade), None)
    if thing.kind != "unit" or run.plant is None:
        return None, grade
    if any(v.verdict in LOST for v, _ in visits):
        return "scrapped", grade
    last = run.segments.get(visits[-1][0].step) if visits else None
    is_out = last is not None and any(t.station == "out" for t in last.to)
    if thing.remark == "made before this run" and not visits:
        return "in-process", grade
    return ("good" if is_out else "in-process"), grade


def place_now(run: OpenRun, thing: Thing, visits: list[tuple[Visit, int]]) -> dict[str, Any] | None:
    """Return where a thing is: behind its last visit, before it was seen to leave the next station; None where nothing tells."""
    open_place = next((p for p in reversed(run.reader.places_of_unit(thing.key)) if p.to_us is None), None)
    carrier = open_place.carrier if open_place else thing.carrier
    carrier_thing = run.reader.thing(carrier) if carrier is not None else None
    body = {
        "text": None, "station": None, "machine": None, "carrier": carrier_thing.id if carrier_thing else None,
        "place": open_place.place + 1 if open_place else None, "since_us": open_place.from_us if open_place else None,
    }  # fmt: skip
    if not visits:
        return body if carrier_thing else None
    last = visits[-1][0]
    segment = run.segments.get(last.step)
    body["since_us"] = last.out_us or body["since_us"]
    if last.verdict in LOST:
        return body | {"text": f"scrapped at {title(last.step)}", "station": last.step}
    if segment is None:
        return body | {"text": title(last.step), "station": last.step}
    targets = [t.station for t in segment.to if t.grade in (None, last.grade)]
    if "out" in targets:
        return body | {"text": "left the line", "station": last.step}
    return body | {"text": f"at {title(targets[0])}" if targets else title(last.step), "station": targets[0] if targets else last.step}


def thing_body(run: OpenRun, thing: Thing) -> dict[str, Any]:
    """Return what a thing is, what happened to it, what was measured of it."""
    visits = visits_with_places(run, thing)
    verdict, grade = standing(run, thing, visits)
    spots = spots_of(run, thing.key) if thing.kind == "unit" else []
    held = next((h["key"] for h in hold_rows(run) if h["released_us"] is None and thing.id in h["things"]), None)
    places = run.reader.places_of_unit(thing.key)
    ids = run.reader.ids_of([p.carrier for p in places])
    values = [*at_metres(run, spots), *value_rows(run, visits), *map(stated_row, run.reader.observations_of(thing.key))]
    return {
        "run": run.run, "id": thing.id, "kind": thing.kind, "material": thing.material, "title": title(thing.material) if thing.material else thing.kind,
        "made_us": thing.made_us, "made_before": (thing.remark or "").startswith("made before"), "remark": thing.remark, "machine": thing.machine,
        "verdict": "held" if held is not None else verdict, "grade": grade, "held": held, "now": place_now(run, thing, visits),
        "life": [life_row(run, v) for v, _ in visits], "values": values, "web": web_part(run, thing), "amount": thing.amount,
        "carriers": [{"carrier": ids.get(p.carrier), "place": p.place + 1, "from_us": p.from_us, "to_us": p.to_us} for p in places],
        "others": {"same_carrier": max(0, len(run.reader.units_on_carrier(places[-1].carrier, places[-1].from_us)) - 1)} if places and places[-1].from_us else {},
        "findings": [{"kind": f.kind, "source": f.source, "found": f.found, "done": f.done} for f in run.reader.findings(thing=thing.key)],
    }  # fmt: skip


def web_part(run: OpenRun, thing: Thing) -> dict[str, Any] | None:
    """Return what a web is; None for anything else."""
    if thing.kind != "web":
        return None
    maps = run.reader.maps_of_child(thing.key)
    batches = list(dict.fromkeys(c.batch for c in run.reader.charges_of_web(thing.key)))
    ids = run.reader.ids_of([*batches, *(m.parent for m in maps)])
    segment = run.segments.get((thing.machine or "").rpartition("/")[0])
    web = segment.web if segment is not None else None
    return {
        "length_m": thing.amount / 1000.0 if thing.amount else None, "width_mm": web.width_m * 1000.0 if web is not None and web.width_m else None,
        "sides": list(web.sides) if web is not None else [], "lanes": web.lanes if web is not None else None,
        "lane": maps[0].lane + 1 if maps and maps[0].lane is not None else None, "mother": ids.get(maps[0].parent) if maps else None,
        "batches": [ids[b] for b in batches if b in ids], "splices_m": sorted({m.child_lo_mm / 1000.0 for m in maps[1:]}), "made_at": thing.machine,
    }  # fmt: skip


def node(run: OpenRun, key: int, role: str, shown: tuple[int, int]) -> dict[str, Any]:
    """Return one node of the tree; `shown` is how many of its edges (from, into) the answer holds."""
    thing = run.reader.thing(key)
    if thing is None:
        return {"id": f"#{key}", "kind": "unknown", "material": "", "title": "Not recorded", "lines": [], "role": role, "more": {"from": 0, "into": 0}, "at_us": None}
    lines = []
    if thing.kind == "web" and thing.amount:
        lines.append(f"{thing.amount / 1000.0:,.1f} m")
    if thing.machine:
        lines.append(thing.machine)
    if thing.remark:
        lines.append(thing.remark)
    made, into = counts(run.reader, key)
    return {
        "id": thing.id, "kind": thing.kind, "material": thing.material, "title": title(thing.material) if thing.material else thing.kind.capitalize(), "lines": lines,
        "role": role, "more": {"from": max(0, made - shown[0]), "into": max(0, into - shown[1])}, "at_us": thing.made_us,
    }  # fmt: skip


def tree_body(run: OpenRun, thing: Thing, way: str, depth: int, limit: int) -> dict[str, Any]:
    """Return the things around one, step by step outwards, at most `limit` of them."""
    roles = {thing.key: "self"}
    edges: dict[Edge, None] = {}
    cut = False
    wanted = [("made-of", made_of)] if way in ("both", "from") else []
    wanted += [("went-into", went_into)] if way in ("both", "into") else []
    for role, look in wanted:
        rim = [thing.key]
        for _ in range(depth):
            following: list[int] = []
            for key in rim:
                for edge in look(run.reader, key):
                    other = edge.parent if role == "made-of" else edge.child
                    if other not in roles:
                        if len(roles) >= limit:
                            cut = True
                            continue
                        roles[other] = role
                        following.append(other)
                    edges[edge] = None
            rim = following
    for edge in carried_in(run.reader, thing.key, limit) if way == "both" else ():
        other = edge.parent if edge.child == thing.key else edge.child
        if other in roles or len(roles) < limit:
            roles.setdefault(other, "carried-in")
            edges[edge] = None
        else:
            cut = True
    shown = {k: (sum(e.child == k and e.kind not in ("placed", "mount") for e in edges), sum(e.parent == k and e.kind not in ("placed", "mount") for e in edges)) for k in roles}
    nodes = {key: node(run, key, role, shown[key]) for key, role in roles.items()}
    rows = [
        {
            "from": nodes[e.parent]["id"], "to": nodes[e.child]["id"], "basis": e.basis, "kind": e.kind, "share": e.share, "lo_m": e.lo_m, "hi_m": e.hi_m,
            "lane": e.lane if e.kind == "map" else None, "place": e.lane if e.kind == "placed" else None, "input": e.role, "at_us": e.at_us,
        }
        for e in edges
    ]  # fmt: skip
    return {"run": run.run, "id": thing.id, "nodes": list(nodes.values()), "edges": rows, "cut": cut}


@router.get("/runs/{run}/things/{thing_id:path}/tree")
def tree(
    readers: ReadersNow, run: str, thing_id: str, way: Literal["both", "from", "into"] = "both", depth: Annotated[int, Query(ge=1, le=12)] = 1,
    limit: Annotated[int, Query(ge=2, le=2000)] = 60,
) -> Response:  # fmt: skip
    """Answer the tree around a thing."""
    opened = readers.open(run)
    return answer(tree_body(opened, find_thing(opened, thing_id), way, depth, limit))


@router.get("/runs/{run}/things/{thing_id:path}/metres")
def metres(readers: ReadersNow, run: str, thing_id: str, guard_m: float = 0.0) -> Response:
    """Answer where a unit lies on its webs, up to the mothers."""
    opened = readers.open(run)
    spots = spots_of(opened, find_thing(opened, thing_id).key, guard_m)
    return answer({"run": opened.run, "id": thing_id, "webs": [s.body(opened) for s in spots]})


@router.get("/runs/{run}/things/{thing_id:path}")
def one_thing(readers: ReadersNow, run: str, thing_id: str) -> Response:
    """Answer what a thing is."""
    opened = readers.open(run)
    return answer(thing_body(opened, find_thing(opened, thing_id)))
