"""Memory of a long simulation beside a short one: the largest resident size of the command."""

from __future__ import annotations

import os
import subprocess
import tempfile

from benchmarks.figure import LINE, LINEWRIGHT, REPOSITORY, Figure

LONG_DAYS = 100


def most_mb(line: str, days: int, ledger: str) -> float:
    """Return the largest resident size of `simulate`, MB."""
    command = [*LINEWRIGHT, "simulate", line, "--until", f"{days} days", "--seed", "7", "--ledger", ledger, "--json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=REPOSITORY) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return used.ru_maxrss / 1024


def measure() -> list[Figure]:
    """Return the sizes for one day and for many, and their ratio."""
    figures = []
    with tempfile.TemporaryDirectory(prefix="linewright-memory-") as ledger:
        for line in ("four-stations", LINE):
            most_mb(line, 1, ledger)  # kernels loaded
            short, long = most_mb(line, 1, ledger), most_mb(line, LONG_DAYS, ledger)
            note = f"{short:.0f} MB for 1 day, {long:.0f} MB for {LONG_DAYS} days"
            figures.append(Figure(f"{line}: {LONG_DAYS} days / 1 day", long / short, "times", at_most=1.1, note=note))
    return figures
