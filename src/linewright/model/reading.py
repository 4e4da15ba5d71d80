"""A completed tree to values in SI, by the grammar: every leaf checked, every default filled in, every origin kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from linewright.model.forms import (
    Choice,
    Clock,
    Count,
    Either,
    Every,
    Form,
    Key,
    LawForm,
    ListOf,
    MapOf,
    Name,
    Quantity,
    Record,
    Span,
    Switch,
    WindowForm,
)
from linewright.model.grammar_line import FILE, RESERVED
from linewright.model.merging import nearest, written_out
from linewright.model.quantity import Amount, QuantityFault, split_mark
from linewright.model.reader import BUILT_IN, Fields, Items, Node, Place, Report, Text, is_none
from linewright.model.reading_law import read_law
from linewright.model.reading_text import example_of, read_clock, read_count, read_every, read_quantity, read_span, words_for
from linewright.model.windows import parse_window

__all__ = ["Leaf", "Reading"]

_NAME = re.compile(r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$")
#: What may be more than a name: a class may be a file, a station of a site has its line before it, a mark may number a section.
_PATHS = {
    "class": re.compile(r"^[\w./-]+$"),
    "driver": re.compile(r"^[\w.-]+$"),
    "station": re.compile(r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)?$"),
    "mark": re.compile(r"^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$"),
}
_OWN_SMALL = {"station", "material", "carrier", "people", "vehicle", "utility", "plan", "point", "line"}
_SECRETS = {"password", "passwd", "secret", "token", "pin"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of the completed file: its path, how it is shown, where it is from.

    Parameters
    ----------
    path
        Such as ``stations.winder.time``.
    shown
        The value as text.
    place
        Where it is written; `BUILT_IN` where it is not.
    mark
        Of the value itself, else of its file.
    is_word
        True for a name or a choice, which needs no mark.
    """

    path: str
    shown: str
    place: Place
    mark: str = ""
    is_word: bool = False


