"""What a person waits for who only asks for help."""

from __future__ import annotations

from benchmarks.figure import LINEWRIGHT, Figure, median_of


def measure() -> list[Figure]:
    """Return the CPU time of `linewright --help`, median of nine."""
    cpu, wall = median_of(9, [*LINEWRIGHT, "--help"])
    return [Figure("linewright --help, CPU", cpu, "s", at_most=0.3), Figure("linewright --help, wall", wall, "s")]
