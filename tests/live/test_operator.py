from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from linewright.control.alarms import Alarm, AlarmFold
from linewright.kernels.exchange_rows import CLEAR, SET, STOP
from linewright.ledger.records import Event
from linewright.live.mailbox import Asked
from linewright.live.operator import Operator
from linewright.live.orders import OrderState, first_order
from linewright.model.plant import Plant
from linewright.model.station import Input, Output, Segment
from linewright.model.values import SetPoint, Unit

DEGREE = Unit("degC", 1.0, 273.15)
PLANT = Plant(
    "toy", product="cell",
    segments=(
        Segment("coat", "coat", begins=True, makes=(Output("coil", 100.0),), recipe=(SetPoint("oven", (363.15, 393.15), DEGREE),)),
        Segment("wind", "wind", count=3, begins=True, inputs=(Input("coil"),), makes=(Output("cell"),)),
        Segment("age", "age", places=10),
    ),
)  # fmt: skip
NUMBERS = {"coat": 0, "wind": 1, "age": 2}


class Desk:
    """Remembers what an operator's acts came to."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.sent: list[np.ndarray] = []
        self.recipes: dict[int, dict[str, Sequence[float]]] = {}
        self.stopped: str | None = None
        self.silent: set[str] = set()
        self.fold = AlarmFold()

    def event(self, kind: str, at_ns: int, body: Mapping[str, Any]) -> int:
        self.events.append(Event(len(self.events) + 1, at_ns // 1000, 0, kind, dict(body)))
        if kind.startswith("alarm."):
            self.fold.apply(self.events[-1])
        return len(self.events)

    def send(self, commands: np.ndarray) -> None:
        self.sent.append(commands)

    def load_recipe(self, revision: int, set_points: Mapping[str, Sequence[float]]) -> None:
        self.recipes[revision] = dict(set_points)

    def alarm(self, key: object) -> Alarm | None:
        return self.fold.alarms.get(key) if isinstance(key, int) else None

    def is_silent(self, station: str) -> bool:
        return station in self.silent

    def ask_to_stop(self, why: str) -> None:
        self.stopped = why


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def operator(desk: Desk) -> Operator:
    made = Operator(PLANT, NUMBERS, first_order(PLANT), desk)
    made.begin(0)
    desk.events.clear()
    desk.sent.clear()
    return made


def ask(kind: str, target: dict[str, Any] | None = None, *, value: Any = None, reason: str = "", by: str = "Ada", number: int = 1) -> Asked:
    return Asked(number, kind, target or {}, value, reason, by, f"r{number}")


def answer(desk: Desk) -> dict[str, Any]:
    assert desk.events[-1].kind == "Command"
    return desk.events[-1].body


def test_the_first_order_starts_and_every_machine_gets_its_recipe(desk: Desk) -> None:
    operator = Operator(PLANT, NUMBERS, first_order(PLANT), desk)
    operator.begin(0)
    assert [(e.kind, e.body.get("verb")) for e in desk.events] == [("order", "start"), ("recipe", None)]
    assert desk.recipes == {0: {"coat/oven": [363.15, 393.15]}}
    assert [(r["what"], r["station"], r["machine"]) for r in desk.sent[0]] == [(SET, 0, 0)]
    assert operator.kept.order.state is OrderState.RUNNING


def test_a_machine_is_stopped_and_let_go_on_by_hand(operator: Operator, desk: Desk) -> None:
    operator.do(ask("stop", {"station": "wind", "machine": 2}), 5_000)
    assert [(r["what"], r["t"], r["station"], r["machine"]) for r in desk.sent[-1]] == [(STOP, 5_000, 1, 1)]
    assert answer(desk) | {"at_ns": 5_000, "ok": True, "text": "wind 2 stopped", "by": "Ada", "request": "r1"} == answer(desk)
    operator.do(ask("pause", {"station": "wind", "machine": 2}, number=2), 6_000)
    assert (answer(desk)["ok"], answer(desk)["text"]) == (False, "wind 2 is stopped already.")
    operator.do(ask("resume", {"station": "wind", "machine": 2}, number=3), 7_000)
    assert [(r["what"], r["machine"]) for r in desk.sent[-1]] == [(CLEAR, 1)]
    operator.do(ask("clear", {"station": "wind", "machine": 2}, number=4), 8_000)
    assert not answer(desk)["ok"]
    assert "not stopped by hand" in answer(desk)["text"]
    assert "mended" in answer(desk)["next"]
    assert operator.kept.next_command == 5


@pytest.mark.parametrize(
    ("target", "words"),
    [({"station": "weld"}, "no station `weld`"), ({"station": "wind", "machine": 4}, "no machine 4"), ({"station": "age"}, "is a room")],
)
def test_what_cannot_be_commanded_is_refused_with_an_event(operator: Operator, desk: Desk, target: dict[str, Any], words: str) -> None:
    operator.do(ask("stop", target), 0)
    assert (answer(desk)["ok"], desk.sent) == (False, [])
    assert words in answer(desk)["text"]
    assert operator.preview(ask("stop", target))["can"] is False


def test_pausing_the_order_stops_what_begins_something_and_says_exactly_that(operator: Operator, desk: Desk) -> None:
    told = dict(tuple(row.values()) for row in operator.preview(ask("pause-run"))["effect"])
    assert told["Stop at once"] == "coat, wind (3): nothing new is begun there, what they have in hand waits"
    operator.do(ask("pause-run"), 10)
    assert [(r["what"], r["station"], r["machine"]) for r in desk.sent[-1]] == [(STOP, 0, 0), (STOP, 1, 0), (STOP, 1, 1), (STOP, 1, 2)]
    assert [e.kind for e in desk.events] == ["order", "Command"]
    assert answer(desk)["text"] == "Order JO-0001 paused: coat, wind (3) stand still, the stations behind them finish what is begun"
    assert operator.is_paused
    operator.do(ask("pause-run", number=2), 11)
    assert "it cannot pause" in answer(desk)["text"]
    operator.do(ask("resume-run", number=3), 12)
    assert [(r["what"], r["station"]) for r in desk.sent[-1]] == [(CLEAR, 0), (CLEAR, 1), (CLEAR, 1), (CLEAR, 1)]
    assert not operator.is_paused


def test_a_machine_stopped_by_hand_stands_still_while_the_order_is_paused_and_after(operator: Operator, desk: Desk) -> None:
    operator.do(ask("stop", {"station": "wind", "machine": 2}), 5)
    operator.do(ask("pause-run", number=2), 10)
    operator.do(ask("resume", {"station": "wind", "machine": 2}, number=3), 11)
    assert answer(desk)["text"] == "wind 2 runs again when order JO-0001 is resumed"
    assert all(r["what"] == STOP for rows in desk.sent for r in rows), "nothing was let go on yet"
    operator.do(ask("stop", {"station": "wind", "machine": 3}, number=4), 12)
    operator.do(ask("resume-run", number=5), 13)
    assert [(r["what"], r["station"], r["machine"]) for r in desk.sent[-1]] == [(CLEAR, 0, 0), (CLEAR, 1, 0), (CLEAR, 1, 1)]


def test_a_set_point_is_changed_in_shown_units(operator: Operator, desk: Desk) -> None:
    operator.do(ask("set", {"station": "coat", "machine": 1, "set_point": "oven"}, value=[95, 125]), 10)
    assert answer(desk)["text"] == "coat 1: oven set to 95, 125 degC"
    assert desk.recipes[1] == {"coat/oven": [pytest.approx(368.15), pytest.approx(398.15)]}
    assert [(r["what"], r["revision"]) for r in desk.sent[-1]] == [(SET, 1)]
    for value, words in [([95], "2 numbers in degC"), ([95, "hot"], "2 numbers"), (None, "2 numbers"), ([1, float("nan")], "2 numbers")]:
        operator.do(ask("set", {"station": "coat", "machine": 1, "set_point": "oven"}, value=value), 11)
        assert not answer(desk)["ok"]
        assert words in answer(desk)["text"]
    operator.do(ask("set", {"station": "coat", "machine": 1, "set_point": "ovn"}, value=[1, 2]), 12)
    assert "It has: oven" in answer(desk)["next"]


def test_a_hold_needs_a_reason_and_its_release_a_second_person(operator: Operator, desk: Desk) -> None:
    operator.do(ask("hold", {"things": ["CELL-1", "CELL-2"]}), 0)
    assert "needs a reason" in answer(desk)["text"]
    operator.do(ask("hold", {"things": ["CELL-1", "CELL-2"]}, reason="scratched", by=""), 0)
    assert "needs a name" in answer(desk)["text"]
    operator.do(ask("hold", {"things": ["CELL-1", "CELL-2"]}, reason="scratched"), 1)
    (key,) = operator.kept.holds
    assert desk.events[key - 1].kind == "hold.set"
    assert answer(desk)["text"] == "Held 2 things"
    for by, words in [("", "needs a name"), (" ada ", "second person")]:
        operator.do(ask("release", {"hold": key}, by=by), 2)
        assert words in answer(desk)["text"] + answer(desk)["next"]
    operator.do(ask("release", {"hold": key}, by="Grace", reason="looked at"), 3)
    assert answer(desk)["ok"]
    assert desk.events[-2].body == {"hold": key, "reason": "looked at", "by": "Grace"}
    operator.do(ask("release", {"hold": key}, by="Grace"), 4)
    assert "no open hold" in answer(desk)["text"]


def test_who_held_may_undo_it_for_ten_minutes(operator: Operator, desk: Desk) -> None:
    operator.do(ask("hold", {"things": ["CELL-1"]}, reason="wrong one", by="Ada"), 1)
    (key,) = operator.kept.holds
    operator.restore(operator.saved())
    operator.do(ask("release", {"hold": key, "undo": True}, by="Grace"), 2)
    assert "only who held" in answer(desk)["text"]
    operator.do(ask("release", {"hold": key, "undo": True}, by="Ada"), 601 * 1_000_000_000)
    assert "older than 10 minutes" in answer(desk)["text"]
    operator.do(ask("release", {"hold": key, "undo": True}, by="Ada"), 599 * 1_000_000_000)
    assert answer(desk)["ok"]
    assert not operator.kept.holds


def test_an_alarm_is_acknowledged_once(operator: Operator, desk: Desk) -> None:
    body = {"alarm": "wind/1/jam", "station": "wind", "machine": 1, "name": "jam", "on": "failure", "priority": 2, "text": "Wind 1: jam"}
    key = desk.event("alarm.raised", 5, body)
    operator.do(ask("acknowledge", {"alarm": key}), 9_000)
    assert answer(desk)["text"] == "Wind 1: jam: acknowledged"
    assert desk.fold.alarms[key].acknowledged_by == "Ada"
    operator.do(ask("acknowledge", {"alarm": key}), 9_001)
    assert answer(desk)["text"] == "Wind 1: jam was acknowledged already by Ada."
    operator.do(ask("acknowledge", {"alarm": 999}), 9_002)
    assert "no alarm 999" in answer(desk)["text"]


def test_a_preview_says_what_would_happen_and_does_nothing(operator: Operator, desk: Desk) -> None:
    told = operator.preview(ask("stop", {"station": "wind", "machine": 1}))
    assert (told["class"], told["can"], told["button"]) == ("stops", True, "Stop wind 1")
    assert told["effect"][0]["text"] == "wind 1 stands still until it is resumed"
    assert operator.preview(ask("hold", {"things": ["A", "B"]}))["button"] == "Hold 2 things"
    assert operator.preview(ask("clear", {"station": "wind", "machine": 1}))["helps"] == "A fault clears by itself when it is mended."
    assert operator.preview(ask("resume-run"))["can"] is False
    assert (desk.events, desk.sent) == ([], [])


def test_ending_the_run_is_asked_for(operator: Operator, desk: Desk) -> None:
    operator.do(ask("stop-run"), 0)
    assert desk.stopped == "asked by Ada"


def test_what_was_done_survives_a_restart(operator: Operator, desk: Desk) -> None:
    operator.do(ask("stop", {"station": "wind", "machine": 3}), 1)
    operator.do(ask("hold", {"things": ["CELL-7"]}, reason="odd", number=2), 2)
    operator.do(ask("set", {"station": "coat", "machine": 1, "set_point": "oven"}, value=[95, 125], number=3), 3)
    operator.do(ask("pause-run", number=4), 4)
    other = Operator(PLANT, NUMBERS, first_order(PLANT), Desk())
    other.restore(operator.saved())
    assert other.saved() == operator.saved()
    assert other.kept == operator.kept


def test_a_machine_that_is_not_heard_cannot_be_told_anything(operator: Operator, desk: Desk) -> None:
    desk.silent = {"wind"}
    for kind in ("stop", "set"):
        operator.do(ask(kind, {"station": "wind", "machine": 2}), 0)
        assert (answer(desk)["ok"], answer(desk)["text"]) == (False, "wind 2 is not heard: nothing can be told to it.")
        assert "wait until it is heard" in answer(desk)["next"]
    assert not operator.preview(ask("stop", {"station": "wind", "machine": 2}))["can"]
    assert desk.sent == []
    operator.do(ask("stop", {"station": "coat", "machine": 1}), 0)
    assert answer(desk)["ok"]
