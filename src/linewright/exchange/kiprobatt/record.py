"""Into the ledger: every protocol, step, object, parameter, literal and link becomes rows of the tables that twin and floor write too.

A protocol, an object, a lot, a cycler file is a thing with its id as the files write it; what is only named is a placeholder that says so. A step
is a visit of its protocol and of the objects it puts out. A parameter is an observation of each object it belongs to (of its protocol where it
belongs to none) with three fields: the value that Linewright works with, the stored one, the literal. A link keeps its basis (stated, or by rule)
and where it stands. A doubt is a finding.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linewright.exchange.kiprobatt.cycler import CyclerFile
from linewright.exchange.kiprobatt.doubts import Doubt, Records, base_name, doubts, working_value
from linewright.exchange.kiprobatt.graph import Parameter, Protocol, Step
from linewright.exchange.kiprobatt.report import Json, read_records, report
from linewright.exchange.kiprobatt.sections import SECTIONS
from linewright.exchange.kiprobatt.source import SourceError, located
from linewright.ledger.disk import check_space
from linewright.ledger.ledger import Ledger, RunInfo
from linewright.ledger.writer import RunWriter

UNITS = {
    "HasMass": "kg", "HasVolume": "m3", "HasPressure": "Pa", "HasDuration": "s", "HasLength": "m", "HasTemperature": "degC", "HasNumber": "",
    "HasNumberOfEntities": "",
}  # fmt: skip
ATTRIBUTION = (
    "KIproBatt Dataset v0.3.0, Stier, S. P. et al., 2023, doi 10.5281/zenodo.8418323, CC BY 4.0; funded by BMBF, grant 03XP0309A-C. "
    "Imported unchanged."
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the run in the ledger, whether it was there already, the report, and what was read (the archive in a folder)."""

    run: RunInfo
    is_new: bool
    report: Json
    source: Path


def import_records(path: Path, ledger: Ledger, *, with_cells: bool = False) -> Imported:
    """Read the dataset and write it into a ledger as one run; a second time changes nothing.

    Parameters
    ----------
    path
        The ``.tar.gz`` or the unpacked folder.
    ledger
        Where the run goes.
    with_cells
        Put all that is known of each cell into the report too.

    Raises
    ------
    SourceError
        There is nothing that can be read: no protocol, or none of those there; no run is made then.
    LedgerError
        The ledger cannot be written, or there is too little room on its disk.
    """
    path = located(path)
    records = read_records(path)
    found = doubts(records)
    body = report(records, with_cells=with_cells, rows=found)
    if body["counts"]["protocols"] == 0:
        first = next((f" The first: {d.file}: {d.stands}." for d in found if d.file), "")
        raise SourceError(f"{path}: files are named as protocols (data/*.jsonld), and none of them can be read as one.{first} Nothing was imported.")
    text = json.dumps({"import": "kiprobatt", "source": ATTRIBUTION, "counts": body["counts"]}, ensure_ascii=False, indent=1, sort_keys=True)
    digest = hashlib.sha256(repr((records.reading.protocols, records.cycler)).encode()).hexdigest()
    known = ledger.find_plan(digest, "import")
    if known is not None and known.outcome == "done":
        return Imported(known, is_new=False, report=body, source=path)
    check_space(ledger.folder)
    created = [t for p in records.protocols if (t := microseconds(p.created)) is not None]
    begin = min(created, default=0)
    with ledger.open_run(known.run) if known else ledger.create_run(text, digest, "import", begin_us=begin, name="kiprobatt") as writer:
        _Recording(records, writer).write(found)
        told = {"counts": body["counts"], "dirt_counts": body["dirt_counts"]}
        writer.fact("import", {"from": path.name, "kind": "kiprobatt", "attribution": ATTRIBUTION, **told})
        writer.fact("sections", SECTIONS)
        writer.end("done", line_us=max(created, default=begin))
        run = writer.run_id
    return Imported(ledger.run_info(run), is_new=True, report=body, source=path)


