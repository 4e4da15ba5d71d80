"""Of the rows of a stretch those that are wanted, and which they are in the run."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from linewright.genealogy.facts import LineFacts, Rank
from linewright.genealogy.keys import rolls_of
from linewright.genealogy.record import ROW_NAMES, Recorder, plain
from linewright.kernels.rows import (
    FAULTED_ROOM,
    KIND_SHIFT,
    MISSING,
    R_CONSUME,
    R_FAULTED,
    R_LOST,
    R_MADE,
    R_MISSING,
    R_MOUNT,
    R_PLACED,
    R_VISIT,
    SERIAL_MASK,
    Rows,
    new_rows,
)
from linewright.ledger.remade_writer import RemadeWriter

__all__ = ["Narrowed"]

Taken = NDArray[np.void]
Numbers = NDArray[np.int64]


class Narrowed:
    """Hands to the recorder the rows of webs and lots, and of units and carriers those that are asked for.

    Parameters
    ----------
    facts, recorder, writer
        Of the run that is made again.
    """

    def __init__(self, facts: LineFacts, recorder: Recorder, writer: RemadeWriter) -> None:
        self._recorder, self._writer = recorder, writer
        ranks = [kind.rank for kind in facts.kinds]
        self._is_many = np.array([rank in {Rank.UNIT, Rank.CARRIER} for rank in ranks])
        self._first = np.array([kind.first_serial for kind in facts.kinds], np.int64)
        widest = max((len(s.inputs) for s in facts.stations), default=0) or 1
        self._is_charge = np.zeros((len(facts.stations), widest), bool)
        for n, station in enumerate(facts.stations):
            self._is_charge[n, : len(station.inputs)] = [i.is_bulk and ranks[station.kind] is Rank.WEB for i in station.inputs]
        self._measures = np.array([bool(s.holds and (s.of_items or s.curves)) for s in facts.stations])
        self._missing: Taken = np.zeros(0, MISSING)
        self.begin_window((), few=True)

    def begin_window(self, keys: Collection[int], *, few: bool) -> None:
        """Say what is wanted from now on.

        Parameters
        ----------
        keys
            Units and carriers, and lots of which it is asked which units they went into.
        few
            Whether rows of webs and lots are written; else only those that fill the pipes pass by.
        """
        self._keys, self._few = np.array(sorted(keys), np.int64), few
        self._seen = {"visit": 0, "consume": 0, "placed": 0}

    def take(self, rows: Rows) -> None:
        """Take the rows of a piece, and set their counts to 0."""
        taken = {name: plain(getattr(rows, name), int(rows.count[kind])) for kind, name in enumerate(ROW_NAMES)}
        kept = {name: taken[name] if self._few else taken[name][:0] for name in ("mount", "lost")}
        kept["faulted"] = taken["faulted"]  # what faults left on webs and lots is in the values of what is made of them
        kept["made"] = taken["made"][self._of_few(taken["made"]["item"])]
        kept["missing"] = self._no_values(taken["missing"], taken["visit"])
        kept["visit"], numbers = self._part("visit", taken["visit"], self._of(taken["visit"]["item"]) | self._of_few(taken["visit"]["item"]))
        self._writer.numbered("visit", numbers)
        kept["consume"], numbers = self._consumed(taken["consume"])
        self._writer.numbered("consume", numbers)
        placed = taken["placed"]
        kept["placed"], numbers = self._part("placed", placed, self._of(placed["item"]) | self._of(placed["carrier"]))
        self._writer.numbered("placed", self._in_order(kept["placed"], numbers))
        self._hand_over(kept)
        rows.count[:] = 0

    def _of_few(self, items: Numbers) -> NDArray[np.bool_]:
        """Tell which rows are written whatever is asked for."""
        return np.zeros(len(items), bool) if not self._few else ~self._many(items)

    def _no_values(self, rows: Taken, visits: Taken) -> Taken:
        """Return the rows of units without a value at a visit that is wanted, when that visit comes; each belongs to the first that it fits."""
        waiting = np.concatenate([self._missing, rows.astype(MISSING)])
        if not len(waiting):
            return rows
        mine = visits[self._measures[visits["station"]]]
        wanted, left = [], []
        for i, row in enumerate(waiting):
            fits = (mine["station"] == row["station"]) & (mine["machine"] == row["machine"])
            fits &= (mine["start"] <= row["t"]) & (row["t"] <= mine["done"])
            if not fits.any():
                left.append(i)
            elif mine["item"][int(np.argmax(fits))] in self._keys:
                wanted.append(i)
        self._missing = waiting[left]
        return waiting[wanted]

    def _many(self, items: Numbers) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self._is_many[items >> KIND_SHIFT]
        return found

    def _of(self, items: Numbers) -> NDArray[np.bool_]:
        return np.isin(items, self._keys)

    def _part(self, table: str, rows: Taken, mask: NDArray[np.bool_]) -> tuple[Taken, Numbers]:
        """Return the rows that are wanted, and which of the stretch they are."""
        at = np.flatnonzero(mask)
        numbers = at + self._seen[table]
        self._seen[table] += len(rows)
        return rows[at], numbers

    def _consumed(self, rows: Taken) -> tuple[Taken, Numbers]:
        """Return the rows of what was used up; those by which webs are charged from batches have no number, for they become charges."""
        is_charge = self._is_charge[rows["station"], rows["slot"]]
        mask = self._of(rows["item"]) | self._of(rows["lot"]) | self._of_few(rows["item"]) | is_charge
        follows = rolls_of(rows) > 0  # which of several rolls a row is of is told by the rows in front of it
        while follows.any() and (more := mask[1:] & follows[1:] & ~mask[:-1]).any():
            mask[:-1] |= more
        kept, numbers = self._part("consume", rows, mask)
        return kept, numbers[~is_charge[mask]]

    def _in_order(self, rows: Taken, numbers: Numbers) -> Numbers:
        """Return the numbers of rows of carriers as the recorder adds them: laid on, then taken off what lay there before the run."""
        is_off = rows["off"] == 1
        is_old = (rows["item"] & SERIAL_MASK) < self._first[rows["item"] >> KIND_SHIFT]
        return np.concatenate([numbers[~is_off], numbers[is_off & is_old]])

    def _hand_over(self, kept: dict[str, Taken]) -> None:
        """Let the recorder write what is wanted."""
        most = max(-(-len(rows) // (FAULTED_ROOM if name == "faulted" else 1)) for name, rows in kept.items())
        if not most:
            return
        out = new_rows(most)
        counts = {"visit": R_VISIT, "consume": R_CONSUME, "mount": R_MOUNT, "made": R_MADE, "placed": R_PLACED, "lost": R_LOST,
                  "missing": R_MISSING, "faulted": R_FAULTED}  # fmt: skip
        for name, kind in counts.items():
            plain(getattr(out, name), len(kept[name]))[:] = kept[name]
            out.count[kind] = len(kept[name])
        self._recorder.record(out)
