"""Checks of fleets that drive over roads: they must know where the stations stand, and be able to come and to leave."""

from __future__ import annotations

from typing import Any

from linewright.model.checks import Checking
from linewright.model.flow import Step

__all__ = ["check_roads"]


def check_roads(c: Checking) -> None:
    """Check the places that each fleet drives to; each fault stands at the station or the fleet that it is about."""
    for line in dict.fromkeys(step.line for step in c.flow.steps):
        roads = _section(c, line, "roads")
        for name, vehicle in _section(c, line, "vehicles").items():
            if isinstance(vehicle, dict) and isinstance(roads.get("points"), dict) and _drives_over_roads(vehicle):
                _check_fleet(c, line, name, vehicle, roads)


def _drives_over_roads(vehicle: dict[str, Any]) -> bool:
    return vehicle.get("distance") is None and vehicle.get("time") is None and vehicle.get("roads") is not False


def _section(c: Checking, line: str, name: str) -> dict[str, Any]:
    found = c.root.get(name) or c.part(line).values.get(name)
    return found if isinstance(found, dict) else {}


def _check_fleet(c: Checking, line: str, fleet: str, vehicle: dict[str, Any], roads: dict[str, Any]) -> None:
    stops = _stops(c, line, fleet)
    for step in stops:
        if step.get("at") is None:
            hint = "Write `at:` with a point of `roads`."
            c.fault(step.where, f"`{fleet}` drives to this station over the roads, and where it stands is not known.", hint)
    battery = vehicle.get("battery")
    places = [step.get("at") for step in stops] + [vehicle.get("park"), battery.get("at") if isinstance(battery, dict) else None]
    named = [place for place in dict.fromkeys(p for p in places if isinstance(p, str)) if place in roads["points"]]
    ways = _ways(roads)
    if ways is None:
        return
    lost = [(a, b) for a in named for b in named if b not in _reached(a, ways)]
    if stops and lost:
        told = "; ".join(f"from `{a}` to `{b}`" for a, b in lost[:4]) + (f"; and {len(lost) - 4} more" if len(lost) > 4 else "")
        c.fault("roads.ways", f"`{fleet}` finds no way {told}.", "Add a way, or take `one-way` off one.")


def _stops(c: Checking, line: str, fleet: str) -> list[Step]:
    """Return the stations that a fleet fetches from or brings to, in the order of the file."""
    paths: set[str] = set()
    for step in c.flow.steps:
        if step.line != line:
            continue
        if step.get("brought-by") == fleet:
            makers = [edge.start for edge in c.flow.arriving(step.path)]
            paths.update([step.path, *makers] if makers or step.get("arrivals") is not None else [])
        for key in ("takes", "adds"):
            for material, taken in step.mapping(key).items():
                if isinstance(taken, dict) and taken.get("brought-by", step.get("brought-by") if key == "takes" else None) == fleet:
                    makers = c.flow.sources.get((step.path, material), [])
                    paths.update([step.path, *makers] if makers else [])
    return [step for step in c.flow.steps if step.path in paths]


def _ways(roads: dict[str, Any]) -> dict[str, list[str]] | None:
    """Return where one comes from each point; None where the map is open ground, or not told well enough to say."""
    ways: dict[str, list[str]] = {}
    for way in roads.get("ways") or []:
        a, b = way if isinstance(way, list) and len(way) == 2 else (way.get("from"), way.get("to")) if isinstance(way, dict) else (None, None)
        if not isinstance(a, str) or not isinstance(b, str):
            return None
        ways.setdefault(a, []).append(b)
        if not (isinstance(way, dict) and way.get("one-way")):
            ways.setdefault(b, []).append(a)
    return ways or None


def _reached(start: str, ways: dict[str, list[str]]) -> set[str]:
    reached, ahead = {start}, [start]
    while ahead:
        for point in ways.get(ahead.pop(), ()):
            if point not in reached:
                reached.add(point)
                ahead.append(point)
    return reached
