"""`Upstream`: every fact of the genealogy of many units of a run, gathered batch-wise: from the units to what they are made of, station by station.

A unit is followed as a *strand*: one thing and, of a web, one millimetre of it, the middle of what the unit took. Of several parts alike (sheets of
a stack) the middle one stands for all. What lies along a web has the time at which its millimetre was worked, not the time of its coil.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from linewright.causes.columns import Columns, Stop
from linewright.causes.facts import Fact, FactTable, Sort
from linewright.causes.read import NONE, Floats, Ints, Visits, charges_of, maps_of, pieces_of, places_of, row_of, stays_of, visits_of
from linewright.causes.rows_between import Along, Lots, Shifts
from linewright.genealogy.before import ITEM_MASK
from linewright.genealogy.facts import FRAME_SHIFT
from linewright.kernels.rows import KIND_SHIFT
from linewright.ledger.reader import RunReader
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load_text
from linewright.model.plant import Plant
from linewright.model.station import Segment

__all__ = ["Judged", "Upstream", "is_upstream"]

#: How far back a unit is followed: parts in parts, webs from webs.
DEPTH = 12


@dataclass(frozen=True, slots=True, eq=False)
class Strand:
    """What one unit each is followed through.

    Parameters
    ----------
    keys
        Things, int64 (n,); 0 where a unit has none.
    mm
        Metres along, in millimetres, float64 (n,); nan of what has none.
    lane
        Of the web, from 0, int64 (n,); -1 where it is not told.
    worked
        By number of a station: where in its stretch of work the millimetre was, 0 to 1, float64 (n,).
    taken_at
        The station that took it into the unit; empty where it is the unit itself.
    """

    keys: Ints
    mm: Floats
    lane: Ints
    worked: dict[int, Floats]
    taken_at: str = ""

    def of(self, keys: Ints) -> Strand:
        """Return the same units followed through things without metres."""
        return Strand(keys, np.full(len(keys), np.nan), np.full(len(keys), -1, np.int64), {}, self.taken_at)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What a station said of each unit: verdict and grade by number, int64 (n,), -1 without; when, s; and what it measured, by name."""

    verdict: Ints
    grade: Ints
    time_s: Floats


