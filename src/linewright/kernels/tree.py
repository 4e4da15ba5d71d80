"""Which of many sources is first: a tree of times in one array.

Each inner place holds the least of the block of `BRANCHES` places below it, a line of the processor's memory; the leaves are the sources in order.
The first block is not part of the tree but for its last place, the root; its first place says where the leaves begin.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.compiled import kernel

BRANCHES = 8
ROOT = BRANCHES - 1


def new_tree(sources: int, time: int) -> NDArray[np.int64]:
    """Return a tree in which all sources have one time, int64."""
    first, blocks = BRANCHES, 1
    while blocks * BRANCHES < sources:
        first += blocks * BRANCHES
        blocks *= BRANCHES
    tree = np.full(first + blocks * BRANCHES, time, np.int64)
    tree[0] = first
    return tree


@kernel
def set_time(tree, source, time):
    """Set the next time of a source."""
    i = tree[0] + source
    tree[i] = time
    while i != ROOT:
        b = i & ~ROOT
        left = min(tree[b], tree[b + 1], tree[b + 2], tree[b + 3])
        least = min(left, tree[b + 4], tree[b + 5], tree[b + 6], tree[b + 7])
        i = (i >> 3) + ROOT - 1
        if tree[i] == least:
            break
        tree[i] = least


@kernel
def first_source(tree):
    """Return the source with the least time; of several, the one with the smallest number."""
    least = tree[ROOT]
    first = tree[0]
    i = np.int64(ROOT)
    while i < first:
        b = (i - ROOT + 1) << 3
        i = b + ROOT
        for k in range(ROOT - 1, -1, -1):
            i = b + k if tree[b + k] == least else i
    return i - first
