"""Places and hand-over: what waits, who gives, who takes (docs/semantics.md, sections 3, 4, 8)."""

from __future__ import annotations

import numpy as np

from linewright.kernels.calendar_ahead import next_place
from linewright.kernels.calendar_orders import left_line, order_of, rule_key
from linewright.kernels.calendar_rows import placed, visit
from linewright.kernels.calendar_sources import put_on_agenda, schedule
from linewright.kernels.calendar_stops import free_people, settle_category
from linewright.kernels.calendar_ways import KEEPS_TURN, WAITS_ANEW, begin_waiting, choose, goods_of, leave_lists, move_wait, next_thing, wait_entry
from linewright.kernels.compiled import kernel, part
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.kernels.state import EMPTY, FIRST_OF_ALL, GRADE_SHIFT, IDLE, MARK_SHIFT, NEVER, OPENING, OUT, PASS_MASK, UNLOAD
from linewright.kernels.table import BATCH, FIFO, LEAVES, LOADER, REWORK_FIRST, STORE, UNLOADER
from linewright.kernels.tree import set_time


@kernel
def enqueue(t, s, q, item, done, stamp):
    """Let an item arrive in a queue; `done` is the end of the work before, `stamp` that at the last station from which a later one counts."""
    queue = t.queues[q]
    state = s.queues[q]
    at = state.head + state.count
    if at >= queue.room:
        at -= queue.room
    entry = s.ring[queue.ring0 + at]
    entry.item = item
    entry.arrive = s.head[0].now
    entry.done = done
    entry.stamp = stamp
    state.count += 1
    s.stations[queue.station].arrived += 1


@kernel
def release(t, s, r, m):
    """A machine has nothing in hand any more."""
    row = s.machines[m]
    row.item = 0
    row.waiting = 0
    row.phase = IDLE
    settle_category(t, s, r, m)
    put_on_agenda(s, t.machines[m].station)


@kernel
def empty_carrier(t, s, c, tray):
    """The last item is off a carrier: it goes back empty."""
    carrier = t.carriers[c]
    state = s.carriers[c]
    row = s.trays[carrier.tray0 + tray]
    if row.missing:
        head = s.head[0]
        kept = 0
        for i in range(head.missing):
            entry = s.missing[i]
            if entry.carrier == c and entry.tray == tray:
                continue
            s.missing[kept] = entry
            kept += 1
        for i in range(kept, head.missing):  # what is not used any more holds nothing, so that equal states are equal to the last byte
            entry = s.missing[i]
            entry.carrier = entry.tray = entry.place = entry.mark = 0
        head.missing = kept
    row.content = EMPTY
    row.count = 0
    row.missing = 0
    if carrier.back == 0:
        add_empty(t, s, c, tray)
        return
    at = state.back_head + state.back
    if at >= carrier.count:
        at -= carrier.count
    entry = s.backs[carrier.tray0 + at]
    entry.t = s.head[0].now + carrier.back
    entry.tray = tray
    if state.back == 0:
        set_time(s.tree, carrier.source, entry.t)
    state.back += 1


@kernel
def add_empty(t, s, c, tray):
    """An empty carrier is there to be loaded."""
    carrier = t.carriers[c]
    state = s.carriers[c]
    at = state.empty_head + state.empty
    if at >= carrier.count:
        at -= carrier.count
    s.empties[carrier.tray0 + at] = tray
    state.empty += 1
    for i in range(carrier.loaders):
        put_on_agenda(s, t.loaders[carrier.loader0 + i])


@part
def carrier_back(t, s, c):
    """The first of the empty carriers under way arrives."""
    carrier = t.carriers[c]
    state = s.carriers[c]
    tray = s.backs[carrier.tray0 + state.back_head].tray
    state.back_head += 1
    if state.back_head >= carrier.count:
        state.back_head = 0
    state.back -= 1
    add_empty(t, s, c, tray)
    set_time(s.tree, carrier.source, s.backs[carrier.tray0 + state.back_head].t if state.back > 0 else NEVER)


@kernel
def on_carrier(t, s, c, tray, place):
    """Return the item on a place of a carrier, with the marks of the values it lacks."""
    carrier = t.carriers[c]
    row = s.trays[carrier.tray0 + tray]
    at = tray * carrier.holds + place
    serial = at + 1 if row.content == OPENING else s.fills[carrier.fill0 + at]
    item = (carrier.inner << KIND_SHIFT) | serial | (np.int64(row.grade) << GRADE_SHIFT)
    if row.missing:
        for i in range(s.head[0].missing):
            entry = s.missing[i]
            if entry.carrier == c and entry.tray == tray and entry.place == place:
                item |= 1 << (MARK_SHIFT + entry.mark)
    return item


