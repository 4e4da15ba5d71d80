"""Everything doubtful about the records, each as a row: what kind, where, what stands there, what was made of it. Nothing is mended in silence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field

from linewright.exchange.kiprobatt.cycler import CyclerFile, file_key
from linewright.exchange.kiprobatt.graph import LabObject, Parameter, Protocol, Reading, protocol_of
from linewright.exchange.kiprobatt.links import Link, undeclared
from linewright.exchange.kiprobatt.literals import unescape

FINAL = "Term:OSLf474ec34b7df451ea8356134241aef8a"
KEPT = "kept as it stands"

#: Magazine types by the names that the source's README gives them.
SIDES = {
    "Material:OSLa56701a567b64fe2a6eab5bd90f33d30": "anode", "Material:OSL5cf054503ea24a1eafddf18250cb6dfa": "anode",
    "Material:OSLfd855c1891a74c20a32332e950109dbb": "anode", "Material:OSL35365769f21b4e408e582318a7e81a6e": "cathode",
    "Material:OSLa6b343604e5f4022a4a9feeef0f6adc6": "cathode", "Material:OSL1818619f26d24571a6a652a596e118eb": "cathode",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubtful thing. `thing` is the id or file name; `told_h` and `linked_h` only where a description contradicts a record."""

    kind: str
    thing: str
    file: str
    stands: str
    made: str = KEPT
    told_h: float | None = None
    linked_h: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """All that was read, with what the checks look up."""

    reading: Reading
    cycler: tuple[CyclerFile, ...]
    stated: tuple[Link, ...]
    inferred: tuple[Link, ...]
    objects: dict[str, tuple[Protocol, LabObject]] = field(default_factory=dict)
    undeclared: dict[str, Protocol] = field(default_factory=dict)

    @property
    def protocols(self) -> list[Protocol]:
        """Return the protocols in the order of their files."""
        return self.reading.protocols

    def is_absent(self, thing: str) -> bool:
        """Tell whether an object that a link names is neither declared nor named by its own protocol."""
        return thing not in self.objects and thing not in self.undeclared


def base_name(name: str) -> str:
    """Return a parameter's name without its running number.

    Examples
    --------
    >>> base_name("WettCellMass12 ")
    'WettCellMass'
    """
    return name.strip().rstrip("0123456789").rstrip()


def working_value(parameter: Parameter) -> float | None:
    """Return the value that Linewright works with.

    The literal's where both are there and disagree (the literal is what was typed), else the stored one, else the literal's.
    """
    literal = parameter.literals[0].value if parameter.literals else None
    if parameter.value is None or (literal is not None and disagrees(parameter)):
        return literal if parameter.quantity else None
    return parameter.value


def disagrees(parameter: Parameter) -> bool:
    """Tell whether stored value and literal differ by more than rounding."""
    literal = parameter.literals[0].value if parameter.literals else None
    return literal is not None and parameter.value is not None and abs(literal - parameter.value) > 1e-6 * max(abs(literal), abs(parameter.value))


def doubts(records: Records) -> list[Doubt]:
    """Return every doubt, by kind and thing."""
    rows = []
    for kind, name, stands in records.reading.oddities:
        rows.append(Doubt(kind, name, name, stands, "the rest was read" if kind == "not_utf8" else "kept as a placeholder"))
    for protocol in records.protocols:
        for check in _PROTOCOL_CHECKS:
            rows += check(protocol, records)
        for parameter in protocol.parameters:
            rows += _of_parameter(parameter, protocol, records)
    rows += _of_cycler(records)
    rows += _consumed_twice(records)
    return sorted(set(rows), key=lambda d: (d.kind, d.thing, d.stands))


# ---- parameters ------------------------------------------------------------------------------------------------------