def microseconds(text: str) -> int | None:
    """Return a time of the source as UTC microseconds; None where there is none, or it is no time.

    Examples
    --------
    >>> microseconds("2022-11-22T08:24:40+00:00")
    1669105480000000
    >>> microseconds("") is None
    True
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000_000)


@dataclass(slots=True)
class _Columns:
    """Rows on their way into one table."""

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def columns(self) -> dict[str, list[Any]]:
        return {name: [row[i] for row in self.rows] for i, name in enumerate(self.names)}


class _Recording:
    """One import on its way into one run."""

    def __init__(self, records: Records, writer: RunWriter) -> None:
        self._records, self._writer = records, writer
        self._keys: dict[str, int] = {}
        self._things = _Columns(("key", "id", "kind", "material", "made_us", "remark"))
        self._visits = _Columns(("unit", "step", "machine", "in_us", "start_us", "done_us", "out_us"))
        self._observations = _Columns(
            ("thing", "characteristic", "value", "unit", "stated", "literal", "text", "source", "step", "time_us", "remark")
        )
        self._links = _Columns(("parent", "child", "basis", "rule", "role", "source", "remark"))

    def write(self, found: list[Doubt]) -> None:
        """Write all rows; the caller commits."""
        self._declare()
        for protocol in self._records.protocols:
            self._of_protocol(protocol)
        for file in self._records.cycler:
            self._of_cycler(file)
        roles = {p.id: base_name(p.name) for protocol in self._records.protocols for p in protocol.parameters}
        for link in (*self._records.stated, *self._records.inferred):
            role = self._writer.key("role", roles[link.source]) if roles.get(link.source) else None
            self._links.rows.append(
                (self._key(link.parent), self._key(link.child), "stated" if link.is_stated else "rule", link.rule, role, link.source, None)
            )
        for table, columns in (("thing", self._things), ("visit", self._visits), ("observation", self._observations), ("link", self._links)):
            if columns.rows:
                self._writer.append(table, columns.columns())
        if found:
            self._writer.append(
                "finding",
                {
                    "kind": [d.kind for d in found], "thing": [self._keys.get(d.thing) for d in found], "id": [d.thing for d in found],
                    "source": [d.file for d in found], "found": [d.stands for d in found], "done": [d.made for d in found],
                },
            )  # fmt: skip

    def _declare(self) -> None:
        for protocol in self._records.protocols:
            remark = None if protocol.types else "placeholder: nothing of this protocol was exported"
            self._thing(protocol.id, "protocol", protocol.kind, microseconds(protocol.created), remark)
        for thing, (protocol, obj) in self._records.objects.items():
            self._thing(thing, obj.label, obj.material[0] if obj.material else obj.series, _made(thing, protocol))
        for thing, protocol in self._records.undeclared.items():
            self._thing(thing, "undeclared object", protocol.kind, None, "named by parameters only, never declared")
        for file in self._records.cycler:
            self._thing("File:" + file.name, "cycler file", "", None)

    def _thing(self, name: str, kind: str, material: str, made_us: int | None, remark: str | None = None) -> int:
        key = self._keys.setdefault(name, len(self._keys) + 1)
        if key == len(self._things.rows) + 1:
            self._things.rows.append(
                (key, name, self._writer.key("kind", kind), self._writer.key("material", material) if material else None, made_us, remark)
            )
        return key

    def _key(self, name: str) -> int:
        """Return the key of a thing; what is only named becomes a placeholder that says so."""
        known = self._keys.get(name)
        if known is not None:
            return known
        if name.startswith("LabObject:") and "-23O" in name:
            return self._thing(name, "absent object", "", None, "placeholder: its protocol is absent or empty")
        return self._thing(name, "lot" if name.startswith("LabObject:") else "reference", "", None, "placeholder: named by links only")

    # ---- protocols

    def _of_protocol(self, protocol: Protocol) -> None:
        me = self._key(protocol.id)
        created = microseconds(protocol.created)
        for name, text in _head(protocol):
            self._observe(me, name, text=text, source=protocol.id, time_us=created)
        for number, other in enumerate(protocol.others):
            self._observe(me, "unread node", text=json.dumps(other, ensure_ascii=False), source=f"{protocol.id} node {number}", time_us=created)
        times = {}
        for step in protocol.steps:
            times[step.id] = (self._writer.key("step", step.name or step.id), microseconds(step.end))
            self._of_step(me, step, protocol)
        for parameter in protocol.parameters:
            self._of_parameter(me, parameter, times)

    def _of_step(self, protocol_key: int, step: Step, protocol: Protocol) -> None:
        name = self._writer.key("step", step.name or step.id)
        start, end = microseconds(step.start), microseconds(step.end)
        series = {o.id: o.series for o in protocol.objects}
        outputs = {o.id for out in step.outputs for o in protocol.objects if o.id == out or (series.get(out) and o.series == series[out])}
        for unit in (protocol_key, *(self._key(o) for o in sorted(outputs))):
            self._visits.rows.append((unit, name, None, start, start, end, end))
        for what, text in (("HasStatus", step.status), ("HasPredecessor", ", ".join(step.predecessors)), ("step", step.id)):
            if text:
                self._observe(protocol_key, what, text=text, source=step.id, step=name, time_us=end)

    def _of_parameter(self, protocol_key: int, parameter: Parameter, times: dict[str, tuple[int, int | None]]) -> None:
        step, time_us = next((times[s] for s in parameter.steps if s in times), (None, None))
        said = [*parameter.files, *parameter.tools, *parameter.predecessors]
        for thing in [self._key(o) for o in parameter.objects] or [protocol_key]:
            self._observe(
                thing,
                base_name(parameter.name) or "no name",
                value=working_value(parameter),
                unit=UNITS.get(parameter.quantity),
                stated=parameter.value,
                literal="; ".join(x.text for x in parameter.literals) or None,
                text="; ".join(said) or None,
                source=parameter.id,
                step=step,
                time_us=time_us,
                remark=_remark(parameter),
            )

    def _observe(self, thing: int, characteristic: str, **fields: Any) -> None:
        row = {"thing": thing, "characteristic": self._writer.key("characteristic", characteristic), **fields}
        self._observations.rows.append(tuple(row.get(name) for name in self._observations.names))

    # ---- cycler files

    def _of_cycler(self, file: CyclerFile) -> None:
        me = self._key("File:" + file.name)
        for key, value in file.head:
            self._observe(me, key.rstrip(":"), text=value, source=file.name)
        for place, name in enumerate(file.columns):
            column = [row[place] if place < len(row) else None for row in file.rows]
            self._observe(me, name, text=json.dumps(column), source=f"{file.name} column {place + 1}", remark=f"{len(column)} rows")
        for name, charge in (("first charge", file.first("AH-IN")), ("first discharge", file.first("AH-OUT"))):
            if charge is not None:
                self._observe(me, name, value=charge, unit="Ah", stated=charge, literal=f"{charge} Ah", source=file.name)


def _made(thing: str, protocol: Protocol) -> int | None:
    ends = [microseconds(s.end) for s in protocol.steps if thing in s.outputs]
    return next((e for e in ends if e is not None), microseconds(protocol.created))


def _head(protocol: Protocol) -> Iterator[tuple[str, str]]:
    fields: Iterable[tuple[str, str]] = (
        ("HasName", protocol.name), ("HasDescription", protocol.description), ("HasStatus", protocol.status), ("HasCreationDate", protocol.created),
        ("IsInstanceOf", protocol.process), ("HasOutputCategory", ", ".join(protocol.output_category)),
        ("HasOutputType", ", ".join(protocol.output_type)), ("file", protocol.file),
    )  # fmt: skip
    return ((name, text) for name, text in fields if text)


def _remark(parameter: Parameter) -> str | None:
    said = []
    if len(parameter.names) > 1:
        said.append("names: " + ", ".join(parameter.names))
    if parameter.is_empty:
        said.append("asked for, never filled in")
    if parameter.errors:
        said.append("the source could not read it: " + ", ".join(parameter.errors))
    return "; ".join(said) or None
