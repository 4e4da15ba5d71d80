"""One step of the genealogy from any thing, both ways: what a node of the tree opens to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linewright.ledger.reader import RunReader
from linewright.ledger.records import MapRow

__all__ = ["Edge", "carried_in", "counts", "made_of", "went_into"]

MANY = 400  # neighbours that are read of one node; the rest is counted


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
        ``consume``, ``map``, ``charge``, ``mount``, ``link`` or ``placed``.
    share
        Share of the child that came from it; None where unknown.
    lo_m, hi_m
        Metres of the parent (of the child, for a batch in a web).
    lane
        From 1; None where it is the whole width.
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


def map_edge(row: MapRow) -> Edge:
    """Return a piece map as an edge: where the child lies on its parent."""
    lo, hi = sorted((row.a_mm + row.b * row.child_lo_mm, row.a_mm + row.b * row.child_hi_mm))
    return Edge(row.parent, row.child, "certain", "map", None, lo / 1000.0, hi / 1000.0, None if row.lane is None else row.lane + 1, row.step, row.made_us)


def made_of(reader: RunReader, key: int) -> list[Edge]:
    """Return the edges to what a thing was made of."""
    edges = [Edge(p.web, key, "certain", "consume", None, p.lo_mm / 1000.0, p.hi_mm / 1000.0, None, p.role) for p in reader.pieces_of_unit(key)]
    edges += [map_edge(m) for m in reader.maps_of_child(key)]
    charges = reader.charges_of_web(key)
    whole = sum(c.hi_mm - c.lo_mm for c in charges)
    for c in charges:
        # A stretch that is shorter than the limit of its ends may not be there at all.
        basis = "certain" if c.hi_mm - c.lo_mm > 2.0 * c.error_mm else "possible"
        edges.append(Edge(c.batch, key, basis, "charge", (c.hi_mm - c.lo_mm) / whole, c.lo_mm / 1000.0, c.hi_mm / 1000.0))
    edges += [Edge(k.parent, key, k.basis, "link", role=k.rule or k.role) for k in reader.links_to(key)]
    known = {e.parent for e in edges}
    edges += [e for e in mounted(reader, key) if e.parent not in known]
    return unique(edges)


def mounted(reader: RunReader, key: int) -> Iterator[Edge]:
    """Yield the lots that were on the machines a thing visited: cans, electrolyte, foil."""
    for visit in reader.visits_of(key):
        at = visit.start_us if visit.start_us is not None else visit.out_us
        if visit.machine is not None and at is not None:
            for m in reader.mounts_at(visit.machine, at):
                yield Edge(m.lot, key, "certain", "mount", role=m.input, at_us=at)


def went_into(reader: RunReader, key: int, limit: int = MANY) -> list[Edge]:
    """Return the edges to what came of a thing, at most `limit` of each sort."""
    edges = [map_edge(m) for m in reader.maps_on_parent(key)[:limit]]
    for c in reader.charges_of_batch(key)[:limit]:
        edges.append(Edge(key, c.web, "certain" if c.hi_mm - c.lo_mm > 2.0 * c.error_mm else "possible", "charge", None, c.lo_mm / 1000.0, c.hi_mm / 1000.0))
    for row in reader.rows("SELECT unit, lo_mm, hi_mm FROM consume WHERE web = ? ORDER BY lo_mm LIMIT ?", (key, limit)):
        edges.append(Edge(key, row[0], "certain", "consume", None, row[1] / 1000.0, row[2] / 1000.0))
    edges += [Edge(key, k.child, k.basis, "link", role=k.rule or k.role) for k in reader.links_from(key)[:limit]]
    return unique(edges)


def carried_in(reader: RunReader, key: int, limit: int = MANY) -> list[Edge]:
    """Return the carriers a unit lay on, or the units that lay on a carrier; the carrier is the parent."""
    edges = [Edge(p.carrier, key, "certain", "placed", lane=p.place + 1, at_us=p.from_us) for p in reader.places_of_unit(key)]
    thing = reader.thing(key)
    if thing is not None and thing.carrier is not None:
        edges.append(Edge(thing.carrier, key, "certain", "placed"))
    if thing is not None and thing.kind == "carrier":
        edges += [Edge(key, p.unit, "certain", "placed", lane=p.place + 1, at_us=p.from_us) for p in reader.units_on_carrier(key)[-limit:]]
    return unique(edges)


def counts(reader: RunReader, key: int) -> tuple[int, int]:
    """Return how many edges lead to what a thing was made of, and to what came of it (lots on machines are not counted)."""
    row = reader.row(
        "SELECT (SELECT count(*) FROM consume WHERE unit = ?1) + (SELECT count(*) FROM piece_map WHERE child = ?1)"
        " + (SELECT count(*) FROM charge WHERE web = ?1) + (SELECT count(*) FROM link WHERE child = ?1),"
        " (SELECT count(*) FROM consume WHERE web = ?1) + (SELECT count(*) FROM piece_map WHERE parent = ?1)"
        " + (SELECT count(*) FROM charge WHERE batch = ?1) + (SELECT count(*) FROM link WHERE parent = ?1)",
        (key,),
    )
    return (int(row[0]), int(row[1])) if row else (0, 0)


def unique(edges: list[Edge]) -> list[Edge]:
    """Return edges without those that say the same again."""
    return list(dict.fromkeys(edges))
