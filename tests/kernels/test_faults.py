"""Injected faults: the calendar and the reference agree bit for bit on what they leave on things, and on all that follows from it."""

from __future__ import annotations

import numpy as np
import pytest
from two_evaluators import compiled, differences, run_calendar

from fault_lines import CELLS, FAULTS, cells_with
from linewright.kernels.recursion_cover import why_not
from linewright.kernels.state import load_state, save_fills, save_state

SECOND = 10**9


@pytest.mark.parametrize("name", FAULTS)
def test_the_calendar_equals_the_reference(name: str) -> None:
    line = compiled(cells_with(FAULTS[name]))
    assert differences(line, 4000 * SECOND) == []
    assert run_calendar(line, 4000 * SECOND)[0]["faulted"]


def test_where_the_calendar_is_stopped_changes_nothing() -> None:
    line = compiled(cells_with(FAULTS["all at once"]))
    whole, state = run_calendar(line, 3500 * SECOND)
    cut, other = run_calendar(line, 3500 * SECOND, cuts=[700 * SECOND + 1, 1500 * SECOND, 2900 * SECOND + 7])
    assert cut == whole
    saved = load_state(line.table, save_state(state), [save_fills(state, line.table)])
    assert np.asarray(saved.traces).tobytes() == np.asarray(other.traces).tobytes()
    assert np.asarray(saved.trace_heads).any()


def test_a_fault_that_has_not_begun_changes_nothing() -> None:
    later = compiled(cells_with("- {fault: lane-clogged, station: coater, size: 8 %, at: 2 h}"))
    rows, _ = run_calendar(later, 3000 * SECOND)
    assert rows == run_calendar(compiled(CELLS), 3000 * SECOND)[0]


def test_a_fault_of_one_tool_hits_its_items_alone() -> None:
    """Nozzle 3 of 4 gives 3 % less for half an hour: what an item has is what the nozzle of its last start gave."""
    line = compiled(cells_with(FAULTS["a nozzle"]))
    rows, _ = run_calendar(line, 4000 * SECOND)
    course: dict[int, list[tuple[int, float]]] = {}
    for row in rows["faulted"]:
        course.setdefault(row[0], []).append((row[1], row[4]))
    visits = [v for v in rows["visit"] if v[6] == line.stations.index("filler")]
    hit = 0
    for item, _, _, start, _, _, _, _, tool, *_ in visits:
        share = next((share for t, share in reversed(course.get(item, [])) if t <= start), 0.0)
        assert share == float(tool == 2 and 1200 * SECOND <= start < 3000 * SECOND)
        hit += share > 0.0
    assert 50 < hit < len(visits) / 2


def test_an_item_that_is_filled_anew_by_a_sound_nozzle_is_sound() -> None:
    rows, _ = run_calendar(compiled(cells_with(FAULTS["a nozzle"])), 4000 * SECOND)
    last = {f[0]: f[4] for f in rows["faulted"]}
    assert 0.0 in last.values()


def test_the_recursion_leaves_lines_with_faults_to_the_calendar() -> None:
    text = """
line: two
product: part
stations:
  fill: {use: rotary-filler, failures: none, time: 2 s, tools: {nozzle: 2}}
  pack: {time: 1 s}
"""
    assert not any("fault" in what for _, what in why_not(compiled(text).table))
    hurt = compiled(f"{text}faults: [{{fault: nozzle-clogged, station: fill, size: 3 %, at: 10 s}}]")
    assert any("fault" in what for _, what in why_not(hurt.table))
