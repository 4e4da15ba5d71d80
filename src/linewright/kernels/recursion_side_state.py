"""Machines side by side and the state: how a station is taken from it and given back."""

from __future__ import annotations

from linewright.kernels.calendar_starts import grade_of, verdict_of
from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_ends import BEHIND, FAR, MACHINE, one_number, put_in_order
from linewright.kernels.recursion_judge import code_of
from linewright.kernels.recursion_network import ROOT_SHIFT, root_of
from linewright.kernels.recursion_side import LATEST, take_in_hand
from linewright.kernels.recursion_told import coils_last, end_told, return_machine, running_left
from linewright.kernels.recursion_visit import add_stay, offer
from linewright.kernels.state import CHANGE, IDLE, OUT, WORK
from linewright.kernels.table import COIL


@kernel
def take_side(t, s, w, j, until):
    """Make the machines of a node of those of the state."""
    node = w.nodes[j]
    station = t.stations[j]
    first = station.machine0
    node.works = node.idle = node.lacks = node.changes = node.coils = node.bad = node.refused = node.tolds = 0
    for k in range(station.slots):
        if t.slots[station.slot0 + k].kind == COIL:
            node.coils = 1
    node.since = s.head[0].now
    node.now = -1
    node.by = 0
    node.judged = node.odd = node.n
    node.head = node.tail = node.ends0 + 1
    w.ends[node.ends0] = -BEHIND
    w.ends[node.tail] = BEHIND
    if node.begins:
        inlet = w.streams[node.inlet]
        for k in range(inlet.at, inlet.at + inlet.size):
            w.arrive[k] = -2  # before all else
    if node.ends == 0:
        take_waiting(t, s, w, j, until)
    for m in range(station.count):
        row = s.machines[first + m]
        machine = w.machines[first + m]
        machine.item, machine.arrive, machine.start, machine.done, machine.n = row.item, row.arrive, row.start, row.done, row.n
        machine.code = machine.last_code = code_of(row.verdict, row.grade, station.grades)
        machine.blocked = machine.starts = 0
        machine.told = row.n
        machine.most = coils_last(t, s, first + m)
        machine.coil = LATEST
        machine.left = machine.full = running_left(t, s, first + m)
        machine.empty = row.since
        if row.phase == WORK:
            node.works += 1
            is_scrap = s.own[first + m].scrap
            grade = grade_of(t, s, j, row.item, 0) if station.grades > 0 and not is_scrap else -1
            machine.code = code_of(verdict_of(t, s, j, row.item, row.n, is_scrap, grade, 0), grade, station.grades)
            take_in_hand(t, s, w, j, m, end_told(t, s, w, first + m, until), until)
        elif row.phase == CHANGE:
            node.changes |= 1 << m
            machine.coil = s.own[first + m].since + s.own[first + m].left
        elif row.phase == IDLE and node.coils:
            node.lacks |= 1 << m  # else it would have begun
        elif row.phase == IDLE:
            node.idle |= 1 << m
            if node.begins == 0 and t.queues[w.streams[node.inlet].queue].places == 0:
                offer(w, node.inlet, row.since, root_of(j, m))


@kernel
def take_waiting(t, s, w, j, until):
    """Take over which machines wait for a place, in their order."""
    q = t.stations[j].out_queue
    state = s.queues[q]
    queue = t.queues[q]
    for k in range(state.wait):
        entry = s.waits[queue.wait0 + (state.wait_head + k) % queue.waits]
        put_in_order(w, j, one_number(w, j, entry.machine - t.stations[j].machine0, entry.t, until))


@kernel
def return_waiting(t, s, w, j):
    """Bring the list of those that wait up to date: the works that have ended since the take-over have joined its end, those that went on left it."""
    node = w.nodes[j]
    q = t.stations[j].out_queue
    state = s.queues[q]
    queue = t.queues[q]
    outlet = w.streams[node.outlet]
    went = outlet.arrived - outlet.before
    waiting = 0
    while w.ends[node.head + waiting] < FAR:
        waiting += 1
    known = state.wait  # of all since the take-over, so many stand in the list already
    for k in range(max(known, went + waiting - queue.waits), went + waiting):
        x = w.ends[node.head + k - went]
        entry = s.waits[queue.wait0 + (state.wait_head + k) % queue.waits]
        entry.t = (x >> ROOT_SHIFT) + node.since
        entry.machine = t.stations[j].machine0 + (x & MACHINE)
    state.wait_head = (state.wait_head + went) % queue.waits
    state.wait = waiting


@kernel
def return_side(t, s, w, j):
    """Bring a station of the state and its machines up to date."""
    node = w.nodes[j]
    station = t.stations[j]
    state = s.stations[j]
    first = station.machine0
    if node.ends == 0:
        return_waiting(t, s, w, j)
    working = 0
    for k in range(station.count):
        if ((node.idle | node.lacks) >> k) & 1:
            return_machine(t, s, w, j, first + k, IDLE, 0)
    for k in range(node.head, node.tail):
        x = w.ends[k]
        if x < FAR:
            return_machine(t, s, w, j, first + (x & MACHINE), OUT, (x >> ROOT_SHIFT) + node.since)
        else:
            return_machine(t, s, w, j, first + (x & MACHINE), WORK, 0)
            working += 1
    for k in range(first, first + node.bad):
        return_machine(t, s, w, j, first + (w.bads[k] & MACHINE), WORK, 0)
        working += 1
    begun = node.n - 1 - state.n
    ended = node.works + begun - working
    if station.begins:
        state.made += ended
        s.serials[station.kind] += begun
    state.n += begun
    state.done += ended
    state.good += ended - node.refused
    s.head[0].events += ended - node.tolds
    add_stay(s, j, node.stay)
    node.stay = 0
