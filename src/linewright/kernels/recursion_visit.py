"""One visit, event by event, in the state itself: where a machine fails, where a visit outlasts the time asked for, where there is no place yet.

All else goes through the loops of `recursion_plain` and leaves its sums here by `flush`.
"""

from __future__ import annotations

from linewright.kernels import machine as own_side
from linewright.kernels.calendar_starts import count_verdict, grade_of, verdict_of
from linewright.kernels.compiled import kernel
from linewright.kernels.exchange_rows import DONE, FAILED
from linewright.kernels.recursion_draws import next_failure, sum_of
from linewright.kernels.recursion_network import BLOCK, N_CALLS, N_DOUBT, PLAIN, root_of
from linewright.kernels.rows import VERDICT_MISSED, VERDICT_PASS, VERDICT_SCRAP
from linewright.kernels.state import FAULT, GRADE_MOST, GRADE_SHIFT, IDLE, OUT, T_BLOCKED, T_EXECUTE, T_REPAIR, T_STARVED, WORK
from linewright.kernels.table import RUNNING

own_start, own_fire, own_next_event, own_mend = own_side.start, own_side.fire, own_side.next_event, own_side.mend


@kernel
def turn(s, m, category, at):
    """Let the time of a state of a machine end and that of the next begin."""
    row = s.machines[m]
    if row.category != category:
        s.times[m, row.category] += at - row.since
        row.category = category
        row.since = at


@kernel
def slide(w, number):
    """Make room in a stream's window."""
    x = w.streams[number]
    keep = min(x.taken, x.arrived) - x.room
    by = keep - x.base
    if by <= 0:
        return
    at = x.at
    for k in range(at, at + x.arrived - keep):
        w.arrive[k] = w.arrive[k + by]
        w.done[k] = w.done[k + by]
        w.item[k] = w.item[k + by]
        w.came[k] = w.came[k + by]
    for k in range(at + max(x.taken - keep, 0), at + min(x.credited - keep, x.size - by)):
        w.credit[k] = w.credit[k + by]
        w.freed[k] = w.freed[k + by]
    x.base = keep


@kernel
def push(w, number, arrive, done, item, came):
    """Let an item come into a stream; `came` is the root of what brings it."""
    x = w.streams[number]
    if x.arrived - x.base >= x.size:
        slide(w, number)
    at = x.at + x.arrived - x.base
    w.arrive[at] = arrive
    w.done[at] = done
    w.item[at] = item
    w.came[at] = came
    x.arrived += 1


@kernel
def offer(w, number, at, freed):
    """One more item may come into a stream, from a time on; `freed` is the root of what freed its place."""
    x = w.streams[number]
    if x.credited - x.base >= x.size:
        slide(w, number)
    w.credit[x.at + x.credited - x.base] = at
    w.freed[x.at + x.credited - x.base] = freed
    x.credited += 1


@kernel
def freed_by(w, x, k):
    """Return the root of what freed the place at k of the arrays in stream x."""
    return root_of(x.taker, 0) if w.nodes[x.taker].kind == PLAIN else w.freed[k]


@kernel
def came_by(w, x, k):
    """Return the root of what brought the arrival at k of the arrays into stream x: the end of the work in front, or what freed its place."""
    if w.nodes[x.giver].kind != PLAIN:
        return w.came[k]
    return root_of(x.giver, 0) if w.done[k] == w.arrive[k] else freed_by(w, x, k)


@kernel
def add_stay(s, j, stay):
    """Add to the time that items have spent at a station."""
    row = s.stations[j]
    row.stay_ns += stay
    if row.stay_ns >= 1 << 60:
        row.stay_s += row.stay_ns // 1000000000
        row.stay_ns %= 1000000000


@kernel
def flush(t, s, w, j):
    """Bring the state of a station's one machine up to where the fast path is: it is empty."""
    node = w.nodes[j]
    count = node.n - node.mark
    if count == 0:
        return
    station = t.stations[j]
    m = station.machine0
    row = s.machines[m]
    state = s.stations[j]
    busy = sum_of(w.time, j * BLOCK + node.mark - node.first, count)
    clock0 = t.machines[m].clock0
    for k in range(station.modes):
        if t.modes[station.mode0 + k].clock == RUNNING:
            s.clocks[clock0 + k].left -= busy
    s.times[m, T_EXECUTE] += busy
    s.times[m, T_BLOCKED] += node.blocked
    s.times[m, T_STARVED] += node.left - row.since - busy - node.blocked
    add_stay(s, j, busy + node.blocked if node.begins else node.stay)
    s.head[0].events += count
    last = w.time[j * BLOCK + node.n - 1 - node.first]
    row.since = node.left
    row.arrive = node.done - last if node.begins else node.arrive
    row.start = node.done - last
    row.done = node.done
    row.n = node.n - 1
    row.k += count
    row.verdict = node.verdict
    row.tool = (row.k - 1) % station.tools if station.tools > 0 else -1
    own = s.own[m]
    own.since = node.done
    own.left = 0
    own.n = node.n - 1
    own.scrap = 1 if node.verdict == VERDICT_SCRAP else 0
    state.n += count
    state.done += count
    state.good += node.good
    if station.begins:
        state.made += count
        s.serials[station.kind] += count
    node.mark = node.n
    node.blocked = node.stay = node.good = 0


