"""Runs, their headers, and whether the server is well (`docs/api.md`, section 2)."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from linewright.ledger.disk import free_bytes
from linewright.ledger.ledger import RunInfo
from linewright.web.answers import answer
from linewright.web.asked import ReadersNow
from linewright.web.line import completed
from linewright.web.plant import product_word
from linewright.web.readers import OpenRun, Readers, now_us
from linewright.web.titles import title

__all__ = ["header", "installed_version", "router"]

router = APIRouter()


def header(readers: Readers, run: OpenRun) -> dict[str, Any]:
    """Return a run's header: what the shell of the page shows, and all that it knows of where the data come from."""
    info, plant = run.info, run.plant
    sample = run.sample()
    now = run.now(sample)
    body = completed(run, sample) if sample is not None else {}
    acting = readers.commands_of(run) is not None
    return {
        "run": info.run, "source": info.source, "line": info.name, "title": title(info.name), "level": plant.level if plant else None,
        "emulated": all(s.driver.use == "emulated" for s in plant.segments) if plant is not None else None,
        "about": plant.about if plant else "", "product": plant.product if plant else None, "product_title": title(plant.product) if plant else None,
        "product_word": product_word(plant.product) if plant else "things", "order": body.get("order"),
        "begin_us": info.begin_us, "end_us": info.line_us if info.ended_us is not None else None, "live": info.is_written and info.source == "live",
        "acting": acting, "not_acting_why": None if acting else why_not_acting(info), "outcome": info.outcome,
        "speed": body.get("speed", info.speed if info.speed is not None else "max" if info.source == "live" else None), "seed": info.seed,
        "time_zone": plant.time_zone if plant else "UTC", "plan": info.plan,
        "target_per_min": plant.target_per_s * 60.0 if plant is not None and plant.target_per_s is not None else None,
        "shift": body.get("shift"), "since_us": body.get("since_us"), "state": body.get("state"), "at_us": now.at_us, "age_s": now.age_s,
        "alarms": run.alarms.counts(), "kept": info.kept, "made_before": run.reader.fact("opening") is not None,
    }  # fmt: skip


def why_not_acting(info: RunInfo) -> str:
    """Return why nothing can be commanded."""
    if info.source == "import":
        return "These are imported records; there is no machine behind them."
    if info.source == "twin":
        return "This is a simulation; there is no machine behind it."
    if info.is_written:
        return "This page looks at the ledger only. Act on the page of the process that runs the line."
    return "The run has ended."


def short_header(info: RunInfo) -> dict[str, Any]:
    """Return what a list of runs shows of one."""
    return {
        "run": info.run, "source": info.source, "line": info.name, "title": title(info.name), "begin_us": info.begin_us, "line_us": info.line_us,
        "created_us": info.created_us, "ended_us": info.ended_us, "outcome": info.outcome, "live": info.is_written and info.source == "live",
        "written": info.is_written, "seed": info.seed, "speed": info.speed, "plan": info.plan, "size_bytes": info.size_bytes, "kept": info.kept,
    }  # fmt: skip


@router.get("/runs")
def runs(readers: ReadersNow, line: str | None = None) -> Response:
    """Answer all runs, those that are being written first, then the newest; the first with its whole header."""
    infos = [i for i in readers.infos() if line in (None, i.name)]
    first = [{**short_header(i), **header(readers, readers.open(i.run))} for i in infos[:1]]
    return answer({"runs": first + [short_header(i) for i in infos[1:]]})


@router.get("/runs/{run}")
def one_run(readers: ReadersNow, run: str) -> Response:
    """Answer a run's header."""
    return answer(header(readers, readers.open(run)))


@router.get("/runs/{run}/plant")
def plant(request: Request, readers: ReadersNow, run: str) -> Response:
    """Answer the drawing's data, which does not change within a run."""
    opened = readers.open(run)
    headers = {"ETag": opened.plant_etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == opened.plant_etag:
        return Response(status_code=304, headers=headers)
    return Response(opened.plant_json, 200, headers, "application/json")


@router.get("/runs/{run}/model")
def model(readers: ReadersNow, run: str, *, q: str = "", under: str = "", after: int = 0, limit: int = 500) -> Response:
    """Answer the completed line file, each value with where it came from."""
    opened = readers.open(run)
    asked = q.lower()
    rows = [o for o in opened.origins if o.path.startswith(under) and (asked in o.path.lower() or asked in o.text.lower())]
    part = rows[after : after + max(1, min(limit, 2000))]
    entries = [{"path": o.path, "text": o.text, "file": o.file, "line": o.line, "mark": o.mark, "source": o.source} for o in part]
    end = after + len(part)
    return answer(
        {
            "run": opened.run,
            "entries": entries,
            "total": len(rows),
            "next": end if end < len(rows) else None,
            "text": opened.reader.plan_text() if not after else None,
        }
    )


def installed_version() -> str:
    """Return the version of Linewright that serves."""
    try:
        return version("linewright")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "source"


@router.get("/health")
def health(request: Request, readers: ReadersNow) -> Response:
    """Answer whether the server can do its work."""
    pages = request.app.state.pages
    infos = readers.infos()
    return answer({
        "ok": True, "version": installed_version(), "ledger": {"path": readers.ledger.where, "runs": len(infos),
        "free_bytes": free_bytes(readers.ledger.folder)},
        "live": readers.live_run(), "page": {"built": pages.is_built, "files": pages.count()}, "now_us": now_us(),
    })  # fmt: skip
