"""Measured values, drawn by their key as the gates saw them, or as a driver delivered them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linewright.genealogy.facts import LineFacts, StationFacts, layout_of
from linewright.genealogy.faulted import Changes, FaultTraces
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.kernels.rules import VALUE, base_of, fill_normals, fill_values, hash_text, normal_table, uniform
from linewright.ledger.blocks import Layout, packed, whole_numbers
from linewright.model.values import Characteristic, EveryKind, LawKind

__all__ = ["Values"]

#: Room for the number of a measuring point within one web, in the key of a profile's value.
POINT_SHIFT = 24
COUNTS = (LawKind.POISSON, LawKind.BERNOULLI)


class Values:
    """Values of the units, carriers and webs of one run.

    Parameters
    ----------
    facts
        Names, characteristics, seed.
    """

    def __init__(self, facts: LineFacts) -> None:
        self._facts = facts
        self._normal = normal_table()
        with np.errstate(over="ignore"):
            # compiled code hands out a plain number, and takes one above 2^63 only as unsigned
            self._base = np.uint64(base_of(facts.seed, facts.replication))
        self._hashes: dict[str, np.uint64] = {}
        self.faults = FaultTraces(facts.faults, facts.begin_us)

    def layouts(self) -> dict[int, Layout]:
        """Return the layout of each station that measures items, by the station's number."""
        return {number: layout_of(s.of_items) for number, s in enumerate(self._facts.stations) if s.of_items}

    def drawn(
        self, key: str, c: Characteristic, serials: NDArray[np.int64], means: NDArray[np.float64] | None = None, changes: Changes | None = None
    ) -> NDArray[np.float64]:
        """Return the values of units under a key such as ``filler.electrolyte-mass``: float64 (n,), SI.

        `means`, float64 (n,), replace the characteristic's one mean; `changes` say what faults add to mean and spread of some.
        """
        if changes is not None:
            out = self.drawn(key, c, serials)
            for place, more, wider in zip(changes.places.tolist(), changes.means.tolist(), changes.spreads.tolist(), strict=True):
                hurt = replace(c, mean=c.centre + more, spread=c.spread + wider)
                out[place] = self.drawn(key, hurt, serials[place : place + 1])[0]
            return out
        if c.law in COUNTS:
            return np.array([counted(c, self.share(key, int(serial))) for serial in serials.tolist()])
        out = np.empty(serials.shape, np.float64)
        with np.errstate(over="ignore"):
            centres = np.full(serials.shape, c.centre) if means is None else means
            fill_values(self._normal, self._base, self._hash(key), np.ascontiguousarray(serials, np.int64), centres, c.spread, out)
        return out

    def noise(self, key: str, serials: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the standard normal noise of a process model under a key: float64 (n,)."""
        out = np.empty(serials.shape, np.float64)
        with np.errstate(over="ignore"):
            fill_normals(self._normal, self._base, self._hash(key), np.ascontiguousarray(serials, np.int64), out)
        return out

    def _hash(self, key: str) -> np.uint64:
        if key not in self._hashes:
            self._hashes[key] = np.uint64(hash_text(key))
        return self._hashes[key]

    def share(self, key: str, serial: int) -> float:
        """Return the number in (0, 1) of one thing under a key."""
        with np.errstate(over="ignore"):
            return float(uniform(self._base, np.uint64(hash_text(key)), VALUE, serial))

    def of_units(
        self,
        station: StationFacts,
        items: NDArray[np.int64],
        starts: NDArray[np.int64],
        again: NDArray[np.int64] | int = 0,
        done_ns: NDArray[np.int64] | int = 0,
    ) -> list[bytes]:
        """Return the whole numbers of single items at a station, one bytes object each; a value that is not measured at this start is missing.

        Parameters
        ----------
        items, starts
            Keys, and the station's number of each start; int64 (n,).
        again
            What is put before the serial of an item that came by before (`rows.VISIT`), int64 (n,).
        done_ns
            When each was measured: what faults had left on it then counts.
        """
        if station.is_real:
            return cut(station, np.full((len(station.of_items), len(items)), np.nan))
        serials = (items & SERIAL_MASK) | again
        values = np.empty((len(station.of_items), len(items)))
        for i, c in enumerate(station.of_items):
            values[i] = self.drawn(f"{station.path}.{c.name}", c, serials, changes=self.changes(station, c, items, done_ns))
            every = station.every_items[i] if i < len(station.every_items) else 1
            if every > 1:
                values[i, starts % every != 0] = np.nan
        return cut(station, values)

    def given(  # noqa: PLR0917 - the columns of visits, and what was measured
        self, station: StationFacts, items: NDArray[np.int64], starts: NDArray[np.int64], measured: NDArray[np.float64],
        again: NDArray[np.int64] | int = 0, done_ns: NDArray[np.int64] | int = 0,
    ) -> list[bytes]:
        """Return the whole numbers of items of which a driver delivered values.

        Parameters
        ----------
        measured
            float64 (n, 4), the record's values, nan where it has none. Those that it lacks are drawn; at a real station they are missing.
        again, done_ns
            As in `of_units`.
        """
        serials = (items & SERIAL_MASK) | again
        values = np.full((len(station.of_items), len(items)), np.nan)
        place = 0
        for i, c in enumerate(station.of_items):
            if not station.is_real:
                values[i] = self.drawn(f"{station.path}.{c.name}", c, serials, changes=self.changes(station, c, items, done_ns))
            if c.every.kind is EveryKind.ITEM and c.law is LawKind.NORMAL:  # these come in records, in this order
                if place < measured.shape[1]:
                    values[i] = np.where(np.isfinite(measured[:, place]), measured[:, place], values[i])
                place += 1
            every = station.every_items[i] if i < len(station.every_items) else 1
            if every > 1:
                values[i, starts % every != 0] = np.nan
        return cut(station, values)

    def of_carrier(self, station: StationFacts, serials: NDArray[np.int64], missing: list[int], done_ns: int = 0) -> NDArray[np.float64]:
        """Return the values of all places of one carrier, float64 (characteristics, places), SI; nan where there is none.

        Parameters
        ----------
        serials
            Of the units by place, int64; shorter than the carrier where the rest is empty.
        missing
            Places whose unit gets no value.
        done_ns
            When they were measured.
        """
        items = np.asarray(serials, np.int64) | station.inner << KIND_SHIFT
        values = np.full((len(station.of_items), station.holds), np.nan)
        for i, c in enumerate(() if station.is_real else station.of_items):
            values[i, : len(serials)] = self.drawn(f"{station.path}.{c.name}", c, serials, changes=self.changes(station, c, items, done_ns))
        values[:, missing] = np.nan
        return values

    def profiles(
        self, station: StationFacts, c: Characteristic, web: int, length_mm: int, *, is_strip: bool = False
    ) -> list[tuple[str | None, int | None, int, int, float, float, bytes]]:
        """Return (side, lane, step_mm, n, low, scale, data) of a characteristic along a web, for each side and lane that is told apart.

        Parameters
        ----------
        web, length_mm
            Its key (without a frame), and its length.
        is_strip
            Whether it is one lane by itself.

        Notes
        -----
        Of a real station there are none: a driver has no way to hand them over yet.
        """
        found: list[tuple[str | None, int | None, int, int, float, float, bytes]] = []
        for side in () if station.is_real else station.sides:
            for lane in range(station.lanes) if station.lanes > 1 and not is_strip else (None,):
                step_mm, values = self.along(station, c, web, length_mm, (side, lane))
                found.append((side, lane, step_mm, len(values), *packed(values, layout_of((c,)).resolutions[0])))
        return found

    def along(
        self, station: StationFacts, c: Characteristic, web: int, length_mm: int, where: tuple[str | None, int | None]
    ) -> tuple[int, NDArray[np.float64]]:
        """Return (step_mm, values in SI) of a characteristic along a side and lane of a web; each point has a key of its own."""
        step_mm = max(1, round(c.every.amount * 1000))
        points = max(1, -(-length_mm // step_mm))
        side, lane = where
        key = f"{station.path}.{c.name}" + (f".{side}" if side else "") + (f".{lane + 1}" if lane is not None else "")
        numbers = np.arange(points, dtype=np.int64)
        serial, places = np.int64(web & SERIAL_MASK), numbers * step_mm
        shares = self.faults.along(web, station.number, lane, places)
        own = self.faults.own(station.path, shares)
        means = self.modelled(station, c, (serial << POINT_SHIFT) + places, where, own)
        if shares:
            more = self.faults.shift(station.path, c.name, shares, but_own=means is not None)
            means = (np.full(points, c.centre) if means is None else means) + more
        return step_mm, self.drawn(key, c, (serial << POINT_SHIFT) + numbers, means)

    def changes(self, station: StationFacts, c: Characteristic, items: NDArray[np.int64], done_ns: NDArray[np.int64] | int) -> Changes | None:
        """Return what faults add to a characteristic of things that a station measures."""
        return self.faults.changes(station.path, c.name, items, done_ns, station.amount)

    def modelled(
        self,
        station: StationFacts,
        c: Characteristic,
        places: NDArray[np.int64],
        where: tuple[str | None, int | None],
        faults: Mapping[str, NDArray[np.float64]] | None = None,
    ) -> NDArray[np.float64] | None:
        """Return what a process model gives along a side and lane of a web: float64 (n,), SI; None where no model gives it.

        The model's noise has the key of the web's metre, the same for all that is measured there; noise called ``lane`` that of side and lane.

        Parameters
        ----------
        places
            Web and millimetre of each measuring point as one number, int64 (n,).
        faults
            Sizes of the station's own faults there, by name, float64 (n,).
        """
        model, (side, lane) = station.model, where
        if model is None or c.name not in model.nominal:
            return None
        noise = {}
        for name in model.process.noise:
            key = f"{station.path}.noise.{name}"
            noise[name] = self.noise(f"{key}.{side}", np.array([lane or 0], np.int64)) if name == "lane" else self.noise(key, places)
        return model.evaluate({"lane": lane or 0, **(faults or {})}, noise, len(places))[c.name]


def counted(c: Characteristic, u: float) -> float:
    """Return a whole number of a Poisson or Bernoulli law at u in (0, 1), by adding up its probabilities.

    Examples
    --------
    >>> from linewright.model.values import Window
    >>> burrs = Characteristic("burrs", Window(None, None, 3.0), mean=1.0, law=LawKind.POISSON)
    >>> [counted(burrs, u) for u in (0.1, 0.5, 0.95)]
    [0.0, 1.0, 3.0]
    """
    if c.law is LawKind.BERNOULLI:
        return float(u < c.centre)
    number, share = 0, math.exp(-c.centre)
    total = share
    while u > total and share > 0.0:
        number += 1
        share *= c.centre / number
        total += share
    return float(number)


def cut(station: StationFacts, values: NDArray[np.float64]) -> list[bytes]:
    """Return the columns of a matrix of values as bytes of whole numbers."""
    numbers = whole_numbers(values, layout_of(station.of_items).resolutions)
    width = 4 * len(station.of_items)
    raw = np.ascontiguousarray(numbers.T, dtype="<i4").tobytes()
    return [raw[i : i + width] for i in range(0, len(raw), width)]

