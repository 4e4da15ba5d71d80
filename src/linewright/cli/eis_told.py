"""How impedance is printed: of a few spectra each in words, of many a row each; of a stack what fails and where it stands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from linewright.cli.printing import say, table
from linewright.eis.analysis import KK_DOUBTFUL, KK_GOOD, kk_doubt
from linewright.eis.recipe import QUANTITIES
from linewright.eis.verdict import not_judged
from linewright.report.spectrum_pictures import quantity

if TYPE_CHECKING:
    from linewright.eis.analysis import Analysis
    from linewright.eis.recipe import Recipe
    from linewright.eis.verdict import StackVerdict
    from linewright.exchange.impedance.judged import JudgedSpectrum, JudgedStack
    from linewright.model.errors import FileFault

__all__ = ["spectrum_json", "stack_json", "tell_spectra", "tell_stack"]

#: Spectra that are told in words; more are rows of a table.
FEW = 4
#: Cells in a row of the map.
ROW = 50
#: Warnings that are printed.
MOST_WARNINGS = 20


def tell_spectra(judged: Sequence[JudgedSpectrum], warnings: Sequence[FileFault], limits: Recipe | None) -> None:
    """Print spectra, then what is doubtful about their files."""
    if len(judged) <= FEW:
        for number, j in enumerate(judged):
            if number:
                say()
            tell_one(j)
    else:
        tell_many(judged)
    if limits is not None:
        failed = sum(j.verdict is not None and not j.verdict.is_pass for j in judged)
        count = f"{len(judged)} spectra" if len(judged) > 1 else "1 spectrum"
        say(f"\nRecipe {limits.name}: {failed} of {count} fail." if failed else f"\nRecipe {limits.name}: passed, {count}.")
        tell_not_judged(judged[0].values, limits)
    if warnings:
        say()
    for w in warnings[:MOST_WARNINGS]:
        say(f"warning: {w}")
    if len(warnings) > MOST_WARNINGS:
        say(f"... and {len(warnings) - MOST_WARNINGS} more warnings (--json has all).")


def tell_one(j: JudgedSpectrum) -> None:
    """Print one spectrum in words."""
    f = j.spectrum.frequency_hz
    say(f"{j.spectrum.name}   {j.instrument}, {len(f)} points, {quantity(f[0], 'Hz')} to {quantity(f[-1], 'Hz')}\n")
    rows = [["Quality", *quality(j.analysis, j.number)], ["Kramers-Kronig", *kk_words(j.analysis, j.number)]]
    rows += [
        ["High frequency", quantity(j.values["hfr"], "ohm"), "real part where Z'' crosses 0, else at the highest frequency"],
        ["Low frequency", quantity(j.values["total"], "ohm"), f"real part at {quantity(f[-1], 'Hz')}"],
    ]
    fit = j.analysis.fit
    if fit is not None:
        words = "; ".join(w for w in ("rms residual of the fit", fit.reasons[j.number]) if w)
        rows.append([str(fit.circuit), f"{j.values['fit']:.2%}" if math.isfinite(j.values["fit"]) else "-", words])
        rows += [["  chosen", "", j.analysis.chosen]] if j.analysis.chosen else []
        for k, p in enumerate(fit.circuit.parameters):
            low, high = float(fit.low[j.number, k]), float(fit.high[j.number, k])
            value = quantity(float(fit.values[j.number, k]), p.unit) if p.unit else f"{fit.values[j.number, k]:.4g}"
            ends = f"{quantity(low, p.unit)} to {quantity(high, p.unit)}" if p.unit else f"{low:.4g} to {high:.4g}"
            rows.append([f"  {p.name}", value, f"{ends} (95 %)" if math.isfinite(low) else "not determined"])
    else:
        rows.append(["Circuit", "none", 'fit one with --circuit "R0-p(R1,CPE1)", or --circuit auto'])
    rows += [["Relaxation times" if not k else "", t, w] for k, (t, w) in enumerate(peak_words(j.analysis, j.number))]
    if j.verdict is not None:
        rows.append(["Verdict", "pass" if j.verdict.is_pass else "FAIL", "; ".join(j.verdict.reasons)])
    names, values = (max(len(row[k]) for row in rows) for k in (0, 1))
    for name, value, words in rows:
        say(f"  {name.ljust(names)}   {value.rjust(values)}   {words}".rstrip())


def peak_words(found: Analysis, n: int) -> list[tuple[str, str]]:
    """Return the peaks of the distribution of relaxation times: time, and resistance with its frequency."""
    peaks, reason = found.drt.peaks, found.drt.reasons[n]
    if reason:
        return [("-", reason)]
    pairs = [(t, r) for t, r in zip(peaks.tau_s[n].tolist(), peaks.resistance_ohm[n].tolist(), strict=True) if math.isfinite(t)]
    words = [(quantity(t, "s", 3), f"{quantity(r, 'ohm', 3)} at {quantity(1.0 / (2.0 * math.pi * t), 'Hz', 3)}") for t, r in pairs]
    return words or [("-", "no peak")]


def quality(found: Analysis, n: int) -> tuple[str, str]:
    """Return the findings of a spectrum: how many, and which."""
    mine = [f for f in found.findings if f.cell in {None, n}]
    worst = [f"{f.kind}: {f.message}" for f in mine]
    return ("good" if not mine else "cannot be judged" if any(f.is_fatal for f in mine) else "doubtful"), "; ".join(worst)


def kk_words(found: Analysis, n: int) -> tuple[str, str]:
    """Return the test by Kramers-Kronig in words."""
    doubt = kk_doubt(found, n)
    if doubt:
        return "not known", doubt
    worst = float(found.kk.worst[n])
    words = "good" if worst <= KK_GOOD else "acceptable" if worst <= KK_DOUBTFUL else "doubtful"
    return words, f"largest residual {worst:.2%}; {int(found.kk.n_elements[n])} elements, mu {found.kk.mu[n]:.2f}"


def tell_many(judged: Sequence[JudgedSpectrum]) -> None:
    """Print a row for each spectrum."""
    fitted = judged[0].analysis.fit
    names = [p.name for p in fitted.circuit.parameters] if fitted is not None else []
    files = {j.spectrum.name.partition("#")[0] for j in judged}
    is_one = len(files) == 1 and all("#" in j.spectrum.name for j in judged)
    say(f"{next(iter(files)) if is_one else f'{len(files)} files' if len(files) > 1 else '1 file'}: {len(judged)} spectra")
    if fitted is not None:
        say(f"{fitted.circuit} fitted" + (f": {judged[0].analysis.chosen}" if judged[0].analysis.chosen else ""))
    say()
    heads = ["Spectrum", "Points", "KK", "KK %", "High f ohm", "Low f ohm", *(["Fit %", *names] if names else []), "Verdict"]
    rows = []
    for j in judged:
        kk = kk_words(j.analysis, j.number)[0]
        name = "#" + j.spectrum.name.partition("#")[2] if is_one else j.spectrum.name
        row = [name, f"{len(j.spectrum.lines)}", kk, f"{j.analysis.kk.worst[j.number] * 100:.2f}"]
        row += [f"{j.values['hfr']:.4g}", f"{j.values['total']:.4g}"]
        if j.analysis.fit is not None:
            row += [f"{j.values['fit'] * 100:.2f}", *(f"{v:.4g}" for v in j.analysis.fit.values[j.number].tolist())]
        verdict = "" if j.verdict is None else "pass" if j.verdict.is_pass else "FAIL: " + "; ".join(j.verdict.reasons)
        rows.append([*row, verdict])
    is_judged = any(row[-1] for row in rows)
    if not is_judged:
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    table(heads, rows, right=[k for k, h in enumerate(heads) if h not in {"Spectrum", "KK", "Verdict"}])


def tell_stack(judged: JudgedStack, limits: Recipe | None) -> None:
    """Print a stack: how it was measured, its quantities, what fails, and where that stands."""
    raw, found = judged.raw, judged.analysis
    synthetic = "   SYNTHETIC: made from a model, not measured" if raw.is_synthetic else ""
    say(f"{raw.file}{synthetic}\n")
    f = found.spectra.frequency_hz
    sent = raw.excitation
    say(f"  {sent.kind} over {sent.mean_a:,.6g} A, {len(f)} lines, {quantity(f[0], 'Hz')} to {quantity(f[-1], 'Hz')}, {sent.duration_s:.4g} s")
    total = len(raw.names) + len(raw.missing)
    say(f"  {total} cells, {found.spectra.n_cells} judged" + ("; voltages fall with the current" if judged.stack.is_discharge else ""))
    if judged.calibration is not None:
        low, high = judged.calibration.inductance_h.min(), judged.calibration.inductance_h.max()
        say(f"  inductance of the leads taken off: {quantity(float(low), 'H')} to {quantity(float(high), 'H')}")
    else:
        fitted = ", and is fitted as L0" if found.fit is not None and "L0" in found.fit.circuit.names else ""
        say(f"  the inductance of the leads is still in the spectra{fitted}; --calibration FILE takes it off")
    if found.fit is not None:
        say(f"  {found.fit.circuit} fitted, weighed by the measured variance")
    say()
    tell_quantities(judged.values, judged.verdict)
    if judged.verdict is not None and limits is not None:
        say()
        tell_verdict(judged.verdict, limits)
        tell_not_judged(judged.values, limits)
    else:
        for _, name, what in sorted([*raw.missing, *judged.stack.faults]):
            say(f"  cell {name}: {what}")
        say("\nNot judged: --recipe fuel-cell-stack, or a file of your own, does that.")


def tell_quantities(values: Mapping[str, Any], verdict: StackVerdict | None) -> None:
    """Print the middle, the ends and the spread of each quantity over the cells."""
    import numpy as np  # noqa: PLC0415 - `--help` need not pay for it

    rows = []
    for q, about in QUANTITIES.items():
        if q not in values or not np.isfinite(values[q]).any():
            continue
        known = values[q][np.isfinite(values[q])] * about.factor
        spread = verdict.spread.get(q, (math.nan, math.nan))[1] if verdict is not None else math.nan
        told = [f"{x:.4g}" for x in (float(np.median(known)), float(known.min()), float(known.max()))]
        rows.append([q, about.unit, *told, f"{spread:.1%}" if math.isfinite(spread) else "-", about.about])
    table(["Quantity", "Unit", "Median", "Least", "Most", "Spread", "What it is"], rows, right=[2, 3, 4, 5])
    if verdict is not None:
        say("Spread: robust standard deviation (1.4826 MAD) about the trend along the stack.")


def tell_verdict(verdict: StackVerdict, limits: Recipe) -> None:
    """Print what fails, and the map."""
    if verdict.failed:
        rows = [[c.name, c.looks_like or "-", "; ".join(c.reasons)] for c in verdict.failed]
        table(["Cell", "Looks like", "Why it fails"], rows)
        say()
    for begin in range(0, len(verdict.cells), ROW):
        marks = "".join("." if c.is_pass else "X" for c in verdict.cells[begin : begin + ROW])
        say(f"  {verdict.cells[begin].name:>5}  {marks}")
    what = "PASS" if verdict.is_pass else "FAIL: " + "; ".join(verdict.reasons)
    say(f"\nRecipe {limits.name}: {what}.")


def tell_not_judged(values: Mapping[str, Any], limits: Recipe) -> None:
    """Print which limits of a recipe could not be judged, because nothing tells the quantity."""
    lost = not_judged(values, limits)
    if lost:
        say(f"Not judged, because nothing here tells it: {', '.join(lost)}.")


def spectrum_json(j: JudgedSpectrum) -> dict[str, Any]:
    """Return one spectrum for programs."""
    n, found = j.number, j.analysis
    body: dict[str, Any] = {
        "file": j.file, "name": j.spectrum.name, "instrument": j.instrument, "points": len(j.spectrum.lines),
        "findings": [{"kind": f.kind, "point": f.point, "message": f.message, "is_fatal": f.is_fatal} for f in found.findings if f.cell in {None, n}],
        "kramers_kronig": {
            "elements": int(found.kk.n_elements[n]), "mu": number(found.kk.mu[n]), "worst": number(found.kk.worst[n]), "doubt": kk_doubt(found, n),
        },
        "values": {q: number(v) for q, v in j.values.items()},
        "verdict": None if j.verdict is None else {"is_pass": j.verdict.is_pass, "reasons": j.verdict.reasons},
    }  # fmt: skip
    body["relaxation"] = [
        {"tau_s": number(t), "resistance_ohm": number(r)}
        for t, r in zip(found.drt.peaks.tau_s[n].tolist(), found.drt.peaks.resistance_ohm[n].tolist(), strict=True)
        if math.isfinite(t)
    ]
    if found.fit is not None:
        body["fit"] = {
            "circuit": str(found.fit.circuit), "chosen": found.chosen, "is_good": bool(found.fit.is_good[n]), "reason": found.fit.reasons[n],
            "parameters": [
                {
                    "name": p.name, "unit": p.unit, "value": number(found.fit.values[n, k]), "sigma": number(found.fit.sigma[n, k]),
                    "low": number(found.fit.low[n, k]), "high": number(found.fit.high[n, k]),
                }
                for k, p in enumerate(found.fit.circuit.parameters)
            ],
        }  # fmt: skip
    return body


def stack_json(judged: JudgedStack) -> dict[str, Any]:
    """Return a stack for programs."""
    spectra = judged.analysis.spectra
    verdict = judged.verdict
    return {
        "file": judged.raw.file, "is_synthetic": judged.raw.is_synthetic, "frequency_hz": spectra.frequency_hz, "cells": list(spectra.names),
        "impedance_ohm": [[[number(z.real), number(z.imag)] for z in row] for row in spectra.impedance_ohm.tolist()],
        "values": {q: [number(x) for x in v.tolist()] for q, v in judged.values.items()},
        "channel_faults": [{"cell": name, "what": what} for _, name, what in sorted([*judged.raw.missing, *judged.stack.faults])],
        "verdict": None if verdict is None else {
            "is_pass": verdict.is_pass, "reasons": verdict.reasons,
            "failed": [{"cell": c.name, "looks_like": c.looks_like, "reasons": c.reasons} for c in verdict.failed],
        },
    }  # fmt: skip


def number(value: Any) -> float | None:
    """Return a number that JSON can hold, None where there is none."""
    return float(value) if math.isfinite(float(value)) else None
