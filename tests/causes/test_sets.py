"""The fast search for the set that separates best, against the slow one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from linewright.causes.facts import Fact, Sort
from linewright.causes.sets import BINS, Units, best_hit, bins_of, members
from linewright.causes.tails import log_factorials, log_normal_tail, log_share_tail, normal_scores
from naive import separation


def units_of(bad: list[bool], scores: np.ndarray | None = None) -> Units:
    return Units(np.array(bad), scores, log_factorials(len(bad)))


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[int] | None, list[float | None] | None, list[bool]]:
    n = draw(st.integers(6, 40))
    which = draw(st.sampled_from(("names", "numbers", "both")))
    codes = draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n)) if which != "numbers" else None
    numbers = draw(st.lists(st.one_of(st.none(), st.integers(0, 30).map(float)), min_size=n, max_size=n)) if which != "names" else None
    bad = draw(st.lists(st.booleans(), min_size=n, max_size=n).filter(lambda b: any(b) and not all(b)))
    return codes, numbers, bad


@settings(max_examples=60, deadline=None)
@given(questions())
def test_the_best_set_is_that_of_the_slow_search(question: tuple[list[int] | None, list[float | None] | None, list[bool]]) -> None:
    codes, numbers, bad = question
    if numbers is not None and all(x is None for x in numbers):
        return
    values = None if numbers is None else np.array([np.nan if x is None else x for x in numbers])
    fact = Fact("f", Sort.TOOL, codes=None if codes is None else np.array(codes, np.int32), levels=("0", "1", "2", "3"), numbers=values)
    bins = None if values is None else bins_of(values)
    hit = best_hit(fact, bins, np.arange(len(bad)), units_of(bad))
    slow = separation.by_counts(codes, numbers, 4, bad, BINS)
    assert (hit is None) == (slow is None)
    if hit is not None and slow is not None:
        name, tried, p = slow
        assert hit.tried == tried
        assert math.exp(hit.log_p) == pytest.approx(p, rel=1e-9)
        same = dict(separation.sets_of(codes, numbers, 4, BINS))
        assert np.flatnonzero(members(fact, bins, hit)).tolist() == same[name]


@settings(max_examples=80, deadline=None)
@given(st.integers(2, 60), st.data())
def test_the_share_tail_is_the_exact_one(n: int, data: st.DataObject) -> None:
    bad, size = data.draw(st.integers(0, n)), data.draw(st.integers(0, n))
    found = data.draw(st.integers(0, size))
    exact = separation.share_tail(n, bad, size, found)
    fast = log_share_tail(n, bad, size, found, log_factorials(n))
    assert math.exp(fast) == pytest.approx(float(exact), rel=1e-10, abs=0.0)


def test_tails_far_out_are_those_of_scipy() -> None:
    f = log_factorials(20_000)
    for n, bad, size, found in ((20_000, 200, 60, 20), (20_000, 1_000, 500, 300), (5_000, 50, 50, 50)):
        assert log_share_tail(n, bad, size, found, f) == pytest.approx(stats.hypergeom.logsf(found - 1, n, bad, size), rel=1e-8)
    for z in (-3.0, 0.0, 2.5, 12.0, 29.9, 30.1, 80.0):
        assert log_normal_tail(z) == pytest.approx(stats.norm.logsf(z), rel=1e-9)


@given(st.lists(st.integers(0, 20).map(float), min_size=2, max_size=40))
def test_scores_are_quantiles_of_mean_ranks(values: list[float]) -> None:
    assert normal_scores(np.array(values)).tolist() == pytest.approx(separation.scores(values), abs=1e-12)


def test_scores_find_a_shift_that_counts_do_not() -> None:
    rng = np.random.default_rng(5)
    codes = (np.arange(2_000) % 8).astype(np.int32)
    values = rng.normal(size=2_000) - 0.6 * (codes == 6)
    scores = -normal_scores(values)
    fact = Fact("f", Sort.TOOL, codes=codes, levels=tuple("01234567"))
    bad = (values < np.sort(values)[4]).tolist()
    with_scores = best_hit(fact, None, np.arange(2_000), units_of(bad, scores))
    without = best_hit(fact, None, np.arange(2_000), units_of(bad))
    assert with_scores is not None
    assert without is not None
    assert (with_scores.level, with_scores.by_scores) == (6, True)
    assert with_scores.log_p < math.log(1e-6) < without.log_p
    inside = codes == 6
    z = (scores[inside].mean() - scores.mean()) * math.sqrt(inside.sum()) / (scores.std(ddof=1) * math.sqrt(1 - inside.mean()))
    assert with_scores.log_p == pytest.approx(stats.norm.logsf(z) + math.log(2 * 8), rel=1e-9)


def test_a_fact_that_is_the_same_of_all_names_no_set() -> None:
    same = Fact("f", Sort.LOT, codes=np.zeros(20, np.int32), levels=("only",))
    assert best_hit(same, None, np.arange(20), units_of([True] * 5 + [False] * 15)) is None
