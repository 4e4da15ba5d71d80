"""`linewright runs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linewright.cli.asked import ledger_at
from linewright.cli.printing import as_json, moment, number, say, table


def runs(
    ledger: Annotated[Path | None, typer.Option(help="Folder of the ledger.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the runs in the ledger: live, kept simulations, imports."""
    store = ledger_at(ledger)
    found = list(reversed(store.runs()))
    if json:
        as_json(found)
        return
    for path in store.damaged():
        say(f"{path}: this file is damaged, its run cannot be read. Put a copy of it back, or move it away.")
    if not found:
        say(f"{store.folder}: no run is in this ledger yet. Make one: linewright run cylindrical-21700-tabless")
        return
    rows = [
        [r.run, r.name, moment(r.begin_us), moment(r.line_us), number(r.seed, 9), number(r.speed), "writing" if r.is_written else r.outcome or "open",
         number(r.size_bytes / 1e6)] for r in found
    ]  # fmt: skip
    table(["Run", "Line", "Begin (UTC)", "Reached (UTC)", "Seed", "Speed", "State", "MB"], rows, right=[4, 5, 7])
