"""Draws and laws against plain whole numbers and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from linewright.control.compile_rows import law_row
from linewright.kernels import rules
from linewright.kernels.table import LAW, NORMAL, records
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
        assert rules.uniform(np.uint64(base), np.uint64(h), rules.FAILURE, n) == ((x >> 12) + 0.5) * 2.0**-52


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


def table_of(model: Law):
    row = law_row(model) | {"table0": 0}
    laws, quantiles = records(LAW, [tuple(row.get(field, 0) for field in LAW.names)]), np.zeros(rules.TABLE)
    if laws[0].kind >= NORMAL:
        rules.fill_quantiles(laws, 0, quantiles)
    return laws, quantiles


@pytest.mark.parametrize("name", sorted(LAWS))
def test_laws_have_their_quantiles(name):
    """To a hundred-thousandth everywhere, also in the last per mille and beyond where the table ends."""
    model, truth = LAWS[name]
    laws, quantiles = table_of(model)
    tails = 2.0 ** -np.linspace(1.0, 40.0, 2000)
    for u in (*tails, *(1.0 - tails), 0.9985, 0.999, 0.0015):
        assert rules.quantile(laws, quantiles, 0, float(u)) == pytest.approx(truth.ppf(u), rel=1e-5), u


@pytest.mark.parametrize(("model", "truth"), [
    (Law(LawKind.LOGNORMAL, 1.0, shape=2.0, scale=1.0), stats.lognorm(2.0)),
    (Law(LawKind.WEIBULL, 1.0, shape=0.4, scale=1.0), stats.weibull_min(0.4)),
    (Law(LawKind.GAMMA, 1.0, shape=0.3, scale=1.0), stats.gamma(0.3)),
    (Law(LawKind.GAMMA, 1.0, shape=900.0, scale=1.0), stats.gamma(900.0)),
    (Law(LawKind.NORMAL, 0.1, sd=1.0, low=0.0), stats.truncnorm(-0.1, np.inf, loc=0.1)),
])  # fmt: skip
def test_steep_laws_too(model, truth):
    laws, quantiles = table_of(model)
    for u in np.random.default_rng(1).random(2000):
        assert rules.quantile(laws, quantiles, 0, u) == pytest.approx(truth.ppf(u), rel=1e-4), u


def test_a_law_that_no_table_follows_is_inverted_at_each_draw():
    laws, quantiles = table_of(Law(LawKind.GAMMA, 1.0, shape=0.05, scale=20.0))
    assert laws[0].cells == 0
    assert rules.quantile(laws, quantiles, 0, 0.37) == pytest.approx(stats.gamma(0.05, scale=20.0).ppf(0.37), rel=1e-9)


def test_a_table_is_without_steps():
    """From each cell to the next, and over the middle, values rise."""
    laws, quantiles = table_of(LAWS["lognormal"][0])
    edges = [rules.edges_of(cell)[0] for cell in range(rules.HALF)]
    for edge in (*edges, *(1.0 - e for e in edges), 0.5):
        around = [rules.quantile(laws, quantiles, 0, float(u)) for u in (np.nextafter(edge, 0), edge, np.nextafter(edge, 1))]
        assert around[0] <= around[2] * (1 + 1e-12)
        assert around[2] == pytest.approx(around[0], rel=1e-9)


def test_standard_normal_values():
    normal = rules.normal_table()
    for u in (*np.random.default_rng(2).random(2000), 1e-12, 1 - 1e-12, 0.99865, 0.5):
        assert rules.standard_normal(normal, u) == pytest.approx(special.ndtri(u), rel=1e-5, abs=1e-6), u


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
