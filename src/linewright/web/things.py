"""A thing: what it is, its life, its values, its tree (`docs/api.md`, section 8)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from linewright.genealogy.contents import contents_of
from linewright.genealogy.extent import length_of
from linewright.genealogy.holds import holding
from linewright.genealogy.life import dated, life_of, places_of, values_of
from linewright.genealogy.told import told_of
from linewright.genealogy.tree import Place, Step, Value
from linewright.ledger.records import Thing
from linewright.web.answers import AnswerError, answer
from linewright.web.asked import ReadersNow
from linewright.web.plant import decimals_of, unit_text
from linewright.web.readers import OpenRun
from linewright.web.remade import remade
from linewright.web.search import nearest_ids
from linewright.web.spots import at_metres, source_of, spots_of
from linewright.web.titles import thing_title, title
from linewright.web.trees import tree_body

__all__ = ["find_thing", "machine_number", "router", "thing_body", "web_part"]

router = APIRouter()
LOST = frozenset({"scrap", "reject", "false reject", "late", "chance", "lost"})
BEFORE = "made before"


def find_thing(run: OpenRun, thing_id: str) -> Thing:
    """Return a thing by its id.

    Raises
    ------
    AnswerError
        404 with the nearest ids.
    """
    key = run.key_of(thing_id)
    thing = run.records.thing(key) if key is not None else None
    if thing is None:
        near = nearest_ids(run, thing_id)
        what = f"Nothing is called {thing_id} in this run."
        raise AnswerError(404, what, expected="an id", came=thing_id, nearest=near, step="Search takes a part of an id too.")
    return thing


def machine_number(machine: str | None) -> int | None:
    """Return the number in a machine's name; None without one."""
    tail = (machine or "").rpartition("/")[2]
    return int(tail) if tail.isdigit() else None


def life_row(run: OpenRun, step: Step) -> dict[str, Any]:
    """Return one step of a life line."""
    entry = run.entries.get(step.step)
    return {
        "step": step.step, "title": entry["title"] if entry else title(step.step) if run.plant else step.step,
        "machine": machine_number(step.machine),
        "tool": step.tool, "in_us": step.in_us, "start_us": step.start_us, "done_us": step.done_us, "out_us": step.out_us, "verdict": step.verdict,
        "grade": step.grade, "carrier": step.carrier, "place": step.place,
    }  # fmt: skip


def value_row(run: OpenRun, v: Value) -> dict[str, Any]:
    """Return one measured value; one without a window or a step of resolution is shown as it is."""
    segment = run.segments.get(v.step or "")
    m = next((x for x in segment.measures if x.name == v.characteristic), None) if segment is not None else None
    name = title(v.characteristic) if v.source != "stated" else v.characteristic
    return {
        "characteristic": v.characteristic, "title": f"{name}, side {v.side}" if v.side else name, "step": v.step,
        "machine": machine_number(v.machine),
        "value": v.value if v.value is not None else v.text, "unit": unit_text(v.unit), "decimals": decimals_of(m.resolution, m.unit) if m else None,
        "lower": v.lower, "target": v.target, "upper": v.upper, "low": v.low, "high": v.high, "count": v.count, "at_us": v.at_us,
        "source": source_of(run, v), "literal": v.literal, "stated": v.stated, "remark": v.remark, "side": v.side, "lane": v.lane,
    }  # fmt: skip


def standing(run: OpenRun, thing: Thing, life: tuple[Step, ...]) -> tuple[str | None, str | None]:
    """Return verdict and grade of a unit as far as its visits tell."""
    grade = next((s.grade for s in reversed(life) if s.grade), None)
    if thing.kind != "unit" or run.plant is None:
        return None, grade
    if any(s.verdict in LOST for s in life):
        return "scrapped", grade
    last = run.segments.get(life[-1].step) if life else None
    is_out = last is not None and any(t.station == "out" for t in last.to)
    return ("good" if is_out else "in-process"), grade


