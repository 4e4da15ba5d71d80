"""Stations side by side: the loop for what happens most, and how far it may go.

It ends in front of all that `recursion_side.step` must look at: failures, items that do not just pass or come too late, two things at one moment.
"""

from __future__ import annotations

import numpy as np

from linewright.kernels.bits import lowest
from linewright.kernels.compiled import kernel, part
from linewright.kernels.recursion_coils import next_change, next_coil
from linewright.kernels.recursion_ends import BEHIND, FAR, MACHINE, item_after, make_room
from linewright.kernels.recursion_judge import ODD, draw_side, judge_items
from linewright.kernels.recursion_network import BLOCK, PLAIN, ROOT_SHIFT, root_of
from linewright.kernels.recursion_plain import stock
from linewright.kernels.recursion_visit import slide
from linewright.kernels.state import NEVER

#: A window slides where so many would not find room in it.
FEW = 64


@kernel
def prepare(t, s, w, j):
    """Have the next start drawn and what becomes of its item told, and room for its end."""
    node = w.nodes[j]
    inlet = w.streams[node.inlet]
    if node.n == node.end:
        draw_side(t, s, w, j)
    if node.begins and inlet.arrived == inlet.taken:
        stock(s, w, j, t.stations[j].kind)
    judge_items(t, s, w, j, min(node.end, node.n + inlet.arrived - inlet.taken))
    if node.tail + 2 >= node.ends0 + node.ends_room:
        make_room(w, j, t.stations[j].count)


@part
def note_begin(w, a, ahead, drawn, machine, start, by, graded, n):
    """Write down that a machine begins with the item at `a` of the arrays; return when the work ends."""
    came = w.arrive[a]
    time = w.time[a + drawn]
    w.credit[a + ahead] = start
    w.freed[a + ahead] = by
    machine.item = w.item[a]
    machine.arrive = came if came >= 0 else start
    machine.start = start
    machine.n = n
    machine.code = w.code[a + drawn] if graded else 0
    machine.left -= time
    machine.starts += 1
    return start + time


@part
def note_leave(w, o, machine, end, leave, by, graded):
    """Write down that the item of a machine goes to `o` of the arrays; return how long it has been here."""
    w.arrive[o] = leave
    w.done[o] = end
    w.item[o] = item_after(machine) if graded else machine.item
    w.came[o] = by
    machine.done = end
    machine.last_code = machine.code
    machine.empty = leave
    machine.blocked += leave - end
    return leave - machine.arrive


@part
def put_behind(w, tail, x):
    """Put an end of work among those in hand, the last of which stands in front of `tail`."""
    one = np.uint64(1)
    w.ends[tail + one] = BEHIND
    while w.ends[tail - one] > x:
        w.ends[tail] = w.ends[tail - one]
        tail -= one
    w.ends[tail] = x


@part
def later_root(came, came_from, now, by):
    """Return the root of what happens at the later of an arrival and an event."""
    return came_from if came > now else min(came_from, by) if came == now else by


@part
def root_of_leave(place, freed, end, own):
    """Return the root of what lets an item leave: the end of its work, or what freed its place."""
    return freed if place > end else min(freed, own) if place == end else own


@kernel
def pass_items(w, j, machine0, within, graded, begins, leaves, limit, until):
    """Let items begin and leave as long as nothing of the rarer kind comes.

    Parameters
    ----------
    within, graded
        Latest start after the end of the work before, `NEVER` without; 1 where items get a grade.
    begins, leaves
        At most that many.
    limit
        Nothing at or after this time.

    Returns
    -------
    Events.
    """
    node = w.nodes[j]
    inlet, outlet = w.streams[node.inlet], w.streams[node.outlet]
    one = np.uint64(1)
    a0, o0 = np.uint64(inlet.at + inlet.taken - inlet.base), np.uint64(outlet.at + outlet.arrived - outlet.base)
    a, o, a_end, o_end = a0, o0, a0 + np.uint64(begins), o0 + np.uint64(leaves)
    drawn = np.uint64(j * BLOCK + node.n - node.first) - a0
    ahead = np.uint64(0) if node.begins else np.uint64(inlet.credited - inlet.taken)
    now, by, idle, base, root = node.now, node.by, node.idle, node.since, root_of(j, 0)
    first_n = node.n - np.int64(a0)
    head, tail = np.uint64(node.head), np.uint64(node.tail)
    stay = np.int64(0)
    while True:
        x = w.ends[head]
        end, m = (x >> ROOT_SHIFT) + base, x & MACHINE
        place = w.credit[o]
        leave = max(end, place) if o < o_end else end
        if idle != 0:
            if a == a_end:
                break
            came = w.arrive[a]
            start = max(came, now)
            is_next = start < leave
            if start == leave:
                leave_by = root_of_leave(place, w.freed[o], end, root - m) if o < o_end else root - m
                is_next = later_root(came, w.came[a], now, by) > leave_by
            if is_next:
                m = lowest(idle)
                machine = w.machines[np.uint64(machine0 + m)]
                if start >= limit or start - w.done[a] > within or w.time[a + drawn] >= machine.left or machine.starts >= machine.most:
                    break
                by = later_root(came, w.came[a], now, by)
                now = start
                idle &= idle - 1
                end = note_begin(w, a, ahead, drawn, machine, start, by, graded, first_n + np.int64(a))
                a += one
                put_behind(w, tail, (((end - base) << ROOT_SHIFT) | m) if end < until else FAR | m)
                tail += one
                continue
        if o == o_end or leave >= limit:
            break
        by = root_of_leave(place, w.freed[o], end, root - m)
        now = leave
        stay += note_leave(w, o, w.machines[np.uint64(machine0 + m)], end, leave, by, graded)
        o += one
        head += one
        idle |= 1 << m
    begun, left = np.int64(a - a0), np.int64(o - o0)
    node.now, node.by, node.idle, node.stay = now, by, idle, node.stay + stay
    node.head, node.tail, node.n = np.int64(head), np.int64(tail), node.n + begun
    inlet.taken += begun
    if node.begins == 0:
        inlet.credited += begun
    outlet.arrived += left
    return begun + left


