"""The state bar merges what is narrower than a pixel by the worst, and loses nothing that is wide."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from linewright.ledger.records import StateSpan
from linewright.web.groups import GROUPS, group_of, merged_rows, share_running

NAMES = [names[0] for names in GROUPS.values()]
ORDER = list(GROUPS)


def spans(pieces: list[tuple[int, int]]) -> list[StateSpan]:
    rows, at = [], 0
    for state, length in pieces:
        rows.append(StateSpan("m/1", at, at + length, NAMES[state], None))
        at += length
    return rows


def test_a_short_fault_between_long_runs_stays_visible() -> None:
    rows = merged_rows(
        [StateSpan("m", 0, 500, "Execute", None), StateSpan("m", 500, 501, "Held", "jam"), StateSpan("m", 501, None, "Execute", None)], 0, 1000, 100
    )
    assert [(r["from_us"], r["to_us"], r["state"]) for r in rows] == [(0, 500, "Execute"), (500, 501, "Held"), (501, 1000, "Execute")]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 30)), min_size=1, max_size=60), st.integers(1, 50))
def test_the_bar_covers_the_range_and_shows_the_worst(pieces: list[tuple[int, int]], pixels: int) -> None:
    found = spans(pieces)
    end = found[-1].to_us or 0
    rows = merged_rows(found, 0, end, pixels)
    assert rows[0]["from_us"] == 0
    assert rows[-1]["to_us"] == end
    assert all(a["to_us"] == b["from_us"] for a, b in pairwise(rows))
    for r in rows:
        inside = [s for s in found if s.from_us < r["to_us"] and (s.to_us or 0) > r["from_us"]]
        assert r["group"] == min((group_of(s.state) for s in inside), key=ORDER.index)
        assert r["merged"] == (len(inside) > 1)
    least = max(1, end // pixels)
    assert all(any(r["from_us"] == s.from_us and r["to_us"] == s.to_us for r in rows) for s in found if (s.to_us or 0) - s.from_us >= least)
    assert len(rows) <= 2 * pixels + 2


def test_availability_counts_planned_time_only() -> None:
    rows = [StateSpan("m", 0, 60, "Execute", None), StateSpan("m", 60, 80, "Held", None), StateSpan("m", 80, None, "Stopped", None)]
    assert share_running(rows, 0, 1000) == 0.75
    assert share_running(rows, 80, 1000) is None
    waits = [StateSpan("m", 0, 60, "Execute", None), StateSpan("m", 60, 80, "Suspended", "starved"), StateSpan("m", 80, None, "Held", "change")]
    assert share_running(waits, 0, 100) == 0.6, "waits and coil changes lower it, as they lower the station's"


def test_a_coil_change_is_no_fault_and_does_not_hide_one() -> None:
    change, fault = StateSpan("m", 500, 501, "Held", "change"), StateSpan("m", 501, 502, "Held", "jam")
    rows = merged_rows([StateSpan("m", 0, 500, "Execute", None), change, fault, StateSpan("m", 502, None, "Execute", None)], 0, 1000, 100)
    assert [(r["group"], r["reason"]) for r in rows] == [("running", None), ("fault", "jam"), ("running", None)]
    (alone,) = merged_rows([change], 500, 501, 1)
    assert (alone["group"], alone["reason"]) == ("waiting", "coil-change")
