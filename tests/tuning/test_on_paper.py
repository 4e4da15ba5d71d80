"""Answers on paper against exact chains of states, and against the twin."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve

from linewright.control.compile import compile_plant
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load, load_text
from linewright.tuning.asked import Asked, experiment_of
from linewright.tuning.decomposition import efficiency, line_of_two
from linewright.tuning.on_paper import Unreliable, on_paper, unreliable_line
from linewright.tuning.run_experiment import run_experiment

LIBRARY = installed_libraries()


def exact(fails, repairs, places):
    """Return parts a cycle, and each state's share: the whole chain, solved.

    In a cycle machines fail or are repaired first, then parts move. One that is starved or blocked at the cycle's begin does not fail.
    """
    count = len(fails)
    states = list(itertools.product(*[range(n + 1) for n in places], *[(0, 1)] * count))
    number = {state: i for i, state in enumerate(states)}
    rows, columns, values = [], [], []
    made = np.zeros(len(states))
    for state in states:
        parts, up = state[: count - 1], state[count - 1 :]
        can = [(i == 0 or parts[i - 1] > 0) and (i == count - 1 or parts[i] < places[i]) for i in range(count)]
        choices = []
        for i in range(count):
            stays = 1.0 - repairs[i] if not up[i] else fails[i] if can[i] else 0.0
            choices.append(((0, stays), (1, 1.0 - stays)))
        for choice in itertools.product(*choices):
            chance = float(np.prod([c for _, c in choice]))
            now = [a for a, _ in choice]
            moves = [now[i] and can[i] for i in range(count)]
            following = tuple(parts[i] + moves[i] - moves[i + 1] for i in range(count - 1)) + tuple(now)
            rows.append(number[following])
            columns.append(number[state])
            values.append(chance)
            made[number[state]] += chance * moves[-1]
    size = len(states)
    balance = (coo_array((values, (rows, columns)), shape=(size, size)) - coo_array(np.eye(size))).tolil()
    balance[size - 1, :] = 1.0
    right = np.zeros(size)
    right[-1] = 1.0
    shares = spsolve(balance.tocsc(), right)
    return float(shares @ made), dict(zip(states, shares, strict=True))


@pytest.mark.parametrize(
    ("machines", "places"),
    [
        ((0.01, 0.1, 0.01, 0.1), 10),
        ((0.02, 0.1, 0.01, 0.2), 5),
        ((0.01, 0.1, 0.03, 0.15), 4),
        ((0.001, 0.1, 0.02, 0.3), 7),
        ((0.02, 0.1, 0.01, 0.2), 3),
    ],
)
def test_two_machines_are_exact(machines, places):
    p1, r1, p2, r2 = machines
    rate, shares = exact([p1, p2], [r1, r2], [places])
    found = line_of_two(p1, r1, p2, r2, places)
    assert found.efficiency == pytest.approx(rate, rel=1e-9)
    assert (found.starved, found.blocked) == (pytest.approx(shares[0, 0, 1], rel=1e-8), pytest.approx(shares[places, 1, 0], rel=1e-8))


@pytest.mark.parametrize(("fail", "other"), [(0.01, 0.02), (0.02, 0.01), (0.02, 0.02)])
def test_a_huge_buffer_parts_the_machines(fail, other):
    found = line_of_two(fail, 0.2, other, 0.2, 20_000)
    assert found.efficiency == pytest.approx(0.2 / (0.2 + max(fail, other)), rel=1e-3)


LINES = [
    ([0.01] * 3, [0.1] * 3, [10, 10]),
    ([0.01, 0.02, 0.01], [0.1] * 3, [5, 5]),
    ([0.01, 0.005, 0.02], [0.1, 0.2, 0.15], [6, 8]),
    ([0.005, 0.02, 0.005], [0.05, 0.1, 0.05], [12, 4]),
    ([0.05] * 3, [0.1] * 3, [4, 4]),
    ([0.01] * 4, [0.1] * 4, [5, 5, 5]),
    ([0.02, 0.01, 0.01, 0.03], [0.2, 0.1, 0.1, 0.3], [4, 6, 5]),
    ([0.01, 0.02, 0.01, 0.02], [0.1] * 4, [4, 4, 4]),
]


@pytest.mark.parametrize(("fails", "repairs", "places"), LINES)
def test_the_decomposition_is_within_one_per_cent_of_exact(fails, repairs, places):
    rate, _ = exact(fails, repairs, places)
    found = efficiency(fails, repairs, places)
    assert found == pytest.approx(rate, rel=0.01)
    assert efficiency(fails[::-1], repairs[::-1], places[::-1]) == pytest.approx(found, rel=0.005)  # a line turned round makes as much


SERIES = """
line: series
product: part
stations:
  a: {time: 1 s, failures: {stop: {mtbf: 100 s, mttr: 10 s}}}
  b: {time: 1 s, buffer: 8, failures: {stop: {mtbf: 150 s, mttr: 12 s}}}
  c: {time: 1 s, buffer: 5}
  d: {time: 1 s, buffer: 12, failures: {stop: {mtbf: 80 s, mttr: 6 s}}}
