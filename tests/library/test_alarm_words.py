"""Each failure that the shipped library knows has its rank, what it means and the operator's next step."""

from __future__ import annotations

import pytest

from linewright.control.alarms import alarm_rules
from linewright.library.catalogue import installed_libraries, shipped_library
from linewright.library.process import read_process
from linewright.model.load import load, load_text

LIBRARY = shipped_library()


@pytest.mark.parametrize("name", LIBRARY.names("class"))
def test_every_failure_of_a_class_has_words(name: str) -> None:
    process = read_process(LIBRARY, name)
    alarms = {alarm["on"]: alarm for alarm in (process.station.get("alarms") or {}).values()}
    assert set(alarms) == set(process.parts["failures"])
    for alarm in alarms.values():
        assert 1 <= int(alarm["priority"]) <= 4
        assert alarm["text"].endswith(".")
        assert alarm["next"].endswith(".")
        assert max(len(alarm["text"]), len(alarm["next"])) <= 110, "short enough for one look"


@pytest.mark.parametrize("name", LIBRARY.names("line"))
def test_every_failure_of_a_shipped_line_has_a_next_step(name: str) -> None:
    plant = load(name, installed_libraries())
    stations = {s.path for s in plant.segments}
    rules = [r for r in alarm_rules(plant).values() if r.station in stations]
    assert rules
    assert [(r.station, r.name) for r in rules if not (r.text and r.next_step)] == []


def test_not_all_alarms_of_the_21700_line_have_one_rank() -> None:
    assert {r.priority for r in alarm_rules(load("cylindrical-21700-tabless", installed_libraries())).values()} == {2, 3, 4}


def test_words_of_a_failure_that_is_taken_away_go_with_it() -> None:
    text = "line: mine\nuse: cylindrical-21700-tabless\nstations:\n  canner: {failures: none}\n  winder: {failures: {web-break: none}}\n"
    plant = load_text(text, installed_libraries())
    rules = alarm_rules(plant)
    assert ("canner", "failure", "jam") not in rules
    assert [name for station, _, name in rules if station == "winder"] == ["short-stop"]
    assert load_text(plant.text, installed_libraries()).digest == plant.digest, "the completed text is read again unchanged"


def test_a_failure_that_a_line_adds_finds_the_words_of_its_class() -> None:
    text = "line: mine\nuse: cylindrical-21700-tabless\nstations:\n  packer: {failures: {jam: {mtbf: 2 h, mttr: 1 min}}}\n"
    rule = alarm_rules(load_text(text, installed_libraries()))["packer", "failure", "jam"]
    assert (rule.priority, rule.text) == (3, "A sleeve is caught: this machine packs nothing.")
