"""A fault injected from the command line: `--fault STATION.FAULT=SIZE --tool NAME=NUMBER --machine NUMBER --at TIME --for TIME`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from linewright.model.merging import nearest
from linewright.model.reader import Fields, Items, Node, Place, Report, SourceText, Text

__all__ = ["FAULT_MARK", "fault_overrides", "shown_change", "with_fault"]

#: Begins an override that adds a fault (`load`, `overrides`); what follows are `key=value`, parted by this mark too.
FAULT_MARK = "\x1ffault "
_UNSPACED = re.compile(r"^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z%/°µ].*)$")


def fault_overrides(
    faults: Sequence[str], tool: str | None = None, machine: int | None = None, at: str | None = None, lasting: str | None = None
) -> list[str]:
    """Return the overrides (`load`) that inject faults.

    Parameters
    ----------
    faults
        Such as ``cathode-coater.lane-clogged=2%``.
    tool, machine
        Such as ``die-lane=4``; from 1. None: all.
    at, lasting
        When each begins (None: at once), and how long it lasts (None: to the end).

    Examples
    --------
    >>> [text.split(chr(31))[1:] for text in fault_overrides(["filler.nozzle-clogged=2%"], "nozzle=3", at="3h")]
    [['fault filler.nozzle-clogged=2%', 'tool=nozzle=3', 'at=3h']]
    """
    words = [f"{key}={value}" for key, value in (("tool", tool), ("machine", machine), ("at", at), ("for", lasting)) if value is not None]
    return ["\x1f".join([f"{FAULT_MARK}{fault}", *words]) for fault in faults]


def shown_change(override: str) -> str:
    """Return an override as a user reads it: ``path=value``, or a fault with its words.

    Examples
    --------
    >>> shown_change(fault_overrides(["filler.nozzle-clogged=2%"], "nozzle=3", at="3h")[0]), shown_change("winder.count=13")
    ('filler.nozzle-clogged=2% tool nozzle=3 at 3h', 'winder.count=13')
    """
    if not override.startswith(FAULT_MARK):
        return override
    first, *words = override.removeprefix(FAULT_MARK).split("\x1f")
    return " ".join([first, *(word.replace("=", " ", 1) for word in words)])


def with_fault(root: Fields, override: str, report: Report) -> Fields:
    """Return a completed tree with one more fault; what cannot be read is noted in the report."""
    first, *words = override.removeprefix(FAULT_MARK).split("\x1f")
    place = Place(SourceText(f"--fault {first[:80]}", loose=True))
    where, equals, size = first.partition("=")
    station, dot, kind = where.strip().rpartition(".")
    if not (equals and dot and size.strip() and kind):
        report.fault(place, "", "a station, its fault and the size were expected, such as cathode-coater.lane-clogged=2%.")
        return root
    entries: dict[str, Node] = {"fault": Text(kind, place), "station": Text(station, place), "size": Text(_spaced(size), place)}
    entries["at"] = Text("0 s", place)
    for word in words:
        key, _, value = word.partition("=")
        said = Place(SourceText(f"--{key} {value[:80]}", loose=True))
        if key == "tool":
            tool, sign, number = value.partition("=")
            if not sign:
                names = list(_tools(root, station))
                report.fault(said, "", f"a tool and its number were expected, such as die-lane=4. {nearest(tool, names)}".rstrip())
                return root
            entries["tool"] = Fields({tool.strip(): Text(number.strip(), said)}, {tool.strip(): said}, said)
        else:
            entries[key] = Text(_spaced(value), said)
    row = Fields(entries, {key: node.place for key, node in entries.items()}, place)
    before = root.entries.get("faults")
    rows = before.values if isinstance(before, Items) else ()
    return Fields({**root.entries, "faults": Items((*rows, row), place)}, {**root.keys, "faults": place}, root.place)


def _spaced(text: str) -> str:
    return _UNSPACED.sub(r"\1 \2", text.strip())


def _tools(root: Fields, station: str) -> Sequence[str]:
    stations = root.entries.get("stations")
    step = stations.entries.get(station) if isinstance(stations, Fields) else None
    tools = step.entries.get("tools") if isinstance(step, Fields) else None
    return list(tools.entries) if isinstance(tools, Fields) else []
