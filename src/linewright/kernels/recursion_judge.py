"""What becomes of the items of many starts at once: gates, grades, scrap; to the last bit what `calendar_starts.verdict_of` tells one by one.

Whether a measured value lies inside a window is told from the 52 random bits behind it, without working it out: the value grows with the bits, so the
limits of a window are two numbers of bits, found once by bisection. The function behind (a table of parabolas, in floating point) grows strictly only
beyond its rounding, so items within `DOUBT` of a limit, one in some hundred millions, are judged by their value.

A code holds the verdict, 1 + the grade from bit `GRADE` on, and `ODD` where the item does not just pass.
"""

from __future__ import annotations

import numpy as np

from linewright.kernels.calendar_starts import all_inside
from linewright.kernels.compiled import kernel, wrapping_kernel
from linewright.kernels.recursion_draws import draw_block, draw_uniforms
from linewright.kernels.recursion_network import BLOCK
from linewright.kernels.rows import SERIAL_MASK, VERDICT_FALSE_REJECT, VERDICT_MISSED, VERDICT_PASS, VERDICT_REJECT, VERDICT_SCRAP
from linewright.kernels.rules import GOLDEN, MISS, VALUE, mix, standard_normal, uniform
from linewright.kernels.table import GATE_WINDOWS, POISSON

GRADE, ODD = 4, 1 << 12
VERDICT = (1 << GRADE) - 1
BITS = 52
DOUBT = 1 << 22
_BITS_OF = np.uint64(64 - BITS)


@kernel
def is_judged(station):
    """Tell whether what becomes of an item depends on the item."""
    return station.gate == GATE_WINDOWS or station.grades > 0


@kernel
def code_of(verdict, grade, grades):
    """Return the code of a verdict and a grade (-1 none) at a station that gives so many."""
    is_odd = verdict != VERDICT_PASS or (grades > 0 and grade < 0)
    return verdict | ((grade + 1) << GRADE) | (ODD if is_odd else 0)


@kernel
def value_of(t, check, bits):
    """Return the value of a check for its 52 random bits."""
    return check.mean + check.spread * standard_normal(t.normal, (np.float64(bits) + 0.5) * (1.0 / 4503599627370496.0))


@kernel
def find_limits(t, w):
    """Find for each check the bits between which its value may be inside."""
    for i in range(w.low.shape[0]):
        check = t.checks[i]
        if check.law >= POISSON or check.spread == 0.0:
            continue
        low, high = np.int64(0), np.int64(1) << BITS
        while low < high:  # the first whose value is not below
            middle = (low + high) >> 1
            if value_of(t, check, middle) >= check.lower:
                high = middle
            else:
                low = middle + 1
        w.low[i] = low - DOUBT
        low, high = np.int64(0), np.int64(1) << BITS
        while low < high:  # the first whose value is above
            middle = (low + high) >> 1
            if value_of(t, check, middle) > check.upper:
                high = middle
            else:
                low = middle + 1
        w.high[i] = low + DOUBT


@wrapping_kernel
def draw_bits(item, first, count, base, h, mask, out, at):
    """Write the random bits behind the values of items."""
    key = mix((base ^ h) + np.uint64(VALUE) * GOLDEN)
    first, at = np.uint64(first), np.uint64(at)
    for i in range(np.uint64(count)):
        out[at + i] = np.int64(mix(key + np.uint64(item[first + i] & mask) * GOLDEN) >> _BITS_OF)


@kernel
def between_limits(bits, at, count, low, high, inside):
    """Take out of `inside` what surely lies outside of a window. Returns how many are in doubt."""
    at = np.uint64(at)
    doubts = np.int64(0)
    for i in range(np.uint64(count)):
        x = bits[at + i]
        inside[i] &= np.int64(x >= low) & np.int64(x < high)
        doubts += np.int64(abs(x - low - DOUBT) <= DOUBT) | np.int64(abs(x - high + DOUBT) <= DOUBT)
    return doubts


@kernel
def fill_inside(t, s, w, first, count, check0, checks):
    """Write for items of a stream, `count` of them from `first` on, whether they are inside all of some windows."""
    inside = w.inside
    for i in range(np.uint64(count)):
        inside[i] = 1
    for k in range(check0, check0 + checks):
        check = t.checks[k]
        one_by_one = check.law >= POISSON or check.spread == 0.0 or check.mark >= 0
        if not one_by_one:
            value = w.value[k]
            if w.drawn[value] == 0:
                draw_bits(w.item, first, count, s.head[0].base, check.hash, SERIAL_MASK | check.again, w.bits, value * BLOCK)
                w.drawn[value] = 1
            one_by_one = between_limits(w.bits, value * BLOCK, count, w.low[k], w.high[k], inside) > 0
        if one_by_one:
            for i in range(count):
                if inside[i] and not all_inside(t, s, k, 1, w.item[first + i], 0):
                    inside[i] = 0


