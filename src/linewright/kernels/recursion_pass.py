"""Stations side by side: the loop for what happens most, and how far it may go.

It ends in front of all that `recursion_side.step` must look at: failures, items that do not just pass or come too late, two things at one moment.
"""

from __future__ import annotations

import numpy as np

from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_ends import BEHIND, FAR, MACHINE, item_after, lowest, make_room
from linewright.kernels.recursion_judge import ODD, draw_side, judge_items
from linewright.kernels.recursion_network import BLOCK, PLAIN, ROOT_SHIFT, root_of
from linewright.kernels.recursion_plain import stock
from linewright.kernels.recursion_visit import slide
from linewright.kernels.state import NEVER


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


@kernel
def pass_items(w, j, machine0, within, begins, leaves, limit, until):
    """Let items begin and leave as long as nothing of the rarer kind comes.

    Parameters
    ----------
    begins, leaves
        At most that many.
    limit
        Nothing at or after this time.

    Returns
    -------
    Events.
    """
    node = w.nodes[j]
    inlet = w.streams[node.inlet]
    outlet = w.streams[node.outlet]
    spare = np.uint64(w.credit.shape[0] - 2)
    one = np.uint64(1)
    a, d = np.uint64(inlet.at + inlet.taken - inlet.base), np.uint64(j * BLOCK + node.n - node.first)
    c, c_step = (spare, np.uint64(0)) if node.begins else (np.uint64(inlet.at + inlet.credited - inlet.base), one)
    o, o_step = (spare + one, np.uint64(0)) if node.ends else (np.uint64(outlet.at + outlet.arrived - outlet.base), one)
    a_end = a + np.uint64(begins)
    is_first, plain_giver = node.begins != 0, node.begins == 0 and w.nodes[inlet.giver].kind == PLAIN
    plain_taker = node.ends == 0 and w.nodes[outlet.taker].kind == PLAIN
    giver, taker = root_of(inlet.giver, 0), root_of(outlet.taker, 0)
    now, by, idle, base, n = node.now, node.by, node.idle, node.since, node.n
    head, tail = np.uint64(node.head), np.uint64(node.tail)
    root = root_of(j, 0)
    stay = np.int64(0)
    begun = np.int64(0)
    left = np.int64(0)
    while True:
        x = w.ends[head]
        end, m = (x >> ROOT_SHIFT) + base, x & MACHINE
        place = w.credit[o]
        leave = max(end, place) if left < leaves else end
        if idle != 0:
            if a == a_end:
                break
            came = w.arrive[a]
            start = max(came, now)
            if start < leave:
                m = lowest(idle)
                machine = w.machines[np.uint64(machine0 + m)]
                time = w.time[d]
                code = w.code[d]
                if start >= limit or start - w.done[a] > within or time >= machine.left or code & ODD:
                    break
                came_from = (giver if w.done[a] == came else w.freed[a]) if plain_giver else w.came[a]
                by = came_from if came > now else min(came_from, by) if came == now else by
                now = start
                idle &= idle - 1
                machine.item = w.item[a]
                machine.arrive = start if is_first else came
                machine.start = start
                machine.n = n + begun
                machine.code = code
                machine.left -= time
                machine.starts += 1
                w.credit[c] = start
                w.freed[c] = by
                c += c_step
                a += one
                d += one
                begun += 1
                end = start + time
                x = (((end - base) << ROOT_SHIFT) | m) if end < until else FAR | m
                i = tail
                tail += one
                w.ends[tail] = BEHIND
                while w.ends[i - one] > x:
                    w.ends[i] = w.ends[i - one]
                    i -= one
                w.ends[i] = x
                continue
            if start == leave:
                break
        if left == leaves or leave >= limit:
            break
        machine = w.machines[np.uint64(machine0 + m)]
        freed = taker if plain_taker else w.freed[o]
        own = root - m
        by = freed if place > end else min(freed, own) if place == end else own
        now = leave
        w.arrive[o] = leave
        w.done[o] = end
        w.item[o] = item_after(machine)
        w.came[o] = by
        o += o_step
        left += 1
        head += one
        machine.done = end
        machine.last_code = machine.code
        machine.empty = leave
        machine.blocked += leave - end
        stay += leave - machine.arrive
        idle |= 1 << m
    node.now, node.by, node.idle, node.stay = now, by, idle, node.stay + stay
    node.head, node.tail, node.n = np.int64(head), np.int64(tail), n + begun
    inlet.taken += begun
    if not is_first:
        inlet.credited += begun
    if node.ends == 0:
        outlet.arrived += left
    return begun + left


@kernel
def pass_some(t, s, w, j, until):
    """Let items pass as far as the loop for what happens most goes. Returns whether any did."""
    station = t.stations[j]
    node = w.nodes[j]
    inlet = w.streams[node.inlet]
    outlet = w.streams[node.outlet]
    if node.begins == 0 and t.queues[inlet.queue].places == 0:
        return False
    if inlet.arrived == inlet.taken and node.begins == 0:
        begins = np.int64(0)
    else:
        prepare(t, s, w, j)
        if node.begins == 0 and inlet.credited - inlet.base + BLOCK > inlet.size:
            slide(w, node.inlet)
        begins = min(inlet.arrived - inlet.taken, node.judged - node.n, node.ends0 + node.ends_room - 2 - node.tail)
        if node.begins == 0:
            begins = min(begins, inlet.size - (inlet.credited - inlet.base))
    leaves = np.int64(BLOCK)
    if node.ends == 0:
        if outlet.arrived - outlet.base + BLOCK > outlet.size:
            slide(w, node.outlet)
        leaves = min(outlet.credited - outlet.arrived, outlet.size - (outlet.arrived - outlet.base))
    limit = until
    if node.bad > 0 and w.bads[station.machine0] < FAR:
        limit = min(limit, (w.bads[station.machine0] >> ROOT_SHIFT) + node.since)
    within = station.within if station.within >= 0 and node.begins == 0 else NEVER
    return pass_items(w, j, station.machine0, within, begins, leaves, limit, until) > 0
