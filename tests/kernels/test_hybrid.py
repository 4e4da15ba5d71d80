"""The hybrid leaves the state that the calendar leaves, to the last bit, wherever it is stopped and whoever goes on."""

from __future__ import annotations

import numpy as np
import pytest
from element_lines import LINES
from hybrid_lines import hybrid_lines
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from small_21700 import small_21700
from test_recursion import differences
from two_evaluators import compiled

from linewright.control.compile import Compiled
from linewright.control.fill import open_line
from linewright.kernels import calendar
from linewright.kernels.hybrid_split import split_line
from linewright.kernels.recursion_network import N_ROUNDS, OTHER
from linewright.kernels.rows import new_rows
from linewright.kernels.state import State, copy_state
from linewright.twin import hybrid as evaluator
from linewright.twin.hybrid import Hybrid

SECOND = 10**9


class Pair:
    """A line for both evaluators."""

    def __init__(self, line: Compiled) -> None:
        self.line = line
        self.split = split_line(line.table)
        self.rows = new_rows(calendar.rows_needed(line.table))

    def begun(self, seed: int) -> State:
        state = open_line(self.line, seed)
        assert calendar.advance(self.line.table, state, self.rows, 0) in {calendar.UNTIL, calendar.DEADLOCK}
        return state

    def hybrid(self) -> Hybrid:
        """Return the hybrid, which never leaves the line to the calendar for its speed, and tries short pieces again."""
        made = Hybrid(self.line, self.split)
        made._is_calendar_faster = lambda: False  # type: ignore[method-assign]
        return made

    def calendar(self, state: State, until: int) -> int:
        return int(calendar.advance(self.line.table, state, self.rows, until))


def compare(pair: Pair, seed: int, cuts: list[int]) -> int:
    """Compare at each of some times, alone and taking turns. Returns how many rounds the nodes went."""
    one = pair.begun(seed)
    two, turns = copy_state(one), copy_state(one)
    first, second = pair.hybrid(), pair.hybrid()
    for i, cut in enumerate(cuts):
        reason = pair.calendar(one, cut)
        assert first.advance(two, cut) == reason
        assert (pair.calendar(turns, cut) if i % 2 else second.advance(turns, cut)) == reason
        if reason != calendar.UNTIL:
            break
        assert differences(one, two) == [], cut
        assert differences(one, turns) == [], cut
    return int(first._network.notes[N_ROUNDS])


@pytest.fixture(autouse=True)
def _short_pieces(monkeypatch):
    """Try short pieces, and go short ways by the calendar, since lines here are short."""
    monkeypatch.setattr(evaluator, "SHORTEST", 20 * SECOND)
    monkeypatch.setattr(evaluator, "PATCH", SECOND)


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    """Compile the kernels before anything is drawn: a limit on the time of one example would end there."""
    compare(Pair(compiled(small_21700("empty"))), 1, [SECOND])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hybrid_lines(), st.integers(1, 10**6), st.lists(st.integers(0, 300 * SECOND), max_size=2), st.integers(0, 300))
def test_lines_drawn_at_random(text, seed, cuts, end):
    pair = Pair(compiled(text))
    assume(not (pair.split.kinds == OTHER).all())
    compare(pair, seed, [*sorted(cuts), 300 * SECOND + end])


@pytest.mark.parametrize("name", LINES)
def test_each_element(name):
    text, seconds = LINES[name]
    pair = Pair(compiled(text))
    if (pair.split.kinds == OTHER).all():
        return  # the calendar computes it alone
    compare(pair, 1, [seconds * SECOND // 3, seconds * SECOND])


@pytest.mark.parametrize("start", ["empty", "filled"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_21700_line_in_small(start, seed):
    pair = Pair(compiled(small_21700(start)))
    rounds = compare(pair, seed, [SECOND * at for at in (1, 10, 60, 61, 200, 500, 900, 1500, 2400, 3600)])
    assert rounds > 1000
    names = [pair.line.stations[int(j)] for j in pair.split.nodes]
    assert {"winder", "flattener", "filler", "tray-loader", "tray-unloader", "packer"} <= set(names)


def test_most_at_once():
    rng = np.random.default_rng(1)
    since = rng.integers(0, 40, 30)
    until = since + rng.integers(0, 9, 30)
    naive = max(int(((since <= at) & (at <= until)).sum()) for at in range(60))
    assert evaluator.most_at_once(since, until) == naive
