"""What is said where a run is too short for what is read from it."""

from __future__ import annotations

from pathlib import Path

from linewright.library.catalogue import installed_libraries
from linewright.tuning.asked import Asked, experiment_of
from linewright.tuning.notes import notes_of
from linewright.tuning.run_experiment import run_experiment

LIBRARY = installed_libraries()
HOUR, DAY = 3600.0, 86400.0


def notes(line: str, **asked: object) -> str:
    return "\n".join(notes_of(run_experiment(experiment_of(line, LIBRARY, Asked(**asked)))))  # type: ignore[arg-type]


def test_a_run_that_cannot_tell_says_how_long_would_do() -> None:
    asked = {"until_s": 9 * HOUR, "warm_up_s": 0.0, "replications": 3, "seed": 1}
    findings = run_experiment(experiment_of("four-stations", LIBRARY, Asked(**asked)))  # type: ignore[arg-type]
    told, output = "\n".join(notes_of(findings)), findings.estimate(0, "output")
    assert output is not None
    assert f"failures of 2 h MTBF (wind.web-break, {sum(n for run in findings.runs[0] for *_, n in run.failures)} seen): " in told
    assert f"1.12 days cannot tell {output.low:.4g} from {output.high:.4g} a minute; for 1% to each side run " in told


def test_a_run_that_is_long_enough_says_nothing() -> None:
    assert notes("four-stations", until_s=30 * DAY, warm_up_s=HOUR, replications=8) == ""


def test_a_line_that_still_fills_is_named(tmp_path: Path) -> None:
    file = tmp_path / "slow.yaml"
    file.write_text("line: slow\nproduct: part\nstations:\n  cut: {time: 10 s}\n  soak: {places: 1000, time: 2 h}\n", encoding="utf-8")
    told = notes(str(file), until_s=2.5 * HOUR, replications=2)
    assert 'the line is still in its beginning after half of 2.5 h; the second half is counted, and may be too. Run longer (--until "10 h")' in told


def test_a_change_far_up_that_cannot_show_yet_is_named() -> None:
    asked = Asked(until_s=HOUR, versus=("winder.count=13",), replications=2)
    findings = run_experiment(experiment_of("cylindrical-21700-tabless", LIBRARY, asked))
    told, wip, output = "\n".join(notes_of(findings)), findings.estimate(0, "wip"), findings.estimate(0, "output")
    assert wip is not None
    assert output is not None
    days = wip.mean / output.mean / 1440
    assert 15 < days < 16  # soaking 12 h, formation 24 h, ageing 2 and 12 days
    assert f"as written: a unit stays {days:.3g} days in the line, so what leaves it within 1 h was inside at the begin" in told
    assert "Run 45 days, or look at the stations (--show stations)." in told
    assert "failures that were hardly seen: cathode-mixer.agitator" in told


def test_parts_of_a_run_that_are_too_short_are_named() -> None:
    rare = ("wind.failures.web-break.mtbf=30 h", "wind.failures.web-break.mttr=20 h")
    told = notes("four-stations", changes=rare, until_s=20 * DAY, batches=30, warm_up_s=0.0)
    assert "neighbouring parts of the run are alike" in told
