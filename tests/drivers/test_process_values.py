from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.drivers.emulated.noise import SLOW_SAMPLES, key_of, standard_noise, wandering
from linewright.drivers.emulated.process_values import Follows, Trajectory, process_values
from linewright.model.plant import Plant, Utility
from linewright.model.station import Input, Measure, Segment
from linewright.model.values import SetPoint, Signal, Unit, Window

NUMBERS = {"coater": 0, "dry-room": 1}
DEGREE = Unit("degC", 1.0, 273.15)


def stepwise(tau_s: float, begin: float, changes: list[tuple[int, float]], t_ns: int) -> float:
    """The obvious way: go through all changes, one exponential after the other."""
    value, target, at = begin, begin, 0
    for when, aim in changes:
        if when > t_ns:
            break
        value = target + (value - target) * math.exp(-(when - at) / (tau_s * 1e9))
        target, at = aim, when
    return target + (value - target) * math.exp(-(t_ns - at) / (tau_s * 1e9))


@given(
    st.lists(st.tuples(st.integers(1, 10**11), st.floats(-100, 100)), max_size=8, unique_by=lambda c: c[0]),
    st.lists(st.integers(0, 2 * 10**11), min_size=1, max_size=20),
    st.floats(0.1, 200),
)
def test_a_trajectory_is_the_solution_of_its_equation(changes: list[tuple[int, float]], times: list[int], tau_s: float) -> None:
    changes.sort()
    course = Trajectory(tau_s, 20.0)
    for t, aim in changes:
        course.aim(t, aim)
    got = course.at(np.array(sorted(times), np.int64))
    assert got == pytest.approx([stepwise(tau_s, 20.0, changes, t) for t in sorted(times)], abs=1e-9)


def test_a_trajectory_restored_goes_on_equal() -> None:
    one, other = Trajectory(5.0, 1.0), Trajectory(5.0, 0.0)
    one.aim(10**9, 7.0)
    one.aim(3 * 10**9, 2.0)
    other.restore(one.pieces())
    t = np.arange(0, 10**10, 10**8, dtype=np.int64)
    assert one.at(t).tobytes() == other.at(t).tobytes()


def test_noise_is_standard_and_of_its_key_alone() -> None:
    index = np.arange(200_000, dtype=np.int64)
    noise = standard_noise(key_of(1, "winder/1/tension"), index)
    assert abs(noise.mean()) < 0.01
    assert abs(noise.std() - 1.0) < 0.01
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.01
    assert abs(np.corrcoef(noise, standard_noise(key_of(2, "winder/1/tension"), index))[0, 1]) < 0.01
    assert standard_noise(key_of(1, "winder/1/tension"), index[500:510]).tobytes() == noise[500:510].tobytes()


def test_wandering_is_the_same_in_any_blocks() -> None:
    index = np.arange(10 * SLOW_SAMPLES + 7, dtype=np.int64)
    whole = wandering(99, index)
    parts = np.concatenate([wandering(99, index[a : a + 13]) for a in range(0, len(index), 13)])
    assert whole.tobytes() == parts.tobytes()
    assert 0.6 < whole.std() < 1.2
    assert np.corrcoef(whole[1:], whole[:-1])[0, 1] > 0.2  # it wanders


def coater() -> Plant:
    zones = SetPoint("oven-zones", (363.15, 383.15), DEGREE)
    slurry = Input("slurry", amount=0.2e-3, measure=Measure.VOLUME, per_length=True)
    signals = (
        Signal("oven-zones", 273.15, 453.15, 1.0, 2, unit=DEGREE),
        Signal("pump-rate", 0.0, 20e-3 / 60, 0.1, unit=Unit("L/min", 1e-3 / 60)),
        Signal("tension", 0.0, 10.0, 0.02, window=Window(1.0, 2.0, 3.0), unit=Unit("N")),
    )
    segment = Segment("coater", "coater", count=2, speed_m_s=1.0, inputs=(slurry,), recipe=(zones,), signals=signals)
    dew_point = Signal("dew-point", 203.15, 303.15, 10.0, unit=DEGREE)
    room = Utility("dry-room", ("coater",), signals=(dew_point,), recipe=(SetPoint("dew-point", (223.15,), DEGREE),))
    return Plant("toy", segments=(segment,), utilities=(room,))


def test_every_signal_of_every_machine_has_its_tags() -> None:
    values = process_values(coater(), 1, NUMBERS)
    assert [v.tag for v in values] == [
        "coater/1/oven-zones/1", "coater/1/oven-zones/2", "coater/1/pump-rate", "coater/1/tension",
        "coater/2/oven-zones/1", "coater/2/oven-zones/2", "coater/2/pump-rate", "coater/2/tension", "dry-room/1/dew-point",
    ]  # fmt: skip
    by_tag = {v.tag: v for v in values}
    assert by_tag["coater/2/oven-zones/2"].target == 383.15
    assert by_tag["coater/1/oven-zones/1"].follows is Follows.SET_POINT
    assert by_tag["coater/1/pump-rate"].target == pytest.approx(0.2e-3)  # what a metre takes, times a metre a second
    assert (by_tag["coater/1/pump-rate"].rest, by_tag["coater/1/pump-rate"].follows) == (0.0, Follows.WORK)
    assert by_tag["coater/1/tension"].target == 2.0  # its window's
    assert (by_tag["dry-room/1/dew-point"].station, by_tag["dry-room/1/dew-point"].target) == (1, 223.15)


def test_samples_lie_on_the_grid_and_begin_after_what_was_asked() -> None:
    tension = next(v for v in process_values(coater(), 1, NUMBERS) if v.name == "tension")
    tension.course.aim(10**9, tension.target)
    all_of_it = tension.samples(-1, 10**10)
    assert all_of_it.t[0] == 0
    assert len(all_of_it.t) == 501
    late = tension.samples(int(all_of_it.t[99]), 10**10)
    assert late.t[0] == all_of_it.t[100]
    assert late.values.tobytes() == all_of_it.values[100:].tobytes()
    assert np.all(all_of_it.values[all_of_it.t <= 10**9] == 0.0)  # at rest: no noise
    running = all_of_it.values[all_of_it.t > 8 * 10**9]
    assert 1.0 < running.min() <= running.max() < 3.0  # a healthy machine stays in its window
    assert running.std() > 0.01
