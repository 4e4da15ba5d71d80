"""Rows that the line kernel writes: what happened, in plain records.

The calendar fills one buffer of each kind and returns when one is nearly full; whoever called it (twin or live) hands the rows to the recorder and
calls again. Times are int64 nanoseconds from the run's begin, lengths int64 millimetres. A thing is an int64 key:
``kind << 40 | serial`` with the kind's number (`Compiled.kinds`: one for each chain's item, bought lot and carrier) and serials from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from linewright.kernels.bundle import Bundle
from linewright.kernels.records import Records, as_records

KIND_SHIFT = 40
SERIAL_MASK = (1 << KIND_SHIFT) - 1

#: One visit of one item (a carrier between `loads` and `unloads`) at one station, written when it leaves the machine (or when its place is empty).
VISIT = np.dtype(
    [
        ("item", "i8"),
        ("n", "i8"),  # the station's n-th start: the key of its time and scrap
        ("arrive", "i8"),  # it reached the queue
        ("start", "i8"),  # work began
        ("done", "i8"),  # work ended
        ("leave", "i8"),  # it left the machine; done..leave is blocking
        ("station", "i4"),
        ("machine", "i4"),  # 0-based within the station
        ("tool", "i4"),  # 0-based; -1 without tools
        ("verdict", "i1"),  # VERDICT_*
        ("grade", "i1"),  # index into the station's grades; -1 none
        ("again", "i8"),  # what the key counts of its passes through gates (`Check.again`); 0 where it came by here for the first time
    ]
)

VERDICT_PASS = 0
VERDICT_SCRAP = 1  # by chance (`scrap`)
VERDICT_REJECT = 2  # refused by a gate, outside a window
VERDICT_FALSE_REJECT = 3  # refused by a gate though inside
VERDICT_MISSED = 4  # let through though outside
VERDICT_LATE = 5  # later than `within`
VERDICT_CHANCE = 6  # refused by a gate that works by chance
VERDICT_REWORK = 7  # refused by a gate, and sent to the station that mends it
VERDICT_LOST = 8  # found no place when it arrived

#: A piece of a lot or web used up by an item: lo/hi in mm of that lot (0, 0 where it has no length).
CONSUME = np.dtype(
    [("item", "i8"), ("lot", "i8"), ("t", "i8"), ("lo", "i8"), ("hi", "i8"), ("station", "i4"), ("machine", "i4"), ("slot", "i4")]
)

#: A lot put on an input of a machine (coil, can magazine, electrolyte); it stays until the next one on the same input.
MOUNT = np.dtype([("lot", "i8"), ("t", "i8"), ("station", "i4"), ("machine", "i4"), ("slot", "i4")])

#: A thing made (batch, coil, strip, item): `amount` is mm of web, or mL or g of a batch, or 1; `parent` the thing it is cut from (lanes).
MADE = np.dtype([("item", "i8"), ("parent", "i8"), ("t", "i8"), ("amount", "i8"), ("station", "i4"), ("machine", "i4"), ("lane", "i4")])

#: An item put on a place of a carrier (place from 0), or taken off (`off` = 1).
PLACED = np.dtype([("item", "i8"), ("carrier", "i8"), ("t", "i8"), ("place", "i4"), ("station", "i4"), ("off", "i1")])

#: A change of a machine's state: state is a PackML number of `STATES`, reason an index into the table's reasons (-1 none).
STATE = np.dtype([("t", "i8"), ("station", "i4"), ("machine", "i4"), ("state", "i4"), ("reason", "i4")])

#: The 17 PackML states by name; the index is ours (numbers differ between the published specifications).
STATES = (
    "Stopped", "Starting", "Idle", "Suspended", "Execute", "Stopping", "Aborting", "Aborted", "Holding", "Held", "Unholding", "Suspending",
    "Unsuspending", "Resetting", "Completing", "Complete", "Clearing",
)  # fmt: skip
STOPPED, STARTING, IDLE, SUSPENDED, EXECUTE = 0, 1, 2, 3, 4
ABORTED, HELD = 7, 9

#: Of a lot that is thrown away: the rest of a coil at a change, a batch over its shelf life. lo/hi as in CONSUME.
LOST = np.dtype([("lot", "i8"), ("t", "i8"), ("lo", "i8"), ("hi", "i8"), ("station", "i4"), ("machine", "i4"), ("slot", "i4"), ("why", "i4")])
LOST_REST, LOST_OLD, LOST_SPLICE, LOST_BROKEN = range(4)

#: A unit that gets no value at a station, since its tool is out; `place` on its carrier.
MISSING = np.dtype([("item", "i8"), ("t", "i8"), ("station", "i4"), ("machine", "i4"), ("place", "i4"), ("pad", "i4")])

#: One tool goes out (`out` = 1) or comes back (0); reason as in STATE.
TOOL_STOP = np.dtype([("t", "i8"), ("station", "i4"), ("machine", "i4"), ("tool", "i4"), ("reason", "i4"), ("out", "i4"), ("pad", "i4")])

#: What a fault has left on a thing, told anew whenever that changes. Of a unit: the share `s0` of the fault that acts on it from `t` on, lo = hi = 0.
#: Of a lot, all rows of one moment and station together say how it is behind that station: the fault acts on lo..hi (mm, mL, g), rising evenly from
#: `s0` to `s1`, on one lane (-1: on all); a fault of -1 says that nothing is left.
FAULTED = np.dtype(
    [("thing", "i8"), ("t", "i8"), ("lo", "i8"), ("hi", "i8"), ("s0", "f8"), ("s1", "f8"), ("fault", "i4"), ("lane", "i4"), ("station", "i4"),
     ("pad", "i4")]
)  # fmt: skip

#: How many times as long the buffer of FAULTED rows is.
FAULTED_ROOM = 4

#: From this item on the things of its kind are for another order (-1: for none), in the order of their serials; `station` makes them.
CAMPAIGN = np.dtype([("item", "i8"), ("t", "i8"), ("order", "i4"), ("station", "i4")])

KINDS_OF_ROWS = 11
R_VISIT, R_CONSUME, R_MOUNT, R_MADE, R_PLACED, R_STATE, R_LOST, R_MISSING, R_TOOL_STOP, R_FAULTED, R_CAMPAIGN = range(KINDS_OF_ROWS)


class Rows(Bundle):
    """Buffers of rows; ``count[R_*]`` of each are filled. Whoever takes them sets the counts to 0."""

    visit: Records
    consume: Records
    mount: Records
    made: Records
    placed: Records
    state: Records
    lost: Records
    missing: Records
    tool_stop: Records
    faulted: Records
    campaign: Records
    count: np.ndarray  # (`KINDS_OF_ROWS`,)

    _dtypes: ClassVar[Mapping[str, np.dtype]] = {
        "visit": VISIT, "consume": CONSUME, "mount": MOUNT, "made": MADE, "placed": PLACED, "state": STATE, "lost": LOST, "missing": MISSING,
        "tool_stop": TOOL_STOP, "faulted": FAULTED, "campaign": CAMPAIGN, "count": np.dtype("i8"),
    }  # fmt: skip
    _fields = tuple(_dtypes)


def new_rows(room: int = 65536) -> Rows:
    """Return empty buffers of `room` rows each."""
    kinds = (VISIT, CONSUME, MOUNT, MADE, PLACED, STATE, LOST, MISSING, TOOL_STOP, FAULTED, CAMPAIGN)
    rooms = [room if kind is not FAULTED else FAULTED_ROOM * room for kind in kinds]  # one start may touch all units of many carriers
    return Rows(*[as_records(np.zeros(n, kind)) for n, kind in zip(rooms, kinds, strict=True)], np.zeros(KINDS_OF_ROWS, np.int64))
