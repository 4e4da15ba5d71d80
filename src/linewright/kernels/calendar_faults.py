"""What faults leave on things: traces that travel with the material, and what they add to measured values (docs/semantics.md, section 9).

A trace lies in a ring and in the chain of its key; the ring is long enough for all that the line holds, so the oldest is of a thing that has left.
"""

from __future__ import annotations

import math

import numpy as np

from linewright.kernels.calendar_rows import faulted
from linewright.kernels.compiled import kernel
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.kernels.state import KEY_MASK, OPENING, T_EXECUTE, Z_CHANNELS, Z_FAULTS
from linewright.kernels.table import PART, SUPPLY


@kernel
def share_at(fault, at):
    """Return how much of a fault acts at a time, 0 to 1."""
    if at < fault.begin or at >= fault.end:
        return 0.0
    age = at - fault.begin
    if fault.period > 0 and 2 * (age % fault.period) >= fault.period:
        return 0.0
    if age < fault.over:
        return np.float64(age) / np.float64(fault.over)
    return 1.0


# ---- traces


@kernel
def bucket(s, key):
    """Return the number of the chain of a key."""
    return ((key & SERIAL_MASK) + (key >> KIND_SHIFT) * 977) % s.trace_heads.shape[0]


@kernel
def unlink(s, number):
    """Take a trace (from 1) out of its chain."""
    row = s.traces[number - 1]
    at = bucket(s, row.key)
    if s.trace_heads[at] == number:
        s.trace_heads[at] = row.next
    else:
        before = s.trace_heads[at]
        while s.traces[before - 1].next != number:
            before = s.traces[before - 1].next
        s.traces[before - 1].next = row.next
    row.key = 0
    row.next = 0


@kernel
def put_down(s, key, fault, lane, lo, hi, s0, s1):
    """Put a trace down, in the place of the oldest."""
    head = s.head[0]
    number = head.traces % s.traces.shape[0] + 1
    head.traces += 1
    if s.traces[number - 1].key != 0:
        unlink(s, number)
    row = s.traces[number - 1]
    at = bucket(s, key)
    row.key = key
    row.fault = fault
    row.lane = lane
    row.lo = lo
    row.hi = hi
    row.s0 = s0
    row.s1 = s1
    row.next = s.trace_heads[at]
    s.trace_heads[at] = number


@kernel
def trace_of(s, key, fault):
    """Return the number of a unit's trace of a fault, from 1; 0 where it has none."""
    number = s.trace_heads[bucket(s, key)]
    while number > 0:
        row = s.traces[number - 1]
        if row.key == key and row.fault == fault:
            return number
        number = row.next
    return np.int64(0)


@kernel
def set_share(s, r, station, key, fault, share):
    """Let a share of a fault act on a unit from now on."""
    number = trace_of(s, key, fault)
    if number == 0:
        if share == 0.0:
            return
        put_down(s, key, fault, -1, 0, 0, share, share)
    else:
        row = s.traces[number - 1]
        if row.s0 == share:
            return
        row.s0 = share
        row.s1 = share
    faulted(s, r, station, key, fault, -1, 0, 0, share, share)


@kernel
def mean_share(row, lo, hi):
    """Return how much of a fault acts on lo..hi of a lot, the mean, from one trace."""
    a = max(lo, row.lo)
    b = min(hi, row.hi)
    if b <= a:
        return 0.0
    middle = (0.5 * (a + b) - row.lo) / (row.hi - row.lo)
    return (row.s0 + (row.s1 - row.s0) * middle) * (b - a) / (hi - lo)


@kernel
def piece_share(s, lot, fault, lo, hi):
    """Return how much of a fault acts on lo..hi of a lot, the mean."""
    key = lot & KEY_MASK
    share = 0.0
    number = s.trace_heads[bucket(s, key)]
    while number > 0:
        row = s.traces[number - 1]
        if row.key == key and row.fault == fault:
            share += mean_share(row, lo, hi)
        number = row.next
    return share


@kernel
def tell(s, r, station, key):
    """Write all that faults have left on a lot."""
    if s.head[0].keep == 0:
        return
    found = False
    number = s.trace_heads[bucket(s, key)]
    while number > 0:
        row = s.traces[number - 1]
        if row.key == key:
            faulted(s, r, station, key, row.fault, row.lane, row.lo, row.hi, row.s0, row.s1)
            found = True
        number = row.next
    if not found:
        faulted(s, r, station, key, -1, -1, 0, 0, 0.0, 0.0)


# ---- where faults act


