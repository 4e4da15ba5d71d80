"""What the tests of the model share: a small library, and where the example files are."""

from __future__ import annotations

from pathlib import Path

import pytest
from shelf import Shelf, small_library


@pytest.fixture
def shelf() -> Shelf:
    """Return a small library."""
    return small_library()


@pytest.fixture
def examples(shared: Path) -> Path:
    """Return the folder of the example line files."""
    return shared / "line-file"
