"""A length of time as a person writes it beside a line: on the command line, or on the page."""

from __future__ import annotations

from linewright.model.errors import LinewrightError
from linewright.model.quantity import QuantityFault, parse_amount

__all__ = ["seconds"]


def seconds(text: str | None, option: str = "--until") -> float | None:
    """Return a time such as ``1 day`` in seconds; None stays None.

    Parameters
    ----------
    text
        A number with a unit of time.
    option
        Where it was written, for the message.

    Raises
    ------
    LinewrightError
        It is no time, or none above 0.

    Examples
    --------
    >>> seconds("1 day"), seconds(None)
    (86400.0, None)
    """
    if text is None:
        return None
    try:
        value = parse_amount(text, "time", loose=True).si
    except QuantityFault as fault:
        raise LinewrightError(f"{option}: {fault.message}. {fault.hint or 'Such as: 8 h, or 1 day.'}") from fault
    if value <= 0.0:
        raise LinewrightError(f'{option}: "{text}" is not later than the begin; a time above zero was expected, such as 1 day.')
    return value
