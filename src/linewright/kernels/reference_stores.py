"""The other flows of the reference evaluator: ovens, stores, loaders and unloaders of carriers, utilities."""

from __future__ import annotations

from collections.abc import Sequence

from linewright.kernels.reference_calendar import Thing
from linewright.kernels.reference_faults import hit
from linewright.kernels.reference_flows import Station
from linewright.kernels.reference_line import Flow
from linewright.kernels.reference_machine import LINE, Inside, Machine
from linewright.kernels.reference_orders import product_of, time_of
from linewright.kernels.reference_verdicts import GOES_ON, judge, look_at


class Oven(Station):
    """Items move in one by one, start together, come out one by one in the order in which they went in."""

    holds_many = True

    def attempt(self, machine: Machine) -> bool:
        """Let an item move into the machine that is open, if it is this one; or let it begin, where that waited for something."""
        if machine is not self.open_machine():
            return False
        if machine.held and (self.is_complete(machine) or self.is_of_another_product(machine)):
            return self.close(machine)
        item = self.next_item(machine)
        if item is None:
            return False
        if not machine.held:
            machine.product = product_of(self, machine, item)
            machine.deadline = None if self.step.wait is None else self.world.now + self.step.wait
        machine.held.append(item)
        machine.inside[item.key] = Inside(item.arrived, self.world.now)
        if self.step.load:
            machine.begin("load", self.step.load, lambda: self.loaded(machine))
        else:
            self.loaded(machine)
        return True

    def is_of_another_product(self, machine: Machine) -> bool:
        """Tell whether the next item is none of those that the oven may hold together with what is in it."""
        assert self.entry is not None
        item = self.entry.peek(machine)
        return bool(self.step.variants) and item is not None and product_of(self, machine, item) != machine.product

    def open_machine(self) -> Machine | None:
        """Return the one that holds items and has not started, else the first that is empty and may begin."""
        for m in self.machines:
            if m.held and not m.is_baking:
                return m
        return next((m for m in self.machines if not m.held and m.is_empty), None)

    def loaded(self, machine: Machine) -> None:
        """Start when all are in or the wait is over, else wait for the next."""
        if self.is_complete(machine):
            self.close(machine)
        elif machine.deadline is not None:
            self.world.calendar.at(machine.deadline, machine.source(LINE), lambda: self.world.agenda.add(self.number))

    def is_complete(self, machine: Machine) -> bool:
        """Tell whether no more items move in: all are in, or the wait for more is over."""
        return len(machine.held) == self.step.size or (machine.deadline is not None and self.world.now >= machine.deadline)

    @property
    def open_batch(self) -> Sequence[Thing]:  # type: ignore[override]  # here it changes
        """Return what is in the oven that has not started."""
        machine = self.open_machine()
        return machine.held if machine is not None else ()

    def wanted(self, slot: int | None) -> int:  # noqa: ARG002 - ovens have no other inputs
        """Return how many items still move into the oven that is open."""
        machine = self.open_machine()
        return self.step.size - len(machine.held) if machine is not None and not machine.is_stopped else 0

    def close(self, machine: Machine) -> bool:
        """Start when there are places behind, and people where it needs them; tell whether anything changed."""
        if not self.book(machine):
            machine.hold_back(is_held=True)
            return False
        machine.hold_back(is_held=False)
        machine.is_baking = True
        self.world.agenda.add(self.number)
        self.man(machine, None)
        return True

    def start(self, machine: Machine, item: Thing | None) -> None:  # noqa: ARG002 - what is in it starts
        """Start the batch for which the people have come."""
        self.start_batch(machine)

    def start_batch(self, machine: Machine) -> None:
        """Begin to bake what is in."""
        self.starts += 1
        machine.n = self.starts
        machine.count_start(len(machine.held))
        machine.is_baking = True
        machine.started = self.world.now
        self.world.agenda.add(self.number)
        if self.step.faults:
            for item in machine.held:
                hit(self, machine, item, -1)
        machine.begin("work", time_of(self, machine.n, machine.product or 0), lambda: self.baked(machine))

    def resumed(self, machine: Machine) -> None:
        """End a batch that was in the oven when the run began."""
        self.baked(machine)

    def baked(self, machine: Machine) -> None:
        """Begin to unload."""
        machine.done = self.world.now
        self.let_people_go()
        for item in machine.held:
            item.done = machine.done
            item.stamp = machine.done if self.step.stamps else item.stamp
            if not self.step.judges:
                self.count_done()
        self.unload(machine)

    def unload(self, machine: Machine) -> None:
        """Let the next item come out, also where that takes no time: it stands still in a stop."""
        machine.begin("unload", self.step.unload, lambda: self.unloaded(machine))

    def unloaded(self, machine: Machine) -> None:
        """Let the first item leave, or wait for a place."""
        if judge_held(self, machine, is_counted=self.step.judges):
            self.send(machine)
        else:
            self.left(machine)

    def gave(self, machine: Machine) -> None:
        """Go on to unload when an item has been handed over."""
        self.left(machine)

    def left(self, machine: Machine) -> None:
        """Write the visit of an item that left; unload the next, or be empty."""
        item = machine.held.pop(0)
        machine.arrived = machine.inside.pop(item.key).arrived
        self.write_visit(machine, item)
        if machine.held:
            self.unload(machine)
        else:
            machine.is_baking = False
            self.world.agenda.add(self.number)
        machine.note()

    def has_in_hand(self, machine: Machine) -> bool:
        """Tell whether items are in the oven."""
        return bool(machine.held)


