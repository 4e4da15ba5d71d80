"""The twin against exact answers, each within its own 99 % interval, and what `simulate` promises."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from linewright.control.compile import compile_plant
from linewright.control.fill import open_line
from linewright.kernels.state import copy_state
from linewright.ledger import disk
from linewright.ledger.errors import DiskLowError
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.measures.fold import fold_rows
from linewright.model.errors import LinewrightError, NotYetError
from linewright.model.load import load, load_text
from linewright.twin import simulate as simulate_module
from linewright.twin.simulate import Simulation, simulate

DAY = 86400.0


def batch_means(plant, *, seed: int, batches: int = 30, batch_s: float = 20000.0, warm_s: float = 2000.0) -> tuple[float, float]:
    """Return items a second and half the width of its 99 % interval, from batches behind each other in one long run."""
    result = simulate(plant, until_s=warm_s, seed=seed)
    rates = []
    for i in range(batches):
        result = simulate(plant, until_s=warm_s + (i + 1) * batch_s, seed=seed, start=result.state)
        rates.append(result.made / result.seconds)
    half = stats.t.ppf(0.995, batches - 1) * np.std(rates, ddof=1) / math.sqrt(batches)
    return float(np.mean(rates)), float(half)


EXACT = {"tandem": 6 / 7, "unreliable": 0.650785, "assembly": 0.746878, "batch-oven": 0.125}


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(EXACT))
def test_the_toys_have_their_exact_answers(name, shared: Path):
    plant = load(shared / "line-file" / "toys" / f"{name}.yaml", installed_libraries())
    rate, half = batch_means(plant, seed=11)
    assert abs(rate - EXACT[name]) <= max(half, 1e-9 + 10 / 20000.0 * (name == "batch-oven")), (rate, half)
    assert half < 0.02 * rate


PARALLEL = """
line: parallel
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}}
  work: {count: 2, time: {law: exponential, mean: 2 s}, buffer: 1}
"""


def test_parallel_machines_against_their_chain_of_states():
    """Feed of rate 1, two machines of rate 1/2, one place: states are how many are behind the feed, 3 with the feed blocked.

    Items behind the feed: 0, 1, 2 (both busy), 3 (one waits), 4 (the feed is blocked). Up with 1 until 3, down with n/2 up to 1.
    """
    share = [1.0]
    for down in (0.5, 1.0, 1.0, 1.0):
        share.append(share[-1] / down)
    exact = sum(share[:4]) / sum(share)
    rate, half = batch_means(load_text(PARALLEL, installed_libraries()), seed=5)
    assert abs(rate - exact) <= half


def test_a_machine_alone_has_the_availability_of_its_failures():
    text = "line: alone\nproduct: part\nstations:\n  cut: {time: 1 s, failures: {jam: {mtbf: 100 s, mttr: 25 s}}}\n"
    rate, half = batch_means(load_text(text, installed_libraries()), seed=3)
    assert abs(rate - 0.8) <= half


@pytest.mark.shared
def test_going_on_is_the_same_as_going_through(shared: Path):
    plant = load(shared / "line-file" / "four-stations.yaml", installed_libraries())
    through = simulate(plant, until_s=7200, seed=4)
    half = simulate(plant, until_s=3600, seed=4)
    on = simulate(plant, until_s=7200, seed=4, start=copy_state(half.state))
    assert half.made + on.made == through.made
    assert (half.tally + on.tally).equals(through.tally)


@pytest.mark.shared
def test_rows_kept_fold_to_the_same_figures(shared: Path, tmp_path: Path):
    plant = load(shared / "line-file" / "four-stations.yaml", installed_libraries())
    ledger = Ledger(tmp_path)
    kept = simulate(plant, until_s=3600, seed=2, keep="all", ledger=ledger)
    silent = simulate(plant, until_s=3600, seed=2)
    assert kept.run is not None
    assert kept.tally.equals(silent.tally)
    assert kept.to_json()["stations"] == silent.to_json()["stations"]
    with ledger.reader(kept.run) as reader:
        assert fold_rows(reader, kept.compiled).equals(kept.tally)


@pytest.mark.shared
def test_the_library_line_runs_filled(shared: Path):
    plant = load(shared / "line-file" / "cylindrical-21700-tabless.yaml", installed_libraries())
    shares = []
    result = simulate(plant, until_s=7200, seed=1, progress=shares.append)
    assert 335 < result.per_min < 365
    assert shares == sorted(shares)
    assert (len(shares) > 1, shares[-1]) == (True, 1.0)
    wip = dict(zip(result.compiled.stations, result.wip, strict=True))
    assert wip["ageing-room"] == pytest.approx(23625, abs=60)
    assert wip["formation"] == pytest.approx(1968, abs=10)


def test_what_has_no_behaviour_yet_is_named():
    faulty = """
