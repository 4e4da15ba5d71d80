"""The chain of blocks that makes a ledger tamper-evident: each closed block carries the digests of its rows and of the block before.

A block covers, of each table that is only ever appended to, the rows that came since the block before; of each table whose rows may be
replaced (`STATE_TABLES`) the whole of it as it was then. The digest of a block is SHA-256 over the digest before it and all that the block
says, so no row, no block and no order can be changed without every later digest being another one. Whoever may write the file can of course
make the whole chain anew: keep the last digest elsewhere (``linewright ledger verify`` prints it and takes it back with ``--expect``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from linewright.ledger.schema import TABLE_BY_NAME, TABLES

#: Rows of these may be replaced by newer ones; a block holds the digest of the whole table.
STATE_TABLES = ("plan", "fact", "thing", "things", "layout")
#: Working state from which a run goes on; it is chained only where it is all there is of a run (kept as checkpoints).
WORKING_TABLES = ("checkpoint", "fill")
#: Tables whose rows never change once they are there.
CHAINED = tuple(t.name for t in TABLES if t.name not in (*STATE_TABLES, *WORKING_TABLES, "run", "block", "closed"))
#: Written later than the rest of its row; what was written stands in `taken`, and `verify` compares.
LATER = {"placed": ("to_us",)}
#: Rows after which a block is closed with the next commit.
BLOCK_ROWS = 65_536

BLOCK_COLUMNS = "seq, line_us, wall_us, body, digest"

Rows = list[tuple[Any, ...]]
Query = Callable[[str, Sequence[Any]], Rows]


@dataclass(frozen=True, slots=True)
class Span:
    """Rows `first` to `last` of a table, both included, and their digest."""

    first: int
    last: int
    digest: str


@dataclass(frozen=True, slots=True)
class Block:
    """One closed block, or (digest empty) the note that tables of state changed since the last one.

    Parameters
    ----------
    seq
        Its number, from 1.
    line_us, wall_us
        Line time reached, and wall time when it was closed; UTC in microseconds.
    rows
        Span of each table that got rows.
    state
        Digest of each table of state that changed; of a note the names alone.
    ends
        Highest row number of each table that the chain covers up to here.
    digest
        SHA-256 over the digest before and all of this, as hexadecimal text.
    """

    seq: int
    line_us: int | None
    wall_us: int
    rows: dict[str, Span]
    state: dict[str, str]
    ends: dict[str, int]
    digest: str

    @property
    def body(self) -> str:
        """Return what the table `block` holds of it as JSON."""
        rows = {name: [s.first, s.last, s.digest] for name, s in sorted(self.rows.items())}
        told = {"rows": rows, "state": dict(sorted(self.state.items())), "ends": dict(sorted(self.ends.items()))}
        return json.dumps(told, separators=(",", ":"))

    @classmethod
    def from_row(cls, seq: int, line_us: int | None, wall_us: int, body: str, digest: str) -> Block:
        """Make it from a row of the table `block`."""
        told = json.loads(body)
        return cls(seq, line_us, wall_us, {name: Span(*s) for name, s in told["rows"].items()}, told["state"], told["ends"], digest)


def link(before: str, seq: int, line_us: int | None, wall_us: int, body: str) -> str:
    """Return the digest of a block that follows a digest."""
    return hashlib.sha256(json.dumps([before, seq, line_us, wall_us, body]).encode()).hexdigest()


def genesis(query: Query) -> str:
    """Return the digest that the first block follows: of what the run's header said when it was made."""
    rows = query("SELECT run, name, source, plan, seed, speed, begin_us, created_us FROM run", ())
    return hashlib.sha256(json.dumps([list(r) for r in rows]).encode()).hexdigest()


def outcome_digest(query: Query) -> str:
    """Return the digest of how the run ended."""
    return hashlib.sha256(json.dumps([list(r) for r in query("SELECT ended_us, outcome FROM run", ())]).encode()).hexdigest()


