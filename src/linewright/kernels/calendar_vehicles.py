"""Vehicles: how they drive, where they wait, how they fetch and bring goods, when they charge (docs/semantics.md, section 8).

A vehicle is a machine of its fleet's station: stops, failures and times in state are those of `calendar_stops`. What it does in one go (a drive up to
the next zone, loading, charging) is one event of the line's side, its `due`. It *runs* while it is on a trip or on its way to the park: its battery
and its running failure clocks count that time (`machine.elapse`).
"""

from __future__ import annotations

import math

import numpy as np

from linewright.kernels.calendar_ahead import places_ahead
from linewright.kernels.calendar_queues import enqueue, hand_over
from linewright.kernels.calendar_sources import put_on_agenda, schedule
from linewright.kernels.calendar_stops import settle_category
from linewright.kernels.calendar_ways import wait_entry
from linewright.kernels.compiled import kernel
from linewright.kernels.machine import elapse
from linewright.kernels.state import (
    CARRY,
    CHARGER_LINE,
    CHARGING,
    IDLE,
    LOAD,
    LOADING,
    NEVER,
    RETURN,
    STAND,
    T_STARVED,
    TO_CHARGER,
    TO_GIVER,
    TO_PARK,
    TO_TAKER,
    UNLOADING,
    WORK,
)
from linewright.kernels.table import ROADS

#: More running time than any run has: what is missing of it has run.
LONG = np.int64(1) << np.int64(61)
SECOND = 1_000_000_000


@kernel
def vehicle_of(t, m):
    """Return the number of a vehicle that is machine m."""
    station = t.stations[t.machines[m].station]
    return t.fleets[station.fleet].vehicle0 + m - station.machine0


@kernel
def machine_of(t, v):
    """Return which machine a vehicle is."""
    fleet = t.fleets[t.vehicles[v]]
    return t.stations[fleet.station].machine0 + v - fleet.vehicle0


@kernel
def begin_piece(t, s, r, m, time):
    """Let a vehicle do something that takes a time; in a stop it stands still."""
    row = s.machines[m]
    row.phase = LOAD
    if row.mask:
        row.left = time
        row.due = NEVER
    else:
        row.due = s.head[0].now + time
    schedule(t, s, m)
    settle_category(t, s, r, m)


# ---- running: batteries and running clocks


@kernel
def begin_run(t, s, m):
    """Let a vehicle run from now on."""
    elapse(t, s, m, s.head[0].now)
    s.own[m].phase = WORK
    s.own[m].left = LONG


@kernel
def end_run(t, s, m):
    """Let a vehicle run no more; what it ran is taken off its battery."""
    own = s.own[m]
    if own.phase != WORK:
        return
    elapse(t, s, m, s.head[0].now)
    own.phase = IDLE
    f = t.vehicles[vehicle_of(t, m)]
    if t.fleets[f].run > 0:
        vehicle = s.vehicles[vehicle_of(t, m)]
        vehicle.charge -= LONG - own.left
        s.fleets[f].lowest = min(s.fleets[f].lowest, vehicle.charge)


# ---- driving


@kernel
def set_out(t, s, v, stage, point):
    """Let a vehicle drive from where it is to a point; `go_on` takes it there."""
    vehicle = s.vehicles[v]
    fleet = t.fleets[t.vehicles[v]]
    vehicle.stage = stage
    vehicle.drive = fleet.drive0 + vehicle.at * fleet.points + point
    vehicle.at = point
    vehicle.next = 0
    vehicle.offset = 0


@kernel
def join(lineup, first, room, head, count, v):
    """Put a vehicle at the end of a line-up of `count`, whose ring begins at `first`."""
    at = head + count
    if at >= room:
        at -= room
    lineup[first + at] = v


@kernel
def leave_zone(t, s, r, z):
    """A vehicle has left a zone: the one that waits longest drives in."""
    zone = s.zones[z]
    zone.inside -= 1
    if zone.line == 0:
        return
    v = s.lineup[t.zones[z].line0 + zone.line_head]
    zone.line_head += 1
    if zone.line_head >= t.zones[z].room:
        zone.line_head = 0
    zone.line -= 1
    zone.inside += 1
    vehicle = s.vehicles[v]
    ahead = t.passes[t.drives[vehicle.drive].pass0 + vehicle.next]
    vehicle.zone = z
    vehicle.waits = 0
    vehicle.offset = ahead.leave
    begin_piece(t, s, r, machine_of(t, v), ahead.leave - ahead.enter)


