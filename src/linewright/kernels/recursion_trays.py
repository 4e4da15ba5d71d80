"""Stations that lay single items onto carriers (ONTO) and that take them off (OFF), machine by machine, as `recursion_side` does it.

Their machines neither fail nor throw away. What lies on which carrier stands in the state at once: a carrier is in one place only.
"""

from __future__ import annotations

from linewright.kernels.calendar_queues import on_carrier
from linewright.kernels.calendar_trays import open_carrier
from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_draws import draw_block
from linewright.kernels.recursion_network import BLOCK, ONTO, root_of
from linewright.kernels.recursion_visit import add_stay, came_by, freed_by, offer, push
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.kernels.state import IDLE, NEVER, OUT, T_BLOCKED, T_EXECUTE, T_STARVED, WORK

HAND, END, COME, TRAY = range(4)


@kernel
def is_known(w, number, now, by):
    """Tell whether an item waits in a stream when an event of root `by` has led here."""
    x = w.streams[number]
    if x.arrived == x.taken:
        return False
    k = x.at + x.taken - x.base
    return w.arrive[k] < now or (w.arrive[k] == now and came_by(w, x, k) >= by)


@kernel
def begin_unit(t, s, w, j, m, now):
    """Let a machine begin with the item it has."""
    node = w.nodes[j]
    if node.n == node.end:
        draw_block(t, s, w, j)
    machine = w.units[m]
    machine.last_done = machine.done
    machine.start = now
    machine.n = node.n
    machine.time = w.time[j * BLOCK + node.n - node.first]
    machine.starts += 1
    machine.told = 0
    machine.phase = WORK
    node.n += 1
    end = now + machine.time
    machine.done = end
    first = t.stations[j].machine0
    i = first + node.works
    while i > first and (w.unit_ends[i - 1] > end or (w.unit_ends[i - 1] == end and w.unit_whose[i - 1] > m)):
        w.unit_ends[i] = w.unit_ends[i - 1]
        w.unit_whose[i] = w.unit_whose[i - 1]
        i -= 1
    w.unit_ends[i] = end
    w.unit_whose[i] = m
    node.works += 1


@kernel
def take_item(t, s, w, j, m, now, by):
    """Let a machine that has a carrier take the next item, and begin."""
    node = w.nodes[j]
    inlet = w.streams[node.inlet]
    k = inlet.at + inlet.taken - inlet.base
    machine = w.units[m]
    machine.item = w.item[k]
    machine.arrive = w.arrive[k]
    inlet.taken += 1
    if t.queues[inlet.queue].places > 0:
        offer(w, node.inlet, now, by)
    begin_unit(t, s, w, j, m, now)


@kernel
def take_carrier(t, s, w, j, m, now, by):
    """Let a machine take a full carrier, and begin with what lies on its first place."""
    node = w.nodes[j]
    inlet = w.streams[node.inlet]
    station = t.stations[j]
    row = s.machines[m]
    row.tray = (w.item[inlet.at + inlet.taken - inlet.base] & SERIAL_MASK) - 1
    row.on = s.trays[t.carriers[station.carrier].tray0 + row.tray].count
    row.out = 0
    machine = w.units[m]
    machine.arrive = now
    machine.item = on_carrier(t, s, station.carrier, row.tray, row.out)
    inlet.taken += 1
    if t.queues[inlet.queue].places > 0:
        offer(w, node.inlet, now, by)
    begin_unit(t, s, w, j, m, now)


@kernel
def open_next(t, s, w, j, m, now, by):
    """Let a machine take the next empty carrier, if one is there when an event of root `by` has led here. Returns whether it did."""
    x = w.streams[w.nodes[j].trays]
    if x.credited == x.arrived:
        return False
    k = x.at + x.arrived - x.base
    if w.credit[k] > now or (w.credit[k] == now and w.freed[k] < by):
        return False
    x.arrived += 1
    x.taken += 1
    row = s.machines[m]
    row.tray = open_carrier(t, s, t.stations[j].carrier, 0)
    row.on = 0
    return True


