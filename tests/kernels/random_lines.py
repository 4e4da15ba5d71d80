"""Lines drawn at random: small, busy, full of ties (times on a grid) or without any (laws), with every element that has a behaviour."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

Text = dict[str, Any]

BOUGHT = ("powder", "foil", "separator", "screw")


@st.composite
def times(draw: st.DrawFn) -> Any:
    """A service time: on the grid, or by a law."""
    seconds = draw(st.integers(1, 4))
    law = draw(st.sampled_from(["constant", "constant", "exponential", "uniform", "lognormal"]))
    if law == "constant":
        return f"{seconds} s"
    if law == "uniform":
        return {"law": "uniform", "min": "0.5 s", "max": f"{seconds} s"}
    if law == "lognormal":
        return {"law": "lognormal", "mean": f"{seconds} s", "cv": "50 %"}
    return {"law": "exponential", "mean": f"{seconds} s"}


@st.composite
def laws(draw: st.DrawFn, low: int, high: int) -> Any:
    """A time to failure or of a repair: exponential (the default), or on the grid."""
    seconds = draw(st.integers(low, high))
    return draw(st.sampled_from([f"{seconds} s", {"law": "constant", "mean": f"{seconds} s"}]))


@st.composite
def failures(draw: st.DrawFn) -> Text:
    found = {}
    for name in draw(st.lists(st.sampled_from(["jam", "slip", "drift"]), max_size=2, unique=True)):
        mode: Text = {"mtbf": draw(laws(5, 30)), "mttr": draw(laws(1, 12))}
        if draw(st.booleans()):
            mode["clock"] = "calendar"
        if draw(st.booleans()):
            mode["by"] = "fitter"
        found[name] = mode
    return found


@st.composite
def plans(draw: st.DrawFn) -> Text:
    found = {}
    for name in draw(st.lists(st.sampled_from(["clean", "blade"]), max_size=2, unique=True)):
        every = f"{draw(st.integers(8, 40))} s" if name == "clean" else f"{draw(st.integers(2, 9))} items"
        found[name] = {"every": every, "time": draw(times()), **({"by": "fitter"} if draw(st.booleans()) else {})}
    return found


@st.composite
def stops(draw: st.DrawFn) -> Text:
    """What may stop a station."""
    found: Text = {}
    if modes := draw(failures()):
        found["failures"] = modes
    if upkeep := draw(plans()):
        found["maintenance"] = upkeep
    if draw(st.integers(0, 3)) == 0:
        found["works"] = "day"
    return found


@st.composite
def waits(draw: st.DrawFn) -> Text:
    """What work may wait for: a place behind, people."""
    found: Text = {"blocking": "before"} if draw(st.integers(0, 4)) == 0 else {}
    if draw(st.integers(0, 4)) == 0:
        found["needs"] = {"helper": draw(st.integers(1, 2)), **({"fitter": 1} if draw(st.booleans()) else {})}
    return found


@st.composite
def judged(draw: st.DrawFn, *, grades: bool = True) -> Text:
    """What throws items away or tells them apart: by chance, by a gate, by grades."""
    found: Text = {}
    if draw(st.integers(0, 2)) == 0:
        found["scrap"] = "15 %"
    quality = draw(st.sampled_from(["", "", "", "chance", "windows", *(["grades"] if grades else [])]))
    if quality == "chance":
        found["gate"] = {"fails": "20 %", **({"misses": "30 %", "false-alarms": "10 %"} if draw(st.booleans()) else {})}
    elif quality:
        found["measures"] = {"width": {"window": "5 mm +- 1 mm", "spread": "0.7 mm"}}
        found["gate"] = {"misses": "30 %", "false-alarms": "10 %"}
    if quality == "grades":
        found["grades"] = {"A": {"width": "5 mm +- 0.3 mm"}, "B": {"width": "5 mm +- 0.8 mm"}}
    return found


@st.composite
def machines(draw: st.DrawFn, *, carried: bool = False) -> Text:
    """Machines side by side."""
    found: Text = {"count": draw(st.integers(1, 3)), "time": draw(times()), **draw(stops()), **draw(waits())}
    if carried:
        return found
    found |= draw(judged())
    if draw(st.integers(0, 3)) == 0:
        found["tools"] = {"nozzle": draw(st.integers(2, 3))}
    return found


@st.composite
def ovens(draw: st.DrawFn) -> Text:
    batch: Text = {"size": draw(st.integers(1, 4))}
    if draw(st.booleans()):
        batch["wait"] = f"{draw(st.integers(1, 9))} s"
    for key in ("load", "unload"):
        if draw(st.booleans()):
            batch[key] = draw(st.sampled_from(["1 s", "0.3 s"]))
    found: Text = {"count": draw(st.integers(1, 3)), "batch": batch, "time": draw(times()), **draw(stops()), **draw(waits())}
    if batch["size"] > 1:
        found.pop("blocking", None)  # there may be fewer places behind
    return found


@st.composite
def stores(draw: st.DrawFn) -> Text:
    return {"places": draw(st.integers(1, 6)), "time": draw(times()), **draw(waits())}


@st.composite
def steps(draw: st.DrawFn, *, carried: bool = False) -> Text:
    """A station in the middle of a line."""
    kind = draw(st.sampled_from(["machines", "machines", "machines", "oven", "store"]))
    found = draw({"machines": machines(carried=carried), "oven": ovens(), "store": stores()}[kind])
    if kind != "machines" and not carried:
        found |= draw(judged())
    found["buffer"] = draw(st.integers(0, 3))
    if draw(st.integers(0, 4)) == 0:
        found["brought-by"] = "cart"
    if kind == "machines" and not carried and draw(st.integers(0, 4)) == 0:
        found["within"] = f"{draw(st.integers(2, 8))} s"
        if draw(st.integers(0, 2)) == 0:
            found["within"] = {"limit": found["within"], "late": "step-0"}
    return found


@st.composite
def tray_stations(draw: st.DrawFn) -> dict[str, Text]:
    """A loader, stations that trays pass, an unloader."""
    loader = {"count": draw(st.integers(1, 2)), "time": "0.7 s", "buffer": draw(st.integers(0, 3)), "loads": "tray", **draw(stops())}
    found = {"load": loader | draw(waits()) | draw(judged(grades=False))}
    for i in range(draw(st.integers(0, 2))):
        found[f"form-{i}"] = draw(steps(carried=True))
    work = found.get("form-0", {})
    if "count" in work and "batch" not in work and draw(st.booleans()):
        channel = {"mtbf": "60 s", "mttr": "9 s", "clock": "calendar", "stops": "tool"}
        work |= {"tools": {"channel": 4}, "failures": work.get("failures", {}) | {"channel": channel}}
        work["measures"] = {"capacity": {"window": "at least 4.9 Ah", "mean": "5.0 Ah", "spread": "0.1 Ah"}}
    found["unload"] = {"count": draw(st.integers(1, 2)), "time": "0.6 s", "buffer": draw(st.integers(0, 2)), "unloads": "tray", **draw(stops())}
    found["unload"] |= draw(waits()) | draw(judged())
    if "measures" in work:
        found["look"] = {"time": draw(times()), "buffer": 1, "gate": {"checks": ["capacity"]}}
    return found


@st.composite
def coil_stations(draw: st.DrawFn) -> dict[str, Text]:
    """A coater from batches, a slitter into lanes, a winder that takes strips and bought coils."""
    web = {"elongation": "1 %", "lanes": draw(st.integers(1, 4)), "lane-width": "63 mm"}
    changed = {"change": draw(st.sampled_from(["0 s", "2 s", "5 s"])), "splice": draw(st.sampled_from(["0 m", "0.2 m"]))}
    brought = {"brought-by": "cart"} if draw(st.booleans()) else {}
    return {
        "mixer": {"count": draw(st.integers(1, 2)), "time": draw(times()), "takes": {"powder": "70 kg"}, "makes": {"slurry": "90 L"}},
        "coater": {
            "speed": "60 m/min",
            "takes": {"slurry": {"amount": "2 L/m", "buffer": draw(st.integers(0, 2))}, "foil": {"amount": "1 m/m", "coil": "50 m", "change": "3 s"}},
            "makes": {"coil": "20 m"},
            "web": {"trim-start": "1 m"},
            **draw(stops()),
        },
        "slitter": {"speed": "80 m/min", "buffer": draw(st.integers(0, 2)), "makes": "strip", "web": web},
        "winder": {
            "count": draw(st.integers(1, 3)),
            "time": draw(times()),
            "takes": {
                "strip": {"amount": "3.1 m", "buffer": draw(st.integers(1, 2)), **changed, **brought},
                "separator": {"amount": "3.3 m", "rolls": 2, "coil": "15 m", "change": draw(st.sampled_from(["0 s", "4 s"]))},
            },
            "makes": "part",
            **draw(stops()),
        },
    }


@st.composite
def joined_stations(draw: st.DrawFn) -> dict[str, Text]:
    """Two makers and a machine that joins their parts."""
    amounts = draw(st.tuples(st.integers(1, 2), st.integers(1, 3)))
    places = draw(st.tuples(st.integers(0, 3), st.integers(0, 3)))
    return {
        "make-a": {**draw(machines()), "makes": "a"},
        "make-b": {**draw(machines()), "takes": "none", "makes": "b"},
        "join": {
            **draw(machines()),
            "takes": {"a": {"amount": amounts[0], "buffer": places[0]}, "b": {"amount": amounts[1], "buffer": places[1]}},
            "makes": "part",
        },
    }


@st.composite
def added_stations(draw: st.DrawFn) -> dict[str, Text]:
    """A passing item into which parts are put: lids made here, screws bought, brought or not."""
    places = draw(st.integers(0, 3))
    brought = {"brought-by": "cart"} if draw(st.booleans()) else {}
    return {
        "make-lid": {**draw(machines()), "makes": "lid"},
        "feed": {**draw(machines()), "takes": "none", "makes": "body"},
        "put": {
            **draw(machines()),
            "buffer": draw(st.integers(0, 2)),
            "adds": {"lid": {"amount": draw(st.integers(1, 2)), "buffer": places, **brought}, "screw": 3},
            "makes": "part",
        },
    }


@st.composite
def looped_stations(draw: st.DrawFn) -> dict[str, Text]:
    """An inspector who sends back, to the worker or by way of a mender; items may arrive from outside."""
    gate: Text = {"to": draw(st.sampled_from(["work", "mend"])), "limit": draw(st.sampled_from([1, 2, "unlimited"]))}
    if draw(st.booleans()):
        gate["fails"] = "30 %"
        judged: Text = {}
    else:
        judged = {"measures": {"width": {"window": "5 mm +- 1 mm", "spread": "0.9 mm"}}}
        gate |= {"misses": "20 %", "false-alarms": "5 %"}
    if gate["limit"] != "unlimited" and draw(st.booleans()):
        gate["then"] = "step-0"
    first: Text = draw(machines()) | {"buffer": draw(st.sampled_from([2, 9, "unlimited"]))}
    if draw(st.booleans()):
        full = draw(st.sampled_from(["wait", "lost"]))
        first["arrivals"] = {"law": "exponential", "mean": "3 s", "when-full": full, "batch": draw(st.integers(1, 2))}
    found = {"work": first} if "arrivals" in first else {"feed": draw(machines()), "work": first}
    found["inspect"] = draw(machines(carried=True)) | {"buffer": draw(st.integers(0, 4)), "gate": gate, "to": "step-0", **judged}
    mend: Text = draw(machines()) | {"buffer": draw(st.integers(1, 9)), "to": "work"}
    return found | ({"mend": mend} if gate["to"] == "mend" else {})


@st.composite
def lane_stations(draw: st.DrawFn) -> dict[str, Text]:
    """A feeder with several ways, which join again."""
    lanes = ["lane-a", "lane-b", "lane-c"][: draw(st.integers(2, 3))]
    choose = draw(st.sampled_from(["in-turn", "shortest-queue", "least-work", "first-free"]))
    found = {"feed": draw(machines()) | {"to": lanes, "choose": choose}}
    for lane in lanes:
        found[lane] = draw(steps()) | {"to": "step-0"}
    return found


@st.composite
def trays(draw: st.DrawFn) -> Text:
    back = draw(st.sampled_from(["0 s", "3 s"]))
    return {"holds": draw(st.integers(1, 4)), "count": draw(st.integers(1, 6)), "empty-return": back}


POINTS = {"gate": ["0 m", "0 m"], "west": ["4 m", "0 m"], "mid": ["4 m", "3 m"], "east": ["8 m", "3 m"], "yard": ["2 m", "3 m"]}
WAYS = [["gate", "west"], ["west", "mid"], ["mid", "east"], ["mid", "yard"], {"from": "east", "to": "west", "one-way": "yes"}]


@st.composite
def carts(draw: st.DrawFn) -> Text:
    """A fleet: a fixed distance, drawn trips, or the roads; on the grid of times or off it."""
    found: Text = {"count": draw(st.integers(1, 3)), "load": draw(st.sampled_from(["0 s", "1 s"])), "unload": draw(st.sampled_from(["0 s", "2 s"]))}
    found["dispatch"] = draw(st.sampled_from(["longest-waiting", "nearest", "highest-priority"]))
    found["holds"] = draw(st.sampled_from([1, 1, 2, 3]))
    way = draw(st.sampled_from(["distance", "time", "roads", "roads"]))
    if way == "time":
        found["time"] = draw(times())
    else:
        found["speed"] = draw(st.sampled_from(["1 m/s", "1.3 m/s"]))
    if way == "distance":
        found["distance"] = "2 m"
    if way == "roads" and draw(st.booleans()):
        found["park"] = draw(st.sampled_from(sorted(POINTS)))
    if draw(st.booleans()):
        found["battery"] = {"run": "30 s", "charge": "12 s", "charge-below": "40 %", "chargers": draw(st.integers(1, 2))}
        if way == "roads" and draw(st.booleans()):
            found["battery"]["at"] = draw(st.sampled_from(sorted(POINTS)))
    if modes := draw(failures()):
        found["failures"] = modes
    return found


@st.composite
def roads(draw: st.DrawFn) -> Text:
    """A map, of ways or open ground, with crossings or without."""
    found: Text = {"points": POINTS}
    if draw(st.booleans()):
        found["ways"] = WAYS
    zones = draw(st.lists(st.sampled_from(["west", "mid", "gate"]), max_size=2, unique=True))
    if zones:
        found["zones"] = {name: {"vehicles": draw(st.integers(1, 2)), "radius": draw(st.sampled_from(["1 m", "3 m"]))} for name in zones}
    return found


@st.composite
def leaks(draw: st.DrawFn) -> Text:
    found: Text = {"mtbf": draw(laws(10, 40)), "mttr": draw(laws(2, 9)), "clock": "calendar"}
    return found | ({"by": "fitter"} if draw(st.booleans()) else {})


@st.composite
def line_files(draw: st.DrawFn) -> str:
    """The text of a line file (JSON is YAML)."""
    begin = draw(st.sampled_from(["plain", "joined", "added", "coils", "loop", "loop", "lanes", "lanes"]))
    begins = {"plain": st.fixed_dictionaries({"feed": machines()}), "joined": joined_stations(), "added": added_stations(), "coils": coil_stations()}
    begins |= {"loop": looped_stations(), "lanes": lane_stations()}
    stations = draw(begins[begin])
    for i in range(draw(st.integers(1, 3))):
        stations[f"step-{i}"] = draw(steps())
    if draw(st.integers(0, 2)) == 0:
        stations |= draw(tray_stations())
    for station in stations.values():
        station["at"] = draw(st.sampled_from([*sorted(POINTS), ["6 m", "5 m"]]))
    names = [n for n, s in stations.items() if "places" not in s]
    utilities = {}
    if draw(st.booleans()):
        served = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
        utilities = {"air": {"serves": served, "failures": {"leak": draw(leaks())}}}
    line = {
        "line": "drawn",
        "product": "part",
        "materials": {name: {} for name in BOUGHT} | {"slurry": {"shelf-life": draw(st.sampled_from(["8 s", "40 s", "1 h"]))}},
        "carriers": {"tray": draw(trays())},
        "people": {"fitter": {"count": draw(st.integers(1, 2)), **({"works": "day"} if draw(st.booleans()) else {})}, "helper": {"count": 2}},
        "vehicles": {"cart": draw(carts())},
        "roads": draw(roads()),
        "utilities": utilities,
        "shifts": {"day": {"days": "all", "hours": ["00:00-00:01", "00:02-00:04"]}},
        **({"works": "day"} if draw(st.integers(0, 5)) == 0 else {}),
        "run": {"begin": "2026-01-05 00:00", "start": draw(st.sampled_from(["empty", "empty", "filled"]))},
        "stations": stations,
    }
    if "load" not in stations:
        del line["carriers"]
    return json.dumps({key: value for key, value in line.items() if value != {}}, indent=1)
