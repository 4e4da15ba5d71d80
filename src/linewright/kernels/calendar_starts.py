"""Beginning and ending work: start, verdict (docs/semantics.md, section 5)."""

from __future__ import annotations

import numpy as np

from linewright.kernels import machine as own_side
from linewright.kernels.calendar_ahead import book, hold_back, unbook
from linewright.kernels.calendar_faults import begin_web, deviation, hit, inherit, leave_marks, with_deviations
from linewright.kernels.calendar_inputs import breaks_next, change_coil, fill_bulk, use_inputs
from linewright.kernels.calendar_orders import lose, note_order, order_of, product_of, set_up, take_order
from linewright.kernels.calendar_queues import has_some, off_carrier, pass_on, release, send, take
from linewright.kernels.calendar_rows import command, lost, made, visit
from linewright.kernels.calendar_sources import put_on_agenda, schedule
from linewright.kernels.calendar_stops import ask_people, count_start, free_people, set_category
from linewright.kernels.calendar_ways import free_places
from linewright.kernels.compiled import kernel, part
from linewright.kernels.exchange_rows import START
from linewright.kernels.rows import (
    KIND_SHIFT,
    LOST_BROKEN,
    SERIAL_MASK,
    VERDICT_CHANCE,
    VERDICT_FALSE_REJECT,
    VERDICT_LATE,
    VERDICT_LOST,
    VERDICT_MISSED,
    VERDICT_PASS,
    VERDICT_REJECT,
    VERDICT_REWORK,
    VERDICT_SCRAP,
)
from linewright.kernels.rules import CHANCE, MISS, SCRAP, VALUE, counted, uniform, value
from linewright.kernels.state import GRADE_MOST, GRADE_SHIFT, IDLE, MARK_SHIFT, READY, T_EXECUTE, T_UTILITY, WORK
from linewright.kernels.table import BULK, BY_GRADE, COIL, GATE_CHANCE, GATE_NONE, LEAVES, PART, POISSON, THROWN, UNLOADER

own_start = own_side.start


@part
def start(t, s, r, m, item, arrive, amount):
    """Begin the next start of a station on one of its machines."""
    row = s.machines[m]
    number = t.machines[m].station
    station = t.stations[number]
    state = s.stations[number]
    state.n += 1
    row.n = state.n
    row.k += 1
    now = s.head[0].now
    row.item = item
    row.arrive = arrive
    row.start = now
    row.phase = WORK
    row.tool = (row.k - 1) % station.tools if station.tools > 0 else -1
    if station.units > 0 and s.head[0].orders > 0:
        row.product = product_of(t, s, item)
    if station.plans:
        count_start(t, s, m, 1)
    if station.faults:
        if t.machines[m].progress0 > 0:
            begin_web(t, s, m)
        else:
            hit(t, s, r, m, item, row.tool)
    if station.asks:
        command(t, s, START, m, item, row.n, amount, -1, -1)
        if s.head[0].traces:
            with_deviations(t, s, m, item)
    else:
        own_start(t, s, m, row.n, row.product, now)
    schedule(t, s, m)
    set_category(t, s, r, m, T_EXECUTE)


# ---- beginning


@kernel
def send_back(t, s, r, m, item, arrive, stamp):
    """Let an item that is late wait on the machine for a place where such items go."""
    row = s.machines[m]
    number = t.machines[m].station
    now = s.head[0].now
    row.item = item
    row.give = item
    row.arrive = arrive
    row.stamp = stamp
    row.start = now
    row.done = now
    row.n = 0
    row.tool = -1
    row.grade = -1
    row.verdict = VERDICT_REWORK
    row.to = t.stations[number].late_queue
    s.stations[number].done += 1
    s.stations[number].rework += 1
    send(t, s, r, m)


@kernel
def next_item(t, s, r, m):
    """Take the next item of a station that may still be worked on; what is late is thrown away, or waits on the machine for its way back.

    Returns
    -------
    item, arrive, stamp
        0, 0, 0 where there is none.
    """
    number = t.machines[m].station
    station = t.stations[number]
    now = s.head[0].now
    while True:
        item, arrive, done, stamp = take(t, s, r, station.pass_queue, m)
        if item == 0 or station.within < 0 or now - (stamp if station.since else done) <= station.within:
            return item, arrive, stamp
        if station.late_queue >= 0:
            send_back(t, s, r, m, item, arrive, stamp)
            return np.int64(0), np.int64(0), np.int64(0)
        s.stations[number].late += 1
        lose(t, s, number, item)
        visit(t, s, r, number, m, item, arrive, now, now, now, 0, VERDICT_LATE, -1, -1)


