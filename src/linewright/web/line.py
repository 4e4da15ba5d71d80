"""The line as it is: the newest sample, completed by what the plant says, and figures over time (`docs/api.md`, section 4)."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from linewright.ledger.records import Sample
from linewright.web.answers import AnswerError, answer
from linewright.web.asked import ReadersNow, spread
from linewright.web.plant import unit_text
from linewright.web.readers import OpenRun
from linewright.web.shifts import shift_at

__all__ = ["completed", "line_body", "router", "since_us"]

router = APIRouter()
FIGURES = ("good", "rate", "oee", "fpy", "energy", "bottleneck", "wip")
OF_STATION = ("made", "rate", "queue", "scrap", "inside")


def since_us(run: OpenRun, sample: Sample | None, body: dict[str, Any] | None = None) -> int:
    """Return where "since 14:00" begins: what the sample says, else the shift's begin or the run's, whichever is later."""
    if body is not None and isinstance(body.get("since_us"), int):
        return int(body["since_us"])
    at = sample.line_us if sample is not None else run.info.line_us or run.info.begin_us
    shift = shift_at(run.plant, at) if run.plant is not None else None
    return max(run.info.begin_us, shift.begin_us) if shift is not None else run.info.begin_us


def completed(run: OpenRun, sample: Sample) -> dict[str, Any]:
    """Return a sample's body with what follows from the plant: flow in products, shift, begin of the figures."""
    body: dict[str, Any] = json.loads(sample.body)
    body.setdefault("since_us", since_us(run, sample))
    if body.get("shift") is None and run.plant is not None:
        shift = shift_at(run.plant, sample.line_us)
        body["shift"] = None if shift is None else {"name": shift.name, "plan": shift.plan, "begin_us": shift.begin_us, "end_us": shift.end_us}
    for path, station in (body.get("stations") or {}).items():
        if not isinstance(station, dict):
            continue
        per_item = run.entries.get(path, {}).get("products_per_item")
        rate = station.get("rate_per_min")
        key = station.get("key")
        if isinstance(key, dict) and isinstance(key.get("unit"), str):
            key["unit"] = unit_text(key["unit"])
        if isinstance(key, dict) and key.get("decimals") is None:
            entry = run.entries.get(path, {})
            known = (x["decimals"] for x in (*entry.get("signals", ()), *entry.get("measures", ())) if x["name"] == key.get("name"))
            key["decimals"] = next(known, None)
        if station.get("flow_per_min") is None:
            station["flow_per_min"] = rate * per_item if rate is not None and per_item is not None else None
    return body


def line_body(run: OpenRun, at_us: int | None = None) -> dict[str, Any]:
    """Return the answer of `GET …/line`; `sample` is null where the run has none yet."""
    sample = run.sample(at_us)
    now = run.now(sample)
    body = completed(run, sample) if sample is not None else None
    return {
        "run": run.run, "at_us": now.at_us, "age_s": now.age_s, "seq": sample.seq if sample else None, "wall_us": sample.wall_us if sample else None,
        "sample": body, "alarms": run.alarms.needing_someone(8) if at_us is None else run.alarms.active_at(now.at_us or 0, 8),
    }  # fmt: skip


def figure_of(body: dict[str, Any], figure: str) -> float | None:
    """Return one number of a sample; None where it is not there."""
    name, _, station = figure.partition(":")
    found: Any
    if station:
        part = (body.get("stations") or {}).get(station) or {}
        if name == "queue":
            counts = [q.get("count") for q in part.get("queue") or ()]
            found = sum(c for c in counts if c is not None) if counts else None
        else:
            found = part.get("rate_per_min" if name == "rate" else name)
    else:
        part = (body.get("figures") or {}).get(name) or {}
        found = part.get({"energy": "kwh_per_kwh", "bottleneck": "share"}.get(name, "value"))
    return float(found) if isinstance(found, int | float) else None


@router.get("/runs/{run}/line")
def line(readers: ReadersNow, run: str, at_us: int | None = None) -> Response:
    """Answer the newest line sample, or the one that held at a line time."""
    return answer(line_body(readers.open(run), at_us))


@router.get("/runs/{run}/line/spark")
def spark(
    readers: ReadersNow,
    run: str,
    figure: str,
    *,
    from_us: int | None = None,
    to_us: int | None = None,
    pixels: Annotated[int, Query(ge=2, le=500)] = 60,
) -> Response:
    """Answer one figure, or several with commas between, over time: one sample a pixel."""
    opened = readers.open(run)
    wanted = [f for f in figure.split(",") if f]
    for f in wanted:
        name, _, station = f.partition(":")
        if name not in (OF_STATION if station else FIGURES):
            raise AnswerError(400, f"{f} is no figure.", expected=", ".join((*FIGURES, *(f"{n}:STATION" for n in OF_STATION))), came=f)
        if station:
            opened.segment(station)
    begin, end = spread(opened, from_us, to_us)
    samples = opened.reader.samples_between(begin, end, pixels)
    bodies = [json.loads(s.body) for s in samples]
    rows = {f: [figure_of(body, f) for body in bodies] for f in wanted}
    first = rows[wanted[0]] if wanted else []
    return answer({"run": opened.run, "from_us": begin, "to_us": end, "t_us": [s.line_us for s in samples], "value": first, "figures": rows})
