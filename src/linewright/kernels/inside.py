"""What is inside a station at one moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.state import OUT, WORK, State
from linewright.kernels.table import BATCH, FLEET, LOADER, STORE, UNLOADER, UTILITY, Table

__all__ = ["arrivals_inside"]


def arrivals_inside(table: Table, state: State, number: int) -> NDArray[np.int64]:
    """Return when the items that are in a station's queue or machines now arrived there.

    With the sum of leave - arrive over the visits that have ended (``stay_s``, ``stay_ns`` of the state) this is the work in progress: the sum of
    ``now - arrive`` over these items is what the state's sum does not hold yet.

    Parameters
    ----------
    table, state
        The line.
    number
        Of the station.

    Returns
    -------
    int64 (n,), ns; before 0 for opening stock.
    """
    station = table.stations[number]
    found = []
    if station.pass_queue >= 0:
        queue, ring = table.queues[station.pass_queue], state.queues[station.pass_queue]
        at = int(queue.ring0) + (int(ring.head) + np.arange(int(ring.count))) % int(queue.room)
        found.append(state.ring["arrive"][at])
    first, size = int(station.machine0), int(station.size)
    rows = state.machines[first : first + int(station.count)]
    if station.flow == STORE:
        found.append(state.bins["arrive"][int(station.bin0) + (int(rows["head"][0]) + np.arange(int(rows["on"][0]))) % size])
    elif station.flow == BATCH:
        for m in range(int(station.count)):
            base = int(station.bin0) + m * size
            found.append(state.bins["arrive"][base + int(rows["out"][m]) : base + int(rows["on"][m])])
    elif station.flow == UNLOADER:
        found += [np.full(int(row["on"] - row["out"]), row["arrive"]) for row in rows if row["tray"] >= 0]
    elif station.flow not in (UTILITY, FLEET):
        held = rows["phase"] == WORK if station.flow == LOADER else (rows["phase"] == WORK) | (rows["phase"] == OUT)
        found.append(rows["arrive"][held])
    return np.concatenate(found) if found else np.zeros(0, np.int64)
