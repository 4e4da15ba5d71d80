"""Ovens, stores, loaders, unloaders (docs/semantics.md, section 8)."""

from __future__ import annotations

import numpy as np

from linewright.kernels import machine as own_side
from linewright.kernels.calendar_ahead import book, give_back, hold_back
from linewright.kernels.calendar_faults import hit, with_deviations
from linewright.kernels.calendar_orders import law_of, lose, product_of
from linewright.kernels.calendar_queues import has_some, leave_oven, leave_store, on_carrier, pass_on, peek, release, take
from linewright.kernels.calendar_rows import command, no_value, placed, tool_stop, visit
from linewright.kernels.calendar_sources import put_on_agenda, schedule
from linewright.kernels.calendar_starts import begin_work, count_verdict, finds_places, graded, is_scrap, judged, man, next_item, start
from linewright.kernels.calendar_stops import ask_people, count_start, free_people, set_category, settle_category
from linewright.kernels.compiled import kernel, part
from linewright.kernels.exchange_rows import START
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK, VERDICT_MISSED, VERDICT_PASS
from linewright.kernels.rules import SERVICE, duration
from linewright.kernels.state import FILLED, GRADE_MOST, GRADE_SHIFT, IDLE, LINE_OUTS, LOAD, MISSINGS, NEVER, OPEN, READY, T_EXECUTE, UNLOAD, WORK
from linewright.kernels.table import ITEM, STORE

own_start = own_side.start


# ---- ovens


@kernel
def is_of_another_product(t, s, m):
    """Tell whether the next item is none of those that the oven may hold together with what is in it."""
    item = peek(t, s, t.stations[t.machines[m].station].pass_queue, m)
    return item != 0 and product_of(t, s, item) != s.machines[m].product


@kernel
def open_oven(t, s, number):
    """Return the machine that takes items in: the one that holds some and has not started, else the first that is empty and may begin; -1 none."""
    station = t.stations[number]
    state = s.stations[number]
    if state.open < 0:
        for m in range(station.machine0, station.machine0 + station.count):
            if s.machines[m].phase == IDLE and s.machines[m].mask == 0:
                state.open = m
                break
    return state.open


@kernel
def start_batch(t, s, r, m):
    """Let an oven begin with what is in it."""
    row = s.machines[m]
    number = t.machines[m].station
    station = t.stations[number]
    state = s.stations[number]
    now = s.head[0].now
    state.n += 1
    row.n = state.n
    row.k += 1
    row.start = now
    row.due = NEVER
    row.phase = WORK
    if station.plans:
        count_start(t, s, m, row.on)
    if station.faults:
        for i in range(row.on):
            hit(t, s, r, m, s.bins[station.bin0 + (m - station.machine0) * station.size + i].item, -1)
    if station.asks:
        command(t, s, START, m, row.item, row.n, row.on, -1, -1)
        if s.head[0].traces:
            with_deviations(t, s, m, row.item)
    else:
        own_start(t, s, m, row.n, row.product, now)
    schedule(t, s, m)
    set_category(t, s, r, m, T_EXECUTE)


@kernel
def close_batch(t, s, r, m):
    """Let a batch that is complete start, when there are places behind, and people where it needs them. Returns whether anything changed."""
    number = t.machines[m].station
    row = s.machines[m]
    if t.stations[number].before:
        is_free = book(t, s, m)
        hold_back(t, s, r, m, 0 if is_free else 1)
        if not is_free:
            return False
    s.stations[number].open = -1
    row.due = NEVER
    schedule(t, s, m)
    if man(t, s, r, m):
        start_batch(t, s, r, m)
    return True


@part
def attempt_batch(t, s, r, m):
    """Let the open oven of a station go on: take the next item in, or start. Returns whether anything was done."""
    number = t.machines[m].station
    station = t.stations[number]
    now = s.head[0].now
    row = s.machines[m]
    if row.mask or row.phase == LOAD:
        if row.on == 0:
            s.stations[number].open = -1
        return False
    is_full = row.on == station.size or (row.on > 0 and station.wait >= 0 and now >= row.start + station.wait)
    if is_full or (row.on > 0 and station.variant0 > 0 and is_of_another_product(t, s, m)):
        return close_batch(t, s, r, m)
    item, arrive, stamp = next_item(t, s, r, m)
    if item == 0:
        if row.on == 0:
            s.stations[number].open = -1
        return False
    if row.on == 0:
        row.start = now
        row.item = item
        row.out = 0
        if station.units > 0 and s.head[0].orders > 0:
            row.product = product_of(t, s, item)
    entry = s.bins[station.bin0 + (m - station.machine0) * station.size + row.on]
    entry.item = item
    entry.arrive = arrive
    entry.stamp = stamp
    row.on += 1
    if station.load == 0:
        row.phase = OPEN
        row.due = row.start + station.wait if station.wait >= 0 and row.on < station.size else NEVER
    else:
        row.phase = LOAD
        row.due = now + station.load
        set_category(t, s, r, m, T_EXECUTE)
    schedule(t, s, m)
    return True


