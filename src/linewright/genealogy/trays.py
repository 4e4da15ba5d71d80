"""What lies on carriers: who is laid on which place, who is taken off, and what that means for values by place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linewright.genealogy.facts import LineFacts
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK

__all__ = ["Trays"]


class Trays:
    """Contents of all carriers of a line, by kind.

    Parameters
    ----------
    facts
        Kinds and stations.
    """

    def __init__(self, facts: LineFacts) -> None:
        self._facts = facts
        self._holds = {c.kind: c.holds for c in facts.carriers}
        self._inner = {c.kind: c.inner for c in facts.carriers}
        self._fills: dict[int, NDArray[np.int32]] = {}

    def knows(self, kind: int) -> bool:
        """Tell whether a kind is one of carriers."""
        return kind in self._holds

    def put_on(self, rows: NDArray[np.void]) -> None:
        """Take PLACED rows (laid on), in order of time."""
        kinds = rows["carrier"] >> KIND_SHIFT
        for kind in np.unique(kinds).tolist():
            mine = rows[kinds == kind]
            carriers, places = mine["carrier"] & SERIAL_MASK, mine["place"]
            fills = self._room(kind, int(carriers.max()))
            begun = np.unique(carriers[places == 0])
            if len(np.unique(carriers * self._holds[kind] + places)) == len(mine):
                fills[begun] = 0
                fills[carriers, places] = mine["item"] & SERIAL_MASK
            else:  # a carrier that was filled twice within these rows: one row after the other
                for carrier, place, item in zip(carriers.tolist(), places.tolist(), (mine["item"] & SERIAL_MASK).tolist(), strict=True):
                    if place == 0:
                        fills[carrier] = 0
                    fills[carrier, place] = item

    def on(self, carrier: int) -> NDArray[np.int64]:
        """Return the serials on a carrier by place, int64 (n,); opening stock by the arithmetic of the filled start."""
        kind, number = carrier >> KIND_SHIFT, carrier & SERIAL_MASK
        fills = self._fills.get(kind)
        if fills is not None and number < len(fills) and fills[number, 0]:
            row = fills[number]
            held: NDArray[np.int64] = row[: int(np.count_nonzero(row))].astype(np.int64)
            return held
        holds = self._holds[kind]
        first_new = self._facts.kinds[self._inner[kind]].first_serial
        serials = np.arange((number - 1) * holds + 1, number * holds + 1, dtype=np.int64)
        return serials[serials < first_new]

    def restore(self, kind: int, fills: NDArray[np.int32]) -> None:
        """Take what lies on the carriers of a kind: int32 (carriers + 1, holds), row by serial, 0 where nothing or opening stock lies."""
        self._fills[kind] = fills

    def _room(self, kind: int, serial: int) -> NDArray[np.int32]:
        fills = self._fills.get(kind)
        if fills is None or len(fills) <= serial:
            more = np.zeros((max(serial + 1, 64, 0 if fills is None else 2 * len(fills)), self._holds[kind]), np.int32)
            if fills is not None:
                more[: len(fills)] = fills
            self._fills[kind] = fills = more
        return fills
