"""Holding and releasing in a run that nobody writes: a simulation, an import, a live run that has ended; one under way does it itself."""

from __future__ import annotations

from collections.abc import Sequence

from linewright.control.holds import HeldSpan, Hold, body_of, check_release, released_body
from linewright.genealogy.holds import holds_of
from linewright.ledger.ledger import Ledger
from linewright.ledger.writer import now_us

__all__ = ["put_on_hold", "release"]


def put_on_hold(ledger: Ledger, run: str, things: Sequence[str], spans: Sequence[HeldSpan], *, reason: str, by: str) -> Hold:
    """Write a hold and return it; it is durable when this returns.

    Parameters
    ----------
    run
        The run; nobody may be writing it.
    things, spans
        What is held: ids, and pieces of webs with all that is made of them.
    reason, by
        Why, and who: a name as it was typed.

    Raises
    ------
    LinewrightError
        The reason or the name is missing, or nothing is held.
    LockedError
        A process writes the run: it must do it.
    """
    body = body_of(things, spans, reason, by)
    line_us = _line_us(ledger, run)
    with ledger.open_run(run) as writer:
        key = writer.event("hold.set", line_us, body)
        writer.commit()
    return _hold(ledger, run, key)


def release(ledger: Ledger, run: str, key: int, *, reason: str, by: str, is_undo: bool = False) -> Hold:
    """Write a release (or that who held takes it back) and return the hold as it is then.

    Raises
    ------
    LinewrightError
        There is no open hold of that number, or this person may not release it.
    LockedError
        A process writes the run: it must do it.
    """
    found = _holds(ledger, run)
    hold = found.get(key)
    age_s = 0.0 if hold is None else (now_us() - hold.wall_us) / 1e6
    body = released_body(check_release(hold, key, by, is_undo=is_undo, age_s=age_s), reason, by, is_undo=is_undo)
    with ledger.open_run(run) as writer:
        writer.event("hold.released", _line_us(ledger, run), body)
        writer.commit()
    return _hold(ledger, run, key)


def _holds(ledger: Ledger, run: str) -> dict[int, Hold]:
    with ledger.reader(run) as reader:
        return holds_of(reader)


def _hold(ledger: Ledger, run: str, key: int) -> Hold:
    return _holds(ledger, run)[key]


def _line_us(ledger: Ledger, run: str) -> int | None:
    return ledger.run_info(run).line_us
