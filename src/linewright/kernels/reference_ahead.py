"""Places that a station of the reference evaluator keeps ahead before work begins (`blocking: before`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linewright.kernels.reference_calendar import QueueRun
from linewright.kernels.reference_line import Choose, Flow
from linewright.kernels.reference_machine import Machine
from linewright.kernels.reference_ways import work_at

if TYPE_CHECKING:
    from linewright.kernels.reference_flows import Station


class Ahead:
    """The queues behind one station in which its machines keep places."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.world = station.world

    def is_asked(self, queue: QueueRun) -> bool:
        """Tell whether places are kept in a queue."""
        step = self.station.step
        ways = [step.out, *step.targets, *(o.queue for o in step.outputs)]
        return step.before and any(q is not None and q >= 0 and self.world.queues[q] is queue for q in ways)

    def wanted(self) -> list[QueueRun] | None:
        """Return the queues in which one start needs a place each (one as often as it needs places); None where there is no such choice now."""
        station, step = self.station, self.station.step
        if step.outputs:
            return [self.world.queues[o.queue] for o in step.outputs if o.queue is not None for _ in range(o.amount)]
        if not step.targets:
            each = len(station.open_batch) if step.flow is Flow.BATCH else step.lanes
            return [] if station.out is None else [station.out] * each
        queues = [None if q is None or q < 0 else self.world.queues[q] for q in step.targets]
        if step.choose is Choose.BY_GRADE:
            return [q for i, q in enumerate(queues) if q is not None and q not in queues[:i]]
        if step.choose is Choose.IN_TURN:
            chosen = queues[station.turn % len(queues)]
            return [] if chosen is None else [chosen]
        inside = [q for q in queues[: queues.index(None)] if q is not None] if None in queues else [q for q in queues if q is not None]
        if step.choose is Choose.FIRST_FREE:
            free = [q for q in inside if q.places_ahead() > 0]
            return free[:1] or ([] if None in queues else None)
        if None in queues:
            return []
        return [min(inside, key=work_at if step.choose is Choose.LEAST_WORK else lambda q: q.load)]

    def can_book(self) -> bool:
        """Tell whether there are places ahead for one more start."""
        wanted = self.wanted()
        return wanted is not None and all(q.places_ahead() >= wanted.count(q) for q in wanted)

    def book(self, machine: Machine) -> bool:
        """Keep the places that one start needs; tell whether they are there."""
        if not self.can_book():
            return False
        wanted = self.wanted() or []
        machine.booked += wanted
        for queue in wanted:
            queue.booked += 1
        if self.station.step.choose is Choose.IN_TURN and self.station.step.targets:
            self.station.turn += 1
        return True

    def unbook(self, machine: Machine, but: QueueRun | None = None) -> None:
        """Give back the places that were kept, but one; whoever waits for them hears of it."""
        for queue in machine.booked:
            if queue is not but:
                queue.booked -= 1
                self.world.agenda.add(queue.queue.station)
        machine.booked = [queue for queue in machine.booked if queue is but]

    def unbook_one(self, machine: Machine) -> None:
        """Give back the last place that was kept."""
        queue = machine.booked.pop()
        queue.booked -= 1
        self.world.agenda.add(queue.queue.station)
