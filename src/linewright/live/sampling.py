"""The samples of a live run: the line's state by `measures.line_sample`, with its figures, order and process values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from linewright.control.compile import Compiled
from linewright.drivers.emulated.plant import EmulatedPlant
from linewright.kernels.state import State
from linewright.live.orders import LiveOrder, OrderState
from linewright.measures.line_sample import LineSampler

__all__ = ["Sampling"]

_STATES = {OrderState.RUNNING: "running", OrderState.INTERRUPTED: "paused", OrderState.ENDED: "ended", OrderState.ABORTED: "ended"}


class Sampling:
    """Makes the samples of one run.

    Parameters
    ----------
    compiled
        The line.
    sampler
        Tells its stations.
    speed
        Line seconds in one wall second.
    """

    def __init__(self, compiled: Compiled, sampler: LineSampler, speed: float) -> None:
        self._compiled, self._sampler, self._speed = compiled, sampler, speed
        self._last = compiled.station(_last_station(compiled))
        self._key_tags = _key_tags(compiled)

    def begin(self, state: State) -> None:
        """Count from now on."""
        self._sampler.begin_count(state)

    def body(self, state: State, order: LiveOrder, machines: EmulatedPlant, reached_ns: int) -> dict[str, Any]:
        """Return the body of a sample (docs/api.md, section 4)."""
        made = int(state.stations.good[self._last])
        return {
            "v": 1, "speed": "max" if math.isinf(self._speed) else self._speed, "state": _STATES.get(order.state, order.state.value),
            "stations": self._sampler.stations(state, keys=self._keys(machines, reached_ns)),
            "order": order.body(made),
        }  # fmt: skip

    def saved(self) -> dict[str, Any]:
        """Return what it knows, for JSON."""
        return self._sampler.saved()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `saved` returned."""
        self._sampler.restore(saved)

    def _keys(self, machines: EmulatedPlant, reached_ns: int) -> dict[str, dict[str, Any]]:
        """Return the newest value of the first signal of each station, in shown units."""
        known = set(machines.tags)
        tags = {path: tag for path, (tag, _) in self._key_tags.items() if tag in known}
        keys = {}
        for path, tag in tags.items():
            signal = self._key_tags[path][1]
            every_ns = max(1, round(signal.every_s * 1e9))
            samples = machines.signals((tag,), reached_ns - every_ns, reached_ns)[tag]
            if len(samples.t):
                keys[path] = {"name": signal.name, "value": signal.unit.shown(float(samples.values[-1])), "unit": signal.unit.text, "decimals": None}
        return keys


def _last_station(compiled: Compiled) -> str:
    """Return the station whose good items are the line's product: the last one that items leave the line from."""
    return next(s.path for s in reversed(compiled.plant.segments) if any(t.station == "out" for t in s.to))


def _key_tags(compiled: Compiled) -> dict[str, tuple[str, Any]]:
    tags = {}
    for segment in compiled.plant.segments:
        if segment.signals:
            signal = segment.signals[0]
            tags[segment.path] = (f"{segment.path}/1/{signal.name}" + ("/1" if signal.count > 1 else ""), signal)
    return tags
