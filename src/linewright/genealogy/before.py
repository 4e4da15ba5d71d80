"""What was made before a run: its webs, batches, pieces and values, by arithmetic and seed (docs/semantics.md, section 9).

A run that starts filled does not write its sixteen days of stock; whoever asks for a cell of it gets the same rows as if it had.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linewright.control.compile import Compiled
from linewright.control.opening import Opening, SlotStock, opening_of
from linewright.genealogy.curves import drawn_curve
from linewright.genealogy.drawn import Values
from linewright.genealogy.facts import FRAME_SHIFT, LineFacts, Rank, StationFacts, layout_of, web_key
from linewright.genealogy.things import BEFORE
from linewright.genealogy.webs import Stream, across_of, charges_of, pieces_of
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.kernels.table import BULK, COIL
from linewright.ledger.curve_blocks import Curve
from linewright.ledger.records import ChargeRow, ConsumeRow, MapRow, Profile, Thing

__all__ = ["ITEM_MASK", "Before"]

#: A key without the number of its frame.
ITEM_MASK = (1 << FRAME_SHIFT) - 1


@dataclass(frozen=True, slots=True)
class Winding:
    """How units of a kind took pieces from the coils of one input of a station; `frame` is that of the coils' metres."""

    station: int
    stock: SlotStock
    frame: int

    def units(self, lot: int) -> list[tuple[int, int]]:
        """Return (serial, first millimetre) of the units cut from a lot; those with serials below 1 never were."""
        s = self.stock
        number = (lot - 1) // s.rolls
        machine, coil = number % s.machines, number // s.machines
        offset = machine * s.items // s.machines
        serials = [((coil * s.items + at - offset) * s.machines + machine + 1, s.splice + at * s.amount) for at in range(s.items)]
        return [(serial, at) for serial, at in serials if serial >= 1]


