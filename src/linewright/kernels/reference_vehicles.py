"""Vehicles of the reference evaluator: calls, drives over a map with zones, loading, charging, the way to the park.

A vehicle is a machine whose tasks are the pieces of its trips, so that its stops and failures are those of any machine. Where it waits, for a zone or
a charger, its task has no end of its own.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from linewright.kernels.reference_calendar import QueueRun, Thing
from linewright.kernels.reference_flows import Station
from linewright.kernels.reference_line import Crossing, Drive, Fleet, Flow, Rule, Step
from linewright.kernels.reference_log import Category
from linewright.kernels.reference_machine import REASON_BLOCKED, REASON_STARVED, Machine, Task
from linewright.kernels.rows import EXECUTE, STOPPED, SUSPENDED

if TYPE_CHECKING:
    from linewright.kernels.reference import World

FOREVER = 1 << 61
RUNS = {"drive", "load", "unload", "carry", "return", "zone"}  # tasks that use up the battery and count for running clocks


class Zone:
    """A crossing with a few places, and who waits for one, first come first served."""

    def __init__(self, places: int) -> None:
        self.free = places
        self.line: deque[Vehicle] = deque()

    def enter(self, vehicle: Vehicle) -> bool:
        """Take a place, or stand in line; tell which."""
        if self.free:
            self.free -= 1
            return True
        self.line.append(vehicle)
        return False

    def leave(self) -> None:
        """Give a place back; the first in line takes it."""
        self.free += 1
        if self.line:
            self.free -= 1
            self.line.popleft().cross()


class Vehicle(Machine):
    """One vehicle: where it is, what is on it, how long its battery lasts."""

    station: FleetRun

    def __init__(self, station: FleetRun, number: int) -> None:
        fleet = station.fleet
        self.at = fleet.begin
        self.goods: list[tuple[Thing, int]] = []  # on it, or that it was called to; and since when each has waited
        self.is_loaded = False
        self.queue: QueueRun | None = None
        self.giver = fleet.begin  # the point that it fetches from
        self.is_parking = False
        self.is_called = False  # while it drives to the park
        self.crossings: list[Crossing] = []
        self.drive = Drive(0, fleet.begin)
        self.offset = 0  # of the drive: where its task ends
        self.then: Callable[[], None] = self.rest
        self.charge = fleet.run if not fleet.spread else fleet.low + (fleet.run - fleet.low) * (number + 1) // fleet.count
        super().__init__(station, number)

    # ---- a machine whose work are trips

    def source(self, which: int) -> tuple[int, ...]:
        """Return the source of one of its events: behind those of stations, tools and timers."""
        return (3, 0, self.station.fleet_number, self.number, which)

    def is_worn_by(self, task: Task) -> bool:
        """Tell whether it runs."""
        return task.what in RUNS

    def wear(self, passed: int) -> None:
        """Take running time off the clocks and the battery."""
        super().wear(passed)
        if self.station.fleet.run:
            self.charge -= passed

    def doing(self) -> tuple[Category, int, int]:
        """Return its state where nothing stops it."""
        what = self.task.what if self.task is not None else "stand"
        if what == "stand" or (self.is_parking and not self.is_called):
            return Category.STARVED, SUSPENDED, REASON_STARVED
        if what in {"zone", "line"}:
            return Category.BLOCKED, SUSPENDED, REASON_BLOCKED
        if what == "charge":
            return Category.CHARGING, STOPPED, self.station.fleet.reason
        if what in {"load", "unload"}:
            return Category.HANDLING, EXECUTE, -1
        return (Category.EXECUTE if self.is_loaded else Category.EMPTY), EXECUTE, -1

    def do(self, what: str, time: int, ends: Callable[[], None]) -> None:
        """Do something; what takes no time is done now."""
        if self.task is not None:
            self.pace()  # it waited until now
            self.task = None
        if time:
            self.begin(what, time, ends)
        else:
            ends()

    def wait(self, what: str) -> None:
        """Wait until somebody lets it go on."""
        self.do(what, FOREVER, self.rest)

    # ---- driving

    def drive_to(self, point: int, then: Callable[[], None]) -> None:
        """Drive to a point, then go on."""
        self.drive = self.station.fleet.drives[self.at][point]
        self.at, self.then, self.offset = point, then, 0
        self.crossings = list(self.drive.crossings)
        self.drive_on()

    def drive_on(self) -> None:
        """Drive up to the next zone and ask for it, or to the end."""
        if self.crossings and self.offset < self.crossings[0].enter:
            self.move(self.crossings[0].enter, self.drive_on)
        elif self.crossings:
            if self.world.zones[self.crossings[0].zone].enter(self):
                self.cross()
            else:
                self.wait("zone")
        elif self.offset < self.drive.time:
            self.move(self.drive.time, self.drive_on)
        else:
            self.then()

    def move(self, offset: int, ends: Callable[[], None]) -> None:
        """Drive to a place on the way, ns from the drive's begin."""
        time, self.offset = offset - self.offset, offset
        self.do("drive", time, ends)

    def cross(self) -> None:
        """Drive through the zone ahead."""
        self.move(self.crossings[0].leave, self.crossed)

    def crossed(self) -> None:
        """Leave the zone."""
        self.world.zones[self.crossings.pop(0).zone].leave()
        self.drive_on()

    # ---- trips

    @property
    def may_be_called(self) -> bool:
        """Tell whether it has nothing to do and is not stopped."""
        return not self.is_stopped and (self.task is None or (self.is_parking and not self.is_called))

    def time_to(self, point: int) -> int:
        """Return how long it needs to a point; zones on the way are not waited for."""
        if not self.station.fleet.drives:
            return 0
        left = 0
        if self.is_parking:
            assert self.task is not None
            left = self.drive.time - self.offset
            if self.task.what != "zone":
                assert self.task.since is not None
                left += self.task.since + self.task.left - self.world.now
        return left + self.station.fleet.drives[self.at][point].time

    def call(self, queue: QueueRun, place: int) -> None:
        """Be called to the goods of one in a list: they leave their giver now, with what else waits for the same queue and can come along."""
        self.queue = queue
        point = queue.waiting[place][1].station.step.point if self.station.fleet.drives else None
        self.take(place)
        self.take_more(point)
        if point is None:
            self.carry()
        elif self.is_parking:  # it goes on from the next point
            self.giver, self.is_called = point, True
            self.note()
        else:
            self.giver = point
            self.fetch()

    def take(self, place: int) -> None:
        """Let its goods be one more."""
        queue = self.queue
        assert queue is not None
        queue.coming += 1
        since = queue.waiting[place][0]
        self.goods.append((queue.hand_over(place), since))

    def take_more(self, point: int | None) -> None:
        """Take what else waits for the queue, at a point (None: anywhere), while it has room and there are places."""
        queue = self.queue
        assert queue is not None
        while len(self.goods) < self.station.fleet.holds:
            is_free = queue.places_ahead() > 0
            here = (k for k, (_, giver) in enumerate(queue.waiting) if (is_free or giver.booked) and point in {None, giver.station.step.point})
            place = next(here, None)
            if place is None:
                return
            self.take(place)

    def fetch(self) -> None:
        """Drive to the giver and load."""
        self.is_parking = self.is_called = False
        self.is_loaded = False
        self.drive_to(self.giver, lambda: self.do("load", self.station.fleet.load, self.loaded))

    def loaded(self) -> None:
        """Take what has come here meanwhile for the same queue; bring it all."""
        queue = self.queue
        assert queue is not None
        self.take_more(self.at)
        self.fetched()
        point = self.world.stations[queue.queue.station].step.point
        self.drive_to(point, lambda: self.do("unload", self.station.fleet.unload, self.unloaded))

    def fetched(self) -> None:
        """Count the goods that are on it now."""
        self.is_loaded = True
        counts = self.station.counts
        for _, since in self.goods:
            waited = self.world.now - since
            counts["fetched"] += 1
            counts["wait"] += waited
            counts["longest"] = max(counts["longest"], waited)

    def unloaded(self) -> None:
        """Bring the goods in, and have nothing to do."""
        self.bring()
        self.rest()

    def bring(self) -> None:
        """Put all goods into the queue."""
        queue = self.queue
        assert queue is not None
        station, counts = self.world.stations[queue.queue.station], self.station.counts
        for thing, since in self.goods:
            if not queue.things and any(m.stays[-1].category is Category.STARVED for m in station.machines):
                counts["late"] += 1
            queue.coming -= 1
            queue.arrive(thing)
            counts["brought"] += 1
            counts["bring"] += self.world.now - since
        self.goods, self.is_loaded = [], False
        self.world.agenda.add(station.number)

    def carry(self) -> None:
        """Make a trip without a map."""
        self.fetched()
        fleet = self.station.fleet
        self.do("carry", fleet.carry if fleet.trip is None else fleet.trip(self.station.counts["trips"]), self.carried)

    def carried(self) -> None:
        """Bring the goods in, and drive back."""
        self.bring()
        self.do("return", self.station.fleet.back, self.rest)

    # ---- nothing to do

    def rest(self) -> None:
        """Go to charge, or stand ready."""
        self.is_parking = False
        self.station.counts["lowest"] = min(self.station.counts["lowest"], self.charge)
        fleet = self.station.fleet
        if fleet.run and self.charge < fleet.low:
            if fleet.drives:
                self.drive_to(self.at if fleet.charger is None else fleet.charger, self.plug_in)
            else:
                self.plug_in()

    def park(self) -> bool:
        """Drive to the next point on the way to the park, if it stands ready somewhere else; tell whether it does."""
        fleet = self.station.fleet
        if fleet.park is None or self.task is not None or self.is_stopped or self.at == fleet.park:
            return False
        self.is_parking = True
        self.drive_to(fleet.drives[self.at][fleet.park].next, self.on_its_way)
        return True

    def on_its_way(self) -> None:
        """Be at a point on the way to the park."""
        if self.is_called:
            self.fetch()
        else:
            self.rest()

    def plug_in(self) -> None:
        """Charge, or wait for a charger."""
        self.station.counts["lowest"] = min(self.station.counts["lowest"], self.charge)
        if self.station.chargers:
            self.station.chargers -= 1
            self.fill()
        else:
            self.station.line.append(self)
            self.wait("line")

    def fill(self) -> None:
        """Charge until the battery is full."""
        fleet = self.station.fleet
        self.do("charge", max(int((fleet.run - self.charge) * fleet.ratio + 0.5), 1), self.filled)

    def filled(self) -> None:
        """Leave the charger to the next."""
        self.charge = self.station.fleet.run
        self.station.counts["charges"] += 1
        if self.station.line:
            self.station.line.popleft().fill()
        else:
            self.station.chargers += 1
        self.rest()


