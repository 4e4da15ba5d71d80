"""The tree around a thing, step by step outwards; many units of one web are one node (`docs/api.md`, section 8)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from linewright.genealogy.maps import Chain
from linewright.ledger.records import Thing
from linewright.web.neighbours import ALL_MM, Edge, carried_in, count_pieces, counts, made_of, went_into
from linewright.web.readers import OpenRun
from linewright.web.titles import thing_title, title

__all__ = ["tree_body"]

FIRSTS = 24  # units of a group that are named
GROUP = 12  # more units of one web or carrier than this are one node
UNCOUNTED = frozenset({"placed", "mount"})


class Tree:
    """The nodes and edges found so far.

    Parameters
    ----------
    run, thing
        Whose tree.
    limit
        Most things in it.
    """

    def __init__(self, run: OpenRun, thing: Thing, limit: int) -> None:
        self.run, self.limit = run, limit
        self.roles = {thing.key: "self"}
        self.edges: dict[Edge, None] = {}
        self.groups: dict[tuple[int, str], list[Edge]] = {}
        self.totals: dict[tuple[int, str], int] = {}
        self.cut = False

    def add(self, edge: Edge, other: int, role: str) -> bool:
        """Take an edge and the thing at its other end; return whether that is new."""
        is_new = other not in self.roles
        if is_new and len(self.roles) >= self.limit:
            self.cut = True
            return False
        self.roles.setdefault(other, role)
        self.edges[edge] = None
        return is_new

    def walk(self, start: int, role: str, depth: int) -> None:
        """Go outwards from a thing, `depth` steps; upwards from a unit only along the metres that are in it."""
        rim = [start]
        chains: dict[int, list[Chain]] = defaultdict(list)
        for _ in range(depth):
            following = []
            for key in rim:
                if role == "made-of":
                    edges, pieces = made_of(self.run.records, key, chains[key])
                    for web, chain in pieces:
                        chains[web].append(chain)
                else:
                    edges = went_into(self.run.records, key)
                for edge in self.single(edges, key, role):
                    other = edge.parent if role == "made-of" else edge.child
                    if self.add(edge, other, role):
                        following.append(other)
            rim = following

    def single(self, edges: list[Edge], key: int, role: str) -> list[Edge]:
        """Put many units of one thing into a group, and return the other edges."""
        alike: dict[str, list[Edge]] = defaultdict(list)
        for e in edges:
            alike[e.kind].append(e)
        kept = []
        for kind, rows in alike.items():
            if kind in {"consume", "part", "placed"} and role != "made-of" and len(rows) > GROUP and self.is_of_units(rows[0].child):
                self.groups[key, role] = rows
                self.totals[key, role] = len(rows) if kind == "placed" else count_pieces(self.run.records, key)
            else:
                kept += rows
        return kept

    def is_of_units(self, key: int) -> bool:
        """Tell whether a thing is a unit."""
        thing = self.run.records.thing(key)
        return thing is not None and thing.kind == "unit"

    def body(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return nodes and edges as the page takes them."""
        shown: dict[int, list[int]] = {key: [0, 0] for key in self.roles}
        for e in self.edges:
            if e.kind not in UNCOUNTED:
                shown[e.child][0] += 1
                shown[e.parent][1] += 1
        for key, role in self.groups:
            if role == "went-into":
                shown[key][1] += self.totals[key, role]
        nodes = {key: node(self.run, key, role, shown[key]) for key, role in self.roles.items()}
        edges = [edge_row(e, nodes[e.parent]["id"], nodes[e.child]["id"]) for e in self.edges]
        for (key, role), first_rows in self.groups.items():
            rows = to_the_last(self.run, first_rows, self.totals[key, role])
            group = group_node(self.run, nodes[key]["id"], role, rows, self.totals[key, role])
            nodes[-1 - len(nodes)] = group
            edges.append(edge_row(rows[0], nodes[key]["id"], group["id"]) | {"hi_m": rows[-1].hi_m, "place": None})
        return list(nodes.values()), edges