def _of_parameter(parameter: Parameter, protocol: Protocol, records: Records) -> Iterator[Doubt]:
    def row(kind: str, stands: str, made: str = KEPT) -> Doubt:
        return Doubt(kind, parameter.id, protocol.file, stands, made)

    literal = parameter.literals[0] if parameter.literals else None
    typed = literal.text if literal else ""
    value = working_value(parameter)
    if not parameter.names:
        yield row("no_name", typed)
    if len(parameter.names) > 1:
        yield row("two_names", ", ".join(parameter.names), "the first is used, all are kept")
    if len(parameter.files) > 1:
        yield row("two_files", ", ".join(parameter.files), "both are kept")
    if parameter.errors:
        yield row("processing_error", ", ".join(parameter.errors))
    elif parameter.is_empty:
        yield row("empty_parameter", ", ".join(parameter.properties))
    if literal and literal.is_nan:
        yield row("nan_literal", typed, "no working value")
    is_quantitative = "Term:Parameter/Quantitative" in parameter.instances or bool(parameter.quantity)
    if literal and parameter.value is None and is_quantitative:
        yield row("literal_without_value", typed, "the literal is the working value" if value is not None else "no working value")
    if disagrees(parameter):
        yield row("value_disagrees_with_literal", f"typed {typed}, stored {parameter.value!r}", "the literal is the working value")
    yield from _of_mass(parameter, protocol.file, value)
    for target in parameter.predecessors:
        if _is_object(target) and records.is_absent(target):
            yield row("link_to_absent_object", target, "a placeholder stands for it")
    yield from _of_dates(parameter, protocol, records)


def _is_object(thing: str) -> bool:
    return thing.startswith("LabObject:") and "-23O" in thing


def _of_mass(parameter: Parameter, file: str, value: float | None) -> Iterator[Doubt]:
    if parameter.quantity != "HasMass" or value is None:
        return
    name, shown = base_name(parameter.name), f"{value * 1000:.6g} g"
    if value < 0:
        yield Doubt("negative_mass", parameter.id, file, shown)
    if value == 0:
        yield Doubt("zero_mass", parameter.id, file, shown)
    if name == "PredryingMass" and value > 1e-3:
        yield Doubt("sheet_mass_above_1_g", parameter.id, file, shown)
    if name == "WettCellMass" and 0 < value < 5e-3:
        yield Doubt("wet_mass_below_5_g", parameter.id, file, shown)


def _of_dates(parameter: Parameter, protocol: Protocol, records: Records) -> Iterator[Doubt]:
    for target in parameter.predecessors:
        found = records.objects.get(target)
        created = found[0].created if found else ""
        if found and found[0].id != protocol.id and protocol.created and created > protocol.created:
            yield Doubt("child_protocol_older_than_parent", parameter.id, protocol.file, f"{protocol.created}, made of {target} of {created}")


# ---- protocols and steps ---------------------------------------------------------------------------------------------


def _of_protocol(protocol: Protocol, _records: Records) -> Iterator[Doubt]:
    def row(kind: str, stands: str) -> Doubt:
        return Doubt(kind, protocol.id, protocol.file, stands)

    if protocol.types and protocol.status != FINAL:
        yield row("protocol_not_final", protocol.status or "no status")
    if re.search(r"\b(?:test|dummy|lösch)", protocol.description, re.IGNORECASE):
        yield row("described_as_dummy_or_test", protocol.description)
    if any("broken_file" in t for t in protocol.types):
        yield row("marked_broken_file_links", ", ".join(protocol.types))
    if any("script_errors" in t for t in protocol.types):
        yield row("marked_script_errors", ", ".join(protocol.types))
    for thing, parameters in undeclared(protocol).items():
        yield Doubt("undeclared_object", thing, protocol.file, ", ".join(p.name for p in parameters), "kept as an object without a declaration")


def _of_steps(protocol: Protocol, _records: Records) -> Iterator[Doubt]:
    for step in protocol.steps:
        if step.start and step.end and step.end < step.start:
            yield Doubt("step_ends_before_start", step.id, protocol.file, f"{step.start} to {step.end}")
        elif step.start == step.end:
            yield Doubt("step_without_duration", step.id, protocol.file, step.start)


def _of_counts(protocol: Protocol, _records: Records) -> Iterator[Doubt]:
    """Compare a count of cells or magazines with the links that the protocol holds."""
    cells = ("ExportFileSelection",) if protocol.kind == "feature extraction" else ("CellSelection", "FormationCellSelection")
    chosen = {"CellCount": cells, "MagazineCount": ("MagazineSelection",)}
    for parameter in protocol.parameters:
        names = chosen.get(base_name(parameter.name))
        if names is None or parameter.value is None:
            continue
        linked = [p for p in protocol.parameters if base_name(p.name) in names and p.predecessors]
        if len(linked) != parameter.value:
            yield Doubt("count_disagrees_with_links", parameter.id, protocol.file, f"{parameter.value:g} told, {len(linked)} linked")


