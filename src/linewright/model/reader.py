"""A text to a tree of nodes, each with its place; nothing of the language's meaning is known here.

YAML 1.2 by ruamel.yaml, read event by event, so that depth and size are bounded and nothing is ever constructed. What a line file does not need
(anchors, merge keys, tags, several documents, keys written twice) is refused, each as a fault at its place.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from linewright.model.errors import FileFault
from linewright.model.events import ALIAS, DOCUMENT, END, LIST, MAP, SCALAR, Event, YamlFault, events_of

__all__ = ["BUILT_IN", "Fields", "Items", "Node", "Place", "Report", "SourceText", "Text", "is_none", "parse", "read_text"]

#: Larger files are refused: at about 300 kB a second this bounds the time that reading can take; the largest known line has 12 kB.
LARGEST_BYTES = 1_000_000
#: Deeper nesting is refused; the language itself never needs more than 8.
DEEPEST = 40
#: Faults that are noted.
MOST_FAULTS = 1000


@dataclass(slots=True)
class SourceText:
    """A file's name as shown, its lines, and what it says of its numbers.

    Parameters
    ----------
    mark
        `source` of the file: the mark of every number without one.
    meanings
        `sources` of the file.
    loose
        True for the command line, where the space before a unit may be left out.
    folder
        Where the files it names begin; None where it may name none.
    """

    name: str
    lines: list[str] = field(default_factory=list)
    mark: str = ""
    meanings: dict[str, str] = field(default_factory=dict)
    loose: bool = False
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: line and column from 1, 0 where there is no line (a command-line override, a built-in value)."""

    source: SourceText
    line: int = 0
    column: int = 0

    @property
    def file(self) -> str:
        """Return the file's name as shown."""
        return self.source.name

    def shown_line(self) -> str | None:
        """Return the line as written, None where there is none."""
        return self.source.lines[self.line - 1] if 0 < self.line <= len(self.source.lines) else None


BUILT_IN = Place(SourceText("built-in"))


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as written. `quoted` tells that it stood in quotes; an empty one that did not means that nothing was written."""

    value: str
    place: Place
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    values: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping in the order of the file, and the place of each key."""

    entries: dict[str, Node]
    keys: dict[str, Place]
    place: Place


Node = Text | Items | Fields


def is_none(node: Node | None) -> bool:
    """Tell whether a node is the word `none`, which takes something away."""
    return isinstance(node, Text) and node.value == "none" and not node.quoted


class Report:
    """Collects faults and warnings while a file is read; the same fault at the same place is kept once.

    Parameters
    ----------
    is_completed
        Whether a completed line file is read, such as the kept plan of a run: a `none` in it may name what only the file it was made from had.
    """

    def __init__(self, *, is_completed: bool = False) -> None:
        self.is_completed = is_completed
        self._faults: dict[tuple[str, int, int, str], FileFault] = {}
        self._warnings: dict[tuple[str, int, int, str], FileFault] = {}

    @property
    def is_full(self) -> bool:
        """Tell whether further faults are no longer noted: nobody reads more, and the file is not the one that was meant."""
        return len(self._faults) >= MOST_FAULTS

    def fault(self, place: Place, path: str, message: str, hint: str = "") -> None:
        """Note a fault."""
        if not self.is_full:
            self._note(self._faults, place, path, message, hint)

    def warn(self, place: Place, path: str, message: str, hint: str = "") -> None:
        """Note a warning: the file can be run."""
        self._note(self._warnings, place, path, message, hint)

    @staticmethod
    def _note(notes: dict[tuple[str, int, int, str], FileFault], place: Place, path: str, message: str, hint: str) -> None:
        note = FileFault(place.file, place.line, place.column, path, message, hint, place.shown_line())
        notes.setdefault((place.file, place.line, place.column, message), note)

    def has_fault(self, path: str) -> bool:
        """Tell whether a fault was noted at a path or below it."""
        return any(f.path == path or f.path.startswith(path + ".") for f in self._faults.values())

    @property
    def faults(self) -> tuple[FileFault, ...]:
        """Return all faults, sorted by file and line; those of the file read first come first."""
        return self._sorted(self._faults)

    @property
    def warnings(self) -> tuple[FileFault, ...]:
        """Return all warnings, sorted likewise."""
        return self._sorted(self._warnings)

    @staticmethod
    def _sorted(notes: dict[tuple[str, int, int, str], FileFault]) -> tuple[FileFault, ...]:
        order = {name: n for n, name in enumerate(dict.fromkeys(note.file for note in notes.values()))}
        return tuple(sorted(notes.values(), key=lambda note: (order[note.file], note.line, note.column)))


