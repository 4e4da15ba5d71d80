"""Which run of a ledger holds a thing: the newest that does, where nobody named one."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from linewright.genealogy.spans import SPAN_TEXT
from linewright.genealogy.trace import NotFoundError, holds, near_ids, parts_of, recent
from linewright.ledger.errors import DamagedError, NewerError
from linewright.ledger.ledger import Ledger
from linewright.ledger.reader import RunReader

__all__ = ["newest_with_things", "run_with"]

#: Runs whose ids are compared with one that no run holds.
LOOKED_THROUGH = 10


def run_with(ledger: Ledger, asked: str) -> tuple[RunReader, tuple[str, ...]]:
    """Return a reader of the newest run that holds a thing, and the newer ones that do not.

    A run that has exactly this id comes before a newer one in which a single id only holds the text.

    Parameters
    ----------
    ledger
        Where to look.
    asked
        An id, a part of one, or a piece of a web, as for `trace`.

    Raises
    ------
    NotFoundError
        No run holds it; the message names the runs that were looked in and the nearest ids.
    NoSuchRunError
        No run is in the ledger.
    """
    ledger.run_info()
    for is_part in (False, True):
        passed: list[str] = []
        for run, reader in _readers(ledger):
            if holds(reader, asked, is_part=is_part):
                return reader, tuple(passed)
            passed.append(run)
            reader.close()
    piece = SPAN_TEXT.match(asked.strip())
    lot = piece["lot"] if piece is not None else asked.strip()
    several = _parts(ledger, lot)
    raise NotFoundError(lot, several or _nearest(ledger, lot), tuple(passed), is_part=bool(several))


def newest_with_things(ledger: Ledger) -> tuple[RunReader, tuple[str, ...]]:
    """Return a reader of the newest run that has made something, and the newer ones that have not; the newest of all where none has.

    Raises
    ------
    NoSuchRunError
        No run is in the ledger.
    """
    ledger.run_info()
    passed: list[str] = []
    for run, reader in _readers(ledger):
        if any(recent(reader, 1).values()):
            return reader, tuple(passed)
        passed.append(run)
        reader.close()
    return ledger.reader(), ()


def _readers(ledger: Ledger) -> Iterator[tuple[str, RunReader]]:
    """Yield the runs that can be read, newest first; `linewright runs` names the others."""
    for info in reversed(ledger.runs()):
        try:
            reader = ledger.reader(info.run)
        except (NewerError, DamagedError):
            continue
        yield info.run, reader


def _parts(ledger: Ledger, asked: str) -> tuple[str, ...]:
    """Return a few ids that hold a text, from the newest run that has any."""
    for _, reader in _readers(ledger):
        found = parts_of(reader, asked)
        reader.close()
        if found:
            return found
    return ()


def _nearest(ledger: Ledger, asked: str, count: int = 3) -> tuple[str, ...]:
    """Return the ids most like one that is not there, each with its run where there are several."""
    found: dict[str, str] = {}
    for number, (run, reader) in enumerate(_readers(ledger)):
        if number < LOOKED_THROUGH:
            for thing_id in near_ids(reader, asked, count):
                found.setdefault(thing_id, run)
        reader.close()
    ranked = sorted(found, key=lambda i: -SequenceMatcher(None, i, asked).ratio())[:count]
    is_one = len(set(found.values())) == 1
    return tuple(i if is_one else f"{i} ({found[i]})" for i in ranked)