def columns_digest(table: str, columns: Sequence[Sequence[Any]], names: Sequence[str]) -> str:
    """Return the digest of rows given as columns, the same however a store holds them.

    Parameters
    ----------
    table
        Name of the table.
    columns
        One sequence of Python values for each name, all of one length, in the order of the rows.
    names
        The columns; each is hashed under its name: where it is null, then its values as little-endian 64-bit numbers, or the lengths and
        bytes of its texts.

    Examples
    --------
    >>> columns_digest("mount", [[1, 2], [None, 5]], ["lot", "to_us"]) == columns_digest("mount", [[1, 2], [0, 5]], ["lot", "to_us"])
    False
    """
    return pieces_digest(table, [(len(columns[0]), dict(zip(names, columns, strict=True)))], names)


Piece = tuple[int, dict[str, Any]]


def pieces_digest(table: str, pieces: Sequence[Piece], names: Sequence[str]) -> str:
    """Return the same digest of rows that came in pieces.

    Parameters
    ----------
    pieces
        Of each how many rows it has, and its columns by name: lists of Python values or arrays; one that is lacking is null.
    """
    kinds = {c.split()[0]: c.split()[1] for c in TABLE_BY_NAME[table].columns}
    count = sum(n for n, _ in pieces)
    found = hashlib.sha256(table.encode())
    for name in names:
        found.update(f"\0{name}:{count}\0".encode())
        if kinds.get(name, "INTEGER") in {"TEXT", "BLOB"}:
            texts = [v for n, columns in pieces for v in columns.get(name, [None] * n)]
            raw = [v.encode() if isinstance(v, str) else b"" if v is None else bytes(v) for v in texts]
            found.update(np.array([-1 if v is None else len(t) for v, t in zip(texts, raw, strict=True)], dtype="<i8").tobytes())
            found.update(b"".join(raw))
            continue
        dtype = "<f8" if kinds.get(name) == "REAL" else "<i8"
        parts = [_numbers(columns.get(name), n, dtype) for n, columns in pieces]
        if any(mask is not None for _, mask in parts):
            masks = [np.zeros(len(v), bool) if mask is None else mask for v, mask in parts]
            found.update(np.packbits(np.concatenate(masks)).tobytes())
        found.update(b"".join(values.tobytes() for values, _ in parts))
    return found.hexdigest()


def _numbers(column: Any, count: int, dtype: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None]:
    """Return a column as numbers, 0 where it is null, and where that is (None: nowhere); what is not a number is stored as null."""
    if column is None:
        return np.zeros(count, dtype), np.ones(count, bool) if count else None
    if isinstance(column, np.ndarray) and column.dtype.kind in "iub":
        return column.astype(dtype), None
    try:
        values = np.array(column, dtype=np.float64 if isinstance(column, np.ndarray) else dtype)
    except (TypeError, ValueError):
        mask = np.array([v is None or v != v for v in column], dtype=bool)  # noqa: PLR0124 - not a number
        return np.array([0 if is_null else v for v, is_null in zip(column, mask.tolist(), strict=True)], dtype=dtype), mask
    if values.dtype.kind == "f":
        values = values + 0.0  # SQLite knows no minus nought
        if np.isnan(values).any():
            mask = np.isnan(values)
            return np.where(mask, 0.0, values).astype(dtype), mask
    return values.astype(dtype), None


def chained_columns(table: str) -> list[str]:
    """Return the columns of a table that its digest covers."""
    return [name for name in TABLE_BY_NAME[table].column_names if name not in LATER.get(table, ())]


def rows_digest(query: Query, table: str, first: int, last: int) -> tuple[str, int]:
    """Return the digest of the rows of a table with numbers first to last, and how many there are."""
    names = chained_columns(table)
    rows = query(f"SELECT {', '.join(names)} FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid", (first, last))  # noqa: S608
    return columns_digest(table, list(zip(*rows, strict=True)) if rows else [()] * len(names), names), len(rows)


def table_digest(query: Query, table: str) -> str:
    """Return the digest of a whole table of state, in the order of its key."""
    names = chained_columns(table)
    parts = hashlib.sha256()
    rows = query(f"SELECT {', '.join(names)} FROM {table} ORDER BY {names[0]}", ())  # noqa: S608 - names of the schema
    if names[0] in {"key", "plan"} and table in {"plan", "fact"}:
        rows.sort(key=lambda row: row[0].encode())  # a database may sort text by its language
    parts.update(columns_digest(table, list(zip(*rows, strict=True)) if rows else [()] * len(names), names).encode())
    return parts.hexdigest()


