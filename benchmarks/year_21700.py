"""The complete 21700 line, filled: CPU of a stretch by the hybrid and by the calendar, their states compared, and what a year takes at that pace."""

from __future__ import annotations

import time

from benchmarks.figure import LINE, Figure
from linewright.control.compile import compile_plant
from linewright.control.fill import open_line
from linewright.kernels import calendar
from linewright.kernels.calendar import UNTIL, rows_needed
from linewright.kernels.hybrid_split import split_line
from linewright.kernels.rows import new_rows
from linewright.kernels.state import State, copy_state
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.twin.hybrid import Hybrid

DAY = 86400 * 10**9
YEAR_DAYS = 365
#: Days before the stretch that is measured, and of the stretch.
BEFORE, DAYS = 1, 4
#: The order in which stations were looked at last is not part of where the line stands; no commands and records are under way.
ASIDE = frozenset({"agenda", "inbox", "outbox"})


def same(one: State, other: State) -> bool:
    """Tell whether two states are equal to the last byte."""
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in State._fields if name not in ASIDE)


def measure() -> list[Figure]:
    """Return CPU of both over the same days, taking turns day by day, and of a year at the hybrid's pace."""
    line = compile_plant(load(LINE, installed_libraries()))
    rows = new_rows(rows_needed(line.table))
    fast = Hybrid(line, split_line(line.table))
    one = open_line(line, 1)
    assert calendar.advance(line.table, one, rows, BEFORE * DAY) == UNTIL
    other = copy_state(one)
    assert fast.advance(copy_state(one), BEFORE * DAY + DAY // 24) == UNTIL  # loaded, compiled
    spent = {"calendar": 0.0, "hybrid": 0.0}
    visits = -int(one.stations["n"].sum())
    cells = -int(one.stations["n"][line.stations.index("winder")])
    for day in range(BEFORE + 1, BEFORE + DAYS + 1):
        began = time.process_time()
        assert calendar.advance(line.table, one, rows, day * DAY) == UNTIL
        middle = time.process_time()
        assert fast.advance(other, day * DAY) == UNTIL
        spent["calendar"] += middle - began
        spent["hybrid"] += time.process_time() - middle
    visits += int(one.stations["n"].sum())
    cells += int(one.stations["n"][line.stations.index("winder")])
    assert visits > 10**6
    return [
        Figure(
            "states equal to the last byte", float(same(one, other)), "", at_least=1.0, note=f"{DAYS} days, {cells:,} cells, {visits:,} visits"
        ),
        Figure("a year at this pace, hybrid, CPU", spent["hybrid"] / DAYS * YEAR_DAYS, "s", at_most=30.0, note="one core"),
        Figure("a year at this pace, calendar, CPU", spent["calendar"] / DAYS * YEAR_DAYS, "s"),
        Figure("calendar / hybrid", spent["calendar"] / spent["hybrid"], "times"),
        Figure("hybrid, CPU a visit", spent["hybrid"] / visits * 1e9, "ns"),
    ]
