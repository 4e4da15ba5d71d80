"""Exact answers for small lines, from the chain of their states.

Each function is one line small enough that all its states fit in memory: the states are walked from the first, the balance equations
solved, the output read off. No simulation, no shared code with the product. Rates are per second, places are counted without the machine.

References
----------
Hillier, Boling: Finite queues in series with exponential or Erlang service times, Operations Research 15 (1967).
Dallery, Gershwin: Manufacturing flow line systems, Queueing Systems 12 (1992).
Jackson: Networks of waiting lines, Operations Research 5 (1957).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve

Moves = Callable[[Hashable], Iterable[tuple[float, Hashable]]]


def stationary(first: Hashable, moves: Moves) -> dict[Hashable, float]:
    """Return the long-run share of time in each state that can be reached from `first`.

    Parameters
    ----------
    first
        Any state of the chain.
    moves
        ``moves(state)`` gives (rate per second, next state) of all that can happen there.
    """
    number = {first: 0}
    order = [first]
    rows, columns, rates = [], [], []
    for state in order:  # grows while it is walked
        for rate, following in moves(state):
            if following not in number:
                number[following] = len(order)
                order.append(following)
            i, j = number[state], number[following]
            rows += [j, i]
            columns += [i, i]
            rates += [rate, -rate]
    n = len(order)
    balance = coo_array((rates, (rows, columns)), shape=(n, n)).tolil()
    balance[n - 1, :] = 1.0  # one equation is redundant: the shares add up to one
    right = np.zeros(n)
    right[n - 1] = 1.0
    shares = spsolve(balance.tocsc(), right)
    return {state: float(shares[number[state]]) for state in order}


def output(first: Hashable, moves: Moves, rate: Callable[[Hashable], float]) -> float:
    """Return the mean of `rate` over the chain: a throughput, where `rate(state)` is what leaves a second in that state."""
    return sum(share * rate(state) for state, share in stationary(first, moves).items())


def serial(rates: tuple[float, ...], places: tuple[int, ...]) -> float:
    """Throughput of exponential machines in series, blocking after service, endless supply in front, free exit behind.

    The state is ``x[j]``, j = 1 .. : items waiting before machine j, in work on it, and the one that waits on machine j - 1 since it cannot move on.
    """
    count = len(rates)

    def is_blocked(x: tuple[int, ...], j: int) -> bool:
        """Tell whether machine j holds a finished item: behind it all places, and the next machine, are taken."""
        if j == count - 1:
            return False
        return x[j + 1] == places[j] + 2 - is_blocked(x, j + 1)

    def works(x: tuple[int, ...], j: int) -> bool:
        return (j == 0 or x[j] > 0) and not is_blocked(x, j)

    def moves(x: tuple[int, ...]) -> list[tuple[float, tuple[int, ...]]]:
        found = []
        for j in range(count):
            if works(x, j):
                y = list(x)
                if j > 0:
                    y[j] -= 1
                if j < count - 1:
                    y[j + 1] += 1
                found.append((rates[j], tuple(y)))
        return found

    return output((0,) * count, moves, lambda x: rates[-1] * works(x, count - 1))


def tandem(first: float, second: float, places: int) -> float:
    """Throughput of two exponential machines with `places` between them, in closed form (geometric weights).

    With equal rates ``rate (places + 2) / (places + 3)``.
    """
    ratio = first / second
    weights = [ratio**n for n in range(places + 3)]
    return second * (1.0 - weights[0] / sum(weights))


def unreliable_pair(rate: float, fail: float, repair: float, places: int) -> float:
    """Throughput of two equal exponential machines that fail only while they work; the item in work stays and is finished after the repair.

    State: (items behind machine 1 up to its own blocked one, machine 1 up, machine 2 up).
    """
    most = places + 2

    def moves(state: tuple[int, bool, bool]) -> list[tuple[float, tuple[int, bool, bool]]]:
        n, one, two = state
        found = []
        if not one:
            found.append((repair, (n, True, two)))
        elif n < most:
            found += [(rate, (n + 1, True, two)), (fail, (n, False, two))]
        if not two:
            found.append((repair, (n, one, True)))
        elif n > 0:
            found += [(rate, (n - 1, one, True)), (fail, (n, one, False))]
        return found

    return output((0, True, True), moves, lambda s: rate if s[0] > 0 and s[2] else 0.0)


def assembly(makers: tuple[float, ...], join: float, places: int) -> float:
    """Throughput of a machine that joins one part of each maker; a part moves in as soon as the machine is empty.

    State: parts made and not yet joined, of each branch: one in the machine, `places` before it, one waiting on its maker.
    """
    most = places + 2

    def moves(parts: tuple[int, ...]) -> list[tuple[float, tuple[int, ...]]]:
        found = [(rate, (*parts[:i], parts[i] + 1, *parts[i + 1 :])) for i, rate in enumerate(makers) if parts[i] < most]
        if all(parts):
            found.append((join, tuple(p - 1 for p in parts)))
        return found

    return output((0,) * len(makers), moves, lambda parts: join if all(parts) else 0.0)


def crew_of_one(machines: int, rate: float, fail: float, repair: float) -> float:
    """Throughput of machines side by side, never starved or blocked, that fail only while they work and share one repairer."""
    return output(
        machines,
        lambda up: ([(up * fail, up - 1)] if up else []) + ([(repair, up + 1)] if up < machines else []),
        lambda up: up * rate,
    )


def mean_wait(arrivals: float, rate: float, machines: int) -> float:
    """Mean wait in an M/M/c queue by the Erlang C formula, in s."""
    load = arrivals / rate
    last = load**machines / math.factorial(machines) * machines / (machines - load)
    waiting = last / (sum(load**k / math.factorial(k) for k in range(machines)) + last)
    return waiting / (machines * rate - arrivals)


def time_with_rework(arrivals: float, work: float, look: float, fails: float, most: int | None = None) -> float:
    """Mean time in an open line of two exponential stations where a share `fails` goes back to the first (Jackson), in s.

    With `most`, an item goes back at most so many times: it then belongs to a class of its own at each pass, and the answer is that of a network with
    classes (Kelly), which at stations where all classes take equally long needs the visits only.
    """
    visits = 1.0 / (1.0 - fails) if most is None else sum(fails**k for k in range(most + 1))
    return sum(visits / (rate - visits * arrivals) for rate in (work, look))


def oven(size: int, work_s: float, load_s: float, unload_s: float) -> float:
    """Throughput of one oven that is never starved nor blocked: load one by one, all together, unload one by one."""
    return size / (size * load_s + work_s + size * unload_s)


def closed_loop(rates: tuple[float, ...], carriers: int) -> float:
    """Throughput of exponential single machines in a ring with `carriers` going round, by mean value analysis."""
    waiting = [0.0] * len(rates)
    flow = 0.0
    for k in range(1, carriers + 1):
        times = [(1.0 + n) / rate for n, rate in zip(waiting, rates, strict=True)]
        flow = k / sum(times)
        waiting = [flow * t for t in times]
    return flow


def availability(rate: float, fail: float, repair: float) -> float:
    """Throughput of a machine alone that fails while it works."""
    return rate * repair / (repair + fail)


def zero_buffer_synchronous(unavailability: tuple[float, ...], rate: float) -> float:
    """Throughput of a line without buffers where one stopped machine stops all, at running-time failures: rate / (1 + sum mttr / mtbf)."""
    return rate / (1.0 + sum(unavailability))


def loss(arrivals: float, rate: float, machines: int, places: int) -> float:
    """Throughput of machines side by side with `places` in front, where an arrival that finds no place is lost (without places: Erlang B)."""
    most = machines + places
    served = stationary(0, lambda n: ([(arrivals, n + 1)] if n < most else []) + ([(min(n, machines) * rate, n - 1)] if n else []))
    return arrivals * (1.0 - served[most])


def two_lanes(feed: float, rates: tuple[float, float], places: int, *, shortest: bool) -> float:
    """Throughput of a machine that feeds two with `places` in front of each: the one with fewer items, or the first that has a place.

    State: items at each (in work and in front), and which of them the feeder's finished item waits for (0, 1; 2: either; -1: none).
    """
    most = places + 1

    def fed(n: tuple[int, int]) -> tuple[tuple[int, int], int]:
        lanes = [i for i in (0, 1) if n[i] < most]
        if shortest:
            to = 0 if n[0] <= n[1] else 1
            lanes = [to] if n[to] < most else []
        elif not lanes:
            return n, 2
        if not lanes:
            return n, to
        # the first of the list with a free place: while a lane's machine is empty its places are free
        to = lanes[0]
        return ((n[0] + 1, n[1]), -1) if to == 0 else ((n[0], n[1] + 1), -1)

    def moves(state: tuple[tuple[int, int], int]) -> list[tuple[float, tuple[tuple[int, int], int]]]:
        n, waits = state
        found = [(feed, fed(n))] if waits < 0 else []
        for i in (0, 1):
            if n[i]:
                left = (n[0] - 1, n[1]) if i == 0 else (n[0], n[1] - 1)
                found.append((rates[i], (n, -1) if waits in (i, 2) else (left, waits)))
        return found

    return output(((0, 0), -1), moves, lambda s: sum(rates[i] for i in (0, 1) if s[0][i]))


def batches(feed: float, bake: float, size: int, places: int) -> float:
    """Throughput of a feeder and an exponential oven of `size` with `places` in front, loaded and unloaded in no time.

    State: (items in the open oven, -1) or (items before the oven that works, one of them on the blocked feeder, 1).
    """

    def moves(state: tuple[int, int]) -> list[tuple[float, tuple[int, int]]]:
        n, works = state
        if works < 0:
            return [(feed, (n + 1, -1) if n + 1 < size else (0, 1))]
        found = [(feed, (n + 1, 1))] if n <= places else []
        return [*found, (bake, (n - size, 1) if n >= size else (n, -1))]

    return output((0, -1), moves, lambda s: feed if s[1] < 0 or s[0] <= places else 0.0)
