"""Intervals and warm-up against SciPy, slow oracles and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from linewright.tuning.estimates import difference_of, estimate_of, neighbours_agree
from linewright.tuning.student import share_within, t_quantile
from linewright.tuning.warm_up import mser


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 9, 19, 20, 57, 500, 999])
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99, 0.999])
def test_quantiles_of_students_t(freedom: int, confidence: float) -> None:
    assert t_quantile(confidence, freedom) == pytest.approx(stats.t.ppf(0.5 + confidence / 2, freedom), rel=1e-11)


@pytest.mark.parametrize(("freedom", "t"), [(1, 12.706), (2, 4.303), (9, 2.262), (19, 2.093), (30, 2.042)])
def test_the_table_of_the_textbooks(freedom: int, t: float) -> None:
    assert t_quantile(0.95, freedom) == pytest.approx(t, abs=5e-4)


def test_what_is_no_confidence_and_no_freedom_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        t_quantile(1.0, 3)
    with pytest.raises(ValueError, match="at least 1"):
        share_within(1.0, 0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40), st.sampled_from([0.9, 0.95, 0.99]))
def test_an_interval_is_scipys(values: list[float], confidence: float) -> None:
    samples = np.array(values)
    found = estimate_of(samples, confidence)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    error = samples.std(ddof=1) / math.sqrt(len(samples))
    if error > 0:
        low, high = stats.t.interval(confidence, len(samples) - 1, samples.mean(), error)
        assert (found.low, found.high) == (pytest.approx(low, rel=1e-9, abs=1e-6), pytest.approx(high, rel=1e-9, abs=1e-6))
    else:
        assert found.low == found.high == samples.mean()


def test_samples_without_a_value_are_left_out_and_one_alone_has_no_interval() -> None:
    assert estimate_of(np.array([np.nan, np.nan])) is None
    found = estimate_of(np.array([np.nan, 3.0]))
    assert found is not None
    assert (found.mean, found.half_width, found.samples, found.low, found.relative) == (3.0, None, 1, None, None)


def test_a_paired_difference_is_scipys_paired_test() -> None:
    rng = np.random.default_rng(5)
    common = rng.normal(200.0, 20.0, 12)
    base, other = common + rng.normal(0, 1, 12), common + 1.5 + rng.normal(0, 1, 12)
    found = difference_of(base, other, 0.95)
    theirs = stats.ttest_rel(other, base).confidence_interval(0.95)
    assert found is not None
    assert (found.estimate.low, found.estimate.high) == (pytest.approx(theirs.low), pytest.approx(theirs.high))
    alone = stats.ttest_ind(other, base, equal_var=False).confidence_interval(0.95)
    assert found.estimate.half_width is not None
    assert (alone.high - alone.low) / 2 > 5 * found.estimate.half_width  # what common numbers are for


@pytest.mark.parametrize(
    ("other", "verdict"),
    [([2.0, 3.0, 4.1], "higher"), ([0.0, 1.0, 2.1], "lower"), ([1.0, 2.5, 2.6], "no difference seen"), ([1.0, 2.0, 3.0], "no difference seen")],
)
def test_verdicts(other: list[float], verdict: str) -> None:
    found = difference_of(np.array([1.0, 2.0, 3.0]), np.array(other))
    assert found is not None
    assert found.verdict == verdict


def test_what_the_computer_rounds_is_no_difference() -> None:
    found = difference_of(np.array([0.3, 0.3]), np.array([0.1 + 0.2, 0.1 + 0.2]))
    assert found is not None
    assert found.verdict == "no difference seen"


def test_one_pair_says_nothing() -> None:
    found = difference_of(np.array([1.0]), np.array([2.0]))
    assert found is not None
    assert found.verdict == "not known"
    assert difference_of(np.array([1.0]), np.array([np.nan])) is None


def slow_mser(series: list[float], batch: int) -> tuple[int, float]:
    """MSER as it is defined, with a loop for each sum."""
    means = [sum(series[i * batch : (i + 1) * batch]) / batch for i in range(len(series) // batch)]
    n, best = len(means), (0, math.inf)
    for d in range(n // 2 + 1):
        rest = means[d:]
        mean = sum(rest) / len(rest)
        statistic = sum((y - mean) ** 2 for y in rest) / len(rest) ** 2
        if statistic < best[1] * (1 - 1e-12):
            best = (d, statistic)
    return best[0] * batch, best[1]


@given(st.lists(st.integers(0, 50), min_size=20, max_size=120), st.sampled_from([1, 5]))
def test_mser_is_its_definition(series: list[int], batch: int) -> None:
    found = mser(series, batch=batch)
    cut, statistic = slow_mser([float(x) for x in series], batch)
    assert found.statistic == pytest.approx(statistic, rel=1e-9, abs=1e-12)
    if statistic > 1e-9 and found.is_found:
        assert found.cut == cut


def test_mser_5_cuts_a_beginning_that_dies_away() -> None:
    """An autoregressive series with a beginning far off, as in White, Cobb and Spratt: what is left has the mean of the steady state."""
    rng = np.random.default_rng(1)
    kept, whole = [], []
    for _ in range(40):
        noise, x = rng.normal(0, 1, 1000), [0.0]
        for e in noise[1:]:
            x.append(0.7 * x[-1] + e)
        series = np.array(x) + 30.0 * np.exp(-np.arange(1000) / 40.0)
        found = mser(series)
        assert found.is_found
        assert 60 <= found.cut <= 450
        kept.append(series[found.cut :].mean())
        whole.append(series.mean())
    assert abs(np.mean(whole)) > 1.0
    assert abs(np.mean(kept)) < 0.1


def test_a_series_that_still_rises_is_not_steady() -> None:
    assert not mser(np.arange(200.0)).is_found
    assert mser([6] * 40 + [0] + [6] * 59).is_found
    late = mser([0] * 80 + [6] * 20)
    assert (late.cut, late.is_found) == (50, False)
    assert not mser([1.0, 2.0]).is_found


def test_a_constant_count_needs_no_warm_up() -> None:
    """2.4 items a stretch: 2 or 3 of them, without variance here and there by chance."""
    counts = np.diff(np.floor(np.arange(601) * 2.43 + 0.5))
    assert mser(counts, floor=0.25 / 25).cut == 0


def test_batches_that_are_too_short_are_seen() -> None:
    rng = np.random.default_rng(2)
    alone = rng.normal(size=20)
    assert neighbours_agree(alone)
    assert not neighbours_agree(np.sin(np.arange(20) / 3))
    assert neighbours_agree(np.ones(20))
