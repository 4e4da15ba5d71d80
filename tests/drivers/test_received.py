from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.drivers.driver import DriverError
from linewright.drivers.received import ReceivedRecords, ReceivedSamples
from linewright.kernels.exchange_rows import RECORD

FIRST = 41


def said(count: int, after: int) -> np.ndarray:
    """What a machine that made `count` records says on a new connection, when `after` of them are acknowledged."""
    rows = np.zeros(count - after, RECORD)
    rows["seq"] = FIRST + np.arange(after, count)
    rows["t"] = 10 * np.arange(after, count)
    return rows


@given(st.lists(st.one_of(st.tuples(st.just("made"), st.integers(1, 5)), st.tuples(st.just("take"), st.integers(0, 300)),
                          st.tuples(st.just("ack"), st.integers(0, 40)), st.tuples(st.just("cut"), st.just(0))), max_size=40))  # fmt: skip
def test_records_of_a_machine_that_says_all_again_come_once_a_connection_until_they_are_acknowledged(steps: list[tuple[str, int]]) -> None:
    box, made, acknowledged, handed, newest = ReceivedRecords(), 0, 0, 0, 0
    for verb, number in steps:
        if verb == "made":
            made += number
            box.put(said(made, made - number))
        elif verb == "take":
            taken = (box.take(number)["seq"] - FIRST).tolist()
            end = max(handed, min(made, number // 10 + 1))  # record k has time 10 k
            assert taken == list(range(handed, end))
            handed, newest = end, max(newest, end)
        elif verb == "ack":
            if number > newest:
                with pytest.raises(DriverError, match=str(FIRST + number - 1)):
                    box.acknowledge(FIRST + number - 1)
            elif number:
                box.acknowledge(FIRST + number - 1)
                acknowledged = max(acknowledged, number)
                handed = max(handed, acknowledged)
        else:
            box.rewind()
            handed = acknowledged
            box.put(said(made, acknowledged))  # the machine says again what it still has
        assert box.newest == (FIRST + made - 1 if made else 0)


def test_samples_are_bounded_and_rise() -> None:
    samples = ReceivedSamples(("a/1/x", "a/1/y"), most=100)
    for t in range(250):
        samples.put("a/1/x", t, float(t))
        samples.put("a/1/x", t - 1, -1.0)
    found = samples.between(("a/1/x", "a/1/y"), -1, 1000)
    assert len(found["a/1/y"].t) == 0
    assert found["a/1/x"].t[-1] == 249
    assert 50 <= len(found["a/1/x"].t) <= 100
    assert np.all(np.diff(found["a/1/x"].t) == 1)
    assert found["a/1/x"].values.tolist() == found["a/1/x"].t.astype(float).tolist()
    for ask in (lambda: samples.put("a/1/z", 1, 1.0), lambda: samples.between(("a/1/x", "a/1/z"), 0, 1)):
        with pytest.raises(DriverError, match="no signal a/1/z"):
            ask()
