"""Stations of several machines side by side that pass single items: each start is worked out to its end at once, ends are kept in order.

The station has a clock of its own. What comes next there is, of those at one moment in this order: a place behind for the item that waits longest;
the end of a work, by machine; an arrival for a machine that is empty, which the one with the smallest number takes. A machine that becomes empty
takes the next item of the queue at once. An item that came because a place became free here belongs to what freed it, before all else of that moment.

When the next arrival is not computed yet though there is a place for it, the station waits for it before any machine may become empty.
"""

from __future__ import annotations

from linewright.kernels import machine as own_side
from linewright.kernels.calendar_starts import grade_of, verdict_of
from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_draws import draw_block
from linewright.kernels.recursion_network import BLOCK
from linewright.kernels.recursion_plain import stock
from linewright.kernels.recursion_visit import add_stay, came_by, freed_by, offer, push, turn, work_on
from linewright.kernels.rows import (
    VERDICT_CHANCE,
    VERDICT_FALSE_REJECT,
    VERDICT_MISSED,
    VERDICT_PASS,
    VERDICT_REJECT,
    VERDICT_SCRAP,
)
from linewright.kernels.state import GRADE_MOST, GRADE_SHIFT, IDLE, NEVER, OUT, T_BLOCKED, T_EXECUTE, T_STARVED, WORK
from linewright.kernels.table import GATE_WINDOWS, RUNNING

own_start = own_side.start
HAND, END, COME = range(3)


@kernel
def running_left(t, s, m):
    """Return the running time to the next failure of a machine."""
    station = t.stations[t.machines[m].station]
    left = NEVER
    for k in range(station.modes):
        if t.modes[station.mode0 + k].clock == RUNNING:
            left = min(left, s.clocks[t.machines[m].clock0 + k].left)
    return left


@kernel
def settle_machine(t, s, w, m, at):
    """Bring times and clocks of a machine in the state to a moment at which no work is in hand that is not told; it is starved or blocked since."""
    node = w.machines[m]
    station = t.stations[t.machines[m].station]
    row = s.machines[m]
    for k in range(station.modes):
        if t.modes[station.mode0 + k].clock == RUNNING:
            s.clocks[t.machines[m].clock0 + k].left -= node.busy
    s.times[m, T_EXECUTE] += node.busy
    s.times[m, T_BLOCKED] += node.blocked
    s.times[m, T_STARVED] += at - row.since - node.busy - node.blocked
    row.since = at
    row.category = T_STARVED
    row.k += node.starts
    node.busy = node.blocked = node.starts = 0


@kernel
def put_in_order(w, j, first, m, at):
    """Put the end of a work among those of a station; of equal ones the smaller machine is first."""
    node = w.nodes[j]
    i = first + node.works
    while i > first and (w.ends[i - 1] > at or (w.ends[i - 1] == at and w.whose[i - 1] > m)):
        w.ends[i] = w.ends[i - 1]
        w.whose[i] = w.whose[i - 1]
        i -= 1
    w.ends[i] = at
    w.whose[i] = m
    node.works += 1


@kernel
def begin_told(t, s, w, j, m, now, until):
    """Begin a work in which the machine fails: through the state. Returns its end, NEVER where that is not before `until`."""
    settle_machine(t, s, w, m, now)
    node = w.machines[m]
    row = s.machines[m]
    row.k += 1
    node.starts = 0
    row.item, row.arrive, row.start, row.n = node.item, node.arrive, now, node.n
    row.done, row.verdict, row.grade = node.last_done, node.last_verdict, node.last_grade
    row.waiting = 0
    row.phase = WORK
    row.tool = (row.k - 1) % t.stations[j].tools if t.stations[j].tools > 0 else -1
    own_start(t, s, m, node.n, now)
    turn(s, m, T_EXECUTE, now)
    return end_told(t, s, w, m, until)


