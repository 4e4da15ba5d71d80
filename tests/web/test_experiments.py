"""Experiments on the real server: begun, watched, stopped, kept, compared; faults said at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets.sync.client

from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.model.errors import LinewrightError
from linewright.model.load import load
from linewright.tuning import run_experiment as module
from linewright.tuning.asked import Asked, experiment_of
from linewright.tuning.run_experiment import run_experiment
from linewright.web.experiment_queue import MOST_QUEUED
from linewright.web.frames import FrameType, decode
from linewright.web.server import WebServer

SMALL: dict[str, Any] = {"line": "four-stations", "versus": ["wind.count=2"], "until": "6 h", "replications": 3, "warm_up": "0"}
#: So long that no test waits for its end.
LONG: dict[str, Any] = {"line": "four-stations", "until": "9000 days", "replications": 200, "warm_up": "0"}


class Plan:
    """A planner's page as far as the server sees it."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def get(self, path: str, **query: object) -> httpx.Response:
        return httpx.get(f"{self.origin}/api/experiments{path}", params={k: str(v) for k, v in query.items()}, timeout=30.0)

    def json(self, path: str = "", **query: object) -> dict[str, Any]:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def post(self, body: object, path: str = "") -> httpx.Response:
        return httpx.post(f"{self.origin}/api/experiments{path}", json=body, headers={"Origin": self.origin}, timeout=30.0)

    def begin(self, **more: object) -> str:
        answer = self.post({**SMALL, **more})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def until(self, experiment: str, *states: str, seconds: float = 60.0) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while True:
            body = self.json(f"/{experiment}")
            if body["state"] in states:
                return body
            assert time.monotonic() < end, body["state"]
            time.sleep(0.05)


def plan_of(server: WebServer) -> Plan:
    return Plan(server.url.rstrip("/"))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plan]:
    with WebServer(Ledger(tmp_path_factory.mktemp("ledger")), port=0) as server:
        yield plan_of(server)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


def test_an_experiment_gives_the_findings_of_the_command_line(plan: Plan) -> None:
    number = plan.begin(title="A second winder")
    body = plan.until(number, "done")
    assert (body["title"], body["line"], body["cases"], body["share"], body["why"]) == ("A second winder", "four-stations", 2, None, None)
    assert body["command"] == "linewright simulate four-stations --until '6 h' --vs wind.count=2 --replications 3 --warm-up 0"
    found = body["findings"]
    asked = Asked(versus=("wind.count=2",), until_s=21600.0, replications=3, warm_up_s=0.0)
    own = run_experiment(experiment_of("four-stations", installed_libraries(), asked))
    estimate, difference = own.estimate(1, "output"), own.difference(1, "output")
    assert estimate is not None
    assert difference is not None
    assert found["cases"][1]["figures"]["output"]["mean"] == estimate.mean
    assert found["cases"][1]["figures"]["output"]["half_width"] == estimate.half_width
    assert found["cases"][1]["differences"]["output"]["low"] == difference.estimate.low
    assert found["cases"][1]["differences"]["output"]["verdict"] == difference.verdict == "higher"
    assert found["cases"][0]["base"] is None
    assert found["cases"][1]["base"] == 0
    assert [n for n, _ in found["cases"][0]["narrowing"]] == [2, 3]
    assert found["cases"][0]["pace"]["method"] == "active-periods"
    assert found["cases"][0]["pace"]["shares"] == [list(row) for row in own.active[0].shares]
    assert found["result"]["label"] == "wind.count=2"
    assert not [f for f in found["figures"] if "." in f["name"]]
    assert "wind.output" in plan.json(f"/{number}", stations=True)["findings"]["cases"][0]["figures"]
    row = next(row for row in plan.json()["experiments"] if row["id"] == number)
    assert row["result"] == found["result"]
    assert "findings" not in row


def test_its_report_opens_as_a_page(plan: Plan) -> None:
    number = plan.begin()
    plan.until(number, "done")
    answer = plan.get(f"/{number}/report")
    assert answer.headers["content-type"].startswith("text/html")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "Differences" in answer.text