def read_text(path: Path, name: str, report: Report) -> str | None:
    """Return a file's text, or None after a fault (absent, a folder, too large, binary, not UTF-8).

    Parameters
    ----------
    path
        Where it is.
    name
        How it is shown to the user.
    """
    whole = Place(SourceText(name))
    try:
        if path.is_dir():
            report.fault(whole, "", "this is a folder; a line file was expected.")
            return None
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):  # reading one may never end
            report.fault(whole, "", "this is a device, a pipe or a socket; a line file was expected.", "Save the text as a file, and name that.")
            return None
        with path.open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
        size = max(about.st_size, len(raw))
        if size > LARGEST_BYTES:
            report.fault(
                whole, "", f"the file has {size / 1e6:.1f} MB; a line file has {LARGEST_BYTES / 1e6:.0f} MB at most.", "Is it the right file?"
            )
            return None
    except FileNotFoundError:
        report.fault(whole, "", "there is no such file.")
        return None
    except OSError as error:
        report.fault(whole, "", f"the file cannot be read: {error.strerror or error}.")
        return None
    return decoded(raw, whole, report)


def decoded(raw: bytes, whole: Place, report: Report) -> str | None:
    """Return bytes as text, or None after a fault."""
    if b"\0" in raw[:8192]:
        report.fault(whole, "", "this is a binary file; a line file is a text in UTF-8.")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        report.fault(
            whole, "", f"the file is not UTF-8: byte {raw[error.start]:#04x} in line {line} is no character.", "Save it as UTF-8 in your editor."
        )
        return None


