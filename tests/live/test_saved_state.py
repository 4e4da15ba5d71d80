from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.kernels.rows import VISIT
from linewright.live.saved_state import decoded, encoded
from linewright.model.errors import LinewrightError


@given(st.lists(st.integers(-(2**62), 2**62), max_size=50), st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.text(), st.none())))
def test_a_state_comes_back_bit_for_bit(numbers: list[int], values: dict[str, object]) -> None:
    rows = np.zeros(3, VISIT)
    rows["item"] = [1, 2, 3]
    arrays = {"n": np.array(numbers, np.int64), "rows": rows, "plane": np.arange(6.0).reshape(2, 3)}
    back = decoded(encoded(arrays, values))
    assert back.values == values
    for name, array in arrays.items():
        assert back.arrays[name].dtype == array.dtype
        assert back.arrays[name].shape == array.shape
        assert back.arrays[name].tobytes() == array.tobytes()
    back.arrays["rows"]["item"][0] = 9  # it may be written to


def test_a_padded_record_comes_back_too() -> None:
    padded = np.zeros(4, np.dtype([("a", "i1"), ("b", "i8"), ("c", "i4")], align=True))
    padded["b"] = [1, 2, 3, 4]
    back = decoded(encoded({"p": padded}, {})).arrays["p"]
    assert back["b"].tolist() == [1, 2, 3, 4]
    assert back.tobytes() == padded.tobytes()


def test_what_is_no_state_or_damaged_says_so() -> None:
    with pytest.raises(LinewrightError, match="another version"):
        decoded(b"nonsense")
    whole = encoded({"a": np.arange(100)}, {})
    with pytest.raises(LinewrightError, match="damaged"):
        decoded(whole[:-10])