def test_progress_comes_on_the_stream(plan: Plan) -> None:
    with websockets.sync.client.connect(plan.origin.replace("http", "ws") + "/api/stream", origin=plan.origin, close_timeout=0.5) as socket:
        socket.send(json.dumps({"op": "subscribe", "id": 1, "topic": "experiments"}))
        number = plan.post(LONG).json()["id"]
        shares, end = [], time.monotonic() + 60
        while len([s for s in shares if s]) < 3:
            assert time.monotonic() < end, shares
            data = socket.recv(20)
            assert isinstance(data, bytes)
            frame = decode(data)
            assert (frame.type, frame.header["run"]) == (FrameType.TABLE, None)
            shares += [row["share"] for row in frame.header["body"]["experiments"] if row["id"] == number]
        assert shares == sorted(shares)
        plan.post({}, f"/{number}/stop")
        states: list[str] = []
        while "stopped" not in states:
            assert time.monotonic() < end, states
            data = socket.recv(20)
            assert isinstance(data, bytes)
            states += [row["state"] for row in decode(data).header["body"]["experiments"] if row["id"] == number]


def test_one_runs_and_the_others_wait_their_turn(plan: Plan) -> None:
    first = plan.post(LONG).json()["id"]
    plan.until(first, "running")
    second = plan.begin()
    assert (plan.json(f"/{second}")["state"], plan.json(f"/{second}")["place"]) == ("queued", 1)
    third = plan.begin()
    assert plan.post({}, f"/{third}/stop").json()["state"] == "stopped"
    assert plan.post({}, f"/{first}/stop").status_code == 202
    assert plan.until(first, "stopped")["findings"] is None  # no replication of it was whole
    assert plan.until(second, "done")["began_us"] is not None
    assert plan.json(f"/{third}")["began_us"] is None
    answer = plan.post({}, f"/{first}/stop")
    assert (answer.status_code, answer.json()["what"]) == (409, f"Experiment {first} is over.")


def test_what_was_whole_of_a_stopped_one_is_kept(plan: Plan) -> None:
    number = plan.begin(replications=100)
    end = time.monotonic() + 60
    while (plan.json(f"/{number}")["share"] or 0.0) < 0.05:
        assert time.monotonic() < end
        time.sleep(0.05)
    plan.post({}, f"/{number}/stop")
    body = plan.until(number, "stopped")
    assert 0 < body["findings"]["replications_done"] < 100
    assert body["findings"]["is_whole"] is False
    assert plan.get(f"/{number}/report").status_code == 200


def test_a_sweep_keeps_where_each_case_lies(plan: Plan) -> None:
    number = plan.begin(versus=[], sweep=["wind.count=1..3"], replications=2)
    found = plan.until(number, "done")["findings"]
    assert found["paths"] == ["wind.count"]
    assert [case["point"] for case in found["cases"]] == [{"wind.count": str(n)} for n in (1, 2, 3)]


def test_all_faults_at_once_and_nothing_is_begun(plan: Plan) -> None:
    before = plan.json()["total"]
    asked = {
        "line": "four-stations", "set": ["wnd.count=2"], "versus": ["weld.bufer=3"], "sweep": ["wind.count=1..x"], "until": "soon",
        "confidence": "high", "replications": 2,
    }  # fmt: skip
    answer = plan.post(asked)
    assert answer.status_code == 422
    faults = "\n".join(answer.json()["faults"])
    for part in ("--until", "--confidence", "--set wnd.count=2", "--vs weld.bufer=3", "--sweep wind.count=1..x", "Did you mean `wind`?"):
        assert part in faults
    assert answer.json()["what"] == f"The experiment cannot begin: {len(answer.json()['faults'])} faults."
    for body, word in (
        ({"line": "four-stations", "replications": 0, "colour": "red"}, "`colour`"),
        ({"until": "1 day"}, "Which line?"),
        ({"line": "four-statons"}, "Did you mean `four-stations`?"),
        ({"line": "../secret.yaml"}, "the page takes lines of the library"),
        ({"line": "four-stations", "versus": ["/etc/passwd"]}, "the page takes lines of the library"),
        ({"text": "experiment: a\nuse: /etc/passwd.yaml\n"}, "names a file, but this text stands in no folder"),
        ({**SMALL, "sweep": ["wind.count=1..101"]}, "the page takes 200"),
        ({**SMALL, "warm_up": "2 days"}, "leaves nothing"),
    ):
        answer = plan.post(body)
        assert answer.status_code == 422, answer.text
        assert word in "\n".join(answer.json()["faults"])
    assert plan.post({"run": "live-9"}).status_code == 404
    assert plan.json()["total"] == before


