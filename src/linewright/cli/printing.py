"""How a command prints: plain columns, numbers to the right, units in the heads; JSON for programs."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

__all__ = ["as_json", "cut", "line_width", "moment", "number", "say", "span", "table"]

#: Letters of a line where nobody's terminal says how wide it is.
WIDE = 200
#: Least letters that a cell keeps when a table is wider than a line.
CELL_LEAST = 24


def say(text: str = "") -> None:
    """Print a line of the answer."""
    sys.stdout.write(text + "\n")


def as_json(value: Any) -> None:
    """Print a value as JSON."""
    say(json.dumps(value, indent=2, ensure_ascii=False, default=plain))


def plain(value: Any) -> Any:
    """Return a value that JSON can hold."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def line_width() -> int:
    """Return how many letters a line may have: the terminal's; `WIDE` where the output goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE


def cut(text: str, most: int) -> str:
    """Return a text of at most so many letters, with an ellipsis where some are left out; line ends become blanks.

    Examples
    --------
    >>> cut("areal-weight", 6), cut("areal", 6)
    ('areal\N{HORIZONTAL ELLIPSIS}', 'areal')
    """
    plain_text = " ".join(text.split()) if "\n" in text else text
    return plain_text if len(plain_text) <= most else plain_text[: max(0, most - 1)].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def fitted(heads: Sequence[str], rows: Sequence[Sequence[str]], most: int) -> list[list[str]]:
    """Return rows whose widest columns are cut until a line has at most so many letters, three blanks between columns counted."""
    widths = [max(len(row[k]) for row in [heads, *rows]) for k in range(len(heads))]
    while sum(widths) + 3 * (len(widths) - 1) > most:
        widest = max(range(len(widths)), key=widths.__getitem__)
        if widths[widest] <= CELL_LEAST:
            break
        over = sum(widths) + 3 * (len(widths) - 1) - most
        second = max((w for k, w in enumerate(widths) if k != widest), default=CELL_LEAST)
        widths[widest] = max(CELL_LEAST, min(widths[widest] - 1, max(widths[widest] - over, second)))
    return [[cut(cell, width) for cell, width in zip(row, widths, strict=True)] for row in rows]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Print rows below heads, the columns in `right` aligned to the right; with colour where a person looks on. Long cells are cut to the line."""
    rows = fitted(heads, rows, line_width())
    if not sys.stdout.isatty():
        widths = [max(len(row[k]) for row in [heads, *rows]) for k in range(len(heads))]
        for row in [heads, *rows]:
            cells = [cell.rjust(width) if k in right else cell.ljust(width) for k, (cell, width) in enumerate(zip(row, widths, strict=True))]
            say("   ".join(cells).rstrip())
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for k, head in enumerate(heads):
        shown.add_column(Text(head), justify="right" if k in right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(shown)


def number(value: float | None, digits: int = 4) -> str:
    """Return a number as a person reads it, ``-`` where it is unknown.

    Examples
    --------
    >>> number(0.864201), number(None), number(12.0), number(504000.0)
    ('0.8642', '-', '12', '504000')
    """
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 10**digits else f"{value:.{digits}g}"


def moment(at_us: int | None) -> str:
    """Return a time in UTC to the second, ``-`` where it is unknown.

    Examples
    --------
    >>> moment(1767571200000000)
    '2026-01-05 00:00:00'
    """
    return "-" if at_us is None else datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S")


def span(seconds: float) -> str:
    """Return a length of time as a person says it.

    Examples
    --------
    >>> span(86400), span(5400), span(90)
    ('1 day', '1 h 30 min', '1 min 30 s')
    """
    parts = []
    rest = round(seconds)
    for size, one, many in ((86400, "day", "days"), (3600, "h", "h"), (60, "min", "min"), (1, "s", "s")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:,} {one if count == 1 else many}")
    return " ".join(parts[:2]) or "0 s"
