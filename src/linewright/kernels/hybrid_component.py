"""The part of a line that the calendar computes, between nodes of the recursion: its own events, and at the streams what nodes do at known times.

The calendar's functions work on the state as they always do. Of a queue in front of a node they see its places: items that come into it go into the
stream, and places come back when the node has let an item in. Into a queue behind a node items come as events of their own. An event happens when
nothing that a node has not computed yet may come before it.
"""

from __future__ import annotations

import numpy as np

from linewright.kernels.calendar import event, look
from linewright.kernels.calendar_ahead import next_place
from linewright.kernels.calendar_calls import start_trip
from linewright.kernels.calendar_queues import empty_carrier, enqueue, hand_over
from linewright.kernels.calendar_sources import put_on_agenda, take_from_agenda
from linewright.kernels.compiled import kernel, part
from linewright.kernels.recursion_coils import hide_who_lacks, is_lacked, show_who_lacks
from linewright.kernels.recursion_network import INTO, N_DOUBT, N_FREED, N_NEXT, N_ROOT, OFF, ONTO, OTHER, OUT_OF, ROOT_SHIFT, SIDE, root_of
from linewright.kernels.recursion_visit import came_by, freed_by, offer, push
from linewright.kernels.state import MISSINGS, NEVER
from linewright.kernels.table import SOURCE_MACHINE, SOURCE_VEHICLE, STORE
from linewright.kernels.tree import ROOT, first_source

#: Below the number of any station and of any other source.
LAST = -(1 << 40)
NOT_A_RECORD = False


@kernel
def own_tag(t, s):
    """Return the root of the first event: as of an end of work, where it is a machine's; else below 0, in the order of the sources."""
    source = first_source(s.tree)
    row = t.sources[source]
    if row.what == SOURCE_MACHINE:
        station = t.machines[row.of].station
        return root_of(station, min(row.of - t.stations[station].machine0, (1 << ROOT_SHIFT) - 1))
    return -1 - source


@kernel
def next_at_border(w, at, tag):
    """Return time, stream and station of the first thing that nodes do at the streams, where it is before an event; else that event, and -1."""
    which = np.int64(-1)
    for i in range(w.border.shape[0]):
        b = w.border[i]
        x = w.streams[b]
        if x.role == INTO:
            if x.arrived == x.taken:
                continue
            k = x.at + x.taken - x.base
            time = w.arrive[k]
            if time > at:
                continue
            by = came_by(w, x, k)
        else:
            if x.credited == x.applied:
                continue
            k = x.at + x.applied - x.base
            time = w.credit[k]
            if time > at:
                continue
            by = freed_by(w, x, k)
        if time < at or by >= tag:
            at, which, tag = time, b, by
    return at, which, tag


@kernel
def next_of_component(t, s, w):
    """Return time, stream (-1: the calendar's own), and station of what comes next, as far as is known."""
    at = s.tree[ROOT]
    return next_at_border(w, at, own_tag(t, s) if at < NEVER else LAST)


@kernel
def unknown_from(t, s, w, at):
    """Return from when on something may happen at the streams that is not known and could matter before a time, and from when on anything may."""
    matters = np.int64(NEVER)
    anything = np.int64(at)
    for i in range(w.border.shape[0]):
        b = w.border[i]
        x = w.streams[b]
        if x.role == INTO:
            waits = x.waits > 0 and w.nodes[x.giver].kind != SIDE
            if x.credited > x.arrived and (x.arrived == x.taken or waits):
                time = np.int64(0) if waits else x.calm  # who waits answers a place at once
                matters = min(matters, time)
                anything = min(anything, time)
        elif x.arrived > x.taken and w.nodes[x.taker].lacks and is_lacked(t, s, w, b):
            matters = anything = np.int64(0)  # who lacks a coil takes it at once
        elif x.credited == x.applied or w.nodes[x.taker].coils:  # of one event, several machines may take coils
            state = s.queues[x.queue]
            if t.queues[x.queue].places - state.count - state.coming < x.slack:
                matters = min(matters, x.held)
                if state.wait > 0:
                    anything = min(anything, x.held)
    for j in range(t.stations.shape[0]):
        node = w.nodes[j]
        if node.kind == OFF:
            time = w.streams[node.gone].calm + t.carriers[t.stations[j].carrier].back
            matters = min(matters, time)
            anything = min(anything, time)
    return matters, anything


