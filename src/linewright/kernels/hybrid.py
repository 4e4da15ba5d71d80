"""The hybrid: most of a line station by station (`recursion`), the rest by the event calendar, joined by the same streams.

Usage, for a line that `hybrid_split.split_line` has split, without rows, between two events of what serves its nodes from outside::

    network = new_network(table, kinds)
    advance(table, state, rows, network, until)     # the state stands at `until`, as the calendar would have left it

Two things are taken for granted and must be looked at afterwards (`twin/evaluator.py`): there were always enough people for the repairs at nodes
(`network.calls`, `busiest`), and nothing happened whose order only the calendar knows (`notes[N_DOUBT]`).
"""

from __future__ import annotations

import numpy as np

from linewright.kernels.calendar import FULL, UNTIL
from linewright.kernels.calendar_sources import schedule
from linewright.kernels.compiled import kernel
from linewright.kernels.hybrid_bounds import set_bounds
from linewright.kernels.hybrid_component import free_in, next_of_component, run_component
from linewright.kernels.recursion import return_queue, take_node, take_stream
from linewright.kernels.recursion_join import run_join
from linewright.kernels.recursion_judge import find_limits
from linewright.kernels.recursion_network import (
    BETWEEN,
    ENDLESS,
    INTO,
    JOIN,
    N_CALLS,
    N_DOUBT,
    N_FIRSTS,
    N_FREED,
    N_NEXT,
    N_ROUNDS,
    OFF,
    ONTO,
    OTHER,
    OUT_OF,
    SIDE,
    root_of,
)
from linewright.kernels.recursion_side import next_side, run_side
from linewright.kernels.recursion_side_state import return_side
from linewright.kernels.recursion_trays import next_unit, return_units, run_unit, take_units
from linewright.kernels.recursion_visit import note_call
from linewright.kernels.state import NEVER
from linewright.kernels.tree import set_time

#: In place of a station: the calendar's part.
COMPONENT = -2
#: Rounds in which only bounds grow (round a circle, by the shortest visit each time) before the first event of all happens.
PATIENCE = 3


@kernel
def take_border(t, s, w, x):
    """Make a stream of a queue between nodes and the calendar's part."""
    stream = w.streams[x]
    queue = t.queues[x]
    if stream.role == OUT_OF:
        take_stream(t, s, w, x)
        stream.applied = queue.places
        return
    stream.base = stream.arrived = stream.taken = stream.before = 0
    stream.quiet = stream.still = 0
    stream.credited = max(free_in(t, s, x), 0)
    for k in range(stream.credited):
        w.credit[stream.at + k] = 0
        w.freed[stream.at + k] = root_of(stream.taker, 0)


@kernel
def take_carriers(t, s, w, j):
    """Make the streams of a station's carriers, and its machines."""
    node = w.nodes[j]
    node.n = node.end = node.mark = node.first = s.stations[j].n + 1
    node.stay = 0
    for number in (node.trays, node.gone):
        if number >= 0:
            x = w.streams[number]
            x.base = x.arrived = x.taken = x.credited = x.quiet = x.still = 0
    if node.kind == OFF:
        w.streams[node.gone].credited = ENDLESS
    else:
        x = w.streams[node.trays]
        x.credited = s.carriers[t.stations[j].carrier].empty
        for k in range(x.credited):
            w.credit[x.at + k] = 0
            w.freed[x.at + k] = root_of(j, 0)
    if node.ends:
        w.streams[node.outlet].credited = ENDLESS
    take_units(t, s, w, j)


@kernel
def take_people(t, s, w, j, by):
    """Take the people at work on the machines of a node out of their crews (`by` is -1), or put them back (1)."""
    station = t.stations[j]
    for m in range(station.machine0, station.machine0 + station.count):
        row = s.machines[m]
        if row.mode >= 0:
            crew = t.modes[station.mode0 + row.mode].crew
            if crew >= 0:
                s.crews[crew].busy += by
                if by < 0:
                    note_call(w, crew, s.head[0].now, s.own[m].until)