def test_a_preview_tells_and_does_nothing(plan: Plan) -> None:
    before = plan.json()["total"]
    body = plan.post({**SMALL, "preview": True}).json()
    assert (body["cases"], body["replications"], body["until_s"], body["confidence"]) == (["as written", "wind.count=2"], 3, 21600.0, 0.95)
    assert plan.json()["total"] == before


def test_strangers_are_refused(plan: Plan) -> None:
    url = f"{plan.origin}/api/experiments"
    for headers in ({}, {"Origin": "http://evil.example"}):
        assert httpx.post(url, json=SMALL, headers=headers).status_code == 403
        assert httpx.delete(f"{url}/1", headers=headers).status_code == 403
        assert httpx.post(f"{url}/1/stop", headers=headers).status_code == 403
    assert httpx.post(url, content=b"line: x", headers={"Origin": plan.origin}).status_code == 415
    assert plan.get("/..%2f..%2fetc").status_code == 404


def test_two_kept_ones_are_compared_in_the_figures_that_both_have(plan: Plan) -> None:
    one, other = plan.begin(versus=[]), plan.begin(versus=[], set=["wind.count=2"])
    for number in (one, other):
        plan.until(number, "done")
    together = plan.until(plan.begin(), "done")["findings"]["cases"][1]
    body = plan.json(f"/{one}/against/{other}")
    output = next(f for f in body["figures"] if f["name"] == "output")
    assert body["differs"] == []
    assert output["difference"]["mean"] == pytest.approx(together["differences"]["output"]["mean"])
    assert output["difference"]["half_width"] == pytest.approx(together["differences"]["output"]["half_width"])
    assert output["difference"]["verdict"] == "higher"
    assert plan.get(f"/{one}/against/{other}", case=7).status_code == 404


def test_an_experiment_file_is_pasted_and_kept_with_its_line(ledger: Ledger) -> None:
    text = (
        "experiment: second-winder\nuse: four-stations\nvariants: {as-built: {}, two: {wind.count: 2}}\n"
        "run: {until: 6 h, warm-up: 1 h, replications: 3}\n"
    )
    with WebServer(ledger, port=0) as server:
        plan = plan_of(server)
        answer = plan.post({"text": text})
        assert answer.status_code == 202, answer.text
        number = answer.json()["id"]
        body = plan.until(number, "done")
    kept = ledger.folder / "experiments" / f"{number}.yaml"
    assert kept.read_text(encoding="utf-8") == text
    assert body["command"] == f"linewright simulate {kept.absolute()}"
    assert body["findings"]["variants"] == ["as-built", "two"]
    assert body["line"] == "second-winder"


