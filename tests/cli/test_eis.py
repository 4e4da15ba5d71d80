"""`linewright eis` as people use it: what it prints and its exit codes, from files, from raw samples, and for bad input."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from linewright.cli.main import run_command
from linewright.ledger.ledger import Ledger
from linewright.twin.simulate import Keep, simulate
from stack_line import stack_line

RECIPE = """\
recipe: mine
circuit: R0-p(R1,C1)
names: {hfr: R0, rct: R1}
limits:
  rct: {high: LIMIT}
"""


@pytest.fixture
def cell(tmp_path: Path) -> str:
    f = np.logspace(4, -1, 41)
    z = 0.01 + 0.02 / (1 + 2j * np.pi * f * 0.02 * 0.5)
    rows = [f"{a:.9g},{b.real:.9g},{b.imag:.9g}" for a, b in zip(f.tolist(), z.tolist(), strict=True)]
    (tmp_path / "cell.csv").write_text("f/Hz,Z'/ohm,Z''/ohm\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return str(tmp_path / "cell.csv")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stack")
    sent = str(folder / "sent.yaml")
    assert run_command(["eis", "design", "--fmin", "1 Hz", "--fmax", "5 kHz", "--current", "1000 A", "--modulation", "5%", "--out", sent]) == 0
    made = ["eis", "synthetic", str(folder / "s.parquet"), "--excitation", sent, "--cells", "24", "--seed", "7", "--fault", "9=dry"]
    assert run_command([*made, "--fault", "17=swapped-lead", "--calibration", str(folder / "short.csv")]) == 0
    return folder


def test_a_spectrum_is_told_in_words_and_for_programs(cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["eis", cell, "--circuit", "R0-p(R1,C1)"]) == 0
    out = capsys.readouterr().out
    assert "cell.csv   text, 41 points, 10 kHz to 0.1 Hz" in out
    assert "Kramers-Kronig" in out
    assert " 0.02 ohm " in out or " 20 mohm " in out
    assert run_command(["eis", cell, "--circuit", "R0-p(R1,C1)", "--json"]) == 0
    (spectrum,) = json.loads(capsys.readouterr().out)["spectra"]
    assert {p["name"]: round(p["value"], 6) for p in spectrum["fit"]["parameters"]} == {"R0": 0.01, "R1": 0.02, "C1": 0.5}


def test_a_recipe_passes_with_0_and_fails_with_1(cell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for limit, code, words in (("25 mohm", 0, "Recipe mine: passed, 1 spectrum."), ("15 mohm", 1, "rct 20 mohm is above 15 mohm")):
        (tmp_path / "r.yaml").write_text(RECIPE.replace("LIMIT", limit), encoding="utf-8")
        assert run_command(["eis", cell, "--recipe", str(tmp_path / "r.yaml")]) == code
        assert words in capsys.readouterr().out


def test_limits_on_what_a_file_does_not_tell_are_named(cell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.yaml").write_text(RECIPE.replace("LIMIT", "25 mohm") + "  voltage: {low: 0.5 V}\n", encoding="utf-8")
    assert run_command(["eis", cell, "--recipe", str(tmp_path / "r.yaml")]) == 0
    assert "Not judged, because nothing here tells it: voltage." in capsys.readouterr().out
    assert run_command(["eis", cell, "--recipe", str(tmp_path / "r.yaml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["not_judged"] == ["voltage"]


def test_a_bad_file_beside_a_good_one_is_named_and_the_good_one_judged(cell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.csv").write_text("z_real,z_img,set\n" + "1,2,3\n" * 9, encoding="utf-8")
    assert run_command(["eis", cell, str(tmp_path / "bad.csv")]) == 2
    done = capsys.readouterr()
    assert "cell.csv   text" in done.out
    assert "bad.csv:1  the head names no frequency" in done.err
    assert "The other files were judged." in done.err


def test_many_spectra_are_rows_of_a_table(cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["eis", *[cell] * 6]) == 0
    out = capsys.readouterr().out
    assert out.startswith("1 files: 6 spectra\n".replace("files", "file"))
    assert "\nSpectrum   Points   KK" in out
    assert out.count("cell.csv") == 6


def test_a_stack_from_raw_samples(stack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = ["eis", "--raw", str(stack / "s.parquet"), "--cells", "24", "--calibration", str(stack / "short.csv"), "--recipe", "fuel-cell-stack"]
    page = tmp_path / "stack.html"
    assert run_command([*raw, "--html", str(page)]) == 1
    out = capsys.readouterr().out
    assert "SYNTHETIC" in out
    assert "  ........X......XXX......\n" in out
    assert "4 of 24 cells fail" in out
    html = page.read_text(encoding="utf-8")
    assert "SYNTHETIC" in html
    assert "http" not in html.replace("http://www.w3.org", "")
    assert run_command([*raw, "--json"]) == 1
    body = json.loads(capsys.readouterr().out)
    assert [(c["cell"], c["looks_like"]) for c in body["verdict"]["failed"]] == [("9", "dry"), ("16", ""), ("17", "swapped lead"), ("18", "")]
    assert body["is_synthetic"] is True


def test_without_a_calibration_the_leads_are_fitted(stack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["eis", "--raw", str(stack / "s.parquet"), "--recipe", "fuel-cell-stack"]) == 1
    out = capsys.readouterr().out
    assert "fitted as L0" in out
    assert "  ........X......XXX......\n" in out


def test_cells_that_the_file_lacks_are_missing_channels(stack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["eis", "--raw", str(stack / "s.parquet"), "--cells", "26", "--recipe", "fuel-cell-stack"]) == 1
    out = capsys.readouterr().out
    assert out.count("its channel is missing in the file") == 2
    assert run_command(["eis", "--raw", str(stack / "s.parquet"), "--cells", "20"]) == 2
    assert "the file has a cell 24; the stack has 20 cells" in capsys.readouterr().err


def test_a_design_is_printed_beside_stepped_sines(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["eis", "design", "--fmin", "1Hz", "--fmax", "1kHz", "--current", "1000A", "--cells", "400"]
    assert run_command(asked) == 0
    out = capsys.readouterr().out
    assert "Stepped sine" in out
    assert "Crest factor" in out
    assert run_command([*asked, "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"multi_sine", "stepped_sine", "out"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["eis"], "one of them was expected"),
        (["eis", "none.DTA"], "none.DTA  there is no such file."),
        (["eis", "none.DTA", "--cells", "4"], "--cells belongs to raw samples"),
        (["eis", "a.csv", "--weight", "moduls"], "Did you mean `modulus`?"),
        (["eis", "a.csv", "--weight", "measured"], "needs the variance of each point"),
        (["eis", "a.csv", "--recipe", "fuel-cel-stack"], "Did you mean `fuel-cell-stack`?"),
        (["eis", "a.csv", "--recipe", "fuel-cell-stack", "--circuit", "R0-C1"], "it has no parameter for what the recipe fuel-cell-stack judges"),
        (["eis", "a.csv", "--html", "report.txt"], "a report is a page"),
        (["eis", "--raw", "none.parquet"], "none.parquet  there is no such file."),
        (["eis", "design", "--fmin", "1 V", "--fmax", "1 kHz", "--current", "1 A"], '--fmin: "1 V" is no frequency'),
        (["eis", "design", "--fmin", "1 Hz", "--fmax", "1 kHz", "--current", "1 V"], "--current: "),
        (["eis", "design", "--fmin", "1 kHz", "--fmax", "1 Hz", "--current", "1 A"], "No excitation: the lowest frequency"),
        (["eis", "design", "--fmin", "1 Hz", "--fmax", "1 kHz", "--current", "1 A", "--modulation", "50 %"], "3% to 10%"),
        (["eis", "design", "--fmin", "1 Hz", "--fmax", "1 kHz", "--current", "1 A", "--out", "a.txt"], ".yaml or .csv was expected"),
        (["eis", "synthetic", "a.csv", "--excitation", "a.yaml"], "ends in .parquet was expected"),
    ],
)
def test_a_users_fault_is_told(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(arguments) == 2
    assert words in capsys.readouterr().err


def test_a_circuit_that_cannot_be_read_shows_where(cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["eis", cell, "--circuit", "R0-Q1"]) == 2
    assert "^" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["wet", "9"])
def test_a_fault_that_there_is_not_is_refused(stack: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = ["eis", "synthetic", str(stack / "t.parquet"), "--excitation", str(stack / "sent.yaml"), "--cells", "4"]
    assert run_command([*made, "--fault", f"2={kind}"]) == 2
    assert "there is no fault" in capsys.readouterr().err
    assert run_command([*made, "--fault", "dry"]) == 2
    assert "CELL=FAULT was expected" in capsys.readouterr().err


def test_a_stack_of_a_line_is_analysed_from_its_waveform(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--unit`: the whole analysis of a stack that a line's station measured, beside what was recorded; 0 where it passes, 1 where it fails."""
    plant, ledger = stack_line(tmp_path), str(tmp_path / "ledger")
    simulate(plant, until_s=3600.0, seed=7, keep=Keep.ALL, ledger=Ledger(Path(ledger)))
    assert run_command(["eis", "--unit", "ST-2", "--ledger", ledger, "--html", str(tmp_path / "a.html")]) == 0
    out = capsys.readouterr().out
    assert "SYNTHETIC: made from a model, not measured" in out
    assert "Recipe eis of the line: PASS." in out
    assert "Station eis of run twin-1 recorded: pass." in out
    assert "SYNTHETIC, not measured" in (tmp_path / "a.html").read_text(encoding="utf-8")
    strict = RECIPE.replace("LIMIT", "0.1 mohm").replace("p(R1,C1)", "ZARC1-Ws1").replace("rct: R1", "rct: ZARC1.R")
    (tmp_path / "strict.yaml").write_text(strict, encoding="utf-8")
    assert run_command(["eis", "--unit", "ST-2", "--ledger", ledger, "--recipe", str(tmp_path / "strict.yaml"), "--json"]) == 1
    body = json.loads(capsys.readouterr().out)
    assert body["is_synthetic"]
    assert body["station"]["verdict"] == "pass"
    assert len(body["cells"]) == 40
    assert {row["name"] for row in body["station"]["compared"]} >= {"hfr", "weakest-transport"}


