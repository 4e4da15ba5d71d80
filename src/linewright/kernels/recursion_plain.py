"""Stations of one machine that pass single items, in blocks: the fast path.

Of the m-th start with arrival A, time P and place C (from when on there is a place behind), D the time at which the one before has left::

    S(m) = max(A(m), D(m-1))        F(m) = S(m) + P(m)        D(m) = max(F(m), C(m))

The loop knows neither failures nor scrap nor the end of the time: a block ends in front of each of these. Time at work follows from the drawn times,
time starved from what is left, so that only the time blocked is added up visit by visit.
"""

from __future__ import annotations

import numpy as np

from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_draws import draw_block, next_failure
from linewright.kernels.recursion_network import BLOCK, root_of
from linewright.kernels.recursion_visit import begin_visit, flush, go_on, offer, slide
from linewright.kernels.rows import VERDICT_PASS, VERDICT_SCRAP
from linewright.kernels.state import IDLE


@kernel
def pass_block(arrive, done, item, credit, time, inlet, outlet, offered, drawn, count, left, until):
    """Let items pass a machine until one would end at or after `until`; all but the last three arguments are arrays and places in them.

    Returns
    -------
    passed, left, blocked, stay
    """
    inlet, outlet, offered, drawn = np.uint64(inlet), np.uint64(outlet), np.uint64(offered), np.uint64(drawn)
    blocked = np.int64(0)
    stay = np.int64(0)
    passed = np.int64(count)
    for i in range(np.uint64(count)):
        came = arrive[inlet + i]
        end = max(came, left) + time[drawn + i]
        if end >= until:
            passed = np.int64(i)
            break
        left = max(end, credit[outlet + i])
        arrive[outlet + i] = left
        done[outlet + i] = end
        item[outlet + i] = item[inlet + i]
        credit[offered + i] = left
        blocked += left - end
        stay += left - came
    return passed, left, blocked, stay


@kernel
def throw_out(s, w, j, until):
    """Let the next item pass the machine and leave the line by chance. Returns False where its work ends too late."""
    node = w.nodes[j]
    inlet = w.streams[node.inlet]
    came = w.arrive[inlet.at + inlet.taken - inlet.base]
    end = max(came, node.left) + w.time[j * BLOCK + node.n - node.first]
    if end >= until:
        return False
    why = w.why[j * BLOCK + node.out]
    if why == VERDICT_SCRAP:
        s.stations[j].scrap += 1
    else:
        s.stations[j].chance += 1
    node.left = node.done = end
    node.arrive = came
    node.verdict = why
    node.stay += end - came
    node.n += 1
    node.out += 1
    inlet.taken += 1
    offer(w, node.inlet, end, root_of(j, 0))
    return True


@kernel
def stock(s, w, j, kind):
    """Lay out the next items of a station that begins them."""
    number = w.nodes[j].inlet
    slide(w, number)
    x = w.streams[number]
    first = s.serials[kind] + (w.nodes[j].n - w.nodes[j].mark)
    x.arrived = x.base + x.size
    for k in range(x.taken, x.arrived):
        w.item[x.at + k - x.base] = (kind << 40) | (first + k - x.taken)


@kernel
def pass_some(w, j, count, until):
    """Let up to `count` items pass, which are there and have places. Returns whether all of them did; else the next one would end too late."""
    node = w.nodes[j]
    inlet = w.streams[node.inlet]
    outlet = w.streams[node.outlet]
    if outlet.arrived - outlet.base + count > outlet.size:
        if node.ends:
            outlet.taken = outlet.arrived
        slide(w, node.outlet)
        count = min(count, outlet.size - (outlet.arrived - outlet.base))
    if inlet.credited - inlet.base + count > inlet.size:
        slide(w, node.inlet)
        count = min(count, inlet.size - (inlet.credited - inlet.base))
    a = inlet.at + inlet.taken - inlet.base
    o = outlet.at + outlet.arrived - outlet.base
    c = inlet.at + inlet.credited - inlet.base
    drawn = j * BLOCK + node.n - node.first
    passed, left, blocked, stay = pass_block(w.arrive, w.done, w.item, w.credit, w.time, a, o, c, drawn, count, node.left, until)
    if passed > 0:
        node.arrive = w.arrive[a + passed - 1]
        node.done = w.done[o + passed - 1]
        node.verdict = VERDICT_PASS
        node.left = left
        node.blocked += blocked
        node.stay += stay
        node.good += passed
        node.n += passed
        inlet.taken += passed
        inlet.credited += passed
        outlet.arrived += passed
    return passed == count


@kernel
def run_plain(t, s, w, j, until, is_last):
    """Let a station go on as far as its inputs, its places and the time allow.

    Parameters
    ----------
    is_last
        1: nothing more will come before `until` but from what begins without a place for it: let it begin.

    Returns
    -------
    Whether anything happened.
    """
    station = t.stations[j]
    node = w.nodes[j]
    inlet = w.streams[node.inlet]
    outlet = w.streams[node.outlet]
    m = station.machine0
    moved = False
    while True:
        if s.machines[m].phase != IDLE:
            if not go_on(t, s, w, j, until):
                return moved
            moved = True
        if node.n == node.end:
            flush(t, s, w, j)
            draw_block(t, s, w, j)
            next_failure(t, s, w, j, m)
        if inlet.arrived == inlet.taken:
            if node.begins == 0:
                return moved
            stock(s, w, j, station.kind)
        out = w.out[j * BLOCK + node.out] if node.out < node.outs else node.end
        count = min(inlet.arrived - inlet.taken, outlet.credited - outlet.arrived, min(node.fails, out) - node.n)
        if count > 0:
            moved = True
            if pass_some(w, j, count, until):
                continue
        elif node.n == out and node.n < node.fails:
            if throw_out(s, w, j, until):
                moved = True
                continue
        elif node.n < node.fails and is_last == 0:
            return moved
        begin_visit(t, s, w, j)
        moved = True
