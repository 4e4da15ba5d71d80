"""The report of an import: what there was, what is doubtful and how often, and on request all that is known of each cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from linewright.exchange.kiprobatt.cells import CELLS, cell_rows
from linewright.exchange.kiprobatt.cycler import CyclerFile, read_cycler
from linewright.exchange.kiprobatt.doubts import Doubt, Records, base_name, doubts
from linewright.exchange.kiprobatt.graph import Protocol, read_protocols
from linewright.exchange.kiprobatt.links import inferred_links, stated_links, undeclared
from linewright.exchange.kiprobatt.source import read_source

Json = dict[str, Any]


def read_records(path: Path) -> Records:
    """Read an archive or folder of the dataset.

    Raises
    ------
    SourceError
        Where there is nothing that can be read.
    """
    files = read_source(path)
    reading = read_protocols(files)
    stated = stated_links(reading.protocols)
    return Records(
        reading, tuple(read_cycler(f) for f in files if f.folder == "files"), tuple(stated), tuple(inferred_links(reading.protocols, stated)),
        {o.id: (p, o) for p in reading.protocols for o in p.objects}, {t: p for p in reading.protocols for t in undeclared(p)},
    )  # fmt: skip


def report(records: Records, *, with_cells: bool = False, rows: list[Doubt] | None = None) -> Json:
    """Return the report as JSON values.

    Returns
    -------
    dict
        ``counts``, ``dirt_counts`` (kinds that occur), ``dirt`` (ids or names by kind), ``rows`` (each doubt: what, where, what stands there,
        what was made of it), ``cycler``, and with `with_cells` ``cells``.
    """
    rows = doubts(records) if rows is None else rows
    by_kind: dict[str, list[Any]] = {}
    for doubt in rows:
        thing = doubt.thing if doubt.told_h is None else {"protocol": doubt.thing, "told_h": doubt.told_h, "linked_h": list(doubt.linked_h)}
        by_kind.setdefault(doubt.kind, []).append(thing)
    body: Json = {
        "counts": counts(records),
        "dirt_counts": {kind: len(things) for kind, things in sorted(by_kind.items())},
        "dirt": dict(sorted(by_kind.items())),
        "rows": [{"kind": d.kind, "thing": d.thing, "file": d.file, "stands": d.stands, "made": d.made} for d in rows],
        "cycler": {f.name: _cycler(f, records) for f in records.cycler},
    }
    if with_cells:
        body["cells"] = cell_rows(records)
    return body


def _cycler(file: CyclerFile, records: Records) -> Json:
    acr = [v for v in file.column("ACR") if v is not None]
    bare = file.name.replace(" ", "_")
    referenced = sum(ref.removeprefix("File:").replace(" ", "_") == bare for p in records.protocols for x in p.parameters for ref in x.files)
    return {
        "columns": list(file.columns), "rows": len(file.rows), "channel": file.channel, "start_serial": file.start_serial,
        "first_charge_Ah": file.first("AH-IN"), "first_discharge_Ah": file.first("AH-OUT"), "acr_above_1_ohm": sum(v > 1 for v in acr),
        "acr_zero": sum(v == 0 for v in acr), "referenced": referenced,
    }  # fmt: skip


def counts(records: Records) -> Json:
    """Return how much of each kind there is."""
    protocols = [p for p in records.protocols if p.types]
    parameters = [x for p in protocols for x in p.parameters]
    files = [f for x in parameters for f in x.files]
    named = {link.parent for link in records.stated} | {t for x in parameters for t in x.predecessors}
    absent = {t for t in named if records.is_absent(t)}
    lots = {t for t in absent if re.fullmatch(r"LabObject:OSL[0-9a-f]{32}", t)}
    links = [(base_name(x.name), t) for x in parameters for t in x.predecessors]
    return {
        "jsonld_files": len(records.protocols),
        "cycler_files": len(records.cycler),
        "protocols": len(protocols),
        "protocols_by_kind": _tally(p.kind for p in protocols),
        "steps": sum(len(p.steps) for p in protocols),
        "steps_by_name": _tally(s.name for p in protocols for s in p.steps),
        "objects_declared": len(records.objects),
        "objects_by_label": _tally(o.label for _, o in records.objects.values()),
        "objects_undeclared": len(records.undeclared),
        "objects_absent": sum("-23O" in t for t in absent),
        "external_lots": sorted(lots),
        "parameters": len(parameters),
        "parameters_with_literal": sum(x.has_value for x in parameters),
        "parameters_by_quantity": _tally(x.quantity for x in parameters if x.values),
        "links_stated": len(links),
        "links_by_parameter": _tally(name for name, _ in links),
        "links_inferred": len(records.inferred),
        "step_links_stated": sum(link.rule == "S2" for link in records.stated),
        "image_references": sum(f.lower().endswith((".jpeg", ".jpg", ".png", ".bmp", ".tif", ".tiff")) for f in files),
        "cycler_references": sum(f.endswith(".txt") for f in files),
        "cells_made": sum(o.label == "DryCell" for _, o in records.objects.values()),
        "rdf_triples": records.reading.triples,
        "cells_linked": _cells_linked(records, protocols),
    }


def _tally(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _cells_linked(records: Records, protocols: list[Protocol]) -> dict[str, int]:
    """Return how many cells of each kind have a predecessor by a parameter."""
    linked = {o for p in protocols for x in p.parameters if x.predecessors for o in x.objects}
    return _tally(records.objects[o][1].label for o in linked if o in records.objects and records.objects[o][1].label in CELLS)
