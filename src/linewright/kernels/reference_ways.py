"""Where items go in the reference evaluator: what an item has become, which queue it is for, who mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linewright.kernels.reference_calendar import QueueRun, Thing
from linewright.kernels.reference_faults import inherit
from linewright.kernels.reference_line import Choose, Flow
from linewright.kernels.reference_machine import Machine
from linewright.kernels.reference_verdicts import REFUSED
from linewright.kernels.rows import VERDICT_REWORK

if TYPE_CHECKING:
    from linewright.kernels.reference_flows import Station


def mended_at(station: Station, machine: Machine, item: Thing) -> QueueRun | None:
    """Return the queue to which a refused item goes, None where it goes nowhere; say it in the verdict."""
    mend = station.step.mend
    if mend is None or machine.verdict not in REFUSED:
        return None
    passes = (item.passes >> mend.shift) & mend.most
    to = mend.to if mend.limit is None or passes < mend.limit else mend.then
    if to is None:
        return None
    machine.verdict = VERDICT_REWORK
    machine.passed = item.passes
    if to is mend.to and passes < mend.most:
        item.passes += 1 << mend.shift
    return station.world.queues[to]


def pieces_of(station: Station, machine: Machine, item: Thing) -> list[Thing]:
    """Return what an item has become: itself, the lanes of a web, or the first of several things made; the others wait in `later`."""
    world, now, step = station.world, station.world.now, station.step
    if step.lanes > 1:
        lanes = [world.new_thing(step.kind, amount=step.made, done=now, order=item.order) for _ in range(step.lanes)]
        for lane, piece in enumerate(lanes):
            world.orders.note(piece, station.number)
            world.log.made(piece.key, item.key, now, piece.amount, station.number, machine.number, lane)
            inherit(station, item, piece, lane)
            piece.stamp = item.stamp
        return lanes
    if not step.outputs:
        return [item]
    made = [[world.new_thing(o.kind, amount=o.made, done=now) for _ in range(o.amount)] for o in step.outputs]
    for number, things in enumerate(made):
        for thing in things:
            if number == 0:
                thing.own_order = item.order
                world.orders.note(thing, station.number)
            world.log.made(thing.key, item.key, now, thing.amount, station.number, machine.number, -1)
            inherit(station, item, thing, None)
            thing.stamp = item.stamp
    machine.later.extend((things, world.queues[o.queue]) for things, o in zip(made[1:], step.outputs[1:], strict=True) if o.queue is not None)
    return made[0]


def aims(station: Station, machine: Machine) -> list[QueueRun]:
    """Return the queues of which the first that can shall take the next thing; none where it leaves the line."""
    step = station.step
    if not step.targets:
        return [] if station.out is None else [station.out]
    if step.before and step.choose is not Choose.BY_GRADE:  # chosen when the work began
        return list(machine.booked)
    queues = [None if q is None or q < 0 else station.world.queues[q] for q in step.targets]
    if step.choose is Choose.BY_GRADE:
        chosen = queues[machine.grade] if 0 <= machine.grade < len(queues) else queues[-1]
        station.ahead.unbook(machine, but=chosen)
    elif step.choose is Choose.IN_TURN:
        chosen = queues[station.turn % len(queues)]
        station.turn += 1
    elif None in queues:
        inside = [q for q in queues[: queues.index(None)] if q is not None]
        chosen = next((q for q in inside if not q.waiting and q.has_place()), None) if step.choose is Choose.FIRST_FREE else None
    else:
        known = [q for q in queues if q is not None]
        if step.choose is Choose.FIRST_FREE:
            free = [q for q in known if not q.waiting and q.has_place()]
            return free[:1] or known
        chosen = min(known, key=work_at if step.choose is Choose.LEAST_WORK else lambda q: q.load)
    return [] if chosen is None else [chosen]


def work_at(queue: QueueRun) -> float:
    """Return the time that what is at a queue will take, s."""
    step = queue.world.stations[queue.queue.station].step
    return queue.load * step.mean / (step.size if step.flow is Flow.STORE else step.count * max(step.size, 1))


def send_back(station: Station, machine: Machine, item: Thing) -> None:
    """Let an item that is late wait for the queue where such items go."""
    assert station.step.late is not None
    now = station.world.now
    machine.n, machine.tool, machine.grade, machine.verdict, machine.passed = 0, -1, -1, VERDICT_REWORK, item.passes
    machine.arrived, machine.started, machine.done, item.done = item.arrived, now, now, now
    station.count_done(VERDICT_REWORK)
    machine.hands.append(item)
    station.world.queues[station.step.late].wait(machine)
    machine.note()


def miss_values(station: Station, machine: Machine, carrier: Thing) -> None:
    """Mark the units on a carrier whose tools are out when its work starts."""
    for j in range(len(station.step.tool_modes)):
        for place in range(len(carrier.content)):
            if (j, machine.number, place) in station.tools_out:
                station.miss_value(j, machine, place)
