"""What real records tell of a cell, against what an independent reader found in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linewright.exchange.kiprobatt.record import import_records
from linewright.genealogy.records import Records
from linewright.genealogy.told import ancestors, told_of
from linewright.genealogy.tree import ToldValue
from linewright.ledger.ledger import Ledger
from linewright.ledger.reader import RunReader

CELL = "LabObject:OSL5fc0a8322ff64454952ef5a31b6e39e4-23O0058"


@pytest.fixture(scope="module")
def facts(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "data/kiprobatt/facts.json").read_text(encoding="utf-8"))["cells"]
    return found


@pytest.fixture(scope="module")
def reader(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunReader]:
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    done = import_records(shared / "data/kiprobatt/kiprobatt-early.tar.gz", ledger)
    found = ledger.reader(done.run.run)
    yield found
    found.close()


def told_rows(records: Records, cell: str) -> dict[str, list[ToldValue]]:
    key = records.reader.key_of(cell)
    assert key is not None
    told = told_of(records, key)
    assert told is not None
    return {s.title: list(s.rows) for s in told.sections}


def test_ancestors_stated_and_by_rule_are_those_of_the_independent_reader(reader: RunReader, facts: dict[str, Any]) -> None:
    records = Records(reader)
    for cell, fact in facts.items():
        key = reader.key_of(cell)
        assert key is not None
        line = ancestors(records, key)
        del line[key]
        assert sorted(a.thing.id for a in line.values()) == fact["ancestors"], cell
        assert sorted(a.thing.id for a in line.values() if a.is_stated) == fact["ancestors_stated"], cell
        told = told_of(records, key)
        assert told is not None
        assert (told.ancestors, told.stated, told.absent) == (len(fact["ancestors"]), len(fact["ancestors_stated"]), len(fact["ancestors_absent"]))


def test_sheets_filling_drying_and_formation_are_those_of_the_independent_reader(reader: RunReader, facts: dict[str, Any]) -> None:
    records = Records(reader)
    for cell, fact in facts.items():
        rows = told_rows(records, cell)
        sheets = {r.thing: r.value.literal for r in rows.get("Sheets", []) if r.value.value is not None}
        assert sheets == {t: v["literal"] for t, v in fact["sheet_masses"].items()}, cell
        names = {"DryCellWithBracingMass", "ElectrolyteVolume", "WettCellMass"}
        filling = sorted((r.thing, r.value.characteristic, r.value.literal) for r in rows.get("Filling", []) if r.value.characteristic in names)
        assert filling == sorted((v["object"], v["name"], v["literal"]) for v in fact["filling"]), cell
        drying = sorted((r.thing.removeprefix("LabObject:"), r.value.characteristic, r.value.literal) for r in rows.get("Drying", []))
        assert drying == sorted((v["protocol"], v["name"], v["literal"]) for v in fact["drying"]), cell
        formation = rows.get("Formation", [])
        channels = [(r.thing, r.value.literal) for r in formation if r.value.characteristic == "MeasurementChannel" and r.value.literal is not None]
        assert channels == [(v["object"], v["literal"]) for v in fact["formation"] if v["name"] == "MeasurementChannel"], cell
        charges = sorted((r.thing, r.value.stated) for r in formation if r.value.characteristic == "first charge")
        files = [v for v in fact["formation"] if v["name"] == "cycler file" and v["first_charge_Ah"] is not None]
        assert charges == sorted(("File:" + v["file"], v["first_charge_Ah"]) for v in files), cell


def test_a_cell_of_eleven_sheets_knows_their_sides_and_how_they_are_linked(reader: RunReader) -> None:
    rows = told_rows(Records(reader), CELL)
    sheets = rows["Sheets"]
    assert [r.sides for r in sheets] == [("anode",)] * 6 + [("cathode",)] * 5
    assert all(0.50e-3 < (r.value.value or 0.0) < 0.65e-3 for r in sheets)
    # The way to the stack is by rule I2; to all sheets but the one that the step names, also by I1.
    assert {r.rules for r in sheets} == {("I2",), ("I1", "I2")}
    assert {r.value.text for r in rows["Filling"] if r.value.characteristic == "ElectrolyteSelection"} == {
        "LabObject:OSLa64368d137e7432e9ebab5ad05cff30b"
    }
    assert [(r.basis, r.sides) for r in rows["Drying"]] == [("rule", ("anode", "cathode"))] * 5
    assert {r.basis for r in rows["Filling"]} == {"stated"}