class FleetRun(Station):
    """The vehicles of a fleet: a station behind all others, whose machines they are."""

    machines: list[Vehicle]  # type: ignore[assignment]  # a station's machines are these

    def __init__(self, world: World, number: int, fleet_number: int, fleet: Fleet) -> None:
        self.fleet, self.fleet_number = fleet, fleet_number
        self.chargers = fleet.chargers
        self.line: deque[Vehicle] = deque()  # who waits for a charger
        self.counts: Counter[str] = Counter()
        super().__init__(world, number, Step(lambda _: 1, count=0, flow=Flow.FLEET, modes=fleet.modes, short=1))
        self.machines = [Vehicle(self, k) for k in range(fleet.count)]
        self.counts["lowest"] = min(v.charge for v in self.machines)

    def look(self) -> None:
        """Nothing begins here by itself: the world lets trips start."""

    def start_trip(self) -> bool:
        """Start the trip that comes first, if a vehicle may be called and goods wait that have a place to go to; tell whether it did."""
        free = [v for v in self.machines if v.may_be_called]
        if not free:
            return False
        ways = []
        queues = [self.world.queues[i] for i in self.fleet.queues]
        queues.sort(key=lambda q: (-q.queue.station, len(self.world.stations) if q.queue.slot is None else q.queue.slot))
        for order, queue in enumerate(queues):
            is_free = queue.places_ahead() > 0
            for place, (since, giver) in enumerate(queue.waiting):
                if not is_free and not giver.booked:
                    continue
                time = min(v.time_to(giver.station.step.point) for v in free) if self.fleet.is_nearest else 0
                rank = self.world.orders.key(Rule.PRIORITY, giver, giver.hands[0].order) if self.fleet.is_by_priority else 0
                ways.append((time, rank, since, order, place))
        if not ways:
            return False
        _, _, _, order, place = min(ways)
        point = queues[order].waiting[place][1].station.step.point
        vehicle = min(free, key=lambda v: (v.time_to(point), v.number))
        self.counts["trips"] += 1
        vehicle.call(queues[order], place)
        return True

    def send_to_park(self) -> None:
        """Let vehicles that have nothing to do drive on towards the park."""
        for vehicle in self.machines:
            vehicle.park()
