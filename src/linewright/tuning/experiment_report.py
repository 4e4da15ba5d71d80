"""`experiment_report`: an experiment as one HTML page: its cases side by side, differences with their intervals, sweeps as curves."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from linewright.report.drawing import Frame, bar, legend, line, svg, text, ticks
from linewright.report.html import Section, page_of, table_of
from linewright.report.pictures import WIDTH, number
from linewright.tuning.estimates import Difference, Estimate
from linewright.tuning.findings import Findings
from linewright.tuning.notes import length, notes_of
from linewright.tuning.paper_words import assumed, paper_rows
from linewright.tuning.told import Told, told

__all__ = ["experiment_report"]

#: Colours of cases and variants in one picture.
COLOURS = 6
PLUS_MINUS = "±"


def experiment_report(findings: Findings, further: Sequence[Section] = ()) -> str:
    """Return the report of an experiment.

    Parameters
    ----------
    findings
        Its runs (`tuning.run_experiment`).
    further
        Sections that others make, such as cross-checks and warnings; they stand before the table.

    Examples
    --------
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.tuning.asked import Asked, experiment_of
    >>> from linewright.tuning.run_experiment import run_experiment
    >>> asked = Asked(versus=("wind.count=2",), until_s=86400.0, replications=5)
    >>> page = experiment_report(run_experiment(experiment_of("four-stations", installed_libraries(), asked)))
    >>> "Differences" in page
    True
    """
    e = findings.experiment
    shown = [told(name) for name in findings.figures if "." not in name]
    sections: list[Section] = []
    if len(e.points) > 1:
        sections += _sweeps(findings, shown)
    if len(e.variants) > 1:
        about = f"Each against {e.variants[0]}, same random numbers; bars are {100 * e.confidence:g} % intervals of the difference."
        sections.append(Section("Differences", about, "".join(_forest(findings, t) for t in shown)))
    sections.append(Section("Output of each run", "Good products a minute, a line a replication.", _runs(findings)))
    sections.append(Section("Bottleneck", "The station with the largest active share, and in how many of the runs it was.", _bottlenecks(findings)))
    if findings.active:
        stretch = length(findings.active[0].span_s)
        about = f"Active periods, after Roser: whose was the longest at each moment, over {stretch} of the first run of each case."
        sections.append(Section("Bottleneck by active periods", about, _active(findings)))
    if findings.papers:
        sections.append(Section("On paper", " ".join(assumed(findings)), _paper(findings)))
    if notes := notes_of(findings):
        sections.append(Section("What is doubtful", "", "<ul>" + "".join(f"<li>{escape(note)}</li>" for note in notes) + "</ul>"))
    sections += further
    about = f"Mean {PLUS_MINUS} half the width of the {100 * e.confidence:g} % interval (Student's t)."
    sections.append(Section("All figures", about, _figures(findings, shown)))
    return page_of(e.name, f"{e.about} {_how_much(findings)}".strip(), "", sections)


def _how_much(findings: Findings) -> str:
    e = findings.experiment
    days = f"{e.until_s / 86400:,.4g} days" if e.until_s >= 2 * 86400 else f"{e.until_s / 3600:,.4g} h"
    runs = f"{e.replications} replications of {days}" if e.replications > 1 else f"one run of {days}, in {e.batches} parts"
    part = "" if findings.is_whole else f" Stopped after {len(findings.runs[0]) if findings.runs else 0} of them."
    return f"{len(e.cases)} cases, {runs}, seed {e.seed}.{part}"


def _words(estimate: Estimate | None, *, sign: bool = False) -> str:
    if estimate is None:
        return "no value"
    digits = estimate.digits
    mean = f"{estimate.mean:{'+' if sign else ''},.{digits}f}"
    return mean if estimate.half_width is None else f"{mean} {PLUS_MINUS} {estimate.half_width:,.{digits}f}"


def _forest(findings: Findings, figure: Told) -> str:
    """Return the differences of one figure as intervals around nought."""
    rows: list[tuple[str, Difference]] = []
    for n, case in enumerate(findings.experiment.cases):
        found = findings.difference(n, figure.name)
        if found is not None:
            rows.append((case.label, found))
    if not rows:
        return ""
    ends = [abs(x) for _, d in rows for x in (d.estimate.low, d.estimate.high, d.estimate.mean) if x is not None]
    reach = (max(ends) or 1.0) * 1.15
    height, left = 24.0, 230.0
    frame = Frame(left, 4, WIDTH - left - 270, height * len(rows), (-reach, reach), (0.0, 1.0))
    parts = [frame.axes([(t, number(t)) for t in ticks(-reach, reach, 6)], [])]
    zero = frame.at_x(0.0)
    parts += [f'<line class="line-limit" x1="{zero:.1f}" x2="{zero:.1f}" y1="4" y2="{4 + height * len(rows):.1f}"/>']
    for place, (label, found) in enumerate(rows):
        y = 4 + (place + 0.5) * height
        estimate, kind = found.estimate, _verdict_class(found, figure)
        parts += [text(left - 8, y + 4, label, "end")]
        if estimate.low is not None and estimate.high is not None:
            x0, x1 = frame.at_x(estimate.low), frame.at_x(estimate.high)
            parts += [bar(x0, y - 2, x1 - x0, 4, kind, f"{label}: {_words(estimate, sign=True)} {figure.unit}")]
        parts += [f'<circle class="{kind}" cx="{frame.at_x(estimate.mean):.1f}" cy="{y:.1f}" r="4"/>']
        parts += [text(WIDTH - 262, y + 4, f"{_words(estimate, sign=True)} {figure.unit}: {found.verdict}", "start", "soft")]
    picture = svg(WIDTH, 32 + height * len(rows), parts, f"Differences of {figure.title}.")
    return f"<figure><figcaption><b>{figure.title}</b> <span>{figure.unit}</span></figcaption>{picture}</figure>"


def _verdict_class(found: Difference, figure: Told) -> str:
    """Return the colour of a difference: seen to be better, seen to be worse, or neither."""
    sign = {"higher": 1, "lower": -1}.get(found.verdict, 0) * figure.better
    return {1: "s-better", -1: "s-worse"}.get(sign, "s-neither")


def _sweeps(findings: Findings, shown: Sequence[Told]) -> list[Section]:
    """Return a picture of each figure over the path that is swept; where several are swept the table tells."""
    e = findings.experiment
    paths = [path for path, _ in e.points[0]]
    if len(paths) != 1:
        return []
    values = [_value(point[0][1]) for point in e.points]
    if any(value is None for value in values):
        return []
    x = [value for value in values if value is not None]
    pictures = "".join(_sweep(findings, figure, paths[0], x) for figure in shown)
    about = f"Bars are {100 * e.confidence:g} % intervals of the mean."
    return [Section(f"Over {paths[0]}", about, f'<div class="grid-of-pairs">{pictures}</div>')]


def _value(written: str) -> float | None:
    """Return the number that a swept value begins with.

    Examples
    --------
    >>> _value("2.1 s"), _value("200"), _value("fast")
    (2.1, 200.0, None)
    """
    try:
        return float(written.split(maxsplit=1)[0])
    except (ValueError, IndexError):
        return None


def _sweep(findings: Findings, figure: Told, path: str, x: Sequence[float]) -> str:
    e = findings.experiment
    curves: dict[str, list[tuple[float, Estimate]]] = {variant: [] for variant in e.variants}
    for n, case in enumerate(e.cases):
        estimate = findings.estimate(n, figure.name)
        if estimate is not None:
            curves[case.variant].append((x[e.points.index(case.point)], estimate))
    ends = [end for rows in curves.values() for _, s in rows for end in (s.low, s.high, s.mean) if end is not None]
    if not ends:
        return ""
    pad = (max(ends) - min(ends)) * 0.08 or abs(max(ends)) * 0.05 or 1.0
    wide = (max(x) - min(x)) * 0.04 or 1.0
    frame = Frame(58, 10, 394, 150, (min(x) - wide, max(x) + wide), (min(ends) - pad, max(ends) + pad))
    parts = [frame.axes([(t, number(t)) for t in ticks(min(x), max(x), 8)], [(t, number(t)) for t in ticks(*frame.y, 4)])]
    for place, rows in enumerate(curves.values()):
        rows.sort(key=lambda row: row[0])
        kind = f"c{place % COLOURS}"
        at, means = np.array([row[0] for row in rows]), np.array([row[1].mean for row in rows])
        parts += [line(frame, at, means, f"curve {kind}")]
        for value, estimate in rows:
            if estimate.low is not None and estimate.high is not None:
                top, low = frame.at_y(estimate.high), frame.at_y(estimate.low)
                words = f"{path} = {value:g}: {_words(estimate)} {figure.unit}"
                parts += [bar(frame.at_x(value) - 1.5, top, 3.0, low - top, f"fill-{kind}", words)]
            parts += [f'<circle class="fill-{kind}" cx="{frame.at_x(value):.1f}" cy="{frame.at_y(estimate.mean):.1f}" r="3"/>']
    parts += [text(58, 196, path, "start", "soft")]
    picture = svg(460, 202, parts, f"{figure.title} over {path}.")
    words = legend([(f"fill-c{n % COLOURS}", variant) for n, variant in enumerate(curves)]) if len(curves) > 1 else ""
    return f"<figure><figcaption><b>{figure.title}</b> <span>{figure.unit}</span></figcaption>{picture}{words}</figure>"


def _runs(findings: Findings) -> str:
    """Return the output of each case's runs over time, what was left out as warm-up shaded; one picture a case, up to twelve."""
    e = findings.experiment
    figures = []
    for case, runs in list(zip(e.cases, findings.runs, strict=True))[:12]:
        if not runs:
            continue
        begin = e.warm_up_s or 0.0
        coarse = [_coarse(run.output, run.look_s) for run in runs]
        high = max(float(rates.max(initial=0.0)) for _, rates in coarse) * 1.1 or 1.0
        end = (begin + float(coarse[0][0][-1])) / 3600.0 if len(coarse[0][0]) else 1.0
        frame = Frame(48, 8, 404, 96, (0.0, end), (0.0, high))
        cut = max(run.warm_up_s for run in runs) / 3600.0
        parts = [frame.axes([(t, number(t)) for t in ticks(0.0, end, 6)], [(t, number(t)) for t in ticks(0.0, high, 3)])]
        parts += [bar(frame.left, frame.top, frame.at_x(min(cut, end)) - frame.left, frame.height, "s-off", f"warm-up: {cut:.3g} h")]
        parts += [line(frame, (begin + at) / 3600.0, rates, "line-run") for at, rates in coarse]
        parts += [text(48, 140, "line time, h", "start", "soft")]
        figures.append(f"<figure><figcaption><b>{case.label or e.name}</b></figcaption>{svg(460, 146, parts, f'Output of {case.label}.')}</figure>")
    left_out = f'<p class="note">{len(e.cases) - 12} more cases are in the table.</p>' if len(e.cases) > 12 else ""
    return f'<div class="grid-of-pairs">{"".join(figures)}</div>{legend([("s-off", "warm-up, not counted")])}{left_out}'


