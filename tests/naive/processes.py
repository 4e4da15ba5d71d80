"""One small line per element, as a textbook writes it in SimPy: a process for each item or machine, a Resource for what is scarce.

Nothing here knows the product: numbers come in as functions of a count (the n-th start, the n-th failure), times are whole nanoseconds,
and what comes out is the time at which each item left each step. `until` is exclusive: what happens at that very moment is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import count as numbers

import simpy

Numbers = Callable[[int], int]
Chances = Callable[[int], bool]
Process = Generator[simpy.Event, object, None]


def never(_: int) -> bool:
    return False


@dataclass(frozen=True)
class Step:
    """Machines side by side with places in front: the n-th start here takes ``time(n)`` and is scrapped if ``scrap(n)``."""

    time: Numbers
    count: int = 1
    buffer: int = 0
    scrap: Chances = never


@dataclass(frozen=True)
class Stop:
    """A way to fail: the n-th life and the n-th repair of the machine, in ns."""

    life: Numbers
    repair: Numbers


@dataclass(frozen=True)
class Batch:
    """How many start together, and how long each takes to go in and out."""

    size: int
    load: int
    unload: int


def serial(steps: list[Step], until: int) -> list[list[int]]:
    """Steps in series, blocking after service, endless supply: times of leaving, by step, in order.

    Room at a step is its places and its machines; an item asks for room ahead while it still holds its machine.
    """
    env = simpy.Environment()
    machines = [simpy.Resource(env, s.count) for s in steps]
    rooms = [simpy.Resource(env, s.buffer + s.count if j else s.count) for j, s in enumerate(steps)]
    starts = [numbers() for _ in steps]
    left: list[list[int]] = [[] for _ in steps]

    def item(room: simpy.resources.resource.Request) -> Process:
        for j, step in enumerate(steps):
            machine = machines[j].request()
            yield machine
            n = next(starts[j])
            yield env.timeout(step.time(n))
            ahead = None
            if not step.scrap(n) and j + 1 < len(steps):
                ahead = rooms[j + 1].request()
                yield ahead
            left[j].append(env.now)
            machines[j].release(machine)
            rooms[j].release(room)
            if ahead is None:
                return
            room = ahead

    def supply() -> Process:
        while True:
            room = rooms[0].request()
            yield room
            env.process(item(room))

    env.process(supply())
    env.run(until)
    return left


def running_failures(time: Numbers, stop: Stop, until: int) -> list[int]:
    """One machine that fails while it works only; the item in work stays and is finished after the repair."""
    env = simpy.Environment()
    left = []

    def machine() -> Process:
        failures = 0
        life = stop.life(0)
        for n in numbers():
            work = time(n)
            while life < work:
                yield env.timeout(life)
                yield env.timeout(stop.repair(failures))
                work -= life
                failures += 1
                life = stop.life(failures)
            yield env.timeout(work)
            life -= work
            left.append(env.now)

    env.process(machine())
    env.run(until)
    return left


def oven(feed: Numbers, bake: Numbers, batch: Batch, buffer: int, until: int) -> tuple[list[int], list[int]]:
    """A feeder and one oven behind `buffer` places: load one by one, bake when full, unload one by one, exit free.

    Returns the times of leaving of the feeder and of the oven.
    """
    env = simpy.Environment()
    places = simpy.Store(env, buffer)
    fed, unloaded = [], []

    def feeder() -> Process:
        for n in numbers():
            yield env.timeout(feed(n))
            yield places.put(n)
            fed.append(env.now)

    def bakery() -> Process:
        for n in numbers():
            for _ in range(batch.size):
                yield places.get()
                yield env.timeout(batch.load)
            yield env.timeout(bake(n))
            for _ in range(batch.size):
                yield env.timeout(batch.unload)
                unloaded.append(env.now)

    env.process(feeder())
    env.process(bakery())
    env.run(until)
    return fed, unloaded


def store(feed: Numbers, stay: int, places: int, until: int) -> tuple[list[int], list[int]]:
    """A feeder and a store of `places`, in which each item stays for `stay`: times of leaving of both."""
    env = simpy.Environment()
    room = simpy.Resource(env, places)
    fed, left = [], []

    def item(place: simpy.resources.resource.Request) -> Process:
        yield env.timeout(stay)
        left.append(env.now)
        room.release(place)

    def feeder() -> Process:
        for n in numbers():
            yield env.timeout(feed(n))
            place = room.request()
            yield place
            fed.append(env.now)
            env.process(item(place))

    env.process(feeder())
    env.run(until)
    return fed, left


def join(makers: list[Numbers], time: Numbers, buffer: int, until: int) -> list[int]:
    """A machine that joins one part of each maker; a part moves in as soon as the machine is empty, work starts when the last is in."""
    env = simpy.Environment()
    ready = [simpy.Store(env, 1) for _ in makers]  # the part's seat in the machine
    places = [simpy.Store(env, buffer) for _ in makers]
    left = []

    def maker(j: int) -> Process:
        for n in numbers():
            yield env.timeout(makers[j](n))
            yield places[j].put(n)

    def infeed(j: int, empty: list[simpy.Container]) -> Process:
        while True:
            yield empty[j].get(1)
            part = yield places[j].get()
            yield ready[j].put(part)

    def machine(empty: list[simpy.Container]) -> Process:
        for n in numbers():
            for seat in ready:
                yield seat.get()
            yield env.timeout(time(n))
            left.append(env.now)
            for seat in empty:
                yield seat.put(1)

    empty = [simpy.Container(env, 1, init=1) for _ in makers]
    for j in range(len(makers)):
        env.process(maker(j))
        env.process(infeed(j, empty))
    env.process(machine(empty))
    env.run(until)
    return left
