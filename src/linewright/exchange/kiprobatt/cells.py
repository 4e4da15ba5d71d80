"""What is known of one cell: its ancestors (stated, inferred, absent), the masses of its sheets, its filling, drying and formation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from linewright.exchange.kiprobatt.doubts import Records, base_name, named_file
from linewright.exchange.kiprobatt.graph import Parameter, Protocol, protocol_of
from linewright.exchange.kiprobatt.links import Link

Row = dict[str, Any]

CELLS = ("DryCell", "FilledCell", "FormatedCell", "DegassedCell", "TestedCell")
_FILLING = ("DryCellWithBracingMass", "ElectrolyteVolume", "WettCellMass")
_DRYING = ("Temperature", "Duration", "Pressure", "NumberOfVentilations", "VentilationPressure")


class Family:
    """Ancestors over all links, and over the stated ones alone; a circle in the records is walked once."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._parents = _by_child((*records.stated, *records.inferred))
        self._stated = _by_child(records.stated)

    def ancestors(self, thing: str) -> set[str]:
        """Return all ancestors of a thing."""
        return _walk(thing, self._parents)

    def stated_ancestors(self, thing: str) -> set[str]:
        """Return the ancestors that are reached by stated links alone."""
        return _walk(thing, self._stated)

    def depth(self, thing: str) -> int:
        """Return how many protocols lie on the longest way back, its own counted, absent ones not."""
        return 1 + self._hops(thing, {}, set())

    def _hops(self, thing: str, known: dict[str, int], under: set[str]) -> int:
        if thing in known or thing in under:
            return known.get(thing, 0)
        under.add(thing)
        best = 0
        for parent in self._parents.get(thing, ()):
            is_other = not self._records.is_absent(parent) and protocol_of(parent) != protocol_of(thing)
            best = max(best, is_other + self._hops(parent, known, under))
        under.discard(thing)
        known[thing] = best
        return best


def _by_child(links: Iterable[Link]) -> dict[str, list[str]]:
    parents: dict[str, list[str]] = {}
    for link in links:
        parents.setdefault(link.child, []).append(link.parent)
    return parents


def _walk(thing: str, parents: dict[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    todo = [thing]
    while todo:
        for parent in parents.get(todo.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                todo.append(parent)
    seen.discard(thing)
    return seen


def cell_rows(records: Records) -> dict[str, Row]:
    """Return what is known of every cell, by the cell's id, in the form of the report."""
    family = Family(records)
    cycler = {f.name.replace(" ", "_"): f for f in records.cycler}
    holders = _parameters_by_object(records)
    protocols = {protocol_of(p.id): p for p in records.protocols}
    rows: dict[str, Row] = {}
    for thing, (protocol, obj) in sorted(records.objects.items()):
        if obj.label not in CELLS:
            continue
        ancestors = family.ancestors(thing)
        stated = family.stated_ancestors(thing)
        line = sorted(ancestors | {thing})
        own = sorted({protocol_of(t) for t in line if not records.is_absent(t)})
        rows[thing] = {
            "label": obj.label,
            "protocol_kind": protocol.kind,
            "ancestors": sorted(ancestors),
            "ancestors_stated": sorted(stated),
            "ancestors_inferred": sorted(ancestors - stated),
            "ancestors_absent": sorted(t for t in ancestors if records.is_absent(t)),
            "protocols": own,
            "depth": family.depth(thing),
            "sheet_masses": {t: _value(p) for t in line for p in holders.get(t, ()) if _is_sheet_mass(p)},
            "filling": [{"object": t, **_named(p)} for t in line for p in holders.get(t, ()) if base_name(p.name) in _FILLING],
            "formation": [r for t in line for r in _formation(t, holders.get(t, ()), cycler)],
            "drying": [r for name in own for r in _drying(protocols[name])],
        }
    return rows


def _parameters_by_object(records: Records) -> dict[str, list[Parameter]]:
    holders: dict[str, list[Parameter]] = {}
    for protocol in records.protocols:
        for parameter in protocol.parameters:
            for thing in parameter.objects:
                holders.setdefault(thing, []).append(parameter)
    return holders


def _is_sheet_mass(parameter: Parameter) -> bool:
    return base_name(parameter.name) == "PredryingMass" and not parameter.is_empty


def _value(parameter: Parameter) -> Row:
    literal = parameter.literals[0] if parameter.literals else None
    typed, si = (literal.text, literal.value) if literal else (None, None)
    return {"parameter": parameter.id, "stated": parameter.value, "literal": typed, "literal_si": si}


def _named(parameter: Parameter) -> Row:
    return {"name": base_name(parameter.name), **_value(parameter)}


def _formation(thing: str, parameters: Iterable[Parameter], cycler: dict[str, Any]) -> Iterator[Row]:
    for parameter in parameters:
        if base_name(parameter.name) == "MeasurementChannel" and not parameter.is_empty:
            yield {"object": thing, **_named(parameter)}
        for reference in parameter.files:
            key = named_file(reference, cycler) if reference.endswith(".txt") else None
            if key is not None:
                file = cycler[key]
                yield {
                    "object": thing, "name": "cycler file", "file": file.name, "first_charge_Ah": file.first("AH-IN"),
                    "first_discharge_Ah": file.first("AH-OUT"), "rows": len(file.rows),
                }  # fmt: skip


def _drying(protocol: Protocol) -> Iterator[Row]:
    if protocol.kind == "drying":
        for parameter in protocol.parameters:
            if base_name(parameter.name) in _DRYING:
                yield {"protocol": protocol_of(protocol.id), **_named(parameter)}
