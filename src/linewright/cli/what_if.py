"""`linewright simulate` where more than one run is asked for: settings side by side, sweeps, replications, experiment files."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from linewright.cli.asked import heard_as_ctrl_c, refuse_folder
from linewright.cli.printing import as_json
from linewright.cli.progress import Progress
from linewright.cli.report_file import write_report
from linewright.model.errors import LinewrightError

if TYPE_CHECKING:
    from linewright.tuning.asked import Asked

__all__ = ["Options", "what_if"]

INTERRUPTED = 130
ON = ("threads", "ray")


@dataclass(frozen=True, slots=True)
class Options:
    """What was written on the command line."""

    line: str
    changes: Sequence[str]
    versus: Sequence[str]
    sweep: Sequence[str]
    until_s: float | None
    seed: int | None
    replications: int | None
    warm_up: str | None
    batches: int | None
    confidence: str | None
    show: str | None
    on: str
    workers: int | None


def what_if(options: Options, html: Path | None = None, *, json: bool) -> int | None:
    """Run what is asked, print it and write its report; 130 where Ctrl-C ended it."""
    from linewright.cli.findings import findings_json, print_findings
    from linewright.library.catalogue import installed_libraries
    from linewright.tuning.asked import experiment_of
    from linewright.tuning.run_experiment import run_experiment

    asked = asked_of(options)
    libraries = installed_libraries()
    for line in (options.line, *(text for text in options.versus if "=" not in text)):
        refuse_folder(line, libraries.names("line"))
    experiment = experiment_of(options.line, libraries, asked)
    runs = len(experiment.cases) * experiment.replications
    with heard_as_ctrl_c(), Progress(f"{runs} runs" if runs > 1 else "1 run", is_shown=not json) as progress:
        findings = run_experiment(experiment, on=options.on, workers=options.workers, progress=progress)
    if html is not None and findings.runs and findings.runs[0]:
        from linewright.tuning.experiment_report import experiment_report

        write_report(html, experiment_report(findings))
    if json:
        as_json(findings_json(findings))
    else:
        print_findings(findings)
    return None if findings.is_whole else INTERRUPTED


def asked_of(options: Options) -> Asked:
    """Return what the options ask for. Raises LinewrightError, for all that is wrong with them at once."""
    from linewright.tuning.written import Written, read

    faults = [] if options.on in ON else [f"--on {options.on}: threads or ray was expected."]
    words = Written(
        tuple(options.changes), tuple(options.versus), tuple(options.sweep), None, options.warm_up, options.replications, options.batches,
        options.seed, options.confidence, options.show,
    )  # fmt: skip
    asked, wrong = read(words)
    if faults or wrong:
        raise LinewrightError("\n".join([*faults, *wrong]))
    return replace(asked, until_s=options.until_s)
