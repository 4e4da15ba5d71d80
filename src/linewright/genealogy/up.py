"""Upwards: from a unit through its strips and coils to the metres of the mother web and the batches, and what lay on the machines meanwhile."""

from __future__ import annotations

from linewright.genealogy.life import values_of, web_values
from linewright.genealogy.maps import Chain, chain_of, identity, image, narrowed, then
from linewright.genealogy.records import Records
from linewright.genealogy.tree import Branch, Edge, node_of
from linewright.ledger.records import ChargeRow

__all__ = ["charges_of_piece", "made_of"]

#: Deepest tree of parents.
DEPTH = 24


def made_of(records: Records, key: int, lo_mm: float | None = None, hi_mm: float | None = None, lane: int | None = None) -> tuple[Branch, ...]:
    """Return what a thing was made of.

    Parameters
    ----------
    key
        The thing.
    lo_mm, hi_mm, lane
        Of a web: which piece; None is all of it.
    """
    return (*_webs_above(records, key, lo_mm, hi_mm, lane), *_mounts(records, key), *_links(records, key, DEPTH, set()))


def _pieces(records: Records, key: int, depth: int) -> tuple[Branch, ...]:
    """Return the pieces of webs and the parts that went into a thing, each with what it was made of."""
    found = []
    for piece in records.pieces_of_unit(key):
        thing = records.thing(piece.web)
        if thing is None or depth == 0:
            continue
        if piece.hi_mm <= piece.lo_mm:
            node = node_of(thing, above=_pieces(records, piece.web, depth - 1))
            found.append(Branch(Edge("part", role=piece.role), node))
            continue
        start = identity(piece.web, float("inf"), piece.error_mm, piece.drift)
        chain = narrowed(start, piece.lo_mm, piece.hi_mm)
        values = values_of(records, thing, piece.lo_mm, piece.hi_mm, None)
        above = _above(records, chain, depth - 1)
        node = node_of(thing, values, above)
        limit = chain.limit_mm(piece.lo_mm, piece.hi_mm)
        edge = Edge("consume", role=piece.role, lo_m=piece.lo_mm / 1000, hi_m=piece.hi_mm / 1000, limit_m=limit / 1000)
        found.append(Branch(edge, node))
    return tuple(found)


def _webs_above(records: Records, key: int, lo_mm: float | None, hi_mm: float | None, lane: int | None) -> tuple[Branch, ...]:
    low, high = (0.0 if lo_mm is None else lo_mm), (float("inf") if hi_mm is None else hi_mm)
    chain = Chain(low, high, 0.0, 1.0, 0.0, 0.0, lane, (key,))
    return _above(records, chain, DEPTH)


def _above(records: Records, chain: Chain, depth: int) -> tuple[Branch, ...]:
    """Return the parents of a web's piece: the webs it lies on, its batches, and (of a coil) the webs that it took itself."""
    web = chain.webs[-1]
    found = []
    if depth == 0:
        return ()
    for row in records.maps_of_child(web):
        longer = then(chain, chain_of(row))
        thing = records.thing(row.parent)
        if longer is None or thing is None:
            continue
        where = image(longer, longer.lo_mm, longer.hi_mm)
        if where is None:
            continue
        limit = longer.limit_mm(longer.lo_mm, longer.hi_mm)
        values = web_values(records, row.parent, where[0], where[1], longer.lane)
        node = node_of(thing, values, _above(records, longer, depth - 1))
        lane = None if longer.lane is None else longer.lane + 1
        found.append(Branch(Edge("map", role=row.step, lo_m=where[0] / 1000, hi_m=where[1] / 1000, lane=lane, limit_m=limit / 1000), node))
    found += _batches(records, chain)
    if not records.maps_of_child(web):  # in the metres it was made with: it may have taken others (a foil)
        found += _pieces(records, web, depth - 1)
    return tuple(found)


def _batches(records: Records, chain: Chain) -> list[Branch]:
    """Return the batches that a piece of a web came from; where it is near the border of two, both are possible."""
    found = []
    for c, is_certain in charges_of_piece(records, chain):
        thing = records.thing(c.batch)
        if thing is None:
            continue
        node = node_of(thing, values_of(records, thing, None, None, None),
                    (*_pieces(records, c.batch, 4), *_mounts(records, c.batch)))  # fmt: skip
        edge = Edge("charge", "certain" if is_certain else "possible", lo_m=c.lo_mm / 1000, hi_m=c.hi_mm / 1000, limit_m=c.error_mm / 1000)
        found.append(Branch(edge, node))
    return found


def charges_of_piece(records: Records, chain: Chain) -> list[tuple[ChargeRow, bool]]:
    """Return the batches in the last web of a chain that a piece can have come from, each with whether it certainly did.

    Parameters
    ----------
    chain
        From the piece (its `lo_mm` to `hi_mm`) to the web.
    """
    charges = records.charges_of_web(chain.webs[-1])
    if not charges:
        return []
    low, high = sorted((chain.at(chain.lo_mm), chain.at(min(chain.hi_mm, 1e12))))
    limit = chain.limit_mm(chain.lo_mm, min(chain.hi_mm, 1e12)) if chain.hi_mm < float("inf") else 0.0
    found = []
    for c in charges:
        wide = limit + c.error_mm
        first, last = max(low, c.lo_mm), min(high, c.hi_mm)
        # Behind its first and last metre a web has no other batch: only borders between two are uncertain.
        is_first, is_last = c is charges[0], c is charges[-1]
        if low >= c.hi_mm + (0.0 if is_last else wide) or high <= c.lo_mm - (0.0 if is_first else wide):
            continue
        found.append((c, first < last and (is_first or high > c.lo_mm + wide) and (is_last or low < c.hi_mm - wide)))
    return found


def _mounts(records: Records, key: int) -> tuple[Branch, ...]:
    """Return the lots that lay on a machine's inputs while it worked on a thing (cans, electrolyte): no piece of them is told."""
    found = []
    taken = {p.web for p in records.reader.pieces_of_unit(key)}
    for visit in records.reader.visits_of(key):
        if visit.machine is None or visit.start_us is None:
            continue
        for mount in records.reader.mounts_at(visit.machine, visit.start_us):
            thing = records.thing(mount.lot)
            if thing is None or thing.kind == "web" or mount.lot in taken or mount.input in _told_by_metres(records):
                continue
            node = node_of(thing)
            found.append(Branch(Edge("mount", role=mount.input), node))
    return tuple(found)


def _told_by_metres(records: Records) -> set[str]:
    """Return the inputs of which each piece is told: what lies on them is no answer to `which lot`."""
    roles: dict[str, list[float]] = records.reader.fact("roles") or {}
    return set(roles)


def _links(records: Records, key: int, depth: int, seen: set[int]) -> tuple[Branch, ...]:
    """Return the parents of an imported thing by its links, stated and inferred told apart."""
    found = []
    if depth == 0 or key in seen:
        return ()
    for link in records.reader.links_to(key):
        thing = records.thing(link.parent)
        if thing is None:
            continue
        above = _links(records, link.parent, depth - 1, seen | {key})
        values = values_of(records, thing, None, None, None)
        node = node_of(thing, values, above)
        found.append(Branch(Edge("link", link.basis, link.role, rule=link.rule, source=link.source), node))
    return tuple(found)