@kernel
def judge_items(t, s, w, j, until):
    """Tell of the starts up to that number `until` what becomes of their items, which are there."""
    node = w.nodes[j]
    station = t.stations[j]
    inlet = w.streams[node.inlet]
    n = node.judged
    count = until - n
    if count <= 0:
        return
    first = inlet.at + inlet.taken - inlet.base + n - node.n
    for i in range(w.drawn.shape[0]):
        w.drawn[i] = 0
    for i in range(np.uint64(count)):
        w.fit[i] = 0
    for g in range(station.grades - 1, -1, -1):
        grade = t.grades[station.grade0 + g]
        fill_inside(t, s, w, first, count, grade.check0, grade.checks)
        for i in range(np.uint64(count)):
            w.fit[i] = g + 1 if w.inside[i] else w.fit[i]
    at = j * BLOCK + n - node.first
    alarms = station.false_alarms if station.gate == GATE_WINDOWS else 0.0
    if station.gate == GATE_WINDOWS:
        fill_inside(t, s, w, first, count, station.check0, station.checks)
        if alarms > 0.0:
            draw_uniforms(s.head[0].base, station.hash, MISS, n, count, w.chance)
        if station.grades == 0 and all_pass(w, count, alarms):
            node.judged = until
            return
    for i in range(count):
        fit = w.fit[i]
        is_good = station.gate != GATE_WINDOWS or (w.inside[i] != 0 and (station.grades == 0 or fit > 0))
        if is_good and (alarms == 0.0 or w.chance[i] >= alarms) and w.code[at + i] == VERDICT_PASS and (fit > 0 or station.grades == 0):
            w.code[at + i] = fit << GRADE
            continue
        verdict = VERDICT_PASS if is_good else VERDICT_REJECT
        if is_good and alarms > 0.0 and w.chance[i] < alarms:
            verdict = VERDICT_FALSE_REJECT
        elif not is_good and station.misses > 0.0 and uniform(s.head[0].base, station.hash, MISS, n + i) < station.misses:
            verdict = VERDICT_MISSED
        give_code(w, at + i, verdict, fit, station.grades)
    node.judged = until


@kernel
def all_pass(w, count, alarms):
    """Tell whether a gate lets all items of a block pass: all are inside, and none is refused by mistake."""
    rare = np.int64(0)
    for i in range(np.uint64(count)):
        rare += 1 - w.inside[i]
    if alarms > 0.0:
        for i in range(np.uint64(count)):
            rare += np.int64(w.chance[i] < alarms)
    return rare == 0


@kernel
def give_code(w, at, verdict, fit, grades):
    """Write the code of a start, unless its item is scrap; who is refused by chance has a grade all the same."""
    drawn = w.code[at] & VERDICT
    if drawn != VERDICT_SCRAP:
        w.code[at] = code_of(verdict if drawn == VERDICT_PASS else drawn, fit - 1, grades)


@kernel
def code_by_chance(w, j, first):
    """Write from the drawn start `first` on what is known without the items: who leaves the line by chance."""
    node = w.nodes[j]
    at = j * BLOCK - node.first
    for n in range(first, node.end):
        w.code[at + n] = VERDICT_PASS
    for k in range(j * BLOCK, j * BLOCK + node.outs):
        if w.out[k] >= first:
            w.code[at + w.out[k]] = code_of(w.why[k], -1, 0)


@kernel
def draw_side(t, s, w, j):
    """Draw the next starts of a station, and tell whose items leave the line by chance."""
    draw_block(t, s, w, j)
    node = w.nodes[j]
    code_by_chance(w, j, node.n)
    node.judged = node.n if is_judged(t.stations[j]) else node.end


@kernel
def judge_anew(t, w, j):
    """Forget what becomes of the items of the starts to come: an item was too late, so others come to them."""
    node = w.nodes[j]
    if is_judged(t.stations[j]) and node.judged > node.n:
        code_by_chance(w, j, node.n)
        node.judged = node.odd = node.n
