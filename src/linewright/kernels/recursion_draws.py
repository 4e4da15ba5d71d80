"""Times of many starts drawn at once: the same numbers, to the last bit, as `rules.duration` and `rules.uniform` draw one by one.

The loops do one thing each, without a branch, so that the compiler can do several starts in one instruction.
"""

from __future__ import annotations

import math

import numpy as np

from linewright.kernels.calendar_starts import chance_verdict
from linewright.kernels.compiled import kernel, wrapping_kernel
from linewright.kernels.recursion_network import BLOCK
from linewright.kernels.rows import VERDICT_SCRAP
from linewright.kernels.rules import CHANCE, GOLDEN, HALF, SCRAP, SERVICE, STRIDE, between, cell_of, exact_quantile, mix, quantile
from linewright.kernels.state import NEVER
from linewright.kernels.table import CONSTANT, GATE_CHANCE, NORMAL, RUNNING, UNIFORM

_ONE, _TWO = np.uint64(1), np.uint64(2)
MIDDLE = 0.5


@wrapping_kernel
def draw_uniforms(base, h, purpose, n, count, out):
    """Write the uniform numbers of the keys n, n + 1, ... of one purpose: float64, `count` of them."""
    key = mix((base ^ h) + np.uint64(purpose) * GOLDEN) + np.uint64(n) * GOLDEN
    for i in range(np.uint64(count)):
        out[i] = between(mix(key + i * GOLDEN))


@wrapping_kernel
def draw_by_table(quantiles, first, cells, count, chance, out, at):
    """Write times by a law's table; those beyond its `cells` are nonsense. Returns how many these are."""
    first = np.uint64(first)
    at = np.uint64(at)
    beyond = 0
    for i in range(np.uint64(count)):
        u = chance[i]
        v = min(u, 1.0 - u)
        cell = cell_of(v)
        beyond += np.int64(cell >= cells)
        cell = min(cell, cells - 1) + (0 if u < MIDDLE else HALF)
        place = first + np.uint64(STRIDE * cell)
        seconds = quantiles[place] + v * (quantiles[place + _ONE] + v * quantiles[place + _TWO])
        out[at + i] = max(np.int64(math.floor(seconds * 1e9 + 0.5)), np.int64(1))
    return beyond


@wrapping_kernel
def draw_uniform_law(low, width, count, chance, out, at):
    """Write times of a uniform law."""
    at = np.uint64(at)
    for i in range(np.uint64(count)):
        out[at + i] = max(np.int64(math.floor((low + chance[i] * width) * 1e9 + 0.5)), np.int64(1))


@kernel
def draw_times(t, law_number, base, h, n, count, chance, out, at):
    """Write the service times of the starts n, n + 1, ...: ns, `count` of them from `out[at]` on."""
    law = t.laws[law_number]
    kind = law.kind
    if kind == CONSTANT:
        same = max(np.int64(math.floor(law.mean * 1e9 + 0.5)), np.int64(1))
        for i in range(count):
            out[at + i] = same
        return
    draw_uniforms(base, h, SERVICE, n, count, chance)
    if kind == UNIFORM:
        draw_uniform_law(law.low, law.high - law.low, count, chance, out, at)
    elif kind >= NORMAL and law.cells > 0:
        if draw_by_table(t.quantiles, law.table0, law.cells, count, chance, out, at) > 0:
            for i in range(count):
                if cell_of(min(chance[i], 1.0 - chance[i])) >= law.cells:
                    out[at + i] = max(np.int64(math.floor(exact_quantile(law, chance[i]) * 1e9 + 0.5)), np.int64(1))
    else:
        for i in range(count):
            out[at + i] = max(np.int64(math.floor(quantile(t.laws, t.quantiles, law_number, chance[i]) * 1e9 + 0.5)), np.int64(1))


@kernel
def draw_outs(t, j, base, n, count, chance, out, why, at):
    """Write which of the starts n, n + 1, ... end in scrap or do not just pass a gate by chance, in order, and how. Returns how many."""
    station = t.stations[j]
    found = 0
    if station.scrap > 0.0:
        draw_uniforms(base, station.hash, SCRAP, n, count, chance)
        share = station.scrap
        for i in range(count):
            out[at + found] = n + i
            why[at + found] = VERDICT_SCRAP
            found += np.int64(chance[i] < share)
            if found >= count:
                break
    if station.gate == GATE_CHANCE and (station.fails > 0.0 or station.false_alarms > 0.0):
        draw_uniforms(base, station.hash, CHANCE, n, count, chance)
        found = _with_chance(station, n, count, chance, out, why, at, found)
    return found


@kernel
def _with_chance(station, n, count, chance, out, why, at, scraps):
    """Add those that a gate by chance does not just let pass to those that are scrap already, from the end on so that one list is enough."""
    share = station.fails + (1.0 - station.fails) * station.false_alarms
    more = 0
    k = 0
    for i in range(count):
        while k < scraps and out[at + k] < n + i:
            k += 1
        if chance[i] < share and not (k < scraps and out[at + k] == n + i):
            more += 1
    found = scraps + more
    write = at + found - 1
    k = scraps - 1
    for i in range(count - 1, -1, -1):
        if k >= 0 and out[at + k] == n + i:
            out[write] = n + i
            why[write] = VERDICT_SCRAP
            k -= 1
            write -= 1
        elif chance[i] < share:
            out[write] = n + i
            why[write] = chance_verdict(chance[i], station.fails, station.misses, station.false_alarms)
            write -= 1
    return found


@kernel
def sum_of(values, first, count):
    """Return the sum of some times."""
    total = np.int64(0)
    for i in range(np.uint64(count)):
        total += values[np.uint64(first) + i]
    return total


@kernel
def draw_block(t, s, w, j):
    """Draw the next starts of a station: times, and whose items leave the line by chance."""
    node = w.nodes[j]
    station = t.stations[j]
    base = s.head[0].base
    node.first = node.n
    node.end = node.n + BLOCK
    draw_times(t, station.law, base, station.hash, node.n, BLOCK, w.chance, w.time, j * BLOCK)
    node.out = 0
    node.outs = draw_outs(t, j, base, node.n, BLOCK, w.chance, w.out, w.why, j * BLOCK)


@kernel
def next_failure(t, s, w, j, m):
    """Find the drawn start in which a machine fails next; the clocks stand at `node.n`."""
    node = w.nodes[j]
    station = t.stations[j]
    node.fails = node.end
    if station.modes == 0:
        return
    left = NEVER
    clock0 = t.machines[m].clock0
    for k in range(station.modes):
        if t.modes[station.mode0 + k].clock == RUNNING:
            left = min(left, s.clocks[clock0 + k].left)
    first = j * BLOCK + node.n - node.first
    count = node.end - node.n
    if sum_of(w.time, first, count) < left:
        return
    for i in range(count):
        left -= w.time[first + i]
        if left <= 0:
            node.fails = node.n + i
            return
