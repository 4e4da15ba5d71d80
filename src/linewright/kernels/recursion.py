"""The recursion: the second evaluator of a station table, station by station instead of event by event.

Usage, for a line that `recursion_cover.why_not` has nothing against, without rows::

    network = new_network(table)
    advance(table, state, network, until)     # UNTIL: the state stands at `until`, as the calendar would have left it

It takes the state over, runs each station as far ahead as its inputs and places allow, and gives the state back; calendar and recursion may take
turns. docs/semantics.md is what happens, docs/recursion.md how.
"""

from __future__ import annotations

from linewright.kernels.calendar import UNTIL
from linewright.kernels.calendar_sources import schedule
from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_join import run_join, take_join
from linewright.kernels.recursion_judge import find_limits
from linewright.kernels.recursion_network import ENDLESS, JOIN, PLAIN, SIDE, root_of
from linewright.kernels.recursion_plain import run_plain
from linewright.kernels.recursion_side import next_side, run_side
from linewright.kernels.recursion_side_state import return_side, take_side
from linewright.kernels.recursion_visit import flush
from linewright.kernels.state import IDLE

#: ns: so far ahead ends of works can be told apart in one number with their machines (`recursion_ends`); a year is less.
PIECE = 1 << 55


@kernel
def take_stream(t, s, w, x):
    """Make a stream of a queue of the state."""
    stream = w.streams[x]
    stream.base = stream.arrived = stream.taken = stream.credited = stream.before = 0
    stream.quiet = stream.still = 0
    q = stream.queue
    if q < 0:
        return
    queue = t.queues[q]
    state = s.queues[q]
    stream.head = state.head
    stream.arrived = stream.before = state.count
    stream.credited = queue.places
    for k in range(state.count):
        at = state.head + k
        if at >= queue.room:
            at -= queue.room
        entry = s.ring[queue.ring0 + at]
        w.arrive[stream.at + k] = entry.arrive
        w.done[stream.at + k] = entry.done
        w.item[stream.at + k] = entry.item
        w.came[stream.at + k] = root_of(stream.giver, 0)
    for k in range(state.count, queue.places):
        w.credit[stream.at + k] = 0
        w.freed[stream.at + k] = root_of(stream.taker, 0)


@kernel
def take_node(t, s, w, j, until):
    """Make a node of a station of the state."""
    node = w.nodes[j]
    node.n = node.end = node.mark = node.first = node.fails = s.stations[j].n + 1
    node.out = node.outs = node.blocked = node.stay = node.good = 0
    if node.begins:
        stream = w.streams[node.inlet]
        stream.credited = 1
        for k in range(stream.size):
            w.arrive[stream.at + k] = 0
    if node.ends:
        stream = w.streams[node.outlet]
        stream.credited = ENDLESS
        for k in range(stream.size):
            w.credit[stream.at + k] = 0
    if node.kind == SIDE:
        take_side(t, s, w, j, until)
        return
    if node.kind == JOIN:
        take_join(t, s, w, j)
        return
    row = s.machines[t.stations[j].machine0]
    node.left = row.since
    if row.phase == IDLE:
        stream = w.streams[node.inlet]
        w.credit[stream.at + stream.credited] = row.since
        w.freed[stream.at + stream.credited] = root_of(j, 0)
        stream.credited += 1


@kernel
def return_queue(t, s, w, x):
    """Bring a queue of the state up to date."""
    stream = w.streams[x]
    queue = t.queues[stream.queue]
    state = s.queues[stream.queue]
    s.stations[queue.station].arrived += stream.arrived - stream.before
    if queue.places == 0:
        return
    for k in range(max(stream.before, stream.arrived - queue.room), stream.arrived):
        entry = s.ring[queue.ring0 + (stream.head + k) % queue.room]
        at = stream.at + k - stream.base
        entry.item = w.item[at]
        entry.arrive = w.arrive[at]
        entry.done = w.done[at]
    state.head = (stream.head + stream.taken) % queue.room
    state.count = stream.arrived - stream.taken


@kernel
def return_plain(t, s, w, j):
    """Bring a station of the state and its one machine up to date."""
    flush(t, s, w, j)
    m = t.stations[j].machine0
    outlet = w.streams[w.nodes[j].outlet]
    if outlet.queue >= 0 and outlet.arrived > outlet.before and s.machines[m].waiting == 0:
        entry = s.waits[t.queues[outlet.queue].wait0]
        entry.t = w.done[outlet.at + outlet.arrived - 1 - outlet.base]
        entry.machine = m


@kernel
def return_all(t, s, w, until):
    """Bring all of the state up to date that the loops keep for themselves."""
    for j in range(t.stations.shape[0]):
        if w.nodes[j].kind == PLAIN:
            return_plain(t, s, w, j)
        elif w.nodes[j].kind == SIDE:
            return_side(t, s, w, j)
    for x in range(w.streams.shape[0]):
        q = w.streams[x].queue
        if q >= 0:
            return_queue(t, s, w, x)
    for m in range(t.machines.shape[0]):
        schedule(t, s, m)
    s.head[0].now = max(s.head[0].now, until)


@kernel
def first_of(t, s, w, until):
    """Return the station of several machines whose known event is the first of all; -1 where none is left before a time."""
    found = -1
    first = until
    first_tag = -1
    for j in range(t.stations.shape[0] - 1, -1, -1):
        if w.nodes[j].kind == SIDE:
            at, tag, _, _ = next_side(t, s, w, j)
            if at < first or (at == first and found >= 0 and tag > first_tag):
                found, first, first_tag = j, at, tag
    return found


@kernel
def sweep(t, s, w, until, is_last):
    """Let each station go on once, from the last to the first. Returns whether any did."""
    moved = False
    for j in range(t.stations.shape[0] - 1, -1, -1):
        if w.nodes[j].kind == PLAIN:
            moved |= run_plain(t, s, w, j, until, is_last)
        elif is_last:
            continue
        elif w.nodes[j].kind == SIDE:
            moved |= run_side(t, s, w, j, until, 0)
        elif w.nodes[j].kind == JOIN:
            moved |= run_join(t, s, w, j, until)
    return moved


@kernel
def advance_piece(t, s, w, until):
    """Let everything happen that falls due before a time, which is not too far away."""
    for x in range(w.streams.shape[0]):
        take_stream(t, s, w, x)
    for j in range(t.stations.shape[0]):
        take_node(t, s, w, j, until)
    while True:
        if sweep(t, s, w, until, 0) or sweep(t, s, w, until, 1):
            continue
        j = first_of(t, s, w, until)
        if j < 0:
            break
        run_side(t, s, w, j, until, 1)
    return_all(t, s, w, until)


@kernel
def advance(t, s, w, until):
    """Let everything happen that falls due before a time.

    Parameters
    ----------
    t, s, w
        Station table; state, changed in place, begun and without rows to be kept; network of the same table.
    until
        ns from the run's begin; an event at `until` itself does not happen.

    Returns
    -------
    UNTIL
        The state stands at `until`.
    """
    if w.limited[0] == 0:
        find_limits(t, w)
        w.limited[0] = 1
    while until > s.head[0].now:
        advance_piece(t, s, w, min(until, s.head[0].now + PIECE))
    return UNTIL
