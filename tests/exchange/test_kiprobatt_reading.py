"""The reader of the pilot line's records, against what an independent reader found, and against kinds of dirt that other years bring."""

from __future__ import annotations

import io
import json
import random
import tarfile
from pathlib import Path
from typing import Any

import pytest

from linewright.exchange.kiprobatt.doubts import Records, doubts, working_value
from linewright.exchange.kiprobatt.report import read_records, report
from linewright.exchange.kiprobatt.source import SourceError, located, read_source

Json = dict[str, Any]


@pytest.fixture(scope="module")
def records(shared: Path) -> Records:
    return read_records(shared / "data" / "kiprobatt" / "kiprobatt-early.tar.gz")


@pytest.fixture(scope="module")
def facts(shared: Path) -> Json:
    return json.loads((shared / "data" / "kiprobatt" / "facts.json").read_text(encoding="utf-8"))


@pytest.mark.shared
def test_the_counts_are_those_of_the_independent_reader(records: Records, facts: Json) -> None:
    assert report(records)["counts"] == facts["counts"]


@pytest.mark.shared
def test_the_dirt_is_that_of_the_independent_reader_id_by_id(records: Records, facts: Json) -> None:
    mine = report(records)
    assert mine["dirt_counts"] == facts["dirt_counts"]
    assert {kind: mine["dirt"][kind] for kind in facts["dirt"]} == facts["dirt"]


@pytest.mark.shared
def test_every_doubt_says_what_stands_there_and_what_was_made_of_it(records: Records) -> None:
    rows = report(records)["rows"]
    assert all(row["file"] and row["made"] for row in rows)
    wet = next(r for r in rows if r["kind"] == "value_disagrees_with_literal")
    assert "typed 12,264 g, stored 12.264" in wet["stands"]


@pytest.mark.shared
def test_cells_have_the_ancestors_masses_and_values_of_the_independent_reader(records: Records, facts: Json) -> None:
    mine = report(records, with_cells=True)["cells"]
    assert len(facts["cells"]) == 20
    for cell, told in facts["cells"].items():
        assert mine[cell] == told


@pytest.mark.shared
def test_cycler_exports_are_read_as_the_independent_reader_did(records: Records, facts: Json) -> None:
    assert report(records)["cycler"] == facts["cycler"]


