"""Which vehicle fetches which goods, and when vehicles go to the park (docs/semantics.md, section 8)."""

from __future__ import annotations

import numpy as np

from linewright.kernels.calendar_ahead import next_place, places_ahead
from linewright.kernels.calendar_orders import order_of, rule_key
from linewright.kernels.calendar_stops import settle_category
from linewright.kernels.calendar_vehicles import begin_piece, begin_run, fetched, go_on, machine_of, set_out, take_goods, take_more
from linewright.kernels.calendar_ways import wait_entry
from linewright.kernels.compiled import kernel, part
from linewright.kernels.rules import TRIP, duration
from linewright.kernels.state import CARRY, NEVER, STAND, TO_GIVER, TO_PARK
from linewright.kernels.table import BY_PRIORITY, DRAWN, LONGEST, NEAREST, PRIORITY, ROADS


@kernel
def may_be_called(s, v, m):
    """Tell whether a vehicle has nothing to do and is not stopped."""
    vehicle = s.vehicles[v]
    return (vehicle.stage == STAND or (vehicle.stage == TO_PARK and vehicle.called == 0)) and s.machines[m].mask == 0


@kernel
def time_to(t, s, v, m, point):
    """Return how long a vehicle that may be called needs to a point, waiting at zones left out; 0 where there is no map."""
    vehicle = s.vehicles[v]
    fleet = t.fleets[t.vehicles[v]]
    if fleet.way != ROADS:
        return np.int64(0)
    time = t.drives[fleet.drive0 + vehicle.at * fleet.points + point].time
    if vehicle.stage == TO_PARK:
        time += t.drives[vehicle.drive].time - vehicle.offset
        if vehicle.waits == 0:
            time += s.machines[m].due - s.head[0].now
    return time


@kernel
def nearest_vehicle(t, s, f, point):
    """Return the vehicle of a fleet that may be called and is nearest to a point, and its time to there; -1 where there is none."""
    fleet = t.fleets[f]
    best = np.int64(-1)
    least = NEVER
    for v in range(fleet.vehicle0, fleet.vehicle0 + fleet.count):
        m = t.stations[fleet.station].machine0 + v - fleet.vehicle0
        if may_be_called(s, v, m):
            time = time_to(t, s, v, m, point)
            if time < least:
                least = time
                best = v
    return best, least


@kernel
def giver_point(t, s, q, i):
    """Return where the i-th of those who wait for a queue stands."""
    return t.stations[t.machines[s.waits[wait_entry(t, s, q, i)].machine].station].point


@kernel
def choose_goods(t, s, f):
    """Return what a fleet fetches next: the queue (-1: nothing), and which of those who wait for it."""
    fleet = t.fleets[f]
    best = np.int64(-1)
    which = np.int64(0)
    since = NEVER
    least = NEVER
    first = np.inf
    for k in range(fleet.queues):
        q = t.fleet_queues[fleet.queue0 + k]
        if next_place(t, s, q) < 0:
            continue
        is_free = places_ahead(t, s, q) > 0
        for i in range(s.queues[q].wait):
            if not is_free and s.machines[s.waits[wait_entry(t, s, q, i)].machine].booked == 0:
                continue
            time = np.int64(0)
            if fleet.dispatch == NEAREST:
                _, time = nearest_vehicle(t, s, f, giver_point(t, s, q, i))
            waits = s.waits[wait_entry(t, s, q, i)].t
            rank = 0.0
            if fleet.dispatch == PRIORITY:
                giver = s.waits[wait_entry(t, s, q, i)].machine
                rank = rule_key(t, s, BY_PRIORITY, giver, order_of(t, s, s.machines[giver].item))
            if time < least or (time == least and (rank < first or (rank == first and waits < since))):
                least = time
                first = rank
                since = waits
                best = q
                which = i
            if fleet.dispatch == LONGEST:
                break  # the others of this queue wait shorter
    return best, which


@kernel
def call(t, s, r, f):
    """Start the trip that a fleet starts next: the goods leave their giver now. Returns whether there was one."""
    if s.fleets[f].free == 0:
        return False
    q, i = choose_goods(t, s, f)
    if q < 0:
        return False
    fleet = t.fleets[f]
    point = giver_point(t, s, q, i)
    v, _ = nearest_vehicle(t, s, f, point)
    if v < 0:
        return False
    s.fleets[f].free -= 1
    s.fleets[f].trips += 1
    m = machine_of(t, v)
    vehicle = s.vehicles[v]
    vehicle.queue = q
    take_goods(t, s, r, v, i)
    take_more(t, s, r, v, point if fleet.way == ROADS else -1)
    if fleet.way != ROADS:
        fetched(t, s, v)
        vehicle.stage = CARRY
        begin_run(t, s, m)
        time = fleet.carry
        if fleet.way == DRAWN:
            time = duration(t.laws, t.quantiles, fleet.law, s.head[0].base, fleet.hash, TRIP, s.fleets[f].trips)
        begin_piece(t, s, r, m, time)
    elif vehicle.stage == TO_PARK:
        vehicle.giver = point
        vehicle.called = 1
        settle_category(t, s, r, m)
    else:
        begin_run(t, s, m)
        set_out(t, s, v, TO_GIVER, point)
        go_on(t, s, r, m)
    return True


@kernel
def send_to_park(t, s, r, f):
    """Let the vehicles of a fleet that stand ready somewhere else drive to the next point on their way to the park."""
    fleet = t.fleets[f]
    if fleet.way != ROADS or fleet.park < 0:
        return
    for v in range(fleet.vehicle0, fleet.vehicle0 + fleet.count):
        m = machine_of(t, v)
        vehicle = s.vehicles[v]
        if vehicle.stage == STAND and vehicle.at != fleet.park and s.machines[m].mask == 0:
            begin_run(t, s, m)
            set_out(t, s, v, TO_PARK, t.drives[fleet.drive0 + vehicle.at * fleet.points + fleet.park].next)
            go_on(t, s, r, m)


@part
def start_trip(t, s, r):
    """Start the first trip that any fleet can start. Returns whether one was started; where none can, vehicles that stand ready drive to the park."""
    for f in range(t.fleets.shape[0]):
        if call(t, s, r, f):
            return True
    s.head[0].fleets = 0
    for f in range(t.fleets.shape[0]):
        send_to_park(t, s, r, f)
    return s.head[0].fleets == 1
