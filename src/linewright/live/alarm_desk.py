"""The alarms of a run as an operator acknowledges them: read from the ledger when they are asked for, so that nothing grows in between."""

from __future__ import annotations

from linewright.control.alarms import Alarm, AlarmFold
from linewright.ledger.reader import RunReader
from linewright.ledger.records import Event

__all__ = ["AlarmDesk"]

_AT_ONCE = 10_000


class AlarmDesk:
    """Alarms by their keys.

    Parameters
    ----------
    reader
        Of the run that is written.
    """

    def __init__(self, reader: RunReader) -> None:
        self._reader = reader
        self._fold = AlarmFold()
        self._read = 0

    def find(self, key: object) -> Alarm | None:
        """Return an alarm that has been committed; None where there is none of that key."""
        while True:
            events = self._reader.events_since(self._read, "alarm.", _AT_ONCE)
            for event in events:
                self._fold.apply(event)
                self._read = event.seq
            if len(events) < _AT_ONCE:
                break
        return self._fold.alarms.get(key) if isinstance(key, int) else None

    def apply(self, event: Event) -> None:
        """Take an event that is not committed yet; read again later, it changes nothing."""
        self._fold.apply(event)
