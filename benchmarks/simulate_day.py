"""A day of the 21700 line in the twin, from the command line, with a warm cache."""

from __future__ import annotations

import json

from benchmarks.figure import LINE, LINEWRIGHT, Figure, cpu_and_wall, median_of


def measure() -> list[Figure]:
    """Return CPU and wall time of the whole process, median of three, and of the kernel alone as the run itself reports it."""
    command = [*LINEWRIGHT, "simulate", LINE, "--until", "1 day", "--seed", "7", "--keep", "none", "--json"]
    cpu, wall = median_of(3, command)
    told = json.loads(cpu_and_wall(command)[2])
    figures = [Figure("one day, whole process, CPU", cpu, "s", at_most=2.0), Figure("one day, whole process, wall", wall, "s", at_most=2.0)]
    if "kernel_s" in told:
        figures.append(Figure("one day, kernel alone", told["kernel_s"], "s"))
    return figures
