"""`load`: a line file becomes a `Plant`; `check`: all that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from linewright.model.alarms_kept import without_idle_alarms
from linewright.model.build import parts_of, plant_of, steps_of
from linewright.model.catalogue import Catalogue
from linewright.model.checks import MOST_STATIONS, Checking, check_names, check_paths, check_top
from linewright.model.checks_class import check_class
from linewright.model.checks_faults import check_faults
from linewright.model.checks_flow import check_flow
from linewright.model.checks_roads import check_roads
from linewright.model.checks_station import check_station, webs_of
from linewright.model.checks_target import check_target, output_alone
from linewright.model.completed_text import completed_text
from linewright.model.errors import FileFault, ModelError
from linewright.model.explain import origins_of
from linewright.model.flow import flow_of
from linewright.model.forms import Record
from linewright.model.grammar_line import CLASS, FILE
from linewright.model.merging import nearest
from linewright.model.overrides import overridden
from linewright.model.plant import Plant
from linewright.model.reader import Fields, Place, Report, SourceText
from linewright.model.reading import Reading
from linewright.model.stock import materials_of, with_materials
from linewright.model.uses import Opener
from linewright.model.uses_station import is_file_name, without

__all__ = ["CheckReport", "check", "load", "load_text"]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `check` found: faults, warnings, and the plant where there is no fault."""

    faults: tuple[FileFault, ...]
    warnings: tuple[FileFault, ...]
    plant: Plant | None = None


def load(source: Path | str, catalogue: Catalogue, overrides: Sequence[str] = ()) -> Plant:
    """Return the plant that a line file describes, its measured values as the process models of its stations give them.

    Parameters
    ----------
    source
        A file, or the name of a line in the library.
    catalogue
        The library that `use` asks.
    overrides
        Changes of one leaf each, such as ``"winder.buffer=200"``.

    Raises
    ------
    ModelError
        The file is wrong; it carries every fault.
    """
    return catalogue.with_models(_plant_or_faults(check(source, catalogue, overrides)))


def load_text(text: str, catalogue: Catalogue, name: str = "text", overrides: Sequence[str] = (), *, is_completed: bool = False) -> Plant:
    r"""Return the plant that a text describes; `name` is how faults call it, `is_completed` that it is a plant's own text, as a run keeps it.

    Raises
    ------
    ModelError
        The text is wrong.

    Examples
    --------
    >>> from linewright.model.catalogue import EmptyCatalogue
    >>> load_text("line: a\nproduct: part\nstations: {first: {time: 2 s}}", EmptyCatalogue()).segment("first").time.mean
    2.0
    """
    report = Report(is_completed=is_completed)
    opener = Opener(catalogue, report)
    return catalogue.with_models(_plant_or_faults(_checked(opener, opener.open_text(text, name, None), overrides)))


def _plant_or_faults(found: CheckReport) -> Plant:
    if found.faults:
        raise ModelError(found.faults)
    assert found.plant is not None
    return found.plant


def check(source: Path | str, catalogue: Catalogue, overrides: Sequence[str] = ()) -> CheckReport:
    """Return all faults and warnings of a line file; nothing is raised for them.

    Parameters
    ----------
    source, catalogue, overrides
        As in `load`.
    """
    report = Report()
    opener = Opener(catalogue, report)
    root: Fields | None = None
    if isinstance(source, Path) or is_file_name(source):
        root = opener.open_path(Path(source), str(source))
    else:
        found = opener.found("line", source, Place(SourceText(source)), "")
        if found is not None:
            root = opener.open_text(found.text, found.path, None, (f"library:{source}",), found.entry)
        elif not report.faults:
            hint = nearest(source, tuple(catalogue.names("line")))
            report.fault(
                Place(SourceText(source)),
                "",
                f"the library has no line of this name. {hint}".rstrip(),
                "`linewright lines` lists them; a file ends in .yaml.",
            )
    return _checked(opener, root, overrides)


def _checked(opener: Opener, root: Fields | None, overrides: Sequence[str]) -> CheckReport:
    """Read, resolve, check and freeze a completed tree."""
    report = opener.report
    if root is None or opener.has_circle:
        return CheckReport(report.faults, report.warnings)
    for text in overrides:
        root = overridden(root, text, report)
    root = with_materials(without_idle_alarms(root), opener)
    reading = Reading(report)
    values = reading.read(root, FILE, "") or {}
    parts = parts_of(values)
    flow = flow_of(steps_of(parts))
    classes = {name: reading_of_class(name, tree, report) for name, tree in opener.classes.items()}
    checking = Checking(reading, values, parts, flow, classes, opener.catalogue)
    check_top(checking)
    if len(flow.steps) > MOST_STATIONS:
        return CheckReport(report.faults, report.warnings)
    check_names(checking)
    check_paths(checking, root)
    check_faults(checking)
    webs = webs_of(flow)
    for step in flow.steps:
        check_station(checking, step, webs)
        check_class(checking, step)
    check_flow(checking)
    check_roads(checking)
    if not report.faults:
        check_target(checking)
    if report.faults:
        return CheckReport(report.faults, report.warnings)
    text = completed_text(root)
    plant = plant_of(values, parts, flow, materials_of(values, [part.values for part in parts]))
    digest = hashlib.sha256((text + _samples(plant)).encode()).hexdigest()
    plant = replace(plant, origins=origins_of(reading.leaves), text=text, digest=digest, alone=output_alone(checking))
    return CheckReport((), report.warnings, plant)


def reading_of_class(name: str, tree: Fields, report: Report) -> dict[str, Any]:
    """Return what a class file declares, read; its `station` is read at each station that uses it."""
    rest = Record({key: row for key, row in CLASS.keys.items() if key != "station"}, what=CLASS.what)
    found = Reading(report).read(without(tree, "station"), rest, f"class {name}")
    return found or {}


def _samples(plant: Plant) -> str:
    """Return the values of empirical laws, which stand in other files, for the digest."""
    return "".join(f"{s.path} {law.samples}" for s in plant.segments for law in (s.time, s.arrivals) if law is not None and law.samples)
