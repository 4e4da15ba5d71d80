"""Process values in time: a set-point moves them with a lag of first order, noise lies on top; all in closed form.

While the target is constant from t0 on, ``v(t) = target + (v(t0) - target) exp(-(t - t0) / tau)``. A change of the target begins a new piece at
the value reached, so a trajectory is a short list of pieces and any sample can be made again from it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from linewright.drivers.driver import Samples
from linewright.drivers.emulated.noise import key_of, wandering
from linewright.model.plant import Plant
from linewright.model.station import Segment
from linewright.model.values import Signal

__all__ = ["Follows", "ProcessValue", "Trajectory", "process_values"]

#: How fast a value follows its set-point [s], its noise as a share of the range or the window: editable defaults without a source.
#: Ambient pressure [Pa] is that of ISO 2533.
TAU_TEMPERATURE_S, TAU_PRESSURE_S, TAU_OTHER_S = 120.0, 60.0, 1.5
NOISE_SHARE, NOISE_OF_WINDOW = 0.002, 0.08
AMBIENT_PA = 101325.0
#: Pieces kept of one trajectory; older moments are closed into blocks long before.
PIECES = 4096


class Follows(StrEnum):
    """What a process value follows: its set-point always, or only while the machine works."""

    SET_POINT = "set-point"
    WORK = "work"


class Trajectory:
    """The course of one value without its noise.

    Parameters
    ----------
    tau_s
        Time constant of the lag, above 0.
    value
        Where it stands, and stays until the first `aim`.

    Examples
    --------
    >>> import numpy as np
    >>> t = Trajectory(10.0, 20.0)
    >>> t.aim(0, 120.0)
    >>> np.round(t.at(np.array([0, 10_000_000_000, 100_000_000_000])), 1).tolist()
    [20.0, 83.2, 120.0]
    """

    def __init__(self, tau_s: float, value: float) -> None:
        self._tau_ns = tau_s * 1e9
        self._from: list[int] = [-(1 << 62)]
        self._start: list[float] = [value]
        self._target: list[float] = [value]

    @property
    def target(self) -> float:
        """Return where it is going."""
        return self._target[-1]

    def aim(self, t_ns: int, target: float) -> None:
        """Change the target from a moment on, which is not earlier than the last change."""
        if target == self._target[-1]:
            return
        here = float(self.at(np.array([t_ns], np.int64))[0])
        if t_ns <= self._from[-1]:
            self._target[-1] = target
            return
        self._from.append(t_ns)
        self._start.append(here)
        self._target.append(target)
        if len(self._from) > PIECES:
            del self._from[: PIECES // 2], self._start[: PIECES // 2], self._target[: PIECES // 2]

    def at(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the values at rising times [ns], shape (n,)."""
        if len(t_ns) == 0:
            return np.zeros(0)
        first = max(0, bisect_right(self._from, int(t_ns[0])) - 1)
        last = bisect_right(self._from, int(t_ns[-1]))
        if last - first == 1:
            age = (t_ns - self._from[first]) / self._tau_ns
            near: NDArray[np.float64] = np.exp(-np.maximum(age, 0.0))
            return self._target[first] + (self._start[first] - self._target[first]) * near
        begins = np.array(self._from[first:last], np.int64)
        piece = np.maximum(np.searchsorted(begins, t_ns, side="right") - 1, 0)
        start, target = np.array(self._start[first:last])[piece], np.array(self._target[first:last])[piece]
        values: NDArray[np.float64] = target + (start - target) * np.exp(-np.maximum((t_ns - begins[piece]) / self._tau_ns, 0.0))
        return values

    def pieces(self) -> list[tuple[int, float, float]]:
        """Return (from [ns], value there, target) of each piece, to be kept in a saved state."""
        return list(zip(self._from, self._start, self._target, strict=True))

    def restore(self, pieces: Sequence[tuple[int, float, float]]) -> None:
        """Take over the pieces of a saved state."""
        self._from = [int(p[0]) for p in pieces]
        self._start = [float(p[1]) for p in pieces]
        self._target = [float(p[2]) for p in pieces]


