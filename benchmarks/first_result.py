"""From the command to its first result: with compiled kernels, after a change of the line, and on a machine that has none yet."""

from __future__ import annotations

import os
import statistics
import tempfile
from pathlib import Path

from benchmarks.figure import LINEWRIGHT, Figure, cpu_and_wall

RUNS = 3


def command(line: str, ledger: str, *more: str) -> list[str]:
    """Return the command: ten minutes of a line."""
    return [*LINEWRIGHT, "simulate", line, "--until", "10 min", "--ledger", ledger, *more]


def measure() -> list[Figure]:
    """Return wall times of the whole command."""
    with tempfile.TemporaryDirectory(prefix="linewright-first-") as folder:
        ledger = str(Path(folder) / "ledger")
        cold_cpu, cold, _ = cpu_and_wall(command("four-stations", ledger), env=os.environ | {"XDG_CACHE_HOME": folder})
        files = {file.name for file in Path(folder).rglob("*.o")}
        warm = [cpu_and_wall(command("four-stations", ledger), env=os.environ | {"XDG_CACHE_HOME": folder}) for _ in range(RUNS)]
        other = cpu_and_wall(command("four-stations", ledger, "--set", "weld.count=3"), env=os.environ | {"XDG_CACHE_HOME": folder})[1]
        added = len({file.name for file in Path(folder).rglob("*.o")} - files)
    return [
        Figure("first result, no kernel compiled yet, wall", cold, "s", at_most=20.0, note=f"CPU {cold_cpu:.1f} s; {len(files)} kernels compiled"),
        Figure("first result, kernels compiled, wall", statistics.median(w for _, w, _ in warm), "s", at_most=2.0),
        Figure("the same, CPU", statistics.median(c for c, _, _ in warm), "s"),
        Figure("first result of a changed line, wall", other, "s", at_most=2.0),
        Figure("kernels compiled for a changed line", float(added), "", at_most=0.0),
    ]
