"""Where items go: chains, targets, and which chain brings what is taken.

It works on values as read, before they are frozen, so that checks can speak of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

__all__ = ["Edge", "Flow", "Step", "flow_of"]

OUT, SCRAP = "out", "scrap"
EXITS = (OUT, SCRAP)


@dataclass(slots=True)
class Step:
    """One station on its way to a `Segment`.

    Parameters
    ----------
    name, path
        As in `Segment`.
    line
        Name of the line in a site, else empty.
    where
        Path of the station in the file, such as ``lines.cells-2.stations.winder``.
    values
        What was read.
    chain
        Index of its chain.
    begins
        True where a new item begins.
    targets
        Where good items go: (path or exit, grade or None).
    ends
        True where the chain ends here.
    """

    name: str
    path: str
    line: str
    where: str
    values: dict[str, Any]
    product: str = ""
    chain: int = 0
    begins: bool = False
    targets: list[tuple[str, str | None]] = field(default_factory=list)
    ends: bool = False

    def get(self, key: str) -> Any:
        """Return what was read under a key, None where nothing was."""
        return self.values.get(key)

    def mapping(self, key: str) -> dict[str, Any]:
        """Return a mapping that was read under a key, empty where none was."""
        value = self.values.get(key)
        return value if isinstance(value, dict) else {}

    @property
    def inputs(self) -> dict[str, Any]:
        """Return `takes` by material."""
        return self.mapping("takes")

    @property
    def adds(self) -> dict[str, Any]:
        """Return `adds` by material."""
        return self.mapping("adds")

    @property
    def made(self) -> tuple[str, ...]:
        """Return the names that it makes, the one that passes on first."""
        makes = self.values.get("makes")
        return (makes,) if isinstance(makes, str) else tuple(makes) if isinstance(makes, dict) else ()


@dataclass(frozen=True, slots=True)
class Edge:
    """Items pass from one station to another station or exit; `kind` is ``good``, ``gate``, ``then`` or ``late``."""

    start: str
    end: str
    kind: str


@dataclass
class Flow:
    """The whole flow.

    Parameters
    ----------
    steps
        All stations in file order.
    edges
        All ways of items.
    materials
        Name of the item behind each station, by path; empty where it has none yet.
    sources
        For each (station path, taken material): paths of the stations that bring it.
    """

    steps: list[Step]
    edges: list[Edge] = field(default_factory=list)
    materials: dict[str, str] = field(default_factory=dict)
    sources: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @cached_property
    def by_path(self) -> dict[str, Step]:
        """Return the stations by path."""
        return {s.path: s for s in self.steps}

    @cached_property
    def _ways(self) -> tuple[dict[str, list[Edge]], dict[str, list[Edge]]]:
        leaving: dict[str, list[Edge]] = {}
        arriving: dict[str, list[Edge]] = {}
        for edge in self.edges:
            leaving.setdefault(edge.start, []).append(edge)
            arriving.setdefault(edge.end, []).append(edge)
        return leaving, arriving

    def step(self, path: str) -> Step | None:
        """Return the station of that path, None where there is none."""
        return self.by_path.get(path)

    def leaving(self, path: str) -> list[Edge]:
        """Return the ways out of a station; call it only when all edges are known."""
        return self._ways[0].get(path, [])

    def arriving(self, path: str) -> list[Edge]:
        """Return the ways into a station; call it only when all edges are known."""
        return self._ways[1].get(path, [])


def flow_of(steps: list[Step]) -> Flow:
    """Return the flow of stations in file order; targets that are not written are filled in.

    A station passes to the one below it, unless that one begins something new or `to` says otherwise. At the end of a chain,
    items go to the stations that take what the chain made, else out.
    """
    flow = Flow(steps)
    known = {s.path for s in steps}
    _chains(steps)
    for number, step in enumerate(steps):
        written = _written_targets(step, known)
        if written is not None:
            step.targets = written
            step.ends = all(target in EXITS or _is_taker(flow, target) for target, _ in written)
            continue
        below = steps[number + 1] if number + 1 < len(steps) else None
        if below is not None and below.line == step.line and not below.begins:
            step.targets = [(below.path, None)]
        else:
            step.ends = True
    _name_items(flow)
    for step in steps:
        if step.ends and not step.targets:
            name = flow.materials.get(step.path, "")
            takers = [s for s in steps if name and s is not step and (name in s.inputs or name in s.adds)]
            near = [s for s in takers if s.line == step.line] or takers
            step.targets = [(s.path, None) for s in near] or [(OUT, None)]
    _sources(flow)
    flow.edges = [edge for step in steps for edge in _edges(step, known)]
    return flow


def full_path(step: Step, name: str, known: set[str]) -> str:
    """Return the path of a station that another one names: in its own line first. An exit belongs to no line."""
    own = f"{step.line}.{name}" if step.line and name not in EXITS else name
    return own if own in known or name not in known else name


def _chains(steps: list[Step]) -> None:
    chain = -1
    line: str | None = None
    for step in steps:
        takes = step.get("takes")
        step.begins = step.line != line or takes is not None
        line = step.line
        chain += step.begins
        step.chain = chain


def _written_targets(step: Step, known: set[str]) -> list[tuple[str, str | None]] | None:
    """Return what `to` says, None where it says nothing."""
    to = step.get("to")
    if isinstance(to, str):
        return [(_target(step, to, known), None)]
    if isinstance(to, list):
        return [(_target(step, name, known), None) for name in to if isinstance(name, str)]
    if isinstance(to, dict):
        return [(_target(step, name, known), grade) for grade, name in to.items() if isinstance(name, str)]
    return None


def _target(step: Step, name: str, known: set[str]) -> str:
    return name if name in EXITS else full_path(step, name, known)


def _is_taker(flow: Flow, path: str) -> bool:
    step = flow.step(path)
    return step is not None and step.begins and bool(step.inputs)


def _name_items(flow: Flow) -> None:
    """Find the item's name behind each station, by following the good ways."""
    chains_that_make = {s.chain for s in flow.steps if s.made}
    known = set(flow.by_path)
    names = flow.materials
    for step in flow.steps:
        if step.made:
            names[step.path] = step.made[0]
        elif step.begins:
            names[step.path] = "" if step.chain in chains_that_make else step.product
    # Names move one station a round; a loop cannot change a name, so as many rounds as stations are enough.
    for _ in flow.steps:
        changed = False
        for step in flow.steps:
            ways = [t for t, _ in step.targets]
            gate = step.get("gate")
            ways += [full_path(step, gate[k], known) for k in ("to", "then") if isinstance(gate, dict) and isinstance(gate.get(k), str)]
            for way in ways:
                target = flow.step(way)
                if target is None or target.begins or target.made or way in names or step.path not in names:
                    continue
                names[way] = names[step.path]
                changed = True
        if not changed:
            return


