"""`use`: a file completed by what it starts from, before anything is read.

Each file is completed (its own `use` first) before the next one changes it, so a change touches the station it names and no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from linewright.model.catalogue import Catalogue, Found, Kind
from linewright.model.grammar import STATION
from linewright.model.grammar_line import CLASS, FILE, HEADERS, LINE_IN_SITE, MATERIAL
from linewright.model.merging import merge, nearest, written_out
from linewright.model.reader import Fields, Items, Node, Place, Report, SourceText, Text, is_none, parse, read_text

__all__ = ["Completed", "Opener", "is_file_name"]

MOST_USES = 50


def is_file_name(text: str) -> bool:
    """Tell whether a `use` or a command's argument means a file rather than a name of the library.

    Examples
    --------
    >>> is_file_name("./my-line.yaml"), is_file_name("cylindrical-21700-tabless")
    (True, False)
    """
    return "/" in text or "\\" in text or text.endswith((".yaml", ".yml"))


@dataclass(slots=True)
class Completed:
    """A file with all that it uses laid under it, and the classes that its stations start from.

    Parameters
    ----------
    root
        The completed tree.
    classes
        The class files that were met, by class name, as written out trees.
    """

    root: Fields
    classes: dict[str, Fields] = field(default_factory=dict)


class Opener:
    """Opens and completes files for one `load`; each text is parsed once."""

    def __init__(self, catalogue: Catalogue, report: Report) -> None:
        self.catalogue = catalogue
        self.report = report
        self.classes: dict[str, Fields] = {}
        self._texts: dict[tuple[str, str], Fields | None] = {}
        self._found: dict[tuple[Kind, str], Found | None] = {}

    # ---- whole files ----------------------------------------------------------------------------------------------

    def open_path(self, path: Path, name: str, under_way: tuple[str, ...] = ()) -> Fields | None:
        """Return a completed file, or None after a fault.

        Parameters
        ----------
        path
            The file.
        name
            How it is shown.
        under_way
            Files that are being completed; one of them again is a circle.
        """
        text = read_text(path, name, self.report)
        return None if text is None else self.open_text(text, name, path.parent, (*under_way, str(path.resolve())))

    def open_text(self, text: str, name: str, folder: Path | None, under_way: tuple[str, ...] = (), entry: tuple[str, ...] = ()) -> Fields | None:
        """Return a completed file from its text; `folder` is where its ``./file`` names begin (None: it may not have any)."""
        root = self._parsed(text, name, entry)
        if root is None:
            return None
        root.place.source.folder = folder
        headers = [h for h in HEADERS if h in root.entries]
        if not headers:
            near = next((n for n in (nearest(key, HEADERS) for key in root.entries) if n), "")
            self.report.fault(
                Place(root.place.source, 1, 1), "", f"the file does not say what it is. {near}".rstrip(), "Start with `line: my-line` (or `site:`, `experiment:`)."
            )
        return self.completed(root, folder, under_way, "")

    def completed(self, own: Fields, folder: Path | None, under_way: tuple[str, ...], path: str) -> Fields | None:
        """Return a file's tree laid over the file that it uses, with every station laid over what it uses."""
        form = FILE if not path else LINE_IN_SITE
        out = written_out(own, form)
        assert isinstance(out, Fields)
        own = out
        use = own.entries.get("use")
        base: Fields | None = None
        if isinstance(use, Text) and use.value and not is_none(use):
            base = self._used_line(use, folder, under_way, _join(path, "use"))
            if base is None:
                return None
        if base is not None:
            own = _without(own, "use")
            if not path and any(h in own.entries for h in HEADERS):
                base = _without(base, *HEADERS)
            elif path:
                base = _without(base, *HEADERS)
        stations = _Stations(self, base, own, folder, path).all()
        lines = self._lines(own, base, folder, under_way)
        without = _without(own, "stations", "lines")
        if base is not None:
            base = _serving_only(base, own)
        whole: Node = merge(base, without, form, path, self.report) if base is not None else without
        assert isinstance(whole, Fields)
        entries, keys = dict(whole.entries), dict(whole.keys)
        for name, node in (("stations", stations), ("lines", lines)):
            if node is not None:
                entries[name], keys[name] = node, own.keys.get(name) or node.place
        return Fields(entries, keys, own.place)

    def _lines(self, own: Fields, base: Fields | None, folder: Path | None, under_way: tuple[str, ...]) -> Node | None:
        """Return the lines of a site, each completed by itself."""
        written = own.entries.get("lines")
        below = base.entries.get("lines") if base is not None else None
        if not isinstance(written, Fields):
            return written if written is not None else below
        entries: dict[str, Node] = dict(below.entries) if isinstance(below, Fields) else {}
        keys = dict(below.keys) if isinstance(below, Fields) else {}
        for name, node in written.entries.items():
            path = f"lines.{name}"
            keys[name] = written.keys[name]
            if is_none(node):
                entries.pop(name, None)
                keys.pop(name, None)
                continue
            if not isinstance(node, Fields):
                entries[name] = node
                continue
            under = entries.get(name)
            if isinstance(under, Fields) and "use" not in node.entries:
                stations = _Stations(self, under, node, folder, path).all()
                whole = merge(under, written_out(_without(node, "stations"), LINE_IN_SITE), LINE_IN_SITE, path, self.report)
                assert isinstance(whole, Fields)
                entries[name] = whole if stations is None else Fields({**whole.entries, "stations": stations}, {**whole.keys, "stations": stations.place}, whole.place)
            else:
                entries[name] = self.completed(node, folder, under_way, path) or node
        return Fields(entries, keys, written.place)

    def _used_line(self, use: Text, folder: Path | None, under_way: tuple[str, ...], path: str) -> Fields | None:
        """Return the completed line that a file starts from."""
        name = use.value
        if is_file_name(name):
            if folder is None:
                self.report.fault(use.place, path, f"`{name}` names a file, but this text stands in no folder.", "Name a line of the library.")
                return None
            target = folder / name
            if str(target.resolve()) in under_way:
                circle = " -> ".join(Path(p).name for p in (*under_way[under_way.index(str(target.resolve())) :], str(target.resolve())))
                self.report.fault(use.place, path, f"the files use each other in a circle: {circle}.", "One of them must stand alone.")
                return None
            if len(under_way) >= MOST_USES:
                self.report.fault(use.place, path, f"more than {MOST_USES} files use one another.")
                return None
            if not target.exists():
                near = nearest(target.name, [p.name for p in target.parent.glob("*.y*ml")]) if target.parent.is_dir() else ""
                self.report.fault(use.place, path, f"there is no file `{name}` beside this one. {near}".rstrip())
                return None
            return self.open_path(target, _beside(use.place.file, name), under_way)
        mark = f"library:{name}"
        if mark in under_way:
            self.report.fault(use.place, path, f"the library line `{name}` uses itself.", "One of the files must stand alone.")
            return None
        found = self.found("line", name, use.place, path)
        if found is None:
            if not self.catalogue.find("line", name):
                hint = nearest(name, tuple(self.catalogue.names("line")))
                self.report.fault(use.place, path, f"there is no line `{name}` in the library. {hint}".rstrip(), "`linewright lines` lists them; a file is written `./name.yaml`.")
            return None
        return self.open_text(found.text, found.path, None, (*under_way, mark), found.entry)

    # ---- names of the library --------------------------------------------------------------------------------------

    def found(self, kind: Kind, name: str, place: Place, path: str) -> Found | None:
        """Return the one thing of that name, None where there is none; several are a fault that names each."""
        key = (kind, name)
        if key not in self._found:
            all_found = tuple(self.catalogue.find(kind, name))
            if len(all_found) > 1:
                places = " and ".join(f.path for f in all_found)
                self.report.fault(place, path, f"`{name}` is found in {len(all_found)} places: {places}.", "Give one of them another name.")
            self._found[key] = all_found[0] if len(all_found) == 1 else None
        return self._found[key]

    def station_class(self, name: str, place: Place, path: str) -> Fields | None:
        """Return a class's file, written out; None where there is none (no fault noted)."""
        if name not in self.classes:
            found = self.found("class", name, place, path)
            root = self._parsed(found.text, found.path, found.entry) if found else None
            if root is None:
                return None
            out = written_out(root, CLASS)
            assert isinstance(out, Fields)
            self.classes[name] = out
        return self.classes[name]

    def material(self, name: str, place: Place, path: str) -> Fields | None:
        """Return a material of the library with what it uses under it, None where there is none."""
        seen: list[str] = []
        layers: list[Fields] = []
        while name not in seen:
            seen.append(name)
            found = self.found("material", name, place, path)
            root = self._parsed(found.text, found.path, found.entry) if found else None
            if root is None:
                break
            out = written_out(root, MATERIAL)
            assert isinstance(out, Fields)
            use = out.entries.get("use")
            layers.append(_without(out, "use"))
            if not isinstance(use, Text):
                break
            name = use.value
        if not layers:
            return None
        whole: Node = layers[-1]
        for layer in reversed(layers[:-1]):
            whole = merge(whole, layer, MATERIAL, path, self.report)
        assert isinstance(whole, Fields)
        return whole

    def _parsed(self, text: str, name: str, entry: tuple[str, ...]) -> Fields | None:
        """Return the tree of a text (parsed once), or of one entry in it; the file's marks are known to its places from here on."""
        if entry:
            # one file holds many: it is parsed once, under a name that fits all of them
            name = f"{name.removesuffix(entry[-1]).rstrip()} {entry[0]}".strip()
        key = (name, text)
        if key not in self._texts:
            self._texts[key] = parse(text, name, self.report)
            root = self._texts[key]
            if root is not None:
                _set_marks(root)
        node: Node | None = self._texts[key]
        for part in entry:
            node = node.entries.get(part) if isinstance(node, Fields) else None
        return node if isinstance(node, Fields) else None


