"""A line that cannot go on says so: who, since when, why."""

from __future__ import annotations

import pytest

from linewright.control.compile import compile_plant
from linewright.control.fill import open_line
from linewright.control.standstill import Standstill, standstill_of
from linewright.kernels.calendar import advance, rows_needed
from linewright.kernels.rows import new_rows
from linewright.library.catalogue import installed_libraries
from linewright.model.errors import LinewrightError
from linewright.model.load import load_text
from linewright.twin.simulate import simulate

SECOND = 10**9

#: A loop whose places fill up: what is refused finds no place before the machine that waits for a place behind it.
LOOP = """
line: loop
product: part
stations:
  feed: {time: 1 s}
  work: {time: 1 s}
  look: {time: 1 s, gate: {fails: 90 %, to: work, limit: unlimited}}
"""

STARVED = """
line: starved
product: part
carriers: {box: {holds: 2, count: 1}}
stations:
  make: {time: 1 s}
  load: {time: 1 s, buffer: 1, loads: box}
  pair: {time: 1 s, batch: {size: 2}}
  unload: {time: 1 s, buffer: 1, unloads: box}
"""


def after(text: str, seconds: int) -> Standstill | None:
    line = compile_plant(load_text(text, installed_libraries()))
    state = open_line(line, 1)
    advance(line.table, state, new_rows(rows_needed(line.table)), seconds * SECOND)
    return standstill_of(line, state)


def test_a_loop_that_blocks_itself():
    found = after(LOOP, 1000)
    assert found is not None
    assert found.stations == ("feed", "work", "look")
    assert found.since_ns < 100 * SECOND
    assert "`look` has finished and finds no place at `work`" in found.text


def test_a_batch_that_never_fills_starves_what_is_behind():
    found = after(STARVED, 1000)
    assert found is not None
    assert set(found.stations) == {"make", "load", "pair", "unload"}
    assert "`load` waits for an empty `box`" in found.text


@pytest.mark.parametrize("text", [LOOP.replace("work: {time: 1 s}", "work: {time: 1 s, buffer: unlimited}"), STARVED.replace("count: 1", "count: 2")])
def test_a_line_that_goes_on_is_let_alone(text):
    assert after(text.replace("90 %", "5 %"), 1000) is None


def test_one_that_is_only_stopped_is_let_alone():
    """Outside its hours nothing moves, and nobody waits for ever."""
    text = "line: night\nproduct: part\nstations:\n  cut: {time: 2 s, works: day}\n  bend: {time: 2 s, buffer: 1}\n"
    text += "shifts: {day: {days: all, hours: [00:00-00:10]}}\nrun: {begin: 2026-01-05 00:00}\n"
    assert after(text, 7200) is None


def test_simulate_says_it_and_does_not_wait():
    with pytest.raises(LinewrightError, match=r"loop: Since 1?\d s nothing can go on any more: `feed` has finished"):
        simulate(load_text(LOOP, installed_libraries()), until_s=1e9)


def test_a_queue_that_only_grows_is_said():
    text = "line: flood\nproduct: part\nstations:\n  desk: {arrivals: 1 s, time: 1.1 s, buffer: unlimited}\n"
    with pytest.raises(LinewrightError, match="flood: `desk` holds 131072 items"):
        simulate(load_text(text, installed_libraries()), until_s=1e8)


#: A start that waits for a place behind, which never comes: the loop is full.
HELD_BACK = """
line: held
product: part
stations:
  feed: {time: 1 s, blocking: before}
  work: {time: 1 s, buffer: 1, blocking: before}
  look: {time: 1 s, buffer: 1, gate: {fails: 90 %, to: work, limit: unlimited}}
"""


def test_a_start_that_waits_for_a_place_for_ever():
    found = after(HELD_BACK, 1000)
    assert found is not None
    assert found.stations == ("feed", "work", "look")
    assert "`feed` may not begin, since there is no place at `work`" in found.text
