"""Orders: which one is next, which one an item is for, how far each is; what product a machine is set up for (docs/semantics.md, section 5b)."""

from __future__ import annotations

import numpy as np

from linewright.kernels import machine as own_side
from linewright.kernels.calendar_rows import campaign_row, command
from linewright.kernels.calendar_sources import put_on_agenda, schedule
from linewright.kernels.calendar_stops import set_category
from linewright.kernels.compiled import kernel, part
from linewright.kernels.exchange_rows import SET_UP
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.kernels.state import CAMPAIGNS, NEVER, OPENING, SETUP, T_SETUP, TOO_MANY_CAMPAIGNS, Z_PRODUCTS
from linewright.kernels.table import BY_DUE, BY_PRIORITY, SAME_PRODUCT, SHORTEST
from linewright.kernels.tree import set_time

KIND_MASK = 0xFF

own_set_up = own_side.set_up


@kernel
def order_of(t, s, item):
    """Return the order that an item is for, of a carrier that of the first item on it; -1 where it is for none."""
    at = t.campaigns[(item >> KIND_SHIFT) & KIND_MASK]
    serial = item & SERIAL_MASK
    if at < 0:
        carrier = t.carriers[-1 - at]
        tray = (serial - 1) % carrier.count
        row = s.trays[carrier.tray0 + tray]
        if row.count == 0 or row.content == OPENING:
            return np.int64(-1)
        at = t.campaigns[carrier.inner]
        serial = np.int64(s.fills[carrier.fill0 + tray * carrier.holds])
    if at <= 0:
        return np.int64(-1)
    first = (at - 1) * CAMPAIGNS
    low = np.int64(0)
    high = s.campaign_counts[at - 1]
    while low < high:  # how many campaigns begin at or before the serial
        middle = (low + high) // 2
        if s.campaigns[first + middle].first <= serial:
            low = middle + 1
        else:
            high = middle
    return s.campaigns[first + low - 1].order if low > 0 else np.int64(-1)


@kernel
def product_of(t, s, item):
    """Return the product of an item; what is for no order is the line's first."""
    order = order_of(t, s, item)
    return s.orders[order].product if order >= 0 else np.int64(0)


@kernel
def note_order(t, s, r, station, item, order):
    """Write it down where a new thing is for another order than the last of its kind."""
    at = t.campaigns[(item >> KIND_SHIFT) & KIND_MASK] - 1
    if at < 0:
        return
    count = s.campaign_counts[at]
    last = s.campaigns[at * CAMPAIGNS + count - 1].order if count > 0 else np.int64(-1)
    if last == order:
        return
    if count == CAMPAIGNS:
        s.head[0].full = TOO_MANY_CAMPAIGNS
        return
    row = s.campaigns[at * CAMPAIGNS + count]
    row.first = item & SERIAL_MASK
    row.order = order
    s.campaign_counts[at] = count + 1
    campaign_row(s, r, station, item, order)


# ---- who is next


@kernel
def rule_key(t, s, rule, m, order):
    """Return by what a rule sorts what is for an order; the least is next."""
    if rule == BY_PRIORITY:
        return np.float64(-s.orders[order].priority) if order >= 0 else 1.0
    if rule == BY_DUE:
        return np.float64(s.orders[order].due) if order >= 0 and s.orders[order].due >= 0 else np.float64(NEVER)
    product = s.orders[order].product if order >= 0 else np.int64(0)
    if rule == SHORTEST:
        station = t.stations[t.machines[m].station]
        law = station.law if station.variant0 == 0 else t.variants[station.variant0 - 1 + product].law
        return t.laws[law].mean
    if rule == SAME_PRODUCT:
        return 1.0 if s.machines[m].product >= 0 and s.machines[m].product != product else 0.0
    return 0.0


@kernel
def comes_before(t, s, m, a, b):
    """Tell whether a station begins something for an order rather than for another."""
    number = t.machines[m].station
    one = s.orders[a]
    other = s.orders[b]
    rule = t.stations[number].rule
    key_a = rule_key(t, s, rule, m, a)
    key_b = rule_key(t, s, rule, m, b)
    if key_a != key_b:
        return key_a < key_b
    if one.priority != other.priority:
        return one.priority > other.priority
    current = s.stations[number].order
    if (a == current) != (b == current):
        return a == current
    due_a = one.due if one.due >= 0 else NEVER
    due_b = other.due if other.due >= 0 else NEVER
    return due_a < due_b if due_a != due_b else a < b


