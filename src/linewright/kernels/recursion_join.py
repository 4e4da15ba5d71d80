"""Stations of one machine that join parts, with or without an item that passes: visit by visit, in the state itself.

Parts move in one by one as soon as the machine is empty, each when it is there; work begins when all are in, and the passing item, which comes last.
The root of what freed a place, and so who is first of two at one moment, is kept with the place.
"""

from __future__ import annotations

from linewright.kernels import machine as own_side
from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_network import root_of
from linewright.kernels.recursion_visit import came_by, go_on, offer, turn
from linewright.kernels.rows import KIND_SHIFT
from linewright.kernels.state import IDLE, T_EXECUTE, WORK
from linewright.kernels.table import PART

own_start = own_side.start


@kernel
def later(node, at, by):
    """Let a node be ready no sooner than an event: of two at one moment the one of the smaller root is the later one."""
    if at > node.ready:
        node.ready = at
        node.by = by
    elif at == node.ready:
        node.by = min(node.by, by)


@kernel
def ask(t, s, w, j):
    """An empty machine asks for parts of which none can lie in front of it."""
    station = t.stations[j]
    node = w.nodes[j]
    node.ready = node.left
    node.asked = 0
    for k in range(station.slots):
        slot = t.slots[station.slot0 + k]
        if slot.kind == PART and t.queues[slot.queue].places == 0:
            for _ in range(slot.amount - s.mounts[t.machines[station.machine0].mount0 + k].have):
                offer(w, slot.queue, node.left, node.by)


@kernel
def gather(t, s, w, j):
    """Let parts move in that are there. Returns whether all are in."""
    station = t.stations[j]
    node = w.nodes[j]
    machine = t.machines[station.machine0]
    is_full = True
    for k in range(station.slots):
        slot = t.slots[station.slot0 + k]
        if slot.kind != PART:
            continue
        mount = s.mounts[machine.mount0 + k]
        x = w.streams[slot.queue]
        while mount.have < slot.amount and x.arrived > x.taken:
            i = x.at + x.taken - x.base
            at, by = w.arrive[i], came_by(w, x, i)
            if at < node.left or (at == node.left and by > node.freed):
                at, by = node.left, node.freed
            s.parts[machine.part0 + slot.part0 + mount.have] = w.item[i]
            mount.have += 1
            x.taken += 1
            later(node, at, by)
            if t.queues[slot.queue].places > 0:
                offer(w, slot.queue, at, by)
        if mount.have < slot.amount:
            is_full = False
    return is_full


@kernel
def begin_join(t, s, w, j):
    """Begin the work on what is in, and on the passing item if there is one to pass. Returns False where that is not there yet."""
    station = t.stations[j]
    node = w.nodes[j]
    m = station.machine0
    row = s.machines[m]
    x = w.streams[node.inlet]
    if node.begins:
        item = (station.kind << KIND_SHIFT) | s.serials[station.kind]
        s.serials[station.kind] += 1
        arrive = node.ready
    else:
        places = t.queues[x.queue].places
        if places == 0 and node.asked == 0:
            node.asked = 1
            offer(w, node.inlet, node.ready, node.by)
        if x.arrived == x.taken:
            return False
        i = x.at + x.taken - x.base
        item, arrive = w.item[i], w.arrive[i]
        later(node, arrive, came_by(w, x, i))
        x.taken += 1
        if places > 0:
            offer(w, node.inlet, node.ready, node.by)
    for k in range(station.slots):
        if t.slots[station.slot0 + k].kind == PART:
            s.mounts[t.machines[m].mount0 + k].have = 0
    s.stations[j].n += 1
    row.n = s.stations[j].n
    row.k += 1
    row.item, row.arrive, row.start, row.phase = item, arrive, node.ready, WORK
    row.tool = (row.k - 1) % station.tools if station.tools > 0 else -1
    own_start(t, s, m, row.n, -1, node.ready)
    turn(s, m, T_EXECUTE, node.ready)
    return True


@kernel
def run_join(t, s, w, j, until):
    """Let a station go on as far as its inputs, its places and the time allow. Returns whether anything happened."""
    node = w.nodes[j]
    m = t.stations[j].machine0
    moved = False
    while True:
        if s.machines[m].phase != IDLE:
            was_at_work = s.machines[m].phase == WORK
            is_empty = go_on(t, s, w, j, until)
            moved |= is_empty or (was_at_work and s.machines[m].phase != WORK)
            if not is_empty:
                return moved
            node.freed = node.by
            ask(t, s, w, j)
        if not gather(t, s, w, j):
            return moved
        if not begin_join(t, s, w, j):
            return moved
        moved = True


@kernel
def take_join(t, s, w, j):
    """Make a node of a station of the state."""
    node = w.nodes[j]
    row = s.machines[t.stations[j].machine0]
    node.by = node.freed = root_of(j, 0)
    node.left = node.ready = row.since
    node.asked = 0
    if row.phase == IDLE:
        ask(t, s, w, j)
