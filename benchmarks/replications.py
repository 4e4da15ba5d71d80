"""Replications on two cores beside one: wall time, best of some rounds in which they take turns."""

from __future__ import annotations

import time

from benchmarks.figure import LINE, Figure
from benchmarks.recursion_speed import line_text
from linewright.control.compile import Compiled, compile_plant
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load, load_text
from linewright.tuning.recording import Length
from linewright.tuning.spread import on_threads

ROUNDS, RUNS = 5, 4
DAY_S = 86400.0


def wall_and_cpu(line: Compiled, days: float, workers: int) -> tuple[float, float]:
    """Return wall and CPU time of all replications on so many cores, s."""
    wall, cpu = time.perf_counter(), time.process_time()
    runs, is_stopped = on_threads([line], [(0, number) for number in range(RUNS)], Length(days * DAY_S), 1, workers=workers)
    if is_stopped or len(runs) != RUNS:
        raise RuntimeError("not all replications were run")
    return time.perf_counter() - wall, time.process_time() - cpu


def measure() -> list[Figure]:
    """Return how many times as fast two cores are, of a line by the recursion and of one by the hybrid; and what sharing costs in CPU."""
    figures = []
    catalogue = installed_libraries()
    for name, plant, days in (("12 stations", load_text(line_text(), catalogue), 5.0), (LINE, load(LINE, catalogue), 1.0)):
        line = compile_plant(plant)
        wall_and_cpu(line, days / 5, 2)  # loaded
        found: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
        for _ in range(ROUNDS):
            for workers, rows in found.items():
                rows.append(wall_and_cpu(line, days, workers))
        (wall_1, cpu_1), (wall_2, cpu_2) = ((min(w for w, _ in rows), min(c for _, c in rows)) for rows in found.values())
        note = f"wall {wall_1:.2f} s and {wall_2:.2f} s for {RUNS} replications of {days:g} days"
        figures += [
            Figure(f"{name}: two cores / one, wall", wall_1 / wall_2, "times", at_least=1.9, note=note),
            Figure(f"{name}: CPU on two cores / on one", cpu_2 / cpu_1, "times", note="what sharing costs; 2 / this is the most that two cores give"),
        ]
    return figures
