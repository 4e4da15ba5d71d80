"""The samples of a live run: the line's state by `measures.line_sample`, with its figures, order and process values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from linewright.control.compile import Compiled
from linewright.control.shifts import shift_at
from linewright.kernels.state import State
from linewright.live.machines import Machines
from linewright.live.orders import LiveOrder, OrderState
from linewright.measures.line_ahead import next_hour, resources, webs
from linewright.measures.line_figures import LineFiguresSampler
from linewright.measures.line_sample import LineSampler

__all__ = ["Sampling"]

_STATES = {OrderState.RUNNING: "running", OrderState.INTERRUPTED: "paused", OrderState.ENDED: "ended", OrderState.ABORTED: "ended"}

#: So many sampling intervals back a real machine's newest value still counts as now: it is under way for a while.
REAL_BACK = 5


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
        self._figures = LineFiguresSampler(compiled, sampler)
        self._shift_us: int | None = None
        self._last = compiled.station(_last_station(compiled))
        self._key_tags = _key_tags(compiled)

    def begin(self, state: State) -> None:
        """Count from now on."""
        self._sampler.begin_count(state)
        self._figures.begin_count(state)

    def body(self, state: State, order: LiveOrder, machines: Machines, reached_ns: int, orders: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the body of a sample (docs/api.md, section 4); `orders` are those of the line's file, none where it makes its product for ever."""
        shift = shift_at(self._compiled.plant, self._compiled.begin_us + reached_ns // 1000)
        if shift is not None and shift.begin_us != self._shift_us:
            if self._shift_us is not None:
                self.begin(state)
            self._shift_us = shift.begin_us
        stations = self._sampler.stations(state, machines.silent_stations, self._keys(machines, reached_ns))
        return {
            "v": 1, "speed": "max" if math.isinf(self._speed) else self._speed, "state": _STATES.get(order.state, order.state.value),
            "since_us": self._sampler.since_us,
            "shift": None if shift is None else {"name": shift.name, "plan": shift.plan, "begin_us": shift.begin_us, "end_us": shift.end_us},
            "stations": stations, **self._figures.body(state, stations),
            "next_hour": next_hour(self._compiled, state), "order": shown(order, orders, int(state.stations.good[self._last])),
            "orders": orders or None,
            "webs": webs(self._compiled, state), "resources": resources(self._compiled, state),
        }  # fmt: skip

    def saved(self) -> dict[str, Any]:
        """Return what it knows, for JSON."""
        return {"sampler": self._sampler.saved(), "figures": self._figures.saved(), "shift_us": self._shift_us}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `saved` returned."""
        self._sampler.restore(saved["sampler"])
        self._figures.restore(saved["figures"])
        self._shift_us = saved["shift_us"]

    def _keys(self, machines: Machines, reached_ns: int) -> dict[str, dict[str, Any]]:
        """Return the newest value of the first signal of each station, in shown units."""
        tags = {path: tag for path, (tag, _) in self._key_tags.items() if tag in machines.tags}
        keys = {}
        for path, tag in tags.items():
            signal = self._key_tags[path][1]
            back_ns = max(1, round(signal.every_s * 1e9)) * (REAL_BACK if tag in machines.every_ns else 1)
            samples = machines.signals((tag,), reached_ns - back_ns, reached_ns)[tag]
            if len(samples.t):
                keys[path] = {"name": signal.name, "value": signal.unit.shown(float(samples.values[-1])), "unit": signal.unit.text, "decimals": None}
        return keys


def shown(order: LiveOrder, orders: list[dict[str, Any]], made: int) -> dict[str, Any]:
    """Return the order that is shown first; while the line is paused it is interrupted, whatever the orders of the file say.

    Examples
    --------
    >>> shown(LiveOrder("", "cell", None, OrderState.INTERRUPTED), [{"id": "JO-0002", "state": "running"}], 7)["state"]
    'interrupted'
    """
    if not orders:
        return order.body(made)
    return orders[0] | ({"state": order.state.value} if order.state is OrderState.INTERRUPTED else {})


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
