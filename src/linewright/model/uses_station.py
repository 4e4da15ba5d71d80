"""`use` of a station: one file's stations laid over those of the file it uses, each over what it starts from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from linewright.model.grammar import STATION
from linewright.model.grammar_line import CLASS
from linewright.model.merging import merge, nearest, written_out
from linewright.model.reader import Fields, Node, Place, Report, Text, is_none, read_text

if TYPE_CHECKING:
    from linewright.model.uses import Opener

__all__ = ["Stations", "beside", "class_start", "is_file_name", "joined", "without"]


def is_file_name(text: str) -> bool:
    """Tell whether a `use` or a command's argument means a file rather than a name of the library.

    Examples
    --------
    >>> is_file_name("./my-line.yaml"), is_file_name("cylindrical-21700-tabless")
    (True, False)
    """
    return "/" in text or "\\" in text or text.endswith((".yaml", ".yml"))


#: Stations that start from one another; the longest known chain has 3.
MOST_USES = 50


class Stations:
    """The stations of one file over those of the file it uses."""

    def __init__(self, opener: Opener, base: Fields | None, own: Fields, folder: Path | None, path: str) -> None:
        self.opener = opener
        self.report = opener.report
        below = base.entries.get("stations") if base is not None else None
        self.below = below if isinstance(below, Fields) else None
        written = own.entries.get("stations")
        self.written = written
        self.own = written if isinstance(written, Fields) else None
        self.folder = folder
        self.path = path
        self.done: dict[str, Node] = {}
        self.under_way: list[str] = []

    def all(self) -> Node | None:
        """Return all stations in order, those that an override puts in behind the station they name."""
        if self.own is None:
            return self.written if self.written is not None else self.below
        names = list(self.below.entries) if self.below else []
        keys = dict(self.below.keys) if self.below else {}
        for name, node in self.own.entries.items():
            here = self._path(name)
            if is_none(node):
                if name in names:
                    names.remove(name)
                else:
                    hint = nearest(name, names)
                    self.report.fault(self.own.keys[name], here, f"`none` takes away a station, but there is none of this name. {hint}".rstrip())
                continue
            if name not in names:
                names.append(name)
            keys[name] = self.own.keys[name]
        for name, node in self.own.entries.items():
            if name in names and isinstance(node, Fields):
                self._place(name, node, names)
        entries = {name: self._station(name) for name in names}
        return Fields(entries, {name: keys[name] for name in names}, self.own.place)

    def _place(self, name: str, node: Fields, names: list[str]) -> None:
        """Move a station that says `after` behind the station it names."""
        after = node.entries.get("after")
        if not isinstance(after, Text):
            if after is None and self.below is not None and name not in self.below.entries:
                self.report.warn(
                    self.own.keys[name] if self.own else node.place, self._path(name), "a new station without `after:` stands at the end of the line."
                )
            return
        if after.value == name or after.value not in names:
            hint = nearest(after.value, [n for n in names if n != name])
            self.report.fault(after.place, self._path(name) + ".after", f"there is no station `{after.value}` to stand after. {hint}".rstrip())
            return
        names.remove(name)
        names.insert(names.index(after.value) + 1, name)

    def _station(self, name: str) -> Node:
        """Return one station with all that it uses laid under it."""
        if name in self.done:
            return self.done[name]
        below = self.below.entries.get(name) if self.below else None
        node = self.own.entries.get(name) if self.own else None
        if node is None or is_none(node):
            assert below is not None
            return below
        if not isinstance(node, Fields):
            return node
        self.under_way.append(name)
        whole: Node = below if below is not None else node
        use = node.entries.get("use")
        if isinstance(use, Text) and not is_none(use):
            start = self._used(name, use)
            if start is not None:
                whole = merge(below, start, STATION, self._path(name), self.report) if below is not None else start
                whole = merge(whole, without(node, "use"), STATION, self._path(name), self.report)
        elif below is not None:
            whole = merge(below, node, STATION, self._path(name), self.report)
        self.under_way.pop()
        if isinstance(whole, Fields):
            whole = without(whole, "after")
        self.done[name] = whole
        return whole

    def _used(self, name: str, use: Text) -> Fields | None:
        """Return what a station starts from: a station of this file, a ./file or a class, with its declared defaults."""
        path = self._path(name) + ".use"
        stations = [*(self.own.entries if self.own else ()), *(self.below.entries if self.below else ())]
        target = use.value
        here = target != name and target in stations
        if here and len(self.under_way) > MOST_USES:
            self.report.fault(use.place, path, f"more than {MOST_USES} stations start from one another.")
            return None
        if here and target in self.under_way:
            circle = " -> ".join([*self.under_way[self.under_way.index(target) :], target])
            self.report.fault(use.place, path, f"the stations use each other in a circle: {circle}.", "One of them must stand alone.")
            return None
        if here:
            if self.opener.catalogue.names("class") and self.opener.found("class", target, use.place, path) is not None:
                self.report.fault(
                    use.place, path, f"`{target}` is found in 2 places: a station of this file and a class of the library.", "Rename the station."
                )
            node = self._station(target)
            return without(node, "after", "about") if isinstance(node, Fields) else None
        found = self._class_from_file(use, path) if is_file_name(target) else self.opener.station_class(target, use.place, path)
        if found is None:
            if not is_file_name(target) and not self.opener.catalogue.find("class", target):
                known = [*(s for s in stations if s != name), *self.opener.catalogue.names("class")]
                if target == name:
                    self.report.fault(use.place, path, f"`{target}` is the station itself, and the library has no class of this name.")
                else:
                    near = nearest(target, known)
                    self.report.fault(use.place, path, f"`{target}` is neither a station of this file nor a class of the library. {near}".rstrip())
            return None
        return class_start(target, found, use, self.report)

    def _class_from_file(self, use: Text, path: str) -> Fields | None:
        if self.folder is None:
            self.report.fault(use.place, path, f"`{use.value}` names a file, but this text stands in no folder.")
            return None
        shown = beside(use.place.file, use.value)
        text = read_text(self.folder / use.value, shown, self.report)
        root = self.opener.parsed(text, shown) if text is not None else None
        if root is None:
            return None
        out = written_out(root, CLASS)
        assert isinstance(out, Fields)
        self.opener.classes[use.value] = out
        return out

    def _path(self, name: str) -> str:
        return joined(joined(self.path, "stations"), name)


def class_start(name: str, found: Fields, use: Text, report: Report) -> Fields:
    """Return what a station that uses a class starts from: the class's `station`, over the defaults that it declares."""
    defaults: dict[str, Node] = {}
    keys: dict[str, Place] = {}
    declares = found.entries.get("declares")
    for part, key in (("recipe", "recipe"), ("parameters", "model")):
        declared = declares.entries.get(part) if isinstance(declares, Fields) else None
        if not isinstance(declared, Fields):
            continue
        values = {n: d.entries["default"] for n, d in declared.entries.items() if isinstance(d, Fields) and "default" in d.entries}
        if values:
            defaults[key] = Fields(values, {n: declared.keys[n] for n in values}, declared.place)
            keys[key] = declared.place
    start: Node = Fields(defaults, keys, found.place)
    station = found.entries.get("station")
    if isinstance(station, Fields):
        start = merge(start, station, STATION, f"class {name}", report)
    assert isinstance(start, Fields)
    return Fields({"use": Text(name, use.place), **without(start, "use").entries}, {"use": use.place, **start.keys}, start.place)


def without(node: Fields, *names: str) -> Fields:
    """Return a mapping without some of its keys."""
    return Fields({n: v for n, v in node.entries.items() if n not in names}, {n: p for n, p in node.keys.items() if n not in names}, node.place)


def joined(path: str, name: str) -> str:
    """Return the path of a name below a path."""
    return f"{path}.{name}" if path else name


def beside(file: str, name: str) -> str:
    """Return how a file named in another one is shown: from the same folder as that one."""
    folder = file.rpartition("/")[0]
    plain = name.removeprefix("./")
    return f"{folder}/{plain}" if folder and not name.startswith("/") else plain
