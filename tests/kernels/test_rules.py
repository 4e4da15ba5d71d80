"""Draws and laws against plain whole numbers and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from linewright.control.compile_rows import law_row
from linewright.kernels import rules
from linewright.kernels.table import LAW, records
from linewright.model.values import Law, LawKind

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def test_uniform_is_what_the_document_says():
    base = mix((mix((7 + GOLDEN) & MASK) + 3 * GOLDEN) & MASK)
    assert int(rules.base_of(7, 2)) == base
    h = rules.hash_text("winder/3.web-break")
    for n in (0, 1, 2, 10**9):
        x = mix(mix(((base ^ h) + rules.FAILURE * GOLDEN) & MASK) + (n % 2**64) * GOLDEN & MASK)
        assert rules.uniform(np.uint64(base), np.uint64(h), rules.FAILURE, n) == ((x >> 11) + 0.5) * 2.0**-53


def test_uniform_is_uniform():
    base = np.uint64(rules.base_of(1, 0))
    drawn = [rules.uniform(base, np.uint64(5), rules.SERVICE, n) for n in range(20000)]
    assert stats.kstest(drawn, "uniform").pvalue > 0.001


def test_the_normal_quantile_is_that_of_scipy():
    for p in (1e-300, 1e-16, 1e-6, 0.02, 0.3, 0.5, 0.9, 1 - 1e-12):
        assert rules.normal_quantile(p) == pytest.approx(special.ndtri(p), rel=1e-14, abs=1e-15)


def law(kind: LawKind, **more: float) -> Law:
    return Law(kind, **more)


LAWS = {
    "lognormal": (law(LawKind.LOGNORMAL, mean=1.0, shape=0.5, scale=2.0), stats.lognorm(0.5, scale=2.0)),
    "normal": (law(LawKind.NORMAL, mean=5.0, sd=2.0, low=0.0, high=8.0), stats.truncnorm(-2.5, 1.5, loc=5.0, scale=2.0)),
    "weibull": (law(LawKind.WEIBULL, mean=1.0, shape=2.0, scale=3.0), stats.weibull_min(2.0, scale=3.0)),
    "gamma": (law(LawKind.GAMMA, mean=1.0, shape=2.5, scale=0.4), stats.gamma(2.5, scale=0.4)),
    "erlang": (law(LawKind.ERLANG, mean=1.0, shape=3.0, scale=1.0), stats.gamma(3.0)),
    "exponential": (law(LawKind.EXPONENTIAL, mean=4.0), stats.expon(scale=4.0)),
    "uniform": (law(LawKind.UNIFORM, mean=2.0, low=1.0, high=3.0), stats.uniform(1.0, 2.0)),
    "triangular": (law(LawKind.TRIANGULAR, mean=2.0, low=1.0, high=5.0, mode=2.0), stats.triang(0.25, loc=1.0, scale=4.0)),
}


@pytest.mark.parametrize("name", sorted(LAWS))
def test_laws_have_their_quantiles(name):
    model, truth = LAWS[name]
    row = law_row(model) | {"table0": 0}
    laws = records(LAW, [tuple(row.get(field, 0) for field in LAW.names)])
    quantiles = np.zeros(rules.CELLS + 1)
    if name not in ("exponential", "uniform", "triangular"):
        rules.fill_quantiles(laws, 0, quantiles)
    for u in (1e-9, 1e-5, 0.0009, 0.001, 0.01, 0.25, 0.5, 0.777, 0.99, 0.9985, 0.9995, 1 - 1e-9):
        cell, part = divmod(u * rules.CELLS, 1.0)
        exact = truth.ppf(u)
        if any(quantiles) and 0 < cell < rules.CELLS - 1:  # straight between the exact quantiles of the cell; the end cells are exact
            exact = (1 - part) * truth.ppf(cell / rules.CELLS) + part * truth.ppf((cell + 1) / rules.CELLS)
        assert rules.quantile(laws, quantiles, 0, u) == pytest.approx(exact, rel=1e-8), u


def test_an_empirical_law_gives_its_samples():
    row = law_row(Law(LawKind.EMPIRICAL, 2.0, samples=(1.0, 2.0, 4.0))) | {"table0": 0}
    laws = records(LAW, [tuple(row.get(field, 0) for field in LAW.names)])
    assert [rules.quantile(laws, np.array([1.0, 2.0, 4.0]), 0, u) for u in (0.01, 0.34, 0.99)] == [1.0, 2.0, 4.0]


def test_a_time_is_rounded_once_and_never_0():
    rows = [tuple((law_row(Law(LawKind.CONSTANT, mean)) | {"table0": 0}).get(field, 0) for field in LAW.names) for mean in (0.0, 2.1, 0.3)]
    laws = records(LAW, rows)
    told = [int(rules.duration(laws, np.zeros(1), i, np.uint64(1), np.uint64(2), rules.SERVICE, 1)) for i in range(3)]
    assert told == [1, 2_100_000_000, 300_000_000]


def test_values_are_drawn_by_key_alone():
    serials = np.array([5, 1, 10**9])
    drawn = rules.draw_values(3, 0, "filler.electrolyte-mass", serials, 7.0, 0.05)
    assert drawn[1] == rules.draw_values(3, 0, "filler.electrolyte-mass", np.array([1]), 7.0, 0.05)[0]
    assert not np.array_equal(drawn, rules.draw_values(3, 0, "filler.other", serials, 7.0, 0.05))
    assert not np.array_equal(drawn, rules.draw_values(4, 0, "filler.electrolyte-mass", serials, 7.0, 0.05))
    many = rules.draw_values(3, 0, "k", np.arange(1, 50001), 0.0, 1.0)
    assert abs(many.mean()) < 4 / math.sqrt(50000)
    assert many.std() == pytest.approx(1.0, abs=0.015)
