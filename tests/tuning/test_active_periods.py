"""The bottleneck by active periods, against a slow oracle and against the twin's own times."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.control.compile import compile_plant
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.tuning.active_periods import active_periods, all_at_once, longest_at_each_moment, merged
from linewright.twin.simulate import simulate

LIBRARY = installed_libraries()
INTERVALS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=6)


def pieces(drawn: list[tuple[int, int]]) -> np.ndarray:
    return merged(np.array([[a, min(a + length, 30)] for a, length in drawn], np.int64).reshape(-1, 2))


@given(st.lists(INTERVALS, min_size=1, max_size=5))
def test_each_moment_belongs_to_the_longest_interval_that_holds_it(drawn: list[list[tuple[int, int]]]) -> None:
    stations = [pieces(d) for d in drawn]
    won = [0] * len(stations)
    for moment in range(30):
        holding = [(a - b, a, n) for n, found in enumerate(stations) for a, b in found.tolist() if a <= moment < b]
        if holding:
            won[min(holding)[2]] += 1
    assert longest_at_each_moment(stations, 0, 30) == pytest.approx([share / 30 for share in won])


@given(st.lists(INTERVALS, min_size=1, max_size=4))
def test_a_station_is_active_while_all_its_machines_are(drawn: list[list[tuple[int, int]]]) -> None:
    machines = [pieces(d) for d in drawn]
    moments = [t for t in range(30) if all(any(a <= t < b for a, b in m.tolist()) for m in machines)]
    assert [t for a, b in all_at_once(machines).tolist() for t in range(a, b)] == moments


LINE = """
line: mixed
product: part
stations:
  cut: {time: {law: lognormal, mean: 2 s, cv: 30 %}, failures: {jam: {mtbf: 10 min, mttr: 30 s}}}
  bend: {time: {law: exponential, mean: 1.8 s}, buffer: 3, failures: {slip: {mtbf: 20 min, mttr: 90 s, clock: calendar}}}
  pack: {time: 1 s, buffer: 2, maintenance: {clean: {every: 30 min, time: 2 min}}}
"""


def test_active_time_is_all_that_is_neither_starved_nor_blocked() -> None:
    """Two ways to the same number: from rows, pieced together; and from the times that the kernel adds up."""
    line = compile_plant(load_text(LINE, LIBRARY))
    begin, span = 600.0, 7200.0
    before = simulate(line.plant, until_s=begin, seed=3)
    result = simulate(line.plant, until_s=begin + span, seed=3, start=before.state)
    found = active_periods(line, 3, 0, begin, span)
    assert result.seconds == span
    assert found.span_s == span
    assert sum(share for _, share in found.shares) <= 1.0
    for number, path in enumerate(("cut", "bend", "pack")):
        shares = result.shares(number)
        active = 1.0 - shares["starved"] - shares["blocked"]
        assert dict(found.active_s)[path] == pytest.approx(active * span, abs=1e-6)


def test_a_machine_that_never_waits_is_the_bottleneck_all_the_time() -> None:
    text = "line: two\nproduct: part\nstations:\n  cut: {time: 2 s}\n  bend: {time: 1 s}\n"
    found = active_periods(compile_plant(load_text(text, LIBRARY)), 1, 0, 100.0, 1000.0)
    assert found.shares == (("cut", 1.0),)
    assert (found.bottleneck, found.unpaused, dict(found.means_s)["bend"]) == ("cut", ("cut",), 1.0)


def test_machines_that_never_pause_are_not_told_apart() -> None:
    text = "line: two\nproduct: part\nstations:\n  cut: {time: 1 s}\n  bend: {time: 1 s}\n"
    found = active_periods(compile_plant(load_text(text, LIBRARY)), 1, 0, 100.0, 1000.0)
    assert (found.bottleneck, found.unpaused) == (None, ("cut", "bend"))
    assert found.to_json()["method"] == "active periods, after Roser"


def test_a_bottleneck_that_shifts() -> None:
    """One of two like machines is slower in its turn: each holds the line up about half the time."""
    text = "line: like\nproduct: part\nstations:\n"
    for name, buffer in (("a", 0), ("b", 5)):
        text += f"  {name}: {{time: 1 s, buffer: {buffer}, failures: {{stop: {{mtbf: 100 s, mttr: 20 s}}}}}}\n"
    found = active_periods(compile_plant(load_text(text, LIBRARY)), 4, 0, 0.0, 300_000.0)
    assert dict(found.shares) == {"a": pytest.approx(0.5, abs=0.05), "b": pytest.approx(0.5, abs=0.05)}
