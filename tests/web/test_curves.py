"""Curves of cells as the page gets them: of the run, from before it, and of what has none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import httpx
import pytest
from floor_world import built_page

from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.twin.simulate import simulate
from linewright.web.server import WebServer

RUN = "/api/runs/twin-1"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, str]]:
    """The 21700 line, filled, for five minutes: some trays that stood in formation have left it."""
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    simulate(load("cylindrical-21700-tabless", installed_libraries()), until_s=300.0, seed=7, keep="all", ledger=ledger)
    with WebServer(ledger, port=0, built=built_page(tmp_path_factory.mktemp("built"))) as server:
        yield ledger, f"http://127.0.0.1:{server.port}"


def asked(url: str, path: str) -> dict:
    answer = httpx.get(url + RUN + path, timeout=30.0)
    assert answer.status_code == 200, answer.text
    return answer.json()


def a_formed_cell(ledger: Ledger) -> tuple[str, str]:
    """Return a cell, and its tray, that has left formation in the run."""
    reader = ledger.reader()
    visit = reader.visits_between(0, 2**62, "formation")[0]
    first, _ = reader.in_ranges_of(visit.unit)[0]
    return reader.thing(first + 3).id, reader.thing(visit.unit).id


def test_a_cell_formed_in_the_run_has_its_curve(served: tuple[Ledger, str]) -> None:
    ledger, url = served
    cell, tray = a_formed_cell(ledger)
    body = asked(url, f"/things/{cell}/curves")
    (curve,) = body["curves"]
    assert (body["why_none"], curve["step"], curve["title"], curve["carrier"], curve["place"]) == (None, "formation", "Formation", tray, 4)
    assert curve["source"] == "twin"
    assert curve["done_us"] - curve["start_us"] == 86_400_000_000
    assert curve["t_s"][0] == 0.0
    assert curve["t_s"][-1] == 86400.0
    volts, amperes = curve["lines"]
    assert (volts["title"], volts["unit"], volts["decimals"], volts["total"]) == ("Voltage", "V", 3, None)
    assert (amperes["unit"], amperes["total"]["unit"]) == ("A", "Ah")
    assert len(volts["values"]) == len(amperes["values"]) == len(curve["t_s"]) <= 64
    assert max(volts["values"]) == pytest.approx(4.2)
    values = {v["characteristic"]: v["value"] for v in asked(url, f"/things/{cell}")["values"]}
    assert amperes["total"]["out"] == pytest.approx(values["capacity"], abs=0.001)
    assert 100.0 * amperes["total"]["out"] / amperes["total"]["in"] == pytest.approx(values["first-efficiency"], abs=0.02)
    spans = zip(pairwise(curve["t_s"]), pairwise(amperes["values"]), strict=True)
    out = -sum((b - a) / 3600.0 * (y + z) / 2.0 for (a, b), (y, z) in spans if y + z < 0)
    assert out == pytest.approx(amperes["total"]["out"], abs=1e-3), "the total is that of the points"


def test_a_cell_formed_before_the_run_says_so(served: tuple[Ledger, str]) -> None:
    (curve,) = asked(served[1], "/things/CELL-1000000/curves")["curves"]
    assert (curve["source"], curve["machine"]) == ("made before this run", None)


@pytest.mark.parametrize("thing", ["CELL-7700000", "T-27565", "cathode-coil-200"])
def test_what_no_channel_has_had_has_none_and_needs_no_reason(served: tuple[Ledger, str], thing: str) -> None:
    body = asked(served[1], f"/things/{thing}/curves")
    assert (body["id"], body["curves"], body["why_none"]) == (thing, [], None)


def test_a_thing_that_is_not_there_has_neighbours(served: tuple[Ledger, str]) -> None:
    answer = httpx.get(served[1] + f"{RUN}/things/CELL-99999999/curves", timeout=30.0)
    assert answer.status_code == 404
    assert answer.json()["nearest"]


def test_signals_of_channels_are_no_tags_of_the_machine(served: tuple[Ledger, str]) -> None:
    url = served[1]
    assert asked(url, "/stations/formation")["tags"] == []
    station = next(s for s in asked(url, "/plant")["stations"] if s["path"] == "formation")
    assert [(s["name"], s["per"]) for s in station["signals"]] == [("voltage", "channel"), ("current", "channel")]
    assert httpx.get(url + f"{RUN}/signals", params={"tags": "formation/1/voltage"}, timeout=30.0).status_code == 404
