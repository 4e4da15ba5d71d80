"""Lines drawn at random of which the recursion computes some stations and the calendar others: crews, utilities, ovens, carriers, fleets."""

from __future__ import annotations

import json

from hypothesis import strategies as st
from random_lines import carts, ovens, stores, trays
from recursion_lines import Text, machines, side_by_side, times


@st.composite
def nodes(draw: st.DrawFn) -> Text:
    """A station that may be a node; repairs by people or not."""
    found = draw(st.one_of(machines(), side_by_side()))
    if draw(st.integers(0, 3)):
        found.pop("within", None)
    for mode in found.get("failures", {}).values():
        if draw(st.integers(0, 2)) == 0:
            mode["by"] = "fitter"
    return found


@st.composite
def others(draw: st.DrawFn) -> Text:
    """A station that only the calendar computes."""
    kind = draw(st.sampled_from(["oven", "store", "maintained", "brought", "clock"]))
    if kind == "oven":
        return draw(ovens()) | {"buffer": draw(st.integers(0, 6))}
    if kind == "store":
        return draw(stores()) | {"buffer": draw(st.integers(0, 3))}
    found: Text = {"time": draw(times()), "count": draw(st.integers(1, 3)), "buffer": draw(st.integers(1, 5))}
    if kind == "maintained":
        return found | {"maintenance": {"clean": {"every": "9 items", "time": "3 s", "by": "fitter"}}}
    if kind == "brought":
        return found | {"brought-by": "cart"}
    return found | {"failures": {"storm": {"mtbf": "60 s", "mttr": "5 s", "clock": "calendar"}}}


@st.composite
def tray_part(draw: st.DrawFn) -> dict[str, Text]:
    """A loader, a place where trays stay, an unloader."""
    loader = {"count": draw(st.integers(1, 3)), "time": draw(times()), "buffer": draw(st.integers(0, 9)), "loads": "tray"}
    unloader = {"count": draw(st.integers(1, 3)), "time": draw(times()), "buffer": draw(st.integers(0, 3)), "unloads": "tray"}
    return {"load": loader, "stay": draw(st.one_of(stores(), ovens())) | {"buffer": draw(st.integers(0, 2))}, "unload": unloader}


@st.composite
def coil_part(draw: st.DrawFn) -> dict[str, Text]:
    """Two slitters, and machines side by side that draw from their strips and from bought coils."""
    takes = {}
    for name in ("strip-a", "strip-b"):
        change = {"change": draw(st.sampled_from(["0 s", "2 s", "5 s"])), "splice": draw(st.sampled_from(["0 m", "0.2 m"]))}
        brought = {"brought-by": "cart"} if draw(st.booleans()) else {}
        takes[name] = {"amount": draw(st.sampled_from(["0.9 m", "3.1 m"])), "buffer": draw(st.integers(1, 3)), **change, **brought}
    bought = {"amount": "3.3 m", "rolls": 2, "coil": draw(st.sampled_from(["15 m", "100 m"])), "change": draw(st.sampled_from(["0 s", "4 s"]))}
    foil = {"amount": "1 m/m", "coil": "50 m", "change": "3 s"}
    lanes = draw(st.integers(1, 4))
    slit = {"speed": "80 m/min", "takes": {"foil": foil}, "makes": {"strip-a": "20 m"}, "web": {"lanes": lanes, "lane-width": "63 mm"}}
    winder = draw(nodes()) | {"count": draw(st.integers(1, 4)), "makes": "part", "takes": takes | {"separator": bought}}
    for key in ("buffer", "within", "adds", "measures", "grades"):
        winder.pop(key, None)
    if not winder.get("gate", {}).get("fails"):
        winder.pop("gate", None)
    cut = {"time": draw(times()), "count": draw(st.integers(1, 2)), "takes": "none", "makes": {"strip-b": "20 m"}}
    return {"slit": slit, "cut": cut, "wind": winder}


@st.composite
def hybrid_lines(draw: st.DrawFn) -> str:
    """The text of a line."""
    stations: dict[str, Text] = {}
    for i in range(draw(st.integers(2, 6))):
        stations[f"step-{i}"] = draw(nodes() if i == 0 else st.one_of(nodes(), nodes(), others()))
    if draw(st.booleans()):
        stations |= draw(tray_part())
        for i in range(draw(st.integers(0, 2))):
            stations[f"tail-{i}"] = draw(nodes())
    del stations["step-0"]["buffer"]
    stations["step-0"].pop("within", None)
    if "adds" in stations["step-0"]:
        stations["step-0"] |= {"takes": stations["step-0"].pop("adds"), "makes": "part"}
    if draw(st.booleans()):
        del stations["step-0"]
        stations = draw(coil_part()) | stations
    line: Text = {
        "line": "drawn", "product": "part", "materials": {"screw": {}, "foil": {}, "separator": {}}, "stations": stations,
        "people": {"fitter": {"count": draw(st.integers(1, 3)), **({"works": "day"} if draw(st.integers(0, 3)) < 1 else {})}, "helper": {"count": 2}},
        "shifts": {"day": {"days": "all", "hours": ["00:00-00:01", "00:02-00:04"]}}, "run": {"begin": "2026-01-05 00:00"},
        "vehicles": {"cart": draw(carts()) | {"speed": "1 m/s", "distance": "2 m"}}, "carriers": {"tray": draw(trays())},
    }  # fmt: skip
    for key in ("time", "roads", "park"):
        line["vehicles"]["cart"].pop(key, None)
    line["vehicles"]["cart"].get("battery", {}).pop("at", None)
    if draw(st.booleans()):
        served = draw(st.lists(st.sampled_from(sorted(stations)), min_size=1, max_size=3, unique=True))
        served = [name for name in served if "places" not in stations[name]]
        if served:
            line["utilities"] = {"air": {"serves": served, "failures": {"leak": {"mtbf": "90 s", "mttr": "7 s"}}}}
    return json.dumps(line, indent=1)
