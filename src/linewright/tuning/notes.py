"""What a reviewer would ask: is the run long enough for what is read from it? Said in words, with the length that would do."""

from __future__ import annotations

import math
from collections import Counter

from linewright.model.plant import Plant
from linewright.tuning.estimates import neighbours_agree
from linewright.tuning.findings import Findings
from linewright.tuning.replication import Replication

__all__ = ["length", "notes_of", "notes_of_one"]

#: The output is told to be known badly where half its interval is wider than this; the length that is proposed halves that.
PRECISION, WANTED = 0.02, 0.01
#: Fewer failures of one mode than this, in all runs together, say little of how often it comes.
FEW = 10
UNITS = ((86400.0, "day", "days"), (3600.0, "h", "h"), (60.0, "min", "min"), (1.0, "s", "s"))


def notes_of(findings: Findings) -> tuple[str, ...]:
    """Return what is doubtful about an experiment's findings; empty where nothing is."""
    found: dict[str, None] = {}
    for case in range(len(findings.runs)):
        runs = findings.runs[case]
        if not runs:
            continue
        label = findings.experiment.cases[case].label
        where = f"{label}: " if label and len(findings.runs) > 1 else ""
        for note in (_unsteady(findings, runs), _passage(findings, case), _imprecise(findings, case), _rare(findings, case), _alike(findings, case)):
            if note:
                found[where + note] = None
    return tuple(found)


def notes_of_one(plant: Plant, seconds: float) -> tuple[str, ...]:
    r"""Return what is doubtful about one run of a line without intervals: how to get them, and the failure of which it can have seen too few.

    Parameters
    ----------
    plant
        The line.
    seconds
        Line time of the run.

    Examples
    --------
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.model.load import load_text
    >>> line = "line: one\nproduct: part\nstations:\n  cut: {time: 2 s, failures: {jam: {mtbf: 2 h, mttr: 6 min}}}\n"
    >>> for note in notes_of_one(load_text(line, installed_libraries()), 9 * 3600.0):
    ...     print(note)
    One run: its figures have no intervals. --replications 10 gives them, or --batches 10 on one long run.
    Failures of 2 h MTBF (cut.jam): 9 h sees about 4, too few to know what they cost. Run 24 h or longer.

    Of several such modes the one is named whose down time varies most.
    """
    found = ["One run: its figures have no intervals. --replications 10 gives them, or --batches 10 on one long run."]
    counts = {s.path: s.count for s in plant.segments}
    rare = []
    for name, (mtbf, mttr) in _modes(plant).items():
        expected = counts.get(name.rpartition(".")[0], 1) * seconds / (mtbf + mttr)
        if expected < FEW and mttr / (mtbf + mttr) > 1e-3:
            rare.append((expected * mttr**2, expected, name, mtbf))
    if rare:
        _, expected, name, mtbf = max(rare)
        others = len(rare) - 1
        more = "" if not others else f" So it is with {others} other mode{'' if others == 1 else 's'}."
        sees = "hardly any" if expected < 0.5 else f"about {expected:.0f}"
        wanted = long_enough(seconds * FEW / max(expected, 1e-9))
        found.append(
            f"Failures of {length(mtbf)} MTBF ({name}): {length(seconds)} sees {sees}, too few to know what they cost. "
            f"Run {wanted} or longer.{more}"
        )
    return tuple(found)


def length(seconds: float) -> str:
    """Return a length of time in one unit, with the digits that a person would say.

    Examples
    --------
    >>> length(7200), length(900), length(1.34e6), length(5400), length(0.5)
    ('2 h', '15 min', '15.5 days', '1.5 h', '0.5 s')
    """
    size, one, many = next((u for u in UNITS if seconds >= u[0]), UNITS[-1])
    count = float(f"{seconds / size:.3g}")
    return f"{count:g} {one if count == 1 else many}"


def long_enough(seconds: float) -> str:
    """Return a length that is at least so long, rounded up to a number that a person would choose.

    Examples
    --------
    >>> long_enough(2.2e6), long_enough(40000.0), long_enough(100.0)
    ('30 days', '12 h', '2 min')
    """
    size, one, many = next((u for u in UNITS if seconds >= u[0]), UNITS[-1])
    count = seconds / size * (1.0 - 1e-9)
    nice = next((n for n in (1, 2, 3, 5, 7, 10, 12, 15, 20, 24, 30, 45, 60, 90, 120, 180, 270, 365) if n >= count), math.ceil(count / 365) * 365)
    return f"{nice} {one if nice == 1 else many}"