@part
def attempt_item(t, s, r, m):
    """Try to begin the next item on an empty machine. Returns whether the machine is in work (or changes a coil) now."""
    number = t.machines[m].station
    station = t.stations[number]
    for j in range(station.slots):
        slot = t.slots[station.slot0 + j]
        mount = s.mounts[t.machines[m].mount0 + j]
        if slot.kind == PART:
            while mount.have < slot.amount:
                part, _, _, _ = take(t, s, r, slot.queue, m)
                if part == 0:
                    break
                if slot.breaks > 0.0 and breaks_next(t, s, number, j, slot):
                    lost(t, s, r, number, m, j, part, 0, 1, LOST_BROKEN)
                    continue
                s.parts[t.machines[m].part0 + slot.part0 + mount.have] = part
                mount.have += 1
        elif slot.kind == COIL:
            if mount.rest < slot.amount + slot.extra:
                changed = change_coil(t, s, r, m, j)
                if changed == 2:
                    return True
        elif slot.kind == BULK:
            fill_bulk(t, s, r, m, j)
    for j in range(station.slots):
        slot = t.slots[station.slot0 + j]
        mount = s.mounts[t.machines[m].mount0 + j]
        if (
            (slot.kind == PART and mount.have < slot.amount)
            or (slot.kind == COIL and mount.rest < slot.amount + slot.extra)
            or (slot.kind == BULK and mount.rest + mount.rest2 < slot.amount)
        ):
            if station.before:
                hold_back(t, s, r, m, 0)
            return False
    if station.before and not finds_places(t, s, r, m):
        return False
    if station.pass_queue >= 0:
        item, arrive, stamp = next_item(t, s, r, m)
        if item == 0:
            if station.before:
                unbook(t, s, m, LEAVES)
            return False
    else:
        item = np.int64(0)
        stamp = np.int64(0)
        arrive = s.head[0].now
        if station.by_order and not take_order(t, s, m):
            return False
    row = s.machines[m]
    row.item = item
    row.arrive = arrive
    row.stamp = stamp
    if station.setup0 > 0 and set_up(t, s, r, m):
        return True
    return make_ready(t, s, r, m)


@kernel
def make_ready(t, s, r, m):
    """Start with what is in a machine, when the people that it needs are there. Returns whether it is in work now."""
    if not man(t, s, r, m):
        return False
    begin_work(t, s, r, m)
    return True


@kernel
def man(t, s, r, m):
    """Ask for the people that a machine needs to run what is in it. Returns whether all are there."""
    station = t.stations[t.machines[m].station]
    if station.needs == 0:
        return True
    row = s.machines[m]
    row.phase = READY
    row.people = 0
    ask_people(t, s, m)
    if row.people < station.needs:
        set_category(t, s, r, m, T_UTILITY)
        return False
    return True


@kernel
def finds_places(t, s, r, m):
    """Keep the places ahead that a start needs; a machine that lacks nothing else is held back. Returns whether they are kept."""
    queue = t.stations[t.machines[m].station].pass_queue
    if queue >= 0 and not has_some(t, s, queue):
        hold_back(t, s, r, m, 0)
        return False
    is_free = book(t, s, m)
    hold_back(t, s, r, m, 0 if is_free else 1)
    return is_free


@kernel
def begin_work(t, s, r, m):
    """Start with what is in a machine."""
    row = s.machines[m]
    station = t.stations[t.machines[m].station]
    item = row.item
    arrive = row.arrive
    if station.pass_queue < 0:
        item = (station.kind << KIND_SHIFT) | s.serials[station.kind]
        s.serials[station.kind] += 1
        arrive = s.head[0].now
        if station.by_order:
            note_order(t, s, r, t.machines[m].station, item, row.order)
    if station.slots:
        use_inputs(t, s, r, m, item)
    start(t, s, r, m, item, arrive, station.enter if station.enter > 0 else 1)


# ---- end of work


@kernel
def given_value(s, i):
    """Return the i-th value of the record that is taken in now."""
    record = s.inbox[0]
    if i == 0:
        return record.v0
    if i == 1:
        return record.v1
    return record.v2 if i == 2 else record.v3


