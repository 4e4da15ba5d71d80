"""What a line refuses of real machines before anything runs, and what of the twin's chance does not hold for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_machine import FakeDriver
from real_parts import EXAMPLE, installed

from linewright.control.compile import Compiled, compile_plant
from linewright.drivers.driver import Manifest
from linewright.genealogy.drawn import Values
from linewright.genealogy.line_facts import line_facts
from linewright.kernels.table import GATE_CHANCE, GATE_NONE, GATE_WINDOWS
from linewright.ledger.blocks import MISSING_VALUE
from linewright.library.catalogue import installed_libraries
from linewright.live.line_of_run import make_ready
from linewright.live.real_machines import as_real, links_of
from linewright.model.errors import LinewrightError, ModelError, NotYetError
from linewright.model.load import load, load_text

LINE = """
line: judged
product: cell
stations:
  wind: {time: 1 s, gate: {to: scrap, fails: 5 %}}
  weigh:
    time: 1 s
    measures: {mass: {window: 50 g +- 1 g, spread: 0.3 g}}
    gate: {to: scrap, misses: 2 %, false-alarms: 1 %}
  grade:
    time: 1 s
    measures: {ocv: {window: 3.6 V +- 0.1 V, spread: 10 mV}}
    grades: {A: {ocv: at least 3.59 V}, B: {ocv: at least 3.5 V}}
