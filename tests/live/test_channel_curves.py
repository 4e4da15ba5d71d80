"""Curves of a real cycler's channels: kept with the record that its work is done, also where the run is killed in between."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_machine import NS, WORK_NS, Clock, FakeDriver, FakeMachine

from linewright.control.compile import compile_plant
from linewright.control.fill import open_line
from linewright.drivers.channel_curves import fault_of
from linewright.drivers.check_driver import Trial, check_driver
from linewright.drivers.driver import ChannelCurve
from linewright.drivers.emulated.plant import EmulatedPlant, emulated_part
from linewright.drivers.setup import ServedStation
from linewright.genealogy.line_facts import line_facts
from linewright.genealogy.record import Recorder
from linewright.genealogy.trace import trace
from linewright.kernels import exchange_rows as x
from linewright.ledger.ledger import Ledger
from linewright.ledger.writer import RunWriter
from linewright.library.catalogue import installed_libraries
from linewright.live.floor import Delivery
from linewright.live.link import Link, Notice
from linewright.live.message_floor import MessageFloor
from linewright.model.load import load_text

LINE = """
line: cycled
product: cell
source: default
stations:
  press: {time: 1 s, makes: cell}
  loader: {time: 0.2 s, buffer: 20, loads: tray}
  formation: {use: formation-cabinet, count: 4, time: 3 s, buffer: 9, tools: {channel: 4}, driver: {use: fake}}
  unloader: {time: 0.2 s, buffer: 20, unloads: tray}
carriers: {tray: {holds: 4, count: 20, id: T}}
"""
PLACES = 4


class Cycler(FakeDriver):
    """A cycler: a sample every 10 ms of each channel; the third place of each tray is out, and what is wrong with the fourth may be changed."""

    spoilt: Any = None

    def curves(self, seq: int) -> Sequence[ChannelCurve | None]:
        t = np.arange(0.0, WORK_NS / NS, 0.01)
        return [None if k == 2 else self.spoilt if k == 3 and self.spoilt else self.one(t, seq, k) for k in range(PLACES)]

    @staticmethod
    def one(t: np.ndarray, seq: int, place: int) -> ChannelCurve:
        return t, {"voltage": 3.0 + 0.001 * seq + 0.1 * place + 0.2 * t, "current": np.where(t < 2.0, 1.0, -1.0)}


class Run:
    """The line, its recorder and its cycler, step by step."""

    def __init__(self, folder: Path) -> None:
        self.plant = load_text(LINE, installed_libraries())
        self.compiled = compile_plant(self.plant, asks=True)
        self.number = self.compiled.station("formation")
        self.clock, self.notices, self.tail = Clock(), [], []
        self.machine = FakeMachine(self.clock, values=0)
        self.ledger = Ledger(folder)
        self.driver = Cycler(self.machine)
        writer = self.ledger.create_run("t", "d", "live", begin_us=self.compiled.begin_us)
        self.begin(writer)
        self.recorder.begin()
        writer.commit()

    def begin(self, writer: RunWriter) -> None:
        self.writer = writer
        state = open_line(self.compiled, 5, keep=True)
        self.recorder = Recorder(line_facts(self.compiled, 5, first_serials=state.serials, real=["formation"]), writer)
        numbers = {p: n for n, p in enumerate(self.compiled.stations)}
        emulated = EmulatedPlant(self.plant, emulated_part(self.compiled.table, [self.number]), state, numbers)
        asyncio.run(emulated.connect())
        served = ServedStation(self.plant.segment("formation"), self.number)
        self.link = Link("fake/formation", self.driver, (served,), self.compiled.table)
        asyncio.run(self.driver.connect())
        self.link.connected()
        taking = (self.recorder.given, self.noted, self.recorder.given_curves)
        self.floor = MessageFloor(self.compiled.table, state, emulated, (self.link,), self.recorder.record, *taking)

    def noted(self, notice: Notice) -> None:
        self.notices.append(notice)

    def go(self, until_s: float) -> None:
        while self.clock.now_ns < until_s * NS:
            self.clock.now_ns += NS // 4
            self.floor.advance(self.clock.now_ns)
            self.tail += [(self.clock.now_ns, d) for d in self.floor.deliveries()]
            self.writer.commit()
            self.floor.committed()

    def kill(self) -> None:
        """Begin again from the run's begin and what was committed since; the driver dies with the run, the machine lives on."""
        self.writer.close()
        self.driver = Cycler(self.machine)
        self.begin(self.ledger.open_run("live-1"))
        self.writer.begin_replay(None)
        self.floor.is_replaying = True
        for at_ns, delivery in self.tail:
            self.floor.advance(delivery.at_ns)
            self.floor.replay(Delivery(delivery.driver, delivery.at_ns, delivery.rows))
            assert at_ns >= delivery.at_ns
        self.floor.advance(self.clock.now_ns)
        self.floor.is_replaying = False
        self.writer.end_replay()


