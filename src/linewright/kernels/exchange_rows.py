"""Rows between the line and its machines: commands go out, records come back.

The line's side (`calendar`) fills an outbox with commands and takes records by `inject`; the machine's side is a driver (`drivers/driver.py`).
A command says what a machine shall do from a time on; a record says what a machine did, at the machine's own time. Times are int64 nanoseconds
from the run's begin, as in `rows`. A machine is (station, 0-based machine); a utility is a station behind the last one, with one machine.

What answers what::

    START    -> DONE once; before it any number of FAILED (running clock), each answered by a REPAIR of the line and then REPAIRED
    REPAIR   -> REPAIRED         the people are there, mending begins
    CHANGE   -> CHANGED          a coil, a magazine: `slot` is the input
    SET_UP   -> HAS_SET_UP       the machine is changed over to another product
    MAINTAIN -> MAINTAINED       `slot` is which plan of the station
    HOLD     -> nothing          the work in hand stands still from `t` on (shift, utility, operator); RESUME lets it go on
    RESUME   -> nothing
    SET      -> SET_DONE         the recipe of that revision is set
    STOP     -> STOPPED          an operator's stop: at once, until CLEAR
    CLEAR    -> CLEARED          the machine may run again

Without a command come FAILED by the calendar's clock, and STOPPED or CLEARED by hand at the machine.
"""

from __future__ import annotations

import numpy as np

#: One order to one machine. `seq` rises by 1 through the run.
COMMAND = np.dtype(
    [
        ("seq", "i8"),
        ("t", "i8"),
        ("item", "i8"),  # the thing worked on; 0 where none
        ("again", "i8"),  # START: what the key of its values holds besides the serial; 0 where it came by for the first time
        ("n", "i8"),  # START: the station's n-th start; REPAIR: the machine's n-th failure of that mode; MAINTAIN: the n-th time
        ("amount", "i8"),  # START: mm of web, or items of a batch, else 1
        ("station", "i4"),
        ("machine", "i4"),
        ("slot", "i4"),  # CHANGE: input; REPAIR: failure mode; MAINTAIN: plan; else -1
        ("revision", "i4"),  # of the recipe that holds, 0 the line file's
        ("crew", "i4"),  # REPAIR, MAINTAIN: who does it, -1 nobody is needed
        ("what", "i4"),
        ("d0", "f8"),  # START: what faults add to the means of what is measured (as v0..v3 of a record) at this unit: for emulated machines
        ("d1", "f8"),
        ("d2", "f8"),
        ("d3", "f8"),
        ("w0", "f8"),  # and to the spreads
        ("w1", "f8"),
        ("w2", "f8"),
        ("w3", "f8"),
        ("product", "i8"),  # START: of the thing worked on; SET_UP: that the machine is changed over to; -1 where none is told apart
    ]
)

START, REPAIR, CHANGE, MAINTAIN, HOLD, RESUME, SET, STOP, CLEAR, SET_UP = range(1, 11)

#: The same by name, for logs, events and refusals; index is the number.
COMMANDS = ("", "start", "repair", "change", "maintain", "hold", "resume", "set", "stop", "clear", "set-up")

#: One thing that a machine reports. `seq` is the driver's own and rises by 1; a record is delivered again until it is acknowledged.
RECORD = np.dtype(
    [
        ("seq", "i8"),
        ("t", "i8"),
        ("item", "i8"),
        ("n", "i8"),  # as in the command it answers; FAILED: the machine's n-th failure of that mode
        ("station", "i4"),
        ("machine", "i4"),
        ("slot", "i4"),  # FAILED, REPAIRED: failure mode (of a tool: its row in `toolmodes`); CHANGED: input; MAINTAINED: plan; else -1
        ("tool", "i4"),  # DONE: which one worked; FAILED with `stops: tool`: which one is out; -1 none
        ("what", "i4"),
        ("verdict", "i2"),  # DONE: VERDICT_PASS or VERDICT_SCRAP as the machine itself judges
        ("values", "i2"),  # how many of v0..v3 are measured
        ("v0", "f8"),  # measures of the station in the order of the file, those that come one an item, SI
        ("v1", "f8"),
        ("v2", "f8"),
        ("v3", "f8"),
    ]
)

DONE, FAILED, REPAIRED, CHANGED, MAINTAINED, SET_DONE, STOPPED, CLEARED, HAS_SET_UP = range(1, 10)
RECORDS = ("", "done", "failed", "repaired", "changed", "maintained", "set-done", "stopped", "cleared", "has-set-up")

#: More measured values an item than this do not fit into a record; the recorder then takes the rest by key.
RECORD_VALUES = 4
