"""Stations with real machines: what of the twin's chance does not hold there, and a link for each of their drivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from linewright.control.compile import Compiled
from linewright.drivers.driver import Driver, DriverError, Manifest
from linewright.drivers.installed import driver_fault, find_driver, place_of
from linewright.drivers.setup import DriverSetup, ServedStation
from linewright.kernels.exchange_rows import RECORD_VALUES
from linewright.kernels.rules import hash_text
from linewright.kernels.table import BATCH, GATE_CHANCE, GATE_NONE, Table
from linewright.live.link import Link
from linewright.model.errors import ModelError, NotYetError
from linewright.model.station import Driver as DriverChoice
from linewright.model.station import Segment
from linewright.model.values import EveryKind, LawKind

__all__ = ["as_real", "links_of"]


def as_real(compiled: Compiled, numbers: Sequence[int]) -> Compiled:
    """Return a line in which nothing at some stations is left to chance: the machines there say what is scrap, and gates judge what they measured.

    A gate by chance (`fails`) is open, and no gate misses or gives false alarms.

    Raises
    ------
    NotYetError
        A gate or grade judges a value that no record of a real machine brings: measured at one of these stations and judged at another, beyond
        what a record holds, or of a single item of a batch.
    """
    strange = [*_judged_elsewhere(compiled, numbers), *_beyond_a_record(compiled, numbers), *_judged_in_ovens(compiled, numbers)]
    if strange:
        raise NotYetError([(what, place_of(compiled.plant, what.split(" ", 1)[0])) for what in strange])
    stations = compiled.table.stations.copy()
    for number in numbers:
        row = stations[number]
        row.misses = row.false_alarms = row.fails = 0.0
        if row.gate == GATE_CHANCE:
            row.gate = GATE_NONE
        if row.flow == BATCH:
            row.scrap = 0.0
    return replace(compiled, table=compiled.table._replace(stations=stations))


def _measured(segment: Segment) -> list[str]:
    """Return the characteristics whose values come in records, in their order."""
    return [c.name for c in segment.measures if c.every.kind is EveryKind.ITEM and c.law is LawKind.NORMAL]


def _judged_elsewhere(compiled: Compiled, numbers: Sequence[int]) -> list[str]:
    segments = {s.path: s for s in compiled.plant.segments}
    of = {}
    for number in numbers:
        path = compiled.stations[number]
        of.update({hash_text(f"{path}.{name}"): (path, name) for name in _measured(segments[path])})
    found = []
    for number, path in enumerate(compiled.stations):
        for check in _checks(compiled.table, number):
            measured = of.get(int(check["hash"]))
            if measured is not None and int(check["value"]) < 0:
                found.append(f"stations.{path} (judges {measured[1]}, which a real machine measures at {measured[0]})")
    return sorted(set(found))


def _beyond_a_record(compiled: Compiled, numbers: Sequence[int]) -> list[str]:
    segments = {s.path: s for s in compiled.plant.segments}
    found = []
    for number in numbers:
        path = compiled.stations[number]
        names = _measured(segments[path])
        found += [f"stations.{path}.measures.{names[int(c['value'])]} (judged, and more than {RECORD_VALUES} values do not fit into a record)"
                  for c in _checks(compiled.table, number) if int(c["value"]) >= RECORD_VALUES]  # fmt: skip
    return sorted(set(found))


def _judged_in_ovens(compiled: Compiled, numbers: Sequence[int]) -> list[str]:
    ovens = [number for number in numbers if int(compiled.table.stations[number].flow) == BATCH and _checks(compiled.table, number)]
    return [f"stations.{compiled.stations[number]} (judges items of a batch one by one, a record tells of a whole batch)" for number in ovens]


def _checks(table: Table, number: int) -> list[np.void]:
    station = table.stations[number]
    spans = [(int(station.check0), int(station.checks))]
    spans += [(int(g.check0), int(g.checks)) for g in table.grades[int(station.grade0) : int(station.grade0) + int(station.grades)]]
    return [table.checks[i] for first, count in spans for i in range(first, first + count)]


# ---- drivers


def links_of(compiled: Compiled, number_of: Mapping[str, int], real: Sequence[Segment]) -> tuple[Link, ...]:
    """Return a link for each real driver; stations with the same driver and the same settings share one.

    Raises
    ------
    ModelError
        All that is wrong with drivers, each with its place in the file.
    """
    groups: dict[DriverChoice, list[Segment]] = {}
    for segment in real:
        groups.setdefault(segment.driver, []).append(segment)
    links, faults = [], []
    for choice, segments in groups.items():
        stations = tuple(ServedStation(segment, number_of[segment.path]) for segment in segments)
        run = f"{compiled.plant.name}/{compiled.begin_us}"
        setup = DriverSetup(choice.use, stations, dict(choice.options), run, compiled.begin_us, compiled.plant, compiled.table)
        try:
            driver = find_driver(choice.use)(setup)
            _refuse_what_it_cannot(driver, setup)
        except DriverError as error:
            message, _, hint = str(error).partition("\n")
            faults.append(driver_fault(compiled.plant, segments[0], message, hint))
            continue
        links.append(Link(f"{choice.use}/{segments[0].path}", driver, stations, compiled.table))
    if faults:
        raise ModelError(sorted(faults, key=lambda fault: (fault.file, fault.line)))
    return tuple(links)


def _refuse_what_it_cannot(driver: Driver, setup: DriverSetup) -> None:
    m = driver.manifest
    if not m.is_real:
        raise DriverError(f"driver `{setup.use}` says that its machines are not real.\nOnly `emulated` may: what others say cannot be made again.")
    missing = [(command, why) for station in setup.stations for command, why in _needed(m, station, setup.table)]
    if missing:
        what = ", ".join(f"`{command}` (for {why})" for command, why in missing)
        raise DriverError(f"driver `{setup.use}` takes no command {what}.\nIt takes: {', '.join(m.commands)}. Take out what needs the others.")


def _needed(m: Manifest, station: ServedStation, table: Table) -> list[tuple[str, str]]:
    """Return the commands that the line will send to a station and the driver does not take, each with what of the file needs it."""
    row, path = table.stations[station.number], f"stations.{station.path}"
    changes = [int(table.slots[int(row.slot0) + j].change) > 0 for j in range(int(row.slots))]
    needed = [
        ("start", path, True), ("repair", f"{path}.failures", int(row.modes) > 0), ("maintain", f"{path}.maintenance", int(row.plans) > 0),
        ("change", f"{path}.takes", any(changes)), ("set-up", f"{path}.setup", int(row.setup0) > 0),
        ("set", f"{path}.recipe", bool(station.segment.recipe)),
    ]  # fmt: skip
    return [(command, why) for command, why, is_needed in needed if is_needed and command not in m.commands]