def parse(text: str, name: str, report: Report, *, is_kept: bool = False) -> Fields | None:
    r"""Return the mapping that a text holds, or None after a fault that leaves nothing to read.

    Parameters
    ----------
    text
        The YAML text.
    name
        The file's name as shown.
    is_kept
        Whether the text is a library's: see `events.events_of`.

    Examples
    --------
    >>> node = parse("line: a\nstations:\n  first: {time: 1 s}\n", "a.yaml", Report())
    >>> node.keys["stations"].line, node.entries["stations"].keys["first"].column
    (2, 3)
    """
    source = SourceText(name, text.split("\n"))
    whole = Place(source)
    control = next((n for n, c in enumerate(text) if (c < " " and c not in "\t\n\r") or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff"), None)
    if control is not None:
        line, column = text.count("\n", 0, control) + 1, control - text.rfind("\n", 0, control)
        report.fault(Place(source, line, column), "", f"there is a control character ({ord(text[control]):#04x}); a line file is plain text.")
        return None
    node = _Builder(source, report).build(events_of(text, is_kept=is_kept))
    if node is None:
        return None
    if isinstance(node, Text) and node.value == "" and not node.quoted:
        report.fault(whole, "", "the file is empty.", "Start with `line: my-line`, or copy one: `linewright new my-line.yaml`.")
        return None
    if not isinstance(node, Fields):
        what = "a list" if isinstance(node, Items) else "a single text"
        report.fault(node.place, "", f"the file holds {what}; it should be `key: value` lines, such as `line: my-line`.")
        return None
    return node


class _Builder:
    """Builds nodes from parser events with a stack of its own: no recursion, so no depth can exhaust it."""

    def __init__(self, source: SourceText, report: Report) -> None:
        self.source = source
        self.report = report

    def build(self, events: Iterator[Event]) -> Node | None:
        try:
            return self._document(events)
        except YamlFault as fault:
            problem, hint = fault.problem, ""
            if "\\t" in problem:
                problem, hint = "a tab cannot indent", "Indent with spaces."
            elif "mapping values" in problem:
                problem, hint = "a second `: ` in one line", "Is the line above complete? A text that holds `: ` stands in quotes."
            elif "expected <block end>" in problem:
                problem, hint = "the indentation does not fit the lines above", "Keys that belong together start in the same column."
            self.report.fault(Place(self.source, fault.line, fault.column), "", f"this cannot be read as YAML: {problem}.", hint)
            return None

    def _document(self, events: Iterator[Event]) -> Node | None:
        """Return the first document's node; further documents and too deep nesting are faults."""
        stack: list[_Open] = []
        root: Node | None = None
        documents = 0
        for event in events:
            kind = event.kind
            if kind == DOCUMENT:
                documents += 1
                if documents > 1:
                    self.report.fault(self._place(event), "", "a second document (`---`) begins here; a line file is one document.")
                    return root
                continue
            node: Node | None = None
            if kind in {MAP, LIST}:
                self._refuse(event, stack)
                if len(stack) >= DEEPEST:
                    self.report.fault(self._place(event), "", f"this is nested more than {DEEPEST} deep; a line file needs 8 at most.")
                    return None
                stack.append(_Open(kind == MAP, self._place(event)))
                continue
            if kind == END:
                node = stack.pop().closed()
            elif kind == SCALAR:
                self._refuse(event, stack)
                node = Text(event.value, self._place(event), quoted=event.quoted)
            elif kind == ALIAS:
                self.report.fault(
                    self._place(event), _path(stack), f"`*{event.anchor}` repeats an anchor; that is refused.", "`use:` says the same by name."
                )
                node = Text("", self._place(event))
            if node is None:
                continue
            if stack:
                self._add(stack, node)
            else:
                root = node
        return root if root is not None else Text("", Place(self.source))

    def _place(self, event: Event) -> Place:
        return Place(self.source, event.line, event.column)

    def _refuse(self, event: Event, stack: list[_Open]) -> None:
        """Note anchors and tags, which hide what a file says."""
        if event.anchor:
            self.report.fault(
                self._place(event), _path(stack), f"`&{event.anchor}` sets an anchor; that is refused.", "`use:` says the same by name."
            )
        if event.tag not in {"", "!"}:
            self.report.fault(self._place(event), _path(stack), f"the tag `{event.tag}` is refused; a line file holds plain texts.", "Take it out.")

    def _add(self, stack: list[_Open], node: Node) -> None:
        """Put a finished node into the open mapping or list."""
        top = stack[-1]
        if not top.is_map:
            top.values.append(node)
            return
        if top.key is None:
            if isinstance(node, Text):
                top.key, top.key_place = node.value, node.place
            else:
                self.report.fault(node.place, _path(stack[:-1]), "a key is a single word; here is a list or a mapping.")
                top.key, top.key_place = "", node.place
            return
        key, place = top.key, top.key_place
        top.key = None
        path = ".".join(part for part in (_path(stack[:-1]), key) if part)
        if key == "<<":
            self.report.fault(place, path, "merge keys are refused.", "`use:` says the same by name.")
        elif key in top.entries:
            self.report.fault(place, path, f"the key is written twice; first in line {top.keys[key].line}.", "Keep one of them.")
        else:
            top.entries[key], top.keys[key] = node, place


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    is_map: bool
    place: Place
    values: list[Node] = field(default_factory=list)
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    key: str | None = None
    key_place: Place = BUILT_IN

    def closed(self) -> Node:
        return Fields(self.entries, self.keys, self.place) if self.is_map else Items(tuple(self.values), self.place)


def _path(stack: list[_Open]) -> str:
    """Return the path of the place where the builder stands."""
    return ".".join(part.key if part.is_map and part.key else ("" if part.is_map else str(len(part.values) + 1)) for part in stack).strip(".")
