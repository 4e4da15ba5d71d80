r"""How a web lies on the web it was made from, and how far that can be off.

A piece map says ``parent = a + b * child`` for a stretch of child millimetres: b < 0 where it was rewound, |b| != 1 where it was stretched. Maps of
one web after another compose to one chain. Edges are mapped, not cells, and then sorted: b < 0 flips a half-open interval.

The machine's counter may be off at child metre x by at most ``error + drift * x``. These are limits, not sigmas; along a chain they add, each scaled
by the |b| of its own and of all later maps:

.. math:: U_k = |b_k| (U_{k-1} + error_k + drift_k x_k)

*Certain* is the asked span shrunk by U, *possible* the span widened by U and the guard. Where a map ends inside the child (a splice, a piece that was
cut out), the metres beyond lie elsewhere, and the end itself is off by as much: certain stops U before it, possible U behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from linewright.ledger.records import MapRow

__all__ = ["Chain", "chain_of", "identity", "image", "reach", "then"]


@dataclass(frozen=True, slots=True)
class Chain:
    """One map, or several after each other: child millimetres [lo_mm, hi_mm) lie at ``a_mm + b * child`` on the last parent.

    Parameters
    ----------
    lo_mm, hi_mm
        Stretch of the child for which it holds.
    a_mm, b
        The map.
    u0_mm, u1
        Limit of error in millimetres of the last parent: ``u0_mm + u1 * child``.
    lane
        Lane on the parent (from 0) that the child was cut from; None where it is the whole width.
    webs
        Keys of the webs passed, from the child to the last parent.
    is_cut_lo, is_cut_hi
        Whether another map goes on below `lo_mm`, above `hi_mm`: a splice, or a piece cut out.
    """

    lo_mm: float
    hi_mm: float
    a_mm: float
    b: float
    u0_mm: float
    u1: float
    lane: int | None
    webs: tuple[int, ...]
    is_cut_lo: bool = False
    is_cut_hi: bool = False

    def at(self, child_mm: float) -> float:
        """Return where a millimetre of the child lies on the parent."""
        return self.a_mm + self.b * child_mm

    def back(self, parent_mm: float) -> float:
        """Return which millimetre of the child lies there."""
        return (parent_mm - self.a_mm) / self.b

    def limit_mm(self, lo_mm: float, hi_mm: float) -> float:
        """Return the limit of error anywhere in a stretch of the child, in millimetres of the parent.

        Being linear it is greatest at an end; the second factor covers that a point which is off by U is judged at its own metre.
        """
        greatest = max(self.u0_mm + self.u1 * lo_mm, self.u0_mm + self.u1 * hi_mm, 0.0)
        return greatest / (1.0 - min(abs(self.u1 / self.b), 0.5))


def chain_of(row: MapRow, siblings: Sequence[MapRow] = ()) -> Chain:
    """Return one piece map as a chain of one.

    Parameters
    ----------
    row
        The map.
    siblings
        All maps of the same child: they tell where its metres go on on another parent, or on another piece of the same one.
    """
    scale = abs(row.b)
    is_cut_lo = any(s.child_hi_mm <= row.child_lo_mm for s in siblings)
    is_cut_hi = any(s.child_lo_mm >= row.child_hi_mm for s in siblings)
    return Chain(row.child_lo_mm, row.child_hi_mm, row.a_mm, row.b, scale * row.error_mm, scale * row.drift, row.lane, (row.child, row.parent),
                 is_cut_lo, is_cut_hi)  # fmt: skip


def identity(web: int, length_mm: float, error_mm: float = 0.0, drift: float = 0.0) -> Chain:
    """Return the map of a web on itself, with the error of the machine that took pieces from it."""
    return Chain(0.0, length_mm, 0.0, 1.0, error_mm, drift, None, (web,))


def then(first: Chain, second: Chain) -> Chain | None:
    """Return two chains after each other (the parent of `first` is the child of `second`); None where they have no metre in common.

    Examples
    --------
    >>> rewound = Chain(0, 1010, 1000, -1 / 1.01, 20, 0.0, None, (2, 1))
    >>> lane = Chain(0, 1010, 1010, -1.0, 5, 0.0, 3, (3, 2))
    >>> both = then(lane, rewound)
    >>> both.lane, both.webs, round(both.at(0)), round(both.at(1010)), round(both.limit_mm(0, 1), 2)
    (3, (3, 2, 1), 0, 1000, 24.95)
    """
    ends = sorted((first.back(second.lo_mm), first.back(second.hi_mm)))
    lo, hi = max(first.lo_mm, ends[0]), min(first.hi_mm, ends[1])
    if lo >= hi:
        return None
    cuts = (second.is_cut_lo, second.is_cut_hi) if first.b > 0 else (second.is_cut_hi, second.is_cut_lo)
    return Chain(
        lo,
        hi,
        second.a_mm + second.b * first.a_mm,
        second.b * first.b,
        abs(second.b) * first.u0_mm + second.u0_mm + second.u1 * first.a_mm,
        abs(second.b) * first.u1 + second.u1 * first.b,
        second.lane if second.lane is not None else first.lane,
        first.webs + second.webs[1:],
        first.is_cut_lo if first.lo_mm > ends[0] else cuts[0],
        first.is_cut_hi if first.hi_mm < ends[1] else cuts[1],
    )


def image(chain: Chain, lo_mm: float, hi_mm: float) -> tuple[int, int] | None:
    """Return where the child's [lo, hi) lies on the parent, half-open in whole millimetres; None where the chain does not cover any of it.

    Neighbours stay neighbours: an edge that two intervals share is mapped and rounded once, the same way for both.

    Examples
    --------
    >>> rewound = Chain(0, 1000, 1000, -1.0, 0, 0, None, (2, 1))
    >>> image(rewound, 0, 100), image(rewound, 100, 200)
    ((900, 1000), (800, 900))
    """
    lo, hi = max(lo_mm, chain.lo_mm), min(hi_mm, chain.hi_mm)
    if lo >= hi:
        return None
    first, last = sorted((round(chain.at(lo)), round(chain.at(hi))))
    return first, last


@dataclass(frozen=True, slots=True)
class Reach:
    """What of a child an asked span of the parent can touch, in millimetres of the child (floats, half-open).

    `certain` is None where the span is shorter than twice the error: then nothing is certain.
    """

    certain: tuple[float, float] | None
    possible: tuple[float, float]
    limit_mm: float


def reach(chain: Chain, parent_lo_mm: float, parent_hi_mm: float, guard_mm: float = 0.0) -> Reach | None:
    """Return which child metres certainly and which possibly lie in the parent's [lo, hi); None where none can.

    Parameters
    ----------
    chain
        From the child to the asked web.
    parent_lo_mm, parent_hi_mm
        The asked span.
    guard_mm
        Widens what is possible, in millimetres of the parent.
    """
    low, high = sorted((chain.back(parent_lo_mm), chain.back(parent_hi_mm)))
    limit = chain.limit_mm(max(chain.lo_mm, min(low, chain.hi_mm)), min(chain.hi_mm, max(high, chain.lo_mm)))
    scale = abs(chain.b)
    wide, off = (limit + guard_mm) / scale, limit / scale
    off_lo, off_hi = (off if chain.is_cut_lo else 0.0), (off if chain.is_cut_hi else 0.0)
    possible = max(low - wide, chain.lo_mm - off_lo), min(high + wide, chain.hi_mm + off_hi)
    if possible[0] >= possible[1]:
        return None
    narrow = max(low + off, chain.lo_mm + off_lo), min(high - off, chain.hi_mm - off_hi)
    return Reach(narrow if narrow[0] < narrow[1] else None, possible, limit)


def narrowed(chain: Chain, lo_mm: float, hi_mm: float) -> Chain:
    """Return the chain for a part of the child only."""
    return replace(chain, lo_mm=max(chain.lo_mm, lo_mm), hi_mm=min(chain.hi_mm, hi_mm))
