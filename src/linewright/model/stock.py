"""Materials: what a file names, takes and makes, with what the library knows of it laid under."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linewright.model.grammar_line import MATERIAL
from linewright.model.merging import merge, nearest
from linewright.model.reader import Fields, Items, Node, Place, Text, is_none
from linewright.model.uses import Opener
from linewright.model.uses_station import is_file_name

__all__ = ["materials_of", "with_materials"]


def with_materials(root: Fields, opener: Opener, path: str = "") -> Fields:
    """Return a completed tree whose `materials` holds what the library knows of each thing that is named, taken or made.

    Parameters
    ----------
    root
        A line, or a site with its lines.
    opener
        Finds materials of the library.
    path
        Of `root`, for faults.
    """
    lines = root.entries.get("lines")
    if isinstance(lines, Fields):
        done: dict[str, Node] = {
            name: with_materials(line, opener, f"lines.{name}") if isinstance(line, Fields) else line for name, line in lines.entries.items()
        }
        root = Fields({**root.entries, "lines": Fields(done, lines.keys, lines.place)}, root.keys, root.place)
    written = root.entries.get("materials")
    if written is not None and not isinstance(written, Fields):
        return root
    entries: dict[str, Node] = dict(written.entries) if written else {}
    keys: dict[str, Place] = dict(written.keys) if written else {}
    for name, node in list(entries.items()):
        here = f"{path}.materials.{name}".lstrip(".")
        entries[name] = _over_library(name, node, opener, here)
    for name, place in _named(root):
        if name not in entries:
            found = opener.material(name, place, f"{path}.materials.{name}".lstrip("."))
            if found is not None:
                entries[name], keys[name] = found, found.place
    if not entries:
        return root
    section = Fields(entries, keys, written.place if written else root.place)
    return Fields({**root.entries, "materials": section}, {**root.keys, "materials": section.place}, root.place)


def _over_library(name: str, node: Node, opener: Opener, path: str) -> Node:
    """Return what the file says of a material, over what it uses or, without `use`, over the library's material of the same name."""
    if isinstance(node, Text) and node.value == "" and not node.quoted:
        node = Fields({}, {}, node.place)
    if not isinstance(node, Fields):
        return node
    use = node.entries.get("use")
    if isinstance(use, Text) and not is_none(use):
        below = opener.material(use.value, use.place, f"{path}.use")
        if below is None and not is_file_name(use.value) and not opener.catalogue.find("material", use.value):
            known = tuple(opener.catalogue.names("material"))
            opener.report.fault(use.place, f"{path}.use", f"the library has no material `{use.value}`. {nearest(use.value, known)}".rstrip())
    else:
        below = opener.material(name, node.place, path)
    return merge(below, node, MATERIAL, path, opener.report) if below is not None else node


def _named(root: Fields) -> Iterator[tuple[str, Place]]:
    """Yield every material that stations take, add or make, and the product."""
    product = root.entries.get("product")
    if isinstance(product, Text):
        yield product.value, product.place
    stations = root.entries.get("stations")
    for station in stations.entries.values() if isinstance(stations, Fields) else ():
        if not isinstance(station, Fields):
            continue
        for key in ("takes", "adds", "makes"):
            node = station.entries.get(key)
            if isinstance(node, Text) and key == "makes" and node.value:
                yield node.value, node.place
            elif isinstance(node, Fields):
                yield from ((name, node.keys[name]) for name in node.entries)
            elif isinstance(node, Items):
                continue


def materials_of(root: dict[str, Any], parts: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the values of all materials by name: those of the file first, then those that stations only name, with nothing known of them."""
    found: dict[str, dict[str, Any]] = {}
    for values in (root, *parts):
        for name, material in (values.get("materials") or {}).items():
            if isinstance(material, dict):
                found.setdefault(name, material)
    for values in parts:
        for station in (values.get("stations") or {}).values():
            for key in ("takes", "adds", "makes") if isinstance(station, dict) else ():
                what = station.get(key)
                for name in [what] if isinstance(what, str) else what or ():
                    if name != "none":
                        found.setdefault(name, {})
        if values.get("product"):
            found.setdefault(values["product"], {})
    return found