def _coarse(output: NDArray[np.int64], look_s: float, parts: int = 60) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (s, good a minute) in at most `parts` equal parts."""
    each = max(1, len(output) // parts)
    whole = output[: len(output) // each * each].reshape(-1, each).sum(axis=1)
    at = np.asarray((np.arange(len(whole)) + 0.5) * (each * look_s), np.float64)
    return at, np.asarray(whole / (each * look_s / 60.0), np.float64)


def _bottlenecks(findings: Findings) -> str:
    rows = []
    for n, case in enumerate(findings.experiment.cases):
        found = findings.bottleneck(n)
        rows.append([case.label or findings.experiment.name, "none" if found is None else found[0], "" if found is None else f"{found[1]:.0%}"])
    return table_of(["Case", "Station", "Share of the runs"], rows, "words")


def _active(findings: Findings) -> str:
    rows = []
    for case, active in zip(findings.experiment.cases, findings.active, strict=False):
        label = case.label or findings.experiment.name
        rows += [[label if n == 0 else "", station, f"{share:.1%}"] for n, (station, share) in enumerate(active.shares[:4])]
        if len(active.unpaused) > 1:
            rows.append(["", f"{', '.join(active.unpaused)} never paused: the stretch is too short to tell them apart", ""])
    return table_of(["Case", "Station", "Share of the time"], rows, "words")


def _paper(findings: Findings) -> str:
    rows = []
    for n, case in enumerate(findings.experiment.cases[: len(findings.papers)]):
        label = case.label or findings.experiment.name
        rows += [[label if k == 0 else "", value, words] for k, (value, words) in enumerate(paper_rows(findings, n))]
    return table_of(["Case", "Answer", "How, and how far the simulation lies from it"], rows, "words")


def _figures(findings: Findings, shown: Sequence[Told]) -> str:
    e = findings.experiment
    heads = ["Case", *(f"{t.title} {t.unit}" for t in shown)]
    rows = [[case.label or e.name, *(_words(findings.estimate(n, t.name)) for t in shown)] for n, case in enumerate(e.cases)]
    return table_of(heads, rows)
