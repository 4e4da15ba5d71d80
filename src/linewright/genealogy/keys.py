"""Numbers of names: each station, machine, input, state, reason and grade by the numbers of the station table, in arrays that rows index."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.genealogy.facts import LineFacts, Rank
from linewright.kernels.rows import STATES
from linewright.ledger.writer import RunWriter

__all__ = ["Keys", "rolls_of"]


class Keys:
    """Columns of names for rows of a run.

    Parameters
    ----------
    facts, writer
        Of the run; each name is made known to the ledger once.
    """

    def __init__(self, facts: LineFacts, writer: RunWriter) -> None:
        self._facts, self._key = facts, writer.key
        stations = facts.stations
        self.step = np.array([writer.key("step", s.path) for s in stations], np.int64)
        counts = [s.machines for s in stations]
        self._machine0 = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
        self._machine = np.array([writer.key("machine", f"{s.path}/{m + 1}") for s in stations for m in range(s.machines)], np.int64)
        self.states = np.array([writer.key("state", name) for name in STATES], np.int64)
        self.reasons = np.array([*(writer.key("reason", name) for name in facts.reasons), -1], np.int64)  # reason -1 is the last one
        most = max((len(s.grades) for s in stations), default=0)
        self.grades = np.full((len(stations), most + 1), -1, np.int64)  # grade -1 is the last one
        for number, station in enumerate(stations):
            self.grades[number, : len(station.grades)] = [writer.key("grade", g) for g in station.grades]
        self._inputs()
        # All names are told now, so that their numbers do not depend on what happens first.
        for kind in facts.kinds:
            writer.key("kind", kind.rank)
            writer.key("material", kind.material)
        for station in stations:
            for c in station.of_webs:
                writer.key("characteristic", c.name)
        self.measures = np.array([bool(s.of_items or s.curves) for s in stations])
        self.of_carriers = np.array([bool(s.holds and (s.of_items or s.curves)) for s in stations])
        self.changes_webs = np.array([s.web is not None and s.web.lanes == 1 and s.web.frame_out > 0 for s in stations])
        self.first_serial = np.array([k.first_serial for k in facts.kinds], np.int64)

    def us(self, ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return line times (UTC, us) of kernel times."""
        us: NDArray[np.int64] = self._facts.begin_us + ns // 1000
        return us

    def machines(self, rows: NDArray[np.void]) -> NDArray[np.int64]:
        """Return the machines of rows."""
        keys: NDArray[np.int64] = self._machine[self._machine0[rows["station"]] + rows["machine"]]
        return keys

    def slots(self, rows: NDArray[np.void]) -> NDArray[np.int64]:
        """Return the inputs that rows name, as indices into `is_charge` and `frames`."""
        slots: NDArray[np.int64] = rows["station"].astype(np.int64) * self._width + rows["slot"]
        return slots

    def roles(self, rows: NDArray[np.void], slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the names of the inputs of rows (of several rolls each its own)."""
        keys: NDArray[np.int64] = self._roles[slots, rolls_of(rows) % self._rolls[slots]]
        return keys

    def inputs(self, rows: NDArray[np.void]) -> NDArray[np.int64]:
        """Return the numbers of the same names as places where lots lie."""
        slots = self.slots(rows)
        keys: NDArray[np.int64] = self._places[slots, rolls_of(rows) % self._rolls[slots]]
        return keys

    def _inputs(self) -> None:
        stations = self._facts.stations
        self._width = max((len(s.inputs) for s in stations), default=0) or 1
        found = [(n * self._width + j, n, i) for n, s in enumerate(stations) for j, i in enumerate(s.inputs)]
        size = len(stations) * self._width
        self._rolls = np.ones(size, np.int64)
        self.frames = np.zeros(size, np.int64)
        self.is_charge = np.zeros(size, bool)
        self._roles = np.zeros((size, max((i.rolls for _, _, i in found), default=1)), np.int64)
        self._places = self._roles.copy()
        for at, number, i in found:
            self._rolls[at], self.frames[at] = i.rolls, i.frame
            self.is_charge[at] = i.is_bulk and self._facts.kinds[stations[number].kind].rank is Rank.WEB
            for roll in range(i.rolls):
                name = i.name if i.rolls == 1 else f"{i.name} {roll + 1}"
                self._roles[at, roll] = self._key("role", name)
                self._places[at, roll] = self._key("input", name)


def rolls_of(rows: NDArray[np.void]) -> NDArray[np.int64]:
    """Return which of parallel rolls each row tells of, from 0: they are told one after the other, at one time, with rising serials."""
    follows = np.zeros(len(rows), bool)
    follows[1:] = rows["lot"][1:] == rows["lot"][:-1] + 1
    for field in ("t", "station", "machine", "slot"):
        follows[1:] &= rows[field][1:] == rows[field][:-1]
    place = np.arange(len(rows), dtype=np.int64)
    rolls: NDArray[np.int64] = place - np.maximum.accumulate(np.where(follows, 0, place))
    return rolls


def none_below_zero(column: NDArray[Any]) -> list[int | None]:
    """Return whole numbers as a list with None for those below 0.

    Examples
    --------
    >>> none_below_zero(np.array([3, -1]))
    [3, None]
    """
    if not (column < 0).any():
        return list(column.tolist())
    return [None if v < 0 else v for v in column.tolist()]
