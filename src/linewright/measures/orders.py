"""Figures of orders: how far each is, when it was begun and done, how late it is; and the same of each product.

====================  ======================================================================================================================
good                  good products that have left the line for it
lost                  what was begun for it and is scrapped, refused or too late, in products; as many were, or will be, begun anew
under way             begun, and neither good nor lost yet
released              from when on it may be begun
begun                 when a station first took it up: the set-up for it counts
done                  when the last of its amount left the line
late                  done, or now where it is not done, less its due date; below 0 there is time left
====================  ======================================================================================================================

All times are line time from the run's begin. An order that is not due by a time is never late.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from linewright.control.compile import Compiled
from linewright.kernels.state import State

__all__ = ["OrderFigures", "ProductFigures", "order_figures", "product_figures"]


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """How far one order is.

    Parameters
    ----------
    order
        Its number, from 1, in the order of the file.
    product, amount, priority
        As it was asked for.
    good, lost, under_way
        Products.
    released_s, begun_s, done_s, due_s
        Line time, s; None: not yet, or not told.
    late_s
        s; None where it has no due date.
    is_held
        Whether nothing is begun for it: paused or stopped by hand.
    """

    order: int
    product: str
    amount: int
    priority: int
    good: int
    lost: int
    under_way: int
    released_s: float
    begun_s: float | None
    done_s: float | None
    due_s: float | None
    late_s: float | None
    is_held: bool = False

    @property
    def is_done(self) -> bool:
        """Tell whether its amount is made."""
        return self.done_s is not None

    def to_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ProductFigures:
    """All orders of one product together: how many orders, how many of them are done and late, products asked for, good, lost, under way."""

    product: str
    orders: int
    done: int
    late: int
    amount: int
    good: int
    lost: int
    under_way: int

    def to_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return asdict(self)


def order_figures(compiled: Compiled, state: State) -> tuple[OrderFigures, ...]:
    """Return how far each order is at a state's now; nothing for a line without orders.

    Parameters
    ----------
    compiled
        The line.
    state
        Where it stands.
    """
    now_s = int(state.head[0]["now"]) / 1e9
    found = []
    for number in range(int(state.head[0]["orders"])):
        row = state.orders[number]
        began, ended, due = (None if int(row[name]) < 0 else int(row[name]) / 1e9 for name in ("began", "ended", "due"))
        found.append(
            OrderFigures(
                number + 1,
                compiled.products[int(row["product"])],
                int(row["amount"]),
                int(row["priority"]),
                int(row["good"]),
                int(row["lost"]),
                int(row["begun"]) - int(row["lost"]) - int(row["good"]),
                int(row["release"]) / 1e9,
                began,
                ended,
                due,
                None if due is None else (now_s if ended is None else ended) - due,
                bool(row["held"]),
            )
        )
    return tuple(found)


def product_figures(orders: tuple[OrderFigures, ...]) -> tuple[ProductFigures, ...]:
    """Return the orders of each product together, in the order in which products first appear.

    Examples
    --------
    >>> done = OrderFigures(1, "cell", 10, 1, 10, 1, 0, 0.0, 0.0, 60.0, 50.0, 10.0)
    >>> begun = OrderFigures(2, "cell", 20, 1, 4, 0, 3, 0.0, 60.0, None, None, None)
    >>> product_figures((done, begun))[0]
    ProductFigures(product='cell', orders=2, done=1, late=1, amount=30, good=14, lost=1, under_way=3)
    """
    found = []
    for product in dict.fromkeys(o.product for o in orders):
        mine = [o for o in orders if o.product == product]
        found.append(
            ProductFigures(
                product,
                len(mine),
                sum(o.is_done for o in mine),
                sum(o.late_s is not None and o.late_s > 0.0 for o in mine),
                sum(o.amount for o in mine),
                sum(o.good for o in mine),
                sum(o.lost for o in mine),
                sum(o.under_way for o in mine),
            )
        )
    return tuple(found)
