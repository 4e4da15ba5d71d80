"""What if, as a person asks it on the command line."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linewright.cli.main import run_command

DAY = ["--until", "1 day", "--seed", "7"]


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run_command(["simulate", "four-stations", *arguments]) == 0
    return capsys.readouterr().out


def test_one_case_with_its_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, *DAY, "--replications", "4", "--confidence", "90 %")
    assert "four-stations   4 replications of 1 day, seed 7" in out
    heads, first = out.splitlines()[2:4]
    assert heads.split() == ["Figure", "Mean", "±", "Unit", "90", "%", "interval"]
    assert first.split()[0] == "Output"
    low, high = (float(first.split()[k]) for k in (-3, -1))
    assert low < float(first.split()[1]) < high
    assert any(row.startswith("weld ") and "±" in row for row in out.splitlines())
    assert "MSER-5" in out


def test_two_settings_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, *DAY, "--replications", "4", "--vs", "wind.count=2")
    row = next(line for line in out.splitlines() if line.startswith("Output"))
    assert row.endswith("higher")
    difference, half = (float(text.lstrip("+±")) for text in row.split()[-3:-1])
    assert abs(difference - (24 * 0.99914 - 60 / 2.6 * 0.96 * 0.995 * 0.99914)) < half
    assert "as written" in out
    assert "the same random numbers" in out


def test_a_sweep_is_a_grid(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, *DAY, "--replications", "3", "--sweep", "wind.count=1..2", "--sweep", "weld.buffer=20,21", "--show", "output")
    rows = out.splitlines()[2:7]
    assert rows[0].split()[:2] == ["wind.count", "weld.buffer"]
    assert [row.split()[:2] for row in rows[1:]] == [["1", "20"], ["1", "21"], ["2", "20"], ["2", "21"]]
    assert ["among the best" in row for row in rows[1:]] == [False, False, True, True]
    assert "No best one: 2 cases are not told apart by Output" in out


def test_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    out = json.loads(printed(capsys, *DAY, "--replications", "3", "--vs", "wind.count=2", "--json"))
    other = out["cases"][1]
    assert (other["variant"], other["against"], out["is_whole"]) == ("wind.count=2", "as written", True)
    assert other["differences"]["output"]["verdict"] == "higher"
    assert other["figures"]["output"]["unit"] == "/min"
    assert out["best"]["is_clear"]


def test_a_file_that_asks_for_replications_gets_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("line: mine\nuse: four-stations\nrun: {until: 2 h, replications: 3, seed: 4}\n", encoding="utf-8")
    assert run_command(["simulate", str(file)]) == 0
    assert "mine   3 replications of 2 h, seed 4" in capsys.readouterr().out
    assert run_command(["simulate", str(file), "--keep", "all", "--ledger", str(tmp_path)]) == 2
    assert "--keep all keeps one run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--vs", "wnd.count=2", "--sweep", "wind.cont=1..3"], ["--vs wnd.count=2", "--sweep wind.cont=1..3", "2 faults. Nothing was run."]),
        (["--vs", "four-station"], ["Did you mean `four-stations`?"]),
        (["--confidence", "many", "--show", "ooe", "--on", "mars"], ["50 % up to 99.99 %", "Did you mean `oee`?", "threads or ray"]),
        (["--warm-up", "3 m"], ["--warm-up: ", "a time was expected", "Or: found"]),
        (["--until", "1 h", "--warm-up", "2 h"], ["leaves nothing of a run"]),
        (["--replications", "0"], ["--replications"]),
    ],
)
def test_faults_are_told_all_at_once(arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["simulate", "four-stations", *arguments]) == 2
    told = capsys.readouterr().err
    assert [word for word in words if word not in told] == []


#: The command line, with a mark in the last argument's file for each run that is done.
TELLING = """
import signal, sys
from linewright.cli.main import run_command
from linewright.tuning import recording, spread

def record(*arguments):
    found = recording.record(*arguments)
    with open(sys.argv[-1], "a") as marks:
        marks.write(".")
    return found

signal.signal(signal.SIGINT, signal.default_int_handler)
spread.record = record
sys.exit(run_command(sys.argv[1:-1]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ended_from_outside_it_says_what_is_done(number: signal.Signals, tmp_path: Path) -> None:
    asked = ["simulate", "four-stations", "--until", "10 days", "--vs", "wind.count=2", "--replications", "5000", "--show", "output"]
    command = [sys.executable, "-c", TELLING]
    marks = tmp_path / "marks"
    with subprocess.Popen([*command, *asked, str(marks)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        limit = time.monotonic() + 300
        while (not marks.exists() or marks.stat().st_size < 8) and time.monotonic() < limit:
            time.sleep(0.05)
        process.send_signal(number)
        try:
            out, err = process.communicate(timeout=150)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "of 5000 replications; what follows is theirs." in out
    assert "Output" in out
    assert err.strip() == "Stopped by Ctrl-C."


def test_the_tutorials_questions_are_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command of the tutorial's section, as it stands there, with its experiment file."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "tutorial.md").read_text(encoding="utf-8")
    section = page.split("## 3. What if?")[1].split("\n## ")[0]
    monkeypatch.chdir(tmp_path)
    assert run_command(["new", "my-line.yaml", "--from", "four-stations"]) == 0
    (tmp_path / "second-winder.yaml").write_text(section.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    commands = [row for row in section.splitlines() if row.startswith("linewright ")]
    assert len(commands) == 7
    for row in commands:
        assert run_command(shlex.split(row)[1:]) == 0, row
    assert "as-built" in capsys.readouterr().out