"""


def compiled_of(text: str) -> Compiled:
    return compile_plant(load_text(text, installed_libraries()), asks=True)


def test_a_real_machine_s_gate_judges_what_it_measured_and_leaves_nothing_to_chance() -> None:
    emulated = compiled_of(LINE)
    real = as_real(emulated, [0, 1])
    assert emulated.table.stations.gate[:2].tolist() == [GATE_CHANCE, GATE_WINDOWS]
    assert real.table.stations.gate[:2].tolist() == [GATE_NONE, GATE_WINDOWS]
    assert real.table.stations.misses[1] == real.table.stations.false_alarms[1] == 0.0
    assert emulated.table.stations.misses[1] > 0.0  # the emulated line is not changed


def test_values_of_a_real_machine_that_another_station_judges_are_refused_by_name() -> None:
    text = LINE.replace("ocv: at least 3.59 V", "ocv: at least 3.59 V, mass: at least 49.9 g")
    as_real(compiled_of(text), [2])
    with pytest.raises(NotYetError, match=r"stations\.grade \(judges mass, which a real machine measures at weigh\)"):
        as_real(compiled_of(text), [1])


def test_a_real_oven_leaves_no_scrap_to_chance_and_cannot_judge_items_of_a_batch() -> None:
    oven = "line: l\nproduct: p\nstations:\n  bake: {time: 9 s, batch: {size: 4}, scrap: 2 %, gate: {fails: 5 %}}\n"
    real = as_real(compiled_of(oven), [0])
    assert (real.table.stations.scrap[0], real.table.stations.gate[0]) == (0.0, GATE_NONE)
    windows = oven.replace("gate: {fails: 5 %}", "measures: {width: {window: 5 mm +- 1 mm, spread: 0.5 mm}}, gate: scrap")
    with pytest.raises(NotYetError, match=r"stations\.bake \(judges items of a batch one by one"):
        as_real(compiled_of(windows), [0])


def test_more_judged_values_than_a_record_holds_are_refused_by_name() -> None:
    measures = ", ".join(f"m{k}: {{window: 1 V +- 0.1 V, spread: 10 mV}}" for k in range(6))
    text = f"line: l\nproduct: p\nstations:\n  test: {{time: 1 s, measures: {{{measures}}}, gate: scrap}}\n"
    with pytest.raises(NotYetError) as caught:
        as_real(compiled_of(text), [0])
    assert [element.split(" ")[0] for element, _ in caught.value.elements] == ["stations.test.measures.m4", "stations.test.measures.m5"]


def test_no_value_is_drawn_for_a_real_machine() -> None:
    facts = line_facts(compiled_of(LINE), 1, real={"weigh"})
    values, items = Values(facts), np.arange(1, 4)
    weigh, grade = facts.stations[1], facts.stations[2]
    assert (weigh.is_real, grade.is_real) == (True, False)
    for data in values.of_units(weigh, items, items):
        assert np.frombuffer(data, "<i4").tolist() == [MISSING_VALUE]
    measured = np.full((3, 4), np.nan)
    measured[1, 0] = 0.050
    told = [np.frombuffer(data, "<i4")[0] for data in values.given(weigh, items, items, measured)]
    assert [v == MISSING_VALUE for v in told] == [True, False, True]
    drawn = [np.frombuffer(data, "<i4")[0] for data in values.given(grade, items, items, np.full((3, 4), np.nan))]
    assert MISSING_VALUE not in drawn


# ---- drivers


@pytest.fixture(autouse=True)
def _with_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in installed(tmp_path / "site"):
        monkeypatch.syspath_prepend(folder)


def floor_with(tmp_path: Path, weld: str) -> Path:
    path = tmp_path / "floor.yaml"
    path.write_text(f"line: floor\nuse: four-stations\nstations:\n  weld: {{{weld}}}\n")
    return path


@pytest.mark.parametrize(
    ("weld", "told"),
    [
        ("driver: json-lines", r"driver `json-lines` needs `address`, such as `10\.0\.0\.5:9100`; none came"),
        ('driver: {use: json-lines, adress: "a:1"}', r"driver `json-lines` has no setting `adress`\. Nearest: `address`\. It has: address\."),
        ('driver: {use: json-lines, address: "a"}', r"`address` is `a`; host and port were expected"),
        ('driver: {use: json-lines, address: "a:1"}, maintenance: {clean: {every: 1 h, time: 1 min}}',
         r"takes no command `maintain` \(for stations\.weld\.maintenance\)\.\n    It takes: start, repair, set, stop, clear\."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_driver_is_a_fault_of_the_file(tmp_path: Path, weld: str, told: str) -> None:
    plant = load(floor_with(tmp_path, weld), installed_libraries())
    with pytest.raises(ModelError, match=told) as caught:
        make_ready(plant, 1, 0)
    assert str(caught.value).startswith(f"{tmp_path / 'floor.yaml'}:4:1  stations.weld.driver: ")


def test_a_store_has_no_machine_to_speak_to(tmp_path: Path) -> None:
    text = "line: l\nproduct: p\nstations:\n  wind: {time: 1 s}\n  soak: {time: 1 min, places: 10, driver: json-lines}\n"
    with pytest.raises(LinewrightError, match=r"stations\.soak\.driver \(json-lines\): a store has no machine"):
        make_ready(load_text(text, installed_libraries()), 1, 0)


def test_stations_with_the_same_driver_and_settings_share_one(tmp_path: Path) -> None:
    path = tmp_path / "floor.yaml"
    drivers = {"weld": "a:1", "fill": "a:1", "test": "b:1"}
    lines = [f'  {name}: {{driver: {{use: json-lines, address: "{address}"}}}}' for name, address in drivers.items()]
    path.write_text("\n".join(["line: floor", "use: four-stations", "stations:", *lines, ""]))
    ready = make_ready(load(path, installed_libraries()), 1, 0)
    assert [(link.label, [s.path for s in link.stations]) for link in ready.machines.links] == [
        ("json-lines/weld", ["weld", "fill"]), ("json-lines/test", ["test"]),
    ]  # fmt: skip
    served = ready.machines.emulated._table.stations
    assert [bool(served[ready.number_of[name]].asks) for name in ("wind", "weld", "fill", "test")] == [True, False, False, False]
    assert all(ready.compiled.table.stations[ready.number_of[name]].asks for name in ("wind", "weld", "fill", "test"))


def test_a_driver_that_is_not_real_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = compiled_of(LINE.replace("wind: {", "wind: {driver: toy, "))
    toy = type("Toy", (FakeDriver,), {"manifest": Manifest("toy", "1", is_real=False, commands=("start",))})
    monkeypatch.setattr("linewright.live.real_machines.find_driver", lambda _name: lambda _setup: toy(None))
    with pytest.raises(ModelError, match="says that its machines are not real"):
        links_of(compiled, {"wind": 0}, [compiled.plant.segments[0]])


def test_the_example_loads_and_simulates_like_any_line() -> None:
    plant = load(EXAMPLE / "floor.yaml", installed_libraries())
    assert [s.path for s in plant.segments if s.driver.use != "emulated"] == ["weld"]
    assert compile_plant(plant).table.stations[1].asks == 0
