"""A line with a real driver, step by step in line time: what goes out when, what comes in once, and what a restart finds."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import numpy as np
import pytest
from fake_machine import NS, SCRAP_EVERY, Clock, FakeDriver, FakeMachine
from test_floor import Kept, assert_equal

from linewright.control.compile import Compiled, compile_plant
from linewright.control.fill import open_line
from linewright.drivers.check_driver import Trial, check_driver
from linewright.drivers.driver import DriverError
from linewright.drivers.emulated.plant import EmulatedPlant, emulated_part
from linewright.drivers.setup import ServedStation
from linewright.kernels import exchange_rows as x
from linewright.kernels.rows import R_VISIT, VERDICT_REJECT, VERDICT_SCRAP, Rows
from linewright.kernels.state import load_state, save_state
from linewright.library.catalogue import installed_libraries
from linewright.live.floor import Delivery
from linewright.live.link import Link, Notice
from linewright.live.message_floor import MessageFloor
from linewright.live.open_commands import OpenCommands
from linewright.live.real_machines import as_real
from linewright.live.saved_state import decoded, encoded
from linewright.model.load import load, load_text

STEP_NS = NS // 4


class Run:
    """One run of four-stations whose tester is real; `kill` loses all that is not committed, but not the machine."""

    def __init__(self, station: str = "test") -> None:
        plant = load("four-stations", installed_libraries())
        compiled = compile_plant(plant, asks=True)
        self.number = compiled.station(station)
        self.compiled: Compiled = as_real(compiled, [self.number])
        self.served = ServedStation(next(s for s in plant.segments if s.path == station), self.number)
        self.clock = Clock()
        self.machine = FakeMachine(self.clock)
        self.notices: list[Notice] = []
        self.given: list[np.ndarray] = []
        self.given_now: list[np.ndarray] = []
        self.kept = Kept()
        self.committed: list[Any] = []  # (line time, deliveries) since the saved state
        self.floor = self.made()
        self.save()
        self.connect()

    def made(self) -> MessageFloor:
        state = open_line(self.compiled, 5, keep=True)
        numbers = {p: n for n, p in enumerate(self.compiled.stations)}
        plant = EmulatedPlant(self.compiled.plant, emulated_part(self.compiled.table, [self.number]), state, numbers)
        asyncio.run(plant.connect())
        self.link = Link("fake/test", FakeDriver(self.machine), (self.served,), self.compiled.table)
        self.rows: list[Any] = []
        self.given_now.clear()
        return MessageFloor(self.compiled.table, state, plant, (self.link,), self.flush, self.given_now.append, self.notices.append)

    def flush(self, rows: Rows) -> None:
        self.rows.append(copied(rows))

    def connect(self) -> None:
        asyncio.run(self.link.driver.connect())
        self.link.connected()

    def step(self, *, is_committed: bool = True) -> None:
        self.clock.now_ns += STEP_NS
        self.floor.advance(self.clock.now_ns)
        if is_committed:
            self.commit()

    def commit(self) -> None:
        for rows in self.rows:
            self.kept.parts.append(rows)
        self.given += self.given_now
        self.rows = []
        self.given_now.clear()
        self.committed.append((self.clock.now_ns, self.floor.deliveries()))
        self.floor.committed()

    def save(self) -> None:
        arrays, values = self.floor.saved()
        self.saved = encoded({"line": np.frombuffer(save_state(self.floor.state), np.uint8), **arrays}, values)
        self.committed = []

    def kill(self) -> None:
        """Begin again from what was committed."""
        tail, reached = self.committed, self.committed[-1][0] if self.committed else None
        self.floor = self.made()
        saved = decoded(self.saved)
        self.floor.restore(load_state(self.compiled.table, saved.arrays.pop("line").tobytes(), ()), saved.arrays, saved.values)
        self.floor.is_replaying = True
        for _, deliveries in tail:
            for delivery in deliveries:
                self.floor.advance(delivery.at_ns)
                self.floor.replay(delivery)
        if reached is not None:
            self.floor.advance(reached)
            self.clock.now_ns = reached
        self.floor.is_replaying = False
        self.rows = []  # made again: they are there already
        self.given_now.clear()
        self.connect()


def copied(rows: Rows) -> list[np.ndarray]:
    buffers = list(rows)
    return [buffers[k][: int(n)].copy() for k, n in enumerate(rows.count)]


def lived(seconds: int, kills: random.Random | None = None) -> Run:
    run, until = Run(), seconds * NS
    while run.clock.now_ns < until:
        run.step(is_committed=kills is None or kills.random() > 0.1)
        if run.floor.state.head[0].now % (30 * NS) < STEP_NS and not run.rows:
            run.save()
        if kills is not None and (run.rows or kills.random() < 0.05):
            run.kill()
    run.commit()
    return run


def test_the_fake_machine_keeps_the_promises_of_a_driver() -> None:
    clock = Clock()
    driver = FakeDriver(FakeMachine(clock), ("test/1/heat",))
    commands = np.zeros(3, x.COMMAND)
    commands["what"], commands["n"], commands["item"] = [x.START, x.START, x.STOP], [1, 2, 0], [4, 5, 0]

    async def later() -> None:
        clock.now_ns = 100 * NS

    findings = asyncio.run(check_driver(driver, Trial(commands, 200 * NS, ("test/1/heat",), later)))
    assert [f"{f.rule}: {f.seen}" for f in findings if not f.is_kept] == []


def test_a_run_that_is_killed_again_and_again_makes_the_same_rows_as_one_that_never_was() -> None:
    whole = lived(600)
    visits = np.concatenate([part[R_VISIT] for part in whole.kept.parts])
    tested = visits[visits["station"] == whole.number]
    assert len(tested) > 100
    for seed in range(3):
        killed = lived(600, random.Random(seed))
        assert_equal(killed.kept.all(), whole.kept.all())
        assert killed.machine.obeyed == whole.machine.obeyed
        assert [n.kind for n in killed.notices] == []
        assert np.concatenate(killed.given).tobytes() == np.concatenate(whole.given).tobytes()
    done = [n for what, n in whole.machine.obeyed if what == x.START]
    assert done == list(range(1, len(done) + 1))
    assert set(tested["n"].tolist()) <= set(done)
    assert np.all((tested["n"] % SCRAP_EVERY == 0) == (tested["verdict"] == VERDICT_SCRAP))  # its own word, not a draw


def test_no_command_goes_out_before_the_commit_of_what_it_follows_from() -> None:
    run = Run()
    while not run.floor.is_waiting:
        run.step(is_committed=False)
    assert run.machine.obeyed == []
    run.commit()
    assert run.machine.obeyed == [(x.START, 1)]
    assert not run.floor.is_waiting


def test_commands_wait_for_the_connection_and_are_given_again_until_they_are_answered() -> None:
    run = Run()
    asyncio.run(run.link.driver.close())
    for _ in range(100):
        run.step()
    assert (run.machine.obeyed, run.floor.is_waiting) == ([], False)
    run.connect()
    run.step()
    assert run.machine.obeyed == [(x.START, 1)]
    for _ in range(3):  # cut while it works
        run.connect()
        run.step()
    assert run.machine.obeyed == [(x.START, 1)]
    for _ in range(12):
        run.step()
    assert run.machine.obeyed == [(x.START, 1), (x.START, 2)]


def test_a_record_happens_at_its_own_time_and_a_late_one_now() -> None:
    run = Run()
    while not run.machine.obeyed:
        run.step()
    sent_ns = run.clock.now_ns
    for _ in range(13):
        run.step()
    (first,) = [v for part in run.kept.parts for v in part[R_VISIT] if v["station"] == run.number]
    assert first["done"] == sent_ns + 3 * NS + 1
    run.machine.records["t"] = 7  # a clock that is far behind
    while len(visits := [v for part in run.kept.parts for v in part[R_VISIT] if v["station"] == run.number]) == 1:
        run.step()
        run.machine.records["t"] = np.minimum(run.machine.records["t"], 7)
    assert visits[1]["done"] > sent_ns + 3 * NS


def test_what_cannot_go_into_the_line_is_told_and_left_out_and_counts_as_taken() -> None:
    run = Run()
    about = np.zeros(1, x.COMMAND)[0]
    wrong = {
        "there is no kind 99": {"what": 99}, "station 0 is not served": {"station": 0}, "machines 0 to 0; 5 came": {"machine": 5},
        "knows 0 kinds of failures; number 0": {"what": x.FAILED, "slot": 0}, "no tool 3": {"what": x.REPAIRED, "tool": 3, "slot": 0},
        "at most 4 values; 9 came": {"values": 9},
    }  # fmt: skip
    for fields in wrong.values():
        run.machine.did(x.DONE, about, **{"t": 1, "station": run.number} | fields)
    run.step()
    assert [n.kind for n in run.notices] == ["driver.refused"] * len(wrong)
    assert [text in n.body["why"] for n, text in zip(run.notices, wrong, strict=True)] == [True] * len(wrong)
    assert (run.link.taken, len(run.machine.records)) == (len(wrong), 0)  # acknowledged: it would come for ever else
    run.machine.did(x.DONE, about, t=1, station=run.number, n=77)
    run.step()
    assert [n.kind for n in run.notices[len(wrong) :]] == ["driver.ignored"]  # nobody started that


def test_a_gap_in_the_numbers_and_a_machine_that_counts_anew_are_told() -> None:
    run = Run()
    about = np.zeros(1, x.COMMAND)[0]
    for _ in range(3):
        run.machine.did(x.SET_DONE, about, t=1, station=run.number)
    run.step()
    run.machine.newest = 9
    run.machine.did(x.SET_DONE, about, t=2, station=run.number)
    run.step()
    assert [(n.kind, n.body["after"], n.body["next"]) for n in run.notices] == [("driver.gap", 3, 10)]
    run.kill()  # the run forgets, the machine too
    run.machine.newest, run.machine.records = 0, run.machine.records[:0]
    run.machine.did(x.SET_DONE, about, t=run.clock.now_ns, station=run.number)
    run.step()
    assert "counts anew" in run.notices[-1].body["why"]


def test_a_value_that_was_not_measured_passes_no_gate() -> None:
    run = Run()
    run.machine = FakeMachine(run.clock, values=0)
    run.floor = run.made()
    run.connect()
    while not (visits := [v for part in run.kept.parts for v in part[R_VISIT] if v["station"] == run.number]):
        run.step()
    assert visits[0]["verdict"] == VERDICT_REJECT
    assert np.isnan(run.given[0]["v0"][0])


def test_a_delivery_of_a_driver_that_the_line_does_not_have_is_refused() -> None:
    with pytest.raises(DriverError.__mro__[1], match="Records of the driver other/weld are kept"):
        Run().floor.replay(Delivery("other/weld", 0, np.zeros(0, x.RECORD)))


def test_of_hold_and_resume_only_the_last_is_open() -> None:
    told, commands = OpenCommands(), np.zeros(4, x.COMMAND)
    commands["seq"], commands["what"] = [1, 2, 3, 4], [x.START, x.HOLD, x.RESUME, x.HOLD]
    told.put(commands[:2])
    told.sent()
    told.put(commands[2:])
    assert told.unsent["seq"].tolist() == [4]
    told.begin_again()
    assert told.unsent["seq"].tolist() == [1, 4]


def test_a_filled_line_tells_its_real_machines_what_they_have_in_hand() -> None:
    text = """
