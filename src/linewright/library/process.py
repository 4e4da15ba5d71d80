"""A station class as the library declares it, and its process model.

`read_process` reads ``process.yaml``; `Process.evaluate` calls the model with everything that is not given filled in from the declaration. The
model's `effect` is a pure function of arrays (n,), element by element: whoever calls it with a block or with one element gets the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.library.catalogue import LibraryFolder
from linewright.model.errors import LinewrightError
from linewright.model.events import values_of
from linewright.model.merging import nearest
from linewright.model.quantity import Amount, Dimension, QuantityFault, kind_named, parse_amount, unit_reading
from linewright.model.values import COUNT, Unit

__all__ = ["Array", "Declared", "Process", "read_process"]

Array = NDArray[np.float64]
PARTS = ("parameters", "recipe", "inputs", "measures", "signals", "tools", "failures", "faults")


@dataclass(frozen=True, slots=True)
class Declared:
    """One name that a station class knows. Values in SI.

    Parameters
    ----------
    name, about
        As declared.
    unit
        It is shown in.
    low, high
        Range in which the model may be asked; None where there is none.
    default
        One value, or several for a list such as oven zones; None where the station or the line must say it.
    mark
        Of the default.
    rises_with, falls_with
        Names (of inputs, recipe, parameters or faults) with which a measure never falls, never rises.
    over_s, period_s
        Of a fault: it grows from nothing for so long; it comes and goes, there in the first half of each period. None: it is whole at once, always.
    """

    name: str
    about: str = ""
    unit: Unit = COUNT
    low: float | None = None
    high: float | None = None
    default: tuple[float, ...] | None = None
    mark: str = ""
    rises_with: tuple[str, ...] = ()
    falls_with: tuple[str, ...] = ()
    over_s: float | None = None
    period_s: float | None = None


@dataclass(frozen=True)
class Process:
    """A station class: what it declares, and its model where it has one.

    Examples
    --------
    >>> from linewright.library.catalogue import shipped_library
    >>> coater = read_process(shipped_library(), "slot-die-coater")
    >>> weight = coater.evaluate({"lane": 4})["areal-weight"]
    >>> round(float(weight[0]) * 100, 1)  # mg/cm^2
    24.0
    """

    name: str
    about: str
    source: str
    parts: Mapping[str, Mapping[str, Declared]]
    station: Mapping[str, Any]
    sources: Mapping[str, str] = field(default_factory=dict)
    module: str = ""

    @cached_property
    def model(self) -> ModuleType | None:
        """Return the module of its process model, None where it has none.

        Raises
        ------
        LinewrightError
            It cannot be imported, or lacks `effect` or `NOISE`.
        """
        if not self.module:
            return None
        try:
            module = import_module(self.module)
        except Exception as fault:
            raise LinewrightError(f"The process model of `{self.name}` ({self.module}) cannot be imported: {told(fault)}") from fault
        lacking = [name for name in ("effect", "NOISE") if not hasattr(module, name)]
        if lacking:
            raise LinewrightError(f"The process model of `{self.name}` ({self.module}) has no {' and no '.join(lacking)}; see docs/library.md.")
        return module

    @property
    def has_model(self) -> bool:
        """Tell whether it has a process model."""
        return bool(self.module)

    @property
    def noise(self) -> tuple[str, ...]:
        """Return the names of the standard normal draws that the model wants."""
        return tuple(self.model.NOISE) if self.model else ()

    @property
    def modelled(self) -> tuple[str, ...]:
        """Return the names of the measures that the model gives: those with a range in the declaration."""
        return tuple(name for name, measure in self.parts["measures"].items() if measure.low is not None) if self.has_model else ()

    def evaluate(self, values: Mapping[str, Any], noise: Mapping[str, Array] | None = None, n: int = 1) -> dict[str, Array]:
        """Return the model's result.

        Parameters
        ----------
        values
            By name, SI: inputs, set-points, parameters and faults, each a number, an array (n,), or for a list (oven zones) a tuple of numbers. What
            is absent has its default.
        noise
            Standard normal draws (n,) by name; absent ones are 0.
        n
            How many elements.

        Returns
        -------
        Each modelled measure, arrays (n,).

        Raises
        ------
        LinewrightError
            The class has no model, a value has neither been given nor a default, or the model itself fails.
        """
        if self.model is None:
            raise LinewrightError(f"The class `{self.name}` has no process model; the line's mean and spread hold.")
        drawn = {name: np.zeros(n) for name in self.noise}
        for name, draws in (noise or {}).items():
            drawn[name] = full(draws, n)
        return self.called("effect", *self.arguments(values, n), drawn)

    def arguments(self, values: Mapping[str, Any], n: int = 1) -> tuple[dict[str, Array], dict[str, Array], dict[str, Array]]:
        """Return inputs (faults among them), recipe and parameters as arrays (n,), with everything that is not given filled in."""
        inputs = {**self.filled("inputs", values, n), **self.filled("faults", values, n, otherwise=0.0)}
        following = self.called("defaults", inputs) if hasattr(self.model, "defaults") else {}
        return inputs, self.filled("recipe", {**following, **values}, n), self.filled("parameters", values, n)

    def called(self, function: str, *arguments: Any) -> dict[str, Array]:
        """Return the result of a function of the model; whose fault a failure is stays visible."""
        chosen: Callable[..., dict[str, Array]] = getattr(self.model, function)
        try:
            return chosen(*arguments)
        except Exception as fault:
            raise LinewrightError(f"The process model of `{self.name}` failed in `{function}`: {told(fault)}") from fault

    def filled(self, part: str, values: Mapping[str, Any], n: int, otherwise: float | None = None) -> dict[str, Array]:
        """Return all values of a part as arrays (n,); a list, or one value where the default is a list, becomes ``name.1`` .. ``name.k``."""
        result: dict[str, Array] = {}
        for name, declared in self.parts[part].items():
            value = values.get(name, declared.default)
            if value is None:
                value = otherwise
            if value is None:
                raise LinewrightError(
                    f"The process model of `{self.name}` needs `{name}` ({declared.about}), which neither the station nor the class states.\n"
                    f"    Write it under `{'model' if part == 'parameters' else part}` of the station."
                )
            many = value if isinstance(value, tuple) else (value,)
            if len(many) == 1 and len(declared.default or ()) <= 1:
                result[name] = full(many[0], n)
            else:
                result |= {f"{name}.{k}": full(each, n) for k, each in enumerate(many, 1)}
        return result


def full(value: Any, n: int) -> Array:
    """Return a contiguous array (n,) of a number or an array (n,)."""
    return np.ascontiguousarray(np.broadcast_to(np.asarray(value, dtype=np.float64), (n,)))


def told(fault: Exception) -> str:
    """Return an exception in one line."""
    return f"{type(fault).__name__}: {fault}".partition("\n")[0]


def read_process(folder: LibraryFolder, name: str) -> Process:
    """Return the station class of that name.

    Raises
    ------
    LinewrightError
        It is not there, or a quantity in it cannot be read: all of them are named.
    """
    found = folder.find("class", name)
    if not found:
        known = folder.names("class")
        raise LinewrightError(f"The {folder.label} has no station class `{name}`. {nearest(name, known) or 'It has ' + ', '.join(known) + '.'}")
    tree = values_of(found[0].text)
    station = tree.get("station") or {}
    reader = DeclarationReader(tree.get("source", ""), station.get("recipe") or {})
    declares = tree.get("declares") or {}
    parts = {part: {key: reader.read(part, key, entry or {}) for key, entry in (declares.get(part) or {}).items()} for part in PARTS}
    faults = reader.faults
    if faults:
        raise LinewrightError("\n".join(f"{found[0].path}  {fault}" for fault in faults))
    module = f"{folder.package}.{name.replace('-', '_')}.model" if folder.has_model(name) else ""
    return Process(name, tree.get("about", ""), reader.source, parts, station, tree.get("sources") or {}, module)


class DeclarationReader:
    """Reads the declared names of one class and collects the faults.

    Parameters
    ----------
    source
        Mark of the numbers that have none of their own.
    recipe
        Of the station that the class begins with: a set-point's default stands there.
    """

    def __init__(self, source: str, recipe: Mapping[str, Any]) -> None:
        self.source = source
        self.recipe = recipe
        self.faults: list[str] = []

    def read(self, part: str, name: str, entry: Mapping[str, Any]) -> Declared:
        """Return one declared name."""
        kind = "C-rate" if entry.get("unit") == "C" else "any"
        low = high = default = None
        unit, mark = COUNT, ""
        try:
            reading = unit_reading(entry.get("unit", ""), kind)
            unit = reading.unit
            if "range" in entry:
                low, high = (in_unit(end, reading.dimension).si for end in ends_of(entry["range"], kind))
            written = self.recipe.get(name, entry.get("default")) if part == "recipe" else entry.get("default")
            if written is not None:
                amounts = [parse_amount(text, kind) for text in (written if isinstance(written, list) else [written])]
                default = tuple(in_unit(amount, reading.dimension).si for amount in amounts)
                mark = amounts[0].mark or self.source
        except QuantityFault as fault:
            self.faults.append(f"declares.{part}.{name}: {fault.message}. {fault.hint}".rstrip())
        rises, falls = tuple(entry.get("rises-with", ())), tuple(entry.get("falls-with", ()))
        times = [self.time(part, name, entry, key) for key in ("over", "period")]
        return Declared(name, entry.get("about", ""), unit, low, high, default, mark, rises, falls, *times)


    def time(self, part: str, name: str, entry: Mapping[str, Any], key: str) -> float | None:
        """Return a time of a declaration, s; None where it states none."""
        if key not in entry:
            return None
        try:
            return parse_amount(entry[key], "time").si
        except QuantityFault as fault:
            self.faults.append(f"declares.{part}.{name}.{key}: {fault.message}. {fault.hint}".rstrip())
            return None


def in_unit(amount: Amount, dimension: Dimension) -> Amount:
    """Return an amount if it is of the declared unit's dimension.

    Raises
    ------
    QuantityFault
        It is not.
    """
    if amount.dimension != dimension:
        raise QuantityFault(f'"{amount}" is {kind_named(amount.dimension)}; by its `unit` {kind_named(dimension)} was expected')
    return amount


def ends_of(text: str, kind: str = "any") -> tuple[Amount, Amount]:
    """Return both ends of ``a .. b unit``.

    Examples
    --------
    >>> [end.si for end in ends_of("0 .. 5 %")]
    [0.0, 0.05]
    """
    low, dots, high = text.partition(" .. ")
    if not dots:
        raise QuantityFault(f'"{text}" is no range', "Write `0 .. 5 %`.")
    upper = parse_amount(high, kind)
    return parse_amount(f"{low} {upper.reading.text}".strip(), kind), upper
