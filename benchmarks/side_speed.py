"""Machines side by side: ns a visit of the recursion, by machines and law, with gates; and nine stations of the 21700 line from an endless source."""

from __future__ import annotations

import time

from benchmarks.figure import Figure
from benchmarks.recursion_speed import HOUR, line_text
from linewright.control.compile import Compiled, compile_plant
from linewright.control.fill import open_line
from linewright.kernels.calendar import UNTIL, advance, rows_needed
from linewright.kernels.rows import new_rows
from linewright.kernels.state import State, copy_state
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.twin.evaluator import Recursion, choose

STATIONS, ROUNDS = 6, 3
MACHINES = (2, 4, 7, 14)
LAWS = {"constant": "{law: constant, mean: %s s}", "lognormal": "{law: lognormal, mean: %s s, cv: 10 %%}"}
GATE = ", measures: {width: {window: 5 mm +- 1 mm, spread: 0.4 mm}}, gate: {misses: 2 %, false-alarms: 0.2 %}"

#: cylindrical-21700-tabless from the flattener to the packer, without people, dry room and trays: what is made is graded at once.
NINE = """
line: nine-stations
product: cell
materials: {disc-a: {}, disc-b: {}, can: {}, electrolyte: {}, cap: {}, sleeve: {}}
stations:
  flattener: {count: 7, rate: 60 ppm, measures: {flattened-height: {window: 66.0 mm +- 0.2 mm, spread: 0.04 mm}}}
  disc-welder:
    count: 7
    rate: 60 ppm
    buffer: 100
    adds: {disc-a: 1, disc-b: 1}
    measures: {nugget-width: {window: 0.6 mm +- 0.15 mm, spread: 0.03 mm}}
    gate: {misses: 2 %, false-alarms: 0.2 %}
  hi-pot: {count: 2, rate: 200 ppm, buffer: 50, measures: {insulation: {window: at least 100 Mohm, spread: 40 Mohm, mean: 400 Mohm}}, gate: scrap}
  x-ray: {count: 4, rate: 100 ppm, buffer: 50, measures: {overhang: {window: 0.4 .. 1.6 mm, spread: 0.12 mm}}, gate: scrap}
  canner: {count: 2, rate: 200 ppm, buffer: 100, adds: {can: 1}, scrap: 0.3 %, failures: {jam: {mtbf: 6 h, mttr: 6 min}}}
  filler:
    count: 2
    rate: 200 ppm
    buffer: 200
    adds: {electrolyte: 7}
    within: 8 h
    tools: {nozzle: 24}
    measures: {electrolyte-mass: {window: 7.0 g +- 2 %, spread: 0.7 %}}
    gate: scrap
  closer: {count: 2, rate: 200 ppm, buffer: 100, adds: {cap: 1}, scrap: 0.5 %}
  grader:
    count: 2
    rate: 200 ppm
    buffer: 500
    measures:
      capacity: {window: at least 4.9 Ah, mean: 5.0 Ah, spread: 0.6 %}
      resistance: {window: 8 mohm +- 15 %, spread: 0.2 mohm}
      k-value: {window: at most 0.5 mV/d, mean: 0.15 mV/d, spread: 0.04 mV/d}
    grades:
      A: {capacity: at least 4.95 Ah, resistance: 8 mohm +- 5 %, k-value: at most 0.3 mV/d}
      B: {capacity: at least 4.90 Ah, k-value: at most 0.5 mV/d}
    gate: scrap
  packer: {count: 2, rate: 200 ppm, buffer: 500, adds: {sleeve: 1}}
"""


def row_text(count: int, law: str, gate: str = "") -> str:
    """Return a line file: stations in a row, each of so many machines, one item a second each."""
    rows = [f"  s{j}: {{count: {count}, time: {LAWS[law] % count}{', buffer: 50' if j else ''}{gate}}}" for j in range(STATIONS)]
    return "line: row\nproduct: part\nstations:\n" + "\n".join(rows) + "\n"


def compiled(text: str) -> Compiled:
    """Return the table of a line file."""
    return compile_plant(load_text(text, installed_libraries()))


def visits(state: State) -> int:
    """Return the starts so far."""
    return int(state.stations["n"].sum())


def by_recursion(line: Compiled, hours: float) -> float:
    """Return ns of CPU a visit, the best of some rounds after a first hour."""
    state = open_line(line, 1)
    if choose(line, state).name != "recursion":
        raise RuntimeError(choose(line, state).text)
    recursion = Recursion(line)
    recursion.advance(state, HOUR)
    best = float("inf")
    for _ in range(ROUNDS):
        before, start = visits(state), time.process_time()
        recursion.advance(state, int(state.head[0].now) + int(hours * HOUR))
        best = min(best, (time.process_time() - start) / (visits(state) - before) * 1e9)
    return best


def by_calendar(line: Compiled, hours: float) -> tuple[float, bool]:
    """Return ns of CPU a visit of the calendar, and whether the recursion leaves the same counts and times in state."""
    state, rows = open_line(line, 1), new_rows(rows_needed(line.table))
    advance(line.table, state, rows, HOUR)
    other = copy_state(state)
    before, start = visits(state), time.process_time()
    if advance(line.table, state, rows, int((1 + hours) * HOUR)) != UNTIL:
        raise RuntimeError("the calendar ended before its time")
    found = (time.process_time() - start) / (visits(state) - before) * 1e9
    Recursion(line).advance(other, int((1 + hours) * HOUR))
    return found, state.stations.tobytes() == other.stations.tobytes() and state.times.tobytes() == other.times.tobytes()


def measure() -> list[Figure]:
    """Return ns a visit; a line of single machines of the same run beside them, for computers differ."""
    single = by_recursion(compiled(line_text()), 500)
    figures = [Figure("12 single machines, lognormal, failures, scrap", single, "ns/visit", note="for the ratio: the recursion's plain path")]
    for name, gate, machines in (("", "", MACHINES), (", gate by a window", GATE, (4,))):
        for law in LAWS:
            for count in machines:
                found = by_recursion(compiled(row_text(count, law, gate)), 100)
                figures.append(Figure(f"{count} machines, {law}{name}", found, "ns/visit", note=f"{found / single:.1f} times single machines"))
    nine = compiled(NINE)
    found = by_recursion(nine, 240)
    calendar, is_equal = by_calendar(nine, 24)
    return [
        *figures,
        Figure("nine stations of the 21700 line, 30 days", found, "ns/visit", note=f"{1e3 / found:.1f} M visits/s; gates, grades, scrap, jams"),
        Figure("calendar / recursion there", calendar / found, "times", at_least=5.0),
        Figure("same state there after 24 h", float(is_equal), "", at_least=1.0),
    ]
