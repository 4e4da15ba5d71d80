"""The event calendar: `advance` lets everything happen that falls due before a time (`exchange.inject` takes in what machines report).

Usage::

    state, rows = new_state(table, seed=1, keep=True), new_rows()
    while (reason := advance(table, state, rows, until)) != UNTIL:
        ...   # ROWS: take the rows, set `rows.count[:]` to 0 | ASK: send `state.outbox`, set `state.head[0].outbox` to 0

docs/semantics.md is what it does; `kernels/reference.py` does the same, slowly.
"""

from __future__ import annotations

import numpy as np

from linewright.kernels import machine as own_side
from linewright.kernels.calendar_ahead import next_place, tell_free
from linewright.kernels.calendar_calls import start_trip
from linewright.kernels.calendar_inputs import put_on
from linewright.kernels.calendar_orders import plan_release, released
from linewright.kernels.calendar_queues import carrier_back, enqueue, hand_over
from linewright.kernels.calendar_rows import mounted, state_row
from linewright.kernels.calendar_sources import put_on_agenda, schedule, take_from_agenda
from linewright.kernels.calendar_starts import attempt_item, item_done, make_ready
from linewright.kernels.calendar_stops import (
    REASON_BLOCKED,
    REASON_STARVED,
    check_plans,
    failed,
    maintained,
    plan_due,
    repaired,
    set_category,
    settle_category,
    stop,
    switch_shift,
    unstop,
)
from linewright.kernels.calendar_trays import (
    attempt_loader,
    attempt_ovens,
    attempt_store,
    attempt_unloader,
    batch_done,
    begin_ready,
    line_due,
    loader_done,
    tool_back,
    tool_out,
    tools_at_start,
)
from linewright.kernels.calendar_vehicles import go_on
from linewright.kernels.calendar_ways import free_places
from linewright.kernels.compiled import kernel, part
from linewright.kernels.exchange import record_source
from linewright.kernels.exchange_rows import CHANGED, CLEARED, DONE, FAILED, HAS_SET_UP, MAINTAINED, REPAIRED, STOPPED
from linewright.kernels.rows import EXECUTE, KIND_SHIFT, KINDS_OF_ROWS, SUSPENDED
from linewright.kernels.state import (
    CHANGE,
    IDLE,
    NEVER,
    OFF_SHIFT,
    OPERATOR,
    READY,
    SETUP,
    T_BLOCKED,
    T_EXECUTE,
    T_STARVED,
    WORK,
)
from linewright.kernels.table import (
    BATCH,
    FLEET,
    ITEM,
    LOADER,
    SOURCE_MACHINE,
    SOURCE_ORDER,
    SOURCE_PLAN,
    SOURCE_SHIFT,
    SOURCE_TOOL,
    SOURCE_VEHICLE,
    STORE,
    SUPPLY,
    UNLOADER,
    UTILITY,
    Table,
)
from linewright.kernels.tree import ROOT, first_source, set_time

UNTIL, ROWS, ASK, DEADLOCK, FULL = range(5)
REASONS = ("until", "rows", "ask", "deadlock", "full")
#: Rows of one kind that one event may write, beside two for each machine.
SPARE = 1024

own_fire, own_next, own_tool_fire, own_tool_next = own_side.fire, own_side.next_time, own_side.tool_fire, own_side.tool_next
begin_machines = own_side.begin_machines


@part
def attempt(t, s, r, station, m):
    """Try to begin something on an empty machine that is not stopped."""
    flow = station.flow
    if flow == ITEM:
        if attempt_item(t, s, r, m) and station.toolmodes > 0 and s.machines[m].phase == WORK:
            tools_at_start(t, s, r, m)
    elif flow == LOADER:
        attempt_loader(t, s, r, m)
    elif flow == UNLOADER:
        attempt_unloader(t, s, r, m)


@part
def look(t, s, r, number):
    """Look at a station: let its machines begin, let its queues take in what waits, until neither changes anything."""
    station = t.stations[number]
    if station.plans:
        for m in range(station.machine0, station.machine0 + station.count):
            check_plans(t, s, r, m)
    simple = station.flow == ITEM and station.slots == 0 and station.pass_queue >= 0 and station.needs == 0 and station.before == 0
    while True:
        if station.flow == BATCH:
            attempt_ovens(t, s, r, number)
        elif station.flow == STORE:
            attempt_store(t, s, r, station.machine0)
        elif station.flow == FLEET:
            s.head[0].fleets = 1
        else:
            for m in range(station.machine0, station.machine0 + station.count):
                row = s.machines[m]
                if row.phase == IDLE and row.mask == 0:
                    if simple:
                        queue = s.queues[station.pass_queue]
                        if queue.count == 0 and (queue.wait == 0 or t.queues[station.pass_queue].places > 0):
                            break
                    attempt(t, s, r, station, m)
                elif row.phase == READY and row.mask == 0 and row.people == station.needs:
                    begin_ready(t, s, r, m)
        moved = False
        for q in range(station.queue0, station.queue0 + station.queues):
            state = s.queues[q]
            if state.wait == 0:
                continue
            if t.queues[q].fleet >= 0:
                if next_place(t, s, q) >= 0:
                    s.head[0].fleets = 1
                continue
            while state.wait > 0 and t.queues[q].places > 0:
                i = 0 if free_places(t, s, q) > 0 else (next_place(t, s, q) if state.booked > 0 else -1)
                if i < 0:
                    break
                item, done, stamp = hand_over(t, s, r, q, i)
                enqueue(t, s, q, item, done, stamp)
                moved = True
            if state.wait > 0 and t.queues[q].endless:
                s.head[0].full = q + 1
        if not moved:
            break
    for q in range(station.queue0, station.queue0 + station.queues):
        if t.queues[q].aheads > 0:
            tell_free(t, s, q)


