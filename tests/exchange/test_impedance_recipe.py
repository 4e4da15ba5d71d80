"""Recipes and excitations as files: what is written is read back, every fault with its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linewright.eis.design import Asked, design
from linewright.eis.excitation import Excitation, Segment
from linewright.exchange.impedance.excitation_file import as_csv, as_yaml, from_plain, plain, read_excitation
from linewright.exchange.impedance.recipe_file import SHIPPED, read_recipe, recipe_of_text
from linewright.model.errors import DataError

GOOD = """\
recipe: mine
circuit: R0-p(R1,CPE1)
names: {hfr: R0, rct: R1}
limits:
  hfr: {low: 0.1 mohm, high: 0.2 mohm}
  kk: {high: 1 %}
spread: {rct: 6}
failed-cells: 2
"""


def test_a_recipe_is_read() -> None:
    found = recipe_of_text(GOOD, "mine.yaml")
    assert (found.name, found.circuit, found.failed_cells, found.names["rct"]) == ("mine", "R0-p(R1,CPE1)", 2, "R1")
    assert (found.limits["hfr"].low, found.limits["hfr"].high, found.limits["kk"].high) == (1e-4, 2e-4, 0.01)


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda p: p.stem)
def test_shipped_recipes_are_good_and_say_that_their_numbers_are_defaults(file: Path) -> None:
    assert read_recipe(file.stem).name == file.stem
    limits = file.read_text(encoding="utf-8").partition("limits:")[2].partition("spread:")[0]
    assert limits.count("(default)") == limits.count("low:") + limits.count("high:")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("limits:", "limit:", "mine.yaml:4:1  limit: there is no such key. Did you mean `limits`?"),
        ("  hfr: {low", "  hrf: {low", "mine.yaml:5:3  limits.hrf: there is no such quantity. Did you mean `hfr`?"),
        ("0.2 mohm", "0.2 V", 'mine.yaml:5:30  limits.hfr.high: "0.2 V" is a voltage; a resistance was expected'),
        ("0.2 mohm", "0.05 mohm", "mine.yaml:5:3  limits.hfr: the lower limit is not below the upper one"),
        ("high: 1 %", "hihg: 1 %", "limits.kk.hihg: there is no such key. Did you mean `high`?"),
        ("{high: 1 %}", "1 %", "limits.kk: `low` and `high` were expected"),
        ("R0-p(R1,CPE1)", "R0-p(X1,CPE1)", "mine.yaml:2:15  circuit: "),
        ("rct: R1}", "rct: R11}", "mine.yaml:3:23  names.rct: the circuit has no parameter `R11`. Did you mean `R1`?"),
        ("circuit: R0-p(R1,CPE1)\n", "", "names.hfr: there is no circuit whose parameter this could be."),
        ("rct: 6", "rct: many", 'spread.rct: "many" is no number of robust sigma'),
        ("rct: 6", "kk: 6", "spread.kk: only resistances are compared"),
        ("failed-cells: 2", "failed-cells: two", 'failed-cells: "two" is no count of cells'),
        ("recipe: mine\n", "", "recipe: the name is missing"),
        ("names: {", "names: [a]\nx: {", "names: `names` holds quantities"),
    ],
)
def test_faults_of_a_recipe_are_told_with_their_place(before: str, after: str, words: str) -> None:
    with pytest.raises(DataError) as caught:
        recipe_of_text(GOOD.replace(before, after), "mine.yaml")
    assert words in str(caught.value)


def test_all_faults_come_at_once_and_a_lost_file_names_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        recipe_of_text(GOOD.replace("limits:", "limit:").replace("rct: 6", "rct: many"), "mine.yaml")
    assert len(caught.value.faults) == 2
    with pytest.raises(DataError, match="Did you mean `fuel-cell-stack`"):
        read_recipe("fuel-cell-stak")
    with pytest.raises(DataError, match="there is no such file"):
        read_recipe(str(tmp_path / "none.yaml"))


# ---- excitations


def same(a: Excitation, b: Excitation) -> bool:
    return plain(a) == plain(b)


def test_an_excitation_comes_back_to_the_last_bit(tmp_path: Path) -> None:
    for made in design(Asked(2.0, 500.0, 1000.0, 4)):
        for name, text in (("e.yaml", as_yaml(made.excitation)), ("e.csv", as_csv(made.excitation))):
            (tmp_path / name).write_text(text, encoding="utf-8")
            assert same(read_excitation(tmp_path / name), made.excitation)
        assert same(from_plain(plain(made.excitation)), made.excitation)


def test_faults_of_an_excitation_are_told(tmp_path: Path) -> None:
    one = Excitation("multi-sine", 100.0, 5.0, (Segment(0, 100, np.array([3, 7]), np.array([1.0, 1.0]), np.zeros(2)),))
    for before, after, words in (
        ("current: 5.0 A", "current: 5.0 V", "e.yaml:5:10  current: "),
        ("cycles: 3", "cycles: 9", "segment 1: cycles rise"),
        ("cycles: 7", "cycles: 77", "segment 1: cycles rise"),
        ("multi-sine", "noise", "the kind is multi-sine or stepped sine; noise came"),
        ("count: 100", "coont: 100", "`count` is missing"),
        ("amplitude: 1.0 A", "amplitude: 0 A", "amplitudes are above 0"),
    ):
        (tmp_path / "e.yaml").write_text(as_yaml(one).replace(before, after, 1), encoding="utf-8")
        with pytest.raises(DataError) as caught:
            read_excitation(tmp_path / "e.yaml", "e.yaml")
        assert words in str(caught.value), str(caught.value)
    (tmp_path / "e.csv").write_text(as_csv(one).replace("\n1,0,100,7", "\n1,0,x,7"), encoding="utf-8")
    with pytest.raises(DataError, match=r"e.csv:6  seven numbers were expected"):
        read_excitation(tmp_path / "e.csv", "e.csv")
