"""What an import tells of a thing: the values of its ancestors, and of the protocols they come from, in the sections its importer named."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from linewright.genealogy.life import values_of
from linewright.genealogy.records import Records
from linewright.genealogy.tree import Section, Told, ToldValue, Value
from linewright.ledger.records import Thing

__all__ = ["FACT", "Ancestor", "ancestors", "told_of"]

#: Fact of a run in which an importer says how its records are read: `within`, `sides`, `sections` (see `exchange.kiprobatt.sections`).
FACT = "sections"


@dataclass(slots=True)
class Ancestor:
    """A thing on the way back, and how it is reached.

    Parameters
    ----------
    thing
        The thing.
    is_stated
        Whether stated links alone lead to it.
    rules
        Rules on the first way that was found; empty where it is stated.
    sides
        What the links on the ways to it say of its side: ``anode``, ``cathode``.
    """

    thing: Thing
    is_stated: bool
    rules: tuple[str, ...] = ()
    sides: frozenset[str] = frozenset()


def ancestors(records: Records, key: int, sides: dict[str, str] | None = None) -> dict[int, Ancestor]:
    """Return a thing and all its ancestors over links, by key; a circle in the records is walked once.

    Parameters
    ----------
    sides
        Side by the role of a link.
    """
    start = records.thing(key)
    if start is None:
        return {}
    found = {key: Ancestor(start, is_stated=True)}
    todo = deque([key])
    while todo:
        child = todo.popleft()
        near = found[child]
        for link in records.reader.links_to(child):
            thing = records.thing(link.parent)
            if thing is None:
                continue
            is_stated = near.is_stated and link.basis == "stated"
            rules = () if is_stated else tuple(sorted({*near.rules, *([link.rule] if link.basis != "stated" and link.rule else [])}))
            side = (sides or {}).get(link.role or "")
            seen = near.sides | ({side} if side else set())
            known = found.get(link.parent)
            if known is None:
                found[link.parent] = Ancestor(thing, is_stated, rules, seen)
            elif (is_stated and not known.is_stated) or not seen <= known.sides:
                known.sides |= seen
                if is_stated:
                    known.is_stated, known.rules = True, ()
            else:
                continue
            todo.append(link.parent)
    return found


def told_of(records: Records, key: int) -> Told | None:
    """Return what an import tells of a thing and of all it came from; None where the run's importer named no sections."""
    plan = records.reader.fact(FACT)
    if not plan:
        return None
    line = ancestors(records, key, plan["sides"])
    protocols = _protocols(records, line, plan["within"])
    sections = tuple(
        Section(plan_of["title"], tuple(sorted(_rows(records, plan_of, line, protocols), key=_place))) for plan_of in plan["sections"]
    )  # fmt: skip
    above = [a for k, a in line.items() if k != key]
    return Told(
        len(above), sum(a.is_stated for a in above), sum((a.thing.remark or "").startswith("placeholder") for a in above),
        tuple(s for s in sections if s.rows),
    )  # fmt: skip


def _place(row: ToldValue) -> tuple[str, str]:
    return (" ".join(row.sides), row.thing)


def _protocols(records: Records, line: dict[int, Ancestor], within: str) -> dict[int, Ancestor]:
    """Return the protocols that the things of a line belong to: an object's id begins with its protocol's, ended by `within`."""
    found: dict[int, Ancestor] = {}
    for each in line.values():
        name, mark, _ = each.thing.id.partition(within)
        key = records.reader.key_of(name) if mark else None
        thing = records.thing(key) if key is not None else None
        if key is None or thing is None:
            continue
        known = found.setdefault(key, Ancestor(thing, each.is_stated, each.rules, each.sides))
        known.sides |= each.sides
        if each.is_stated:
            known.is_stated, known.rules = True, ()
    return found


def _rows(records: Records, plan: dict[str, Any], line: dict[int, Ancestor], protocols: dict[int, Ancestor]) -> list[ToldValue]:
    rows = []
    for each in line.values():
        for value in _values(records, each.thing):
            if value.characteristic in plan["things"]:
                rows.append(_row(each, value))
            rows += [_row(each, v, of) for of in _files(records, value) for v in _values(records, of) if v.characteristic in plan["files"]]
    for each in protocols.values():
        if each.thing.material == plan["protocol"]:
            rows += [_row(each, v) for v in _values(records, each.thing) if v.characteristic in plan["protocols"]]
    return rows


def _values(records: Records, thing: Thing) -> tuple[Value, ...]:
    return values_of(records, thing, None, None, None)


def _row(by: Ancestor, value: Value, of: Thing | None = None) -> ToldValue:
    thing = of or by.thing
    return ToldValue(thing.id, thing.kind, tuple(sorted(by.sides)), "stated" if by.is_stated else "rule", by.rules, value)


def _files(records: Records, value: Value) -> list[Thing]:
    """Return the files that a value names and that the records hold; a blank in a name may be written as `_`."""
    found = []
    for name in (value.text or "").split("; "):
        if name.startswith("File:"):
            key = records.reader.key_of(name)
            key = key if key is not None else records.reader.key_of(name.replace("_", " "))
            thing = records.thing(key) if key is not None else None
            found += [thing] if thing is not None and thing.remark is None else []
    return found
