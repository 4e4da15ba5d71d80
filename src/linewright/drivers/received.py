"""What a driver has from its machines until the run takes it: records that the machine numbered, and samples. Any driver may use both."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from linewright.drivers.driver import DriverError, Rows, Samples
from linewright.kernels.exchange_rows import RECORD

__all__ = ["ReceivedRecords", "ReceivedSamples"]


class ReceivedRecords:
    """Records with the machine's own numbers, kept until they are acknowledged; `Outbox` numbers them itself.

    A number that has come already is dropped: a machine may say again after each connect what was not acknowledged. Times do not fall: a record
    whose clock is behind that of the one before gets that one's time.

    Examples
    --------
    >>> said = np.zeros(3, RECORD)
    >>> said["seq"], said["t"] = [41, 42, 43], [5, 4, 9]
    >>> records = ReceivedRecords()
    >>> records.put(said[:2])
    >>> records.put(said)
    >>> records.take(5)[["seq", "t"]].tolist()
    [(41, 5), (42, 5)]
    >>> records.acknowledge(41)
    >>> records.rewind()
    >>> records.take(9)["seq"].tolist()
    [42, 43]
    """

    def __init__(self) -> None:
        self._rows: Rows = np.zeros(0, RECORD)
        self._handed = 0
        self._newest = self._ever_handed = self._acknowledged = 0

    @property
    def newest(self) -> int:
        """Return the number of the newest record that has come; 0 where none has."""
        return self._newest

    @property
    def acknowledged(self) -> int:
        """Return the number of the last acknowledged record; 0 where none is."""
        return self._acknowledged

    def put(self, rows: Rows) -> None:
        """Add records in order of their numbers; those that are there, or were acknowledged, are dropped."""
        rows = rows[rows["seq"] > self._newest].copy()
        if len(rows) == 0:
            return
        least = int(self._rows["t"][-1]) if len(self._rows) else int(rows["t"][0])
        rows["t"] = np.maximum(np.maximum.accumulate(rows["t"]), least)
        self._newest = int(rows["seq"][-1])
        self._rows = np.concatenate([self._rows, rows])

    def take(self, until_ns: int) -> Rows:
        """Return the records up to and including a time that were not yet handed out."""
        end = int(np.searchsorted(self._rows["t"], until_ns, side="right"))
        rows = self._rows[self._handed : max(end, self._handed)].copy()
        if len(rows):
            self._handed += len(rows)
            self._ever_handed = max(self._ever_handed, int(rows["seq"][-1]))
        return rows

    def rewind(self) -> None:
        """Hand out again, from the next `take` on, what was not acknowledged."""
        self._handed = 0

    def acknowledge(self, seq: int) -> None:
        """Forget the records up to and including a number.

        Raises
        ------
        DriverError
            It was never handed out.
        """
        if seq > self._ever_handed:
            raise DriverError(f"Record {seq} cannot be acknowledged: it was not handed out yet; the newest that was is {self._ever_handed}.")
        gone = int(np.searchsorted(self._rows["seq"], seq, side="right"))
        self._rows = self._rows[gone:]
        self._handed = max(0, self._handed - gone)
        self._acknowledged = max(self._acknowledged, seq)


class ReceivedSamples:
    """The newest samples of each signal; any thread may ask.

    Parameters
    ----------
    tags
        The signals there are.
    most
        So many samples are kept of each; the run writes them to the ledger every few seconds.

    Examples
    --------
    >>> samples = ReceivedSamples(("oven/1/heat",))
    >>> for t, value in [(10, 333.0), (20, 334.0), (20, 335.0)]:
    ...     samples.put("oven/1/heat", t, value)
    >>> samples.between(("oven/1/heat",), 10, 30)["oven/1/heat"].values.tolist()
    [334.0]
    """

    def __init__(self, tags: Sequence[str], most: int = 10_000) -> None:
        self._kept: Mapping[str, tuple[list[int], list[float]]] = {tag: ([], []) for tag in tags}
        self._most = most
        self._lock = threading.Lock()

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the signals there are."""
        return tuple(self._kept)

    def put(self, tag: str, t_ns: int, value: float) -> None:
        """Add a sample [line time ns, SI]. One that is not later than the one before is dropped. Raises DriverError for an unknown signal."""
        self._refuse((tag,))
        with self._lock:
            times, values = self._kept[tag]
            if times and t_ns <= times[-1]:
                return
            times.append(t_ns)
            values.append(value)
            if len(times) > self._most:
                del times[: self._most // 2], values[: self._most // 2]

    def between(self, tags: Sequence[str], since_ns: int, until_ns: int) -> dict[str, Samples]:
        """Return the samples with `since_ns` < t <= `until_ns`. Raises DriverError, naming each signal that is not known."""
        self._refuse(tags)
        found = {}
        for tag in tags:
            with self._lock:
                times: NDArray[np.int64] = np.array(self._kept[tag][0], np.int64)
                values: NDArray[np.float64] = np.array(self._kept[tag][1], np.float64)
            first, last = np.searchsorted(times, [since_ns, until_ns], side="right")
            found[tag] = Samples(times[first:last], values[first:last])
        return found

    def _refuse(self, tags: Sequence[str]) -> None:
        unknown = [tag for tag in tags if tag not in self._kept]
        if unknown:
            raise DriverError(f"There is no signal {', '.join(unknown)} here.")
