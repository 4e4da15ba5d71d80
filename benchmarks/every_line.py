"""Every line of the library for a week after a week to run in: CPU of the second week, what it makes beside its target, OEE, energy."""

from __future__ import annotations

import time

from benchmarks.figure import Figure
from linewright.library.catalogue import installed_libraries, shipped_library
from linewright.measures.figures import figures_of
from linewright.model.errors import LinewrightError
from linewright.model.load import load
from linewright.twin.simulate import simulate

WEEK_S = 7 * 86400.0
BAR_S = 5.0


def measure() -> list[Figure]:
    """Return for each line the CPU of a simulated week, with its share of the rated output, OEE and energy in the note."""
    simulate(load("four-stations", installed_libraries()), until_s=1.0)  # the kernels are loaded once
    found = []
    for name in shipped_library().names("line"):
        plant = load(name, installed_libraries())
        try:
            begun = simulate(plant, until_s=WEEK_S)
        except LinewrightError as error:
            found.append(Figure(name, float("nan"), "s", at_most=BAR_S, note=str(error).splitlines()[0]))
            continue
        cpu = time.process_time()
        result = simulate(plant, until_s=2 * WEEK_S, start=begun.state)
        cpu = time.process_time() - cpu
        figures = figures_of(result.compiled, result.tally)
        reached = result.made / WEEK_S
        rated = f"{100.0 * reached / plant.target_per_s:.1f} % of the target" if plant.target_per_s else "no target"
        oee = "" if figures.line.oee is None else f", OEE {100.0 * figures.line.oee:.1f} % of {figures.line.bottleneck}"
        found.append(Figure(name, cpu, "s", at_most=BAR_S, note=f"{60.0 * reached:.4g} good a minute, {rated}{oee}"))
    return found
