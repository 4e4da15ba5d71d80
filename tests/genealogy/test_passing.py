"""Signals at a unit's metres: counted by hand on a coil of 98 m that was coated at 1 m/s and rewound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linewright.genealogy.passing import passings_of
from linewright.genealogy.record import Recorder
from linewright.genealogy.records import Records
from linewright.ledger.blocks import packed
from linewright.ledger.ledger import Ledger

from .small_line import BEGIN_US, Story, facts, one_coil

S_US = 1_000_000


@pytest.fixture
def records(tmp_path: Path):
    """The small line; the coater's gauge reads seconds since the begin, once a second; the winder's tension ten times as much."""
    ledger = Ledger(tmp_path)
    with ledger.create_run("text", "digest", "live", 7, None, BEGIN_US, "small") as writer:
        recorder = Recorder(facts(), writer)
        recorder.begin()
        recorder.record(one_coil(Story(), 20).taken())
        for machine, name, scale in (("coater/1", "gauge", 1.0), ("winder/1", "tension", 10.0)):
            low, step, data = packed(np.arange(0.0, 400.0) * scale, 0.1)
            writer.append("signal", {"machine": [writer.key("machine", machine)], "name": [writer.key("signal", name)], "begin_us": [BEGIN_US],
                                     "every_us": [S_US], "n": [400], "low": [low], "scale": [step], "data": [data]})  # fmt: skip
        writer.commit()
    return Records(ledger.reader())


def test_the_coaters_gauge_is_read_where_the_cells_metres_were_coated(records) -> None:
    """Cell 19 holds 7.92 to 8.80 m of strip 1, which are 7.842 to 8.713 m of the mother; 98 m were coated from 13 s to 113 s."""
    thing = records.thing(records.reader.key_of("CELL-19"))
    passed = {p.machine: p for p in passings_of(records, thing)}
    coater = passed["coater/1"]
    assert (coater.web, coater.lo_m, coater.hi_m) == ("COIL-1", 7.842, 8.713)
    begin, end = 13 + 7.842 * 100 / 98, 13 + 8.713 * 100 / 98
    assert ((coater.from_us - BEGIN_US) / S_US, (coater.to_us - BEGIN_US) / S_US) == (pytest.approx(begin), pytest.approx(end))
    (gauge,) = coater.signals
    assert gauge.name == "gauge"
    assert gauge.mean == pytest.approx(21.0, abs=0.11), "the only whole second between 21.002 and 21.891 s, or the last before"
    (tension,) = passed["winder/1"].signals
    start = 301 + 2.1 * 9
    assert tension.low / 10 >= start - 0.02
    assert tension.high / 10 <= start + 2.0
    assert tension.count == 2, "the winder's own visit lasts 2 s"


def test_machines_come_in_order_of_time(records) -> None:
    thing = records.thing(records.reader.key_of("CELL-1"))
    times = [p.from_us for p in passings_of(records, thing)]
    assert times == sorted(times)
    assert next(p.machine for p in passings_of(records, thing)) == "coater/1"


def test_what_no_visit_tells_is_left_out(records) -> None:
    thing = records.thing(records.reader.key_of("CAN-1"))
    assert passings_of(records, thing) == ()