line: one
product: part
stations:
  oven: {time: 1 s, places: 2, count: 2}
  pack: {time: 1 s, adds: {can: 1}, steps: [{name: fold, time: 1 s}]}
materials: {can: {stock: 100}}
"""
    with pytest.raises(NotYetError) as told:
        simulate(load_text(faulty, installed_libraries()), until_s=10)
    assert {name for name, _ in told.value.elements} == {"stations.oven.count", "stations.pack.steps", "materials.can.stock"}
    assert all(":" in place for _, place in told.value.elements)


def test_no_time_is_refused():
    plant = load_text("line: one\nproduct: part\nstations:\n  cut: {time: 1 s}\n", installed_libraries())
    with pytest.raises(LinewrightError, match="some line time"):
        simulate(plant, until_s=0)
    with pytest.raises(LinewrightError, match="ledger"):
        simulate(plant, until_s=1, keep="all")


def test_a_simulation_without_rows_writes_none():
    plant = load_text("line: one\nproduct: part\nstations:\n  cut: {time: 1 s}\n", installed_libraries())
    compiled = compile_plant(plant)
    run = Simulation(compiled, open_line(compiled, 1))
    assert run.advance(10**9)
    assert not run.rows.count.any()


FAST = "line: fast\nproduct: part\nstations:\n  cut: {time: 1e-6 s}\n"


def test_where_the_kernel_is_stopped_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    plant = load("four-stations", installed_libraries())

    def rows(run: str) -> list[tuple]:
        reader = Ledger(tmp_path).reader(run)
        try:
            return [(v.unit, v.step, v.machine, v.in_us, v.start_us, v.done_us, v.out_us) for v in reader.visits_between(0, 2**62)]
        finally:
            reader.close()

    counted = simulate(plant, until_s=7200.0, seed=3)
    kept = simulate(plant, until_s=7200.0, seed=3, keep="all", ledger=Ledger(tmp_path))
    stops: list[int] = []

    def odd_step(*call: float) -> int:
        stops.append(round(call[0]))
        return 777_000_001

    monkeypatch.setattr(simulate_module, "next_step", odd_step)
    often = simulate(plant, until_s=7200.0, seed=3)
    assert len(stops) > 9000
    assert often.to_json() == counted.to_json()
    again = simulate(plant, until_s=7200.0, seed=3, keep="all", ledger=Ledger(tmp_path))
    assert rows(again.run) == rows(kept.run) != []


def test_it_can_be_stopped_within_a_step_of_a_very_fast_line():
    looks: list[float] = []

    def look(share: float) -> None:
        looks.append(time.monotonic())
        if len(looks) > 2 and looks[-1] - looks[0] > 0.5:
            raise KeyboardInterrupt

    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        simulate(load_text(FAST, installed_libraries()), until_s=3600.0, progress=look)
    assert len(looks) > 3, "calls of about a tenth of a second"
    assert time.monotonic() - begin < 60.0, "an hour of this line takes far longer; a machine under load is slow"


@pytest.mark.parametrize(
    ("error", "outcome", "why"),
    [(KeyboardInterrupt(), "stopped", "stopped by Ctrl-C"), (ValueError("a fault"), "failed", "a fault")],
)
def test_a_kept_simulation_that_is_broken_off_does_not_stay_open(error: BaseException, outcome: str, why: str, tmp_path: Path):
    def look(share: float) -> None:
        if share > 0.5:
            raise error

    ledger = Ledger(tmp_path)
    with pytest.raises(type(error)):
        simulate(load("four-stations", installed_libraries()), until_s=3600.0, keep="all", ledger=ledger, progress=look)
    info = ledger.run_info("twin-1")
    assert (info.outcome, info.is_written) == (outcome, False)
    reader = ledger.reader("twin-1")
    stopped = [e for e in reader.events_since() if e.kind == "run.stopped"]
    reader.close()
    assert [e.body["why"] for e in stopped] == [why]
    assert stopped[0].body["line_ns"] == (info.line_us - info.begin_us) * 1000 == 1860 * 10**9


def test_a_disk_that_is_nearly_full_is_said_before_and_while_rows_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    plant, ledger = load("four-stations", installed_libraries()), Ledger(tmp_path)
    monkeypatch.setattr(disk, "free_bytes", lambda _: 10**8)
    with pytest.raises(DiskLowError, match=r"100\.0 MB are free"):
        simulate(plant, until_s=60.0, keep="all", ledger=ledger)
    assert ledger.runs() == []
    room = iter([10**12, 10**12, 10**8])
    monkeypatch.setattr(disk, "free_bytes", lambda _: next(room))
    monkeypatch.setattr(simulate_module, "DISK_S", 0.0)
    with pytest.raises(DiskLowError, match="a simulation or an import begins anew"):
        simulate(plant, until_s=3600.0, keep="all", ledger=ledger)
    assert ledger.run_info("twin-1").outcome == "failed"


SERIAL = """
line: serial
product: part
stations:
  feed: {time: {law: exponential, mean: 1 s}, failures: {jam: {mtbf: 60 s, mttr: 5 s}}}
  work: {time: {law: lognormal, mean: 1 s, cv: 20 %}, buffer: 2, scrap: 3 %}
