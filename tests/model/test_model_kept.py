"""What is kept between starts: the events of a library's texts and the readings of units, the same as found anew."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from linewright.library.catalogue import installed_libraries, shipped_library
from linewright.model import events, quantity
from linewright.model.events import YamlFault, events_of, values_of
from linewright.model.kept import Kept
from linewright.model.load import load
from linewright.model.quantity import unit_reading
from linewright.model.reader import Report, parse

LINE = "cylindrical-21700-tabless"


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for cached in (events._drawer, quantity._drawer, quantity._known_units, quantity.unit_reading, quantity.dimension_of):
        cached.cache_clear()
    yield tmp_path
    for cached in (events._drawer, quantity._drawer, quantity._known_units, quantity.unit_reading, quantity.dimension_of):
        cached.cache_clear()


def test_a_drawer_gives_back_what_was_put_in_for_the_same_question_and_grounds() -> None:
    drawer = Kept("drawer", "1")
    assert drawer.get("what?") is None
    drawer.put("what?", ["this", 42])
    assert drawer.get("what?") == ["this", 42]
    assert Kept("drawer", "1").get("what?") == ["this", 42]
    assert drawer.get("what else?") is None
    assert Kept("drawer", "2").get("what?") is None


def test_damage_and_a_folder_that_cannot_be_written_are_no_obstacle(fresh: Path) -> None:
    drawer = Kept("drawer", "1")
    drawer.put("what?", [1])
    (file,) = drawer.folder.iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    assert drawer.get("what?") is None
    drawer.put("what?", [2])
    assert drawer.get("what?") == [2]
    blocked = Kept("blocked", "1")
    blocked.folder.write_text("a file stands where the folder would")
    blocked.put("what?", [1])
    assert blocked.get("what?") is None


@pytest.mark.parametrize("name", shipped_library().names("class"))
def test_kept_events_are_those_that_were_read(name: str) -> None:
    (found,) = shipped_library().find("class", name)
    read = list(events_of(found.text))
    assert list(events_of(found.text, is_kept=True)) == read
    assert events._drawer().get(found.text) is not None
    assert list(events_of(found.text, is_kept=True)) == read
    assert parse(found.text, "a", Report(), is_kept=True) == parse(found.text, "a", Report())


def test_what_is_no_yaml_is_not_kept_and_said_each_time() -> None:
    text = "a: 1\nb: [1\n"
    for _ in range(2):
        with pytest.raises(YamlFault, match="line 3"):
            list(events_of(text, is_kept=True))
    assert events._drawer().get(text) is None
    report = Report()
    assert parse(text, "a.yaml", report, is_kept=True) is None
    assert report.faults[0].line == 3


def test_plain_values_are_texts() -> None:
    assert values_of("a: {b: [1, 'x y', {c: }], d: 0x10}\ne: []\n") == {"a": {"b": ["1", "x y", {"c": ""}], "d": "0x10"}, "e": []}
    assert values_of("") is None
    assert values_of("- a\n- {}\n") == ["a", {}]
    with pytest.raises(YamlFault, match="repeats an anchor"):
        values_of("a: &x 1\nb: *x\n")


def test_kept_units_are_exact() -> None:
    first = [unit_reading(text) for text in ("mg/cm^2", "degC", "mAh", "1/h", "°C", "%")]
    quantity.unit_reading.cache_clear()
    quantity._known_units.cache_clear()
    assert [unit_reading(text) for text in ("mg/cm^2", "degC", "mAh", "1/h", "°C", "%")] == first
    assert first[0].scale == Fraction(1, 100)
    assert first[1].offset == Fraction(27315, 100)
    assert first[0].dimension == (("kg", 1), ("m", -2))


def test_a_second_start_reads_the_same_line_without_the_readers(fresh: Path) -> None:
    plant = load(LINE, installed_libraries())
    code = (
        "import sys; from linewright.library.catalogue import installed_libraries; from linewright.model.load import load;"
        f"print(load({LINE!r}, installed_libraries()).digest, sorted({{'pint', 'ruamel.yaml'}} & set(sys.modules)))"
    )
    paths = os.pathsep.join([str(Path(events.__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    env = os.environ | {"XDG_CACHE_HOME": str(fresh), "PYTHONPATH": paths}
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, timeout=120)
    assert told.stdout.split(maxsplit=1) == [plant.digest, "[]\n"]
