"""Orders in the reference evaluator: which one is next, how far each is, which product a machine is set up for (docs/semantics.md, section 5b)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linewright.kernels.reference_line import Order, Rule, Step, Variant

if TYPE_CHECKING:
    from linewright.kernels.reference import World
    from linewright.kernels.reference_calendar import Thing
    from linewright.kernels.reference_flows import Station
    from linewright.kernels.reference_machine import Machine

NEVER = 1 << 62


@dataclass
class OrderRun:
    """How far an order is: products begun, lost and good; when it was begun and when its last good product came."""

    order: Order
    begun: int = 0
    lost: int = 0
    good: int = 0
    began: int = -1
    ended: int = -1

    @property
    def missing(self) -> int:
        """Return how many must still be begun."""
        return self.order.amount - self.begun + self.lost


class Orders:
    """All orders of a line."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.runs = [OrderRun(order) for order in world.line.orders]
        self.last: dict[int, int | None] = {}  # order of the last thing of each kind

    def product_of(self, order: int | None) -> int:
        """Return the product of what is made for an order; what is for none is the line's first product."""
        return 0 if order is None else self.runs[order].order.product

    def key(self, rule: Rule, machine: Machine, order: int | None) -> int | float:
        """Return by what a rule sorts what is for an order; the least is next."""
        if rule is Rule.PRIORITY:
            return 1 if order is None else -self.runs[order].order.priority
        if rule is Rule.DUE:
            due = None if order is None else self.runs[order].order.due
            return NEVER if due is None else due
        if rule is Rule.SHORTEST:
            variant = variant_of(machine.station.step, self.product_of(order))
            return machine.station.step.mean if variant is None else variant.mean
        if rule is Rule.SAME_PRODUCT:
            return int(machine.product is not None and machine.product != self.product_of(order))
        return 0

    def next_order(self, machine: Machine) -> int | None:
        """Return the order that a station begins next on a machine, None where there is none."""
        station = machine.station

        def rank(number: int) -> tuple[int | float, ...]:
            order = self.runs[number].order
            due = NEVER if order.due is None else order.due
            return self.key(station.step.rule, machine, number), -order.priority, number != station.order, due, number

        open_orders = [i for i, run in enumerate(self.runs) if run.order.release <= self.world.now and run.missing > 0]
        return min(open_orders, key=rank, default=None)

    def take(self, machine: Machine) -> bool:
        """Count that a station begins something for the order that is next; tell whether there is one."""
        number = self.next_order(machine)
        if number is None:
            return False
        run = self.runs[number]
        run.begun += machine.station.step.units
        if run.began < 0:
            run.began = self.world.now
        machine.station.order = number
        machine.order = number
        return True

    def lose(self, item: Thing, units: int) -> None:
        """Count an item that is lost: as many products must be begun anew."""
        if units and item.order is not None:
            self.runs[item.order].lost += units
            self.wake()

    def left(self, thing: Thing) -> None:
        """Count what leaves the line: the item, or all on a carrier."""
        for item in thing.content or [thing]:
            if item.order is not None:
                run = self.runs[item.order]
                run.good += 1
                if run.good == run.order.amount:
                    run.ended = self.world.now

    def wake(self) -> None:
        """Look at all stations that begin by order."""
        self.world.agenda.update(s.number for s in self.world.stations if s.step.by_order)

    def plan_release(self) -> None:
        """Plan the next release of an order."""
        later = [run.order.release for run in self.runs if run.order.release > self.world.now]
        if later:
            self.world.calendar.at(min(later), (2, 2), self.released)

    def released(self) -> None:
        """Let the orders that are released now be begun."""
        self.wake()
        self.plan_release()

    def note(self, thing: Thing, station: int) -> None:
        """Write it down where a new thing is for another order than the last of its kind."""
        kind, order = thing.key >> 40, thing.order
        if self.last.get(kind) != order:
            self.last[kind] = order
            self.world.log.campaign(thing.key, self.world.now, -1 if order is None else order, station)


def variant_of(step: Step, product: int) -> Variant | None:
    """Return what differs for a product at a station, None where it tells products not apart."""
    return step.variants[product] if step.variants else None


def time_of(station: Station, n: int, product: int) -> int:
    """Return how long the n-th start of a station takes, ns."""
    variant = variant_of(station.step, product)
    return station.step.time(n) if variant is None else variant.time(n)


def product_of(station: Station, machine: Machine, item: Thing | None) -> int:
    """Return the product of an item, or of what the machine begins."""
    return station.world.orders.product_of(machine.order if item is None else item.order)


def set_up(station: Station, machine: Machine) -> None:
    """Change a machine over to the product of what is in it, where it is set up for another; then start, when its people have come."""
    product = product_of(station, machine, machine.kept_item)
    before = machine.product
    time = station.step.setups[before][product] if station.step.setups and before is not None else 0
    if time:
        machine.product = product
        machine.begin("setup", time, lambda: station.man(machine, machine.kept_item))
    else:
        station.man(machine, machine.kept_item)
