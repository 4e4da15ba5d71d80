"""Machines side by side: works in which a machine fails go through the state, and the sums of a machine are brought there."""

from __future__ import annotations

from linewright.kernels import machine as own_side
from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_ends import item_after
from linewright.kernels.recursion_judge import GRADE, ODD, VERDICT
from linewright.kernels.recursion_visit import turn, work_on
from linewright.kernels.rows import VERDICT_SCRAP
from linewright.kernels.state import IDLE, NEVER, OUT, T_BLOCKED, T_EXECUTE, T_STARVED, WORK
from linewright.kernels.table import COIL, RUNNING

own_start = own_side.start


@kernel
def running_left(t, s, m):
    """Return the running time to the next failure of a machine."""
    station = t.stations[t.machines[m].station]
    left = NEVER
    for k in range(station.modes):
        if t.modes[station.mode0 + k].clock == RUNNING:
            left = min(left, s.clocks[t.machines[m].clock0 + k].left)
    return left


@kernel
def coils_last(t, s, m):
    """Return for how many starts of a machine its coils last; NEVER where it draws from none."""
    station = t.stations[t.machines[m].station]
    least = NEVER
    for k in range(station.slots):
        slot = t.slots[station.slot0 + k]
        if slot.kind == COIL:
            least = min(least, s.mounts[t.machines[m].mount0 + k].rest // (slot.amount + slot.extra))
    return least


@kernel
def use_coils(t, s, w, m, starts):
    """Take off a machine's coils what some starts have used."""
    w.machines[m].most -= starts
    station = t.stations[t.machines[m].station]
    for k in range(station.slots):
        slot = t.slots[station.slot0 + k]
        if slot.kind == COIL:
            mount = s.mounts[t.machines[m].mount0 + k]
            mount.at += starts * (slot.amount + slot.extra)
            mount.rest -= starts * (slot.amount + slot.extra)


@kernel
def settle_machine(t, s, w, m, at):
    """Bring times and clocks of a machine in the state to a moment at which no work is in hand that is not told; it is starved or blocked since."""
    node = w.machines[m]
    station = t.stations[t.machines[m].station]
    row = s.machines[m]
    busy = node.full - node.left
    for k in range(station.modes):
        if t.modes[station.mode0 + k].clock == RUNNING:
            s.clocks[t.machines[m].clock0 + k].left -= busy
    s.times[m, T_EXECUTE] += busy
    s.times[m, T_BLOCKED] += node.blocked
    s.times[m, T_STARVED] += at - row.since - busy - node.blocked
    row.since = at
    row.category = T_STARVED
    row.k += node.starts
    node.full = node.left
    use_coils(t, s, w, m, node.starts)
    node.blocked = node.starts = 0


@kernel
def put_code(row, code):
    """Write verdict and grade of a visit that is over."""
    row.verdict = code & VERDICT
    row.grade = ((code & (ODD - 1)) >> GRADE) - 1


@kernel
def begin_told(t, s, w, j, m, now, until):
    """Begin the work of which a machine's node tells, in which the machine fails: in the state. Returns its end, NEVER where that is not in time."""
    settle_machine(t, s, w, m, now)
    node = w.machines[m]
    row = s.machines[m]
    row.k += 1
    use_coils(t, s, w, m, 1)
    row.item, row.arrive, row.start, row.n = node.item, node.arrive, now, node.n
    row.done = node.done
    put_code(row, node.last_code)
    row.waiting = 0
    row.phase = WORK
    row.tool = (row.k - 1) % t.stations[j].tools if t.stations[j].tools > 0 else -1
    own_start(t, s, m, node.n, -1, now)
    turn(s, m, T_EXECUTE, now)
    return end_told(t, s, w, m, until)


@kernel
def end_told(t, s, w, m, until):
    """Work a visit in the state out to its end. Returns it, NEVER where that is not before `until`."""
    node = w.machines[m]
    node.told = node.n
    if not work_on(t, s, w, m, until):
        return NEVER
    w.nodes[t.machines[m].station].tolds += 1
    node.left = node.full = running_left(t, s, m)
    turn(s, m, T_BLOCKED, s.machines[m].done)
    return s.machines[m].done


@kernel
def return_machine(t, s, w, j, m, phase, end):
    """Bring a machine of the state up to date; `end` is that of a work that is over."""
    machine = w.machines[m]
    row = s.machines[m]
    own = s.own[m]
    station = t.stations[j]
    is_told = machine.told == machine.n
    if phase == WORK and is_told:
        return
    row.item = 0 if phase == IDLE else machine.item
    row.arrive, row.start, row.n, row.phase = machine.arrive, machine.start, machine.n, phase
    row.waiting = 1 if phase == OUT else 0
    if phase == WORK:
        own_start(t, s, m, machine.n, -1, machine.start)
        machine.left += own.left
        settle_machine(t, s, w, m, machine.start)
        row.category = T_EXECUTE
        row.done = machine.done
        put_code(row, machine.last_code)
    else:
        settle_machine(t, s, w, m, machine.empty if phase == IDLE else end)
        row.done = machine.done if phase == IDLE else end
        put_code(row, machine.code)
        if phase == OUT:
            row.category = T_BLOCKED
            row.item = item_after(machine)
        if not is_told:
            own.since = row.done
            own.left = 0
            own.n = machine.n
            own.scrap = 1 if machine.code & VERDICT == VERDICT_SCRAP else 0
    if not is_told:
        row.tool = (row.k - 1) % station.tools if station.tools > 0 else -1