@kernel
def next_order(t, s, m):
    """Return the order that a station begins next on a machine, -1 where there is none."""
    best = np.int64(-1)
    now = s.head[0].now
    for o in range(s.head[0].orders):
        row = s.orders[o]
        if row.held or row.release > now or row.amount - row.begun + row.lost <= 0:
            continue
        if best < 0 or comes_before(t, s, m, o, best):
            best = np.int64(o)
    return best


@kernel
def take_order(t, s, m):
    """Count that a station begins something for the order that is next. Returns whether there is one."""
    order = next_order(t, s, m)
    if order < 0:
        return False
    number = t.machines[m].station
    row = s.orders[order]
    row.begun += t.stations[number].units
    if row.began < 0:
        row.began = s.head[0].now
    s.stations[number].order = order
    s.machines[m].order = order
    return True


# ---- how far they are


@kernel
def wake_beginners(t, s):
    """Look at all stations that begin by order."""
    for number in range(t.stations.shape[0]):
        if t.stations[number].by_order:
            put_on_agenda(s, number)


@kernel
def lose(t, s, number, item):
    """Count an item that is lost at a station: as many products must be begun anew."""
    order = order_of(t, s, item) if t.stations[number].units > 0 else np.int64(-1)
    if order >= 0:
        s.orders[order].lost += t.stations[number].units
        wake_beginners(t, s)


@kernel
def count_good(t, s, item):
    """Count an item that has left the line."""
    order = order_of(t, s, item)
    if order >= 0:
        row = s.orders[order]
        row.good += 1
        if row.good == row.amount:
            row.ended = s.head[0].now


@kernel
def left_line(t, s, item):
    """Count what has left the line: an item, or all that lies on a carrier."""
    at = t.campaigns[(item >> KIND_SHIFT) & KIND_MASK]
    if at >= 0:
        count_good(t, s, item)
        return
    carrier = t.carriers[-1 - at]
    tray = ((item & SERIAL_MASK) - 1) % carrier.count
    row = s.trays[carrier.tray0 + tray]
    if row.content == OPENING:
        return
    for place in range(row.count):
        count_good(t, s, (carrier.inner << KIND_SHIFT) | np.int64(s.fills[carrier.fill0 + tray * carrier.holds + place]))


@kernel
def next_release(s):
    """Return when the next order is released."""
    at = NEVER
    for o in range(s.head[0].orders):
        if s.orders[o].release > s.head[0].now:
            at = min(at, s.orders[o].release)
    return at


@kernel
def plan_release(t, s):
    """Plan the next release of an order."""
    if s.head[0].orders > 0:
        set_time(s.tree, t.orders[0].source, next_release(s))


@part
def released(t, s):
    """Let the orders that are released now be begun."""
    wake_beginners(t, s)
    plan_release(t, s)


@kernel
def orders_changed(t, s):
    """Let what somebody has changed of the orders be seen: a new one, one that is released now, one that goes on."""
    wake_beginners(t, s)
    plan_release(t, s)


# ---- set-ups


@kernel
def time_to_set_up(t, s, m, product):
    """Return how long a machine needs to change over to a product; nothing for the first that it makes."""
    station = t.stations[t.machines[m].station]
    before = s.machines[m].product
    if station.setup0 == 0 or before < 0:
        return np.int64(0)
    return t.setups[station.setup0 - 1 + before * t.sizes[Z_PRODUCTS] + product]


@kernel
def law_of(t, s, m):
    """Return the law of the service time for the product that a machine is set up for."""
    station = t.stations[t.machines[m].station]
    return station.law if station.variant0 == 0 else t.variants[station.variant0 - 1 + s.machines[m].product].law


@kernel
def set_up(t, s, r, m):
    """Change a machine over to the product of what is in it. Returns whether it needs time for that."""
    row = s.machines[m]
    number = t.machines[m].station
    order = row.order if t.stations[number].by_order else order_of(t, s, row.item)
    product = s.orders[order].product if order >= 0 else np.int64(0)
    if time_to_set_up(t, s, m, product) == 0:
        return False
    row.product = product
    row.phase = SETUP
    if t.stations[number].asks:
        command(t, s, SET_UP, m, row.item, 0, 0, -1, -1)
    else:
        own_set_up(t, s, m, product, s.head[0].now)
    schedule(t, s, m)
    set_category(t, s, r, m, T_SETUP)
    return True
