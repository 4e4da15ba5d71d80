"""Sources of events and the agenda: the two orders that decide what happens next (docs/semantics.md, section 3)."""

from __future__ import annotations

from linewright.kernels.compiled import kernel, part
from linewright.kernels.machine import next_time
from linewright.kernels.tree import set_time


@part
def schedule(t, s, m):
    """Set the time of a machine's source: what it does itself (unless it is somewhere else), or what the line does for it."""
    machine = t.machines[m]
    station = t.stations[machine.station]
    at = s.machines[m].due
    if station.asks == 0:
        at = min(at, next_time(t, s, m))
    set_time(s.tree, station.source0 + (m - station.machine0), at)


@kernel
def put_on_agenda(s, station):
    """Put a station on the agenda, once; the agenda is kept in order, the most downstream last."""
    row = s.stations[station]
    if row.flag:
        return
    row.flag = 1
    i = s.head[0].agenda
    s.head[0].agenda = i + 1
    while i > 0 and s.agenda[i - 1] > station:
        s.agenda[i] = s.agenda[i - 1]
        i -= 1
    s.agenda[i] = station


@kernel
def take_from_agenda(s):
    """Return the most downstream station of the agenda, and take it off; -1 where there is none."""
    head = s.head[0]
    if head.agenda == 0:
        return -1
    head.agenda -= 1
    station = s.agenda[head.agenda]
    s.stations[station].flag = 0
    return station
