"""The forms that a value of a line file may have; the grammar is a table of them (`grammar.py`).

One table serves all: reading (`reading.py`), short forms and merging (`merging.py`), the JSON Schema (`schema.py`), explaining (`explain.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "Choice", "Clock", "Count", "Either", "Every", "Form", "Key", "LawForm", "ListOf", "MapOf", "Name", "Quantity", "Record", "Span", "Switch",
    "WindowForm", "Words",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """Any text."""

    example: str = "some words"


@dataclass(frozen=True, slots=True)
class Name:
    """A name; `of` says what it names, such as ``station``; `also` are built-in words allowed in its place."""

    of: str = "thing"
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """`yes` or `no`."""


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number of at least `low`; `unlimited` where that word is allowed (read as None)."""

    low: int = 0
    high: int = 1_000_000_000_000
    unlimited: bool = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity of one of `kinds` (names of `quantity.KINDS`, ``price``, ``co2``, ``amount``, ``C-rate``, ``any``), within `low` .. `high` in SI."""

    kinds: tuple[str, ...] = ("any",)
    low: float | None = 0.0
    high: float | None = None
    above: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LawForm:
    """A law: a quantity (then it is `bare`), or a mapping. `extra` are further keys that stand in the same mapping."""

    kind: str = "time"
    bare: str = "constant"
    extra: Mapping[str, Key] = field(default_factory=dict)
    positive: bool = True


@dataclass(frozen=True, slots=True)
class WindowForm:
    """``T +- tol``, ``a .. b``, ``at least a``, ``at most b``; `spans` where only ``a .. b`` fits (a range)."""

    spans: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """How often: each time, length or number of items, or each ``part``; which of them in `kinds`."""

    kinds: tuple[str, ...] = ("time", "length", "count", "part")


@dataclass(frozen=True, slots=True)
class Span:
    """Two clock times, ``06:00-14:00``."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A date, or a date and a clock time."""

    time_too: bool = False


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; `length` where it is fixed."""

    of: Form
    length: int | None = None


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map whose keys are the author's own names (`names` says of what). `few`: the names are fixed.

    A text alone is short for ``{short: text}``, or where `alone` for ``{text: {}}``: one of what it names.
    """

    of: Form
    names: str = "name"
    short: str | None = None
    few: tuple[str, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with fixed keys.

    Parameters
    ----------
    keys
        What may stand in it.
    short
        The key that a text alone is short for.
    others
        Form of further keys, which are the author's own names; None where there are none.
    row
        True where `check --full` shows it in one row.
    one_of
        Groups of keys of which only one may be given; in an override the newer one takes the place of the older.
    what
        What it is, in messages.
    """

    keys: Mapping[str, Key]
    short: str | None = None
    others: Form | None = None
    row: bool = False
    one_of: tuple[tuple[str, ...], ...] = ()
    what: str = ""


@dataclass(frozen=True, slots=True)
class Either:
    """A form by the shape of what is written: a text, a list or a mapping; None where that shape does not fit."""

    text: Form | None = None
    items: Form | None = None
    fields: Form | None = None


Form = Words | Name | Choice | Switch | Count | Quantity | LawForm | WindowForm | Every | Span | Clock | ListOf | MapOf | Record | Either


@dataclass(frozen=True, slots=True)
class Key:
    """One row of the grammar.

    Parameters
    ----------
    form
        What it may hold.
    meaning
        One sentence.
    default
        As it would be written; None where nothing holds unless it is given.
    required
        True where it must be given.
    whole
        True where an override replaces it whole (half a bill is never meant).
    """

    form: Form
    meaning: str = ""
    default: str | None = None
    required: bool = False
    whole: bool = False
