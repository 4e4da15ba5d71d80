"""A run that has made little yet: its list of webs goes on with what it began with; many units of one web are one node with the first of them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from floor_world import BEGIN_US, CELL, COIL

from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.web.server import WebServer

UNITS = 450  # more than are read of one node


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    plant = load("cylindrical-21700-tabless", installed_libraries())
    with ledger.create_run(plant.text, plant.digest, "twin", 7, 1.0, BEGIN_US, plant.name) as w:
        kind, material = w.key("kind", "web"), w.key("material", "cathode-coil")
        w.append("things", {
            "first_key": [COIL | 1, CELL | 101], "count": [4, UNITS], "prefix": ["cathode-coil", "CELL"], "first_serial": [1, 101],
            "kind": [kind, w.key("kind", "unit")], "material": [material, w.key("material", "cell-21700-tabless")],
            "remark": ["made before this run", None],
        })  # fmt: skip
        w.append(
            "thing",
            {"key": [COIL | 5], "id": ["cathode-coil-5"], "kind": [kind], "material": [material], "made_us": [BEGIN_US], "amount": [3_000_000]},
        )
        # The last unit has no row of its own: it was in a machine when the run began.
        units = [CELL | (101 + i) for i in range(UNITS)] + [CELL | 999]
        w.append("consume", {
            "web": [COIL | 5] * len(units), "lo_mm": [880 * i for i in range(len(units))], "hi_mm": [880 * (i + 1) for i in range(len(units))],
            "unit": units, "role": [w.key("role", "cathode-strip")] * len(units),
        })  # fmt: skip
        w.fact("kinds", [{"rank": "web", "prefix": "cathode-coil", "first_serial": 5, "material": "cathode-coil", "is_bought": False}])
        w.end("done", line_us=BEGIN_US + 1)
        run = w.run_id
    with WebServer(ledger, port=0) as server:
        yield f"{server.url.rstrip('/')}/api/runs/{run}"


def test_the_list_of_webs_goes_on_with_those_made_before(address: str) -> None:
    first = httpx.get(address + "/lots", params={"kind": "web", "limit": 3}).json()
    assert [w["id"] for w in first["lots"]] == ["cathode-coil-5", "cathode-coil-4", "cathode-coil-3"]
    second = httpx.get(address + "/lots", params={"kind": "web", "limit": 3, "after": first["next"]}).json()
    assert [(w["id"], w["remark"]) for w in second["lots"]] == [(f"cathode-coil-{n}", "made before this run") for n in (2, 1)]
    assert second["next"] is None


def test_a_group_names_the_first_of_its_units_and_none_without_an_id(address: str) -> None:
    tree = httpx.get(address + "/things/cathode-coil-5/tree").json()
    (group,) = [n for n in tree["nodes"] if n["kind"] == "group"]
    assert (group["count"], group["of"], group["last"]) == (UNITS + 1, "cathode-coil-5", f"CELL-{100 + UNITS}")
    assert group["firsts"] == [f"CELL-{101 + i}" for i in range(24)]
    assert group["lines"] == [f"CELL-101 to CELL-{100 + UNITS}"]
    (edge,) = [e for e in tree["edges"] if e["to"] == group["id"]]
    assert (edge["lo_m"], edge["hi_m"]) == (0.0, pytest.approx(0.88 * (UNITS + 1))), "from the first piece to the last of the web"