def _sources(flow: Flow) -> None:
    """Find the stations that bring each thing that is taken or added."""
    ends = [s for s in flow.steps if s.ends]
    several = [s for s in flow.steps if len(s.made) > 1]
    for taker in flow.steps:
        for material in (*taker.inputs, *taker.adds):
            found = [s.path for s in ends if s.path != taker.path and _brings(flow, s, taker, material)]
            found += [s.path for s in several if material in s.made[1:] and s.path not in found]
            flow.sources[taker.path, material] = found


def _brings(flow: Flow, step: Step, taker: Step, material: str) -> bool:
    return flow.materials.get(step.path) == material and any(target == taker.path for target, _ in step.targets)


def _edges(step: Step, known: set[str]) -> list[Edge]:
    """Return all ways that items leave a station."""
    edges = [Edge(step.path, target, "good") for target, _ in step.targets]
    gate, within = step.get("gate"), step.get("within")
    if isinstance(gate, dict):
        if isinstance(gate.get("to"), str):
            edges.append(Edge(step.path, _target(step, gate["to"], known), "gate"))
        if gate.get("limit") is not None and isinstance(gate.get("then"), str):
            edges.append(Edge(step.path, _target(step, gate["then"], known), "then"))
    if isinstance(within, dict) and isinstance(within.get("late"), str):
        edges.append(Edge(step.path, _target(step, within["late"], known), "late"))
    return edges
