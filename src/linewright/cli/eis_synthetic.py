"""`linewright eis synthetic`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linewright.cli.printing import say
from linewright.model.errors import LinewrightError

__all__ = ["synthetic"]


def synthetic(  # noqa: PLR0917 - a command's options are its arguments
    out: Annotated[Path, typer.Argument(help="File of samples to make, in Parquet.")],
    excitation: Annotated[Path, typer.Option(help="What is sent: a file of linewright eis design.")],
    cells: Annotated[int, typer.Option(min=1, help="In series.")] = 40,
    seed: Annotated[int, typer.Option(min=0, help="Key of all draws.")] = 1,
    fault: Annotated[list[str] | None, typer.Option(metavar="CELL=FAULT", help="Such as 17=dry; may be repeated.")] = None,
    calibration: Annotated[Path | None, typer.Option(metavar="FILE", help="Write spectra of the leads on a short as well, as CSV.")] = None,
) -> None:
    """Make raw samples of a stack that never was, with faults put in on purpose; the file says that it is synthetic."""
    from linewright.eis.synthetic_stack import SyntheticRecord, synthetic_stack
    from linewright.exchange.impedance.excitation_file import read_excitation
    from linewright.exchange.impedance.raw_file import write_synthetic
    from linewright.exchange.impedance.synthetic_short import write_short

    if out.suffix != ".parquet":
        raise LinewrightError(f"{out}: a name that ends in .parquet was expected, such as {out.with_suffix('.parquet')}.")
    for path in (out, calibration):
        if path is not None and not path.absolute().parent.is_dir():
            raise LinewrightError(f"{path}: there is no folder {path.parent}. Make it first, or name another.")
    sent = read_excitation(excitation)
    try:
        stack = synthetic_stack(cells, seed, faults_of(fault or []))
    except ValueError as error:
        raise LinewrightError(f"--fault: {error}.") from error
    write_synthetic(out, SyntheticRecord(stack, sent, seed=seed))
    say(f"{out}: synthetic, {cells} cells, {sent.duration_s:.4g} s at {sent.sample_rate_hz:,.0f} samples a second, seed {seed}.")
    if calibration is not None:
        write_short(calibration, stack, sent.frequency_hz)
        say(f"{calibration}: synthetic, the leads of these cells on a short.")


def faults_of(texts: list[str]) -> dict[int, str]:
    """Return faults by cell from 0.

    Examples
    --------
    >>> faults_of(["17=dry"])
    {16: 'dry'}
    """
    found = {}
    for text in texts:
        cell, equals, kind = text.partition("=")
        if not equals or not cell.strip().isdecimal() or int(cell) < 1:
            raise LinewrightError(f"--fault {text}: CELL=FAULT was expected, such as 17=dry.")
        found[int(cell) - 1] = kind.strip().replace("-", " ")
    return found