def judge_held(station: Station, machine: Machine, *, is_counted: bool = True) -> bool:
    """Judge the first item of an oven or a store, by its own number; tell whether it goes on: it is in the machine's hands then."""
    item, step = machine.held[0], station.step
    machine.verdict, machine.grade = judge(station, item, item.serial | (item.passes & step.again))
    if is_counted:
        station.count_done(machine.verdict)
    if machine.verdict not in GOES_ON:
        station.world.orders.lose(item, step.units)
        if machine.booked:
            station.ahead.unbook_one(machine)
        return False
    item.grade = machine.grade if machine.grade >= 0 else item.grade
    machine.hands.append(item)
    return True


class Store(Station):
    """Each item stays for its time, and leaves when that is over and all before it have left. Stores never stop."""

    holds_many = True

    def attempt(self, machine: Machine) -> bool:
        """Let an item move in while a place is free."""
        assert self.entry is not None
        if not self.entry.has_some():
            machine.hold_back(is_held=False)
            return False
        if len(machine.held) == self.step.size or not self.is_manned(machine):
            return False
        if not self.book(machine):
            machine.hold_back(is_held=True)
            return False
        machine.hold_back(is_held=False)
        item = self.next_item(machine)
        if item is None:
            if self.step.before and self.out is not None:
                self.ahead.unbook_one(machine)
            return False
        self.starts += 1
        now = self.world.now
        machine.held.append(item)
        machine.product = product_of(self, machine, item)
        machine.inside[item.key] = Inside(item.arrived, now, self.starts, now + time_of(self, self.starts, machine.product))
        if self.step.faults:
            hit(self, machine, item, -1)
        if len(machine.held) == 1:
            self.head(machine)
        machine.note()
        return True

    def is_manned(self, machine: Machine) -> bool:
        """Tell whether the people are there that it needs while it holds something; an empty store asks for them."""
        if not machine.held and not machine.is_ready and machine.come < len(self.step.needs):
            machine.is_ready, machine.come = True, 0
            self.ask_people(machine)
        if machine.is_ready:
            machine.is_ready = machine.come < len(self.step.needs)
            machine.note()
        return not machine.is_ready

    def wanted(self, slot: int | None) -> int:  # noqa: ARG002 - stores have no other inputs
        """Return how many places it has."""
        return self.step.size - len(self.machines[0].held)

    def head(self, machine: Machine) -> None:
        """Wait for the time of the first item."""
        ready = machine.inside[machine.held[0].key].ready
        self.world.calendar.at(max(ready, self.world.now), machine.source(LINE), lambda: self.is_over(machine))

    def begin(self) -> None:
        """Wait for the first of what lies in the store when the run begins."""
        if self.machines[0].held:
            self.head(self.machines[0])

    def is_over(self, machine: Machine) -> None:
        """Let the first item leave, or wait for a place."""
        machine.done = machine.held[0].done = self.world.now
        if self.step.stamps:
            machine.held[0].stamp = self.world.now
        self.world.agenda.add(self.number)
        if judge_held(self, machine):
            self.send(machine)
        else:
            self.left(machine)

    def gave(self, machine: Machine) -> None:
        """Let the next item be the first."""
        self.left(machine)

    def left(self, machine: Machine) -> None:
        """Write the visit of the item that left."""
        item = machine.held.pop(0)
        machine.arrived, machine.started, machine.n, _ = machine.inside.pop(item.key)
        self.write_visit(machine, item)
        if machine.held:
            self.head(machine)
        elif self.step.needs and machine.come == len(self.step.needs):
            machine.come = 0
            self.let_people_go()
        machine.note()

    def look(self) -> None:
        """Let items move in and hand over, also while one waits to leave."""
        changed = True
        while changed:
            attempts = self.attempt(self.machines[0])
            fills = [q.fill() for q in self.queues]
            changed = attempts or any(fills)
        self.tell_free()

    def executes(self, machine: Machine) -> bool:
        """Tell whether it holds something."""
        return bool(machine.held)