def node(run: OpenRun, key: int, role: str, shown: list[int]) -> dict[str, Any]:
    """Return one node; `shown` is how many of its edges (from, into) the answer holds."""
    thing = run.records.thing(key)
    if thing is None:
        nothing = {"id": f"#{key}", "kind": "unknown", "material": "", "title": "Not recorded", "lines": []}
        return nothing | {"role": role, "more": {"from": 0, "into": 0}, "at_us": None}
    lines = [f"{thing.amount / 1000.0:,.1f} m"] if thing.kind == "web" and thing.amount else []
    lines += [text for text in (thing.machine, thing.remark) if text]
    if run.info.source == "import":  # what one number says of a thing, such as the mass of a sheet, as it was typed
        said = [o.literal for o in run.reader.observations_of(key) if o.value is not None and o.literal]
        lines += said if len(said) == 1 else []
    made, into = counts(run.records, key)
    return {
        "id": thing.id, "kind": thing.kind, "material": thing.material, "title": thing_title(thing.kind, thing.material),
        "lines": lines, "role": role, "more": {"from": max(0, made - shown[0]), "into": max(0, into - shown[1])}, "at_us": thing.made_us,
    }  # fmt: skip


def to_the_last(run: OpenRun, rows: list[Edge], total: int) -> list[Edge]:
    """Return the edges of a group, with the last pieces of the web behind them where more were taken than were read."""
    if total <= len(rows):
        return rows
    pieces = run.records.pieces_on_web(rows[0].parent, -ALL_MM, ALL_MM)[-FIRSTS:]
    return rows + [replace(rows[-1], child=p.unit, lo_m=p.lo_mm / 1000.0, hi_m=p.hi_mm / 1000.0) for p in pieces]


def group_node(run: OpenRun, parent: str, role: str, rows: list[Edge], total: int) -> dict[str, Any]:
    """Return many units as one node: the first and the last of them, how many there are, and the ids of the first few."""
    thing = run.records.thing(rows[0].child)
    # A unit that was in a machine when the run began has no id.
    named = [u.id for u in (run.records.thing(e.child) for e in (*rows[:FIRSTS], *rows[-FIRSTS:])) if u is not None]
    firsts = list(dict.fromkeys(named))[:FIRSTS]
    name = title(thing.material) if thing is not None and thing.material else "Units"
    first, last = (named[0], named[-1]) if named else (run.records.id_of(rows[0].child), run.records.id_of(rows[-1].child))
    return {
        "id": f"group:{parent}", "kind": "group", "material": thing.material if thing else None, "title": name, "lines": [f"{first} to {last}"],
        "role": role,
        "more": {"from": 0, "into": 0}, "at_us": None, "count": total, "of": parent, "first": first, "last": last, "firsts": firsts,
    }  # fmt: skip


def edge_row(e: Edge, parent: str, child: str) -> dict[str, Any]:
    """Return one edge as the page takes it."""
    return {
        "from": parent, "to": child, "basis": e.basis, "kind": e.kind, "share": e.share, "lo_m": e.lo_m, "hi_m": e.hi_m,
        "lane": e.lane if e.kind == "map" else None, "place": e.lane if e.kind == "placed" else None, "input": e.role, "at_us": e.at_us,
    }  # fmt: skip


def tree_body(run: OpenRun, thing: Thing, way: str, depth: int, limit: int) -> dict[str, Any]:
    """Return the things around one, at most `limit` of them."""
    found = Tree(run, thing, limit)
    if way in {"both", "from"}:
        found.walk(thing.key, "made-of", depth)
    if way in {"both", "into"}:
        found.walk(thing.key, "went-into", depth)
    if way == "both":
        for edge in found.single(carried_in(run.records, thing.key), thing.key, "carried-in"):
            found.add(edge, edge.parent if edge.child == thing.key else edge.child, "carried-in")
    nodes, edges = found.body()
    return {"run": run.run, "id": thing.id, "nodes": nodes, "edges": edges, "cut": found.cut}