@kernel
def end_told(t, s, w, m, until):
    """Work a told visit out to its end. Returns it, NEVER where that is not before `until`."""
    node = w.machines[m]
    node.told = 1
    if not work_on(t, s, m, until):
        return NEVER
    node.left = running_left(t, s, m)
    turn(s, m, T_BLOCKED, s.machines[m].done)
    return s.machines[m].done


@kernel
def judge_start(t, s, w, j, m):
    """Tell what will become of the item that a machine begins with."""
    station = t.stations[j]
    node = w.machines[m]
    nodes = w.nodes[j]
    verdict = VERDICT_PASS
    if nodes.out < nodes.outs and w.out[j * BLOCK + nodes.out] == node.n:
        verdict = w.why[j * BLOCK + nodes.out]
        nodes.out += 1
    grade = -1
    if station.gate == GATE_WINDOWS or station.grades > 0:
        scrap = 1 if verdict == VERDICT_SCRAP else 0
        if station.grades > 0 and not scrap:
            grade = grade_of(t, s, j, node.item, 0)
        verdict = verdict_of(t, s, j, node.item, node.n, scrap, grade, 0)
    node.verdict = verdict
    node.grade = grade


@kernel
def begin_side(t, s, w, j, m, now, by, until):
    """Let an empty machine begin with the next item at an event of station `by`. Returns False where all that was there came too late."""
    station = t.stations[j]
    node = w.nodes[j]
    inlet = w.streams[node.inlet]
    if node.n == node.end:
        draw_block(t, s, w, j)
    if node.begins and inlet.arrived == inlet.taken:
        stock(s, w, j, station.kind)
    at = inlet.at + inlet.taken - inlet.base
    while True:
        inlet.taken += 1
        if inlet.queue >= 0 and t.queues[inlet.queue].places > 0:
            offer(w, node.inlet, now, by)
            at = inlet.at + inlet.taken - 1 - inlet.base
        if station.within < 0 or now - w.done[at] <= station.within:
            break
        s.stations[j].late += 1
        node.stay += now - w.arrive[at]
        if not is_there(w, node.inlet, now, by):
            return False
        at += 1
    machine = w.machines[m]
    machine.last_done, machine.last_verdict, machine.last_grade = machine.done, machine.verdict, machine.grade
    machine.item = w.item[at]
    machine.arrive = now if node.begins else w.arrive[at]
    machine.start = now
    machine.n = node.n
    machine.time = w.time[j * BLOCK + node.n - node.first]
    node.n += 1
    judge_start(t, s, w, j, m)
    if machine.time < machine.left:
        machine.told = 0
        machine.starts += 1
        machine.left -= machine.time
        end = now + machine.time
    else:
        end = begin_told(t, s, w, j, m, now, until)
    machine.done = end
    machine.phase = WORK
    put_in_order(w, j, station.machine0, m, end)
    return True


@kernel
def is_there(w, number, now, by):
    """Tell whether an item waits in a stream when an event of station `by` has led here."""
    x = w.streams[number]
    if x.arrived == x.taken:
        return False
    k = x.at + x.taken - x.base
    return w.arrive[k] < now or (w.arrive[k] == now and came_by(w, x, k) >= by)


@kernel
def become_empty(t, s, w, j, m, now, by, until):
    """A machine has nothing in hand any more: it takes the next item if there is one."""
    node = w.nodes[j]
    machine = w.machines[m]
    machine.phase = IDLE
    machine.empty = now
    if (node.begins or is_there(w, node.inlet, now, by)) and begin_side(t, s, w, j, m, now, by, until):
        return
    node.idle += 1
    if node.begins == 0 and t.queues[w.streams[node.inlet].queue].places == 0:
        offer(w, node.inlet, now, by)


@kernel
def hand_side(t, s, w, j, now, by, until):
    """Let the item that waits longest go."""
    node = w.nodes[j]
    q = t.stations[j].out_queue
    queue = t.queues[q]
    state = s.queues[q]
    m = s.waits[queue.wait0 + state.wait_head].machine
    state.wait_head += 1
    if state.wait_head >= queue.waits:
        state.wait_head = 0
    state.wait -= 1
    machine = w.machines[m]
    machine.blocked += now - machine.done
    node.stay += now - machine.arrive
    push(w, node.outlet, now, machine.done, machine.item, min(by, j) if now == machine.done else by)
    become_empty(t, s, w, j, m, now, min(by, j) if now == machine.done else by, until)


