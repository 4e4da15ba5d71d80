"""Stations of several machines side by side that pass single items: each start is worked out to its end at once, ends are kept in order.

A station has a clock of its own: time and root of its last event. Two things happen there. *An item leaves*: the first of the works in hand by its
end E, at ``L = max(E, C)`` with C from when on there is a place behind; or a bad one, at E. *A work begins* on the empty machine with the smallest
number, at the later of the item's arrival and the station's clock. The earlier of the two is next; of two at one moment the one with the greater
root; of two of one root the leaving, for whatever one event frees is free before anyone begins anew.

The works in hand, those that wait behind them and the last ones that left lie in one array, each as one number, its end above and its machine below;
so equal ends are in the order of the machines. `pass_items` is the loop for what happens most, it ends in front of all else; `step` is one event of
any kind, and says what is true.

While the next arrival is not computed yet though there is a place for it, no machine that is empty lets a later item leave; while the next place is
not computed yet, nothing happens that is later than the end of the work that waits for it.
"""

from __future__ import annotations

import numpy as np

from linewright.kernels.bits import lowest
from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_coils import coil_comes, coil_is_on, is_known, next_change, next_coil, runs_out
from linewright.kernels.recursion_ends import BEHIND, FAR, MACHINE, item_after, one_number, put_bad, put_in_order
from linewright.kernels.recursion_judge import VERDICT, judge_anew
from linewright.kernels.recursion_network import BLOCK, ROOT_SHIFT, root_of
from linewright.kernels.recursion_pass import pass_some, prepare
from linewright.kernels.recursion_told import begin_told
from linewright.kernels.recursion_visit import came_by, freed_by, offer, push
from linewright.kernels.rows import VERDICT_CHANCE, VERDICT_FALSE_REJECT, VERDICT_MISSED, VERDICT_PASS, VERDICT_REJECT, VERDICT_SCRAP
from linewright.kernels.state import NEVER

NOTHING, LEAVE, REFUSE, BEGIN, COIL_ON, COIL_COMES = range(6)
#: Greater than any root.
LATEST = 1 << 62


@kernel
def becomes_empty(t, w, j, m, at, by):
    """A machine has nothing in hand any more."""
    node = w.nodes[j]
    machine = w.machines[t.stations[j].machine0 + m]
    machine.empty = at
    machine.last_code = machine.code
    node.idle |= 1 << m
    node.now = at
    node.by = by
    if node.begins == 0 and t.queues[w.streams[node.inlet].queue].places == 0:
        offer(w, node.inlet, at, by)


@kernel
def item_leaves(t, w, j, at, by):
    """Let the first item go on."""
    node = w.nodes[j]
    x = w.ends[node.head]
    m = x & MACHINE
    machine = w.machines[t.stations[j].machine0 + m]
    end = (x >> ROOT_SHIFT) + node.since
    node.head += 1
    machine.done = end
    machine.blocked += at - end
    node.stay += at - machine.arrive
    if node.ends == 0:
        push(w, node.outlet, at, end, item_after(machine), by)
    becomes_empty(t, w, j, m, at, by)


@kernel
def item_is_refused(t, s, w, j, at):
    """Let the first bad item leave the line."""
    node = w.nodes[j]
    first = t.stations[j].machine0
    m = w.bads[first] & MACHINE
    machine = w.machines[first + m]
    node.bad -= 1
    for i in range(first, first + node.bad):
        w.bads[i] = w.bads[i + 1]
    machine.done = at
    node.stay += at - machine.arrive
    node.refused += 1
    count_refused(s.stations[j], machine.code & VERDICT)
    becomes_empty(t, w, j, m, at, root_of(j, m))


@kernel
def count_refused(state, verdict):
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
def take_in_hand(t, s, w, j, m, end, until):
    """Put a work in hand among the others by what becomes of its item; one that is let through by mistake is counted where it ends in time."""
    first = t.stations[j].machine0
    verdict = w.machines[first + m].code & VERDICT
    x = one_number(w, j, m, end, until)
    if verdict == VERDICT_MISSED and end < until:
        s.stations[j].missed += 1
    if verdict in (VERDICT_PASS, VERDICT_MISSED):
        put_in_order(w, j, x)
    else:
        put_bad(w, j, first, x)


