"""`linewright ledger`: where it is, whether it is whole, what was corrected."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linewright.cli.asked import ledger_at
from linewright.cli.printing import as_json, say
from linewright.cli.printing import table as columns

if TYPE_CHECKING:
    from linewright.ledger.verify import Verified

ledger = typer.Typer(help="Look after the ledger.", no_args_is_help=False, rich_markup_mode=None)


@ledger.callback()
def about() -> None:
    """Look after the ledger."""


@ledger.command()
def status(
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Print where the ledger is, how large it is, and what writes to it."""
    store = ledger_at(ledger)
    found = store.runs()
    there = next(folder for folder in (store.folder.absolute(), *store.folder.absolute().parents) if folder.exists())
    told: dict[str, Any] = {
        "folder": store.where,
        "runs": len(found),
        "size_bytes": sum(run.size_bytes + run.closed_bytes for run in found),
        "closed_bytes": sum(run.closed_bytes for run in found),
        "free_bytes": shutil.disk_usage(there).free,
        "writing": [run.run for run in found if run.is_written],
    }
    if json:
        as_json(told)
        return
    say(f"folder    {told['folder']}")
    say(f"runs      {len(found)}, {told['size_bytes'] / 1e6:.1f} MB, of them {told['closed_bytes'] / 1e6:.1f} MB in closed days")
    say(f"free      {shutil.disk_usage(there).free / 1e9:.1f} GB")
    say(f"writing   {', '.join(run.run for run in found if run.is_written) or 'nothing'}")


