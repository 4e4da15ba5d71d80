"""Where the numbers of a line are from: how many have a source, how many follow from others, how many are editable starting values."""

from __future__ import annotations

import re
from dataclasses import dataclass

from linewright.model.plant import Plant
from linewright.model.values import Origin

__all__ = ["Provenance", "provenance_of"]

HAS_NUMBER = re.compile(r"(?<![\w.-])\d")
#: A source that says of itself that its numbers are starting values, such as a table of defaults.
STARTING_VALUES = "editable default"


@dataclass(frozen=True, slots=True)
class Provenance:
    """How many numbers of a line are from where.

    Parameters
    ----------
    sourced, derived, default
        Numbers with a source; those that follow from others in the file; editable starting values.
    sources
        (mark, what it means) of the sources that are used, sorted.
    """

    sourced: int
    derived: int
    default: int
    sources: tuple[tuple[str, str], ...] = ()

    @property
    def sourced_share(self) -> float:
        """Share of the numbers that have a source, or follow from others."""
        total = self.sourced + self.derived + self.default
        return (self.sourced + self.derived) / total if total else 0.0


def provenance_of(plant: Plant) -> Provenance:
    """Return where the numbers of a line are from, those of its station classes and materials included.

    Examples
    --------
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.model.load import load
    >>> found = provenance_of(load("four-stations", installed_libraries()))
    >>> found.default > 10 > found.sourced
    True
    """
    counts = {"sourced": 0, "derived": 0, "default": 0}
    sources: dict[str, str] = {}
    for origin in plant.origins:
        kind = _kind_of(origin)
        if kind:
            counts[kind] += 1
        if kind == "sourced":
            sources[origin.mark] = origin.source
    return Provenance(**counts, sources=tuple(sorted(sources.items())))


def _kind_of(origin: Origin) -> str:
    if origin.line is None or not HAS_NUMBER.search(origin.text):
        return ""
    if origin.mark in {"derived", "default"}:
        return origin.mark
    if not origin.mark or STARTING_VALUES in origin.source:
        return "default"
    return "sourced"
