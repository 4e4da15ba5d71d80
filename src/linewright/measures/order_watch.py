"""What happens to orders, as events: stored, begun, done. Twin and floor write the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from linewright.control.compile import Compiled
from linewright.control.orders import order_id
from linewright.kernels.state import State

__all__ = ["OrderChange", "OrderWatch"]


@dataclass(frozen=True, slots=True)
class OrderChange:
    """One event of an order: its kind, the line time [ns] at which it happened, its body."""

    kind: str
    at_ns: int
    body: dict[str, Any]


class OrderWatch:
    """Finds what has happened to orders since it last looked.

    Parameters
    ----------
    compiled
        The line.
    """

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._told: set[tuple[str, int]] = set()

    def begin(self, state: State) -> None:
        """Take what a state holds as told."""
        self._told = {(kind, number) for _, kind, number in self._happened(state)}

    def stored(self) -> list[OrderChange]:
        """Return the orders of the line's file, as they are stored at the begin."""
        begin_us, plant = self._compiled.begin_us, self._compiled.plant
        found = []
        for number, o in enumerate(plant.orders, 1):
            due_us = None if o.due_s is None else begin_us + round(o.due_s * 1e6)
            body = {"id": order_id(number), "product": o.product, "amount": o.amount, "priority": o.priority,
                    "release_us": begin_us + round(o.release_s * 1e6), "due_us": due_us}  # fmt: skip
            found.append(OrderChange("order.stored", 0, body))
        return found

    def look(self, state: State) -> list[OrderChange]:
        """Return what has happened up to a state's now, in order of time."""
        found = []
        for at_ns, kind, number in sorted(self._happened(state)):
            if (kind, number) in self._told:
                continue
            self._told.add((kind, number))
            row = state.orders[number]
            body = {"id": order_id(number + 1), "product": self._compiled.products[int(row["product"])], "amount": int(row["amount"])}
            found.append(OrderChange(kind, at_ns, body))
        return found

    @staticmethod
    def _happened(state: State) -> list[tuple[int, str, int]]:
        found = []
        for number in range(int(state.head[0]["orders"])):
            for kind, name in (("order.begun", "began"), ("order.done", "ended")):
                at_ns = int(state.orders[number][name])
                if at_ns >= 0:
                    found.append((at_ns, kind, number))
        return found