"""


def test_a_line_in_a_row_is_computed_by_the_recursion_with_the_figures_of_the_calendar(tmp_path):
    plant = load_text(SERIAL, installed_libraries())
    quick = simulate(plant, until_s=5000.0, seed=4)
    kept = simulate(plant, until_s=5000.0, seed=4, keep="all", ledger=Ledger(tmp_path))
    assert (quick.evaluator.name, kept.evaluator.name) == ("recursion", "calendar")
    assert quick.to_json()["evaluator"] == {"name": "recursion", "reasons": []}
    assert quick.tally.equals(kept.tally)
    assert quick.wip == kept.wip


def test_what_the_recursion_does_not_cover_is_told():
    plant = load_text(SERIAL.replace("scrap: 3 %", "maintenance: {clean: {every: 9 items, time: 9 s}}"), installed_libraries())
    evaluator = simulate(plant, until_s=100.0).evaluator
    assert evaluator.name == "calendar"
    assert evaluator.reasons == ("work: maintenance",)
    assert "work: maintenance" in evaluator.text


def test_a_line_with_an_oven_is_computed_by_both(tmp_path):
    oven = "  bake: {count: 2, batch: {size: 3}, time: 4 s, buffer: 3}\n"
    rest = "".join(f"  step-{i}: {{time: 1 s, buffer: 4, failures: {{jam: {{mtbf: 60 s, mttr: 5 s, by: fitter}}}}}}\n" for i in range(3))
    plant = load_text(SERIAL + oven + rest + "people: {fitter: {count: 1}}\n", installed_libraries())
    quick = simulate(plant, until_s=3000.0, seed=4)
    kept = simulate(plant, until_s=3000.0, seed=4, keep="all", ledger=Ledger(tmp_path))
    assert (quick.evaluator.name, kept.evaluator.name) == ("hybrid", "calendar")
    assert quick.evaluator.nodes == ("feed", "work", "step-0", "step-1", "step-2")
    assert "by the event calendar elsewhere: bake: an oven" in quick.evaluator.text
    assert quick.tally.equals(kept.tally)
    assert quick.wip == kept.wip
