"""Values of a line file: units, laws of time, windows, characteristics.

Everything here is SI. A unit in a name (`mean_s`, `length_m`) is SI too; where the kind of quantity is free (a window may hold grams or
volts) the value is SI and carries its `Unit`, which leads back to what the author wrote.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it is shown: ``shown = (si - offset) / scale``.

    Parameters
    ----------
    text
        As written in the line file, such as ``"mg/cm^2"``; empty for a count.
    scale
        SI units in one of this unit.
    offset
        SI value of zero of this unit (273.15 for degC), 0 for most.

    Examples
    --------
    >>> Unit("mm", 1e-3).shown(0.002)
    2.0
    >>> round(Unit("degC", 1.0, 273.15).shown(298.15), 6)
    25.0
    """

    text: str = ""
    scale: float = 1.0
    offset: float = 0.0

    def shown(self, si: float) -> float:
        """Return the number in this unit of a value in SI."""
        return (si - self.offset) / self.scale

    def si(self, shown: float) -> float:
        """Return the value in SI of a number in this unit."""
        return shown * self.scale + self.offset


COUNT = Unit()
SECOND = Unit("s")


class LawKind(StrEnum):
    """The laws a time or a measured value may follow."""

    CONSTANT = "constant"
    EXPONENTIAL = "exponential"
    ERLANG = "erlang"
    GAMMA = "gamma"
    LOGNORMAL = "lognormal"
    WEIBULL = "weibull"
    NORMAL = "normal"
    UNIFORM = "uniform"
    TRIANGULAR = "triangular"
    EMPIRICAL = "empirical"
    POISSON = "poisson"
    BERNOULLI = "bernoulli"


@dataclass(frozen=True, slots=True)
class Law:
    """A law with its parameters, all in SI (s for times).

    Parameters
    ----------
    kind
        Which law.
    mean
        Its mean, always given.
        That of a normal law is the one before it is cut off.
    sd
        Its standard deviation (normal: before it is cut off; elsewhere as follows from the rest).
    shape
        erlang: stages; gamma, weibull: shape; lognormal: sigma of the logarithm.
    scale
        erlang, gamma, weibull: scale; lognormal: median.
    low, high, mode
        uniform, triangular: ends and mode; normal: where it is cut off (`-inf`, `inf` where it is not).
    samples
        empirical: the values, sorted.
    """

    kind: LawKind
    mean: float
    sd: float = 0.0
    shape: float = math.nan
    scale: float = math.nan
    low: float = -math.inf
    high: float = math.inf
    mode: float = math.nan
    samples: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """What a value must lie in; a limit that is absent is None. Values in SI."""

    lower: float | None
    target: float | None
    upper: float | None

    def holds(self, value: float) -> bool:
        """Tell whether a value lies inside; both limits belong to the window.

        Examples
        --------
        >>> Window(None, None, 15.0).holds(15.0)
        True
        """
        return (self.lower is None or value >= self.lower) and (self.upper is None or value <= self.upper)


class EveryKind(StrEnum):
    """How often a characteristic is measured."""

    ITEM = "item"
    ITEMS = "items"
    LENGTH = "length"
    TIME = "time"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Every:
    """One value each item, each `amount` items, metres or seconds, or each part taken."""

    kind: EveryKind = EveryKind.ITEM
    amount: float = 1.0


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A thing that is measured (ISA-95 TestSpecification).

    Parameters
    ----------
    name
        As in the line file.
    window
        Limits in SI.
    mean, spread
        Mean and standard deviation in SI: the file's; where a process model gives the value, the model's (`load` puts them here), with the file's
        `spread` added to the model's result.
        `mean` is None where it follows from the window (its target or middle).
    law
        NORMAL, POISSON or BERNOULLI.
    every
        How often.
    error
        Limit of the instrument's error in SI; 0 where not stated.
    unit
        Unit it is shown in.
    resolution
        Step in SI in which values are stored and shown: a hundredth of the window's width, rounded down to a power of ten of the shown unit.
    """

    name: str
    window: Window
    mean: float | None = None
    spread: float = 0.0
    law: LawKind = LawKind.NORMAL
    every: Every = Every()
    error: float = 0.0
    unit: Unit = COUNT
    resolution: float = 0.0

    @property
    def centre(self) -> float:
        """Return the mean: `mean` (a process model's where there is one), else target, else the middle, else the one limit."""
        w = self.window
        if self.mean is not None:
            return self.mean
        if w.target is not None:
            return w.target
        if w.lower is not None and w.upper is not None:
            return 0.5 * (w.lower + w.upper)
        return w.lower if w.lower is not None else (w.upper if w.upper is not None else 0.0)


@dataclass(frozen=True, slots=True)
class SetPoint:
    """One recipe value or model parameter: values in SI (several for a list such as oven zones) and the unit shown."""

    name: str
    values: tuple[float, ...]
    unit: Unit = COUNT


@dataclass(frozen=True, slots=True)
class Signal:
    """A process value in time: its range, its sampling, and the window outside which it is an alarm. SI.

    `every_m` is given instead of `every_s` (then 0) where it is sampled along the metres; `keep_s` None is the plant's own keeping time; `per` names
    the tool of which each has this signal (a cycler's channels), empty where the machine has it.
    """

    name: str
    low: float
    high: float
    every_s: float = 1.0
    count: int = 1
    window: Window | None = None
    error: float = 0.0
    unit: Unit = COUNT
    every_m: float | None = None
    keep_s: float | None = None
    per: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value of the completed line file came from.

    Parameters
    ----------
    path
        Such as ``stations.winder.time``.
    text
        The value as it is shown, with the reading of two-fold texts made explicit.
    file, line
        The place; `line` None where it is built in.
    mark
        ``default``, ``derived``, a name of `sources`, or empty.
    source
        What a mark of `sources` means; else empty.
    """

    path: str
    text: str
    file: str
    line: int | None
    mark: str = ""
    source: str = ""
