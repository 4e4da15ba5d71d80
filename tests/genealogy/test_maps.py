"""Piece maps: composition, half-open intervals under b < 0, and the promise of certain and possible."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from linewright.genealogy.maps import Chain, chain_of, identity, image, reach, then
from linewright.genealogy.spans import Span, SpanError, joined, parse_span
from linewright.ledger.records import MapRow


def row(child: int, length: int, a: float, b: float, error: float = 0.0, drift: float = 0.0, lane: int | None = None) -> MapRow:  # noqa: PLR0917
    return MapRow(child, 0, length, child - 1, a, b, lane, None, None, is_mirrored=False, is_sides_swapped=False, error_mm=error, drift=drift,
                  step=None, made_us=None)  # fmt: skip


def test_a_coil_is_coated_calendered_slit_and_wound() -> None:
    """Counted by hand: 2994 m, stretched by 1 % and rewound, rewound again at the slitter; a piece of lane 4."""
    calender = chain_of(row(2, 3_023_940, 2_994_000, -1 / 1.01, 20, 0.0002))
    slitter = chain_of(row(3, 3_023_940, 3_023_940, -1.0, 5, 0.0, lane=3))
    winder = identity(3, 3_023_940, 10, 0.0005)
    chain = then(winder, slitter)
    assert chain is not None
    chain = then(chain, calender)
    assert chain is not None
    assert chain.webs == (3, 2, 1)
    assert chain.lane == 3
    assert image(chain, 0, 880) == (0, 871), "rewound twice: the first wound is the first coated; 880 mm of strip are 871 mm of mother"
    assert image(chain, 1_000_000, 1_000_880) == (990099, 990970)
    x = 1_000_000
    by_hand = (10 + 0.0005 * x + 5 + 20 + 0.0002 * (3_023_940 - x)) / 1.01
    assert chain.u0_mm + chain.u1 * x == pytest.approx(by_hand)


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=20, unique=True), st.floats(0.5, 2.0), st.booleans(), st.integers(-(10**6), 10**6))
def test_neighbours_stay_neighbours_and_nothing_overlaps(edges: list[int], stretch: float, rewound: bool, a: int) -> None:
    edges.sort()
    chain = Chain(0, 10**6, a, -stretch if rewound else stretch, 0, 0, None, (2, 1))
    images = [image(chain, lo, hi) for lo, hi in itertools.pairwise(edges)]
    pieces = sorted(i for i in images if i is not None)
    assert len(pieces) == len(images)
    for one, next_one in itertools.pairwise(pieces):
        assert one[1] == next_one[0], "no gap and no overlap between neighbours"


@given(st.floats(0.5, 2), st.floats(0.5, 2), st.booleans(), st.booleans(), st.floats(0, 1))
def test_composing_equals_mapping_twice(b1: float, b2: float, r1: bool, r2: bool, at: float) -> None:
    first = Chain(0, 1000, 1500 if r1 else 10, -b1 if r1 else b1, 3, 0.01, None, (3, 2))
    second = Chain(-9999, 9999, 700 if r2 else -5, -b2 if r2 else b2, 2, 0.02, None, (2, 1))
    both = then(first, second)
    assert both is not None
    x = 1000 * at
    assert both.at(x) == pytest.approx(second.at(first.at(x)))
    assert both.back(both.at(x)) == pytest.approx(x, abs=1e-6)


def test_a_cut_out_piece_has_no_image() -> None:
    before, behind = chain_of(row(2, 400, 0, 1.0)), Chain(400, 900, 100.0, 1.0, 0, 0, None, (2, 1))
    assert image(before, 390, 410) == (390, 400)
    assert image(behind, 390, 410) == (500, 510), "parent millimetres 400 to 500 went to scrap"
    assert image(before, 400, 410) is None


steps = st.lists(
    st.tuples(st.floats(0.8, 1.25), st.booleans(), st.floats(0, 50), st.floats(0, 0.01), st.floats(-1, 1), st.floats(-1, 1)), min_size=1, max_size=5
)


@given(steps, st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.2), st.floats(0, 1), st.floats(0, 100))
def test_errors_inside_their_limits_never_break_certain_and_possible(  # noqa: PLR0917
    maps: list[tuple[float, bool, float, float, float, float]], place: float, start: float, width: float, guard_share: float, guard: float
) -> None:
    """Each machine's counter is off as far as it likes, up to its limit: what is certain is inside the span, what is inside is possible."""
    length = 100_000.0
    chain: Chain | None = identity(99, length)
    true_position = nominal = place * length
    for number, (b, rewound, error, drift, share0, share1) in enumerate(maps):
        assert chain is not None
        factor = -b if rewound else b
        a = abs(factor) * 130_000.0 if rewound else 0.0
        step = Chain(-math.inf, math.inf, a, factor, abs(b) * error, abs(b) * drift, None, (99 - number, 98 - number))
        # The counter shows x where the material is at x + off: off is limited by error and drift of the shown metre.
        off = share0 * error + share1 * drift * max(nominal, 0.0)
        true_position = a + factor * (true_position + off)
        nominal = a + factor * nominal
        assume(nominal >= 0.0)
        chain = then(chain, step)
    assert chain is not None
    total = abs(chain.at(length) - chain.at(0))
    low = min(chain.at(0), chain.at(length)) + start * total
    high = low + width * total + 1.0
    found = reach(chain, low, high, guard * guard_share)
    x = place * length
    is_inside = low <= true_position < high
    slack = 1e-6
    if found is None:
        assert not is_inside
        return
    if is_inside:
        assert found.possible[0] - slack <= x <= found.possible[1] + slack
    if found.certain is not None and found.certain[0] + slack <= x < found.certain[1] - slack:
        assert low - slack <= true_position <= high + slack


