"""Single texts by their form: quantities with their ranges, counts, `every`, clock times; and each form in words."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from linewright.model.forms import (
    Choice,
    Clock,
    Count,
    Either,
    Every,
    Form,
    LawForm,
    ListOf,
    MapOf,
    Name,
    Quantity,
    Record,
    Span,
    Switch,
    WindowForm,
    Words,
)
from linewright.model.quantity import KINDS, Amount, QuantityFault, dimension_of, kind_named, parse_amount, split_mark, unit_reading
from linewright.model.station import Measure
from linewright.model.values import Every as EveryValue
from linewright.model.values import EveryKind, Unit

__all__ = ["GoodsAmount", "example_of", "read_clock", "read_count", "read_every", "read_quantity", "read_span", "words_for"]

_PER_LENGTH = re.compile(r"^(.*\S)\s*/\s*(m|mm|cm|km)$")
#: More than any bound of a count has.
_MOST_DIGITS = 20
_GOODS = {"count": Measure.COUNT, "length": Measure.LENGTH, "mass": Measure.MASS, "volume": Measure.VOLUME}


@dataclass(frozen=True, slots=True)
class GoodsAmount:
    """An amount of goods in SI: counted, or a length, mass or volume; `per_length` where it is for each metre made."""

    si: float
    measure: Measure
    per_length: bool
    mark: str
    text: str
    unit: Unit

    def __str__(self) -> str:
        return self.text


def read_quantity(text: str, form: Quantity, *, loose: bool = False) -> Any:
    """Return a quantity of the form's kinds and range.

    Raises
    ------
    QuantityFault
        It is of another kind or out of range.

    Examples
    --------
    >>> from linewright.model.forms import Quantity
    >>> read_quantity("0.207 L/m", Quantity(("amount",))).si
    0.000207
    """
    if text in form.words:
        return text
    kind = form.kinds[0]
    if kind == "amount":
        goods = _goods(text, loose=loose)
        _in_range(goods.si, goods.text, form)
        return goods
    if "C-rate" in form.kinds and re.match(r"^[^A-Za-z]* ?C$", split_mark(text)[0]):
        return parse_amount(text, "C-rate", loose=loose)
    if kind in _PRICES:
        amount = parse_amount(text, loose=loose)
        _PRICES[kind](amount)
    elif kind == "money":
        amount = parse_amount(text, loose=loose)
        if not amount.currency or len(amount.dimension) != 1:
            raise QuantityFault(f'"{amount}" is no sum of money', "Write it as `120000 EUR` (or USD, CNY).")
    else:
        amount = parse_amount(text, kind, loose=loose)
    _in_range(amount.si, str(amount), form)
    return amount


def _in_range(si: float, text: str, form: Quantity) -> None:
    if form.low is not None and (si < form.low or (form.above and si <= form.low)):
        if form.low == 0:
            raise QuantityFault(
                f'"{text}" is {"not above 0" if form.above else "negative"}; {"a value above 0" if form.above else "0 or more"} was expected'
            )
        raise QuantityFault(f'"{text}" is {f"below {form.low * 100:g} %" if form.kinds == ("share",) else "too small"}')
    if form.high is not None and si > form.high:
        raise QuantityFault(f'"{text}" is above {form.high * 100:g} %')


def _goods(text: str, *, loose: bool) -> GoodsAmount:
    bare, mark = split_mark(text)
    per = _PER_LENGTH.match(bare)
    amount = parse_amount(per[1] if per else bare, loose=loose)
    kind = next((k for k in _GOODS if amount.dimension == dimension_of(k)), None)
    if kind is None or amount.reading.text in {"%", "ppm"}:
        raise QuantityFault(
            f'"{bare}" is {kind_named(amount.dimension)}; a count, length, mass or volume was expected', "Such as 2, 0.88 m, 7 g, 1000 L."
        )
    scale = float(unit_reading(per[2]).scale) if per else 1.0
    return GoodsAmount(amount.si / scale if per and scale != 1.0 else amount.si, _GOODS[kind], per is not None, mark, bare, amount.unit)


def _price(amount: Amount) -> None:
    if not amount.currency or ("s", -1) in amount.dimension:
        raise QuantityFault(f'"{amount}" is no price', "Write `8 EUR/kg`, or `0.12 EUR` for one.")


def _cost(amount: Amount) -> None:
    if not amount.currency or len(amount.dimension) != 2 or ("s", -1) not in amount.dimension:
        raise QuantityFault(f'"{amount}" is no cost of time', "Write `30 EUR/h`.")


def _co2(amount: Amount) -> None:
    allowed = [unit_reading(u).dimension for u in ("kg", "kg/kg", "kg/m", "kg/m^2", "kg/m^3")]
    if amount.reading.text == "" or amount.dimension not in allowed:
        raise QuantityFault(f'"{amount}" is no mass of CO2', "Write `5 kg/kg`, or `0.2 kg` for one.")


def _energy_price(amount: Amount) -> None:
    if not amount.currency or tuple(b for b in amount.dimension if b[0] != amount.currency) != unit_reading("1/J").dimension:
        raise QuantityFault(f'"{amount}" is no price of energy', "Write `0.10 EUR/kWh`.")


def _energy_co2(amount: Amount) -> None:
    if amount.dimension != unit_reading("kg/J").dimension:
        raise QuantityFault(f'"{amount}" is no CO2 of energy', "Write `0.40 kg/kWh`.")


_PRICES = {"price": _price, "cost": _cost, "co2": _co2, "energy price": _energy_price, "energy co2": _energy_co2}


def read_count(text: str, form: Count, key: str) -> int | None:
    """Return a whole number, None for `unlimited`.

    Raises
    ------
    QuantityFault
        It is no whole number, has a unit, or is out of range.

    Examples
    --------
    >>> read_count("23625", Count(), "count")
    23625
    """
    if text == "unlimited" and form.unlimited:
        return None
    if re.match(r"^\d+$", text):
        digits = text.lstrip("0") or "0"
        return _within(text, int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS, form)
    if text == "unlimited":
        raise QuantityFault(f"`unlimited` is not possible here; `{key}` takes a count, such as 2")
    if re.match(r"^-\d+$", text):
        raise QuantityFault(f'"{_short(text)}" is negative; a count is {form.low} or more')
    try:
        amount = parse_amount(text)
    except QuantityFault as fault:
        raise QuantityFault(f'"{text[:40]}" is not a count; a whole number was expected, such as 2') from fault
    number = float(amount.number)
    is_whole = number.is_integer()
    if amount.reading.text:
        fits = is_whole and form.low <= number <= form.high
        raise QuantityFault(f'"{text}" has a unit, but `{key}` takes a count', f"Write `{key}: {int(number) if fits else max(form.low, 2)}`.")
    if not is_whole:
        raise QuantityFault(f'"{text}" is not whole; `{key}` takes a count')
    value = _within(text, int(number), form)
    raise QuantityFault(f'"{text}" is not written as a count, which has digits only', f"Write `{key}: {value}`.")


def _within(text: str, value: int, form: Count) -> int:
    """Return a count that lies within the bounds of its form."""
    if value < form.low:
        raise QuantityFault(f'"{_short(text)}" is too small; {form.low} or more was expected')
    if value > form.high:
        raise QuantityFault(f'"{_short(text)}" is too large; {form.high} or less was expected')
    return value


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."


def read_every(text: str, form: Every, *, loose: bool = False) -> tuple[EveryValue, str, str]:
    """Return how often, how it is shown, and its mark.

    Raises
    ------
    QuantityFault
        It is none of what fits here.
    """
    if text == "part" and "part" in form.kinds:
        return EveryValue(EveryKind.PART), text, ""
    choices = {"time": "10 min", "length": "1 m", "count": "50 items", "part": "part"}
    expected = " or ".join(f"`{choices[kind]}`" for kind in form.kinds)
    try:
        amount = parse_amount(text, loose=loose)
    except QuantityFault as fault:
        raise QuantityFault(fault.message, f"Write {expected}.") from fault
    found = {"time": EveryKind.TIME, "length": EveryKind.LENGTH}
    meant = next((found[kind] for kind in form.kinds if kind in found and amount.dimension == dimension_of(kind)), None)
    if meant is None:
        if "count" not in form.kinds or amount.reading.text not in {"items", "item"}:
            raise QuantityFault(f'"{amount}" does not say how often', f"Write {expected}.")
        meant = EveryKind.ITEMS
        if amount.si != round(amount.si):
            raise QuantityFault(f'"{amount}" is not whole')
    if amount.si <= 0:
        raise QuantityFault(f'"{amount}" is not above 0')
    return EveryValue(meant, amount.si), str(amount), amount.mark


def read_span(text: str) -> tuple[int, int]:
    """Return two clock times in seconds of the day; an end at or before its start is on the next day.

    Examples
    --------
    >>> read_span("22:00-06:00")
    (79200, 21600)
    """
    found = re.match(r"^(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)$", text)
    if not found:
        raise QuantityFault(f'"{text[:40]}" is no span of the day', "Write `06:00-14:00`.")
    h1, m1, h2, m2 = map(int, found.groups())
    start, end = h1 * 3600 + m1 * 60, h2 * 3600 + m2 * 60
    if max(m1, m2) > 59 or start > 86400 or end > 86400 or start == end:
        raise QuantityFault(f'"{text}" is no span of the day', "Write `06:00-14:00`; a whole day is `00:00-24:00`.")
    return start, end


def read_clock(text: str, form: Clock) -> str:
    """Return a date (and time) as ISO text."""
    try:
        if not form.time_too:
            return dt.date.fromisoformat(text).isoformat()
        return dt.datetime.fromisoformat(text).isoformat(sep=" ", timespec="minutes")
    except ValueError as error:
        example = "2026-01-05 06:00" if form.time_too else "2026-12-25"
        raise QuantityFault(f'"{text[:40]}" is no {"date and time" if form.time_too else "date"}', f"Write `{example}`.") from error


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def words_for(form: Form) -> str:
    """Return a form in words, with its article."""
    if isinstance(form, Quantity):
        return KINDS[form.kinds[0]].noun if form.kinds[0] in KINDS else "an amount" if form.kinds[0] == "amount" else "a quantity"
    if isinstance(form, Record):
        return f"{form.what or 'a group'} as a mapping" if not form.short else form.what or "a mapping"
    if isinstance(form, Either):
        parts = [words_for(part) for part in (form.text, form.items, form.fields) if part]
        return " or ".join(dict.fromkeys(parts))
    if isinstance(form, MapOf):
        return f"a map of {form.names}s"
    if isinstance(form, ListOf):
        return f"a list of {form.length}" if form.length else "a list"
    if isinstance(form, Name):
        return f"the name of {_article(form.of)} {form.of}"
    if isinstance(form, Choice):
        return "one of " + ", ".join(form.words) if len(form.words) > 1 else f"`{form.words[0]}`"
    simple = {
        Words: "a text",
        Switch: "`yes` or `no`",
        Count: "a count",
        LawForm: "a time",
        WindowForm: "a window",
        Every: "how often",
        Span: "a span of the day",
    }
    return simple.get(type(form), "a date")


def example_of(form: Form) -> str:
    """Return an example of a form as it is written."""
    if isinstance(form, Quantity):
        examples = {
            "amount": "2",
            "price": "8 EUR/kg",
            "cost": "30 EUR/h",
            "co2": "5 kg/kg",
            "energy price": "0.10 EUR/kWh",
            "energy co2": "0.40 kg/kWh",
        }
        return KINDS[form.kinds[0]].example if form.kinds[0] in KINDS else examples.get(form.kinds[0], "2.1 s")
    if isinstance(form, Record):
        keys = [name for name, key in form.keys.items() if key.required] or ([form.short] if form.short else list(form.keys)[:1])
        return "{" + ", ".join(f"{name}: {example_of(form.keys[name].form)}" for name in keys) + "}"
    if isinstance(form, Either):
        is_bill = isinstance(form.fields, MapOf) and form.fields.alone
        part = form.fields if is_bill else form.text or form.items or form.fields
        return example_of(part) if part else ""
    if isinstance(form, MapOf):
        return "{" + f"my-{form.names.split()[0]}: {example_of(form.of)}" + "}"
    if isinstance(form, ListOf):
        return "[" + ", ".join([example_of(form.of)] * (form.length or 1)) + "]"
    if isinstance(form, Name):
        return "my-" + form.of.split()[0]
    if isinstance(form, Choice):
        return form.words[0]
    if isinstance(form, WindowForm):
        return "0 .. 20 L/min" if form.spans else "60 mm +- 0.2 mm"
    if isinstance(form, Every):
        return {"time": "10 min", "length": "1 m", "count": "50 items", "part": "part"}[form.kinds[0]]
    if isinstance(form, Words):
        return form.example
    simple = {Switch: "yes", Count: "2", LawForm: "2.1 s", Span: "06:00-14:00"}
    return simple.get(type(form), "2026-12-25")
