"""Alarms: when they are raised, when they return, what is left of them."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.control.alarms import AlarmFold, AlarmRule, AlarmState, AlarmWatch, alarm_rules, fold
from linewright.ledger.records import Event
from linewright.model.plant import Plant, Utility
from linewright.model.station import AlarmText, Failure, Segment
from linewright.model.values import Law, LawKind, Signal, Unit, Window

HOUR = Law(LawKind.EXPONENTIAL, 3600.0)
ZONES = Signal("oven-zones", 273.15, 453.15, window=Window(388.15, None, 398.15), unit=Unit("degC", 1.0, 273.15))
PLANT = Plant(
    "line",
    segments=(
        Segment("winder", "winder", failures=(Failure("web-break", HOUR, HOUR), Failure("short-stop", HOUR, HOUR))),
        Segment(
            "coater", "coater", signals=(ZONES, Signal("pump-rate", 0.0, 1.0)),
            alarms=(AlarmText("oven-off", "oven-zones", 1, 10.0, "Oven zone off target", "Hold the coil"),),
        ),
    ),
    utilities=(Utility("dry-room", ("winder",), failures=(Failure("dew-point-lost", HOUR, HOUR),)),),
)  # fmt: skip
RULES = alarm_rules(PLANT)


def told(changes) -> list[tuple[str, int, str]]:
    return [(c.kind.removeprefix("alarm."), c.line_us, c.alarm) for c in changes]


def events(changes, first: int = 1) -> list[Event]:
    return [Event(first + i, c.line_us, 0, c.kind, json.loads(json.dumps(c.body))) for i, c in enumerate(changes)]


def test_failures_rank_2_signals_with_a_window_3_and_the_file_may_say_otherwise() -> None:
    assert {key: r.priority for key, r in RULES.items()} == {
        ("winder", "failure", "web-break"): 2, ("winder", "failure", "short-stop"): 2, ("coater", "signal", "oven-zones"): 1,
        ("dry-room", "failure", "dew-point-lost"): 2,
    }  # fmt: skip
    assert alarm_rules(Plant("x", segments=(Segment("c", "c", signals=(ZONES,)),)))["c", "signal", "oven-zones"].priority == 3
    assert RULES["coater", "signal", "oven-zones"].next_step == "Hold the coil"


def test_a_failure_is_raised_when_it_begins_and_returns_when_it_ends() -> None:
    watch = AlarmWatch(RULES)
    assert told(watch.state("winder", 7, 100, is_fault=True, reason="web-break")) == [("raised", 100, "winder/7/web-break")]
    assert watch.state("winder", 7, 120, is_fault=True, reason="web-break") == [], "still the same"
    assert watch.state("winder", 6, 130, is_fault=False, reason=None) == [], "another machine"
    assert told(watch.state("winder", 7, 200, is_fault=True, reason="short-stop")) == [
        ("returned", 200, "winder/7/web-break"), ("raised", 200, "winder/7/short-stop"),
    ]  # fmt: skip
    assert watch.bad_now() == ["winder/7/short-stop"]
    assert told(watch.state("winder", 7, 300, is_fault=False, reason=None)) == [("returned", 300, "winder/7/short-stop")]


def test_a_reason_that_is_no_failure_is_no_alarm() -> None:
    assert AlarmWatch(RULES).state("winder", 7, 100, is_fault=True, reason="coil-change") == []


def test_words_are_made_where_the_file_has_none() -> None:
    (change,) = AlarmWatch(RULES).state("winder", 7, 100, is_fault=True, reason="web-break")
    assert change.body["text"] == "Winder 7: web break"


def test_a_signal_outside_its_window_must_last_for_the_delay() -> None:
    watch = AlarmWatch(RULES)
    second = 1_000_000
    times = np.arange(30, dtype=np.int64) * second
    values = np.full(30, 393.15)
    values[3:8] = 410.0
    assert watch.samples("coater", 1, "oven-zones", times, values, part=4) == [], "5 s are not 10 s"
    later = times + 30 * second
    values[:] = 393.15
    values[5:] = 380.0
    (raised,) = watch.samples("coater", 1, "oven-zones", later, values, part=4)
    assert (raised.line_us, raised.alarm) == (45 * second, "coater/1/oven-zones/4")
    assert raised.body["value"] == pytest.approx(106.85)
    assert (raised.body["unit"], raised.body["next"], raised.body["text"]) == ("degC", "Hold the coil", "Oven zone off target")
    (back,) = watch.samples("coater", 1, "oven-zones", np.array([99 * second]), np.array([393.15]), part=4)
    assert told([back]) == [("returned", 99 * second, "coater/1/oven-zones/4")]


def test_a_delay_that_passes_without_a_sample_is_due() -> None:
    watch = AlarmWatch(RULES)
    assert watch.next_due_us() is None
    watch.samples("coater", 1, "oven-zones", np.array([5]), np.array([450.0]))
    assert watch.next_due_us() == 10_000_005
    assert watch.due(10_000_004) == []
    assert told(watch.due(99_000_000)) == [("raised", 10_000_005, "coater/1/oven-zones")]
    assert watch.due(99_000_000) == []


def test_a_value_that_is_not_known_changes_nothing() -> None:
    watch = AlarmWatch(RULES)
    values = np.array([450.0, np.nan, 450.0, np.nan])
    times = np.array([0, 5_000_000, 11_000_000, 12_000_000])
    assert told(watch.samples("coater", 1, "oven-zones", times, values)) == [("raised", 10_000_000, "coater/1/oven-zones")]
    assert AlarmWatch(RULES).samples("coater", 1, "pump-rate", times, values) == [], "a signal without a window"


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.lists(st.integers(1, 39), max_size=6), st.integers(0, 4))
def test_the_events_are_the_same_however_the_samples_are_cut(outside: list[bool], cuts: list[int], delay: int) -> None:
    rules = {("s", "signal", "x"): AlarmRule("s", "signal", "x", 3, delay_us=delay * 10, window=Window(0.0, None, 1.0))}
    times = np.arange(len(outside), dtype=np.int64) * 10
    values = np.where(outside, 2.0, 0.5)
    whole = AlarmWatch(rules)
    wanted = told(whole.samples("s", 1, "x", times, values))
    pieces = AlarmWatch(rules)
    found = []
    edges = sorted({0, len(outside), *(c for c in cuts if c < len(outside))})
    for low, high in pairwise(edges):
        found += told(pieces.samples("s", 1, "x", times[low:high], values[low:high]))
        copy = AlarmWatch(rules)
        copy.restore(json.loads(json.dumps(pieces.saved())))
        pieces = copy
    assert found == wanted
    # The obvious way: raised at the start of each stay outside that lasts for the delay, returned at its end.
    obvious, since = [], None
    for i, bad in enumerate(outside):
        if bad:
            since = i if since is None else since
            if i - since == delay:
                obvious.append(("raised", i * 10, "s/1/x"))
        elif since is not None:
            if i - since > delay:
                obvious.append(("returned", i * 10, "s/1/x"))
            since = None
    assert found == obvious


def test_events_fold_to_alarms_and_their_states() -> None:
    watch = AlarmWatch(RULES)
    changes = watch.state("winder", 7, 100, is_fault=True, reason="web-break") + watch.state("winder", 7, 200, is_fault=False, reason=None)
    changes += watch.state("winder", 7, 300, is_fault=True, reason="web-break") + watch.state("winder", 2, 400, is_fault=True, reason="short-stop")
    stream = events(changes)
    stream += [
        Event(11, 500, 0, "alarm.acknowledged", {"key": 1, "by": "Ada"}),
        Event(12, 600, 0, "alarm.acknowledged", {"alarm": "winder/2/short-stop"}),
        Event(13, 650, 0, "alarm.acknowledged", {"key": 999}),
        Event(14, 660, 0, "alarm.acknowledged", {"key": 1, "by": "Bob"}),
    ]
    first, second, third = fold(stream)
    assert (first.key, first.state, first.acknowledged_by, first.returned_us) == (1, AlarmState.GONE, "Ada", 200)
    assert (second.key, second.state, second.raised_us) == (3, AlarmState.NEW, 300)
    assert (third.alarm, third.state) == ("winder/2/short-stop", AlarmState.ACKNOWLEDGED)
    folded = AlarmFold()
    for event in stream[:2]:
        folded.apply(event)
    assert [a.state for a in folded.active()] == [AlarmState.RETURNED], "gone, but nobody has said that it was seen"
