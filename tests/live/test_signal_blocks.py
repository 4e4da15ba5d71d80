"""Signals of a real machine cannot be made again: what a restart finds in the ledger is what was looked at before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_machine import NS, Clock, FakeDriver, FakeMachine

from linewright.ledger.ledger import Ledger
from linewright.live.signal_blocks import Feed, KeptSignals, SignalBlocks

TAG, EVERY_NS = "oven/1/heat", NS // 10
Seen = list[tuple[int, float]]


@pytest.fixture
def driver() -> FakeDriver:
    made = FakeDriver(FakeMachine(Clock()), (TAG,))
    dice = np.random.default_rng(3)
    for k in range(2000):
        if not 700 <= k < 760:  # the wire was cut
            made.samples.put(TAG, k * EVERY_NS + int(dice.integers(-20_000_000, 20_000_000)), 300.0 + 5.0 * np.sin(k / 40.0))
    return made


def test_going_on_sees_the_same_values_again_and_writes_none_twice(tmp_path: Path, driver: FakeDriver) -> None:
    ledger = Ledger(tmp_path)
    with ledger.create_run("line: l", "d", "live", 1, 1.0, 1_000_000, "l") as writer:
        reader = ledger.reader(writer.run_id)

        def blocks(source: FakeDriver, seen: Seen) -> SignalBlocks:
            def see(machine: str, name: str, times_us: np.ndarray, values: np.ndarray) -> None:
                assert (machine, name) == ("oven/1", "heat")
                seen.extend(zip(times_us.tolist(), values.tolist(), strict=True))

            return SignalBlocks([(source, (TAG,))], 1_000_000, see, KeptSignals(reader, {TAG: EVERY_NS}))

        first: Seen = []
        before = blocks(driver, first)
        for until_s in (7, 30, 95, 150):
            before.close(until_s * NS, writer)
            writer.commit()
        rows = reader.rows("SELECT n, every_us FROM signal")

        again: Seen = []
        after = blocks(FakeDriver(FakeMachine(Clock()), (TAG,)), again)  # a new process has heard nothing yet
        after.written_ns = before.closed_ns
        after.close(before.closed_ns, writer)
        writer.commit()
        assert np.array_equal(np.array(again), np.array(first), equal_nan=True)
        assert reader.rows("SELECT n, every_us FROM signal") == rows
        assert {every for n, every in rows if n > 1} == {EVERY_NS // 1000}
        reader.close()
    known = [(t, v) for t, v in first if np.isfinite(v)]
    assert 1400 <= len(known) <= 1500
    for t_us, value in known:
        k = round(((t_us - 1_000_000) * 1000) / EVERY_NS)
        assert value == pytest.approx(300.0 + 5.0 * np.sin(k / 40.0), abs=0.3)  # a tenth of a second beside, at most
    gap = [t for t, v in first if np.isnan(v)]
    assert gap == [] or min(gap) > 1_000_000 + 69_000_000  # only where nothing was heard


def test_the_feed_hands_out_what_is_not_in_a_block_yet(driver: FakeDriver) -> None:
    feed = Feed([(driver, (TAG,))], 1_000_000, lambda: 100 * NS, lambda: 95 * NS)
    times, values = feed.newest(TAG, 1_000_000 + 99_000_000)
    assert len(times) == len(values) == pytest.approx(10, abs=1)
    assert len(feed.newest("oven/1/none", 0)[0]) == 0
