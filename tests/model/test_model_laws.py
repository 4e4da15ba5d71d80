"""Laws: the mean and the standard deviation are those of the textbook's distributions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from linewright.model.catalogue import EmptyCatalogue
from linewright.model.laws import FAMILIES, LawFault, law_of
from linewright.model.load import check, load_text
from linewright.model.values import Law, LawKind

means = st.floats(0.01, 1e5)
cvs = st.floats(0.02, 3.0)


def textbook(law: Law) -> object:
    """Return SciPy's distribution of a law."""
    match law.kind:
        case LawKind.EXPONENTIAL:
            return stats.expon(scale=law.scale)
        case LawKind.GAMMA | LawKind.ERLANG:
            return stats.gamma(law.shape, scale=law.scale)
        case LawKind.LOGNORMAL:
            return stats.lognorm(law.shape, scale=law.scale)
        case LawKind.WEIBULL:
            return stats.weibull_min(law.shape, scale=law.scale)
        case LawKind.UNIFORM:
            return stats.uniform(law.low, law.high - law.low)
        case LawKind.TRIANGULAR:
            return stats.triang((law.mode - law.low) / (law.high - law.low), law.low, law.high - law.low)
    raise AssertionError(law.kind)


@given(st.sampled_from(["gamma", "lognormal", "weibull"]), means, cvs)
def test_by_mean_and_cv(kind: str, mean: float, cv: float) -> None:
    law = law_of(kind, {"mean": mean, "cv": cv})
    book = textbook(law)
    assert book.mean() == pytest.approx(mean, rel=1e-6)
    assert book.std() == pytest.approx(mean * cv, rel=1e-6)
    assert law.mean == pytest.approx(mean, rel=1e-9)


@pytest.mark.parametrize(
    ("kind", "given_by"),
    [
        ("exponential", {"mean": 3.0}),
        ("erlang", {"mean": 3.0, "stages": 4.0}),
        ("erlang", {"mean": 3.0, "cv": 0.5}),
        ("gamma", {"shape": 2.0, "scale": 3.0}),
        ("lognormal", {"median": 2.0, "sigma": 0.4}),
        ("weibull", {"shape": 2.0, "mean": 3.0}),
        ("weibull", {"shape": 2.0, "scale": 3.0}),
        ("uniform", {"min": 1.0, "max": 4.0}),
        ("triangular", {"min": 1.0, "mode": 2.0, "max": 4.0}),
    ],
)
def test_by_parameters(kind: str, given_by: dict[str, float]) -> None:
    law = law_of(kind, given_by)
    book = textbook(law)
    assert book.mean() == pytest.approx(law.mean, rel=1e-12)
    assert book.std() == pytest.approx(law.sd, rel=1e-9)


def test_the_same_erlang_by_two_ways() -> None:
    assert law_of("erlang", {"mean": 3.0, "cv": 0.5}) == law_of("erlang", {"mean": 3.0, "stages": 4.0})


@given(
    st.sampled_from(list(FAMILIES)),
    st.dictionaries(st.sampled_from(["mean", "cv", "shape", "scale", "min", "max", "mode", "sd", "sigma"]), st.floats(-5, 5)),
)
def test_any_parameters_make_a_law_or_a_fault(kind: str, parameters: dict[str, float]) -> None:
    try:
        law = law_of(kind, parameters)
    except LawFault:
        return
    assert math.isfinite(law.mean)
    assert law.sd >= 0


def test_a_law_from_a_file(tmp_path) -> None:
    (tmp_path / "times.csv").write_text("n,time [min]\n1,2\n2,1\n3,3\n")
    line = tmp_path / "line.yaml"
    line.write_text("line: a\nproduct: p\nstations: {s: {time: {law: empirical, file: times.csv, column: time}}}\n")
    plant = check(line, EmptyCatalogue()).plant
    assert plant is not None
    assert plant.segment("s").time.samples == (60.0, 120.0, 180.0)
    (tmp_path / "times.csv").write_text("n,time [min]\n1,2\n2,1\n3,4\n")
    changed = check(line, EmptyCatalogue()).plant
    assert changed is not None
    assert changed.digest != plant.digest


@pytest.mark.parametrize(
    ("table", "word"),
    [("time\n1\n", "no unit"), ("time [kg]\n1\n", "not one of a time"), ("time [s]\nx\n", "no number"), ("", "empty"), ("time [s]\n-1\n", "no time")],
)
def test_a_wrong_table(tmp_path, table: str, word: str) -> None:
    (tmp_path / "times.csv").write_text(table)
    line = tmp_path / "line.yaml"
    line.write_text("line: a\nproduct: p\nstations: {s: {time: {law: empirical, file: times.csv}}}\n")
    (fault,) = check(line, EmptyCatalogue()).faults
    assert word in fault.message


def test_a_bare_time_is_constant_and_a_bare_mtbf_exponential() -> None:
    plant = load_text(
        "line: a\nproduct: p\nstations: {s: {time: 2 s, failures: {f: {mtbf: 1 h, mttr: {law: constant, mean: 1 min}}}}}", EmptyCatalogue()
    )
    station = plant.segment("s")
    assert station.time.kind is LawKind.CONSTANT
    assert station.failures[0].mtbf.kind is LawKind.EXPONENTIAL
    assert station.failures[0].mttr.kind is LawKind.CONSTANT
