"""Nelson's rules against the slow and obvious reading of each sentence, and limits against hand arithmetic."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.control.spc import Broken, Limits, capability, limits_of, nelson

UNIT = Limits(0.0, 1.0)


def covered(found: list[Broken], rule: int) -> set[int]:
    return {i for b in found if b.rule == rule for i in range(b.first, b.last + 1)}


def windows(x: list[float], size: int):
    return [(i, x[i : i + size]) for i in range(len(x) - size + 1)]


def slow(x: list[float], rule: int) -> set[int]:
    """Mark every value of every window that the sentence of the rule names."""
    marked: set[int] = set()

    def mark(i: int, size: int) -> None:
        marked.update(range(i, i + size))

    if rule == 1:
        marked = {i for i, v in enumerate(x) if abs(v) > 3}
    elif rule == 2:
        [mark(i, 9) for i, w in windows(x, 9) if all(v > 0 for v in w) or all(v < 0 for v in w)]
    elif rule == 3:
        [
            mark(i, 6)
            for i, w in windows(x, 6)
            if all(a < b for a, b in pairwise(w)) or all(a > b for a, b in pairwise(w))
        ]
    elif rule == 4:
        [mark(i, 14) for i, w in windows(x, 14) if all((b - a) * (c - b) < 0 for a, b, c in zip(w, w[1:], w[2:], strict=False))]
    elif rule == 7:
        [mark(i, 15) for i, w in windows(x, 15) if all(abs(v) < 1 for v in w)]
    return marked


@pytest.mark.parametrize("rule", [1, 2, 3, 4, 7])
@given(x=st.lists(st.one_of(st.floats(-4, 4), st.sampled_from([0.0, 0.5, -0.5, 3.5])), min_size=1, max_size=40))
def test_whole_stretches_are_those_of_the_sentence(rule: int, x: list[float]) -> None:
    assert covered(nelson(x, UNIT), rule) == slow(x, rule)


@given(x=st.lists(st.floats(-4, 4), min_size=3, max_size=40))
def test_two_of_three_and_four_of_five(x: list[float]) -> None:
    for rule, least, of, far in ((5, 2, 3, 2.0), (6, 4, 5, 1.0)):
        must = any(sum(side * v > far for v in w) >= least for side in (1, -1) for _, w in windows(x, of))
        found = [b for b in nelson(x, UNIT) if b.rule == rule]
        assert bool(found) == must
        for b in found:  # a stretch begins and ends with a value that is out
            assert abs(x[b.first]) > far
            assert abs(x[b.last]) > far


def test_rule_8_wants_both_sides() -> None:
    assert 8 not in {b.rule for b in nelson([2.0] * 8, UNIT)}
    assert Broken(8, 0, 7) in nelson([2.0, -2.0] * 4, UNIT)


def test_limits_come_from_the_moving_range() -> None:
    rng = np.random.default_rng(5)
    limits = limits_of(rng.normal(10.0, 2.0, 20_000))
    assert limits is not None
    assert limits.sigma == pytest.approx(2.0, rel=0.03)
    assert limits_of([1.0]) is None
    assert limits_of([1.0, np.nan, 3.0]) == Limits(2.0, limits_of([1.0, 3.0]).sigma)


def test_no_spread_no_capability() -> None:
    assert capability([1.0, 1.0], 0.0, 2.0) == (None, None)
    assert capability([1.0, 2.0], None, None) == (None, None)
    assert capability([0.9, 1.1, 1.0], None, 1.3)[0] is None