"""


def test_the_decomposition_is_near_the_twin(tmp_path):
    file = tmp_path / "series.yaml"
    file.write_text(SERIES, encoding="utf-8")
    findings = run_experiment(experiment_of(str(file), LIBRARY, Asked(until_s=4e5, warm_up_s=4e3, replications=8)))
    found, estimate = findings.papers[0], findings.estimate(0, "output")
    assert found.decomposition_per_min == pytest.approx(estimate.mean, rel=0.01)
    assert found.bound_per_min == pytest.approx(60 * 100 / 110)
    assert found.bound_station == "a"
    assert estimate.mean < found.bound_per_min
    inside, flows = findings.little(0)
    assert flows == pytest.approx(inside, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("c.scrap=1 %", "c: scrap"),
        ("b.count=2", "b: count"),
        ("b.time=2 s", "b: time"),
        ("c.buffer=0", "c: buffer"),
        ("b.failures.stop.clock=calendar", "b: failures"),
    ],
)
def test_where_an_assumption_does_not_hold_it_says_which(change, why):
    found = on_paper(compile_plant(load_text(SERIES, LIBRARY, overrides=(change,))))
    assert (found.decomposition_per_min, found.why_not) == (None, why)
    assert found.bound_per_min is not None


def test_repairs_of_one_length_are_not_memoryless():
    text = SERIES.replace("mttr: 12 s", "mttr: {law: constant, mean: 12 s}")
    assert unreliable_line(compile_plant(load_text(text, LIBRARY))) == "b: failures"


def test_repairers_who_never_lack_change_nothing():
    crew = SERIES + "people: {fitter: {count: 3}}\n"
    calls = [f"{s}.failures.stop.by=fitter" for s in "abd"]
    line = unreliable_line(compile_plant(load_text(crew, LIBRARY, overrides=calls)))
    assert isinstance(line, Unreliable)
    assert line.mtbf_s == (100.0, 150.0, float("inf"), 80.0)
    assert unreliable_line(compile_plant(load_text(crew, LIBRARY, overrides=[*calls, "people.fitter.count=2"]))) == "a: by"


def test_the_bound_of_the_library_lines():
    line = load("cylindrical-21700-tabless", LIBRARY)
    alone = dict(line.alone)
    assert min(alone.values()) * 60 == pytest.approx(360.8, abs=0.1)
    four = dict(load("four-stations", LIBRARY).alone)
    assert four["weld"] * 60 == pytest.approx(2 / 4 * 60 * (1 - 0.00086), rel=1e-4)


@pytest.mark.shared
def test_no_toy_makes_more_than_its_bound(shared: Path):
    for name in ("tandem", "unreliable"):
        file = str(shared / "line-file" / "toys" / f"{name}.yaml")
        findings = run_experiment(experiment_of(file, LIBRARY, Asked(until_s=50000.0, replications=3)))
        assert findings.estimate(0, "output").low < findings.papers[0].bound_per_min