def place_now(run: OpenRun, life: tuple[Step, ...], places: tuple[Place, ...]) -> dict[str, Any] | None:
    """Return where a thing is: behind its last visit, before it was seen to leave the next station; None where nothing tells."""
    lying = next((p for p in reversed(places) if p.to_us is None), None)
    body: dict[str, Any] = {
        "text": None, "station": None, "machine": None, "carrier": lying.carrier if lying else None, "place": lying.place if lying else None,
        "since_us": lying.from_us if lying else None,
    }  # fmt: skip
    if not life:
        return body if lying else None
    last = life[-1]
    segment = run.segments.get(last.step)
    body["since_us"] = last.out_us or body["since_us"]
    if last.verdict in LOST:
        return body | {"text": f"scrapped at {title(last.step)}", "station": last.step}
    if segment is None:
        return body | {"text": last.step, "station": last.step}
    if last.out_us is None and last.start_us is not None:  # a stay of the stock that has not ended
        return body | {"text": f"at {title(last.step)}", "station": last.step, "since_us": last.start_us}
    targets = [t.station for t in segment.to if t.grade in (None, last.grade)]
    if "out" in targets:
        return body | {"text": "left the line", "station": last.step}
    return body | {"text": f"at {title(targets[0])}" if targets else title(last.step), "station": targets[0] if targets else last.step}


def thing_body(run: OpenRun, thing: Thing) -> dict[str, Any]:
    """Return what a thing is, what happened to it, what was measured of it."""
    thing = dated(run.reader, thing)
    life, places = life_of(run.records, thing), places_of(run.records, thing)
    verdict, grade = standing(run, thing, life)
    held = next((h.key for h in holding(run.records, thing)), None)
    along = at_metres(run, spots_of(run, thing.key)) if thing.kind == "unit" else []
    values = [*along, *(value_row(run, v) for v in values_of(run.records, thing, None, None, None))]
    return {
        "run": run.run, "id": thing.id, "kind": thing.kind, "material": thing.material,
        "title": thing_title(thing.kind, thing.material),
        "made_us": thing.made_us, "made_before": run.records.is_before(thing.key) or (thing.remark or "").startswith(BEFORE), "remark": thing.remark,
        "machine": thing.machine, "verdict": "held" if held is not None else verdict, "grade": grade, "held": held,
        "now": place_now(run, life, places), "life": [life_row(run, s) for s in life], "values": values, "web": web_part(run, thing),
        "amount": thing.amount,
        "carriers": [{"carrier": p.carrier, "place": p.place, "from_us": p.from_us, "to_us": p.to_us} for p in places], "others": others(run, places),
        "findings": [{"kind": f.kind, "source": f.source, "found": f.found, "done": f.done} for f in run.reader.findings(thing=thing.key)],
    }  # fmt: skip


def others(run: OpenRun, places: tuple[Place, ...]) -> dict[str, int]:
    """Return how many others lay on the last carrier with a unit."""
    key = run.key_of(places[-1].carrier) if places else None
    if key is None:
        return {}
    since = places[-1].from_us
    if since is None:
        return {"same_carrier": max(0, sum(n for _, n in run.reader.in_ranges_of(key)) - 1)}
    # The others were put on before and after it; all of one filling overlap a moment before it is taken off.
    until = places[-1].to_us
    moment = until - 1 if until is not None else run.line_us()
    return {"same_carrier": max(0, len(run.reader.units_on_carrier(key, moment)) - 1)}


