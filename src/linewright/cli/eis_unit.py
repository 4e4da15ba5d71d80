"""`linewright eis --unit ID`: a stack that the impedance station of a line measured, its waveform made again and analysed."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from linewright.cli.asked import ledger_at
from linewright.cli.printing import as_json, number, say, table
from linewright.cli.progress import Progress
from linewright.cli.remade import remade
from linewright.cli.report_file import write_report
from linewright.model.errors import LinewrightError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from linewright.eis.recipe import Recipe
    from linewright.exchange.impedance.judged import JudgedStack
    from linewright.exchange.impedance.station import CompareRow, StationStack
    from linewright.ledger.reader import RunReader

__all__ = ["draw_stack", "refuse_beside_unit", "refuse_without_unit", "unit_stack"]

FAILED = 1


def refuse_beside_unit(given: Mapping[str, object]) -> None:
    """Raise LinewrightError where an option is given that a stack of a line has itself."""
    for option, value in given.items():
        if value is not None:
            raise LinewrightError(
                f"{option} is not asked of a stack of a line: its station says that. --unit ID, and --recipe where other limits shall hold."
            )


def refuse_without_unit(given: Mapping[str, object]) -> None:
    """Raise LinewrightError where an option is given that belongs to a stack of a line."""
    for option, value in given.items():
        if value is not None:
            raise LinewrightError(f"{option} belongs to a stack of a line: --unit ID was expected with it.")


def unit_stack(unit: str, run: str | None, ledger: str | None, limits: Recipe | None, to: tuple[Path | None, Path | None], *, json: bool) -> int:
    """Analyse the waveform of a stack, with a report and a picture where they are asked for; exit code 1 where it fails."""
    from linewright.cli.eis_told import stack_json, tell_stack
    from linewright.exchange.impedance.station import compared, judged_unit, recipe_of_station

    if not unit.strip():
        raise LinewrightError("--unit is empty: the id of a stack was expected, such as FC-20; linewright trace lists the newest.")
    stack, run_id = found_stack(unit, run, ledger, is_told=not json)
    recipe = limits or recipe_of_station(stack)
    html, png = to
    with Progress("waveform to phasors", is_shown=not json) as progress:
        judged = judged_unit(stack, recipe, progress)
    rows = compared(stack, judged)
    if json:
        station = {"run": run_id, "station": stack.segment.path, "verdict": stack.verdict, "done_us": stack.visit.done_us, "compared": rows}
        as_json({**stack_json(judged), "station": station})
    else:
        tell_stack(judged, recipe)
        tell_station(stack, run_id, rows)
    if html is not None:
        from linewright.report.impedance_stack import stack_page

        write_report(html, stack_page(judged.raw.file, judged.analysis, judged.values, judged.verdict, recipe, is_synthetic=True))
        if not json:
            say(f"Report: {html}")
    if png is not None:
        draw_stack(png, judged)
    is_pass = judged.verdict is not None and judged.verdict.is_pass and all(row.is_pass for row in rows)
    return 0 if is_pass else FAILED


def draw_stack(png: Path, judged: JudgedStack) -> None:
    """Draw a stack's spectra; those that fail stand out."""
    from linewright.report.spectrum_png import write_png

    title = f"{judged.raw.file}{', SYNTHETIC: made from a model, not measured' if judged.raw.is_synthetic else ''}"
    bad = frozenset(c.name for c in judged.verdict.failed) if judged.verdict is not None else frozenset()
    write_png(png, [(judged.analysis, list(judged.analysis.spectra.names))], title, bad)


def found_stack(unit: str, run: str | None, ledger: str | None, *, is_told: bool) -> tuple[StationStack, str]:
    """Return the stack and the run that has it."""
    from linewright.exchange.impedance.station import station_stack
    from linewright.genealogy.which_run import run_with
    from linewright.library.catalogue import installed_libraries
    from linewright.model.load import load_text

    where = ledger_at(ledger)
    reader = where.reader(run) if run is not None else run_with(where, unit)[0]
    try:
        header = reader.header()
        if header.source == "import":
            raise LinewrightError(f"Run {header.run} was imported: it has no line whose station could be asked.")
        libraries = installed_libraries()
        plant = load_text(reader.plan_text(), libraries, header.name)
        key, name = remade(reader, lambda: key_of(reader, unit), is_told=is_told)
        return remade(reader, lambda: station_stack(reader, plant, libraries, name, key), is_told=is_told), header.run
    finally:
        reader.close()


def key_of(reader: RunReader, unit: str) -> tuple[int, str]:
    """Return key and id of a unit that is named by its id or the one part that fits.

    Raises
    ------
    NotFoundError
        There is none, or several.
    """
    from linewright.genealogy.records import Records
    from linewright.genealogy.trace import NotFoundError, near_ids, parts_of

    asked = unit.strip()
    parts = tuple(parts_of(reader, asked))
    for name in (asked, *(parts if len(parts) == 1 else ())):
        key = reader.key_of(name)
        key = key if key is not None else Records(reader).key_in_work(name)
        if key is not None:
            return key, name
    raise NotFoundError(asked, parts or tuple(near_ids(reader, asked)), (reader.header().run,), is_part=bool(parts))


def tell_station(stack: StationStack, run: str, rows: Sequence[CompareRow]) -> None:
    """Print what the station recorded beside what the waveform gives."""
    say(f"\nStation {stack.segment.path} of run {run} recorded: {stack.verdict or 'no verdict'}.\n")
    told = [
        [
            row.name, "-" if row.recorded is None else f"{row.recorded:.4g}", f"{row.found:.4g}", "-" if row.low is None else number(row.low),
            "-" if row.high is None else number(row.high), row.unit, "in" if row.is_pass else "OUTSIDE",
        ]
        for row in rows
    ]  # fmt: skip
    table(["Characteristic", "Recorded", "Waveform", "Lower", "Upper", "Unit", "Window"], told, right=[1, 2, 3, 4])
    if stack.meter.is_stack:
        say("The middle is of all cells; the weakest cell is the one that lies farthest from its neighbours.")
