"""`linewright runs`."""

from __future__ import annotations

from typing import Annotated

import typer

from linewright.cli.asked import ledger_at
from linewright.cli.printing import as_json, moment, number, say, table

#: What is kept of a run, in words.
KEPT = {"rows": "every row", "checkpoints": "checkpoints"}


def runs(
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the runs in the ledger: live, simulations, imports."""
    store = ledger_at(ledger)
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
         number((r.size_bytes + r.remade_bytes) / 1e6), KEPT.get(r.kept, r.kept)] for r in found
    ]  # fmt: skip
    if not rows:
        return
    table(["Run", "Line", "Begin (UTC)", "Reached (UTC)", "Seed", "Speed", "State", "MB", "Kept"], rows, right=[4, 5, 7])
    if any(r.kept == "checkpoints" for r in found):
        say("\nKept as checkpoints: linewright trace makes any item again when it is asked for.")
