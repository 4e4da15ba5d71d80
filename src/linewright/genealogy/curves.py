"""Curves of the places of carriers: drawn by each unit's values as an emulated machine would measure them, or as a driver delivered them.

A unit's curve follows from its own measured values (`library/curves.py`), which have keys; so the curves of the opening stock, of which nothing is
written, are those that the run would have written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple

import numpy as np
from numpy.typing import NDArray

from linewright.genealogy.drawn import Values
from linewright.genealogy.facts import LineFacts, StationFacts
from linewright.ledger.curve_blocks import Curve, CurveLine, curve_of, packed_curves
from linewright.ledger.writer import RunWriter
from linewright.library.curves import thinned

__all__ = ["CurveRecorder", "Drawn", "curve_lines", "drawn_curve", "numbers_of"]

Floats = NDArray[np.float64]
#: One unit's curve as a driver delivers it: seconds from the start of the work, and values in SI of each signal, all of shape (k,).
Drawn = tuple[Floats, Mapping[str, Floats]]


def curve_lines(station: StationFacts) -> tuple[CurveLine, ...]:
    """Return what the curves of a station mean, time first."""
    return tuple(CurveLine(s.name, s.unit.text, s.unit.scale, s.unit.offset, s.resolution, s.total) for s in station.curve_signals)


def numbers_of(station: StationFacts, values: Values, serials: NDArray[np.int64], own: Floats, duration_s: float) -> NDArray[np.int32]:
    """Return the curves of units as whole numbers, int32 (n, lines, points).

    Parameters
    ----------
    station
        With curves that are made here.
    values
        Draws what other stations measure of these units.
    serials
        Of the units, int64 (n,).
    own
        What this station measured of them, float64 (characteristics, n), SI; nan where there is no value, and then the nominal one holds.
    duration_s
        How long the visit lasted.
    """
    curves = station.curves
    assert curves is not None
    names = [c.name for c in station.of_items]
    cells: dict[str, Floats] = {name: own[names.index(name)] for name in curves.follows if name in names}
    cells |= {name: values.drawn(key, c, serials) for name, key, c in station.curve_values}
    return curves.of(cells, duration_s) if cells else np.repeat(curves.of({}, duration_s), len(serials), axis=0)


def drawn_curve(station: StationFacts, values: Values, serial: int, duration_s: float) -> Curve | None:
    """Return the curve of one unit, made again from its keys; None where the station has none that are made here."""
    if station.curves is None:
        return None
    serials = np.array([serial], np.int64)
    own = np.array([values.drawn(f"{station.path}.{c.name}", c, serials) for c in station.of_items]).reshape(-1, 1)
    return curve_of(numbers_of(station, values, serials, own, duration_s)[0].astype(np.int64), curve_lines(station))


class CurveRecorder:
    """Writes the curves of one run: one row for each visit that is measured, of a station that has them.

    Parameters
    ----------
    facts, values, writer
        Of the run.
    steps
        Number of each station's name.
    """

    def __init__(self, facts: LineFacts, values: Values, writer: RunWriter, steps: NDArray[np.int64]) -> None:
        self._facts, self._values, self._writer, self._steps = facts, values, writer, steps
        self._rows: list[tuple[int, int, int, int, int, bytes]] = []

    def begin(self) -> None:
        """Write what the curves mean."""
        lines = {s.path: [list(astuple(line)) for line in curve_lines(s)] for s in self._facts.stations if s.curve_signals}
        self._writer.fact("curves", lines)

    def visit(self, row: np.void, serials: NDArray[np.int64], own: Floats, missing: Sequence[int]) -> None:
        """Take a carrier's visit to a station whose curves are made here.

        Parameters
        ----------
        row
            The VISIT row.
        serials
            Of the units by place.
        own
            What the station measured, float64 (characteristics, places of the carrier).
        missing
            Places whose channel was out: they get no curve.
        """
        number = int(row["station"])
        station = self._facts.stations[number]
        if station.curves is None:
            return
        numbers = numbers_of(station, self._values, serials, own[:, : len(serials)], (int(row["done"]) - int(row["start"])) / 1e9)
        counts = np.full(len(serials), numbers.shape[2])
        counts[[place for place in missing if place < len(serials)]] = 0
        self._take(int(row["item"]), number, int(row["done"]), numbers, counts)

    def delivered(self, record: np.void, drawn: Sequence[Drawn | None]) -> None:
        """Take the curves that a driver delivered with a DONE record, place by place; None where a place has none.

        Each is thinned to straight lines within the meter's error, 64 points at most. There is one row for each record, also where nothing was
        delivered: a restart that puts the record in again makes it again.
        """
        number = int(record["station"])
        station = self._facts.stations[number]
        signals = station.curve_signals
        if not signals:
            return
        each = [thinned(one[0], one[1], signals) if one is not None else np.zeros((len(signals), 0), np.int32) for one in drawn[: station.holds]]
        counts = np.array([one.shape[1] for one in each], np.int64)
        numbers = np.zeros((len(each), len(signals), max(1, int(counts.max(initial=0)))), np.int32)
        for place, one in enumerate(each):
            if one.shape[1]:
                numbers[place] = one[:, np.minimum(np.arange(numbers.shape[2]), one.shape[1] - 1)]
        self._take(int(record["item"]), number, int(record["t"]), numbers, counts)

    def flush(self) -> None:
        """Write the rows that were taken."""
        if self._rows:
            columns = zip(*self._rows, strict=True)
            self._writer.append("curve", dict(zip(("unit", "step", "done_us", "places", "points", "data"), map(list, columns), strict=True)))
            self._rows = []

    def _take(self, unit: int, station: int, done_ns: int, numbers: NDArray[np.int32], counts: NDArray[np.int64]) -> None:
        done_us = self._facts.begin_us + done_ns // 1000
        block = packed_curves(numbers, counts)
        self._rows.append((unit, int(self._steps[station]), done_us, numbers.shape[0], numbers.shape[2], block))
