"""The job orders of a live run: where each stands, and what people do with them (OPC 10031-4, ISA-95 part 4).

The line itself knows how far each order is and whether it is held: all that is told here is read from its state, so that it is saved, brought back
and made again with it. An act changes that state between two moments of the line; it is an operator's command like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from linewright.control.compile import Compiled
from linewright.control.orders import order_id
from linewright.kernels.calendar_orders import orders_changed
from linewright.kernels.state import State
from linewright.live.orders import LiveOrder, OrderState, Verb, after
from linewright.measures.orders import OrderFigures, order_figures
from linewright.model.errors import LinewrightError
from linewright.model.merging import nearest

__all__ = ["ACTS", "OrderBook"]

#: Commands of people and the verbs that they stand for.
ACTS = {f"order-{verb.value}": verb for verb in Verb}
#: Why nothing is begun for an order, as its row in the state says.
FREE, PAUSED, STOPPED, ABORTED = range(4)
_HELD = {Verb.PAUSE: PAUSED, Verb.RESUME: FREE, Verb.STOP: STOPPED, Verb.ABORT: ABORTED, Verb.CANCEL: ABORTED, Verb.START: FREE}
#: Orders that a sample tells one by one.
TOLD_MOST = 50


class OrderBook:
    """All orders of one run.

    Parameters
    ----------
    compiled
        The line.
    state
        Gives its state.
    """

    def __init__(self, compiled: Compiled, state: Callable[[], State]) -> None:
        self._compiled, self._state = compiled, state

    @property
    def is_empty(self) -> bool:
        """Tell whether the line makes its product for ever."""
        return int(self._state().head[0]["orders"]) == 0

    # ---- what is told

    def orders(self) -> list[tuple[OrderFigures, LiveOrder]]:
        """Return every order: how far it is, and where it stands."""
        state = self._state()
        now_s = int(state.head[0]["now"]) / 1e9
        rows = order_figures(self._compiled, state)
        held = state.orders["held"][: len(rows)].tolist()
        return [(o, LiveOrder(order_id(o.order), o.product, o.amount, stands_at(o, why, now_s))) for o, why in zip(rows, held, strict=True)]

    def bodies(self) -> list[dict[str, Any]]:
        """Return the orders as samples tell them: what is open first, then what ended, the newest first."""
        found = self.orders()
        is_open = [(o, live) for o, live in found if live.state not in {OrderState.ENDED, OrderState.ABORTED}]
        is_open.sort(key=lambda pair: (pair[1].state is not OrderState.RUNNING, -pair[0].priority, pair[0].order))
        ended = sorted((pair for pair in found if pair not in is_open), key=lambda pair: -(pair[0].done_s or 0.0))
        return [self._body(o, live) for o, live in [*is_open, *ended][:TOLD_MOST]]

    def _body(self, o: OrderFigures, live: LiveOrder) -> dict[str, Any]:
        def us(seconds: float | None) -> int | None:
            return None if seconds is None else self._compiled.begin_us + round(seconds * 1e6)

        return {
            **live.body(o.good), "priority": o.priority, "lost": o.lost, "under_way": o.under_way, "release_us": us(o.released_s),
            "begun_us": us(o.begun_s), "done_us": us(o.done_s), "due_us": us(o.due_s), "late_s": o.late_s,
        }  # fmt: skip

    # ---- what people do

    def do(self, verb: Verb, target: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Do an act; return what to say of it, and the body of its event.

        Raises
        ------
        LinewrightError
            There is no such order, or it is not allowed where it stands; nothing is changed then.
        """
        if verb is Verb.STORE:
            number = self._store(target)
            text = "stored"
        else:
            number, live = self._named(verb, target)
            row = self._state().orders[number]
            if verb is Verb.START:
                row["release"] = int(self._state().head[0]["now"])
            row["held"] = _HELD[verb]
            text = f"{after(live, verb).state.value.replace('-', ' ')}"
        orders_changed(self._compiled.table, self._state())
        o, live = self.orders()[number]
        return f"Order {live.id} {text}", self._body(o, live)

    def effect(self, verb: Verb, target: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return what an act would do, for whoever is asked to confirm it. Raises LinewrightError where it cannot be done."""
        if verb is Verb.STORE:
            product, amount, priority, _, _ = self._wanted(target)
            return [("Order", f"{amount:,} {product}, priority {priority}, behind the {len(self.orders())} that are there")]
        number, live = self._named(verb, target)
        o = self.orders()[number][0]
        what = {
            Verb.START: "it is released now, and begun in its turn", Verb.PAUSE: "nothing new is begun for it; what is under way is finished",
            Verb.RESUME: "it goes on in its turn", Verb.STOP: "it ends with what is under way", Verb.ABORT: "it ends; what is under way is finished",
            Verb.CANCEL: "it is never begun", Verb.STORE: "",
        }[verb]  # fmt: skip
        return [("Order", f"{live.id}: {what}"), ("So far", f"{o.good:,} of {o.amount:,} {o.product} good, {o.under_way:,} under way")]

    # ---- inside

    def _named(self, verb: Verb, target: Mapping[str, Any]) -> tuple[int, LiveOrder]:
        wanted = str(target.get("order", ""))
        orders = self.orders()
        number = next((k for k, (_, live) in enumerate(orders) if live.id == wanted), None)
        if number is None:
            known = [live.id for _, live in orders]
            raise LinewrightError(f"There is no order `{wanted}`. {nearest(wanted, known)}".rstrip() + f"\nThere are {known[0]} to {known[-1]}.")
        live = orders[number][1]
        if live.state is OrderState.ALLOWED_TO_START and verb is Verb.START:
            raise LinewrightError(f"Order {live.id} is allowed to start already.\nThe line begins it in its turn: by priority, then by due date.")
        after(live, verb)
        return number, live

    def _wanted(self, target: Mapping[str, Any]) -> tuple[str, int, int, int, int]:
        state, products = self._state(), list(self._compiled.products)
        product, amount, priority = str(target.get("product", "")), target.get("amount"), target.get("priority", 1)
        if product not in products:
            near = nearest(product, products)
            raise LinewrightError(f"This line makes no `{product}`. {near}".rstrip() + f"\nIt makes: {', '.join(products)}.")
        for name, value, least in (("amount", amount, 1), ("priority", priority, 0)):
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise LinewrightError(f"The {name} of an order is a whole number, {least} or more; {value!r} came.")
        assert isinstance(amount, int)
        if int(state.head[0]["orders"]) >= len(state.orders):
            raise LinewrightError(
                f"{len(state.orders)} orders are there; this run takes no more.\nBegin a new run with them in the line file's `orders`."
            )
        times: list[int | None] = []
        for name in ("release_us", "due_us"):
            value = target.get(name)
            if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
                raise LinewrightError(f"{name} is UTC in whole microseconds; {value!r} came.")
            times.append(None if value is None else (value - self._compiled.begin_us) * 1000)
        release, due = int(state.head[0]["now"]) if times[0] is None else max(times[0], 0), times[1]
        if due is not None and due <= release:
            raise LinewrightError("The order is due before it is released.\nState a later `due_us`.")
        return product, amount, priority, release, -1 if due is None else due

    def _store(self, target: Mapping[str, Any]) -> int:
        product, amount, priority, release, due = self._wanted(target)
        state = self._state()
        number = int(state.head[0]["orders"])
        row = state.orders[number]
        row["product"], row["amount"], row["priority"] = self._compiled.products.index(product), amount, priority
        row["release"], row["due"], row["held"] = release, due, FREE
        state.head[0]["orders"] = number + 1
        return number


def stands_at(o: OrderFigures, held: int, now_s: float) -> OrderState:
    """Return where an order stands.

    Examples
    --------
    >>> order = OrderFigures(1, "cell", 10, 1, 4, 0, 3, 60.0, 60.0, None, None, None)
    >>> stands_at(order, FREE, 90.0), stands_at(order, PAUSED, 90.0)
    (<OrderState.RUNNING: 'running'>, <OrderState.INTERRUPTED: 'interrupted'>)
    """
    if o.is_done or held == STOPPED:
        return OrderState.ENDED
    if held in {PAUSED, ABORTED}:
        return OrderState.INTERRUPTED if held == PAUSED else OrderState.ABORTED
    if o.begun_s is not None:
        return OrderState.RUNNING
    return OrderState.ALLOWED_TO_START if o.released_s <= now_s else OrderState.NOT_ALLOWED_TO_START
