"""`linewright eis`: spectra of files, a stack from raw samples, the design of an excitation, synthetic stacks."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from linewright.cli.eis_design import design
from linewright.cli.eis_spc import spc
from linewright.cli.eis_synthetic import synthetic
from linewright.cli.eis_unit import draw_stack, refuse_beside_unit, refuse_without_unit, unit_stack
from linewright.cli.printing import as_json, say
from linewright.cli.progress import Progress
from linewright.cli.report_file import refuse_picture, refuse_report, write_report
from linewright.model.errors import DataError, LinewrightError

if TYPE_CHECKING:
    from linewright.eis.circuit import Circuit
    from linewright.eis.recipe import Recipe
    from linewright.eis.weights import Weight

__all__ = ["eis"]

FAILED, USER_FAULT = 1, 2


class FilesFirst(TyperGroup):
    """A group whose first command need not be named: what is no command is a file of spectra."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the first command where none stands."""
        named = args if args and args[0] in self.commands else ["judge", *args]
        return list(super().parse_args(ctx, named))


eis = typer.Typer(cls=FilesFirst, no_args_is_help=False, rich_markup_mode=None)
eis.command()(design)
eis.command()(synthetic)
eis.command()(spc)


@eis.callback()
def about() -> None:
    """Impedance spectra: check, fit and judge files, or a stack from its raw samples; design an excitation."""