@kernel
def off_carrier(t, s, r, m, item):
    """An item has left the unloader: its place is free; when it was the last, its carrier is empty."""
    row = s.machines[m]
    number = t.machines[m].station
    c = t.stations[number].carrier
    placed(s, r, number, item, (t.carriers[c].kind << KIND_SHIFT) | (row.tray + 1), row.out, 1)
    row.out += 1
    if row.out == row.on:
        empty_carrier(t, s, c, row.tray)
        row.tray = -1
        row.on = 0
        row.out = 0


@kernel
def leave_store(t, s, r, m, number, item, done):
    """The first item has left a store; the next one is first."""
    row = s.machines[m]
    station = t.stations[number]
    now = s.head[0].now
    entry = s.bins[station.bin0 + row.head]
    visit(t, s, r, number, m, item, entry.arrive, entry.start, done, now, entry.n, row.verdict, row.grade, -1)
    row.head += 1
    if row.head >= station.size:
        row.head = 0
    row.on -= 1
    row.item = 0
    row.waiting = 0
    row.phase = IDLE
    row.due = max(s.bins[station.bin0 + row.head].ready, now) if row.on > 0 else NEVER
    if row.on == 0 and station.needs > 0 and row.people == station.needs:
        row.people = 0
        free_people(t, s, r, m)
    schedule(t, s, m)
    settle_category(t, s, r, m)
    put_on_agenda(s, number)


@kernel
def leave_oven(t, s, r, m, number, item, done):
    """An item has left an oven; the next one comes out, or the oven is empty."""
    row = s.machines[m]
    station = t.stations[number]
    now = s.head[0].now
    entry = s.bins[station.bin0 + (m - station.machine0) * station.size + row.out]
    visit(t, s, r, number, m, item, entry.arrive, row.start, done, now, row.n, row.verdict, row.grade, -1)
    row.out += 1
    row.waiting = 0
    if row.out < row.on:
        row.phase = UNLOAD
        if row.mask:
            row.left = station.unload
        else:
            row.due = now + station.unload
        schedule(t, s, m)
        settle_category(t, s, r, m)
    else:
        row.on = 0
        row.out = 0
        release(t, s, r, m)


@kernel
def give(t, s, r, m):
    """Take one item from a machine that has some to hand over.

    Returns
    -------
    item, done, last
        The item, the end of its work, and 1 where the machine is done with its turn in the waiting list.
    """
    row = s.machines[m]
    number = t.machines[m].station
    station = t.stations[number]
    now = s.head[0].now
    item = row.item
    done = row.done
    if station.flow == STORE:
        leave_store(t, s, r, m, number, item, done)
        return item, done, 1
    if station.flow == BATCH:
        leave_oven(t, s, r, m, number, item, done)
        return item, done, 1
    if station.flow == LOADER:
        row.tray = -1
        row.on = 0
        release(t, s, r, m)
        return item, done, 1
    if station.lanes > 1 or station.ways:
        item, has_more = next_thing(t, s, m)
        if has_more == KEEPS_TURN:
            return item, done, 0
        if has_more == WAITS_ANEW:
            return item, done, 1
    visit(t, s, r, number, m, row.item, row.arrive, row.start, done, now, row.n, row.verdict, row.grade, row.tool)
    if station.flow == UNLOADER:
        off_carrier(t, s, r, m, item)
    release(t, s, r, m)
    return item, done, 1


@part
def hand_over(t, s, r, q, i):
    """Take one item from the i-th of the machines that wait for a queue.

    Returns
    -------
    item, done, stamp
    """
    queue = t.queues[q]
    state = s.queues[q]
    m = s.waits[wait_entry(t, s, q, i)].machine
    if s.machines[m].booked > 0:
        s.machines[m].booked -= 1
        state.booked -= 1
    keeps_turn = False
    if i > 0:
        keeps_turn = goods_of(t, s, m) > 1
        move_wait(t, s, q, i, 0)
    # The turn ends before the item is given: a machine that has more (an oven) then joins the end of the list.
    before = state.wait_head
    state.wait_head += 1
    if state.wait_head >= queue.waits:
        state.wait_head = 0
    state.wait -= 1
    if s.machines[m].to == FIRST_OF_ALL:
        leave_lists(t, s, m, q)
        s.machines[m].to = q
    station = t.stations[t.machines[m].station]
    stamp = s.machines[m].done if station.stamps and station.flow != LOADER else s.machines[m].stamp
    item, done, last = give(t, s, r, m)
    if last == 0:
        state.wait_head = before
        state.wait += 1
    if keeps_turn:
        move_wait(t, s, q, 0, i)
    return item, done, stamp


@kernel
def first_by_rule(t, s, q, m):
    """Return the place of the item that comes first for a machine by what a rule asks of its order."""
    queue = t.queues[q]
    state = s.queues[q]
    best = np.int64(0)
    least = np.inf
    for k in range(state.count):
        key = rule_key(t, s, queue.rule, m, order_of(t, s, s.ring[queue.ring0 + (state.head + k) % queue.room].item))
        if key < least:
            least = key
            best = np.int64(k)
    return best