class Chain:
    """The end of a run's chain, as its writer holds it.

    Parameters
    ----------
    query
        Reads from the writer's own connection.
    highest
        Returns the highest row number of a table.
    """

    def __init__(self, query: Query, highest: Callable[[str], int]) -> None:
        self._query, self._highest = query, highest
        newest = query(f"SELECT {BLOCK_COLUMNS} FROM block WHERE digest <> '' ORDER BY seq DESC LIMIT 1", ())  # noqa: S608
        last = Block.from_row(*newest[0]) if newest else None
        self._last, self._seq, self._ends = (last.digest, last.seq, last.ends) if last is not None else (genesis(query), 0, {})
        #: Rows that are in no block yet.
        self.waiting = sum(highest(name) - self._ends.get(name, 0) for name in CHAINED)
        self._dirty, self._told = set(STATE_TABLES), set[str]()
        self._pieces: dict[str, list[Piece]] = {}

    def added(self, table: str, count: int, columns: dict[str, Any]) -> None:
        """Keep rows that were added to a table until their block is closed: reading them again would cost as much as writing them."""
        self.waiting += count
        self._pieces.setdefault(table, []).append((count, columns))

    def changed(self, table: str) -> None:
        """Note that rows of a table of state were replaced or added."""
        if table in STATE_TABLES:
            self._dirty.add(table)

    def note(self, wall_us: int) -> Block | None:
        """Return the note that tables of state are not as the last block says; None where the file says so already."""
        if self._dirty <= self._told:
            return None
        self._told |= self._dirty
        return Block(self._seq + 1, None, wall_us, {}, dict.fromkeys(self._told, ""), {}, "")

    def close(self, line_us: int | None, wall_us: int, *, is_end: bool = False) -> Block | None:
        """Return the block of all that came since the last one; None where nothing did.

        Parameters
        ----------
        is_end
            The run is over: how it ended is part of the block, and the checkpoints of a run that has nothing else.
        """
        spans: dict[str, Span] = {}
        for name in CHAINED:
            first, last = self._ends.get(name, 0) + 1, self._highest(name)
            if last >= first:
                pieces = self._pieces.get(name, [])
                if sum(count for count, _ in pieces) == last - first + 1:
                    spans[name] = Span(first, last, pieces_digest(name, pieces, chained_columns(name)))
                else:  # some were there when this writer began
                    spans[name] = Span(first, last, rows_digest(self._query, name, first, last)[0])
        self._pieces = {}
        state = {name: table_digest(self._query, name) for name in sorted(self._dirty)}
        if is_end:
            state["run"] = outcome_digest(self._query)
            if self._query("SELECT 1 FROM fact WHERE key = 'kept'", ()):
                state |= {name: table_digest(self._query, name) for name in WORKING_TABLES}
        if not spans and not state:
            return None
        self._ends = self._ends | {name: span.last for name, span in spans.items()}
        body = Block(0, None, 0, spans, state, self._ends, "").body
        block = Block(self._seq + 1, line_us, wall_us, spans, state, self._ends, link(self._last, self._seq + 1, line_us, wall_us, body))
        self._last, self._seq, self.waiting = block.digest, block.seq, 0
        self._dirty, self._told = set(), set()
        return block


def taken_bytes(triples: Iterable[tuple[Sequence[int], Sequence[int], Sequence[int]]]) -> tuple[int, bytes]:
    """Return how many units were taken off and the bytes of a row of `taken`: units, carriers, times, int64 little-endian."""
    parts = [np.array([u, c, t], dtype="<i8") for u, c, t in triples]
    joined = np.concatenate(parts, axis=1) if parts else np.empty((3, 0), dtype="<i8")
    return joined.shape[1], joined.tobytes()


def taken_of(data: bytes) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return (units, carriers, times) of a row of `taken`, int64, shape (3, n).

    Examples
    --------
    >>> taken_of(taken_bytes([([7, 8], [1, 1], [50, 60])])[1]).tolist()
    [[7, 8], [1, 1], [50, 60]]
    """
    return np.frombuffer(data, dtype="<i8").reshape(3, -1).astype(np.int64)