def _unsteady(findings: Findings, runs: tuple[Replication, ...]) -> str:
    if all(run.is_steady for run in runs):
        return ""
    until = findings.experiment.until_s
    return (
        f"the line is still in its beginning after half of {length(until)}; the second half is counted, and may be too. "
        f'Run longer (--until "{long_enough(4 * until)}"), begin with full stores (--start filled), or say what is not to be counted (--warm-up).'
    )


def _passage(findings: Findings, case: int) -> str:
    """Tell where what leaves was inside at the begin, so that no change further up can show at the end."""
    wip, output = findings.estimate(case, "wip"), findings.estimate(case, "output")
    if wip is None or output is None or output.mean <= 0.0:
        return ""
    stay = wip.mean / output.mean * 60.0
    until = findings.experiment.until_s
    if stay <= until:
        return ""
    return (
        f"a unit stays {length(stay)} in the line, so what leaves it within {length(until)} was inside at the begin, "
        f"and a change further up does not show in the output. Run {long_enough(2 * stay)}, or look at the stations (--show stations)."
    )


def _imprecise(findings: Findings, case: int) -> str:
    output = findings.estimate(case, "output")
    if output is None or output.relative is None or output.relative <= PRECISION:
        return ""
    e, runs = findings.experiment, findings.runs[case]
    counted = sum(run.span_s for run in runs)
    longer = e.until_s * (output.relative / WANTED) ** 2
    worst = _worst(findings, case)
    why = "" if worst is None else f"failures of {length(worst[1])} MTBF ({worst[0]}, {worst[2]} seen): "
    more = f" or {math.ceil(len(runs) * (output.relative / WANTED) ** 2)} replications" if e.replications > 1 else ""
    return (
        f"{why}{length(counted)} cannot tell {output.low:.4g} from {output.high:.4g} a minute; for {WANTED:.0%} to each side "
        f"run {long_enough(longer)}{more}."
    )


def _worst(findings: Findings, case: int) -> tuple[str, float, int] | None:
    """Return the failure that makes the output uncertain most, its MTBF in s, and how many were seen: the variance of its down time is largest."""
    seen = _seen(findings.runs[case])
    weights = {name: (seen[name] * law[1] ** 2, law[0]) for name, law in _modes(findings.experiment.cases[case].plant).items() if name in seen}
    name = max(weights, key=lambda n: weights[n][0], default=None)
    return None if name is None or weights[name][0] <= 0.0 else (name, weights[name][1], seen[name])


def _rare(findings: Findings, case: int) -> str:
    """Tell of failures that were hardly seen though they take more of the time than is known of the output."""
    seen, modes = _seen(findings.runs[case]), _modes(findings.experiment.cases[case].plant)
    few = [
        f"{name} (MTBF {length(modes[name][0])}) {seen[name]}"
        for name in modes
        if name in seen and seen[name] < FEW and modes[name][1] / (modes[name][0] + modes[name][1]) > 1e-3
    ]
    if not few:
        return ""
    listed = ", ".join(few[:3]) + (f" and {len(few) - 3} more" if len(few) > 3 else "")
    return f"failures that were hardly seen: {listed}. Intervals say nothing of what did not happen; {FEW} of each are wanted."


def _alike(findings: Findings, case: int) -> str:
    if findings.experiment.replications > 1 or neighbours_agree(findings.samples(case, "output")):
        return ""
    return "neighbouring parts of the run are alike, so the intervals are too narrow: run longer, or take fewer --batches or some --replications."


def _seen(runs: tuple[Replication, ...]) -> Counter[str]:
    seen: Counter[str] = Counter()
    for run in runs:
        for station, mode, count in run.failures:
            seen[f"{station}.{mode}"] += count
    return seen


def _modes(plant: Plant) -> dict[str, tuple[float, float]]:
    """Return the mean times to failure and to repair of each mode, s."""
    stations = {s.path: s.failures for s in plant.segments} | {u.name: u.failures for u in plant.utilities}
    return {f"{path}.{f.name}": (f.mtbf.mean, f.mttr.mean) for path, failures in stations.items() for f in failures if not f.stops_tool}