# ---- stations of nodes, as the calendar sees them


@kernel
def hand_to_node(t, s, r, w, number, tag):
    """Let what waits for the queues of a node's station go into the streams, as far as there are places; and tell it of empty carriers."""
    node = w.nodes[number]
    station = t.stations[number]
    now = s.head[0].now
    if node.kind == ONTO:
        x = w.streams[node.trays]
        while x.credited - x.arrived < s.carriers[station.carrier].empty:
            offer(w, node.trays, now, tag)
    for q in range(station.queue0, station.queue0 + station.queues):
        x = w.streams[q]
        if x.role != OUT_OF:
            continue
        state = s.queues[q]
        queue = t.queues[q]
        if queue.fleet >= 0 and next_place(t, s, q) >= 0:
            s.head[0].fleets = 1
        if queue.places == 0:
            while state.wait > 0 and state.count < 0:
                item, done, _ = hand_over(t, s, r, q, 0)
                state.count += 1
                s.stations[number].arrived += 1
                push(w, q, now, done, item, tag)
            continue
        while queue.fleet < 0 and state.wait > 0 and queue.places - state.count - state.coming > 0:
            item, done, stamp = hand_over(t, s, r, q, 0)
            enqueue(t, s, q, item, done, stamp)
        new = state.count - (x.arrived - (x.applied - queue.places))
        for i in range(new):
            at = state.head + state.count - new + i
            entry = s.ring[queue.ring0 + at % queue.room]
            push(w, q, entry.arrive, entry.done, entry.item, tag)


@part
def settle_part(t, s, r, w, tag):
    """Work off the agenda, then let fleets start trips, until nothing is left to do at this moment."""
    while True:
        number = take_from_agenda(s)
        if number >= 0:
            if w.nodes[number].kind == OTHER:
                look(t, s, r, number)
            else:
                hand_to_node(t, s, r, w, number, tag)
        elif s.head[0].fleets == 0 or not start_trip(t, s, r):
            return


@kernel
def free_in(t, s, q):
    """Return how many items may still come in where a node hands over to the calendar's part."""
    queue = t.queues[q]
    if queue.places > 0:
        return np.int64(queue.places - s.queues[q].count)
    station = t.stations[queue.station]
    if station.flow == STORE:
        return np.int64(station.size - s.machines[station.machine0].on)
    return np.int64(0)


@kernel
def tell_nodes(t, s, w, tag):
    """Tell the nodes which places have become free, and note how many people are at work."""
    now = s.head[0].now
    freed = False
    for i in range(w.border.shape[0]):
        b = w.border[i]
        x = w.streams[b]
        if x.role == INTO:
            new = free_in(t, s, b) - (x.credited - x.taken)
            if new <= 0:
                continue
            if new > 1 and x.waits > 1 and w.nodes[x.giver].kind != SIDE:
                w.notes[N_DOUBT] = 1  # several machines of the node become empty before one of them begins anew
            if w.notes[N_FREED] == now and w.notes[N_ROOT] == tag:
                w.notes[N_DOUBT] = 1  # two events that nodes would take for one
            freed = True
            for _ in range(new):
                offer(w, b, now, tag)
    if freed:
        w.notes[N_FREED], w.notes[N_ROOT] = now, tag
    for c in range(t.crews.shape[0]):
        w.busiest[c] = max(w.busiest[c], s.crews[c].busy + (t.crews[c].count if s.crews[c].count > 0 else 0))