@part
def settle(t, s, r):
    """Work off the agenda, then let fleets start trips, until nothing is left to do at this moment."""
    while True:
        number = take_from_agenda(s)
        if number >= 0:
            look(t, s, r, number)
        elif s.head[0].fleets == 0 or not start_trip(t, s, r):
            return


@part
def begin(t, s, r):
    """Let the run begin, at time 0: first failures, hours, supplies, and a first look at every station."""
    s.head[0].begun = 1
    begin_machines(t, s)
    for k in range(t.shifts.shape[0]):
        shift = t.shifts[k]
        s.shifts[k].on = shift.on
        if shift.switches > 0:
            set_time(s.tree, shift.source, t.switches[shift.switch0])
    for c in range(t.crews.shape[0]):
        shift_of = t.crews[c].shift
        s.crews[c].on = s.shifts[shift_of].on if shift_of >= 0 else 1
    for p in range(t.plans.shape[0]):
        if t.plans[p].every > 0:
            set_time(s.tree, t.plans[p].source, t.plans[p].every)
    plan_release(t, s)
    for j in range(t.toolmodes.shape[0]):
        mode = t.toolmodes[j]
        if mode.tools > 0 and t.stations[mode.station].asks == 0:
            set_time(s.tree, mode.source, own_tool_next(t, s, j))
    for number in range(t.stations.shape[0]):
        station = t.stations[number]
        for m in range(station.machine0, station.machine0 + station.count):
            if station.flow == UTILITY or s.machines[m].phase == WORK or (station.flow == STORE and s.machines[m].on > 0):
                set_category(t, s, r, m, T_EXECUTE)
            schedule(t, s, m)
            for j in range(station.slots):
                slot = t.slots[station.slot0 + j]
                mount = s.mounts[t.machines[m].mount0 + j]
                if slot.kind == SUPPLY and mount.lot == 0:
                    mount.lot = (slot.thing << KIND_SHIFT) | s.serials[slot.thing]
                    s.serials[slot.thing] += 1
                if mount.lot != 0:
                    for i in range(slot.rolls):
                        mounted(t, s, r, number, m, j, mount.lot + i)
        if station.shift >= 0 and t.shifts[station.shift].on == 0:
            for m in range(station.machine0, station.machine0 + station.count):
                stop(t, s, r, m, OFF_SHIFT)
    for number in range(t.stations.shape[0]):
        put_on_agenda(s, number)
    s.head[0].fleets = 1 if t.fleets[0].count > 0 else 0


@part
def own_event(t, s, r, m, what, slot, n, scrap, given):
    """Take in what a machine did: ended its work, changed, failed, was mended."""
    row = s.machines[m]
    station = t.stations[t.machines[m].station]
    if what == DONE:
        if row.phase != WORK or row.n != n:
            s.head[0].ignored += 1
            return
        if station.before:
            put_on_agenda(s, t.machines[m].station)  # what is finished now counts in the choice of those that are held back
        if station.flow in (ITEM, UNLOADER):
            item_done(t, s, r, m, scrap, given)
        elif station.flow == LOADER:
            loader_done(t, s, r, m, scrap, given)
        else:
            batch_done(t, s, r, m)
    elif what == CHANGED and row.phase == CHANGE:
        put_on(t, s, r, m, row.slot)
        row.slot = -1
        row.phase = IDLE
        settle_category(t, s, r, m)
        put_on_agenda(s, t.machines[m].station)
    elif what == HAS_SET_UP and row.phase == SETUP:
        if make_ready(t, s, r, m) and station.toolmodes > 0:
            tools_at_start(t, s, r, m)
    elif what == MAINTAINED and row.maintaining:
        maintained(t, s, r, m)
    elif what == FAILED and row.mode < 0:
        failed(t, s, r, m, slot, n)
    elif what == REPAIRED and row.mode == slot:
        repaired(t, s, r, m)
    elif what == STOPPED and not row.mask & OPERATOR:
        stop(t, s, r, m, OPERATOR)
    elif what == CLEARED and row.mask & OPERATOR:
        unstop(t, s, r, m, OPERATOR)
    else:
        s.head[0].ignored += 1


@part
def tool_event(t, s, r, j, what, machine, tool, n):
    """Take in that a tool goes out or comes back."""
    if what == FAILED:
        tool_out(t, s, r, j, machine, tool, n)
    elif what == REPAIRED:
        tool_back(t, s, r, j, machine, tool)