@kernel
def hit(t, s, r, m, item, tool):
    """Let the faults of a station act on an item that begins there, on the units of a carrier, on the whole of a lot."""
    number = t.machines[m].station
    station = t.stations[number]
    key = item & KEY_MASK
    is_changed = False
    for j in range(station.fault0, station.fault0 + station.faults):
        fault = t.faults[j]
        share = 0.0
        if fault.machine < 0 or station.machine0 + fault.machine == m:
            share = share_at(fault, s.head[0].now)
        if station.tray > 0:
            carrier = t.carriers[station.tray - 1]
            tray = ((item & SERIAL_MASK) - 1) % carrier.count
            row = s.trays[carrier.tray0 + tray]
            for place in range(row.count):
                at = tray * carrier.holds + place
                serial = np.int64(at + 1 if row.content == OPENING else s.fills[carrier.fill0 + at])
                on_it = share if fault.tool < 0 or fault.tool == place else 0.0
                set_share(s, r, number, (carrier.inner << KIND_SHIFT) | serial, j, on_it)
        elif station.lot:
            if share > 0.0:
                put_down(s, key, j, -1, 0, station.amount, share, share)
                is_changed = True
        else:
            set_share(s, r, number, key, j, share if fault.tool < 0 or fault.tool == tool else 0.0)
    if is_changed or (station.lot and s.head[0].traces > 0):
        tell(s, r, number, key)


@kernel
def begin_web(t, s, m):
    """Begin to follow how far faults go in the web that is begun."""
    row = s.machines[m]
    row.worked = 0
    row.seen = s.head[0].now
    first = t.machines[m].progress0 - 1
    for j in range(t.stations[t.machines[m].station].faults):
        s.progress[first + j].lo = -1


@kernel
def progress(t, s, m):
    """Count the work on a web up to now, and how far faults go in it; the machine has been in Execute since its row says so."""
    row = s.machines[m]
    now = s.head[0].now
    since = max(row.since, row.seen)
    if row.category != T_EXECUTE or now <= since:
        return
    station = t.stations[t.machines[m].station]
    for j in range(station.faults):
        fault = t.faults[station.fault0 + j]
        lo = max(since, fault.begin)
        hi = min(now, fault.end)
        if lo < hi and (fault.machine < 0 or station.machine0 + fault.machine == m):
            reach = s.progress[t.machines[m].progress0 - 1 + j]
            if reach.lo < 0:
                reach.lo = row.worked + lo - since
                reach.s0 = share_at(fault, lo)
            reach.hi = row.worked + hi - since
            reach.s1 = share_at(fault, hi - 1)
    row.worked += now - since
    row.seen = now


@kernel
def leave_marks(t, s, r, m, item):
    """A lot leaves a station: what faults did here becomes traces, and all traces of it get the metres behind the station."""
    number = t.machines[m].station
    station = t.stations[number]
    row = s.machines[m]
    key = item & KEY_MASK
    first = t.machines[m].progress0 - 1
    if first >= 0:
        progress(t, s, m)
        for j in range(station.faults):
            reach = s.progress[first + j]
            if reach.lo >= 0 and row.worked > 0:
                lo = np.int64(math.floor(station.enter * (reach.lo / row.worked) + 0.5))
                hi = np.int64(math.floor(station.enter * (reach.hi / row.worked) + 0.5))
                if lo < hi:
                    put_down(s, key, station.fault0 + j, t.faults[station.fault0 + j].tool, lo, hi, reach.s0, reach.s1)
            reach.lo = -1
    if s.head[0].traces == 0:
        return
    if station.map_b != 0.0:
        number_of = s.trace_heads[bucket(s, key)]
        while number_of > 0:
            after = s.traces[number_of - 1].next
            if s.traces[number_of - 1].key == key and not follow(station, s.traces[number_of - 1]):
                unlink(s, number_of)
            number_of = after
    tell(s, r, number, key)


@kernel
def follow(station, row):
    """Bring a trace to the metres behind a station. Returns whether anything of it is left there."""
    lo = (row.lo - station.map_a) / station.map_b
    hi = (row.hi - station.map_a) / station.map_b
    s0 = row.s0
    s1 = row.s1
    if hi < lo:
        lo, hi = hi, lo
        s0, s1 = s1, s0
    length = hi - lo
    slope = (s1 - s0) / length
    if hi > station.leave:
        s1 = s0 + slope * (station.leave - lo)
    if lo < 0.0:
        s0 -= slope * lo
    row.lo = np.int64(math.floor(max(lo, 0.0) + 0.5))
    row.hi = np.int64(math.floor(min(hi, np.float64(station.leave)) + 0.5))
    row.s0 = s0
    row.s1 = s1
    return row.lo < row.hi


# ---- what travels on


@kernel
def inherit(s, r, station, parent, child, lane):
    """Give the traces of a thing to one that is cut from it or made of it."""
    key = parent & KEY_MASK
    is_lot = False
    number = s.trace_heads[bucket(s, key)]
    while number > 0:
        row = s.traces[number - 1]
        after = row.next
        if row.key == key and (row.lane < 0 or row.lane == lane):
            if row.hi > row.lo:
                put_down(s, child & KEY_MASK, row.fault, -1, row.lo, row.hi, row.s0, row.s1)
                is_lot = True
            elif row.s0 > 0.0:
                set_share(s, r, station, child & KEY_MASK, row.fault, row.s0)
        number = after
    if is_lot:
        tell(s, r, station, child & KEY_MASK)