@kernel
def take_all(t, s, w, until):
    """Make a network of the state."""
    w.notes[N_CALLS] = w.notes[N_DOUBT] = w.notes[N_NEXT] = 0
    w.notes[N_FREED] = -1
    if w.limited[0] == 0:
        find_limits(t, w)
        w.limited[0] = 1
    for x in range(w.streams.shape[0]):
        role = w.streams[x].role
        if role == BETWEEN:
            take_stream(t, s, w, x)
        elif role in (INTO, OUT_OF):
            take_border(t, s, w, x)
    for j in range(t.stations.shape[0]):
        kind = w.nodes[j].kind
        if kind == OTHER:
            continue
        take_people(t, s, w, j, -1)
        if kind in (ONTO, OFF):
            take_carriers(t, s, w, j)
        else:
            take_node(t, s, w, j, until)
        station = t.stations[j]
        for m in range(station.count):
            set_time(s.tree, station.source0 + m, NEVER)
    for c in range(t.crews.shape[0]):
        w.busiest[c] = s.crews[c].busy


@kernel
def return_all(t, s, w, until):
    """Bring all of the state up to date that the nodes keep for themselves."""
    for j in range(t.stations.shape[0]):
        kind = w.nodes[j].kind
        if kind == SIDE:
            return_side(t, s, w, j)
        elif kind in (ONTO, OFF):
            return_units(t, s, w, j)
        if kind != OTHER:
            take_people(t, s, w, j, 1)
    for x in range(w.streams.shape[0]):
        stream = w.streams[x]
        if stream.queue < 0:
            continue
        if stream.role == OUT_OF:
            stream.before = stream.arrived  # the calendar has counted them
            s.queues[x].count = 0
        if stream.role in (BETWEEN, OUT_OF):
            return_queue(t, s, w, x)
    for m in range(t.machines.shape[0]):
        schedule(t, s, m)
    s.head[0].now = max(s.head[0].now, until)


@kernel
def first_of_all(t, s, w, until):
    """Return the station whose known event is the first of all, or COMPONENT; -1 where none is left before a time."""
    found = np.int64(-1)
    first = np.int64(until)
    first_tag = np.int64(-NEVER)
    for j in range(t.stations.shape[0] - 1, -1, -1):
        kind = w.nodes[j].kind
        if kind == SIDE:
            at, tag, _, _ = next_side(t, s, w, j)
        elif kind in (ONTO, OFF):
            at, _, tag, _ = next_unit(t, s, w, j)
        else:
            continue
        if at < first or (at == first and found != -1 and tag > first_tag):
            found, first, first_tag = np.int64(j), np.int64(at), np.int64(tag)
    at, _, tag = next_of_component(t, s, w)
    if at < first or (at == first and found != -1 and tag > first_tag):
        found = np.int64(COMPONENT)
    return found


@kernel
def run_nodes(t, s, w, until):
    """Let each node go on once, from the last to the first. Returns whether any did."""
    moved = False
    for j in range(t.stations.shape[0] - 1, -1, -1):
        kind = w.nodes[j].kind
        if kind == SIDE:
            moved |= run_side(t, s, w, j, until, 0)
        elif kind in (ONTO, OFF):
            moved |= run_unit(t, s, w, j, until, 0)
        elif kind == JOIN:
            moved |= run_join(t, s, w, j, until)
    return moved


@kernel
def run_first(t, s, r, w, j, until):
    """Let the first event of all happen."""
    w.notes[N_FIRSTS] += 1
    if j == COMPONENT:
        run_component(t, s, r, w, until, 1)
    elif w.nodes[j].kind == SIDE:
        run_side(t, s, w, j, until, 1)
    else:
        run_unit(t, s, w, j, until, 1)


@kernel
def advance(t, s, r, w, until):
    """Let everything happen that falls due before a time.

    Parameters
    ----------
    t, s, r, w
        Station table; state, changed in place, begun and without rows to be kept; buffers of rows, not used; network of the same table.
    until
        ns from the run's begin; an event at `until` itself does not happen.

    Returns
    -------
    UNTIL
        The state stands at `until`.
    FULL
        As of the calendar: an unlimited queue has grown beyond all bounds.
    """
    if until <= s.head[0].now:
        return UNTIL
    take_all(t, s, w, until)
    idle = np.int64(0)
    while True:
        w.notes[N_ROUNDS] += 1
        moved = False
        while run_nodes(t, s, w, until):
            moved = True
        grown = set_bounds(t, s, w)
        known = w.notes[N_NEXT]
        moved |= run_component(t, s, r, w, until, 0)
        grown |= w.notes[N_NEXT] > known
        if s.head[0].full != 0:
            return_all(t, s, w, s.head[0].now)
            return FULL
        idle = np.int64(0) if moved else idle + 1
        if moved or (grown and idle < PATIENCE):
            continue
        idle = np.int64(0)
        j = first_of_all(t, s, w, until)
        if j == -1:
            break
        run_first(t, s, r, w, j, until)
    return_all(t, s, w, until)
    return UNTIL