@part
def attempt_ovens(t, s, r, number):
    """Let the ovens of a station go on, in their order."""
    station = t.stations[number]
    changed = True
    while changed:
        changed = False
        if station.needs == 0:
            m = open_oven(t, s, number)
            changed = m >= 0 and attempt_batch(t, s, r, m)
            continue
        for m in range(station.machine0, station.machine0 + station.count):
            row = s.machines[m]
            if row.phase == READY:
                if row.mask == 0 and row.people == station.needs:
                    start_batch(t, s, r, m)
                    changed = True
            elif open_oven(t, s, number) == m and attempt_batch(t, s, r, m):
                changed = True


@part
def batch_done(t, s, r, m):
    """End the work on a batch: the first item comes out after `unload`."""
    row = s.machines[m]
    number = t.machines[m].station
    station = t.stations[number]
    now = s.head[0].now
    row.done = now
    if station.needs > 0:
        free_people(t, s, r, m)
    if not station.judges:
        s.stations[number].done += row.on
        s.stations[number].good += row.on
    row.phase = UNLOAD
    row.due = now + station.unload
    schedule(t, s, m)


@part
def line_due(t, s, r, m):
    """What the line does for a machine falls due: an item is loaded or unloaded, a batch has waited enough, a store's first item is ready."""
    row = s.machines[m]
    number = t.machines[m].station
    station = t.stations[number]
    now = s.head[0].now
    row.due = NEVER
    if row.phase == LOAD:
        row.phase = OPEN
        if station.wait >= 0 and row.on < station.size:
            row.due = max(row.start + station.wait, now)
        schedule(t, s, m)
        settle_category(t, s, r, m)
        put_on_agenda(s, number)
        return
    if row.phase == OPEN:
        schedule(t, s, m)
        put_on_agenda(s, number)
        return
    schedule(t, s, m)
    if row.phase == UNLOAD:
        entry = s.bins[station.bin0 + (m - station.machine0) * station.size + row.out]
        row.item = entry.item
        row.stamp = entry.stamp
    else:
        entry = s.bins[station.bin0 + row.head]
        row.item = entry.item
        row.stamp = entry.stamp
        row.done = now
    if judge_held(t, s, r, m):
        pass_on(t, s, r, m)


# ---- stores


@part
def judge_held(t, s, r, m):
    """Judge an item that comes out of an oven or a store; what is refused has left. Returns whether it goes on."""
    row = s.machines[m]
    number = t.machines[m].station
    station = t.stations[number]
    item = row.item
    n = item & (SERIAL_MASK | station.again)
    verdict, grade = judged(t, s, number, item, n, is_scrap(t, s, number, item, n), np.int64(0))
    row.verdict = verdict
    row.grade = grade
    if station.flow == STORE or station.judges:
        s.stations[number].done += 1
        count_verdict(s.stations[number], verdict)
    if verdict in (VERDICT_PASS, VERDICT_MISSED):
        if grade >= 0:
            row.item = graded(item, grade)
        return True
    lose(t, s, number, item)
    if row.booked > 0:
        row.booked -= 1
        give_back(t, s, station.out_queue, np.int64(1))
    if station.flow == STORE:
        leave_store(t, s, r, m, number, item, row.done)
    else:
        leave_oven(t, s, r, m, number, item, row.done)
    return False


@kernel
def is_manned(t, s, r, m):
    """Tell whether the people are there that a store needs while it holds something; an empty one asks for them."""
    row = s.machines[m]
    needs = t.stations[t.machines[m].station].needs
    if row.on == 0 and row.phase == IDLE and row.people < needs:
        row.phase = READY
        row.people = 0
        ask_people(t, s, m)
    if row.phase == READY:
        if row.people == needs:
            row.phase = IDLE
        settle_category(t, s, r, m)
    return row.phase != READY


