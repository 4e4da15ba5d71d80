"""Places that are kept ahead before work begins (`blocking: before`; docs/semantics.md, section 4)."""

from __future__ import annotations

import numpy as np

from linewright.kernels.calendar_sources import put_on_agenda
from linewright.kernels.calendar_stops import settle_category
from linewright.kernels.calendar_ways import free_places, load_of
from linewright.kernels.compiled import kernel, part
from linewright.kernels.state import FIRST_OF_ALL, IDLE, LOAD, OPEN
from linewright.kernels.table import BATCH, BY_GRADE, FIRST_FREE, IN_TURN, LEAST_WORK, LEAVES, PART, STORE, UNLOADER


@kernel
def lacks(t, s, m, slot_number):
    """Return how many things of an input an empty machine could take at once."""
    slot = t.slots[t.stations[t.machines[m].station].slot0 + slot_number]
    mount = s.mounts[t.machines[m].mount0 + slot_number]
    if slot.kind == PART:
        return slot.amount - mount.have
    return np.int64(mount.rest + mount.rest2 < slot.amount + slot.extra)


@kernel
def wanted(t, s, q):
    """Return how many things of a queue without places its machines could take at once."""
    queue = t.queues[q]
    station = t.stations[queue.station]
    if station.flow == STORE:
        return station.size - s.machines[station.machine0].on
    found = np.int64(0)
    for m in range(station.machine0, station.machine0 + station.count):
        row = s.machines[m]
        if row.mask != 0:
            continue
        if station.flow == BATCH:
            if s.stations[queue.station].open == m or (s.stations[queue.station].open < 0 and row.phase == IDLE):
                return station.size - row.on if row.phase in (IDLE, OPEN, LOAD) else np.int64(0)
        elif row.phase == IDLE:
            if queue.slot >= 0:
                found += lacks(t, s, m, queue.slot)
            elif station.flow != UNLOADER or row.tray < 0:
                found += 1
    return found


@kernel
def places_ahead(t, s, q):
    """Return for how many more places can be kept; without places, a machine that could take one at once is a place."""
    return free_places(t, s, q) + (wanted(t, s, q) if t.queues[q].places == 0 else 0)


@kernel
def next_place(t, s, q):
    """Return which of those who wait for a queue hands over next: of those who have a place, or find one, the longest waiting; -1 nobody."""
    state = s.queues[q]
    queue = t.queues[q]
    if state.wait == 0:
        return np.int64(-1)
    if places_ahead(t, s, q) > 0:
        return np.int64(0)
    for i in range(state.wait if state.booked > 0 else 0):
        at = state.wait_head + i
        if at >= queue.waits:
            at -= queue.waits
        if s.machines[s.waits[queue.wait0 + at].machine].booked > 0:
            return np.int64(i)
    return np.int64(-1)


# ---- keeping places


@kernel
def is_again(t, station, i):
    """Tell whether the i-th target of a station is an earlier one too."""
    found = False
    for k in range(station.route0, i):
        found = found or t.routes[k] == t.routes[i]
    return found


@kernel
def choose_ahead(t, s, number):
    """Return the queue in which a station that begins something keeps a place, of several: LEAVES, or FIRST_OF_ALL where none is free."""
    station = t.stations[number]
    first = station.route0
    if station.choose == IN_TURN:
        return t.routes[first + s.stations[number].turn % station.routes]
    best = np.int64(FIRST_OF_ALL)
    least = np.inf
    for i in range(first, first + station.routes):
        q = t.routes[i]
        if q < 0:
            return q
        if station.choose == FIRST_FREE:
            if places_ahead(t, s, q) > 0:
                return q
            continue
        load = np.float64(load_of(t, s, q))
        if station.choose == LEAST_WORK:
            behind = t.stations[t.queues[q].station]
            load = load * t.laws[behind.law].mean / (behind.size if behind.flow == STORE else behind.count * max(behind.size, 1))
        if load < least:
            least = load
            best = q
    return best


