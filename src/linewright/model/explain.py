"""`check --full`: the completed file with every default, and where each value came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from linewright.model.plant import Plant
from linewright.model.reader import BUILT_IN
from linewright.model.reading import Leaf
from linewright.model.values import Origin

__all__ = ["explain", "origins_of", "shown"]


def origins_of(leaves: Iterable[Leaf]) -> tuple[Origin, ...]:
    """Return leaves as origins: frozen, without trees behind them."""
    return tuple(
        Origin(
            leaf.path,
            leaf.shown,
            leaf.place.file,
            leaf.place.line or None,
            leaf.mark,
            leaf.place.source.meanings.get(leaf.mark, "") if leaf.place is not BUILT_IN else "",
        )
        for leaf in leaves
    )


def explain(plant: Plant) -> list[Origin]:
    """Return where each value of a plant came from, in the order of its file."""
    return list(plant.origins)


def shown(origins: Sequence[Origin]) -> str:
    """Return origins as aligned columns: path, value, place, mark.

    Examples
    --------
    >>> print(shown([Origin("stations.winder.time", "2.1 s", "my-line.yaml", 14), Origin("stations.winder.buffer", "0", "built-in", None)]))
    stations.winder.time     2.1 s   my-line.yaml:14
    stations.winder.buffer   0       built-in
    """
    rows = [(o.path, o.text, f"{o.file}:{o.line}" if o.line else o.file, f"{o.mark} {o.source}".strip()) for o in origins]
    widths = [min(max((len(row[column]) for row in rows), default=0), limit) for column, limit in enumerate((64, 72, 60))]
    return "\n".join("   ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip() for row in rows)
