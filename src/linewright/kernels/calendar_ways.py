"""Where items go: waiting lists, one of several targets, several things made (docs/semantics.md, section 5a)."""

from __future__ import annotations

import numpy as np

from linewright.kernels.calendar_orders import count_good
from linewright.kernels.calendar_sources import put_on_agenda
from linewright.kernels.compiled import kernel, part
from linewright.kernels.rows import VERDICT_REWORK
from linewright.kernels.state import FIRST_OF_ALL, IDLE
from linewright.kernels.table import BATCH, BY_GRADE, FIRST_FREE, IN_TURN, LEAST_WORK, LEAVES, STORE

# what a machine has when it has handed one thing over
NOTHING_MORE, KEEPS_TURN, WAITS_ANEW = range(3)


@kernel
def free_places(t, s, q):
    """Return how many items may still come into a queue that have no place kept there."""
    state = s.queues[q]
    return t.queues[q].places - state.count - state.coming - state.booked


@part
def begin_waiting(t, s, m):
    """Put a machine that has something to hand over into the waiting list of its next queue, or of all that it may go to."""
    row = s.machines[m]
    row.waiting = 1
    station = t.stations[t.machines[m].station]
    if station.ways == 0:
        join_list(t, s, m, station.out_queue)
        return
    if row.to != FIRST_OF_ALL:
        join_list(t, s, m, row.to)
        return
    for i in range(station.route0, station.route0 + station.routes):
        join_list(t, s, m, t.routes[i])


@kernel
def join_list(t, s, m, q):
    """Put a machine at the end of the waiting list of a queue."""
    queue = t.queues[q]
    state = s.queues[q]
    at = state.wait_head + state.wait
    if at >= queue.waits:
        at -= queue.waits
    entry = s.waits[queue.wait0 + at]
    entry.t = s.head[0].now
    entry.machine = m
    state.wait += 1
    if queue.fleet >= 0:
        s.head[0].fleets = 1
    else:
        put_on_agenda(s, queue.station)


@kernel
def wait_entry(t, s, q, i):
    """Return the number of the i-th of those who wait for a queue, in the state's `waits`."""
    queue = t.queues[q]
    at = s.queues[q].wait_head + i
    if at >= queue.waits:
        at -= queue.waits
    return queue.wait0 + at


@kernel
def move_wait(t, s, q, old, new):
    """Move one of those who wait for a queue to another place in the list."""
    entry = s.waits[wait_entry(t, s, q, old)]
    since = entry.t
    m = entry.machine
    step = 1 if new > old else -1
    while old != new:
        here = s.waits[wait_entry(t, s, q, old)]
        following = s.waits[wait_entry(t, s, q, old + step)]
        here.t = following.t
        here.machine = following.machine
        old += step
    entry = s.waits[wait_entry(t, s, q, new)]
    entry.t = since
    entry.machine = m


@kernel
def leave_lists(t, s, m, taken):
    """Take a machine that waited for the first of several queues off the lists of all but the one that took."""
    station = t.stations[t.machines[m].station]
    for i in range(station.route0, station.route0 + station.routes):
        q = t.routes[i]
        if q == taken:
            continue
        queue = t.queues[q]
        state = s.queues[q]
        found = False
        for k in range(state.wait):
            at = (state.wait_head + k) % queue.waits
            if found:
                before = s.waits[queue.wait0 + (state.wait_head + k - 1) % queue.waits]
                before.t = s.waits[queue.wait0 + at].t
                before.machine = s.waits[queue.wait0 + at].machine
            elif s.waits[queue.wait0 + at].machine == m:
                found = True
        if found:
            state.wait -= 1


@kernel
def load_of(t, s, q):
    """Return how many items wait for a queue, lie in it, are on the way to it, or are in its machines."""
    state = s.queues[q]
    station = t.stations[t.queues[q].station]
    inside = 0
    for m in range(station.machine0, station.machine0 + station.count):
        row = s.machines[m]
        if station.flow in (BATCH, STORE):
            inside += row.on - row.out
        elif row.phase != IDLE:
            inside += 1
    return state.count + state.coming + state.wait + inside


@kernel
def choose(t, s, m):
    """Return the queue that a machine's finished item goes to: the only one, or one of several; LEAVES, FIRST_OF_ALL."""
    number = t.machines[m].station
    station = t.stations[number]
    if station.routes == 0:
        return station.out_queue
    if station.before and station.choose != BY_GRADE:
        return s.machines[m].to  # chosen when the work began
    first = station.route0
    if station.choose == BY_GRADE:
        grade = s.machines[m].grade
        return t.routes[first + (grade if 0 <= grade < station.routes else station.routes - 1)]
    if station.choose == IN_TURN:
        s.stations[number].turn += 1
        return t.routes[first + (s.stations[number].turn - 1) % station.routes]
    best = np.int64(FIRST_OF_ALL)
    least = np.inf
    for i in range(first, first + station.routes):
        q = t.routes[i]
        if q < 0:
            return q
        if station.choose == FIRST_FREE:
            if s.queues[q].wait == 0 and free_places(t, s, q) > 0:
                return q
            continue
        load = np.float64(load_of(t, s, q))
        if station.choose == LEAST_WORK:
            behind = t.stations[t.queues[q].station]
            load = load * t.laws[behind.law].mean / (behind.size if behind.flow == STORE else behind.count * max(behind.size, 1))
        if load < least:
            least = load
            best = q
    return best


@kernel
def next_output(t, s, m):
    """Let the next of several things made wait for its queue; one that nobody takes leaves the line. Returns False where all are out."""
    row = s.machines[m]
    station = t.stations[t.machines[m].station]
    while row.output + 1 < station.outs:
        row.output += 1
        output = t.outputs[station.out0 + row.output]
        if output.queue < 0:
            continue
        row.give = s.parts[t.machines[m].part0 + station.give0 + row.output]
        row.lanes = output.amount
        row.to = output.queue
        begin_waiting(t, s, m)
        return True
    return False


@kernel
def goods_of(t, s, m):
    """Return how many things a machine hands over in this turn, all to the same queue."""
    station = t.stations[t.machines[m].station]
    row = s.machines[m]
    several = (station.lanes > 1 or station.outs > 0) and row.verdict != VERDICT_REWORK
    return row.lanes if several and (station.routes == 0 or row.output > 0) else 1


@kernel
def next_thing(t, s, m):
    """Return what a machine hands over of a web in lanes, of several things made, or to be mended; and whether it has more.

    That is NOTHING_MORE, KEEPS_TURN, or WAITS_ANEW: it has joined another list, or the end of this one.
    """
    row = s.machines[m]
    station = t.stations[t.machines[m].station]
    if row.verdict == VERDICT_REWORK:
        return row.give, NOTHING_MORE
    if station.lanes <= 1 and station.outs == 0:
        return row.item, NOTHING_MORE
    item = row.give
    row.give += 1
    row.lanes -= 1
    if row.lanes > 0 and (station.routes == 0 or row.output > 0):
        return item, KEEPS_TURN
    while row.lanes > 0:  # each of several goes its own way
        row.to = choose(t, s, m)
        if row.to != LEAVES:
            begin_waiting(t, s, m)
            return item, WAITS_ANEW
        if s.head[0].orders > 0:
            count_good(t, s, row.give)
        row.give += 1
        row.lanes -= 1
    if station.outs > 0 and next_output(t, s, m):
        return item, WAITS_ANEW
    return item, NOTHING_MORE
