"""Lines drawn at random of what the recursion covers; times on a grid (full of ties) or by a law."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

Text = dict[str, Any]


@st.composite
def times(draw: st.DrawFn) -> Any:
    seconds = draw(st.sampled_from([1, 1, 2, 3]))
    mean = f"{seconds} s"
    return draw(
        st.sampled_from(
            [
                mean,
                mean,
                {"law": "uniform", "min": "0.5 s", "max": f"{seconds + 1} s"},
                {"law": "lognormal", "mean": mean, "cv": "50 %"},
                {"law": "exponential", "mean": mean},
                {"law": "gamma", "mean": mean, "cv": "30 %"},
                {"law": "weibull", "mean": mean, "shape": 2},
                {"law": "triangular", "min": "0.5 s", "mode": mean, "max": "4 s"},
            ]
        )
    )


@st.composite
def failures(draw: st.DrawFn) -> Text:
    found = {}
    for name in draw(st.lists(st.sampled_from(["jam", "slip", "drift"]), max_size=3, unique=True)):
        to, back = draw(st.integers(1, 40)), draw(st.integers(1, 12))
        laws = [(f"{to} s", f"{back} s"), ({"law": "constant", "mean": f"{to} s"}, {"law": "constant", "mean": f"{back} s"})]
        mtbf, mttr = draw(st.sampled_from(laws))
        found[name] = {"mtbf": mtbf, "mttr": mttr}
    return found


@st.composite
def machines(draw: st.DrawFn) -> Text:
    found: Text = {"time": draw(times()), "buffer": draw(st.sampled_from([0, 0, 1, 2, 5, 20]))}
    if modes := draw(failures()):
        found["failures"] = modes
    if draw(st.integers(0, 2)) == 0:
        found["scrap"] = draw(st.sampled_from(["2 %", "30 %"]))
    if draw(st.integers(0, 3)) == 0:
        wrongly = draw(st.sampled_from([{}, {}, {"misses": "30 %"}, {"misses": "20 %", "false-alarms": "10 %"}]))
        found["gate"] = {"fails": draw(st.sampled_from(["1 %", "40 %"]))} | wrongly
    if draw(st.integers(0, 3)) == 0:
        found["tools"] = {"nozzle": 3}
    return found


@st.composite
def side_by_side(draw: st.DrawFn) -> Text:
    """Several machines, or what is judged item by item."""
    found = draw(machines()) | {"count": draw(st.integers(1, 5))}
    quality = draw(st.sampled_from(["", "", "windows", "grades"]))
    if quality and "gate" not in found:
        found["measures"] = {"width": {"window": "5 mm +- 1 mm", "spread": "0.7 mm"}}
        found["gate"] = {"misses": "30 %", "false-alarms": "10 %"}
        if quality == "grades":
            found["grades"] = {"A": {"width": "5 mm +- 0.3 mm"}, "B": {"width": "5 mm +- 0.8 mm"}}
    if draw(st.integers(0, 3)) == 0:
        found["within"] = f"{draw(st.integers(1, 6))} s"
    if draw(st.integers(0, 4)) == 0:
        found["adds"] = {"screw": 3}
    return found


@st.composite
def chains(draw: st.DrawFn) -> str:
    """The text of a line of stations in a row, of any number of machines."""
    stations = {f"step-{i}": draw(st.one_of(machines(), side_by_side())) for i in range(draw(st.integers(1, 5)))}
    del stations["step-0"]["buffer"]
    stations["step-0"].pop("within", None)
    if "adds" in stations["step-0"]:
        stations["step-0"] |= {"takes": stations["step-0"].pop("adds"), "makes": "part"}
    return json.dumps({"line": "drawn", "product": "part", "materials": {"screw": {}}, "stations": stations}, indent=1)


@st.composite
def joins(draw: st.DrawFn) -> str:
    """The text of a line that joins parts of several stations, some of them of several machines."""
    first = draw(machines()) | {"count": draw(st.integers(1, 3)), "makes": "a"}
    second = draw(machines()) | {"count": draw(st.integers(1, 3)), "takes": "none", "makes": "b"}
    joined = draw(machines())
    for place in (first, second):
        place.pop("buffer")
    takes = {}
    for name in ("a", "b"):
        amount = draw(st.integers(1, 3))
        takes[name] = {"amount": amount, "buffer": draw(st.integers(0, 3))}
    stations = {"make-a": first, "make-b": second}
    if draw(st.booleans()):
        joined.pop("buffer")
        joined |= {"takes": takes, "makes": "part"}
    else:
        stations["feed"] = {"time": draw(times()), "takes": "none", "makes": "body", "count": draw(st.integers(1, 2))}
        joined |= {"adds": takes, "makes": "part"}
    stations["join"] = joined
    for i in range(draw(st.integers(0, 2))):
        stations[f"step-{i}"] = draw(st.one_of(machines(), side_by_side()))
        stations[f"step-{i}"].pop("within", None)
    return json.dumps({"line": "drawn", "product": "part", "materials": {"screw": {}}, "stations": stations}, indent=1)


@st.composite
def serial_lines(draw: st.DrawFn) -> str:
    """The text of a line of single machines in a row."""
    stations = {f"step-{i}": draw(machines()) for i in range(draw(st.integers(1, 6)))}
    del stations["step-0"]["buffer"]
    return json.dumps({"line": "drawn", "product": "part", "stations": stations}, indent=1)
