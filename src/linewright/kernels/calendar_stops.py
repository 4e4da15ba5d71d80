"""Stops: the state a machine is in, failures and their repair, crews, maintenance, hours, utilities (docs/semantics.md, sections 6 and 7)."""

from __future__ import annotations

import numpy as np

from linewright.kernels import machine as own_side
from linewright.kernels.calendar_faults import progress
from linewright.kernels.calendar_rows import command, state_row
from linewright.kernels.calendar_sources import put_on_agenda, schedule
from linewright.kernels.compiled import kernel, part
from linewright.kernels.exchange_rows import HOLD, REPAIR, RESUME
from linewright.kernels.exchange_rows import MAINTAIN as MAINTAIN_COMMAND
from linewright.kernels.rows import EXECUTE, HELD, STOPPED, SUSPENDED
from linewright.kernels.state import (
    CHANGE,
    CHARGING,
    FAULT,
    IDLE,
    LOAD,
    LOADING,
    NEVER,
    OFF_SHIFT,
    OPEN,
    OPERATOR,
    OUT,
    PLANNED,
    READY,
    RETURN,
    SETUP,
    STAND,
    T_BLOCKED,
    T_CHANGE,
    T_CHARGING,
    T_CREW,
    T_EMPTY,
    T_EXECUTE,
    T_HANDLING,
    T_OFF_SHIFT,
    T_OPERATOR,
    T_PLANNED,
    T_REPAIR,
    T_SETUP,
    T_STARVED,
    T_UTILITY,
    TO_CHARGER,
    TO_GIVER,
    TO_PARK,
    UNLOAD,
    UNLOADING,
    UTILITY_DOWN,
)
from linewright.kernels.table import BATCH, FLEET, STORE, UTILITY

own_hold, own_resume, own_mend, own_maintain = own_side.hold, own_side.resume, own_side.mend, own_side.maintain

REASON_STARVED, REASON_BLOCKED, REASON_CHANGE, REASON_OFF_SHIFT, REASON_OPERATOR, REASON_CREW, REASON_SETUP = range(7)
FIRST_REASON = 7
OUTSIDE = UTILITY_DOWN | OFF_SHIFT | OPERATOR  # stops that the machine does not know of by itself


@kernel
def category_of_vehicle(t, s, m):
    """Return the state of a vehicle that is not stopped: it stands ready, drives, handles goods, waits for a zone or a charger, charges."""
    station = t.stations[t.machines[m].station]
    vehicle = s.vehicles[t.fleets[station.fleet].vehicle0 + m - station.machine0]
    stage = vehicle.stage
    if stage == STAND or (stage == TO_PARK and vehicle.called == 0):
        return T_STARVED
    if vehicle.waits:
        return T_BLOCKED
    if stage in (TO_GIVER, TO_PARK, TO_CHARGER, RETURN):
        return T_EMPTY
    if stage in (LOADING, UNLOADING):
        return T_HANDLING
    return T_CHARGING if stage == CHARGING else T_EXECUTE


@kernel
def category_of(t, s, m):
    """Return the state whose time runs, the first that applies."""
    row = s.machines[m]
    mask = row.mask
    if mask:
        if mask & OFF_SHIFT:
            return T_OFF_SHIFT
        if mask & PLANNED:
            return T_PLANNED if row.maintaining else T_CREW
        if mask & FAULT:
            return T_REPAIR if row.repairing else T_CREW
        if mask & UTILITY_DOWN:
            return T_UTILITY
        return T_OPERATOR
    flow = t.stations[t.machines[m].station].flow
    if flow == UTILITY or (flow == STORE and row.on > 0):
        return T_EXECUTE
    if flow == FLEET:
        return category_of_vehicle(t, s, m)
    phase = row.phase
    if phase == CHANGE:
        return T_CHANGE
    if phase == SETUP:
        return T_SETUP
    if phase == READY:
        return T_UTILITY
    if phase in (IDLE, OPEN):
        return T_BLOCKED if row.held else T_STARVED
    if phase == OUT or (phase == UNLOAD and t.stations[t.machines[m].station].unload == 0):
        return T_BLOCKED
    return T_EXECUTE


