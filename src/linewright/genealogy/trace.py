"""`trace`: where a thing came from, and what came of it, both ways."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from linewright.genealogy.affected import Box, walk
from linewright.genealogy.before import Before
from linewright.genealogy.contents import contents_of
from linewright.genealogy.curves_told import curves_of, why_no_curve
from linewright.genealogy.down import Affected, affected_of_batch, affected_of_web, went_into
from linewright.genealogy.extent import check_guard, check_span, extent_of
from linewright.genealogy.life import dated, life_of, places_of, values_of
from linewright.genealogy.recall import recall
from linewright.genealogy.recalled import Recall
from linewright.genealogy.records import Records
from linewright.genealogy.sources import measured_word, with_word
from linewright.genealogy.spans import LANE_TEXT, SPAN_TEXT, Span, SpanError, parse_span
from linewright.genealogy.stock import stock_of
from linewright.genealogy.told import told_of
from linewright.genealogy.tree import Finding, Trace, Value, node_of
from linewright.genealogy.up import made_of
from linewright.ledger.reader import RunReader
from linewright.ledger.records import Thing
from linewright.model.errors import LinewrightError

__all__ = ["NotFoundError", "find", "holds", "near_ids", "parts_of", "recent", "trace"]

#: Guard band of a span that is asked for: widens what is possible (LINE-FILE: 2 m, default).
GUARD_MM = 2000.0
#: Runs that a message names.
NAMED = 6


class NotFoundError(LinewrightError):
    """No thing of that id.

    Parameters
    ----------
    asked
        The text.
    nearest
        Ids that come close.
    runs
        Those that were looked in, newest first.
    is_part
        Whether the text is a part of each of these ids: then there are several, and more of it is wanted.
    """

    def __init__(self, asked: str, nearest: tuple[str, ...], runs: tuple[str, ...], *, is_part: bool = False) -> None:
        self.asked, self.nearest, self.runs = asked, nearest, runs
        if is_part:
            super().__init__(f"`{asked}` is a part of several ids, such as {', '.join(nearest)}. Write more of the one that is meant.")
            return
        near = f" Nearest: {', '.join(nearest)}." if nearest else ""
        more = f" and {len(runs) - NAMED} more" if len(runs) > NAMED else ""
        where = f"in run {runs[0]}" if len(runs) == 1 else f"in the runs {', '.join(runs[:NAMED])}{more}"
        super().__init__(f"There is no `{asked}` {where}.{near} A part of an id is enough to search; without an id the newest are listed.")


def trace(
    reader: RunReader,
    asked: str,
    *,
    guard_mm: float = GUARD_MM,
    across: tuple[float, float] | None = None,
    side: str | None = None,
    limit: int = 100,
    before: Callable[[], Before | None] | None = None,
) -> Trace:
    """Return where a thing came from and what came of it.

    Parameters
    ----------
    reader
        The run.
    asked
        An id (``CELL-4418``), or a piece of a web (``COIL-4:10..15``, ``COIL-4/lane-3:10..15``; metres).
    guard_mm
        Widens what is possible downwards of a web.
    across, side
        Of a piece of a web: millimetres [lo, hi) from the operator's side, and which side of it (``A``, ``B``); None is all of it.
    limit
        Most units named in `units`; `recall`, of a piece of a web, has all of them.
    before
        Makes the stock the run began with; None makes it from the run's own line file where it is needed.

    Raises
    ------
    NotFoundError
        There is no such thing; the message names the nearest.
    SpanError
        The text looks like a piece of a web, but is none, or there is no such piece; or the guard band is negative or beyond reason.
    """
    records = Records(reader, before if before is not None else lambda: stock_of(reader))
    span = _span(reader, asked)
    thing = _thing(records, span.lot if span is not None else asked.strip())
    lo, hi = (float(span.start_mm), float(span.end_mm)) if span is not None else (None, None)
    lane = span.lane if span is not None else None
    is_lot = thing.kind == "lot"
    is_web = not is_lot and (thing.kind == "web" or bool(records.maps_on_parent(thing.key)))
    if span is None:
        check_guard(guard_mm, float("inf"))
        if across is not None or side is not None:
            raise SpanError(f"Millimetres across and a side are of a piece of a web: linewright trace --web {thing.id} --from 10 --to 15 --side A")
    else:
        _check(records, thing, span, guard_mm, is_web=is_web)
    affected, recalled = Affected(), None
    if is_web:
        box = Box() if lo is None or hi is None else Box(lo, hi, lane, across, side, guard_mm)
        way = walk(records, thing.key, box)
        affected = affected_of_web(records, way, box)
        recalled = recall(records, thing, box, way) if span is not None else None
    elif is_lot:
        affected = affected_of_batch(records, thing.key)
    header, curves = reader.header(), curves_of(records, thing)
    node = node_of(
        thing if header.source == "import" else dated(reader, thing),
        _in_box(values_of(records, thing, lo, hi, lane), recalled),
        made_of(records, thing.key, lo, hi, lane),
        affected.branches or went_into(records, thing.key, limit),
    )
    found = Trace(
        asked,
        header.run,
        header.source,
        node,
        life_of(records, thing),
        places_of(records, thing),
        tuple(records.id_of(k) for k in affected.first(limit)),
        len(affected.certain),
        len(affected.possible),
        records.is_before(thing.key) and thing.made_us is None,  # a coil of the stock has new metres where this run has rewound it
        tuple(Finding(f.kind, f.source, f.found, f.done) for f in reader.findings(thing=thing.key)),
        told_of(records, thing.key) if header.source == "import" else None,
        curves,
        None if curves else why_no_curve(records, thing),
        contents_of(records, thing),
        recalled,
    )
    return with_word(found, measured_word(reader))


def _in_box(values: tuple[Value, ...], recalled: Recall | None) -> tuple[Value, ...]:
    """Return what was measured on the side and in the lanes that were asked for."""
    if recalled is None:
        return values
    lanes = recalled.lanes if recalled.across_mm is not None else ()
    return tuple(v for v in values if (recalled.side is None or v.side in {None, recalled.side}) and (not lanes or v.lane is None or v.lane in lanes))


def recent(reader: RunReader, limit: int = 10) -> dict[str, list[Thing]]:
    """Return the newest units, webs and batches, newest first; of an import its newest things by their kinds."""
    if reader.header().source != "import":
        return {kind: [dated(reader, t) for t in _newest_made(reader, kind, limit)] for kind in ("unit", "web", "lot")}
    found = {kind: reader.newest(kind, limit) for kind in sorted(reader.names("kind").values())}
    return {kind: things for kind, things in found.items() if things}


def _newest_made(reader: RunReader, kind: str, limit: int) -> list[Thing]:
    """Return the newest things of a kind that were made here; where the run has made too few, the youngest of what was made before it."""
    kinds = [k for k in reader.fact("kinds") or [] if k["rank"] == kind]
    bought = {k["material"] for k in kinds if k["is_bought"]}
    found = [t for t in reader.newest(kind, limit + 10 * len(bought)) if t.material not in bought][:limit]
    older = [(k["prefix"], int(k["first_serial"])) for k in kinds if not k["is_bought"] and int(k["first_serial"]) > 1]
    for back in range(1, limit + 1):
        for prefix, first in older:
            key = reader.key_of(f"{prefix}-{first - back}") if first > back and len(found) < limit else None
            thing = reader.thing(key) if key is not None else None
            if thing is not None:
                found.append(thing)
    return found


def find(reader: RunReader, text: str, limit: int = 10) -> list[Thing]:
    """Return things whose id is, begins with, or holds a text; else those whose id comes near.

    A number alone is a serial: ``4418`` finds ``CELL-4418``.
    """
    text = text.strip()
    exact = reader.key_of(text)
    found = [] if exact is None else [exact]
    if text.isdigit():
        keys = [reader.key_of(f"{prefix}-{int(text)}") for _, prefix, _, _ in reader.kinds_in_use()]
        found += [k for k in keys if k is not None]
    things = [t for t in map(reader.thing, dict.fromkeys(found)) if t is not None]
    seen = {t.key for t in things}
    things += [t for t in reader.ids_like(text, limit) if t.key not in seen] if text else []
    if not things:
        things = [t for t in (reader.thing(k) for k in (reader.key_of(i) for i in near_ids(reader, text)) if k is not None) if t is not None]
    return things[:limit]


def near_ids(reader: RunReader, text: str, limit: int = 3) -> tuple[str, ...]:
    """Return ids that come near to a text: of the same prefix the serial nearest to the asked one, else the most alike."""
    prefix, _, number = text.rpartition("-")
    ranges = reader.kinds_in_use()
    if number.isdigit():
        names = get_close_matches(prefix.lower(), {p.lower() for _, p, _, _ in ranges}, n=1, cutoff=0.5)
        found = [f"{p}-{min(max(int(number), low), high)}" for _, p, low, high in ranges if p.lower() in names]
        if found:
            return tuple(found[:limit])
    newest = [t.id for kind in reader.names("kind").values() for t in reader.newest(kind, 50)]
    return tuple(get_close_matches(text, newest, n=limit, cutoff=0.4))


def _check(records: Records, thing: Thing, span: Span, guard_mm: float, *, is_web: bool) -> None:
    """Refuse a piece of what has no metres, a piece that does not lie on its web, and a guard band wider than the web."""
    if not is_web:
        raise SpanError(f"{thing.id} is no web but a {thing.kind}: metres and lanes are of webs. linewright trace {thing.id}")
    extent = extent_of(records, thing)
    check_span(extent, span)
    # The usual guard band is no fault on a web that is shorter.
    check_guard(guard_mm, float("inf") if extent.length_mm is None else max(float(extent.length_mm), GUARD_MM), extent)


def holds(reader: RunReader, asked: str, *, is_part: bool = False) -> bool:
    """Tell whether a run has a thing of exactly this id (of a piece of a web: that web), or, as a part, exactly one whose id holds the text.

    Raises
    ------
    SpanError
        The text is meant as a piece of a web of this run, and is none.
    """
    span = _span(reader, asked)
    text = span.lot if span is not None else asked.strip()
    if is_part:
        return _held(reader, text) is not None
    return _exact(Records(reader, lambda: stock_of(reader)), text) is not None


def _span(reader: RunReader, asked: str) -> Span | None:
    """Return the piece of a web that a text asks for; None where it asks for a thing.

    Raises
    ------
    SpanError
        What stands in front of the last colon is a thing of the run, what stands behind it are no metres.
    """
    text = asked.strip()
    if reader.key_of(text) is not None:
        return None
    if SPAN_TEXT.match(text):
        return parse_span(text)
    lot, colon, _ = text.rpartition(":")
    return parse_span(text) if colon and reader.key_of(LANE_TEXT.sub("", lot)) is not None else None


def _exact(records: Records, text: str) -> int | None:
    key = records.reader.key_of(text)
    return _framed(records, text) if key is None and "@" in text else key


def _held(reader: RunReader, text: str) -> int | None:
    """Return the key of the only thing whose id holds a text; None where there is none, or several."""
    held = reader.ids_like(text, 2) if len(text) >= 3 else []
    return held[0].key if len(held) == 1 else None


def parts_of(reader: RunReader, text: str, count: int = 3) -> tuple[str, ...]:
    """Return a few ids that hold a text of three letters or more."""
    return tuple(t.id for t in reader.ids_like(text, count)) if len(text) >= 3 else ()


def _thing(records: Records, text: str) -> Thing:
    key = _exact(records, text)
    if key is None:
        key = _held(records.reader, text)
    thing = records.thing(key) if key is not None else None
    if thing is None:
        near = parts_of(records.reader, text)
        is_part = bool(near)
        near = near or tuple(t.id for t in find(records.reader, text, 3))
        raise NotFoundError(text, near, (records.reader.header().run,), is_part=is_part)
    return thing


def _framed(records: Records, text: str) -> int | None:
    """Return the key of a web of the stock in one of its frames, such as ``COIL-4@calender``."""
    key = records.reader.key_of(text.partition("@")[0])
    while key is not None:
        thing = records.thing(key)
        if thing is not None and thing.id.partition("@")[2] == text.partition("@")[2]:
            return key
        same = [m.child for m in records.maps_on_parent(key) if m.lane is None]
        key = same[0] if same else None
    return None
