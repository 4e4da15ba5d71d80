from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from lines import assert_same_rows, line, line_at, rows_of
from test_kill import started

from linewright.cli.main import run_command
from linewright.control.compile import compile_plant
from linewright.ledger.disk import WANTED_BYTES
from linewright.ledger.errors import DiskLowError, LockedError
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.live import run as run_module
from linewright.live.clock import MAX
from linewright.live.line_of_run import refuse_what_real_machines_cannot
from linewright.live.live_run import LiveRun
from linewright.live.plan_changes import PlanChangedError
from linewright.live.run import RunResult, run
from linewright.live.saved_state import decoded, encoded
from linewright.measures.figures import figures_of
from linewright.measures.fold import fold_rows
from linewright.measures.losses import losses_of
from linewright.measures.tally import OFF, STOPPED
from linewright.model.errors import LinewrightError, ModelError
from linewright.model.load import load, load_text
from linewright.model.plant import Plant


def quiet(text: str) -> None:
    del text


def go(plant: Plant, ledger: Path, **options: object) -> RunResult:
    given = {"speed": MAX, "until_s": 600.0, "say": quiet, "wanted_bytes": 0} | options
    return asyncio.run(run(plant, ledger=ledger, **given))  # type: ignore[arg-type]


def test_a_run_begins_goes_on_and_keeps_its_order(tmp_path: Path) -> None:
    first = go(line("four-stations"), tmp_path)
    second = go(line("four-stations"), tmp_path, until_s=1200.0)
    assert (first.run, first.is_continued, first.line_s, first.why) == ("live-1", False, 600.0, "until")
    assert (second.run, second.is_continued, second.line_s) == ("live-1", True, 1200.0)
    reader = Ledger(tmp_path).reader("live-1")
    kinds = [e.kind for e in reader.events_since(0) if not e.kind.startswith("alarm.")]
    assert kinds == ["run.started", "order", "recipe", "run.stopped", "run.continued", "run.stopped"]
    (order,) = reader.events_since(0, "order")
    assert (order.body["id"], order.body["state"], order.body["verb"]) == ("JO-0001", "running", "start")
    sample = json.loads(reader.latest_sample().body)
    assert sample["order"]["id"] == "JO-0001"
    (good,) = reader.row("SELECT count(*) FROM visit WHERE step = (SELECT key FROM name WHERE kind = 'step' AND text = 'test') AND verdict IN (0, 4)")
    assert 0 < sample["order"]["made"] <= good
    assert set(sample["stations"]) == {"wind", "weld", "fill", "test"}
    reader.close()


def test_a_new_run_is_begun_where_it_is_asked_for(tmp_path: Path) -> None:
    assert go(line("four-stations"), tmp_path).run == "live-1"
    assert go(line("four-stations"), tmp_path, continue_run=False).run == "live-2"
    assert go(line("four-stations"), tmp_path, until_s=700.0).run == "live-2"  # the newest


def test_a_changed_file_is_told_path_by_path_and_wants_a_word(tmp_path: Path) -> None:
    go(line("four-stations"), tmp_path)
    changed = load("four-stations", installed_libraries(), ["weld.time=5 s"])
    with pytest.raises(PlanChangedError, match=r"what --set makes of it[^\x00]*stations\.weld\.time: 4 s -> 5 s"):
        go(changed, tmp_path)
    went_on = go(changed, tmp_path, continue_run=True, until_s=700.0)
    assert (went_on.run, went_on.is_continued) == ("live-1", True)
    assert go(changed, tmp_path, continue_run=False).run == "live-2"


def test_a_run_has_one_seed_and_one_writer(tmp_path: Path) -> None:
    go(line("four-stations"), tmp_path, seed=5)
    with pytest.raises(LinewrightError, match="runs with seed 5"):
        go(line("four-stations"), tmp_path, seed=6)
    with pytest.raises(LinewrightError, match="no run of four-stations is there"):
        go(line("four-stations"), tmp_path / "elsewhere", continue_run=True)
    with Ledger(tmp_path).open_run("live-1"), pytest.raises(LockedError):
        go(line("four-stations"), tmp_path)


