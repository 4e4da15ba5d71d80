"""Which units are meant: `capacity < 4.8 Ah`, `capacity outside`, `grade=C`, `failed@eol`, or a file of ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from linewright.model.errors import LinewrightError

__all__ = ["Comparison", "Query", "QueryError", "Sought", "nearest", "parse_query"]

_COMPARED = re.compile(r"^\s*([A-Za-z][\w.-]*)\s*(?:@\s*([\w./-]+))?\s*(<=|>=|<|>)\s*(.+?)\s*$")
_OUTSIDE = re.compile(r"^\s*([A-Za-z][\w.-]*)\s*(?:@\s*([\w./-]+))?\s+outside\s*$")
_GRADE = re.compile(r"^\s*grade\s*=\s*(.*?)\s*$")
_FAILED = re.compile(r"^\s*failed\s*@\s*([\w./-]+)\s*$")
#: What a query may look like, for messages.
FORMS = '"capacity < 4.8 Ah", "capacity outside", grade=C, failed@STATION, or a file with one id a line'


class QueryError(LinewrightError):
    """A question that cannot be asked of this run."""


class Sought(StrEnum):
    """What a query looks at."""

    VALUE = "value"
    GRADE = "grade"
    VERDICT = "verdict"
    IDS = "ids"


class Comparison(StrEnum):
    """How a value is compared; `OUTSIDE` is with its window."""

    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Query:
    """A question.

    Parameters
    ----------
    text
        As it was asked.
    sought
        What it looks at.
    names
        Characteristic; grades; ids.
    station
        At which station; empty where the query does not say.
    comparison, amount
        Of a value: with which amount, as text.
    """

    text: str
    sought: Sought
    names: tuple[str, ...]
    station: str = ""
    comparison: Comparison | None = None
    amount: str = ""


def parse_query(text: str, option: str = "--bad", *, are_files: bool = True) -> Query:
    """Return what a text asks for.

    Parameters
    ----------
    text
        A query or the name of a file.
    option
        What messages call it.
    are_files
        Whether files are read; a server reads none for those who ask it.

    Raises
    ------
    QueryError
        It is no query and no file.

    Examples
    --------
    >>> parse_query("capacity@formation < 4.8 Ah")
    Query(text='capacity@formation < 4.8 Ah', sought=<Sought.VALUE: 'value'>, names=('capacity',), station='formation', \
comparison=<Comparison.BELOW: '<'>, amount='4.8 Ah')
    >>> parse_query("grade=B, C").names
    ('B', 'C')
    """
    if are_files and Path(text).is_file():
        return Query(text, Sought.IDS, _ids_of(Path(text), option))
    found = _COMPARED.match(text)
    if found:
        return Query(text, Sought.VALUE, (found[1],), found[2] or "", Comparison(found[3]), found[4])
    found = _OUTSIDE.match(text)
    if found:
        return Query(text, Sought.VALUE, (found[1],), found[2] or "", Comparison.OUTSIDE)
    found = _GRADE.match(text)
    if found:
        grades = tuple(g.strip() for g in found[1].split(",") if g.strip())
        if grades:
            return Query(text, Sought.GRADE, grades)
    found = _FAILED.match(text)
    if found:
        return Query(text, Sought.VERDICT, (), found[1])
    is_path = "/" in text or text.endswith((".txt", ".csv"))
    told = f"there is no file {text}" if is_path else f'"{text}" is no question'
    raise QueryError(f"{option}: {told}. Expected: {FORMS}.")


def _ids_of(path: Path, option: str) -> tuple[str, ...]:
    """Return the ids of a file: the first word of each line, as far as a comma."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{option} {path}: it cannot be read ({error}). A text file with one id a line was expected.") from error
    ids = [line.split(",")[0].strip().strip('"') for line in lines if not line.lstrip().startswith("#")]
    found = tuple(dict.fromkeys(i for i in ids if i))
    if not found:
        raise QueryError(f"{option} {path}: no id is in it. One id a line was expected, such as CELL-4418.")
    return found


def nearest(name: str, names: Iterable[str]) -> str:
    """Return ` Did you mean ...?` with the name most like one, else what there is.

    Examples
    --------
    >>> nearest("capcity", ["capacity", "ocv"]), nearest("x", ["capacity", "ocv"])
    (' Did you mean `capacity`?', ' There is: capacity, ocv.')
    """
    known = sorted(set(names))
    close = get_close_matches(name.lower(), [n.lower() for n in known], 1, 0.6)
    if close:
        return f" Did you mean `{next(n for n in known if n.lower() == close[0])}`?"
    return f" There is: {', '.join(known[:12])}{' ...' if len(known) > 12 else ''}." if known else " There is none."