@kernel
def work_begins(t, s, w, j, at, by, until):
    """Let the empty machine with the smallest number begin with the next item, if that does not come too late."""
    station = t.stations[j]
    node = w.nodes[j]
    inlet = w.streams[node.inlet]
    i = inlet.at + inlet.taken - inlet.base
    node.now = at
    node.by = by
    if station.within >= 0 and node.begins == 0 and at - w.done[i] > station.within:
        s.stations[j].late += 1
        node.stay += at - w.arrive[i]
        inlet.taken += 1
        offer(w, node.inlet, at, by)
        judge_anew(t, w, j)
        return
    m = lowest(node.idle)
    number = station.machine0 + m
    machine = w.machines[number]
    if machine.starts >= machine.most:
        runs_out(t, s, w, j, m, at, by)
        return
    prepare(t, s, w, j)
    i = inlet.at + inlet.taken - inlet.base
    node.idle &= node.idle - 1
    time = w.time[j * BLOCK + node.n - node.first]
    fails = time >= machine.left
    machine.item = w.item[i]
    machine.arrive = at if node.begins else w.arrive[i]
    machine.start = at
    machine.n = node.n
    machine.code = w.code[j * BLOCK + node.n - node.first]
    inlet.taken += 1
    node.n += 1
    if inlet.queue >= 0 and t.queues[inlet.queue].places > 0:
        offer(w, node.inlet, at, by)
    if fails:
        end = begin_told(t, s, w, j, number, at, until)
    else:
        machine.starts += 1
        machine.left -= time
        end = at + time
    take_in_hand(t, s, w, j, m, end, until)


@kernel
def next_side(t, s, w, j):
    """Return what comes next at a station, as far as is known.

    Returns
    -------
    at, root, what, is_sure
        Time; root; NOTHING, LEAVE, REFUSE, BEGIN, COIL_ON or COIL_COMES; whether nothing unknown may be earlier.
    """
    node = w.nodes[j]
    at, by, what = NEVER, np.int64(0), NOTHING
    wall, wall_by = NEVER, np.int64(0)
    is_sure = True
    x = w.ends[node.head] if node.tail > node.head else BEHIND
    if x < FAR:
        end, own = (x >> ROOT_SHIFT) + node.since, root_of(j, x & MACHINE)
        outlet = w.streams[node.outlet]
        if outlet.credited > outlet.arrived:
            k = outlet.at + outlet.arrived - outlet.base
            at, by, what = end, own, LEAVE
            if node.ends == 0 and w.credit[k] >= end:
                at = w.credit[k]
                by = freed_by(w, outlet, k) if at > end else min(freed_by(w, outlet, k), own)
        elif outlet.still > end:
            wall, wall_by = outlet.still, LATEST  # a place that becomes free then comes of an event that is not known
        else:
            wall, wall_by = end, own
    if node.bad > 0:
        x = w.bads[t.stations[j].machine0]
        end, own = (x >> ROOT_SHIFT) + node.since, root_of(j, x & MACHINE)
        if x < FAR and (end < at or (end == at and own > by)):
            at, by, what = end, own, REFUSE
    if node.idle:
        inlet = w.streams[node.inlet]
        if node.begins or inlet.arrived > inlet.taken:
            start, start_by = node.now, node.by
            if node.begins == 0:
                k = inlet.at + inlet.taken - inlet.base
                if w.arrive[k] > start:
                    start, start_by = w.arrive[k], came_by(w, inlet, k)
                elif w.arrive[k] == start:
                    start_by = min(start_by, came_by(w, inlet, k))
            if start < at or (start == at and start_by > by):
                at, by, what = start, start_by, BEGIN
                m = lowest(node.idle)
                machine = w.machines[t.stations[j].machine0 + m]
                if machine.starts >= machine.most:
                    is_sure = is_known(t, s, w, j, m, start)
        elif inlet.credited > inlet.arrived and inlet.quiet <= at:
            is_sure = False
    if node.changes | node.lacks:
        at, by, what, unknown = next_of_coils(t, s, w, j, at, by, what)
        is_sure = is_sure and at < unknown
    if at > wall or (at == wall and by < wall_by):
        is_sure = False
    return at, by, what, is_sure


@kernel
def next_of_coils(t, s, w, j, at, by, what):
    """Return what comes first, an event or what happens to coils; and a time before which no coil comes that is lacked and not there."""
    ready, m = next_change(t, w, j)
    if ready < at or (ready == at and root_of(j, m) > by):
        at, by, what = ready, root_of(j, m), COIL_ON
    comes, came, unknown = next_coil(t, s, w, j)
    if comes < at or (comes == at and came > by):
        at, by, what = comes, came, COIL_COMES
    return at, by, what, unknown


@kernel
def step(t, s, w, j, what, at, by, until):
    """Let the next event of a station happen."""
    if what == LEAVE:
        item_leaves(t, w, j, at, by)
    elif what == REFUSE:
        item_is_refused(t, s, w, j, at)
    elif what == COIL_ON:
        coil_is_on(t, s, w, j, at)
    elif what == COIL_COMES:
        coil_comes(t, s, w, j, at, by)
    else:
        work_begins(t, s, w, j, at, by, until)


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
        if not is_first:
            moved |= pass_some(t, s, w, j, until)
        at, by, what, is_sure = next_side(t, s, w, j)
        if at >= until or not (is_sure or is_first):
            return moved
        step(t, s, w, j, what, at, by, until)
        moved = True
        if is_first:
            return moved
