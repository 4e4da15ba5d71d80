"""A small library of one class, made where a test wants it, and importable there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from linewright.library.catalogue import LibraryFolder

DECLARATION = """\
process: press
about: A press that makes a sheet thinner.
source: default
declares:
  parameters:
    stiffness: {unit: N/mm, default: 100 N/mm, range: 10 .. 1000 N/mm, about: of the sheet}
  recipe:
    force: {unit: N, range: 1 .. 100 N, about: of the press}
  inputs:
    thickness-before: {unit: mm, default: 2 mm, range: 1 .. 5 mm, about: of the sheet}
  measures:
    thickness: {unit: mm, range: 0.1 .. 10 mm, rises-with: [stiffness, thickness-before], falls-with: [force], about: of the pressed sheet}
station:
  recipe: {force: 50 N}
"""
MODEL = """\
import numpy as np

NOISE = ("force",)


def effect(inputs, recipe, parameters, noise):
    pressed = recipe["force"] * (1.0 + 0.01 * noise["force"]) / parameters["stiffness"]
    return {"thickness": inputs["thickness-before"] - pressed}
"""

MakeLibrary = Callable[..., LibraryFolder]


@pytest.fixture
def make_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeLibrary:
    """Return a function that writes a library with the class `press`, some texts of it swapped; `files` are further ones, by path."""
    package = re.sub(r"\W", "_", f"library_of_{tmp_path.parent.name}_{tmp_path.name}")
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(*swaps: tuple[str, str], files: dict[str, str] | None = None) -> LibraryFolder:
        root = tmp_path / package
        texts = {"__init__.py": "", "press/__init__.py": "", "press/process.yaml": DECLARATION, "press/model.py": MODEL, **(files or {})}
        for old, new in swaps:
            assert any(old in text for text in texts.values()), old
            texts = {path: text.replace(old, new) for path, text in texts.items()}
        for path, text in texts.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        return LibraryFolder("library acme", root, package)

    return make
