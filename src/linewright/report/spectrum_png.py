"""`write_png`: spectra as four plots, Nyquist, Bode, residuals of Kramers-Kronig, relaxation times; drawn by Matplotlib (extra `png`)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.eis.analysis import Analysis
from linewright.model.errors import LinewrightError
from linewright.report.spectrum_pictures import prefixed

__all__ = ["write_png"]

#: Spectra that are told apart by a line and a name of their own; more are grey.
NAMED = 6
SIZE_IN, DPI = (11.0, 8.0), 110
GREY = "0.75"


def write_png(path: Path, groups: list[tuple[Analysis, list[str]]], title: str, bad: frozenset[str] = frozenset()) -> None:
    """Write the picture.

    Parameters
    ----------
    path
        Of the file; it is written whole or not at all.
    groups
        Analyses, each with the names of its spectra.
    title
        Above all: the file, and that it is synthetic where it is.
    bad
        Names that fail; where there are many spectra only these have a line of their own.

    Raises
    ------
    LinewrightError
        Matplotlib is not installed, or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise LinewrightError(f"--png {path}: pictures need Matplotlib, which is not installed.\n    pip install 'linewright[png]'") from error
    figure = Figure(figsize=SIZE_IN, dpi=DPI, layout="constrained")
    plots = figure.subplots(2, 2)
    angles = plots[0, 1].twinx()
    angles.set_ylabel("-phase, degrees (dashed)")
    size, unit = prefixed(np.concatenate([np.abs(found.spectra.impedance_ohm).ravel() for found, _ in groups]), "ohm")
    total = sum(len(names) for _, names in groups)
    for found, names in groups:
        for n, name in enumerate(names):
            is_named = name in bad or (total <= NAMED)
            style: dict[str, Any] = {"lw": 1.2, "label": name, "zorder": 3} if is_named else {"lw": 0.6, "color": GREY}
            draw(plots, angles, found, n, size, style)
    for plot, head, x, y in zip(
        plots.ravel(), ("Nyquist", "Bode", "Kramers-Kronig: Z' solid, Z'' dashed", "Relaxation times"),
        (f"Z', {unit}", "Hz", "Hz", "s"), (f"-Z'', {unit}", f"|Z|, {unit}", "residual, %", f"distribution, {unit}"), strict=True,
    ):  # fmt: skip
        plot.set_title(head, loc="left", fontsize=10)
        plot.set_xlabel(x)
        plot.set_ylabel(y)
        plot.grid(visible=True, color="0.9", lw=0.6)
    plots[0, 0].set_aspect("equal", adjustable="datalim")
    handles, labels = plots[0, 0].get_legend_handles_labels()
    if handles:
        plots[0, 0].legend(handles[:NAMED], labels[:NAMED], fontsize=8, frameon=False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    data = io.BytesIO()
    figure.savefig(data, format="png")
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data.getvalue())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise LinewrightError(f"--png {path}: it cannot be written: {error.strerror}.") from error


def draw(plots: NDArray[Any], phase: Any, found: Analysis, n: int, size: float, style: dict[str, Any]) -> None:  # noqa: PLR0917 - plots, and a spectrum
    """Draw one spectrum into the four plots."""
    f, z = found.spectra.frequency_hz, found.spectra.impedance_ohm[n] * size
    (line,) = plots[0, 0].plot(z.real, -z.imag, marker="." if "label" in style else "", ms=4, **style)
    plain = {**style, "color": line.get_color()}
    plain.pop("label", None)
    if found.fit is not None and found.fit.is_good[n] and "label" in style:
        model = found.fit.impedance_ohm[n] * size
        plots[0, 0].plot(model.real, -model.imag, color="0.2", lw=0.9, ls=":", zorder=4)
    plots[0, 1].loglog(f, np.abs(z), **plain)
    phase.plot(f, -np.degrees(np.angle(z)), ls="--", **plain)
    plots[1, 0].semilogx(f, found.kk.residual[n].real * 100.0, **plain)
    plots[1, 0].semilogx(f, found.kk.residual[n].imag * 100.0, ls="--", **plain)
    plots[1, 1].semilogx(found.drt.tau_s, found.drt.gamma_ohm[n] * size, **plain)
