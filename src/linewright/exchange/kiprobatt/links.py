"""Links between objects: stated ones (S1, S2) and inferred ones (I1 to I4), never mixed.

S1 a parameter names a predecessor; S2 a step names inputs and outputs. I1 a named object stands for its series; I2 the three objects of a stacking
follow each other; I3 an undeclared object that only measuring parameters name is a part of the step's outputs; I4 a predecessor without an object
holds for all outputs of the step that have a parent by S1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from linewright.exchange.kiprobatt.graph import Parameter, Protocol, Step

STATED = ("S1", "S2")
_STACKING = ("ElectrodeStack", "WeldedStack", "DryCell")


@dataclass(frozen=True, slots=True)
class Link:
    """`parent` went into `child`; `rule` says why we think so, `source` is the parameter or step that says it."""

    parent: str
    child: str
    rule: str
    source: str

    @property
    def is_stated(self) -> bool:
        """Tell whether the records say so themselves."""
        return self.rule in STATED


def stated_links(protocols: Iterable[Protocol]) -> list[Link]:
    """Return the links that the records state, in the order of the records."""
    links = []
    for protocol in protocols:
        for parameter in protocol.parameters:
            links += [Link(parent, child, "S1", parameter.id) for parent in parameter.predecessors for child in parameter.objects]
        for step in protocol.steps:
            links += [Link(parent, child, "S2", step.id) for parent in step.inputs for child in step.outputs]
    return links


def inferred_links(protocols: Iterable[Protocol], stated: Iterable[Link]) -> list[Link]:
    """Return the links that follow by I1 to I4 and are not stated; a pair that two rules give is kept once, by the first rule."""
    seen = {(link.parent, link.child) for link in stated}
    links = []
    for protocol in protocols:
        for link in _infer(protocol):
            if (link.parent, link.child) not in seen and link.parent != link.child:
                seen.add((link.parent, link.child))
                links.append(link)
    return links


def _infer(protocol: Protocol) -> Iterator[Link]:
    series = _Series(protocol)
    for step in protocol.steps:
        for parent in step.inputs:
            for child in step.outputs:
                for p in series.of(parent):
                    for c in series.of(child):
                        yield Link(p, c, "I1", step.id)
    if protocol.kind.startswith("stacking"):
        yield from _stack(protocol)
    yield from _parts(protocol, series)
    yield from _shared(protocol, series)


class _Series:
    """Which objects of a protocol belong together: the same label as written."""

    def __init__(self, protocol: Protocol) -> None:
        self._label = {o.id: o.series for o in protocol.objects}
        self._members: dict[str, list[str]] = {}
        for o in protocol.objects:
            self._members.setdefault(o.series, []).append(o.id)

    def of(self, thing: str) -> list[str]:
        """Return all members of the series of a thing, itself alone where it has none."""
        label = self._label.get(thing)
        return self._members[label] if label else [thing]


def _stack(protocol: Protocol) -> Iterator[Link]:
    kinds = [[o.id for o in protocol.objects if o.label == label] for label in _STACKING]
    for parents, children in pairwise(kinds):
        if len(parents) == len(children) == 1:
            yield Link(parents[0], children[0], "I2", protocol.id)


def undeclared(protocol: Protocol) -> dict[str, list[Parameter]]:
    """Return the objects of this protocol that only parameters name, with those parameters."""
    declared = {o.id for o in protocol.objects}
    found: dict[str, list[Parameter]] = {}
    for parameter in protocol.parameters:
        for thing in parameter.objects:
            if thing not in declared:
                found.setdefault(thing, []).append(parameter)
    return found


def _parts(protocol: Protocol, series: _Series) -> Iterator[Link]:
    steps = {s.id: s for s in protocol.steps}
    for thing, parameters in undeclared(protocol).items():
        if any("HasPredecessor" in p.properties for p in parameters):
            continue
        for step in _steps_of(parameters, steps):
            for child in step.outputs:
                for c in series.of(child):
                    yield Link(thing, c, "I3", step.id)


def _steps_of(parameters: Iterable[Parameter], steps: dict[str, Step]) -> list[Step]:
    return [steps[s] for s in sorted({s for p in parameters for s in p.steps}) if s in steps]


def _shared(protocol: Protocol, series: _Series) -> Iterator[Link]:
    steps = {s.id: s for s in protocol.steps}
    fed = {child for p in protocol.parameters if p.predecessors for child in p.objects}
    for parameter in protocol.parameters:
        if not parameter.predecessors or parameter.objects:
            continue
        for step in _steps_of([parameter], steps):
            children = [c for out in step.outputs for c in series.of(out) if c in fed]
            for parent in parameter.predecessors:
                for child in children:
                    yield Link(parent, child, "I4", parameter.id)
