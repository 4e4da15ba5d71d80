"""How items pass a station of the reference evaluator: one class for each flow.

A station is looked at when something has changed for it: each machine that is empty and not stopped attempts to begin, then each queue takes
what waits for it, until neither changes anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from linewright.kernels.reference_ahead import Ahead
from linewright.kernels.reference_calendar import QueueRun, Thing
from linewright.kernels.reference_faults import bring, hit, leave_marks
from linewright.kernels.reference_line import Step
from linewright.kernels.reference_machine import Machine
from linewright.kernels.reference_orders import product_of, set_up, time_of
from linewright.kernels.reference_verdicts import GOES_ON, judge
from linewright.kernels.reference_ways import aims, mended_at, miss_values, pieces_of, send_back
from linewright.kernels.rows import VERDICT_LATE, VERDICT_PASS, VERDICT_REWORK

if TYPE_CHECKING:
    from linewright.kernels.reference import World

class Station:
    """Machines side by side that work on one item each; the flows below change what an attempt is and what follows a work."""

    def __init__(self, world: World, number: int, step: Step) -> None:
        self.world = world
        self.number = number
        self.step = step
        self.starts = 0
        self.turn = 0  # of targets that are chosen in turn
        self.order: int | None = None  # begun last
        self.machines = [Machine(self, m) for m in range(step.count)]
        self.tools_out: set[tuple[int, int, int]] = set()  # mode, machine, tool
        self.queues: list[QueueRun] = []
        self.entry: QueueRun | None = None
        self.out: QueueRun | None = None
        self.ahead = Ahead(self)

    def connect(self) -> None:
        """Find the queues in front of the station, in the order of its inputs, and the one behind it."""
        self.queues = [q for q in self.world.queues if q.queue.station == self.number]
        self.queues.sort(key=lambda q: len(self.step.slots) if q.queue.slot is None else q.queue.slot)
        self.entry = None if self.step.entry is None else self.world.queues[self.step.entry]
        self.out = None if self.step.out is None else self.world.queues[self.step.out]

    def begin(self) -> None:
        """Let what lies in the station when the run begins go on."""
        for machine in self.machines:
            machine.pace()

    def look(self) -> None:
        """Let maintenance begin that is due, then everything begin and hand over that can."""
        for machine in self.machines:
            machine.maintain()
        changed = True
        while changed:
            attempts = [self.attempt(m) if m.is_empty else self.begin_ready(m) for m in self.machines]
            fills = [q.fill() for q in self.queues]
            changed = any(attempts) or any(fills)
        self.tell_free()

    def tell_free(self) -> None:
        """Tell those who wait for a place here before they begin."""
        for queue in self.queues:
            queue.tell_free()

    # ---- beginning

    def attempt(self, machine: Machine) -> bool:
        """Bring in what an empty machine needs and start it when all is in; tell whether anything changed."""
        changed = self.bring_in(machine)
        if machine.task is not None or not all(mounted.is_in for mounted in machine.mounted):
            machine.hold_back(is_held=False)
            return changed
        item = None
        if not self.step.begins:
            assert self.entry is not None
            if not self.entry.has_some():
                machine.hold_back(is_held=False)
                return changed
        if not self.book(machine):
            machine.hold_back(is_held=True)
            return changed
        machine.hold_back(is_held=False)
        if not self.step.begins:
            item = self.next_item(machine)
            if item is None:
                self.ahead.unbook(machine)
                return changed
        elif self.step.by_order and not self.world.orders.take(machine):
            return changed
        machine.kept_item = item
        set_up(self, machine)
        return True

    def man(self, machine: Machine, item: Thing | None) -> None:
        """Start on a machine in which all is, when the people that it needs have come."""
        if self.step.needs:
            machine.is_ready, machine.come, machine.kept_item = True, 0, item
            self.ask_people(machine)
            machine.note()
            self.begin_ready(machine)
        else:
            self.start(machine, item)

    def ask_people(self, machine: Machine) -> None:
        """Ask the next of the crews that a machine needs to run."""

        def came() -> None:
            machine.come += 1
            self.world.agenda.add(self.number)
            self.ask_people(machine)

        if machine.come < len(self.step.needs):
            crew, people = self.step.needs[machine.come]
            self.world.crews[crew].ask(came, people)

    def begin_ready(self, machine: Machine) -> bool:
        """Start on a machine in which all is, if all people have come and nothing stops it; tell whether it did."""
        if not machine.is_ready or machine.come < len(self.step.needs) or machine.is_stopped:
            return False
        machine.is_ready = False
        self.start(machine, machine.kept_item)
        return True

    # ---- places ahead, where work starts only when there are some

    def wanted(self, slot: int | None) -> int:
        """Return how many things of an input (None: passing items) machines could take at once."""
        empty = [m for m in self.machines if m.is_empty]
        return len(empty) if slot is None else sum(m.mounted[slot].lacking for m in empty)

    def book(self, machine: Machine) -> bool:
        """Keep the places ahead that one start needs, where it needs any; tell whether they are there."""
        return not self.step.before or self.ahead.book(machine)

    def let_people_go(self) -> None:
        """Let the people go that a machine needed to run."""
        for crew, people in self.step.needs:
            self.world.crews[crew].release(people)

    def bring_in(self, machine: Machine) -> bool:
        """Bring in parts, coils and batches, one input after the other; tell whether anything changed."""
        changed = False
        for mounted in machine.mounted:
            changed |= mounted.bring_in()
            if machine.task is not None:  # a coil is being changed: all else when that is over
                break
        return changed

    def next_item(self, machine: Machine) -> Thing | None:
        """Take the head of the queue; what is late leaves the line at once, or waits on the machine for its way back."""
        assert self.entry is not None
        now = self.world.now
        while (item := self.entry.pop(machine)) is not None:
            if self.step.within is None or now <= (item.stamp if self.step.since else item.done) + self.step.within:
                return item
            if self.step.late is not None:
                send_back(self, machine, item)
                return None
            self.world.log.judged(self.number, VERDICT_LATE)
            self.world.orders.lose(item, self.step.units)
            again = item.passes & self.step.again
            self.world.log.visit(item, 0, item.arrived, now, now, now, self.number, machine.number, -1, VERDICT_LATE, -1, again=again)
        return None

    def start(self, machine: Machine, item: Thing | None) -> None:
        """Begin the station's next start with all that has been brought in."""
        now, step = self.world.now, self.step
        self.starts += 1
        machine.n = self.starts
        machine.count_start()
        machine.tool = (machine.starts - 1) % step.tools if step.tools else -1
        machine.product = product_of(self, machine, item)
        if step.begins:
            item = self.world.new_thing(step.kind, amount=step.made, order=machine.order)
            item.arrived = now
            self.world.orders.note(item, self.number)
        assert item is not None
        machine.item, machine.arrived, machine.started = item, item.arrived, now
        if self.world.traces:
            bring(self, machine.mounted, item)
        for mounted in machine.mounted:
            mounted.use_up(item)
        if step.is_followed:
            machine.worked = 0
            machine.reaches.clear()
        elif step.faults:
            hit(self, machine, item, machine.tool)
        miss_values(self, machine, item)
        machine.begin("work", time_of(self, machine.n, machine.product), lambda: self.worked(machine))

    # ---- tools that are out

    def miss_value(self, j: int, machine: Machine, place: int) -> None:
        """Let the unit in a place have no value at this station."""
        carrier = machine.item
        assert carrier is not None
        mark = self.step.tool_modes[j].mark
        if place < len(carrier.content) and mark not in carrier.content[place].marks:
            unit = carrier.content[place]
            unit.marks.add(mark)
            self.world.log.missing(unit.key, self.world.now, self.number, machine.number, place)

    # ---- the end of work

    def resumed(self, machine: Machine) -> None:
        """End a work that was under way when the run began."""
        self.worked(machine)

    def worked(self, machine: Machine) -> None:
        """Judge the item, and let it wait for a place ahead, leave the line, or be thrown away."""
        item = machine.item
        assert item is not None
        now = self.world.now
        machine.item = None
        if self.step.is_lot:
            leave_marks(self, machine, item)
        self.let_people_go()
        machine.done = item.done = now
        if self.step.stamps:
            item.stamp = now
        if self.step.begins:
            self.world.log.made(item.key, 0, now, item.amount, self.number, machine.number, -1)
        elif self.step.made > 1:
            item.amount = self.step.made
        machine.verdict, machine.grade = judge(self, item, machine.n)
        mended_by = mended_at(self, machine, item)
        self.count_done(machine.verdict)
        if machine.verdict not in GOES_ON:
            self.ahead.unbook(machine)
        if mended_by is not None:
            machine.hands.append(item)
            mended_by.wait(machine)
            return
        if machine.verdict not in GOES_ON:
            self.world.orders.lose(item, self.step.units)
            self.write_visit(machine, item)
            return
        if machine.grade >= 0:
            item.grade = machine.grade
        machine.is_later = False
        became = pieces_of(self, machine, item)
        if became[0] is not item:
            machine.item = item  # it ends when the last of what it has become has left
        machine.hands.extend(became)
        self.send(machine)

    # ---- where to

    def send(self, machine: Machine) -> None:
        """Let the first of what a machine has in hand wait for its queue, or leave the line, and then the next."""
        while machine.hands:
            queues = aims(self, machine)
            for queue in queues:
                queue.wait(machine)
            if queues:
                return
            thing = machine.give()
            self.world.orders.left(thing)
            if self.step.endless is not None:
                self.world.trays[self.step.endless].left(thing)
        self.gave(machine)

    def keeps_turn(self, machine: Machine) -> bool:
        """Tell whether a machine that has more to hand over keeps its place in the list: all of it goes to the same queue."""
        return not self.step.targets or machine.is_later

    def gave(self, machine: Machine) -> None:
        """Hear that a machine has handed one thing over (`given`)."""
        if machine.hands:
            if not machine.waits_in:
                self.send(machine)
            return
        if machine.later:
            things, queue = machine.later.popleft()
            machine.is_later = True
            machine.hands.extend(things)
            queue.wait(machine)
            return
        item = machine.item or machine.given
        if item is not None:
            self.write_visit(machine, item)
            machine.item = None
        machine.note()

    def write_visit(self, machine: Machine, item: Thing) -> None:
        """Write the visit of the item that leaves the machine now."""
        m = machine
        again = self.step.again & (m.passed if m.verdict == VERDICT_REWORK else item.passes)  # as it was measured
        self.world.log.visit(item, m.n, m.arrived, m.started, m.done, self.world.now, self.number, m.number, m.tool, m.verdict, m.grade, again=again)

    def count_done(self, verdict: int = VERDICT_PASS) -> None:
        """Count an item whose work has ended."""
        self.world.log.count(self.number, "done")
        self.world.log.judged(self.number, verdict)

    # ---- what the other flows say differently

    holds_many = False
    open_batch: Sequence[Thing] = ()  # what is in the oven that has not started

    def has_in_hand(self, machine: Machine) -> bool:  # noqa: ARG002 - other flows look at it
        """Tell whether maintenance must wait though no task runs."""
        return False

    def executes(self, machine: Machine) -> bool:  # noqa: ARG002 - other flows look at it
        """Tell whether the machine is in Execute though no task runs."""
        return False

    def is_loader_of(self, carrier: int) -> bool:  # noqa: ARG002 - other flows look at it
        """Tell whether the station takes empty carriers of that kind."""
        return False

    def went_down(self, reason: int) -> None:
        """Hear that a machine failed."""

    def came_up(self, reason: int) -> None:
        """Hear that it was repaired."""
