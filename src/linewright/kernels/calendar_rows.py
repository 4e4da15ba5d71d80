"""Rows that the calendar writes, and what it commands (`rows`, `exchange_rows`)."""

from __future__ import annotations

from linewright.kernels.compiled import kernel
from linewright.kernels.rows import (
    R_CAMPAIGN,
    R_CONSUME,
    R_FAULTED,
    R_LOST,
    R_MADE,
    R_MISSING,
    R_MOUNT,
    R_PLACED,
    R_STATE,
    R_TOOL_STOP,
    R_VISIT,
    VERDICT_LATE,
)
from linewright.kernels.state import KEY_MASK, OUTBOX


@kernel
def visit(t, s, r, station, m, item, arrive, start, done, leave, n, verdict, grade, tool):
    """Count a visit that ends now, and write its row."""
    row = s.stations[station]
    row.stay_ns += leave - arrive
    if row.stay_ns >= 1 << 60:
        row.stay_s += row.stay_ns // 1000000000
        row.stay_ns %= 1000000000
    if s.head[0].keep == 0:
        return
    i = r.count[R_VISIT]
    r.count[R_VISIT] = i + 1
    out = r.visit[i]
    out.item = item & KEY_MASK
    out.n = 0 if verdict == VERDICT_LATE else n
    out.arrive = arrive
    out.start = start
    out.done = done
    out.leave = leave
    out.station = station
    out.machine = m - t.stations[station].machine0
    out.tool = tool
    out.verdict = verdict
    out.grade = grade
    out.again = item & t.stations[station].again


@kernel
def consumed(t, s, r, station, m, slot, item, lot, lo, hi):
    """Write that an item used lo..hi of a lot."""
    if s.head[0].keep == 0:
        return
    i = r.count[R_CONSUME]
    r.count[R_CONSUME] = i + 1
    out = r.consume[i]
    out.item = item & KEY_MASK
    out.lot = lot & KEY_MASK
    out.t = s.head[0].now
    out.lo = lo
    out.hi = hi
    out.station = station
    out.machine = m - t.stations[station].machine0
    out.slot = slot


@kernel
def mounted(t, s, r, station, m, slot, lot):
    """Write that a lot was put on an input."""
    if s.head[0].keep == 0:
        return
    i = r.count[R_MOUNT]
    r.count[R_MOUNT] = i + 1
    out = r.mount[i]
    out.lot = lot & KEY_MASK
    out.t = s.head[0].now
    out.station = station
    out.machine = m - t.stations[station].machine0
    out.slot = slot


@kernel
def lost(t, s, r, station, m, slot, lot, lo, hi, why):
    """Write that lo..hi of a lot is thrown away."""
    if s.head[0].keep == 0 or hi <= lo:
        return
    i = r.count[R_LOST]
    r.count[R_LOST] = i + 1
    out = r.lost[i]
    out.lot = lot & KEY_MASK
    out.t = s.head[0].now
    out.lo = lo
    out.hi = hi
    out.station = station
    out.machine = m - t.stations[station].machine0
    out.slot = slot
    out.why = why


@kernel
def made(t, s, r, station, m, item, parent, amount, lane):
    """Count and write that a thing came into being."""
    s.stations[station].made += 1
    if s.head[0].keep == 0:
        return
    i = r.count[R_MADE]
    r.count[R_MADE] = i + 1
    out = r.made[i]
    out.item = item & KEY_MASK
    out.parent = parent & KEY_MASK
    out.t = s.head[0].now
    out.amount = amount
    out.station = station
    out.machine = m - t.stations[station].machine0
    out.lane = lane


@kernel
def placed(s, r, station, item, carrier, place, off):
    """Write that an item was laid on a carrier, or taken off."""
    if s.head[0].keep == 0:
        return
    i = r.count[R_PLACED]
    r.count[R_PLACED] = i + 1
    out = r.placed[i]
    out.item = item & KEY_MASK
    out.carrier = carrier
    out.t = s.head[0].now
    out.place = place
    out.station = station
    out.off = off


@kernel
def state_row(t, s, r, m, at, state, reason):
    """Write a change of state, unless it is the one that the last row of the machine told."""
    row = s.machines[m]
    if row.shown == state and row.shown_reason == reason:
        return
    row.shown = state
    row.shown_reason = reason
    i = r.count[R_STATE]
    r.count[R_STATE] = i + 1
    out = r.state[i]
    out.t = at
    out.station = t.machines[m].station
    out.machine = m - t.stations[out.station].machine0
    out.state = state
    out.reason = reason


@kernel
def no_value(s, r, station, machine, item, place):
    """Write that a unit gets no value at a station."""
    if s.head[0].keep == 0:
        return
    i = r.count[R_MISSING]
    r.count[R_MISSING] = i + 1
    out = r.missing[i]
    out.item = item & KEY_MASK
    out.t = s.head[0].now
    out.station = station
    out.machine = machine
    out.place = place


@kernel
def tool_stop(s, r, station, machine, tool, reason, out_of_work):
    """Write that a tool goes out (1) or comes back (0)."""
    if s.head[0].keep == 0:
        return
    i = r.count[R_TOOL_STOP]
    r.count[R_TOOL_STOP] = i + 1
    out = r.tool_stop[i]
    out.t = s.head[0].now
    out.station = station
    out.machine = machine
    out.tool = tool
    out.reason = reason
    out.out = out_of_work


@kernel
def campaign_row(s, r, station, item, order):
    """Write that things of a kind are for another order from here on."""
    if s.head[0].keep == 0:
        return
    i = r.count[R_CAMPAIGN]
    r.count[R_CAMPAIGN] = i + 1
    out = r.campaign[i]
    out.item = item & KEY_MASK
    out.t = s.head[0].now
    out.order = order
    out.station = station


@kernel
def command(t, s, what, m, item, n, amount, slot, crew):
    """Put a command to a machine that is somewhere else into the outbox."""
    head = s.head[0]
    head.command += 1
    if head.outbox >= OUTBOX:
        return
    out = s.outbox[head.outbox]
    head.outbox += 1
    out.seq = head.command
    out.t = head.now
    out.item = item & KEY_MASK
    out.again = item & t.stations[t.machines[m].station].again
    out.n = n
    out.amount = amount
    out.station = t.machines[m].station
    out.machine = m - t.stations[out.station].machine0
    out.slot = slot
    out.revision = 0
    out.crew = crew
    out.what = what
    out.product = s.machines[m].product
    out.d0 = out.d1 = out.d2 = out.d3 = 0.0
    out.w0 = out.w1 = out.w2 = out.w3 = 0.0


@kernel
def faulted(s, r, station, thing, fault, lane, lo, hi, s0, s1):
    """Write what a fault has left on a thing."""
    if s.head[0].keep == 0:
        return
    i = r.count[R_FAULTED]
    r.count[R_FAULTED] = i + 1
    out = r.faulted[i]
    out.thing = thing
    out.t = s.head[0].now
    out.lo = lo
    out.hi = hi
    out.s0 = s0
    out.s1 = s1
    out.fault = fault
    out.lane = lane
    out.station = station
