from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from linewright.drivers.driver import DriverError
from linewright.drivers.installed import ENTRY_POINTS, driver_names, find_driver, missing_drivers
from linewright.drivers.setup import DriverSetup, ServedStation
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load, load_text
from linewright.model.plant import Plant


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, ENTRY_POINTS)


def test_a_driver_is_found_by_its_name() -> None:
    points = [point("scale", "linewright.drivers.setup:DriverSetup"), point("camera", "nowhere:Camera")]
    assert find_driver("scale", points) is DriverSetup
    assert driver_names(points) == ("camera", "emulated", "scale")  # the camera is not imported for it


@pytest.mark.parametrize(
    ("name", "points", "told"),
    [
        ("scael", [("scale", "a:b")], r"there is no driver `scael` on this machine\. Did you mean `scale`\?\nThere are: emulated, scale\."),
        ("scale", [("scale", "a:b"), ("scale", "c:d")], r"the driver `scale` is brought by `a:b`, `c:d`\.\nUninstall all but one"),
        ("emulated", [("emulated", "a:b")], r"the driver `emulated` is brought by `a:b`, this package"),
        ("scale", [("scale", "no_such_module:Scale")], r"names `no_such_module:Scale`, which cannot be imported \(No module named"),
        ("scale", [("scale", "linewright.drivers.setup:Scale")], r"which cannot be imported \(module .* has no attribute"),
    ],
)
def test_what_is_wrong_with_a_driver_s_name_is_said(name: str, points: list[tuple[str, str]], told: str) -> None:
    with pytest.raises(DriverError, match=told):
        find_driver(name, [point(*given) for given in points])


def test_one_package_that_is_seen_twice_is_one() -> None:
    twice = [point("scale", "linewright.drivers.setup:DriverSetup")] * 2
    assert find_driver("scale", twice) is DriverSetup


def test_a_setup_tells_stations_tags_times_and_what_is_missing() -> None:
    text = """
line: l
product: p
stations:
  oven:
    count: 2
    time: 1 s
    signals: {heat: {range: 0 .. 100 degC, every: 1 s, count: 2}, flow: {range: 0 .. 1 L/min, every: 1 s}}
"""
    plant: Plant = load_text(text, installed_libraries())
    setup = DriverSetup("plc", (ServedStation(plant.segments[0], 4),), {"address": "here", "empty": ""}, "l/1", 1_000_000, plant, None)  # type: ignore[arg-type]
    assert (setup.numbers, setup.paths) == ({"oven": 4}, {4: "oven"})
    assert setup.tags == ("oven/1/heat/1", "oven/1/heat/2", "oven/1/flow", "oven/2/heat/1", "oven/2/heat/2", "oven/2/flow")
    assert setup.line_ns(3_000_000_500) == 2_000_000_500
    assert setup.setting("address", "COM1") == "here"
    for name in ("port", "empty"):
        with pytest.raises(DriverError, match=f"driver `plc` needs `{name}`, such as `9100`; none came"):
            setup.setting(name, "9100")


def test_drivers_that_are_not_on_this_machine_are_told_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "floor.yaml"
    stations = "  a: {time: 1 s, driver: scale}\n  b: {time: 1 s}\n  c:\n    time: 1 s\n    driver: {use: scael, port: COM1}\n"
    path.write_text(f"line: f\nproduct: p\nstations:\n{stations}")
    plant = load(path, installed_libraries())
    (fault,) = missing_drivers(plant, [point("scale", "nowhere:Scale")])
    assert str(fault) == (
        f"{path}:8:1  stations.c.driver: there is no driver `scael` on this machine; `run` needs it.\n    Did you mean `scale`?"
    )
    assert len(missing_drivers(plant, ())) == 2
