"""A small SimPy plant whose makers call vehicles over a map: crossings with few places, batteries, chargers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count as numbers

import simpy

from naive.processes import Numbers, Process

Piece = tuple[int, str | None]  # ns, and the crossing that it lies in


@dataclass(frozen=True)
class Fleet:
    """Vehicles that stand at `home` at first. A battery lasts `run` ns; with less than `low` left it is charged at `home`, in `full` ns if empty."""

    count: int
    ways: Mapping[tuple[str, str], Sequence[Piece]]
    home: str
    load: int
    unload: int
    is_nearest: bool = False
    run: int = 0
    low: int = 0
    full: int = 0
    chargers: int = 1

    def far(self, a: str, b: str) -> int:
        return sum(time for time, _ in self.ways[a, b])


@dataclass
class Vehicle:
    number: int
    at: str
    left: int


@dataclass
class Request:
    since: int
    place: int
    point: str
    called: simpy.Event


@dataclass
class Site:
    """Who waits, who is free, how many places the taker has left."""

    env: simpy.Environment
    fleet: Fleet
    places: int
    to: str
    crossings: Mapping[str, simpy.Resource]
    arrived: simpy.Store
    chargers: simpy.Resource
    waiting: list[Request] = field(default_factory=list)
    free: list[Vehicle] = field(default_factory=list)

    def match(self) -> None:
        """Send vehicles while there is somebody to send, somebody who waits, and a place to bring to."""
        while self.free and self.waiting and self.places:
            pairs = [(self.fleet.far(v.at, r.point), r.since, v.number, r.place, v, r) for v in self.free for r in self.waiting]
            if not self.fleet.is_nearest:
                first = min(r.since for r in self.waiting)
                pairs = [p for p in pairs if p[1] == first]
            *_, vehicle, request = min(pairs, key=lambda p: p[:4])
            self.free.remove(vehicle)
            self.waiting.remove(request)
            self.places -= 1
            self.env.process(self.trip(vehicle, request))

    def drive(self, vehicle: Vehicle, to: str) -> Process:
        for time, crossing in self.fleet.ways[vehicle.at, to]:
            if crossing is None:
                yield self.env.timeout(time)
            else:
                with self.crossings[crossing].request() as inside:
                    yield inside
                    yield self.env.timeout(time)
        vehicle.at = to

    def trip(self, vehicle: Vehicle, request: Request) -> Process:
        began = self.env.now
        request.called.succeed()
        yield from self.drive(vehicle, request.point)
        yield self.env.timeout(self.fleet.load)
        yield from self.drive(vehicle, self.to)
        yield self.env.timeout(self.fleet.unload)
        yield self.arrived.put(1)
        vehicle.left -= self.env.now - began
        if self.fleet.run and vehicle.left < self.fleet.low:
            began = self.env.now
            yield from self.drive(vehicle, self.fleet.home)
            vehicle.left -= self.env.now - began
            with self.chargers.request() as plugged:
                yield plugged
                yield self.env.timeout(round((self.fleet.run - vehicle.left) * self.fleet.full / self.fleet.run))
            vehicle.left = self.fleet.run
        self.free.append(vehicle)
        self.match()


def served(makers: Sequence[tuple[str, Numbers]], take: Numbers, fleet: Fleet, *, to: str, buffer: int, until: int) -> list[list[int]]:
    """Makers at points, a taker behind `buffer` places at another, vehicles between them.

    Returns the times at which goods left each maker, and then the taker.
    """
    env = simpy.Environment()
    names = sorted({crossing for way in fleet.ways.values() for _, crossing in way if crossing is not None})
    crossings = {name: simpy.Resource(env, 1) for name in names}
    site = Site(env, fleet, buffer, to, crossings, simpy.Store(env), simpy.Resource(env, fleet.chargers))
    site.free = [Vehicle(k, fleet.home, fleet.run) for k in range(fleet.count)]
    left: list[list[int]] = [[] for _ in range(len(makers) + 1)]

    def maker(k: int, point: str, time: Numbers) -> Process:
        for n in numbers():
            yield env.timeout(time(n))
            request = Request(env.now, k, point, env.event())
            site.waiting.append(request)
            site.match()
            yield request.called
            left[k].append(env.now)

    def taker() -> Process:
        for n in numbers():
            yield site.arrived.get()
            site.places += 1
            site.match()
            yield env.timeout(take(n))
            left[-1].append(env.now)

    for k, (point, time) in enumerate(makers):
        env.process(maker(k, point, time))
    env.process(taker())
    env.run(until)
    return left
