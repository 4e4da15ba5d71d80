"""The line and its emulated machines in one loop: commands out, records in, as between a run and any driver, without a detour through Python.

It does what `live/floor.py` does with a driver, message by message: let the line go on to the next record's time, hand over its commands, take
the records of that moment, put them in, and so on. Both write the same rows, which a test compares.
"""

from __future__ import annotations

from linewright.kernels.calendar import ROWS, advance
from linewright.kernels.compiled import kernel
from linewright.kernels.emulated import C_COMMANDS, C_RECORDS, C_WORKED, WORKED_ROOM, first_time, obey, report
from linewright.kernels.exchange import inject

#: Room that is left free in the lists of commands and records before the loop returns: most that one instant may add.
MARGIN = 8192


@kernel
def drive(t, s, r, p, e, until):
    """Let the line and its machines go on.

    Parameters
    ----------
    t, s, r
        Station table, state of the line, buffers of rows.
    p, e
        Emulated machines: `new_plant`, `new_emulated`.
    until
        All that happens before this time happens.

    Returns
    -------
    int
        `ROWS` where a buffer (or the list of commands or records) is nearly full: flush, and call again. Else `UNTIL`.
    """
    most = e.commands.shape[0] - MARGIN
    while True:
        at = first_time(e)
        horizon = min(at, until)
        reason = advance(t, s, r, horizon)
        sent = s.head[0].outbox
        for i in range(sent):
            command = s.outbox[i]
            log = e.commands[e.count[C_COMMANDS]]
            log.seq, log.t, log.item, log.again, log.n, log.amount = command.seq, command.t, command.item, command.again, command.n, command.amount
            log.station, log.machine, log.slot = command.station, command.machine, command.slot
            log.revision, log.crew, log.what, log.product = command.revision, command.crew, command.what, command.product
            log.d0, log.d1, log.d2, log.d3 = command.d0, command.d1, command.d2, command.d3
            log.w0, log.w1, log.w2, log.w3 = command.w0, command.w1, command.w2, command.w3
            e.count[C_COMMANDS] += 1
            obey(t, p, e, command)
        s.head[0].outbox = 0
        if reason == ROWS or e.count[C_COMMANDS] > most or e.count[C_RECORDS] > most or e.count[C_WORKED] > WORKED_ROOM - MARGIN:
            return ROWS
        if sent > 0:
            continue
        if at >= until:
            return reason
        while first_time(e) == at:
            record = e.records[e.count[C_RECORDS]]
            if report(t, p, e, record):
                inject(t, s, record)
                e.count[C_RECORDS] += 1
