"""Two machines in a row that make orders, as a textbook writes it in SimPy: the second is set up whenever the product changes.

As in `processes`: nothing here knows the product of this repository; numbers are functions of a count, times whole nanoseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import simpy

Process = Generator[simpy.Event, object, None]
#: ``time(n, product)`` of the n-th start, from 0.
Times = Callable[[int, int], int]


@dataclass
class Wanted:
    """An order without losses: product, how many are still to be begun, priority, when it may be begun."""

    product: int
    left: int
    priority: int
    release: int


def ordered(times: tuple[Times, Times], setup: Callable[[int, int], int], places: int, orders: Sequence[Wanted], until: int) -> list[list[int]]:
    """Return the times of leaving the two machines, blocking after service; `times` are theirs, `places` lie between them.

    The first machine takes the released order of the highest priority; of equal ones it stays with the one it has begun, else the first.
    """
    env, (feed, weld) = simpy.Environment(), times
    between = simpy.Store(env, capacity=places)
    left: list[list[int]] = [[], []]
    released = [env.timeout(order.release) for order in orders]

    def first() -> Process:
        n, current = 0, -1
        while True:
            open_orders = [k for k, o in enumerate(orders) if o.left and o.release <= env.now]
            if not open_orders:
                later = [event for event in released if not event.processed]
                if not later:
                    return
                yield simpy.AnyOf(env, later)
                continue
            current = min(open_orders, key=lambda k: (-orders[k].priority, k != current, k))
            orders[current].left -= 1
            product = orders[current].product
            yield env.timeout(feed(n, product))
            n += 1
            yield between.put(product)
            left[0].append(env.now)

    def second() -> Process:
        n, before = 0, None
        while True:
            product = yield between.get()
            assert isinstance(product, int)
            if before is not None and before != product:
                yield env.timeout(setup(before, product))
            before = product
            yield env.timeout(weld(n, product))
            n += 1
            left[1].append(env.now)

    env.process(first())
    env.process(second())
    env.run(until=until)
    return left
