"""Machines side by side that draw from coils: when one runs out, where the next coil comes from, how long it is changed.

A coil lasts for thousands of starts, so a machine only counts down how many are left (`most`); all else happens at a change, in the state itself. Who
runs out becomes empty, as ever, and is next to begin: in place of that it takes a coil that is there and changes it, or lacks one and waits. Coils
come by streams, as parts do; a bought one is always there.
"""

from __future__ import annotations

import numpy as np

from linewright.kernels import machine as own_side
from linewright.kernels.bits import lowest
from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_network import OUT_OF, root_of
from linewright.kernels.recursion_told import coils_last, return_machine
from linewright.kernels.recursion_visit import came_by, offer, turn
from linewright.kernels.rows import KIND_SHIFT
from linewright.kernels.state import CHANGE, IDLE, NEVER, T_CHANGE, T_EXECUTE, T_STARVED
from linewright.kernels.table import COIL

own_change, own_fire = own_side.change, own_side.fire

#: What becomes of a machine that looks for coils.
LACKS, IS_READY, CHANGES = range(3)


@kernel
def is_short(t, s, m, k):
    """Tell whether what is left on an input does not suffice for one start."""
    slot = t.slots[t.stations[t.machines[m].station].slot0 + k]
    return slot.kind == COIL and s.mounts[t.machines[m].mount0 + k].rest < slot.amount + slot.extra


@kernel
def is_there(w, q, now, by, comes):
    """Tell whether a coil lies in a stream when an event of root `by` looks; `comes` is 1 for the event that brings coils.

    Else a coil of the same root follows from a place that the event has freed, after all empty machines have looked.
    """
    x = w.streams[q]
    if x.arrived == x.taken:
        return False
    k = x.at + x.taken - x.base
    return w.arrive[k] < now or (w.arrive[k] == now and came_by(w, x, k) >= by + 1 - comes)


@kernel
def take_coil(t, s, w, m, k, now, by):
    """Take a coil that is there: its change has begun, nothing of it can be used yet."""
    slot = t.slots[t.stations[t.machines[m].station].slot0 + k]
    mount = s.mounts[t.machines[m].mount0 + k]
    mount.at = mount.rest = 0
    if slot.queue < 0:
        mount.lot = (slot.thing << KIND_SHIFT) | s.serials[slot.thing]
        mount.born = now
        s.serials[slot.thing] += slot.rolls
        return
    x = w.streams[slot.queue]
    i = x.at + x.taken - x.base
    mount.lot = w.item[i]
    mount.born = w.done[i]
    x.taken += 1
    offer(w, slot.queue, now, by)


@kernel
def put_coil_on(t, s, m, k):
    """A coil is on: what the splice takes is lost."""
    slot = t.slots[t.stations[t.machines[m].station].slot0 + k]
    mount = s.mounts[t.machines[m].mount0 + k]
    mount.at = slot.splice
    mount.rest = slot.length - slot.splice


@kernel
def look_for_coils(t, s, w, m, now, by, comes):
    """Let an empty machine take what it is short of, input by input. Returns LACKS, IS_READY or CHANGES."""
    station = t.stations[t.machines[m].station]
    for k in range(station.slots):
        slot = t.slots[station.slot0 + k]
        if not is_short(t, s, m, k) or (slot.queue >= 0 and not is_there(w, slot.queue, now, by, comes)):
            continue
        take_coil(t, s, w, m, k, now, by)
        if slot.change == 0:
            put_coil_on(t, s, m, k)
            continue
        s.machines[m].slot = k
        s.machines[m].phase = CHANGE
        own_change(t, s, m, k, now)
        turn(s, m, T_CHANGE, now)
        w.machines[m].coil = now + slot.change
        return CHANGES
    w.machines[m].most = coils_last(t, s, m)
    return IS_READY if w.machines[m].most > 0 else LACKS


@kernel
def settle_coils(t, s, w, j, m, now, by, comes):
    """Put an empty machine of a station among those that may begin, change a coil, or lack one."""
    node = w.nodes[j]
    number = t.stations[j].machine0 + m
    lacked = (node.lacks >> m) & 1
    node.idle &= ~(1 << m)
    node.lacks &= ~(1 << m)
    what = look_for_coils(t, s, w, number, now, by, comes)
    if what == CHANGES:
        node.changes |= 1 << m
    elif what == LACKS:
        node.lacks |= 1 << m
        if lacked == 0:
            w.machines[number].coil = by
    else:
        node.idle |= 1 << m


@kernel
def runs_out(t, s, w, j, m, now, by):
    """An empty machine is next to begin and has not enough on one of its inputs: all that it did is told, then it looks for coils."""
    number = t.stations[j].machine0 + m
    return_machine(t, s, w, j, number, IDLE, 0)
    w.machines[number].told = w.machines[number].n
    settle_coils(t, s, w, j, m, now, by, 0)


@kernel
def next_change(t, w, j):
    """Return when the first change of a coil is over, and of which machine of a station; NEVER where none goes on."""
    at, which = np.int64(NEVER), np.int64(0)
    left = w.nodes[j].changes
    while left:
        m = lowest(left)
        left &= left - 1
        ready = w.machines[t.stations[j].machine0 + m].coil
        if ready < at:
            at, which = np.int64(ready), np.int64(m)
    return at, which


