"""From when on a node may send an item or let one in that is not computed yet: what its neighbours may count on.

Of a station whose next work ends at E nothing comes before E; of one with an empty machine nothing comes before the next arrival and the shortest
time of a visit. Bounds go with the flow for arrivals and against it for places.

There are two sets. What nodes count on (`quiet`, `still`) holds whatever happens, and only grows. What the calendar's part counts on (`calm`, `held`)
leaves out what follows from a place that it gives to a node that waits for one: it stops there itself and lets the bounds be set anew.
"""

from __future__ import annotations

import numpy as np

from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_coils import runs_out_from, starts_again_from
from linewright.kernels.recursion_ends import FAR
from linewright.kernels.recursion_network import INTO, JOIN, N_NEXT, OFF, ONTO, OTHER, OUT_OF, ROOT_SHIFT, SIDE
from linewright.kernels.state import CARRY, NEVER, OUT, WORK
from linewright.kernels.table import FIXED, PART


@kernel
def next_arrival(w, x, own):
    """Return a time before which no item of a stream comes to the station behind it; `own` is 1 for what the calendar's part counts on."""
    if x.arrived > x.taken:
        return w.arrive[x.at + x.taken - x.base]
    return x.calm if own else x.quiet


@kernel
def next_place(w, q, own):
    """Return a time before which nobody who waits for a queue finds a place."""
    x = w.streams[q]
    if x.credited > x.arrived:
        return w.credit[x.at + x.arrived - x.base]
    return x.held if own else x.still


@kernel
def first_end(w, j):
    """Return the first end of the works in hand side by side whose items go on; NEVER where that is not before the time asked for."""
    node = w.nodes[j]
    x = w.ends[node.head] if node.tail > node.head else FAR
    return (x >> ROOT_SHIFT) + node.since if x < FAR else np.int64(NEVER)


@kernel
def frees_from(t, w, j, own):
    """Return a time before which no machine side by side becomes empty."""
    node = w.nodes[j]
    at = first_end(w, j)
    if at < NEVER and node.ends == 0:
        x = w.streams[node.outlet]
        if own and x.role == INTO and x.credited == x.arrived:
            at = at if at > w.notes[N_NEXT] else np.int64(NEVER)  # it waits for a place: the calendar's part stops where it gives one
        else:
            at = max(at, next_place(w, node.outlet, own))
    if node.bad > 0:
        x = w.bads[t.stations[j].machine0]
        if x < FAR:
            at = min(at, (x >> ROOT_SHIFT) + node.since)
    return at


@kernel
def sends_from(t, s, w, j, own):
    """Return a time before which a station sends no item that is not sent yet."""
    node = w.nodes[j]
    station = t.stations[j]
    q = station.out_queue
    at = np.int64(NEVER)
    if node.kind == ONTO:
        return onto_sends_from(t, s, w, j, own)
    if node.kind == JOIN:
        row = s.machines[station.machine0]
        if row.phase == WORK:
            return np.int64(NEVER)  # it was worked out up to the time asked for
        return next_place(w, q, own) if row.phase == OUT else join_sends_from(t, s, w, j, own)
    if node.kind == SIDE:
        at = first_end(w, j)
        if at < NEVER and not (own and w.streams[q].role == INTO):
            at = max(at, next_place(w, q, own))
        if node.changes | node.lacks:
            at = min(at, starts_again_from(t, s, w, j) + node.least)
        return min(at, max(next_arrival(w, w.streams[node.inlet], own), node.now) + node.least) if node.idle else at
    if q >= 0 and s.queues[q].wait > 0:
        at = next_place(w, q, own)
    if node.works > 0:
        at = min(at, w.unit_ends[station.machine0])
    if node.bare > 0:
        at = min(at, next_arrival(w, w.streams[node.inlet], own) + node.least)
    return at


@kernel
def lacks_until(t, s, w, j, own):
    """Return times before which the first, and before which the last of the parts that an empty join lacks do not come; -1 where it lacks none."""
    station = t.stations[j]
    machine = t.machines[station.machine0]
    first = np.int64(NEVER)
    last = np.int64(-1)
    for k in range(station.slots):
        slot = t.slots[station.slot0 + k]
        if slot.kind == PART and s.mounts[machine.mount0 + k].have < slot.amount:
            at = next_arrival(w, w.streams[slot.queue], own)
            first = min(first, at)
            last = max(last, at)
    return first, last


@kernel
def join_takes_from(t, s, w, j, own):
    """Return a time before which an empty join lets nothing in."""
    first, last = lacks_until(t, s, w, j, own)
    if last >= 0:
        return max(w.nodes[j].left, first)
    return max(w.nodes[j].left, next_arrival(w, w.streams[w.nodes[j].inlet], own))


@kernel
def join_sends_from(t, s, w, j, own):
    """Return a time before which an empty join sends nothing."""
    node = w.nodes[j]
    _, last = lacks_until(t, s, w, j, own)
    at = max(node.left, last)
    if node.begins == 0:
        at = max(at, next_arrival(w, w.streams[node.inlet], own))
    return at + node.least


@kernel
def onto_sends_from(t, s, w, j, own):
    """Return a time before which a station sends no full carrier."""
    node = w.nodes[j]
    station = t.stations[j]
    q = station.out_queue
    holds = t.carriers[station.carrier].holds
    inlet = w.streams[node.inlet]
    at = np.int64(NEVER)
    for m in range(station.machine0, station.machine0 + station.count):
        machine = w.units[m]
        row = s.machines[m]
        if machine.phase == WORK:
            time = machine.done + (holds - row.on - 1) * node.least
        elif machine.phase == OUT:
            # the calendar's part waits itself for the answer to a place that it offers to somebody who waits
            time = next_place(w, q, own) + (holds * node.least if w.streams[q].role == INTO else 0)
        elif row.tray >= 0:
            time = max(machine.empty, next_arrival(w, inlet, own)) + (holds - row.on) * node.least
        else:
            time = max(machine.empty, next_arrival(w, inlet, own), next_empty(w, j, own)) + holds * node.least
        at = min(at, time)
    return at


