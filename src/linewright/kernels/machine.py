"""The machine's side of the line: how long work takes, when a machine fails, how long it is mended, what is measured.

The twin calls these functions itself; in a live run the driver of emulated machines calls them on its own copy of the state's `own`, `clocks`,
`tools`, `own_outs`. They do not look at anything of the line's side. A machine takes commands (`start`, `change`, `maintain`, `mend`, `hold`,
`resume`), tells the time of its next event (`next_time`) and what that is (`fire`).

`m` counts machines through the line: ``table.stations[station].machine0 + machine``. `now` is ns.
"""

from __future__ import annotations

import math

import numpy as np

from linewright.kernels.compiled import kernel, part
from linewright.kernels.exchange_rows import CHANGED, DONE, FAILED, HAS_SET_UP, MAINTAINED, REPAIRED
from linewright.kernels.rows import SERIAL_MASK
from linewright.kernels.rules import FAILURE, PICK, SCRAP, SERVICE, duration, uniform, value
from linewright.kernels.rules import MAINTAIN as MAINTAIN_TIME
from linewright.kernels.rules import REPAIR as REPAIR_TIME
from linewright.kernels.state import CHANGE, IDLE, MAINTAIN, NEVER, OWN_OUTS, SETUP, WORK, Z_PRODUCTS
from linewright.kernels.table import CALENDAR, RUNNING


@kernel
def begin_machines(t, s):
    """Draw the first failures, at time 0."""
    base = s.head[0].base
    for m in range(t.machines.shape[0]):
        machine = t.machines[m]
        station = t.stations[machine.station]
        for j in range(station.modes):
            clock = s.clocks[machine.clock0 + j]
            clock.k = 1
            clock.left = duration(t.laws, t.quantiles, t.modes[station.mode0 + j].to, base, t.clock_hash[machine.clock0 + j], FAILURE, 1)
    for j in range(t.toolmodes.shape[0]):
        if t.toolmodes[j].tools > 0:
            s.tools[j].k = 1
            s.tools[j].next = tool_gap(t, s, j, 1)


@kernel
def elapse(t, s, m, now):
    """Bring a machine's remaining work and running clocks to `now`."""
    own = s.own[m]
    if own.phase != IDLE and own.mode < 0 and (own.held == 0 or own.phase == MAINTAIN):
        passed = now - own.since
        own.left -= passed
        if own.phase == WORK:
            machine = t.machines[m]
            station = t.stations[machine.station]
            for j in range(station.modes):
                if t.modes[station.mode0 + j].clock == RUNNING:
                    clock = s.clocks[machine.clock0 + j]
                    clock.left = max(clock.left - passed, 1)
    own.since = now


@part
def start(t, s, m, n, product, now):
    """Begin the station's n-th start, with an item of a product."""
    own = s.own[m]
    station = t.stations[t.machines[m].station]
    base = s.head[0].base
    law = station.law
    scrap = station.scrap
    if station.variant0 > 0:
        law = t.variants[station.variant0 - 1 + product].law
        scrap = t.variants[station.variant0 - 1 + product].scrap
    own.phase = WORK
    own.n = n
    own.since = now
    own.product = product
    own.left = duration(t.laws, t.quantiles, law, base, station.hash, SERVICE, n)
    own.scrap = 1 if scrap > 0.0 and uniform(base, station.hash, SCRAP, n) < scrap else 0


@kernel
def set_up(t, s, m, product, now):
    """Begin to change over to another product."""
    own = s.own[m]
    own.phase = SETUP
    own.slot = -1
    own.since = now
    own.left = t.setups[t.stations[t.machines[m].station].setup0 - 1 + own.product * t.sizes[Z_PRODUCTS] + product]
    own.product = product


@kernel
def change(t, s, m, slot, now):
    """Begin to change what is on an input."""
    own = s.own[m]
    own.phase = CHANGE
    own.slot = slot
    own.since = now
    own.left = t.slots[t.stations[t.machines[m].station].slot0 + slot].change


@kernel
def maintain(t, s, m, plan, k, now):
    """Begin the k-th maintenance of a plan."""
    own = s.own[m]
    machine = t.machines[m]
    law = t.plans[t.stations[machine.station].plan0 + plan].law
    own.phase = MAINTAIN
    own.slot = plan
    own.n = k
    own.since = now
    own.left = duration(t.laws, t.quantiles, law, s.head[0].base, t.plan_hash[machine.plan0 + plan], MAINTAIN_TIME, k)


@kernel
def mend(t, s, m, now):
    """Begin the repair of the failure that stands."""
    own = s.own[m]
    machine = t.machines[m]
    law = t.modes[t.stations[machine.station].mode0 + own.mode].repair
    at = machine.clock0 + own.mode
    own.repairing = 1
    own.until = now + duration(t.laws, t.quantiles, law, s.head[0].base, t.clock_hash[at], REPAIR_TIME, s.clocks[at].k)


@kernel
def hold(t, s, m, now):
    """Let the work in hand stand still."""
    elapse(t, s, m, now)
    s.own[m].held = 1


@kernel
def resume(t, s, m, now):
    """Let the work in hand go on."""
    elapse(t, s, m, now)
    s.own[m].held = 0


