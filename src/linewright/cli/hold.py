"""`linewright hold`: put on hold, release, undo, list. Each names a person, as typed; the ledger keeps all of it."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from linewright.cli.asked import ledger_at
from linewright.cli.printing import as_json, moment, say, table
from linewright.model.errors import LinewrightError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linewright.control.holds import HeldSpan, Hold
    from linewright.genealogy.holds import HeldNow
    from linewright.genealogy.records import Records
    from linewright.ledger.ledger import Ledger

__all__ = ["hold", "hold_things", "span_words"]


def hold(  # noqa: PLR0917 - a command's options are its arguments
    things: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Units, webs, batches; of a carrier what lies on it.")] = None,
    reason: Annotated[str, typer.Option(help="Why; it stays with the hold.")] = "",
    by: Annotated[str, typer.Option(metavar="NAME", help="Who; shown as unverified.")] = "",
    release: Annotated[int | None, typer.Option(metavar="HOLD", help="Release a hold: by another person than who held.")] = None,
    undo: Annotated[int | None, typer.Option(metavar="HOLD", help="Take a hold back: by who held, within 10 minutes.")] = None,
    show_all: Annotated[bool, typer.Option("--all", help="List released holds too.")] = False,
    run: Annotated[str | None, typer.Option(help="A run of the ledger; without it the newest (that has the thing).")] = None,
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Put things on hold, release them, or list what is held; metres of a web: linewright trace COIL-4:10..15 --hold REASON --by NAME."""
    from linewright.genealogy.which_run import run_with

    store = ledger_at(ledger)
    if sum((bool(things), release is not None, undo is not None)) > 1:
        raise LinewrightError("ID, --release and --undo: one of them was expected.")
    if things:
        name = run if run is not None else _closing(run_with(store, things[0])[0])
        _told(hold_things(store, name, things, (), reason=reason, by=by), is_json=json)
    elif release is not None or undo is not None:
        key = release if release is not None else undo
        assert key is not None
        _told(_released(store, store.run_info(run).run, key, reason=reason, by=by, is_undo=undo is not None), is_json=json)
    else:
        _list(store, store.run_info(run).run, show_all=show_all, is_json=json)


def hold_things(ledger: Ledger, run: str, things: Sequence[str], spans: Sequence[HeldSpan], *, reason: str, by: str) -> dict[str, Any]:
    """Put things and pieces of webs of a run on hold, whoever writes it; return what to tell."""
    from linewright.cli.live_commands import send
    from linewright.control.holds import body_of
    from linewright.genealogy.hold_acts import put_on_hold
    from linewright.genealogy.holds import named
    from linewright.genealogy.records import Records
    from linewright.genealogy.stock import stock_of

    with ledger.reader(run) as reader:
        ids = named(Records(reader, lambda: stock_of(reader)), things)
    body = body_of(ids, spans, reason, by)
    if ledger.run_info(run).is_written:
        target = {"things": body["things"], "spans": body["spans"]}
        return {"run": run, "text": send(ledger, run, {"kind": "hold", "target": target, "reason": reason, "by": by})}
    found = put_on_hold(ledger, run, ids, spans, reason=reason, by=by)
    return {"run": run, "hold": found.key, "text": f"Hold {found.key} of {run}: {words_of(found)}, by {found.by} (unverified): {found.reason}"}


def _released(ledger: Ledger, run: str, key: int, *, reason: str, by: str, is_undo: bool) -> dict[str, Any]:
    from linewright.cli.live_commands import send
    from linewright.genealogy.hold_acts import release

    if not is_undo and not reason.strip():
        raise LinewrightError("A release needs a reason.\n    --reason says what was found; it stays with the hold.")
    if ledger.run_info(run).is_written:
        target = {"hold": key} | ({"undo": True} if is_undo else {})
        return {"run": run, "hold": key, "text": send(ledger, run, {"kind": "release", "target": target, "reason": reason, "by": by})}
    found = release(ledger, run, key, reason=reason, by=by, is_undo=is_undo)
    what = "taken back" if is_undo else "released"
    return {"run": run, "hold": key, "text": f"Hold {key} of {run} {what} by {found.released_by} (unverified): {words_of(found)}"}