@part
def attempt_store(t, s, r, m):
    """Let items into a store while it has places. Returns whether any moved in."""
    row = s.machines[m]
    number = t.machines[m].station
    station = t.stations[number]
    state = s.stations[number]
    now = s.head[0].now
    changed = False
    while True:
        if station.needs > 0 or station.before:
            if not has_some(t, s, station.pass_queue):
                hold_back(t, s, r, m, 0)
                break
            if row.on < station.size and not is_manned(t, s, r, m):
                break
        if row.on == station.size or (station.before and not finds_places(t, s, r, m)):
            break
        item, arrive, stamp = next_item(t, s, r, m)
        if item == 0:
            if station.before and station.out_queue >= 0:
                row.booked -= 1
                give_back(t, s, station.out_queue, np.int64(1))
            break
        if station.units > 0 and s.head[0].orders > 0:
            row.product = product_of(t, s, item)
        state.n += 1
        at = row.head + row.on
        if at >= station.size:
            at -= station.size
        entry = s.bins[station.bin0 + at]
        entry.item = item
        entry.arrive = arrive
        entry.start = now
        entry.stamp = stamp
        entry.n = state.n
        entry.ready = now + duration(t.laws, t.quantiles, law_of(t, s, m), s.head[0].base, station.hash, SERVICE, state.n)
        row.on += 1
        if station.faults:
            hit(t, s, r, m, item, -1)
        if row.on == 1:
            row.due = entry.ready
            schedule(t, s, m)
            settle_category(t, s, r, m)
        changed = True
    return changed


# ---- carriers


@kernel
def open_carrier(t, s, c, grade):
    """Take the next empty carrier, for items of one grade (0: of any); -1 where there is none."""
    carrier = t.carriers[c]
    state = s.carriers[c]
    if state.empty == 0:
        return np.int64(-1)
    number = s.empties[carrier.tray0 + state.empty_head]
    state.empty_head += 1
    if state.empty_head >= carrier.count:
        state.empty_head = 0
    state.empty -= 1
    tray = s.trays[carrier.tray0 + number]
    tray.content = FILLED
    tray.count = 0
    tray.grade = grade
    return number


@kernel
def carrier_key(t, s, c, tray):
    """Return the key of a carrier; one of which there is no end has a new serial each time."""
    carrier = t.carriers[c]
    return (carrier.kind << KIND_SHIFT) | (tray + 1 + s.trays[carrier.tray0 + tray].round * carrier.count)


@part
def attempt_loader(t, s, r, m):
    """Take an empty carrier where there is none, and the next item. Returns whether the machine is in work now."""
    row = s.machines[m]
    station = t.stations[t.machines[m].station]
    c = station.carrier
    if station.same:
        queue = s.queues[station.pass_queue]
        if queue.count == 0:
            return False
        grade = (s.ring[t.queues[station.pass_queue].ring0 + queue.head].item >> GRADE_SHIFT) & GRADE_MOST
        at = t.machines[m].part0 + grade
        if s.parts[at] == 0:
            s.parts[at] = open_ahead(t, s, r, m, grade) + 1
        if s.parts[at] == 0:
            return False
        row.tray = s.parts[at] - 1
        row.on = s.trays[t.carriers[c].tray0 + row.tray].count
    elif row.tray < 0:
        row.tray = open_ahead(t, s, r, m, 0)
        if row.tray < 0:
            return False
        row.on = 0
    item, arrive, stamp = next_item(t, s, r, m)
    if item == 0:
        return False
    row.stamp = stamp
    return start_on_carrier(t, s, r, m, item, arrive)


@kernel
def start_on_carrier(t, s, r, m, item, arrive):
    """Start with an item that comes on a carrier or off one, when the people have come that it needs. Returns whether it is in work now."""
    row = s.machines[m]
    row.item = item
    row.arrive = arrive
    if not man(t, s, r, m):
        return False
    start(t, s, r, m, item, arrive, 1)
    return True


@kernel
def open_ahead(t, s, r, m, grade):
    """Take the next empty carrier of a loader; where it works only with places behind, when there is one for it. Returns -1 where there is none."""
    station = t.stations[t.machines[m].station]
    if station.before:
        if s.carriers[station.carrier].empty == 0:
            hold_back(t, s, r, m, 0)
            return np.int64(-1)
        is_free = book(t, s, m)
        hold_back(t, s, r, m, 0 if is_free else 1)
        if not is_free:
            return np.int64(-1)
    return open_carrier(t, s, station.carrier, grade)


