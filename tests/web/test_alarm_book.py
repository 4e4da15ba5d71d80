"""The alarm list folds what came again and again, and says what a stop costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from linewright.ledger.ledger import Ledger
from linewright.ledger.reader import RunReader
from linewright.library.catalogue import installed_libraries
from linewright.model.load import load
from linewright.web.alarm_book import AlarmBook

MINUTE_US = 60_000_000


@pytest.fixture
def writer(tmp_path: Path):
    with Ledger(tmp_path).create_run("p", "d", "live", 1, 1.0, 0, "line") as writer:
        yield writer


def book(tmp_path: Path) -> AlarmBook:
    return AlarmBook(RunReader(Ledger(tmp_path).path_of("live-1")), load("cylindrical-21700-tabless", installed_libraries()))


def raised(writer, at: int, machine: int, *, name: str = "jam", station: str = "canner", priority: int = 2) -> int:
    alarm = f"{station}/{machine}/{name}"
    body = {"alarm": alarm, "station": station, "machine": machine, "name": name, "on": "failure", "priority": priority, "text": "It jammed"}
    return writer.event("alarm.raised", at, body)


def test_repeats_are_one_row_with_all_their_keys(tmp_path: Path, writer) -> None:
    keys = []
    for k in range(5):
        keys.append(raised(writer, k * 20 * MINUTE_US, 1))
        writer.event("alarm.returned", k * 20 * MINUTE_US + 1, {"alarm": "canner/1/jam"})
    writer.commit()
    (row,) = book(tmp_path).active()
    assert (row["key"], row["keys"], row["state"]) == (keys[-1], keys, "returned")
    assert row["times_1h"] == 4  # at 20, 40, 60 and 80 min
    assert book(tmp_path).counts() == {"1": 0, "2": 0, "3": 0, "4": 0, "unacknowledged": 1, "active": 1}
    assert len(book(tmp_path).history()) == 5


def test_a_stop_costs_what_the_others_cannot_make(tmp_path: Path, writer) -> None:
    alarms = book(tmp_path)
    raised(writer, 0, 1)
    writer.commit()
    # Two canners of 200 a minute for 350: with one of them 150 are lost.
    assert alarms.active()[0]["effect_per_min"] == pytest.approx(150.0)
    raised(writer, 1, 2)
    writer.commit()
    assert [a["effect_per_min"] for a in alarms.active()] == [pytest.approx(175.0)] * 2
    raised(writer, 2, 3, name="web-break", station="winder", priority=1)
    writer.commit()
    assert [a["alarm"] for a in alarms.active()][-1] == "winder/3/web-break"  # 13 winders are enough
    assert alarms.counts()["1"] == 1
