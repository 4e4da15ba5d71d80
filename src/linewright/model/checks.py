"""`check`: what is right by the grammar and still cannot be. Each check notes all that it finds; none stops the others."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from linewright.model.build import Part
from linewright.model.catalogue import Catalogue
from linewright.model.checks_orders import check_orders
from linewright.model.flow import Flow
from linewright.model.grammar_line import FILE
from linewright.model.merging import nearest
from linewright.model.overrides import changed
from linewright.model.reader import BUILT_IN, Fields, Items, Node, Place, Report, Text
from linewright.model.reading import Reading

__all__ = ["Checking", "check_names", "check_paths", "check_top"]

Values = dict[str, Any]
#: Longest known line: 60 stations. The bound keeps checks that look at all pairs fast.
MOST_STATIONS = 1000


@dataclass(slots=True)
class Checking:
    """What all checks look at.

    Parameters
    ----------
    reading
        Holds the report and the place of each path.
    root, parts, flow
        What was read: the file, its lines, where items go.
    classes
        Station classes met, by name, as read.
    catalogue
        For nearest names.
    """

    reading: Reading
    root: Values
    parts: list[Part]
    flow: Flow
    classes: dict[str, Values]
    catalogue: Catalogue

    def place(self, path: str) -> Place:
        """Return where a path is written; of what is not, where the thing around it is."""
        while path:
            found = self.reading.places.get(path)
            if found is not None and found is not BUILT_IN:
                return found
            path = path.rpartition(".")[0]
        return next((p for p in self.reading.places.values() if p is not BUILT_IN), BUILT_IN)

    def fault(self, path: str, message: str, hint: str = "") -> None:
        """Note a fault at a path."""
        self.reading.report.fault(self.place(path), path, message, hint)

    def warn(self, path: str, message: str, hint: str = "") -> None:
        """Note a warning at a path."""
        self.reading.report.warn(self.place(path), path, message, hint)

    def missing(self, beside: str, path: str, message: str, hint: str) -> None:
        """Note that something is not there, unless a fault around it explains that."""
        report = self.reading.report
        where = path.rpartition(".")[0]
        if not report.has_fault(f"{where}.use".lstrip(".")) and not report.has_fault(path):
            report.fault(self.place(beside), path, message, hint)

    def is_written(self, path: str) -> bool:
        """Tell whether a path stands in a file rather than being a default."""
        return self.reading.places.get(path, BUILT_IN) is not BUILT_IN

    def part(self, line: str) -> Part:
        """Return the line of that name."""
        return next(p for p in self.parts if p.line == line)

    def known(self, section: str, line: str) -> list[str]:
        """Return the names of a section that a line may use: its own and the site's."""
        names = list(self.root.get(section) or {})
        if line:
            names += list(self.part(line).values.get(section) or {})
        return names

    def name(self, path: str, name: Any, section: str, line: str, what: str, *, also: Iterable[str] = ()) -> bool:
        """Tell whether a name of a section is known, else note a fault; what is no text was noted before."""
        if not isinstance(name, str):
            return True
        known = self.known(section, line)
        if name in known or name in also:
            return True
        near = nearest(name, known)
        self.fault(path, f"there is no {what} `{name}`. {near}".rstrip(), "" if near else f"Describe it under `{section}:`.")
        return False


