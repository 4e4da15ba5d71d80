"""What the reference evaluator is made of besides machines: the calendar, queues, people, trays."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from linewright.kernels.reference_line import Carrier, Crew, Queue, Rule
from linewright.kernels.rows import KIND_SHIFT

if TYPE_CHECKING:
    from linewright.kernels.reference import World
    from linewright.kernels.reference_machine import Machine

Source = tuple[int, ...]


class Calendar:
    """Sources of events, each with at most one next time; the earliest comes first, at one time the smallest source."""

    def __init__(self) -> None:
        self.heap: list[tuple[int, Source]] = []
        self.due: dict[Source, tuple[int, Callable[[], None]]] = {}

    def at(self, time: int, source: Source, happens: Callable[[], None]) -> None:
        """Let the next event of a source be at `time`; what was planned for it is forgotten."""
        self.due[source] = (time, happens)
        heapq.heappush(self.heap, (time, source))

    def forget(self, source: Source) -> None:
        """Let a source have no next event."""
        self.due.pop(source, None)

    def next_time(self) -> int | None:
        """Return the time of the next event, None where nothing can ever happen."""
        while self.heap:
            time, source = self.heap[0]
            if self.due.get(source, (None,))[0] == time:
                return time
            heapq.heappop(self.heap)  # planned once, and planned anew since
        return None

    def take(self) -> tuple[int, Callable[[], None]]:
        """Take the next event off; `next_time` has just told that there is one."""
        time, source = heapq.heappop(self.heap)
        return time, self.due.pop(source)[1]


@dataclass(frozen=True)
class Mark:
    """What a fault has left on lo..hi of a lot: how much of it acts at both ends, on which lane."""

    fault: int
    lane: int | None
    lo: int
    hi: int
    s0: float
    s1: float


@dataclass(eq=False)
class Thing:
    """An item, coil, batch or carrier: its key, when its last work ended, and what lies on it."""

    key: int
    done: int = 0
    stamp: int = 0  # end of its work at the last station from which a later one counts
    arrived: int = 0
    amount: int = 1
    marks: set[int] = field(default_factory=set)  # values that it lacks
    passes: int = 0  # through the gates that send things back: a field of bits for each
    grade: int = -1
    own_order: int | None = None  # which order it is made for
    content: list[Thing] = field(default_factory=list)
    shares: dict[int, float] = field(default_factory=dict)  # of a unit: how much of each fault acts on it
    faulted: list[Mark] = field(default_factory=list)  # of a lot

    @property
    def serial(self) -> int:
        """Return its number within its kind."""
        return self.key & ((1 << KIND_SHIFT) - 1)

    @property
    def order(self) -> int | None:
        """Return the order that it is made for; a carrier is for that of the first item on it."""
        return self.content[0].order if self.content else self.own_order


class QueueRun:
    """Places in front of a station, and the machines that wait to hand over to it, the longest waiting first."""

    def __init__(self, world: World, queue: Queue) -> None:
        self.world = world
        self.queue = queue
        self.things: deque[Thing] = deque()
        self.waiting: deque[tuple[int, Machine]] = deque()
        self.coming = 0  # on the way on vehicles
        self.booked = 0  # places kept for what is in work

    def wait(self, giver: Machine) -> None:
        """Put a machine with something to hand over into the list."""
        self.waiting.append((self.world.now, giver))
        giver.waits_in.append(self)
        self.world.agenda.add(self.queue.station)

    def has_place(self) -> bool:
        """Tell whether one more may come that has no place kept."""
        return len(self.things) + self.coming + self.booked < self.queue.places

    def places_ahead(self) -> int:
        """Return for how many more places can be kept; without places, a machine that could take one at once is a place."""
        places = self.queue.places or self.world.stations[self.queue.station].wanted(self.queue.slot)
        return places - len(self.things) - self.coming - self.booked

    def next_place(self) -> int | None:
        """Return which of those who wait hands over next: of those who have a place, or find one, the one who waits longest."""
        is_free = self.places_ahead() > 0
        return next((place for place, (_, giver) in enumerate(self.waiting) if is_free or giver.booked), None)

    def tell_free(self) -> None:
        """Look at those who wait for a place before they begin, if they can begin now."""
        for station in self.world.stations:
            held_back = (m for m in station.machines if m.is_held_back and m.is_empty and not m.is_baking)
            if station.step.before and any(held_back) and station.ahead.is_asked(self) and station.ahead.can_book():
                self.world.agenda.add(station.number)

    def hand_over(self, place: int = 0) -> Thing:
        """Take one thing from a machine in the list (from 0), the longest waiting; its place it keeps while it has more."""
        giver = self.waiting[place][1]
        if giver.booked:
            giver.booked.remove(self)
            self.booked -= 1
        for queue in giver.waits_in:
            if queue is not self:
                queue.forget(giver)
        is_alone = len(giver.waits_in) == 1
        thing = giver.give()
        if not (giver.hands and is_alone and giver.station.keeps_turn(giver)):
            del self.waiting[place]
            giver.waits_in = []
        self.world.agenda.add(giver.station.number)
        giver.station.gave(giver)
        return thing

    def forget(self, giver: Machine) -> None:
        """Take a machine off the list: another queue has taken what it had."""
        self.waiting = deque(pair for pair in self.waiting if pair[1] is not giver)

    @property
    def load(self) -> int:
        """Return how many things wait for it, lie in it, are on the way to it, or are in its station's machines."""
        return len(self.things) + self.coming + len(self.waiting) + sum(m.load for m in self.world.stations[self.queue.station].machines)

    def arrive(self, thing: Thing) -> None:
        """Let a thing reach the queue."""
        self.world.log.count(self.queue.station, "arrived")
        thing.arrived = self.world.now
        self.things.append(thing)

    def fill(self) -> bool:
        """Let those who wait hand over while there are places; tell whether anything moved."""
        moved = False
        while self.queue.fleet is None and self.queue.places and (place := self.next_place()) is not None:
            self.arrive(self.hand_over(place))
            moved = True
        return moved

    def first(self, taker: Machine | None) -> Thing:
        """Return the one who is next for a machine, by the queue's rule."""
        if self.queue.rule is Rule.LIFO:
            return self.things[-1]
        if self.queue.rule is Rule.REWORK_FIRST:
            return next((thing for thing in self.things if thing.passes), self.things[0])
        if self.queue.rule is Rule.FIFO or taker is None:
            return self.things[0]
        return min(self.things, key=lambda thing: self.world.orders.key(self.queue.rule, taker, thing.order))

    def has_some(self) -> bool:
        """Tell whether there is one to be taken."""
        return bool(self.things) or (self.queue.places == 0 and self.queue.fleet is None and self.next_place() is not None)

    def peek(self, taker: Machine) -> Thing | None:
        """Return the one who would be taken next, None where there is none."""
        if self.things:
            return self.first(taker)
        place = self.next_place() if self.queue.places == 0 else None
        return None if place is None else self.waiting[place][1].hands[0]

    def pop(self, taker: Machine | None = None) -> Thing | None:
        """Take the head, None where there is none; without places it comes straight from the machine that waits longest."""
        if self.things:
            thing = self.first(taker)
            self.things.remove(thing)
            return thing
        if self.queue.places == 0 and self.queue.fleet is None and (place := self.next_place()) is not None:
            thing = self.hand_over(place)
            thing.arrived = self.world.now
            self.world.log.count(self.queue.station, "arrived")
            return thing
        return None