@part
def all_inside(t, s, check0, checks, item, given):
    """Tell whether an item lies inside all of some windows; of its values the first `given` come from a record, the others are drawn."""
    for i in range(check0, check0 + checks):
        check = t.checks[i]
        if check.mark >= 0 and (item >> (MARK_SHIFT + check.mark)) & 1:
            return False
        mean = check.mean
        spread = check.spread
        if check.channel >= 0 and s.head[0].traces:
            more, wider = deviation(t, s, item, check.channel, check.amount)
            mean += more
            spread += wider
        if 0 <= check.value < given:
            x = given_value(s, check.value)
        elif check.law >= POISSON:
            x = counted(check.law, mean, uniform(s.head[0].base, check.hash, VALUE, item & (SERIAL_MASK | check.again)))
        else:
            x = value(t.normal, s.head[0].base, check.hash, item & (SERIAL_MASK | check.again), mean, spread)
        if not (check.lower <= x <= check.upper):
            return False
    return True


@part
def grade_of(t, s, station, item, given):
    """Return the first grade that fits an item; -1 where none does."""
    row = t.stations[station]
    grade0 = row.grade0 if row.variant0 == 0 else t.variants[row.variant0 - 1 + product_of(t, s, item)].grade0
    for j in range(row.grades):
        grade = t.grades[grade0 + j]
        if all_inside(t, s, grade.check0, grade.checks, item, given):
            return j
    return -1


@part
def chance_verdict(u, fails, misses, false_alarms):
    """Return the verdict of a gate that works by chance: one number says whether the item is bad, and whether the gate sees it rightly."""
    if u < fails:
        return VERDICT_CHANCE if u < fails * (1.0 - misses) else VERDICT_MISSED
    return VERDICT_FALSE_REJECT if u < fails + (1.0 - fails) * false_alarms else VERDICT_PASS


@part
def verdict_of(t, s, station, item, n, scrap, grade, given):
    """Return the verdict on an item whose work has ended."""
    row = t.stations[station]
    if scrap:
        return VERDICT_SCRAP
    if row.gate == GATE_NONE:
        return VERDICT_PASS
    if row.gate == GATE_CHANCE:
        return chance_verdict(uniform(s.head[0].base, row.hash, CHANCE, n), row.fails, row.misses, row.false_alarms)
    check0 = row.check0 if row.variant0 == 0 else t.variants[row.variant0 - 1 + product_of(t, s, item)].check0
    good = all_inside(t, s, check0, row.checks, item, given) and (row.grades == 0 or grade >= 0)
    if good:
        if row.false_alarms > 0.0 and uniform(s.head[0].base, row.hash, MISS, n) < row.false_alarms:
            return VERDICT_FALSE_REJECT
        return VERDICT_PASS
    if row.misses > 0.0 and uniform(s.head[0].base, row.hash, MISS, n) < row.misses:
        return VERDICT_MISSED
    return VERDICT_REJECT


@part
def judged(t, s, number, item, n, scrap, given):
    """Return verdict and grade of an item whose work has ended; one of a grade that goes nowhere is refused."""
    station = t.stations[number]
    grade = grade_of(t, s, number, item, given) if station.grades > 0 and not scrap else -1
    verdict = verdict_of(t, s, number, item, n, scrap, grade, given)
    if station.choose == BY_GRADE and station.routes > 0 and verdict in (VERDICT_PASS, VERDICT_MISSED):
        target = t.routes[station.route0 + (grade if 0 <= grade < station.routes else station.routes - 1)]
        verdict = VERDICT_REJECT if target == THROWN else verdict
    return verdict, grade


@part
def count_verdict(state, verdict):
    """Count a verdict."""
    if verdict in (VERDICT_PASS, VERDICT_MISSED):
        state.good += 1
        if verdict == VERDICT_MISSED:
            state.missed += 1
    elif verdict == VERDICT_SCRAP:
        state.scrap += 1
    elif verdict == VERDICT_REJECT:
        state.reject += 1
    elif verdict == VERDICT_FALSE_REJECT:
        state.false_reject += 1
    elif verdict == VERDICT_REWORK:
        state.rework += 1
    elif verdict == VERDICT_LOST:
        state.lost += 1
    else:
        state.chance += 1


@kernel
def graded(item, grade):
    """Return an item's key with another grade."""
    return (item & ~(GRADE_MOST << GRADE_SHIFT)) | ((grade + 1) << GRADE_SHIFT)


@kernel
def is_scrap(t, s, number, item, n):
    """Tell whether an item of an oven or a store, where no machine says it, is scrap by chance."""
    station = t.stations[number]
    scrap = station.scrap if station.variant0 == 0 else t.variants[station.variant0 - 1 + product_of(t, s, item)].scrap
    return scrap > 0.0 and uniform(s.head[0].base, station.hash, SCRAP, n) < scrap