@kernel
def coil_is_on(t, s, w, j, at):
    """Let the first change be over: the machine may begin, or looks for its next coil."""
    node = w.nodes[j]
    _, m = next_change(t, w, j)
    number = t.stations[j].machine0 + m
    own_fire(t, s, number)
    s.head[0].events += 1
    row = s.machines[number]
    put_coil_on(t, s, number, row.slot)
    row.slot = -1
    row.phase = IDLE
    turn(s, number, T_STARVED, at)
    machine = w.machines[number]
    machine.empty = at
    machine.most = coils_last(t, s, number)
    node.changes &= ~(1 << m)
    node.idle |= 1 << m
    node.now = at
    node.by = root_of(j, m)


@kernel
def next_coil(t, s, w, j):
    """Return when a coil comes that a machine lacks, its root, and a time before which none comes that is not there yet."""
    at, by, unknown = np.int64(NEVER), np.int64(0), np.int64(NEVER)
    left = w.nodes[j].lacks
    station = t.stations[j]
    while left:
        m = station.machine0 + lowest(left)
        left &= left - 1
        for k in range(station.slots):
            q = t.slots[station.slot0 + k].queue
            if q < 0 or not is_short(t, s, m, k):
                continue
            x = w.streams[q]
            if x.arrived == x.taken:
                unknown = min(unknown, x.quiet)
                continue
            i = x.at + x.taken - x.base
            came = came_by(w, x, i)
            if w.arrive[i] < at or (w.arrive[i] == at and came > by):
                at, by = w.arrive[i], came
    return at, by, unknown


@kernel
def coil_comes(t, s, w, j, at, by):
    """Let the machines that lack coils take what has come, in their order."""
    node = w.nodes[j]
    node.now = at
    node.by = by
    left = node.lacks
    while left:
        m = lowest(left)
        left &= left - 1
        settle_coils(t, s, w, j, m, at, by, 1)


@kernel
def is_known(t, s, w, j, m, now):
    """Tell whether it is known which of the coils that a machine is short of are there at a time."""
    station = t.stations[j]
    for k in range(station.slots):
        q = t.slots[station.slot0 + k].queue
        if q >= 0 and is_short_after(t, s, w, station.machine0 + m, k) and w.streams[q].arrived == w.streams[q].taken and w.streams[q].quiet <= now:
            return False
    return True


@kernel
def is_short_after(t, s, w, m, k):
    """As `is_short`, with the starts taken off that are not told yet."""
    slot = t.slots[t.stations[t.machines[m].station].slot0 + k]
    each = slot.amount + slot.extra
    return slot.kind == COIL and s.mounts[t.machines[m].mount0 + k].rest - w.machines[m].starts * each < each


# ---- bounds


@kernel
def starts_again_from(t, s, w, j):
    """Return a time before which no machine that changes a coil, or lacks one, begins a work."""
    at, _ = next_change(t, w, j)
    if w.nodes[j].lacks:
        comes, _, unknown = next_coil(t, s, w, j)
        at = min(at, max(min(comes, unknown), w.nodes[j].now))
    return at


@kernel
def runs_out_from(t, s, w, j, own):
    """Return a time before which no machine looks for a coil that others bring; `own` is 1 for what the calendar's part counts on.

    A machine that lacks one takes it as it comes: the calendar's part stops there itself.
    """
    node = w.nodes[j]
    station = t.stations[j]
    at, _ = next_change(t, w, j)
    for m in range(station.count):
        if ((node.changes | node.lacks) >> m) & 1:
            continue
        machine = w.machines[station.machine0 + m]
        for k in range(station.slots):
            slot = t.slots[station.slot0 + k]
            each = slot.amount + slot.extra
            if slot.kind == COIL and slot.queue >= 0:
                left = (s.mounts[t.machines[station.machine0 + m].mount0 + k].rest - machine.starts * each) // each
                works = left if (node.idle >> m) & 1 else left + 1  # the one in hand has taken its share
                at = min(at, max(node.now, machine.empty) + left * node.least if (node.idle >> m) & 1 else machine.start + works * node.least)
    if node.lacks and not (own and is_brought(t, w, j)):
        comes, _, unknown = next_coil(t, s, w, j)
        at = min(at, max(min(comes, unknown), node.now))
    return at


@kernel
def is_brought(t, w, j):
    """Tell whether all coils of a station come out of the calendar's part."""
    station = t.stations[j]
    for k in range(station.slots):
        q = t.slots[station.slot0 + k].queue
        if q >= 0 and w.streams[q].role != OUT_OF:
            return False
    return True


# ---- what the calendar's part sees


@kernel
def is_lacked(t, s, w, q):
    """Tell whether a machine lacks a coil that comes by a queue."""
    queue = t.queues[q]
    left = w.nodes[queue.station].lacks
    while left:
        m = lowest(left)
        left &= left - 1
        if is_short(t, s, t.stations[queue.station].machine0 + m, queue.slot):
            return True
    return False


@kernel
def show_who_lacks(t, s, w, j, at, by):
    """Let the calendar's part see which machines lack a coil at an event, and put aside what it would see; `hide_who_lacks` brings that back."""
    station = t.stations[j]
    for m in range(station.count):
        machine = w.machines[station.machine0 + m]
        row = s.machines[station.machine0 + m]
        machine.aside = row.category
        is_lacking = (w.nodes[j].lacks >> m) & 1 and (machine.empty < at or (machine.empty == at and machine.coil >= by))
        row.category = T_STARVED if is_lacking else T_EXECUTE


@kernel
def hide_who_lacks(t, s, w, j):
    """Undo `show_who_lacks`."""
    station = t.stations[j]
    for m in range(station.machine0, station.machine0 + station.count):
        s.machines[m].category = w.machines[m].aside
