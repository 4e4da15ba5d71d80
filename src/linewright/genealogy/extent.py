"""How long a web is and how many lanes it has: a piece that is asked for lies on it, or is refused."""

from __future__ import annotations

from linewright.genealogy.before import ITEM_MASK
from linewright.genealogy.records import Records
from linewright.genealogy.spans import Span, SpanError
from linewright.ledger.records import Thing

__all__ = ["Extent", "check_guard", "check_span", "extent_of", "length_of"]

#: Frames above or below each other that a web is followed through; more would be a circle.
STEPS = 24


class Extent:
    """Length and lanes of a web.

    Parameters
    ----------
    thing
        The web.
    length_mm
        None where no record tells it.
    lanes
        How many lanes lie side by side on it; None where nothing tells.
    strip
        Of a strip, which was slit off already: the web and the lane (from 1) that it was.
    """

    def __init__(self, thing: Thing, length_mm: int | None, lanes: int | None, strip: tuple[str, int] | None = None) -> None:
        self.thing, self.length_mm, self.lanes, self.strip = thing, length_mm, lanes, strip

    def __str__(self) -> str:
        length = "its length is not known" if self.length_mm is None else f"it is {self.length_mm / 1000:g} m long"
        if self.strip is not None:
            return f"{length} and has no lanes: it is itself lane {self.strip[1]} of {self.strip[0]}"
        return length + ("" if self.lanes is None else f" and has {f'lanes 1 to {self.lanes}' if self.lanes > 1 else 'one lane'}")

    def next_step(self) -> str:
        """Return a piece of the web that can be asked for."""
        end = 5000 if self.length_mm is None else min(5000, self.length_mm)
        lane = f"/lane-{self.lanes}" if self.lanes is not None and self.lanes > 1 else ""
        return f"linewright trace {self.thing.id}{lane}:0..{end / 1000:g}"


def length_of(records: Records, thing: Thing) -> int | None:
    """Return how long a web is [mm], from what the run wrote or from the arithmetic of its stock; None where no record tells."""
    stock = records.before(thing.key) if thing.amount is None else None
    return thing.amount if stock is None else stock.length_mm(thing.key)


def extent_of(records: Records, thing: Thing) -> Extent:
    """Return how long and wide a web is, from what the run wrote or from the arithmetic of its stock."""
    length = length_of(records, thing)
    same, key = [thing.key], thing.key
    for _ in range(STEPS):
        above = records.maps_of_child(key)
        slit = next((m for m in above if m.lane is not None), None)
        if slit is not None and slit.lane is not None:
            return Extent(thing, length, None, (records.id_of(slit.parent), slit.lane + 1))
        if not above:
            break
        key = above[0].parent
        same.append(key)
    lanes = 0
    below, seen = list(same), set(same)
    while below:
        key = below.pop()
        lanes = max([lanes, *(p.lane + 1 for p in records.profiles_of(key) if p.lane is not None)])
        for m in records.maps_on_parent(key):
            if m.lane is not None:
                lanes = max(lanes, m.lane + 1)
            elif m.child not in seen and m.child & ITEM_MASK == thing.key & ITEM_MASK:
                seen.add(m.child)
                below.append(m.child)
    return Extent(thing, length, lanes or None)


def check_span(extent: Extent, span: Span) -> None:
    """Refuse a piece that does not lie on its web.

    Raises
    ------
    SpanError
        Its metres or its lane are not there; the message names the web's length, its lanes and a piece that can be asked for.
    """
    faults = []
    if span.start_mm < 0:
        faults.append(f"it begins at {span.start_mm / 1000:g} m, before the web does")
    if extent.length_mm is not None and span.end_mm > extent.length_mm:
        faults.append(f"it ends at {span.end_mm / 1000:g} m, beyond the web's end")
    if span.lane is not None and (extent.strip is not None or span.lane < 0 or (extent.lanes is not None and span.lane >= extent.lanes)):
        faults.append(f"there is no lane {span.lane + 1} (lanes count from 1)")
    if faults:
        raise SpanError(f"There is no such piece of {extent.thing.id}: {'; '.join(faults)}. Of {extent.thing.id}: {extent}. {extent.next_step()}")


def check_guard(guard_mm: float, most_mm: float, extent: Extent | None = None) -> None:
    """Refuse a guard band that is negative or wider than `most_mm`.

    Raises
    ------
    SpanError
        It is; the message names the web's length where there is a web.
    """
    if not 0.0 <= guard_mm <= most_mm:
        within = "0 m or more" if most_mm == float("inf") else f"0 to {most_mm / 1000:g} m"
        of = "" if extent is None else f" Of {extent.thing.id}: {extent}."
        raise SpanError(f"A guard band of {guard_mm / 1000:g} m: {within} was expected.{of} Such as --guard 2m; 0 widens nothing.")
