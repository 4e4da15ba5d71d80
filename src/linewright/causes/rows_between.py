"""What held while a unit was at a machine: the lots on its inputs, the shift, its signals; and what was measured along the metres."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from linewright.causes.columns import Columns
from linewright.causes.facts import Sort
from linewright.causes.read import NONE, Floats, Ints
from linewright.control.shifts import shift_at
from linewright.genealogy.before import ITEM_MASK
from linewright.genealogy.facts import FRAME_SHIFT
from linewright.kernels.rows import KIND_SHIFT
from linewright.ledger.blocks import unpacked
from linewright.ledger.reader import RunReader
from linewright.model.plant import Plant

__all__ = ["Along", "Lots", "Shifts"]

#: A moment without a shift is looked at again after so long.
NO_SHIFT_US = 900_000_000
US_PER_S = 1_000_000


class Lots:
    """The lots on the inputs of machines.

    Parameters
    ----------
    reader
        The run.
    """

    def __init__(self, reader: RunReader) -> None:
        self._reader = reader

    @cached_property
    def _rows(self) -> dict[int, list[tuple[int, int, int, int | None]]]:
        """(input, from_us, lot, to_us) by machine, in order of time; not of inputs whose pieces or batches are told one by one."""
        told = {self._reader.name(r[0]) for r in self._reader.rows("SELECT DISTINCT role FROM consume")}
        batches = {r[0] for r in self._reader.rows("SELECT DISTINCT batch FROM charge")}
        found: dict[int, list[tuple[int, int, int, int | None]]] = {}
        for machine, slot, lot, from_us, to_us in self._reader.rows("SELECT machine, input, lot, from_us, to_us FROM mount ORDER BY from_us"):
            if self._reader.name(slot) not in told and lot not in batches:
                found.setdefault(machine, []).append((slot, from_us, lot, to_us))
        return found

    def take(self, station: str, machines: Ints, time_us: Floats, known: NDArray[np.bool_], columns: Columns) -> None:
        """Take the lots that lay on the machines at these moments."""
        lots: dict[int, Ints] = {}
        for machine in np.unique(machines[known]).tolist():
            rows = self._rows.get(machine, [])
            mine = known & (machines == machine)
            for slot in sorted({r[0] for r in rows}):
                of_slot = [r for r in rows if r[0] == slot]
                begin, lot = np.array([r[1] for r in of_slot], np.float64), np.array([r[2] for r in of_slot], np.int64)
                end = np.array([np.inf if r[3] is None else r[3] for r in of_slot])
                at = np.searchsorted(begin, time_us, "right") - 1
                row = np.maximum(at, 0)
                held = mine & (at >= 0) & (time_us < end[row])
                found = lots.setdefault(slot, np.zeros(len(machines), np.int64))
                found[held] = lot[row[held]]
        for slot, found in lots.items():
            keys, back = np.unique(found, return_inverse=True)
            ids = self._reader.ids_of([k for k in keys.tolist() if k > 0])
            codes = np.where(found > 0, back - int((keys <= 0).any()), -1)
            levels = tuple(ids.get(k, f"#{k}") for k in keys.tolist() if k > 0)
            columns.names(f"{station} {self._reader.name(slot)} lot", Sort.LOT, station, codes, levels)


class Shifts:
    """The shift at a moment, by the line's plan.

    Parameters
    ----------
    plant
        The line.
    begin_us
        The run's begin.
    """

    def __init__(self, plant: Plant, begin_us: int) -> None:
        self._plant, self._begin_us = plant, begin_us
        self._borders: list[int] = []
        self._names: list[str] = []

    def take(self, station: str, time_s: Floats, columns: Columns) -> None:
        """Take the shift in which each unit was at a station."""
        known = np.isfinite(time_s)
        if not self._plant.shifts or not known.any():
            return
        times = self._begin_us + time_s * US_PER_S
        self._reach(int(times[known].min()), int(times[known].max()))
        at = np.searchsorted(self._borders, np.where(known, times, 0.0), "right") - 1
        levels = tuple(sorted(set(self._names)))
        codes = np.array([levels.index(n) for n in self._names])[np.maximum(at, 0)]
        columns.names(f"{station} shift", Sort.SHIFT, station, np.where(known & (at >= 0), codes, -1), levels)

    def _reach(self, first_us: int, last_us: int) -> None:
        """List the shifts from the first moment to the last."""
        if self._borders and self._borders[0] <= first_us and self._borders[-1] > last_us:
            return
        first_us = min(first_us, self._borders[0]) if self._borders else first_us
        self._borders, self._names = [], []
        at = first_us
        while at <= last_us + NO_SHIFT_US:
            shift = shift_at(self._plant, at)
            self._borders.append(at)
            self._names.append("none" if shift is None else f"shift {shift.name}")
            at = at + NO_SHIFT_US if shift is None else shift.end_us
        self._borders.append(at)
        self._names.append("none")


class Along:
    """What was measured along webs, and the signals of machines.

    Parameters
    ----------
    reader
        The run.
    """

    def __init__(self, reader: RunReader) -> None:
        self._reader = reader
        self._told = reader.fact("profiles") or {}
        self._signals: dict[int, list[int]] = {}
        for machine, name in reader.rows("SELECT DISTINCT machine, name FROM signal"):
            self._signals.setdefault(machine, []).append(name)

    def take(self, webs: Ints, mm: Floats, lane: Ints, columns: Columns) -> None:
        """Take what was measured at these millimetres, in the lane of the unit where lanes are told apart."""
        found: dict[tuple[str, str, str, str, float, float], Floats] = {}
        order = np.argsort(webs, kind="stable")
        keys, first = np.unique(webs[order], return_index=True)
        for key, rows in zip(keys.tolist(), np.split(order, first[1:]), strict=True):
            if key <= 0:
                continue
            kind, frame = (key & ITEM_MASK) >> KIND_SHIFT, key >> FRAME_SHIFT
            for p in self._reader.profiles_of(key):
                told = self._told.get(f"{kind}:{frame}:{p.characteristic}")
                if told is None:
                    continue
                mine = rows if p.lane is None else rows[lane[rows] == p.lane]
                at = (mm[mine] - p.start_mm) // p.step_mm
                inside = np.isfinite(at) & (at >= 0) & (at < len(p.values))
                column = found.setdefault((told[6], p.characteristic, p.side or "", told[0], told[1], told[2]), np.full(len(webs), np.nan))
                column[mine[inside]] = p.values[at[inside].astype(np.int64)]
        for (station, characteristic, side, unit, scale, offset), si in found.items():
            name = f"{station} {characteristic}" + (f", side {side}" if side else "")
            columns.numbers(name, Sort.VALUE, station, (si - offset) / scale, unit)

    def signals(self, station: str, machines: Ints, time_us: Floats, known: NDArray[np.bool_], columns: Columns) -> None:
        """Take the samples that the machines' signals had at these moments."""
        found: dict[int, Floats] = {}
        for machine in np.unique(machines[known]).tolist():
            if machine == NONE:
                continue
            mine = np.flatnonzero(known & (machines == machine))
            low, high = float(time_us[mine].min()), float(time_us[mine].max())
            for name in self._signals.get(machine, ()):
                column = found.setdefault(name, np.full(len(machines), np.nan))
                column[mine] = self._samples(machine, name, time_us[mine], low, high)
        for name, column in found.items():
            columns.numbers(f"{station} {self._reader.name(name)}", Sort.SIGNAL, station, column, "")

    def _samples(self, machine: int, name: int, at_us: Floats, low: float, high: float) -> Floats:
        """Return the sample that was newest at each moment, float64 (n,); nan where none was."""
        blocks = self._reader.rows_of(
            "signal",
            "SELECT begin_us, every_us, n, low, scale, data FROM signal WHERE machine = ? AND name = ? AND begin_us <= ? AND"
            " begin_us + every_us * n >= ? ORDER BY begin_us",
            (machine, name, int(high), int(low)),
            by=lambda row: row[0],
        )
        values = np.full(len(at_us), np.nan)
        for begin, every, n, least, scale, data in blocks:
            place = (at_us - begin) // every
            inside = (place >= 0) & (place < n)
            values[inside] = unpacked(least, scale, data)[place[inside].astype(np.int64)]
        return values
