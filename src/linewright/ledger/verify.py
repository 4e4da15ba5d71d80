"""Looks through a run's chain of blocks for what was changed since it was written, and says where."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np

from linewright.ledger.chain import (
    BLOCK_COLUMNS,
    CHAINED,
    Block,
    genesis,
    link,
    outcome_digest,
    rows_digest,
    table_digest,
    taken_of,
)
from linewright.ledger.closed import CLOSED, closed_folder, file_digest
from linewright.ledger.errors import LedgerError
from linewright.ledger.row_reader import RowReader


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written.

    Parameters
    ----------
    block
        Number of the block that tells so; None where it is no block's.
    table
        Its table; None where it is the chain itself.
    what
        What was expected and what is there.
    """

    block: int | None
    table: str | None
    what: str


@dataclass(slots=True)
class Verified:
    """What was found in one run.

    Parameters
    ----------
    run
        Its id.
    blocks, rows
        How many closed blocks and rows in them were looked at.
    open_rows
        Rows behind the last block: written, and not proven yet.
    head
        Digest of the last block; None where there is none.
    faults
        What is not as it was written; empty where all is.
    """

    run: str
    blocks: int = 0
    rows: int = 0
    open_rows: int = 0
    head: str | None = None
    faults: list[Fault] = field(default_factory=list)


def verify_run(reader: RowReader, run: str, expected: str | None = None) -> Verified:
    """Look through a run.

    Parameters
    ----------
    reader
        Of the run.
    run
        Its id.
    expected
        A digest that was kept elsewhere: it must be that of one of the blocks.
    """
    found = Verified(run)
    try:
        faults = reader.damage()
        found.faults += [Fault(None, None, f"the file is damaged: {text}") for text in faults]
        _files(reader, found)
        _chain(reader, found, expected)
        _taken(reader, found)
    except sqlite3.DatabaseError as error:
        found.faults.append(Fault(None, None, f"the file is damaged and cannot be read on ({error})"))
    return found


def _files(reader: RowReader, found: Verified) -> None:
    """Compare the files of closed days with what was written of them."""
    for name in CLOSED:
        for file in reader.closed(name):
            path = closed_folder(reader.path) / file.file
            if not path.exists():
                found.faults.append(Fault(None, name, f"{path.name} (rows {file.first} to {file.last}) is missing"))
            elif file_digest(path) != file.digest:
                size = path.stat().st_size
                what = "was changed" if size == file.bytes else f"has {size:,} bytes instead of {file.bytes:,}"
                found.faults.append(Fault(None, name, f"{path.name} (rows {file.first} to {file.last}) {what}"))


def _blocks(reader: RowReader) -> Iterator[Block]:
    for row in reader.rows(f"SELECT {BLOCK_COLUMNS} FROM block ORDER BY seq"):  # noqa: S608 - fixed words
        yield Block.from_row(*row)


def _chain(reader: RowReader, found: Verified, expected: str | None) -> None:
    before, number, ends = genesis(reader.rows), 0, dict.fromkeys(CHAINED, 0)
    newest: dict[str, tuple[int, str]] = {}
    heads = set()
    try:
        for block in _blocks(reader):
            number += 1
            if not block.digest:
                newest.update(dict.fromkeys(block.state, (block.seq, "")))
                continue
            _link(block, number, before, found)
            before, number = block.digest, block.seq
            heads.add(block.digest)
            _rows(reader, block, ends, found)
            newest.update({name: (block.seq, digest) for name, digest in block.state.items()})
            found.blocks += 1
            found.head = block.digest
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        found.faults.append(Fault(number, "block", f"block {number} cannot be read ({type(error).__name__}: {error})"))
    for name, (seq, digest) in sorted(newest.items()):
        if digest and digest != _state_digest(reader, name):
            what = "the run's end was changed" if name == "run" else f"the table is not what block {seq} says"
            found.faults.append(Fault(seq, name, what))
    found.open_rows = sum(max(0, reader.count(name) - ends[name]) for name in CHAINED)
    if expected is not None and expected not in heads:
        found.faults.append(Fault(None, None, f"no block has the digest {expected}: blocks were taken away, or the chain was made anew"))


def _link(block: Block, number: int, before: str, found: Verified) -> None:
    if block.seq != number:
        found.faults.append(Fault(block.seq, "block", f"block {number} was expected, block {block.seq} is next: blocks between were taken away"))
    elif link(before, block.seq, block.line_us, block.wall_us, block.body) != block.digest:
        what = "the run's header or block 1 was changed" if number == 1 else f"block {block.seq} or {block.seq - 1} was changed"
        found.faults.append(Fault(block.seq, "block", f"the digest of block {block.seq} does not follow from what stands before it: {what}"))


def _rows(reader: RowReader, block: Block, ends: dict[str, int], found: Verified) -> None:
    for name, span in block.rows.items():
        if span.first != ends.get(name, 0) + 1:
            found.faults.append(Fault(block.seq, name, f"rows {ends.get(name, 0) + 1} to {span.first - 1} are in no block"))
        ends[name] = span.last
        where = f"rows {span.first} to {span.last}{_when(block)}"
        try:
            digest, count = rows_digest(partial(reader.rows_of, name), name, span.first, span.last)
        except (sqlite3.DatabaseError, LedgerError) as error:
            found.faults.append(Fault(block.seq, name, f"{where} cannot be read ({error})"))
            continue
        except (ValueError, TypeError, OverflowError) as error:
            found.faults.append(Fault(block.seq, name, f"{where}: a value is of another kind than was written ({error})"))
            continue
        found.rows += count
        expected = span.last - span.first + 1
        if count != expected:
            found.faults.append(Fault(block.seq, name, f"{where}: {expected} were written, {count} are there"))
        elif digest != span.digest:
            found.faults.append(Fault(block.seq, name, f"{where}: a value was changed"))


def _when(block: Block) -> str:
    if block.line_us is None:
        return ""
    return f" (up to {datetime.fromtimestamp(block.line_us / 1e6, UTC):%Y-%m-%d %H:%M:%S} line time)"


def _state_digest(reader: RowReader, table: str) -> str:
    return outcome_digest(reader.rows) if table == "run" else table_digest(reader.rows, table)


def _taken(reader: RowReader, found: Verified) -> None:
    """Compare until when units lay on their carriers with what was written when they were taken off."""
    written = [taken_of(data) for (data,) in reader.rows("SELECT data FROM taken ORDER BY rowid")]
    rows = reader.rows("SELECT unit, carrier, to_us FROM placed WHERE to_us IS NOT NULL")
    said = _sorted(np.concatenate(written, axis=1).T if written else np.empty((0, 3), np.int64))
    there = _sorted(np.array(rows, dtype=np.int64).reshape(-1, 3))
    for only, other, what in ((there, said, "stands there and was never written"), (said, there, "was written and does not stand there")):
        missing = _without(only, other)
        if len(missing):
            unit, carrier, to_us = (int(v) for v in missing[0])
            more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
            text = f"that unit {unit} left carrier {carrier} at {to_us} us {what}{more}"
            found.faults.append(Fault(None, "placed", text))


def _sorted(triples: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, Any]:
    row = np.dtype([("unit", "<i8"), ("carrier", "<i8"), ("to_us", "<i8")])
    return np.unique(np.ascontiguousarray(triples, dtype="<i8").view(row).reshape(-1))


def _without(these: np.ndarray[Any, Any], others: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return these[~np.isin(these, others)] if len(these) and len(others) else these
