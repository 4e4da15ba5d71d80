"""The addresses of explanations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from floor_world import built_page

from fault_lines import CELLS
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.twin.simulate import simulate
from linewright.web.server import WebServer


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    simulate(load_text(CELLS, installed_libraries(), "cells"), until_s=3600.0, keep="all", ledger=ledger)
    with (
        WebServer(ledger, port=0, built=built_page(tmp_path_factory.mktemp("built"))) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30.0) as client,
    ):
        yield client


def test_what_can_be_asked_is_offered(client: httpx.Client) -> None:
    asked = {q["bad"] for q in client.get("/api/runs/twin-1/explain/questions").json()["questions"]}
    assert {"failed@grader", "failed@filler", "capacity outside", "electrolyte-mass outside"} <= asked


def test_a_question_is_answered(client: httpx.Client) -> None:
    body = client.get("/api/runs/twin-1/explain", params={"bad": "electrolyte-mass < 6.95 g"}).json()
    assert body["bad"]["units"] > 10
    assert body["causes"] == []
    assert body["nearest"]["log10_p"] > -2


def test_a_question_that_cannot_be_asked_is_a_fault_of_the_asker_and_no_file_is_read(client: httpx.Client, tmp_path: Path) -> None:
    told = client.get("/api/runs/twin-1/explain", params={"bad": "capcity < 4 Ah"})
    assert told.status_code == 400
    assert "Did you mean `capacity`?" in told.json()["what"]
    file = tmp_path / "ids.txt"
    file.write_text("cell-1", encoding="utf-8")
    assert client.get("/api/runs/twin-1/explain", params={"bad": str(file)}).status_code == 400
