"""Orders, products and set-ups: calendar and reference agree bit for bit, and both do what docs/semantics.md says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from order_lines import LINES, ordered_lines
from test_agreement_simpy import exponential
from two_evaluators import compiled, differences, run_reference

from linewright.kernels.reference import simulate
from linewright.kernels.reference_line import Line, Order, Queue, Step, Variant
from naive import changeovers
from naive.journeys import from_one

SECOND = 10**9


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("seed", [1, 2])
def test_each_line(name, seed):
    text, seconds = LINES[name]
    assert differences(compiled(text), seconds * SECOND, seed, [7 * SECOND]) == []


@settings(max_examples=40)
@given(ordered_lines(), st.integers(1, 1000), st.lists(st.integers(0, 120), max_size=3).map(sorted))
def test_lines_drawn_at_random(text, seed, cuts):
    """Also stopped at some times and carried on, which must change nothing."""
    assert differences(compiled(text), 120 * SECOND, seed, [cut * SECOND for cut in cuts]) == []


def test_the_lines_compared_are_not_idle():
    """A comparison of nothing would pass: most orders end, products change, machines are set up."""
    ended = set_up = turns = 0
    for text, seconds in LINES.values():
        log = run_reference(compiled(text), seconds * SECOND)
        ended += sum(order.ended >= 0 for order in log.orders)
        set_up += sum(times[13] > 0 for times in log.times.values())
        turns += len(log.campaigns)
    assert (ended, set_up, turns) > (15, 5, 20)


def test_simpy_says_the_same_of_two_products_with_set_ups():
    """The independent oracle: two machines, three orders, one of them released later with a higher priority."""
    means = {"feed": (1.0, 2.0), "weld": (1.5, 1.1)}

    def times(path: str) -> list:
        return [exponential(path, mean) for mean in means[path]]

    def never(_: int) -> bool:
        return False

    def step(path: str, **more) -> Step:
        own = times(path)
        variants = tuple(Variant(time, never, mean) for time, mean in zip(own, means[path], strict=True))
        return Step(own[0], variants=variants, units=1, **more)

    setups = ((0, 7 * SECOND), (4 * SECOND, 0))
    orders = (Order(0, 60), Order(1, 40), Order(1, 30, priority=2, release=25 * SECOND))
    line = Line((step("feed", begins=True, by_order=True, out=0), step("weld", entry=0, setups=setups)), (Queue(1, 3),), orders=orders)
    log = simulate(line, 1000 * SECOND)
    wanted = [changeovers.Wanted(o.product, o.amount, o.priority, o.release) for o in orders]
    feed, weld = ([from_one(time) for time in times(path)] for path in ("feed", "weld"))
    both = (lambda n, p: feed[p](n), lambda n, p: weld[p](n))
    naive = changeovers.ordered(both, lambda a, b: setups[a][b], 3, wanted, 1000 * SECOND)
    assert [sorted(v.leave for v in log.visits if v.station == j) for j in range(2)] == naive
    assert len(naive[1]) == 130
    assert [order.good for order in log.orders] == [60, 40, 30]
    assert log.times[1, 0][13] == 18 * SECOND, "a, then b that came in between, a, b: 7 s + 4 s + 7 s"
