"""A day of the 21700 line in the twin with a warm cache: the call alone, and the whole command."""

from __future__ import annotations

import json
import statistics
import sys

from benchmarks.figure import LINE, LINEWRIGHT, Figure, cpu_and_wall, median_of

CALL = f"""
import json, time
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.twin.simulate import simulate
plant = load({LINE!r}, installed_libraries())
simulate(plant, until_s=1.0, seed=7)
cpu, wall = time.process_time(), time.perf_counter()
result = simulate(plant, until_s=86400.0, seed=7)
print(json.dumps([time.process_time() - cpu, time.perf_counter() - wall, int(result.counts("done").sum())]))
"""


def measure() -> list[Figure]:
    """Return CPU and wall time of `simulate` (plant compiled, line filled, a day computed, figures counted), and of the command around it."""
    calls = [json.loads(cpu_and_wall([sys.executable, "-c", CALL])[2]) for _ in range(5)]
    call_cpu, call_wall, visits = (statistics.median(c[k] for c in calls) for k in range(3))
    cpu, wall = median_of(3, [*LINEWRIGHT, "simulate", LINE, "--until", "1 day", "--seed", "7", "--keep", "none", "--json"])
    return [
        Figure("one day, the call simulate(), CPU", call_cpu, "s", at_most=2.0),
        Figure("one day, the call simulate(), wall", call_wall, "s"),
        Figure("visits of single items and carriers a second of CPU", visits / call_cpu / 1e6, "M/s"),
        Figure("one day, the whole command, CPU", cpu, "s", note="the call, and reading the file, importing, loading compiled kernels"),
        Figure("one day, the whole command, wall", wall, "s"),
    ]