@kernel
def told_state(t, s, m, category):
    """Return state and reason of a STATE row."""
    if category in (T_EXECUTE, T_EMPTY, T_HANDLING):
        return EXECUTE, -1
    if category == T_STARVED:
        return SUSPENDED, REASON_STARVED
    if category == T_BLOCKED:
        return SUSPENDED, REASON_BLOCKED
    row = s.machines[m]
    station = t.stations[t.machines[m].station]
    if category == T_CHANGE:
        return HELD, REASON_CHANGE
    if category == T_SETUP:
        return HELD, REASON_SETUP
    if category == T_CHARGING:
        return STOPPED, t.fleets[station.fleet].reason
    if category == T_OFF_SHIFT:
        return STOPPED, REASON_OFF_SHIFT
    if category == T_OPERATOR:
        return STOPPED, REASON_OPERATOR
    if category == T_UTILITY and row.mask == 0:
        return SUSPENDED, REASON_CREW  # people that it needs to run
    if category == T_UTILITY:
        return SUSPENDED, row.utility
    if row.mask & PLANNED:
        return STOPPED, t.plans[station.plan0 + row.plan].reason
    return HELD, t.modes[station.mode0 + row.mode].reason


@kernel
def set_category(t, s, r, m, category):
    """Let the time of a state end and that of the next begin; write the rows of both."""
    row = s.machines[m]
    old = row.category
    if old == category:
        return
    if old == T_EXECUTE and t.machines[m].progress0 > 0:
        progress(t, s, m)
    now = s.head[0].now
    s.times[m, old] += now - row.since
    if s.head[0].keep:
        short = t.stations[t.machines[m].station].short
        if old in (T_STARVED, T_BLOCKED) and (now - row.since >= short or (now > row.since and row.shown >= 0 and row.shown != EXECUTE)):
            state_row(t, s, r, m, row.since, SUSPENDED, REASON_STARVED if old == T_STARVED else REASON_BLOCKED)
        if category not in (T_STARVED, T_BLOCKED) or (category == T_BLOCKED and row.held):
            state, reason = told_state(t, s, m, category)
            state_row(t, s, r, m, now, state, reason)
    row.category = category
    row.since = now


@kernel
def settle_category(t, s, r, m):
    """Bring a machine's state up to date."""
    set_category(t, s, r, m, category_of(t, s, m))


@kernel
def retell(t, s, r, m):
    """Write a row where the reason changed within one state (another failure right after the first)."""
    row = s.machines[m]
    if s.head[0].keep and row.category not in (T_STARVED, T_BLOCKED):
        state, reason = told_state(t, s, m, row.category)
        state_row(t, s, r, m, s.head[0].now, state, reason)


@kernel
def stop(t, s, r, m, bit):
    """Stop a machine for one more reason: work in hand stands still."""
    row = s.machines[m]
    before = row.mask
    row.mask = before | bit
    now = s.head[0].now
    if before == 0 and row.phase in (LOAD, UNLOAD) and row.due < NEVER:
        row.left = row.due - now
        row.due = NEVER
    if (bit & OUTSIDE) and not (before & OUTSIDE):
        if t.stations[t.machines[m].station].asks:
            command(t, s, HOLD, m, row.item, row.n, 0, -1, -1)
        else:
            own_hold(t, s, m, now)
    schedule(t, s, m)
    settle_category(t, s, r, m)
    retell(t, s, r, m)


@kernel
def unstop(t, s, r, m, bit):
    """Take one reason of a stop away; when it was the last, work goes on."""
    row = s.machines[m]
    before = row.mask
    row.mask = before & ~bit
    now = s.head[0].now
    if row.mask == 0 and row.phase in (LOAD, UNLOAD) and row.due >= NEVER:
        row.due = now + row.left
    if (bit & OUTSIDE) and (before & OUTSIDE) and not (row.mask & OUTSIDE):
        if t.stations[t.machines[m].station].asks:
            command(t, s, RESUME, m, row.item, row.n, 0, -1, -1)
        else:
            own_resume(t, s, m, now)
    schedule(t, s, m)
    settle_category(t, s, r, m)
    retell(t, s, r, m)
    put_on_agenda(s, t.machines[m].station)


