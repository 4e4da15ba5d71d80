"""What holds for every line, whatever happens in it: pieces, copies, drivers, times, items."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from element_lines import LINES
from small_21700 import small_21700
from two_evaluators import compiled

from linewright.control.compile import Compiled, compile_plant
from linewright.control.fill import open_line
from linewright.kernels import exchange_rows as x
from linewright.kernels import machine as own_side
from linewright.kernels.calendar import ASK, DEADLOCK, ROWS, UNTIL, advance, finish, rows_needed
from linewright.kernels.exchange import inject
from linewright.kernels.rows import SERIAL_MASK, Rows, new_rows
from linewright.kernels.state import NEVER, State, copy_state, load_state, save_fills, save_state
from linewright.kernels.table import FLEET, STORE, UTILITY
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
TEXTS = {name: (text, seconds * SECOND) for name, (text, seconds) in LINES.items()} | {"21700 in small": (small_21700("filled"), HOUR)}


class Kept:
    """All rows of a run, by kind, in the order in which they came."""

    def __init__(self, line: Compiled) -> None:
        self.rows = new_rows(max(rows_needed(line.table), 8192))
        self.parts: dict[str, list[bytes]] = {name: [] for name in Rows._fields if name != "count"}

    def take(self) -> None:
        for number, name in enumerate(self.parts):
            self.parts[name].append(np.array(self.rows[number][: self.rows.count[number]]).tobytes())
        self.rows.count[:] = 0

    def digest(self) -> str:
        whole = hashlib.sha256()
        for parts in self.parts.values():
            whole.update(b"".join(parts))
        return whole.hexdigest()


def run(line: Compiled, state: State, kept: Kept, until: int) -> None:
    while (reason := advance(line.table, state, kept.rows, until)) == ROWS:
        kept.take()
    assert reason == UNTIL
    kept.take()


def whole(line: Compiled, until: int, seed: int = 1) -> tuple[State, Kept]:
    state, kept = open_line(line, seed, keep=True), Kept(line)
    run(line, state, kept, until)
    return state, kept


def assert_same(a: State, b: State, but: frozenset[str] = frozenset()) -> None:
    for name in State._fields:
        if name not in {"inbox", "outbox"} | but:
            assert getattr(a, name).tobytes() == getattr(b, name).tobytes(), name


@pytest.fixture(params=sorted(TEXTS))
def line_and_time(request):
    text, until = TEXTS[request.param]
    return compiled(text), until


def test_pieces_make_the_whole(line_and_time):
    line, until = line_and_time
    state, kept = whole(line, until)
    pieces, kept_pieces = open_line(line, 1, keep=True), Kept(line)
    for cut in (1, until // 7, until // 7 + 1, until // 2, until):
        run(line, pieces, kept_pieces, cut)
    assert_same(state, pieces)
    assert kept.digest() == kept_pieces.digest()


def test_a_copy_goes_on_alike_and_a_saved_state_too(line_and_time):
    line, until = line_and_time
    state, kept = whole(line, until)
    first, kept_first = open_line(line, 1, keep=True), Kept(line)
    run(line, first, kept_first, until // 3)
    fills = [save_fills(first, line.table)]
    copied, saved = copy_state(first), load_state(line.table, save_state(first), fills)
    for other in (copied, saved):
        run(line, other, Kept(line), until)
        assert_same(state, other, frozenset({"fills", "trays"}))
    run(line, first, kept_first, until)
    assert kept.digest() == kept_first.digest()


def test_the_rows_change_nothing(line_and_time):
    line, until = line_and_time
    state, _ = whole(line, until)
    silent = open_line(line, 1)
    assert advance(line.table, silent, new_rows(rows_needed(line.table)), until) == UNTIL
    assert np.array_equal(state.times, silent.times)
    assert state.stations.tobytes() == silent.stations.tobytes()


def test_times_add_up(line_and_time):
    line, until = line_and_time
    state, _ = whole(line, until)
    times = state.times.copy()
    times[np.arange(len(times)), state.machines["category"]] += until - state.machines["since"]
    assert (times.sum(axis=1) == until).all()
    assert (times >= 0).all()


def test_no_item_is_lost(line_and_time):
    """What began is good, refused, or still in work."""
    line, until = line_and_time
    state, _ = whole(line, until)
    for number, row in enumerate(state.stations):
        refused = row["scrap"] + row["reject"] + row["false_reject"] + row["chance"] + row["rework"]
        assert row["done"] == row["good"] + refused, line.stations[number]
    for q, queue in enumerate(line.table.queues[: len(line.queues)]):
        assert 0 <= state.queues[q]["count"] + state.queues[q]["coming"] <= queue["places"], line.queues[q]
    assert len({int(i) for i in state.machines["item"] if i}) == np.count_nonzero(state.machines["item"]), "no thing is in two machines"


class Driver:
    """Machines somewhere else, one record at a time, with arrays of their own."""

    def __init__(self, line: Compiled, state: State) -> None:
        self.line, self.own = line, copy_state(state)
        own_side.begin_machines(line.table, self.own)
        self.items = {m: int(item) & SERIAL_MASK for m, item in enumerate(state.machines["item"])}
        self.deviations = {m: np.zeros(8) for m in self.items}

    def obey(self, commands: np.ndarray) -> None:
        t, s = self.line.table, self.own
        for c in commands:
            m, now = int(t.stations[int(c["station"])].machine0) + int(c["machine"]), int(c["t"])
            what, slot, n = int(c["what"]), int(c["slot"]), int(c["n"])
            if what == x.START:
                self.items[m] = (int(c["item"]) & SERIAL_MASK) | int(c["again"])
                self.deviations[m] = np.array([c[name] for name in ("d0", "d1", "d2", "d3", "w0", "w1", "w2", "w3")])
                own_side.start(t, s, m, n, int(c["product"]), now)
            elif what == x.REPAIR:
                own_side.mend(t, s, m, now)
            elif what == x.CHANGE:
                own_side.change(t, s, m, slot, now)
            elif what == x.MAINTAIN:
                own_side.maintain(t, s, m, slot, n, now)
            elif what == x.HOLD:
                own_side.hold(t, s, m, now)
            elif what == x.SET_UP:
                own_side.set_up(t, s, m, int(c["product"]), now)
            else:
                own_side.resume(t, s, m, now)

    def times(self) -> list[tuple[int, int, int]]:
        t = self.line.table
        machines = [(own_side.next_time(t, self.own, m), 0, m) for m, row in enumerate(t.machines) if t.stations[int(row["station"])].asks]
        tools = [(own_side.tool_next(t, self.own, j), 1, j) for j, row in enumerate(t.toolmodes) if row["tools"]]
        return machines + tools

    def records(self, at: int) -> np.ndarray:
        out = [self._record(at, kind, which) for time, kind, which in self.times() if time == at]
        return np.concatenate(out)

    def _record(self, at: int, kind: int, which: int) -> np.ndarray:
        t, record = self.line.table, np.zeros(1, x.RECORD)
        if kind:
            what, machine, tool, n = own_side.tool_fire(t, self.own, which)
            station, slot, scrap = int(t.toolmodes[which].station), which, 0
        else:
            station = int(t.machines[which].station)
            what, slot, n, scrap = own_side.fire(t, self.own, which)
            machine, tool = which - int(t.stations[station].machine0), -1
            if what == x.DONE and t.stations[station].flow != UTILITY:
                values = np.zeros(x.RECORD_VALUES)
                product = int(self.own.own[which].product)
                record["values"] = own_side.measure(t, self.own, station, product, self.items[which], values, self.deviations[which], 0)
                for i in range(x.RECORD_VALUES):
                    record[f"v{i}"] = values[i]
        record["t"], record["n"], record["station"], record["machine"], record["slot"] = at, n, station, machine, slot
        record["tool"], record["what"], record["verdict"] = tool, what, scrap
        return record


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_machines_elsewhere_make_the_same_line(name):
    """Commands out and records in give the rows of the line that does all itself, bit for bit."""
    text, until = TEXTS[name]
    until = min(until, 300 * SECOND if name == "21700 in small" else 400 * SECOND)
    _, kept = whole(compiled(text), until)
    line = compile_plant(load_text(text, installed_libraries()), asks=True)
    assert all(row["asks"] == (row["flow"] not in (STORE, FLEET)) for row in line.table.stations)
    state, asked = open_line(line, 1, keep=True), Kept(line)
    driver = Driver(line, state)
    while True:
        at = min([time for time, _, _ in driver.times()], default=NEVER)
        reason = advance(line.table, state, asked.rows, min(at, until))
        asked.take()
        sent = int(state.head[0].outbox)
        driver.obey(np.array(state.outbox[:sent]))
        state.head[0].outbox = 0
        if sent or reason in {ROWS, ASK}:
            continue
        if at >= until:
            break
        for record in driver.records(at).view(np.recarray):
            if record["what"]:
                assert inject(line.table, state, record)
    assert kept.digest() == asked.digest()
    assert state.head[0].ignored == 0


def test_a_record_that_answers_nothing_is_ignored():
    line = compile_plant(load_text(LINES["parallel machines"][0], installed_libraries()), asks=True)
    state, kept = open_line(line, 1, keep=True), Kept(line)
    assert advance(line.table, state, kept.rows, SECOND) == ASK
    stray = np.zeros(1, x.RECORD).view(np.recarray)
    stray["what"], stray["n"], stray["tool"] = x.DONE, 77, -1
    state.head[0].outbox = 0
    assert inject(line.table, state, stray[0])
    assert advance(line.table, state, kept.rows, SECOND) == UNTIL
    assert state.head[0].ignored == 1
    assert state.stations["done"].sum() == 0


def test_a_line_that_can_never_go_on_says_so():
    text = "line: stuck\nproduct: part\ncarriers:\n  box: {holds: 2, count: 1}\nstations:\n  make: {time: 1 s}\n"
    text += "  load: {time: 1 s, buffer: 1, loads: box}\n  wait: {time: 1 s, buffer: 1}\n  unload: {time: 1 s, buffer: 1, unloads: box}\n"
    line = compile_plant(load_text(text, installed_libraries()), asks=True)
    state, kept = open_line(line, 1, keep=True), Kept(line)
    while (reason := advance(line.table, state, kept.rows, NEVER + 1)) == ASK:
        state.head[0].outbox = 0
    assert reason == DEADLOCK, "machines that never answer"


def test_the_end_tells_waits_that_still_go_on():
    line = compiled("line: slow\nproduct: part\nstations:\n  quick: {time: 1 s}\n  slow: {time: 1 h, buffer: 1}\n")
    state, kept = whole(line, 1800 * SECOND)
    before = b"".join(kept.parts["state"])
    finish(line.table, state, kept.rows)
    assert kept.rows.count.sum() == 1
    told = kept.rows.state[0]
    assert (told["station"], told["t"], line.reasons[told["reason"]]) == (0, 3 * SECOND, "blocked")
    finish(line.table, state, kept.rows)
    assert kept.rows.count.sum() == 1, "and only once"
    assert before


def test_compiled_and_plain_are_the_same():
    """The digest of all rows, uncompiled in another process, is that of the compiled run."""
    name = "parallel machines"
    text, _ = TEXTS[name]
    _, kept = whole(compiled(text), 60 * SECOND)
    code = f"import test_calendar as c; print(c.whole(c.compiled(c.TEXTS[{name!r}][0]), 60 * c.SECOND)[1].digest())"
    env = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, timeout=300)
    assert told.stdout.strip() == kept.digest()
