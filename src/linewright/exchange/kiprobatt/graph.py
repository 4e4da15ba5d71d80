"""Protocols as frozen records: what stands in one JSON-LD file, told apart by kind of node."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from linewright.exchange.kiprobatt.literals import Literal, read_literal, unescape
from linewright.exchange.kiprobatt.source import SourceFile

Json = dict[str, Any]

#: The ten processes that the source's README lists.
PROCESSES = {
    "OSL9a645a64b15442398ad3c057e1b64d87": "separation v1",
    "OSLdec1088137c143a5bab6495efe873fdb": "separation v2",
    "OSL4c1f7444e389471a8250f53407191735": "drying",
    "OSLd0c734a239844a0d8820856add12aeca": "stacking v1",
    "OSLce4377780d0a40bb883c48d698f0b9de": "stacking v2",
    "OSLbc089261bd1b470c9ec5e159ce3442c6": "filling",
    "OSL6d6a05be73d64293a34654c6b9b48eb0": "formation and end-of-line test",
    "OSLdc7b328d2c0b4348ae5e60e2ee7b9fb8": "degassing",
    "OSL8d3ddce404964e89b37e6368071a822b": "feature extraction",
    "OSL7ca64bd792e648f181b881525e621ee4": "image analysis",
}

QUANTITIES = (
    "HasMass", "HasVolume", "HasPressure", "HasDuration", "HasLength", "HasTemperature", "HasNumber", "HasNumberOfEntities",
)  # fmt: skip


def ids(value: object) -> tuple[str, ...]:
    """Return the ids (or texts) of a property that may hold one value, several, or none."""
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(i for v in value for i in ids(v))
    if isinstance(value, dict):
        inner = value.get("@id", value.get("@value"))
        return (str(inner),) if inner is not None else ()
    return (str(value),)


def of(node: Json, name: str) -> object:
    """Return the property of a node, None where it has none."""
    return node.get(f"Property:{name}")


def protocol_of(thing: str) -> str:
    """Return the bare id of the protocol that a thing's id names.

    Examples
    --------
    >>> protocol_of("LabObject:OSL00ff/S0010-23P0201")
    'OSL00ff'
    """
    return thing.split(":", 1)[-1].split("/", 1)[0].split("-23", 1)[0]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a protocol."""

    id: str
    name: str
    start: str
    end: str
    status: str
    predecessors: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabObject:
    """One object of a protocol; `label` without language and series number (``Electrode``), `series` as written (``Electrode1``)."""

    id: str
    series: str
    material: tuple[str, ...]
    output_of: tuple[str, ...]
    entities: float | None

    @property
    def label(self) -> str:
        """Return the kind of object."""
        return self.series.rstrip("0123456789")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `values` are the quantities as stored; `literals` as typed; `properties` those it may hold, also where it holds none."""

    id: str
    names: tuple[str, ...]
    steps: tuple[str, ...]
    objects: tuple[str, ...]
    instances: tuple[str, ...]
    properties: tuple[str, ...]
    values: tuple[tuple[str, float], ...]
    literals: tuple[Literal, ...]
    predecessors: tuple[str, ...]
    files: tuple[str, ...]
    tools: tuple[str, ...]
    errors: tuple[str, ...]
    has_value: bool = False

    @property
    def name(self) -> str:
        """Return its first name, empty where it has none."""
        return self.names[0] if self.names else ""

    @property
    def quantity(self) -> str:
        """Return the quantity it holds or was asked for (``HasMass``), empty where it is none."""
        if self.values:
            return self.values[0][0]
        return next((p for p in self.properties if p in QUANTITIES), "")

    @property
    def value(self) -> float | None:
        """Return the value as stored."""
        return self.values[0][1] if self.values else None

    @property
    def is_empty(self) -> bool:
        """Tell whether it was asked for and never filled in."""
        return not (self.values or self.literals or self.predecessors or self.files or self.tools)


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol: one run of one process, with what belongs to it."""

    id: str
    file: str
    name: str
    kind: str
    process: str
    description: str
    created: str
    status: str
    types: tuple[str, ...]
    output_category: tuple[str, ...]
    output_type: tuple[str, ...]
    steps: tuple[Step, ...]
    objects: tuple[LabObject, ...]
    parameters: tuple[Parameter, ...]
    others: tuple[Json, ...] = ()


@dataclass(slots=True)
class Reading:
    """What was read: protocols, and what was odd about the files themselves (kind of doubt, file, what stands there)."""

    protocols: list[Protocol] = field(default_factory=list)
    oddities: list[tuple[str, str, str]] = field(default_factory=list)
    triples: int = 0


def read_protocols(files: Iterable[SourceFile]) -> Reading:
    """Read all protocols; a file that cannot be read becomes an oddity and an empty protocol, never nothing."""
    reading = Reading()
    for file in files:
        if file.folder == "data":
            nodes = _read_nodes(file, reading.oddities)
            reading.triples += sum(len(set(_objects(v))) for node in nodes for k, v in node.items() if k != "@id")
            reading.protocols.append(_protocol(file.name, nodes))
    return reading


def _objects(value: object) -> Iterator[str]:
    """Give the objects of the triples that one property of one node makes, each as text."""
    for v in value if isinstance(value, list) else [value]:
        yield json.dumps(v, sort_keys=True)


