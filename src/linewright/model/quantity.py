"""Quantities at the border: `2.1 s (S6)` to SI, by pint, once.

A scale is an exact fraction until the one rounding to float64, so that ``20 ppm`` (parts a minute) is exactly the float nearest to 1/3 a second.
Two texts have two readings, and the caller says which: `ppm` where a rate is asked for, `C` where a C-rate is.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

from linewright.model.kept import Kept
from linewright.model.values import Unit

__all__ = [
    "KINDS",
    "Amount",
    "Dimension",
    "QuantityFault",
    "UnitReading",
    "dimension_of",
    "kind_named",
    "nearest_unit",
    "parse_amount",
    "split_mark",
    "unit_reading",
]

#: Exponents of the base units, sorted by name; empty for a number without dimension.
Dimension = tuple[tuple[str, int], ...]

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?"
_AMOUNT = re.compile(rf"^({_NUMBER})(\s*)(.*)$", re.DOTALL)
_MARK = re.compile(r"^(.*?)\s*\(([^()]*)\)$", re.DOTALL)
_UNIT = re.compile(r"^(?:1?/)?[A-Za-z]+(?:\^-?[1-9])?(?:[*/][A-Za-z]+(?:\^-?[1-9])?)*$")


class QuantityFault(Exception):  # noqa: N818 - a fault of the file, not of the program
    """What is wrong with a quantity; `hint` is the next step. The reader adds the place."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class KindOfQuantity:
    """A dimension with a name: ``noun`` with its article, and an ``example`` as it is written."""

    noun: str
    unit: str
    example: str


#: Kinds of quantity by the name that the grammar uses. `unit` is one of that dimension.
KINDS: dict[str, KindOfQuantity] = {
    "time": KindOfQuantity("a time", "s", "2.1 s"),
    "length": KindOfQuantity("a length", "m", "0.5 m"),
    "speed": KindOfQuantity("a speed", "m/s", "60 m/min"),
    "rate": KindOfQuantity("a rate", "1/s", "60 ppm"),
    "share": KindOfQuantity("a share", "percent", "0.3 %"),
    "mass": KindOfQuantity("a mass", "kg", "7 g"),
    "volume": KindOfQuantity("a volume", "m^3", "1000 L"),
    "area": KindOfQuantity("an area", "m^2", "40 m^2"),
    "density": KindOfQuantity("a density", "kg/m^3", "1.4 kg/L"),
    "power": KindOfQuantity("a power", "W", "320 kW"),
    "energy": KindOfQuantity("an energy", "J", "20 kJ"),
    "temperature": KindOfQuantity("a temperature", "K", "45 degC"),
    "charge": KindOfQuantity("a charge", "Ah", "5 Ah"),
    "current": KindOfQuantity("a current", "A", "5 A"),
    "voltage": KindOfQuantity("a voltage", "V", "3.6 V"),
    "resistance": KindOfQuantity("a resistance", "ohm", "8 mohm"),
    "pressure": KindOfQuantity("a pressure", "Pa", "50 mbar"),
    "force": KindOfQuantity("a force", "N", "120 N"),
    "mass per area": KindOfQuantity("a mass per area", "kg/m^2", "24 mg/cm^2"),
    "viscosity": KindOfQuantity("a viscosity", "Pa*s", "3 Pa*s"),
    "voltage per time": KindOfQuantity("a voltage per time", "V/s", "0.5 mV/d"),
    "flow": KindOfQuantity("a flow", "m^3/s", "12.4 L/min"),
    "money": KindOfQuantity("a sum of money", "EUR", "8 EUR"),
    "count": KindOfQuantity("a count", "items", "500 items"),
}
#: Texts a unit may be written in, and what pint is given.
_SPELLINGS = {"°": "deg", "µ": "u", "μ": "u", "Ω": "ohm", "·": "*", "²": "^2", "³": "^3"}
CURRENCIES = ("EUR", "USD", "CNY")


