"""Where the table of points stands in each instrument's text. A format is known by its text, never by the name of the file.

================  ===========================================================================================================================
format            what is known of it
================  ===========================================================================================================================
Gamry             ``EXPLAIN`` on the first line; the table ``ZCURVE``: a row of heads, a row of units, then rows that begin with a tab
BioLogic          ``EC-Lab ASCII FILE``; ``Nb header lines : n`` counts the lines to the heads, these included; several cycles in one file
ZPlot             ``ZPLOT2 ASCII``; heads on the line before ``End Comments``, rows behind it, ``Data Points:`` says how many
Autolab           ``Z60W Data File`` in quotes; the number of points stands on the line before the heads
Parstat           a table of text whose heads are ``Potential (V)``, ``Frequency (Hz)``, ``Zre (ohms)`` ...; rests and cycling have frequency 0
VersaStudio       sections in angle brackets; each ``<Segment1>`` has a ``Definition=`` of its columns and rows parted by commas
PowerSuite        a table of text whose heads are ``Frequency``, ``Zre``, ``Zimg``
CHI               ``A.C. Impedance`` on the second line; heads begin with ``Freq/Hz``
RelaxIS           ``RelaxIS`` on the first line; heads begin with ``Data: Frequency``
text              anything else: heads and rows, parted by comma, semicolon, tab or blanks; no heads: frequency, Z', Z''
================  ===========================================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from linewright.exchange.impedance.columns import ColumnFault
from linewright.exchange.impedance.tables import Table, cells_of

__all__ = ["tables_of"]

#: What the columns of a table without heads are taken for.
ASSUMED = ("frequency/Hz", "Z'/ohm", "Z''/ohm")


def tables_of(lines: Sequence[str]) -> tuple[str, list[Table]]:
    """Return the format in words, and the tables of points.

    Raises
    ------
    ColumnFault
        The text is of that format, but holds no such table.
    """
    top = "\n".join(lines[:12])
    for name, is_it, find in FORMATS:
        if is_it(top):
            return name, find(lines)
    return text_name(lines), [text_table(lines)]


def gamry(lines: Sequence[str]) -> list[Table]:
    """Return the tables ``ZCURVE`` of a Gamry file."""
    starts = [n for n, text in enumerate(lines, 1) if text.startswith("ZCURVE")]
    if not starts:
        held = ", ".join(text.split("\t")[0] for text in lines if "\tTABLE" in text) or "none"
        raise ColumnFault(f"there is no table ZCURVE; its tables are: {held}", "Is it the file of an impedance measurement, and is it complete?")
    tables = []
    for start in starts:
        heads = lines[start] if start < len(lines) else ""
        end = next((n for n in range(start + 1, len(lines) + 1) if lines[n - 1].strip() and not lines[n - 1].startswith("\t")), len(lines) + 1)
        first = start + 3 if start + 1 < len(lines) and "#" in lines[start + 1] else start + 2
        tables.append(Table(tuple(cells_of(heads, "\t")), start + 1, first, max(end, first), "\t"))
    return tables


def biologic(lines: Sequence[str]) -> list[Table]:
    """Return the table of an EC-Lab text."""
    counted = re.search(r"Nb header lines\s*:\s*(\d+)", lines[1] if len(lines) > 1 else "")
    if counted is None:
        raise ColumnFault("`Nb header lines : n` was expected on the second line of an EC-Lab text")
    head = int(counted[1])
    if not 0 < head <= len(lines):
        raise ColumnFault(f"the file ends in its head: it has {len(lines)} lines, its heads stand on line {head}", "Export it again.")
    return [Table(tuple(cells_of(lines[head - 1], "\t")), head, head + 1, len(lines) + 1, "\t")]


def zplot(lines: Sequence[str]) -> list[Table]:
    """Return the table of a ZPlot or ZView file."""
    end = next((n for n, text in enumerate(lines, 1) if text.strip().startswith("End Comments")), 0)
    if not end:
        raise ColumnFault("the file ends in its comments: there is no line `End Comments`", "Export it again.")
    head = next((n for n in range(end - 1, 0, -1) if "freq" in lines[n - 1].lower() and len(lines[n - 1].split("\t")) > 2), end)
    declared = next((m for text in lines[:end] if (m := re.match(r"\s*Data Points:\s*(\d+)", text))), None)
    heads = tuple(cells_of(lines[head - 1].strip(), "\t")) if head < end else ()
    delimiter = "\t" if end < len(lines) and "\t" in lines[end] else "," if end < len(lines) and "," in lines[end] else None
    return [Table(heads, head, end + 1, len(lines) + 1, delimiter, int(declared[1]) if declared else None)]


def autolab(lines: Sequence[str]) -> list[Table]:
    """Return the table of an Autolab export; the heads are one text, parted by blanks, the rows are parted by commas."""
    head = next((n for n, text in enumerate(lines, 1) if re.match(r'\s*"?\s*Freq', text)), 0)
    if not head:
        raise ColumnFault("there is no line of heads that begins with `Freq (Hz)`", "Export it again.")
    text = re.sub(r"\s+\(", "(", lines[head - 1].strip().strip('"'))
    counted = lines[head - 2].strip() if head > 1 else ""
    return [Table(tuple(text.split()), head, head + 1, len(lines) + 1, ",", int(counted) if counted.isdigit() else None)]


def versastudio(lines: Sequence[str]) -> list[Table]:
    """Return the tables of the segments of a VersaStudio file that hold impedances."""
    tables = []
    for n, text in enumerate(lines, 1):
        if not text.startswith("Definition=") or "Frequency" not in text:
            continue
        end = next((k for k in range(n + 1, len(lines) + 1) if lines[k - 1].startswith("<")), len(lines) + 1)
        tables.append(Table(tuple(cells_of(text.removeprefix("Definition="), ",")), n, n + 1, end, ",", has_idle_rows=True))
    if not tables:
        raise ColumnFault("no segment has a `Definition=` with `Frequency(Hz)`", "Is it the file of an impedance measurement?")
    return tables


def chi(lines: Sequence[str]) -> list[Table]:
    """Return the table of a CH Instruments text."""
    head = next((n for n, text in enumerate(lines, 1) if text.startswith("Freq/Hz")), 0)
    if not head:
        raise ColumnFault("there is no line of heads that begins with `Freq/Hz`", "Export the data as text, with heads.")
    return [Table(tuple(cells_of(lines[head - 1], ",")), head, head + 1, len(lines) + 1, ",")]


def relaxis(lines: Sequence[str]) -> list[Table]:
    """Return the table of a RelaxIS export: each spectrum has a line of its own values between heads and rows."""
    head = next((n for n, text in enumerate(lines, 1) if text.startswith("Data: Freq")), 0)
    if not head:
        raise ColumnFault("there is no line of heads that begins with `Data: Frequency`", "Export the spectrum again, with its data columns.")
    first = next((n for n in range(head + 1, len(lines) + 1) if is_number(cells_of(lines[n - 1], "\t")[0])), len(lines) + 1)
    return [Table(tuple(cells_of(lines[head - 1], "\t")), head, first, len(lines) + 1, "\t")]


def text_table(lines: Sequence[str]) -> Table:
    """Return the table of a text of no instrument: heads are the last line before the first row of numbers."""
    first = next((n for n, text in enumerate(lines, 1) if is_row(text)), 0)
    if not first:
        raise ColumnFault("there is no row of at least three numbers", "Heads and rows were expected: `frequency/Hz,Z'/ohm,Z''/ohm`.")
    delimiter = delimiter_of(lines[first - 1])
    above = next((n for n in range(first - 1, 0, -1) if lines[n - 1].strip()), 0)
    heads = tuple(cells_of(lines[above - 1].lstrip("# "), delimiter)) if above else ()
    if len(heads) < 3:
        heads = ()
    return Table(heads, above if heads else first, first, len(lines) + 1, delimiter, has_idle_rows=any("(A)" in h for h in heads))


def text_name(lines: Sequence[str]) -> str:
    """Return whose text table this is, by its heads."""
    head = next((text.strip().lower() for text in lines if text.strip()), "")
    if head.startswith("potential (v)") and "zre (ohms)" in head:
        return "Parstat"
    return "PowerSuite" if re.match(r"frequency\s+zre\s+zimg", head) else "text"


def delimiter_of(row: str) -> str | None:
    """Return what parts the cells of a row of numbers.

    Examples
    --------
    >>> delimiter_of("1,5;2,5;3"), delimiter_of("1.5, 2.5, 3"), delimiter_of("1 2 3") is None
    (';', ',', True)
    """
    return next((d for d in ("\t", ";", ",") if d in row), None)


def is_row(text: str) -> bool:
    """Tell whether a line is a row of at least three numbers."""
    cells = [cell for cell in cells_of(text, delimiter_of(text)) if cell.strip()]
    return len(cells) >= 3 and sum(is_number(cell) for cell in cells) >= 3


def is_number(cell: str) -> bool:
    """Tell whether a cell holds a number, with point or comma."""
    try:
        float(cell.strip().strip('"').replace(",", "."))
    except ValueError:
        return False
    return True


FORMATS: tuple[tuple[str, Callable[[str], bool], Callable[[Sequence[str]], list[Table]]], ...] = (
    ("Gamry", lambda top: top.startswith("EXPLAIN"), gamry),
    ("BioLogic", lambda top: top.startswith("EC-Lab ASCII FILE"), biologic),
    ("ZPlot", lambda top: "ZPLOT2 ASCII" in top, zplot),
    ("Autolab", lambda top: "Z60W Data File" in top, autolab),
    ("VersaStudio", lambda top: "Name=VersaStudio" in top or top.startswith("<Application>"), versastudio),
    ("CHI", lambda top: "A.C. Impedance" in top or "CH Instruments" in top, chi),
    ("RelaxIS", lambda top: top.startswith("RelaxIS"), relaxis),
)
