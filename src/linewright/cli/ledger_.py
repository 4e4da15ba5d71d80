"""`linewright ledger status`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from linewright.cli.asked import ledger_at
from linewright.cli.printing import as_json, say

ledger = typer.Typer(help="Look after the ledger.", no_args_is_help=False, rich_markup_mode=None)


@ledger.callback()
def about() -> None:
    """Look after the ledger."""


@ledger.command()
def status(
    ledger: Annotated[Path | None, typer.Option(help="Folder of the ledger.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Print where the ledger is, how large it is, and what writes to it."""
    store = ledger_at(ledger)
    found = store.runs()
    there = next(folder for folder in (store.folder.absolute(), *store.folder.absolute().parents) if folder.exists())
    told = {
        "folder": str(store.folder),
        "runs": len(found),
        "size_bytes": sum(run.size_bytes for run in found),
        "free_bytes": shutil.disk_usage(there).free,
        "writing": [run.run for run in found if run.is_written],
    }
    if json:
        as_json(told)
        return
    say(f"folder    {told['folder']}")
    say(f"runs      {len(found)}, {sum(run.size_bytes for run in found) / 1e6:.1f} MB")
    say(f"free      {shutil.disk_usage(there).free / 1e9:.1f} GB")
    say(f"writing   {', '.join(run.run for run in found if run.is_written) or 'nothing'}")