def words_of(hold: Hold) -> str:
    """Return what a hold names."""
    words = [hold.things[0] if len(hold.things) == 1 else f"{len(hold.things):,} things"] if hold.things else []
    return " and ".join([*words, *map(span_words, hold.spans)])


def span_words(span: HeldSpan) -> str:
    """Return a held piece of a web in words.

    Examples
    --------
    >>> from linewright.control.holds import HeldSpan
    >>> span_words(HeldSpan("M-1", 10.0, 15.5, None, (320.0, 340.0), "A", 2.0))
    'M-1 10 to 15.5 m, 320 to 340 mm across, side A, guard 2 m'
    """
    ends = "all" if span.from_m is None or span.to_m is None else f"{span.from_m:g} to {span.to_m:g} m"
    words = [f"{span.web} {ends}"]
    words += [f"lane {span.lane}"] if span.lane is not None else []
    words += [f"{span.across_mm[0]:g} to {span.across_mm[1]:g} mm across"] if span.across_mm else []
    words += [f"side {span.side}"] if span.side else []
    return ", ".join([*words, *([f"guard {span.guard_m:g} m"] if span.guard_m else [])])


def _told(told: dict[str, Any], *, is_json: bool) -> None:
    if is_json:
        as_json(told)
    else:
        say(told["text"])


def _list(ledger: Ledger, run: str, *, show_all: bool, is_json: bool) -> None:
    from linewright.genealogy.holds import holds_of, reach_of
    from linewright.genealogy.records import Records
    from linewright.genealogy.stock import stock_of

    with ledger.reader(run) as reader:
        records = Records(reader, lambda: stock_of(reader))
        holds = [h for h in reversed(holds_of(reader).values()) if show_all or h.is_open]
        now = {h.key: reach_of(records, h) for h in holds if h.is_open}
        if is_json:
            as_json({"run": run, "holds": [_body(records, h, now.get(h.key)) for h in holds]})
            return
        if not holds:
            say(f"Nothing is on hold in {run}{'' if show_all else '; --all lists what was'}.")
            return
        rows = [
            [str(h.key), words_of(h), f"{len(now[h.key].units):,}" if h.is_open else "-", f"{len(now[h.key].wholes):,}" if h.is_open else "-",
             h.reason, h.by or "nobody named", moment(h.at_us), _end_words(h)] for h in holds
        ]  # fmt: skip
        table(["Hold", "What", "Units now", "Wholes", "Reason", "By (unverified)", "Since (UTC)", "State"], rows, right=[0, 2, 3])
        say(f"\nlinewright hold --release {holds[0].key} --run {run} --reason REASON --by NAME (a second person)")


def _end_words(hold: Hold) -> str:
    if hold.is_open:
        return "open"
    how = "undone" if hold.is_undone else "released"
    return f"{how} by {hold.released_by} {moment(hold.released_us)}" + (f": {hold.release_reason}" if hold.release_reason else "")


def _body(records: Records, hold: Hold, now: HeldNow | None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "hold": hold.key, "things": list(hold.things), "spans": [s.body() for s in hold.spans], "reason": hold.reason, "by": hold.by,
        "by_is_verified": False, "at_us": hold.at_us, "wall_us": hold.wall_us, "is_open": hold.is_open, "released_by": hold.released_by,
        "released_us": hold.released_us, "release_reason": hold.release_reason, "is_undone": hold.is_undone,
    }  # fmt: skip
    if now is not None:
        names = records.ids_of([*now.units, *now.webs, *now.wholes])
        body["units_now"] = [{"id": names[key], "certain": is_certain} for key, is_certain in now.units.items()]
        body["webs"] = [names[key] for key in sorted(now.webs)]
        body["wholes"] = [names[key] for key in sorted(now.wholes)]
    return body


def _closing(reader: Any) -> str:
    with reader:
        return str(reader.header().run)
