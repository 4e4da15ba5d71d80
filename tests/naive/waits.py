"""What work waits for, and where items go, as a textbook writes it in SimPy: places kept ahead, people, several lanes, a loop of rework.

As in `processes`: numbers come in as functions of a count from 0, times are whole nanoseconds, what comes out are times of leaving.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count as numbers

import simpy

from naive.processes import Chances, Numbers, Process

MANY = 10**9


@dataclass(frozen=True)
class Loop:
    """Work, a look at it, and a way back for what fails (the n-th look), at most `limit` times for each item."""

    work: Numbers
    look: Numbers
    fails: Chances
    limit: int


def before(times: list[Numbers], counts: list[int], places: int, until: int) -> list[list[int]]:
    """Steps in series whose machines begin only with a place ahead (at least one in each queue): an item keeps its place behind until it begins."""
    env = simpy.Environment()
    queues = [simpy.Store(env) for _ in times]
    rooms = [simpy.Resource(env, places) for _ in times]
    left: list[list[int]] = [[] for _ in times]
    starts = [numbers() for _ in times]

    def machine(j: int) -> Process:
        while True:
            place = (yield queues[j].get()) if j else None
            ahead = None
            if j + 1 < len(times):
                ahead = rooms[j + 1].request()
                yield ahead
            if place is not None:
                rooms[j].release(place)
            yield env.timeout(times[j](next(starts[j])))
            left[j].append(env.now)
            if ahead is not None:
                queues[j + 1].put(ahead)

    for j in reversed(range(len(times))):
        for _ in range(counts[j]):
            env.process(machine(j))
    env.run(until)
    return left


def manned(times: list[Numbers], needs: list[int], people: int, until: int) -> list[list[int]]:
    """Single machines in series with endless queues, each with so many of the same people while it runs; first asked, first served."""
    env = simpy.Environment()
    crew = simpy.Container(env, people, people)
    queues = [simpy.Store(env) for _ in times]
    left: list[list[int]] = [[] for _ in times]

    def machine(j: int) -> Process:
        for n in numbers():
            if j:
                yield queues[j].get()
            if needs[j]:
                yield crew.get(needs[j])
            yield env.timeout(times[j](n))
            if needs[j]:
                yield crew.put(needs[j])
            left[j].append(env.now)
            if j + 1 < len(times):
                queues[j + 1].put(n)
                yield env.timeout(0)  # whoever takes it asks for people first

    for j in reversed(range(len(times))):
        env.process(machine(j))
    env.run(until)
    return left


def lanes(feed: Numbers, times: list[Numbers], until: int, *, shortest: bool) -> list[list[int]]:
    """One maker and lanes with endless queues, chosen in turn, or the one with the fewest items (the first of several)."""
    env = simpy.Environment()
    queues = [simpy.Store(env) for _ in times]
    inside = [0] * len(times)
    left: list[list[int]] = [[] for _ in range(len(times) + 1)]

    def maker() -> Process:
        for n in numbers():
            yield env.timeout(feed(n))
            lane = min(range(len(times)), key=lambda j: inside[j]) if shortest else n % len(times)
            inside[lane] += 1
            left[0].append(env.now)
            queues[lane].put(n)

    def machine(j: int) -> Process:
        for n in numbers():
            yield queues[j].get()
            yield env.timeout(times[j](n))
            inside[j] -= 1
            left[j + 1].append(env.now)

    env.process(maker())
    for j in range(len(times)):
        env.process(machine(j))
    env.run(until)
    return left


def reworked(feed: Numbers, loop: Loop, until: int) -> tuple[list[int], list[int]]:
    """A maker, a worker and a look with endless queues; what fails goes back to the worker. Times of leaving the worker, and of good items."""
    env = simpy.Environment()
    work, look = simpy.Store(env), simpy.Store(env)
    worked: list[int] = []
    good: list[int] = []

    def maker() -> Process:
        for n in numbers():
            yield env.timeout(feed(n))
            work.put(0)

    def worker() -> Process:
        for n in numbers():
            passes = yield work.get()
            yield env.timeout(loop.work(n))
            worked.append(env.now)
            look.put(passes)

    def looker() -> Process:
        for n in numbers():
            passes = yield look.get()
            yield env.timeout(loop.look(n))
            if not loop.fails(n):
                good.append(env.now)
            elif passes < loop.limit:
                work.put(passes + 1)

    for process in (looker(), worker(), maker()):
        env.process(process)
    env.run(until)
    return worked, good


def since_the_first(times: list[Numbers], limit: int, until: int, *, goes_back: bool) -> tuple[list[int], list[int]]:
    """Three steps with endless queues behind a maker; the last begins at most `limit` after the end of the first. Times of good and of late items.

    What is late is thrown away, or goes back to the first step.
    """
    env = simpy.Environment()
    queues = [simpy.Store(env) for _ in range(4)]
    good: list[int] = []
    late: list[int] = []

    def step(j: int) -> Process:
        n = numbers()
        while True:
            stamp = (yield queues[j].get()) if j else 0
            if j == 3 and env.now > stamp + limit:
                late.append(env.now)
                if goes_back:
                    queues[1].put(0)
                continue
            yield env.timeout(times[j](next(n)))
            if j == 3:
                good.append(env.now)
            else:
                queues[j + 1].put(env.now if j == 1 else stamp)

    for j in reversed(range(4)):
        env.process(step(j))
    env.run(until)
    return good, late