@kernel
def name_roots(w, j, begins, leaves):
    """Write the roots of what comes from a single machine, and of places freed by one: there they need not be told."""
    node = w.nodes[j]
    inlet, outlet = w.streams[node.inlet], w.streams[node.outlet]
    if node.begins == 0 and w.nodes[inlet.giver].kind == PLAIN:
        own = root_of(inlet.giver, 0)
        first = np.uint64(inlet.at + inlet.taken - inlet.base)
        for k in range(np.uint64(begins)):
            w.came[first + k] = own if w.done[first + k] == w.arrive[first + k] else w.freed[first + k]
    if node.ends == 0 and w.nodes[outlet.taker].kind == PLAIN:
        own = root_of(outlet.taker, 0)
        first = np.uint64(outlet.at + outlet.arrived - outlet.base)
        for k in range(np.uint64(leaves)):
            w.freed[first + k] = own


@kernel
def plain_starts(w, j, begins):
    """Return how many of the next starts have items that just pass, up to a number."""
    node = w.nodes[j]
    first = j * BLOCK - node.first
    node.odd = max(node.odd, node.n)
    while node.odd < node.judged and node.odd < node.n + begins and w.code[first + node.odd] & ODD == 0:
        node.odd += 1
    return min(begins, node.odd - node.n)


@kernel
def pass_some(t, s, w, j, until):
    """Let items pass as far as the loop for what happens most goes. Returns whether any did."""
    station = t.stations[j]
    node = w.nodes[j]
    inlet, outlet = w.streams[node.inlet], w.streams[node.outlet]
    begins, leaves = np.int64(0), np.int64(0)
    if node.begins:
        prepare(t, s, w, j)
        begins = min(inlet.arrived - inlet.taken, node.judged - node.n)
    elif t.queues[inlet.queue].places == 0:
        return False
    elif inlet.arrived > inlet.taken:
        prepare(t, s, w, j)
        if inlet.credited - inlet.base + min(inlet.arrived - inlet.taken, FEW) > inlet.size:
            slide(w, node.inlet)
        begins = min(inlet.arrived - inlet.taken, node.judged - node.n, inlet.size - (inlet.credited - inlet.base))
    begins = plain_starts(w, j, min(begins, node.ends0 + node.ends_room - 2 - node.tail))
    if outlet.arrived - outlet.base + min(outlet.credited - outlet.arrived, FEW) > outlet.size:
        if node.ends:
            outlet.taken = outlet.arrived  # whoever left the line need not be kept
        slide(w, node.outlet)
    leaves = min(outlet.credited - outlet.arrived, outlet.size - (outlet.arrived - outlet.base))
    limit = until
    if node.bad > 0 and w.bads[station.machine0] < FAR:
        limit = min(limit, (w.bads[station.machine0] >> ROOT_SHIFT) + node.since)
    if node.changes | node.lacks:
        changed, _ = next_change(t, w, j)
        comes, _, unknown = next_coil(t, s, w, j)
        limit = min(limit, changed, comes, unknown)
    within = station.within if station.within >= 0 and node.begins == 0 else NEVER
    name_roots(w, j, begins, min(leaves, BLOCK))
    graded = station.grades > 0
    return pass_items(w, j, station.machine0, within, graded, begins, min(leaves, BLOCK), limit, until) > 0
