"""The station table: numbers, order, what is refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linewright.control.compile import BEGIN_US, compile_plant
from linewright.control.hours import switches_of
from linewright.kernels import table as tb
from linewright.kernels.rules import hash_text
from linewright.library.catalogue import installed_libraries
from linewright.model.errors import LinewrightError, NotYetError
from linewright.model.load import load, load_text
from linewright.model.plant import ShiftPlan

HOUR = 3600 * 10**9


def compiled(text: str, **more):
    return compile_plant(load_text(text, installed_libraries()), **more)


@pytest.fixture(scope="module")
def line(shared: Path):
    return compile_plant(load(shared / "line-file" / "cylindrical-21700-tabless.yaml", installed_libraries()))


def test_the_21700_line_has_its_numbers(line):
    t = line.table
    coater, calender, slitter, winder = (t.stations[line.station(n)] for n in ("cathode-coater", "cathode-calender", "cathode-slitter", "winder"))
    assert (coater.enter, coater.leave) == (3_000_000, 2_994_000)
    assert calender.leave == 3_023_940
    assert slitter.lanes == 10
    assert t.laws[coater.law].mean == 3000.0
    slots = [t.slots[int(winder.slot0) + i] for i in range(3)]
    assert [(s.kind, s.amount, s.length, s.rolls) for s in slots] == [
        (tb.COIL, 880, 3_023_940, 1), (tb.COIL, 930, 2_994_000, 1), (tb.COIL, 950, 3_000_000, 2),
    ]  # fmt: skip
    assert t.slots[int(coater.slot0)].amount == 621_000
    assert t.slots[int(coater.slot0)].life == 24 * HOUR
    assert winder.hash == hash_text("winder")
    assert t.clock_hash[t.machines[int(winder.machine0) + 6].clock0] == hash_text("winder/7.web-break")


def test_stations_stand_behind_what_feeds_them(line):
    for number, row in enumerate(line.table.stations):
        if row.out_queue >= 0:
            assert line.table.queues[int(row.out_queue)].station > number
    assert line.stations[-3:] == ("dry-room", "coil-agv", "tray-crane")


def test_sources_decide_ties_downstream_first(line):
    machines = [int(line.table.machines[int(s.of)].station) for s in line.table.sources if s.what == tb.SOURCE_MACHINE]
    assert machines == sorted(machines, reverse=True)
    kinds = [int(s.what) for s in line.table.sources]
    assert kinds == sorted(kinds)


def test_a_later_branch_in_the_file_is_numbered_before_what_takes_it():
    text = "line: join\nproduct: ab\nstations:\n  a: {time: 1 s, makes: a}\n  join: {time: 1 s, takes: {a: 1, b: 1}, makes: ab}\n"
    text += "  b: {time: 1 s, takes: none, makes: b, to: join}\n"
    line = compiled(text)
    assert line.stations.index("b") < line.stations.index("join")


def test_a_changed_model_has_the_same_types(line):
    other = compiled("line: one\nproduct: part\nstations:\n  cut: {time: 1 s}\n").table
    for name in tb.Table._fields:
        assert getattr(other, name).dtype == getattr(line.table, name).dtype


def test_every_element_without_behaviour_is_named_with_its_place(tmp_path: Path):
    file = tmp_path / "more.yaml"
    file.write_text(
        "line: more\nproduct: part\nmaterials:\n  tin: {delivery: {every: 1 d, amount: 10 kg}}\nstations:\n"
        "  cut: {time: 1 s, takes: {tin: 1 kg}}\n  bake: {time: 9 s, places: 4, count: 2}\n",
        encoding="utf-8",
    )
    with pytest.raises(NotYetError) as told:
        compile_plant(load(file, installed_libraries()))
    assert {element: place.rpartition("more.yaml")[2] for element, place in told.value.elements} == {
        "materials.tin.delivery": ":4", "stations.bake.count": ":7",
    }  # fmt: skip


def test_an_item_that_needs_more_than_a_batch_is_refused():
    text = "line: thirsty\nproduct: part\nstations:\n  mix: {time: 1 s, takes: none, makes: {soup: 1 L}}\n"
    text += "  pour: {time: 1 s, takes: {soup: 3 L}, makes: part}\n"
    with pytest.raises(LinewrightError, match="3000, a full lot holds 1000"):
        compiled(text)


def test_all_machines_but_stores_and_vehicles_may_be_somewhere_else(line):
    asks = compile_plant(line.plant, asks=True).table.stations
    assert {int(row.flow) for row in asks if not row.asks} == {tb.STORE, tb.FLEET}


PLAN = ShiftPlan("day", (0, 1, 2, 3, 4), ((6 * 3600, 14 * 3600),), ((10 * 3600, 10 * 3600 + 1800),))


def test_hours_are_listed_with_their_breaks():
    on, switches = switches_of(PLAN, BEGIN_US, "UTC")
    assert not on
    assert [s / HOUR for s in switches[:5]] == [6, 10, 10.5, 14, 30]
    assert len(switches) > 10 * 250 * 4
    assert (np.diff(switches) > 0).all()


def test_a_run_that_begins_in_the_hours_is_on():
    on, switches = switches_of(PLAN, BEGIN_US + 7 * 3600 * 10**6, "UTC")
    assert on
    assert switches[0] == 3 * HOUR


def test_weekends_and_free_days_are_off():
    free = ShiftPlan("day", (0, 1, 2, 3, 4), ((6 * 3600, 14 * 3600),), (), ("2026-01-06",))
    _, switches = switches_of(free, BEGIN_US, "UTC")
    assert [s / HOUR for s in switches[2:4]] == [54, 62], "Wednesday comes after Monday"


def test_the_clock_of_the_plan_is_that_of_its_time_zone():
    """Summer time begins on 2026-03-29 in Berlin: six o'clock comes an hour earlier from then on."""
    _, before = switches_of(PLAN, 1_774_569_600_000_000, "Europe/Berlin")  # 2026-03-27 00:00 UTC, a Friday
    assert [s / HOUR for s in before[:1]] == [5]
    monday = next(s / HOUR for s in before if s > 72 * HOUR)
    assert monday == 72 + 4
