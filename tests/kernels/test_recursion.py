"""The recursion leaves the state that the calendar leaves, to the last bit, wherever it is stopped and whoever goes on."""

from __future__ import annotations

import json

import numpy as np
import pytest
from element_lines import LINES
from hypothesis import given, settings
from hypothesis import strategies as st
from recursion_lines import chains, joins, serial_lines
from two_evaluators import compiled

from linewright.control.compile import Compiled
from linewright.control.fill import open_line
from linewright.kernels import calendar, recursion
from linewright.kernels.recursion_cover import is_between_events, why_not
from linewright.kernels.recursion_draws import draw_times
from linewright.kernels.recursion_network import BLOCK, MOST_SIDE, Network, new_network
from linewright.kernels.rows import Rows, new_rows
from linewright.kernels.rules import SERVICE, base_of, duration
from linewright.kernels.state import State, copy_state, load_state, save_state
from linewright.kernels.table import NORMAL

SECOND = 10**9
#: The order in which stations were looked at last is not part of where the line stands; no commands and records are under way.
ASIDE = frozenset({"agenda", "inbox", "outbox"})


class Both:
    """A line for both evaluators."""

    def __init__(self, line: Compiled) -> None:
        self.line = line
        self.rows: Rows = new_rows(calendar.rows_needed(line.table))
        self.network: Network = new_network(line.table)

    def begun(self, seed: int) -> State:
        state = open_line(self.line, seed)
        assert calendar.advance(self.line.table, state, self.rows, 0) == calendar.UNTIL
        return state

    def calendar(self, state: State, until: int) -> None:
        assert calendar.advance(self.line.table, state, self.rows, until) == calendar.UNTIL

    def recursion(self, state: State, until: int) -> None:
        assert is_between_events(state)
        assert recursion.advance(self.line.table, state, self.network, until) == calendar.UNTIL


def differences(mine: State, yours: State) -> list[str]:
    """Return in which fields two states differ, and where first."""
    found = []
    for name in State._fields:
        a, b = getattr(mine, name), getattr(yours, name)
        if name in ASIDE or a.tobytes() == b.tobytes():
            continue
        for field in a.dtype.names or ("",):
            x, y = (a[field], b[field]) if field else (a, b)
            where = np.argwhere(x != y)
            if len(where):
                at = tuple(int(i) for i in where[0])
                found.append(f"{name}.{field}{list(at)}: calendar {x[at]}, recursion {y[at]}")
    return found


LAWS = {
    "constant": "1.7 s",
    "exponential": {"law": "exponential", "mean": "1 s"},
    "uniform": {"law": "uniform", "min": "1 s", "max": "2 s"},
    "lognormal": {"law": "lognormal", "mean": "1 s", "cv": "20 %"},
    "gamma": {"law": "gamma", "mean": "1 s", "cv": "20 %"},
    "steep gamma": {"law": "gamma", "mean": "1 s", "cv": "450 %"},
    "weibull": {"law": "weibull", "mean": "1 s", "shape": 2},
    "triangular": {"law": "triangular", "min": "1 s", "mode": "1.5 s", "max": "3 s"},
    "normal": {"law": "normal", "mean": "1 s", "cv": "20 %"},
}


@pytest.mark.parametrize("law", LAWS)
def test_times_drawn_in_a_block_are_those_drawn_one_by_one(law):
    """To the last bit: times are drawn a million times as long, so that no difference hides behind the rounding to nanoseconds."""
    table = compiled(json.dumps({"line": "one", "product": "part", "stations": {"a": {"time": LAWS[law]}}})).table
    for field in ("mean", "low", "high", "b"):
        table.laws[field] *= 1e6
    if law == "triangular":
        table.laws["a"] *= 1e6
    elif law == "normal":
        table.laws["a"] *= 1e6
        table.quantiles[:] *= 1e6
    elif int(table.laws[0].kind) > NORMAL:
        table.quantiles[:] *= 1e6
    base, h, number = np.uint64(base_of(5, 0)), np.uint64(table.stations[0].hash), int(table.stations[0].law)
    count = 50 if law == "steep gamma" else BLOCK
    block, chance = np.zeros(BLOCK, np.int64), np.zeros(BLOCK)
    for first in range(1, 40 * BLOCK, count if count == BLOCK else 40 * count):
        draw_times(table, number, base, h, first, count, chance, block, 0)
        single = [duration(table.laws, table.quantiles, number, base, h, SERVICE, first + i) for i in range(count)]
        assert block[:count].tolist() == single


