"""The common line of 12 stations: visits a second of the recursion and of the calendar, from the line file with state times, beside SimPy."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator

import numpy as np
import simpy

from benchmarks.figure import Figure
from linewright.control.compile import Compiled, compile_plant
from linewright.control.fill import open_line
from linewright.kernels.calendar import UNTIL, advance, rows_needed
from linewright.kernels.rows import new_rows
from linewright.kernels.state import State, copy_state
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.twin.evaluator import Recursion, choose

MEANS = (0.165, 0.168, 0.163, 0.171, 0.166, 0.169, 0.164, 0.171, 0.167, 0.165, 0.170, 0.162)  # s
CV, PLACES, MTBF, MTTR, SCRAP = 0.1, 20, 7200.0, 360.0, {3: 0.01, 7: 0.01, 10: 0.01}
HOUR = 3600 * 10**9
ROUNDS = 5


def line_text() -> str:
    """Return the line file: 12 machines in a row, lognormal times, failures while they work, three that throw away 1 %."""
    rows = [
        f"  s{j + 1}: {{time: {{law: lognormal, mean: {mean} s, cv: {CV * 100:g} %}}, failures: {{stop: {{mtbf: {MTBF} s, mttr: {MTTR} s}}}}"
        + (f", buffer: {PLACES}" if j else "") + (f", scrap: {SCRAP[j] * 100:g} %" if j in SCRAP else "") + "}"
        for j, mean in enumerate(MEANS)
    ]  # fmt: skip
    return "line: twelve\nproduct: part\nstations:\n" + "\n".join(rows) + "\n"


# ---- SimPy: one process for each station, a Store in between, as few events a visit as it can be done with


def numbers(mean: float, scrap: float, generator: np.random.Generator) -> Iterator[tuple[float, bool]]:
    """Draw service times with repairs in them, and scrap, in blocks: SimPy shall not wait for numbers."""
    sigma = np.sqrt(np.log1p(CV * CV))
    worked, fails = 0.0, generator.exponential(MTBF)
    while True:
        times = mean * np.exp(sigma * generator.standard_normal(4096) - sigma * sigma / 2)
        ends = worked + np.cumsum(times)
        worked = float(ends[-1])
        while fails < worked:
            times[np.searchsorted(ends, fails)] += generator.exponential(MTTR)
            fails += generator.exponential(MTBF)
        yield from zip(times.tolist(), (generator.random(4096) < scrap).tolist(), strict=True)


def first_station(env: simpy.Environment, behind: simpy.Store, draws: Iterator[tuple[float, bool]]) -> Generator[simpy.Event, object, None]:
    """Make items for ever."""
    timeout, put = env.timeout, behind.put
    for time_s, _ in draws:
        yield timeout(time_s)
        yield put(1)


def station(
    env: simpy.Environment, front: simpy.Store, behind: simpy.Store | None, draws: Iterator[tuple[float, bool]]
) -> Generator[simpy.Event, object, None]:
    """Take, work, hand on: blocking after service."""
    timeout, get = env.timeout, front.get
    put = behind.put if behind is not None else None
    for time_s, is_scrap in draws:
        yield get()
        yield timeout(time_s)
        if put is not None and not is_scrap:
            yield put(1)


def simpy_rate(until_s: float) -> float:
    """Return SimPy's visits a second of CPU."""
    env = simpy.Environment()
    stores = [simpy.Store(env, PLACES) for _ in MEANS[1:]]
    visits = [0] * len(MEANS)

    def counted(j: int, draws: Iterator[tuple[float, bool]]) -> Iterator[tuple[float, bool]]:
        for visits[j], draw in enumerate(draws):
            yield draw

    draws = [counted(j, numbers(m, SCRAP.get(j, 0.0), np.random.default_rng([1, j]))) for j, m in enumerate(MEANS)]
    env.process(first_station(env, stores[0], draws[0]))
    for j in range(1, len(MEANS)):
        env.process(station(env, stores[j - 1], stores[j] if j < len(MEANS) - 1 else None, draws[j]))
    return rate(lambda: env.run(until_s), lambda: sum(visits))


# ---- ours


def rate(run: Callable[[], object], visits: Callable[[], int]) -> float:
    """Return visits a second of CPU of a run."""
    before, start = visits(), time.process_time()
    run()
    return (visits() - before) / (time.process_time() - start)


def begun(line: Compiled) -> State:
    """Return the line after its first 100 hours."""
    state = open_line(line, 1)
    assert choose(line, state).name == "recursion"
    Recursion(line).advance(state, 100 * HOUR)
    return state


def measure() -> list[Figure]:
    """Return visits a second and the ratios; recursion, calendar and SimPy take turns, the best of each counts."""
    line = compile_plant(load_text(line_text(), installed_libraries()))
    start = begun(line)
    recursion, rows = Recursion(line), new_rows(rows_needed(line.table))
    rates: dict[str, list[float]] = {"recursion": [], "calendar": [], "simpy": []}
    for _ in range(ROUNDS):
        for name, hours in (("recursion", 2000), ("calendar", 20)):
            state, until = copy_state(start), (100 + hours) * HOUR

            def run(state: State = state, until: int = until, name: str = name) -> None:
                if name == "recursion":
                    recursion.advance(state, until)
                else:
                    assert advance(line.table, state, rows, until) == UNTIL

            rates[name].append(rate(run, lambda state=state: int(state.stations["n"].sum())))  # type: ignore[misc]
        rates["simpy"].append(simpy_rate(4000.0))
    best = {name: max(found) for name, found in rates.items()}
    return [
        Figure("recursion, visits a second", best["recursion"] / 1e6, "M/s", at_least=100.0, note="state times, failures, scrap; one core, CPU"),
        Figure("calendar, visits a second", best["calendar"] / 1e6, "M/s"),
        Figure("SimPy, visits a second", best["simpy"] / 1e6, "M/s", note=f"SimPy {simpy.__version__}, numbers drawn in blocks by NumPy"),
        Figure("recursion / SimPy", best["recursion"] / best["simpy"], "times", at_least=500.0),
        Figure("recursion / calendar", best["recursion"] / best["calendar"], "times"),
    ]
