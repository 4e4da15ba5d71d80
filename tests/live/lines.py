"""What the tests of a live run share: lines of the library, and the rows of a ledger as a set that two runs can be compared by."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.model.plant import Plant

#: Columns by table; a number that stands for a text is replaced by it, line times count from the run's begin.
TABLES = {
    "visit": "unit, step, machine, tool, in_us, start_us, done_us, out_us, ns, verdict, grade, layout, vals",
    "state": "machine, from_us, state, reason, ns",
    "consume": "web, lo_mm, hi_mm, unit, role",
    "mount": "machine, input, lot, from_us",
    "placed": "unit, carrier, place, from_us, to_us",
    "piece_map": "child, child_lo_mm, child_hi_mm, parent, a_mm, b, lane, made_us",
    "charge": "web, lo_mm, hi_mm, batch, amount_lo, amount_hi",
    "lost": "lot, lo_mm, hi_mm, machine, time_us, why",
    "thing": "key, id, kind, material, made_us, amount, machine, remark",
    "things": "first_key, count, prefix, first_serial, kind, material, carrier, remark",
    "curve": "unit, step, done_us, places, points, data",
    "profile": "web, characteristic, side, lane, start_mm, step_mm, n, low, scale, data",
}
NAMED = {"step", "machine", "state", "reason", "grade", "role", "input", "kind", "material", "characteristic"}


@cache
def line(name: str) -> Plant:
    return load(name, installed_libraries())


@cache
def line_at(name: str, begin: str) -> Plant:
    """A line of the library whose runs begin at a stated moment."""
    return load(name, installed_libraries(), [f"run.begin={begin}"])


def rows_of(path: Path, table: str) -> list[tuple[object, ...]]:
    """All rows of one table, sorted, in terms that do not depend on the run."""
    columns = [c.strip() for c in TABLES[table].split(",")]
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        names = dict(connection.execute("SELECT key, kind || ':' || text FROM name"))
        (begin,) = connection.execute("SELECT begin_us FROM run").fetchone()
        found = [
            tuple(
                names.get(value, value) if column in NAMED else value - begin if column.endswith("_us") and value is not None else value
                for column, value in zip(columns, row, strict=True)
            )
            for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table}")
        ]
    finally:
        connection.close()
    return sorted(found, key=repr)


def alarms_of(path: Path) -> list[tuple[str, int, str]]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        (begin,) = connection.execute("SELECT begin_us FROM run").fetchone()
        statement = "SELECT kind, line_us, json_extract(body, '$.alarm') FROM event WHERE kind IN ('alarm.raised', 'alarm.returned')"
        return sorted((kind, line_us - begin, alarm) for kind, line_us, alarm in connection.execute(statement))
    finally:
        connection.close()


def assert_same_rows(one: Path, other: Path) -> dict[str, int]:
    """Both ledgers hold the same rows, each once; returns how many."""
    counts = {}
    for table in TABLES:
        first, second = rows_of(one, table), rows_of(other, table)
        if first != second:
            differing = [row for row in first if row not in set(second)][:3], [row for row in second if row not in set(first)][:3]
            raise AssertionError(f"{table}: {len(first)} and {len(second)} rows; only in the first {differing[0]}; only in the second {differing[1]}")
        counts[table] = len(first)
    assert alarms_of(one) == alarms_of(other)
    return counts
