"""The oracles' own tests: against closed forms, published numbers, and the figures written in the toy lines."""

from __future__ import annotations

import pytest

from naive import markov


def test_two_machines_without_places_reach_two_thirds():
    assert markov.serial((1.0, 1.0), (0,)) == pytest.approx(2 / 3)


@pytest.mark.parametrize("places", [0, 1, 4, 20])
@pytest.mark.parametrize(("first", "second"), [(1.0, 1.0), (1.0, 1.3), (2.0, 0.7)])
def test_the_chain_and_the_closed_form_of_two_machines_agree(first, second, places):
    assert markov.serial((first, second), (places,)) == pytest.approx(markov.tandem(first, second, places), rel=1e-10)


def test_tandem_is_the_figure_of_the_toy_line():
    assert markov.tandem(1.0, 1.0, 4) == pytest.approx(6 / 7)


def test_hillier_and_boling_balanced_lines():
    """Their table of 1967: three and four exponential machines, no places between."""
    assert markov.serial((1.0,) * 3, (0, 0)) == pytest.approx(0.5641, abs=5e-5)
    assert markov.serial((1.0,) * 4, (0, 0, 0)) == pytest.approx(0.5148, abs=5e-5)


def test_a_line_read_backwards_makes_as_much():
    rates, places = (1.0, 0.8, 1.3, 0.9), (2, 0, 1)
    assert markov.serial(rates, places) == pytest.approx(markov.serial(rates[::-1], places[::-1]), rel=1e-10)


def test_more_places_never_cost_output():
    made = [markov.serial((1.0, 0.9, 1.1), (k, k)) for k in range(6)]
    assert made == sorted(made)


def test_in_a_balanced_line_of_three_the_slow_machine_hurts_least_at_an_end():
    """Bowl phenomenon: the middle station gets the lighter load."""
    assert markov.serial((0.9, 1.0, 1.0), (1, 1)) > markov.serial((1.0, 0.9, 1.0), (1, 1))


def test_unreliable_pair_is_the_figure_of_the_toy_line():
    assert markov.unreliable_pair(1.0, 1 / 20, 1 / 4, 3) == pytest.approx(0.650785, abs=5e-7)


def test_unreliable_pair_lies_between_no_places_and_a_machine_alone():
    alone = markov.availability(1.0, 1 / 20, 1 / 4)
    assert alone == pytest.approx(0.8333, abs=5e-5)
    made = [markov.unreliable_pair(1.0, 1 / 20, 1 / 4, k) for k in (0, 3, 10, 100)]
    assert made == sorted(made)
    assert made[-1] < alone


def test_assembly_is_the_figure_of_the_toy_line():
    assert markov.assembly((1.0, 1.0, 1.0), 1.25, 2) == pytest.approx(0.746878, abs=5e-7)


def test_assembly_of_one_branch_is_a_tandem():
    assert markov.assembly((1.0,), 1.25, 2) == pytest.approx(markov.tandem(1.0, 1.25, 2), rel=1e-10)


def test_erlang_c_is_the_figure_of_the_toy_line():
    assert markov.mean_wait(2.5, 1.0, 3) == pytest.approx(1.404494, abs=5e-7)


def test_erlang_c_of_one_machine_is_the_textbook_queue():
    assert markov.mean_wait(0.5, 1.0, 1) == pytest.approx(0.5 / (1.0 - 0.5))


def test_rework_is_the_figure_of_the_toy_line():
    assert markov.time_with_rework(0.5, 1.0, 2.0, 0.2) == pytest.approx(4.242424, abs=5e-7)


def test_oven_is_the_figure_of_the_toy_line():
    assert markov.oven(10, 60.0, 1.0, 1.0) == pytest.approx(0.125)


def test_a_repairer_for_one_machine_is_its_availability():
    assert markov.crew_of_one(1, 2.0, 0.1, 0.5) == pytest.approx(markov.availability(2.0, 0.1, 0.5))


def test_two_machines_and_one_repairer():
    """By hand: shares 1 : 2r : 2r^2 of two, one, none up, with r = fail / repair."""
    r = 0.2
    expected = 3.0 * (2 + 2 * r) / (1 + 2 * r + 2 * r * r)
    assert markov.crew_of_one(2, 3.0, 0.1, 0.5) == pytest.approx(expected)


def test_a_ring_with_one_carrier_is_the_sum_of_its_times():
    assert markov.closed_loop((1.0, 2.0, 4.0), 1) == pytest.approx(1 / 1.75)


def test_a_ring_of_two_equal_machines():
    """k carriers over two equal machines: k / (k + 1) of a machine."""
    assert [markov.closed_loop((1.0, 1.0), k) for k in (1, 2, 5)] == pytest.approx([1 / 2, 2 / 3, 5 / 6])


def test_a_line_of_twelve_without_buffers_stands_three_eighths_of_its_time():
    assert markov.zero_buffer_synchronous((0.05,) * 12, 1.0) == pytest.approx(0.625)


def test_loss_without_places_is_erlang_b():
    load = 2.0
    blocked = (load**3 / 6) / (1 + load + load**2 / 2 + load**3 / 6)
    assert markov.loss(2.0, 1.0, 3, 0) == pytest.approx(2.0 * (1 - blocked))


def test_two_lanes_without_places_and_one_lane_closed_are_a_pair():
    """With the second lane all but shut, the first alone serves what the feeder makes until the second is full for good."""
    assert markov.two_lanes(1.0, (0.8, 1e-9), 0, shortest=False) == pytest.approx(markov.tandem(1.0, 0.8, 0), rel=1e-3)


def test_a_slow_feeder_is_never_held_up_by_lanes_or_ovens():
    assert markov.two_lanes(0.01, (1.0, 1.0), 3, shortest=True) == pytest.approx(0.01, rel=1e-3)
    assert markov.batches(0.01, 1.0, 3, 9) == pytest.approx(0.01, rel=1e-3)


def test_ovens_of_one_are_machines():
    assert markov.batches(1.0, 0.8, 1, 3) == pytest.approx(markov.tandem(1.0, 0.8, 3), rel=1e-10)


def test_rework_with_a_limit_lies_between_none_and_without():
    none, one, many, without = (markov.time_with_rework(0.5, 1.0, 2.0, 0.2, most) for most in (0, 1, 30, None))
    assert none == pytest.approx(1 / 0.5 + 1 / 1.5)
    assert none < one < many
    assert many == pytest.approx(without)