class Loader(Station):
    """Lays items on a carrier, one start each; a full carrier goes on."""

    def attempt(self, machine: Machine) -> bool:
        """Open a carrier where there is none, then take an item; `same`: the one that is open for the grade of the first in the queue."""
        changed = False
        trays = self.world.trays[self.step.carrier or 0]
        grade = -1
        if self.step.same:
            assert self.entry is not None
            if not self.entry.things:
                return False
            grade = self.entry.things[0].grade
            machine.tray = machine.open.get(grade)
        if machine.tray is None:
            if not trays.empty:
                machine.hold_back(is_held=False)
                return False
            if not super().book(machine):
                machine.hold_back(is_held=True)
                return False
            machine.hold_back(is_held=False)
            machine.tray = machine.open[grade] = trays.empty.popleft()
            machine.tray.grade = grade
            changed = True
        return super().attempt(machine) or changed

    def book(self, machine: Machine) -> bool:  # noqa: ARG002 - as in the other flows
        """Tell that the item has a place: the carrier had one when it was opened."""
        return True

    def worked(self, machine: Machine) -> None:
        """Lay the item on the next place; its visit ends."""
        item, tray, now = machine.item, machine.tray, self.world.now
        assert item is not None
        assert tray is not None
        machine.item = None
        self.let_people_go()
        machine.done = item.done = now
        machine.verdict, _ = look_at(self, item, machine.n)
        self.count_done(machine.verdict)
        if machine.verdict not in GOES_ON:
            self.world.orders.lose(item, self.step.units)
            self.write_visit(machine, item)
            return
        stamp = now if self.step.stamps else item.stamp
        tray.stamp = min(stamp, tray.stamp) if tray.content else stamp
        self.world.log.placed(item.key, tray.key, now, len(tray.content), self.number, 0)
        tray.content.append(item)
        self.write_visit(machine, item)
        if len(tray.content) == self.world.trays[self.step.carrier or 0].carrier.holds:
            tray.done = now
            machine.open.pop(tray.grade, None)
            machine.hands.append(tray)
            self.send(machine)

    def gave(self, machine: Machine) -> None:
        """Be without a carrier when the full one has left."""
        machine.tray = None
        machine.note()

    def is_loader_of(self, carrier: int) -> bool:
        """Tell whether these are its carriers."""
        return self.step.carrier == carrier


class Unloader(Station):
    """Takes the items off a carrier, one start each, and sends the empty carrier back."""

    def attempt(self, machine: Machine) -> bool:
        """Take a carrier where there is none, then begin with the item on its first place."""
        changed = False
        if machine.tray is None:
            machine.tray = self.next_item(machine)
            if machine.tray is None:
                return False
            machine.tray_arrived = self.world.now
            machine.place = 0
            changed = True
        if not self.book(machine):
            machine.hold_back(is_held=True)
            return changed
        machine.hold_back(is_held=False)
        item = machine.tray.content[machine.place]
        item.arrived, item.stamp = machine.tray_arrived, machine.tray.stamp
        item.grade, item.passes = machine.tray.grade, 0  # what else it was is not known any more
        self.man(machine, item)
        return True

    def wanted(self, slot: int | None) -> int:  # noqa: ARG002 - unloaders have no other inputs
        """Return how many carriers could move in."""
        return sum(m.is_empty and m.tray is None for m in self.machines)

    def write_visit(self, machine: Machine, item: Thing) -> None:
        """Write the visit of an item that is out, and that its place is free; the empty carrier goes back."""
        tray = machine.tray
        assert tray is not None
        self.world.log.placed(item.key, tray.key, self.world.now, machine.place, self.number, 1)
        super().write_visit(machine, item)
        machine.place += 1
        if machine.place == len(tray.content):
            tray.content = []
            machine.tray = None
            self.world.trays[self.step.carrier or 0].emptied(tray)


class Utility(Station):
    """A supply: while it is down the stations that it serves are held."""

    def look(self) -> None:
        """Nothing begins here."""

    def executes(self, machine: Machine) -> bool:  # noqa: ARG002 - as in the other flows
        """Tell that it runs."""
        return True

    def went_down(self, reason: int) -> None:
        """Hold the machines of all stations that it serves."""
        self.tell(reason, is_down=True)

    def came_up(self, reason: int) -> None:
        """Let them go on."""
        self.tell(reason, is_down=False)

    def tell(self, reason: int, *, is_down: bool) -> None:
        """Tell each machine that it serves."""
        for number in self.step.serves:
            for machine in self.world.stations[number].machines:
                machine.utility(reason, is_down=is_down)


FLOWS: dict[Flow, type[Station]] = {
    Flow.ITEM: Station,
    Flow.BATCH: Oven,
    Flow.STORE: Store,
    Flow.LOADER: Loader,
    Flow.UNLOADER: Unloader,
    Flow.UTILITY: Utility,
}
