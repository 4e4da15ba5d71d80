"""From the kernel's rows to the ledger's: the one place where twin and floor become the same.

No clock, and no I/O but the writer. Rows come in the order in which they happened; the same rows give the same ledger, however they are cut into
pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.control.alarms import AlarmRule, AlarmWatch
from linewright.control.orders import order_id
from linewright.genealogy.curves import CurveRecorder, Drawn
from linewright.genealogy.drawn import Values
from linewright.genealogy.facts import FRAME_SHIFT, LineFacts, Rank, StationFacts, profile_facts
from linewright.genealogy.faulted import Mark
from linewright.genealogy.keys import Keys, none_below_zero
from linewright.genealogy.things import Things
from linewright.genealogy.trays import Trays
from linewright.genealogy.webs import WebRecorder
from linewright.kernels.exchange_rows import RECORD
from linewright.kernels.rows import (
    HELD,
    KIND_SHIFT,
    R_CAMPAIGN,
    R_CONSUME,
    R_FAULTED,
    R_LOST,
    R_MADE,
    R_MISSING,
    R_MOUNT,
    R_PLACED,
    R_STATE,
    R_TOOL_STOP,
    R_VISIT,
    SERIAL_MASK,
    VERDICT_LATE,
    VERDICT_REWORK,
    Rows,
)
from linewright.ledger.blocks import whole_numbers
from linewright.ledger.writer import RunWriter

__all__ = ["ROW_NAMES", "Recorder", "plain"]

#: The buffers of `Rows` by the number of their count.
ROW_NAMES = ("visit", "consume", "mount", "made", "placed", "state", "lost", "missing", "tool_stop", "faulted", "campaign")
#: Why a piece of a lot was thrown away, by the number in LOST rows.
LOST_WHY = ("rest", "old", "splice", "broken")
#: Values that were delivered are kept for their visit until the station has begun so many starts more: then it will not come.
GIVEN_BACK = 100_000


class Recorder:
    """Writes one run.

    Parameters
    ----------
    facts
        Names and facts of the line (`line_facts`).
    writer
        Where the rows go; the caller commits.
    rules
        What is an alarm (`control.alarms.alarm_rules`).
    measured
        Tells of a web whether what is measured along it is written; None: always.
    """

    def __init__(
        self,
        facts: LineFacts,
        writer: RunWriter,
        rules: Mapping[tuple[str, str, str], AlarmRule] | None = None,
        measured: Callable[[int], bool] | None = None,
    ) -> None:
        self._facts, self._writer = facts, writer
        self._values = Values(facts)
        self._keys = Keys(facts, writer)
        self._things = Things(facts, writer)
        self._trays = Trays(facts)
        self._webs = WebRecorder(facts, self._values, writer, measured)
        self._curves = CurveRecorder(facts, self._values, writer, self._keys.step)
        self._resolutions = {number: layout.resolutions for number, layout in self._values.layouts().items()}
        self.alarms = AlarmWatch(rules or {})
        self._missing: list[tuple[int, int, int, int]] = []
        self._given: dict[int, list[NDArray[np.void]]] = {}

    # ---- begin, go on

    def begin(self, opening_carriers: Mapping[int, int] | None = None) -> None:
        """Write what stands before the first row: layouts, limits of error, carriers, what lies in the stores.

        Parameters
        ----------
        opening_carriers
            By kind of carrier: how many are full at the begin (numbers 1 .. n); one row each.
        """
        for number, layout in self._values.layouts().items():
            row: dict[str, Any] = {"layout": number + 1, "plan": self._facts.plan, "step": int(self._keys.step[number]), **layout.row()}
            self._writer.put("layout", {name: [value] for name, value in row.items()})
        self._writer.fact("roles", {name: list(limits) for name, limits in self._facts.roles.items()})
        self._writer.fact("stations", [{"path": s.path, "machines": s.machines, "to": s.to} for s in self._facts.stations])
        kinds = [{"material": k.material, "prefix": k.prefix, "rank": k.rank, "first_serial": k.first_serial, "is_bought": k.is_bought}
                 for k in self._facts.kinds]  # fmt: skip
        self._writer.fact("kinds", kinds)
        self._writer.fact("profiles", profile_facts(self._facts))
        self._curves.begin()
        self._things.opening(opening_carriers or {})

    def saved(self) -> dict[str, Any]:
        """Return what it knows besides what lies on carriers, for JSON."""
        given = {str(station): [rows.tobytes().hex() for rows in parts] for station, parts in self._given.items()}
        return {"serials": self._things.saved(), "pipes": self._webs.saved(), "alarms": self.alarms.saved(), "missing": self._missing,
                "given": given, "faults": self._values.faults.saved()}  # fmt: skip

    def restore(
        self, saved: Mapping[str, Any], fills: Mapping[int, NDArray[np.int32]] | None = None, faulted: Mapping[int, Sequence[Mark]] | None = None
    ) -> None:
        """Go on from a saved state.

        Parameters
        ----------
        saved
            What `saved` returned.
        fills
            What lies on carriers, by kind: see `Trays.restore`.
        faulted
            What faults have left on things (`faults_held`).
        """
        self._values.faults.restore(saved.get("faults", 0), faulted or {})
        self._curves.begin()  # a run that an older version began does not say it yet
        self._things.restore(saved["serials"])
        self._webs.restore(saved["pipes"])
        self.alarms.restore(saved["alarms"])
        self._missing = [(s, m, p, t) for s, m, p, t in saved["missing"]]
        self._given = {
            int(station): [np.frombuffer(bytes.fromhex(rows), RECORD).copy() for rows in parts] for station, parts in saved.get("given", {}).items()
        }
        for kind, held in (fills or {}).items():
            self._trays.restore(kind, held)

    def given(self, records: NDArray[np.void]) -> None:
        """Take DONE records that a driver delivered with measured values, before the visits that they end."""
        for station in np.unique(records["station"]).tolist():
            mine = records[(records["station"] == station) & (records["values"] > 0)]
            if len(mine) and self._facts.stations[station].of_items:
                self._given.setdefault(station, []).append(mine.copy())

    def given_curves(self, record: np.void, drawn: Sequence[Drawn | None]) -> None:
        """Take the curves that a driver delivered with a DONE record, place by place; they are written at once, with the record's commit."""
        self._curves.delivered(record, drawn)
        self._curves.flush()

    # ---- rows

    def record(self, rows: Rows) -> int:
        """Write all rows that are filled, and set their counts to 0; return how many visits there were."""
        taken = [plain(getattr(rows, name), int(rows.count[kind])) for kind, name in enumerate(ROW_NAMES)]
        if len(taken[R_FAULTED]):
            self._values.faults.told(taken[R_FAULTED])
        if len(taken[R_MADE]):
            self._made(taken[R_MADE])
        if len(taken[R_MOUNT]):
            self._mounted(taken[R_MOUNT])
        if len(taken[R_CONSUME]):
            self._consumed(taken[R_CONSUME])
        self._missing += [(int(r["station"]), int(r["machine"]), int(r["place"]), int(r["t"])) for r in taken[R_MISSING]]
        self._visited(taken[R_VISIT], taken[R_PLACED])
        if len(taken[R_PLACED]):
            self._placed(taken[R_PLACED])
        if len(taken[R_LOST]):
            self._lost(taken[R_LOST])
        if len(taken[R_STATE]):
            self._stated(taken[R_STATE])
        self._tool_stops(taken[R_TOOL_STOP])
        campaigns(self._facts, self._writer, taken[R_CAMPAIGN])
        rows.count[:] = 0
        return len(taken[R_VISIT])

    def passed(self, line_us: int) -> None:
        """Raise the alarms that have lasted for their delay when line time has come to `line_us`."""
        for change in self.alarms.due(line_us):
            self._writer.event(change.kind, change.line_us, change.body)
        for kind, at_us, body in self._values.faults.due(line_us):
            self._writer.event(kind, at_us, body)

    # ---- things

    def _made(self, rows: NDArray[np.void]) -> None:
        kinds = rows["item"] >> KIND_SHIFT
        webs = []
        for kind in np.unique(kinds).tolist():
            facts = self._facts.kinds[kind]
            mine = rows[kinds == kind]
            if facts.rank is Rank.UNIT:
                self._things.seen(kind, int((mine["item"] & SERIAL_MASK).max()))
                continue
            if facts.rank is Rank.WEB:
                webs.append(mine)
            count = len(mine)
            self._writer.put(
                "thing",
                {
                    "key": mine["item"], "id": [f"{facts.prefix}-{serial}" for serial in (mine["item"] & SERIAL_MASK).tolist()],
                    "kind": [self._writer.key("kind", facts.rank)] * count, "material": [self._writer.key("material", facts.material)] * count,
                    "made_us": self._keys.us(mine["t"]), "amount": mine["amount"], "machine": self._keys.machines(mine),
                },
            )  # fmt: skip
        if webs:
            made = np.concatenate(webs)
            self._webs.made(made[np.argsort(made["t"], kind="stable")])

    def _mounted(self, rows: NDArray[np.void]) -> None:
        for kind in np.unique(rows["lot"] >> KIND_SHIFT).tolist():
            if self._facts.kinds[kind].is_bought:
                self._things.seen(kind, int((rows["lot"][rows["lot"] >> KIND_SHIFT == kind] & SERIAL_MASK).max()))
        machines, inputs = self._keys.machines(rows), self._keys.inputs(rows)
        self._writer.append("mount", {"machine": machines, "input": inputs, "lot": rows["lot"], "from_us": self._keys.us(rows["t"])})

    def _consumed(self, rows: NDArray[np.void]) -> None:
        slots = self._keys.slots(rows)
        charging = self._keys.is_charge[slots]
        if charging.any():
            self._webs.charged(rows[charging])
        mine, slots = rows[~charging], slots[~charging]
        if len(mine) == 0:
            return
        roles = self._keys.roles(mine, slots)
        webs = mine["lot"] | self._keys.frames[slots] << FRAME_SHIFT
        self._writer.append("consume", {"web": webs, "lo_mm": mine["lo"], "hi_mm": mine["hi"], "unit": mine["item"], "role": roles})

    def _placed(self, rows: NDArray[np.void]) -> None:
        is_off = rows["off"] == 1
        for kind in np.unique(rows["carrier"] >> KIND_SHIFT).tolist():
            self._things.seen(kind, int((rows["carrier"][rows["carrier"] >> KIND_SHIFT == kind] & SERIAL_MASK).max()))
        on, off = rows[~is_off], rows[is_off]
        if len(on):
            self._writer.append(
                "placed", {"unit": on["item"], "carrier": on["carrier"], "place": on["place"], "from_us": self._keys.us(on["t"])}
            )
        if len(off):
            before = (off["item"] & SERIAL_MASK) < self._keys.first_serial[off["item"] >> KIND_SHIFT]
            old, new = off[before], off[~before]
            if len(old):
                self._writer.append(
                    "placed", {"unit": old["item"], "carrier": old["carrier"], "place": old["place"], "to_us": self._keys.us(old["t"])}
                )
            if len(new):
                self._writer.take_off(new["item"], new["carrier"], self._keys.us(new["t"]))

    def _lost(self, rows: NDArray[np.void]) -> None:
        frames = self._keys.frames[self._keys.slots(rows)]
        self._writer.append(
            "lost",
            {
                "lot": rows["lot"] | frames << FRAME_SHIFT, "lo_mm": rows["lo"], "hi_mm": rows["hi"], "machine": self._keys.machines(rows),
                "time_us": self._keys.us(rows["t"]), "why": [LOST_WHY[w] for w in rows["why"].tolist()],
            },
        )  # fmt: skip

    # ---- visits

    def _visited(self, rows: NDArray[np.void], placed: NDArray[np.void]) -> None:
        on = placed[placed["off"] == 0]
        count = len(rows)
        values: list[bytes | None] = [None] * count
        layouts: list[int | None] = [None] * count
        taken = 0
        if count:
            late = (rows["verdict"] == VERDICT_LATE) | ((rows["verdict"] == VERDICT_REWORK) & (rows["n"] == 0))
            measuring = np.flatnonzero(self._keys.measures[rows["station"]] & ~late)
            stations = rows["station"][measuring]
            for number in np.unique(stations).tolist():
                station = self._facts.stations[number]
                which = measuring[stations == number]
                if station.holds:
                    continue
                for i, data in zip(which.tolist(), self._values_of(number, station, rows[which]), strict=True):
                    values[i], layouts[i] = data, number + 1
            for i in measuring[self._keys.of_carriers[stations]].tolist():
                row = rows[i]
                reached = int(np.searchsorted(on["t"], row["leave"], side="left"))
                if reached > taken:
                    self._trays.put_on(on[taken:reached])
                    taken = reached
                station = self._facts.stations[row["station"]]
                held = self._trays.on(int(row["item"]))
                missing = self._missing_of(row)
                drawn = self._values.of_carrier(station, held, missing, int(row["done"]))
                if station.of_items:
                    values[i], layouts[i] = whole_numbers(drawn, self._resolutions[row["station"]]).tobytes(), int(row["station"]) + 1
                self._curves.visit(row, held, drawn, missing)
        if len(on) > taken:
            self._trays.put_on(on[taken:])
        self._curves.flush()
        if not count:
            return
        self._webs.passed(rows[self._keys.changes_webs[rows["station"]]])
        fields = (("in_us", "arrive"), ("start_us", "start"), ("done_us", "done"), ("out_us", "leave"))
        times = {name: self._keys.us(rows[field]) for name, field in fields}
        parts = (((rows["arrive"] % 1000 << 10 | rows["start"] % 1000) << 10 | rows["done"] % 1000) << 10) | rows["leave"] % 1000
        grades = self._keys.grades[rows["station"], rows["grade"]]
        self._writer.append(
            "visit",
            {
                "unit": rows["item"], "step": self._keys.step[rows["station"]], "machine": self._keys.machines(rows),
                "tool": none_below_zero(rows["tool"]), **times, "ns": parts, "verdict": rows["verdict"], "grade": none_below_zero(grades),
                "layout": layouts, "vals": values,
            },
        )  # fmt: skip

    def _values_of(self, number: int, station: StationFacts, rows: NDArray[np.void]) -> list[bytes]:
        given = self._given.pop(number, None)
        if given is None:
            return self._values.of_units(station, rows["item"], rows["n"], rows["again"], rows["done"])
        records = np.concatenate(given)
        records = records[np.argsort(records["n"], kind="stable")]
        at = np.minimum(np.searchsorted(records["n"], rows["n"]), len(records) - 1)
        found = records["n"][at] == rows["n"]
        measured = np.full((len(rows), 4), np.nan)
        for i in range(4):
            use = found & (records["values"][at] > i)
            measured[use, i] = records[f"v{i}"][at][use]
        later = records[~np.isin(records["n"], rows["n"]) & (records["n"] > rows["n"].max() - GIVEN_BACK)]
        if len(later):
            self._given[number] = [later]
        return self._values.given(station, rows["item"], rows["n"], measured, rows["again"], rows["done"])

    def _missing_of(self, row: np.void) -> list[int]:
        """Return the places without a value in a visit, and forget them."""
        station, machine = int(row["station"]), int(row["machine"])
        mine = [m for m in self._missing if m[0] == station and m[1] == machine and row["start"] <= m[3] <= row["done"]]
        if mine:
            self._missing = [m for m in self._missing if m not in mine]
        return sorted({m[2] for m in mine})

    # ---- states

    def _stated(self, rows: NDArray[np.void]) -> None:
        us = self._keys.us(rows["t"])
        reasons = self._keys.reasons[rows["reason"]]
        self._writer.append(
            "state",
            {
                "machine": self._keys.machines(rows), "from_us": us, "state": self._keys.states[rows["state"]],
                "reason": none_below_zero(reasons), "ns": rows["t"] % 1000,
            },
        )  # fmt: skip
        for row, line_us in zip(rows, us.tolist(), strict=True):
            reason = self._facts.reasons[row["reason"]] if row["reason"] >= 0 else None
            station = self._facts.stations[row["station"]]
            changes = self.alarms.state(station.path, int(row["machine"]) + 1, line_us, is_fault=bool(row["state"] == HELD), reason=reason)
            for change in changes:
                self._writer.event(change.kind, change.line_us, change.body)

    def _tool_stops(self, rows: NDArray[np.void]) -> None:
        for row in rows:
            body = {
                "station": self._facts.stations[row["station"]].path, "machine": int(row["machine"]) + 1, "tool": int(row["tool"]) + 1,
                "reason": self._facts.reasons[row["reason"]] if row["reason"] >= 0 else None,
            }  # fmt: skip
            self._writer.event("tool.out" if row["out"] else "tool.back", self._facts.begin_us + int(row["t"]) // 1000, body)


def campaigns(facts: LineFacts, writer: RunWriter, rows: NDArray[np.void]) -> None:
    """Write from which item on the things of a kind are for which order: with the next such event of the kind, the order of every item."""
    for row in rows:
        kind, serial = facts.kinds[int(row["item"]) >> KIND_SHIFT], int(row["item"]) & SERIAL_MASK
        order = order_id(int(row["order"]) + 1) if row["order"] >= 0 else None
        body = {
            "order": order, "material": kind.material, "first": f"{kind.prefix}-{serial}", "key": int(row["item"]),
            "station": facts.stations[row["station"]].path,
        }  # fmt: skip
        writer.event("order.items", facts.begin_us + int(row["t"]) // 1000, body)


def plain(records: NDArray[Any], count: int) -> NDArray[np.void]:
    """Return the first rows of a buffer as a plain structured array that shares its memory."""
    array = np.asarray(records)[:count]
    return array.view(np.ndarray).view(np.dtype(array.dtype.descr))
