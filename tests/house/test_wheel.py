"""The wheel holds what a user needs who has neither Node nor this repository: the page, the library, the licence."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(REPOSITORY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    with zipfile.ZipFile(next(out.glob("linewright-*.whl"))) as wheel:
        return wheel.namelist()


def test_the_page_is_in_the_wheel(names: list[str]) -> None:
    assert "linewright/web/built/index.html" in names
    assert any(n.startswith("linewright/web/built/") and n.endswith(".js") for n in names)


def test_the_library_is_in_the_wheel(names: list[str]) -> None:
    assert "linewright/library/lines/cylindrical-21700-tabless.yaml" in names
    assert sum(n.endswith("/process.yaml") for n in names) >= 10


def test_the_licence_is_in_the_wheel_and_no_source_of_the_page_is(names: list[str]) -> None:
    assert any(n.endswith("LICENSE") for n in names)
    assert not any("node_modules" in n or n.endswith(".tsx") for n in names)