@kernel
def next_empty(w, j, own):
    """Return a time before which no empty carrier is there for a station that loads them."""
    x = w.streams[w.nodes[j].trays]
    if x.credited > x.arrived:
        return w.credit[x.at + x.arrived - x.base]
    return x.held if own else x.still


@kernel
def empties_from(t, s, w, j, own):
    """Return a time before which a station empties no carrier that is not emptied yet."""
    node = w.nodes[j]
    station = t.stations[j]
    at = np.int64(NEVER)
    x = w.streams[node.inlet]
    for m in range(station.machine0, station.machine0 + station.count):
        machine = w.units[m]
        row = s.machines[m]
        if machine.phase == WORK:
            at = min(at, machine.done + (row.on - row.out - 1) * node.least)
        elif machine.phase == OUT:
            at = min(at, next_place(w, station.out_queue, own) + (row.on - row.out - 1) * node.least)
        else:
            at = min(at, next_arrival(w, x, own) + node.least)
    return at


@kernel
def takes_from(t, s, w, j, own):
    """Return a time before which a station lets no item in that it has not let in yet."""
    node = w.nodes[j]
    station = t.stations[j]
    q = station.out_queue
    at = np.int64(NEVER)
    if node.kind == JOIN:
        row = s.machines[station.machine0]
        if row.phase == WORK:
            return np.int64(NEVER)
        return next_place(w, q, own) if row.phase == OUT else join_takes_from(t, s, w, j, own)
    x = w.streams[node.inlet]
    if node.kind == OFF:
        return empties_from(t, s, w, j, own)
    if node.coils:
        return runs_out_from(t, s, w, j, own)
    if node.kind == SIDE:
        at = frees_from(t, w, j, own)
        return min(at, max(next_arrival(w, x, own), node.now)) if node.idle else at
    if q >= 0 and s.queues[q].wait > 0:
        at = next_place(w, q, own)
    if node.works > 0:
        at = min(at, w.unit_ends[station.machine0])
    if node.idle > 0 or node.bare > 0:
        at = min(at, next_arrival(w, x, own))
    if node.kind == ONTO and node.bare > 0:
        at = min(at, next_empty(w, j, own))
    return at


@kernel
def bounds_with_the_flow(t, s, w, j):
    """Set the bounds of what a node sends. Returns whether one that nodes count on has grown."""
    node = w.nodes[j]
    grown = False
    if node.ends == 0:
        x = w.streams[node.outlet]
        at = sends_from(t, s, w, j, 0)
        x.calm = sends_from(t, s, w, j, 1)
        if at > x.quiet:
            x.quiet = at
            grown = True
    if node.kind == OFF:
        x = w.streams[node.gone]
        x.calm = empties_from(t, s, w, j, 1)
    return grown


@kernel
def bounds_against_the_flow(t, s, w, j):
    """Set the bounds of what a node lets in. Returns whether one that nodes count on has grown."""
    grown = False
    at = takes_from(t, s, w, j, 0)
    held = takes_from(t, s, w, j, 1)
    station = t.stations[j]
    for q in range(station.queue0, station.queue0 + station.queues):
        x = w.streams[q]
        x.held = held
        if at > x.still:
            x.still = at
            grown = True
    return grown


@kernel
def brought_from(t, s, q, next_event):
    """Return a time before which the calendar's part, in which nothing happens before `next_event`, brings nothing to a queue.

    What vehicles bring that drive a fixed way is under way already, or comes that way later than the next event.
    """
    if t.queues[q].fleet < 0 or t.fleets[t.queues[q].fleet].way != FIXED:
        return next_event
    fleet = t.fleets[t.queues[q].fleet]
    at = next_event + fleet.carry
    for i in range(fleet.count):
        vehicle = s.vehicles[fleet.vehicle0 + i]
        if vehicle.stage == CARRY and vehicle.queue == q:
            row = s.machines[t.stations[fleet.station].machine0 + i]
            at = min(at, max(row.due, next_event) if row.mask == 0 else next_event)
    return at


@kernel
def set_bounds(t, s, w):
    """Bring all bounds up to date. Returns whether one that nodes count on has grown."""
    grown = False
    next_event = w.notes[N_NEXT]
    for i in range(w.border.shape[0]):
        x = w.streams[w.border[i]]
        if x.role == OUT_OF:
            comes = brought_from(t, s, w.border[i], next_event)
            grown |= comes > x.quiet
            x.quiet = max(x.quiet, comes)
            x.calm = x.quiet
        else:
            grown |= next_event > x.still
            x.still = max(x.still, next_event)
            x.held = np.int64(NEVER)
    for j in range(t.stations.shape[0]):
        node = w.nodes[j]
        if node.kind == OTHER:
            continue
        if node.kind == ONTO:
            x = w.streams[node.trays]
            grown |= next_event > x.still
            x.still = max(x.still, next_event)
            x.held = x.still
        grown |= bounds_with_the_flow(t, s, w, j)
    for j in range(t.stations.shape[0] - 1, -1, -1):
        if w.nodes[j].kind != OTHER and (w.nodes[j].begins == 0 or w.nodes[j].coils):
            grown |= bounds_against_the_flow(t, s, w, j)
    return grown