def check_top(c: Checking) -> None:
    """Check what a file as a whole must have."""
    root = c.root
    is_site = "site" in root
    if root.get("lines") and not is_site and "experiment" not in root:
        c.fault("lines", "`lines` stand in a site file.", "Begin the file with `site: my-site`.")
    if is_site and root.get("stations"):
        c.fault("stations", "a site holds `lines`; stations stand in them.")
    if is_site and not root.get("lines"):
        c.fault("site", "the site has no `lines`.", "Write `lines: {my-line: {use: ./my-line.yaml}}`.")
    for part in c.parts:
        where = f"{part.where}." if part.where else ""
        header = part.where or next((h for h in ("line", "experiment", "site") if h in root), "")
        if is_site and not part.line:
            continue
        if not part.values.get("product") and not c.is_written(f"{where}product"):
            c.missing(
                header, f"{where}product", "`product` is missing: the material that the last station must make.", "Write `product: my-product`."
            )
        if not part.values.get("stations") and not c.is_written(f"{where}stations"):
            c.missing(header, f"{where}stations", "`stations` are missing.", "Write `stations: {first: {time: 2.1 s}}`, or `use:` a line.")
        elif part.values.get("stations") == {}:
            c.fault(f"{where}stations", "there is no station.")
        check_profile(c, f"{where}energy.profile", (part.values.get("energy") or {}).get("profile"))
    if len(c.flow.steps) > MOST_STATIONS:
        c.fault("", f"the file has {len(c.flow.steps)} stations; {MOST_STATIONS} are allowed.")
    zone = root.get("time-zone")
    if isinstance(zone, str) and zone != "UTC":
        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            c.fault(
                "time-zone",
                f"there is no time zone `{zone[:40]}`. {nearest(zone, sorted(zoneinfo.available_timezones()))}".rstrip(),
                "Such as Europe/Berlin.",
            )


def check_profile(c: Checking, path: str, name: str | None) -> None:
    """Check that one library has the energy profile that is named; where no library has any, nothing can be told."""
    known = tuple(c.catalogue.names("profile"))
    if not name or not known:
        return
    found = c.catalogue.find("profile", name)
    if not found:
        c.fault(path, f"there is no energy profile `{name}`. {nearest(name, known)}".rstrip(), f"There are {', '.join(known)}.")
    elif len(found) > 1:
        c.fault(path, f"`{name}` is found in two places: {' and '.join(f.path for f in found)}.", "Give one of them another name.")


def check_names(c: Checking) -> None:
    """Check that every name in a shared section names something."""
    for part in [Part("", "", c.root), *(p for p in c.parts if p.line)]:
        where, line, v = f"{part.where}." if part.where else "", part.line, part.values
        c.name(f"{where}works", v.get("works"), "shifts", line, "shift plan", also=("always",))
        points = list(((v.get("roads") or c.root.get("roads") or {}).get("points")) or {})
        for name, crew in _items(v, "people"):
            c.name(f"{where}people.{name}.works", crew.get("works"), "shifts", line, "shift plan", also=("always",))
        for name, fleet in _items(v, "vehicles"):
            _check_vehicle(c, f"{where}vehicles.{name}", fleet, line, points)
        for name, utility in _items(v, "utilities"):
            _check_utility(c, f"{where}utilities.{name}", utility, line)
        _check_roads(c, f"{where}roads", v.get("roads") or {}, points)
        check_orders(c, f"{where}orders", v.get("orders") or [])


def _items(values: Values, section: str) -> Iterator[tuple[str, Values]]:
    found = values.get(section)
    for name, value in found.items() if isinstance(found, dict) else ():
        if isinstance(value, dict):
            yield name, value


def _point(c: Checking, path: str, name: Any, points: list[str]) -> None:
    if isinstance(name, str) and name not in points:
        near = nearest(name, points)
        c.fault(path, f"there is no point `{name}`. {near}".rstrip(), "" if near else "Describe it under `roads: {points: ...}`.")


def check_stops(c: Checking, path: str, values: Values, line: str) -> None:
    """Check the people that failures and planned stops name."""
    for section in ("failures", "maintenance"):
        for name, stop in _items(values, section):
            c.name(f"{path}.{section}.{name}.by", stop.get("by"), "people", line, "crew")


