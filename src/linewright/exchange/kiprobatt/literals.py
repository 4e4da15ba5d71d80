"""Literals as typed: escapes undone, number and unit told apart, the value in SI. The decimal sign may be a point or a comma."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

#: Factor to the unit in which the source stores the quantity (SI, but degC), for each unit that stands in its literals.
FACTORS: dict[str, float] = {
    "": 1.0, "%": 1e-2,
    "kg": 1.0, "g": 1e-3, "mg": 1e-6,
    "m3": 1.0, "l": 1e-3, "ml": 1e-6, "µl": 1e-9,
    "Pa": 1.0, "kPa": 1e3, "mbar": 1e2, "bar": 1e5, "MPa": 1e6,
    "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0,
    "m": 1.0, "cm": 1e-2, "mm": 1e-3, "µm": 1e-6,
    "°C": 1.0, "V": 1.0, "mV": 1e-3, "A": 1.0, "mA": 1e-3,
}  # fmt: skip

_ESCAPE = re.compile(r"(?:-[0-9A-F]{2})+")
_NUMBER = re.compile(r"\s*([+\u2212-]?\s*(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$", re.DOTALL)


def unescape(name: str) -> str:
    """Undo the escapes of a page name: ``-2C`` is a comma, ``_`` a blank.

    Examples
    --------
    >>> unescape("12-2C264_g")
    '12,264 g'
    >>> unescape("-2D0.5_g")
    '-0.5 g'
    """

    def one(match: re.Match[str]) -> str:
        try:
            return bytes.fromhex(match.group().replace("-", "")).decode("utf-8")
        except UnicodeDecodeError:
            return match.group()

    return _ESCAPE.sub(one, name).replace("_", " ")


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal: the text as typed, the number and unit read from it, and the value in the source's unit of storage (None where it is no number)."""

    text: str
    number: float | None
    unit: str
    value: float | None
    has_decimal_comma: bool = False

    @property
    def is_nan(self) -> bool:
        """Tell whether it says that there is no number."""
        return self.text.strip().lower().startswith("nan")


def read_literal(text: str) -> Literal:
    """Read a literal such as ``12,264 g``.

    Examples
    --------
    >>> read_literal("12,264 g").number
    12.264
    >>> read_literal("110 °C").value
    110.0
    >>> read_literal("NaN g").is_nan
    True
    >>> read_literal("5 furlong").value is None
    True
    """
    match = _NUMBER.match(text)
    if match is None:
        return Literal(text, None, "", None)
    digits = match[1].replace("\u2212", "-").replace(" ", "")
    number, unit = float(digits.replace(",", ".")), match[2]
    factor = FACTORS.get(unit)
    value = None if factor is None or not math.isfinite(number) else number * factor
    return Literal(text, number, unit, value, "," in digits)
