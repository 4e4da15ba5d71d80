"""Machines side by side: works in which a machine fails go through the state, and the sums of a machine are brought there."""

from __future__ import annotations

from linewright.kernels import machine as own_side
from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_judge import GRADE, ODD, VERDICT
from linewright.kernels.recursion_visit import turn, work_on
from linewright.kernels.state import NEVER, T_BLOCKED, T_EXECUTE, T_STARVED, WORK
from linewright.kernels.table import RUNNING

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
