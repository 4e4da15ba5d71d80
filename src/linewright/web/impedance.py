"""Impedance: stacks that a run's stations measured, one of them from its waveform, and files of spectra (`docs/api.md`, section 12)."""

from __future__ import annotations

import math
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from linewright.exchange.impedance.kept import KeptSpectra, SpectraFolder
from linewright.exchange.impedance.recipe_file import shipped_recipes
from linewright.exchange.impedance.station import impedance_stations
from linewright.genealogy.life import VERDICTS
from linewright.web.answers import AnswerError, answer
from linewright.web.asked import ReadersNow
from linewright.web.impedance_work import Analyses, Asked, Work
from linewright.web.plant import measure_entry
from linewright.web.readers import OpenRun, Readers

__all__ = ["router"]

router = APIRouter()
#: So long an answer waits for the end of an analysis before it says how far that is [s].
WAIT_S = 0.4


def analyses_of(connection: HTTPConnection) -> Analyses:
    """Return the analyses of this server."""
    found: Analyses = connection.app.state.analyses
    return found


AnalysesNow = Annotated[Analyses, Depends(analyses_of)]
Many = Annotated[int, Query(ge=1, le=1000)]


@router.get("/runs/{run}/impedance")
def stacks(readers: ReadersNow, run: str, n: Many = 200) -> Response:
    """Answer the stations of a run that measure impedance, and the newest stacks that each has measured."""
    opened = readers.open(run)
    segments = impedance_stations(opened.plant) if opened.plant is not None else ()
    stations = [{"path": s.path, "measures": [measure_entry(m) for m in s.measures], "is_emulated": s.driver.use == "emulated"} for s in segments]
    rows = [row for s in segments for row in newest(opened, s.path, n)]
    rows.sort(key=lambda row: -(row["t_us"] or 0))
    return answer({"run": opened.run, "stations": stations, "stacks": rows[:n], "kept": opened.info.kept})


def newest(run: OpenRun, station: str, n: int) -> list[dict[str, Any]]:
    """Return the newest stacks of a station: verdict and values in the shown unit."""
    reader = run.reader
    found = reader.rows(
        "SELECT unit, ifnull(done_us, out_us), verdict, layout, vals FROM visit WHERE step = ? AND vals IS NOT NULL ORDER BY rowid DESC LIMIT ?",
        [reader.number("step", station), n],
    )
    rows: list[tuple[int, int | None, int | None, dict[str, float | None]]] = []
    for unit, at, verdict, number, vals in found:
        layout = reader.layout(number)
        if layout is None:
            continue
        shown = [(x - o) / s for x, o, s in zip(layout.values(vals)[:, 0].tolist(), layout.offsets, layout.scales, strict=True)]
        known = (x if math.isfinite(x) else None for x in shown)
        rows.append((unit, at, verdict, dict(zip(layout.characteristics, known, strict=True))))
    ids = reader.ids_of([row[0] for row in rows])
    return [
        {"unit": ids.get(unit), "station": station, "t_us": at, "verdict": None if verdict is None else VERDICTS[verdict], "values": values}
        for unit, at, verdict, values in rows
    ]


@router.get("/runs/{run}/impedance/{unit}")
def stack(readers: ReadersNow, analyses: AnalysesNow, run: str, unit: str) -> Response:
    """Answer what the waveform of a stack tells; while it is made, how far that is."""
    opened = readers.open(run)
    if opened.plant is None or not impedance_stations(opened.plant):
        raise AnswerError(404, f"No station of {opened.run} measures impedance.", step="A station that says `use: impedance-meter` does.")
    if opened.key_of(unit) is None:
        raise AnswerError(404, f"There is no {unit} in {opened.run}.", came=unit, step="Find lists what there is.")
    key = Asked(getattr(readers.ledger, "url", "") or str(readers.ledger.folder.absolute()), opened.run, unit)
    work = analyses.of(key, WAIT_S)
    if work.error and opened.info.ended_us is None:
        analyses.forget(key)  # a live line goes on: the stack may be measured by now
    return told(work)


def told(work: Work) -> Response:
    """Answer an analysis, or how far it is. Raises AnswerError."""
    if work.error:
        first, _, rest = work.error.partition("\n")
        raise AnswerError(422, first, step=rest.strip())
    return answer({"state": "done" if work.body is not None else "working", "share": work.share, "shown": work.body})


# ---- files of spectra, kept in the ledger's folder


def folder_of(readers: Readers) -> SpectraFolder:
    """Return where files of spectra are kept."""
    return SpectraFolder(readers.ledger.folder)


@router.get("/impedance")
def files(readers: ReadersNow) -> Response:
    """Answer the kept files, newest first, and the recipes that one can be judged by."""
    return answer({"files": [each.to_json() for each in folder_of(readers).all()], "recipes": list(shipped_recipes())})


@router.post("/impedance")
async def keep(request: Request, readers: ReadersNow, name: str = "") -> Response:
    """Keep a file of spectra that is sent as it is (`application/octet-stream`)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/octet-stream":
        raise AnswerError(415, "A file of spectra is sent as its bytes.", expected="Content-Type: application/octet-stream", came=kind or "none")
    if not name.strip():
        raise AnswerError(400, "The file has no name.", expected="?name=cell.DTA")
    data = await request.body()
    if not data:
        raise AnswerError(422, f"{name} is empty.", step="Send a file of spectra; docs/eis-stack.md lists the formats.")
    found = await run_in_threadpool(folder_of(readers).keep, name, data)
    return answer(found.to_json(), 201)


@router.get("/impedance/{number}")
def file(readers: ReadersNow, analyses: AnalysesNow, number: str, recipe: str = "") -> Response:
    """Answer what is found of a kept file; while it is analysed, that it is."""
    kept = known(readers, number)
    if recipe and recipe not in shipped_recipes():
        raise AnswerError(404, f"There is no recipe {recipe}.", expected=", ".join(shipped_recipes()), came=recipe)
    asked = Asked(str(readers.ledger.folder), file=str(kept.file.absolute()), recipe=recipe, mark=str(kept.created_us))
    return told(analyses.of(asked, WAIT_S))


@router.delete("/impedance/{number}")
def delete(readers: ReadersNow, number: str) -> Response:
    """Take a kept file away."""
    known(readers, number)
    folder_of(readers).delete(number)
    return answer({"deleted": number})


def known(readers: Readers, number: str) -> KeptSpectra:
    """Return a kept file. Raises AnswerError."""
    found = folder_of(readers).find(number)
    if found is None:
        raise AnswerError(404, f"No file of spectra {number} is kept.", came=number, step="The list of Impedance shows those that are.")
    return found
