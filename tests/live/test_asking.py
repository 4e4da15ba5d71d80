from __future__ import annotations

import threading
from typing import Any

import pytest

from linewright.live.mailbox import KINDS, WAITING_MOST, Asked, Commands
from linewright.live.orders import LiveOrder, OrderState, Verb, after, first_order, from_saved
from linewright.live.plan_changes import PlanChangedError, plan_changes
from linewright.model.errors import LinewrightError
from linewright.model.plant import Plant


def preview(asked: Asked) -> dict[str, Any]:
    return {"class": KINDS[asked.kind]}


def test_commands_come_out_once_in_order_with_their_numbers() -> None:
    box = Commands(7, preview)
    assert box.send({"kind": "stop", "target": {"station": "winder", "machine": 7}, "by": "Ada", "request": "r1"}) == 7
    assert box.send({"kind": "hold", "target": {"things": ["CELL-1"]}}) == 8
    taken = box.take()
    assert [(a.number, a.kind, a.by) for a in taken] == [(7, "stop", "Ada"), (8, "hold", "")]
    assert taken[0].target == {"station": "winder", "machine": 7}
    assert box.take() == []


def test_a_request_that_is_sent_twice_is_done_once() -> None:
    box = Commands(1, preview)
    command = {"kind": "stop", "target": {}, "request": "c0ffee"}
    assert box.send(command) == box.send(command) == 1
    assert len(box.take()) == 1
    assert box.send(command) == 1
    assert box.take() == []


def test_many_threads_lose_nothing() -> None:
    box = Commands(1, preview)
    threads = [threading.Thread(target=lambda: [box.send({"kind": "stop", "target": {}}) for _ in range(50)]) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(a.number for a in box.take()) == list(range(1, 401))


def test_what_is_no_command_is_refused() -> None:
    box = Commands(1, preview)
    with pytest.raises(LinewrightError, match="no command `explode`"):
        box.send({"kind": "explode"})
    with pytest.raises(LinewrightError, match="an object such as"):
        box.send({"kind": "stop", "target": "winder"})
    for _ in range(WAITING_MOST):
        box.send({"kind": "stop", "target": {}})
    with pytest.raises(LinewrightError, match="wait already"):
        box.send({"kind": "stop", "target": {}})
    box.close("The run is over.")
    with pytest.raises(LinewrightError, match=r"The run is over\."):
        box.send({"kind": "stop", "target": {}})


def test_an_order_lives_as_the_standard_says() -> None:
    order = first_order(Plant("toy", product="cell"))
    assert (order.id, order.amount, order.state) == ("JO-0001", None, OrderState.ALLOWED_TO_START)
    for verb, state in [(Verb.START, "running"), (Verb.PAUSE, "interrupted"), (Verb.RESUME, "running"), (Verb.STOP, "ended")]:
        order = after(order, verb)
        assert order.state == state
    assert from_saved(order.saved()) == order
    with pytest.raises(LinewrightError, match="JO-0001 is ended: it cannot start"):
        after(order, Verb.START)


def test_what_may_not_follow_says_what_may() -> None:
    order = LiveOrder("JO-0002", "cell", 10, OrderState.INTERRUPTED)
    with pytest.raises(LinewrightError, match="It can: resume, stop, abort"):
        after(order, Verb.PAUSE)


def test_a_changed_plan_is_told_path_by_path() -> None:
    before = "line: a\nstations:\n  winder: {time: 2.1 s, count: 14}\n  welder: {to: [x, y]}\n"
    now = "line: a\nstations:\n  winder: {time: 2.2 s, count: 14, buffer: 3}\n  welder: {to: [x, z]}\n"
    changes = plan_changes(before, now)
    assert [str(c) for c in changes] == [
        "stations.winder.time: 2.1 s -> 2.2 s", "stations.welder.to: ['x', 'y'] -> ['x', 'z']", "stations.winder.buffer: absent -> 3",
    ]  # fmt: skip
    assert plan_changes(before, before) == ()
    text = str(PlanChangedError("live-3", changes * 20))
    assert "live-3" in text
    assert "and 30 more" in text
    assert "--continue" in text
    assert "--new" in text
