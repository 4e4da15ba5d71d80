"""`Outbox`: what a driver has to say, kept until it was acknowledged. Any driver may use it; the emulated one does."""

from __future__ import annotations

import numpy as np

from linewright.drivers.driver import DriverError, Rows
from linewright.kernels.exchange_rows import RECORD

__all__ = ["Outbox"]


class Outbox:
    """Records in order of their numbers, of which the first are acknowledged and gone, and the last not yet handed out.

    Parameters
    ----------
    first_seq
        Number of the first record that will be put in.

    Examples
    --------
    >>> box = Outbox()
    >>> rows = np.zeros(3, RECORD)
    >>> rows["t"] = [5, 6, 9]
    >>> box.put(rows)
    >>> box.take(6)["seq"].tolist(), box.take(6)["seq"].tolist()
    ([1, 2], [])
    >>> box.acknowledge(1)
    >>> box.rewind()
    >>> box.take(9)["seq"].tolist()
    [2, 3]
    """

    def __init__(self, first_seq: int = 1) -> None:
        self._rows: Rows = np.zeros(0, RECORD)
        self._handed = 0  # how many of `_rows` were handed out since the last `rewind`
        self._newest = first_seq - 1  # the highest number that was ever handed out
        self._next_seq = first_seq
        self._acknowledged = first_seq - 1

    @property
    def acknowledged(self) -> int:
        """Return the number of the last acknowledged record."""
        return self._acknowledged

    @property
    def next_seq(self) -> int:
        """Return the number that the next record will get."""
        return self._next_seq

    def put(self, rows: Rows) -> None:
        """Add records, in order of time; they get their numbers here."""
        rows = rows.copy()
        rows["seq"] = np.arange(self._next_seq, self._next_seq + len(rows))
        self._next_seq += len(rows)
        self._rows = np.concatenate([self._rows, rows])

    def take(self, until_ns: int) -> Rows:
        """Return the records up to and including a time that were not yet handed out."""
        end = int(np.searchsorted(self._rows["t"], until_ns, side="right"))
        rows = self._rows[self._handed : max(end, self._handed)].copy()
        self._handed += len(rows)
        self._newest = max(self._newest, self._acknowledged + self._handed)
        return rows

    def rewind(self) -> None:
        """Hand out again, from the next `take` on, what was not acknowledged."""
        self._handed = 0

    def acknowledge(self, seq: int) -> None:
        """Forget the records up to and including a number. Raises DriverError beyond what was ever handed out."""
        if seq > self._newest:
            raise DriverError(f"Record {seq} cannot be acknowledged: it was not handed out yet; the newest that was is {self._newest}.")
        gone = max(0, seq - self._acknowledged)
        self._rows = self._rows[gone:]
        self._handed = max(0, self._handed - gone)
        self._acknowledged += gone

    def next_time(self) -> int | None:
        """Return the time of the first record that was not handed out; None where there is none."""
        return int(self._rows["t"][self._handed]) if self._handed < len(self._rows) else None