@kernel
def drive_on(t, s, r, v):
    """Let a vehicle drive on.

    Returns
    -------
    The time to where something happens on its way next; 0 where it has arrived; -1 where it waits for a zone
    """
    vehicle = s.vehicles[v]
    drive = t.drives[vehicle.drive]
    while True:
        if vehicle.zone >= 0:
            z = vehicle.zone
            vehicle.zone = -1
            vehicle.next += 1
            leave_zone(t, s, r, z)
        ahead = drive.time
        if vehicle.next < drive.passes:
            crossed = t.passes[drive.pass0 + vehicle.next]
            ahead = crossed.enter
            if vehicle.offset == ahead:
                zone = s.zones[crossed.zone]
                if zone.inside >= t.zones[crossed.zone].places:
                    join(s.lineup, t.zones[crossed.zone].line0, t.zones[crossed.zone].room, zone.line_head, zone.line, v)
                    zone.line += 1
                    vehicle.waits = 1
                    return -1
                zone.inside += 1
                vehicle.zone = crossed.zone
                ahead = crossed.leave
        elif vehicle.offset == ahead:
            return 0
        time = ahead - vehicle.offset
        vehicle.offset = ahead
        if time > 0:
            return time


# ---- goods


@kernel
def take_goods(t, s, r, v, i):
    """Let a vehicle's goods be one more: of the i-th of those who wait for its queue."""
    f = t.vehicles[v]
    fleet = t.fleets[f]
    vehicle = s.vehicles[v]
    q = vehicle.queue
    entry = s.waits[wait_entry(t, s, q, i)]
    asked = entry.t
    s.queues[q].coming += 1
    item, done, stamp = hand_over(t, s, r, q, i)
    goods = s.cargo[fleet.cargo0 + (v - fleet.vehicle0) * fleet.holds + vehicle.goods]
    vehicle.goods += 1
    goods.item = item
    goods.done = done
    goods.stamp = stamp
    goods.asked = asked


@kernel
def take_more(t, s, r, v, point):
    """Let a vehicle take what else waits for its queue, of givers at a point (-1: of all), while it has room."""
    vehicle = s.vehicles[v]
    holds = t.fleets[t.vehicles[v]].holds
    q = vehicle.queue
    i = np.int64(0)
    while i < s.queues[q].wait and vehicle.goods < holds:
        m = s.waits[wait_entry(t, s, q, i)].machine
        has_place = s.machines[m].booked > 0 or places_ahead(t, s, q) > 0
        if has_place and (point < 0 or t.stations[t.machines[m].station].point == point):
            take_goods(t, s, r, v, i)
        else:
            i += 1


@kernel
def fetched(t, s, v):
    """Count the goods that are on a vehicle now."""
    f = t.vehicles[v]
    fleet = t.fleets[f]
    state = s.fleets[f]
    for i in range(s.vehicles[v].goods):
        waited = s.head[0].now - s.cargo[fleet.cargo0 + (v - fleet.vehicle0) * fleet.holds + i].asked
        state.fetched += 1
        state.longest = max(state.longest, waited)
        state.wait_ns += waited % SECOND
        state.wait_s += waited // SECOND


@kernel
def is_waited_for(t, s, q):
    """Tell whether a queue is empty and a machine behind it has nothing to do."""
    if s.queues[q].count > 0:
        return False
    station = t.stations[t.queues[q].station]
    waiting = 0
    for m in range(station.machine0, station.machine0 + station.count):
        if s.machines[m].category == T_STARVED:
            waiting += 1
    return waiting > 0


@kernel
def deliver(t, s, v):
    """Put all goods of a vehicle into its queue."""
    f = t.vehicles[v]
    fleet = t.fleets[f]
    state = s.fleets[f]
    vehicle = s.vehicles[v]
    q = vehicle.queue
    for i in range(vehicle.goods):
        goods = s.cargo[fleet.cargo0 + (v - fleet.vehicle0) * fleet.holds + i]
        if is_waited_for(t, s, q):
            state.late += 1
        s.queues[q].coming -= 1
        enqueue(t, s, q, goods.item, goods.done, goods.stamp)
        took = s.head[0].now - goods.asked
        state.brought += 1
        state.bring_ns += took % SECOND
        state.bring_s += took // SECOND
    vehicle.goods = 0
    put_on_agenda(s, t.queues[q].station)


# ---- charging


@kernel
def charging_time(fleet, charge):
    """Return how long a battery is charged until it is full."""
    return max(np.int64(math.floor((fleet.run - charge) * fleet.ratio + 0.5)), np.int64(1))


