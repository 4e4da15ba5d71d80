"""The current that is sent: no intermodulation on a line, low peaks, and what to expect of it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from linewright.eis.crest import crest_factor, optimised_phases
from linewright.eis.design import Asked, design
from linewright.eis.excitation import Excitation, Segment, spread_cycles, stepped_sine


@pytest.mark.parametrize(("lowest", "highest", "per_decade"), [(1, 2001, 6), (3, 3000, 8), (5, 2500, 10), (9, 900, 12)])
def test_no_product_of_second_or_third_order_falls_on_a_line(lowest: int, highest: int, per_decade: float) -> None:
    lines = spread_cycles(lowest, highest, per_decade).tolist()
    excited = set(lines)
    assert lines[0] == lowest
    assert lines[-1] > 0.9 * highest / 10 ** (1 / per_decade)
    for a, b in itertools.combinations_with_replacement(lines, 2):
        assert not {a + b, abs(a - b)} & excited
    for a, b, c in itertools.product(lines, repeat=3):
        assert a + b + c not in excited
        assert abs(a - b - c) not in excited or a in {b, c}
        if c not in {a, b}:
            assert abs(a + b - c) not in excited


def test_a_grid_that_is_only_odd_would_be_hit() -> None:
    odd = [3, 5, 7, 9]
    assert any(a + b - c in odd and c not in {a, b} for a, b, c in itertools.product(odd, repeat=3))


def test_the_lowest_line_has_an_odd_number_of_cycles() -> None:
    with pytest.raises(ValueError, match="odd number of cycles; 4 came"):
        spread_cycles(4, 100, 5)


def test_phases_are_better_than_chance() -> None:
    cycles = spread_cycles(3, 3000, 8)
    ones = np.ones(len(cycles))
    chance = [crest_factor(cycles, ones, np.random.default_rng(k).uniform(0, 2 * np.pi, len(cycles))) for k in range(8)]
    found = crest_factor(cycles, ones, optimised_phases(cycles, ones))
    assert found < 0.85 * min(chance)


def test_a_crest_factor_is_that_of_the_samples() -> None:
    cycles, amplitude = np.array([3, 7, 15]), np.array([1.0, 2.0, 0.5])
    phase = np.array([0.1, 2.0, 4.0])
    x = Excitation("multi-sine", 4096.0, 0.0, (Segment(0, 4096, cycles, amplitude, phase),)).current_a(0, 4096)
    assert crest_factor(cycles, amplitude, phase) == pytest.approx(np.abs(x).max() / np.sqrt((x**2).mean()), rel=2e-3)


def test_the_current_is_the_same_in_pieces_and_goes_on_through_the_settling() -> None:
    made = stepped_sine(np.array([100.0, 10.0, 1.0]), 50.0, 5.0, 1000.0)
    whole = made.current_a(0, made.samples)
    pieces = np.concatenate([made.current_a(k, min(97, made.samples - k)) for k in range(0, made.samples, 97)])
    np.testing.assert_array_equal(whole, pieces)
    assert made.segments[0].begin > 0
    assert whole[:10].std() > 1.0


def test_a_design_says_what_it_costs_beside_stepped_sines() -> None:
    multi, stepped = design(Asked(1.0, 1000.0, 1000.0, 40, noise_v=1e-5))
    assert multi.share == 0.03
    np.testing.assert_allclose(multi.frequency_hz, stepped.frequency_hz, rtol=0.02)
    assert multi.excitation.duration_s < stepped.excitation.duration_s
    assert np.abs(multi.excitation.current_a(0, multi.excitation.samples) - 1000.0).max() <= 30.0 * 1.02
    noisy = design(Asked(1.0, 1000.0, 1000.0, 40, noise_v=1e-4))[0]
    assert 0.03 < noisy.share < 0.10
    assert noisy.deviation.max() == pytest.approx(1e-3)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked(10.0, 1.0, 1.0), "lies above the highest"),
        (Asked(1e-4, 1e4, 1.0), "more than 7 decades"),
        (Asked(1.0, 1e3, 1.0, sample_rate_hz=2000.0), "2500 at least"),
        (Asked(1.0, 1e3, 1.0, periods=4), "odd number of periods"),
        (Asked(1.0, 1e3, 1.0, share=0.5), "3% to 10%"),
        (Asked(1.0, 1e3, 0.0), "are above 0"),
    ],
)
def test_numbers_that_make_no_excitation_are_refused(asked: Asked, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        design(asked)
