"""`linewright simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from linewright.cli.asked import LARGEST_SEED, heard_as_ctrl_c, ledger_at, line_of, seconds
from linewright.cli.fault_options import At, Faults, Lasting, Machine, Tool, faults_asked
from linewright.cli.printing import as_json, say
from linewright.cli.progress import Progress
from linewright.cli.report_file import refuse_report, write_report
from linewright.model.errors import LinewrightError

if TYPE_CHECKING:
    from linewright.ledger.ledger import Ledger
    from linewright.model.plant import Plant
    from linewright.twin.result import Result

KEEP = ("checkpoints", "none", "all")
PATH_VALUE, PATH_VALUES = "PATH=VALUE", "PATH=VALUES"


def simulate(  # noqa: PLR0917 - a command's options are its arguments
    line: Annotated[str, typer.Argument(help="A line of the library, a file, or an experiment file.")],
    until: Annotated[str | None, typer.Option(help='Line time of a run, such as "1 day"; without it the file\'s.')] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=LARGEST_SEED, help="Key of all draws; without it the file's.")] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar=PATH_VALUE, help="Change one value; may be repeated.")] = None,
    faults: Faults = None,
    tool: Tool = None,
    machine: Machine = None,
    at: At = None,
    lasting: Lasting = None,
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
    keep: Annotated[
        str, typer.Option(help="In the ledger: checkpoints, from which linewright trace makes any item again; all: every row; none: nothing.")
    ] = "checkpoints",
    start: Annotated[str | None, typer.Option(help="empty or filled; without it the file's.")] = None,
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a report with pictures.")] = None,
    gantt: Annotated[str | None, typer.Option(metavar="TIME", help="Begin of the hour that the report draws machine by machine; its last.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> int | None:
    """Simulate a line: throughput, OEE, yield, WIP, bottleneck. What if: --set, --vs, --sweep, --replications."""
    refuse_words(keep, start)
    if gantt is not None and html is None:
        raise LinewrightError("--gantt draws an hour in a report: name its file too, such as --html report.html.")
    if html is not None:
        refuse_report(html)
    until_s = seconds(until)
    settings = [*(changes or ()), *([f"run.start={start}"] if start else []), *faults_asked(faults or (), tool, machine, at, lasting)]
    is_asked = any((versus, sweep, replications, warm_up, batches, confidence, show))
    if not is_asked:
        from linewright.tuning.asked import asks_for_experiment  # noqa: PLC0415 - `--help` need not pay for the twin

        plant = line_of(line, settings)
        if not asks_for_experiment(plant):
            kept = Kept(keep, None if keep == "none" else ledger_at(ledger))
            if html is not None:
                reported_run(plant, until_s, seed, kept, html, gantt, json=json)
            else:
                one_run(plant, until_s, seed, kept, json=json)
            return None
    if keep == "all":
        raise LinewrightError("--keep all keeps one run; a comparison of many keeps their figures. Take one of the two away.")
    from linewright.cli.what_if import Options, what_if  # noqa: PLC0415

    options = Options(line, settings, versus or [], sweep or [], until_s, seed, replications, warm_up, batches, confidence, show, on, workers)
    if gantt is not None:
        raise LinewrightError("--gantt draws an hour of one run; many were asked for. Take it away.")
    return what_if(options, html, json=json)


def refuse_words(keep: str, start: str | None) -> None:
    """Refuse words of options that stand for nothing."""
    if keep not in KEEP:
        raise LinewrightError(f"--keep {keep}: checkpoints, all or none was expected.")
    if start not in {None, "empty", "filled"}:
        raise LinewrightError(f"--start {start}: empty or filled was expected.")


class Kept(NamedTuple):
    """What is kept of a run, and where."""

    keep: str
    ledger: Ledger | None


def one_run(plant: Plant, until_s: float | None, seed: int | None, kept: Kept, *, json: bool) -> None:
    """Simulate once and print."""
    from linewright.twin.simulate import simulate as verb  # noqa: PLC0415

    with heard_as_ctrl_c(), Progress(is_shown=not json) as progress:
        result = verb(plant, until_s=until_s, seed=seed, keep=kept.keep, ledger=kept.ledger, progress=progress)
    told(plant, result, json=json)


def reported_run(  # noqa: PLR0917 - a command's options are its arguments
    plant: Plant, until_s: float | None, seed: int | None, kept: Kept, html: Path, gantt: str | None, *, json: bool
) -> None:
    """Simulate once, print, and write the report."""
    from linewright.report.html import report_of  # noqa: PLC0415
    from linewright.twin.course import follow  # noqa: PLC0415

    end_s = plant.run.until_s if until_s is None else until_s
    length_s = min(3600.0, end_s)
    begin_s = end_s - length_s if gantt is None else 0.0 if gantt.strip() == "0" else seconds(gantt, "--gantt") or 0.0
    with heard_as_ctrl_c(), Progress(is_shown=not json) as progress:
        window_s = (begin_s, min(begin_s + 3600.0, end_s) if begin_s < end_s else begin_s + 3600.0)
        course = follow(plant, until_s=until_s, seed=seed, window_s=window_s, keep=kept.keep, ledger=kept.ledger, progress=progress)
    write_report(html, report_of(course))
    told(plant, course.result, json=json)
    if not json:
        say(f"Report: {html}")


def told(plant: Plant, result: Result, *, json: bool) -> None:
    """Print what a run gave."""
    from linewright.cli.figures import print_figures  # noqa: PLC0415
    from linewright.measures.figures import figures_of  # noqa: PLC0415
    from linewright.model.fault_words import fault_words  # noqa: PLC0415
    from linewright.tuning.notes import notes_of_one  # noqa: PLC0415

    figures = figures_of(result.compiled, result.tally)
    if json:
        as_json({**result.to_json(), "figures": figures.to_json(), "faults": [fault_words(fault) for fault in plant.faults]})
    else:
        print_figures(plant, result, figures)
        for note in notes_of_one(plant, result.seconds):
            say(note)