@kernel
def place_by_rule(t, s, q, m):
    """Return the place of the item that a queue's rule says a machine takes next."""
    queue = t.queues[q]
    state = s.queues[q]
    if queue.rule > REWORK_FIRST:
        return first_by_rule(t, s, q, m)
    k = np.int64(state.count - 1)
    if queue.rule == REWORK_FIRST:
        k = np.int64(0)
        while k < state.count and s.ring[queue.ring0 + (state.head + k) % queue.room].item & PASS_MASK == 0:
            k += 1
        if k == state.count:
            return np.int64(0)
    return k


@kernel
def bring_to_head(t, s, q, m):
    """Let the item that a queue's rule says be the first in it; the others keep their order."""
    queue = t.queues[q]
    state = s.queues[q]
    k = place_by_rule(t, s, q, m)
    at = queue.ring0 + (state.head + k) % queue.room
    item, arrive, done, stamp = s.ring[at].item, s.ring[at].arrive, s.ring[at].done, s.ring[at].stamp
    while k > 0:
        k -= 1
        before = queue.ring0 + (state.head + k) % queue.room
        s.ring[at] = s.ring[before]
        at = before
    s.ring[at].item, s.ring[at].arrive, s.ring[at].done, s.ring[at].stamp = item, arrive, done, stamp


@kernel
def peek(t, s, q, m):
    """Return the item that a machine would take next, 0 where there is none."""
    queue = t.queues[q]
    state = s.queues[q]
    if state.count > 0:
        k = place_by_rule(t, s, q, m) if queue.rule != FIFO else np.int64(0)
        return s.ring[queue.ring0 + (state.head + k) % queue.room].item
    if queue.places == 0 and state.wait > 0 and queue.fleet < 0:
        i = next_place(t, s, q) if queue.aheads > 0 else 0
        if i >= 0:
            return s.machines[s.waits[queue.wait0 + (state.wait_head + i) % queue.waits].machine].item
    return np.int64(0)


@kernel
def take(t, s, r, q, m):
    """Take the next item for a machine out of a queue.

    Returns
    -------
    item, arrive, done, stamp
        0, 0, 0, 0 where there is none.
    """
    state = s.queues[q]
    if state.count > 0:
        queue = t.queues[q]
        if queue.rule != FIFO:
            bring_to_head(t, s, q, m)
        entry = s.ring[queue.ring0 + state.head]
        state.head += 1
        if state.head >= queue.room:
            state.head = 0
        state.count -= 1
        return entry.item, entry.arrive, entry.done, entry.stamp
    queue = t.queues[q]
    if queue.places == 0 and state.wait > 0 and queue.fleet < 0:
        i = next_place(t, s, q) if queue.aheads > 0 else 0
        if i < 0:
            return 0, 0, 0, 0
        item, done, stamp = hand_over(t, s, r, q, i)
        s.stations[queue.station].arrived += 1
        return item, s.head[0].now, done, stamp
    return 0, 0, 0, 0


@kernel
def has_some(t, s, q):
    """Tell whether a queue has something to be taken."""
    queue = t.queues[q]
    if s.queues[q].count > 0:
        return True
    return queue.places == 0 and queue.fleet < 0 and next_place(t, s, q) >= 0


@kernel
def pass_on(t, s, r, m):
    """A machine has something finished: it waits for the next queue, or it leaves the line at once."""
    if t.stations[t.machines[m].station].ways:
        s.machines[m].to = choose(t, s, m)
    send(t, s, r, m)


@kernel
def send(t, s, r, m):
    """Let a machine with something finished wait for the queue that was chosen, or let it leave the line at once."""
    row = s.machines[m]
    row.phase = OUT
    station = t.stations[t.machines[m].station]
    if (row.to if station.ways else station.out_queue) != LEAVES:
        settle_category(t, s, r, m)
        begin_waiting(t, s, m)
        return
    last = 0
    while last == 0:
        item, _, last = give(t, s, r, m)
        if s.head[0].orders > 0:
            left_line(t, s, item)
        if station.endless > 0:
            renew_carrier(t, s, station.endless - 1, item)


@kernel
def renew_carrier(t, s, c, item):
    """A carrier of which there is no end has left the line: its row in the tables is a new one."""
    carrier = t.carriers[c]
    tray = ((item & SERIAL_MASK) - 1) % carrier.count
    row = s.trays[carrier.tray0 + tray]
    row.content = EMPTY
    row.count = 0
    row.round += 1
    add_empty(t, s, c, tray)


@kernel
def serial_of(item):
    """Return the serial of a thing."""
    return item & SERIAL_MASK