def _read_nodes(file: SourceFile, oddities: list[tuple[str, str, str]]) -> list[Json]:
    if file.damage:
        oddities.append(("unreadable_file", file.name, file.damage))
    try:
        text = file.content.decode("utf-8")
    except UnicodeDecodeError as fault:
        text = file.content.decode("cp1252", errors="replace")
        oddities.append(("not_utf8", file.name, f"byte {fault.object[fault.start]:#04x} at {fault.start}; read as cp1252"))
    nodes: list[Json] = []
    if file.content:
        try:
            document = json.loads(text)
        except ValueError as fault:
            oddities.append(("not_json", file.name, str(fault)))
        else:
            nodes = list(_nodes(document))
            if not nodes:
                oddities.append(("empty_graph", file.name, "only the context was exported"))
    elif not file.damage:
        oddities.append(("empty_file", file.name, "0 bytes"))
    return nodes


def _nodes(document: object) -> Iterator[Json]:
    graph = document.get("@graph", []) if isinstance(document, dict) else document
    for node in graph if isinstance(graph, list) else [graph]:
        if isinstance(node, dict):
            yield node


def _protocol(file: str, nodes: list[Json]) -> Protocol:
    own = "LabObject:" + file.removesuffix(".jsonld")
    steps, objects, parameters, others, head = [], [], [], [], {}
    for node in nodes:
        types = set(ids(node.get("@type")))
        if "Category:Labprocess-2FInstance" in types:
            head = node
        elif "Category:ProcessStepInstance" in types:
            steps.append(_step(node))
        elif "Category:LabProcess-2FParameter-2FInstance" in types:
            parameters.append(_parameter(node))
        elif "Category:LabProcess-2FObject" in types:
            objects.append(_object(node))
        else:
            others.append(node)
    process = next(iter(ids(of(head, "IsInstanceOf"))), "").split(":", 1)[-1]
    return Protocol(
        id=str(head.get("@id", own)), file=file, name=_first(head, "HasName"), kind=PROCESSES.get(process, process or "unknown"),
        process=process, description=_first(head, "HasDescription"), created=_first(head, "HasCreationDate"), status=_first(head, "HasStatus"),
        types=ids(head.get("@type")),
        output_category=ids(of(head, "HasOutputCategory")), output_type=ids(of(head, "HasOutputType")),
        steps=tuple(sorted(steps, key=lambda s: s.id)), objects=tuple(sorted(objects, key=lambda o: o.id)),
        parameters=tuple(sorted(parameters, key=lambda p: p.id)), others=tuple(others),
    )  # fmt: skip


def _first(node: Json, name: str) -> str:
    return next(iter(ids(of(node, name))), "")


def _step(node: Json) -> Step:
    return Step(
        id=str(node.get("@id", "")), name=_first(node, "HasName"), start=_first(node, "HasStartDateAndTime"),
        end=_first(node, "HasEndDateAndTime"), status=_first(node, "HasStatus"), predecessors=ids(of(node, "HasPredecessor")),
        inputs=ids(of(node, "HasInput")), outputs=ids(of(node, "HasOutput")),
    )  # fmt: skip


def _object(node: Json) -> LabObject:
    series = _first(node, "HasLabel").removeprefix("kiprobatt:").split("@", 1)[0]
    entities = of(node, "HasNumberOfEntities")
    return LabObject(
        id=str(node.get("@id", "")), series=series, material=ids(of(node, "IsInstanceOf")), output_of=ids(of(node, "IsOutputOf")),
        entities=float(entities) if isinstance(entities, int | float) else None,
    )  # fmt: skip


def _numbers(node: Json) -> Iterator[tuple[str, float]]:
    for name in QUANTITIES:
        held = of(node, name)
        for value in held if isinstance(held, list) else [held]:
            inner = value.get("@value") if isinstance(value, dict) else value
            if isinstance(inner, int | float) and not isinstance(inner, bool):
                yield name, float(inner)
            elif isinstance(inner, str):
                read = read_literal(inner)
                if read.number is not None:
                    yield name, read.number


def _parameter(node: Json) -> Parameter:
    texts = ids(of(node, "HasValue"))
    typed = [t.removeprefix("kiprobatt:") for t in texts if not t.startswith(("File:", "LabObject:", "Device:"))]
    literals = tuple(read_literal(unescape(t)) for t in typed)
    return Parameter(
        id=str(node.get("@id", "")), names=ids(of(node, "HasName")), steps=ids(of(node, "IsProcessParameterOf")),
        objects=ids(of(node, "IsObjectParameterOf")), instances=ids(of(node, "IsInstanceOf")),
        properties=tuple(p.removeprefix("Property:") for p in ids(of(node, "HasProperty"))), values=tuple(_numbers(node)), literals=literals,
        predecessors=ids(of(node, "HasPredecessor")), files=ids(of(node, "HasFile")),
        tools=ids(of(node, "HasTool")) + ids(of(node, "HasToolType")) + ids(of(node, "HasToolSetup")),
        errors=ids(of(node, "Processing_error")), has_value=bool(texts),
    )  # fmt: skip
