"""One leaf changed by its path: `--set winder.count=13`, `variants`, `sweep`."""

from __future__ import annotations

import re

from linewright.model.forms import Either, Every, Form, LawForm, MapOf, Quantity, Record
from linewright.model.grammar_line import FILE
from linewright.model.merging import child_form, merge, nearest, written_out
from linewright.model.overrides_fault import FAULT_MARK, with_fault
from linewright.model.reader import Fields, Node, Place, Report, SourceText, Text

__all__ = ["changed", "overridden"]

#: Maps in which a path may name something that is not written yet: the class, not the file, says what there is.
_OPEN = {"recipe", "model", "properties"}
_UNSPACED = re.compile(r"^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([A-Za-z%/°µ].*)$")


def overridden(root: Fields, text: str, report: Report) -> Fields:
    """Return a completed tree with one leaf changed.

    Parameters
    ----------
    root
        The completed tree.
    text
        ``path=value``; the space before a unit may be left out. Or one of `overrides_fault.fault_overrides`.
    report
        Takes the fault of a path that names nothing.
    """
    if text.startswith(FAULT_MARK):
        return with_fault(root, text, report)
    place = Place(SourceText(f"--set {text[:80]}", loose=True))
    path, equals, value = text.partition("=")
    path = path.strip()
    if not equals or not path or not value.strip():
        report.fault(place, "", "a path, `=` and a value were expected, such as winder.count=13.")
        return root
    return changed(root, path, value.strip(), place, report) or root


def changed(root: Fields, path: str, value: str, place: Place, report: Report) -> Fields | None:
    """Return a completed tree with the leaf at `path` changed, None after a fault.

    Paths begin with a station, a line of a site, or a section of the file.
    """
    parts = path.split(".")
    keys = _start(root, parts)
    if keys is None:
        stations = list(_mapping(root, "stations")) + list(_mapping(root, "lines"))
        report.fault(
            place,
            path,
            f"the path names nothing. {nearest(parts[0], [*stations, *FILE.keys])}".rstrip(),
            "Such as winder.count or people.operator.count.",
        )
        return None
    whole = _set(root, FILE, keys, Text(value, place), path, report)
    return whole if isinstance(whole, Fields) else None


def _mapping(root: Fields, key: str) -> dict[str, Node]:
    node = root.entries.get(key)
    return node.entries if isinstance(node, Fields) else {}


def _start(root: Fields, parts: list[str]) -> list[str] | None:
    """Return the keys from the root on, None where the first part names nothing."""
    if parts[0] in _mapping(root, "stations"):
        return ["stations", *parts]
    lines = _mapping(root, "lines")
    if parts[0] in lines and len(parts) > 1:
        line = lines[parts[0]]
        inner = _start(line, parts[1:]) if isinstance(line, Fields) else None
        return ["lines", parts[0], *inner] if inner else None
    return parts if parts[0] in FILE.keys else None


def _set(below: Node | None, form: Form, keys: list[str], leaf: Text, path: str, report: Report) -> Node | None:  # noqa: PLR0917 - a step of a walk
    """Return what stands at a place of the tree with the leaf below it changed; None after a fault."""
    inner = _inner(form)
    known = list(below.entries) if isinstance(below, Fields) else []
    if not keys:
        leaf = _spaced(leaf, form)
        out = written_out(leaf, form)
        if isinstance(out, Text) and isinstance(inner, Record | MapOf) and not (isinstance(form, Either) and form.text):
            known = known or list(inner.keys if isinstance(inner, Record) else ())
            report.fault(leaf.place, path, "the path names a group, not one value.", f"Go on with one of {', '.join(known[:12])}." if known else "")
            return None
        is_bill = isinstance(inner, MapOf) and inner.alone
        return merge(below, out, form, path, report) if below is not None and not is_bill else out
    name, rest = keys[0], keys[1:]
    old = below if isinstance(below, Fields) else Fields({}, {}, leaf.place)
    if isinstance(inner, LawForm) and name not in inner.extra and not rest:
        return merge(old, Fields({name: _spaced(leaf, inner)}, {name: leaf.place}, leaf.place), form, path, report)
    child = child_form(inner, name)
    if child is None or (isinstance(inner, MapOf) and name not in known and not _is_open(path)):
        names = [*known, *(inner.keys if isinstance(inner, Record) else ())]
        report.fault(leaf.place, path, f"the path names nothing: there is no `{name}`. {nearest(name, names)}".rstrip())
        return None
    node = _set(old.entries.get(name), child, rest, leaf, path, report)
    if node is None:
        return None
    groups = [group for group in inner.one_of if name in group] if isinstance(inner, Record) else []
    gone = {other for group in groups for other in group if other != name}
    entries = {n: v for n, v in old.entries.items() if n not in gone}
    return Fields({**entries, name: node}, {**{n: old.keys[n] for n in entries}, name: leaf.place}, old.place)


def _spaced(leaf: Text, form: Form) -> Text:
    """Return a quantity from the command line with the space before its unit, which may be left out there."""
    text = form.text if isinstance(form, Either) else form.of if isinstance(form, MapOf) and form.short else form
    if isinstance(text, Record) and text.short:
        text = text.keys[text.short].form
    if isinstance(text, Quantity | LawForm | Every) and leaf.place.source.loose:
        return Text(_UNSPACED.sub(r"\1 \2", leaf.value), leaf.place)
    return leaf


def _is_open(path: str) -> bool:
    return any(part in _OPEN for part in path.split("."))


def _inner(form: Form) -> Form:
    return form.fields if isinstance(form, Either) and form.fields is not None else form
