"""The JSON Schema accepts what loads and refuses what is misspelt."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from linewright.model.forms import Either, Form, LawForm, ListOf, MapOf, Record
from linewright.model.grammar_line import CLASS, FILE
from linewright.model.reference import reference
from linewright.model.schema import json_schema

HERE = Path(__file__).parent


def validator(root: str = "line file") -> jsonschema.Draft202012Validator:
    schema = json_schema(root)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def document(text: str) -> object:
    return YAML(typ="safe", pure=True).load(text)


@pytest.mark.shared
def test_the_examples_are_valid(examples: Path) -> None:
    found = validator()
    for path in sorted(examples.rglob("*.yaml")):
        assert [(path.name, e.message) for e in found.iter_errors(document(path.read_text(encoding="utf-8")))] == []


def test_the_shipped_classes_are_valid() -> None:
    found = validator("class")
    paths = sorted((HERE.parents[1] / "src" / "linewright" / "library").rglob("process.yaml"))
    assert paths
    for path in paths:
        assert [(str(path), e.message) for e in found.iter_errors(document(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize("name", ["misspelt-keys", "units", "header", "two-headers", "sections", "laws"])
def test_wrong_files_are_refused(name: str) -> None:
    assert list(validator().iter_errors(document((HERE / "wrong" / f"{name}.yaml").read_text(encoding="utf-8"))))


@pytest.mark.parametrize(
    "station",
    [
        "{time: 5}",
        "{time: 60 m/min}",
        "{bufer: 3}",
        "{time: 2 s, count: 2.5}",
        "{time: 2 s, count: 100001}",
        "{time: 2 s, queue: first}",
        "{time: 2 s, marks: true}",
        "{time: 2 s, scrap: 0.3}",
    ],
)
def test_wrong_stations_are_refused(station: str) -> None:
    text = f"line: a\nproduct: b\nstations: {{c: {station}}}\n"
    assert list(validator().iter_errors(document(text)))
    assert not list(validator().iter_errors(document("line: a\nproduct: b\nstations: {c: {time: 2 s (default), count: 3 (default)}}\n")))


@pytest.mark.parametrize("takes", ["none", "cell", "{cell: 4, case: {amount: 1, buffer: 2}}"])
def test_a_bill_may_be_one_name(takes: str) -> None:
    assert not list(validator().iter_errors(document(f"line: a\nproduct: b\nstations: {{c: {{time: 2 s, takes: {takes}, adds: lid}}}}\n")))
    assert list(validator().iter_errors(document("line: a\nproduct: b\nstations: {c: {time: 2 s, takes: [cell]}}\n")))


def keys(form: Form, seen: set[int]) -> set[str]:
    """Return all fixed keys below a form."""
    if id(form) in seen:
        return set()
    seen.add(id(form))
    if isinstance(form, Either):
        return set().union(*(keys(part, seen) for part in (form.text, form.items, form.fields) if part))
    if isinstance(form, MapOf | ListOf):
        return keys(form.of, seen)
    if isinstance(form, LawForm):
        return set(form.extra)
    if isinstance(form, Record):
        return set(form.keys).union(*(keys(key.form, seen) for key in form.keys.values()), keys(form.others, seen) if form.others else set())
    return set()


def test_every_key_has_a_meaning_and_is_in_the_schema() -> None:
    text = str(json_schema()) + str(json_schema("class"))
    for name in keys(FILE, set()) | keys(CLASS, set()):
        assert f"'{name}'" in text


@pytest.mark.shared
def test_every_key_of_the_language_text_is_in_the_grammar(examples: Path) -> None:
    """Rows of the two tables of section 3 begin with the keys in back quotes."""
    text = (examples / "LINE-FILE.md").read_text(encoding="utf-8")
    tables = text[text.index("### 3.1") : text.index("## 4.")]
    known = keys(FILE, set())
    named = {part.strip("` ()") for row in tables.splitlines() if row.startswith("| `") for part in row.split("|")[1].replace("\\", ",").split(",")}
    named |= {"site", "experiment"}
    named = {n for name in named for n in name.replace("(", ",").replace("`", "").split(",") if n.strip()}
    assert {n.strip() for n in named} - known == set()


def test_the_page_of_keys_is_that_of_the_grammar() -> None:
    """``python -c 'from linewright.model.reference import reference; print(reference(), end="")' > docs/line-file-keys.md`` writes it anew."""
    assert (HERE.parents[1] / "docs" / "line-file-keys.md").read_text(encoding="utf-8") == reference()
