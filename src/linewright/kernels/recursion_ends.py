"""Works in hand side by side, in the order of their ends: each end and its machine as one number.

The end stands above, counted from when the recursion took the state over, the machine of the station below it; so the least number is the first end,
and of equal ends the one of the first machine. Behind those in hand stands `BEHIND`; in front of them stand some that are over.
"""

from __future__ import annotations

from linewright.kernels.compiled import kernel
from linewright.kernels.recursion_judge import GRADE, ODD
from linewright.kernels.recursion_network import ROOT_SHIFT
from linewright.kernels.state import GRADE_MOST, GRADE_SHIFT

#: An end that is not before the time asked for, and what stands behind all ends.
FAR, BEHIND = 1 << 62, (1 << 63) - 1
MACHINE = (1 << ROOT_SHIFT) - 1
GRADE_BITS = GRADE_MOST << GRADE_SHIFT


@kernel
def one_number(w, j, m, end, until):
    """Return an end of work and its machine as one number."""
    return (((end - w.nodes[j].since) << ROOT_SHIFT) | m) if end < until else FAR | m


@kernel
def put_in_order(w, j, x):
    """Put an end of work among those of a station."""
    node = w.nodes[j]
    i = node.tail
    w.ends[i + 1] = BEHIND
    while w.ends[i - 1] > x:
        w.ends[i] = w.ends[i - 1]
        i -= 1
    w.ends[i] = x
    node.tail += 1


@kernel
def make_room(w, j, count):
    """Move the ends of a station to the front of their part of the array, with as many that are over as there are machines."""
    node = w.nodes[j]
    first = max(node.head - count, node.ends0 + 1)
    by = first - node.ends0 - 1
    if by > 0:
        for i in range(first, node.tail + 1):
            w.ends[i - by] = w.ends[i]
        node.head -= by
        node.tail -= by


@kernel
def put_bad(w, j, first, x):
    """Put the end of a work whose item leaves the line among those of a station."""
    node = w.nodes[j]
    i = first + node.bad
    while i > first and w.bads[i - 1] > x:
        w.bads[i] = w.bads[i - 1]
        i -= 1
    w.bads[i] = x
    node.bad += 1


@kernel
def item_after(machine):
    """Return the key with which an item leaves a machine: with its grade, if it was given one."""
    grade = (machine.code & (ODD - 1)) >> GRADE
    return (machine.item & ~GRADE_BITS) | (grade << GRADE_SHIFT) if grade > 0 else machine.item