def test_nothing_is_certain_in_a_span_shorter_than_twice_the_error() -> None:
    found = reach(Chain(0, 10_000, 0, 1.0, 60, 0, None, (2, 1)), 500, 600)
    assert found is not None
    assert found.certain is None
    assert found.possible == (440, 660)


def test_the_guard_widens_only_what_is_possible() -> None:
    chain = Chain(0, 10_000, 0, 2.0, 60, 0, None, (2, 1))
    found = reach(chain, 5000, 6000, guard_mm=200)
    assert found is not None
    assert found.possible == (2500 - 130, 3000 + 130)
    assert found.certain == (2500 + 30, 3000 - 30)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=12))
def test_joined_covers_what_the_pieces_cover(pieces: list[tuple[int, int]]) -> None:
    covered = np.zeros(60, bool)
    for low, high in pieces:
        covered[low:high] = True
    again = np.zeros(60, bool)
    union = joined(pieces)
    for low, high in union:
        assert not again[low:high].any()
        again[low:high] = True
    assert (covered == again).all()
    assert all(a[1] < b[0] for a, b in itertools.pairwise(union))


@pytest.mark.parametrize("text", ["COIL-4", "COIL-4:a..b", "COIL-4:5..", ""])
def test_what_is_no_span_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SpanError, match=r"Expected: ID:from\.\.to"):
        parse_span(text)


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(SpanError, match="not behind its start"):
        parse_span("COIL-4:7..5")


def test_spans_are_written_as_people_say_them() -> None:
    span = parse_span("cathode-coil-4@cathode-calender/lane-4:1032.1 .. 1037.4 m")
    assert str(span) == "cathode-coil-4@cathode-calender lane 4 1032.10 to 1037.40 m"
    assert Span("a", 0, 10, 2).overlap(Span("a", 5, 20, 3)) is None
    assert Span("a", 0, 10, 2).overlap(Span("a", 5, 20)) == Span("a", 5, 10, 2)
    assert Span("a", 0, 10).length_mm == 10