@kernel
def places_needed(t, s, m):
    """Return how many places one start of a station with a single way on needs."""
    station = t.stations[t.machines[m].station]
    if station.out_queue == LEAVES:
        return np.int64(0)
    return s.machines[m].on if station.flow == BATCH else max(station.lanes, np.int64(1))


@kernel
def can_book(t, s, m):
    """Tell whether there are places ahead for one more start."""
    number = t.machines[m].station
    station = t.stations[number]
    if station.outs > 0:
        for k in range(station.out0, station.out0 + station.outs):
            output = t.outputs[k]
            if output.queue >= 0 and places_ahead(t, s, output.queue) < output.amount:
                return False
        return True
    if station.routes == 0:
        needed = places_needed(t, s, m)
        return needed == 0 or places_ahead(t, s, station.out_queue) >= needed
    if station.choose == BY_GRADE:
        is_free = True
        for i in range(station.route0, station.route0 + station.routes):
            is_free = is_free and (t.routes[i] < 0 or places_ahead(t, s, t.routes[i]) > 0)
        return is_free
    q = choose_ahead(t, s, number)
    return q == LEAVES or (q >= 0 and places_ahead(t, s, q) > 0)


@kernel
def book(t, s, m):
    """Keep the places that one start needs. Returns whether they are there."""
    if not can_book(t, s, m):
        return False
    number = t.machines[m].station
    station = t.stations[number]
    row = s.machines[m]
    if station.outs > 0:
        for k in range(station.out0, station.out0 + station.outs):
            output = t.outputs[k]
            if output.queue >= 0:
                s.queues[output.queue].booked += output.amount
                row.booked += output.amount
    elif station.routes == 0:
        needed = places_needed(t, s, m)
        if needed > 0:
            s.queues[station.out_queue].booked += needed
            row.booked += needed
    elif station.choose == BY_GRADE:
        for i in range(station.route0, station.route0 + station.routes):
            if t.routes[i] >= 0 and not is_again(t, station, i):
                s.queues[t.routes[i]].booked += 1
                row.booked += 1
    else:
        row.to = choose_ahead(t, s, number)
        if station.choose == IN_TURN:
            s.stations[number].turn += 1
        if row.to >= 0:
            s.queues[row.to].booked += 1
            row.booked += 1
    return True


@kernel
def give_back(t, s, q, places):
    """Give places back that were kept; whoever waits for them hears of it."""
    s.queues[q].booked -= places
    put_on_agenda(s, t.queues[q].station)


@kernel
def unbook(t, s, m, but):
    """Give back all places that were kept for one start, but the one in queue `but`."""
    row = s.machines[m]
    if row.booked == 0:
        return
    station = t.stations[t.machines[m].station]
    row.booked = 0
    if station.outs > 0:
        for k in range(station.out0, station.out0 + station.outs):
            output = t.outputs[k]
            if output.queue >= 0:
                give_back(t, s, output.queue, output.amount)
    elif station.routes == 0:
        give_back(t, s, station.out_queue, max(station.lanes, np.int64(1)))
    elif station.choose == BY_GRADE:
        for i in range(station.route0, station.route0 + station.routes):
            q = t.routes[i]
            if q == but:
                row.booked = 1
            elif q >= 0 and not is_again(t, station, i):
                give_back(t, s, q, np.int64(1))
    else:
        give_back(t, s, row.to, np.int64(1))


@kernel
def hold_back(t, s, r, m, is_held):
    """Let a machine wait, or wait no more, for a place ahead before its work begins."""
    row = s.machines[m]
    if row.held != is_held:
        row.held = is_held
        settle_category(t, s, r, m)


@part
def tell_free(t, s, q):
    """Look at the stations that wait for a place in a queue before they begin, where they can begin now."""
    queue = t.queues[q]
    for k in range(queue.ahead0, queue.ahead0 + queue.aheads):
        number = t.aheads[k]
        station = t.stations[number]
        for m in range(station.machine0, station.machine0 + station.count):
            row = s.machines[m]
            if row.held and row.mask == 0 and row.phase in (IDLE, OPEN) and can_book(t, s, m):
                put_on_agenda(s, number)
                break
