"""Items judged in blocks by the bits behind their values are judged as one by one, at the limits too."""

from __future__ import annotations

import numpy as np
import pytest
from two_evaluators import compiled

from linewright.control.fill import open_line
from linewright.kernels.calendar_starts import grade_of, verdict_of
from linewright.kernels.recursion_judge import GRADE, ODD, VERDICT, draw_side, find_limits, judge_items
from linewright.kernels.recursion_network import BLOCK, new_network
from linewright.kernels.rows import SERIAL_MASK, VERDICT_PASS, VERDICT_SCRAP
from linewright.kernels.rules import SCRAP, VALUE, uniform, value

TEXT = """
line: judged
product: part
stations:
  feed: {time: 1 s}
  test:
    count: 2
    time: 1 s
    buffer: 300
    scrap: 5 %
    measures:
      width: {window: 5 mm +- 1 mm, spread: 0.7 mm}
      mass: {window: at least 2 g, mean: 3 g, spread: 0.6 g}
      fixed: {window: 1 V +- 0.1 V, spread: 0 V}
    gate: {misses: 30 %, false-alarms: 10 %}
    grades: {A: {width: 5 mm +- 0.3 mm}, B: {mass: at least 2.5 g, width: 5 mm +- 0.8 mm}, C: {mass: at least 1 g}}
"""


def judged(table, state, first: int, serials: np.ndarray) -> np.ndarray:
    """Return the codes of the starts from `first` on, with items of these serials."""
    network = new_network(table)
    find_limits(table, network)
    node = network.nodes[1]
    node.n = node.first = node.end = first
    stream = network.streams[int(node.inlet)]
    stream.base = stream.taken = 0
    stream.arrived = len(serials)
    at = int(stream.at)
    network.item[at : at + len(serials)] = serials
    draw_side(table, state, network, 1)
    judge_items(table, state, network, 1, first + len(serials))
    return network.code[BLOCK : BLOCK + len(serials)].copy()


def one_by_one(table, state, n: int, item: int) -> tuple[int, int]:
    """Return verdict and grade of one start, as the calendar tells them."""
    station, base = table.stations[1], state.head[0].base
    is_scrap = int(uniform(base, station.hash, SCRAP, n) < station.scrap)
    grade = -1 if is_scrap else grade_of(table, state, 1, item, 0)
    return verdict_of(table, state, 1, item, n, is_scrap, grade, 0), grade


def check_all(table, state, first: int, serials: np.ndarray) -> set[int]:
    """Compare a block; return the verdicts that occurred."""
    codes = judged(table, state, first, serials)
    for i, item in enumerate(serials.tolist()):
        verdict, grade = one_by_one(table, state, first + i, item)
        code = int(codes[i])
        assert (code & VERDICT, ((code & (ODD - 1)) >> GRADE) - 1) == (verdict, grade), (first + i, item)
        assert bool(code & ODD) == (verdict != VERDICT_PASS or grade < 0)
    return set((codes & VERDICT).tolist())


def test_blocks_are_judged_as_items_one_by_one():
    line = compiled(TEXT)
    state = open_line(line, 3)
    seen: set[int] = set()
    for first in range(1, 20 * BLOCK, BLOCK):
        seen |= check_all(line.table, state, first, (1 << 40) + np.arange(first, first + BLOCK))
    assert VERDICT_SCRAP in seen
    assert len(seen) == 5  # passed, scrap, refused, refused by mistake, let through by mistake


@pytest.mark.parametrize("side", ["lower", "upper"])
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_a_limit_that_is_the_value_of_an_item(side, step):
    """The limit of a window at an item's very value, and at the numbers next to it."""
    line = compiled(TEXT)
    state = open_line(line, 3)
    table = line.table
    check0 = int(table.stations[1].check0)
    serials = (1 << 40) + np.arange(1, BLOCK + 1)
    row = table.checks[check0]
    for serial in range(1, BLOCK, 17):
        x = value(table.normal, state.head[0].base, row.hash, serial & SERIAL_MASK, row.mean, row.spread)
        limit = np.nextafter(x, np.inf * step) if step else x
        table.checks[side][check0] = limit
        other = "upper" if side == "lower" else "lower"
        table.checks[other][check0] = np.inf if side == "lower" else -np.inf
        check_all(table, state, 1, serials)


def test_the_key_of_a_value_is_the_serial():
    """What the tests above rest on."""
    line = compiled(TEXT)
    state = open_line(line, 3)
    row = line.table.checks[int(line.table.stations[1].check0)]
    assert uniform(state.head[0].base, row.hash, VALUE, 7) != uniform(state.head[0].base, row.hash, VALUE, 8)