# ---- people


@kernel
def begin_repair(t, s, r, m):
    """Let the repair of a machine begin."""
    row = s.machines[m]
    row.repairing = 1
    station = t.stations[t.machines[m].station]
    if station.asks:
        command(t, s, REPAIR, m, row.item, row.fault, 0, row.mode, t.modes[station.mode0 + row.mode].crew)
    else:
        own_mend(t, s, m, s.head[0].now)
    schedule(t, s, m)
    settle_category(t, s, r, m)


@kernel
def begin_maintenance(t, s, r, m):
    """Let the maintenance of a machine begin."""
    row = s.machines[m]
    station = t.stations[t.machines[m].station]
    done = s.plans[t.machines[m].plan0 + row.plan]
    done.k += 1
    row.maintaining = 1
    if station.asks:
        command(t, s, MAINTAIN_COMMAND, m, 0, done.k, 0, row.plan, t.plans[station.plan0 + row.plan].crew)
    else:
        own_maintain(t, s, m, row.plan, done.k, s.head[0].now)
    schedule(t, s, m)
    settle_category(t, s, r, m)


@kernel
def people_for(t, s, m):
    """Return how many people a machine asks its next crew for."""
    station = t.stations[t.machines[m].station]
    return t.needs[station.need0 + s.machines[m].people].count


@kernel
def ask_people(t, s, m):
    """Ask the crews that a machine needs to run, one after the other, up to one that cannot send its people now."""
    row = s.machines[m]
    station = t.stations[t.machines[m].station]
    while row.people < station.needs:
        crew = t.needs[station.need0 + row.people].crew
        state = s.crews[crew]
        people = people_for(t, s, m)
        if not (state.on and state.count == 0 and state.busy + people <= t.crews[crew].count):
            s.asks[t.crews[crew].ask0 + (state.head + state.count) % t.crews[crew].asks] = -1 - m
            state.count += 1
            return
        state.busy += people
        row.people += 1


@kernel
def free_people(t, s, r, m):
    """Let the people go that a machine needed to run."""
    station = t.stations[t.machines[m].station]
    for i in range(station.need0, station.need0 + station.needs):
        s.crews[t.needs[i].crew].busy -= t.needs[i].count
        serve_crew(t, s, r, t.needs[i].crew)


@kernel
def begin_asked(t, s, r, ask):
    """Begin what a member of a crew was asked for: ``2 * machine``, plus 1 where it is maintenance; below 0, a machine that needs people to run."""
    if ask < 0:
        m = -1 - ask
        s.machines[m].people += 1
        ask_people(t, s, m)
        put_on_agenda(s, t.machines[m].station)
    elif ask & 1:
        begin_maintenance(t, s, r, ask >> 1)
    else:
        begin_repair(t, s, r, ask >> 1)


@kernel
def ask_crew(t, s, r, crew, ask):
    """Ask for a member of a crew (-1: nobody is needed)."""
    if crew < 0:
        begin_asked(t, s, r, ask)
        return
    row = t.crews[crew]
    state = s.crews[crew]
    if state.on and state.busy < row.count and state.count == 0:
        state.busy += 1
        begin_asked(t, s, r, ask)
        return
    s.asks[row.ask0 + (state.head + state.count) % row.asks] = ask
    state.count += 1


@kernel
def serve_crew(t, s, r, crew):
    """Let free members take the first requests."""
    row = t.crews[crew]
    state = s.crews[crew]
    while state.on and state.busy < row.count and state.count > 0:
        ask = s.asks[row.ask0 + state.head]
        people = 1 if ask >= 0 else people_for(t, s, -1 - ask)
        if state.busy + people > row.count:
            return
        state.head = (state.head + 1) % row.asks
        state.count -= 1
        state.busy += people
        begin_asked(t, s, r, ask)


@kernel
def free_crew(t, s, r, crew):
    """Give a member back."""
    if crew >= 0:
        s.crews[crew].busy -= 1
        serve_crew(t, s, r, crew)


# ---- maintenance


