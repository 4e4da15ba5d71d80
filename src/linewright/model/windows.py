"""Windows: ``T +- tol``, ``a .. b``, ``at least a``, ``at most b``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from linewright.model.quantity import Amount, Dimension, QuantityFault, kind_named, parse_amount, split_mark
from linewright.model.values import Unit, Window

__all__ = ["WindowValue", "parse_window"]

_BARE = re.compile(r"^[+-]?[0-9.]+(?:[eE][+-]?\d+)?$")
_FORMS = "`60 +- 2 mm`, `1 .. 3 N`, `at least 5 Ah`, `at most 15 um`"


@dataclass(frozen=True, slots=True)
class WindowValue:
    """A window understood: limits in SI, the unit and dimension of its values, its mark, and how it is shown."""

    window: Window
    unit: Unit
    dimension: Dimension
    mark: str
    shown: str


def parse_window(text: str, *, spans: bool = False, loose: bool = False) -> WindowValue:
    """Return a window read from its text.

    Parameters
    ----------
    text
        As written. In ``a .. b`` and ``T +- tol`` the first number may leave its unit to the second.
    spans
        True where only ``a .. b`` fits.
    loose
        As in `parse_amount`.

    Raises
    ------
    QuantityFault
        Without place.

    Examples
    --------
    >>> parse_window("24 mg/cm^2 +- 1.5 %").window.upper
    0.24359999999999998
    >>> parse_window("at most 15 um").window
    Window(lower=None, target=None, upper=1.5e-05)
    """
    bare, mark = split_mark(text)
    if spans and ".." not in bare:
        raise QuantityFault(f'"{text}" is no range', "Write `0 .. 20 L/min`.")
    if "+-" in bare or "±" in bare:
        target, _, tolerance = bare.replace("±", "+-").partition("+-")
        return _around(target.strip(), tolerance.strip(), mark, bare, loose=loose)
    if ".." in bare:
        low_text, _, high_text = bare.partition("..")
        high = parse_amount(high_text.strip(), loose=loose)
        low = parse_amount(_with_unit(low_text.strip(), high), loose=loose)
        _same(low, high)
        if low.si > high.si:
            raise QuantityFault(f'"{bare}" is empty: its lower limit is above its upper one', f"Write `{high} .. {low}`.")
        return WindowValue(Window(low.si, None, high.si), high.unit, high.dimension, mark, bare)
    for word in ("at least", "at most"):
        if bare.startswith(word + " "):
            limit = parse_amount(bare[len(word) :].strip(), loose=loose)
            window = Window(limit.si, None, None) if word == "at least" else Window(None, None, limit.si)
            return WindowValue(window, limit.unit, limit.dimension, mark, bare)
    raise QuantityFault(f'"{text[:60]}" is no window', f"A window is written {_FORMS}.")


def _around(target_text: str, tolerance_text: str, mark: str, bare: str, *, loose: bool) -> WindowValue:
    """Return ``target +- tolerance``; a tolerance in % of a target that is no share is a share of it."""
    tolerance = parse_amount(tolerance_text, loose=loose)
    share = tolerance.dimension == () and tolerance.reading.text in {"%", "ppm"}
    target = parse_amount(target_text if share else _with_unit(target_text, tolerance), loose=loose)
    if target.reading.text == "" and share and _BARE.match(target_text):
        target = parse_amount(f"{target_text} {tolerance.reading.text}")
    if tolerance.si < 0 or tolerance.number.startswith("-"):
        raise QuantityFault(f'"{bare}": a tolerance is not negative')
    if share and not (target.dimension == () and target.reading.text in {"%", "ppm"}):
        if target.si == 0:
            raise QuantityFault(f'"{bare}": a share of nothing is nothing', "Write the tolerance with the unit of the value.")
        if target.reading.offset:
            raise QuantityFault(f'"{bare}": a share of a temperature has no meaning', "Write the tolerance in K.")
        size = abs(target.si) * tolerance.si
    else:
        _same(target, tolerance)
        if tolerance.reading.offset:
            raise QuantityFault(f'"{bare}": a difference of temperatures is written in K', f"Write `+- {tolerance.number} K`.")
        size = tolerance.si
    return WindowValue(Window(target.si - size, target.si, target.si + size), target.unit, target.dimension, mark, bare)


def _with_unit(text: str, other: Amount) -> str:
    """Return a number that leaves its unit to the other one, with that unit."""
    return f"{text} {other.reading.text}".strip() if _BARE.match(text) else text


def _same(one: Amount, other: Amount) -> None:
    if one.dimension != other.dimension:
        raise QuantityFault(f'"{one}" is {kind_named(one.dimension)}, "{other}" is {kind_named(other.dimension)}', "Both need the same kind of unit.")
