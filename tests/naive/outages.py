"""Small SimPy lines in which something stands still at times: failures by the calendar, hours, utilities, people, maintenance."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from itertools import count as numbers

import simpy

from naive.processes import Numbers, Process, Stop


class Door:
    """Something that is open or shut; work goes on only while it is open."""

    def __init__(self, env: simpy.Environment) -> None:
        self.env = env
        self.is_open = True
        self.opens = env.event()
        self.shuts = env.event()

    def shut(self) -> None:
        self.is_open = False
        self.shuts.succeed()
        self.opens = self.env.event()

    def open(self) -> None:
        self.is_open = True
        self.opens.succeed()
        self.shuts = self.env.event()


def work(env: simpy.Environment, duration: int, door: Door) -> Process:
    """Work for a time, standing still while the door is shut."""
    left = duration
    while left:
        if not door.is_open:
            yield door.opens
        began = env.now
        yield env.timeout(left) | door.shuts
        left -= env.now - began


def breakdowns(env: simpy.Environment, stop: Stop, door: Door) -> Process:
    """Shut the door at each failure by the calendar, open it after the repair."""
    for k in numbers():
        yield env.timeout(stop.life(k))
        door.shut()
        yield env.timeout(stop.repair(k))
        door.open()


def hours(env: simpy.Environment, switches: Iterable[int], door: Door) -> Process:
    """Shut and open the door at stated times, in turn."""
    for time in switches:
        yield env.timeout(time - env.now)
        if door.is_open:
            door.shut()
        else:
            door.open()


def behind_a_door(time: Numbers, until: int, shutting: Callable[[simpy.Environment, Door], Process]) -> list[int]:
    """One machine with endless supply that stands still while something shuts its door: times of leaving."""
    env = simpy.Environment()
    door = Door(env)
    left = []

    def machine() -> Process:
        for n in numbers():
            if not door.is_open:
                yield door.opens
            yield from work(env, time(n), door)
            left.append(env.now)

    env.process(shutting(env, door))
    env.process(machine())
    env.run(until)
    return left


def held_together(first: Numbers, second: Numbers, buffer: int, stop: Stop, until: int) -> tuple[list[int], list[int]]:
    """Two machines with places between, both held while one utility is down: times of leaving of both.

    A finished item moves on also while its machine is held; a held machine begins nothing.
    """
    env = simpy.Environment()
    door = Door(env)
    places = simpy.Store(env, buffer)
    left: tuple[list[int], list[int]] = ([], [])

    def feeder() -> Process:
        for n in numbers():
            if not door.is_open:
                yield door.opens
            yield from work(env, first(n), door)
            yield places.put(n)
            left[0].append(env.now)

    def taker() -> Process:
        for n in numbers():
            while True:  # it takes an item only when it may begin
                if not door.is_open:
                    yield door.opens
                wanted = places.get()
                yield wanted | door.shuts
                if wanted.triggered:
                    break
                wanted.cancel()
            yield from work(env, second(n), door)
            left[1].append(env.now)

    env.process(breakdowns(env, stop, door))
    env.process(feeder())
    env.process(taker())
    env.run(until)
    return left


def repair_shop(count: int, time: Numbers, stops: list[Stop], people: int, *, until: int, off: Iterable[int] = ()) -> list[int]:
    """Machines side by side that fail while they work and share people: times of leaving of all, in order.

    `off`: times at which the people go and come, in turn. Who goes is a request of the highest rank, so a repair that has begun is finished.
    """
    env = simpy.Environment()
    crew = simpy.PriorityResource(env, people)
    starts = numbers()
    left: list[int] = []

    def machine(m: int) -> Process:
        failures, life = 0, stops[m].life(0)
        while True:
            todo = time(next(starts))
            while life < todo:
                yield env.timeout(life)
                todo -= life
                with crew.request(priority=1) as member:
                    yield member
                    yield env.timeout(stops[m].repair(failures))
                failures += 1
                life = stops[m].life(failures)
            yield env.timeout(todo)
            life -= todo
            left.append(env.now)

    def one_goes(back: simpy.Event) -> Process:
        with crew.request(priority=0) as member:
            yield member | back
            if not back.triggered:
                yield back

    def shifts() -> Process:
        times = iter(off)
        for goes in times:
            yield env.timeout(goes - env.now)
            back = env.event()
            for _ in range(people):
                env.process(one_goes(back))
            comes = next(times, None)
            if comes is None:
                return
            yield env.timeout(comes - env.now)
            back.succeed()

    env.process(shifts())
    for m in range(count):
        env.process(machine(m))
    env.run(until)
    return left


def kept_up(time: Numbers, upkeep: Numbers, until: int, *, items: int | None = None, every: int | None = None) -> list[int]:
    """One machine that is maintained after each `items` works, or after the work in which another `every` ns have gone by: times of leaving."""
    env = simpy.Environment()
    left = []
    due = simpy.Container(env, capacity=1)

    def clock() -> Generator[simpy.Event, object, None]:
        while every is not None:
            yield env.timeout(every)
            if due.level == 0:
                yield due.put(1)

    def machine() -> Process:
        k = 0
        for n in numbers():
            yield env.timeout(time(n))
            left.append(env.now)
            if items is not None and (n + 1) % items == 0:
                yield due.put(1)
            while due.level:
                yield due.get(1)
                yield env.timeout(upkeep(k))
                k += 1

    env.process(clock())
    env.process(machine())
    env.run(until)
    return left
