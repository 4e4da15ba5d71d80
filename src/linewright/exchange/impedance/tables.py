"""Rows of a text to points: each number by its column, each row that cannot be used by its line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from linewright.exchange.impedance.columns import Column, Columns
from linewright.exchange.impedance.measured import fault
from linewright.model.errors import FileFault

__all__ = ["Points", "Table", "read_points"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table inside a text file.

    Parameters
    ----------
    heads
        Of the columns; empty where the file has none.
    head_line
        Line of the heads, from 1; where there are none, the first row's.
    first, end
        Rows are the lines first <= line < end, from 1.
    delimiter
        Between cells; None for any white space.
    declared
        How many rows the file says it has; None where it does not.
    has_idle_rows
        True where rows of frequency 0 are rests or cycling, not points.
    """

    heads: tuple[str, ...]
    head_line: int
    first: int
    end: int
    delimiter: str | None
    declared: int | None = None
    has_idle_rows: bool = False


@dataclass(slots=True)
class Points:
    """Points as they stand: shapes (n,), and the words of the column that tells spectra apart (empty where there is none)."""

    frequency_hz: NDArray[np.float64]
    impedance_ohm: NDArray[np.complex128]
    phase_deg: NDArray[np.float64]
    lines: NDArray[np.int64]
    groups: list[str]
    warnings: list[FileFault] = field(default_factory=list)


def read_points(file: str, lines: Sequence[str], table: Table, columns: Columns) -> Points:
    """Return the points of a table.

    Parameters
    ----------
    file
        As the user named it.
    lines
        Of the whole file.
    table, columns
        Where the rows are, and what stands in them.

    Notes
    -----
    A row that lacks a number, or whose number is NaN, is left out and named. `phase_deg` is what the phase column says, NaN where there is none.
    """
    kept: list[tuple[float, complex, float]] = []
    at, groups, warnings = [], [], []
    idle = 0
    last = max((n for n in range(table.first, table.end) if lines[n - 1].strip()), default=0)
    for n in range(table.first, table.end):
        text = lines[n - 1]
        if not text.strip():
            continue
        cells = cells_of(text, table.delimiter)
        values = [number_of(cells, column, table.delimiter) for column in columns.needed]
        wrong = what_is_wrong(cells, columns.needed, values, is_last=n == last)
        if wrong:
            warnings.append(fault(file, n, f"{wrong}; this point is left out.", source=text))
            continue
        frequency, a, b = (value for value in values if value is not None)
        if frequency <= 0.0:
            idle += 1
            if not table.has_idle_rows:
                warnings.append(fault(file, n, f"the frequency is {frequency:g} Hz; this point is left out.", source=text))
            continue
        phase = number_of(cells, columns.phase, table.delimiter) if columns.phase is not None else None
        z = a * complex(math.cos(math.radians(b)), math.sin(math.radians(b))) if columns.is_polar else complex(a, b)
        kept.append((frequency, z, math.nan if phase is None else phase))
        at.append(n)
        groups.append(cells[columns.group.index].strip() if columns.group is not None and columns.group.index < len(cells) else "")
    if idle and table.has_idle_rows:
        warnings.append(fault(file, table.first, f"{idle} of {idle + len(kept)} rows have no frequency (a rest or cycling) and are no points."))
    if table.declared is not None and len(kept) + len(warnings) < table.declared:
        warnings.append(fault(file, table.end - 1, f"the file ends after {len(kept)} of the {table.declared} points that it announces."))
    return Points(
        np.array([k[0] for k in kept]), np.array([k[1] for k in kept], dtype=np.complex128), np.array([k[2] for k in kept]),
        np.array(at, dtype=np.int64), groups, warnings,
    )  # fmt: skip


def cells_of(text: str, delimiter: str | None) -> list[str]:
    """Return the cells of a row.

    Examples
    --------
    >>> cells_of("1.0, 2.0", ","), cells_of(" 1  2 ", None)
    (['1.0', ' 2.0'], ['1', '2'])
    """
    return text.rstrip("\r\n").split(delimiter)


def number_of(cells: Sequence[str], column: Column, delimiter: str | None) -> float | None:
    """Return a number in Hz, ohm or degrees; None where none stands there. A decimal comma is one where cells are not parted by commas."""
    if column.index >= len(cells):
        return None
    text = cells[column.index].strip().strip('"')
    try:
        return float(text.replace(",", ".") if delimiter != "," else text) * column.factor
    except ValueError:
        return None


def what_is_wrong(cells: Sequence[str], needed: Sequence[Column], values: Sequence[float | None], *, is_last: bool) -> str:
    """Return why a row is no point, empty where it is one."""
    for column, value in zip(needed, values, strict=True):
        name = column.head or f"column {column.index + 1}"
        if column.index >= len(cells) or not cells[column.index].strip():
            cut = "the file is cut off in this row" if is_last else "the row is short"
            return f"{cut}: {name} is missing"
        if value is None:
            return f'{name}: "{cells[column.index].strip()[:40]}" is not a number'
        if not math.isfinite(value):
            return f"{name} is {cells[column.index].strip()}"
    return ""