@kernel
def used_of(t, s, m, j):
    """Return what an input of a machine gives to the start that begins now: of the lot on it, and of the next."""
    slot = t.slots[t.stations[t.machines[m].station].slot0 + j]
    mount = s.mounts[t.machines[m].mount0 + j]
    used = min(slot.amount, mount.rest)
    return used, slot.amount - used


@kernel
def slot_share(t, s, m, j, fault):
    """Return how much of a fault acts on what an input gives to the start that begins now, the mean."""
    slot = t.slots[t.stations[t.machines[m].station].slot0 + j]
    mount = s.mounts[t.machines[m].mount0 + j]
    share = 0.0
    if slot.kind == PART:
        for i in range(slot.amount):
            number = trace_of(s, s.parts[t.machines[m].part0 + slot.part0 + i] & KEY_MASK, fault)
            if number > 0:
                share += s.traces[number - 1].s0 / slot.amount
        return share
    used, more = used_of(t, s, m, j)
    if used > 0:
        share += piece_share(s, mount.lot, fault, mount.at, mount.at + used) * used / slot.amount
    if more > 0:
        share += piece_share(s, mount.lot2, fault, 0, more) * more / slot.amount
    return share


@kernel
def bring(t, s, r, m, item):
    """Let what an item is made of bring its traces: into a unit as shares, into a web by its metres."""
    number = t.machines[m].station
    station = t.stations[number]
    if station.lot:
        for j in range(station.slots):
            slot = t.slots[station.slot0 + j]
            if slot.kind in (PART, SUPPLY) or slot.queue < 0:
                continue
            mount = s.mounts[t.machines[m].mount0 + j]
            used, more = used_of(t, s, m, j)
            whole = station.enter if station.enter > 0 else station.amount
            pass_on_traces(s, mount.lot, mount.at, used, item, 0.0, whole / slot.amount)
            pass_on_traces(s, mount.lot2, 0, more, item, whole * (used / slot.amount), whole / slot.amount)
        return
    for fault in range(t.sizes[Z_FAULTS]):
        share = 0.0
        for j in range(station.slots):
            slot = t.slots[station.slot0 + j]
            if slot.kind != SUPPLY and slot.queue >= 0:
                share += slot_share(t, s, m, j, fault)
        if share > 0.0:
            set_share(s, r, number, item & KEY_MASK, fault, share)


@kernel
def pass_on_traces(s, lot, at, used, item, begin, scale):
    """Give the traces of `used` from `at` of a lot to the lot made of it, where that piece begins at `begin`, each unit of it `scale` long."""
    if used <= 0:
        return
    key = lot & KEY_MASK
    number = s.trace_heads[bucket(s, key)]
    while number > 0:
        row = s.traces[number - 1]
        after = row.next
        a = max(row.lo, at)
        b = min(row.hi, at + used)
        if row.key == key and a < b:
            slope = (row.s1 - row.s0) / (row.hi - row.lo)
            lo = np.int64(math.floor(begin + (a - at) * scale + 0.5))
            hi = np.int64(math.floor(begin + (b - at) * scale + 0.5))
            if lo < hi:
                put_down(s, item & KEY_MASK, row.fault, row.lane, lo, hi, row.s0 + slope * (a - row.lo), row.s0 + slope * (b - row.lo))
        number = after


# ---- what it makes of values


@kernel
def deviation(t, s, item, channel, amount):
    """Return what faults add to mean and spread of a value of an item; `amount` is the length of a lot."""
    key = item & KEY_MASK
    mean = 0.0
    spread = 0.0
    number = s.trace_heads[bucket(s, key)]
    while number > 0:
        row = s.traces[number - 1]
        if row.key == key:
            share = row.s0
            if row.hi > row.lo:
                share = 0.5 * (row.s0 + row.s1) * (row.hi - row.lo) / amount
            if row.lane >= 0:
                share *= t.faults[row.fault].part
            at = 2 * (row.fault * t.sizes[Z_CHANNELS] + channel)
            mean += share * t.effects[at]
            spread += share * t.effects[at + 1]
        number = row.next
    return mean, spread


@kernel
def with_deviations(t, s, m, item):
    """Tell in the command that was put last what faults add to the values that will be measured: an emulated machine measures them."""
    station = t.stations[t.machines[m].station]
    out = s.outbox[s.head[0].outbox - 1]
    for i in range(min(station.measures, 4)):
        check = t.measures[station.measure0 + i]
        if check.channel < 0:
            continue
        mean, spread = deviation(t, s, item, check.channel, check.amount)
        if i == 0:
            out.d0 = mean
            out.w0 = spread
        elif i == 1:
            out.d1 = mean
            out.w1 = spread
        elif i == 2:
            out.d2 = mean
            out.w2 = spread
        else:
            out.d3 = mean
            out.w3 = spread