class Before:
    """The stock that a run began with.

    Parameters
    ----------
    compiled
        The run's line.
    facts
        Of the same line, with the first serials that the run itself gives.
    """

    def __init__(self, compiled: Compiled, facts: LineFacts) -> None:
        self._facts, self._table, self._opening = facts, compiled.table, opening_of(compiled)
        self._values = Values(facts)
        self._windings = self._all_windings()
        self._ways = _ways(compiled, self._opening)

    # ---- things

    def covers(self, key: int) -> bool:
        """Tell whether a thing was made before the run."""
        kind, serial = (key & ITEM_MASK) >> KIND_SHIFT, key & SERIAL_MASK
        return 0 <= kind < len(self._facts.kinds) and 1 <= serial < self._facts.kinds[kind].first_serial

    def thing(self, key: int) -> Thing:
        """Return a thing of the stock."""
        kind = self._facts.kinds[(key & ITEM_MASK) >> KIND_SHIFT]
        frame = key >> FRAME_SHIFT
        name = ""
        if frame:
            number = (key & ITEM_MASK) >> KIND_SHIFT
            name = next((s.web.name_out for s in self._facts.stations if s.web and s.web.frame_out == frame and s.kind == number), "")
        return Thing(key, f"{kind.prefix}-{key & SERIAL_MASK}{name}", kind.rank, kind.material, remark=BEFORE)

    # ---- webs

    def length_mm(self, key: int) -> int | None:
        """Return the length of a web of the stock, in the metres of its frame; None of anything else."""
        kind, frame = (key & ITEM_MASK) >> KIND_SHIFT, key >> FRAME_SHIFT
        return next((s.web.leave_mm for s in self._facts.stations if s.kind == kind and s.web is not None and s.web.frame_out == frame), None)

    def maps_of_child(self, key: int) -> list[MapRow]:
        """Return how a web of the stock lies on its parent."""
        item, frame = key & ITEM_MASK, key >> FRAME_SHIFT
        kind, serial = item >> KIND_SHIFT, item & SERIAL_MASK
        if frame:
            found = next((s for s in self._facts.stations if s.kind == kind and s.web and s.web.frame_out == frame), None)
            return [] if found is None else self._map(found, item, item, None)
        slitter = next((s for s in self._facts.stations if s.kind == kind and s.web and s.web.lanes > 1), None)
        if slitter is None or slitter.web is None:
            return []
        lanes = slitter.web.lanes
        return self._map(slitter, slitter.enters << KIND_SHIFT | (serial - 1) // lanes + 1, item, (serial - 1) % lanes)

    def maps_on_parent(self, key: int) -> list[MapRow]:
        """Return the webs of the stock that were cut from a web of the stock."""
        item, frame = key & ITEM_MASK, key >> FRAME_SHIFT
        found: list[MapRow] = []
        for station in self._facts.stations:
            web = station.web
            if web is None or web.frame_in != frame:
                continue
            if web.lanes > 1 and station.enters == item >> KIND_SHIFT:
                for lane in range(web.lanes):
                    child = station.kind << KIND_SHIFT | ((item & SERIAL_MASK) - 1) * web.lanes + lane + 1
                    if self.covers(child):
                        found += self._map(station, item, child, lane)
            elif web.lanes == 1 and station.kind == item >> KIND_SHIFT and web.frame_out == frame + 1:
                found += self._map(station, item, item, None)
        return found

    def charges_of_web(self, key: int) -> list[ChargeRow]:
        """Return the batches of a web of the stock: the i-th coil of a machine used the volumes (i - 1) * amount to i * amount of all its batches."""
        number = self._coater_of(key)
        if number is None:
            return []
        station, stock = self._facts.stations[number], self._bulk(number)
        assert station.web is not None
        before, machine = divmod((key & SERIAL_MASK) - 1, stock.machines)
        first, batches = before * stock.amount - station.web.delay_ml, stock.thing << KIND_SHIFT
        parts = [(batches | serial, lo, hi) for serial, lo, hi in stock.draughts(machine, first, first + stock.amount)]
        return [
            ChargeRow(key, lo, hi, batch, amount_lo, amount_hi, station.web.error_mm + station.web.drift * hi, None)
            for lo, hi, batch, amount_lo, amount_hi in charges_of(station.web, Stream(0).through(parts))
        ]

    def charges_of_batch(self, key: int) -> list[ChargeRow]:
        """Return the webs of the stock that a batch of the stock went into."""
        found = []
        for number, station in enumerate(self._facts.stations):
            if station.web is None or not any(i.is_bulk and i.kind == key >> KIND_SHIFT for i in station.inputs):
                continue
            for serial in self._bulk(number).drawers(key & SERIAL_MASK, station.web.delay_ml):
                web = station.kind << KIND_SHIFT | serial
                if self.covers(web):
                    found += [c for c in self.charges_of_web(web) if c.batch == key]
        return found

    def profiles_of(self, key: int) -> list[Profile]:
        """Return what was measured along a web of the stock."""
        item, frame = key & ITEM_MASK, key >> FRAME_SHIFT
        kind = item >> KIND_SHIFT
        found = []
        for station in self._facts.stations:
            web = station.web
            if web is None or station.kind != kind or web.frame_out != frame:
                continue
            for c in station.of_webs:
                lanes = range(station.lanes) if station.lanes > 1 and web.lanes == 1 else (None,)
                for side in station.sides:
                    for lane in lanes:
                        step_mm, values = self._values.along(station, c, item, web.leave_mm, (side, lane))
                        found.append(Profile(key, c.name, side, lane, 0, step_mm, values))
        return found

    # ---- units

    def pieces_of_unit(self, key: int) -> list[ConsumeRow]:
        """Return the pieces of webs that went into a unit of the stock."""
        found = []
        for w in self._windings.get(key >> KIND_SHIFT, []):
            for roll, use in enumerate(w.stock.uses(key & SERIAL_MASK)):
                found.append(self._piece(w, use.lot & SERIAL_MASK, use.lo, key, roll))
        return found

    def pieces_on_web(self, key: int, lo_mm: float, hi_mm: float) -> list[ConsumeRow]:
        """Return the pieces that units of the stock took from the millimetres [lo, hi) of a web."""
        found = []
        for kind, windings in self._windings.items():
            for w in windings:
                if web_key(w.stock.thing << KIND_SHIFT, w.frame) != key & ~SERIAL_MASK:
                    continue
                lot = key & SERIAL_MASK
                for serial, at in w.units(lot):
                    unit = kind << KIND_SHIFT | serial
                    if self.covers(unit) and at < hi_mm and at + w.stock.amount > lo_mm:
                        found.append(self._piece(w, lot, at, unit, (lot - 1) % w.stock.rolls))
        return found

    def wound_on(self, key: int) -> str | None:
        """Return the machine that began a unit of the stock."""
        windings = self._windings.get(key >> KIND_SHIFT)
        if not windings:
            return None
        return f"{self._facts.stations[windings[0].station].path}/{((key & SERIAL_MASK) - 1) % windings[0].stock.machines + 1}"

    def way_of(self, key: int) -> tuple[str, ...]:
        """Return the paths of the stations that a unit of the stock came through until it was laid on its carrier, in order, the loader last."""
        return self._ways.get(key >> KIND_SHIFT, ())

    def stays_of(self, key: int) -> list[tuple[str, int, int]]:
        """Return (station, from, to) of the stations that an opening carrier has passed or stands at, in us of line time; `to` may lie in the run."""
        for stock in self._opening.carriers:
            if int(self._table.carriers[stock.carrier].kind) == key >> KIND_SHIFT and 1 <= key & SERIAL_MASK <= stock.count:
                at, found = -stock.age(key & SERIAL_MASK), []
                for number, time in stock.stages:
                    if at >= 0:
                        break
                    found.append((self._facts.stations[number].path, self._facts.begin_us + at // 1000, self._facts.begin_us + (at + time) // 1000))
                    at += time
                return found
        return []

    def placed(self, key: int) -> tuple[int, int, int] | None:
        """Return (carrier, place from 0, since when in us) of an opening unit; None where it lies on none."""
        found = self._opening.placed(key)
        return None if found is None else (found[0], found[1], self._facts.begin_us + found[2] // 1000)

    def values_of_unit(self, key: int, until: str | None) -> list[tuple[StationFacts, tuple[float | None, ...]]]:
        """Return (station, values as shown) of a unit of the stock at the stations before one (None: at all of its kind)."""
        kind, serials = key >> KIND_SHIFT, np.array([key & SERIAL_MASK], np.int64)
        found = []
        for station in self._facts.stations:
            if station.path == until:
                break
            if station.of_items and kind in (station.kind if not station.holds else -1, station.inner if station.holds else -1):
                values = [float(self._values.drawn(f"{station.path}.{c.name}", c, serials)[0]) for c in station.of_items]
                found.append((station, layout_of(station.of_items).shown(values)))
        return found

    def curve_of_unit(self, key: int, station: str, duration_s: float) -> Curve | None:
        """Return the curve that a unit of the stock drew at a station; None where the station draws none, or a real machine did."""
        found = next((s for s in self._facts.stations if s.path == station), None)
        return None if found is None else drawn_curve(found, self._values, key & SERIAL_MASK, duration_s)

    # ---- inside

    def _all_windings(self) -> dict[int, list[Winding]]:
        found: dict[int, list[Winding]] = {}
        for number, stocks in self._opening.slots.items():
            station = self._facts.stations[number]
            if self._facts.kinds[station.kind].rank is Rank.UNIT:
                coils = [Winding(number, s, station.inputs[s.slot].frame) for s in stocks if s.kind == COIL]
                found.setdefault(station.kind, []).extend(coils)
        return found

    def _piece(self, w: Winding, lot: int, at: int, unit: int, roll: int) -> ConsumeRow:
        name = self._facts.stations[w.station].inputs[w.stock.slot].name
        role = name if w.stock.rolls == 1 else f"{name} {roll + 1}"
        error_mm, drift = self._facts.roles.get(role, (0.0, 0.0))
        return ConsumeRow(web_key(w.stock.thing << KIND_SHIFT | lot, w.frame), at, at + w.stock.amount, unit, role, error_mm, drift)

    def _map(self, station: StationFacts, parent: int, child: int, lane: int | None) -> list[MapRow]:
        web = station.web
        assert web is not None
        across = across_of(web, lane) if lane is not None else (None, None)
        cut_at = self._values.share(f"{station.path}.loss", child & SERIAL_MASK) if web.loss else 0.0
        rows = []
        for low, high, a, b in pieces_of(web, cut_at):
            ends = (web_key(child, web.frame_out), low, high, web_key(parent, web.frame_in))
            rows.append(MapRow(*ends, a, b, lane, *across, False, False, web.error_mm, web.drift, station.path, None))  # noqa: FBT003
        return rows

    def _coater_of(self, key: int) -> int | None:
        for number, station in enumerate(self._facts.stations):
            if station.kind == key >> KIND_SHIFT and station.web is not None and any(i.is_bulk for i in station.inputs):
                return number
        return None

    def _bulk(self, number: int) -> SlotStock:
        return next(s for s in self._opening.slots[number] if s.kind == BULK)


def _ways(compiled: Compiled, opening: Opening) -> dict[int, tuple[str, ...]]:
    """Return by kind of units on carriers the stations from the first to the loader."""
    stations, found = compiled.flow.stations, {}
    for stock in opening.carriers:
        passing = next(p for p in stations if p.segment.loads is not None and p.carrier == stock.carrier)
        way = [passing]
        while not way[-1].begins and way[-1].feeders:
            way.append(stations[way[-1].feeders[0]])
        found[stock.inner] = tuple(p.segment.path for p in reversed(way))
    return found
