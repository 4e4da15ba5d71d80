"""The tree of times against a plain list of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.kernels.state import NEVER
from linewright.kernels.tree import ROOT, first_source, new_tree, set_time

TIMES = st.one_of(st.integers(0, 5), st.integers(0, 1 << 61), st.just(int(NEVER)))


@pytest.mark.parametrize("sources", [1, 2, 8, 9, 64, 65, 512, 2200, 5000])
def test_it_holds_every_source_and_nothing_else_is_first(sources: int) -> None:
    tree = new_tree(sources, int(NEVER))
    assert tree[ROOT] == NEVER
    for source in (0, sources - 1, sources // 2):
        set_time(tree, source, 7)
        assert (tree[ROOT], first_source(tree)) == (7, source)
        set_time(tree, source, NEVER)
        assert tree[ROOT] == NEVER


@given(st.integers(1, 600), st.data())
def test_it_tells_the_least_time_and_of_several_the_smallest_number(sources: int, data: st.DataObject) -> None:
    tree, plain = new_tree(sources, int(NEVER)), [int(NEVER)] * sources
    for source, time in data.draw(st.lists(st.tuples(st.integers(0, sources - 1), TIMES), max_size=60)):
        set_time(tree, source, time)
        plain[source] = time
        assert tree[ROOT] == min(plain)
        if min(plain) < NEVER:
            assert first_source(tree) == plain.index(min(plain))
    np.testing.assert_array_equal(tree[tree[0] : tree[0] + sources], plain)
