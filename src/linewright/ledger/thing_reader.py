"""Things of a run and the edges between them: what `genealogy` walks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from operator import add
from types import MappingProxyType
from typing import Any

from linewright.ledger.records import ChargeRow, ConsumeRow, Finding, LinkRow, LostRow, MapRow, MountRow, Observation, PlacedRow, Thing
from linewright.ledger.row_reader import Row, RowReader, in_parts

MAP_COLUMNS = (
    "child, child_lo_mm, child_hi_mm, parent, a_mm, b, lane, across_lo_mm, across_hi_mm, mirrored, sides_swapped, error_mm, drift, step, made_us"
)
#: When the next lot came on the same input.
NEXT_MOUNT = (
    "SELECT min(later.from_us) FROM mount AS later"
    " WHERE later.machine = mount.machine AND later.input = mount.input AND later.from_us > mount.from_us"
)
PIECE_COLUMNS = "web, lo_mm, hi_mm, unit, role"
NUMBERED = re.compile(r"^(.*)-0*(\d+)$")


class ThingReader(RowReader):
    """Reads things, piece maps, charges, pieces used, places, links, observations."""

    #: Limits of error of the pieces of each role, once they are known.
    _limits: Mapping[str, list[float]] = MappingProxyType({})

    # ---- things

    def key_of(self, thing_id: str) -> int | None:
        """Return the key of an id, written exactly (zeros before a serial do not matter); None where there is no such thing."""
        row = self.row("SELECT key FROM thing WHERE id = ?", (thing_id,))
        if row is not None:
            return int(row[0])
        match = NUMBERED.match(thing_id)
        if match is None:
            return None
        serial = int(match[2])
        if serial >= 2**62:
            return None
        row = self.row(
            "SELECT first_key, first_serial, count FROM things WHERE prefix = ? AND first_serial <= ? ORDER BY first_serial DESC LIMIT 1",
            (match[1], serial),
        )
        if row is None or serial >= row[1] + row[2]:
            return None
        return int(row[0] + serial - row[1])

    def thing(self, key: int) -> Thing | None:
        """Return a thing; None where there is none of that key."""
        row = self.row("SELECT key, id, kind, material, made_us, amount, machine, remark FROM thing WHERE key = ?", (key,))
        if row is not None:
            return Thing(row[0], row[1], self.name(row[2]) or "", self.name(row[3]), row[4], row[5], self.name(row[6]), None, row[7])
        row = self.row(
            "SELECT first_key, count, prefix, first_serial, kind, material, carrier, remark FROM things"
            " WHERE first_key <= ? ORDER BY first_key DESC LIMIT 1",
            (key,),
        )
        if row is None or key >= row[0] + row[1]:
            return None
        text = f"{row[2]}-{row[3] + key - row[0]}"
        return Thing(key, text, self.name(row[4]) or "", self.name(row[5]), carrier=row[6], remark=row[7])

    def ids_of(self, keys: Iterable[int]) -> dict[int, str]:
        """Return the ids of many things, by key."""
        wanted = sorted(set(keys))
        found: dict[int, str] = {}
        for part in in_parts(wanted):
            found.update(self.rows(f"SELECT key, id FROM thing WHERE key IN ({_marks(part)})", part))  # noqa: S608 - question marks only
        span: tuple[int, int, str, int] = (0, 0, "", 0)
        for key in wanted:
            if key in found:
                continue
            if not span[0] <= key < span[1]:
                row = self.row(
                    "SELECT first_key, first_key + count, prefix, first_serial FROM things WHERE first_key <= ? ORDER BY first_key DESC LIMIT 1",
                    (key,),
                )
                if row is None or key >= row[1]:
                    continue
                span = (row[0], row[1], row[2], row[3])
            found[key] = f"{span[2]}-{span[3] + key - span[0]}"
        return found

    def newest(self, kind: str, limit: int = 10) -> list[Thing]:
        """Return the newest things of a kind (``unit``, ``web``, ``lot``, ``carrier``), newest first."""
        number = self.number("kind", kind)
        if number is None:
            return []
        keys = [r[0] for r in self.rows("SELECT key FROM thing WHERE kind = ? ORDER BY made_us DESC NULLS LAST, key DESC LIMIT ?", (number, limit))]
        ranges = self.rows("SELECT first_key, count FROM things WHERE kind = ? AND remark IS NULL ORDER BY first_key DESC LIMIT ?", (number, limit))
        for first, count in ranges:
            keys += [first + count - 1 - i for i in range(min(count, limit))]
        return [thing for thing in map(self.thing, keys[:limit]) if thing is not None]

    def kinds_in_use(self) -> list[tuple[str, str, int, int]]:
        """Return (kind, prefix, first serial, last serial) of the numbered things."""
        rows = self.rows("SELECT kind, prefix, min(first_serial), max(first_serial + count - 1) FROM things GROUP BY prefix, kind")
        return [(self.name(r[0]) or "", r[1], r[2], r[3]) for r in rows]

    def ids_like(self, part: str, limit: int = 10) -> list[Thing]:
        """Return things with an id of their own that holds a text (letters large or small)."""
        pattern = "%" + part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        keys = self.rows("SELECT key FROM thing WHERE id LIKE ? ESCAPE '\\' ORDER BY length(id), id LIMIT ?", (pattern, limit))
        return [thing for thing in (self.thing(k[0]) for k in keys) if thing is not None]

    def in_ranges_of(self, carrier: int) -> list[tuple[int, int]]:
        """Return (first key, count) of the ranges of things that lay on a carrier when the run began."""
        return [(r[0], r[1]) for r in self.rows("SELECT first_key, count FROM things WHERE carrier = ?", (carrier,))]

    # ---- webs

    def maps_of_child(self, web: int) -> list[MapRow]:
        """Return how a web lies on its parents, in the order of its metres."""
        return self.maps_of_children([web])[web]

    def maps_on_parent(self, web: int) -> list[MapRow]:
        """Return the webs cut from a web."""
        return self.maps_on_parents([web])[web]

    def maps_of_children(self, webs: Iterable[int]) -> dict[int, list[MapRow]]:
        """Return how each of many webs lies on its parents, in the order of its metres."""
        return {web: sorted(rows, key=lambda row: row.child_lo_mm) for web, rows in self._maps("child", webs).items()}

    def maps_on_parents(self, webs: Iterable[int]) -> dict[int, list[MapRow]]:
        """Return the webs cut from each of many webs."""
        return self._maps("parent", webs)

    def charges_of_web(self, web: int, lo_mm: int | None = None, hi_mm: int | None = None) -> list[ChargeRow]:
        """Return the batches in the millimetres [lo, hi) of a web; all of it without limits."""
        low = -(2**62) if lo_mm is None else lo_mm
        high = 2**62 if hi_mm is None else hi_mm
        return self._charges("web = ? AND hi_mm > ? AND lo_mm < ? ORDER BY lo_mm", (web, low, high))

    def charges_of_batch(self, batch: int) -> list[ChargeRow]:
        """Return the millimetres of webs that came from a batch."""
        return self._charges("batch = ? ORDER BY rowid", (batch,))

    def pieces_of_unit(self, unit: int) -> list[ConsumeRow]:
        """Return the pieces of webs that went into a unit."""
        statement = f"SELECT {PIECE_COLUMNS} FROM consume WHERE unit = ? ORDER BY rowid"  # noqa: S608 - fixed words
        return self._as_pieces(self.rows_of("consume", statement, (unit,)))

    def count_pieces(self, web: int) -> int:
        """Return how many pieces were taken from a web or lot."""
        return int(self.total_of("consume", "SELECT count(*) FROM consume WHERE web = ?", (web,), fold=add) or 0)

    def used_to_mm(self, web: int) -> int | None:
        """Return up to which millimetre pieces were taken from a web; None where none was."""
        found: int | None = self.total_of("consume", "SELECT max(hi_mm) FROM consume WHERE web = ?", (web,), fold=max)
        return found

    def pieces_on_web(self, web: int, lo_mm: int | None = None, hi_mm: int | None = None) -> list[ConsumeRow]:
        """Return the pieces taken from the millimetres [lo, hi) of a web, in their order along it."""
        return self.pieces_on_webs({web: (-(2**62) if lo_mm is None else lo_mm, 2**62 if hi_mm is None else hi_mm)})[web]

    def pieces_on_webs(self, spans: Mapping[int, tuple[int, int]]) -> dict[int, list[ConsumeRow]]:
        """Return the pieces taken from the millimetres [lo, hi) of each of many webs, in their order along it.

        Pieces of one web do not overlap, so the one before the first that begins inside is the only other that can reach in.
        """
        found: dict[int, list[ConsumeRow]] = {web: [] for web in spans}
        for part in in_parts(spans, 20):
            inside = f"SELECT {PIECE_COLUMNS} FROM consume WHERE web = ? AND"  # noqa: S608 - fixed words
            before = f"SELECT * FROM ({inside} lo_mm < ? ORDER BY lo_mm DESC LIMIT 1) AS last"  # noqa: S608
            one = f"SELECT * FROM ({before} UNION ALL {inside} lo_mm >= ? AND lo_mm < ?) AS one"  # noqa: S608
            statement = " UNION ALL ".join([one] * len(part))
            rows = self.rows_of("consume", statement, [v for web in part for v in (web, spans[web][0], web, *spans[web])])
            kept = sorted((row for row in rows if row[2] > spans[row[0]][0]), key=lambda row: row[1])
            for piece in self._as_pieces(kept):
                found[piece.web].append(piece)
        return found

    def lost_of(self, lot: int) -> list[LostRow]:
        """Return what of a lot was thrown away."""
        rows = self.rows("SELECT lot, lo_mm, hi_mm, machine, time_us, why FROM lost WHERE lot = ? ORDER BY lo_mm", (lot,))
        return [LostRow(r[0], r[1], r[2], self.name(r[3]), r[4], r[5]) for r in rows]

    # ---- machines and carriers

    def mounts_at(self, machine: str, time_us: int) -> list[MountRow]:
        """Return what lay on each input of a machine at a time."""
        number = self.number("machine", machine)
        inputs = self.rows("SELECT DISTINCT input FROM mount WHERE machine = ?", (number,))
        found = []
        for (slot,) in inputs:
            rows = self._mounts("machine = ? AND input = ? AND from_us <= ? ORDER BY from_us DESC LIMIT 1", (number, slot, time_us))
            found += [m for m in rows if m.to_us is None or m.to_us > time_us]
        return found

    def mounts_of_lot(self, lot: int) -> list[MountRow]:
        """Return where and when a lot was on a machine."""
        return self._mounts("lot = ? ORDER BY from_us", (lot,))

    def places_of_unit(self, unit: int) -> list[PlacedRow]:
        """Return the carriers a unit lay on (those of its range when the run began are in `things`)."""
        rows = self.rows("SELECT unit, carrier, place, from_us, to_us FROM placed WHERE unit = ? ORDER BY from_us NULLS FIRST, rowid", (unit,))
        return [PlacedRow(*r) for r in rows]

    def units_on_carrier(self, carrier: int, at_us: int | None = None) -> list[PlacedRow]:
        """Return what lay on a carrier at a time (None: everything that ever did), by place."""
        statement = "SELECT unit, carrier, place, from_us, to_us FROM placed WHERE carrier = ?"
        parameters: tuple[Any, ...] = (carrier,)
        if at_us is not None:
            statement += " AND (from_us IS NULL OR from_us <= ?) AND (to_us IS NULL OR to_us > ?)"
            parameters = (carrier, at_us, at_us)
        return [PlacedRow(*r) for r in self.rows(statement + " ORDER BY place, from_us NULLS FIRST, rowid", parameters)]

    def open_places_of(self, units: Iterable[int]) -> dict[int, PlacedRow]:
        """Return where each of many units lies now; one that lies nowhere is left out (those of a range when the run began are in `things`)."""
        found: dict[int, PlacedRow] = {}
        for part in in_parts(units):
            statement = f"SELECT unit, carrier, place, from_us, to_us FROM placed WHERE unit IN ({_marks(part)}) AND to_us IS NULL"  # noqa: S608
            found |= {r[0]: PlacedRow(*r) for r in self.rows(statement, part)}
        return found

    def taken_by(self, lots: Iterable[int]) -> dict[int, int]:
        """Return into which unit each of many units went as a part; one that went into none is left out."""
        found: dict[int, int] = {}
        for part in in_parts(lots):
            found.update(self.rows(f"SELECT web, unit FROM consume WHERE web IN ({_marks(part)})", part))  # noqa: S608 - question marks only
            found.update(self.rows(f"SELECT parent, child FROM link WHERE parent IN ({_marks(part)})", part))  # noqa: S608
        return found

    # ---- imported records

    def links_to(self, child: int) -> list[LinkRow]:
        """Return the links to the parents of a thing."""
        return self._links("child = ? ORDER BY rowid", (child,))

    def links_from(self, parent: int) -> list[LinkRow]:
        """Return the links to the children of a thing."""
        return self._links("parent = ? ORDER BY rowid", (parent,))

    def observations_of(self, thing: int) -> list[Observation]:
        """Return the values of a thing."""
        rows = self.rows(
            "SELECT thing, characteristic, value, unit, stated, literal, text, source, step, time_us, remark FROM observation"
            " WHERE thing = ? ORDER BY rowid",
            (thing,),
        )
        return [Observation(r[0], self.name(r[1]) or "", *r[2:]) for r in rows]

    def findings(self, kind: str | None = None, thing: int | None = None) -> list[Finding]:
        """Return doubtful things of an import: all, of one kind, of one thing."""
        where = [f"{column} = ?" for column, value in (("kind", kind), ("thing", thing)) if value is not None]
        condition = f"WHERE {' AND '.join(where)}" if where else ""
        statement = f"SELECT kind, thing, id, source, found, done FROM finding {condition} ORDER BY rowid"  # noqa: S608 - two column names
        return [Finding(*r) for r in self.rows(statement, [v for v in (kind, thing) if v is not None])]

    # ---- inside

    def _maps(self, by: str, webs: Iterable[int]) -> dict[int, list[MapRow]]:
        """Return maps by their child or parent, each one's in the order in which they were written.

        They are ordered here: told to, a planner may take the index of row numbers and read all maps.
        """
        wanted = list(dict.fromkeys(webs))
        found: dict[int, list[MapRow]] = {web: [] for web in wanted}
        for part in in_parts(wanted):
            rows = self.rows(f"SELECT {MAP_COLUMNS}, rowid FROM piece_map WHERE {by} IN ({_marks(part)})", part)  # noqa: S608 - two column names
            for r in sorted(rows, key=lambda row: int(row[-1])):
                row = MapRow(*(*r[:9], bool(r[9]), bool(r[10]), r[11], r[12], self.name(r[13]), r[14]))
                found[row.child if by == "child" else row.parent].append(row)
        return found

    def _charges(self, where: str, parameters: tuple[Any, ...]) -> list[ChargeRow]:
        statement = f"SELECT web, lo_mm, hi_mm, batch, amount_lo, amount_hi, error_mm, side FROM charge WHERE {where}"  # noqa: S608
        return [ChargeRow(*r) for r in self.rows(statement, parameters)]

    def _as_pieces(self, rows: list[Row]) -> list[ConsumeRow]:
        """Return rows of pieces with the limits of error of their roles, which a run tells once."""
        if not self._limits:
            self._limits = self.fact("roles") or {}
        limits = self._limits
        found = []
        for web, low, high, unit, role in rows:
            name = self.name(role)
            error_mm, drift = limits.get(name or "", (0.0, 0.0))
            found.append(ConsumeRow(web, low, high, unit, name, error_mm, drift))
        return found

    def _mounts(self, where: str, parameters: tuple[Any, ...]) -> list[MountRow]:
        """Return mounts; where no end was written, a lot stays until the next one on the same input."""
        rows = self.rows(
            f"SELECT machine, input, lot, from_us, ifnull(to_us, ({NEXT_MOUNT})) FROM mount WHERE {where}",  # noqa: S608
            parameters,
        )
        return [MountRow(self.name(r[0]) or "", self.name(r[1]) or "", r[2], r[3], r[4]) for r in rows]

    def _links(self, where: str, parameters: tuple[Any, ...]) -> list[LinkRow]:
        rows = self.rows(f"SELECT parent, child, basis, rule, role, source, remark FROM link WHERE {where}", parameters)  # noqa: S608
        return [LinkRow(r[0], r[1], r[2], r[3], self.name(r[4]), r[5], r[6]) for r in rows]


def _marks(values: list[int]) -> str:
    return ",".join("?" * len(values))
