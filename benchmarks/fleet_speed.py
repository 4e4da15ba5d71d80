"""A line of which vehicles bring a tenth of the items: visits a second, and by which evaluator."""

from __future__ import annotations

import time

from benchmarks.figure import Figure
from benchmarks.recursion_speed import CV, HOUR, MTBF, MTTR
from linewright.control.compile import compile_plant
from linewright.control.fill import open_line
from linewright.kernels.calendar import UNTIL, advance, rows_needed
from linewright.kernels.rows import new_rows
from linewright.kernels.state import State, copy_state
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.twin.evaluator import choose, fast_evaluator

STATIONS, BROUGHT, ROUNDS = 10, 5, 3


def line_text() -> str:
    """Return the line file: ten machines in a row, the sixth of which gets its items by vehicle."""
    rows = [
        f"  s{j}: {{time: {{law: lognormal, mean: 2 s, cv: {CV * 100:g} %}}, failures: {{stop: {{mtbf: {MTBF} s, mttr: {MTTR} s}}}}"
        + (", buffer: 20" if j else "") + (", brought-by: agv" if j == BROUGHT else "") + "}"
        for j in range(STATIONS)
    ]  # fmt: skip
    fleet = "vehicles: {agv: {count: 8, speed: 1.3 m/s, load: 2 s, unload: 2 s, distance: 4 m}}\n"
    return f"line: fleet\nproduct: part\n{fleet}stations:\n" + "\n".join(rows) + "\n"


def visits(state: State) -> int:
    """Return the starts of the stations, trips not among them."""
    return int(state.stations["n"][:STATIONS].sum())


def measure() -> list[Figure]:
    """Return visits a second of CPU of the evaluator that the twin chooses, and of the calendar, in turns; the best of each counts."""
    line = compile_plant(load_text(line_text(), installed_libraries()))
    start = open_line(line, 1)
    choice = choose(line, start)
    fast, rows = fast_evaluator(line, choice), new_rows(rows_needed(line.table))
    if advance(line.table, start, rows, HOUR) != UNTIL:
        raise RuntimeError("the calendar ended before its time")
    best = {"chosen": 0.0, "calendar": 0.0}
    hours = 400
    for _ in range(ROUNDS):
        for name in ("chosen", "calendar"):
            state = copy_state(start)
            before, began = visits(state), time.process_time()
            if name == "chosen" and fast is not None:
                fast.advance(state, (1 + hours) * HOUR)
            elif advance(line.table, state, rows, (1 + hours) * HOUR) != UNTIL:
                raise RuntimeError("the calendar ended before its time")
            best[name] = max(best[name], (visits(state) - before) / (time.process_time() - began))
    note = choice.text
    return [
        Figure("one item in ten by vehicle, as the twin computes it", best["chosen"] / 1e6, "M/s", at_least=50.0, note=note),
        Figure("the same, by the calendar", best["calendar"] / 1e6, "M/s"),
    ]
