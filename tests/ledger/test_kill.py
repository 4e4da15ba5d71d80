"""Acknowledged means committed: a run is killed again and again, and nothing that it said to have written is lost or there twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linewright.ledger.errors import LockedError
from linewright.ledger.ledger import Ledger
from linewright.ledger.lock import is_locked

WRITER = Path(__file__).with_name("writing_process.py")


def start(folder: Path, run: str | None) -> subprocess.Popen[str]:
    arguments = [sys.executable, str(WRITER), str(folder)] + ([run] if run else [])
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def test_twenty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    run: str | None = None
    acknowledged: list[int] = []
    rng = random.Random(7)
    for _ in range(20):
        process = start(tmp_path, run)
        assert process.stdout is not None
        run = process.stdout.readline().split()[1]
        acknowledged.extend(int(process.stdout.readline()) for _ in range(rng.randrange(1, 40)))
        time.sleep(rng.random() * 0.01)
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += [int(line) for line in process.stdout.read().split("\n")[:-1]]
        process.wait()
        process.stdout.close()
        with Ledger(tmp_path).reader(run) as reader:
            found = [event.body["number"] for event in reader.events_since(0, limit=10**6)]
            assert found == list(range(1, len(found) + 1)), "each event once, none missing between"
            assert len(found) >= acknowledged[-1]
            assert len(found) <= acknowledged[-1] + 1, "at most the one that was committed but not yet said"
            assert reader.count("visit") == 50 * len(found), "rows and event of a commit are there together"
    assert acknowledged == sorted(acknowledged)
    assert len(acknowledged) > 20


def test_the_last_state_outlives_the_kill(tmp_path: Path) -> None:
    process = start(tmp_path, None)
    assert process.stdout is not None
    run = process.stdout.readline().split()[1]
    numbers = [int(process.stdout.readline()) for _ in range(37)]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with Ledger(tmp_path).open_run(run) as writer:
        checkpoint = writer.checkpoint()
        assert checkpoint is not None
        assert int(checkpoint.state) >= numbers[-1] // 10 * 10
        assert checkpoint.marks["visit"] == int(checkpoint.state) * 50
        assert checkpoint.marks["event"] == int(checkpoint.state)


def test_a_second_writer_is_refused_and_told_who_writes_and_a_reader_is_not(tmp_path: Path) -> None:
    process = start(tmp_path, None)
    assert process.stdout is not None
    try:
        run = process.stdout.readline().split()[1]
        process.stdout.readline()
        assert is_locked(Ledger(tmp_path).path_of(run))
        with pytest.raises(LockedError, match=rf"process {process.pid} is writing this run.*--ledger FOLDER"):
            Ledger(tmp_path).open_run(run)
        with Ledger(tmp_path).reader(run) as reader:
            before = reader.newest_event()
            while int(process.stdout.readline()) < before + 20:
                pass
            assert reader.newest_event() >= before + 20, "the reader sees what another process commits meanwhile"
            assert [info.is_written for info in Ledger(tmp_path).runs()] == [True]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert not is_locked(Ledger(tmp_path).path_of(run)), "the lock dies with the process"
    Ledger(tmp_path).open_run(run).close()