@kernel
def begin_visit(t, s, w, j):
    """Let the one machine of a station begin with the next item, which is there."""
    flush(t, s, w, j)
    node = w.nodes[j]
    inlet = w.streams[node.inlet]
    station = t.stations[j]
    m = station.machine0
    row = s.machines[m]
    at = inlet.at + inlet.taken - inlet.base
    now = node.left if node.begins else max(node.left, w.arrive[at])
    inlet.taken += 1
    s.stations[j].n += 1
    if station.begins:
        s.serials[station.kind] += 1
    row.n = node.n
    row.k += 1
    row.item = w.item[at]
    row.arrive = now if node.begins else w.arrive[at]
    row.start = now
    row.phase = WORK
    row.tool = (row.k - 1) % station.tools if station.tools > 0 else -1
    own_start(t, s, m, node.n, -1, now)
    turn(s, m, T_EXECUTE, now)
    node.n += 1
    node.mark = node.n


@kernel
def note_call(w, crew, since, until):
    """Note that somebody of a crew is at work on a machine."""
    count = w.notes[N_CALLS]
    if count >= w.calls.shape[0]:
        w.notes[N_DOUBT] = 1
        return
    w.notes[N_CALLS] = count + 1
    call = w.calls[count]
    call.crew, call.since, call.until = crew, since, until


@kernel
def work_on(t, s, w, m, until):
    """Let a machine go on with its work, through failures and repairs. Returns whether the work ended before a time.

    People for a repair are there at once; it is noted that they were called (`hybrid` sees to it that there were enough).
    """
    row = s.machines[m]
    mode0 = t.stations[t.machines[m].station].mode0
    while True:
        at, _, _ = own_next_event(t, s, m)
        if at >= until:
            return False
        what, mode, n, _ = own_fire(t, s, m)
        s.head[0].events += 1
        if what == DONE:
            row.done = at
            return True
        if what == FAILED:
            row.mode = mode
            row.fault = n
            row.repairing = 1
            row.mask = FAULT
            turn(s, m, T_REPAIR, at)
            own_mend(t, s, m, at)
            if t.modes[mode0 + mode].crew >= 0:
                note_call(w, t.modes[mode0 + mode].crew, at, s.own[m].until)
        else:
            row.mode = -1
            row.repairing = 0
            row.mask = 0
            turn(s, m, T_EXECUTE, at)


@kernel
def judge(t, s, j, m):
    """Tell what has become of the item whose work has ended; returns whether it goes on."""
    row = s.machines[m]
    station = t.stations[j]
    state = s.stations[j]
    scrap = s.own[m].scrap
    row.grade = grade_of(t, s, j, row.item, 0) if station.grades > 0 and not scrap else -1
    row.verdict = verdict_of(t, s, j, row.item, row.n, scrap, row.grade, 0)
    state.done += 1
    count_verdict(state, row.verdict)
    if station.begins:
        state.made += 1
    return row.verdict in (VERDICT_PASS, VERDICT_MISSED)


@kernel
def release(s, w, j, m, at):
    """A machine has nothing in hand any more."""
    row = s.machines[m]
    add_stay(s, j, at - row.arrive)
    row.item = 0
    row.waiting = 0
    row.phase = IDLE
    turn(s, m, T_STARVED, at)
    w.nodes[j].left = at
    if w.nodes[j].kind == PLAIN:
        offer(w, w.nodes[j].inlet, at, root_of(j, 0))


@kernel
def go_on(t, s, w, j, until):
    """Let the one machine of a station go on with what it has in hand. Returns whether it is empty then."""
    station = t.stations[j]
    node = w.nodes[j]
    m = station.machine0
    row = s.machines[m]
    outlet = w.streams[node.outlet]
    if row.phase == WORK:
        if not work_on(t, s, w, m, until):
            return False
        node.by = root_of(j, 0)
        if node.kind == PLAIN:
            next_failure(t, s, w, j, m)
        if not judge(t, s, j, m):
            release(s, w, j, m, row.done)
            return True
        if row.grade >= 0:
            row.item = (row.item & ~(GRADE_MOST << GRADE_SHIFT)) | ((row.grade + 1) << GRADE_SHIFT)
        row.phase = OUT
        turn(s, m, T_BLOCKED, row.done)
        if not node.ends:
            entry = s.waits[t.queues[outlet.queue].wait0]
            entry.t = row.done
            entry.machine = m
            s.queues[outlet.queue].wait = 1
            row.waiting = 1
    if outlet.credited <= outlet.arrived:
        return False
    at = row.done
    if node.ends:
        outlet.taken = outlet.arrived  # whoever left the line need not be kept
    else:
        k = outlet.at + outlet.arrived - outlet.base
        if w.credit[k] >= at:
            node.by = min(root_of(j, 0), freed_by(w, outlet, k)) if w.credit[k] == at else freed_by(w, outlet, k)
        at = max(at, w.credit[k])
        s.queues[outlet.queue].wait = 0
    push(w, node.outlet, at, row.done, row.item, node.by)
    release(s, w, j, m, at)
    return True