@kernel
def plug_in(t, s, m):
    """A vehicle is at the chargers: it charges, or waits for one. Returns the time, -1 where it waits."""
    v = vehicle_of(t, m)
    vehicle = s.vehicles[v]
    f = t.vehicles[v]
    fleet = t.fleets[f]
    state = s.fleets[f]
    end_run(t, s, m)
    if state.charging < fleet.chargers:
        state.charging += 1
        vehicle.stage = CHARGING
        return charging_time(fleet, vehicle.charge)
    vehicle.stage = CHARGER_LINE
    vehicle.waits = 1
    join(s.lineup, fleet.line0, fleet.count, state.line_head, state.line, v)
    state.line += 1
    return -1


@kernel
def unplug(t, s, r, v):
    """A battery is full: the next vehicle in the line charges."""
    f = t.vehicles[v]
    fleet = t.fleets[f]
    state = s.fleets[f]
    s.vehicles[v].charge = fleet.run
    state.charges += 1
    state.charging -= 1
    if state.line == 0:
        return
    following = s.lineup[fleet.line0 + state.line_head]
    state.line_head += 1
    if state.line_head >= fleet.count:
        state.line_head = 0
    state.line -= 1
    state.charging += 1
    vehicle = s.vehicles[following]
    vehicle.stage = CHARGING
    vehicle.waits = 0
    begin_piece(t, s, r, machine_of(t, following), charging_time(fleet, vehicle.charge))


# ---- one thing after the other


@kernel
def rest(t, s, m):
    """A vehicle has nothing to do: it goes to charge, or stands ready. Returns -1 where it stands, else the time until its next event, or 0."""
    v = vehicle_of(t, m)
    vehicle = s.vehicles[v]
    fleet = t.fleets[t.vehicles[v]]
    end_run(t, s, m)
    if fleet.run > 0 and vehicle.charge < fleet.low:
        if fleet.way != ROADS:
            return plug_in(t, s, m)
        begin_run(t, s, m)
        set_out(t, s, v, TO_CHARGER, fleet.charger if fleet.charger >= 0 else vehicle.at)
        return 0
    vehicle.stage = STAND
    s.fleets[t.vehicles[v]].free += 1
    s.head[0].fleets = 1
    return -1


@kernel
def arrived(t, s, m):
    """A vehicle is where it was driving to. Returns the time until its next event, 0, or -1 where it stands or waits."""
    v = vehicle_of(t, m)
    vehicle = s.vehicles[v]
    fleet = t.fleets[t.vehicles[v]]
    if vehicle.stage == TO_GIVER:
        vehicle.stage = LOADING
        return fleet.load
    if vehicle.stage == TO_TAKER:
        vehicle.stage = UNLOADING
        return fleet.unload
    if vehicle.stage == TO_CHARGER:
        return plug_in(t, s, m)
    if vehicle.called:
        vehicle.called = 0
        set_out(t, s, v, TO_GIVER, vehicle.giver)
        return 0
    s.fleets[t.vehicles[v]].free -= 1
    return rest(t, s, m)


@kernel
def next_piece(t, s, r, m):
    """What a vehicle was doing is over. Returns the time until its next event, 0 where that is now, -1 where it stands or waits."""
    v = vehicle_of(t, m)
    vehicle = s.vehicles[v]
    stage = vehicle.stage
    fleet = t.fleets[t.vehicles[v]]
    if stage in (TO_GIVER, TO_TAKER, TO_PARK, TO_CHARGER):
        time = drive_on(t, s, r, v)
        return arrived(t, s, m) if time == 0 else time
    if stage == LOADING:
        take_more(t, s, r, v, vehicle.at)
        fetched(t, s, v)
        set_out(t, s, v, TO_TAKER, t.stations[t.queues[vehicle.queue].station].point)
        return 0
    if stage == CHARGING:
        unplug(t, s, r, v)
    elif stage != RETURN:
        deliver(t, s, v)
        if stage == CARRY and fleet.back > 0:
            vehicle.stage = RETURN
            return fleet.back
    return rest(t, s, m)


@kernel
def go_on(t, s, r, m):
    """Let a vehicle go on when what it was doing is over; what takes no time happens now."""
    row = s.machines[m]
    row.due = NEVER
    row.phase = IDLE
    time = np.int64(0)
    while time == 0:
        time = next_piece(t, s, r, m)
    if time > 0:
        begin_piece(t, s, r, m, time)
    else:
        schedule(t, s, m)
        settle_category(t, s, r, m)