@part
def mended_at(s, station, m):
    """Return the queue to which a gate sends what it has refused, LEAVES where it is thrown away; `give` is the item with the pass counted."""
    row = s.machines[m]
    row.give = row.item
    passes = (row.item >> station.pass_shift) & station.pass_most
    if station.limit >= 0 and passes >= station.limit:
        return station.then_queue
    row.give = row.item + (1 << station.pass_shift) if passes < station.pass_most else row.item
    return station.fail_queue


@part
def finds_no_place(t, s, station):
    """Tell whether an arrival finds all places taken, and no machine that could take it at once."""
    queue = t.queues[station.out_queue]
    if free_places(t, s, station.out_queue) > 0:
        return False
    if queue.places > 0 or s.queues[station.out_queue].wait > 0:
        return True
    behind = t.stations[queue.station]
    empty = 0
    for m in range(behind.machine0, behind.machine0 + behind.count):
        empty += s.machines[m].phase == IDLE and s.machines[m].mask == 0
    return empty == 0


@part
def split(t, s, r, m, number, station):
    """Let an item end in several: the lanes of a web, or all that a station makes of it."""
    row = s.machines[m]
    row.output = 0
    order = order_of(t, s, row.item)
    if station.outs == 0:
        row.give = (station.kind << KIND_SHIFT) | s.serials[station.kind]
        s.serials[station.kind] += station.lanes
        row.lanes = station.lanes
        for lane in range(station.lanes):
            made(t, s, r, number, m, row.give + lane, row.item, station.amount, lane)
            if s.head[0].traces:
                inherit(s, r, number, row.item, row.give + lane, lane)
        note_order(t, s, r, number, row.give, order)
        return
    for k in range(station.outs):
        output = t.outputs[station.out0 + k]
        first = (output.kind << KIND_SHIFT) | s.serials[output.kind]
        s.serials[output.kind] += output.amount
        s.parts[t.machines[m].part0 + station.give0 + k] = first
        for i in range(output.amount):
            made(t, s, r, number, m, first + i, row.item, output.made, -1)
            if s.head[0].traces:
                inherit(s, r, number, row.item, first + i, -1)
        if k == 0:
            note_order(t, s, r, number, first, order)
    row.give = s.parts[t.machines[m].part0 + station.give0]
    row.lanes = t.outputs[station.out0].amount


@part
def item_done(t, s, r, m, scrap, given):
    """End the work on one item, also one that comes off a carrier: verdict, what it has become, and its way on."""
    row = s.machines[m]
    number = t.machines[m].station
    station = t.stations[number]
    state = s.stations[number]
    now = s.head[0].now
    row.done = now
    item = row.item
    if station.lot and (station.faults or s.head[0].traces):
        leave_marks(t, s, r, m, item)
    if station.needs > 0:
        free_people(t, s, r, m)
    verdict, grade = judged(t, s, number, item, row.n, scrap, given)
    if station.loses and verdict == VERDICT_PASS and finds_no_place(t, s, station):
        verdict = VERDICT_LOST
    if station.before and verdict not in (VERDICT_PASS, VERDICT_MISSED):
        unbook(t, s, m, LEAVES)
    if station.fail_queue >= 0 and verdict in (VERDICT_REJECT, VERDICT_FALSE_REJECT, VERDICT_CHANCE):
        row.to = mended_at(s, station, m)
        if row.to != LEAVES:
            verdict = VERDICT_REWORK
    row.grade = grade
    row.verdict = verdict
    state.done += 1
    count_verdict(state, verdict)
    if station.before and verdict in (VERDICT_PASS, VERDICT_MISSED) and station.routes > 0 and station.choose == BY_GRADE:
        unbook(t, s, m, t.routes[station.route0 + (grade if 0 <= grade < station.routes else station.routes - 1)])
    if station.begins:
        made(t, s, r, number, m, item, 0, station.amount, -1)
    if verdict == VERDICT_REWORK:
        send(t, s, r, m)
        if station.plans:
            put_on_agenda(s, number)
        return
    if verdict not in (VERDICT_PASS, VERDICT_MISSED):
        lose(t, s, number, item)
        visit(t, s, r, number, m, item, row.arrive, row.start, now, now, row.n, verdict, grade, row.tool)
        if station.flow == UNLOADER:
            off_carrier(t, s, r, m, item)
        release(t, s, r, m)
        return
    if grade >= 0:
        row.item = graded(item, grade)
    if station.lanes > 1 or station.outs > 0:
        split(t, s, r, m, number, station)
    pass_on(t, s, r, m)
    if station.plans:
        put_on_agenda(s, number)  # maintenance may begin while the item waits