def test_a_disk_that_is_nearly_full_is_said_before_and_ends_a_run_cleanly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DiskLowError, match="GB are free"):
        go(line("four-stations"), tmp_path, wanted_bytes=10**18)
    looks = iter([None, None, DiskLowError(tmp_path, 10**9, WANTED_BYTES)])

    def look(folder: Path, wanted: int) -> None:
        found = next(looks)
        if found is not None:
            raise found

    monkeypatch.setattr(run_module, "check_space", look)
    monkeypatch.setattr(run_module, "DISK_S", 0.05)
    said: list[str] = []
    result = go(line("four-stations"), tmp_path, speed=60.0, until_s=3600.0, say=said.append)
    assert result.why == "the disk is nearly full"
    assert "Make room" in said[-1]
    monkeypatch.undo()
    assert go(line("four-stations"), tmp_path, until_s=600.0).is_continued


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_two_seconds_and_it_goes_on_from_there(tmp_path: Path, number: signal.Signals) -> None:
    process = started("four-stations", [], "60", 36_000.0, tmp_path)
    time.sleep(0.5)
    begun = time.monotonic()
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    took = time.monotonic() - begun
    assert process.returncode == 0, output
    assert "Traceback" not in output
    assert took < 2.0 + 3.0  # two seconds, and what a machine under load adds to the end of a process
    info = Ledger(tmp_path).run_info("live-1")
    assert (info.outcome, info.is_written) == ("stopped", False)
    reader = Ledger(tmp_path).reader("live-1")
    (stopped,) = reader.events_since(0, "run.stopped")
    reader.close()
    assert stopped.body["line_ns"] == (info.line_us - info.begin_us) * 1000
    assert go(line("four-stations"), tmp_path, until_s=stopped.body["line_ns"] / 1e9 + 60).is_continued


def test_a_signal_before_it_is_live_ends_it_cleanly_and_it_is_never_called_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin, told = LiveRun.begin, []

    def struck(live: LiveRun) -> None:
        begin(live)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(LiveRun, "begin", struck)
    handler = signal.getsignal(signal.SIGINT)
    result = go(line("four-stations"), tmp_path, on_ready=told.append)
    assert (result.why, result.line_s, told) == ("stopped by Ctrl-C", 0.0, [])
    assert Ledger(tmp_path).run_info("live-1").outcome == "stopped"
    assert signal.getsignal(signal.SIGINT) is handler
    monkeypatch.undo()
    assert go(line("four-stations"), tmp_path, on_ready=told.append).is_continued
    assert len(told) == 1


def test_who_asks_three_times_before_it_has_begun_is_not_made_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def struck(live: LiveRun) -> None:
        for _ in range(run_module.IMPATIENT):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(LiveRun, "begin", struck)
    with pytest.raises(KeyboardInterrupt):
        go(line("four-stations"), tmp_path)


def test_a_time_to_stop_at_that_is_past_is_said(tmp_path: Path) -> None:
    go(line("four-stations"), tmp_path)
    with pytest.raises(LinewrightError, match=r"live-1 is at 600 s of line time already, past the 300 s of --until[^\n]* --new"):
        go(line("four-stations"), tmp_path, until_s=300.0)
    assert go(line("four-stations"), tmp_path, until_s=600.0).line_s == 600.0, "a command that is repeated ends as it did"


def test_what_an_operator_asks_is_answered_in_the_ledger_and_survives(tmp_path: Path) -> None:
    numbers: list[int] = []

    def ready(live: LiveRun) -> None:
        assert live.commands.preview({"kind": "stop", "target": {"station": "wind", "machine": 1}})["can"]
        numbers.append(live.commands.send({"kind": "stop", "target": {"station": "wind", "machine": 1}, "by": "Ada", "request": "r1"}))
        numbers.append(live.commands.send({"kind": "hold", "target": {"things": ["cell-3"]}, "reason": "scratched", "by": "Ada"}))
        numbers.append(live.commands.send({"kind": "resume", "target": {"station": "weld", "machine": 2}}))

    go(line("four-stations"), tmp_path, until_s=300.0, on_ready=ready)
    reader = Ledger(tmp_path).reader("live-1")
    answers = [e.body for e in reader.events_since(0, "Command")]
    assert [(a["command"], a["ok"]) for a in answers] == [(numbers[0], True), (numbers[1], True), (numbers[2], False)]
    assert json.loads(reader.latest_sample().body)["stations"]["wind"]["worst"]["reason"] == "operator"
    made = reader.count("visit")
    reader.close()

    def resume(live: LiveRun) -> None:
        assert live.operator.kept.stopped == {("wind", 1)}
        assert [h.things for h in live.operator.kept.holds.values()] == [("cell-3",)]
        assert live.commands.send({"kind": "resume", "target": {"station": "wind", "machine": 1}}) == numbers[-1] + 1

    go(line("four-stations"), tmp_path, until_s=900.0, on_ready=resume)
    reader = Ledger(tmp_path).reader("live-1")
    assert reader.events_since(0, "Command")[-1].body["text"] == "wind 1 may run again"
    assert reader.count("visit") > made + 100
    reader.close()