class Upstream:
    """Facts of units of one kind.

    Parameters
    ----------
    reader
        The run.
    keys
        Of the units, int64 (n,), rising.
    """

    def __init__(self, reader: RunReader, keys: Ints) -> None:
        self._reader, self.keys, self._begin_us = reader, keys, reader.header().begin_us
        self.columns = Columns(tuple(s["path"] for s in reader.fact("stations") or []))
        self.judged: dict[str, Judged] = {}
        self._layouts = reader.layouts()
        self._kinds = reader.fact("kinds") or []
        self._lots = Lots(reader)
        self._shifts = Shifts(self._plant, self._begin_us)
        self._along = Along(reader)
        n = len(keys)
        self._unit(Strand(keys, np.full(n, np.nan), np.full(n, -1, np.int64), {}), DEPTH)

    def table(self) -> FactTable:
        """Return all facts."""
        ids = self._reader.ids_of(self.keys.tolist())
        return FactTable(tuple(ids.get(k, f"#{k}") for k in self.keys.tolist()), tuple(self.columns.facts.values()), self._begin_us)

    def name(self, number: int) -> str:
        """Return the text behind a number of the ledger."""
        return self._reader.name(number) or ""

    @cached_property
    def _plant(self) -> Plant:
        return load_text(self._reader.plan_text(), installed_libraries(), self._reader.header().name)

    @cached_property
    def _segments(self) -> dict[str, Segment]:
        return {s.path: s for s in self._plant.segments}

    # ---- things

    def _unit(self, strand: Strand, depth: int) -> None:
        """Take the facts of things without metres, and go on to what they are made of."""
        items = np.unique(strand.keys[strand.keys > 0])
        if depth == 0 or len(items) == 0:
            return
        visits = visits_of(self._reader, items)
        self._visits(strand, visits)
        self._carriers(strand, items)
        self._pieces(replace(strand, taken_at=self._first_of(visits) or strand.taken_at), items, depth)

    def _web(self, strand: Strand, depth: int, role: str) -> None:
        """Take the facts of pieces of webs, and go on to the webs they lie on, their batches, and what was taken into the web itself."""
        webs = np.unique(strand.keys[strand.keys > 0])
        if depth == 0 or len(webs) == 0:
            return
        self._name_lots(strand, role)
        self._along.take(strand.keys, strand.mm, strand.lane, self.columns)
        parents, rest = self._parents(strand, webs)
        is_item = parents.keys & ITEM_MASK == strand.keys & ITEM_MASK  # the same coil in its metres before
        ends = replace(rest, worked=strand.worked | parents.worked)
        done = replace(ends, keys=np.where(is_item, 0, strand.keys & ITEM_MASK))
        self._visits(done, visits_of(self._reader, np.unique(done.keys[done.keys > 0])))
        self._web(parents, depth - 1, role)
        made_here = replace(rest, keys=np.where(parents.keys > 0, 0, strand.keys))
        webs = np.unique(made_here.keys[made_here.keys > 0])
        self._batches(made_here, webs, depth)
        self._pieces(made_here, webs, depth)

    # ---- what happened to them

    def _visits(self, strand: Strand, visits: Visits) -> None:
        """Take the facts of the stations that things went through: of several visits to one the last."""
        items = np.unique(strand.keys[strand.keys > 0])
        at = np.where(strand.keys > 0, row_of(items, strand.keys), -1)
        for step in np.unique(visits.step).tolist():
            rows = np.flatnonzero(visits.step == step)
            of = row_of(items, visits.unit[rows])
            last = np.full(len(items) + 1, -1, np.int64)  # the row behind the last stands for things that are not there
            last[of] = rows
            found = last[at]
            self._station(strand, step, visits, found, np.zeros(len(found), np.int64))
            times = np.append(np.bincount(of, minlength=len(items)), 0)[at].astype(np.float64)
            station = self._reader.name(step) or ""
            if times.max(initial=0) > 1:
                self.columns.numbers(f"{station} visits", Sort.VISITS, station, np.where(found >= 0, times, np.nan), "")

    def _station(self, strand: Strand, step: int, visits: Visits, rows: Ints, places: Ints, *, is_carrier: bool = False) -> None:
        """Take the facts of one station: `rows` is the visit of each unit, -1 without."""
        station, there = self._reader.name(step) or "", rows >= 0
        if not there.any():
            return
        v = visits.at(np.maximum(rows, 0))
        time_us, share = np.where(v.start_us != NONE, v.start_us, v.done_us).astype(np.float64), strand.worked.get(step)
        if share is not None:
            time_us = np.where(np.isnan(share), time_us, time_us + share * (v.done_us - time_us))
        known = there & (v.start_us != NONE)
        time_s = np.where(known, (time_us - self._begin_us) / 1e6, np.nan)
        machine = np.where(there, self._machine_numbers(v.machine), 0)
        tool, name, sort = np.where(there & (v.tool >= 0), v.tool + 1, 0), self._tool_name(station), Sort.TOOL
        if is_carrier:
            tool, sort = np.where(there, places + 1, 0), Sort.PLACE
        elif share is not None and (strand.lane >= 0).any():
            tool, name, sort = np.where(there & (strand.lane >= 0), strand.lane + 1, 0), "lane", Sort.LANE
        self.columns.stop(Stop(station, machine, tool, name if not is_carrier or name != "tool" else "place", time_s, sort))
        self._shifts.take(station, time_s, self.columns)
        self._lots.take(station, v.machine, time_us, known, self.columns)
        self._along.signals(station, v.machine, time_us, known, self.columns)
        self._values(station, v, there, places if is_carrier else None)
        if not is_carrier and (strand.keys == self.keys).all():
            self.judged[station] = Judged(np.where(there, v.verdict, -1), np.where(there & (v.grade != NONE), v.grade, -1), time_s)

    def _values(self, station: str, v: Visits, there: NDArray[np.bool_], places: Ints | None) -> None:
        """Take what was measured in a visit."""
        for number in np.unique(v.layout[there]).tolist():
            if number == NONE:
                continue
            layout = self._layouts[number][1]
            rows = np.flatnonzero(there & (v.layout == number))
            si = v.at(rows).values(layout, None if places is None else places[rows])
            for i, name in enumerate(layout.characteristics):
                shown = np.full(len(there), np.nan)
                shown[rows] = (si[:, i] - layout.offsets[i]) / layout.scales[i]
                self.columns.numbers(f"{station} {name}", Sort.VALUE, station, shown, layout.units[i])

    def _first_of(self, visits: Visits) -> str:
        """Return the station farthest upstream that visits tell of; empty without visits."""
        stations = [self.name(step) for step in np.unique(visits.step).tolist()]
        return min(stations, key=self.columns.order, default="")

    def _machine_numbers(self, machines: Ints) -> Ints:
        """Return the number of each machine at its station, from 1; 0 where it is not known."""
        keys, back = np.unique(machines, return_inverse=True)
        numbers = [int(((self._reader.name(k) if k != NONE else None) or "/0").rpartition("/")[2]) for k in keys.tolist()]
        found: Ints = np.array(numbers, np.int64)[back]
        return found

    def _tool_name(self, station: str) -> str:
        segment = self._segments.get(station)
        return segment.tools[0][0] if segment is not None and segment.tools else "tool"

    def _carriers(self, strand: Strand, items: Ints) -> None:
        """Take the facts of the carriers that units lay on: which, on which place, and where it went meanwhile."""
        placed = places_of(self._reader, items)
        if len(placed["unit"]) == 0:
            return
        at = np.where(strand.keys > 0, row_of(items, strand.keys), -1)
        stays = stays_of(self._reader, placed["carrier"], placed["from_us"], placed["to_us"])
        for kind in np.unique(placed["carrier"] >> KIND_SHIFT).tolist():
            mine = np.flatnonzero(placed["carrier"] >> KIND_SHIFT == kind)
            of = row_of(items, placed["unit"][mine])
            last = np.full(len(items) + 1, -1, np.int64)
            last[of] = mine
            row = last[at]
            carrier = np.where(row >= 0, placed["carrier"][np.maximum(row, 0)], 0)
            name = self._kinds[kind]["material"] if kind < len(self._kinds) else "carrier"
            self._lot_fact(name, Sort.CARRIER, carrier, self._first_of(stays.at(stays.unit >> KIND_SHIFT == kind)))
            for step in np.unique(stays.step[stays.unit >> KIND_SHIFT == kind]).tolist():
                rows = np.flatnonzero(stays.step == step)
                visit, place = _visit_in_stay(stays, rows, {k: column[mine] for k, column in placed.items()}, of, len(items))
                self._station(strand, step, stays, visit[at], place[at], is_carrier=True)

    # ---- what they are made of

    def _pieces(self, strand: Strand, items: Ints, depth: int) -> None:
        """Go on to the webs and the parts that things took, role by role."""
        pieces = pieces_of(self._reader, items)
        at = np.where(strand.keys > 0, row_of(items, strand.keys), -1)
        for role in np.unique(pieces.role).tolist():
            mine = np.flatnonzero(pieces.role == role)
            of = row_of(items, pieces.unit[mine])
            first, behind = np.searchsorted(of, np.arange(len(items)), "left"), np.searchsorted(of, np.arange(len(items)), "right")
            middle = np.append(np.where(behind > first, mine[np.minimum((first + behind) // 2, len(mine) - 1)], -1), -1)[at]
            row, is_there = np.maximum(middle, 0), middle >= 0
            keys = np.where(is_there, pieces.web[row], 0)
            is_piece = is_there & (pieces.hi_mm[row] > pieces.lo_mm[row])
            mm = np.where(is_piece, (pieces.lo_mm[row] + pieces.hi_mm[row]) / 2.0, np.nan)
            name = self._reader.name(role) or ""
            self._web(Strand(np.where(is_piece, keys, 0), mm, np.full(len(keys), -1, np.int64), {}, strand.taken_at), depth - 1, name)
            self._unit(strand.of(np.where(is_piece, 0, keys)), depth - 1)

    def _parents(self, strand: Strand, webs: Ints) -> tuple[Strand, Strand]:
        """Return the pieces that the pieces of webs lie on, and the pieces themselves with their lanes."""
        n = len(strand.keys)
        keys, mm, lane = np.zeros(n, np.int64), np.full(n, np.nan), strand.lane.copy()
        worked = dict(strand.worked)
        rows = maps_of(self._reader, webs)
        if rows:
            child, low = (np.array([r[i] for r in rows], np.int64) for i in (0, 1))
            at = _row_along(child, low, strand.keys, strand.mm)
            row = np.maximum(at, 0)
            high, a, b = (np.array([r[i] for r in rows], np.float64)[row] for i in (2, 4, 5))
            inside = (at >= 0) & (strand.mm < high)
            keys = np.where(inside, np.array([r[3] for r in rows], np.int64)[row], 0)
            mm = np.where(inside, a + b * strand.mm, np.nan)
            lanes = np.array([-1 if r[6] is None else r[6] for r in rows], np.int64)[row]
            lane = np.where(inside & (lanes >= 0), lanes, lane)
            steps = np.array([-1 if r[7] is None else r[7] for r in rows], np.int64)[row]
            for step in np.unique(steps[inside]).tolist():
                worked[step] = np.where(inside & (steps == step), self._share(step, strand.mm, high), worked.get(step, np.full(n, np.nan)))
        made = self._made_at(strand.keys)
        for step in np.unique(made[made >= 0]).tolist():
            mine = (made == step) & (keys == 0)
            if mine.any() and step not in worked:
                worked[step] = np.where(mine, self._share(step, strand.mm, self._lengths(strand.keys)), np.nan)
        return Strand(keys, mm, lane, worked, strand.taken_at), replace(strand, lane=lane, worked=worked)

    def _share(self, step: int, mm: Floats, length_mm: Floats) -> Floats:
        """Return where in a station's stretch of work a millimetre was, 0 to 1, what it trims counted."""
        web = getattr(self._segments.get(self._reader.name(step) or ""), "web", None)
        first, last = (0.0, 0.0) if web is None else (web.trim_start_m * 1000.0, web.trim_end_m * 1000.0)
        return np.clip((mm + first) / (length_mm + first + last), 0.0, 1.0)

    def _made_at(self, webs: Ints) -> Ints:
        """Return the station that made each web with its metres, by number; -1 where the ledger does not say."""
        keys, back = np.unique(webs, return_inverse=True)
        found = []
        for key in keys.tolist():
            thing = self._reader.thing(key) if key > 0 and not key >> FRAME_SHIFT else None
            path = (thing.machine or "").rpartition("/")[0] if thing is not None else ""
            number = self._reader.number("step", path) if path else None
            found.append(-1 if number is None else number)
        made: Ints = np.array(found, np.int64)[back]
        return made

    def _lengths(self, webs: Ints) -> Floats:
        keys, back = np.unique(webs, return_inverse=True)
        things = [self._reader.thing(key) if key > 0 else None for key in keys.tolist()]
        found: Floats = np.array([float(t.amount) if t is not None and t.amount else np.nan for t in things])[back]
        return found

    def _batches(self, strand: Strand, webs: Ints, depth: int) -> None:
        """Go on to the batches that the millimetres of webs came from, side by side."""
        rows = charges_of(self._reader, webs)
        for side in sorted({r[4] or "" for r in rows}):
            mine = [r for r in rows if (r[4] or "") == side]
            web, low, high, batch = (np.array([r[i] for r in mine], np.int64) for i in range(4))
            at = _row_along(web, low, strand.keys, strand.mm)
            row = np.maximum(at, 0)
            keys = np.where((at >= 0) & (strand.mm < high[row]), batch[row], 0)
            self._name_lots(strand.of(keys), "batch" + (f" {side}" if side else ""))
            self._unit(strand.of(keys), depth - 1)

    def _name_lots(self, strand: Strand, role: str) -> None:
        """Take which lot, coil or strip it was."""
        items = strand.keys & ITEM_MASK
        kinds = np.unique(items[items > 0] >> KIND_SHIFT)
        material = self._kinds[int(kinds[0])]["material"] if len(kinds) == 1 and kinds[0] < len(self._kinds) else role
        made = self._made_at(items)
        known = made[made >= 0]
        station = self.name(int(known[0])) if len(known) else strand.taken_at
        self._lot_fact(material, Sort.LOT, items, station)
        if np.isfinite(strand.mm).any() and (strand.keys >> FRAME_SHIFT == 0).any():
            self.columns.numbers(f"{material} metre", Sort.ALONG, station, np.where(strand.keys > 0, strand.mm / 1000.0, np.nan), "m")

    def _lot_fact(self, name: str, sort: Sort, items: Ints, station: str) -> None:
        keys, back = np.unique(items, return_inverse=True)
        ids = self._reader.ids_of([k for k in keys.tolist() if k > 0])
        codes = np.where(items > 0, back - int((keys <= 0).any()), -1)
        self.columns.names(name, sort, station, codes, tuple(ids.get(k, f"#{k}") for k in keys.tolist() if k > 0))


def _row_along(webs: Ints, low: Ints, keys: Ints, mm: Floats) -> Ints:
    """Return for each millimetre of a web the last row that begins at or before it, of rows by web and begin; -1 where there is none."""
    names, number = np.unique(webs, return_inverse=True)
    of = row_of(names, keys)
    span = float(low.max(initial=0)) + 1.0
    place = np.searchsorted(number * span + low, of * span + np.minimum(np.nan_to_num(mm, nan=-1.0), span - 1.0), "right") - 1
    good = (of >= 0) & np.isfinite(mm) & (place >= 0)
    found: Ints = np.where(good & (number[np.maximum(place, 0)] == of), place, -1)
    return found


def _visit_in_stay(stays: Visits, rows: NDArray[np.intp], placed: dict[str, Ints], of: NDArray[np.intp], items: int) -> tuple[Ints, Ints]:
    """Return for each unit the visit of its carrier while it lay there, a row of `stays` (-1 without), and its place.

    `rows` are the visits to one station, `of` is whose each place is; of several visits the last counts. Both answers
    have one row more than there are units: of things that are not there.
    """
    order = rows[np.lexsort((stays.start_us[rows], stays.unit[rows]))]
    carriers, number = np.unique(stays.unit[order], return_inverse=True)
    begin = stays.start_us[order]
    origin = int(begin.min())
    span = int(begin.max()) - origin + 2
    whose = row_of(carriers, placed["carrier"])
    to_us = placed["to_us"]
    until = np.clip(np.where(to_us == NONE, origin + span, to_us) - origin, -1, span - 1)
    at = np.searchsorted(number * span + (begin - origin), whose * span + until, "right") - 1
    row = np.maximum(at, 0)
    from_us = placed["from_us"]
    good = (whose >= 0) & (at >= 0) & (number[row] == whose) & ((from_us == NONE) | (begin[row] >= from_us))
    visit, place = np.full(items + 1, -1, np.int64), np.zeros(items + 1, np.int64)
    visit[of[good]], place[of[good]] = order[row[good]], placed["place"][good]
    return visit, place


def is_upstream(fact: Fact, order: int) -> bool:
    """Tell whether a fact was true before a station (by its place in the line) judged: a value measured there or later is a symptom, not a cause."""
    return fact.order < order or (fact.order == order and fact.sort not in {Sort.VALUE, Sort.VISITS, Sort.SIGNAL})