line: filled
product: cell
run: {start: filled}
stations:
  cut: {time: 2 s, takes: none, makes: sheet}
  bake: {batch: {size: 4, wait: 1 h}, time: 10 min, count: 12, buffer: 40}
  stack: {time: 5 s, takes: {sheet: {amount: 1, buffer: 40}}}
"""
    plant = load_text(text, installed_libraries())
    compiled = compile_plant(plant, asks=True)
    number, clock = compiled.station("bake"), Clock()
    state = open_line(compiled, 1, keep=True)
    machine = FakeMachine(clock)
    link = Link("fake/bake", FakeDriver(machine), (ServedStation(plant.segments[1], number),), compiled.table)
    numbers = {p: n for n, p in enumerate(compiled.stations)}
    emulated = EmulatedPlant(plant, emulated_part(compiled.table, [number]), state, numbers)
    asyncio.run(emulated.connect())
    floor = MessageFloor(compiled.table, state, emulated, (link,), Kept())
    floor.begin()
    asyncio.run(link.driver.connect())
    floor.advance(1)
    floor.committed()
    assert machine.obeyed == [(x.START, 0)] * 12
    clock.now_ns = 10 * NS
    floor.advance(clock.now_ns)
    assert int(state.stations[number].done) == 48
    assert int(state.head[0].ignored) == 0
