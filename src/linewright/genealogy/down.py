"""Downwards: which units hold a piece of a web or a part of a batch, certainly or possibly."""

from __future__ import annotations

from dataclasses import dataclass, field

from linewright.genealogy.maps import Chain, Reach, chain_of, identity, reach, then
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


def affected_of_web(
    records: Records, web: int, lo_mm: float | None = None, hi_mm: float | None = None, *, lane: int | None = None, guard_mm: float = 0.0
) -> Affected:
    """Return the units that hold part of a web.

    Parameters
    ----------
    web
        Its key.
    lo_mm, hi_mm
        The piece; None is all of it.
    lane
        From 0; None is the whole width.
    guard_mm
        Widens what is possible.
    """
    low, high = (-1e12 if lo_mm is None else lo_mm), (1e12 if hi_mm is None else hi_mm)
    found = Affected()
    found.branches = _below(records, None, web, (low, high), lane, guard_mm, found)
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
        below.branches = _below(records, None, charge.web, (charge.lo_mm, charge.hi_mm), None, charge.error_mm, below, charge.error_mm)
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


def _below(  # noqa: PLR0917 - one step of a walk
    records: Records,
    chain: Chain | None,
    web: int,
    span: tuple[float, float],
    lane: int | None,
    guard_mm: float,
    found: Affected,
    less_mm: float = 0.0,
) -> tuple[Branch, ...]:
    """Return the webs cut from a web as far as they can hold part of the asked span, and note the units on them.

    `chain` leads from `web` to the asked web (None: it is the asked web itself); `less_mm` narrows what is certain.
    """
    branches = []
    for row in records.maps_on_parent(web):
        if lane is not None and row.lane is not None and row.lane != lane:
            continue
        step = chain_of(row)
        longer = step if chain is None else then(step, chain)
        thing = records.thing(row.child)
        if longer is None or thing is None:
            continue
        there = reach(longer, *span, guard_mm)
        if there is None:
            continue
        below = _below(records, longer, row.child, span, None if row.lane is not None else lane, guard_mm, found, less_mm)
        edge = Edge(
            "map", "certain" if there.certain else "possible", row.step, there.possible[0] / 1000, there.possible[1] / 1000,
            None if row.lane is None else row.lane + 1, there.limit_mm / 1000,
        )  # fmt: skip
        branches.append(Branch(edge, node_of(thing, below=below)))
    group = _units(records, chain, web, span, guard_mm, found, less_mm)
    return (*branches, *group)


def _units(  # noqa: PLR0917 - one step of a walk
    records: Records, chain: Chain | None, web: int, span: tuple[float, float], guard_mm: float, found: Affected, less_mm: float
) -> tuple[Branch, ...]:
    """Note the units that took pieces of a web, and return them as one group."""
    widest = reach(chain, *span, guard_mm) if chain is not None else Reach(None, (span[0] - guard_mm, span[1] + guard_mm), 0.0)
    if widest is None:
        return ()
    margin = 1000.0  # pieces whose own error reaches in are sorted out below
    pieces = records.pieces_on_web(web, int(max(widest.possible[0] - margin, -(2**50))), int(min(widest.possible[1] + margin, 2**50)))
    reaches: dict[tuple[float, float], Reach | None] = {}
    certain: list[int] = []
    possible: list[int] = []
    for piece in pieces:
        if piece.hi_mm <= piece.lo_mm:
            certain.append(piece.unit)
            possible.append(piece.unit)
            continue
        limits = (piece.error_mm, piece.drift)
        if limits not in reaches:
            own = identity(web, 1e12, *limits)
            whole = own if chain is None else then(own, chain)
            reaches[limits] = reach(whole, *span, guard_mm) if whole is not None else None
        there = reaches[limits]
        if there is None or piece.hi_mm <= there.possible[0] or piece.lo_mm >= there.possible[1]:
            continue
        possible.append(piece.unit)
        if there.certain is not None and piece.hi_mm > there.certain[0] + less_mm and piece.lo_mm < there.certain[1] - less_mm:
            certain.append(piece.unit)
    if not possible:
        return ()
    found.certain.update(dict.fromkeys(certain))
    found.possible.update(dict.fromkeys(possible))
    return _group(records, possible, Edge("consume", "certain" if len(certain) == len(possible) else "possible", pieces[0].role))


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
