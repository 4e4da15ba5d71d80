"""One step of the genealogy from any thing, both ways: what a node of the tree opens to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linewright.genealogy.maps import Chain, chain_of, identity, image, narrowed, then
from linewright.genealogy.records import Records
from linewright.genealogy.up import charges_of_piece
from linewright.ledger.records import ChargeRow, MapRow

__all__ = ["Edge", "carried_in", "count_pieces", "counts", "made_of", "went_into"]

MANY = 400  # neighbours of one sort that are read of one node; the rest is counted
ALL_MM = 2**50
FAR_MM = 1e12


@dataclass(frozen=True, slots=True)
class Edge:
    """Parent and child, how sure, and where on the parent.

    Parameters
    ----------
    parent, child
        Keys.
    basis
        ``certain``, ``possible``, ``stated`` or ``rule``.
    kind
        ``consume``, ``map``, ``charge``, ``part``, ``mount``, ``link`` or ``placed``.
    share
        Share of the child that came from it; None where unknown.
    lo_m, hi_m
        Metres of the parent (of the child, for a batch in a web).
    lane
        From 1; None where it is the whole width. Of a carrier the place.
    role
        Name of the input, or of the rule.
    at_us
        When.
    """

    parent: int
    child: int
    basis: str
    kind: str
    share: float | None = None
    lo_m: float | None = None
    hi_m: float | None = None
    lane: int | None = None
    role: str | None = None
    at_us: int | None = None


def map_edge(row: MapRow, lo_mm: float | None = None, hi_mm: float | None = None) -> Edge:
    """Return a piece map as an edge: where the child, or its millimetres [lo, hi), lie on the parent."""
    first, last = (row.child_lo_mm if lo_mm is None else lo_mm), (row.child_hi_mm if hi_mm is None else hi_mm)
    lo, hi = sorted((row.a_mm + row.b * first, row.a_mm + row.b * last))
    lane = None if row.lane is None else row.lane + 1
    return Edge(row.parent, row.child, "certain", "map", None, lo / 1000.0, hi / 1000.0, lane, row.step, row.made_us)


def piece_edge(web: int, unit: int, lo_mm: int, hi_mm: int, role: str | None) -> Edge:
    """Return a piece that went into a unit as an edge; a part has no metres."""
    if hi_mm <= lo_mm:
        return Edge(web, unit, "certain", "part", role=role)
    return Edge(web, unit, "certain", "consume", None, lo_mm / 1000.0, hi_mm / 1000.0, None, role)


def sure(lo_mm: int, hi_mm: int, error_mm: float) -> str:
    """Return whether a batch is certainly in a web: a stretch shorter than the limits of its two ends may not be there at all."""
    return "certain" if hi_mm - lo_mm > 2.0 * error_mm else "possible"


def pieces_of(records: Records, key: int) -> list[tuple[int, Chain]]:
    """Return (web, chain of that web alone, narrowed to the piece) of each piece of web in a unit."""
    return [
        (p.web, narrowed(identity(p.web, FAR_MM, p.error_mm, p.drift), p.lo_mm, p.hi_mm))
        for p in records.pieces_of_unit(key)
        if p.hi_mm > p.lo_mm
    ]


def made_of(records: Records, key: int, chains: Sequence[Chain] = ()) -> tuple[list[Edge], list[tuple[int, Chain]]]:
    """Return the edges to what a thing was made of, and of which pieces of webs.

    Parameters
    ----------
    key
        The thing.
    chains
        Of a web: the pieces that are asked about, each from the web it was taken from up to this one; none: the whole web.

    Returns
    -------
    Edges, and (web, chain up to it) for each web among the parents.
    """
    pieces = pieces_of(records, key)
    edges = [piece_edge(p.web, key, p.lo_mm, p.hi_mm, p.role) for p in records.pieces_of_unit(key)]
    charges = records.charges_of_web(key)
    whole = sum(c.hi_mm - c.lo_mm for c in charges)
    if chains:
        for chain in chains:
            for row in records.maps_of_child(key):
                longer = then(chain, chain_of(row))
                where = None if longer is None else image(chain, longer.lo_mm, longer.hi_mm)
                if longer is not None and where is not None:
                    edges.append(map_edge(row, *where))
                    pieces.append((row.parent, longer))
        found = {c: is_certain for chain in chains for c, is_certain in charges_of_piece(records, chain)}
        certain = {c.batch for c, is_certain in found.items() if is_certain}
        edges += [charge_edge(c, key, "certain" if c.batch in certain else "possible", whole) for c in charges if c in found]
    else:
        edges += [map_edge(m) for m in records.maps_of_child(key)]
        edges += [charge_edge(c, key, sure(c.lo_mm, c.hi_mm, c.error_mm) if len(charges) > 1 else "certain", whole) for c in charges]
    edges += [Edge(k.parent, key, k.basis, "link", role=k.rule or k.role) for k in records.reader.links_to(key)]
    known = {e.parent for e in edges}
    edges += [e for e in mounted(records, key) if e.parent not in known]
    return unique(edges), pieces


def charge_edge(c: ChargeRow, web: int, basis: str, whole: int) -> Edge:
    """Return a batch in a web as an edge."""
    return Edge(c.batch, web, basis, "charge", (c.hi_mm - c.lo_mm) / whole, c.lo_mm / 1000.0, c.hi_mm / 1000.0)


def mounted(records: Records, key: int) -> Iterator[Edge]:
    """Yield the lots that were on the machines a thing visited, and of which no piece is told: cans, electrolyte."""
    told = set(records.reader.fact("roles") or {})
    for visit in records.reader.visits_of(key):
        at = visit.start_us if visit.start_us is not None else visit.out_us
        if visit.machine is not None and at is not None:
            for m in records.reader.mounts_at(visit.machine, at):
                if m.input not in told:
                    yield Edge(m.lot, key, "certain", "mount", role=m.input, at_us=at)


def went_into(records: Records, key: int, limit: int = MANY) -> list[Edge]:
    """Return the edges to what came of a thing, at most `limit` of each sort."""
    edges = [map_edge(m) for m in records.maps_on_parent(key)[:limit]]
    edges += [
        Edge(key, c.web, sure(c.lo_mm, c.hi_mm, c.error_mm), "charge", None, c.lo_mm / 1000.0, c.hi_mm / 1000.0)
        for c in records.charges_of_batch(key)[:limit]
    ]
    edges += [piece_edge(key, p.unit, p.lo_mm, p.hi_mm, p.role) for p in records.pieces_on_web(key, -ALL_MM, ALL_MM)[:limit]]
    edges += [Edge(key, k.child, k.basis, "link", role=k.rule or k.role) for k in records.reader.links_from(key)[:limit]]
    return unique(edges)


def carried_in(records: Records, key: int, limit: int = MANY) -> list[Edge]:
    """Return the carriers a unit lay on, or the units that lie on a carrier; the carrier is the parent."""
    edges = [Edge(p.carrier, key, "certain", "placed", lane=p.place + 1, at_us=p.from_us) for p in records.reader.places_of_unit(key)]
    thing = records.thing(key)
    if thing is not None and thing.carrier is not None:
        edges.append(Edge(thing.carrier, key, "certain", "placed"))
    if thing is not None and thing.kind == "carrier":
        lying = [p for p in records.reader.units_on_carrier(key) if p.to_us is None] or records.reader.units_on_carrier(key)[-limit:]
        edges += [Edge(key, p.unit, "certain", "placed", lane=p.place + 1, at_us=p.from_us) for p in lying]
        if not lying:
            edges += [Edge(key, first + i, "certain", "placed", lane=i + 1) for first, n in records.reader.in_ranges_of(key) for i in range(n)]
    return unique(edges)


def counts(records: Records, key: int) -> tuple[int, int]:
    """Return how many edges lead to what a thing was made of, and to what came of it (lots on machines are not counted)."""
    reader = records.reader
    up = len(records.pieces_of_unit(key)) + len(records.maps_of_child(key)) + len(records.charges_of_web(key))
    down = len(records.maps_on_parent(key)) + len(records.charges_of_batch(key)) + count_pieces(records, key)
    links = reader.row("SELECT (SELECT count(*) FROM link WHERE child = ?1), (SELECT count(*) FROM link WHERE parent = ?1)", (key,)) or (0, 0)
    return up + int(links[0]), down + int(links[1])


def count_pieces(records: Records, key: int) -> int:
    """Return how many pieces were taken from a web or lot."""
    if records.is_before(key):
        return len(records.pieces_on_web(key, -ALL_MM, ALL_MM))
    return records.reader.count_pieces(key)


def unique(edges: list[Edge]) -> list[Edge]:
    """Return edges without those that say the same again."""
    return list(dict.fromkeys(edges))
