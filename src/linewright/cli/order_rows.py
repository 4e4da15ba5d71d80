"""How orders are printed: a row for each, then a row for each product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linewright.cli.printing import say, span, table

if TYPE_CHECKING:
    from linewright.measures.orders import OrderFigures, ProductFigures

__all__ = ["print_orders"]


def print_orders(orders: tuple[OrderFigures, ...], products: tuple[ProductFigures, ...]) -> None:
    """Print how far each order is, and each product where there are several."""
    is_due = any(o.due_s is not None for o in orders)
    is_lost = any(o.lost for o in orders)
    heads = ["Order", "Product", "Amount", "Priority", "Good", *(["Lost"] if is_lost else []), "Under way", "Released", "Begun", "Done",
             *(["Due", "Late"] if is_due else [])]  # fmt: skip
    cells = [
        [
            f"{o.order}", o.product, f"{o.amount:,}", f"{o.priority}", f"{o.good:,}", *([f"{o.lost:,}"] if is_lost else []), f"{o.under_way:,}",
            _at(o.released_s), _at(o.begun_s), _at(o.done_s), *([_at(o.due_s), lateness(o.late_s, is_done=o.is_done)] if is_due else []),
        ]
        for o in orders
    ]  # fmt: skip
    table(heads, cells, right=[k for k, head in enumerate(heads) if head != "Product"])
    if len(products) > 1:
        say()
        heads = ["Product", "Orders", "Done", "Late", "Amount", "Good", "Lost", "Under way"]
        rows = [
            [p.product, f"{p.orders}", f"{p.done}", f"{p.late}", f"{p.amount:,}", f"{p.good:,}", f"{p.lost:,}", f"{p.under_way:,}"] for p in products
        ]
        table(heads, rows, right=list(range(1, len(heads))))
    say()
    say("Amounts are good products that have left the line; what is lost is begun anew. Times are line time from the begin; a dash is not yet.")


def _at(seconds: float | None) -> str:
    return "-" if seconds is None else "0" if seconds == 0 else span(seconds)


def lateness(late_s: float | None, *, is_done: bool) -> str:
    """Return how late an order is.

    Examples
    --------
    >>> lateness(90.0, is_done=True), lateness(-3600.0, is_done=True), lateness(-60.0, is_done=False), lateness(None, is_done=True)
    ('1 min 30 s', 'no', '-', '-')
    """
    if late_s is None or (late_s <= 0 and not is_done):
        return "-"
    return span(late_s) if late_s > 0 else "no"
