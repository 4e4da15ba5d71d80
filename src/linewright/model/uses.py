"""`use`: a file completed by what it starts from, before anything is read.

Each file is completed (its own `use` first) before the next one changes it, so a change touches the station it names and no other.
"""

from __future__ import annotations

from pathlib import Path

from linewright.model.catalogue import Catalogue, Found, Kind
from linewright.model.grammar_line import CLASS, FILE, HEADERS, LINE_IN_SITE, MATERIAL
from linewright.model.merging import merge, nearest, written_out
from linewright.model.reader import Fields, Items, Node, Place, Report, SourceText, Text, is_none, parse, read_text
from linewright.model.uses_station import Stations, beside, is_file_name, joined, without

__all__ = ["Opener"]

MOST_USES = 50


class Opener:
    """Opens and completes files for one `load`; each text is parsed once."""

    def __init__(self, catalogue: Catalogue, report: Report) -> None:
        self.catalogue = catalogue
        self.report = report
        self.classes: dict[str, Fields] = {}
        #: Files use each other in a circle: what the tree then lacks is no fault of its own.
        self.has_circle = False
        self._texts: dict[tuple[str, str], Fields | None] = {}
        self._found: dict[tuple[Kind, str], Found | None] = {}
        self._of_library: set[str] = set()

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
        root = self.parsed(text, name, entry)
        if root is None:
            return None
        root.place.source.folder = folder
        headers = [h for h in HEADERS if h in root.entries]
        if not headers:
            near = next((n for n in (nearest(key, HEADERS) for key in root.entries) if n), "")
            self.report.fault(
                Place(root.place.source, 1, 1),
                "",
                f"the file does not say what it is. {near}".rstrip(),
                "Start with `line: my-line` (or `site:`, `experiment:`).",
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
            base = self._used_line(use, folder, under_way, joined(path, "use"))
            if base is None:
                return None
        if base is not None:
            own = without(own, "use")
            if (not path and any(h in own.entries for h in HEADERS)) or path:
                base = without(base, *HEADERS)
        stations = Stations(self, base, own, folder, path).all()
        lines = self._lines(own, base, folder, under_way)
        rest = without(own, "stations", "lines")
        if base is not None:
            base = _serving_only(base, own)
        whole: Node = merge(base, rest, form, path, self.report) if base is not None else rest
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
                stations = Stations(self, under, node, folder, path).all()
                whole = merge(under, written_out(without(node, "stations"), LINE_IN_SITE), LINE_IN_SITE, path, self.report)
                assert isinstance(whole, Fields)
                entries[name] = (
                    whole
                    if stations is None
                    else Fields({**whole.entries, "stations": stations}, {**whole.keys, "stations": stations.place}, whole.place)
                )
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
                self.has_circle = True
                return None
            if len(under_way) >= MOST_USES:
                self.report.fault(use.place, path, f"more than {MOST_USES} files use one another.")
                return None
            if not target.exists():
                near = nearest(target.name, [p.name for p in target.parent.glob("*.y*ml")]) if target.parent.is_dir() else ""
                self.report.fault(use.place, path, f"there is no file `{name}` beside this one. {near}".rstrip())
                return None
            return self.open_path(target, beside(use.place.file, name), under_way)
        mark = f"library:{name}"
        if mark in under_way:
            self.report.fault(use.place, path, f"the library line `{name}` uses itself.", "One of the files must stand alone.")
            self.has_circle = True
            return None
        found = self.found("line", name, use.place, path)
        if found is None:
            if not self.catalogue.find("line", name):
                hint = nearest(name, tuple(self.catalogue.names("line")))
                self.report.fault(
                    use.place,
                    path,
                    f"there is no line `{name}` in the library. {hint}".rstrip(),
                    "`linewright lines` lists them; a file is written `./name.yaml`.",
                )
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
            self._of_library.update(f.text for f in all_found)
        return self._found[key]

    def station_class(self, name: str, place: Place, path: str) -> Fields | None:
        """Return a class's file, written out; None where there is none (no fault noted)."""
        if name not in self.classes:
            found = self.found("class", name, place, path)
            root = self.parsed(found.text, found.path, found.entry) if found else None
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
            root = self.parsed(found.text, found.path, found.entry) if found else None
            if root is None:
                break
            out = written_out(root, MATERIAL)
            assert isinstance(out, Fields)
            use = out.entries.get("use")
            layers.append(without(out, "use"))
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

    def parsed(self, text: str, name: str, entry: tuple[str, ...] = ()) -> Fields | None:
        """Return the tree of a text (parsed once), or of one entry in it; the file's marks are known to its places from here on."""
        if entry:
            # one file holds many: it is parsed once, under a name that fits all of them
            name = f"{name.removesuffix(entry[-1]).rstrip()} {entry[0]}".strip()
        key = (name, text)
        if key not in self._texts:
            self._texts[key] = parse(text, name, self.report, is_kept=text in self._of_library)
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
            entries[name] = Fields({**utility.entries, "serves": kept}, utility.keys, utility.place)
        else:
            entries[name] = utility
    return Fields({**base.entries, "utilities": Fields(entries, utilities.keys, utilities.place)}, base.keys, base.place)
