"""The pilot line's records in a real ledger: everything there, three fields a value, stated and inferred apart, twice is once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from linewright.exchange.kiprobatt.record import Imported, import_records
from linewright.exchange.kiprobatt.source import SourceError
from linewright.ledger.ledger import Ledger

pytestmark = pytest.mark.shared

CELL = "LabObject:OSL25726b8a2f8c43fdb4fd273b6090a429-23O0051"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return Ledger(tmp_path_factory.mktemp("ledger"))


@pytest.fixture(scope="module")
def archive(shared: Path) -> Path:
    return shared / "data" / "kiprobatt" / "kiprobatt-early.tar.gz"


@pytest.fixture(scope="module")
def imported(ledger: Ledger, archive: Path) -> Imported:
    return import_records(archive, ledger)


@pytest.fixture(scope="module")
def file(ledger: Ledger, imported: Imported) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{ledger.path_of(imported.run.run).as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def count(file: sqlite3.Connection, sql: str) -> int:
    return int(file.execute(sql).fetchone()[0])


def test_every_thing_link_and_doubt_is_there(file: sqlite3.Connection, imported: Imported) -> None:
    told = imported.report["counts"]
    kind = "SELECT count(*) FROM thing JOIN name ON name.key = thing.kind WHERE name.text = "
    assert count(file, kind + "'protocol'") == told["jsonld_files"]
    assert count(file, kind + "'undeclared object'") == told["objects_undeclared"]
    # one more than parameters name: an output of the protocol that the source marks with a script error, which only its step names
    assert count(file, kind + "'absent object'") == told["objects_absent"] + 1
    assert count(file, kind + "'DriedMagazine'") == told["objects_by_label"]["DriedMagazine"]
    assert count(file, "SELECT count(*) FROM link WHERE rule = 'S2'") == told["step_links_stated"]
    assert count(file, "SELECT count(*) FROM link WHERE basis = 'rule'") == told["links_inferred"]
    assert count(file, "SELECT count(*) FROM finding") == sum(imported.report["dirt_counts"].values())


def test_every_parameter_and_every_literal_is_an_observation(file: sqlite3.Connection, imported: Imported) -> None:
    parameters = "SELECT count(DISTINCT source) FROM observation WHERE source LIKE 'LabObject:%/S%-23%'"
    assert count(file, parameters) == imported.report["counts"]["parameters"]
    # 6,627 parameters hold a value: a literal, a file, a device or a link
    assert count(file, parameters + " AND (literal IS NOT NULL OR text IS NOT NULL)") >= imported.report["counts"]["parameters_with_literal"]


def test_a_mass_with_a_misread_comma_has_three_fields(file: sqlite3.Connection) -> None:
    value, stated, literal, unit = file.execute(
        "SELECT value, stated, literal, unit FROM observation WHERE source LIKE '%927c1348487b4f2f822d28c49e7fc427/S0010-23P0201'"
    ).fetchone()
    assert (value, stated, literal, unit) == (pytest.approx(0.012264), 12.264, "12,264 g", "kg")


def test_a_link_to_what_is_absent_leads_to_a_placeholder_that_says_so(file: sqlite3.Connection) -> None:
    remarks = file.execute("SELECT DISTINCT thing.remark FROM thing JOIN name ON name.key = thing.kind WHERE name.text = 'absent object'").fetchall()
    assert remarks == [("placeholder: its protocol is absent or empty",)]


def test_ancestors_through_the_ledger_are_those_of_the_report(file: sqlite3.Connection, shared: Path) -> None:
    import json

    told = json.loads((shared / "data" / "kiprobatt" / "facts.json").read_text(encoding="utf-8"))["cells"][CELL]
    sql = """WITH RECURSIVE line(key) AS (
               SELECT key FROM thing WHERE id = '{cell}' UNION SELECT parent FROM link JOIN line ON child = line.key {only})
             SELECT id FROM thing JOIN line USING (key) WHERE id <> '{cell}' ORDER BY id"""
    assert [r[0] for r in file.execute(sql.format(cell=CELL, only=""))] == told["ancestors"]
    assert [r[0] for r in file.execute(sql.format(cell=CELL, only="WHERE basis = 'stated'"))] == told["ancestors_stated"]


def test_twice_is_once(ledger: Ledger, archive: Path, imported: Imported) -> None:
    before = ledger.path_of(imported.run.run).read_bytes()
    again = import_records(archive, ledger)
    assert (again.is_new, again.run.run) == (False, imported.run.run)
    assert len(ledger.runs()) == 1
    assert ledger.path_of(imported.run.run).read_bytes() == before


def test_junk_alone_is_refused_and_leaves_no_run(tmp_path: Path) -> None:
    (tmp_path / "junk" / "data").mkdir(parents=True)
    (tmp_path / "junk" / "data" / "one.jsonld").write_text("no JSON")
    with pytest.raises(SourceError, match=r"none of them can be read as one\. The first: one\.jsonld: .*Nothing was imported"):
        import_records(tmp_path / "junk", Ledger(tmp_path / "ledger"))
    assert Ledger(tmp_path / "ledger").runs() == []