@pytest.mark.shared
def test_an_unpacked_folder_gives_the_same_report(shared: Path, records: Records, tmp_path: Path) -> None:
    import tarfile

    with tarfile.open(shared / "data" / "kiprobatt" / "kiprobatt-early.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    assert report(read_records(tmp_path)) == report(records)


# ---- other years: a folder written by the test, with dirt that is absent from the part above -----------------------------


P = "LabObject:OSL" + "a" * 32


def parameter(number: str, name: str, value: object, literal: str, of: str = "O0001", **more: object) -> Json:
    node: Json = {
        "@id": f"{P}/S0010-23{number}", "@type": ["Category:LabProcess-2FParameter-2FInstance"], "Property:HasName": name,
        "Property:IsProcessParameterOf": {"@id": f"{P}/S0010"}, "Property:IsObjectParameterOf": {"@id": f"{P}-23{of}"},
        "Property:HasProperty": {"@id": "Property:HasMass"}, "Property:HasValue": {"@id": f"kiprobatt:{literal}"},
        "Property:IsInstanceOf": [{"@id": "Term:Parameter/Quantitative"}], **more,
    }  # fmt: skip
    if value is not None:
        node["Property:HasMass"] = value
    return node


def protocol(*nodes: Json, **more: object) -> bytes:
    head: Json = {
        "@id": P, "@type": ["Category:Labprocess-2FInstance"], "Property:HasName": "Filling", "Property:HasCreationDate": "2024-05-01T00:00:00+00:00",
        "Property:IsInstanceOf": {"@id": "LabProcess:OSLbc089261bd1b470c9ec5e159ce3442c6"}, **more,
    }  # fmt: skip
    step = {"@id": f"{P}/S0010", "@type": ["Category:ProcessStepInstance"], "Property:HasName": "Filling",
            "Property:HasStartDateAndTime": "2024-05-01T10:00:00+00:00", "Property:HasEndDateAndTime": "2024-05-01T09:00:00+00:00"}  # fmt: skip
    cell = {"@id": f"{P}-23O0001", "@type": ["Category:LabProcess-2FObject"], "Property:HasLabel": {"@id": "kiprobatt:FilledCell1@en"}}
    return json.dumps({"@context": {}, "@graph": [head, step, cell, *nodes]}).encode()


@pytest.fixture
def year(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    (data / f"OSL{'a' * 32}.jsonld").write_bytes(
        protocol(
            parameter("P0401", "WettCellMass1", -0.0005, "-2D0.5_g"),
            parameter("P0402", "WettCellMass2", 0.0, "0_g"),
            parameter("P0403", "WettCellMass3", None, "NaN_g"),
            parameter("P0101", "PredryingMass01", 0.0052, "5.2_g", of="O0101"),
            parameter("P0999", "Mystery", 1.0, "3_furlong"),
            **{"Property:HasStatus": {"@id": "Term:OSLf474ec34b7df451ea8356134241aef8a"}},
        )
    )
    (data / f"OSL{'b' * 32}.jsonld").write_bytes(b'{"@context": {}, "@graph": [{"@id": "LabObject:')
    (data / f"OSL{'c' * 32}.jsonld").write_bytes(b"")
    (data / f"OSL{'d' * 32}.jsonld").write_bytes(b"[1, 2, null]")
    return tmp_path


def test_dirt_of_other_years_is_named_and_kept(year: Path) -> None:
    mine = report(read_records(year))
    assert mine["dirt"]["negative_mass"] == [f"{P}/S0010-23P0401"]
    assert mine["dirt"]["zero_mass"] == [f"{P}/S0010-23P0402"]
    assert mine["dirt"]["nan_literal"] == [f"{P}/S0010-23P0403"]
    assert mine["dirt"]["sheet_mass_above_1_g"] == [f"{P}/S0010-23P0101"]
    assert mine["dirt"]["step_ends_before_start"] == [f"{P}/S0010"]
    assert mine["dirt"]["undeclared_object"] == [f"{P}-23O0101"]
    assert mine["counts"]["parameters"] == 5


def test_files_that_cannot_be_parsed_are_rows_and_the_rest_is_read(year: Path) -> None:
    mine = report(read_records(year))
    assert mine["dirt"]["not_json"] == [f"OSL{'b' * 32}.jsonld"]
    assert mine["dirt"]["empty_file"] == [f"OSL{'c' * 32}.jsonld"]
    assert mine["dirt"]["empty_graph"] == [f"OSL{'d' * 32}.jsonld"]
    assert mine["counts"]["jsonld_files"] == 4


def test_a_negative_mass_is_neither_dropped_nor_mended(year: Path) -> None:
    read = read_records(year)
    mass = next(x for p in read.protocols for x in p.parameters if x.id.endswith("P0401"))
    assert (mass.value, mass.literals[0].text, working_value(mass)) == (-0.0005, "-0.5 g", -0.0005)
    assert [d.made for d in doubts(read) if d.kind == "negative_mass"] == ["kept as it stands"]


def test_a_unit_that_nobody_knows_leaves_the_stored_value(year: Path) -> None:
    read = read_records(year)
    odd = next(x for p in read.protocols for x in p.parameters if x.id.endswith("P0999"))
    assert odd.literals[0].text == "3 furlong"
    assert working_value(odd) == 1.0


def cut_archive(path: Path) -> Path:
    """Return an archive whose end is missing."""
    with tarfile.open(path, "w:gz") as archive:
        held = tarfile.TarInfo("data/one.jsonld")
        held.size = 40_000
        archive.addfile(held, io.BytesIO(random.Random(1).randbytes(held.size)))
    path.write_bytes(path.read_bytes()[:20_000])
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: p / "absent.tar.gz", "there is no such file or folder"),
        (lambda p: p, "no protocol was found"),
        (lambda p: (p / "text.tar.gz", (p / "text.tar.gz").write_text("no archive"))[0], r"this is no tar archive[^\n]*\. Expected[^\n]*\.$"),
        (lambda p: (p / "broken.tar.gz", (p / "broken.tar.gz").write_bytes(b"\x1f\x8b\x08 not an archive"))[0], "no tar archive, or one"),
        (lambda p: cut_archive(p / "cut.tar.gz"), "cannot be read to its end"),
    ],
)
def test_a_source_that_is_none_is_refused_with_the_next_step(make: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=words):
        read_records(make(tmp_path))


def archive_of(path: Path, *names: str) -> Path:
    """Return an archive with files of these names, each an empty protocol."""
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            held = tarfile.TarInfo(name)
            held.size = 2
            archive.addfile(held, io.BytesIO(b"{}"))
    return path


def test_the_only_archive_of_the_dataset_in_a_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("no protocol")
    archive_of(tmp_path / "other.tar.gz", "pictures/one.png")
    mine = archive_of(tmp_path / "early.tar.gz", "kiprobatt/data/one.jsonld")
    assert located(tmp_path) == mine
    assert [f.name for f in read_source(tmp_path)] == ["one.jsonld"]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "two.jsonld").write_text("{}")
    assert located(tmp_path) == tmp_path, "protocols of its own come first"


def test_several_archives_are_named_as_the_next_step(tmp_path: Path) -> None:
    archives = [archive_of(tmp_path / name, "data/one.jsonld") for name in ("early.tar.gz", "late.tgz")]
    with pytest.raises(SourceError) as told:
        read_source(tmp_path)
    assert [line.strip() for line in str(told.value).splitlines()[1:]] == [f"linewright import kiprobatt {a}" for a in archives]
