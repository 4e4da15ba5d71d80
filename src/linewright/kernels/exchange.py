"""What machines report, on its way into the line: the inbox, in the order in which its records will happen (`exchange_rows.RECORD`)."""

from __future__ import annotations

from linewright.kernels.compiled import kernel
from linewright.kernels.exchange_rows import FAILED, REPAIRED
from linewright.kernels.state import INBOX


@kernel
def record_source(t, record):
    """Return the number of the source whose place a record takes."""
    station = t.stations[record.station]
    if record.what in (FAILED, REPAIRED) and record.tool >= 0:
        return t.toolmodes[record.slot].source
    return station.source0 + record.machine


@kernel
def record_rank(record):
    """Return the order of records of one machine at one moment."""
    return 2 if record.what == FAILED else (1 if record.what == REPAIRED else 0)


@kernel
def inject(t, s, record):
    """Take in what a machine reports, to happen at its own time, or now where that is past. Returns False where the inbox is full."""
    head = s.head[0]
    if head.inbox >= INBOX:
        return False
    at = max(record.t, head.now)
    source = record_source(t, record)
    i = head.inbox
    head.inbox += 1
    while i > 0:
        before = s.inbox[i - 1]
        other = record_source(t, before)
        if before.t < at or (before.t == at and (other < source or (other == source and record_rank(before) <= record_rank(record)))):
            break
        s.inbox[i] = before
        i -= 1
    s.inbox[i] = record
    s.inbox[i].t = at
    return True