@part
def timer_event(t, s, r, source):
    """Let the event of a timer or a returning carrier happen."""
    row = t.sources[source]
    if row.what == SOURCE_SHIFT:
        set_time(s.tree, source, switch_shift(t, s, r, row.of))
    elif row.what == SOURCE_PLAN:
        set_time(s.tree, source, plan_due(t, s, row.of))
    elif row.what == SOURCE_ORDER:
        released(t, s)
    else:
        carrier_back(t, s, row.of)


@part
def drop_record(s):
    """Take the first record off the inbox."""
    head = s.head[0]
    head.inbox -= 1
    for i in range(head.inbox):
        s.inbox[i] = s.inbox[i + 1]


@part
def event(t, s, r, from_inbox):
    """Let the first event happen: of a record, or of the source that is first."""
    source = first_source(s.tree)
    row = t.sources[source]
    record = s.inbox[0]
    machines = True
    of = row.of
    machine = tool = what = slot = n = scrap = given = np.int64(0)
    if from_inbox:
        station = t.stations[record.station]
        what, slot, n, machine, tool = np.int64(record.what), np.int64(record.slot), record.n, np.int64(record.machine), np.int64(record.tool)
        machines = not (what in (FAILED, REPAIRED) and tool >= 0)
        of = station.machine0 + machine if machines else slot
        scrap = np.int64(1) if what == DONE and record.verdict != 0 else np.int64(0)
        given = np.int64(record.values)
    elif row.what in (SOURCE_MACHINE, SOURCE_VEHICLE):
        now = s.head[0].now
        if t.stations[t.machines[of].station].asks or (s.machines[of].due == now and own_next(t, s, of) > now):
            if row.what == SOURCE_VEHICLE:
                go_on(t, s, r, of)
            else:
                line_due(t, s, r, of)
            return
        what, slot, n, scrap = own_fire(t, s, of)
    elif row.what == SOURCE_TOOL:
        machines = False
        what, machine, tool, n = own_tool_fire(t, s, of)
    else:
        timer_event(t, s, r, source)
        return
    if machines:
        own_event(t, s, r, of, what, slot, n, scrap, given)
        schedule(t, s, of)
    else:
        tool_event(t, s, r, of, what, machine, tool, n)
    if from_inbox:
        drop_record(s)
    elif not machines:
        set_time(s.tree, source, own_tool_next(t, s, of))


@kernel
def advance(t, s, r, until):
    """Let everything happen that falls due before a time.

    Parameters
    ----------
    t, s, r
        Station table; state, changed in place; buffers of rows, filled where ``s.head[0].keep`` is 1 (`rows_needed` says how large they must be).
    until
        ns from the run's begin; an event at `until` itself does not happen.

    Returns
    -------
    UNTIL
        Done; the state stands at `until`.
    ROWS
        A buffer is nearly full: take the rows, set ``r.count[:]`` to 0, and call again.
    ASK
        Commands wait in ``s.outbox[: s.head[0].outbox]``; nothing happens past their time before they are taken, and the count is set to 0.
    FULL
        The unlimited queue number ``s.head[0].full - 1`` holds `table.ENDLESS` items: more comes to it than leaves it.
    DEADLOCK
        Nothing will ever happen again (told only where `until` is later than any event may be).
    """
    head = s.head[0]
    room = r.visit.shape[0] - 2 * t.machines.shape[0] - SPARE
    if head.begun == 0:
        begin(t, s, r)
    while True:
        settle(t, s, r)
        if head.full != 0:
            return FULL
        at = s.tree[ROOT]
        from_inbox = False
        if head.inbox > 0:
            first = s.inbox[0].t
            if first < at or (first == at and record_source(t, s.inbox[0]) <= first_source(s.tree)):
                at = first
                from_inbox = True
        if head.outbox > 0 and at > head.now:
            return ASK
        if at >= until:
            head.now = max(head.now, until)
            return UNTIL
        if at >= NEVER:
            return DEADLOCK
        if head.keep:
            for k in range(KINDS_OF_ROWS):
                if r.count[k] > room:
                    return ROWS
        head.now = at
        head.events += 1
        event(t, s, r, from_inbox)


@kernel
def finish(t, s, r):
    """Write what is known only at the end of a run: waits that are long and still go on."""
    if s.head[0].keep == 0:
        return
    now = s.head[0].now
    for m in range(s.machines.shape[0]):
        row = s.machines[m]
        short = t.stations[t.machines[m].station].short
        if row.category in (T_STARVED, T_BLOCKED) and (now - row.since >= short or (now > row.since and row.shown >= 0 and row.shown != EXECUTE)):
            state_row(t, s, r, m, row.since, SUSPENDED, REASON_STARVED if row.category == T_STARVED else REASON_BLOCKED)


def rows_needed(table: Table) -> int:
    """Return how many rows each buffer must hold at least."""
    return 2 * (2 * len(table.machines) + SPARE)
