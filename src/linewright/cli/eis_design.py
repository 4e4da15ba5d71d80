"""`linewright eis design`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linewright.cli.printing import as_json, say, table
from linewright.model.errors import LinewrightError

if TYPE_CHECKING:
    from linewright.eis.design import Design

__all__ = ["asked_amount", "design"]


def design(  # noqa: PLR0917 - a command's options are its arguments
    fmin: Annotated[str, typer.Option(help='Lowest frequency, such as "0.1 Hz".')],
    fmax: Annotated[str, typer.Option(help='Highest frequency, such as "10 kHz".')],
    current: Annotated[str, typer.Option(help='Direct current, such as "1000 A".')],
    cells: Annotated[int, typer.Option(min=1, help="In series.")] = 1,
    cell: Annotated[str, typer.Option(help="Least impedance of a cell.")] = "0.143 mohm",
    noise: Annotated[str, typer.Option(help="Of one sample of a cell's voltage, rms.")] = "50 uV",
    accuracy: Annotated[str, typer.Option(help="Of each point, one standard deviation.")] = "0.1 %",
    modulation: Annotated[str | None, typer.Option(help="Peak by direct current, 3 % to 10 %; without it the least that is accurate enough.")] = None,
    per_decade: Annotated[float, typer.Option(min=1, max=30, help="Lines a decade.")] = 8.0,
    periods: Annotated[int, typer.Option(min=1, help="Of the lowest line, odd; more make room for lines at the low end.")] = 3,
    rate: Annotated[str | None, typer.Option(help='Samples a second, such as "50 kHz"; without it five times fmax.')] = None,
    out: Annotated[Path | None, typer.Option(help="Write the excitation: .yaml or .csv.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Design the current that excites a stack: a multi-sine of low peaks on a grid without intermodulation, beside stepped sines."""
    from linewright.eis.design import Asked
    from linewright.eis.design import design as verb

    if out is not None:
        refuse_out(out)
    asked = Asked(
        asked_amount("--fmin", fmin, "frequency"), asked_amount("--fmax", fmax, "frequency"), asked_amount("--current", current, "current"), cells,
        asked_amount("--cell", cell, "resistance"), asked_amount("--noise", noise, "voltage"), asked_amount("--accuracy", accuracy, "share"),
        per_decade, periods, asked_amount("--rate", rate, "frequency") if rate else None,
        asked_amount("--modulation", modulation, "share") if modulation else None,
    )  # fmt: skip
    try:
        multi, stepped = verb(asked)
    except ValueError as error:
        raise LinewrightError(f"No excitation: {error}.") from error
    if out is not None:
        from linewright.exchange.impedance.excitation_file import as_csv, as_yaml

        out.write_text(as_csv(multi.excitation) if out.suffix.lower() == ".csv" else as_yaml(multi.excitation), encoding="utf-8")
    if json:
        as_json({"multi_sine": as_plain(multi), "stepped_sine": as_plain(stepped), "out": out})
        return
    tell(multi, stepped, asked.accuracy)
    if out is not None:
        say(f"\nWritten: {out}")


def refuse_out(out: Path) -> None:
    """Refuse a file that cannot be written, or whose name is of another kind."""
    if out.suffix.lower() not in {".yaml", ".yml", ".csv"}:
        raise LinewrightError(f"--out {out}: .yaml or .csv was expected, such as {out.with_suffix('.yaml')}.")
    if not out.absolute().parent.is_dir():
        raise LinewrightError(f"--out {out}: there is no folder {out.parent}. Make it first, or name another.")


def asked_amount(option: str, text: str, kind: str) -> float:
    """Return a quantity of an option in SI; the space before the unit may be left out.

    Raises
    ------
    LinewrightError
        It is none, or of another kind.
    """
    from linewright.model.quantity import QuantityFault, parse_amount

    try:
        found = parse_amount(text, "any" if kind == "frequency" else kind, loose=True)
    except QuantityFault as wrong:
        raise LinewrightError(f"{option}: {wrong.message}.{' ' if wrong.hint else ''}{wrong.hint}") from wrong
    if kind == "frequency" and found.dimension != (("s", -1),):
        raise LinewrightError(f'{option}: "{text}" is no frequency; one such as 10 kHz was expected.')
    return found.si


def tell(multi: Design, stepped: Design, accuracy: float) -> None:
    """Print both excitations side by side, then the lines of the multi-sine."""
    made = multi.excitation
    f = made.frequency_hz
    say(f"Multi-sine of {len(f)} lines from {f[-1]:.4g} Hz to {f[0]:,.6g} Hz over {made.mean_a:,.6g} A\n")
    told: tuple[tuple[str, Callable[[Design], str]], ...] = (
        ("Time with settling, s", lambda d: f"{d.excitation.duration_s:.1f}"),
        ("Modulation, peak by direct current, %", lambda d: f"{d.share * 100:.1f}"),
        ("Peak of the modulation, A", lambda d: f"{d.share * d.excitation.mean_a:.4g}"),
        ("Crest factor", lambda d: f"{d.crest:.2f}"),
        ("Amplitude of a line, A", lambda d: f"{d.excitation.segments[0].amplitude_a.max():.4g}"),
        ("Line in a cell's voltage, mV", lambda d: f"{d.signal_v.min() * 1e3:.3g}"),
        ("Signal to noise of the worst line, dB", lambda d: f"{d.signal_to_noise_db.min():.1f}"),
        ("Deviation of Z, worst line, %", lambda d: f"{d.deviation.max() * 100:.3g}"),
        ("Samples a second", lambda d: f"{d.excitation.sample_rate_hz:,.0f}"),
    )
    rows = [[name, value(multi), value(stepped)] for name, value in told]
    table(["", "Multi-sine", "Stepped sine"], rows, right=[1, 2])
    if multi.deviation.max() > accuracy:
        say(f"\nThe largest modulation does not reach {accuracy:.2%}: measure longer (--periods), or with less noise.")
    (segment,) = made.segments
    say("\nFrequencies are odd harmonics of one class modulo 4, all sums of two different: no product of second or third order falls on a line.\n")
    heads = ["Cycles", "Frequency Hz", "Amplitude A", "Phase rad", "Signal to noise dB"]
    columns = (segment.cycles, segment.amplitude_a, segment.phase_rad, multi.signal_to_noise_db[::-1])
    found = zip(*(c.tolist() for c in columns), strict=True)
    body = [[f"{k:,}", f"{k * made.sample_rate_hz / segment.count:,.6g}", f"{a:.4g}", f"{p:.4f}", f"{s:.1f}"] for k, a, p, s in found]
    table(heads, body, right=[0, 1, 2, 3, 4])


def as_plain(made: Design) -> dict[str, object]:
    """Return a design as JSON holds it."""
    from linewright.exchange.impedance.excitation_file import plain

    return {
        "duration_s": made.excitation.duration_s, "modulation": made.share, "crest_factor": made.crest, "frequency_hz": made.frequency_hz,
        "signal_v": made.signal_v, "signal_to_noise_db": made.signal_to_noise_db, "deviation": made.deviation, **plain(made.excitation),
    }  # fmt: skip