@part
def check_plans(t, s, r, m):
    """Begin a maintenance that is due, where the machine has no work in hand."""
    row = s.machines[m]
    station = t.stations[t.machines[m].station]
    if row.mask & (PLANNED | FAULT) or row.phase not in (IDLE, OUT) or (station.flow == BATCH and row.on > row.out):
        return
    plan0 = t.machines[m].plan0
    for j in range(station.plans):
        if s.plans[plan0 + j].pending:
            s.plans[plan0 + j].pending = 0
            row.plan = j
            row.mask |= PLANNED
            settle_category(t, s, r, m)
            ask_crew(t, s, r, t.plans[station.plan0 + j].crew, 2 * m + 1)
            return


@part
def plan_due(t, s, p):
    """Mark a maintenance by calendar as due on all machines of its station, which is looked at then; return its next time."""
    plan = t.plans[p]
    station = t.stations[plan.station]
    for i in range(station.count):
        s.plans[t.machines[station.machine0 + i].plan0 + plan.number].pending = 1
    put_on_agenda(s, plan.station)
    return s.head[0].now + plan.every


@kernel
def count_start(t, s, m, items):
    """Count the items of a start towards maintenance by items."""
    station = t.stations[t.machines[m].station]
    plan0 = t.machines[m].plan0
    for j in range(station.plans):
        every = t.plans[station.plan0 + j].items
        if every > 0:
            done = s.plans[plan0 + j]
            done.starts += items
            if done.starts >= every:
                done.starts = 0
                done.pending = 1


@part
def maintained(t, s, r, m):
    """End a maintenance."""
    row = s.machines[m]
    station = t.stations[t.machines[m].station]
    crew = t.plans[station.plan0 + row.plan].crew
    row.maintaining = 0
    unstop(t, s, r, m, PLANNED)
    row.plan = -1
    free_crew(t, s, r, crew)


# ---- failures


@part
def failed(t, s, r, m, mode, n):
    """A machine fails: it is stopped, and people are asked for."""
    row = s.machines[m]
    station_number = t.machines[m].station
    station = t.stations[station_number]
    row.mode = mode
    row.fault = n
    row.repairing = 0
    stop(t, s, r, m, FAULT)
    if station.flow == UTILITY:
        for i in range(station.serves):
            served = t.stations[t.serves[station.serve0 + i]]
            for k in range(served.count):
                at = s.machines[served.machine0 + k]
                at.down += 1
                at.utility = t.modes[station.mode0 + mode].reason
                stop(t, s, r, served.machine0 + k, UTILITY_DOWN)
    ask_crew(t, s, r, t.modes[station.mode0 + mode].crew, 2 * m)


@part
def repaired(t, s, r, m):
    """A machine is mended."""
    row = s.machines[m]
    station = t.stations[t.machines[m].station]
    crew = t.modes[station.mode0 + row.mode].crew
    row.repairing = 0
    row.mode = -1
    unstop(t, s, r, m, FAULT)
    if station.flow == UTILITY:
        for i in range(station.serves):
            served = t.stations[t.serves[station.serve0 + i]]
            for k in range(served.count):
                at = s.machines[served.machine0 + k]
                at.down -= 1
                if at.down == 0:
                    unstop(t, s, r, served.machine0 + k, UTILITY_DOWN)
    free_crew(t, s, r, crew)


@part
def switch_shift(t, s, r, k):
    """Let the hours of a shift plan begin or end; return the next such time."""
    shift = t.shifts[k]
    state = s.shifts[k]
    state.on = 1 - state.on
    state.at += 1
    for c in range(t.crews.shape[0]):
        if t.crews[c].count > 0 and t.crews[c].shift == k:
            s.crews[c].on = state.on
            serve_crew(t, s, r, c)
    for j in range(t.stations.shape[0]):
        station = t.stations[j]
        if station.shift == k:
            for i in range(station.count):
                if state.on:
                    unstop(t, s, r, station.machine0 + i, OFF_SHIFT)
                else:
                    stop(t, s, r, station.machine0 + i, OFF_SHIFT)
    return t.switches[shift.switch0 + state.at] if state.at < shift.switches else np.int64(NEVER)
