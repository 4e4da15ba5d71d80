"""Downwards: which units hold a piece of a web or a part of a batch, certainly or possibly."""

from __future__ import annotations

from dataclasses import dataclass, field

from linewright.genealogy.affected import Box, Way, pieces_in, walk
from linewright.genealogy.records import Records
from linewright.genealogy.tree import Branch, Edge, Node, node_of

__all__ = ["Affected", "affected_of_batch", "affected_of_web", "went_into"]


@dataclass(slots=True)
class Affected:
    """Units that hold part of what was asked for (keys in the order in which they were found), and the way to them."""

    certain: dict[int, None] = field(default_factory=dict)
    possible: dict[int, None] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()

    def first(self, limit: int) -> list[int]:
        """Return the first units, certain ones before the others."""
        return [*self.certain, *(k for k in self.possible if k not in self.certain)][:limit]

    def add(self, other: Affected) -> None:
        """Take another one's units and ways in too."""
        self.certain.update(other.certain)
        self.possible.update(other.possible)
        self.branches += other.branches


def affected_of_web(records: Records, way: Way, box: Box) -> Affected:
    """Return the units that hold part of a web.

    Parameters
    ----------
    way
        From `walk`: the web, and those made from it.
    box
        Which piece of it; `Box()` is all of it.
    """
    found = Affected()
    found.branches = _branches(records, way, box, found)
    return found


def affected_of_batch(records: Records, batch: int) -> Affected:
    """Return the units that hold part of a batch; the ends of its pieces of webs are uncertain by the charge's own error."""
    found = Affected()
    branches = []
    for charge in records.charges_of_batch(batch):
        thing = records.thing(charge.web)
        if thing is None:
            continue
        below = Affected()
        box = Box(charge.lo_mm, charge.hi_mm, guard_mm=charge.error_mm, less_mm=charge.error_mm)
        below.branches = _branches(records, walk(records, charge.web, box), box, below)
        edge = Edge("charge", lo_m=charge.lo_mm / 1000, hi_m=charge.hi_mm / 1000, limit_m=charge.error_mm / 1000)
        node = node_of(thing, below=below.branches)
        branches.append(Branch(edge, node))
        below.branches = ()
        found.add(below)
    if not branches:
        taken = records.pieces_on_web(batch, -(2**50), 2**50)  # those of the stock too
        found.possible.update({p.unit: None for p in taken})
        found.certain.update({p.unit: None for p in taken})
        branches = list(_group(records, [p.unit for p in taken], Edge("consume", role=taken[0].role))) if len(taken) > 1 else []
    found.branches = tuple(branches)
    return found


def _branches(records: Records, way: Way, box: Box, found: Affected) -> tuple[Branch, ...]:
    """Note the units on a web and on those made from it, and return the way to them as branches: webs first, then its own units as one group."""
    branches = []
    for below in way.below:
        thing, row = records.thing(below.web), below.row
        if thing is None or row is None:
            continue
        met = below.reach
        edge = Edge(
            "map", "certain" if met.certain and below.is_sure else "possible", row.step, met.possible[0] / 1000, met.possible[1] / 1000,
            None if row.lane is None else row.lane + 1, met.limit_mm / 1000,
        )  # fmt: skip
        branches.append(Branch(edge, node_of(thing, below=_branches(records, below, box, found))))
    pieces = pieces_in(records, way, box)
    if not pieces:
        return tuple(branches)
    certain = [p.unit for p in pieces if p.is_certain]
    found.certain.update(dict.fromkeys(certain))
    found.possible.update(dict.fromkeys(p.unit for p in pieces))
    edge = Edge("consume", "certain" if len(certain) == len(pieces) else "possible", pieces[0].role)
    return (*branches, *_group(records, [p.unit for p in pieces], edge))


def _group(records: Records, units: list[int], edge: Edge) -> tuple[Branch, ...]:
    """Return units as one branch: the first, the last, and how many."""
    first = records.thing(units[0])
    kind, material = (first.kind, first.material) if first is not None else ("unit", None)
    if len(units) == 1:
        return (Branch(edge, Node(records.id_of(units[0]), kind, material)),)
    ids = f"{records.id_of(units[0])} to {records.id_of(units[-1])}"
    return (Branch(edge, Node(ids, kind, material, count=len(dict.fromkeys(units)))),)


def went_into(records: Records, key: int, limit: int = 100, depth: int = 24, seen: frozenset[int] = frozenset()) -> tuple[Branch, ...]:
    """Return what a unit became part of: by pieces, and (of an import) by links."""
    if depth == 0 or key in seen:
        return ()
    branches = []
    for piece in records.reader.pieces_on_web(key)[:limit]:
        thing = records.thing(piece.unit)
        if thing is not None:
            below = went_into(records, piece.unit, limit, depth - 1, seen | {key})
            node = node_of(thing, below=below)
            branches.append(Branch(Edge("part", role=piece.role), node))
    for link in records.reader.links_from(key)[:limit]:
        thing = records.thing(link.child)
        if thing is not None:
            below = went_into(records, link.child, limit, depth - 1, seen | {key})
            node = node_of(thing, below=below)
            branches.append(Branch(Edge("link", link.basis, link.role, rule=link.rule, source=link.source), node))
    return tuple(branches)