@ledger.command()
def verify(
    run: Annotated[str | None, typer.Argument(help="A run; without it all of them.")] = None,
    expect: Annotated[str | None, typer.Option(help="A digest that was kept elsewhere: one of the run's blocks must have it.")] = None,
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Look through each run's chain of blocks for anything that was changed, and say where; 2 where something was."""
    from linewright.ledger.verify import verify_run

    store = ledger_at(ledger)
    if expect is not None and run is None:
        raise typer.BadParameter("say which run the digest is of: linewright ledger verify RUN --expect DIGEST", param_hint="--expect")
    names = [store.run_info(run).run] if run is not None else [info.run for info in store.runs()]
    found = []
    for name in names:
        with store.reader(name) as reader:
            found.append(verify_run(reader, name, expect))
    damaged = [str(path) for path in store.damaged()] if run is None else []
    if json:
        as_json({"runs": [asdict(f) for f in found], "damaged": damaged})
    else:
        show_verified(found, damaged)
    if damaged or any(f.faults for f in found):
        raise typer.Exit(2)


def show_verified(found: list[Verified], damaged: list[str]) -> None:
    """Print a line for each run, and each fault below."""
    rows = [(f.run, "CHANGED" if f.faults else "whole", f"{f.blocks:,}", f"{f.rows:,}", f"{f.open_rows:,}", f.head or "") for f in found]
    columns(("run", "", "blocks", "rows", "not closed yet", "digest of the last block"), rows, right=(2, 3, 4))
    for f in found:
        for fault in f.faults:
            place = ", ".join(p for p in (f.run, f"block {fault.block}" if fault.block else "", fault.table or "") if p)
            say(f"{place}: {fault.what}")
    for path in damaged:
        say(f"{path}: no database any more; put a copy of it back")
    if any(f.faults for f in found):
        say("Put back a copy of what was changed. A correction is an event of its own: nothing that was written is ever changed.")


@ledger.command()
def correct(  # noqa: PLR0917 - words in the order of the sentence
    run: Annotated[str, typer.Argument(help="The run.")],
    table: Annotated[str, typer.Argument(help="Table (docs/ledger.md).")],
    row: Annotated[int, typer.Argument(help="Row number.")],
    change: Annotated[str, typer.Argument(help="COLUMN=VALUE: what should stand there.")],
    by: Annotated[str, typer.Option(help="Who says so.")],
    because: Annotated[str, typer.Option(help="Why.")],
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
) -> None:
    """Add an event that says what a value should have been; what was written stays."""
    from linewright.ledger.corrections import correct as add

    column, equals, value = change.partition("=")
    if not equals:
        raise typer.BadParameter("COLUMN=VALUE was expected, such as to_us=1000000", param_hint="CHANGE")
    store = ledger_at(ledger)
    with store.open_run(run) as writer, store.reader(run) as reader:
        done = add(writer, reader, (table, row, column), value, (by, because))
    say(f"{run}: {done.table} row {done.row}, {done.column}: {done.was} stays; {done.by} says it should be {done.value} ({done.because})")


@ledger.command()
def corrections(
    run: Annotated[str, typer.Argument(help="The run.")],
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the corrections of a run."""
    from linewright.ledger.corrections import corrections as listed

    with ledger_at(ledger).reader(run) as reader:
        found = listed(reader)
    if json:
        as_json(found)
        return
    rows = [(c.table, f"{c.row}", c.column, f"{c.was}", f"{c.value}", c.by, c.because) for c in found]
    columns(("table", "row", "column", "stands there", "should be", "by", "because"), rows, right=(1,))


@ledger.command("close-day")
def close_day(
    run: Annotated[str | None, typer.Argument(help="A run; without it all of them that nothing writes.")] = None,
    until: Annotated[str | None, typer.Option(help="Close only what is older than this day of line time, such as 2026-11-24.")] = None,
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
) -> None:
    """Move days that no longer change to compressed Parquet files; every command reads them as before."""
    store = ledger_at(ledger)
    until_us = None if until is None else day_us(until)
    names = [store.run_info(run).run] if run is not None else [info.run for info in store.runs() if not info.is_written]
    rows = []
    for name in names:
        for made in store.close_days(name, until_us):
            count = made.last - made.first + 1
            rows.append((name, made.table, f"{count:,}", f"{made.bytes / 1e6:.1f}", f"{made.bytes / count:.1f}", made.file))
    if rows:
        columns(("run", "table", "rows", "MB", "bytes a row", "file"), rows, right=(2, 3, 4))
    else:
        say("Nothing to close: a run that goes on closes the days before the one it has reached, in whole blocks of 65,536 rows.")


def day_us(text: str) -> int:
    """Return the begin of a day, UTC in microseconds.

    Examples
    --------
    >>> day_us("1970-01-02")
    86400000000
    """
    try:
        return int(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) * 1_000_000
    except ValueError as error:
        raise typer.BadParameter(f"a day such as 2026-11-24 was expected, not {text}", param_hint="--until") from error


@ledger.command()
def export(
    run: Annotated[str, typer.Argument(help="The run.")],
    table: Annotated[str, typer.Argument(help="Table (docs/ledger.md).")],
    to: Annotated[Path, typer.Argument(help="File; its ending says the form: .csv, .parquet, .arrow.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file where it is there.")] = False,
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
) -> None:
    """Write a table of a run to a file, numbers of names as their texts, times as they are stored (microseconds UTC)."""
    from linewright.ledger.export import export_table

    if to.exists() and not force:
        raise typer.BadParameter(f"{to} is there already; --force overwrites it", param_hint="TO")
    with ledger_at(ledger).reader(run) as reader:
        count = export_table(reader, table, to)
    say(f"{to}: {count:,} rows of {table}, {to.stat().st_size / 1e6:.1f} MB")


@ledger.command()
def copy(
    source: Annotated[str, typer.Argument(help="Ledger to copy from: a folder, or postgresql://user@host/database.")],
    target: Annotated[str, typer.Argument(help="Ledger to copy to.")],
    run: Annotated[list[str] | None, typer.Option(help="A run, again for more; without it all of them.")] = None,
) -> None:
    """Copy runs from one ledger to another, and prove that both are the same."""
    from linewright.ledger.copying import copy_run

    origin, to = ledger_at(source), ledger_at(target)
    names = [origin.run_info(name).run for name in run] if run else [info.run for info in origin.runs()]
    rows = []
    for name in names:
        done = copy_run(origin, to, name)
        rows.append((name, "was there already" if done.was_there else f"{done.rows:,}", done.head or ""))
    columns(("run", "rows", "digest of the last block, the same in both"), rows, right=(1,))
