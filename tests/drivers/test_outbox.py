from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.drivers.driver import DriverError
from linewright.drivers.outbox import Outbox
from linewright.kernels.exchange_rows import RECORD


def rows(*times: int) -> np.ndarray:
    made = np.zeros(len(times), RECORD)
    made["t"] = times
    made["item"] = np.arange(len(times)) + 100
    return made


@given(st.lists(st.one_of(st.tuples(st.just("put"), st.integers(1, 5)), st.tuples(st.just("take"), st.integers(0, 30)),
                          st.tuples(st.just("ack"), st.integers(0, 40)), st.tuples(st.just("cut"), st.just(0))), max_size=40))  # fmt: skip
def test_every_record_is_delivered_until_it_is_acknowledged(steps: list[tuple[str, int]]) -> None:
    box, put, acknowledged, handed, newest = Outbox(), 0, 0, 0, 0
    for verb, number in steps:
        if verb == "put":
            box.put(rows(*range(put, put + number)))
            put += number
        elif verb == "take":
            taken = box.take(number)["seq"].tolist()
            end = max(handed, min(put, number + 1))  # record k has time k - 1
            assert taken == list(range(handed + 1, end + 1))
            handed, newest = end, max(newest, end)
        elif verb == "ack":
            if number > newest:
                with pytest.raises(DriverError, match=str(number)):
                    box.acknowledge(number)
            else:
                box.acknowledge(number)
                acknowledged = max(acknowledged, number)
                handed = max(handed, acknowledged)
        else:
            box.rewind()
            handed = acknowledged
        assert box.acknowledged == acknowledged


def test_what_is_put_in_stays_as_it_is() -> None:
    box = Outbox(first_seq=11)
    box.put(rows(5, 7))
    first = box.take(10)
    box.rewind()
    assert box.take(10).tobytes() == first.tobytes()
    assert first["seq"].tolist() == [11, 12]
    assert box.next_time() is None
    box.rewind()
    assert box.next_time() == 5
