"""Lines of fleets drawn at random: maps, batteries, failures, goods that go several ways, are mended, or come in lanes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st
from random_lines import Text, carts, roads, stops, times

PLACES = ("gate", "west", "mid", "east", "yard", ["6 m", "5 m"])


@st.composite
def stations(draw: st.DrawFn, to: Any, fleets: tuple[str, ...]) -> Text:
    """A station on the map that one of several fleets brings to."""
    found: Text = {"count": draw(st.integers(1, 2)), "time": draw(times()), "at": draw(st.sampled_from(PLACES)), **draw(stops())}
    found["buffer"] = draw(st.integers(1, 3))
    if draw(st.integers(0, 3)):
        found["brought-by"] = draw(st.sampled_from(fleets))
    if draw(st.integers(0, 5)) == 0:
        found["batch"] = {"size": draw(st.integers(1, 3)), "wait": "5 s"}
    if to is not None:
        found["to"] = to
    if isinstance(to, list):
        found["choose"] = draw(st.sampled_from(["in-turn", "shortest-queue", "least-work", "first-free"]))
    return found


@st.composite
def fleet_lines(draw: st.DrawFn) -> str:
    """The text of a line file: a maker, two or three stations side by side, an inspection that sends back, a last one."""
    fleets = ("cart", "truck")
    beside = [f"work-{i}" for i in range(draw(st.integers(2, 3)))]
    maker: Text = {"count": draw(st.integers(1, 3)), "time": draw(times()), "at": draw(st.sampled_from(PLACES)), "to": beside}
    maker["choose"] = draw(st.sampled_from(["in-turn", "shortest-queue", "least-work", "first-free"]))
    lines: Text = {"line": "drawn", "product": "part", "people": {"fitter": {"count": draw(st.integers(1, 2))}}}
    if draw(st.booleans()):
        maker |= {"speed": "60 m/min", "takes": {"foil": {"amount": "1 m/m", "coil": "40 m"}}, "makes": {"coil": "6 m"}}
        maker["to"] = "slit"
        del maker["time"], maker["choose"]
        lines["materials"] = {"foil": {}}
    found = {"make": maker}
    if "speed" in maker:
        slit = {"speed": "90 m/min", "buffer": 1, "at": "west", "makes": "strip", "web": {"lanes": draw(st.integers(2, 4))}}
        found["slit"] = slit | {"to": "cut", **({"brought-by": "truck"} if draw(st.booleans()) else {})}
        found["cut"] = {"time": draw(times()), "takes": {"strip": {"amount": "3 m", "buffer": 2, "brought-by": "cart"}}, "makes": "part", "at": "mid"}
        found["cut"] |= {"to": beside, "choose": draw(st.sampled_from(["in-turn", "first-free"]))}
    for name in beside:
        found[name] = draw(stations("look", fleets))
    found["look"] = draw(stations("pack", fleets))
    found["look"].pop("batch", None)
    if draw(st.booleans()):
        found["look"]["gate"] = {"fails": "25 %", "to": "mend", "limit": draw(st.integers(1, 3))}
        found["mend"] = draw(stations("look", fleets))
    found["pack"] = draw(stations(None, fleets))
    lines["vehicles"] = {name: draw(carts()) for name in fleets}
    lines["shifts"] = {"day": {"days": "all", "hours": ["00:00-00:01", "00:02-00:04"]}}
    lines["roads"] = draw(roads())
    lines["run"] = {"begin": "2026-01-05 00:00"}
    return json.dumps({**lines, "stations": found}, indent=1)