def web_part(run: OpenRun, thing: Thing) -> dict[str, Any] | None:
    """Return what a web is; None for anything else."""
    if thing.kind != "web":
        return None
    records = run.records
    maps = records.maps_of_child(thing.key)
    batches = list(dict.fromkeys(c.batch for c in records.charges_of_web(thing.key)))
    segment = run.segments.get((thing.machine or "").rpartition("/")[0])
    web = segment.web if segment is not None else None
    lanes = max((m.lane + 1 for m in records.maps_on_parent(thing.key) if m.lane is not None), default=None)
    length = length_of(records, thing)
    return {
        "length_m": length / 1000.0 if length else None, "width_mm": web.width_m * 1000.0 if web is not None and web.width_m else None,
        "sides": list(web.sides) if web is not None else [], "lanes": lanes, "lane": maps[0].lane + 1 if maps and maps[0].lane is not None else None,
        "mother": records.id_of(maps[0].parent) if maps else None, "batches": [records.id_of(b) for b in batches],
        "splices_m": sorted({m.child_lo_mm / 1000.0 for m in maps[1:]}), "made_at": thing.machine,
    }  # fmt: skip


@router.get("/runs/{run}/things/{thing_id:path}/tree")
def tree(
    readers: ReadersNow,
    run: str,
    thing_id: str,
    *,
    way: Literal["both", "from", "into"] = "both",
    depth: Annotated[int, Query(ge=1, le=12)] = 1,
    limit: Annotated[int, Query(ge=2, le=2000)] = 60,
) -> Response:
    """Answer the tree around a thing."""
    opened = readers.open(run)
    return remade(opened, lambda: tree_body(opened, find_thing(opened, thing_id), way, depth, limit))


def told_body(run: OpenRun, thing: Thing) -> dict[str, Any]:
    """Return what an import tells of a thing and of all it came from, by section; no sections where nothing was imported."""
    told = told_of(run.records, thing.key)
    if told is None:
        return {"run": run.run, "id": thing.id, "ancestors": None, "stated": None, "absent": None, "sections": []}
    sections = [
        {"title": s.title, "rows": [
            value_row(run, r.value) | {"thing": r.thing, "kind": r.kind, "sides": list(r.sides), "basis": r.basis, "rules": list(r.rules)}
            for r in s.rows
        ]}
        for s in told.sections
    ]  # fmt: skip
    return {"run": run.run, "id": thing.id, "ancestors": told.ancestors, "stated": told.stated, "absent": told.absent, "sections": sections}


@router.get("/runs/{run}/things/{thing_id:path}/told")
def told(readers: ReadersNow, run: str, thing_id: str) -> Response:
    """Answer what an import tells of a thing: sheets, filling, drying, formation."""
    opened = readers.open(run)
    return answer(told_body(opened, find_thing(opened, thing_id)))


@router.get("/runs/{run}/things/{thing_id:path}/contents")
def contents(readers: ReadersNow, run: str, thing_id: str) -> Response:
    """Answer what lies and lay on a carrier, filling after filling, newest first."""
    opened = readers.open(run)

    def body() -> dict[str, Any]:
        thing = find_thing(opened, thing_id)
        fillings = [
            {
                "material": f.material, "first": f.first, "last": f.last, "count": f.count, "left": f.left, "from_us": f.from_us, "to_us": f.to_us,
                "units": [{"id": u.unit, "place": u.place, "to_us": u.to_us} for u in f.units],
            }
            for f in reversed(contents_of(opened.records, thing))
        ]  # fmt: skip
        return {"run": opened.run, "id": thing.id, "fillings": fillings}

    return remade(opened, body)


@router.get("/runs/{run}/things/{thing_id:path}/metres")
def metres(readers: ReadersNow, run: str, thing_id: str, guard_m: float = 0.0) -> Response:
    """Answer where a unit lies on its webs, up to the mothers."""
    opened = readers.open(run)

    def body() -> dict[str, Any]:
        spots = spots_of(opened, find_thing(opened, thing_id).key, guard_m)
        return {"run": opened.run, "id": thing_id, "webs": [s.body(opened) for s in spots]}

    return remade(opened, body)


@router.get("/runs/{run}/things/{thing_id:path}")
def one_thing(readers: ReadersNow, run: str, thing_id: str) -> Response:
    """Answer what a thing is."""
    opened = readers.open(run)
    return remade(opened, lambda: thing_body(opened, find_thing(opened, thing_id)))