@kernel
def end_side(t, s, w, j, until):
    """Let the first work end."""
    node = w.nodes[j]
    station = t.stations[j]
    first = station.machine0
    now = w.ends[first]
    m = w.whose[first]
    node.works -= 1
    for i in range(first, first + node.works):
        w.ends[i] = w.ends[i + 1]
        w.whose[i] = w.whose[i + 1]
    machine = w.machines[m]
    if machine.told == 0:
        machine.busy += machine.time
        s.head[0].events += 1
    node.ended += 1
    if machine.verdict == VERDICT_PASS or machine.verdict == VERDICT_MISSED:  # noqa: PLR1714 - a tuple costs a call
        if machine.verdict == VERDICT_MISSED:
            s.stations[j].missed += 1
        node.good += 1
        if machine.grade >= 0:
            machine.item = (machine.item & ~(GRADE_MOST << GRADE_SHIFT)) | ((machine.grade + 1) << GRADE_SHIFT)
        if node.ends:
            node.stay += now - machine.arrive
            become_empty(t, s, w, j, m, now, j, until)
            return
        machine.phase = OUT
        queue = t.queues[station.out_queue]
        state = s.queues[station.out_queue]
        at = state.wait_head + state.wait
        if at >= queue.waits:
            at -= queue.waits
        entry = s.waits[queue.wait0 + at]
        entry.t = now
        entry.machine = m
        state.wait += 1
        return
    refuse(s.stations[j], machine.verdict)
    node.stay += now - machine.arrive
    become_empty(t, s, w, j, m, now, j, until)


@kernel
def refuse(state, verdict):
    """Count an item that leaves the line here."""
    if verdict == VERDICT_SCRAP:
        state.scrap += 1
    elif verdict == VERDICT_REJECT:
        state.reject += 1
    elif verdict == VERDICT_FALSE_REJECT:
        state.false_reject += 1
    elif verdict == VERDICT_CHANCE:
        state.chance += 1


@kernel
def next_side(t, s, w, j):
    """Return what comes next at a station, as far as is known.

    Returns
    -------
    at, what, tag, is_sure
        Time; HAND, END or COME; station whose event it belongs to (of two at one moment the one further on is first); whether nothing unknown may
        be earlier.
    """
    node = w.nodes[j]
    station = t.stations[j]
    is_sure = True
    at = w.ends[station.machine0] if node.works > 0 else NEVER
    what = END
    tag = j
    q = station.out_queue
    if q >= 0 and s.queues[q].wait > 0:
        x = w.streams[q]
        if x.credited > x.arrived:
            k = x.at + x.arrived - x.base
            began = s.waits[t.queues[q].wait0 + s.queues[q].wait_head].t
            by = freed_by(w, x, k) if w.credit[k] >= began else x.taker
            place = max(w.credit[k], began)
            if place < at or (place == at and by >= tag):
                at, what, tag = place, HAND, by
        else:
            is_sure = False
    if node.begins == 0:
        x = w.streams[node.inlet]
        if x.arrived > x.taken:
            if node.idle > 0:
                k = x.at + x.taken - x.base
                by = came_by(w, x, k)
                if w.arrive[k] < at or (w.arrive[k] == at and (by > tag or (by == tag and what == END))):
                    at, what, tag = w.arrive[k], COME, by
        elif x.credited > x.arrived:
            is_sure = False
        if station.within >= 0 and x.credited > x.arrived > x.taken and w.arrive[x.at + x.arrived - 1 - x.base] < at:
            is_sure = False  # the first may be late, and so may be the next, up to those that come now
    return at, what, tag, is_sure