class CrewRun:
    """People and the list of machines that ask for one: first asked, first served."""

    def __init__(self, crew: Crew, *, on: bool) -> None:
        self.free = crew.count
        self.on = on
        self.asks: deque[tuple[int, Callable[[], None]]] = deque()

    def ask(self, begin: Callable[[], None], people: int = 1) -> None:
        """Put a request at the end of the list: what begins when so many come."""
        self.asks.append((people, begin))
        self.send()

    def release(self, people: int = 1) -> None:
        """Let some come back."""
        self.free += people
        self.send()

    def send(self) -> None:
        """Send free people to those who asked first, if the crew is at work."""
        while self.on and self.asks and self.free >= self.asks[0][0]:
            people, begin = self.asks.popleft()
            self.free -= people
            begin()


class Trays:
    """Carriers of one kind: the empty ones in the order in which they became empty, and those on their way back."""

    def __init__(self, world: World, number: int, carrier: Carrier) -> None:
        self.world = world
        self.number = number
        self.carrier = carrier
        self.empty = deque(Thing((carrier.kind << KIND_SHIFT) + k) for k in range(1, carrier.count + 1))
        self.back: deque[tuple[int, Thing]] = deque()

    def emptied(self, tray: Thing) -> None:
        """Send an empty carrier back."""
        self.back.append((self.world.now + self.carrier.back, tray))
        if self.carrier.back == 0:
            self.came_back()
        elif len(self.back) == 1:
            self.world.calendar.at(self.back[0][0], (3, 1, self.number), self.came_back)

    def left(self, tray: Thing) -> None:
        """Put a new one in the place of one that has left the line."""
        self.empty.append(Thing(tray.key + self.carrier.count))
        self.world.agenda.update(s.number for s in self.world.stations if s.is_loader_of(self.number))

    def came_back(self) -> None:
        """Put the first of those on their way at the end of the empties."""
        self.empty.append(self.back.popleft()[1])
        if self.back:
            self.world.calendar.at(self.back[0][0], (3, 1, self.number), self.came_back)
        self.world.agenda.update(s.number for s in self.world.stations if s.is_loader_of(self.number))