@kernel
def be_empty(t, s, w, j, m, now, by):
    """A machine has no item in hand any more: it goes on with what there is."""
    node = w.nodes[j]
    machine = w.units[m]
    machine.phase = IDLE
    machine.empty = now
    row = s.machines[m]
    places = t.queues[w.streams[node.inlet].queue].places
    if node.kind == ONTO:
        if row.tray < 0 and not open_next(t, s, w, j, m, now, by):
            node.bare += 1
            return
        if is_known(w, node.inlet, now, by):
            take_item(t, s, w, j, m, now, by)
            return
        node.idle += 1
    else:
        if row.tray >= 0:
            machine.item = on_carrier(t, s, t.stations[j].carrier, row.tray, row.out)
            begin_unit(t, s, w, j, m, now)
            return
        if is_known(w, node.inlet, now, by):
            take_carrier(t, s, w, j, m, now, by)
            return
        node.bare += 1
    if places == 0:
        offer(w, node.inlet, now, by)


@kernel
def wait_for_place(t, s, q, m, now):
    """Put a machine at the end of those that wait for a queue."""
    queue = t.queues[q]
    state = s.queues[q]
    at = state.wait_head + state.wait
    if at >= queue.waits:
        at -= queue.waits
    entry = s.waits[queue.wait0 + at]
    entry.t = now
    entry.machine = m
    state.wait += 1


@kernel
def end_unit(t, s, w, j):
    """Let the first work end."""
    node = w.nodes[j]
    station = t.stations[j]
    first = station.machine0
    now = w.unit_ends[first]
    m = w.unit_whose[first]
    node.works -= 1
    for i in range(first, first + node.works):
        w.unit_ends[i] = w.unit_ends[i + 1]
        w.unit_whose[i] = w.unit_whose[i + 1]
    machine = w.units[m]
    machine.busy += machine.time
    machine.told = 0
    machine.phase = OUT
    s.head[0].events += 1
    node.ended += 1
    row = s.machines[m]
    if node.kind == ONTO:
        carrier = t.carriers[station.carrier]
        tray = s.trays[carrier.tray0 + row.tray]
        s.fills[carrier.fill0 + row.tray * carrier.holds + row.on] = machine.item & SERIAL_MASK
        tray.dirty = 1
        row.on += 1
        tray.count = row.on
        node.stay += now - machine.arrive
        if row.on < carrier.holds:
            be_empty(t, s, w, j, m, now, root_of(j, m - first))
            return
        machine.item = (carrier.kind << KIND_SHIFT) | (row.tray + 1)
    elif node.ends:
        hand_unit(t, s, w, j, m, now, root_of(j, m - first))
        return
    wait_for_place(t, s, station.out_queue, m, now)


@kernel
def hand_unit(t, s, w, j, m, now, by):
    """Let what a machine has finished go, at an event of root `by`."""
    node = w.nodes[j]
    machine = w.units[m]
    machine.told = 0
    row = s.machines[m]
    if now > machine.done:
        machine.blocked += now - machine.done
    else:
        by = min(by, root_of(j, m - t.stations[j].machine0))
    if node.ends == 0:
        push(w, node.outlet, now, machine.done, machine.item, by)
    if node.kind == ONTO:
        row.tray = -1
        row.on = 0
    else:
        node.stay += now - machine.arrive
        row.out += 1
        if row.out == row.on:
            push(w, node.gone, now, 0, row.tray, by)
            row.tray = -1
            row.on = 0
            row.out = 0
    be_empty(t, s, w, j, m, now, by)


@kernel
def first_waiting(t, s, q):
    """Return the machine that waits longest for a queue."""
    return s.waits[t.queues[q].wait0 + s.queues[q].wait_head].machine