@pytest.mark.parametrize("is_told", [True, False], ids=["another layout", "saved before layouts were told"])
def test_a_state_of_another_version_is_refused_with_the_next_step_and_nothing_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, is_told: bool
) -> None:
    go(line("four-stations"), tmp_path)
    file = Ledger(tmp_path).path_of("live-1")
    connection = sqlite3.connect(file, isolation_level=None)
    for seq, data in connection.execute("SELECT seq, state FROM checkpoint").fetchall():
        saved = decoded(data)
        if is_told:
            saved.values["layout"] = "0123456789abcdef"
        else:
            del saved.values["layout"]
            raw = bytearray(zlib.decompress(saved.arrays["line"].tobytes()))
            raw[:8] = (int.from_bytes(raw[:8], "little") + 7).to_bytes(8, "little")  # more rows than this line has
            saved.arrays["line"] = np.frombuffer(zlib.compress(bytes(raw)), np.uint8)
        connection.execute("UPDATE checkpoint SET state = ? WHERE seq = ?", (encoded(saved.arrays, saved.values), seq))
    connection.close()
    before = {table: rows_of(file, table) for table in ("visit", "state", "thing")}
    assert run_command(["run", "four-stations", "--no-page", "--until", "20 min", "--continue", "--ledger", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "live-1 cannot be gone on with: its saved state was written by another version" in told
    assert "--new" in told
    assert {table: rows_of(file, table) for table in before} == before
    assert Ledger(tmp_path).run_info("live-1").outcome == "stopped"
    assert go(line("four-stations"), tmp_path, continue_run=False).run == "live-2"


PAUSED = """
line: paused
product: cell
target: 10 ppm
materials: {powder: {}}
stations:
  mix: {time: 60 s, takes: {powder: 1 kg}, makes: {slurry: 100 kg}}
  wind: {count: 2, time: 4 s, takes: {slurry: {amount: 1 kg, buffer: 3}}, makes: cell, failures: {web-break: {mtbf: 20 min, mttr: 30 s}}}
  test: {time: 2 s, buffer: 20}
"""


def plant_begin(folder: Path) -> int:
    return Ledger(folder).run_info("live-1").begin_us


def test_after_a_pause_of_the_order_no_branch_begins_anything_and_the_rest_is_finished(tmp_path: Path) -> None:
    plant = load_text(PAUSED, installed_libraries())

    def pause(live: LiveRun) -> None:
        live.commands.send({"kind": "pause-run", "target": {}, "by": "Ada"})

    def resume(live: LiveRun) -> None:
        live.commands.send({"kind": "resume-run", "target": {}, "by": "Ada"})

    def ended(since_us: int = 0) -> dict[str, int]:
        """Works that ended after a line time, by station."""
        reader = Ledger(tmp_path).reader("live-1")
        counts = {s: sum(v.done_us > since_us for v in reader.visits_between(0, 2**62, s)) for s in ("mix", "wind", "test")}
        reader.close()
        return counts

    go(plant, tmp_path, until_s=300.0)
    go(plant, tmp_path, until_s=900.0, on_ready=pause)
    reader = Ledger(tmp_path).reader("live-1")
    (answer,) = reader.events_since(0, "Command")
    sample = json.loads(reader.latest_sample().body)
    reader.close()
    assert 300e6 <= answer.line_us - plant_begin(tmp_path) < 400e6
    paused = ended()
    assert {s: n for s, n in ended(answer.line_us).items() if s != "test"} == {"mix": 0, "wind": 0}, "nothing ends or is begun there"
    assert paused["test"] == paused["wind"] > 0, "what is begun is finished behind them"
    assert {sample["stations"][s]["worst"]["reason"] for s in ("mix", "wind")} == {"operator"}
    go(plant, tmp_path, until_s=1500.0, on_ready=resume)
    assert ended()["wind"] > paused["wind"] + 20


def test_a_machine_stopped_by_hand_is_a_loss_of_its_own_and_folding_agrees(tmp_path: Path) -> None:
    """One of two winders stands still: half of what winding could have made is lost by hand, winding stays the bottleneck."""
    plant = load_text(PAUSED, installed_libraries())

    def stop(live: LiveRun) -> None:
        live.commands.send({"kind": "stop", "target": {"station": "wind", "machine": 2}, "reason": "cleaning", "by": "Ada"})

    begun = go(plant, tmp_path, until_s=600.0, on_ready=stop)
    assert begun.why == "until"
    reader = Ledger(tmp_path).reader("live-1")
    compiled = compile_plant(plant, begin_us=reader.header().begin_us)
    tally = fold_rows(reader, compiled)
    first = compiled.machines.index("wind/2")
    assert tally.times[first, STOPPED] == pytest.approx(600e9, rel=0.02)
    assert tally.times[first, OFF] == 0
    losses = losses_of(compiled, tally, [compiled.station("wind")])
    parts = {each.cause: each.count for each in losses.parts}
    assert losses.possible == pytest.approx(2 * 600 / 4, rel=0.02)
    assert parts["stopped"] == pytest.approx(600 / 4, rel=0.03), "from the moment of the stop, a few seconds after the begin"
    figures = figures_of(compiled, tally)
    assert figures.line.bottleneck == "wind"
    assert figures.station("wind").availability < 0.5
    sample = json.loads(reader.latest_sample().body)
    assert "stopped" in {part["cause"] for part in sample["losses"]["parts"]}
    reader.close()


def test_signals_are_in_the_ledger_without_gap_or_overlap_and_as_the_feed_told(tmp_path: Path) -> None:
    heat = "recipe: {heat: 60 degC}, signals: {heat: {range: 0 .. 100 degC, every: 500 ms}}"
    text = f"line: dryer\nproduct: part\nstations:\n  dry: {{time: 5 s, {heat}}}\n"
    path = tmp_path / "dryer.yaml"
    path.write_text(text)
    plant = load(path, installed_libraries())
    told: list[float] = []

    def ready(live: LiveRun) -> None:
        live.listeners.append(lambda: told.extend(live.feed.newest("dry/1/heat", 0)[1].tolist()) if live.reached_ns and not told else None)

    for until in (130.0, 200.5, 333.0):
        go(plant, tmp_path / "ledger", until_s=until, on_ready=ready)
    reader = Ledger(tmp_path / "ledger").reader("live-1")
    begin = reader.header().begin_us
    blocks = reader.rows("SELECT begin_us - ?, every_us, n FROM signal ORDER BY begin_us", (begin,))
    times = [b + e * i for b, e, n in blocks for i in range(n)]
    assert times == [500_000 * i for i in range(667)]
    assert all(330.0 < v < 336.0 for v in told)
    reader.close()


def test_only_one_speed_with_a_real_machine_and_it_begins_now() -> None:
    plant = load("four-stations", installed_libraries(), ["weld.driver=opcua"])
    refuse_what_real_machines_cannot(1.0, plant)
    refuse_what_real_machines_cannot(MAX, line("four-stations"))
    for speed, word in [(60.0, "60"), (MAX, "max")]:
        with pytest.raises(LinewrightError, match=rf"--speed {word}: this line has real machines \(opcua\)"):
            refuse_what_real_machines_cannot(speed, plant)
    early = load("four-stations", installed_libraries(), ["weld.driver=opcua", "run.begin=2026-01-05 00:00"])
    with pytest.raises(LinewrightError, match=r"run\.begin: this line has real machines"):
        refuse_what_real_machines_cannot(1.0, early)


def test_drivers_that_are_not_there_are_told_at_once_each_with_its_place_and_nothing_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "floor.yaml"
    path.write_text("line: floor\nuse: four-stations\nstations:\n  weld: {driver: emulatd}\n  test:\n    driver: {use: opcua, address: here}\n")
    with pytest.raises(ModelError) as caught:
        go(load(path, installed_libraries()), tmp_path / "ledger", speed=1.0)
    text = str(caught.value)
    assert f"{path}:4:1  stations.weld.driver: there is no driver `emulatd` on this machine. Did you mean `emulated`?" in text
    assert f"{path}:6:1  stations.test.driver: there is no driver `opcua` on this machine." in text
    assert "There are: emulated" in text
    assert "2 faults. Nothing was run." in text
    assert Ledger(tmp_path / "ledger").runs() == []


def test_the_emulated_machines_by_messages_write_the_same_ledger_also_when_they_go_on(tmp_path: Path) -> None:
    plant = line_at("four-stations", "2026-01-05 00:00")
    go(plant, tmp_path / "loop", until_s=5000.0)
    for until_s in (1200.0, 5000.0):
        go(plant, tmp_path / "messages", until_s=until_s, by_messages=True)
    assert assert_same_rows(tmp_path / "loop" / "live-1.run", tmp_path / "messages" / "live-1.run")["visit"] > 1000
