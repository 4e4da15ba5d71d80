"""A machine that is not heard is told as "no data": now, over time, and in what is pushed."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from floor_world import BEGIN_US, MINUTE_US

from linewright.ledger.ledger import Ledger
from linewright.ledger.records import StateSpan
from linewright.ledger.writer import RunWriter
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.web.readers import Readers
from linewright.web.server import WebServer
from linewright.web.silences import silences_of, with_silences
from linewright.web.topics import States

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "write_a_driver" / "floor.yaml"


def at(minute: float) -> int:
    return BEGIN_US + int(minute * MINUTE_US)


def told(writer: RunWriter, kind: str, minute: float, *stations: str) -> None:
    writer.event(kind, at(minute), {"driver": "json-lines/weld", "stations": list(stations), "connection": "lost", "age_s": 3.0})


def write(writer: RunWriter, minute: float, states: dict[str, int]) -> None:
    weld = {"states": states, "machines": [{"state": next(iter(states)), "reason": None, "since_us": at(0), "made": 3, "left": None}] * 2}
    writer.sample(at(minute), json.dumps({"v": 1, "speed": 1, "state": "running", "stations": {"weld": weld}}))
    writer.commit(line_us=at(minute))


def test_a_silent_machine_is_told_without_data_now_and_over_time(tmp_path: Path) -> None:
    plant, ledger = load(EXAMPLE, installed_libraries()), Ledger(tmp_path)
    with ledger.create_run(plant.text, plant.digest, "live", 7, 1.0, BEGIN_US, plant.name) as writer:
        machines = [writer.key("machine", f"weld/{k}") for k in (1, 2)] + [writer.key("machine", "wind/1")]
        states = [writer.key("state", name) for name in ("Execute", "Held")]
        writer.append("state", {"machine": [*machines, machines[0]], "from_us": [at(0)] * 3 + [at(4)], "state": [states[0]] * 3 + [states[1]]})
        told(writer, "driver.silent", 2, "weld")
        told(writer, "driver.silent", 3, "fill")
        write(writer, 5, {"NoData": 2})
        built = tmp_path / "built"
        built.mkdir()
        (built / "index.html").write_text("<html></html>")
        run = Readers(ledger).open(writer.run_id)
        pushed = States(run, "weld", 1, at(1))
        (out,) = pushed.produce()
        assert [(r["from_us"], r["group"]) for r in out.header["body"]["rows"]] == [(at(2), "no-data")]
        assert pushed.produce() == []
        with WebServer(ledger, port=0, run=writer.run_id, built=built) as server:
            url = f"{server.url}api/runs/{writer.run_id}/stations"
            machine = httpx.get(f"{url}/weld/1").json()["machine"]
            assert (machine["state"], machine["group"], machine["reason"], machine["since_us"]) == ("NoData", "no-data", None, at(2))
            assert httpx.get(f"{url}/wind/1").json()["machine"]["state"] == "Execute"
            rows = httpx.get(f"{url}/weld/1/states", params={"from_us": at(1), "to_us": at(5)}).json()["rows"]
            assert [(r["from_us"], r["to_us"], r["state"]) for r in rows] == [(at(1), at(2), "Execute"), (at(2), at(5), "NoData")]
            told(writer, "driver.heard", 6, "weld")
            write(writer, 7, {"Execute": 1, "Held": 1})
            body = httpx.get(f"{url}/weld/states", params={"from_us": at(1), "to_us": at(7)}).json()
            bars = [[(r["from_us"], r["to_us"], r["state"]) for r in m["rows"]] for m in body["machines"]]
            silent = (at(2), at(6), "NoData")
            assert bars[0] == [(at(1), at(2), "Execute"), silent, (at(6), at(7), "Held")]
            assert bars[1] == [(at(1), at(2), "Execute"), silent, (at(6), at(7), "Execute")]
            assert httpx.get(f"{url}/weld/1").json()["machine"]["state"] == "Held"
        (out,) = pushed.produce()
        assert [(r["from_us"], r["state"]) for r in out.header["body"]["rows"]] == [(at(6), "Held")]
        assert silences_of(run, "weld", at(9)) == [(at(2), at(6))]
        assert silences_of(run, "wind", at(9)) == []


@pytest.mark.parametrize(
    ("silences", "seen"),
    [
        ([], [(10, 20), (20, None)]),
        ([(0, 5)], [(0, 5), (10, 20), (20, None)]),
        ([(0, 15)], [(0, 15), (15, 20), (20, None)]),
        ([(12, 13), (14, 25)], [(10, 12), (12, 13), (13, 14), (14, 25), (25, None)]),
        ([(30, None)], [(10, 20), (20, 30), (30, None)]),
        ([(5, None)], [(5, None)]),
    ],
)
def test_silences_are_cut_out_of_states(silences: list[tuple[int, int | None]], seen: list[tuple[int, int | None]]) -> None:
    spans = [StateSpan("m", 10, 20, "Execute", None), StateSpan("m", 20, None, "Held", "jam")]
    found = with_silences(spans, silences, "m")
    assert [(s.from_us, s.to_us) for s in found] == seen
    assert [(s.from_us, s.to_us) for s in found if s.state == "NoData"] == silences
