"""The one writer of a run: rows in, a commit that holds when it returns, and the way to go on after a crash."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from linewright.ledger.chain import BLOCK_ROWS, Block, taken_bytes
from linewright.ledger.errors import LedgerError
from linewright.ledger.row_writer import Column, RowWriter, now_us
from linewright.ledger.schema import TABLES

__all__ = ["Checkpoint", "Column", "RunWriter", "now_us"]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The last saved state of a run.

    Parameters
    ----------
    seq
        Its number.
    line_us
        Line time it was saved at.
    state
        What `commit` was given.
    fills
        Parts of the state that are saved only where they change, by their number.
    marks
        Rows each table had at that moment; what lies behind them is the tail.
    """

    seq: int
    line_us: int | None
    state: bytes
    fills: dict[int, bytes]
    marks: dict[str, int]


class RunWriter(RowWriter):
    """Writes one run, row by row and commit by commit; `Ledger.create_run` and `Ledger.open_run` make it.

    Parameters
    ----------
    path
        The run's file; its tables exist.
    run_id
        Such as ``live-3``.

    Raises
    ------
    LockedError
        Another process writes this run.
    NewerError
        A newer version wrote it.
    """

    def __init__(self, path: Path, run_id: str) -> None:
        super().__init__(path, run_id)
        self._skip_events: dict[str, list[int]] = {}
        self._count()

    def _count(self) -> None:
        """Take up the numbers of events, samples and names where they stand."""
        self._next_event, self._next_sample = self._highest("event") + 1, self._highest("sample") + 1
        self._names: dict[tuple[str, str], int] = {(kind, text): key for key, kind, text in self.query("SELECT key, kind, text FROM name")}

    # ---- rows

    def key(self, kind: str, text: str) -> int:
        """Return the number that stands for a text in the tables (a step's name, a machine's path, a state); make it where it is new."""
        known = self._names.get((kind, text))
        if known is not None:
            return known
        self._begin()
        number = len(self._names) + 1
        self._run_many("INSERT INTO name (key, kind, text) VALUES (?, ?, ?)", [(number, kind, text)])
        self._names[kind, text] = number
        return number

    def event(self, kind: str, line_us: int | None, body: Mapping[str, Any], wall_us: int | None = None) -> int:
        """Add an event; return its number in the run's order.

        Parameters
        ----------
        kind
            Such as ``alarm.raised``, ``command.hold``.
        line_us
            Line time, UTC in microseconds; None where it has none.
        body
            What goes into JSON.
        wall_us
            When it became known; None is now.
        """
        waiting = self._skip_events.get(kind)
        if waiting:
            return waiting.pop(0)
        self._begin()
        seq = self._next_event
        self._next_event += 1
        if self._chain is not None:
            self._chain.waiting += 1
        row = (seq, line_us, wall_us if wall_us is not None else now_us(), kind, json.dumps(body, separators=(",", ":"), ensure_ascii=False))
        self._run_many("INSERT INTO event (seq, line_us, wall_us, kind, body) VALUES (?, ?, ?, ?, ?)", [row])
        return seq

    def sample(self, line_us: int, body: str, wall_us: int | None = None) -> int:
        """Add the state of the whole line at a moment (JSON); return its number."""
        self._begin()
        seq = self._next_sample
        self._next_sample += 1
        row = (seq, line_us, wall_us if wall_us is not None else now_us(), body)
        self._run_many("INSERT INTO sample (seq, line_us, wall_us, body) VALUES (?, ?, ?, ?)", [row])
        return seq

    def fact(self, key: str, body: Any) -> None:
        """Write one fact of the run (JSON) that a reader needs beside the rows: the stations' order, the arithmetic of the opening stock."""
        self.put("fact", {"key": [key], "body": [json.dumps(body, separators=(",", ":"))]})

    # ---- commit

    def commit(self, state: bytes | None = None, fills: Mapping[int, bytes] | bytes | None = None, line_us: int | None = None) -> None:
        """Make all that was added durable; it is when this returns.

        Parameters
        ----------
        state
            The state to go on from after a crash; the two newest are kept. None: none is saved with this commit.
        fills
            With a state: parts of it that changed since the last one. By number, each part is kept in its newest form only; plain bytes are
            kept behind all that there are.
        line_us
            Line time that has been reached.

        Raises
        ------
        DiskLowError
            The disk is full. What was committed before is kept.
        """
        self._begin()
        if line_us is not None:
            self._run_many("UPDATE run SET line_us = ?", [(line_us,)])
        if state is not None:
            if isinstance(fills, bytes):
                fills = {self._highest("fill") + 1: fills} if fills else {}
            self._save(state, fills or {}, line_us)
        self._close_block(line_us)
        try:
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise self._translated(error) from error

    def rollback(self) -> None:
        """Forget what was added since the last commit."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
            self._restart()
            self._count()

    def reached_us(self) -> int:
        """Return the line time that the header says is reached, UTC in microseconds."""
        return int(self._connection.execute("SELECT line_us FROM run").fetchone()[0])

    def end(self, outcome: str, line_us: int | None = None) -> None:
        """Note that the run is over (``done``, ``stopped``, ``failed``) and commit. A live run may still be opened again."""
        self._begin()
        self._run_many("UPDATE run SET ended_us = ?, outcome = ?", [(now_us(), outcome)])
        if line_us is not None:
            self._run_many("UPDATE run SET line_us = ?", [(line_us,)])
        self._close_block(line_us, is_end=True)
        self.commit()

    def close(self) -> None:
        """Close the file and let go of the lock; what was not committed is forgotten. Twice does no harm."""
        if self._lock is not None:
            self.rollback()
            self._connection.close()
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # ---- going on after a crash

    def checkpoint(self) -> Checkpoint | None:
        """Return the last saved state; None where there is none."""
        row = self._connection.execute("SELECT seq, line_us, state, marks FROM checkpoint ORDER BY seq DESC LIMIT 1").fetchone()
        if row is None:
            return None
        fills = dict(self._connection.execute("SELECT part, data FROM fill ORDER BY part"))
        return Checkpoint(row[0], row[1], row[2], fills, json.loads(row[3]))

    def begin_replay(self, checkpoint: Checkpoint | None = None) -> dict[str, int]:
        """From now on recognise the rows that were committed behind a checkpoint (None: behind the run's begin) and do not store them twice.

        The run goes on from the saved state and makes the same rows and events again, in the same order; they are counted off, table by table
        and kind by kind, until those that are there already have all come by. Return how many are awaited of each table.
        """
        marks = checkpoint.marks if checkpoint is not None else {}
        for table in TABLES:
            if table.replayed:
                awaited = self._highest(table.name) - marks.get(table.name, 0)
                if awaited:
                    self._skip_rows[table.name] = awaited
        for seq, kind in self._connection.execute("SELECT seq, kind FROM event WHERE seq > ? ORDER BY seq", (marks.get("event", 0),)):
            self._skip_events.setdefault(kind, []).append(seq)
        return dict(self._skip_rows)

    def awaited(self) -> dict[str, int]:
        """Return how many rows of each table are still to come by in a replay; empty when it is over."""
        return {table: count for table, count in self._skip_rows.items() if count}

    def end_replay(self) -> None:
        """Store everything again from now on.

        Raises
        ------
        LedgerError
            Rows that are there did not come by: the state and the rows do not belong together.
        """
        left = self.awaited()
        if left:
            raise LedgerError(
                f"{self.path}: going on from the saved state did not make these rows again: {left}. "
                f"The run's file and its line file do not belong together; begin anew with --new"
            )
        self._skip_rows.clear()
        self._skip_events.clear()

    # ---- inside

    def _save(self, state: bytes, fills: Mapping[int, bytes], line_us: int | None) -> None:
        marks = {table.name: self._highest(table.name) for table in TABLES if table.replayed or table.name in ("event", "delivery")}
        seq = self._highest("checkpoint") + 1
        statement = "INSERT INTO checkpoint (seq, line_us, wall_us, marks, state) VALUES (?, ?, ?, ?, ?)"
        self._run_many(statement, [(seq, line_us, now_us(), json.dumps(marks), state)])
        self._run_many("DELETE FROM checkpoint WHERE seq < ?", [(seq - 1,)])
        if fills:
            self.put("fill", {"part": list(fills), "data": list(fills.values())})

    def _close_block(self, line_us: int | None, *, is_end: bool = False) -> None:
        """Write, with the commit that is under way, what proves its rows: a block where enough came, else a note of what no block covers yet."""
        if self._chain is None:
            return
        self._put_taken()
        is_due = is_end or self._chain.waiting >= BLOCK_ROWS
        self._put_block(self._chain.close(line_us, now_us(), is_end=is_end) if is_due else self._chain.note(now_us()))

    def _put_taken(self) -> None:
        if self._taken:
            count, data = taken_bytes(self._taken)
            self._taken.clear()
            self.append("taken", {"n": [count], "data": [data]})

    def _put_block(self, block: Block | None) -> None:
        if block is not None:
            row = (block.seq, block.line_us, block.wall_us, block.body, block.digest)
            self._run_many("INSERT OR REPLACE INTO block (seq, line_us, wall_us, body, digest) VALUES (?, ?, ?, ?, ?)", [row])