@kernel
def next_event(t, s, m):
    """Return time and kind of a machine's next event, and which mode fails."""
    own = s.own[m]
    if own.mode >= 0:
        return (own.until, REPAIRED, own.mode) if own.repairing else (NEVER, 0, -1)
    at = NEVER
    what = 0
    mode = -1
    runs = own.phase != IDLE and (own.held == 0 or own.phase == MAINTAIN)
    if runs:
        at = own.since + own.left
        what = DONE
        if own.phase != WORK:
            what = CHANGED if own.phase == CHANGE else (HAS_SET_UP if own.phase == SETUP else MAINTAINED)
    station = t.stations[t.machines[m].station]
    if station.modes > 0 and own.phase != MAINTAIN:
        clock0 = t.machines[m].clock0
        for j in range(station.modes):
            left = s.clocks[clock0 + j].left
            if t.modes[station.mode0 + j].clock == CALENDAR:
                left = max(left, own.since)
            elif runs and own.phase == WORK:
                left += own.since
            else:
                continue
            if left < at:
                at = left
                what = FAILED
                mode = j
    return at, what, mode


@kernel
def next_time(t, s, m):
    """Return the time of a machine's next event, `NEVER` where there is none without a command."""
    return next_event(t, s, m)[0]


@kernel
def fire(t, s, m):
    """Let a machine's next event happen.

    Returns
    -------
    what, slot, n, scrap
        As in a record: kind; mode, input or plan; number; 1 where the item is scrap by chance.
    """
    now, what, mode = next_event(t, s, m)
    own = s.own[m]
    if what == REPAIRED:
        machine = t.machines[m]
        station = t.stations[machine.station]
        clock = s.clocks[machine.clock0 + mode]
        k = clock.k
        clock.k = k + 1
        row = t.modes[station.mode0 + mode]
        left = duration(t.laws, t.quantiles, row.to, s.head[0].base, t.clock_hash[machine.clock0 + mode], FAILURE, k + 1)
        clock.left = left + now if row.clock == CALENDAR else left
        own.mode = -1
        own.repairing = 0
        own.since = now
        return what, mode, k, 0
    elapse(t, s, m, now)
    if what == FAILED:
        own.mode = mode
        own.repairing = 0
        return what, mode, s.clocks[t.machines[m].clock0 + mode].k, 0
    own.phase = IDLE
    if what == DONE:
        return what, -1, own.n, own.scrap
    return what, own.slot, own.n, 0


# ---- tools: one stream of failures for all tools of a station


@kernel
def tool_gap(t, s, j, k):
    """Return the time from one failure of a tool of the station to the k-th."""
    mode = t.toolmodes[j]
    seconds = -mode.mean * math.log1p(-uniform(s.head[0].base, mode.hash, FAILURE, k))
    return max(np.int64(math.floor(seconds * 1e9 + 0.5)), np.int64(1))


@kernel
def tool_next(_t, s, j):
    """Return the time of the next event of tool mode j: a tool goes out, or one comes back."""
    at = s.tools[j].next
    for i in range(s.tools[j].outs):
        at = min(at, s.own_outs[j * OWN_OUTS + i].until)
    return at


@kernel
def tool_fire(t, s, j):
    """Let the next event of tool mode j happen.

    Returns
    -------
    what, machine, tool, n
        FAILED, REPAIRED, or 0 where a tool fails that is out already; the machine within the station.
    """
    now = tool_next(t, s, j)
    state = s.tools[j]
    for i in range(state.outs):
        out = s.own_outs[j * OWN_OUTS + i]
        if out.until == now:
            machine, tool, n = out.machine, out.tool, out.n
            state.outs -= 1
            for k in range(i, state.outs):
                s.own_outs[j * OWN_OUTS + k] = s.own_outs[j * OWN_OUTS + k + 1]
            return REPAIRED, machine, tool, n
    mode = t.toolmodes[j]
    n = state.k
    count = t.stations[mode.station].count * mode.tools
    hit = min(int(uniform(s.head[0].base, mode.hash, PICK, n) * count), count - 1)
    machine = hit // mode.tools
    tool = hit - machine * mode.tools
    state.k = n + 1
    state.next = now + tool_gap(t, s, j, n + 1)
    for i in range(state.outs):
        out = s.own_outs[j * OWN_OUTS + i]
        if out.machine == machine and out.tool == tool:
            return 0, machine, tool, n
    if state.outs >= OWN_OUTS:
        return 0, machine, tool, n
    out = s.own_outs[j * OWN_OUTS + state.outs]
    state.outs += 1
    out.until = now + duration(t.laws, t.quantiles, mode.repair, s.head[0].base, mode.hash, REPAIR_TIME, n)
    out.n = n
    out.machine = machine
    out.tool = tool
    return FAILED, machine, tool, n


@kernel
def measure(t, s, station, product, item, out, more, at):
    """Write what a station measures at one unit of a product (its key holds how often it came by); return how many values.

    They are float64, SI, in the order of the file. `more` holds from `at` on what faults add to the four means, then to the four spreads.
    """
    row = t.stations[station]
    count = min(row.measures, out.shape[0])
    measure0 = row.measure0 if row.variant0 == 0 else t.variants[row.variant0 - 1 + product].measure0
    for i in range(count):
        check = t.measures[measure0 + i]
        mean = check.mean + more[at + i]
        spread = check.spread + more[at + 4 + i]
        out[i] = value(t.normal, s.head[0].base, check.hash, item & (SERIAL_MASK | check.again), mean, spread)
    return count