@kernel
def at_border(t, s, w, b):
    """Let happen in the calendar's part what a node did next at a stream."""
    x = w.streams[b]
    if x.role == INTO:
        k = x.at + x.taken - x.base
        x.taken += 1
        enqueue(t, s, b, w.item[k], w.done[k], 0)
        put_on_agenda(s, x.taker)
        return
    k = x.at + x.applied - x.base
    at, by = w.credit[k], w.freed[k]
    state = s.queues[b]
    while x.credited > x.applied and w.credit[k] == at and w.freed[k] == by:  # all that one event frees is free before anyone begins anew
        x.applied += 1
        k += 1
        state.count -= 1
        if t.queues[b].places > 0:
            state.head += 1
            if state.head >= t.queues[b].room:
                state.head = 0
    if state.wait > 0:
        put_on_agenda(s, x.taker)


@kernel
def free_all(t, s, w, at, tag):
    """Let all other places be free that one event at a node frees, in queues of several inputs, before anyone answers."""
    for i in range(w.border.shape[0]):
        b = w.border[i]
        x = w.streams[b]
        if x.role == OUT_OF and x.credited > x.applied:
            k = x.at + x.applied - x.base
            if w.credit[k] == at and freed_by(w, x, k) == tag:
                at_border(t, s, w, b)


@kernel
def leave_no_trace(t, s, b):
    """A queue without places never holds anything: forget what came through it."""
    if t.queues[b].places == 0:
        entry = s.ring[t.queues[b].ring0]
        entry.item = entry.arrive = entry.done = entry.stamp = 0
        s.queues[b].head = 0


@kernel
def take_gone(t, s, w):
    """Send the carriers back that nodes have emptied, in order; they come later than anything that may happen next."""
    for j in range(t.stations.shape[0]):
        if w.nodes[j].kind != OFF:
            continue
        x = w.streams[w.nodes[j].gone]
        now = s.head[0].now
        while x.taken < x.arrived:
            k = x.at + x.taken - x.base
            x.taken += 1
            s.head[0].now = w.arrive[k]
            empty_carrier(t, s, t.stations[j].carrier, w.item[k])
        s.head[0].now = now
        if s.head[0].missing > MISSINGS // 2:
            w.notes[N_DOUBT] = 1


@kernel
def set_waits_aside(s, w, back):
    """Hide from the calendar, or show again (`back`), who waits in nodes for a queue of its part."""
    for i in range(w.border.shape[0]):
        x = w.streams[w.border[i]]
        if x.role == INTO:
            state = s.queues[x.queue]
            if back:
                state.wait = x.waits
            else:
                x.waits = state.wait
                state.wait = 0


@kernel
def show_lacks(t, s, w, at, tag, is_shown):
    """Before the event of a vehicle, let it see who lacks a coil; after it (`is_shown` is 0), bring back what was there."""
    for j in range(t.stations.shape[0]):
        if w.nodes[j].kind == SIDE and w.nodes[j].coils:
            if is_shown:
                show_who_lacks(t, s, w, j, at, tag)
            else:
                hide_who_lacks(t, s, w, j)


@kernel
def run_component(t, s, r, w, until, is_first):
    """Let the calendar's part go on as far as the nodes and the time allow; with `is_first` let its next event happen, whatever is unknown.

    Returns whether anything happened.
    """
    moved = False
    take_gone(t, s, w)
    set_waits_aside(s, w, 0)
    while True:
        at, which, tag = next_of_component(t, s, w)
        matters, anything = unknown_from(t, s, w, at)
        if at >= until or not (matters > at or is_first):
            w.notes[N_NEXT] = max(w.notes[N_NEXT], anything)
            break
        s.head[0].now = at
        if which < 0:
            s.head[0].events += 1
            is_seen = t.sources[first_source(s.tree)].what == SOURCE_VEHICLE
            if is_seen:
                show_lacks(t, s, w, at, tag, 1)
            event(t, s, r, NOT_A_RECORD)
            if is_seen:
                show_lacks(t, s, w, at, tag, 0)
        else:
            at_border(t, s, w, which)
            if w.streams[which].role == OUT_OF:
                free_all(t, s, w, at, tag)
        settle_part(t, s, r, w, tag)
        if which >= 0:
            leave_no_trace(t, s, which)
        tell_nodes(t, s, w, tag)
        moved = True
        if is_first or s.head[0].full != 0:
            break
    set_waits_aside(s, w, 1)
    return moved
