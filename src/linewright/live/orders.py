"""Job orders of a live run: the verbs of OPC 10031-4, and which of them are allowed when."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from linewright.model.errors import LinewrightError
from linewright.model.plant import Plant

__all__ = ["LiveOrder", "OrderState", "Verb", "after", "first_order", "from_saved"]


class OrderState(StrEnum):
    """Where an order stands; the states of OPC 10031-4 (ISA-95 job control) by name."""

    NOT_ALLOWED_TO_START = "not-allowed-to-start"
    ALLOWED_TO_START = "allowed-to-start"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    ENDED = "ended"
    ABORTED = "aborted"


class Verb(StrEnum):
    """What may be done with an order."""

    STORE = "store"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    ABORT = "abort"
    CANCEL = "cancel"


_ALLOWED = {
    (OrderState.NOT_ALLOWED_TO_START, Verb.START): OrderState.ALLOWED_TO_START,
    (OrderState.NOT_ALLOWED_TO_START, Verb.CANCEL): OrderState.ABORTED,
    (OrderState.ALLOWED_TO_START, Verb.START): OrderState.RUNNING,
    (OrderState.ALLOWED_TO_START, Verb.CANCEL): OrderState.ABORTED,
    (OrderState.RUNNING, Verb.PAUSE): OrderState.INTERRUPTED,
    (OrderState.RUNNING, Verb.STOP): OrderState.ENDED,
    (OrderState.RUNNING, Verb.ABORT): OrderState.ABORTED,
    (OrderState.INTERRUPTED, Verb.RESUME): OrderState.RUNNING,
    (OrderState.INTERRUPTED, Verb.STOP): OrderState.ENDED,
    (OrderState.INTERRUPTED, Verb.ABORT): OrderState.ABORTED,
}


@dataclass(frozen=True, slots=True)
class LiveOrder:
    """One order and how far it is.

    Parameters
    ----------
    id
        Such as ``JO-0001``; empty where it stands for all orders of the line.
    product
        What is made.
    amount
        How many; None is endless.
    state
        Where it stands.
    """

    id: str
    product: str
    amount: int | None
    state: OrderState

    @property
    def name(self) -> str:
        """Return what a sentence begins with."""
        return f"Order {self.id}" if self.id else "The line"

    def body(self, made: int | None) -> dict[str, Any]:
        """Return it as the page wants it (docs/api.md)."""
        return {"id": self.id, "product": self.product, "amount": self.amount, "made": made, "state": self.state.value, "due_us": None}

    def saved(self) -> dict[str, Any]:
        """Return it as it is kept in a saved state."""
        return {**asdict(self), "state": self.state.value}


def first_order(plant: Plant) -> LiveOrder:
    """Return the endless order of a line that is given none; of one with orders in its file what stands for all of them.

    Examples
    --------
    >>> first_order(Plant("toy", product="cell")).id
    'JO-0001'
    """
    return LiveOrder("" if plant.orders else "JO-0001", plant.product, None, OrderState.ALLOWED_TO_START)


def from_saved(saved: dict[str, Any]) -> LiveOrder:
    """Return the order that was kept in a saved state."""
    return LiveOrder(saved["id"], saved["product"], saved["amount"], OrderState(saved["state"]))


def after(order: LiveOrder, verb: Verb) -> LiveOrder:
    """Return the order after a verb.

    Raises
    ------
    LinewrightError
        The verb is not allowed in its state; the message says which are.

    Examples
    --------
    >>> order = after(first_order(Plant("toy", product="cell")), Verb.START)
    >>> after(order, Verb.RESUME)
    Traceback (most recent call last):
    ...
    linewright.model.errors.LinewrightError: Order JO-0001 is running: it cannot resume. It can: pause, stop, abort.
    """
    state = _ALLOWED.get((order.state, verb))
    if state is None:
        can = [v.value for s, v in _ALLOWED if s is order.state]
        words = f"It can: {', '.join(can)}." if can else "Nothing more can be done with it."
        raise LinewrightError(f"{order.name} is {order.state.value}: it cannot {verb.value}. {words}")
    return LiveOrder(order.id, order.product, order.amount, state)