@eis.command()
def judge(  # noqa: PLR0917 - a command's options are its arguments
    files: Annotated[list[Path] | None, typer.Argument(help="Files of spectra: Gamry, BioLogic, ZPlot, CHI, CSV, Parquet, .npy ...")] = None,
    circuit: Annotated[str | None, typer.Option(help='That is fitted, such as "R0-p(R1,CPE1)"; auto (chosen by the data), or none.')] = None,
    weight: Annotated[str | None, typer.Option(help="Of the points: modulus, proportional, unit, or measured (with --raw).")] = None,
    recipe: Annotated[str | None, typer.Option(help="Limits: a YAML file, or fuel-cell-stack.")] = None,
    raw: Annotated[Path | None, typer.Option(help="Raw samples of a stack, in Parquet or .npy.")] = None,
    cells: Annotated[int | None, typer.Option(min=1, help="That the stack has.")] = None,
    calibration: Annotated[Path | None, typer.Option(help="Spectra of the leads on a short: their inductance is taken off.")] = None,
    excitation: Annotated[Path | None, typer.Option(help="What was sent, where the samples do not say so.")] = None,
    unit: Annotated[str | None, typer.Option(metavar="ID", help="A stack that the impedance station of a line measured.")] = None,
    run: Annotated[str | None, typer.Option(help="With --unit: a run of the ledger; without it the newest that has the stack.")] = None,
    ledger: Annotated[str | None, typer.Option(help="With --unit: folder of the ledger, or postgresql://user@host/database.")] = None,
    minus_imaginary: Annotated[bool, typer.Option("--minus-imaginary", help="The column of Z'' holds -Z''.")] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a report with pictures.")] = None,
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw Nyquist, Bode, residuals and relaxation times (extra png).")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> int:
    """Check, fit and judge impedance spectra. Also: linewright eis design, eis synthetic, eis spc (--help tells more)."""
    if bool(files) + (raw is not None) + (unit is not None) != 1:
        raise LinewrightError(
            "Name files of spectra, or --raw with a file of samples, or --unit with a stack of a line; one of them was expected.\n"
            "    linewright eis --help"
        )
    if html is not None:
        refuse_report(html)
    if png is not None:
        refuse_picture(png)
    if unit is not None:
        refuse_beside_unit({"--cells": cells, "--calibration": calibration, "--excitation": excitation, "--circuit": circuit, "--weight": weight})
        return unit_stack(unit, run, ledger, recipe_of(recipe, None), (html, png), json=json)
    refuse_without_unit({"--run": run, "--ledger": ledger})
    if raw is not None and circuit is not None and recipe is None:
        raise LinewrightError("--circuit with --raw is fitted for a recipe: name one too, such as --recipe fuel-cell-stack.")
    limits = recipe_of(recipe, circuit)
    if raw is not None:
        return raw_stack(raw, limits, (cells, calibration, excitation, weight), (html, png), json=json)
    for option, value in (("--cells", cells), ("--calibration", calibration), ("--excitation", excitation)):
        if value is not None:
            raise LinewrightError(f"{option} belongs to raw samples: --raw FILE was expected with it.")
    asked = circuit or (limits.circuit if limits is not None else "auto")
    return spectra(files or [], asked, weight_of(weight), limits, (html, png), json=json, minus_imaginary=minus_imaginary)


def recipe_of(named: str | None, circuit: str | None) -> Recipe | None:
    """Return the recipe, with the circuit of the command line where one is given; its names must be of that circuit."""
    if named is None:
        return None
    from dataclasses import replace

    from linewright.exchange.impedance.recipe_file import read_recipe

    found = read_recipe(named)
    if circuit is None or circuit == found.circuit:
        return found
    known = parsed(circuit)
    lost = [f"{q}: {name}" for q, name in found.names.items() if known is None or known == "auto" or name not in known.names]
    if lost:
        raise LinewrightError(f"--circuit {circuit}: it has no parameter for what the recipe {found.name} judges ({', '.join(lost)}).")
    return replace(found, circuit=circuit)


def parsed(circuit: str) -> Circuit | Literal["auto"] | None:
    """Return the circuit of a text, None for none."""
    from linewright.eis.circuit import parse_circuit

    return "auto" if circuit == "auto" else parse_circuit(circuit) if circuit not in {"", "none"} else None


def weight_of(named: str | None) -> Weight:
    """Return a weight by its name."""
    from linewright.eis.weights import WEIGHTS

    found = next((w for w in WEIGHTS if w == (named or "modulus")), None)
    if found is None:
        from linewright.model.merging import nearest

        raise LinewrightError(f"--weight {named}: {', '.join(WEIGHTS)} was expected. {nearest(named or '', WEIGHTS)}".rstrip())
    return found


def spectra(
    files: list[Path], circuit: str, weight: Weight, limits: Recipe | None, to: tuple[Path | None, Path | None], *, json: bool, minus_imaginary: bool
) -> int:
    """Judge files of spectra."""
    from linewright.cli.eis_told import spectrum_json, tell_spectra
    from linewright.eis.verdict import not_judged
    from linewright.exchange.impedance.judged import judge_files, read_files

    if weight == "measured":
        raise LinewrightError("--weight measured needs the variance of each point, which files of spectra have not: modulus was expected.")
    read, faults = read_files(files, minus_imaginary=minus_imaginary)
    if not read:
        raise DataError(faults)
    judged = judge_files(read, parsed(circuit), weight, limits)
    warnings = [w for f in read for w in f.warnings]
    html, png = to
    if json:
        lost = not_judged(judged[0].values, limits) if limits is not None else ()
        as_json({"spectra": [spectrum_json(j) for j in judged], "not_judged": lost, "warnings": warnings, "faults": faults})
    else:
        tell_spectra(judged, warnings, limits)
    if html is not None:
        from linewright.report.impedance import spectra_page

        shown = [(j.spectrum.name, j.analysis, j.number, j.verdict) for j in judged]
        write_report(html, spectra_page(shown, [str(w) for w in (*faults, *warnings)]))
        if not json:
            say(f"Report: {html}")
    if png is not None:
        from linewright.report.spectrum_png import write_png

        groups = {id(j.analysis): j.analysis for j in judged}
        named = [(found, [j.spectrum.name for j in judged if j.analysis is found]) for found in groups.values()]
        write_png(png, named, ", ".join(f.name for f in files), frozenset(j.spectrum.name for j in judged if j.verdict and not j.verdict.is_pass))
    if faults:
        raise DataError(faults, "The other files were judged.")
    return FAILED if any(j.verdict is not None and not j.verdict.is_pass for j in judged) else 0


def raw_stack(
    raw: Path,
    limits: Recipe | None,
    given: tuple[int | None, Path | None, Path | None, str | None],
    to: tuple[Path | None, Path | None],
    *,
    json: bool,
) -> int:
    """Judge a stack from its raw samples."""
    from linewright.cli.eis_told import stack_json, tell_stack
    from linewright.exchange.impedance.excitation_file import read_excitation
    from linewright.exchange.impedance.judged import judge_raw, read_calibration

    cells, calibration, excitation, weight = given
    html, png = to
    if weight not in {None, "measured"}:
        raise LinewrightError(f"--weight {weight}: raw samples bring the variance of each point along; the fit weighs by it (measured).")
    leads = read_calibration(calibration) if calibration is not None else None
    sent = read_excitation(excitation) if excitation is not None else None
    with Progress("samples to phasors", is_shown=not json) as progress:
        judged = judge_raw(raw, cells, limits, leads, sent, progress)
    if json:
        as_json(stack_json(judged))
    else:
        tell_stack(judged, limits)
    if html is not None:
        from linewright.report.impedance_stack import stack_page

        write_report(html, stack_page(judged.raw.file, judged.analysis, judged.values, judged.verdict, limits, is_synthetic=judged.raw.is_synthetic))
        if not json:
            say(f"Report: {html}")
    if png is not None:
        draw_stack(png, judged)
    return FAILED if judged.verdict is not None and not judged.verdict.is_pass else 0