@settings(max_examples=60)
@given(st.one_of(serial_lines(), chains(), joins()), st.integers(1, 10**6), st.lists(st.integers(0, 400 * SECOND), max_size=4), st.integers(0, 400))
def test_lines_drawn_at_random(text, seed, cuts, end):
    both = Both(compiled(text))
    assert why_not(both.line.table) == []
    one, two, turns = (both.begun(seed) for _ in range(3))
    for i, cut in enumerate([*sorted(cuts), max(cuts) if cuts else 0, 400 * SECOND + end]):
        both.calendar(one, cut)
        both.recursion(two, cut)
        (both.calendar if i % 2 else both.recursion)(turns, cut)
        assert differences(one, two) == [], cut
        assert differences(one, turns) == [], cut


FOUND = {
    "two machines become empty at one moment, without places in front": """
line: tight
product: part
stations:
  a: {count: 2, time: 1 s}
  b: {count: 3, time: 1 s, scrap: 2 %}
  c: {count: 2, time: 1 s, scrap: 2 %, gate: {fails: 1 %}}
  d: {time: 1 s, scrap: 2 %}
""",
    "a machine that waited begins a work in which it fails": """
line: waited
product: part
stations:
  make-a: {count: 2, time: 1 s, makes: a}
  make-b: {count: 2, time: 1 s, scrap: 2 %, failures: {slip: {mtbf: 1 s, mttr: 1 s}}, takes: none, makes: b}
  feed: {time: 1 s, takes: none, makes: body}
  join: {time: 1 s, buffer: 0, scrap: 2 %, gate: {fails: 1 %}, adds: {a: {amount: 1, buffer: 0}, b: {amount: 1, buffer: 0}}, makes: part}
""",
    "the first too late, and the next too, which is not computed yet": """
line: late
product: part
stations:
  a: {time: 1 s, scrap: 2 %, gate: {fails: 1 %}}
  b: {time: 1 s, buffer: 2, within: 1 s, failures: {jam: {mtbf: 1 s, mttr: 1 s}}}
""",
}


@pytest.mark.parametrize("name", FOUND)
def test_what_random_lines_have_found(name):
    both = Both(compiled(FOUND[name]))
    assert why_not(both.line.table) == []
    one, two, turns = (both.begun(1) for _ in range(3))
    for i, cut in enumerate([2 * SECOND + 1, 400 * SECOND, 2000 * SECOND]):
        both.calendar(one, cut)
        both.recursion(two, cut)
        (both.calendar if i % 2 else both.recursion)(turns, cut)
        assert differences(one, two) == [], cut
        assert differences(one, turns) == [], cut


def test_several_years():
    """Ends of works stand in one number with their machines: far beyond what that number holds the run goes on in pieces."""
    text = """
line: slow
product: part
stations:
  a: {count: 3, time: {law: lognormal, mean: 20 h, cv: 30 %}}
  b: {count: 2, time: 15 h, buffer: 3, scrap: 5 %, failures: {jam: {mtbf: 10 d, mttr: 1 d}}}
"""
    both = Both(compiled(text))
    one, two = both.begun(1), both.begun(1)
    for years in (1, 5, 6):
        both.calendar(one, years * 365 * 86400 * SECOND)
        both.recursion(two, years * 365 * 86400 * SECOND)
        assert differences(one, two) == [], years


@pytest.mark.parametrize("count", [62, 63])
def test_as_many_machines_side_by_side_as_one_number_holds(count):
    text = f"""
line: many
product: part
stations:
  a: {{count: {count}, time: {{law: exponential, mean: 60 s}}, failures: {{jam: {{mtbf: 10 min, mttr: 1 min}}}}}}
  b: {{time: 1 s, buffer: 5}}
"""
    both = Both(compiled(text))
    if count > MOST_SIDE:
        assert why_not(both.line.table) == [(0, "more than 62 machines side by side")]
        return
    assert why_not(both.line.table) == []
    one, two = both.begun(1), both.begun(1)
    both.calendar(one, 4000 * SECOND)
    both.recursion(two, 4000 * SECOND)
    assert differences(one, two) == []


