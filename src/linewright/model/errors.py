"""Every error that a user may see.

::

    LinewrightError              what any part of Linewright says to its user; exit code 2, no traceback
    ├── ModelError               a line file is wrong: `faults`, all of them, sorted by place
    ├── DataError                a file of measurements, or of limits for them, is wrong: `faults`, likewise
    └── NotYetError              the file is right, but an element of it has no behaviour yet: `elements`, by name and place

Catch the root, or one leaf.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["DataError", "FileFault", "LinewrightError", "ModelError", "NotYetError"]


#: Faults that one message shows; a file with more is not the file that was meant.
MOST_SHOWN = 200


class LinewrightError(Exception):
    """A fault that the user can mend; its text says where, what was expected, what came, and the next step."""


@dataclass(frozen=True, slots=True)
class FileFault:
    """One thing that is wrong in a line file.

    Parameters
    ----------
    file
        As the user named it.
    line, column
        From 1; 0 where the file as a whole, or the line as a whole, is meant.
    path
        Such as ``stations.winder.buffer``; empty where the file as a whole is meant.
    message
        What came, what was expected, the nearest name.
    hint
        The next step, where the message does not say it.
    source
        The line of the file as written; None where there is none to show.

    Examples
    --------
    >>> print(FileFault("my-line.yaml", 17, 5, "stations.winder.bufer", "there is no such key. Did you mean `buffer`?", source="    bufer: 20"))
    my-line.yaml:17:5  stations.winder.bufer: there is no such key. Did you mean `buffer`?
        17 |     bufer: 20
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""
    source: str | None = None

    def __str__(self) -> str:
        place = self.file + "".join(f":{part}" for part in (self.line, self.column) if part)
        lines = [f"{place}  {self.path}: {self.message}" if self.path else f"{place}  {self.message}"]
        if self.source is not None and self.line:
            lines.append(f"    {self.line} | {shortened(self.source, self.column)}")
        if self.hint:
            lines += [f"    {part}" for part in self.hint.splitlines()]
        return "\n".join(lines)


class ModelError(LinewrightError):
    """A line file that cannot be used.

    Parameters
    ----------
    faults
        All that was found, sorted by file and line.

    Examples
    --------
    >>> print(ModelError([FileFault("a.yaml", 0, 0, "", "the file is empty.")]))
    a.yaml  the file is empty.
    1 fault. Nothing was run.
    """

    def __init__(self, faults: Sequence[FileFault]) -> None:
        self.faults: tuple[FileFault, ...] = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        more = [f"... and {len(self.faults) - MOST_SHOWN} more."] if len(self.faults) > MOST_SHOWN else []
        return "\n".join([*map(str, self.faults[:MOST_SHOWN]), *more, f"{count}. Nothing was run."])


class DataError(LinewrightError):
    """A file of measurements, or of limits for them, that cannot be used.

    Parameters
    ----------
    faults
        All that was found, sorted by file and line.
    rest
        What came of the rest.

    Examples
    --------
    >>> print(DataError([FileFault("a.DTA", 52, 0, "", "there is no column of frequencies.")]))
    a.DTA:52  there is no column of frequencies.
    1 fault. Nothing was judged.
    """

    def __init__(self, faults: Sequence[FileFault], rest: str = "Nothing was judged.") -> None:
        self.faults: tuple[FileFault, ...] = tuple(faults)
        self.rest = rest
        super().__init__(self.faults, rest)

    def __str__(self) -> str:
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        more = [f"... and {len(self.faults) - MOST_SHOWN} more."] if len(self.faults) > MOST_SHOWN else []
        return "\n".join([*map(str, self.faults[:MOST_SHOWN]), *more, f"{count}. {self.rest}"])


class NotYetError(LinewrightError):
    """A line file that is right, but says something that nothing here can do yet.

    Parameters
    ----------
    elements
        (what it is, where it stands), such as (``"orders"``, ``"my-line.yaml:40"``).

    Examples
    --------
    >>> print(NotYetError([("stations.belt.speed", "logistics.yaml:37")]))
    This version cannot do what 1 place of the file asks for:
        stations.belt.speed   logistics.yaml:37
    Nothing was run. The file itself is right; take these places out, or wait for a later version.
    """

    def __init__(self, elements: Sequence[tuple[str, str]]) -> None:
        self.elements: tuple[tuple[str, str], ...] = tuple(elements)
        super().__init__(self.elements)

    def __str__(self) -> str:
        width = max((len(name) for name, _ in self.elements), default=0)
        count = "1 place of the file asks" if len(self.elements) == 1 else f"{len(self.elements)} places of the file ask"
        lines = [f"This version cannot do what {count} for:"]
        lines += [f"    {name:<{width}}   {place}".rstrip() for name, place in self.elements]
        lines.append("Nothing was run. The file itself is right; take these places out, or wait for a later version.")
        return "\n".join(lines)


def shortened(line: str, column: int, width: int = 120) -> str:
    """Return a line of a file fit to be shown: no control characters, and of a long one only the part around `column` (from 1)."""
    text = "".join(c if c.isprintable() else " " for c in line.rstrip("\r\n"))
    if len(text) <= width:
        return text
    start = max(0, min(column - 1 - width // 2, len(text) - width))
    return ("..." if start else "") + text[start : start + width] + ("..." if start + width < len(text) else "")
