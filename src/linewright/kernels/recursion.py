"""The recursion: the second evaluator of a station table, station by station instead of event by event.

Usage, for a line that `recursion_cover.why_not` has nothing against, without rows::

    network = new_network(table)
    advance(table, state, network, until)     # UNTIL: the state stands at `until`, as the calendar would have left it

It takes the state over, runs each station as far ahead as its inputs and places allow, and gives the state back; calendar and recursion may take
turns.
docs/semantics.md is what happens, docs/recursion.md how.
"""

from __future__ import annotations

from linewright.kernels.calendar import UNTIL
from linewright.kernels.calendar_sources import schedule
from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_network import ENDLESS
from linewright.kernels.recursion_plain import run_plain
from linewright.kernels.recursion_visit import flush
from linewright.kernels.state import IDLE


@kernel
def take_over(t, s, w):
    """Make streams and nodes of a state."""
    for x in range(w.streams.shape[0]):
        stream = w.streams[x]
        stream.base = stream.arrived = stream.taken = 0
        stream.credited = 1
        stream.before = 0
        q = stream.queue
        if q >= 0:
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
            for k in range(state.count, queue.places):
                w.credit[stream.at + k] = 0
    for j in range(t.stations.shape[0]):
        node = w.nodes[j]
        row = s.machines[t.stations[j].machine0]
        node.n = node.end = node.mark = node.first = node.fails = s.stations[j].n + 1
        node.out = node.outs = node.blocked = node.stay = node.good = 0
        node.left = row.since
        if node.begins:
            stream = w.streams[node.inlet]
            for k in range(stream.size):
                w.arrive[stream.at + k] = 0
        if node.ends:
            stream = w.streams[node.outlet]
            stream.credited = ENDLESS
            for k in range(stream.size):
                w.credit[stream.at + k] = 0
        if row.phase == IDLE:
            stream = w.streams[node.inlet]
            w.credit[stream.at + stream.credited] = row.since
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
def give_back(t, s, w, until):
    """Bring the state up to date."""
    for j in range(t.stations.shape[0]):
        flush(t, s, w, j)
        m = t.stations[j].machine0
        outlet = w.streams[w.nodes[j].outlet]
        if outlet.queue >= 0 and outlet.arrived > outlet.before and s.machines[m].waiting == 0:
            entry = s.waits[t.queues[outlet.queue].wait0]
            entry.t = w.done[outlet.at + outlet.arrived - 1 - outlet.base]
            entry.machine = m
    for x in range(w.streams.shape[0]):
        if w.streams[x].queue >= 0:
            return_queue(t, s, w, x)
    for m in range(t.machines.shape[0]):
        schedule(t, s, m)
    s.head[0].now = max(s.head[0].now, until)


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
    if until <= s.head[0].now:
        return UNTIL
    take_over(t, s, w)
    is_last = 0
    while True:
        moved = False
        for j in range(t.stations.shape[0] - 1, -1, -1):
            if run_plain(t, s, w, j, until, is_last):
                moved = True
        if not moved:
            if is_last:
                break
            is_last = 1
    give_back(t, s, w, until)
    return UNTIL
