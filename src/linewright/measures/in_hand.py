"""Work in hand: how much of the items that a station works on now is done already.

A station that needs a day for a batch ends none in most hours. What it has done of those in hand counts all the same: otherwise the hour in which a
batch ends is credited with the work of the whole day.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.state import WORK, State
from linewright.kernels.table import BATCH, FLEET, STORE, UTILITY, Table

__all__ = ["items_in_hand"]


def items_in_hand(table: Table, state: State) -> NDArray[np.float64]:
    """Return for each station the items in work, each counted by the share of its mean time that is over; float64 (stations,).

    Parameters
    ----------
    table, state
        The line. Of a machine that failed in its work the time of the repair counts as if it worked, up to the whole item.
    """
    now = int(state.head[0]["now"])
    count = len(table.machines)
    rows, stations = state.machines[:count], np.asarray(table.machines["station"], np.int64)
    flow = np.asarray(table.stations["flow"], np.int64)[stations]
    mean_ns = np.asarray(table.laws["mean"])[np.asarray(table.stations["law"], np.int64)][stations] * 1e9
    at_work = np.flatnonzero((np.asarray(rows["phase"]) == WORK) & (mean_ns > 0) & ~np.isin(flow, (STORE, UTILITY, FLEET)))
    share = np.clip((now - np.asarray(rows["start"], np.int64)[at_work]) / mean_ns[at_work], 0.0, 1.0)
    batch = np.asarray(rows["on"], np.int64)[at_work] - np.asarray(rows["out"], np.int64)[at_work]
    items = np.where(flow[at_work] == BATCH, batch, 1)
    found = np.zeros(len(table.stations))
    np.add.at(found, stations[at_work], share * items)
    return found
