"""Each wrong file beside its exact message: ``wrong/NAME.yaml`` and ``wrong/NAME.out``.

After a wanted change of a message, write them anew with ``python tests/model/test_model_wrong.py`` and read the difference.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from shelf import Shelf, small_library

from linewright.model.errors import ModelError
from linewright.model.load import check

HERE = Path(__file__).parent
WRONG = sorted((HERE / "wrong").glob("*.yaml"))


def rendered(path: Path, shelf: Shelf) -> str:
    """Return all that `check` says of a file, which is named as seen from its own folder."""
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        found = check(Path(path.name), shelf)
    finally:
        os.chdir(before)
    lines = [str(ModelError(found.faults))] if found.faults else []
    lines += [f"warning: {warning}" for warning in found.warnings]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", WRONG, ids=lambda p: p.stem)
def test_a_wrong_file_is_told_what_is_wrong(path: Path, shelf: Shelf) -> None:
    assert rendered(path, shelf) == path.with_suffix(".out").read_text(encoding="utf-8")


def test_there_are_wrong_files() -> None:
    assert len(WRONG) >= 30


def test_a_large_file_is_refused_at_once(tmp_path: Path, shelf: Shelf) -> None:
    large = tmp_path / "large.yaml"
    with large.open("wb") as file:
        file.truncate(50_000_000)
    begin = time.process_time()
    found = check(large, shelf)
    assert time.process_time() - begin < 1
    assert "50.0 MB" in found.faults[0].message


@pytest.mark.parametrize("text", ["[" * 900_000, "{a: " * 200_000, "- " * 400_000, "a:\n" + "".join(" " * n + f"b{n}:\n" for n in range(1, 900))])
def test_deep_nesting_is_a_fault(tmp_path: Path, shelf: Shelf, text: str) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text(text)
    assert "nested more than 40 deep" in check(path, shelf).faults[0].message


def test_a_folder_and_nothing_are_faults(tmp_path: Path, shelf: Shelf) -> None:
    assert "a folder" in check(tmp_path, shelf).faults[0].message
    assert "no such file" in check(tmp_path / "none.yaml", shelf).faults[0].message
    assert "Did you mean `four-stations`?" in check("four-station", shelf).faults[0].message


def test_two_files_in_a_circle(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "a.yaml").write_text("line: a\nuse: ./b.yaml\n")
    (tmp_path / "b.yaml").write_text("line: b\nuse: ./a.yaml\n")
    (fault,) = check(tmp_path / "a.yaml", shelf).faults
    assert "a.yaml -> b.yaml -> a.yaml" in fault.message
    assert fault.file.endswith("b.yaml")
    assert fault.line == 2


def test_of_files_in_a_circle_only_the_circle_is_named(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "site.yaml").write_text("site: s\nlines:\n  one: {use: ./a.yaml}\n  two: {use: ./a.yaml, stations: {x: {tim: 2 s}}}\n")
    (tmp_path / "a.yaml").write_text("line: a\nuse: ./b.yaml\n")
    (tmp_path / "b.yaml").write_text("line: b\nuse: ./a.yaml\nstations: {c: {takes: nothing-known}}\n")
    (fault,) = check(tmp_path / "site.yaml", shelf).faults
    assert "a.yaml -> b.yaml -> a.yaml" in fault.message
    (tmp_path / "site.yaml").write_text("site: s\nlines:\n  one: {use: ./site.yaml}\n")
    (fault,) = check(tmp_path / "site.yaml", shelf).faults
    assert "site.yaml -> site.yaml" in fault.message


def test_faults_are_sorted_by_line(shelf: Shelf) -> None:
    faults = check(HERE / "wrong" / "units.yaml", shelf).faults
    assert [f.line for f in faults] == sorted(f.line for f in faults)


def test_too_many_faults_are_counted_not_shown(tmp_path: Path, shelf: Shelf) -> None:
    path = tmp_path / "many.yaml"
    path.write_text("line: a\nproduct: b\nstations: {c: {time: 1 s}}\n" + "".join(f"wrong-{n}: 1\n" for n in range(500)))
    found = check(path, shelf)
    assert len(found.faults) == 500
    assert "... and 300 more." in str(ModelError(found.faults))


def test_a_file_of_nothing_but_faults_is_refused_fast(tmp_path: Path, shelf: Shelf) -> None:
    path = tmp_path / "other.yaml"
    path.write_text("line: a\nproduct: b\nstations: {c: {time: 1 s}}\n" + "".join(f"wrong-{n}: 1\n" for n in range(20_000)))
    assert len(check(path, shelf).faults) == 1000


def test_too_many_stations_that_start_from_one_another(tmp_path: Path, shelf: Shelf) -> None:
    path = tmp_path / "chain.yaml"
    path.write_text("line: a\nproduct: b\nstations:\n" + "".join(f"  s{n}: {{use: s{n + 1}}}\n" for n in range(900)) + "  s900: {time: 1 s}\n")
    assert any("more than 50 stations start from one another" in f.message for f in check(path, shelf).faults)


def test_a_line_with_too_many_stations_is_refused_fast(tmp_path: Path, shelf: Shelf) -> None:
    path = tmp_path / "long.yaml"
    path.write_text("line: a\nproduct: b\nstations:\n" + "".join(f"  s{n}: {{time: 1 s, scrap: 0 %}}\n" for n in range(2500)))
    assert "2500 stations" in check(path, shelf).faults[0].message


if __name__ == "__main__":
    for wrong in WRONG:
        wrong.with_suffix(".out").write_text(rendered(wrong, small_library()), encoding="utf-8")
