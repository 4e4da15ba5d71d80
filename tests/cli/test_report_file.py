"""`linewright simulate --html`: the report as a person asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from linewright.cli.main import run_command
from linewright.ledger.ledger import Ledger


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run_command(["simulate", *words])
    seen = capsys.readouterr()
    return code, seen.out, seen.err


def test_a_run_and_its_report_tell_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "line.html"
    code, out, _ = run(capsys, "four-stations", "--until", "8 h", "--html", str(report), "--gantt", "2 h", "--keep", "none")
    assert code == 0
    assert out.rstrip().endswith(f"Report: {report}")
    _, plain, _ = run(capsys, "four-stations", "--until", "8 h", "--keep", "none")
    assert plain.splitlines()[:8] == out.splitlines()[:8], "looking at it on its way changes no figure"
    page = report.read_text(encoding="utf-8")
    good = next(line.split()[1] for line in out.splitlines() if line.strip().startswith("Good"))
    assert f"{good} good" in page
    assert "From 2 h to 3 h." in page
    assert [p.name for p in tmp_path.iterdir()] == ["line.html"]


@pytest.mark.parametrize("keep", ["checkpoints", "all"])
def test_a_run_that_is_kept_is_reported_too(keep: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same page whatever is kept: the hour of the Gantt chart is computed once more from the state at its begin."""
    pages = []
    for level in ("none", keep):
        report = tmp_path / f"{level}.html"
        asked = ("--until", "4 h", "--html", str(report), "--gantt", "1 h", "--keep", level, "--ledger", str(tmp_path / "ledger"))
        assert run(capsys, "four-stations", *asked)[0] == 0
        pages.append(report.read_text(encoding="utf-8"))
    assert [info.kept for info in Ledger(tmp_path / "ledger").runs()] == ["checkpoints" if keep == "checkpoints" else "rows"]
    lines = [[line for line in page.splitlines() if "Computed by" not in line] for page in pages]
    assert lines[0] == lines[1]


def test_the_last_hour_is_drawn_where_none_is_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "line.html"
    assert run(capsys, "four-stations", "--until", "30 min", "--html", str(report))[0] == 0
    assert "From 0 h to 0.5 h." in report.read_text(encoding="utf-8")


def test_many_runs_have_a_report_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "what-if.html"
    code, _, _ = run(capsys, "four-stations", "--until", "10 h", "--vs", "wind.count=2", "--replications", "3", "--html", str(report))
    assert code == 0
    assert "Differences" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--html", "FOLDER"], "this is a folder"),
        (["--html", "FOLDER/no/such.html"], "there is no folder"),
        (["--html", "FOLDER/report.pdf"], "report.html was expected"),
        (["--html", "FOLDER/r.html", "--gantt", "9 h"], "does not lie inside the run, which ends at 3600 s"),
        (["--gantt", "1 h"], "name its file too"),
    ],
)
def test_a_report_that_cannot_be_is_refused_before_the_run(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "four-stations", "--until", "1 h", *(w.replace("FOLDER", str(tmp_path)) for w in words))
    assert (code, out) == (2, "")
    assert told in err
    assert list(tmp_path.iterdir()) == []
