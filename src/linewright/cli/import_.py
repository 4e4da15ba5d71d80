"""`linewright import`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linewright.cli.asked import ledger_at
from linewright.cli.printing import as_json, say, table
from linewright.model.errors import LinewrightError

SOURCES = ("kiprobatt",)


def import_(
    source: Annotated[str, typer.Argument(help="What kind of records: kiprobatt.")],
    path: Annotated[Path, typer.Argument(help="Their folder or archive.")],
    report: Annotated[Path | None, typer.Option(help="File for the whole report, as JSON.")] = None,
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Read real production records into the ledger; every doubt is a row of the report."""
    if source not in SOURCES:
        raise LinewrightError(f"There is no import `{source}`; there is {', '.join(SOURCES)}.")
    if not path.exists():
        raise LinewrightError(f"{path}: is not there. The folder or archive of the records was expected.")
    if report is not None and not report.absolute().parent.is_dir():
        raise LinewrightError(f"--report {report}: there is no folder {report.parent}. Nothing was imported.")
    from linewright.exchange.kiprobatt.record import import_records
    from linewright.exchange.kiprobatt.report import Json

    done = import_records(path, ledger_at(ledger), with_cells=report is not None)
    body: Json = done.report
    if report is not None:
        import json as writer

        report.write_text(writer.dumps(body, indent=1, ensure_ascii=False), encoding="utf-8")
    if json:
        as_json({"run": done.run.run, "is_new": done.is_new, "counts": body["counts"], "dirt_counts": body["dirt_counts"]})
        return
    of = f" from {done.source}" if done.source != path else ""
    say(f"{done.run.run}: {'imported' if done.is_new else 'was imported before, nothing changed'}{of}\n")
    table(["Read", "Count"], [[k, str(v)] for k, v in body["counts"].items() if isinstance(v, int)], right=[1])
    say()
    table(["Doubtful, kept as it stands", "Count"], [[k, str(v)] for k, v in body["dirt_counts"].items()], right=[1])
    say(f"\nEach with its place: {report}" if report else "\nEach with its place: --report report.json")