def _check_vehicle(c: Checking, path: str, v: Values, line: str, points: list[str]) -> None:
    drives = v.get("time") is None
    if drives and not v.get("speed") and "speed" not in v:
        c.fault(path, "`speed` is missing: how fast it is.", "Write `speed: 1.3 m/s`, or `time:` of one trip.")
    if drives and v.get("distance") is None and "distance" not in v and not points:
        c.fault(path, "the length of a trip is not known.", "Write `distance: 80 m`, `time:` of one trip, or `roads:` and `at:` of the stations.")
    _point(c, f"{path}.park", v.get("park"), points)
    battery = v.get("battery")
    if isinstance(battery, dict):
        _point(c, f"{path}.battery.at", battery.get("at"), points)
    check_stops(c, path, v, line)


def _check_utility(c: Checking, path: str, v: Values, line: str) -> None:
    serves = v.get("serves")
    names = [s.name for s in c.flow.steps if s.line == line] + ([s.path for s in c.flow.steps] if not line else [])
    for number, name in enumerate([serves] if isinstance(serves, str) else serves or [], 1):
        if isinstance(name, str) and name not in names:
            here = f"{path}.serves" if isinstance(serves, str) else f"{path}.serves.{number}"
            c.fault(here, f"there is no station `{name}`. {nearest(name, names)}".rstrip())
    check_stops(c, path, v, line)


def _check_roads(c: Checking, path: str, roads: Values, points: list[str]) -> None:
    for number, way in enumerate(roads.get("ways") or [], 1):
        here = f"{path}.ways.{number}"
        ends = list(enumerate(way, 1)) if isinstance(way, list) else [(k, way.get(k)) for k in ("from", "to")] if isinstance(way, dict) else []
        for key, end in ends:
            _point(c, f"{here}.{key}", end, points)
        if len(ends) == 2 and ends[0][1] == ends[1][1] and isinstance(ends[0][1], str):
            c.fault(here, f"the way leads from `{ends[0][1]}` to itself.")
    for name in roads.get("zones") or {}:
        _point(c, f"{path}.zones.{name}", name, points)




def check_paths(c: Checking, root: Fields) -> None:
    """Check that each path of `variants` and `sweep` names a leaf that can take the value."""
    for path, value in _settings(root):
        if not isinstance(value[1], Text):
            c.fault(value[0], "a single value was expected, such as 14.")
            continue
        quiet = Report()
        text = value[1]
        place = Place(text.place.source, text.place.line, text.place.column)
        tree = changed(root, path, text.value, place, quiet)
        if tree is not None and not quiet.faults:
            Reading(quiet).read(_only(tree, path), FILE, "")
        for fault in quiet.faults:
            if fault.path == path or fault.line == text.place.line:
                c.reading.report.fault(place, value[0], fault.message, fault.hint)


def _only(tree: Fields, path: str) -> Fields:
    """Return the tree without what the path does not touch, so that a leaf is read alone."""
    name = path.split(".", maxsplit=1)[0]
    sections = {name} if name in tree.entries else {"stations", "lines"}
    entries: dict[str, Node] = {}
    for section, node in tree.entries.items():
        if section not in sections:
            continue
        if isinstance(node, Fields) and section in {"stations", "lines"}:
            kept = {n: child for n, child in node.entries.items() if n == name}
            entries[section] = Fields(kept, {n: node.keys[n] for n in kept}, node.place)
        else:
            entries[section] = node
    return Fields(entries, {n: tree.keys[n] for n in entries}, tree.place)


def _settings(root: Fields) -> Iterator[tuple[str, tuple[str, Node]]]:
    """Yield the path and (place in the file, value) of each setting of `variants` and `sweep`."""
    variants = root.entries.get("variants")
    for name, variant in variants.entries.items() if isinstance(variants, Fields) else ():
        for path, value in variant.entries.items() if isinstance(variant, Fields) else ():
            yield path, (f"variants.{name}.{path}", value)
    sweep = root.entries.get("sweep")
    for path, values in sweep.entries.items() if isinstance(sweep, Fields) else ():
        for value in values.values if isinstance(values, Items) else ():
            yield path, (f"sweep.{path}", value)
