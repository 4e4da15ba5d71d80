"""`linewright runs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from linewright.cli.asked import ledger_at
from linewright.cli.printing import as_json, moment, number, say, table

if TYPE_CHECKING:
    from linewright.ledger.ledger import Ledger

#: What is kept of a run, in words.
KEPT = {"rows": "every row", "checkpoints": "checkpoints"}


def runs(
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    prune: Annotated[int | None, typer.Option(min=1, metavar="KEEP", help="Tell which simulations go if the newest KEEP stay.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --prune: do it.")] = False,
) -> None:
    """List the runs in the ledger: live, simulations, imports; take old simulations away."""
    store = ledger_at(ledger)
    if prune is not None:
        _prune(store, prune, is_done=yes, json=json)
        return
    if yes:
        raise typer.BadParameter("it goes with --prune KEEP, such as: linewright runs --prune 10 --yes", param_hint="--yes")
    found = list(reversed(store.runs()))
    unread = store.newer()
    said = [f"{path}: this file is damaged, its run cannot be read. Put a copy of it back, or move it away." for path in store.damaged()]
    said += [str(error) for error in unread]
    if json:
        for text in said:
            typer.echo(text, err=True)
        as_json(found)
        return
    for text in said:
        say(text)
    if not found and not unread:
        say(f"{store.where}: no run is in this ledger yet. Make one: linewright run cylindrical-21700-tabless")
        return
    newer = {error.path for error in unread}
    rows = [
        [r.run, r.name, moment(r.begin_us), moment(r.line_us), number(r.seed, 9), number(r.speed),
         "newer version" if store.path_of(r.run) in newer else "writing" if r.is_written else r.outcome or "open",
         number((r.size_bytes + r.remade_bytes + r.closed_bytes) / 1e6), KEPT.get(r.kept, r.kept)] for r in found
    ]  # fmt: skip
    if not rows:
        return
    table(["Run", "Line", "Begin (UTC)", "Reached (UTC)", "Seed", "Speed", "State", "MB", "Kept"], rows, right=[4, 5, 7])
    if any(r.kept == "checkpoints" for r in found):
        say("\nKept as checkpoints: linewright trace makes any item again when it is asked for.")


def _prune(store: Ledger, keep: int, *, is_done: bool, json: bool) -> None:
    """Tell which simulations go, and take them away where that is wanted."""
    from linewright.ledger.prune import prunable, prune, size_of  # noqa: PLC0415 - a command that lists need not load it

    found = prunable(store, keep)
    size = sum(map(size_of, found))
    if is_done:
        size = prune(store, found)
    if json:
        as_json({"runs": [run.run for run in found], "bytes": size, "done": is_done})
        return
    if not found:
        say(f"{store.where}: there are no more than {keep} simulations; nothing to take away. Live runs and imports always stay.")
        return
    rows = [[r.run, r.name, moment(r.created_us), number(size_of(r) / 1e6)] for r in found]
    table(["Run", "Line", "Made (UTC)", "MB"], rows, right=[3])
    what = f"{len(found)} simulation{'s' if len(found) > 1 else ''}, {number(size / 1e6)} MB"
    stays = "The newest one stays" if keep == 1 else f"The newest {keep} stay"
    said = f"Taken away: {what}." if is_done else f"{what} would go. Nothing is taken away yet: say --yes to do it."
    say(f"\n{said} {stays}, and all live runs and imports.")