def _of_sides(protocol: Protocol, records: Records) -> Iterator[Doubt]:
    for parameter in protocol.parameters:
        side = {"AnodeMagazineSelection": "anode", "CathodeMagazineSelection": "cathode"}.get(base_name(parameter.name))
        for target in parameter.predecessors if side else ():
            found = records.objects.get(target)
            types = {SIDES[m] for m in found[1].material if m in SIDES} if found else set()
            if types and side not in types:
                stands = f"{target} is of type {', '.join(sorted(types))}"
                yield Doubt("electrode_side_contradicts_magazine_type", parameter.id, protocol.file, stands)


def _of_drying(protocol: Protocol, records: Records) -> Iterator[Doubt]:
    told = re.search(r"Trocknungsdauer:\s*(\d+(?:[.,]\d+)?)\s*h", protocol.description)
    if not told or not protocol.kind.startswith("stacking"):
        return
    hours = float(told[1].replace(",", "."))
    linked = sorted(
        {
            round(value / 3600, 6)
            for p in protocol.parameters if base_name(p.name).endswith("MagazineSelection")
            for target in p.predecessors if target in records.objects
            for q in records.objects[target][0].parameters if q.quantity == "HasDuration"
            for value in [working_value(q)] if value is not None
        }
    )  # fmt: skip
    if linked and linked != [hours]:
        stands = f"told {hours:g} h, linked {', '.join(f'{h:g}' for h in linked)} h"
        kind = "described_drying_time_differs_from_record"
        yield Doubt(kind, protocol.id, protocol.file, stands, told_h=hours, linked_h=tuple(linked))


_PROTOCOL_CHECKS: tuple[Callable[[Protocol, Records], Iterable[Doubt]], ...] = (_of_protocol, _of_steps, _of_counts, _of_sides, _of_drying)


def _consumed_twice(records: Records) -> Iterator[Doubt]:
    """A cell that two parameters of one kind choose, in whatever protocols."""
    chosen: Counter[tuple[str, str]] = Counter()
    for protocol in records.protocols:
        for parameter in protocol.parameters:
            name = base_name(parameter.name)
            if name.endswith("CellSelection"):
                chosen.update((name, target) for target in parameter.predecessors)
    for (name, target), count in chosen.items():
        if count > 1:
            yield Doubt("one_cell_consumed_twice", target, protocol_of(target) + ".jsonld", f"{count} times by {name}", "all links are kept")


# ---- cycler files ----------------------------------------------------------------------------------------------------


def named_file(reference: str, present: Container[str]) -> str | None:
    """Return the key of the file that a reference (``File:...``, escaped or not) names, None where it is absent."""
    bare = file_key(reference.removeprefix("File:"))
    return next((name for name in (bare, file_key(unescape(bare))) if name in present), None)


def _of_cycler(records: Records) -> Iterator[Doubt]:
    present = {file_key(f.name): f for f in records.cycler}
    for protocol in records.protocols:
        channels = {o: p.value for p in protocol.parameters if base_name(p.name) == "MeasurementChannel" for o in p.objects}
        for parameter in protocol.parameters:
            for name in parameter.files:
                if not name.endswith(".txt"):
                    continue
                bare = named_file(name, present)
                if bare is None:
                    yield Doubt("cycler_file_missing", file_key(name), protocol.file, name, "kept as a reference")
                    continue
                told = {value for o in parameter.objects if (value := channels.get(o)) is not None}
                named = present[bare].channel
                if told and named is not None and told != {float(named)}:
                    yield Doubt("channel_disagrees_with_cycler_file", parameter.id, protocol.file, f"protocol {sorted(told)}, file {named}")
    for file in records.cycler:
        if not file.rows:
            yield Doubt("cycler_file_without_rows", file.name, file.name, "only a head", "kept as a reference")
        if file.has_doubled_columns:
            doubled = [c for c, n in Counter(file.columns).items() if n > 1]
            yield Doubt("cycler_columns_doubled", file.name, file.name, ", ".join(doubled), "columns are kept by place")
        acr = [v for v in file.column("ACR") if v is not None]
        if acr and acr[0] == 0:
            yield Doubt("acr_zero_before_first_pulse", file.name, file.name, f"{sum(v == 0 for v in acr)} rows", "zeros are read as not measured yet")
