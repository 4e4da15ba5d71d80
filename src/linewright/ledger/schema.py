"""The tables of a ledger: one description, from which the SQL of a store is made (docs/ledger.md tells what each is for).

A file holds one run, so its rows carry no run number. Keys and times are 64-bit integers, times in microseconds UTC; text that repeats stands
once, in `name`. Tables are appended to, in the order in which things happened; no column is ever read by its position.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Version of the tables below; `migrations.py` leads older files here.
VERSION = 3

#: "LWRT": tells a ledger's file from any other SQLite file (PRAGMA application_id).
APPLICATION_ID = 0x4C575254


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Parameters
    ----------
    name
        Its name.
    columns
        Such as ``"unit INTEGER NOT NULL"``.
    indexes
        Columns of each index, such as ``"web, lo_mm"``: only what a trace asks for, since each costs at every row.
    replayed
        True where a run that goes on from its last saved state writes the same rows again (they are recognised and not stored twice).
    """

    name: str
    columns: tuple[str, ...]
    indexes: tuple[str, ...] = ()
    replayed: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the bare names of the columns."""
        return tuple(c.split()[0] for c in self.columns)


TABLES: tuple[Table, ...] = (
    # ---- the run itself
    Table(
        "run",
        (
            "run TEXT PRIMARY KEY", "name TEXT NOT NULL", "source TEXT NOT NULL", "plan TEXT NOT NULL", "seed INTEGER", "speed REAL",
            "begin_us INTEGER NOT NULL", "created_us INTEGER NOT NULL", "line_us INTEGER", "ended_us INTEGER", "outcome TEXT",
        ),
    ),
    Table("plan", ("plan TEXT PRIMARY KEY", "text TEXT NOT NULL")),
    Table("name", ("key INTEGER PRIMARY KEY", "kind TEXT NOT NULL", "text TEXT NOT NULL"), ("kind, text",)),
    Table("fact", ("key TEXT PRIMARY KEY", "body TEXT NOT NULL")),
    # ---- things
    Table(
        "thing",
        (
            "key INTEGER PRIMARY KEY", "id TEXT NOT NULL", "kind INTEGER NOT NULL", "material INTEGER", "made_us INTEGER", "amount INTEGER",
            "machine INTEGER", "remark TEXT",
        ),
        ("id",),
    ),
    Table(
        "things",
        (
            "first_key INTEGER PRIMARY KEY", "count INTEGER NOT NULL", "prefix TEXT NOT NULL", "first_serial INTEGER NOT NULL",
            "kind INTEGER NOT NULL", "material INTEGER", "carrier INTEGER", "remark TEXT",
        ),
        ("prefix, first_serial", "carrier"),
    ),
    # ---- genealogy
    Table(
        "piece_map",
        (
            "child INTEGER NOT NULL", "child_lo_mm INTEGER NOT NULL", "child_hi_mm INTEGER NOT NULL", "parent INTEGER NOT NULL",
            "a_mm REAL NOT NULL", "b REAL NOT NULL", "lane INTEGER", "across_lo_mm REAL", "across_hi_mm REAL", "mirrored INTEGER NOT NULL",
            "sides_swapped INTEGER NOT NULL", "error_mm REAL NOT NULL", "drift REAL NOT NULL", "step INTEGER", "made_us INTEGER",
        ),
        ("child", "parent"),
        replayed=True,
    ),
    Table(
        "charge",
        (
            "web INTEGER NOT NULL", "lo_mm INTEGER NOT NULL", "hi_mm INTEGER NOT NULL", "batch INTEGER NOT NULL", "amount_lo INTEGER",
            "amount_hi INTEGER", "error_mm REAL NOT NULL", "side TEXT",
        ),
        ("web, lo_mm", "batch"),
        replayed=True,
    ),
    Table(
        "mount",
        ("machine INTEGER NOT NULL", "input INTEGER NOT NULL", "lot INTEGER NOT NULL", "from_us INTEGER NOT NULL", "to_us INTEGER"),
        ("machine, input, from_us", "lot"),
        replayed=True,
    ),
    Table(
        "consume",
        (
            "web INTEGER NOT NULL", "lo_mm INTEGER NOT NULL", "hi_mm INTEGER NOT NULL", "unit INTEGER NOT NULL", "role INTEGER",
        ),
        ("web, lo_mm", "unit"),
        replayed=True,
    ),
    Table(
        "lost",
        (
            "lot INTEGER NOT NULL", "lo_mm INTEGER NOT NULL", "hi_mm INTEGER NOT NULL", "machine INTEGER", "time_us INTEGER NOT NULL",
            "why TEXT NOT NULL",
        ),
        ("lot",),
        replayed=True,
    ),
    Table(
        "placed",
        ("unit INTEGER NOT NULL", "carrier INTEGER NOT NULL", "place INTEGER NOT NULL", "from_us INTEGER", "to_us INTEGER"),
        ("unit", "carrier, from_us"),
        replayed=True,
    ),
    Table(
        "link",
        (
            "parent INTEGER NOT NULL", "child INTEGER NOT NULL", "basis TEXT NOT NULL", "rule TEXT", "role INTEGER", "source TEXT", "remark TEXT",
        ),
        ("parent", "child"),
    ),
    # ---- what happened
    Table(
        "visit",
        (
            "unit INTEGER NOT NULL", "step INTEGER NOT NULL", "machine INTEGER", "tool INTEGER", "in_us INTEGER", "start_us INTEGER",
            "done_us INTEGER", "out_us INTEGER", "ns INTEGER", "verdict INTEGER", "grade INTEGER", "layout INTEGER", "vals BLOB",
        ),
        ("unit",),
        replayed=True,
    ),
    Table(
        "layout",
        (
            "layout INTEGER PRIMARY KEY", "plan TEXT NOT NULL", "step INTEGER NOT NULL", "characteristics TEXT NOT NULL", "units TEXT NOT NULL",
            "resolutions TEXT NOT NULL", "windows TEXT NOT NULL",
        ),
    ),
    Table(
        "observation",
        (
            "thing INTEGER NOT NULL", "characteristic INTEGER NOT NULL", "value REAL", "unit TEXT", "stated REAL", "literal TEXT", "text TEXT",
            "source TEXT", "step INTEGER", "time_us INTEGER", "remark TEXT",
        ),
        ("thing",),
    ),
    Table("state", ("machine INTEGER NOT NULL", "from_us INTEGER NOT NULL", "state INTEGER NOT NULL", "reason INTEGER", "ns INTEGER"),
          ("machine, from_us",), replayed=True),
    Table("event", ("seq INTEGER PRIMARY KEY", "line_us INTEGER", "wall_us INTEGER NOT NULL", "kind TEXT NOT NULL", "body TEXT NOT NULL"),
          ("kind, seq",)),
    Table("command", ("line_us INTEGER NOT NULL", "machine INTEGER NOT NULL", "kind INTEGER NOT NULL", "n INTEGER", "unit INTEGER"),
          replayed=True),
    Table("delivery", ("driver INTEGER NOT NULL", "number INTEGER NOT NULL", "line_us INTEGER NOT NULL", "wall_us INTEGER NOT NULL",
                       "body BLOB NOT NULL")),
    Table("finding", ("kind TEXT NOT NULL", "thing INTEGER", "id TEXT", "source TEXT", "found TEXT", "done TEXT"), ("kind", "thing")),
    # ---- values in time and along the metres
    Table("sample", ("seq INTEGER PRIMARY KEY", "line_us INTEGER NOT NULL", "wall_us INTEGER NOT NULL", "body TEXT NOT NULL"), ("line_us",)),
    Table(
        "signal",
        (
            "machine INTEGER NOT NULL", "name INTEGER NOT NULL", "begin_us INTEGER NOT NULL", "every_us INTEGER NOT NULL", "n INTEGER NOT NULL",
            "low REAL NOT NULL", "scale REAL NOT NULL", "data BLOB NOT NULL",
        ),
        ("machine, name, begin_us",),
    ),
    Table(
        "profile",
        (
            "web INTEGER NOT NULL", "characteristic INTEGER NOT NULL", "side TEXT", "lane INTEGER", "start_mm INTEGER NOT NULL",
            "step_mm INTEGER NOT NULL", "n INTEGER NOT NULL", "low REAL NOT NULL", "scale REAL NOT NULL", "data BLOB NOT NULL",
        ),
        ("web",),
        replayed=True,
    ),
    Table(
        "curve",
        (
            "unit INTEGER NOT NULL", "step INTEGER NOT NULL", "done_us INTEGER NOT NULL", "places INTEGER NOT NULL", "points INTEGER NOT NULL",
            "data BLOB NOT NULL",
        ),
        ("unit",),
        replayed=True,
    ),
    # ---- how to go on
    Table("checkpoint", ("seq INTEGER PRIMARY KEY", "line_us INTEGER", "wall_us INTEGER NOT NULL", "marks TEXT NOT NULL", "state BLOB NOT NULL")),
    Table("fill", ("part INTEGER PRIMARY KEY", "data BLOB NOT NULL")),
    # ---- what proves that nothing was changed (chain.py)
    Table("taken", ("n INTEGER NOT NULL", "data BLOB NOT NULL")),
    Table("closed", ("file TEXT PRIMARY KEY", "of_table TEXT NOT NULL", "day INTEGER NOT NULL", "first INTEGER NOT NULL", "last INTEGER NOT NULL",
                     "moved INTEGER NOT NULL", "bytes INTEGER NOT NULL", "digest TEXT NOT NULL")),
    Table("block", ("seq INTEGER PRIMARY KEY", "line_us INTEGER", "wall_us INTEGER NOT NULL", "body TEXT NOT NULL", "digest TEXT NOT NULL")),
)  # fmt: skip

TABLE_BY_NAME = {t.name: t for t in TABLES}


def create_statements() -> list[str]:
    """Return the SQL that makes all tables and indexes in an empty SQLite file.

    Examples
    --------
    >>> [s for s in create_statements() if "consume" in s][1]
    'CREATE INDEX consume_web_lo_mm ON consume (web, lo_mm)'
    """
    statements = []
    for table in TABLES:
        statements.append(f"CREATE TABLE {table.name} ({', '.join(table.columns)})")
        for columns in table.indexes:
            statements.append(f"CREATE INDEX {table.name}_{columns.replace(', ', '_')} ON {table.name} ({columns})")  # noqa: PERF401
    return statements
