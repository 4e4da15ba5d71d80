"""Alarms, commands, holds and events of a run (`docs/api.md`, section 6)."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from linewright.ledger.records import Event
from linewright.model.errors import LinewrightError
from linewright.web.alarm_book import by_effect
from linewright.web.answers import AnswerError, answer
from linewright.web.asked import Limit, ReadersNow
from linewright.web.holds import hold_answer
from linewright.web.readers import OpenRun, now_us
from linewright.web.runs import why_not_acting

__all__ = ["alarm_body", "event_row", "router"]

router = APIRouter()
Kept = Literal["active", "new", "acknowledged", "returned", "history"]
THINGS_LIMIT = 10_000


def alarm_body(
    run: OpenRun, *, state: Kept = "active", priority: int | None = None, station: str | None = None, from_us: int | None = None,
    to_us: int | None = None, sort: str = "effect", after: int | None = None, limit: int = 100,
) -> dict[str, Any]:  # fmt: skip
    """Return alarms as `GET …/alarms` answers them."""
    if state == "history":
        found = [a for a in run.alarms.history(after) if (from_us is None or a.raised_us >= from_us) and (to_us is None or a.raised_us < to_us)]
        kept = [a for a in found if priority in (None, a.priority) and station in (None, a.station)]
        part = run.alarms.rows(kept[:limit])
        return {
            "run": run.run,
            "alarms": part,
            "counts": run.alarms.counts(),
            "total": len(kept),
            "next": part[-1]["key"] if len(kept) > limit else None,
        }
    rows = [
        a for a in run.alarms.active() if state in ("active", a["state"]) and priority in (None, a["priority"]) and station in (None, a["station"])
    ]
    rows = by_effect(rows) if sort == "effect" else sorted(rows, key=lambda a: -a["raised_us"])
    first = 0 if after is None else next((i + 1 for i, a in enumerate(rows) if a["key"] == after), 0)
    part = rows[first : first + limit]
    more = first + limit < len(rows)
    return {"run": run.run, "alarms": part, "counts": run.alarms.counts(), "total": len(rows), "next": part[-1]["key"] if more else None}


@router.get("/runs/{run}/alarms")
def alarms(
    readers: ReadersNow, run: str, *, state: Kept = "active", priority: int | None = None, station: str | None = None, from_us: int | None = None,
    to_us: int | None = None, sort: Literal["effect", "time"] = "effect", after: int | None = None, limit: Limit = 100,
) -> Response:  # fmt: skip
    """Answer the alarms that someone should look at, or all that ever were."""
    asked = {
        "state": state,
        "priority": priority,
        "station": station,
        "from_us": from_us,
        "to_us": to_us,
        "sort": sort,
        "after": after,
        "limit": limit,
    }
    return answer(alarm_body(readers.open(run), **asked))  # type: ignore[arg-type] # as they were checked above


def event_row(event: Event) -> dict[str, Any]:
    """Return one event as the page takes it."""
    return {"seq": event.seq, "t_us": event.line_us, "wall_us": event.wall_us, "kind": event.kind, "body": event.body}


@router.get("/runs/{run}/events")
def events(readers: ReadersNow, run: str, kind: str | None = None, after: int = 0, limit: Limit = 100) -> Response:
    """Answer events after a number, in their order."""
    opened = readers.open(run)
    found = opened.reader.events_since(after, kind, limit + 1)
    part = found[:limit]
    return answer({"run": opened.run, "events": [event_row(e) for e in part], "next": part[-1].seq if len(found) > limit else None})


async def command_of(request: Request) -> dict[str, object]:
    """Return the command in a request's body.

    Raises
    ------
    AnswerError
        422 where it is none.
    """
    expected = '{"kind": "acknowledge", "target": {"alarm": 4711}, "request": "…"}'
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise AnswerError(
            415, "A command is sent as JSON.", expected="Content-Type: application/json", came=request.headers.get("content-type", "none")
        )
    try:
        command = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise AnswerError(422, "The command is not JSON.", expected=expected) from None
    if not isinstance(command, dict) or not isinstance(command.get("kind"), str) or not isinstance(command.get("target") or {}, dict):
        raise AnswerError(422, "A command is an object with kind and target.", expected=expected, came=str(command)[:100])
    for name in ("reason", "by", "request"):
        if not isinstance(command.get(name) or "", str) or len(command.get(name) or "") > 1000:
            raise AnswerError(422, f"`{name}` of a command is a text of at most 1000 letters.", came=str(command.get(name))[:100])
    things = (command.get("target") or {}).get("things")
    if things is not None and not (isinstance(things, list) and len(things) <= THINGS_LIMIT):
        raise AnswerError(422, "`things` is a list of ids.", expected=f"at most {THINGS_LIMIT}", step="Hold the rest in a second step.")
    return dict(command)


@router.post("/runs/{run}/commands")
async def commands(request: Request, readers: ReadersNow, run: str, preview: Annotated[bool | None, Query()] = None) -> Response:
    """Tell what a command would do, or put it into the run's mailbox; the answer comes as an event of the ledger."""
    command = await command_of(request)
    opened = readers.open(run)
    is_preview = preview if preview is not None else bool(command.get("preview"))
    box = readers.commands_of(opened)
    if box is None and command["kind"] in {"hold", "release"} and not opened.info.is_written:
        return hold_answer(readers, opened, command, is_preview=is_preview)
    if box is None:
        why = why_not_acting(opened.info)
        if is_preview:
            return answer(
                {"class": "look", "can": False, "why_not": why, "helps": None, "title": "", "button": "", "effect": [], "asks": [], "undo_s": None}
            )
        raise AnswerError(409, "Nothing can be commanded here.", came=str(command["kind"]), step=why)
    command.pop("preview", None)
    try:
        if is_preview:
            return answer(box.preview(command))
        return answer({"request": command.get("request"), "sent_us": now_us(), "command": box.send(command)}, 202)
    except AnswerError:
        raise
    except LinewrightError as error:
        raise AnswerError(409, str(error), came=str(command["kind"])) from error
