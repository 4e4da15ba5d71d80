"""Checks against the station class that is used: names, units and ranges that its process model declares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linewright.model.checks import Checking
from linewright.model.flow import Step
from linewright.model.merging import nearest
from linewright.model.quantity import Amount, Dimension, QuantityFault, kind_named, unit_reading
from linewright.model.windows import WindowValue

__all__ = ["check_class", "dimension_of_row"]

Values = dict[str, Any]


def check_class(c: Checking, step: Step) -> None:
    """Check a station's recipe, model, measures, tools and control against its class; where a part is not declared, any name fits."""
    use = step.get("use") or ""
    declares = (c.classes.get(use) or {}).get("declares") or {}
    model = step.mapping("model")
    other = model.get("use")
    models = (c.classes.get(other) or {}).get("declares") or {} if isinstance(other, str) else declares
    for part, name, path, value in _named(step, model):
        declared = (models if part == "parameters" else declares).get(part) or {}
        if not declared:
            continue
        row = declared.get(name)
        if row is None:
            owner = other if part == "parameters" and isinstance(other, str) else use
            near = nearest(name, list(declared))
            c.fault(
                path, f"`{owner}` knows no {_WORDS[part]} `{name}`. {near}".rstrip(), "" if near else f"It knows {', '.join(list(declared)[:12])}."
            )
            continue
        _check_value(c, path, name, row if isinstance(row, dict) else {}, value)
    for name in step.mapping("control"):
        declared = declares.get("recipe") or {}
        if declared and name not in declared:
            c.fault(f"{step.where}.control.{name}", f"`{use}` has no set-point `{name}`. {nearest(name, list(declared))}".rstrip())


_WORDS = {"recipe": "set-point", "parameters": "parameter", "measures": "measure", "tools": "tool"}


def _named(step: Step, model: Values) -> Iterator[tuple[str, str, str, Any]]:
    """Yield each name that a class must know: its part, itself, its path and its value."""
    for name, value in step.mapping("recipe").items():
        yield "recipe", name, f"{step.where}.recipe.{name}", value
    for number, procedure in enumerate(step.get("steps") or [], 1):
        for name, value in ((procedure or {}).get("recipe") or {}).items():
            yield "recipe", name, f"{step.where}.steps.{number}.recipe.{name}", value
    for name, value in model.items():
        if name != "use":
            yield "parameters", name, f"{step.where}.model.{name}", value
    for name, value in step.mapping("measures").items():
        yield "measures", name, f"{step.where}.measures.{name}", value.get("window") if isinstance(value, dict) else None
    for name in step.mapping("tools"):
        yield "tools", name, f"{step.where}.tools.{name}", None


def _check_value(c: Checking, path: str, name: str, row: Values, value: Any) -> None:
    """Check a value's kind, and warn where it lies outside what the model holds for."""
    expected = dimension_of_row(row)
    for amount in value if isinstance(value, list) else [value]:
        if not isinstance(amount, Amount | WindowValue):
            continue
        text = amount.shown if isinstance(amount, WindowValue) else str(amount)
        if expected is not None and amount.dimension != expected:
            c.fault(
                path,
                f'"{text}" is {kind_named(amount.dimension)}; {kind_named(expected)} was expected, in {row.get("unit") or "the unit of the class"}.',
            )
            continue
        limits = row.get("range")
        # a declared range in C is read as coulomb, since only the station's key says C-rate
        scale = 3600.0 if isinstance(amount, Amount) and amount.note == "C-rate" else 1.0
        if isinstance(amount, Amount) and isinstance(limits, WindowValue) and not limits.window.holds(amount.si * scale):
            c.warn(path, f"{name} {text} is outside {limits.shown}, for which the process model holds.")


def dimension_of_row(row: Values) -> Dimension | None:
    """Return the dimension that a declaration asks for, None where it says nothing."""
    unit = row.get("unit")
    if isinstance(unit, str):
        try:
            return unit_reading("C", "C-rate").dimension if unit == "C-rate" else unit_reading(unit, "C-rate" if unit == "C" else "any").dimension
        except QuantityFault:
            return None
    default = row.get("default")
    first = default[0] if isinstance(default, list) and default else default
    if isinstance(first, Amount):
        return first.dimension
    limits = row.get("range")
    return limits.dimension if isinstance(limits, WindowValue) else None
