"""Cycler exports: tab separated, decimal comma, a head, then one row a cycle. Column names may occur twice, so columns are kept by place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from linewright.exchange.kiprobatt.source import SourceFile

_HEADED = "Cycle"


@dataclass(frozen=True, slots=True)
class CyclerFile:
    """One export. `columns` in order of the file; `rows` of the same length, None where a field is empty or no number."""

    name: str
    head: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[float | None, ...], ...]

    def of_head(self, key: str) -> str:
        """Return a value of the head, empty where it has none."""
        return next((v for k, v in self.head if k.rstrip(":").lower() == key.lower()), "")

    @property
    def channel(self) -> int | None:
        """Return the channel that the head names."""
        text = self.of_head("Channel Number")
        return int(text) if re.fullmatch(r"\d+", text) else None

    @property
    def start_serial(self) -> float | None:
        """Return the start as a spreadsheet date (days after 1899-12-30)."""
        return number(self.of_head("StartDateTime"))

    def column(self, name: str) -> list[float | None]:
        """Return the first column of that name, empty where there is none."""
        if name not in self.columns:
            return []
        place = self.columns.index(name)
        return [row[place] if place < len(row) else None for row in self.rows]

    def first(self, name: str) -> float | None:
        """Return the value of the first cycle (1) in a column."""
        cycles = self.column(_HEADED)
        return next((v for c, v in zip(cycles, self.column(name), strict=False) if c == 1), None)

    @property
    def has_doubled_columns(self) -> bool:
        """Tell whether a column name occurs twice."""
        return len(set(self.columns)) < len(self.columns)


def number(text: str) -> float | None:
    """Read a number with decimal comma.

    Examples
    --------
    >>> number("44776,6644853472")
    44776.6644853472
    >>> number("") is None
    True
    """
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def file_key(name: str) -> str:
    """Return what two names of one file have in common: blank and ``_`` are the same on the source's platform.

    Examples
    --------
    >>> file_key("Joro-KI-221122 0500.txt")
    'Joro-KI-221122_0500.txt'
    """
    return name.replace(" ", "_")


def read_cycler(file: SourceFile) -> CyclerFile:
    """Read one export; what is no number stays None, a file of only a head has no rows."""
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = file.content.decode("cp1252", errors="replace")
    lines = [line.split("\t") for line in text.splitlines()]
    at = next((i for i, fields in enumerate(lines) if fields[0].strip() == _HEADED), len(lines))
    head = tuple((f[0].strip(), f[1].strip() if len(f) > 1 else "") for f in lines[:at] if f[0].strip())
    columns = tuple(c.strip() for c in lines[at] if c.strip()) if at < len(lines) else ()
    rows = tuple(tuple(number(v) for v in fields[: len(columns)]) for fields in lines[at + 1 :] if number(fields[0]) is not None)
    return CyclerFile(file.name, head, columns, rows)
