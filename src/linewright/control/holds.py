"""Holds: what is held, why, by whom; who may release it, who may undo it. Decisions only; the events `hold.set` and `hold.released` are the record.

A name is typed, not proven: until accounts come, what is shown of it says "unverified".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from linewright.ledger.records import Event
from linewright.model.errors import LinewrightError

__all__ = ["HELD_MOST", "UNDO_S", "HeldSpan", "Hold", "body_of", "check_hold", "check_release", "fold_holds", "is_same_person", "released_body"]

SET, RELEASED = "hold.set", "hold.released"
#: Most things that one hold may name; of more the piece of web that they lie in is held.
HELD_MOST = 10_000
#: So long who holds may take it back alone, s.
UNDO_S = 600


@dataclass(frozen=True, slots=True)
class HeldSpan:
    """A piece of a web that is held, with all that is made from it, also what is made later.

    Parameters
    ----------
    web
        Its id.
    from_m, to_m, guard_m
        Along; None: to its end.
    lane
        From 1; None is the whole width.
    across_mm
        From the operator's side; None is the whole width.
    side
        None is both.
    """

    web: str
    from_m: float | None = None
    to_m: float | None = None
    lane: int | None = None
    across_mm: tuple[float, float] | None = None
    side: str | None = None
    guard_m: float = 0.0

    def body(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"web": self.web, "from_m": self.from_m, "to_m": self.to_m, "lane": self.lane, "across_mm": self.across_mm, "side": self.side,
                "guard_m": self.guard_m}  # fmt: skip

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> HeldSpan:
        """Read what `body` returned, or what a page sends.

        Raises
        ------
        LinewrightError
            It is none.
        """
        across, ends = body.get("across_mm"), (body.get("from_m"), body.get("to_m"))
        numbers = [v for v in (*ends, body.get("guard_m"), *(across or ())) if v is not None]
        is_one = isinstance(body.get("web"), str) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in numbers)
        if not is_one or (across is not None and len(across) != 2) or body.get("side") not in {None, "A", "B"}:
            raise LinewrightError(f"{str(dict(body))[:120]} is no piece of a web.\nExpected: web, from_m, to_m; across_mm, lane, side, guard_m.")
        if None not in ends and not ends[0] < ends[1]:  # type: ignore[operator] # both are numbers
            raise LinewrightError(f"{body['web']} from {ends[0]:g} to {ends[1]:g} m: the end lies behind the start.\nGive the metres anew.")
        return cls(body["web"], *ends, body.get("lane"), None if across is None else (float(across[0]), float(across[1])), body.get("side"),
                   float(body.get("guard_m") or 0.0))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold.

    Parameters
    ----------
    key
        Number of its event.
    things
        Ids that it names: units, webs, batches.
    spans
        Pieces of webs.
    reason, by, at_us, wall_us
        Why, who (unverified), when: line time and wall time.
    released_by, released_us, released_wall_us, release_reason
        None while it is open.
    is_undone
        Whether who held took it back.
    """

    key: int
    things: tuple[str, ...]
    spans: tuple[HeldSpan, ...]
    reason: str
    by: str
    at_us: int | None
    wall_us: int
    released_by: str | None = None
    released_us: int | None = None
    released_wall_us: int | None = None
    release_reason: str | None = None
    is_undone: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has released it."""
        return self.released_by is None


def fold_holds(events: Iterable[Event]) -> dict[int, Hold]:
    """Return all holds by key, from the events of a run in their order."""
    holds: dict[int, Hold] = {}
    for e in events:
        if e.kind == SET:
            spans = tuple(HeldSpan.read(s) for s in e.body.get("spans") or ())
            holds[e.seq] = Hold(e.seq, tuple(e.body.get("things") or ()), spans, e.body.get("reason", ""), e.body.get("by", ""), e.line_us, e.wall_us)
        elif e.kind == RELEASED and e.body.get("hold") in holds:
            key, body = e.body["hold"], e.body
            holds[key] = replace(holds[key], released_by=body.get("by", ""), released_us=e.line_us, released_wall_us=e.wall_us,
                                 release_reason=body.get("reason", ""), is_undone=bool(body.get("undo")))  # fmt: skip
    return holds


def body_of(things: Iterable[str], spans: Iterable[HeldSpan], reason: str, by: str) -> dict[str, Any]:
    """Return the body of the event `hold.set`.

    Raises
    ------
    LinewrightError
        Nothing is held, too much is named, or the reason or the name is missing: all that is wrong at once.
    """
    named, pieces = list(dict.fromkeys(things)), list(spans)
    check_hold(named, pieces, reason, by)
    return {"things": named, "spans": [s.body() for s in pieces], "count": len(named), "reason": reason.strip(), "by": by.strip()}


def released_body(hold: Hold, reason: str, by: str, *, is_undo: bool = False) -> dict[str, Any]:
    """Return the body of the event `hold.released`."""
    return {"hold": hold.key, "reason": reason.strip(), "by": by.strip()} | ({"undo": True} if is_undo else {})


def check_hold(things: list[str], spans: list[HeldSpan], reason: str, by: str) -> None:
    """Refuse a hold of nothing, of too much, without a reason or without a name.

    Raises
    ------
    LinewrightError
        With all that is wrong.
    """
    faults = []
    if not things and not spans:
        faults.append("A hold names what it holds.\nSuch as CELL-4418, a tray, or a piece of a web.")
    if len(things) > HELD_MOST:
        faults.append(f"A hold names at most {HELD_MOST:,} things, {len(things):,} came.\nHold the piece of web that they lie in.")
    if not reason.strip():
        faults.append("A hold needs a reason.\nSay why: it stays with the things until they are released.")
    if not by.strip():
        faults.append("A hold needs a name.\nSay who holds: another person releases it.")
    if faults:
        parts = [fault.partition("\n") for fault in faults]
        raise LinewrightError(" ".join(what for what, _, _ in parts) + "\n" + " ".join(step for _, _, step in parts))


def check_release(hold: Hold | None, key: object, by: str, *, is_undo: bool = False, age_s: float = 0.0) -> Hold:
    """Return the hold that may be released; an undo is by who held, within `UNDO_S`, a release by anybody else.

    Parameters
    ----------
    hold
        What is to be released; None where there is none of that key.
    key
        The number that was asked for.
    by
        Who asks, as typed.
    is_undo
        Whether the hold is taken back.
    age_s
        How old it is.

    Raises
    ------
    LinewrightError
        It is not open, or this person may not.
    """
    if hold is None or not hold.is_open:
        raise LinewrightError(f"There is no open hold {key}.\nLook at the list again: it may be released.")
    if is_undo:
        if not is_same_person(by, hold.by):
            raise LinewrightError(f"Hold {key} is of {hold.by or 'nobody named'}: only who held can undo it.\nA second person releases it.")
        if age_s > UNDO_S:
            raise LinewrightError(f"Hold {key} is older than {UNDO_S // 60} minutes: it cannot be undone.\nA second person releases it.")
        return hold
    if not by.strip():
        raise LinewrightError("A release needs a name.\nSay who releases: it is another person than who held.")
    if hold.by and is_same_person(by, hold.by):
        raise LinewrightError(f"{hold.by} held this and cannot release it.\nA second person must.")
    return hold


def is_same_person(one: str, other: str) -> bool:
    """Tell whether two typed names are one: letters large or small and blanks do not matter.

    Examples
    --------
    >>> is_same_person(" Ada  Lovelace", "ada lovelace"), is_same_person("Ada", "Grace")
    (True, False)
    """
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