@kernel
def run_side(t, s, w, j, until, is_first):
    """Let a station go on as far as its inputs, its places and the time allow.

    Parameters
    ----------
    is_first
        1: the station's next event is the first of all, whatever is unknown: let this one happen.

    Returns
    -------
    Whether anything happened.
    """
    moved = False
    while True:
        at, what, tag, is_sure = next_side(t, s, w, j)
        if at >= until or not (is_sure or is_first):
            return moved
        if what == HAND:
            hand_side(t, s, w, j, at, tag, until)
        elif what == END:
            end_side(t, s, w, j, until)
        else:
            m = t.stations[j].machine0
            while w.machines[m].phase != IDLE:
                m += 1
            w.nodes[j].idle -= 1
            if not begin_side(t, s, w, j, m, at, tag, until):
                w.nodes[j].idle += 1
                if t.queues[w.streams[w.nodes[j].inlet].queue].places == 0:
                    offer(w, w.nodes[j].inlet, at, tag)
        moved = True
        if is_first:
            return moved


@kernel
def take_side(t, s, w, j, until):
    """Make the machines of a node of those of the state."""
    node = w.nodes[j]
    station = t.stations[j]
    node.works = node.idle = node.ended = 0
    for m in range(station.machine0, station.machine0 + station.count):
        row = s.machines[m]
        machine = w.machines[m]
        machine.item, machine.arrive, machine.start, machine.done, machine.n = row.item, row.arrive, row.start, row.done, row.n
        machine.verdict, machine.grade, machine.phase = row.verdict, row.grade, row.phase
        machine.busy = machine.blocked = machine.starts = machine.time = 0
        machine.told = 1
        machine.left = running_left(t, s, m)
        machine.empty = row.since
        if row.phase == WORK:
            verdict = s.own[m].scrap
            machine.grade = grade_of(t, s, j, row.item, 0) if station.grades > 0 and not verdict else -1
            machine.verdict = verdict_of(t, s, j, row.item, row.n, verdict, machine.grade, 0)
            machine.done = end_told(t, s, w, m, until)
            put_in_order(w, j, station.machine0, m, machine.done)
        elif row.phase == IDLE:
            node.idle += 1
            if node.begins == 0 and t.queues[w.streams[node.inlet].queue].places == 0:
                offer(w, node.inlet, row.since, j)


@kernel
def return_machine(t, s, w, m):
    """Bring a machine of the state up to date."""
    machine = w.machines[m]
    row = s.machines[m]
    own = s.own[m]
    station = t.stations[t.machines[m].station]
    if machine.phase == WORK and machine.told:
        return
    if machine.phase == WORK:
        settle_machine(t, s, w, m, machine.start)
        row.category = T_EXECUTE
        own.phase = WORK
        own.since = machine.start
        own.left = machine.time
        row.done, row.verdict, row.grade = machine.last_done, machine.last_verdict, machine.last_grade
    else:
        settle_machine(t, s, w, m, machine.empty if machine.phase == IDLE else machine.done)
        if machine.phase == OUT:
            row.category = T_BLOCKED
        if machine.told == 0:
            own.since = machine.done
            own.left = 0
        row.done, row.verdict, row.grade = machine.done, machine.verdict, machine.grade
    if machine.told == 0:
        own.n = machine.n
        own.scrap = 1 if machine.verdict == VERDICT_SCRAP else 0
        row.tool = (row.k - 1) % station.tools if station.tools > 0 else -1
    row.item = 0 if machine.phase == IDLE else machine.item
    row.arrive, row.start, row.n, row.phase = machine.arrive, machine.start, machine.n, machine.phase
    row.waiting = 1 if machine.phase == OUT else 0


@kernel
def return_side(t, s, w, j):
    """Bring a station of the state and its machines up to date."""
    node = w.nodes[j]
    station = t.stations[j]
    state = s.stations[j]
    if station.begins:
        state.made += node.ended
        s.serials[station.kind] += node.n - 1 - state.n
    state.n = node.n - 1
    state.done += node.ended
    state.good += node.good
    add_stay(s, j, node.stay)
    node.ended = node.good = node.stay = 0
    for m in range(station.machine0, station.machine0 + station.count):
        return_machine(t, s, w, m)
