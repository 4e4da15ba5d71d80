"""The completed line file in its canonical form, and what differs between two of them.

Canonical: one line file that stands alone, without comments and marks, keys in the order of the grammar, own names and lists in the author's
order, numbers in one spelling. Two files that say the same give the same text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from linewright.model.forms import Either, Form, LawForm, MapOf, Record, Words
from linewright.model.grammar_line import FILE
from linewright.model.merging import child_form
from linewright.model.quantity import split_mark
from linewright.model.reader import Fields, Items, Node, Report, Text, parse

__all__ = ["completed_text", "diff"]

_NUMBER = re.compile(r"(?<![\w.])([+-]?\d+\.\d*|[+-]?\d+[eE][+-]?\d+|[+-]?\d*\.\d+)(?![\w.])")
_PLAIN = re.compile(r"^[A-Za-z0-9.+-][\w .,/%*^()+°µ±-]*$")
#: Keys that tell where numbers are from, not what the line does.
_SILENT = {"source", "sources"}


def completed_text(root: Fields) -> str:
    """Return a completed tree as canonical text, which loads to the same plant."""
    return "\n".join(_lines(root, FILE, 0)) + "\n"


def _lines(node: Fields, form: Form | None, depth: int) -> Iterator[str]:
    """Yield a mapping's lines: the first three levels as blocks, deeper ones in braces."""
    for name, child in _ordered(node, form):
        part = child_form(form, name) if form else None
        if isinstance(child, Fields) and child.entries and (depth < 2 or (depth == 2 and _is_group(part))):
            yield f"{'  ' * depth}{name}:"
            yield from _lines(child, part, depth + 1)
        else:
            yield f"{'  ' * depth}{name}: {_inline(child, part)}"


def _is_group(form: Form | None) -> bool:
    return isinstance(form, MapOf) or (isinstance(form, Either) and isinstance(form.fields, MapOf))


def _ordered(node: Fields, form: Form | None) -> list[tuple[str, Node]]:
    """Return a mapping's items: fixed keys in the order of the grammar, own names in the author's."""
    keys = form.fields.keys if isinstance(form, Either) and isinstance(form.fields, Record) else form.keys if isinstance(form, Record) else {}
    rank = {name: number for number, name in enumerate(keys)}
    items = [(n, c) for n, c in node.entries.items() if not (form is FILE and n in _SILENT)]
    return sorted(items, key=lambda item: rank.get(item[0], len(rank)))


def _inline(node: Node, form: Form | None) -> str:
    """Return a node in one line."""
    if isinstance(form, Either):
        form = form.text if isinstance(node, Text) else form.items if isinstance(node, Items) else form.fields
    if isinstance(node, Text):
        return _text(node, form)
    if isinstance(node, Items):
        part = getattr(form, "of", None)
        return "[" + ", ".join(_inline(child, part) for child in node.values) + "]"
    mean = node.entries.get("mean")
    law = node.entries.get("law")
    if (
        isinstance(form, LawForm)
        and set(node.entries) == {"law", "mean"}
        and isinstance(law, Text)
        and law.value == form.bare
        and isinstance(mean, Text)
    ):
        return _text(mean, None)
    items = ", ".join(f"{name}: {_inline(child, child_form(form, name) if form else None)}" for name, child in _ordered(node, form))
    return "{" + items + "}"


def _text(node: Text, form: Form | None) -> str:
    """Return a text without its mark, its numbers in one spelling, quoted where YAML needs it."""
    if isinstance(form, Words):
        return json.dumps(node.value, ensure_ascii=False)
    text = _NUMBER.sub(lambda m: _number(m[1]), split_mark(node.value)[0])
    return text if _PLAIN.match(text) and ": " not in text else json.dumps(text, ensure_ascii=False)


def _number(text: str) -> str:
    """Return a number in its shortest spelling."""
    return f"{float(text):.15g}" if abs(float(text)) < 1e15 else text


def diff(old: str, new: str) -> list[str]:
    r"""Return what differs between two completed texts, a row for each path.

    Parameters
    ----------
    old, new
        Canonical texts, as `Plant.text` holds them.

    Examples
    --------
    >>> diff("stations:\n  winder: {count: 14}\n", "stations:\n  winder: {count: 13}\n")
    ['stations.winder.count: 14 -> 13']
    """
    before, after = dict(_flat(old)), dict(_flat(new))
    rows = []
    for path in [*before, *(p for p in after if p not in before)]:
        if path not in after:
            rows.append(f"{path}: {before[path]} -> (gone)")
        elif path not in before:
            rows.append(f"{path}: (new) -> {after[path]}")
        elif before[path] != after[path]:
            rows.append(f"{path}: {before[path]} -> {after[path]}")
    order = _order(old), _order(new)
    if order[0] != order[1] and sorted(order[0]) == sorted(order[1]):
        rows.append(f"stations: order {', '.join(order[0])} -> {', '.join(order[1])}")
    return rows


def _order(text: str) -> list[str]:
    root = parse(text, "plan", Report())
    stations = root.entries.get("stations") if root else None
    return list(stations.entries) if isinstance(stations, Fields) else []


def _flat(text: str) -> Iterator[tuple[str, str]]:
    """Yield path and value of every leaf of a text."""
    root = parse(text, "plan", Report())
    if root is not None:
        yield from _leaves(root, "")


def _leaves(node: Node, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Fields) and node.entries:
        for name, child in node.entries.items():
            yield from _leaves(child, f"{path}.{name}".lstrip("."))
    else:
        yield path, _inline(node, None)
