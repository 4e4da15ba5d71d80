"""Experiments over the twin: begin, watch, stop, open, compare, delete (`docs/api.md`, section 11)."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, Response

from linewright.library.catalogue import installed_libraries
from linewright.web.answers import AnswerError, answer, error_body
from linewright.web.asked import ReadersNow
from linewright.web.experiment_asked import QuestionError, ReadQuestion, command_of, question_of, read_question
from linewright.web.experiment_queue import Experiments
from linewright.web.readers import Readers
from linewright.web.topics import Table

__all__ = ["experiments_topic", "router"]

router = APIRouter(prefix="/experiments")
LISTED = 500


def experiments_of(connection: HTTPConnection) -> Experiments:
    """Return the experiments of this server."""
    found: Experiments = connection.app.state.experiments
    return found


ExperimentsNow = Annotated[Experiments, Depends(experiments_of)]
CaseNumber = Annotated[int, Query(ge=0, le=100_000)]


def list_body(experiments: Experiments) -> dict[str, Any]:
    """Return the list, newest first."""
    rows = experiments.rows()
    return {"experiments": rows[:LISTED], "total": len(rows)}


def experiments_topic(experiments: Experiments) -> Table:
    """Return the list as a topic of the stream: sent whole when something changed, progress too."""
    return Table("experiments", lambda: list_body(experiments), experiments.mark, 0.3, on_change=False)


@router.get("")
def listed(experiments: ExperimentsNow) -> Response:
    """Answer all experiments, without their findings, and the lines of the library that one can begin from."""
    return answer({**list_body(experiments), "lines": installed_libraries().names("line")})


@router.post("")
async def begin(request: Request, readers: ReadersNow, experiments: ExperimentsNow) -> Response:
    """Begin an experiment, or (`preview`) tell what it would be and do nothing; every fault at once."""
    body = await body_of(request)
    try:
        return await run_in_threadpool(begun, body, readers, experiments)
    except QuestionError as error:
        count = len(error.faults)
        fault = AnswerError(422, f"The experiment cannot begin: {count} fault{'s' if count > 1 else ''}.", step="Mend them, then start it again.")
        return answer({**error_body(fault), "faults": list(error.faults)}, 422)


def begun(body: dict[str, Any], readers: Readers, experiments: Experiments) -> Response:
    """Read a question and put it in the queue, unless it is asked as a preview."""
    read = read_question(question_of(body), readers)
    if body.get("preview"):
        return answer(preview_of(read))
    return answer(experiments.begin(read), 202)


def preview_of(read: ReadQuestion) -> dict[str, Any]:
    """Return what an experiment would be."""
    e = read.experiment
    return {
        "line": e.name, "cases": [case.label for case in e.cases], "replications": e.replications,
        "batches": e.batches if e.replications == 1 else None, "until_s": e.until_s, "warm_up_s": e.warm_up_s, "seed": e.seed,
        "confidence": e.confidence, "command": command_of(read), "has_file": read.line is not None,
    }  # fmt: skip


@router.get("/{experiment}")
def opened(experiments: ExperimentsNow, experiment: str, *, stations: bool = False) -> Response:
    """Answer one with its findings; figures of stations only where they are asked for."""
    body = experiments.open(experiment)
    findings = body.get("findings")
    if findings is not None and not stations:
        cases = [{**case, **{part: of_the_line(case[part]) for part in ("figures", "differences")}} for case in findings["cases"]]
        findings = {**findings, "figures": [f for f in findings["figures"] if "." not in f["name"]], "cases": cases}
    return answer({**body, "findings": findings})


def of_the_line(figures: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of the line alone, without those of its stations."""
    return {name: value for name, value in figures.items() if "." not in name}


@router.get("/{experiment}/report")
def report(experiments: ExperimentsNow, experiment: str) -> Response:
    """Answer the report as a page."""
    experiments.open(experiment)
    path = experiments.files.report_path(experiment)
    if not path.is_file():
        raise AnswerError(404, f"Experiment {experiment} has no report.", step="It has one when a replication of it was whole.")
    return FileResponse(path, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})


@router.get("/{experiment}/against/{other}")
def against(experiments: ExperimentsNow, experiment: str, other: str, *, case: CaseNumber = 0, other_case: CaseNumber = 0) -> Response:
    """Answer a case of one experiment beside a case of another, in the figures that both have."""
    from linewright.tuning.kept import compared  # noqa: PLC0415 - a server that only looks need not load the twin

    found = [kept_case(experiments, name, number) for name, number in ((experiment, case), (other, other_case))]
    return answer({"one": experiment, "other": other, **compared(found[0], case, found[1], other_case)})


def kept_case(experiments: Experiments, experiment: str, case: int) -> dict[str, Any]:
    """Return the findings of an experiment that has such a case. Raises AnswerError."""
    findings: dict[str, Any] | None = experiments.open(experiment).get("findings")
    if findings is None:
        raise AnswerError(409, f"Experiment {experiment} has no findings.", step="Wait until it has ended, or take another one.")
    if case >= len(findings["cases"]):
        raise AnswerError(404, f"Experiment {experiment} has no case {case}.", expected=f"0 to {len(findings['cases']) - 1}", came=str(case))
    return findings


@router.post("/{experiment}/stop")
def stop(experiments: ExperimentsNow, experiment: str) -> Response:
    """End one that waits or runs."""
    return answer(experiments.stop(experiment), 202)


@router.delete("/{experiment}")
def delete(experiments: ExperimentsNow, experiment: str) -> Response:
    """Take one away."""
    experiments.delete(experiment)
    return answer({"deleted": experiment})


async def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object that was sent. Raises AnswerError."""
    expected = '{"line": "four-stations", "versus": ["wind.count=2"], "until": "1 day", "replications": 10}'
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip() != "application/json":
        raise AnswerError(415, "An experiment is sent as JSON.", expected="Content-Type: application/json", came=kind or "none")
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise AnswerError(422, "The experiment is not JSON.", expected=expected) from None
    if not isinstance(body, dict):
        raise AnswerError(422, "An experiment is an object.", expected=expected, came=str(body)[:100])
    return body
