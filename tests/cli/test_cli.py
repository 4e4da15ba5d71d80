"""The command line as a person uses it: what it prints, and its exit codes."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from linewright.cli.main import run_command
from linewright.ledger.ledger import Ledger


def command(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "linewright.cli", *arguments], capture_output=True, text=True, check=False, cwd=cwd)


def test_alone_it_greets_five_people_without_heavy_imports() -> None:
    done = command()
    assert done.returncode == 0
    assert [who in done.stdout for who in ("Line planner", "Process engineer", "Operator", "Quality engineer", "Integrator")] == [True] * 5


def test_the_welcome_imports_neither_typer_nor_numpy() -> None:
    code = "import sys, linewright.cli.main; print([m for m in ('typer', 'rich', 'numpy', 'numba', 'pint') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "four-station"], "Did you mean `four-stations`?"),
        (["frob"], "No such command"),
        (["check", "--bad"], "No such option"),
        (["run", "four-stations", "--speed", "fast"], "is no speed"),
        (["run", "four-stations", "--continue", "--new"], "exclude each other"),
        (["run", "four-stations", "--until", "3 m"], "a time was expected"),
        (["import", "sap", "/"], "there is kiprobatt"),
        (["trace", "--from", "3"], "are of a web"),
        (["trace", "COIL-4", "--from", "nan", "--to", "3"], "metres on the web were expected"),
        (["trace", ""], "Expected: the id of a cell, coil or batch"),
        (["trace", "--web", " "], "--web is empty"),
        (["simulate", "four-stations", "--seed", "9223372036854775808"], "--seed 9223372036854775808: 9223372036854775807 at most was expected."),
        (["run", "four-stations", "--seed", "-1"], "--seed -1: 0 or more was expected."),
        (["simulate", "four-stations", "--seed", "abc"], "--seed abc: a whole number was expected, such as 7.\n"),
        (["run", "four-stations", "--port=8x"], "--port 8x: a whole number was expected"),
        (["new", "mine.yaml", "--from", "nope"], "--from nope: the library has no line of this name.\n    linewright lines lists them."),
        (["new", "mine.yaml", "--from", "four-station"], "no line of this name. Did you mean `four-stations`?\n"),
        (["check", "/dev/zero"], "a device, a pipe or a socket; a line file was expected"),
        (["import", "kiprobatt", ".", "--report", "no-such-folder/report.json"], "there is no folder no-such-folder"),
    ],
)
def test_a_users_fault_is_told_without_traceback(arguments: list[str], words: str) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_new_makes_a_file_that_checks_and_never_writes_over_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "mine.yaml")
    assert run_command(["new", file, "--from", "cylindrical-21700-tabless", "--over"]) == 0
    assert run_command(["check", file]) == 0
    assert "mine: no fault" in capsys.readouterr().out
    assert run_command(["new", file, "--from", "four-stations"]) == 2
    assert "is there already" in capsys.readouterr().err


def test_lines_and_runs_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["lines", "--json"]) == 0
    rows = {row["line"]: row for row in json.loads(capsys.readouterr().out)}
    assert {"cylindrical-21700-tabless", "four-stations", "electrolyzer-pem", "cell-topcon"} <= set(rows)
    assert rows["cylindrical-21700-tabless"]["rated"] == "350 /min"
    assert 0.05 < rows["cylindrical-21700-tabless"]["sourced_share"] < 0.5
    assert run_command(["lines", "blade-lfp"]) == 0
    assert "BYD/FinDreams plant tour" in capsys.readouterr().out
    assert run_command(["lines", "blade-lpf"]) == 2
    assert "Did you mean `blade-lfp`" in capsys.readouterr().err
    assert run_command(["runs", "--json", "--ledger", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("raised", "code", "words"),
    [(KeyboardInterrupt(), 130, "Stopped by Ctrl-C."), (MemoryError("Unable to allocate 22.4 GiB"), 2, "Unable to allocate 22.4 GiB")],
)
def test_what_ends_a_command_from_outside_is_said(
    raised: BaseException, code: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def end(*_: object) -> None:
        raise raised

    monkeypatch.setattr("linewright.cli.simulate.line_of", end)
    assert run_command(["simulate", "four-stations"]) == code
    assert words in capsys.readouterr().err


def test_the_next_step_of_an_empty_ledger_makes_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["trace", "--ledger", str(tmp_path)]) == 2
    assert "simulate four-stations --keep all" in capsys.readouterr().err


def test_a_damaged_run_is_not_passed_over_in_silence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "live-2.run").write_bytes(b"no database" * 500)
    assert run_command(["runs", "--ledger", str(tmp_path)]) == 0
    assert "live-2.run: this file is damaged" in capsys.readouterr().out


def test_runs_takes_old_simulations_away_when_told_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for source in ("twin", "live", "twin", "twin"):
        Ledger(tmp_path).create_run("line: x\n", "d", source, name="a-line").close()
    ledger = ["--ledger", str(tmp_path)]
    assert run_command(["runs", "--prune", "1", *ledger]) == 0
    told = capsys.readouterr().out
    assert "2 simulations" in told
    assert "Nothing is taken away yet: say --yes to do it." in told
    assert len(Ledger(tmp_path).runs()) == 4
    assert run_command(["runs", "--prune", "1", "--yes", "--json", *ledger]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["runs"], told["done"], told["bytes"] > 0) == (["twin-1", "twin-3"], True, True)
    assert [run.run for run in Ledger(tmp_path).runs()] == ["live-2", "twin-4"]
    assert run_command(["runs", "--prune", "1", "--yes", *ledger]) == 0
    assert "nothing to take away" in capsys.readouterr().out
    assert run_command(["runs", "--prune", "0", *ledger]) == 2
    assert run_command(["runs", "--yes", *ledger]) == 2
    assert "--prune KEEP" in capsys.readouterr().err


def test_a_run_of_a_newer_version_is_named_whether_its_header_can_be_read_or_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        Ledger(tmp_path).create_run("line: x\n", "d", "twin", name="a-line").close()
    for number in (2, 3):
        connection = sqlite3.connect(tmp_path / f"twin-{number}.run", isolation_level=None)
        connection.execute("PRAGMA user_version = 99")
        if number == 3:
            connection.execute("ALTER TABLE run RENAME COLUMN speed TO pace")
        connection.close()
    assert run_command(["runs", "--ledger", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.count("its tables are of version 99") == 2
    rows = {text.split()[0]: text for text in out.splitlines() if text.startswith("twin-")}
    assert sorted(rows) == ["twin-1", "twin-2"]
    assert ["newer version" in rows[run] for run in sorted(rows)] == [False, True]
    assert run_command(["runs", "--json", "--ledger", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert [run["run"] for run in json.loads(told.out)] == ["twin-2", "twin-1"]
    assert "twin-3.run: its tables are of version 99" in told.err
    assert run_command(["trace", "PART-1", "--run", "twin-3", "--ledger", str(tmp_path)]) == 2
    assert "pip install --upgrade linewright" in capsys.readouterr().err


def test_tracing_in_a_damaged_run_says_that_it_is_damaged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        Ledger(tmp_path).create_run("line: x\n", "d", "twin").close()
    (tmp_path / "twin-1.run").write_bytes(b"no database" * 500)
    file = tmp_path / "twin-2.run"  # its header holds, what lies behind does not
    file.write_bytes(file.read_bytes()[: 4096 * 3])
    for run in ("twin-1", "twin-2"):
        assert run_command(["trace", "PART-1", "--run", run, "--ledger", str(tmp_path)]) == 2
        assert "damaged" in capsys.readouterr().err


def test_the_version_as_an_option() -> None:
    done = command("--version")
    assert (done.returncode, done.stdout) == (0, command("version").stdout)
    assert done.stdout.startswith("linewright ")


@pytest.mark.parametrize("verb", ["simulate", "check"])
@pytest.mark.parametrize("name", ["lines", "./lines"])
def test_a_folder_is_no_line(verb: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lines").mkdir()
    (tmp_path / "lines" / "mine.yaml").touch()
    assert run_command([verb, name]) == 2
    assert "this is a folder; a line file (it ends in .yaml) or the name of a library line was expected. Did you mean lines/mine.yaml?" in (
        capsys.readouterr().err
    )


def test_new_in_a_folder_that_is_not_there_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["new", str(tmp_path / "x" / "y" / "my.yaml")]) == 2
    assert f"Make it first (mkdir -p {tmp_path / 'x' / 'y'})" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_a_ledger_where_nothing_can_be_written_is_said_before_anything_is_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/proc/self").is_dir():
        pytest.skip("this system has no /proc, a folder that no disk lies under")
    assert run_command(["simulate", "four-stations", "--until", "1 min", "--keep", "all", "--ledger", "/proc/x"]) == 2
    assert "no run can be written there" in capsys.readouterr().err


def test_an_until_that_is_past_is_a_users_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["run", "four-stations", "--speed", "max", "--no-page", "--ledger", str(tmp_path), "--until"]
    assert run_command([*asked, "1 h"]) == 0
    capsys.readouterr()
    assert run_command([*asked, "30 min"]) == 2
    assert "live-1 is at 3600 s of line time already, past the 1800 s of --until" in capsys.readouterr().err


def test_a_simulation_has_one_name_for_each_figure_and_says_what_it_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["simulate", "cylindrical-21700-tabless", "--until", "2 min", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    stations = {row["station"]: row for row in told["stations"]}
    of_figures = {row["station"]: row for row in told["figures"]["stations"] if row["station"] in stations}
    assert {path: (row["item"], row["good"], row["lost"]) for path, row in stations.items()} == {
        path: (row["item"], row["good"], row["lost"]) for path, row in of_figures.items()
    }
    assert told["good"] == told["figures"]["line"]["good"]
    assert "yield" in told["figures"]["line"]
    items = {path: stations[path]["item"] for path in ("cathode-coater", "cathode-slitter", "tray-loader", "packer")}
    assert items == {
        "cathode-coater": "cathode-coil", "cathode-slitter": "cathode-strip", "tray-loader": "tray", "packer": "cell-21700-tabless",
    }  # fmt: skip

    def names(value: object) -> set[str]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return {*(value if isinstance(value, dict) else ()), *(n for each in inner for n in names(each))}

    assert names(told) & {"yield_", "made", "scrap"} == set()


def test_a_pipe_is_not_read_as_a_line_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "line.yaml")
    assert run_command(["check", str(tmp_path / "line.yaml")]) == 2
    assert "a device, a pipe or a socket; a line file was expected" in capsys.readouterr().err
