from __future__ import annotations

import asyncio

import numpy as np
import pytest

from linewright.control.compile import Compiled, compile_plant
from linewright.control.fill import open_line
from linewright.drivers.check_driver import Trial, check_driver
from linewright.drivers.driver import DriverError
from linewright.drivers.emulated.plant import EmulatedPlant, manifest
from linewright.kernels import exchange_rows as x
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text

LINE = """
line: small
product: cell
stations:
  coat:
    time: 10 s
    scrap: 5 %
    recipe: {oven: [90 degC, 120 degC], pump: 5 L/min}
    signals:
      oven: {range: 0 .. 180 degC, every: 1 s, count: 2}
      pump: {range: 0 .. 20 L/min, every: 500 ms}
    failures: {jam: {mtbf: 10 min, mttr: 30 s}}
    measures: {weight: {window: 20 g +- 1 g, spread: 0.1 g}}
  test:
    count: 2
    time: 4 s
    buffer: 3
    maintenance: {wash: {every: 1 h, time: 2 min}}
"""
NS = 1_000_000_000


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_plant(load_text(LINE, installed_libraries()), asks=True)


@pytest.fixture
def plant(compiled: Compiled) -> EmulatedPlant:
    numbers = {path: number for number, path in enumerate(compiled.stations)}
    return EmulatedPlant(compiled.plant, compiled.table, open_line(compiled, 7), numbers)


def command(what: int, t: int, station: int = 0, machine: int = 0, **fields: int) -> np.ndarray:
    row = np.zeros(1, x.COMMAND)
    row["what"], row["t"], row["station"], row["machine"], row["slot"], row["crew"] = what, t, station, machine, -1, -1
    for name, value in fields.items():
        row[name] = value
    return row


def test_it_keeps_the_promises_of_a_driver(plant: EmulatedPlant) -> None:
    commands = np.concatenate([
        command(x.START, 0, 0, 0, n=1, item=5), command(x.START, 0, 1, 0, n=1, item=3), command(x.START, NS, 1, 1, n=2, item=4),
        command(x.SET, 2 * NS, 0, 0), command(x.STOP, 3 * NS, 1, 1), command(x.CLEAR, 4 * NS, 1, 1),
    ])  # fmt: skip
    plant.load_recipe(0, {"coat/oven": [363.15, 393.15]})
    findings = asyncio.run(check_driver(plant, Trial(commands, 30 * NS, ("coat/1/oven/1", "coat/1/pump"))))
    assert [f"{f.rule}: {f.seen}" for f in findings if not f.is_kept] == []
    assert len(findings) > 14


def test_its_manifest_is_what_the_file_says() -> None:
    told = manifest()
    assert (told.name, told.is_real, told.period_s) == ("emulated", False, 1.0)
    assert set(told.commands) == set(x.COMMANDS[1:])


def connected(plant: EmulatedPlant) -> EmulatedPlant:
    asyncio.run(plant.connect())
    return plant


def test_a_start_is_answered_with_what_was_measured(plant: EmulatedPlant) -> None:
    connected(plant).send(command(x.START, 0, 0, 0, n=1, item=(1 << 40) | 9))
    assert plant.next_time() == 10 * NS
    assert len(plant.records(10 * NS - 1)) == 0
    (done,) = plant.records(10 * NS)
    assert (done["what"], done["t"], done["item"], done["n"], done["values"]) == (x.DONE, 10 * NS, (1 << 40) | 9, 1, 1)
    assert 0.0190 < done["v0"] < 0.0210  # kg