@dataclass(slots=True)
class Reading:
    """Reads nodes into values and keeps the leaves.

    Parameters
    ----------
    report
        Takes all faults.
    leaves
        All leaves in the order of the grammar.
    places
        Place of each path that was read: of the value where it is a single text, else of the key.
    """

    report: Report
    leaves: list[Leaf] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)

    def read(self, node: Node, form: Form, path: str) -> Any:
        """Return the value of a node, None after a fault (which is noted)."""
        if isinstance(node, Text):
            self.places[path] = node.place
        else:
            self.places.setdefault(path, node.place)
        if isinstance(form, Either):
            part = form.text if isinstance(node, Text) else form.items if isinstance(node, Items) else form.fields
            if part is None:
                self._wrong_shape(node, form, path)
                return None
            return self.read(node, part, path)
        if isinstance(node, Text) and node.value == "" and not node.quoted and not isinstance(form, Record | MapOf):
            self.report.fault(node.place, path, f"nothing is written here; {words_for(form)} was expected, such as {example_of(form)}.")
            return None
        if isinstance(form, LawForm):
            return self._law(node, form, path)
        if isinstance(form, Record):
            return self._record(node, form, path)
        if isinstance(form, MapOf):
            return self._map(node, form, path)
        if isinstance(form, ListOf):
            return self._list(node, form, path)
        if not isinstance(node, Text):
            self._wrong_shape(node, form, path)
            return None
        return self._text(node, form, path)

    def fault(self, place: Place, path: str, message: str, hint: str = "") -> None:
        """Note a fault."""
        self.report.fault(place, path, message, hint)

    # ---- groups ---------------------------------------------------------------------------------------------------

    def _record(self, node: Node, form: Record, path: str) -> dict[str, Any] | None:
        if isinstance(node, Text) and node.value == "" and not node.quoted:
            node = Fields({}, {}, node.place)
        if not isinstance(node, Fields):
            self._wrong_shape(node, form, path)
            return None
        begin = len(self.leaves)
        values: dict[str, Any] = {}
        for name, key in form.keys.items():
            self._key(name, key, node, path, values)
        for name, child in node.entries.items():
            here = f"{path}.{name}" if path else name
            if name in form.keys or (is_none(child) and form.others is not None):
                continue
            if form.others is None:
                self._no_such_key(name, node.keys[name], form, here)
            elif self._own_name(name, "name", node.keys[name], here):
                self.places[here] = node.keys[name]
                values[name] = self.read(child, form.others, here)
        for group in form.one_of:
            given = [name for name in group if name in values]
            if len(given) > 1:
                place = node.keys.get(given[1], node.place)
                self.fault(place, f"{path}.{given[1]}".lstrip("."), f"`{given[0]}` and `{given[1]}` exclude each other; one of them may be given.")
        if form.row:
            self._as_row(begin, path)
        return values

    def _key(self, name: str, key: Key, node: Fields, path: str, values: dict[str, Any]) -> None:
        """Read one fixed key, or fill in its default, or note that it is missing."""
        here = f"{path}.{name}" if path else name
        child = node.entries.get(name)
        if child is not None and not (is_none(child) and not _takes_none(key)):
            self.places[here] = node.keys[name]
            values[name] = self.read(child, key.form, here)
        elif key.required:
            self.fault(node.place, here, f"`{name}` is missing: {key.meaning}.", f"Write `{name}: {example_of(key.form)}`.")
        elif key.default is not None:
            values[name] = self.read(_default_node(key), key.form, here)

    def _map(self, node: Node, form: MapOf, path: str) -> dict[str, Any] | None:
        if isinstance(node, Text) and node.value == "" and not node.quoted:
            self.fault(node.place, path, f"nothing is written here; a map of {form.names}s was expected.")
            return None
        if not isinstance(node, Fields):
            self._wrong_shape(node, form, path)
            return None
        values: dict[str, Any] = {}
        lower: dict[str, str] = {}
        for name, child in node.entries.items():
            here = f"{path}.{name}" if path else name
            if is_none(child):
                continue
            if form.names != "path" and not self._own_name(name, form.names, node.keys[name], here):
                continue
            twin = lower.setdefault(name.lower(), name)
            if twin != name:
                self.fault(node.keys[name], here, f"`{name}` and `{twin}` differ only by case.", "Give one of them another name.")
            self.places[here] = node.keys[name]
            values[name] = self.read(child, form.of, here)
        return values

    def _list(self, node: Node, form: ListOf, path: str) -> list[Any] | None:
        if not isinstance(node, Items):
            self._wrong_shape(node, form, path)
            return None
        if form.length is not None and len(node.values) != form.length:
            self.fault(node.place, path, f"{len(node.values)} in the list; {form.length} were expected.")
            return None
        begin = len(self.leaves)
        values = [self.read(child, form.of, f"{path}.{n + 1}") for n, child in enumerate(node.values)]
        if not any(isinstance(child, Fields) for child in node.values):
            self._joined(begin, path, node.place, "[{}]")
        return values

    def _law(self, node: Node, form: LawForm, path: str) -> Any:
        if isinstance(node, Text):
            node = Fields({"law": Text(form.bare, node.place), "mean": node}, {"law": node.place, "mean": node.place}, node.place)
        if not isinstance(node, Fields):
            self._wrong_shape(node, form, path)
            return None
        extra: dict[str, Any] = {}
        begin = len(self.leaves)
        for name, key in form.extra.items():
            child = node.entries.get(name)
            if child is not None and not is_none(child):
                extra[name] = self.read(child, key.form, f"{path}.{name}")
        parts = ", ".join(f"{leaf.path.rpartition('.')[2]} {leaf.shown}" for leaf in self.leaves[begin:])
        marks = {leaf.mark for leaf in self.leaves[begin:]}
        del self.leaves[begin:]
        value, shown, mark = read_law(node, form, path, extra, self.report)
        text = ", ".join(part for part in (shown, parts) if part)
        self.leaves.append(Leaf(path, text, node.place, mark or (marks.pop() if len(marks) == 1 else "")))
        return value

    # ---- single texts ----------------------------------------------------------------------------------------------

    def _text(self, node: Text, form: Form, path: str) -> Any:
        """Return the value of a text; its leaf is kept."""
        loose = node.place.source.loose
        value: Any = None
        shown, mark = node.value, ""
        try:
            if isinstance(form, Quantity):
                value = read_quantity(node.value, form, loose=loose)
                if not isinstance(value, str):
                    mark, shown = value.mark, _reading(value)
            elif isinstance(form, WindowForm):
                value = parse_window(node.value, spans=form.spans, loose=loose)
                mark, shown = value.mark, value.shown
            elif isinstance(form, Count):
                shown, mark = split_mark(node.value)
                value = read_count(shown, form, path.rpartition(".")[2])
            elif isinstance(form, Every):
                value, shown, mark = read_every(node.value, form, loose=loose)
            elif isinstance(form, Span):
                value = read_span(node.value)
            elif isinstance(form, Clock):
                value = read_clock(node.value, form)
            else:
                value = self._word(node, form, path)
        except QuantityFault as fault:
            self.fault(node.place, path, _sentence(fault.message), fault.hint or _hint(path, fault.message))
            return None
        if mark:
            self._known_mark(mark, node.place, path)
        elif node.place is not BUILT_IN and isinstance(form, Quantity | WindowForm | Count | Every) and shown not in {"unlimited", "part"}:
            mark = node.place.source.mark
        self.leaves.append(Leaf(path, shown, node.place, mark, not isinstance(form, Quantity | WindowForm | Count | Every)))
        return value

    def _word(self, node: Text, form: Form, path: str) -> Any:
        """Return a word: a name, one of a choice, yes or no."""
        text = node.value
        if isinstance(form, Switch):
            if text in {"yes", "no"}:
                return text == "yes"
            hint = "Write `yes` or `no`." if text.lower() in {"true", "false", "on", "off", "yes", "no"} else ""
            raise QuantityFault(f'"{text[:40]}" is neither `yes` nor `no`', hint)
        if isinstance(form, Choice):
            if text in form.words:
                return text
            raise QuantityFault(f'"{text[:40]}" is not known here; one of {", ".join(form.words)} was expected', nearest(text, form.words))
        if isinstance(form, Name):
            if not (_PATHS.get(form.of) or _NAME).match(text):
                raise QuantityFault(f'"{text[:40]}" is no name; a {form.of} was expected', "A name is letters, digits and hyphens.")
            return text
        if len(text) > 2000:
            raise QuantityFault(f"the text has {len(text)} letters; 2000 are allowed")
        secret = re.search(r"://[^/@\s]*:[^/@\s]+@", text)
        if secret or path.rpartition(".")[2].lower() in _SECRETS:
            raise QuantityFault("passwords never stand in a file", "Write `credentials: NAME`, an entry of the key store.")
        return text

    def _known_mark(self, mark: str, place: Place, path: str) -> None:
        known = ["default", "derived", *place.source.meanings]
        if mark not in known and not place.source.loose:
            hint = nearest(mark, known) or "Name it under `sources:`, or write `(default)` or `(derived)`."
            self.fault(place, path, f"the mark `({mark[:40]})` is not one of this file's `sources`.", hint)

    # ---- names and shapes -------------------------------------------------------------------------------------------

    def _own_name(self, name: str, what: str, place: Place, path: str) -> bool:
        """Tell whether an author's name may be used, else note a fault."""
        if not (_PATHS["mark"] if what == "mark" else _NAME).match(name):
            self.fault(place, path, f'"{name[:40]}" is no name.', "A name is letters, digits and hyphens.")
            return False
        if what in _OWN_SMALL and name != name.lower():
            self.fault(place, path, f"`{name}`: names of {what}s are small.", f"Write `{name.lower()}`.")
        if name in RESERVED or (what == "station" and name in FILE.keys):
            self.fault(place, path, f"`{name}` is a word of the language; a {what} needs another name.")
            return False
        return True

    def _no_such_key(self, name: str, place: Place, form: Record, path: str) -> None:
        if self.report.is_full:
            return
        inside = [group for group, key in form.keys.items() if isinstance(key.form, Record) and name in key.form.keys]
        hint = f"Did you mean `{inside[0]}.{name}`?" if len(inside) == 1 else nearest(name, list(form.keys))
        said = "" if hint else f"It may hold {_listed(list(form.keys))}."
        if len(form.keys) > 15 and not hint:
            said = "LINE-FILE, section 3, lists all keys; `linewright schema` teaches them to your editor."
        self.fault(place, path, f"there is no such key. {hint}".rstrip(), said)

    def _wrong_shape(self, node: Node, form: Form, path: str) -> None:
        """Note that something of another shape was expected."""
        came = f'"{node.value[:40]}"' if isinstance(node, Text) else "a list" if isinstance(node, Items) else "a mapping"
        if isinstance(node, Fields) and not node.entries:
            came = "nothing"
        self.fault(node.place, path, f"{came} is written; {words_for(form)} was expected, such as {example_of(form)}.")

    # ---- rows of `check --full` -------------------------------------------------------------------------------------

    def _as_row(self, begin: int, path: str) -> None:
        """Join the leaves of a record into one row, if all that is written comes from one file with one mark."""
        leaves = self.leaves[begin:]
        written = [leaf for leaf in leaves if leaf.place is not BUILT_IN]
        if len({leaf.place.file for leaf in written}) > 1 or len({leaf.mark for leaf in written if not leaf.is_word}) > 1 or not leaves:
            return
        place = written[0].place if written else BUILT_IN
        mark = next((leaf.mark for leaf in written if leaf.mark), "")
        said = (_said(leaf.path[len(path) + 1 :], leaf) for leaf in leaves)
        self.leaves[begin:] = [Leaf(path, ", ".join(text for text in said if text), place, mark)]

    def _joined(self, begin: int, path: str, place: Place, form: str) -> None:
        leaves = self.leaves[begin:]
        marks = {leaf.mark for leaf in leaves if leaf.mark}
        text = form.format(", ".join(leaf.shown for leaf in leaves))
        self.leaves[begin:] = [Leaf(path, text, place, marks.pop() if len(marks) == 1 else "")]