def test_what_a_cycler_draws_is_the_curve_of_the_cell_on_that_place(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.go(40.0)
    reader = run.ledger.reader()
    visits = reader.visits_between(0, 2**62, "formation")
    assert len(visits) >= 5
    assert run.notices == []
    seqs = {int(row["item"]) + 10**9 * int(row["n"]): int(row["seq"]) for _, d in run.tail for row in d.rows if row["what"] == x.DONE}
    assert reader.count("curve") == len(seqs), "one row a work that is done"
    for number, visit in enumerate(visits, 1):
        seq = seqs[visit.unit + 10**9 * number]
        for place in range(PLACES):
            curve = reader.curve(visit, place)
            if place == 2:
                assert curve is None
                continue
            assert curve is not None
            t, values = Cycler.one(np.arange(0.0, 3.0, 0.01), seq, place)
            assert len(curve.times_s) < 6
            assert np.abs(np.interp(t, curve.times_s, curve.values[0]) - values["voltage"]).max() < 0.005
    found = trace(reader, "cell-2")
    assert [(c.step, c.place, c.source) for c in found.curves] == [("formation", 2, "measured")]
    assert found.curves[0].lines[1].total_in == pytest.approx(2.0 / 3600.0, rel=0.1)


def test_a_run_that_is_killed_keeps_each_curve_once(tmp_path: Path) -> None:
    whole, killed = Run(tmp_path / "whole"), Run(tmp_path / "killed")
    whole.go(60.0)
    for until_s in (17.0, 31.5, 60.0):
        killed.go(until_s)
        killed.kill()
    statement = "SELECT unit, step, done_us, places, points, data FROM curve ORDER BY rowid"
    assert killed.ledger.reader().rows(statement) == whole.ledger.reader().rows(statement)


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        ((np.zeros(3), {"voltage": np.zeros(3)}), "lacks current"),
        ((np.zeros(3), {"voltage": np.zeros(3), "current": np.zeros(2)}), "has not as many values as times"),
        ((np.zeros(1), {"voltage": np.array([np.nan]), "current": np.zeros(1)}), "has a value that is no number"),
        ((np.array([0.0, 2.0, 1.0]), {"voltage": np.zeros(3), "current": np.zeros(3)}), "goes back in time"),
    ],
)
def test_a_curve_that_cannot_be_kept_is_told_and_left_out(tmp_path: Path, spoilt: ChannelCurve, why: str) -> None:
    assert fault_of(spoilt, ("voltage", "current")) == why
    run = Run(tmp_path)
    run.driver.spoilt = spoilt
    run.go(20.0)
    assert {n.kind for n in run.notices} == {"driver.refused"}
    assert run.notices[0].body["why"] == f"the curve of place 4 {why}"
    reader = run.ledger.reader()
    visit = reader.visits_between(0, 2**62, "formation")[0]
    assert [reader.curve(visit, place) is None for place in range(PLACES)] == [False, False, True, True]


def test_a_driver_without_curves_leaves_its_cells_without(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.link.driver = FakeDriver(run.machine)
    asyncio.run(run.link.driver.connect())
    run.go(20.0)
    found = trace(run.ledger.reader(), "cell-1")
    assert (found.curves, found.no_curve) == ((), "not recorded")


def test_the_conformance_test_looks_at_curves() -> None:
    commands = np.zeros(4, x.COMMAND)
    commands["what"], commands["n"], commands["item"] = x.START, [1, 2, 3, 4], [4, 5, 6, 7]

    def findings(spoilt: ChannelCurve | None) -> dict[str, bool]:
        clock = Clock()

        async def later() -> None:
            clock.now_ns = 100 * NS

        driver = Cycler(FakeMachine(clock))
        driver.spoilt = spoilt
        return {f.rule: f.is_kept for f in asyncio.run(check_driver(driver, Trial(commands, 200 * NS, (), later))) if "curves" in f.rule}

    assert findings(None) == {
        "curves are of numbers, as many as their times, which do not fall": True,
        "after a cut, the curves of its channels come again, the same": True,
    }
    assert findings((np.array([1.0, 0.0]), {"voltage": np.zeros(2)}))["curves are of numbers, as many as their times, which do not fall"] is False
