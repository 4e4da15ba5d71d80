"""A real cell over the wire: what its page shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from linewright.exchange.kiprobatt.record import import_records
from linewright.ledger.ledger import Ledger
from linewright.web.server import WebServer

CELL = "LabObject:OSL5fc0a8322ff64454952ef5a31b6e39e4-23O0058"


@pytest.fixture(scope="module")
def address(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    run = import_records(shared / "data/kiprobatt/kiprobatt-early.tar.gz", ledger).run.run
    with WebServer(ledger, port=0) as server:
        yield f"{server.url.rstrip('/')}/api/runs/{run}/things/{CELL}"


def test_the_tree_reaches_all_26_ancestors_and_tells_stated_from_rule(address: str) -> None:
    tree = httpx.get(address + "/tree", params={"way": "both", "depth": 12, "limit": 200}).json()
    assert (len(tree["nodes"]), tree["cut"]) == (27, False)
    assert all(n["more"]["from"] == 0 for n in tree["nodes"])
    assert {e["basis"] for e in tree["edges"]} == {"stated", "rule"}
    kinds = [n["kind"] for n in tree["nodes"]]
    assert (kinds.count("Electrode"), kinds.count("ElectrodeFoil")) == (11, 2)
    masses = sorted(n["lines"][0] for n in tree["nodes"] if n["kind"] == "Electrode")
    assert (masses[0], masses[-1]) == ("0.5017 g", "0.6483 g")


def test_what_the_records_tell_comes_by_section_with_the_words_as_typed(address: str) -> None:
    told = httpx.get(address + "/told").json()
    assert (told["ancestors"], told["stated"], told["absent"]) == (26, 3, 4)
    sections = {s["title"]: s["rows"] for s in told["sections"]}
    assert list(sections) == ["Sheets", "Filling", "Drying", "Formation"]
    assert sorted(r["literal"] for r in sections["Sheets"])[::10] == ["0.5017 g", "0.6483 g"]
    filling = {r["characteristic"]: r for r in sections["Filling"]}
    assert (filling["WettCellMass"]["literal"], filling["WettCellMass"]["basis"]) == ("13.08 g", "stated")
    assert {r["characteristic"]: r["literal"] for r in sections["Drying"]}["Duration"] == "24 h"
    missing = {r["characteristic"]: r["remark"] for r in sections["Formation"]}
    assert missing["MeasurementChannel"] == "asked for, never filled in"


def test_an_id_that_is_none_has_no_told(address: str) -> None:
    assert httpx.get(address + "9/told").status_code == 404