@dataclass(slots=True)
class ProcessValue:
    """One tag of one machine; only its target and its course change.

    Parameters
    ----------
    tag
        ``station/machine/signal`` or ``.../k``, machine and k from 1.
    station, machine
        0-based; a utility is a station behind the last one.
    name, index
        Of the signal; `index` 0-based.
    follows
        Its set-point always (temperatures), or only while the machine works (then it is at rest else).
    target, rest
        SI; while it follows, and else.
    low, high
        Range of the instrument, SI.
    every_ns
        Sampling.
    sigma
        Standard deviation of the noise, SI; the noise rests with the machine.
    key
        Of its noise.
    course
        Where it goes.
    """

    tag: str
    station: int
    machine: int
    name: str
    index: int
    follows: Follows
    target: float
    rest: float
    low: float
    high: float
    every_ns: int
    sigma: float
    key: int
    course: Trajectory

    def work(self, t_ns: int, works: int) -> None:
        """Let the machine begin (1) or cease (0) to work."""
        if self.follows is Follows.WORK:
            self.course.aim(t_ns, self.target if works else self.rest)

    def set_to(self, t_ns: int, target: float) -> None:
        """Change the set-point."""
        target = float(np.clip(target, self.low, self.high))
        if self.follows is Follows.SET_POINT:
            self.rest = target
        is_followed = self.course.target == self.target
        self.target = target
        if is_followed or self.follows is Follows.SET_POINT:
            self.course.aim(t_ns, target)

    def samples(self, since_ns: int, until_ns: int) -> Samples:
        """Return the samples with `since_ns` < t <= `until_ns`, on the grid of its period."""
        first = max(0, since_ns // self.every_ns + 1)
        index = np.arange(first, until_ns // self.every_ns + 1, dtype=np.int64)
        t = index * self.every_ns
        values = self.course.at(t)
        if self.sigma > 0.0:
            noise = self.sigma * wandering(self.key, index)
            if self.rest != self.target:
                noise *= np.clip((values - self.rest) / (self.target - self.rest), 0.0, 1.0)
            values = values + noise
        return Samples(t, np.clip(values, self.low, self.high))


def process_values(plant: Plant, seed: int, number_of: Mapping[str, int]) -> list[ProcessValue]:
    """Return every tag of a plant's stations and utilities, at rest, at the run's begin.

    Signals `per` tool (a cycler's channels) are left out: they are curves, one a unit and visit (`genealogy/curves.py`).

    Parameters
    ----------
    plant, seed
        What is described, and the key of the noise.
    number_of
        The number that a station (by path) or a utility (by name) has in commands and records.
    """
    values = []
    for segment in plant.segments:
        number, signals = number_of[segment.path], [s for s in segment.signals if not s.per]
        for machine in range(segment.count):
            values += [v for signal in signals for v in _of_signal(segment.path, number, machine, signal, _target(segment, signal), seed)]
    for utility in plant.utilities:
        recipe = {p.name: p.values for p in utility.recipe}
        for signal in utility.signals:
            target = recipe.get(signal.name, (_middle(signal),))
            values += _of_signal(utility.name, number_of[utility.name], 0, signal, target, seed)
    return values


def _of_signal(  # noqa: PLR0917 - what it is, where it is, where it goes
    path: str, station: int, machine: int, signal: Signal, target: Sequence[float], seed: int
) -> list[ProcessValue]:
    unit = signal.unit.text
    is_temperature = "deg" in unit or "°" in unit or unit == "K"
    is_pressure = not is_temperature and any(p in unit for p in ("bar", "Pa", "psi"))
    tau = TAU_TEMPERATURE_S if is_temperature else TAU_PRESSURE_S if is_pressure else TAU_OTHER_S
    made = []
    for k in range(signal.count):
        aim = float(np.clip(target[min(k, len(target) - 1)], signal.low, signal.high))
        rest = aim if is_temperature else float(np.clip(AMBIENT_PA if is_pressure else 0.0, signal.low, signal.high))
        tag = f"{path}/{machine + 1}/{signal.name}" + (f"/{k + 1}" if signal.count > 1 else "")
        course = Trajectory(tau, rest)
        made.append(
            ProcessValue(tag, station, machine, signal.name, k, Follows.SET_POINT if is_temperature else Follows.WORK, aim, rest, signal.low,
                         signal.high, max(1, round(signal.every_s * 1e9)), _sigma(signal), key_of(seed, tag), course)
        )  # fmt: skip
    return made


def _sigma(signal: Signal) -> float:
    """Return the noise of a signal: a share of its window's width where it has one, so that a healthy machine stays inside, else of its range."""
    w = signal.window
    if w is not None and w.lower is not None and w.upper is not None:
        return NOISE_OF_WINDOW * (w.upper - w.lower)
    return NOISE_SHARE * (signal.high - signal.low)


def _middle(signal: Signal) -> float:
    w = signal.window
    if w is not None and w.target is not None:
        return w.target
    if w is not None and w.lower is not None and w.upper is not None:
        return 0.5 * (w.lower + w.upper)
    return 0.5 * (signal.low + signal.high)


def _target(segment: Segment, signal: Signal) -> Sequence[float]:
    """Return where a signal goes: the set-point of its name, else what the station needs of it, else its window's or range's middle."""
    for point in segment.recipe:
        if point.name == signal.name:
            return point.values
    if segment.speed_m_s is not None and signal.name.startswith("pump"):
        # a coater's pump delivers what the station takes per metre, times its speed
        for taken in segment.inputs:
            if taken.per_length and taken.measure.value == "m3":
                return (taken.amount * segment.speed_m_s,)
    return (_middle(signal),)
