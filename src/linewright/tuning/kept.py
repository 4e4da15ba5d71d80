"""Findings as plain values that a file keeps: all that is shown of an experiment later, and what compares two that were kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.tuning.estimates import Difference, Estimate, difference_of, estimate_of
from linewright.tuning.findings import Findings
from linewright.tuning.notes import notes_of
from linewright.tuning.told import told

__all__ = ["compared", "kept_findings"]

#: The figure that a result is told by.
MAIN = "output"
#: Points of the curve that tells how the interval narrows; cases that have one.
NARROWING_POINTS, NARROWING_CASES = 40, 12


def kept_findings(findings: Findings) -> dict[str, Any] | None:
    """Return everything that is shown of findings, as plain values; None where no replication was whole.

    Parameters
    ----------
    findings
        Of `run_experiment`.

    Examples
    --------
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.tuning.asked import Asked, experiment_of
    >>> from linewright.tuning.run_experiment import run_experiment
    >>> asked = Asked(versus=("wind.count=2",), until_s=86400.0, replications=3)
    >>> kept = kept_findings(run_experiment(experiment_of("four-stations", installed_libraries(), asked)))
    >>> kept["result"]["case"], kept["result"]["is_clear"], [figure["name"] for figure in kept["figures"]][:2]
    (1, True, ['output', 'oee'])
    """
    e = findings.experiment
    if not findings.runs or not findings.runs[0]:
        return None
    return {
        "name": e.name, "about": e.about, "until_s": e.until_s, "warm_up_s": e.warm_up_s, "seed": e.seed, "replications": e.replications,
        "replications_done": len(findings.runs[0]), "batches": e.batches if e.replications == 1 else None, "confidence": e.confidence,
        "is_whole": findings.is_whole, "show": list(e.show), "paths": [path for path, _ in e.points[0]], "variants": list(e.variants),
        "figures": [_figure(name) for name in findings.figures], "cases": [_case(findings, n) for n in range(len(e.cases))],
        "result": _result(findings), "notes": list(notes_of(findings)),
    }  # fmt: skip


def compared(one: Mapping[str, Any], case: int, other: Mapping[str, Any], other_case: int) -> dict[str, Any]:
    """Return two cases of two kept experiments side by side, in the figures that both have.

    The difference is that of pairs of samples. Where both drew the same random numbers, what is common falls out of it; where they did not, pairs
    are independent and the interval holds as well, only wider.

    Parameters
    ----------
    one, other
        What `kept_findings` returned.
    case, other_case
        Their numbers there.

    Returns
    -------
    dict
        ``figures`` with the two estimates and the difference (other - one); ``differs``: what of the runs is not the same; ``only_one``,
        ``only_other``: figures of one of them alone.

    Examples
    --------
    >>> figure = {"name": "output", "title": "Output", "unit": "/min", "better": 1, "group": "output"}
    >>> def kept(samples):
    ...     mean = _estimate(estimate_of(np.array(samples)))
    ...     return {"confidence": 0.95, "figures": [figure], "cases": [{"figures": {"output": mean}, "samples": {"output": samples}}]}
    >>> compared(kept([10.0, 12.0, 14.0]), 0, kept([11.1, 13.0, 14.9]), 0)["figures"][0]["difference"]["verdict"]
    'higher'
    """
    a, b = one["cases"][case], other["cases"][other_case]
    names, others = _units(one, a), _units(other, b)
    shared = [name for name, unit in names.items() if others.get(name) == unit]
    kinds = {figure["name"]: figure for figure in one["figures"]}
    confidence = max(float(one["confidence"]), float(other["confidence"]))
    rows = []
    for name in shared:
        found = difference_of(_samples(a, name), _samples(b, name), confidence)
        row = {"one": a["figures"][name], "other": b["figures"][name], "difference": None if found is None else _difference(found)}
        rows.append({**kinds[name], **row})
    same = ("until_s", "warm_up_s", "seed", "replications", "batches", "confidence")
    return {
        "confidence": confidence, "figures": rows, "differs": [key for key in same if one.get(key) != other.get(key)],
        "only_one": [name for name in names if name not in shared], "only_other": [name for name in others if name not in shared],
    }  # fmt: skip


def _figure(name: str) -> dict[str, Any]:
    found = told(name)
    return {"name": name, "title": found.title, "unit": found.unit, "better": found.better, "group": found.group}


def _case(findings: Findings, case: int) -> dict[str, Any]:
    asked, runs = findings.experiment.cases[case], findings.runs[case]
    estimates = {name: e for name in findings.figures if (e := findings.estimate(case, name)) is not None}
    differences = {name: d for name in findings.figures if (d := findings.difference(case, name)) is not None}
    return {
        "label": asked.label, "variant": asked.variant, "point": dict(asked.point), "line": asked.plant.name,
        "base": findings.experiment.base_of(case), "warm_up_s": max(run.warm_up_s for run in runs), "is_steady": all(run.is_steady for run in runs),
        "figures": {name: _estimate(e) for name, e in estimates.items()}, "differences": {name: _difference(d) for name, d in differences.items()},
        "samples": {name: _numbers(findings.samples(case, name)) for name in estimates if "." not in name},
        "pace": _pace(findings, case), "on_paper": findings.papers[case].to_json() if findings.papers else None, "little": findings.little(case),
        "narrowing": _narrowing(findings, case) if case < NARROWING_CASES else [],
    }  # fmt: skip


def _estimate(found: Estimate | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "mean": found.mean, "half_width": found.half_width, "low": found.low, "high": found.high, "samples": found.samples, "digits": found.digits,
    }  # fmt: skip


def _difference(found: Difference) -> dict[str, Any]:
    return {**(_estimate(found.estimate) or {}), "verdict": found.verdict}


def _numbers(samples: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in samples]


def _pace(findings: Findings, case: int) -> dict[str, Any]:
    """Return who set the pace: by active periods in shares of the time; of many cases, who was active most in shares of the samples."""
    if findings.active:
        active = findings.active[case]
        found = [list(row) for row in active.shares]
        return {"method": "active-periods", "shares": found, "span_s": active.span_s, "unpaused": list(active.unpaused)}
    names = [name for run in findings.runs[case] for name in run.bottlenecks if name is not None]
    shares = [[name, count / len(names)] for name, count in Counter(names).most_common()]
    return {"method": "most-active", "shares": shares, "span_s": None, "unpaused": []}


def _narrowing(findings: Findings, case: int) -> list[list[float]]:
    """Return (samples, half the width of the interval of the main figure after so many of them)."""
    samples = findings.samples(case, MAIN)
    counts = np.unique(np.linspace(2, len(samples), NARROWING_POINTS).round().astype(int)) if len(samples) >= 2 else ()
    found = ((int(n), estimate_of(samples[:n], findings.experiment.confidence)) for n in counts)
    return [[n, e.half_width] for n, e in found if e is not None and e.half_width is not None]


def _result(findings: Findings) -> dict[str, Any] | None:
    """Return the experiment in one line: its best case by the main figure, how far it is from what it is compared with, and who is as good."""
    best = findings.best(MAIN)
    if best is None:
        return None
    difference = findings.difference(best.case, MAIN)
    return {
        "figure": MAIN, "unit": told(MAIN).unit, "case": best.case, "label": findings.experiment.cases[best.case].label,
        "estimate": _estimate(findings.estimate(best.case, MAIN)), "is_clear": best.is_clear, "rivals": list(best.rivals),
        "difference": None if difference is None else _difference(difference), "base": findings.experiment.base_of(best.case),
    }  # fmt: skip


def _units(kept: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, str]:
    return {figure["name"]: figure["unit"] for figure in kept["figures"] if figure["name"] in case["samples"]}


def _samples(case: Mapping[str, Any], name: str) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in case["samples"][name]], np.float64)