def _said(key: str, leaf: Leaf) -> str:
    """Return one part of a row; empty where the usual need not be said."""
    if key == "clock":
        return f"{leaf.shown} time"
    if leaf.place is BUILT_IN and (key, leaf.shown) in {("stops", "station"), ("rolls", "1"), ("change", "0 s"), ("splice", "0 m"), ("count", "1")}:
        return ""
    return f"{key} {leaf.shown}"


def _reading(value: Any) -> str:
    """Return a quantity as shown: a text with two readings says which it is."""
    if not isinstance(value, Amount) or not value.note:
        return str(value)
    shown = {"parts a minute": f"{value.number} /min", "parts per million": f"{value.number} mg/kg"}
    return shown.get(value.note, f"{value} ({value.note})")


def _default_node(key: Key) -> Node:
    """Return a default as if it were written."""
    return written_out(Text(key.default or "", BUILT_IN), key.form)


def _takes_none(key: Key | None) -> bool:
    form = key.form if key else None
    return isinstance(form, Either) and isinstance(form.text, Choice) and "none" in form.text.words


def _sentence(message: str) -> str:
    return message if message.endswith(".") else message + "."


def _hint(path: str, message: str) -> str:
    """Return the next step for quantities that are often put under the wrong key."""
    key = path.rpartition(".")[2]
    if key == "time" and ("is a speed" in message or "is a rate" in message):
        return "For a web machine write `speed: 60 m/min`; for a rate write `rate: 60 ppm`."
    if key == "rate" and "is a time" in message:
        return "For a time write `time: 2.1 s`."
    if key in {"rate", "target"} and "is a speed" in message:
        return "For a web machine write `speed: 60 m/min`."
    if key in {"rate", "target"} and "a rate was expected" in message:
        return f"It counts items: write `{key}: 60 ppm` (items a minute) or `{key}: 3600 /h`."
    return ""


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{n}`" for n in names)
