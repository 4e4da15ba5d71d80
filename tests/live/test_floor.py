"""Line and machines in one compiled loop, and the same by messages through the driver: equal, row by row."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from lines import line

from linewright.control.compile import compile_plant
from linewright.control.fill import open_line
from linewright.drivers.emulated.plant import EmulatedPlant
from linewright.kernels import exchange_rows as x
from linewright.kernels.calendar import UNTIL, advance
from linewright.kernels.rows import R_STATE, R_VISIT, STOPPED, Rows, new_rows
from linewright.live.floor import EmulatedFloor, Floor
from linewright.live.message_floor import MessageFloor
from linewright.model.plant import Plant

NS = 1_000_000_000


class Kept:
    """Rows as they came."""

    def __init__(self) -> None:
        self.parts: list[list[np.ndarray]] = []

    def __call__(self, rows: Rows) -> None:
        buffers = list(rows)
        self.parts.append([buffers[k][: int(n)].copy() for k, n in enumerate(rows.count)])

    def all(self) -> list[np.ndarray]:
        return [np.concatenate(column) for column in zip(*self.parts, strict=True)]


def floor_of(plant: Plant, seed: int, *, by_messages: bool) -> tuple[Floor, Kept, EmulatedPlant]:
    compiled = compile_plant(plant, asks=True)
    state, kept = open_line(compiled, seed, keep=True), Kept()
    machines = EmulatedPlant(plant, compiled.table, state, {p: n for n, p in enumerate(compiled.stations)})
    asyncio.run(machines.connect())
    if by_messages:
        return MessageFloor(compiled.table, state, machines, (), kept), kept, machines
    return EmulatedFloor(compiled.table, state, machines, kept), kept, machines


def twin_rows(plant: Plant, seed: int, until: int) -> list[np.ndarray]:
    compiled, kept, rows = compile_plant(plant), Kept(), new_rows()
    state = open_line(compiled, seed, keep=True)
    while True:
        reason = advance(compiled.table, state, rows, until)
        kept(rows)
        rows.count[:] = 0
        if reason == UNTIL:
            return kept.all()


def assert_equal(one: list[np.ndarray], other: list[np.ndarray]) -> None:
    assert [len(r) for r in one] == [len(r) for r in other]
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(("name", "until_s"), [("four-stations", 20_000), ("cylindrical-21700-tabless", 300)])
def test_messages_loop_and_twin_make_the_same_rows(name: str, until_s: int) -> None:
    plant, until = line(name), until_s * NS
    loop, by_loop, _ = floor_of(plant, 5, by_messages=False)
    talk, by_talk, machines = floor_of(plant, 5, by_messages=True)
    for at in (until // 7, until // 3, until):  # where it pauses does not matter
        loop.advance(at)
    for at in (until // 2, until):
        talk.advance(at)
        talk.committed()
    asyncio.run(machines.close())
    assert len(by_loop.all()[R_VISIT]) > 1000
    assert_equal(by_loop.all(), by_talk.all())
    assert_equal(by_loop.all(), twin_rows(plant, 5, until))
    assert loop.commands().tobytes() == talk.commands().tobytes()


def test_a_cut_connection_loses_nothing_and_counts_nothing_twice() -> None:
    plant, until = line("four-stations"), 4_000 * NS
    talk, by_talk, machines = floor_of(plant, 3, by_messages=True)
    for step in range(1, 41):
        talk.advance(until * step // 40)
        if step % 3 == 0:
            talk.committed()
        if step % 2 == 0:  # cut, with records handed out and not acknowledged
            asyncio.run(machines.close())
            asyncio.run(machines.connect())
    assert_equal(by_talk.all(), twin_rows(plant, 3, until))
    assert int(talk.state.head[0]["ignored"]) == 0


@pytest.mark.parametrize("by_messages", [False, True])
def test_a_machine_stopped_by_hand_stands_still_and_goes_on(by_messages: bool) -> None:
    floor, kept, _ = floor_of(line("four-stations"), 3, by_messages=by_messages)
    floor.advance(100 * NS)
    stop = np.zeros(1, x.COMMAND)
    stop["what"], stop["t"], stop["station"] = x.STOP, 100 * NS, 0
    floor.send(stop)
    floor.advance(400 * NS)
    clear = stop.copy()
    clear["what"], clear["t"] = x.CLEAR, 400 * NS
    floor.send(clear)
    floor.advance(500 * NS)
    visits, states = kept.all()[R_VISIT], kept.all()[R_STATE]
    first = visits[visits["station"] == 0]
    (spanning,) = first[(first["start"] < 100 * NS) & (first["done"] > 100 * NS)]
    assert spanning["done"] - spanning["start"] == 2_600_000_000 + 300 * NS  # its work, and the time it stood
    assert not np.any((first["done"] > 100 * NS) & (first["done"] < 400 * NS))
    stopped = states[(states["station"] == 0) & (states["state"] == STOPPED)]
    assert stopped["t"].tolist() == [100 * NS]
    told = floor.commands()
    assert told[told["what"] == x.STOP]["seq"].tolist() != told[told["what"] == x.CLEAR]["seq"].tolist()
    assert np.all(np.diff(told["seq"]) > 0)
