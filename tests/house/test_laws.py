"""The laws of the house (docs/house.md), read from the source: sizes, names, imports, what may not be in git."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "src" / "linewright"
FILE_LINES, CLASS_LINES, FUNCTION_LINES = 600, 300, 60
ATTICS = {"utils", "util", "core", "common", "helpers", "helper", "manager", "base", "misc"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def length(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a definition without its docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node):
        lines -= (node.body[0].end_lineno or 0) - node.body[0].lineno + 1
    return lines


def too_long(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if text.count("\n") > FILE_LINES:
        yield f"{path.relative_to(REPOSITORY)} has {text.count(chr(10))} lines, more than {FILE_LINES}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            limit = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
            if length(node) > limit:
                yield f"{path.relative_to(REPOSITORY)}:{node.lineno} {node.name} has {length(node)} lines, more than {limit}"


def test_there_is_a_house_to_look_at() -> None:
    assert len(MODULES) > 20


def test_nothing_is_longer_than_a_reader_reads() -> None:
    assert [row for path in MODULES for row in too_long(path)] == []


def test_the_measure_of_length_sees_a_long_function() -> None:
    body = "\n".join(f"    x{i} = {i}" for i in range(61))
    node = ast.parse(f'def f():\n    """Words."""\n{body}\n').body[0]
    assert isinstance(node, ast.FunctionDef)
    assert length(node) == 62


def test_no_attic() -> None:
    named = [p for p in MODULES if p.stem in ATTICS or ATTICS & set(p.relative_to(PACKAGE).parts[:-1])]
    assert named == []


def test_the_package_never_imports_its_own_root_or_a_star() -> None:
    rows = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import) and any(a.name == "linewright" for a in node.names):
                rows.append(f"{path}:{node.lineno} imports the root")
            if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
                rows.append(f"{path}:{node.lineno} star import")
    assert rows == []


def test_every_import_goes_down() -> None:
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def tracked_files() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("this is not a git checkout (an unpacked archive), so nothing says which files are tracked")
    return done.stdout.splitlines()


def test_nothing_built_is_in_git() -> None:
    built = [f for f in tracked_files() if "web/built/" in f or "node_modules/" in f or f.endswith((".pyc", ".nbi", ".nbc", "uv.lock"))]
    assert built == []


def test_no_lock_file_names_a_registry() -> None:
    locks = [f for f in tracked_files() if f.endswith(("package-lock.json", ".lock"))]
    assert [f for f in locks if "http://" in (REPOSITORY / f).read_text() or '"resolved": "http' in (REPOSITORY / f).read_text()] == []