@kernel
def next_unit(t, s, w, j):
    """Return what comes next at a station: time; HAND, END, COME or TRAY; its root; whether nothing unknown may be earlier."""
    node = w.nodes[j]
    station = t.stations[j]
    is_sure = True
    at = w.unit_ends[station.machine0] if node.works > 0 else NEVER
    what = END
    tag = root_of(j, w.unit_whose[station.machine0] - station.machine0)
    q = station.out_queue
    if q >= 0 and s.queues[q].wait > 0:
        x = w.streams[q]
        if x.credited > x.arrived:
            k = x.at + x.arrived - x.base
            began = s.waits[t.queues[q].wait0 + s.queues[q].wait_head].t
            place = max(w.credit[k], began)
            by = root_of(j, first_waiting(t, s, q) - station.machine0)
            if w.credit[k] >= began:
                by = freed_by(w, x, k) if place > began else min(by, freed_by(w, x, k))
            if place < at or (place == at and by >= tag):
                at, what, tag = place, HAND, by
        else:
            is_sure = x.still > at
    if node.kind == ONTO:
        x = w.streams[node.trays]
        if x.credited == x.arrived:
            is_sure = is_sure and x.still > at
        elif node.bare > 0:
            k = x.at + x.arrived - x.base
            if w.credit[k] < at or (w.credit[k] == at and w.freed[k] > tag):
                at, what, tag = w.credit[k], TRAY, w.freed[k]
    x = w.streams[node.inlet]
    if x.arrived > x.taken:
        if (node.idle if node.kind == ONTO else node.bare) > 0:
            k = x.at + x.taken - x.base
            by = came_by(w, x, k)
            if w.arrive[k] < at or (w.arrive[k] == at and (by > tag or (by == tag and what == END))):
                at, what, tag = w.arrive[k], COME, by
    elif x.credited > x.arrived and x.quiet <= at:
        is_sure = is_sure and node.kind != ONTO and at < NEVER and not asks_for_carrier(t, s, w, j, what)
    return at, what, tag, is_sure


@kernel
def asks_for_carrier(t, s, w, j, what):
    """Tell whether a machine is without a carrier, or the one whose event is next will be."""
    if w.nodes[j].bare > 0:
        return True
    m = w.unit_whose[t.stations[j].machine0] if what == END else first_waiting(t, s, t.stations[j].out_queue)
    row = s.machines[m]
    return row.out + 1 >= row.on


@kernel
def pass_units(t, s, w, j, until):
    """Let works end, and the next ones begin at once, as long as nothing else can happen in between. Returns whether any did."""
    node = w.nodes[j]
    station = t.stations[j]
    first = station.machine0
    inlet, outlet, q = w.streams[node.inlet], w.streams[node.outlet], station.out_queue
    if node.bare > 0 or node.idle > 0 or (q >= 0 and s.queues[q].wait > 0):
        return False
    holds = t.carriers[station.carrier].holds
    moved = False
    while node.works > 0 and node.bare == 0 and node.idle == 0:
        now = w.unit_ends[first]
        m = w.unit_whose[first]
        row = s.machines[m]
        if now >= until:
            break
        if node.kind == ONTO:
            trays = w.streams[node.trays]
            is_full = row.on + 1 >= holds or (trays.credited == trays.arrived and trays.still <= now)
            if is_full or inlet.arrived == inlet.taken or w.arrive[inlet.at + inlet.taken - inlet.base] >= now:
                break
            end_unit(t, s, w, j)
        else:
            if row.out + 1 >= row.on or outlet.credited == outlet.arrived or w.credit[outlet.at + outlet.arrived - outlet.base] >= now:
                break
            end_unit(t, s, w, j)
            if node.ends == 0:
                wait_no_more(t, s, q)
                hand_unit(t, s, w, j, m, now, root_of(j, m - first))
        moved = True
    return moved


@kernel
def wait_no_more(t, s, q):
    """Take the machine that waits longest off those that wait for a queue."""
    state = s.queues[q]
    state.wait_head += 1
    if state.wait_head >= t.queues[q].waits:
        state.wait_head = 0
    state.wait -= 1


