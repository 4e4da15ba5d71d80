"""What channels drew of a unit: one curve a visit (`docs/api.md`, section 8)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from linewright.genealogy.curves_told import curves_of, why_no_curve
from linewright.genealogy.tree import Curve, CurveLine
from linewright.ledger.records import Thing
from linewright.web.asked import ReadersNow
from linewright.web.plant import unit_text
from linewright.web.readers import OpenRun
from linewright.web.remade import remade
from linewright.web.spots import source_of
from linewright.web.things import find_thing, machine_number
from linewright.web.titles import title

__all__ = ["curves_body", "router"]

router = APIRouter()


def curve_row(run: OpenRun, curve: Curve) -> dict[str, Any]:
    """Return one curve: its points, and what went in and out."""
    entry = run.entries.get(curve.step)
    return {
        "step": curve.step, "title": entry["title"] if entry else title(curve.step), "machine": machine_number(curve.machine),
        "carrier": curve.carrier, "place": curve.place, "start_us": curve.start_us, "done_us": curve.done_us,
        "source": source_of(run, curve), "t_s": curve.times_s, "lines": [line_row(line) for line in curve.lines],
    }  # fmt: skip


def line_row(line: CurveLine) -> dict[str, Any]:
    """Return one line of a curve; the last decimal that is stored is finer than the meter, so it is not printed."""
    total = None if line.total_unit is None else {"in": line.total_in, "out": line.total_out, "unit": unit_text(line.total_unit)}
    return {
        "name": line.name, "title": title(line.name), "unit": unit_text(line.unit), "decimals": max(0, line.decimals - 1), "values": line.values,
        "total": total,
    }  # fmt: skip


def curves_body(run: OpenRun, thing: Thing) -> dict[str, Any]:
    """Return the curves of a unit in order of time; `why_none` tells why there is none of one that a channel has had."""
    curves = curves_of(run.records, thing)
    return {
        "run": run.run, "id": thing.id, "curves": [curve_row(run, c) for c in curves],
        "why_none": None if curves else why_no_curve(run.records, thing),
    }  # fmt: skip


@router.get("/runs/{run}/things/{thing_id:path}/curves")
def curves(readers: ReadersNow, run: str, thing_id: str) -> Response:
    """Answer what channels drew of a unit."""
    opened = readers.open(run)
    return remade(opened, lambda: curves_body(opened, find_thing(opened, thing_id)))
