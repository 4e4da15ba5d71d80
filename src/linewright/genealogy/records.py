"""The rows of a run together with those that were made before it: one thing to ask, whoever wrote the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from linewright.genealogy.before import ITEM_MASK, Before
from linewright.genealogy.facts import FRAME_SHIFT
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.ledger.reader import RunReader
from linewright.ledger.records import ChargeRow, ConsumeRow, MapRow, Profile, Thing

__all__ = ["Records"]


class Records:
    """What is known of things and the edges between them.

    Parameters
    ----------
    reader
        The run.
    before
        Makes the stock that the run began with; called once, when something of it is asked for. None: the run began empty.
    """

    def __init__(self, reader: RunReader, before: Callable[[], Before | None] | None = None) -> None:
        self.reader = reader
        self._make = before
        self._before: Before | None = None
        self._kinds = reader.fact("kinds") or []
        self._firsts = [int(k["first_serial"]) for k in self._kinds]

    def is_before(self, key: int) -> bool:
        """Tell whether a thing was made before the run."""
        kind, serial = (key & ITEM_MASK) >> KIND_SHIFT, key & SERIAL_MASK
        return key > 0 and kind < len(self._firsts) and 0 < serial < self._firsts[kind]

    def before(self, key: int) -> Before | None:
        """Return the stock, where a thing belongs to it."""
        if not self.is_before(key):
            return None
        return self.stock()

    def stock(self) -> Before | None:
        """Return the stock that the run began with; None where it began empty."""
        if self._before is None and self._make is not None and any(first > 1 for first in self._firsts):
            self._before = self._make()
        return self._before

    def thing(self, key: int) -> Thing | None:
        """Return a thing; None where there is none of that key."""
        found = self.reader.thing(key)
        if found is None or (key >> FRAME_SHIFT and found.remark):
            before = self.before(key)
            found = before.thing(key) if before is not None else found
        return found if found is not None else self._in_work(key)

    def key_in_work(self, thing_id: str) -> int | None:
        """Return the key of a unit that is still in its first machine, known by the webs it takes; None where there is none of that id."""
        prefix, _, serial = thing_id.rpartition("-")
        if not serial.isdecimal() or int(serial) > SERIAL_MASK:
            return None
        keys = (int(serial) | number << KIND_SHIFT for number, kind in enumerate(self._kinds) if kind["prefix"] == prefix)
        return next((key for key in keys if self._in_work(key) is not None), None)

    def _in_work(self, key: int) -> Thing | None:
        """Return a unit that is still in its first machine: it has no visit yet, so only what it takes of webs tells of it."""
        kind = key >> KIND_SHIFT
        if not 0 <= kind < len(self._kinds) or not self.reader.pieces_of_unit(key):
            return None
        told = self._kinds[kind]
        return Thing(key, f"{told['prefix']}-{key & SERIAL_MASK}", told["rank"], told["material"])

    def maps_of_child(self, key: int) -> list[MapRow]:
        """Return how a web lies on its parents."""
        return self.maps_of_children([key])[key]

    def maps_on_parent(self, key: int) -> list[MapRow]:
        """Return the webs made from a web."""
        return self.maps_on_parents([key])[key]

    def maps_of_children(self, keys: Iterable[int]) -> dict[int, list[MapRow]]:
        """Return how each of many webs lies on its parents."""
        found = self.reader.maps_of_children(keys)
        for key, rows in found.items():
            before = None if rows else self.before(key)
            if before is not None:
                found[key] = before.maps_of_child(key)
        return found

    def maps_on_parents(self, keys: Iterable[int]) -> dict[int, list[MapRow]]:
        """Return the webs made from each of many webs."""
        found = self.reader.maps_on_parents(keys)
        for key, rows in found.items():
            before = self.before(key)
            if before is not None:
                known = {m.child for m in rows}
                rows += [m for m in before.maps_on_parent(key) if m.child not in known]
        return found

    def charges_of_web(self, key: int) -> list[ChargeRow]:
        """Return the batches of a web."""
        before = self.before(key)
        return before.charges_of_web(key) if before is not None else self.reader.charges_of_web(key)

    def charges_of_batch(self, key: int) -> list[ChargeRow]:
        """Return the webs that a batch went into."""
        found = self.reader.charges_of_batch(key)
        before = self.before(key)
        return before.charges_of_batch(key) + found if before is not None else found

    def pieces_of_unit(self, key: int) -> list[ConsumeRow]:
        """Return the pieces that went into a thing."""
        before = self.before(key)
        return before.pieces_of_unit(key) if before is not None else self.reader.pieces_of_unit(key)

    def pieces_on_web(self, key: int, lo_mm: int, hi_mm: int) -> list[ConsumeRow]:
        """Return the pieces taken from the millimetres [lo, hi) of a web."""
        return self.pieces_on_webs({key: (lo_mm, hi_mm)})[key]

    def pieces_on_webs(self, spans: Mapping[int, tuple[int, int]]) -> dict[int, list[ConsumeRow]]:
        """Return the pieces taken from the millimetres [lo, hi) of each of many webs."""
        found = self.reader.pieces_on_webs(spans)
        for key, pieces in found.items():
            before = self.before(key)
            if before is not None:
                found[key] = sorted([*before.pieces_on_web(key, *spans[key]), *pieces], key=lambda p: p.lo_mm)
        return found

    def profiles_of(self, key: int) -> list[Profile]:
        """Return what was measured along a web."""
        found = self.reader.profiles_of(key)
        before = None if found else self.before(key)
        return before.profiles_of(key) if before is not None else found

    def id_of(self, key: int) -> str:
        """Return the id of a thing; its number where it has none."""
        thing = self.thing(key)
        return thing.id if thing is not None else f"#{key}"

    def ids_of(self, keys: Iterable[int]) -> dict[int, str]:
        """Return the ids of many things by key, those of units that are still in their first machine too."""
        wanted = list(dict.fromkeys(keys))
        found = self.reader.ids_of(wanted)
        return found | {key: self.id_of(key) for key in wanted if key not in found}