def _set_marks(root: Fields) -> None:
    """Tell a file's source its `source` and `sources`, which hold for every number in it."""
    source: SourceText = root.place.source
    mark, meanings = root.entries.get("source"), root.entries.get("sources")
    if isinstance(mark, Text):
        source.mark = mark.value
    if isinstance(meanings, Fields):
        source.meanings = {name: node.value for name, node in meanings.entries.items() if isinstance(node, Text)}


class _Stations:
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
                whole = merge(whole, _without(node, "use"), STATION, self._path(name), self.report)
        elif below is not None:
            whole = merge(below, node, STATION, self._path(name), self.report)
        self.under_way.pop()
        if isinstance(whole, Fields):
            whole = _without(whole, "after")
        self.done[name] = whole
        return whole

    def _used(self, name: str, use: Text) -> Fields | None:
        """Return what a station starts from: a station of this file, a ./file or a class, with its declared defaults."""
        path = self._path(name) + ".use"
        stations = [*(self.own.entries if self.own else ()), *(self.below.entries if self.below else ())]
        target = use.value
        here = target != name and target in stations
        if here and target in self.under_way:
            circle = " -> ".join([*self.under_way[self.under_way.index(target) :], target])
            self.report.fault(use.place, path, f"the stations use each other in a circle: {circle}.", "One of them must stand alone.")
            return None
        if here:
            if self.opener.catalogue.names("class") and self.opener.found("class", target, use.place, path) is not None:
                self.report.fault(use.place, path, f"`{target}` is found in 2 places: a station of this file and a class of the library.", "Rename the station.")
            node = self._station(target)
            return _without(node, "after", "about") if isinstance(node, Fields) else None
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
        shown = _beside(use.place.file, use.value)
        text = read_text(self.folder / use.value, shown, self.report)
        root = self.opener._parsed(text, shown, ()) if text is not None else None  # noqa: SLF001 - one room's two halves
        if root is None:
            return None
        out = written_out(root, CLASS)
        assert isinstance(out, Fields)
        self.opener.classes[use.value] = out
        return out

    def _path(self, name: str) -> str:
        return _join(_join(self.path, "stations"), name)


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
    return Fields({"use": Text(name, use.place), **_without(start, "use").entries}, {"use": use.place, **start.keys}, start.place)


