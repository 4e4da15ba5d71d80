"""How an experiment is printed: one case with its intervals, cases side by side, or a sweep as a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linewright.cli.figures import span
from linewright.cli.printing import say, table
from linewright.model.fault_words import fault_words
from linewright.tuning.notes import notes_of
from linewright.tuning.paper_words import assumed, paper_rows
from linewright.tuning.told import STATION_FIGURES, Told, told

if TYPE_CHECKING:
    from linewright.tuning.estimates import Estimate
    from linewright.tuning.findings import Findings

__all__ = ["findings_json", "print_findings"]

#: Groups that are shown where nothing is asked for.
USUAL = ("output", "oee", "yield", "wip", "bottleneck", "energy", "co2")
PLUS_MINUS = "±"


def findings_json(findings: Findings) -> dict[str, Any]:
    """Return all of it for a program."""
    best = findings.best()
    told_best = None if best is None else {"figure": best.figure, "case": best.case, "rivals": list(best.rivals), "is_clear": best.is_clear}
    return {**findings.to_json(), "best": told_best, "notes": list(notes_of(findings))}


def print_findings(findings: Findings) -> None:
    """Print an experiment in the form that fits it."""
    e = findings.experiment
    say(f"{e.name}   {_runs(findings)}")
    for fault in e.cases[0].plant.faults:
        say(f"  fault: {fault_words(fault)}")
    done = len(findings.runs[0]) if findings.runs else 0
    if not findings.is_whole:
        part = f"Stopped after {done} of {e.replications} replications; what follows is theirs."
        say(part if done else "Stopped before a replication was whole: there is nothing to tell.")
    if not done:
        return
    say()
    groups = e.show or USUAL
    shown = [told(name) for name in findings.figures if "." not in name and told(name).group in groups]
    if len(e.points) > 1:
        _print_sweep(findings, shown)
    else:
        _print_variants(findings, shown)
    if "stations" in groups or (not e.show and len(e.cases) == 1):
        for case in range(len(e.cases)):
            _print_stations(findings, case)
    if len(e.points) == 1:
        _print_papers(findings)
    say()
    for note in notes_of(findings):
        say(f"Note: {note}")
    _print_legend(findings)


def _runs(findings: Findings) -> str:
    """Return how much was simulated, in words."""
    e = findings.experiment
    cases = f"{len(e.cases)} cases, " if len(e.cases) > 1 else ""
    runs = f"{e.replications} replications of {span(e.until_s)}" if e.replications > 1 else f"one run of {span(e.until_s)}, in {e.batches} parts"
    return f"{cases}{runs}, seed {e.seed}"


def _print_variants(findings: Findings, shown: list[Told]) -> None:
    """Print a figure a row: the first case, then each other with its difference."""
    e = findings.experiment
    if len(e.cases) == 1:
        rows = [[t.title, *_with_interval(findings.estimate(0, t.name)), t.unit, _range(findings.estimate(0, t.name))] for t in shown]
        if "bottleneck" in (e.show or USUAL):
            rows.append(["Bottleneck", _bottleneck(findings, 0), "", "", ""])
        table(["Figure", "Mean", PLUS_MINUS, "Unit", f"{100 * e.confidence:g} % interval"], rows, right=[1, 2])
        return
    for case in range(1, len(e.cases)):
        base = e.base_of(case) or 0
        rows = []
        for t in shown:
            difference = findings.difference(case, t.name)
            change = difference.estimate if difference is not None else None
            one, other = findings.estimate(base, t.name), findings.estimate(case, t.name)
            rows.append([t.title, t.unit, _joined(one), _joined(other), _joined(change, sign=True), difference.verdict if difference else "-"])
        if "bottleneck" in (e.show or USUAL):
            rows.append(["Bottleneck", "", _bottleneck(findings, base), _bottleneck(findings, case), "", ""])
        if case > 1:
            say()
        table(["Figure", "Unit", e.cases[base].label, e.cases[case].label, "Difference", "Verdict"], rows, right=[2, 3, 4])


def _print_sweep(findings: Findings, shown: list[Told]) -> None:
    """Print a case a row: where it lies in the sweep, and its figures."""
    e, best = findings.experiment, findings.best(shown[0].name) if shown else None
    paths = [path for path, _ in e.points[0]]
    with_variants = len(e.variants) > 1
    rows = []
    for n, case in enumerate(e.cases):
        mark = "" if best is None else "best" if n == best.case and best.is_clear else "among the best" if n == best.case or n in best.rivals else ""
        cells = [_joined(findings.estimate(n, t.name)) for t in shown]
        against = [_difference(findings, n, shown[0].name)] if with_variants and shown else []
        narrow = [_bottleneck(findings, n)] if "bottleneck" in (e.show or USUAL) else []
        rows.append([*([case.variant] if with_variants else []), *(value for _, value in case.point), *cells, *against, *narrow, mark])
    variant = ["Variant"] if with_variants else []
    against = [f"{shown[0].title} against {e.variants[0]}"] if with_variants and shown else []
    narrow = ["Bottleneck"] if "bottleneck" in (e.show or USUAL) else []
    heads = [*variant, *paths, *(f"{t.title} {t.unit}" for t in shown), *against, *narrow, ""]
    first = len(variant)
    table(heads, rows, right=list(range(first, first + len(paths) + len(shown))))
    if best is not None and not best.is_clear:
        say()
        say(
            f"No best one: {1 + len(best.rivals)} cases are not told apart by {shown[0].title}. "
            "More replications or longer runs would part them, or none is better."
        )


def _difference(findings: Findings, case: int, figure: str) -> str:
    found = findings.difference(case, figure)
    return "" if found is None else f"{_joined(found.estimate, sign=True)}  {found.verdict}"


def _print_stations(findings: Findings, case: int) -> None:
    """Print a row for each station: its figures, with half their intervals."""
    e = findings.experiment
    stations = list(dict.fromkeys(name.rpartition(".")[0] for name in findings.figures if "." in name))
    stations = [s for s in stations if f"{s}.output" in findings.runs[case][0].values]
    kinds = [t for t in STATION_FIGURES if any(_is_there(findings.estimate(case, f"{s}.{t.name}")) for s in stations)]
    always = {"output", "oee", "yield", "wip"}
    rows = [[s, *(_joined(findings.estimate(case, f"{s}.{t.name}"), blank=t.name not in always) for t in kinds)] for s in stations]
    say()
    table([e.cases[case].label or "Station", *(f"{t.title} {t.unit}" for t in kinds)], rows, right=list(range(1, len(kinds) + 1)))


def _print_papers(findings: Findings) -> None:
    """Print what paper tells beside what was simulated: a quiet section, for who wants to check."""
    say()
    say("On paper")
    for case in range(len(findings.papers)):
        label = findings.experiment.cases[case].label
        if label and len(findings.papers) > 1:
            say(f"  {label}")
        for value, words in paper_rows(findings, case):
            say(f"  {value:<24} {words}")
    for sentence in assumed(findings):
        say(f"  {sentence}")


def _is_there(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.mean != 0.0


def _print_legend(findings: Findings) -> None:
    e = findings.experiment
    warm_ups = [run.warm_up_s for runs in findings.runs for run in runs]
    if e.warm_up_s is not None:
        warm = f"The first {span(e.warm_up_s)} of each run are not counted." if e.warm_up_s else "Each run is counted from its begin."
    else:
        longest = f"up to {span(max(warm_ups))}" if max(warm_ups) > 0 else "none needed"
        warm = f"Warm-up found in each run (MSER-5): {longest}."
    kind = "replications" if e.replications > 1 else "parts of the run"
    if "bottleneck" in (e.show or USUAL):
        stretch = f", over {span(findings.active[0].span_s)} of the first run" if findings.active else ""
        by_periods = f"whose active period was the longest at each moment, with its share of the time (after Roser){stretch}"
        say(f"Bottleneck: the station {by_periods if findings.active else 'that was active most, and in what share of the runs'}.")
    pairs = " The n-th runs of all cases draw the same random numbers; differences are of pairs." if len(e.cases) > 1 else ""
    say(f"{PLUS_MINUS}: half the width of the {100 * e.confidence:g} % interval of the mean, from {kind} (Student's t). {warm}{pairs}")


def _bottleneck(findings: Findings, case: int) -> str:
    """Return who held the line up, with the share of the time in which it was so where others did too."""
    active = findings.active[case] if findings.active else None
    if active is not None and len(active.unpaused) > 1:
        return f"not told apart: {len(active.unpaused)} never paused"
    found = active.shares[0] if active is not None and active.shares else findings.bottleneck(case)
    if found is None:
        return "-"
    return found[0] if found[1] >= 0.995 else f"{found[0]} ({found[1]:.0%})"


def _with_interval(estimate: Estimate | None) -> tuple[str, str]:
    if estimate is None:
        return "-", ""
    digits = estimate.digits
    return f"{estimate.mean:,.{digits}f}", "" if estimate.half_width is None else f"{estimate.half_width:,.{digits}f}"


def _range(estimate: Estimate | None) -> str:
    if estimate is None or estimate.low is None or estimate.high is None:
        return ""
    digits = estimate.digits
    return f"{estimate.low:,.{digits}f} .. {estimate.high:,.{digits}f}"


def _joined(estimate: Estimate | None, *, sign: bool = False, blank: bool = False) -> str:
    """Return a mean with half its interval, ``21.31 ±0.12``; a nought may stay blank."""
    if estimate is None:
        return "" if blank else "-"
    if blank and estimate.mean == 0.0:
        return ""
    digits = estimate.digits
    mean = f"{estimate.mean:{'+' if sign else ''},.{digits}f}"
    return mean if estimate.half_width is None else f"{mean} {PLUS_MINUS}{estimate.half_width:,.{digits}f}"
