"""`linewright simulate`."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from linewright.cli.asked import ledger_at, line_of, seconds
from linewright.cli.printing import as_json, number, say, table
from linewright.model.errors import LinewrightError

KEEP = ("none", "all")
VERB = "linewright.twin.simulate"


def simulate(  # noqa: PLR0917 - a command's options are its arguments
    line: Annotated[str, typer.Argument(help="A line of the library, or a file.")],
    until: Annotated[str | None, typer.Option(help='Line time, such as "1 day"; without it the file\'s.')] = None,
    seed: Annotated[int | None, typer.Option(help="Key of all draws; without it the file's.")] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change one value; may be repeated.")] = None,
    keep: Annotated[str, typer.Option(help="none: figures alone; all: every row into the ledger.")] = "none",
    start: Annotated[str | None, typer.Option(help="empty or filled; without it the file's.")] = None,
    ledger: Annotated[Path | None, typer.Option(help="Folder of the ledger.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Simulate a line: throughput, OEE, yield, WIP, bottleneck, for each station and the line."""
    if keep not in KEEP:
        raise LinewrightError(f"--keep {keep}: none or all was expected.")
    if start not in {None, "empty", "filled"}:
        raise LinewrightError(f"--start {start}: empty or filled was expected.")
    until_s = seconds(until)
    plant = line_of(line, [*(changes or ()), *([f"run.start={start}"] if start else [])])
    if find_spec(VERB) is None:
        raise LinewrightError("This version has no twin yet.\n    As fast as it can: linewright run LINE --speed max --until TIME --no-page")
    verb = import_module(VERB).simulate
    result = verb(
        plant,
        until_s=plant.run.until_s if until_s is None else until_s,
        seed=plant.run.seed if seed is None else seed,
        keep=keep,
        ledger=ledger_at(ledger) if keep == "all" else None,
    )
    told = result.to_json()
    if json:
        as_json(told)
    else:
        print_result(told)


def print_result(told: dict[str, Any]) -> None:
    """Print the figures of a simulation: those of the line, then a row for each station."""
    stations: list[dict[str, Any]] = told.get("stations", [])
    table(["Line", "Value"], [[name, shown(value)] for name, value in told.items() if not isinstance(value, list | dict)], right=[1])
    if stations:
        say()
        heads = list(stations[0])
        table(heads, [[shown(row.get(head)) for head in heads] for row in stations], right=list(range(1, len(heads))))


def shown(value: Any) -> str:
    """Return a figure as text."""
    return number(value) if isinstance(value, float) else "-" if value is None else str(value)
