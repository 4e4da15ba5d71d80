"""Orders while a line runs: what people do with them, and a restart in the middle."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import Any

import pytest

from linewright.control.compile import compile_plant
from linewright.control.fill import open_line
from linewright.kernels.calendar import UNTIL, advance, rows_needed
from linewright.kernels.rows import new_rows
from linewright.kernels.state import State
from linewright.ledger.ledger import Ledger
from linewright.library.catalogue import installed_libraries
from linewright.live.order_book import OrderBook
from linewright.live.orders import Verb
from linewright.live.run import run
from linewright.model.errors import LinewrightError
from linewright.model.load import load_text

TEXT = """
line: ordered
product: a
stations:
  feed: {time: 10 s, setup: 60 s}
  test: {time: 5 s, buffer: 2, per-product: {b: {time: 8 s}}}
orders:
  - {product: a, amount: 30, due: 10 min}
  - {product: b, amount: 20, release: 1 h}
  - {product: a, amount: 10}
run: {begin: 2026-01-05 00:00}
"""


class Line:
    """A line that goes on by hand, and its orders."""

    def __init__(self) -> None:
        self.compiled = compile_plant(load_text(TEXT, installed_libraries()))
        self.state: State = open_line(self.compiled, 1)
        self.book = OrderBook(self.compiled, lambda: self.state)

    def go_on(self, until_s: float) -> None:
        assert advance(self.compiled.table, self.state, new_rows(rows_needed(self.compiled.table)), round(until_s * 1e9)) == UNTIL

    def states(self) -> list[str]:
        return [live.state.value for _, live in self.book.orders()]

    def good(self) -> list[int]:
        return [o.good for o, _ in self.book.orders()]

    def act(self, verb: Verb, order: str) -> str:
        return self.book.do(verb, {"order": order})[0]


@pytest.fixture
def line() -> Line:
    made = Line()
    made.go_on(0)
    return made


def test_orders_pass_through_their_states(line: Line) -> None:
    assert line.states() == ["running", "not-allowed-to-start", "allowed-to-start"]
    line.go_on(1000)
    assert line.states() == ["ended", "not-allowed-to-start", "ended"]
    line.go_on(3600.5)
    assert line.states() == ["ended", "running", "ended"]
    line.go_on(4000)
    assert line.states() == ["ended", "ended", "ended"]
    assert line.good() == [30, 20, 10]


def test_what_is_paused_is_not_begun_and_the_next_one_is(line: Line) -> None:
    line.go_on(100)
    assert line.act(Verb.PAUSE, "JO-0001") == "Order JO-0001 interrupted"
    line.go_on(400)
    assert line.states() == ["interrupted", "not-allowed-to-start", "ended"]
    assert line.good()[0] == 10, "what was under way is finished"
    line.act(Verb.RESUME, "JO-0001")
    line.go_on(700)
    assert line.states()[0] == "ended"


def test_stop_abort_cancel_and_start(line: Line) -> None:
    line.go_on(100)
    assert line.act(Verb.STOP, "JO-0001") == "Order JO-0001 ended"
    line.act(Verb.CANCEL, "JO-0003")
    line.act(Verb.START, "JO-0002")
    assert line.states() == ["ended", "allowed-to-start", "aborted"]
    line.go_on(175)
    assert line.states()[1] == "running", "it is released now: 60 s of set-up, then work"
    line.act(Verb.ABORT, "JO-0002")
    line.go_on(5000)
    assert line.states() == ["ended", "aborted", "aborted"]
    assert line.good()[2] == 0


def test_one_more_is_stored(line: Line) -> None:
    text, body = line.book.do(Verb.STORE, {"product": "b", "amount": 3, "priority": 9})
    assert text == "Order JO-0004 stored"
    assert (body["state"], body["amount"], body["made"]) == ("allowed-to-start", 3, 0)
    line.go_on(300)
    assert line.states()[3] == "ended"
    assert line.book.bodies()[0]["id"] == "JO-0001", "what is open is told first"


@pytest.mark.parametrize(
    ("verb", "target", "words"),
    [
        (Verb.PAUSE, {"order": "JO-0009"}, "There is no order `JO-0009`"),
        (Verb.RESUME, {"order": "JO-0001"}, "Order JO-0001 is running: it cannot resume. It can: pause, stop, abort."),
        (Verb.START, {"order": "JO-0003"}, "allowed to start already"),
        (Verb.STORE, {"product": "c", "amount": 3}, "This line makes no `c`"),
        (Verb.STORE, {"product": "b", "amount": 0}, "whole number, 1 or more; 0 came"),
        (Verb.STORE, {"product": "b", "amount": 1, "due_us": 5}, "due before it is released"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(line: Line, verb: Verb, target: dict[str, Any], words: str) -> None:
    line.go_on(100)
    before = line.book.bodies()
    with pytest.raises(LinewrightError, match=words.replace("(", r"\(")):
        line.book.effect(verb, target)
    with pytest.raises(LinewrightError):
        line.book.do(verb, target)
    assert line.book.bodies() == before


def test_a_run_that_is_gone_on_with_knows_its_orders(tmp_path: Path) -> None:
    """Stopped in the middle and gone on with: the same ledger as one that was never stopped."""
    plant = load_text(TEXT, installed_libraries())

    def events(ledger: Ledger, run_id: str) -> list[Any]:
        reader = ledger.reader(run_id)
        return sorted((e.line_us, e.kind, str(e.body)) for e in reader.events_since(limit=100_000) if e.kind.startswith("order"))

    cut, whole = Ledger(tmp_path / "cut"), Ledger(tmp_path / "whole")
    for until_s in (200, 700, 4200):
        part = asyncio.run(run(plant, ledger=cut, speed=math.inf, seed=1, until_s=until_s, say=print, wanted_bytes=0))
    one = asyncio.run(run(plant, ledger=whole, speed=math.inf, seed=1, until_s=4200, say=print, wanted_bytes=0))
    assert events(cut, part.run) == events(whole, one.run)
    assert len([e for e in events(whole, one.run) if e[1] == "order.done"]) == 3