def test_every_second():
    """Cut where events are: on whole seconds, and a nanosecond before and after."""
    text = """
line: ties
product: part
stations:
  a: {time: 1 s}
  b: {time: 2 s, buffer: 1, failures: {jam: {mtbf: {law: constant, mean: 4 s}, mttr: {law: constant, mean: 3 s}}}}
  c: {time: 1 s, buffer: 0, scrap: 20 %}
  d: {time: 3 s, buffer: 2}
"""
    both = Both(compiled(text))
    one, two = both.begun(1), both.begun(1)
    for second in range(1, 120):
        for cut in (second * SECOND - 1, second * SECOND, second * SECOND + 1):
            both.calendar(one, cut)
            both.recursion(two, cut)
            assert differences(one, two) == [], cut


def test_a_saved_state_goes_on_alike():
    text = "line: two\nproduct: part\nstations:\n  a: {time: 1 s, scrap: 10 %}\n  b: {time: {law: exponential, mean: 1 s}, buffer: 3}\n"
    both = Both(compiled(text))
    state = both.begun(3)
    both.recursion(state, 77 * SECOND)
    others = [copy_state(state), load_state(both.line.table, save_state(state))]
    both.recursion(state, 500 * SECOND)
    both.recursion(others[0], 500 * SECOND)
    both.calendar(others[1], 500 * SECOND)
    for other in others:
        assert differences(other, state) == []


def test_a_difference_is_seen():
    both = Both(compiled("line: one\nproduct: part\nstations:\n  a: {time: {law: exponential, mean: 1 s}}\n"))
    assert differences(both.begun(1), both.begun(2)) != []


def test_a_long_run():
    """Windows slide, blocks of draws follow each other, times grow beyond 32 bits."""
    text = """
line: long
product: part
stations:
  a: {time: {law: lognormal, mean: 0.17 s, cv: 10 %}, failures: {stop: {mtbf: 2 h, mttr: 6 min}}}
  b: {time: {law: lognormal, mean: 0.171 s, cv: 10 %}, buffer: 20, scrap: 1 %, failures: {stop: {mtbf: 2 h, mttr: 6 min}}}
  c: {time: 0.17 s, buffer: 300}
  d: {time: {law: exponential, mean: 0.1 s}, buffer: 0, gate: {fails: 1 %}}
"""
    both = Both(compiled(text))
    one, two = both.begun(1), both.begun(1)
    both.calendar(one, 40_000 * SECOND)
    both.recursion(two, 40_000 * SECOND)
    assert differences(one, two) == []
    assert int(one.stations["n"][0]) > 100_000


@pytest.mark.parametrize("name", LINES)
def test_what_is_not_covered_is_named(name):
    """Each line of the elements is either computed alike, or refused with what it is."""
    text, seconds = LINES[name]
    line = compiled(text)
    if why_not(line.table):
        return
    both = Both(line)
    one, two = both.begun(1), both.begun(1)
    both.calendar(one, seconds * SECOND)
    both.recursion(two, seconds * SECOND)
    assert differences(one, two) == []


def test_a_new_field_of_the_table_is_refused():
    """What the recursion has never heard of, it does not cover."""
    table = compiled("line: one\nproduct: part\nstations:\n  a: {time: 1 s}\n").table
    dtype = np.dtype([*table.stations.dtype.descr, ("antigravity", "i8")])
    stations = np.zeros(len(table.stations), dtype)
    for field in table.stations.dtype.names:
        stations[field] = table.stations[field]

    class Wider:
        _fields = type(table)._fields

        def __getattr__(self, name: str) -> object:
            return stations if name == "stations" else getattr(table, name)

    assert why_not(Wider()) == []
    stations["antigravity"] = 5
    assert why_not(Wider()) == [(0, "antigravity")]
