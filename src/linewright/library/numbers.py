"""Which numbers of a library file say where they are from: a source, ``derived`` or ``default``, at the number or for the whole file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from linewright.model.events import values_of

__all__ = ["unmarked_numbers"]

#: A number that stands for itself: not part of a name such as `ref-2`, of a clock time such as `06:00`, or of a text.
AMOUNT = re.compile(r"^(?:at (?:least|most) )?[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\d:-])(?P<rest>.*)$")
MARK = re.compile(r"\(([^()]+)\)\s*$")
BUILT_IN = frozenset({"default", "derived"})
#: Keys whose texts are words.
WORDS = frozenset({"about", "sources", "text", "next", "process", "line", "profile", "use", "source", "unit"})


def unmarked_numbers(text: str) -> list[str]:
    r"""Return each number of a library file that has no mark, and each mark that means nothing.

    Examples
    --------
    >>> unmarked_numbers("materials: {nmc: {price: 25 EUR/kg, waste: 1 % (S6)}}")
    ['materials.nmc.price: `25 EUR/kg` has no mark', 'materials.nmc.waste: `S6` is not one of `sources`']
    >>> unmarked_numbers("source: default\nmaterials: {nmc: {price: 25 EUR/kg}}")
    []
    """
    tree = values_of(text) or {}
    sources = {str(name) for name in (tree.get("sources") or {})} | BUILT_IN
    whole = tree.get("source", "")
    faults = [f"source: `{whole}` is not one of `sources`"] if whole and whole not in sources else []
    for path, value in scalars(tree, ()):
        found = AMOUNT.match(value)
        if not found:
            continue
        mark = MARK.search(value)
        if mark is None and not whole:
            faults.append(f"{'.'.join(path)}: `{value}` has no mark")
        elif mark is not None and mark[1] not in sources:
            faults.append(f"{'.'.join(path)}: `{mark[1]}` is not one of `sources`")
    return faults


def scalars(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each scalar that may be a number, with its path."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in WORDS:
                yield from scalars(value, (*path, str(key)))
    elif isinstance(node, list):
        for k, value in enumerate(node):
            yield from scalars(value, (*path, str(k)))
    elif isinstance(node, str):
        yield path, node
