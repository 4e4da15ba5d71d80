"""The filled start: what lies where at time 0, and where it came from, from serials alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from linewright.control.compile import Compiled, compile_plant
from linewright.control.fill import open_line
from linewright.control.opening import Opening, SlotStock, opening_of
from linewright.kernels import table as tb
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.kernels.state import EMPTY, OPENING, State
from linewright.library.catalogue import installed_libraries
from linewright.model.errors import NotYetError
from linewright.model.load import load, load_text


@pytest.fixture(scope="module")
def opened(shared: Path) -> tuple[Compiled, Opening, State]:
    compiled = compile_plant(load(shared / "line-file" / "cylindrical-21700-tabless.yaml", installed_libraries()))
    return compiled, opening_of(compiled), open_line(compiled, 1)


def kind_of(compiled: Compiled, name: str) -> int:
    return next(i for i, kind in enumerate(compiled.kinds) if kind.name == name)


def test_trays_are_where_their_age_says(opened):
    compiled, opening, state = opened
    stock = opening.carriers[0]
    assert stock.gap == pytest.approx(256 / (350 / 60) * 1e9, abs=1)
    held = []
    for number, time in stock.stages:
        row = compiled.table.stations[number]
        if row.size:
            entries = state.bins[int(row.bin0) : int(row.bin0) + int(state.machines[int(row.machine0)].on)]
            serials, ready = entries["item"] & SERIAL_MASK, entries["ready"]
            assert len(entries) <= row.size
            assert (np.diff(ready) > 0).all()
            assert (ready > 0).all()
            assert (entries["ready"] - entries["start"] == time).all()
        else:
            machines = slice(int(row.machine0), int(row.machine0) + int(row.count))
            serials = state.machines["item"][machines] & SERIAL_MASK
            serials = serials[serials > 0]
            assert (state.own["left"][machines][: len(serials)] > 0).all()
        held += serials.tolist()
    assert sorted(held) == list(range(1, stock.count + 1)), "each opening tray lies in one place"
    assert (state.trays.content[: stock.count] == OPENING).all()
    assert (state.trays.content[stock.count :] == EMPTY).all()
    assert int(state.carriers[0].empty) == 32000 - stock.count


def test_each_cell_has_metres_that_no_other_has(opened):
    compiled, opening, _ = opened
    cell = kind_of(compiled, "cell-21700-tabless") << KIND_SHIFT
    last = opening.made[cell >> KIND_SHIFT]
    assert last == opening.carriers[0].count * 256
    spans: dict[int, list[tuple[int, int]]] = {}
    for serial in range(last - 60000, last + 1):
        uses = opening.made_from(cell | serial)
        assert [u.slot for u in uses] == [0, 1, 2, 2]
        for use in uses:
            spans.setdefault(use.lot, []).append((use.lo, use.hi))
    for lot, pieces in spans.items():
        pieces.sort()
        assert all(a[1] <= b[0] for a, b in pairwise(pieces)), lot
    assert opening.made_from(cell | (last + 1)) == []


def test_what_is_mounted_goes_on_where_the_last_cell_ended(opened):
    compiled, opening, state = opened
    cell = kind_of(compiled, "cell-21700-tabless") << KIND_SHIFT
    last = opening.made[cell >> KIND_SHIFT]
    winder = compiled.station("winder")
    row = compiled.table.stations[winder]
    for serial in range(last - 13, last + 1):
        station, machine = opening.machine_of(cell | serial)
        assert station == winder
        mounts = state.mounts[int(compiled.table.machines[int(row.machine0) + machine].mount0) :][:3]
        for use in opening.made_from(cell | serial):
            mount, slot = mounts[use.slot], compiled.table.slots[int(row.slot0) + use.slot]
            if use.slot == 2 and use.lot != mount.lot:
                assert use.lot in (mount.lot + 1, mount.lot - 1, mount.lot - 28 + 1, mount.lot - 28)
            elif mount.lot == use.lot:
                assert mount.at == use.hi
                assert mount.at + mount.rest == slot.length
            else:
                assert mount.at == slot.splice, "a new coil"


def test_strips_come_from_coils_and_coils_from_batches(opened):
    compiled, opening, state = opened
    strip, coil, slurry = (kind_of(compiled, name) for name in ("cathode-strip", "cathode-coil", "cathode-slurry"))
    strips = opening.made[strip]
    assert strips % 10 == 0
    use = opening.made_from((strip << KIND_SHIFT) | strips)[0]
    assert (use.lot, use.lane) == ((coil << KIND_SHIFT) | (strips // 10), 9)
    coils = opening.made[coil]
    batches = [u for i in range(1, coils + 1) for u in opening.made_from((coil << KIND_SHIFT) | i) if u.lot >> KIND_SHIFT == slurry]
    assert sum(u.hi - u.lo for u in batches) == coils * 621000
    used = sum(1_000_000 for _ in {u.lot for u in batches})
    coater = compiled.table.stations[compiled.station("cathode-coater")]
    mount = state.mounts[int(compiled.table.machines[int(coater.machine0)].mount0)]
    assert used - coils * 621000 in (int(mount.rest), 0)
    assert state.serials[coil] == coils + 1


@pytest.fixture(scope="module")
def side_by_side() -> tuple[Compiled, Opening, State]:
    compiled = compile_plant(load("cylindrical-4680", installed_libraries()))
    return compiled, opening_of(compiled), open_line(compiled, 1)


def drawn_one_by_one(coils: int, amount: int, length: int, machines: int) -> tuple[list[list[tuple[int, int, int]]], list[list[int]]]:
    """Return for each coil the (batch, from, to) that went into it, and for each machine its [batch, gone] in the end; they take turns."""
    taken, hands = machines, [[m + 1, 0] for m in range(machines)]
    drawn = []
    for coil in range(coils):
        hand, need, pieces = hands[coil % machines], amount, []
        while need:
            part = min(need, length - hand[1])
            pieces.append((hand[0], hand[1], hand[1] + part))
            hand[1] += part
            need -= part
            if hand[1] == length:
                taken += 1
                hand[:] = [taken, 0]
        drawn.append(pieces)
    return drawn, hands


@pytest.mark.parametrize(
    ("machines", "amount", "length"), [(1, 690, 1000), (2, 690, 1000), (3, 500, 1000), (4, 1000, 1000), (5, 7, 1000), (14, 999, 1000)]
)
def test_machines_side_by_side_draw_from_batches_in_turn(machines: int, amount: int, length: int):
    """Against taking one batch after the other off the queue, coil by coil."""
    stock = SlotStock(0, tb.BULK, 1, machines, 1, amount, length, 0, 0)
    for coils in (0, 1, machines, 7 * machines + machines // 2):
        drawn, hands = drawn_one_by_one(coils, amount, length, machines)
        assert [[(u.lot & SERIAL_MASK, u.lo, u.hi) for u in stock.uses(coil + 1)] for coil in range(coils)] == drawn
        assert [list(stock.in_hand(m, stock.number(m, coils))) for m in range(machines)] == hands
        for batch in {batch for pieces in drawn for batch, _, _ in pieces}:
            into = [coil + 1 for coil, pieces in enumerate(drawn) if batch in {b for b, _, _ in pieces}]
            assert set(into) <= set(stock.drawers(batch, 0))


@pytest.mark.parametrize("side", ["cathode", "anode"])
def test_coaters_side_by_side_hold_what_is_left_of_their_batches(side_by_side: tuple[Compiled, Opening, State], side: str):
    """All batches that were begun: each millilitre is in one coil, or still in hand."""
    compiled, opening, state = side_by_side
    coil, slurry = kind_of(compiled, f"{side}-coil"), kind_of(compiled, f"{side}-slurry")
    row = compiled.table.stations[compiled.station(f"{side}-coater")]
    slot = next(n for n in range(int(row.slots)) if compiled.table.slots[int(row.slot0) + n].kind == tb.BULK)
    mounts = [state.mounts[int(compiled.table.machines[int(row.machine0) + m].mount0) + slot] for m in range(2)]
    amount, length = {"cathode": (690_000, 1_000_000), "anode": (942_000, 1_000_000)}[side]
    drawn, hands = drawn_one_by_one(opening.made[coil], amount, length, 2)
    assert [[int(m.lot) & SERIAL_MASK, int(m.at)] for m in mounts] == hands
    assert [int(m.at + m.rest) for m in mounts] == [length, length]
    for serial in (1, 2, 3, opening.made[coil] - 1, opening.made[coil]):
        uses = [u for u in opening.made_from(coil << KIND_SHIFT | serial) if u.lot >> KIND_SHIFT == slurry]
        assert [(u.lot & SERIAL_MASK, u.lo, u.hi) for u in uses] == drawn[serial - 1]
    waiting = [first for q, (first, _) in opening.queues.items() if int(compiled.table.queues[q].station) == compiled.station(f"{side}-coater")]
    assert waiting == [max(batch for batch, _ in hands) + 1], "what waits comes next"


def test_new_serials_come_after_all_that_lies_there(opened):
    compiled, opening, state = opened
    for kind, last in opening.made.items():
        if compiled.kinds[kind].what != "carrier":
            assert state.serials[kind] == last + 1
    there = [int(i) for a in (state.ring["item"], state.bins["item"], state.mounts["lot"]) for i in a if i]
    assert all(opening.holds(key) or compiled.kinds[key >> KIND_SHIFT].what == "carrier" for key in there)


def test_a_cell_lies_on_its_tray(opened):
    compiled, opening, _ = opened
    cell = kind_of(compiled, "cell-21700-tabless") << KIND_SHIFT
    carrier, place, at = opening.placed(cell | 257)
    assert (carrier & SERIAL_MASK, place) == (2, 0)
    assert at == -opening.carriers[0].age(2) < 0
    assert opening.placed(kind_of(compiled, "cathode-coil") << KIND_SHIFT | 1) is None


def test_an_empty_start_holds_nothing():
    compiled = compile_plant(load_text("line: one\nproduct: part\nstations:\n  cut: {time: 1 s}\n", installed_libraries()))
    assert opening_of(compiled).made == {}


def test_a_form_that_is_not_worked_out_is_named():
    text = "line: one\nproduct: part\nstations:\n  cut: {time: 1 s}\n  rest: {places: 5, time: 10 s}\nrun: {start: filled}\n"
    with pytest.raises(NotYetError, match="rest"):
        opening_of(compile_plant(load_text(text, installed_libraries())))


def test_a_web_slit_at_its_first_station_is_named():
    """It took `feeders[0]` of a station that nothing feeds."""
    slit = """
line: slit
product: cell
materials: {mother-coil: {}}
stations:
  slitter:
    speed: 100 m/min
    takes: {mother-coil: {amount: 1000 m, coil: 1000 m}}
    makes: {strip: 1000 m}
    web: {lanes: 4}
  winder: {takes: {strip: {amount: 2 m, buffer: 4}}, time: 2 s, makes: cell}
run: {start: filled}
"""
    compiled = compile_plant(load_text(slit, installed_libraries()))
    with pytest.raises(NotYetError, match="slit at the first station of its chain, `slitter`"):
        open_line(compiled, 1)


def test_a_site_of_several_ends_is_named():
    """Only the last one of its lines was filled, and nothing said so."""
    site = """
site: works
product: part
lines:
  one: {product: part, stations: {cut: {time: 1 s}}}
  two: {product: part, stations: {drill: {time: 1 s}}}
run: {start: filled}
"""
    with pytest.raises(NotYetError, match=r"several stations with nothing behind them: one\.cut, two\.drill"):
        opening_of(compile_plant(load_text(site, installed_libraries())))