def test_the_line_of_a_run_is_run_as_it_was(ledger: Ledger) -> None:
    changed = load("four-stations", installed_libraries(), ("wind.count=3",))
    for plant in (changed, load("four-stations", installed_libraries())):
        with ledger.create_run(plant.text, plant.digest, "twin", 1, None, 0, plant.name) as writer:
            writer.commit(line_us=1)
    runs = {info.plan: info.run for info in ledger.runs()}
    with WebServer(ledger, port=0) as server:
        plan = plan_of(server)
        number = plan.post({"run": runs[changed.digest], "until": "1 day", "replications": 2, "warm_up": "0"}).json()["id"]
        body = plan.until(number, "done")
        again = plan.post({"run": next(run for plan_, run in runs.items() if plan_ != changed.digest), "preview": True}).json()
    own = run_experiment(experiment_of("four-stations", installed_libraries(), Asked(("wind.count=3",), (), (), 86400.0, 0.0, replications=2)))
    estimate = own.estimate(0, "output")
    assert estimate is not None
    assert body["findings"]["cases"][0]["figures"]["output"]["mean"] == estimate.mean
    assert body["run"] == runs[changed.digest]
    assert (ledger.folder / "experiments" / f"{number}.yaml").is_file()
    assert again["command"] == "linewright simulate four-stations"


def test_they_outlive_the_server_and_can_be_deleted(ledger: Ledger) -> None:
    with WebServer(ledger, port=0) as server:
        plan = plan_of(server)
        done = plan.begin()
        before = plan.until(done, "done")
        under_way = plan.post(LONG).json()["id"]
        waiting = plan.begin()
        plan.until(under_way, "running")
        assert httpx.delete(f"{plan.origin}/api/experiments/{under_way}", headers={"Origin": plan.origin}).status_code == 409
    with WebServer(ledger, port=0) as server:
        plan = plan_of(server)
        assert plan.json(f"/{done}") == before
        assert {row["id"]: row["state"] for row in plan.json()["experiments"]} == {done: "done", under_way: "interrupted", waiting: "interrupted"}
        assert httpx.delete(f"{plan.origin}/api/experiments/{done}", headers={"Origin": plan.origin}).status_code == 200
        assert plan.get(f"/{done}").status_code == 404
        assert not list((ledger.folder / "experiments").glob(f"{done}.*"))


def test_one_that_a_killed_server_ran_is_told_as_interrupted(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "linewright.cli", "serve", "--ledger", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        other = Plan(process.stdout.readline().split()[4].rstrip("/"))
        number = other.post(LONG).json()["id"]
        other.until(number, "running")
        with WebServer(Ledger(tmp_path), port=0) as server:
            plan = plan_of(server)
            body = plan.json(f"/{number}")
            assert (body["state"], body["here"], body["share"]) == ("running", False, None)
            assert plan.post({}, f"/{number}/stop").json()["what"] == f"Another server runs experiment {number}."
            assert plan.begin() == str(int(number) + 1)
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)
            assert plan.json(f"/{number}")["state"] == "interrupted"


def test_a_damaged_file_is_said_and_the_others_are_shown(ledger: Ledger) -> None:
    folder = ledger.folder / "experiments"
    folder.mkdir(parents=True)
    (folder / "4.json").write_text('{"id": "4", "sta', encoding="utf-8")
    with WebServer(ledger, port=0) as server:
        plan = plan_of(server)
        number = plan.begin()
        assert number == "5"
        assert {row["id"]: row["state"] for row in plan.json()["experiments"]}["4"] == "damaged"
        assert plan.get("/4").status_code == 503
        plan.until(number, "done")


def test_one_that_fails_says_why_and_the_next_one_runs(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(*_: object, **__: object) -> None:
        raise LinewrightError("four-stations: nothing can happen any more since 2 h: weld waits for wind.")

    with monkeypatch.context() as patch:
        patch.setattr(module, "run_experiment", stuck)
        body = plan.until(plan.begin(), "failed")
    assert body["why"] == "four-stations: nothing can happen any more since 2 h: weld waits for wind."
    assert plan.until(plan.begin(), "done", "failed")["state"] == "done"


def test_too_many_that_wait_are_refused(ledger: Ledger) -> None:
    with WebServer(ledger, port=0) as server:
        plan = plan_of(server)
        for _ in range(MOST_QUEUED + 1):
            assert plan.post(LONG).status_code == 202
        assert plan.post(LONG).status_code == 429
