"""From a fresh clone to a live page with `make run`."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.figure import REPOSITORY, Figure, get_json, running, wait_for

PORT = 8350


def measure() -> list[Figure]:
    """Return the wall time until the page is served and the line has made cells."""
    with tempfile.TemporaryDirectory(prefix="linewright-fresh-") as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)
        os.environ["LINEWRIGHT_LEDGER"] = folder + "/ledger"
        os.environ["XDG_CACHE_HOME"] = folder + "/cache"  # neither downloads nor compiled kernels from before
        begin = time.perf_counter()
        marks = {}
        try:
            with running(["make", "-C", str(clone), "run"], log=Path(folder) / "log"):
                try:
                    wait_for(_page_is_there, timeout_s=600)
                    marks["page"] = time.perf_counter() - begin
                    wait_for(_line_moves, timeout_s=300)
                    marks["alive"] = time.perf_counter() - begin
                except TimeoutError as fault:
                    raise RuntimeError((Path(folder) / "log").read_text()[-3000:]) from fault
        finally:
            del os.environ["LINEWRIGHT_LEDGER"], os.environ["XDG_CACHE_HOME"]
        return [
            Figure("fresh clone to page", marks["page"], "s"),
            Figure("fresh clone to a line that moves on it", marks["alive"], "s", at_most=180.0),
        ]


def _page_is_there() -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=2) as answer:
        return b"<script" in answer.read()


def _line_moves() -> bool:
    sample = get_json(f"http://127.0.0.1:{PORT}/api/runs/latest/line")["sample"]
    return bool(sample["stations"]["packer"]["made"] >= 10)  # the kernels are compiled, and cells come out
