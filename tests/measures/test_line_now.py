"""The sample of a line against what the same run counted."""

from __future__ import annotations

import pytest

from linewright.control.compile import Compiled, compile_plant
from linewright.control.fill import open_line
from linewright.kernels.calendar import advance
from linewright.kernels.rows import new_rows
from linewright.kernels.state import State
from linewright.library.catalogue import installed_libraries
from linewright.measures.line_ahead import next_hour, resources, webs
from linewright.measures.line_figures import LineFiguresSampler
from linewright.measures.line_sample import LineSampler
from linewright.model.load import load, load_text

NS = 1_000_000_000
TWO = """
line: two
product: part
target: 20 ppm
stations:
  cut:
    time: 2 s
    scrap: 10 %
    failures: {jam: {mtbf: 20 min, mttr: 5 min}}
  bend: {count: 2, time: 8 s, buffer: 3}
"""


def sampler_of(compiled: Compiled) -> LineSampler:
    numbers = {path: number for number, path in enumerate(compiled.stations)}
    return LineSampler(compiled.plant, compiled.table, numbers, compiled.reasons, compiled.begin_us)


def on(compiled: Compiled, state: State, until_s: float) -> None:
    assert advance(compiled.table, state, new_rows(), round(until_s * NS)) == 0


@pytest.fixture
def compiled() -> Compiled:
    return compile_plant(load_text(TWO, installed_libraries()))


def test_a_sample_counts_what_the_line_counted(compiled: Compiled) -> None:
    state, sampler = open_line(compiled, 1), sampler_of(compiled)
    on(compiled, state, 0)
    sampler.begin_count(state)
    for at in range(60, 3660, 60):
        on(compiled, state, at)
        sampler.mark(state)
    told = sampler.stations(state)
    cut, bend = told["cut"], told["bend"]
    assert cut["made"] == int(state.stations.good[0])
    assert cut["scrap"] == int(state.stations.scrap[0]) > 50
    assert bend["made"] > 500
    assert abs(bend["rate_per_min"] - 15.0) < 2.0  # two machines of 8 s, now and then without work
    assert sum(bend["states"].values()) == 2
    assert len(bend["machines"]) == 2
    assert bend["queue"] == [{"input": "", "count": int(state.queues[0].count), "places": 3}]
    done = [int(m["made"]) for m in bend["machines"]]
    assert sum(done) == int(state.stations.done[1]) > 500
    sampler.begin_count(state)
    assert sampler.stations(state)["cut"]["made"] == 0
    assert [m["made"] for m in sampler.stations(state)["bend"]["machines"]] == [0, 0]  # as the station, each machine counts anew
    later = sampler_of(compiled)
    later.restore(sampler.saved())
    assert [m["made"] for m in later.stations(state)["bend"]["machines"]] == [0, 0]
    assert sampler.since_us == compiled.begin_us + 3600 * 1_000_000


def test_a_fault_is_told_with_its_reason_and_comes_before_a_wait(compiled: Compiled) -> None:
    state, sampler = open_line(compiled, 1), sampler_of(compiled)
    at = 0.0
    while int(state.machines[0].mode) < 0:  # until the cutter jams
        at += 5
        on(compiled, state, at)
    told = sampler.stations(state)["cut"]
    assert told["states"] == {"Held": 1}
    assert (told["worst"]["state"], told["worst"]["reason"], told["worst"]["machine"], told["worst"]["count"]) == ("Held", "jam", 1, 1)
    while int(state.machines[1].category) != 0 or int(state.head[0].now) - int(state.machines[1].since) < 60 * NS:  # until a bender starves
        at += 5
        on(compiled, state, at)
        assert at < 36_000
    bend = sampler.stations(state)["bend"]
    assert bend["worst"]["reason"] == "starved"
    assert bend["waiting"]["starved"] >= 1


def test_a_silent_driver_is_no_data_and_never_running(compiled: Compiled) -> None:
    state = open_line(compiled, 1)
    on(compiled, state, 30)
    told = sampler_of(compiled).stations(state, silent=("bend",))
    assert told["bend"]["states"] == {"NoData": 2}
    assert told["bend"]["worst"]["state"] == "NoData"
    assert "NoData" not in told["cut"]["states"]


def test_what_was_lost_adds_up_to_what_was_possible(compiled: Compiled) -> None:
    state, sampler = open_line(compiled, 3), sampler_of(compiled)
    figures = LineFiguresSampler(compiled, sampler)
    on(compiled, state, 0)
    figures.begin_count(state)
    for at in range(60, 7260, 60):
        on(compiled, state, at)
        sampler.mark(state)
        body = figures.body(state, sampler.stations(state))
    losses, told = body["losses"], body["figures"]
    assert losses["possible"] - losses["good"] == sum(part["count"] for part in losses["parts"])
    assert losses["possible"] == pytest.approx(2 * 7200 / 8, abs=1)  # the benders set the pace
    assert told["good"] == {"value": int(state.stations.good[1]), "plan": 2400}
    assert told["oee"]["value"] == pytest.approx(told["oee"]["a"] * told["oee"]["p"] * told["oee"]["q"], rel=1e-4)
    assert told["bottleneck"]["station"] == "bend"
    assert 0.5 < told["bottleneck"]["share"] <= 1.0
    again = LineFiguresSampler(compiled, sampler)
    again.restore(figures.saved())
    assert again.body(state, sampler.stations(state)) == figures.body(state, sampler.stations(state))


def test_what_comes_next_on_a_line_with_coils() -> None:
    compiled = compile_plant(load("cylindrical-21700-tabless", installed_libraries()))
    state = open_line(compiled, 1)
    on(compiled, state, 120)
    coming = next_hour(compiled, state)
    assert 1 <= len(coming) <= 8
    assert [c["t_us"] for c in coming] == sorted(c["t_us"] for c in coming)
    assert all(compiled.begin_us <= c["t_us"] < compiled.begin_us + 3720 * 1_000_000 for c in coming)
    assert {c["kind"] for c in coming} == {"coil-change"}
    told = resources(compiled, state)
    assert told["tray"]["count"] == 32000
    assert 30_000 < told["tray"]["used"] < 32_000
    assert set(told) == {"repair-crew", "operator", "tray"}
    working = webs(compiled, state)
    stations = {w["station"] for w in working}
    assert stations >= {"cathode-coater", "anode-coater"}
    assert not stations & {"cathode-dryer", "anode-dryer"}  # what lies in an oven is not run off: it has no metre
    assert all(0 <= w["at_m"] <= w["length_m"] for w in working)
    sampled = sampler_of(compiled).stations(state)
    assert sampled["formation"]["machines"] is None
    assert sum(sampled["formation"]["states"].values()) == 2137
    assert sampled["winder"]["machines"][0]["left"] is not None