@kernel
def run_unit(t, s, w, j, until, is_first):
    """Let a station go on as far as its inputs, its places and the time allow; with `is_first` let its next event happen, whatever is unknown.

    Returns whether anything happened.
    """
    node = w.nodes[j]
    station = t.stations[j]
    moved = False
    while True:
        moved |= pass_units(t, s, w, j, until) if is_first == 0 else False
        at, what, tag, is_sure = next_unit(t, s, w, j)
        if at >= until or not (is_sure or is_first):
            return moved
        if what == END:
            end_unit(t, s, w, j)
        elif what == HAND:
            m = first_waiting(t, s, station.out_queue)
            wait_no_more(t, s, station.out_queue)
            hand_unit(t, s, w, j, m, at, tag)
        else:
            m = station.machine0
            is_bare = what == TRAY or node.kind != ONTO
            while w.units[m].phase != IDLE or (s.machines[m].tray < 0) != is_bare:
                m += 1
            if what == TRAY:
                node.bare -= 1
                empty = w.units[m].empty
                be_empty(t, s, w, j, m, at, tag)
                w.units[m].empty = empty
            elif node.kind == ONTO:
                node.idle -= 1
                take_item(t, s, w, j, m, at, tag)
            else:
                node.bare -= 1
                take_carrier(t, s, w, j, m, at, tag)
        moved = True
        if is_first:
            return moved


@kernel
def take_units(t, s, w, j):
    """Make the machines of a node of those of the state."""
    node = w.nodes[j]
    station = t.stations[j]
    node.works = node.idle = node.ended = node.bare = 0
    for m in range(station.machine0, station.machine0 + station.count):
        row = s.machines[m]
        machine = w.units[m]
        machine.item, machine.arrive, machine.start, machine.done, machine.n = row.item, row.arrive, row.start, row.done, row.n
        machine.phase = row.phase
        machine.busy = machine.blocked = machine.starts = 0
        machine.told = 1
        machine.empty = row.since
        if row.phase == WORK:
            machine.done = s.own[m].since + s.own[m].left
            machine.last_done = row.done
            machine.time = machine.done - row.since
            first = station.machine0
            i = first + node.works
            while i > first and w.unit_ends[i - 1] > machine.done:
                w.unit_ends[i] = w.unit_ends[i - 1]
                w.unit_whose[i] = w.unit_whose[i - 1]
                i -= 1
            w.unit_ends[i] = machine.done
            w.unit_whose[i] = m
            node.works += 1
        elif row.phase == IDLE:
            if node.kind == ONTO and row.tray >= 0:
                node.idle += 1
            else:
                node.bare += 1
            if t.queues[w.streams[node.inlet].queue].places == 0 and (node.kind != ONTO or row.tray >= 0):
                offer(w, node.inlet, row.since, root_of(j, m - station.machine0))


@kernel
def return_unit(t, s, w, m):
    """Bring a machine of the state up to date."""
    machine = w.units[m]
    if machine.told:
        return
    row = s.machines[m]
    own = s.own[m]
    station = t.stations[t.machines[m].station]
    at = machine.empty
    category = T_STARVED
    if machine.phase == WORK:
        at, category = machine.start, T_EXECUTE
    elif machine.phase == OUT:
        at, category = machine.done, T_BLOCKED
    s.times[m, T_EXECUTE] += machine.busy
    s.times[m, T_BLOCKED] += machine.blocked
    s.times[m, T_STARVED] += at - row.since - machine.busy - machine.blocked
    row.since = at
    row.category = category
    row.k += machine.starts
    row.arrive, row.start, row.n, row.phase = machine.arrive, machine.start, machine.n, machine.phase
    row.item = 0 if machine.phase == IDLE else machine.item
    row.waiting = 1 if machine.phase == OUT else 0
    row.tool = (row.k - 1) % station.tools if station.tools > 0 and row.k > 0 else -1
    own.n = machine.n
    own.scrap = 0
    if machine.phase == WORK:
        row.done = machine.last_done
        own.phase, own.since, own.left = WORK, machine.start, machine.time
    else:
        row.done = machine.done
        own.phase, own.since, own.left = IDLE, machine.done, 0


@kernel
def return_units(t, s, w, j):
    """Bring a station of the state and its machines up to date."""
    node = w.nodes[j]
    station = t.stations[j]
    state = s.stations[j]
    state.n = node.n - 1
    state.done += node.ended
    state.good += node.ended
    add_stay(s, j, node.stay)
    node.ended = node.stay = 0
    for m in range(station.machine0, station.machine0 + station.count):
        return_unit(t, s, w, m)
