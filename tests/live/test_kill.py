"""A run that is killed again and again, and one that never was, hold the same rows in the end: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lines import assert_same_rows

from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.live.run import MAX, run
from linewright.model.load import load

BEGIN = "run.begin=2026-01-05 00:00"


def started(line: str, changes: list[str], speed: str, until_s: float, ledger: Path) -> subprocess.Popen[str]:
    """The command as a user types it, once it says that the run is live."""
    sets = [part for change in changes for part in ("--set", change)]
    command = ["run", line, *sets, "--speed", speed, "--until", f"{until_s} s", "--no-page", "--ledger", str(ledger)]
    process = subprocess.Popen([sys.executable, "-m", "linewright.cli", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    told = []
    while not told or "is live" not in told[-1]:
        text = process.stdout.readline()
        if not text:
            raise AssertionError(f"it ended before it was live: {told}")
        told.append(text)
    return process


def committed(path: Path) -> set[tuple[object, ...]]:
    """The visits that another process can read: what was committed."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return set(connection.execute("SELECT unit, step, start_us, ns FROM visit"))
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("line", "changes", "kills", "until_s", "speed"),
    [
        ("four-stations", ["wind.failures.web-break.mtbf=5 min", "wind.failures.web-break.mttr=20 s"], 16, 7200.0, "200"),
        ("cylindrical-21700-tabless", [], 4, 600.0, "60"),
    ],
)
def test_killed_20_times_every_committed_row_is_there_once_and_the_run_carries_on(  # noqa: PLR0917 - a line, and how it is run
    tmp_path: Path, line: str, changes: list[str], kills: int, until_s: float, speed: str
) -> None:
    dice, ledger = random.Random(20), tmp_path / "killed"
    seen: set[tuple[object, ...]] = set()
    for _ in range(kills):
        process = started(line, [BEGIN, *changes], speed, until_s, ledger)
        time.sleep(dice.uniform(0.0, 1.5))
        seen |= committed(ledger / "live-1.run")  # before the kill: what is readable now is promised
        process.kill()
        process.communicate()  # waits, and closes the pipe
        assert process.returncode != 0
        assert seen <= committed(ledger / "live-1.run")
    last = started(line, [BEGIN, *changes], "max", until_s, ledger)
    output, _ = last.communicate(timeout=100)
    assert last.returncode == 0, output
    assert [info.run for info in Ledger(ledger).runs()] == ["live-1"]

    whole = Ledger(tmp_path / "whole")
    plant = load(line, installed_libraries(), [BEGIN, *changes])
    asyncio.run(run(plant, ledger=whole, speed=MAX, until_s=until_s, say=print, wanted_bytes=0))
    counts = assert_same_rows(ledger / "live-1.run", whole.folder / "live-1.run")
    assert counts["visit"] > 1_000
    assert counts["state"] > 20
    assert seen <= committed(whole.folder / "live-1.run")