@part
def loader_done(t, s, r, m, scrap, given):
    """Lay an item on the carrier, if it is good; a full carrier goes on."""
    row = s.machines[m]
    number = t.machines[m].station
    station = t.stations[number]
    c = station.carrier
    carrier = t.carriers[c]
    now = s.head[0].now
    row.done = now
    if station.needs > 0:
        free_people(t, s, r, m)
    verdict, _ = judged(t, s, number, row.item, row.n, scrap, given)
    s.stations[number].done += 1
    count_verdict(s.stations[number], verdict)
    if verdict not in (VERDICT_PASS, VERDICT_MISSED):
        lose(t, s, number, row.item)
        visit(t, s, r, number, m, row.item, row.arrive, row.start, now, now, row.n, verdict, -1, row.tool)
        release(t, s, r, m)
        return
    tray = s.trays[carrier.tray0 + row.tray]
    s.fills[carrier.fill0 + row.tray * carrier.holds + row.on] = row.item & SERIAL_MASK
    tray.dirty = 1
    key = carrier_key(t, s, c, row.tray)
    placed(s, r, number, row.item, key, row.on, 0)
    stamp = now if station.stamps else row.stamp
    tray.stamp = min(tray.stamp, stamp) if row.on > 0 else stamp
    row.on += 1
    tray.count = row.on
    visit(t, s, r, number, m, row.item, row.arrive, row.start, now, now, row.n, verdict, -1, row.tool)
    if row.on == carrier.holds:
        if station.same:
            s.parts[t.machines[m].part0 + tray.grade] = 0
        row.item = key
        row.stamp = tray.stamp
        pass_on(t, s, r, m)
        if station.plans:
            put_on_agenda(s, number)
    else:
        release(t, s, r, m)


@part
def attempt_unloader(t, s, r, m):
    """Take a full carrier where there is none, and begin with its next item. Returns whether the machine is in work now."""
    row = s.machines[m]
    station = t.stations[t.machines[m].station]
    c = station.carrier
    if row.tray < 0:
        item, _, _, stamp = take(t, s, r, station.pass_queue, m)
        if item == 0:
            return False
        row.stamp = stamp
        row.tray = (item & SERIAL_MASK) - 1
        row.on = s.trays[t.carriers[c].tray0 + row.tray].count
        row.out = 0
        row.arrive = s.head[0].now
    if station.before:
        is_free = book(t, s, m)
        hold_back(t, s, r, m, 0 if is_free else 1)
        if not is_free:
            return False
    return start_on_carrier(t, s, r, m, on_carrier(t, s, c, row.tray, row.out), row.arrive)


# ---- tools of stations whose items are carriers


@kernel
def lacks_value(t, s, r, j, m, tool):
    """The unit under a tool that is out gets no value; nothing where its place is empty."""
    mode = t.toolmodes[j]
    carrier = t.carriers[mode.carrier]
    tray = (s.machines[m].item & SERIAL_MASK) - 1
    row = s.trays[carrier.tray0 + tray]
    head = s.head[0]
    if tool >= row.count or head.missing >= MISSINGS:
        return
    for i in range(head.missing):
        entry = s.missing[i]
        if entry.carrier == mode.carrier and entry.tray == tray and entry.place == tool and entry.mark == mode.mark:
            return
    entry = s.missing[head.missing]
    head.missing += 1
    entry.carrier = mode.carrier
    entry.tray = tray
    entry.place = tool
    entry.mark = mode.mark
    row.missing += 1
    no_value(s, r, mode.station, m - t.stations[mode.station].machine0, on_carrier(t, s, mode.carrier, tray, tool), tool)


@part
def tools_at_start(t, s, r, m):
    """A carrier begins at a machine of which some tools are out."""
    head = s.head[0]
    number = t.machines[m].station
    for i in range(head.outs):
        out = s.outs[i]
        if t.toolmodes[out.toolmode].station == number and t.stations[number].machine0 + out.machine == m:
            lacks_value(t, s, r, out.toolmode, m, out.tool)


@kernel
def begin_ready(t, s, r, m):
    """Start on a machine in which all is, and whose people have come."""
    flow = t.stations[t.machines[m].station].flow
    if flow == ITEM:
        begin_work(t, s, r, m)
        if t.stations[t.machines[m].station].toolmodes > 0:
            tools_at_start(t, s, r, m)
    else:
        start(t, s, r, m, s.machines[m].item, s.machines[m].arrive, 1)


@part
def tool_out(t, s, r, j, machine, tool, n):
    """A tool goes out."""
    mode = t.toolmodes[j]
    head = s.head[0]
    tool_stop(s, r, mode.station, machine, tool, mode.reason, 1)
    if head.outs < LINE_OUTS:
        out = s.outs[head.outs]
        head.outs += 1
        out.toolmode = j
        out.machine = machine
        out.tool = tool
        out.n = n
    m = t.stations[mode.station].machine0 + machine
    if s.machines[m].phase == WORK:
        lacks_value(t, s, r, j, m, tool)


@part
def tool_back(t, s, r, j, machine, tool):
    """A tool comes back."""
    mode = t.toolmodes[j]
    head = s.head[0]
    kept = 0
    found = False
    for i in range(head.outs):
        out = s.outs[i]
        if out.toolmode == j and out.machine == machine and out.tool == tool:
            found = True
            continue
        s.outs[kept] = out
        kept += 1
    head.outs = kept
    if found:
        tool_stop(s, r, mode.station, machine, tool, mode.reason, 0)
