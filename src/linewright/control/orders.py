"""What orders are called."""

from __future__ import annotations

__all__ = ["order_id"]


def order_id(number: int) -> str:
    """Return the id of an order by its number in the line file, from 1; those that are stored while the line runs follow.

    Examples
    --------
    >>> order_id(1)
    'JO-0001'
    """
    return f"JO-{number:04d}"