def test_a_failed_machine_waits_for_its_repair_and_then_ends_its_work(plant: EmulatedPlant) -> None:
    connected(plant)
    n, t = 0, 0
    while True:  # a jam comes about every ten minutes of work
        n += 1
        plant.send(command(x.START, t, 0, 0, n=n, item=n))
        (record,) = plant.records(1 << 60)
        if record["what"] == x.FAILED:
            break
        assert record["t"] == t + 10 * NS
        t = int(record["t"])
    assert plant.next_time() is None
    worked, begun = int(record["t"]) - t, int(record["t"]) + 5 * NS
    plant.send(command(x.REPAIR, begun, 0, 0, slot=0, n=int(record["n"])))
    repaired, done = plant.records(1 << 60)
    assert (repaired["what"], done["what"]) == (x.REPAIRED, x.DONE)
    assert done["t"] - repaired["t"] == 10 * NS - worked


def test_work_stands_still_while_it_is_held(plant: EmulatedPlant) -> None:
    connected(plant).send(command(x.START, 0, 1, 0, n=1, item=1))
    plant.send(command(x.HOLD, 1 * NS, 1, 0))
    assert plant.next_time() is None
    plant.send(command(x.RESUME, 100 * NS, 1, 0))
    assert plant.records(1 << 60)["t"].tolist() == [103 * NS]


def test_a_set_point_moves_its_process_value_with_a_lag(plant: EmulatedPlant) -> None:
    connected(plant)
    plant.load_recipe(3, {"coat/oven": [383.15, 393.15]})
    plant.send(command(x.SET, 100 * NS, 0, 0, revision=3))
    values = plant.signals(["coat/1/oven/1"], -1, 1000 * NS)["coat/1/oven/1"].values
    assert abs(values[:100].mean() - 363.15) < 0.5
    assert 3 < values[160] - values[100] < 17  # on its way: half the time constant
    assert abs(values[-100:].mean() - 383.15) < 0.5
    with pytest.raises(DriverError, match="revision 9 is not known"):
        plant.send(command(x.SET, 2000 * NS, 0, 0, revision=9))


def test_a_process_value_follows_the_work_and_rests_without(plant: EmulatedPlant) -> None:
    connected(plant).send(command(x.START, 20 * NS, 0, 0, n=1, item=1))
    plant.records(200 * NS)
    pump = plant.signals(["coat/1/pump"], -1, 200 * NS)["coat/1/pump"]
    at = dict(zip(pump.t.tolist(), pump.values.tolist(), strict=True))
    flow = 5e-3 / 60
    assert at[10 * NS] == 0.0
    assert abs(at[29 * NS] - flow) < 0.1 * flow
    assert abs(at[33 * NS] - flow) < 0.1 * flow  # it rests only after a while without work
    assert at[60 * NS] < 0.01 * flow


def test_what_is_saved_goes_on_equal(plant: EmulatedPlant, compiled: Compiled) -> None:
    connected(plant).send(command(x.START, 0, 0, 0, n=1, item=1))
    plant.send(command(x.START, 0, 1, 0, n=1, item=1))
    plant.send(command(x.HOLD, 1 * NS, 1, 0))
    plant.records(11 * NS)
    arrays, values = plant.saved()
    arrays = {name: array.copy() for name, array in arrays.items()}
    numbers = {path: number for number, path in enumerate(compiled.stations)}
    other = connected(EmulatedPlant(compiled.plant, compiled.table, open_line(compiled, 7), numbers))
    other.restore(arrays, values)
    for one in (plant, other):
        one.send(command(x.RESUME, 15 * NS, 1, 0))
        one.send(command(x.START, 15 * NS, 0, 0, n=2, item=2))
    first, second = plant.records(100 * NS), other.records(100 * NS)
    assert first.tobytes() == second.tobytes()
    assert first["seq"][0] == values["seq"] + 1
    tags = plant.tags
    before, after = plant.signals(tags, -1, 60 * NS), other.signals(tags, -1, 60 * NS)
    assert all(before[t].values.tobytes() == after[t].values.tobytes() for t in tags)


def test_a_closed_plant_says_so(plant: EmulatedPlant) -> None:
    with pytest.raises(DriverError, match="not connected"):
        plant.records(1)
