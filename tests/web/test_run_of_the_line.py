"""A short run of the 21700 line with all its rows: units still in a machine, webs made before the run, machines that have not worked yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from linewright.genealogy.trace import trace
from linewright.ledger.ledger import Ledger
from linewright.ledger.reader import RunReader
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.twin.simulate import simulate
from linewright.web.server import WebServer


@dataclass
class Run:
    """The run's rows and its address."""

    reader: RunReader
    url: str

    def get(self, path: str, **query: Any) -> Any:
        answer = httpx.get(self.url + path, params=query, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    simulate(load("cylindrical-21700-tabless", installed_libraries()), until_s=240.0, seed=7, keep="all", ledger=ledger)
    (info,) = ledger.runs()
    reader = ledger.reader(info.run)
    with WebServer(ledger, port=0) as server:
        yield Run(reader, f"{server.url.rstrip('/')}/api/runs/{info.run}")
    reader.close()


def in_work(reader: RunReader) -> tuple[int, str, int, int]:
    """Return a unit that has taken its piece of a cathode strip and has not left the winder: key, web, piece."""
    role = reader.number("role", "cathode-strip")
    rows = reader.rows("SELECT unit, web, lo_mm, hi_mm FROM consume WHERE role = ? ORDER BY rowid DESC LIMIT 60", (role,))
    unit, web, lo, hi = next(r for r in rows if reader.thing(r[0]) is None)
    return unit, reader.ids_of([web])[web], lo, hi


def test_a_unit_in_work_has_its_id_and_its_page_before_its_first_visit(run: Run) -> None:
    key, web, lo, hi = in_work(run.reader)
    unit = f"CELL-{key & (2**40 - 1)}"
    strip = run.get(f"/webs/{web}/strip", from_m=lo / 1000 - 5, to_m=hi / 1000 + 5)
    assert unit in [u["id"] for u in strip["units"]]
    assert None not in [u["id"] for u in strip["units"]]
    thing = run.get(f"/things/{unit}")
    assert (thing["id"], thing["kind"], thing["verdict"], thing["life"]) == (unit, "unit", "in-process", [])
    assert web in [w["web"] for w in run.get(f"/things/{unit}/metres")["webs"]]
    assert httpx.get(f"{run.url}/things/CELL-{(key & (2**40 - 1)) + 1000}").status_code == 404


def test_a_web_made_before_the_run_has_its_length_and_the_units_that_trace_says(run: Run) -> None:
    _, web, lo, _ = in_work(run.reader)
    told = run.get(f"/webs/{web}")
    assert run.reader.thing(run.reader.key_of(web) or 0).amount is None  # type: ignore[union-attr] # no row tells its length
    assert told["length_m"] == pytest.approx(3023.94)
    lots = {each["id"]: each["length_m"] for each in run.get("/lots", kind="web", limit=1000)["lots"]}
    assert lots["cathode-strip-2520"] == pytest.approx(3023.94)
    from_m, to_m = lo / 1000 - 5.3, lo / 1000
    answer = run.get(f"/webs/{web}/units", from_m=from_m, to_m=to_m)
    expected = trace(run.reader, f"{web}:{from_m:.3f}..{to_m:.3f}")
    assert answer["certain"] == expected.certain > 0
    assert answer["certain"] + answer["possible"] == expected.possible > expected.certain
    assert answer["guard_m"] == 2.0
    assert run.get(f"/webs/{web}/units", from_m=from_m, to_m=to_m, guard_m=0)["possible"] < answer["possible"]
    whole = run.get(f"/webs/{web}/units", limit=1000)
    assert whole["to_m"] == pytest.approx(3023.94)
    assert whole["total"] > 0


def test_every_machine_of_thousands_can_be_reached_the_waiting_ones_first(run: Run) -> None:
    now = run.get("/line")["sample"]["stations"]["formation"]
    total, starved = sum(now["states"].values()), now["waiting"]["starved"]
    first = run.get("/stations/formation", order="state", limit=20)
    assert first["machines_total"] == total == 2137
    assert [m["reason"] for m in first["machines"]] == ["starved"] * 20  # no machine is at fault
    assert {m["group"] for m in first["machines"]} == {"waiting"}
    seen = [m for start in range(1, total + 1, 500) for m in run.get("/stations/formation", order="state", first=start, limit=500)["machines"]]
    assert sorted(m["machine"] for m in seen) == list(range(1, total + 1))
    groups = [m["group"] for m in seen]
    assert groups == sorted(groups, key=["fault", "no-data", "waiting", "planned", "running"].index)
    assert groups.count("waiting") == starved > 100
    last = run.get("/stations/formation", first=total, limit=20)["machines"]
    assert [(m["machine"], m["state"], m["availability"]) for m in last] == [(total, "Suspended", 0.0)]
    bars = run.get("/stations/formation/states", machines=f"1,{total}", pixels=100)["machines"]
    assert [(b["machine"], [r["group"] for r in b["rows"]]) for b in bars] == [(1, ["running"]), (total, ["waiting"])]


def test_machines_count_as_their_station_does_and_have_an_availability(run: Run) -> None:
    told = run.get("/stations/winder")
    assert 0 <= sum(m["made"] for m in told["machines"]) - told["now"]["made"] - told["now"]["scrap"] <= len(told["machines"])
    assert all(0.0 <= m["availability"] <= 1.0 for m in told["machines"])
    one = run.get("/stations/winder/3")
    assert (one["made"], one["since_us"]) == (told["machines"][2]["made"], told["since_us"])


def test_a_coil_change_reads_as_a_wait_in_the_list_in_the_bar_and_in_the_sample(run: Run) -> None:
    reader = run.reader
    why = reader.number("reason", "change")
    rows = [(reader.name(m) or "", at) for m, at in reader.rows("SELECT machine, from_us FROM state WHERE reason = ? ORDER BY from_us", (why,))]
    changes = [(machine, at) for machine, at in rows if machine.startswith("winder/")]
    assert changes, "no coil was changed in the run"
    machine, at = changes[0]
    bars = run.get(f"/stations/{machine}/states", from_us=at, to_us=at + 1_000_000)["rows"]
    assert [(b["state"], b["group"], b["reason"]) for b in bars] == [("Held", "waiting", "coil-change")]