def test_spectra_are_drawn_as_a_picture(cell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """1,210 x 880 pixels, another picture for other data; without Matplotlib the way to get it is told."""
    png = tmp_path / "a.png"
    assert run_command(["eis", cell, "--circuit", "R0-p(R1,C1)", "--png", str(png)]) == 0
    data = png.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (1210, 880)
    assert run_command(["eis", cell, "--circuit", "none", "--png", str(tmp_path / "b.png")]) == 0
    assert (tmp_path / "b.png").read_bytes() != data
    assert run_command(["eis", cell, "--png", str(tmp_path / "a.jpg")]) == 2
    assert "ends in .png was expected" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert run_command(["eis", cell, "--circuit", "none", "--png", str(tmp_path / "c.png")]) == 2
    assert "pip install 'linewright[png]'" in capsys.readouterr().err
    assert not (tmp_path / "c.png").exists()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--unit", "ST-x"], "There is no `ST-x`"),
        (["--unit", " "], "--unit is empty"),
        (["--unit", "ST-2", "--cells", "40"], "--cells is not asked of a stack of a line"),
        (["--unit", "ST-2", "a.csv"], "one of them was expected"),
        (["--run", "twin-1", "a.csv"], "--run belongs to a stack of a line"),
    ],
)
def test_what_is_wrong_with_a_stack_of_a_line_is_told(asked: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    simulate(stack_line(tmp_path), until_s=1800.0, seed=7, keep=Keep.ALL, ledger=Ledger(tmp_path / "ledger"))
    assert run_command(["eis", *asked, "--ledger", str(tmp_path / "ledger")]) == 2
    assert words in capsys.readouterr().err
