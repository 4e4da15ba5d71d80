"""How PostgreSQL says what the ledger's SQL says: the one place where the two stores differ in words.

Every statement of the ledger is written for SQLite (and read as it is by DuckDB); `to_postgres` turns it into PostgreSQL's. Row numbers are a
column of their own there, ``rowid``; text compares by its bytes, as in SQLite.
"""

from __future__ import annotations

import re
from functools import lru_cache

from linewright.ledger.schema import TABLE_BY_NAME, TABLES, Table

KINDS = {"INTEGER": "bigint", "REAL": "double precision", "TEXT": 'text COLLATE "C"', "BLOB": "bytea"}
#: Tables of the most rows that are asked for by time: one partition a day.
BY_DAY = frozenset({"visit", "command", "curve", "signal", "delivery"})

_MARK = re.compile(r"\?(\d+)?|%")
_WORDS = (
    (re.compile(r"\bifnull\("), "coalesce("),
    (re.compile(r"\bLIKE\b"), "ILIKE"),
    (re.compile(r"\bBEGIN IMMEDIATE\b"), "BEGIN"),
    (re.compile(r"\bjson_each\((\?\d*)\) AS (\w+)"), r"(SELECT element::bigint AS value FROM json_array_elements_text(\1::json) AS element) AS \2"),
    (re.compile(r"\bjson_extract\((\w+), '\$\.(\w+)'\)"), r"(\1::json ->> '\2')"),
)
_REPLACE = re.compile(r"^INSERT OR (REPLACE|IGNORE) INTO (\w+) \(([^)]*)\) (.*)$", re.DOTALL)


@lru_cache(maxsize=2048)
def to_postgres(statement: str) -> tuple[str, tuple[int, ...] | None]:
    """Return a statement in PostgreSQL's words, and which parameter each of its marks stands for (None: one after another).

    Examples
    --------
    >>> to_postgres("SELECT ifnull(max(rowid), 0) FROM visit WHERE unit = ?")
    ('SELECT coalesce(max(rowid), 0) FROM visit WHERE unit = %s', None)
    >>> to_postgres("SELECT ?1, ?1, '5 %'")
    ("SELECT %s, %s, '5 %%'", (0, 0))
    >>> to_postgres("INSERT OR REPLACE INTO fact (key, body) VALUES (?, ?)")[0]
    'INSERT INTO fact (key, body) VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET body = excluded.body'
    """
    text = statement
    for pattern, words in _WORDS:
        text = pattern.sub(words, text)
    match = _REPLACE.match(text)
    if match:
        verb, table, columns, rest = match.groups()
        key = key_of(TABLE_BY_NAME[table])
        others = [c.strip() for c in columns.split(",") if c.strip() != key]
        news = ", ".join(f"{c} = excluded.{c}" for c in others)
        on = f"ON CONFLICT ({key}) DO UPDATE SET {news}" if verb == "REPLACE" and others else "ON CONFLICT DO NOTHING"
        text = f"INSERT INTO {table} ({columns}) {rest} {on}"
    order: list[int] = []

    def mark(found: re.Match[str]) -> str:
        if found[0] == "%":
            return "%%"
        if found[1] is not None:
            order.append(int(found[1]) - 1)
        return "%s"

    return _MARK.sub(mark, text), tuple(order) or None


def key_of(table: Table) -> str | None:
    """Return the column that is a table's primary key; None where its rows have only their numbers."""
    return next((c.split()[0] for c in table.columns if "PRIMARY KEY" in c), None)


def is_numbered(table: str) -> bool:
    """Tell whether rows of a table must be given their number (elsewhere it is the key, or none is needed)."""
    return key_of(TABLE_BY_NAME[table]) is None


def create_postgres() -> list[str]:
    """Return the SQL that makes all tables and indexes in an empty schema of PostgreSQL.

    Examples
    --------
    >>> [s for s in create_postgres() if "TABLE mount" in s][0][:60]
    'CREATE TABLE mount (rowid bigint NOT NULL, machine bigint NO'
    """
    statements = []
    for table in TABLES:
        key = key_of(table)
        columns = [_column(c) for c in table.columns]
        if key is None:
            columns.insert(0, "rowid bigint NOT NULL")
        elif "INTEGER PRIMARY KEY" in " ".join(table.columns):
            columns.append(f"rowid bigint GENERATED ALWAYS AS ({key}) STORED")
        else:
            columns.append("rowid bigint GENERATED ALWAYS AS IDENTITY")
        by_day = ""
        if table.name in BY_DAY:
            columns.append("day integer NOT NULL")
            by_day = " PARTITION BY LIST (day)"
        statements.append(f"CREATE TABLE {table.name} ({', '.join(columns)}){by_day}")
        indexes = [*table.indexes, *(["rowid"] if key is None else [])]
        statements += [f"CREATE INDEX {table.name}_{names.replace(', ', '_')} ON {table.name} ({names})" for names in indexes]
    return statements


def create_day(table: str, day: int) -> str:
    """Return the SQL that makes the partition of a day (1970-01-01 is 0)."""
    return f"CREATE TABLE IF NOT EXISTS {table}_{day} PARTITION OF {table} FOR VALUES IN ({day})"


def _column(column: str) -> str:
    name, kind, *rest = column.split()
    return " ".join((name, KINDS[kind], *rest))
