"""`linewright simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linewright.cli.asked import LARGEST_SEED, heard_as_ctrl_c, ledger_at, line_of, seconds
from linewright.cli.printing import as_json
from linewright.cli.progress import Progress
from linewright.model.errors import LinewrightError

if TYPE_CHECKING:
    from linewright.ledger.ledger import Ledger
    from linewright.model.plant import Plant

KEEP = ("none", "all")
PATH_VALUE, PATH_VALUES = "PATH=VALUE", "PATH=VALUES"


def simulate(  # noqa: PLR0917 - a command's options are its arguments
    line: Annotated[str, typer.Argument(help="A line of the library, a file, or an experiment file.")],
    until: Annotated[str | None, typer.Option(help='Line time of a run, such as "1 day"; without it the file\'s.')] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=LARGEST_SEED, help="Key of all draws; without it the file's.")] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar=PATH_VALUE, help="Change one value; may be repeated.")] = None,
    versus: Annotated[
        list[str] | None, typer.Option("--vs", metavar="OTHER", help='Compare with a line, a file, or settings: "winder.count=13 winder.buffer=200".')
    ] = None,
    sweep: Annotated[
        list[str] | None, typer.Option(metavar=PATH_VALUES, help="10..18, 10..18:2, or 50,200,1000; several make all combinations.")
    ] = None,
    replications: Annotated[int | None, typer.Option(min=1, help="Runs with other random numbers; they give the intervals.")] = None,
    warm_up: Annotated[str | None, typer.Option(help='Line time that is not counted, such as "8 h"; or found (MSER-5).')] = None,
    batches: Annotated[int | None, typer.Option(min=2, help="Cut one long run into so many parts; they give the intervals.")] = None,
    confidence: Annotated[str | None, typer.Option(help="Of the intervals; 95 % without it.")] = None,
    show: Annotated[str | None, typer.Option(help="Figures shown, such as output,oee,stations.")] = None,
    on: Annotated[str, typer.Option(help="Where runs are made: threads, or ray.")] = "threads",
    workers: Annotated[int | None, typer.Option(min=1, help="Runs at one time; without it as many as cores.")] = None,
    keep: Annotated[str, typer.Option(help="none: figures alone; all: every row into the ledger.")] = "none",
    start: Annotated[str | None, typer.Option(help="empty or filled; without it the file's.")] = None,
    ledger: Annotated[Path | None, typer.Option(help="Folder of the ledger.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> int | None:
    """Simulate a line: throughput, OEE, yield, WIP, bottleneck. What if: --set, --vs, --sweep, --replications."""
    if keep not in KEEP:
        raise LinewrightError(f"--keep {keep}: none or all was expected.")
    if start not in {None, "empty", "filled"}:
        raise LinewrightError(f"--start {start}: empty or filled was expected.")
    until_s = seconds(until)
    settings = [*(changes or ()), *([f"run.start={start}"] if start else [])]
    is_asked = any((versus, sweep, replications, warm_up, batches, confidence, show))
    if not is_asked:
        from linewright.tuning.asked import asks_for_experiment  # noqa: PLC0415 - `--help` need not pay for the twin

        plant = line_of(line, settings)
        if not asks_for_experiment(plant):
            one_run(plant, until_s, seed, ledger_at(ledger) if keep == "all" else None, json=json)
            return None
    if keep == "all":
        raise LinewrightError("--keep all keeps one run; a comparison of many keeps their figures. Take one of the two away.")
    from linewright.cli.what_if import Options, what_if  # noqa: PLC0415

    options = Options(line, settings, versus or [], sweep or [], until_s, seed, replications, warm_up, batches, confidence, show, on, workers)
    return what_if(options, json=json)


def one_run(plant: Plant, until_s: float | None, seed: int | None, ledger: Ledger | None, *, json: bool) -> None:
    """Simulate once and print."""
    from linewright.cli.figures import print_figures  # noqa: PLC0415
    from linewright.measures.figures import figures_of  # noqa: PLC0415
    from linewright.twin.simulate import simulate as verb  # noqa: PLC0415

    with heard_as_ctrl_c(), Progress(is_shown=not json) as progress:
        result = verb(plant, until_s=until_s, seed=seed, keep="none" if ledger is None else "all", ledger=ledger, progress=progress)
    figures = figures_of(result.compiled, result.tally)
    if json:
        as_json({**result.to_json(), "figures": figures.to_json()})
    else:
        print_figures(plant, result, figures)
