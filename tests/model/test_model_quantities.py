"""Quantities at the border: exact, closed under writing out, and never a traceback."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewright.model.quantity import _COMMON_UNITS, KINDS, QuantityFault, dimension_of, kind_named, parse_amount, split_mark, unit_reading
from linewright.model.windows import parse_window

numbers = st.decimals(min_value=-(10**6), max_value=10**6, allow_nan=False, allow_infinity=False, places=4)
linear = st.sampled_from([u for u in _COMMON_UNITS if u not in {"degC", "ppm"}])

#: By hand, from the definitions of the units.
EXACT = [
    ("2.1 s", "time", 2.1),
    ("90 min", "time", 5400.0),
    ("100 years", "time", 100 * 365.25 * 86400),
    ("1 week", "time", 604800.0),
    ("60 m/min", "speed", 1.0),
    ("20 ppm", "rate", 1 / 3),
    ("216 /h", "rate", 0.06),
    ("350 ppm", "share", 350e-6),
    ("0.3 %", "share", 0.003),
    ("24 mg/cm^2", "mass per area", 0.24),
    ("3.4 g/cm^3", "density", 3400.0),
    ("0.5 mV/d", "voltage per time", 0.5e-3 / 86400),
    ("100 Mohm", "resistance", 1e8),
    ("8 mohm", "resistance", 0.008),
    ("3 Pa*s", "viscosity", 3.0),
    ("5 Ah", "charge", 18000.0),
    ("45 degC", "temperature", 318.15),
    ("45 °C", "temperature", 318.15),
    ("0.1 C", "C-rate", 0.1 / 3600),
    ("0.1 C", "charge", 0.1),
    ("12.4 L/min", "flow", 12.4e-3 / 60),
    ("50 mbar", "pressure", 5000.0),
    ("3600 kWh", "energy", 1.296e10),
    ("500 mg/kg", "any", 500e-6),
    ("1200 N/mm", "any", 1.2e6),
    ("8 EUR/kg", "any", 8.0),
    ("144", "any", 144.0),
    ("15 µm", "length", 15e-6),
]


@pytest.mark.parametrize(("text", "kind", "si"), EXACT)
def test_known_quantities(text: str, kind: str, si: float) -> None:
    assert parse_amount(text, kind).si == pytest.approx(si, rel=1e-15)


@given(numbers, linear)
def test_the_value_is_the_float_nearest_to_the_exact_one(number: object, unit: str) -> None:
    amount = parse_amount(f"{number} {unit}")
    assert amount.si == float(Fraction(str(number)) * unit_reading(unit).scale)


@given(numbers, linear)
def test_shown_again_it_is_the_number_that_was_written(number: object, unit: str) -> None:
    amount = parse_amount(f"{number} {unit} (default)")
    assert amount.mark == "default"
    assert amount.unit.shown(amount.si) == pytest.approx(float(str(number)), rel=1e-12, abs=1e-12)


@given(st.text(max_size=40), st.sampled_from([*KINDS, "any", "C-rate"]))
def test_any_text_is_read_or_refused(text: str, kind: str) -> None:
    for read in (lambda: parse_amount(text, kind), lambda: parse_window(text)):
        try:
            read()
        except QuantityFault as fault:
            assert fault.message  # noqa: PT017 - the message is what a user sees


@given(st.text(alphabet="0123456789.eE+- msgkAV/*^%()", max_size=30))
def test_texts_near_a_quantity_are_read_or_refused(text: str) -> None:
    try:
        amount = parse_amount(text)
    except QuantityFault:
        return
    assert math.isfinite(amount.si)


@pytest.mark.parametrize(
    "text", ["1e999999999 s", "1e-999999999 s", "9" * 500 + " s", "1 s^9^9", "1 " + "s*" * 500 + "s", "1 m**9", "nan s", "inf s"]
)
def test_hostile_numbers_are_refused(text: str) -> None:
    with pytest.raises(QuantityFault):
        parse_amount(text, "time")


@given(numbers, st.decimals(min_value=0, max_value=1000, places=3), linear.filter(bool))
def test_a_window_holds_its_limits_and_its_target(target: object, tolerance: object, unit: str) -> None:
    if unit == "%":
        return
    window = parse_window(f"{target} {unit} +- {tolerance} {unit}").window
    assert window.target is not None
    assert all(window.holds(limit) for limit in (window.lower, window.target, window.upper) if limit is not None)


def test_a_tolerance_in_percent() -> None:
    assert parse_window("7.0 g +- 2 %").window.upper == pytest.approx(7.14e-3)
    points = parse_window("70 % +- 0.5 %").window
    assert (points.lower, points.upper) == (pytest.approx(0.695), pytest.approx(0.705))


def test_a_temperature_and_its_difference() -> None:
    window = parse_window("120 degC +- 5 K").window
    assert (window.lower, window.upper) == (pytest.approx(388.15), pytest.approx(398.15))


def test_the_second_unit_serves_both() -> None:
    assert parse_window("84 .. 90 %").window.lower == pytest.approx(0.84)
    assert parse_window("-10 .. 10 A").window.lower == -10


def test_marks() -> None:
    assert split_mark("at most 0.5 mV/d (S27)") == ("at most 0.5 mV/d", "S27")
    assert split_mark("5 s") == ("5 s", "")


def test_each_kind_names_itself() -> None:
    for kind, named in KINDS.items():
        if kind not in {"share", "count"}:
            assert kind_named(dimension_of(kind)) == named.noun