@dataclass(frozen=True, slots=True)
class UnitReading:
    """A unit text understood: ``si = number * scale + offset``."""

    text: str
    scale: Fraction
    offset: Fraction
    dimension: Dimension

    @property
    def unit(self) -> Unit:
        """Return the unit as the model keeps it."""
        return Unit(self.text, float(self.scale), float(self.offset))


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity understood.

    Parameters
    ----------
    si
        Its value in SI.
    number
        As written.
    reading
        Its unit.
    mark
        ``default``, ``derived``, a name of `sources`, or empty.
    note
        How a text with two readings was read, such as ``parts a minute``; else empty.
    """

    si: float
    number: str
    reading: UnitReading
    mark: str = ""
    note: str = ""

    @property
    def unit(self) -> Unit:
        """Return the unit it is shown in."""
        return self.reading.unit

    @property
    def dimension(self) -> Dimension:
        """Return its dimension."""
        return self.reading.dimension

    @property
    def currency(self) -> str:
        """Return ``EUR``, ``USD`` or ``CNY``; empty where it is no money."""
        return next((base for base, _ in self.dimension if base in CURRENCIES), "")

    def __str__(self) -> str:
        return f"{self.number} {self.reading.text}".rstrip()


@functools.cache
def _registry() -> Any:
    """Return our own small unit registry; pint is imported only when a unit is read that was never read before."""
    import pint  # noqa: PLC0415 - 0.15 s of CPU that `--help` need not pay

    registry: Any = pint.UnitRegistry(None, cache_folder=None, non_int_type=Fraction)
    registry.load_definitions(_definitions().splitlines())
    return registry


def _definitions() -> str:
    return Path(__file__).with_name("units.txt").read_text(encoding="utf-8")


def split_mark(text: str) -> tuple[str, str]:
    """Return a value's text and its mark, empty where there is none.

    Examples
    --------
    >>> split_mark("350 ppm (S0)")
    ('350 ppm', 'S0')
    """
    found = _MARK.match(text)
    return (found[1].strip(), found[2].strip()) if found else (text.strip(), "")


@functools.cache
def unit_reading(text: str, kind: str = "any") -> UnitReading:
    """Return what a unit text means.

    Parameters
    ----------
    text
        Such as ``"mg/cm^2"``, ``"%"``, ``"/h"``; empty for a bare number.
    kind
        What is asked for: ``"rate"`` makes `ppm` parts a minute, ``"C-rate"`` makes `C` one discharge an hour.

    Raises
    ------
    QuantityFault
        There is no such unit.

    Examples
    --------
    >>> unit_reading("ppm", "rate").scale, unit_reading("ppm").scale
    (Fraction(1, 60), Fraction(1, 1000000))
    """
    if text == "":
        return UnitReading("", Fraction(1), Fraction(0), ())
    if text == "ppm":
        return (
            UnitReading(text, Fraction(1, 60), Fraction(0), (("s", -1),))
            if kind == "rate"
            else UnitReading(text, Fraction(1, 10**6), Fraction(0), ())
        )
    if text == "C" and kind == "C-rate":
        return UnitReading(text, Fraction(1, 3600), Fraction(0), (("s", -1),))
    plain = text.replace("%", "percent").replace("ppm", "part_per_million") if text in {"%", "%/h", "%/d"} else text
    for written, meant in _SPELLINGS.items():
        plain = plain.replace(written, meant)
    if not _UNIT.match(plain):
        raise QuantityFault(f"`{text}` is no unit")
    asked = f"1{plain}" if plain.startswith("/") else plain
    known = _known_units()
    if asked not in known:
        known[asked] = _by_pint(text, asked)
        _drawer().put("units", known)
    *numbers, dimension = known[asked]
    return UnitReading(text, Fraction(*numbers[:2]), Fraction(*numbers[2:]), tuple((str(base), int(power)) for base, power in dimension))


@functools.cache
def _drawer() -> Kept:
    return Kept("units", version("pint"), _definitions(), Path(__file__).read_text(encoding="utf-8"))


@functools.cache
def _known_units() -> dict[str, list[Any]]:
    """Return the units that pint has read before: it takes longer to import than all of them to read. They grow as it reads more."""
    return dict(_drawer().get("units") or {})


def _by_pint(text: str, asked: str) -> list[Any]:
    """Return scale and offset of a unit, each as numerator and denominator, and its dimension."""
    registry: Any = _registry()
    try:
        zero = registry.Quantity(Fraction(0), asked).to_base_units()
        one = registry.Quantity(Fraction(1), asked).to_base_units()
    except Exception as error:
        # pint raises AttributeError children for unknown names and its own for an offset unit in a product
        if type(error).__name__ == "OffsetUnitCalculusError":
            raise QuantityFault(f"`{text}` multiplies a temperature with a zero point", "Write K for differences, such as W/K.") from error
        raise QuantityFault(f"there is no unit `{text}`", nearest_unit(text)) from error
    bases = tuple(sorted((_BASES[str(name)], int(exponent)) for name, exponent in one.unit_items()))
    scale, offset = Fraction(one.magnitude) - Fraction(zero.magnitude), Fraction(zero.magnitude)
    return [*scale.as_integer_ratio(), *offset.as_integer_ratio(), [b for b in bases if b[0]]]


_BASES = {
    "meter": "m", "kilogram": "kg", "second": "s", "ampere": "A", "kelvin": "K", "mole": "mol", "candela": "cd",
    "euro": "EUR", "dollar": "USD", "yuan": "CNY",
    "item": "", "radian": "", "revolution": "", "decibel": "",
}  # fmt: skip


@functools.cache
def dimension_of(kind: str) -> Dimension:
    """Return the dimension of a kind of quantity in `KINDS`."""
    return unit_reading("%" if kind == "share" else KINDS[kind].unit).dimension


def kind_named(dimension: Dimension) -> str:
    """Return a dimension in words, with its article.

    Examples
    --------
    >>> kind_named((("m", 1), ("s", -1)))
    'a speed'
    """
    if dimension == ():
        return "a share or a bare number"
    for kind, named in KINDS.items():
        if kind not in {"share", "count"} and dimension_of(kind) == dimension:
            return named.noun
    return "of unit " + "*".join(base if power == 1 else f"{base}^{power}" for base, power in dimension)


def nearest_unit(text: str) -> str:
    """Return a hint with the nearest known unit, or the usual ones."""
    known = [*_COMMON_UNITS]
    close = [u for u in known if u.lower() == text.lower()] or get_close_matches(text, known, 1, 0.6)
    return f"Did you mean `{close[0]}`?" if close else "Usual units: s min h d, m mm um, m/min, kg g mg, L, degC K, V A Ah W J, bar Pa, %, EUR."


_COMMON_UNITS = (
    "s", "ms", "min", "h", "d", "week", "month", "years", "m", "mm", "cm", "um", "km", "m/s", "m/min", "mm/s", "1/s", "1/h", "/h", "/min", "ppm",
    "kg", "g", "mg", "t", "L", "mL", "m^2", "m^3", "mg/cm^2", "g/m^2", "g/cm^3", "kg/L", "mg/kg", "degC", "K", "N", "N/mm", "Pa", "kPa", "MPa", "bar",
    "mbar", "Pa*s", "W", "kW", "MW", "J", "kJ", "MJ", "Wh", "kWh", "Ah", "mAh", "A", "mA", "V", "mV", "mV/d", "ohm", "mohm", "Mohm", "Hz", "kHz",
    "rpm", "L/min", "EUR", "USD", "CNY", "EUR/kg", "EUR/kWh", "kg/kWh", "%", "items", "deg",
)  # fmt: skip


def parse_amount(text: str, kind: str = "any", *, loose: bool = False) -> Amount:
    """Return a quantity read from its text.

    Parameters
    ----------
    text
        Number, space, unit, and a mark in parentheses where there is one.
    kind
        A kind of `KINDS`, ``"C-rate"``, or ``"any"``.
    loose
        True on the command line, where the space before a unit may be left out.

    Raises
    ------
    QuantityFault
        Without place, such as ``"60 m/min" is a speed; a time was expected, such as 2.1 s``.

    Examples
    --------
    >>> parse_amount("60 m/min", "speed").si
    1.0
    >>> parse_amount("2.1 s (S6)", "time").mark
    'S6'
    """
    bare, mark = split_mark(text)
    example = KINDS[kind].example if kind in KINDS else "2.1 s"
    expected = KINDS[kind].noun if kind in KINDS else "a quantity"
    found = _AMOUNT.match(bare)
    if not found:
        hint = "A decimal point is written `.`, thousands have no mark." if re.match(r"^[+-]?[\d.,_' ]*\d", bare) else ""
        raise QuantityFault(f'"{_short(text)}" is not a quantity; {expected} was expected, such as {example}', hint)
    number, space, unit = found[1], found[2], found[3].strip()
    if len(number) > 40:
        raise QuantityFault(f'"{_short(text)}" has more digits than any quantity')
    if unit[:1] in {",", "_", "'"} or re.match(r"^\d(?!/[A-Za-z])", unit):
        raise QuantityFault(f'"{_short(text)}" is not a number', "A decimal point is written `.`, thousands have no mark.")
    reading = _read_unit(unit, kind, text)
    if kind in KINDS and reading.dimension != dimension_of(kind):
        raise _other_kind(bare, reading, kind)
    if kind == "share" and unit == "":
        raise QuantityFault(f'"{bare}" has no unit; a share was expected', f"Write `{_percent(number)} %`.")
    if unit and not space and not loose:
        raise QuantityFault(f'"{bare}" lacks a space', f"Write `{number} {unit}`.")
    try:
        value = float(Fraction(number) * reading.scale + reading.offset)
    except OverflowError:
        raise QuantityFault(f'"{_short(bare)}" is too large for a number') from None
    note = ""
    if unit == "ppm":
        note = "parts a minute" if reading.dimension else "parts per million"
    elif unit == "C":
        note = "C-rate" if kind == "C-rate" else "coulomb"
    return Amount(value, number, reading, mark, note)


def _read_unit(unit: str, kind: str, text: str) -> UnitReading:
    try:
        return unit_reading(unit, kind)
    except QuantityFault as fault:
        raise QuantityFault(f'"{_short(text)}": {fault.message}', fault.hint) from fault


def _other_kind(bare: str, reading: UnitReading, kind: str) -> QuantityFault:
    """Return the fault of a quantity of another kind than was asked for."""
    named = KINDS[kind]
    if reading.text == "":
        return QuantityFault(f'"{bare}" has no unit; {named.noun} was expected, such as {named.example}')
    came = "a share" if reading.text in {"%", "ppm"} and reading.dimension == () else kind_named(reading.dimension)
    return QuantityFault(f'"{bare}" is {came}; {named.noun} was expected, such as {named.example}')


def _percent(number: str) -> str:
    return f"{float(number) * 100:.12g}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
