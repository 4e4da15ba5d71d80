"""The SimPy lines' own tests: timelines counted by hand, and long runs beside the exact answers."""

from __future__ import annotations

import numpy as np
import pytest

from naive import markov
from naive.processes import Batch, Step, Stop, join, oven, running_failures, serial, store

SECOND = 10**9


def steady(ns: int):
    return lambda _: ns


def drawn(mean_s: float, seed: int, n: int):
    times = np.rint(np.random.default_rng(seed).exponential(mean_s, n) * SECOND).astype(int).tolist()
    return times.__getitem__


def test_a_slow_second_step_blocks_the_first():
    """One place between: the third item waits on the first machine until the second starts its next one."""
    left = serial([Step(steady(1)), Step(steady(3), buffer=1)], 12)
    assert left == [[1, 2, 4, 7, 10], [4, 7, 10]]


def test_two_machines_side_by_side_overtake():
    assert serial([Step([5, 1, 1, 9, 9].__getitem__, count=2)], 6) == [[1, 2, 5]]


def test_scrap_leaves_at_once_and_takes_no_room():
    left = serial([Step(steady(1), scrap=[False, True, True, False].__getitem__), Step(steady(10))], 5)
    assert left == [[1, 2, 3], []]


def test_a_failure_interrupts_the_work_and_the_item_stays():
    """Life 3: the second item has worked 1 when the machine stops for 10, then works the other 1."""
    assert running_failures(steady(2), Stop([3, 100].__getitem__, steady(10)), 20) == [2, 14, 16, 18]


def test_an_oven_loads_bakes_unloads():
    assert oven(steady(1), steady(10), Batch(size=2, load=1, unload=2), 2, 30) == ([1, 2, 3, 4, 17, 18], [15, 17])


def test_a_store_keeps_each_item_for_its_time():
    assert store(steady(1), 5, 2, 10) == ([1, 2, 6, 7], [6, 7])


def test_a_join_waits_for_the_last_part():
    assert join([steady(1), steady(4)], steady(1), 1, 12) == [5, 9]


@pytest.mark.parametrize(("places", "seed"), [(0, 1), (4, 2)])
def test_a_long_tandem_comes_near_its_exact_answer(places, seed):
    n = 40_000
    left = serial([Step(drawn(1.0, seed, n)), Step(drawn(1.0, seed + 100, n), buffer=places)], 30_000 * SECOND)
    assert len(left[1]) / 30_000 == pytest.approx(markov.tandem(1.0, 1.0, places), rel=0.02)


def test_a_long_join_comes_near_its_exact_answer():
    n = 30_000
    made = join([drawn(1.0, s, n) for s in (1, 2, 3)], drawn(0.8, 4, n), 2, 20_000 * SECOND)
    assert len(made) / 20_000 == pytest.approx(markov.assembly((1.0, 1.0, 1.0), 1.25, 2), rel=0.02)


def test_a_long_stop_and_go_comes_near_its_exact_answer():
    n = 30_000
    made = running_failures(drawn(1.0, 1, n), Stop(drawn(20.0, 2, n), drawn(4.0, 3, n)), 20_000 * SECOND)
    assert len(made) / 20_000 == pytest.approx(markov.availability(1.0, 1 / 20, 1 / 4), rel=0.03)