def _without(node: Fields, *names: str) -> Fields:
    """Return a mapping without some of its keys."""
    return Fields({n: v for n, v in node.entries.items() if n not in names}, {n: p for n, p in node.keys.items() if n not in names}, node.place)


def _serving_only(base: Fields, own: Fields) -> Fields:
    """Return a file's tree whose utilities no longer serve the stations that the next file takes out."""
    stations, utilities = own.entries.get("stations"), base.entries.get("utilities")
    gone = {n for n, node in stations.entries.items() if is_none(node)} if isinstance(stations, Fields) else set()
    if not gone or not isinstance(utilities, Fields):
        return base
    entries: dict[str, Node] = {}
    for name, utility in utilities.entries.items():
        serves = utility.entries.get("serves") if isinstance(utility, Fields) else None
        if isinstance(utility, Fields) and isinstance(serves, Items):
            kept = Items(tuple(v for v in serves.values if not (isinstance(v, Text) and v.value in gone)), serves.place)
            utility = Fields({**utility.entries, "serves": kept}, utility.keys, utility.place)
        entries[name] = utility
    return Fields({**base.entries, "utilities": Fields(entries, utilities.keys, utilities.place)}, base.keys, base.place)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _beside(file: str, name: str) -> str:
    """Return how a file named in another one is shown: from the same folder as that one."""
    folder = file.rpartition("/")[0]
    plain = name.removeprefix("./")
    return f"{folder}/{plain}" if folder and not name.startswith("/") else plain


