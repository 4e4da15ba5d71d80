"""`linewright version`."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version

from linewright.cli.printing import say


def version() -> None:
    """Print the version."""
    try:
        say(f"linewright {installed_version('linewright')}")
    except PackageNotFoundError:
        say("linewright (from its source, not installed)")
