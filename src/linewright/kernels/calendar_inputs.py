"""Inputs of a machine: coils, batches, parts; what a start uses up (docs/semantics.md, section 5)."""

from __future__ import annotations

from linewright.kernels import machine as own_side
from linewright.kernels.calendar_faults import bring
from linewright.kernels.calendar_queues import take
from linewright.kernels.calendar_rows import command, consumed, lost, mounted
from linewright.kernels.calendar_sources import schedule
from linewright.kernels.calendar_stops import set_category
from linewright.kernels.compiled import kernel, part
from linewright.kernels.exchange_rows import CHANGE as CHANGE_COMMAND
from linewright.kernels.rows import KIND_SHIFT, LOST_BROKEN, LOST_OLD, LOST_REST, LOST_SPLICE
from linewright.kernels.rules import BREAK, uniform
from linewright.kernels.state import CHANGE, T_CHANGE
from linewright.kernels.table import PART, SUPPLY

own_change = own_side.change


@kernel
def put_on(t, s, r, m, slot_number):
    """A new coil is on an input: the splice is lost, and the lot is told."""
    number = t.machines[m].station
    slot = t.slots[t.stations[number].slot0 + slot_number]
    mount = s.mounts[t.machines[m].mount0 + slot_number]
    for i in range(slot.rolls):
        mounted(t, s, r, number, m, slot_number, mount.lot + i)
        lost(t, s, r, number, m, slot_number, mount.lot + i, 0, slot.splice, LOST_SPLICE)
    mount.at = slot.splice
    mount.rest = slot.length - slot.splice


@part
def change_coil(t, s, r, m, slot_number):
    """Change the coil of an input.

    Returns
    -------
    0 where there is no new coil, 1 where it is on at once, 2 where the machine changes it now
    """
    number = t.machines[m].station
    slot = t.slots[t.stations[number].slot0 + slot_number]
    mount = s.mounts[t.machines[m].mount0 + slot_number]
    if slot.queue < 0:
        lot = (slot.thing << KIND_SHIFT) | s.serials[slot.thing]
        born = s.head[0].now
        s.serials[slot.thing] += slot.rolls
    else:
        lot, _, born, _ = take(t, s, r, slot.queue, m)
        if lot == 0:
            return 0
    if mount.lot != 0:
        for i in range(slot.rolls):
            lost(t, s, r, number, m, slot_number, mount.lot + i, mount.at, mount.at + mount.rest, LOST_REST)
    mount.lot = lot
    mount.born = born
    mount.at = 0
    mount.rest = 0
    if slot.change == 0:
        put_on(t, s, r, m, slot_number)
        return 1
    row = s.machines[m]
    row.slot = slot_number
    row.phase = CHANGE
    if t.stations[number].asks:
        command(t, s, CHANGE_COMMAND, m, lot, 0, slot.length, slot_number, -1)
    else:
        own_change(t, s, m, slot_number, s.head[0].now)
    schedule(t, s, m)
    set_category(t, s, r, m, T_CHANGE)
    return 2


@part
def fill_bulk(t, s, r, m, slot_number):
    """Take batches in until there is enough for one start. Returns whether there is."""
    number = t.machines[m].station
    slot = t.slots[t.stations[number].slot0 + slot_number]
    mount = s.mounts[t.machines[m].mount0 + slot_number]
    now = s.head[0].now
    while True:
        if mount.rest > 0 and slot.life >= 0 and now - mount.born > slot.life:
            lost(t, s, r, number, m, slot_number, mount.lot, mount.at, mount.at + mount.rest, LOST_OLD)
            mount.rest = 0
        if mount.rest == 0 and mount.rest2 > 0:
            mount.lot = mount.lot2
            mount.at = 0
            mount.rest = mount.rest2
            mount.born = mount.born2
            mount.rest2 = 0
            continue
        if mount.rest + mount.rest2 >= slot.amount:
            return True
        lot, _, born, _ = take(t, s, r, slot.queue, m)
        if lot == 0:
            return False
        if slot.life >= 0 and now - born > slot.life:
            lost(t, s, r, number, m, slot_number, lot, 0, slot.length, LOST_OLD)
            continue
        mounted(t, s, r, number, m, slot_number, lot)
        if mount.rest == 0:
            mount.lot = lot
            mount.at = 0
            mount.rest = slot.length
            mount.born = born
        else:
            mount.lot2 = lot
            mount.rest2 = slot.length
            mount.born2 = born


@kernel
def breaks_next(t, s, number, j, slot):
    """Tell whether the next piece that a station draws for an input breaks."""
    count = s.mounts[t.machines[t.stations[number].machine0].mount0 + j]
    count.drawn += 1
    return uniform(s.head[0].base, slot.hash, BREAK, count.drawn) < slot.breaks


@part
def broken_of(t, s, number, j, slot):
    """Draw the pieces of one start from a supply; return how many broke."""
    broken = 0
    for _ in range(slot.amount):
        while breaks_next(t, s, number, j, slot):
            broken += 1
    return broken


@part
def use_inputs(t, s, r, m, item):
    """Take what one start needs from all inputs."""
    number = t.machines[m].station
    station = t.stations[number]
    machine = t.machines[m]
    if s.head[0].traces:
        bring(t, s, r, m, item)
    for j in range(station.slots):
        slot = t.slots[station.slot0 + j]
        if slot.kind == SUPPLY:
            if slot.breaks > 0.0:
                lost(t, s, r, number, m, j, s.mounts[machine.mount0 + j].lot, 0, broken_of(t, s, number, j, slot), LOST_BROKEN)
            continue
        mount = s.mounts[machine.mount0 + j]
        if slot.kind == PART:
            for i in range(slot.amount):
                consumed(t, s, r, number, m, j, item, s.parts[machine.part0 + slot.part0 + i], 0, 0)
            mount.have = 0
            continue
        used = min(slot.amount, mount.rest)
        for i in range(slot.rolls):
            consumed(t, s, r, number, m, j, item, mount.lot + i, mount.at, mount.at + used)
        for i in range(slot.rolls):
            lost(t, s, r, number, m, j, mount.lot + i, mount.at + used, mount.at + used + slot.extra, LOST_BROKEN)
        mount.at += used + slot.extra
        mount.rest -= used + slot.extra
        if used < slot.amount:
            more = slot.amount - used
            mount.lot = mount.lot2
            mount.born = mount.born2
            mount.rest = mount.rest2 - more
            mount.rest2 = 0
            mount.at = more
            consumed(t, s, r, number, m, j, item, mount.lot, 0, more)
