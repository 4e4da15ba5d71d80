"""The rows of a station table for injected faults: where and when they act, what they do to each value, room for their traces."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from linewright.control.flows import Passing, lanes_of
from linewright.kernels import state as st
from linewright.kernels import table as tb
from linewright.model.errors import NotYetError
from linewright.model.plant import Fault
from linewright.model.station import Measure

if TYPE_CHECKING:
    from linewright.control.compile_rows import Draft

__all__ = ["effects_of", "fault_rows", "station_fields", "traces_needed", "web_machines"]

Row = dict[str, Any]
#: Traces that a lot may have of one fault, at most, between two looks at the oldest.
TRACES_OF_A_LOT = 8


def fault_rows(d: Draft) -> None:
    """Add the faults of a plant, those of one station behind each other; each value that one of them changes gets a channel."""
    by_station = sorted((d.flow.of(fault.station).number, number) for number, fault in enumerate(d.plant.faults))
    d.fault_order = [number for _, number in by_station]
    for station, number in by_station:
        d.faults.append(_fault_row(d.flow.stations[station], d.plant.faults[number], number))
    for fault in d.plant.faults:
        for effect in fault.effects:
            d.channels.setdefault((effect.station, effect.characteristic), len(d.channels))
    lossy = [p.segment.path for p in d.flow.stations if p.segment.web is not None and p.segment.web.loss > 0.0]
    if d.faults and lossy:
        raise NotYetError([(f"stations.{path}.web.loss", "together with `faults`") for path in lossy])


def _fault_row(p: Passing, fault: Fault, number: int) -> Row:
    s = p.segment
    tools = [name for name, _ in s.tools]
    if fault.tool is not None and fault.tool != tools[0]:
        raise NotYetError([(f"faults.{number + 1}.tool", f"a tool that is not the first of its station (`{tools[0]}`)")])
    is_web = is_lot(p) and p.leave_mm > 0 and s.batch is None and s.places is None
    if is_web and fault.period_s:
        raise NotYetError([(f"faults.{number + 1}", "a fault that comes and goes, along a web")])
    lanes = s.tools[0][1] if fault.tool is not None else 1
    begin = nanoseconds(fault.at_s)
    end = st.NEVER if fault.for_s is None else begin + nanoseconds(fault.for_s)
    return {
        "station": p.number,
        "machine": -1 if fault.machine is None else fault.machine - 1,
        "tool": -1 if fault.tool_number is None else fault.tool_number - 1,
        "begin": begin, "end": int(end), "over": nanoseconds(fault.over_s), "period": nanoseconds(fault.period_s), "part": 1.0 / lanes,
    }  # fmt: skip


def nanoseconds(seconds: float | None) -> int:
    """Return a time in whole ns; 0 for None."""
    return 0 if seconds is None else math.floor(seconds * 1e9 + 0.5)


def is_lot(p: Passing) -> bool:
    """Tell whether webs or batches pass a station."""
    return not p.carried and p.segment.loads is None and p.segment.unloads is None and p.measure is not Measure.COUNT


def station_fields(d: Draft, p: Passing) -> Row:
    """Return what a station's row says of faults and of its webs' metres."""
    mine = [i for i, row in enumerate(d.faults) if row["station"] == p.number]
    row: Row = {"fault0": mine[0] if mine else 0, "faults": len(mine), "lot": int(is_lot(p)), "tray": p.carrier + 1 if p.carried else 0}
    web = p.segment.web
    if web is not None and p.enter_mm and p.leave_mm:
        stretch = 1.0 + web.elongation
        offset = 1000.0 * web.trim_start_m / stretch
        row |= {"map_a": p.enter_mm - offset, "map_b": -1.0 / stretch} if web.rewind else {"map_a": offset, "map_b": 1.0 / stretch}
    return row


def effects_of(d: Draft) -> np.ndarray:
    """Return what each fault adds to mean and spread of each channel, float64, in the order of the faults' rows."""
    effects = np.zeros((max(len(d.faults), 1), max(len(d.channels), 1), 2))
    for row, number in enumerate(d.fault_order):
        for effect in d.plant.faults[number].effects:
            effects[row, d.channels[effect.station, effect.characteristic]] = effect.mean, effect.spread
    return effects.reshape(-1)


def traces_needed(d: Draft, places: int) -> int:
    """Return room for the traces of all that the line can hold.

    Parameters
    ----------
    places
        How many units the line can hold.
    """
    if not d.faults:
        return 1
    rate = max((_rate(d, p) for p in d.flow.stations if p.begins and p.measure is Measure.COUNT), default=0.0)
    units = 0.0
    for row in d.faults:
        lasting = (row["end"] - row["begin"]) * 1e-9 if row["end"] < st.NEVER else math.inf
        units += min(float(places), rate * lasting * 1.5 + 4096.0) * row["part"]
    lots = sum(
        lanes_of(p.segment) * (int(d.stations[p.number]["count"]) * (1 + int(d.stations[p.number]["size"])) + (p.segment.buffer or 0) + 1)
        for p in d.flow.stations if is_lot(p)
    )  # fmt: skip
    return int(2.0 * units) + TRACES_OF_A_LOT * lots * len(d.faults) + 4096


def _rate(d: Draft, p: Passing) -> float:
    """Return how many items a second a station can begin, with a margin for what its law does."""
    law = d.laws[int(d.stations[p.number]["law"])]
    return 2.0 * p.segment.count / max(law.mean, 1e-3)


def web_machines(d: Draft) -> None:
    """Give the machines at which faults act along a web their rows of progress."""
    for machine in d.machines:
        row = d.stations[int(machine["station"])]
        if row.get("faults") and row["lot"] and row["enter"] and row["flow"] == tb.ITEM:
            machine["progress0"] = d.progress + 1
            d.progress += int(row["faults"])
