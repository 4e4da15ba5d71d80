"""The SimPy lines with outages and journeys, counted by hand."""

from __future__ import annotations

import pytest

from naive import journeys, markov, outages
from naive.processes import Stop
from naive.test_processes import SECOND, drawn, steady


def test_work_stands_still_behind_a_shut_door():
    assert outages.behind_a_door(steady(4), 25, lambda env, door: outages.hours(env, (6, 16), door)) == [4, 18, 22]


def test_two_machines_are_held_together():
    """Held from 5 to 9: the second item of the feeder and the first of the taker lose 4 each."""
    assert outages.held_together(steady(4), steady(3), 2, Stop([5, 99].__getitem__, steady(4)), 20) == ([4, 12, 16], [11, 15, 19])


def test_one_fitter_mends_one_after_the_other():
    stops = [Stop([2, 99].__getitem__, steady(5)), Stop([2, 99].__getitem__, steady(5))]
    assert outages.repair_shop(2, steady(4), stops, 1, until=16) == [9, 13, 14]


def test_a_fitter_who_is_off_does_not_come():
    stops = [Stop([2, 99].__getitem__, steady(5))]
    assert outages.repair_shop(1, steady(4), stops, 1, until=20, off=(1, 10)) == [17]


def test_a_long_repair_shop_comes_near_its_exact_answer():
    n = 40_000
    stops = [Stop(drawn(10.0, m, 3000), drawn(4.0, 10 + m, 3000)) for m in range(3)]
    made = outages.repair_shop(3, drawn(1.0, 99, n), stops, 1, until=10_000 * SECOND)
    assert len(made) / 10_000 == pytest.approx(markov.crew_of_one(3, 1.0, 0.1, 0.25), rel=0.03)


def test_maintenance_follows_the_work():
    assert outages.kept_up(steady(4), steady(3), 27, items=2) == [4, 8, 15, 19, 26]
    assert outages.kept_up(steady(4), steady(3), 27, every=10) == [4, 8, 12, 19, 23]


def test_a_cart_brings_and_drives_back():
    assert journeys.carted(steady(1), steady(1), journeys.Carts(1, 5, 3), 2, 24) == ([1, 9, 17], [7, 15, 23])


def test_trays_go_round():
    assert journeys.on_trays(steady(1), steady(10), steady(1), journeys.Trays(1, 2, 4), 20) == ([1, 2, 19], [12], [13, 14])


def test_strips_are_wound():
    """Coils at 4 and 8, two lanes each of 10 mm; pieces of 4 mm, a change of 1: the strips at 5 6, 8 9, 11 12, ..."""
    web = journeys.Web(lanes=2, strip=10, piece=4, change=1)
    assert journeys.wound(steady(4), steady(1), 1, web, 15) == ([4, 10], [6, 7, 9, 10, 12, 13])


def test_late_items_are_thrown_away():
    assert journeys.in_time(steady(1), steady(5), 4, 4, Stop(steady(99), steady(1)), until=12) == ([6, 11], [11, 11, 11, 11])


def test_tools_that_are_out_are_not_hit_again():
    assert journeys.tools_out(steady(3), steady(7), steady(2), 20) == [(3, 2, 1), (10, 2, 0), (12, 2, 1), (19, 2, 0)]
