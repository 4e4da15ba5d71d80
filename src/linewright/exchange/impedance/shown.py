"""What a page shows of an analysis: plain lists in the units that people read, each number with five digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.eis.analysis import Analysis, kk_doubt
from linewright.eis.recipe import QUANTITIES, Recipe
from linewright.eis.verdict import StackVerdict
from linewright.exchange.impedance.judged import JudgedSpectrum, JudgedStack
from linewright.exchange.impedance.station import CompareRow, StationStack

__all__ = ["shown_spectra", "shown_stack"]

#: Ohm m2 to mOhm cm2.
PER_AREA = 1e7
#: Prefixes of ohm by the least |Z| that has them.
PREFIXES = ((1e6, "MΩ"), (1e3, "kΩ"), (0.5, "Ω"), (5e-5, "mΩ"), (0.0, "µΩ"))
SIZE = {"MΩ": 1e-6, "kΩ": 1e-3, "Ω": 1.0, "mΩ": 1e3, "µΩ": 1e6}
UNITS = {"mohm": "mΩ"}


def shown_stack(judged: JudgedStack, recipe: Recipe | None, stack: StationStack | None = None, rows: tuple[CompareRow, ...] = ()) -> dict[str, Any]:
    """Return what is shown of a stack.

    Parameters
    ----------
    judged, recipe
        What was found, by which limits.
    stack, rows
        Where it was measured by a station of a line, and its recorded values beside those of the waveform; resistances are then by area.
    """
    sent = judged.raw.excitation
    body = group(judged.analysis, judged.values, judged.verdict, recipe, None if stack is None else stack.area_m2)
    leads = None if judged.calibration is None else float(np.median(judged.calibration.inductance_h))
    f = judged.analysis.spectra.frequency_hz
    about = {
        "kind": sent.kind, "mean_a": sent.mean_a, "duration_s": sent.duration_s, "lines": len(f), "low_hz": float(f.min()), "high_hz": float(f.max()),
        "sample_rate_hz": sent.sample_rate_hz, "leads_h": leads, "cells": len(judged.raw.names) + len(judged.raw.missing),
    }  # fmt: skip
    at = None
    if stack is not None:
        at = {
            "path": stack.segment.path, "verdict": stack.verdict, "done_us": stack.visit.done_us, "area_m2": stack.area_m2, "cells": stack.cells,
            "compared": [
                {
                    "name": r.name, "unit": r.unit, "recorded": five(r.recorded), "found": five(r.found), "low": five(r.low), "high": five(r.high),
                    "is_pass": r.is_pass,
                }
                for r in rows
            ],
        }  # fmt: skip
    return {"title": judged.raw.file, "kind": "stack", "is_synthetic": judged.raw.is_synthetic, "measured": about, "station": at, "groups": [body]}


def shown_spectra(title: str, judged: list[JudgedSpectrum], recipe: Recipe | None, doubts: list[str]) -> dict[str, Any]:
    """Return what is shown of files of spectra: a group for each frequency axis.

    Parameters
    ----------
    title
        What they are called together.
    judged, recipe
        What was found, by which limits.
    doubts
        Warnings and faults of the files.
    """
    groups: dict[int, list[JudgedSpectrum]] = {}
    for each in judged:
        groups.setdefault(id(each.analysis), []).append(each)
    bodies = []
    for members in groups.values():
        values = {q: np.array([m.values[q] for m in members]) for q in members[0].values}
        cells = [m.verdict for m in members if m.verdict is not None]
        failed = sum(not c.is_pass for c in cells)
        verdict = StackVerdict(tuple(cells), {}, {}, (f"{failed} of {len(cells)} fail",) if failed else ()) if cells else None
        body = group(members[0].analysis, values, verdict, recipe, None)
        bodies.append({**body, "names": [m.spectrum.name.rpartition("/")[2] for m in members], "instrument": members[0].instrument})
    return {"title": title, "kind": "spectra", "is_synthetic": False, "measured": None, "station": None, "groups": bodies, "doubts": doubts}


def group(
    found: Analysis, values: Mapping[str, NDArray[np.float64]], verdict: StackVerdict | None, recipe: Recipe | None, area_m2: float | None
) -> dict[str, Any]:
    """Return what is shown of the cells of one frequency axis, (n_cells, n_f) lists."""
    z = found.spectra.impedance_ohm
    size, unit = scale_of(z, area_m2)
    fitted = None if found.fit is None else z - found.fit.residual * np.abs(z)
    quantities = []
    for q, about in QUANTITIES.items():
        if q not in values or not np.isfinite(values[q]).any():
            continue
        limit = None if recipe is None else recipe.limits.get(q)
        factor, called = (size, unit) if about.kind == "resistance" else (about.factor, UNITS.get(about.unit, about.unit))
        quantities.append({
            "name": q, "about": about.about, "unit": called, "values": fives(values[q] * factor),
            "low": None if limit is None or limit.low is None else five(limit.low * factor),
            "high": None if limit is None or limit.high is None else five(limit.high * factor),
            "spread": None if recipe is None else recipe.spread.get(q),
            "deviation": fives(verdict.deviations[q]) if verdict is not None and q in verdict.deviations else None,
        })  # fmt: skip
    peaks = found.drt.peaks
    return {
        "names": list(found.spectra.names), "frequency_hz": fives(found.spectra.frequency_hz), "unit": unit, "instrument": "",
        "re": fives(z.real * size), "im": fives(z.imag * size),
        "fit_re": None if fitted is None else fives(fitted.real * size), "fit_im": None if fitted is None else fives(fitted.imag * size),
        "kk_re": fives(found.kk.residual.real * 100.0), "kk_im": fives(found.kk.residual.imag * 100.0),
        "kk_worst": fives(found.kk.worst * 100.0), "kk_doubt": [kk_doubt(found, n) for n in range(found.spectra.n_cells)],
        "tau_s": fives(found.drt.tau_s), "gamma": fives(found.drt.gamma_ohm * size),
        "peaks": [
            {"tau_s": five(t), "resistance": five(r * size)}
            for t, r in zip(medians(peaks.tau_s), medians(peaks.resistance_ohm), strict=True)
        ],
        "circuit": None if found.fit is None else str(found.fit.circuit), "chosen": found.chosen,
        "parameters": [] if found.fit is None else [
            {
                "name": p.name, "unit": p.unit, "values": fives(found.fit.values[:, k]), "low": fives(found.fit.low[:, k]),
                "high": fives(found.fit.high[:, k]),
            }
            for k, p in enumerate(found.fit.circuit.parameters)
        ],
        "findings": [{"cell": f.cell, "kind": f.kind, "message": f.message} for f in found.findings],
        "quantities": quantities, "recipe": None if recipe is None else recipe.name,
        "verdict": None if verdict is None else {
            "is_pass": verdict.is_pass, "reasons": list(verdict.reasons), "cells": len(verdict.cells),
            "failed": [{"name": c.name, "cell": c.cell, "looks_like": c.looks_like, "reasons": list(c.reasons)} for c in verdict.failed],
        },
    }  # fmt: skip


def scale_of(z: NDArray[np.complex128], area_m2: float | None) -> tuple[float, str]:
    """Return what ohms are multiplied with to be read, and the unit then.

    Examples
    --------
    >>> scale_of(np.array([[1.5e-4 - 1e-5j]]), None), scale_of(np.array([[1e-4 + 0j]]), 0.025)
    ((1000.0, 'mΩ'), (250000.0, 'mΩ cm²'))
    """
    if area_m2 is not None:
        return area_m2 * PER_AREA, "mΩ cm²"
    size = np.abs(z[np.isfinite(z)])
    middle = float(np.median(size)) if len(size) else 1.0
    unit = next(name for least, name in PREFIXES if middle >= least)
    return SIZE[unit], unit


def medians(columns: NDArray[np.float64]) -> list[float]:
    """Return the median of what is known in each column, (n, k) to k; columns of which nothing is known are left out."""
    known = [c[np.isfinite(c)] for c in columns.T]
    return [float(np.median(c)) for c in known if len(c)]


def fives(values: NDArray[np.float64]) -> Any:
    """Return numbers with five digits as lists of the same shape; None where one is unknown."""
    if values.ndim == 1:
        return [five(x) for x in values.tolist()]
    return [[five(x) for x in row] for row in values.tolist()]


def five(value: float | None) -> float | None:
    """Return a number with five digits.

    Examples
    --------
    >>> five(0.123456789), five(float("nan"))
    (0.12346, None)
    """
    return None if value is None or not np.isfinite(value) else float(f"{value:.5g}")
