"""The keys of the line file as Markdown tables, made from the grammar (``docs/line-file-keys.md``)."""

from __future__ import annotations

from collections.abc import Iterator

from linewright.model.forms import Choice, Either, Form, Key, LawForm, ListOf, MapOf, Record
from linewright.model.grammar import STATION
from linewright.model.grammar_line import CLASS, FILE
from linewright.model.reading_text import example_of, words_for

__all__ = ["reference"]

_HEAD = """\
# Every key of the line file

Made from the grammar (`linewright.model.grammar`, `grammar_line`) by `linewright.model.reference`; a test compares the two. `!` must be given.
An own name is one that the author of the file chooses."""


def reference() -> str:
    """Return all tables: the file, a station, what stands inside them, a library class.

    Examples
    --------
    >>> "| `bufer` |" in reference(), "| `buffer` |" in reference()
    (False, True)
    """
    parts = [_HEAD]
    seen: set[int] = set()
    for title, record in (("The file", FILE), ("A station", STATION), ("A station class of a library", CLASS)):
        if id(record) not in seen:
            parts += _tables(title, record, seen)
    return "\n\n".join(parts) + "\n"


def _tables(title: str, record: Record, seen: set[int]) -> Iterator[str]:
    """Yield the table of a record, then those of the records inside it that have not been shown."""
    seen.add(id(record))
    rows = ["| key | holds | default | meaning |", "|---|---|---|---|"]
    rows += [f"| `{name}` | {_holds(key.form)} | {_default(key)} | {key.meaning.replace('|', '/')} |" for name, key in record.keys.items()]
    if record.others is not None:
        rows.append(f"| own names | {_holds(record.others)} | - | |")
    short = f" A text alone is short for `{{{record.short}: ...}}`." if record.short else ""
    yield f"## {title}\n{short}".rstrip() + "\n\n" + "\n".join(rows)
    for name, key in record.keys.items():
        for inner in _records(key.form):
            if id(inner) not in seen and inner is not STATION and inner is not CLASS:
                yield from _tables(f"`{name}`: {inner.what}", inner, seen)


def _records(form: Form | None) -> Iterator[Record]:
    """Yield the records directly below a form."""
    if isinstance(form, Record):
        yield form
    elif isinstance(form, Either):
        for part in (form.text, form.items, form.fields):
            yield from _records(part)
    elif isinstance(form, MapOf | ListOf):
        yield from _records(form.of)


def _holds(form: Form) -> str:
    """Return what a key holds, in words and by an example."""
    if isinstance(form, MapOf):
        alone = f"the name of a {form.names} alone, or " if form.alone else ""
        return f"{alone}own names ({form.names}), each with {words_for(form.of)}"
    if isinstance(form, ListOf):
        return f"a list, each {words_for(form.of)}"
    if isinstance(form, Either):
        return " or ".join(dict.fromkeys(_holds(part) for part in (form.text, form.items, form.fields) if part))
    if isinstance(form, LawForm):
        extra = f", with {', '.join(f'`{name}`' for name in form.extra)}" if form.extra else ""
        return f"a time or a law, such as `{example_of(form)}`{extra}"
    if isinstance(form, Record) or (isinstance(form, Choice) and len(form.words) == 1):
        return words_for(form)
    return f"{words_for(form)}, such as `{example_of(form)}`"


def _default(key: Key) -> str:
    return "!" if key.required else f"{key.default}" if key.default is not None else "-"
