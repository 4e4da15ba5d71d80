"""Going on after a stop or a crash: the newest saved state, and what was put into the line since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from linewright.kernels.exchange_rows import RECORD
from linewright.ledger.ledger import RunInfo
from linewright.ledger.writer import Checkpoint, RunWriter
from linewright.live.floor import Delivery
from linewright.live.mailbox import Asked
from linewright.model.errors import LinewrightError

__all__ = ["Tail", "read_tail"]


@dataclass(frozen=True, slots=True)
class Tail:
    """What was committed after a saved state.

    Parameters
    ----------
    until_ns
        Line time up to which all is committed.
    inputs
        (line time [ns], command or delivery), in the order in which they were put in.
    signals_ns
        Up to where signals are in the ledger; -1 none.
    next_command
        Number of the next command of an operator; those that were refused count, and are not done again: why they were may be gone.
    silent
        Drivers of which the last that was told is that they are silent.
    """

    until_ns: int
    inputs: tuple[tuple[int, Asked | Delivery], ...]
    signals_ns: int
    next_command: int = 1
    silent: frozenset[str] = frozenset()


def read_tail(writer: RunWriter, info: RunInfo, checkpoint: Checkpoint | None) -> Tail:
    """Return what was committed after a saved state (None: since the run's begin).

    Raises
    ------
    LinewrightError
        The run has no line time: it was never committed.
    """
    if info.line_us is None:
        raise LinewrightError(f"{info.run} was begun and never committed. Begin anew with --new.")
    marks = checkpoint.marks if checkpoint is not None else {}
    commands, next_command = _commands(writer, marks.get("event", 0))
    inputs: list[tuple[int, Asked | Delivery]] = [*commands]
    inputs += _deliveries(writer, marks.get("delivery", 0), info.begin_us)
    inputs.sort(key=lambda put_in: put_in[0])
    fact = writer.query("SELECT body FROM fact WHERE key = 'signals-until-ns'")
    until_ns = (info.line_us - info.begin_us) * 1000
    return Tail(until_ns, tuple(inputs), int(json.loads(fact[0][0])) if fact else -1, next_command, _silent(writer))


def _commands(writer: RunWriter, after: int) -> tuple[list[tuple[int, Asked]], int]:
    """Return the operators' commands that were done, with their line time [ns], and the number of the next."""
    done, next_command = [], 1
    for (text,) in writer.query("SELECT body FROM event WHERE kind = 'Command' AND seq > ? ORDER BY seq", (after,)):
        body = json.loads(text)
        next_command = max(next_command, body["command"] + 1)
        if body["ok"]:
            asked = Asked(body["command"], body["kind"], body["target"], body["value"], body["reason"], body["by"], body["request"])
            done.append((body["at_ns"], asked))
    return done, next_command


def _silent(writer: RunWriter) -> frozenset[str]:
    """Return the drivers of whom the newest event says that they are silent."""
    statement = "SELECT seq, kind, json_extract(body, '$.driver') FROM event WHERE kind = ? ORDER BY seq DESC LIMIT 1000"
    found = [row for kind in ("driver.silent", "driver.heard") for row in writer.query(statement, (kind,))]
    newest = {driver: kind for _, kind, driver in sorted(found)}
    return frozenset(driver for driver, kind in newest.items() if kind == "driver.silent")


def _deliveries(writer: RunWriter, after: int, begin_us: int) -> Iterator[tuple[int, Delivery]]:
    statement = "SELECT text, line_us, body FROM delivery JOIN name ON name.key = driver WHERE delivery.rowid > ? ORDER BY delivery.rowid"
    rows = writer.query(statement, (after,))
    for driver, line_us, body in rows:
        at_ns = (line_us - begin_us) * 1000
        yield at_ns, Delivery(driver, at_ns, np.frombuffer(body, RECORD).copy())
