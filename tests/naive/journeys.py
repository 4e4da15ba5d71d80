"""Small SimPy lines in which something travels or is cut: vehicles, trays, coils and their lanes, items that wait too long, tools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count as numbers

import simpy

from naive.processes import Numbers, Process, Stop


@dataclass(frozen=True)
class Carts:
    """Vehicles: how many, ns with goods, ns back."""

    count: int
    carry: int
    back: int


@dataclass(frozen=True)
class Trays:
    """Trays: how many, items on one, ns of the empty way back."""

    count: int
    holds: int
    back: int


@dataclass(frozen=True)
class Web:
    """Strips: lanes of a coil, mm of one, mm of a piece, ns of a change."""

    lanes: int
    strip: int
    piece: int
    change: int


def carted(feed: Numbers, take: Numbers, carts: Carts, buffer: int, until: int) -> tuple[list[int], list[int]]:
    """A feeder, vehicles, a machine behind `buffer` places: a trip needs a place that nobody is under way to, and a vehicle.

    Returns the times at which goods left the feeder, and the machine.
    """
    env = simpy.Environment()
    places = simpy.Resource(env, buffer)
    fleet = simpy.Resource(env, carts.count)
    arrived = simpy.Store(env)
    left: tuple[list[int], list[int]] = ([], [])

    def feeder() -> Process:
        for n in numbers():
            yield env.timeout(feed(n))
            place = places.request()
            yield place
            vehicle = fleet.request()
            yield vehicle
            left[0].append(env.now)
            env.process(trip(place, vehicle))

    def trip(place: simpy.resources.resource.Request, vehicle: simpy.resources.resource.Request) -> Process:
        yield env.timeout(carts.carry)
        yield arrived.put(place)
        yield env.timeout(carts.back)
        fleet.release(vehicle)

    def taker() -> Process:
        for n in numbers():
            place = yield arrived.get()
            places.release(place)
            yield env.timeout(take(n))
            left[1].append(env.now)

    env.process(feeder())
    env.process(taker())
    env.run(until)
    return left


def on_trays(load: Numbers, work: Numbers, unload: Numbers, trays: Trays, until: int) -> tuple[list[int], list[int], list[int]]:
    """Endless items loaded on a limited number of trays, worked on by the tray, unloaded, the empty trays on their way back for a time.

    One place in front of work and unloader each. Returns the times at which items were on a tray, trays left the work, items were off.
    """
    env = simpy.Environment()
    empty = simpy.Store(env)
    empty.items = list(range(trays.count))
    before_work, before_unload = simpy.Store(env, 1), simpy.Store(env, 1)
    on, worked, off = [], [], []

    def loader() -> Process:
        n = numbers()
        while True:
            tray = yield empty.get()
            for _ in range(trays.holds):
                yield env.timeout(load(next(n)))
                on.append(env.now)
            yield before_work.put(tray)

    def worker() -> Process:
        for n in numbers():
            tray = yield before_work.get()
            yield env.timeout(work(n))
            yield before_unload.put(tray)
            worked.append(env.now)

    def unloader() -> Process:
        n = numbers()
        while True:
            tray = yield before_unload.get()
            for _ in range(trays.holds):
                yield env.timeout(unload(next(n)))
                off.append(env.now)
            env.process(returns(tray))

    def returns(tray: object) -> Process:
        yield env.timeout(trays.back)
        yield empty.put(tray)

    for process in (loader, worker, unloader):
        env.process(process())
    env.run(until)
    return on, worked, off


def wound(coil: Numbers, wind: Numbers, machines: int, web: Web, until: int) -> tuple[list[int], list[int]]:
    """A slitter cuts each coil into strips; winders take a strip when the rest of theirs is too short, change it, and wind a piece an item.

    One place in front of all winders together. Returns when the slitter gave its last lane of a coil, and when items were wound.
    """
    env = simpy.Environment()
    place = simpy.Store(env, 1)
    given, made = [], []
    starts = numbers()

    def slitter() -> Process:
        for n in numbers():
            yield env.timeout(coil(n))
            for _ in range(web.lanes):
                yield place.put(web.strip)
            given.append(env.now)

    def winder() -> Process:
        rest = 0
        while True:
            if rest < web.piece:
                rest = yield place.get()
                yield env.timeout(web.change)
            rest -= web.piece
            yield env.timeout(wind(next(starts)))
            made.append(env.now)

    env.process(slitter())
    for _ in range(machines):
        env.process(winder())
    env.run(until)
    return given, made


def in_time(feed: Numbers, take: Numbers, buffer: int, limit: int, stop: Stop, *, until: int) -> tuple[list[int], list[int]]:
    """A feeder, `buffer` places, a machine that fails while it works; an item that begins later than `limit` after its making is thrown away.

    Returns the times at which good items left the machine, and late ones the line.
    """
    env = simpy.Environment()
    places = simpy.Store(env, buffer)
    good, late = [], []

    def feeder() -> Process:
        for n in numbers():
            yield env.timeout(feed(n))
            yield places.put(env.now)

    def taker() -> Process:
        n, failures, life = 0, 0, stop.life(0)
        while True:
            made = yield places.get()
            if env.now > made + limit:
                late.append(env.now)
                continue
            todo = take(n)
            n += 1
            while life < todo:
                yield env.timeout(life)
                yield env.timeout(stop.repair(failures))
                todo -= life
                failures += 1
                life = stop.life(failures)
            yield env.timeout(todo)
            life -= todo
            good.append(env.now)

    env.process(feeder())
    env.process(taker())
    env.run(until)
    return good, late


def tools_out(gap: Numbers, repair: Numbers, pick: Numbers, until: int) -> list[tuple[int, int, int]]:
    """One stream of failures over many tools: (time, tool, 1 out or 0 back), in order; a tool that is out already is not hit again."""
    env = simpy.Environment()
    out: set[int] = set()
    log: list[tuple[int, int, int]] = []

    def mended(tool: int, k: int) -> Process:
        yield env.timeout(repair(k))
        out.remove(tool)
        log.append((env.now, tool, 0))

    def stream() -> Process:
        for k in numbers():
            yield env.timeout(gap(k))
            tool = pick(k)
            if tool not in out:
                out.add(tool)
                log.append((env.now, tool, 1))
                env.process(mended(tool, k))

    env.process(stream())
    env.run(until)
    return log


def from_one(function: Callable[[int], int]) -> Numbers:
    """Return numbers that count from 0, of a function that counts from 1 (as the product's keys do)."""
    return lambda n: function(n + 1)
