"""A line with real parts: the welders are a process of their own behind a socket, which outlives the run; everything else is emulated."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from real_parts import EXAMPLE, Machine, Wire, installed, machine, wire, with_path

from linewright.control.compile import compile_plant
from linewright.drivers.check_driver import Trial, check_driver
from linewright.drivers.installed import find_driver
from linewright.drivers.setup import DriverSetup, ServedStation
from linewright.kernels import exchange_rows as x
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.live.live_run import LiveRun
from linewright.live.run import run
from linewright.model.load import load
from linewright.model.plant import Plant

FAST = ["wind.time=0.1 s", "fill.time=0.08 s", "test.time=0.08 s"]


@pytest.fixture
def welders(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path / "machine.log", "--work", "0.15", "--fails", "0.04") as made:
        yield made


@pytest.fixture
def line_to(welders: Machine) -> Iterator[Wire]:
    with wire(welders.port) as made:
        yield made


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    folders = installed(tmp_path / "site")
    for folder in folders:
        monkeypatch.syspath_prepend(folder)
    return folders


def floor(port: int, *changes: str) -> Plant:
    address = f"weld.driver.address=127.0.0.1:{port}"
    return load(EXAMPLE / "floor.yaml", installed_libraries(), [address, *FAST, *changes])


def query(path: Path, statement: str) -> list[Any]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def delivered(path: Path) -> np.ndarray:
    parts = [np.frombuffer(body, x.RECORD) for (body,) in query(path, "SELECT body FROM delivery ORDER BY rowid")]
    return np.concatenate([np.zeros(0, x.RECORD), *parts])


def events(path: Path, kind: str) -> list[dict[str, Any]]:
    return [json.loads(body) for (body,) in query(path, f"SELECT body FROM event WHERE kind = '{kind}' ORDER BY seq")]


def welded(path: Path) -> list[tuple[int, int, int, bytes]]:
    """Visits at the welders: unit, when done, verdict, values."""
    return query(path, "SELECT unit, done_us, verdict, vals FROM visit JOIN name ON name.key = step WHERE name.text = 'weld' ORDER BY visit.rowid")


# ---- the driver by itself


def test_the_example_keeps_the_promises_of_a_driver(welders: Machine, path: list[str]) -> None:
    plant = floor(welders.port)
    compiled = compile_plant(plant, asks=True)
    weld = next(s for s in plant.segments if s.path == "weld")
    begin_us = time.time_ns() // 1000
    stations = (ServedStation(weld, compiled.station("weld")),)
    setup = DriverSetup("json-lines", stations, dict(weld.driver.options), "trial", begin_us, plant, compiled.table)

    async def tried() -> list[str]:
        driver = find_driver("json-lines")(setup)
        driver.load_recipe(0, {"weld/current": [8000.0]})
        commands = np.zeros(5, x.COMMAND)
        commands["what"] = [x.SET, x.START, x.START, x.STOP, x.CLEAR]
        commands["station"], commands["machine"] = compiled.station("weld"), [0, 0, 1, 1, 1]
        commands["n"], commands["item"], commands["slot"] = [0, 1, 2, 0, 0], [0, 11, 12, 0, 0], -1
        trial = Trial(commands, 3600 * 10**9, ("weld/1/current",), wait=lambda: asyncio.sleep(1.5))
        return [f"{f.rule}: {f.seen}" for f in await check_driver(driver, trial) if not f.is_kept]

    assert asyncio.run(tried()) == []


# ---- killed


def start(path: list[str], port: int, ledger: Path, *options: str) -> subprocess.Popen[str]:
    """The command as an integrator types it, once it says that the run is live."""
    sets = [part for change in (f"weld.driver.address=127.0.0.1:{port}", *FAST) for part in ("--set", change)]
    command = [sys.executable, "-m", "linewright.cli", "run", str(EXAMPLE / "floor.yaml"), *sets, "--no-page", "--ledger", str(ledger), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=with_path(path))
    assert process.stdout is not None
    told = []
    while not told or "is live" not in told[-1]:
        text = process.stdout.readline()
        if not text:
            raise AssertionError(f"it ended before it was live: {told}")
        told.append(text)
    return process


def wait_for_more(kept: Path, count: int) -> None:
    """Wait until so many more records are in the ledger."""
    wanted, until = len(delivered(kept)) + count, time.monotonic() + 60.0
    while len(delivered(kept)) < wanted:
        assert time.monotonic() < until, f"{len(delivered(kept))} of {wanted} records came"
        time.sleep(0.02)


def test_killed_and_cut_again_and_again_each_record_is_there_once_and_none_is_missing(
    tmp_path: Path, welders: Machine, line_to: Wire, path: list[str]
) -> None:
    dice, ledger, kept = random.Random(4), tmp_path / "ledger", tmp_path / "ledger" / "live-1.run"
    seen: set[int] = set()
    for turn in range(6):
        process = start(path, line_to.port, ledger)
        wait_for_more(kept, dice.randint(5, 25))
        if turn % 2 == 1:  # cut in the middle of the work; healed before the kill, or only after it
            line_to.cut()
            time.sleep(dice.uniform(0.1, 0.7))
        if turn == 3:
            line_to.heal()
            wait_for_more(kept, dice.randint(5, 15))
        seen |= set(delivered(kept)["seq"].tolist())  # before the kill: what is readable now is promised
        process.kill()
        process.communicate()
        line_to.heal()
        assert process.returncode != 0
        assert seen <= set(delivered(kept)["seq"].tolist())
    process = start(path, line_to.port, ledger)
    wait_for_more(kept, 30)
    process.terminate()
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert [info.run for info in Ledger(ledger).runs()] == ["live-1"]

    rows, made, obeyed = delivered(kept), welders.log("record"), welders.log("obeyed")
    count = len(rows)
    assert count > 70
    assert rows["seq"].tolist() == list(range(1, count + 1))  # each once, none missing, in order
    (begin_us,) = query(kept, "SELECT begin_us FROM run")[0]
    told = [(r["number"], r["at_ns"] - begin_us * 1000, x.RECORDS.index(r["what"]), r.get("n", 0), r.get("item", 0)) for r in made[:count]]
    assert rows[["seq", "t", "what", "n", "item"]].tolist() == told
    assert len(made) - count <= 4  # what the machines did after the run's last look is still theirs

    commands = [command["seq"] for command in obeyed]
    assert commands == sorted(set(commands))  # none twice
    starts = [command["n"] for command in obeyed if command["what"] == "start"]
    assert starts == sorted(set(starts))

    done = {r["item"]: r for r in made[:count] if r["what"] == "done"}
    visits = welded(kept)
    units = [unit for unit, *_ in visits]
    assert len(units) == len(set(units))
    assert set(units) <= set(done)
    assert len(done) - len(units) <= 2  # one that waits on each machine for its way on
    for unit, _, verdict, vals in visits:
        assert (verdict == 0) == done[unit]["good"]
        assert np.frombuffer(vals, "<i4")[0] * 1e-5 == pytest.approx(done[unit]["values"][0], abs=0.6e-5)
    assert events(kept, "driver.gap") == events(kept, "driver.refused") == events(kept, "driver.ignored") == []
    assert {e["connection"] for e in events(kept, "driver.silent")} <= {"lost", "connecting", "closed"}
    assert events(kept, "driver.heard")[-1]["driver"] == "json-lines/weld"  # also where it was killed in the silence
    stuck = [r for r in made[:count] if r["what"] == "failed"]
    assert len([e for e in events(kept, "alarm.raised") if e["station"] == "weld"]) == len(stuck)


# ---- silent


def live_through(plant: Plant, ledger: Path, story: Callable[[LiveRun], Awaitable[None]]) -> None:
    """Run a line in this process until its story is told."""

    async def whole() -> None:
        tasks: list[asyncio.Task[None]] = []

        async def told(live: LiveRun) -> None:
            try:
                await asyncio.wait_for(story(live), 90.0)
            finally:
                live.ask_to_stop("told")

        result = await run(plant, ledger=ledger, say=print, wanted_bytes=0, on_ready=lambda live: tasks.append(asyncio.create_task(told(live))))
        await tasks[0]
        assert result.why == "told"

    asyncio.run(whole())


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():  # noqa: ASYNC110 - what is waited for happens in a file
        await asyncio.sleep(0.05)


def samples(kept: Path) -> list[tuple[int, dict[str, Any]]]:
    return [(at, json.loads(body)["stations"]) for at, body in query(kept, "SELECT line_us, body FROM sample ORDER BY seq")]


@pytest.mark.parametrize("how", ["cut", "mute"])
def test_a_silent_machine_shows_no_data_and_the_line_goes_on_for_the_rest(  # noqa: PLR0917 - the real parts
    tmp_path: Path, welders: Machine, line_to: Wire, path: list[str], capsys: pytest.CaptureFixture[str], how: str
) -> None:
    kept, seen = tmp_path / "live-1.run", {}

    async def story(live: LiveRun) -> None:
        await until(lambda: len(welded(kept)) > 5)
        getattr(line_to, how)()
        await until(lambda: bool(events(kept, "driver.silent")))
        count = len(samples(kept))
        await until(lambda: len(samples(kept)) > count + 2)
        stop = {"kind": "stop", "target": {"station": "weld", "machine": 1}, "by": "Ada"}
        seen["preview"] = live.commands.preview(stop)
        live.commands.send(stop)
        await until(lambda: bool(events(kept, "Command")))
        line_to.heal()
        await until(lambda: bool(events(kept, "driver.heard")))
        count = len(welded(kept))
        await until(lambda: len(welded(kept)) > count + 5)
        await until(lambda: samples(kept)[-1][1]["weld"]["states"].get("NoData") is None)

    live_through(floor(line_to.port, "wind.time=0.4 s"), tmp_path, story)
    (silent,), (heard,) = events(kept, "driver.silent"), events(kept, "driver.heard")
    assert (silent["driver"], silent["stations"]) == ("json-lines/weld", ["weld"])
    assert (silent["connection"] == "connected") == (how == "mute")
    assert how == "cut" or silent["age_s"] > 5 * 0.5
    assert heard["driver"] == "json-lines/weld"
    (from_us,), (to_us,) = (query(kept, f"SELECT line_us FROM event WHERE kind = 'driver.{k}'")[0] for k in ("silent", "heard"))
    between = [stations for at, stations in samples(kept) if from_us < at < to_us]
    assert len(between) >= 2
    for stations in between:
        assert stations["weld"]["states"] == {"NoData": 2}
        assert stations["weld"]["worst"]["state"] == "NoData"
        assert "NoData" not in stations["wind"]["states"]
    wound = "SELECT count(*) FROM visit JOIN name ON name.key = step WHERE name.text = 'wind' AND start_us BETWEEN {} AND {}"
    assert query(kept, wound.format(from_us, to_us))[0][0] >= 4  # the winder went on
    assert (seen["preview"]["can"], seen["preview"]["why_not"]) == (False, "weld 1 is not heard: nothing can be told to it.")
    assert [(e["ok"], e["kind"]) for e in events(kept, "Command")] == [(False, "stop")]
    said = capsys.readouterr().out
    assert said.index("json-lines/weld is not heard: no data from weld.") < said.index("json-lines/weld is heard again.")
    rows, made = delivered(kept), welders.log("record")
    assert rows["seq"].tolist() == list(range(1, len(rows) + 1))
    assert len(made) - len(rows) <= 4


def test_a_machine_that_is_not_there_yet_is_waited_for(tmp_path: Path, welders: Machine, path: list[str]) -> None:
    kept = tmp_path / "live-1.run"
    with wire(welders.port) as late:
        late.cut()

        async def story(live: LiveRun) -> None:
            await until(lambda: bool(events(kept, "driver.silent")))
            late.heal()
            await until(lambda: len(welded(kept)) > 3)

        live_through(floor(late.port), tmp_path, story)
    assert [len(events(kept, f"driver.{kind}")) for kind in ("silent", "heard")] == [1, 1]


def test_signals_of_a_real_machine_are_in_the_ledger_evenly_spaced(tmp_path: Path, welders: Machine, path: list[str]) -> None:
    kept, told = tmp_path / "live-1.run", set()

    async def story(live: LiveRun) -> None:
        while 8000.0 not in told:
            await asyncio.sleep(0.1)
            told.update(live.feed.newest("weld/1/current", 0)[1].tolist())
        await until(lambda: sum(n for (n,) in query(kept, "SELECT n FROM signal")) >= 60)

    live_through(floor(welders.port), tmp_path, story)
    assert told <= {0.0, 8000.0}
    blocks = query(kept, "SELECT every_us, n FROM signal ORDER BY machine, begin_us")
    assert {every for every, n in blocks if n > 1} == {100_000}
    assert samples(kept)[-1][1]["weld"]["key"]["name"] == "current"


def test_a_new_run_begins_all_numbers_anew(tmp_path: Path, welders: Machine, path: list[str]) -> None:
    for run_id in ("live-1", "live-2"):
        asyncio.run(run(floor(welders.port), ledger=tmp_path, until_s=3.0, say=print, wanted_bytes=0, continue_run=False))
        assert delivered(tmp_path / f"{run_id}.run")["seq"][:3].tolist() == [1, 2, 3]
    numbers = [command["seq"] for command in welders.log("obeyed")]
    assert numbers.count(numbers[0]) == 2
