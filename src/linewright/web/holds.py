"""Holds: what is held, by whom, what that covers now; and holding in a run that nobody writes (`docs/api.md`, section 6)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from linewright.control.holds import UNDO_S, HeldSpan, Hold, body_of, check_release
from linewright.genealogy.hold_acts import put_on_hold, release
from linewright.genealogy.holds import HeldNow, holds_of, reach_of
from linewright.ledger.writer import now_us
from linewright.model.errors import LinewrightError
from linewright.web.answers import AnswerError, answer
from linewright.web.asked import Limit, ReadersNow
from linewright.web.readers import OpenRun, Readers
from linewright.web.remade import remade

__all__ = ["hold_answer", "hold_row", "router"]

router = APIRouter()
#: Ids of a hold that a list names.
NAMED = 100


def hold_row(hold: Hold) -> dict[str, Any]:
    """Return a hold as the page takes it."""
    return {
        "key": hold.key, "things": list(hold.things[:NAMED]), "count": len(hold.things), "spans": [s.body() for s in hold.spans],
        "reason": hold.reason, "by": hold.by, "verified": False, "at_us": hold.at_us,
        "released_us": hold.released_us, "released_by": hold.released_by,
        "release_reason": hold.release_reason, "undone": hold.is_undone,
    }  # fmt: skip


def covered(run: OpenRun, now: HeldNow) -> dict[str, Any]:
    """Return what a hold covers now: how many units, and the packs that may not leave because of it."""
    names = run.records.ids_of([*list(now.units)[:NAMED], *sorted(now.wholes)[:NAMED]])
    return {
        "units": len(now.units), "certain": sum(now.units.values()), "first": [names[k] for k in list(now.units)[:NAMED]],
        "wholes": [names[k] for k in sorted(now.wholes)[:NAMED]], "wholes_total": len(now.wholes),
    }  # fmt: skip


@router.get("/runs/{run}/holds")
def holds(readers: ReadersNow, run: str, *, open: bool = False, after: int | None = None, limit: Limit = 100) -> Response:  # noqa: A002 - the address says so
    """Answer the holds, newest first; only those that are not released where asked."""
    opened = readers.open(run)

    def body() -> dict[str, Any]:
        found = [h for h in reversed(holds_of(opened.reader).values()) if (not open or h.is_open) and (after is None or h.key < after)]
        part = found[:limit]
        rows = [hold_row(h) | ({"now": covered(opened, reach_of(opened.records, h))} if h.is_open else {"now": None}) for h in part]
        return {"run": opened.run, "holds": rows, "total": len(found), "next": part[-1].key if len(found) > limit else None}

    return remade(opened, body)


def hold_answer(readers: Readers, run: OpenRun, command: dict[str, object], *, is_preview: bool) -> Response:
    """Hold or release in a run that nobody writes, or tell what that would do.

    Raises
    ------
    AnswerError
        409 where it cannot be done.
    """
    target, by, reason = dict(command.get("target") or {}), str(command.get("by") or ""), str(command.get("reason") or "")  # type: ignore[call-overload] # checked before
    is_undo, is_hold = target.get("undo") is True, command["kind"] == "hold"
    try:
        if is_preview:
            return remade(run, lambda: _preview(run, target, by, is_hold=is_hold, is_undo=is_undo))
        if is_hold:
            done = put_on_hold(readers.ledger, run.run, list(target.get("things") or []), _spans(target), reason=reason, by=by)
        else:
            done = release(readers.ledger, run.run, _key(target), reason=reason, by=by, is_undo=is_undo)
    except LinewrightError as error:
        what, _, step = str(error).partition("\n")
        raise AnswerError(409, what, came=str(command["kind"]), step=step.strip()) from error
    return answer({"request": command.get("request"), "sent_us": now_us(), "command": None, "done": hold_row(done)}, 200)


def _preview(run: OpenRun, target: dict[str, Any], by: str, *, is_hold: bool, is_undo: bool) -> dict[str, Any]:
    why, helps, effect = None, None, []
    things, title = list(target.get("things") or []), "Hold"
    try:
        if is_hold:
            hold = Hold(0, tuple(things), tuple(_spans(target)), "", by, None, 0)
            body_of(hold.things, hold.spans, "asked", by or "asked")
            effect = _effect(run, hold)
        else:
            title = f"Release hold {target.get('hold')}"
            found = holds_of(run.reader).get(_key(target))
            held = check_release(found, target.get("hold"), by or "asked", is_undo=is_undo)
            effect = [("Released", f"{len(held.things):,} things, held by {held.by} (unverified): {held.reason}")]
    except LinewrightError as error:
        why, _, helps = str(error).partition("\n")
    return {
        "class": "undoable" if is_hold else "releases", "can": why is None, "why_not": why, "helps": helps or None, "title": title,
        "button": "Hold" if is_hold else "Release", "effect": [{"label": a, "text": b} for a, b in effect], "asks": ["reason", "by"],
        "undo_s": UNDO_S if is_hold else None,
    }  # fmt: skip


def _effect(run: OpenRun, hold: Hold) -> list[tuple[str, str]]:
    now = reach_of(run.records, hold)
    rows = [("Held", f"{len(now.units):,} units")]
    if hold.spans:
        rows.append(("Later", "what is made of these metres is held too"))
    if now.wholes:
        names = list(run.records.ids_of(sorted(now.wholes)[:3]).values())
        more = f" and {len(now.wholes) - 3:,} more" if len(now.wholes) > 3 else ""
        rows.append(("May not leave", f"{', '.join(names)}{more}, which hold some of them"))
    return [*rows, ("Line", "nothing stops: a hold marks, it does not divert")]


def _spans(target: dict[str, Any]) -> list[HeldSpan]:
    return [HeldSpan.read(s) for s in target.get("spans") or []]


def _key(target: dict[str, Any]) -> int:
    key = target.get("hold")
    if not isinstance(key, int):
        raise LinewrightError(f"`{key}` is no hold.\nThe list of holds tells their numbers.")
    return key
