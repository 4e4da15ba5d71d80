"""`recall`: the answer to "these metres were bad": which units hold part of them, where they are now, what was thrown away, what is still to come."""

from __future__ import annotations

from linewright.genealogy.affected import Box, Lost, Piece, Rest, Way, judged, lost_in, pieces_in, rests_in, span_of, walk
from linewright.genealogy.extent import extent_of
from linewright.genealogy.recalled import AffectedUnit, Recall, Standing, WebPart
from linewright.genealogy.records import Records
from linewright.genealogy.spans import SpanError
from linewright.genealogy.standing import standing_of
from linewright.ledger.records import MapRow, Thing

__all__ = ["box_words", "check_across", "check_side", "pieces_below", "pieces_of", "recall"]

#: A web wider than this is a slip of the unit.
WIDEST_MM = 20_000.0


def recall(records: Records, thing: Thing, box: Box, way: Way | None = None) -> Recall:
    """Return which units hold part of a piece of a web, and where they are now.

    Parameters
    ----------
    thing
        The web.
    box
        Which piece.
    way
        From `walk`, where it is known already.

    Raises
    ------
    SpanError
        The web has no such side, or nothing lies there across.
    """
    check_side(records, thing, box.side)
    way = walk(records, thing.key, box) if way is None else way
    ways = list(way.all())
    pieces = _firsts(pieces_of(records, way, box))
    lanes = tuple(sorted({w.chain.lane + 1 for w in ways if w.chain is not None and w.chain.lane is not None}))
    check_across(records, thing, box, ways)
    names = records.ids_of([*(p.unit for p in pieces), *(w.web for w in ways)])
    now = standing_of(records, [p.unit for p in pieces])
    return Recall(
        thing.id,
        box.lo_mm / 1000.0,
        box.hi_mm / 1000.0,
        None if box.lane is None else box.lane + 1,
        box.across,
        box.side,
        box.guard_mm / 1000.0,
        lanes,
        tuple(_unit(p, names, now[p.unit]) for p in pieces),
        tuple(_part(part, names) for w in ways for part in lost_in(records, w)),
        tuple(_part(part, names) for w in ways for part in rests_in(records, w)),
    )


def pieces_below(records: Records, web: int, box: Box) -> list[Piece]:
    """Return all pieces of units in a box, along the web; a unit with several pieces comes several times."""
    return pieces_of(records, walk(records, web, box), box)


def pieces_of(records: Records, way: Way, box: Box) -> list[Piece]:
    """Return the same of webs that are known already (`walk`)."""
    ways = list(way.all())
    if len({w.web for w in ways}) == len(ways):
        rows = records.pieces_on_webs({w.web: span_of(w) for w in ways})
        found = [p for w in ways for p in judged(rows[w.web], w, box)]
    else:  # a web that lies on several pieces of another one is met once for each
        found = [p for w in ways for p in pieces_in(records, w, box)]
    return sorted(found, key=lambda p: (p.lo_mm, _or_first(p.lane), p.unit))


def box_words(web: str, box: Box) -> str:
    """Return a box as a person says it.

    Examples
    --------
    >>> box_words("M-0412", Box(1_032_100, 1_037_400, across=(320.0, 340.0), side="A", guard_mm=2000.0))
    'M-0412, 1032.10 to 1037.40 m, 320 to 340 mm from the operator side, side A, guard 2 m'
    """
    words = [web, f"{box.lo_mm / 1000:.2f} to {box.hi_mm / 1000:.2f} m"]
    words += [f"{box.across[0]:g} to {box.across[1]:g} mm from the operator side"] if box.across is not None else []
    words += [f"lane {box.lane + 1}"] if box.lane is not None else []
    words += [f"side {box.side}"] if box.side is not None else []
    return ", ".join([*words, f"guard {box.guard_mm / 1000:g} m"])


def check_side(records: Records, thing: Thing, side: str | None) -> None:
    """Refuse a side that a web does not have.

    Raises
    ------
    SpanError
        What is measured along it has other sides.
    """
    if side is None:
        return
    sides = sorted({p.side for p in records.profiles_of(thing.key) if p.side is not None})
    if side not in {"A", "B"} or (sides and side not in sides):
        has = f"{thing.id} has {' and '.join(sides)}" if sides else "A or B was expected"
        raise SpanError(f"There is no side {side}: {has}. Such as --side {sides[0] if sides else 'A'}; without it both are meant.")


def check_across(records: Records, thing: Thing, box: Box, ways: list[Way]) -> None:
    """Refuse millimetres across that lie beside everything that was made of a web.

    Raises
    ------
    SpanError
        They do; the message names where the lanes lie.
    """
    if box.across is None:
        return
    lo, hi = box.across
    if not 0.0 <= lo < hi <= WIDEST_MM:
        raise SpanError(f"--across {lo:g}..{hi:g}: millimetres from the operator side were expected, such as 320..340mm.")
    rows: list[MapRow] = []
    rim = [thing.key]
    while rim and not rows:
        below = [m for key in rim for m in records.maps_on_parent(key)]
        rows = [m for m in below if m.across_lo_mm is not None and m.across_hi_mm is not None]
        rim = [m.child for m in below] if not rows else []
    if rows and not any(w.row is not None and w.row.across_lo_mm is not None for w in ways):
        lowest, highest = min(m.across_lo_mm or 0.0 for m in rows), max(m.across_hi_mm or 0.0 for m in rows)
        if hi <= lowest or lo >= highest:
            kept = f"lanes lie from {lowest:g} to {highest:g} mm: what is beside them was cut off"
            raise SpanError(f"Nothing was made of {lo:g} to {hi:g} mm across {thing.id}: its {kept}. Of {thing.id}: {extent_of(records, thing)}.")


def _firsts(pieces: list[Piece]) -> list[Piece]:
    """Return one piece of each unit: the first, a certain one before those that are only possible."""
    found: dict[int, Piece] = {}
    for piece in pieces:
        known = found.get(piece.unit)
        if known is None or (piece.is_certain and not known.is_certain):
            found[piece.unit] = piece
    return list(found.values())


def _unit(p: Piece, names: dict[int, str], now: Standing) -> AffectedUnit:
    lane = None if p.lane is None else p.lane + 1
    return AffectedUnit(names[p.unit], p.is_certain, names[p.web], lane, p.side, p.lo_mm / 1000.0, p.hi_mm / 1000.0, p.limit_mm / 1000.0, now)


def _part(part: Lost | Rest, names: dict[int, str]) -> WebPart:
    why, machine = (part.why, part.machine) if isinstance(part, Lost) else (None, None)
    return WebPart(names[part.web], part.lo_mm / 1000.0, part.hi_mm / 1000.0, why, machine)


def _or_first(lane: int | None) -> int:
    return -1 if lane is None else lane
