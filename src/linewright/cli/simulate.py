"""`linewright simulate`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Self

import typer

from linewright.cli.asked import LARGEST_SEED, ledger_at, line_of, seconds
from linewright.cli.printing import as_json
from linewright.model.errors import LinewrightError

KEEP = ("none", "all")


def simulate(  # noqa: PLR0917 - a command's options are its arguments
    line: Annotated[str, typer.Argument(help="A line of the library, or a file.")],
    until: Annotated[str | None, typer.Option(help='Line time, such as "1 day"; without it the file\'s.')] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=LARGEST_SEED, help="Key of all draws; without it the file's.")] = None,
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
    from linewright.cli.figures import print_figures  # noqa: PLC0415 - `--help` need not pay for the twin
    from linewright.measures.figures import figures_of  # noqa: PLC0415
    from linewright.twin.simulate import simulate as verb  # noqa: PLC0415

    with Progress(is_shown=not json) as progress:
        kept_in = ledger_at(ledger) if keep == "all" else None
        result = verb(plant, until_s=until_s, seed=seed, keep=keep, ledger=kept_in, progress=progress)
    figures = figures_of(result.compiled, result.tally)
    if json:
        as_json({**result.to_json(), "figures": figures.to_json()})
    else:
        print_figures(plant, result, figures)


class Progress:
    """How far it is, on a terminal alone, after the first second; gone when it is done."""

    def __init__(self, *, is_shown: bool) -> None:
        self._is_shown = is_shown and sys.stderr.isatty()
        self._begin = time.monotonic()
        self._is_on = False

    def __enter__(self) -> Self:
        return self

    def __call__(self, share: float) -> None:
        """Show that a share (0 to 1) is done."""
        took = time.monotonic() - self._begin
        if self._is_shown and took > 1.0:
            self._is_on = True
            done = round(share * 30)
            left = took / share - took if share > 0 else 0.0
            sys.stderr.write(f"\r{'█' * done}{'░' * (30 - done)} {share:4.0%}, {left:.0f} s left ")
            sys.stderr.flush()

    def __exit__(self, *error: object) -> None:
        if self._is_on:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
