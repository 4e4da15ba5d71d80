"""`run_experiment`: every case, every replication, on all cores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

import numpy as np

from linewright.control.compile import Compiled, compile_plant
from linewright.tuning.active_periods import active_periods
from linewright.tuning.experiment import Experiment
from linewright.tuning.findings import Findings
from linewright.tuning.on_paper import on_paper
from linewright.tuning.on_ray import on_ray
from linewright.tuning.recording import Length
from linewright.tuning.replication import Cut, Replication, cut_of, replication_of
from linewright.tuning.spread import on_threads

__all__ = ["On", "run_experiment"]


#: Active periods are looked for where there are so few cases, in a stretch with so many visits.
FEW_CASES, MOST_VISITS = 8, 300_000


class On(StrEnum):
    """Where runs are made."""

    THREADS = "threads"
    RAY = "ray"


def run_experiment(
    experiment: Experiment, *, on: On | str = On.THREADS, workers: int | None = None, progress: Callable[[float], object] | None = None
) -> Findings:
    """Run an experiment.

    Parameters
    ----------
    experiment
        What is asked.
    on
        ``threads`` of this computer, or the nodes of a ``ray`` cluster; the results are the same bit for bit.
    workers
        Runs at one time; None: as many as there are cores.
    progress
        Called with the share that is done.

    Returns
    -------
    Findings
        After Ctrl-C those of the replications that every case has finished.

    Raises
    ------
    NotYetError
        A line asks for something that has no behaviour yet.
    LinewrightError
        A line cannot run.

    Examples
    --------
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.tuning.asked import Asked, experiment_of
    >>> asked = Asked(versus=("wind.count=2",), until_s=86400.0, replications=5)
    >>> findings = run_experiment(experiment_of("four-stations", installed_libraries(), asked))
    >>> findings.difference(1, "output").verdict
    'higher'
    """
    lines = [compile_plant(case.plant) for case in experiment.cases]
    is_found, asked = experiment.warm_up_s is None, experiment.replications
    numbers = 2 if asked == 1 and is_found else asked  # a single run has its beginning found in another one
    tasks = [(case, number) for number in range(numbers) for case in range(len(lines))]
    engine = on_ray if On(on) is On.RAY else on_threads
    length = Length(experiment.until_s, experiment.warm_up_s)
    runs, is_stopped = engine(lines, tasks, length, experiment.seed, workers=workers, progress=progress)
    whole = next((n for n in range(numbers) if any((case, n) not in runs for case in range(len(lines)))), numbers)
    if whole < 2 and is_found:
        whole = 0
    batches = experiment.batches if asked == 1 else 1
    found: list[list[Replication]] = [[] for _ in lines]
    for number in range(min(whole, asked)):
        others = [[runs[case, n] for n in range(whole) if n != number] for case in range(len(lines))]
        cut = cut_of(others) if is_found else Cut(0, is_steady=True)
        for case, line in enumerate(lines):
            found[case].append(replication_of(line, runs[case, number], cut, batches))
    findings = Findings(experiment, tuple(map(tuple, found)), is_whole=not is_stopped and whole == numbers, papers=tuple(map(on_paper, lines)))
    if not findings.is_whole or len(lines) > FEW_CASES:
        return findings
    try:
        return _with_bottlenecks(findings, lines)
    except KeyboardInterrupt:
        return replace(findings, is_whole=False)


def _with_bottlenecks(findings: Findings, lines: list[Compiled]) -> Findings:
    """Return findings with the active periods of a stretch of each case's first run, as long as the rows of it are not too many."""
    found = []
    for case, line in enumerate(lines):
        first = findings.runs[case][0]
        visits_s = sum(float(np.nan_to_num(values).mean()) for name, values in first.values.items() if name.endswith(".output")) / 60.0
        span_s = min(first.span_s, MOST_VISITS / max(visits_s, 1e-9))
        found.append(active_periods(line, findings.experiment.seed, first.number, first.warm_up_s, span_s))
    return replace(findings, active=tuple(found))
