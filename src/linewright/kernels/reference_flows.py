"""How items pass a station of the reference evaluator: one class for each flow.

A station is looked at when something has changed for it: each machine that is empty and not stopped attempts to begin, then each queue takes
what waits for it, until neither changes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linewright.kernels.reference_calendar import QueueRun, Thing
from linewright.kernels.reference_line import Check, Step
from linewright.kernels.reference_machine import Machine
from linewright.kernels.rows import (
    VERDICT_CHANCE,
    VERDICT_FALSE_REJECT,
    VERDICT_LATE,
    VERDICT_MISSED,
    VERDICT_PASS,
    VERDICT_REJECT,
    VERDICT_SCRAP,
)

if TYPE_CHECKING:
    from linewright.kernels.reference import World

GOES_ON = {VERDICT_PASS, VERDICT_MISSED}


class Station:
    """Machines side by side that work on one item each; the flows below change what an attempt is and what follows a work."""

    def __init__(self, world: World, number: int, step: Step) -> None:
        self.world = world
        self.number = number
        self.step = step
        self.starts = 0
        self.machines = [Machine(self, m) for m in range(step.count)]
        self.tools_out: set[tuple[int, int, int]] = set()  # mode, machine, tool
        self.queues: list[QueueRun] = []
        self.entry: QueueRun | None = None
        self.out: QueueRun | None = None

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
        """Let everything begin and hand over that can."""
        changed = True
        while changed:
            attempts = [self.attempt(m) for m in self.machines if m.is_empty]
            fills = [q.fill() for q in self.queues]
            changed = any(attempts) or any(fills)

    # ---- beginning

    def attempt(self, machine: Machine) -> bool:
        """Bring in what an empty machine needs and start it when all is in; tell whether anything changed."""
        changed = self.bring_in(machine)
        if machine.task is not None or not all(mounted.is_in for mounted in machine.mounted):
            return changed
        item = None
        if not self.step.begins:
            item = self.next_item(machine)
            if item is None:
                return changed
        self.start(machine, item)
        return True

    def bring_in(self, machine: Machine) -> bool:
        """Bring in parts, coils and batches, one input after the other; tell whether anything changed."""
        changed = False
        for mounted in machine.mounted:
            changed |= mounted.bring_in()
            if machine.task is not None:  # a coil is being changed: all else when that is over
                break
        return changed

    def next_item(self, machine: Machine) -> Thing | None:
        """Take the head of the queue; what comes too late leaves the line at once."""
        assert self.entry is not None
        now = self.world.now
        while (item := self.entry.pop()) is not None:
            if self.step.within is None or now <= item.done + self.step.within:
                return item
            self.world.log.judged(self.number, VERDICT_LATE)
            self.world.log.visit(item, 0, item.arrived, now, now, now, self.number, machine.number, -1, VERDICT_LATE, -1)
        return None

    def start(self, machine: Machine, item: Thing | None) -> None:
        """Begin the station's next start with all that has been brought in."""
        now, step = self.world.now, self.step
        self.starts += 1
        machine.n = self.starts
        machine.count_start()
        machine.tool = (machine.starts - 1) % step.tools if step.tools else -1
        if step.begins:
            item = self.world.new_thing(step.kind, amount=step.made)
            item.arrived = now
        assert item is not None
        machine.item, machine.arrived, machine.started = item, item.arrived, now
        for mounted in machine.mounted:
            mounted.use_up(item)
        self.miss_values(machine, item)
        machine.begin("work", step.time(machine.n), lambda: self.worked(machine))

    # ---- tools that are out

    def miss_values(self, machine: Machine, carrier: Thing) -> None:
        """Mark the units on a carrier whose tools are out when its work starts."""
        for j in range(len(self.step.tool_modes)):
            for place in range(len(carrier.content)):
                if (j, machine.number, place) in self.tools_out:
                    self.miss_value(j, machine, place)

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
        machine.done = item.done = now
        if self.step.begins:
            self.world.log.made(item.key, 0, now, item.amount, self.number, machine.number, -1)
        elif self.step.made > 1:
            item.amount = self.step.made
        machine.verdict, machine.grade = self.judge(item, machine.n)
        self.count_done(machine.verdict)
        if machine.verdict not in GOES_ON:
            self.write_visit(machine, item)
            return
        pieces = [item]
        if self.step.lanes > 1:
            pieces = [self.world.new_thing(self.step.kind, amount=self.step.made, done=now) for _ in range(self.step.lanes)]
            for lane, piece in enumerate(pieces):
                self.world.log.made(piece.key, item.key, now, piece.amount, self.number, machine.number, lane)
            machine.item = item  # it ends when its last lane has left
        if self.out is None:
            self.write_visit(machine, item)
            machine.item = None
            return
        machine.hands.extend(pieces)
        self.out.wait(machine)

    def gave(self, machine: Machine) -> None:
        """Hear that a machine has handed one thing over (`given`)."""
        item = machine.item or machine.given
        if not machine.hands and item is not None:
            self.write_visit(machine, item)
            machine.item = None
        machine.note()

    def write_visit(self, machine: Machine, item: Thing) -> None:
        """Write the visit of the item that leaves the machine now."""
        m = machine
        self.world.log.visit(item, m.n, m.arrived, m.started, m.done, self.world.now, self.number, m.number, m.tool, m.verdict, m.grade)

    def count_done(self, verdict: int = VERDICT_PASS) -> None:
        """Count an item whose work has ended."""
        self.world.log.count(self.number, "done")
        self.world.log.judged(self.number, verdict)

    def judge(self, item: Thing, n: int) -> tuple[int, int]:
        """Return verdict and grade of an item after the station's n-th start."""
        step, gate = self.step, self.step.gate
        if step.is_scrap(n):
            return VERDICT_SCRAP, -1
        grade = next((g for g, checks in enumerate(step.grades) if all(has_passed(c, item) for c in checks)), -1)
        if gate is None:
            return VERDICT_PASS, grade
        if gate.fails is not None:
            return (VERDICT_CHANCE if gate.chance(n) < gate.fails else VERDICT_PASS), grade
        is_outside = not all(has_passed(c, item) for c in gate.checks) or (bool(step.grades) and grade < 0)
        if is_outside:
            return (VERDICT_MISSED if gate.miss(n) < gate.misses else VERDICT_REJECT), grade
        return (VERDICT_FALSE_REJECT if gate.miss(n) < gate.false_alarms else VERDICT_PASS), grade

    # ---- what the other flows say differently

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


def has_passed(check: Check, item: Thing) -> bool:
    """Tell whether a value lies in its window; one that the item lacks lies in none."""
    if check.mark is not None and check.mark in item.marks:
        return False
    return check.lower <= check.value(item.serial) <= check.upper
