"""What bad units share: questions that can be asked of a run, and their answers (`docs/api.md`, section 8)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from linewright.causes.explain import LAST, explain
from linewright.causes.query import QueryError
from linewright.causes.told import to_json
from linewright.web.answers import AnswerError, answer
from linewright.web.asked import ReadersNow
from linewright.web.readers import OpenRun
from linewright.web.remade import remade
from linewright.web.titles import title

__all__ = ["questions_body", "router"]

router = APIRouter()


def questions_body(run: OpenRun) -> dict[str, Any]:
    """Return what can be asked of a run with one click: stations that refuse or grade, grades but the first, values with a window."""
    rows: list[dict[str, str]] = []
    stations = [s["path"] for s in run.reader.fact("stations") or []]
    for path in stations:
        segment = run.segments.get(path)
        if segment is not None and (segment.gate is not None or segment.grades):
            rows.append({"bad": f"failed@{path}", "title": f"Refused at {title(path)}", "kind": "failed"})
    given = set(run.reader.names("grade").values())
    grades = [g.name for path in stations if (s := run.segments.get(path)) is not None for g in s.grades]
    rows += [{"bad": f"grade={g}", "title": f"Grade {g}", "kind": "grade"} for g in dict.fromkeys(grades[1:]) if g in given]
    measured: dict[str, list[str]] = {}
    for step, layout in run.reader.layouts().values():
        if step in stations:
            for name, window in zip(layout.characteristics, layout.windows, strict=True):
                if window[0] is not None or window[2] is not None:
                    measured.setdefault(name, []).append(step)
    for name, steps in measured.items():
        for step in steps:
            text = name if len(steps) == 1 else f"{name}@{step}"
            where = f" at {title(step)}" if len(steps) > 1 else ""
            rows.append({"bad": f"{text} outside", "title": f"{title(name)}{where} outside its window", "kind": "value"})
    return {"run": run.run, "questions": rows}


@router.get("/runs/{run}/explain/questions")
def questions(readers: ReadersNow, run: str) -> Response:
    """Answer what can be asked."""
    return answer(questions_body(readers.open(run)))


@router.get("/runs/{run}/explain")
def explained(
    readers: ReadersNow,
    run: str,
    bad: Annotated[str, Query(min_length=1, max_length=200)],
    good: Annotated[str | None, Query(max_length=200)] = None,
    last: Annotated[int, Query(ge=10, le=200_000)] = LAST,
) -> Response:
    """Answer what bad units share that good ones do not."""
    opened = readers.open(run)
    try:
        return remade(opened, lambda: to_json(explain(opened.reader, bad, good, last=last, are_files=False)))
    except QueryError as error:
        raise AnswerError(400, str(error).removeprefix("--bad ").removeprefix("--good ")) from error
