"""The map of a plant: points, ways, zones; the fastest drive between any two points (docs/semantics.md, section 8)."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linewright.model.plant import Plant

__all__ = ["Crossing", "Drive", "Map", "drives_of", "map_of"]

Place = str | tuple[float, float]


@dataclass(frozen=True, slots=True)
class Way:
    """One way from one point to another: its length, m, and the speed allowed on it, m/s (None: any)."""

    end: int
    length_m: float
    speed_m_s: float | None


@dataclass(frozen=True, slots=True)
class Map:
    """Points by number (names first, then places of stations that are no point), ways from each, zones by their point.

    Parameters
    ----------
    names
        Of the points; ``[x, y]`` in metres of a place without a name.
    places
        Number of each name or place.
    ways
        From each point.
    zones
        By the number of their point: number of the zone, and how far it reaches, m.
    """

    names: tuple[str, ...]
    places: Mapping[Place, int]
    ways: tuple[tuple[Way, ...], ...]
    zones: Mapping[int, tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A zone on a drive: when it is entered and left, ns from the drive's begin."""

    enter: int
    leave: int
    zone: int


@dataclass(frozen=True, slots=True)
class Drive:
    """The fastest drive from one point to another: its time, ns; the next point on it; the zones on it, in order."""

    time: int
    next: int
    crossings: tuple[Crossing, ...] = ()


def map_of(plant: Plant) -> Map:
    """Return the map of a plant.

    A map without ways is open ground: every point is joined to every other by a straight line. A station that stands at no point of the map is
    joined, both ways, by a straight line to the point next to it.
    """
    names = [name for name, _, _ in plant.points]
    at: list[tuple[float, float]] = [(x, y) for _, x, y in plant.points]
    places: dict[Place, int] = {name: i for i, name in enumerate(names)}
    ways: list[list[Way]] = [[] for _ in at]
    for road in plant.roads:
        a, b = places[road.start], places[road.end]
        length = math.dist(at[a], at[b]) if road.length_m is None else road.length_m
        ways[a].append(Way(b, length, road.speed_m_s))
        if not road.one_way:
            ways[b].append(Way(a, length, road.speed_m_s))
    named = len(at)
    for place in dict.fromkeys(s.at for s in plant.segments if isinstance(s.at, tuple)):
        same = next((i for i in range(named) if at[i] == place), None)
        if same is not None:
            places[place] = same
            continue
        places[place] = len(at)
        names.append(f"[{place[0]:g} m, {place[1]:g} m]")
        at.append(place)
        ways.append([])
        if plant.roads and named:
            near = min(range(named), key=lambda i: (math.dist(at[i], place), i))
            length = math.dist(at[near], place)
            ways[near].append(Way(len(at) - 1, length, None))
            ways[-1].append(Way(near, length, None))
    if not plant.roads:
        ways = [[Way(b, math.dist(at[a], at[b]), None) for b in range(len(at)) if b != a] for a in range(len(at))]
    zones = {places[zone.point]: (number, zone.radius_m) for number, zone in enumerate(plant.zones)}
    return Map(tuple(names), places, tuple(tuple(w) for w in ways), zones)


def drives_of(found: Map, speed_m_s: float) -> list[list[Drive | None]]:
    """Return the fastest drive from each point to each, None where no way leads there.

    Of drives that take the same time the one over fewer points is taken, then the one whose points have the smaller numbers, from the end on.

    Parameters
    ----------
    found
        The map.
    speed_m_s
        Of the vehicle; a way may allow less.

    Examples
    --------
    >>> line = Map(("a", "b"), {"a": 0, "b": 1}, ((Way(1, 30.0, None),), ()), {})
    >>> drives_of(line, 1.5)
    [[Drive(time=0, next=0, crossings=()), Drive(time=20000000000, next=1, crossings=())], [None, Drive(time=0, next=1, crossings=())]]
    """
    return [_from(found, start, speed_m_s) for start in range(len(found.names))]


def _from(found: Map, start: int, speed_m_s: float) -> list[Drive | None]:
    best: dict[int, tuple[float, int, int]] = {}  # seconds, points passed, the point before
    heap = [(0.0, 0, -1, start)]
    while heap:
        seconds, passed, before, point = heapq.heappop(heap)
        if point in best:
            continue
        best[point] = (seconds, passed, before)
        for way in found.ways[point]:
            if way.end not in best:
                heapq.heappush(heap, (seconds + _seconds(way, speed_m_s), passed + 1, point, way.end))
    drives: list[Drive | None] = []
    for end in range(len(found.names)):
        if end not in best:
            drives.append(None)
            continue
        path = [end]
        while path[-1] != start:
            path.append(best[path[-1]][2])
        path.reverse()
        drives.append(_drive(found, path, [best[p][0] for p in path], speed_m_s))
    return drives


def _seconds(way: Way, speed_m_s: float) -> float:
    return way.length_m / (speed_m_s if way.speed_m_s is None else min(speed_m_s, way.speed_m_s))


def _drive(found: Map, path: Sequence[int], seconds: Sequence[float], speed_m_s: float) -> Drive:
    """Return a drive along points; a zone reaches as far as it says on each side of its point, at most to the middle of the way to the next."""
    if len(path) == 1:
        return Drive(0, path[0])
    time = max(math.floor(seconds[-1] * 1e9 + 0.5), 1)
    crossings = []
    for i, point in enumerate(path):
        if point not in found.zones:
            continue
        number, radius = found.zones[point]
        ahead = behind = 0.0
        if i > 0:
            ahead = min(_reach(found, path[i - 1], point, radius, speed_m_s), (seconds[i] - seconds[i - 1]) / 2.0)
        if i + 1 < len(path):
            behind = min(_reach(found, point, path[i + 1], radius, speed_m_s), (seconds[i + 1] - seconds[i]) / 2.0)
        enter, leave = (min(math.floor(x * 1e9 + 0.5), time) for x in (seconds[i] - ahead, seconds[i] + behind))
        if enter < leave:
            crossings.append(Crossing(enter, leave, number))
    return Drive(time, path[1], tuple(crossings))


def _reach(found: Map, start: int, end: int, radius_m: float, speed_m_s: float) -> float:
    """Return how long a vehicle needs for the radius of a zone on the way between two points, s: the fastest way is the one that is driven."""
    fastest = min((way for way in found.ways[start] if way.end == end), key=lambda way: _seconds(way, speed_m_s))
    return radius_m / (speed_m_s if fastest.speed_m_s is None else min(speed_m_s, fastest.speed_m_s))
