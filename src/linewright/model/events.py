"""A YAML text as a row of events, each with its place: by ruamel.yaml, or as it was kept.

Reading a text takes most of the time before a line runs: 20 ms a kilobyte. The texts of a library change with its release only, so their events are
kept between starts, under a digest of the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from linewright.model.kept import Kept

__all__ = ["Event", "YamlFault", "events_of", "values_of"]

#: Kinds of events.
DOCUMENT, MAP, LIST, END, SCALAR, ALIAS = "document", "map", "list", "end", "scalar", "alias"
_KINDS = {
    "DocumentStartEvent": DOCUMENT, "MappingStartEvent": MAP, "SequenceStartEvent": LIST, "MappingEndEvent": END, "SequenceEndEvent": END,
    "ScalarEvent": SCALAR, "AliasEvent": ALIAS,
}  # fmt: skip


class YamlFault(ValueError):  # noqa: N818 - a fault of the file, not of the program
    """A text that is no YAML: the reader's word for what is wrong, and where (0 where it does not know)."""

    def __init__(self, problem: str, line: int = 0, column: int = 0) -> None:
        super().__init__(f"line {line}: {problem}" if line else problem)
        self.problem, self.line, self.column = problem, line, column


class Event(NamedTuple):
    """One event. Line and column are from 1; `quoted` tells that a scalar stood in quotes; anchor and tag are empty where there is none."""

    kind: str
    line: int
    column: int
    value: str = ""
    quoted: bool = False
    anchor: str = ""
    tag: str = ""


def events_of(text: str, *, is_kept: bool = False) -> Iterator[Event]:
    r"""Yield the events of a text.

    Parameters
    ----------
    text
        YAML 1.2.
    is_kept
        Whether the text is one that comes again and again: then its events are kept.

    Raises
    ------
    YamlFault
        Where the text is no YAML, when all before that has been yielded.

    Examples
    --------
    >>> [(e.kind, e.value, e.line, e.column) for e in events_of("a: [1]\n")][2:5]
    [('scalar', 'a', 1, 1), ('list', '', 1, 4), ('scalar', '1', 1, 5)]
    """
    if not is_kept:
        yield from _read(text)
        return
    known = _drawer().get(text)
    if known is not None:
        yield from map(Event._make, known)
        return
    found = []
    for event in _read(text):
        found.append(event)
        yield event
    _drawer().put(text, found)


def _read(text: str) -> Iterator[Event]:
    from ruamel.yaml import YAML  # noqa: PLC0415 - where all is kept, a start should not wait for it
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415 - as above

    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if kind := _KINDS.get(type(event).__name__):
                yield _event(kind, event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error.context or "cannot be read").strip()
        raise YamlFault(problem, mark.line + 1 if mark else 0, mark.column + 1 if mark else 0) from error
    except YAMLError as error:
        raise YamlFault(str(error).splitlines()[0]) from error


def _event(kind: str, event: Any) -> Event:
    mark = event.start_mark
    value, anchor, tag = (str(getattr(event, name, None) or "") for name in ("value", "anchor", "tag"))
    return Event(kind, mark.line + 1, mark.column + 1, value, getattr(event, "style", None) is not None, anchor, tag)


@cache
def _drawer() -> Kept:
    return Kept("texts", version("ruamel.yaml"), Path(__file__).read_text(encoding="utf-8"))


def values_of(text: str) -> Any:
    r"""Return the plain values of a library's text: mappings, lists, and every scalar as the text that was written.

    Raises
    ------
    YamlFault
        The text is no YAML, or repeats an anchor.

    Examples
    --------
    >>> values_of("a: {b: [1 s, none]}\n")
    {'a': {'b': ['1 s', 'none']}}
    """
    whole: list[Any] = []
    open_: list[tuple[Any, list[Any]]] = [(whole, [])]
    for event in events_of(text, is_kept=True):
        if event.kind == DOCUMENT:
            continue
        if event.kind == ALIAS:
            raise YamlFault(f"`*{event.anchor}` repeats an anchor", event.line, event.column)
        if event.kind in {MAP, LIST}:
            open_.append(({} if event.kind == MAP else [], []))
            continue
        value = open_.pop()[0] if event.kind == END else event.value
        top, key = open_[-1]
        if isinstance(top, list):
            top.append(value)
        elif key:
            top[key.pop()] = value
        else:
            key.append(value)
    return whole[0] if whole else None
