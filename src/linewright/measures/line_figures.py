"""Figures of the whole line for its sample (docs/api.md, section 4): since a shift's begin, with what was lost and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from linewright.control.compile import Compiled
from linewright.control.packml import CHANGES
from linewright.kernels.state import State
from linewright.library.energy import station_energy
from linewright.measures.figures import Figures, figures_of
from linewright.measures.line_sample import LineSampler
from linewright.measures.losses import losses_of, unit_stations
from linewright.measures.tally import COUNTS, OFF, PLANNED, Tally, tally_of, times_of

__all__ = ["LineFiguresSampler"]

#: The bottleneck is looked for in stretches of at least so long [ns], and the rate is the mean of so long.
STRETCH_NS, RATE_NS = 60_000_000_000, 300_000_000_000
_GOOD = COUNTS.index("good")


class LineFiguresSampler:
    """Makes the parts `figures` and `losses` of a run's samples, one after the other.

    Parameters
    ----------
    compiled
        The line.
    sampler
        Tells the rates of its stations.
    """

    def __init__(self, compiled: Compiled, sampler: LineSampler) -> None:
        self._compiled, self._sampler, self._energy = compiled, sampler, station_energy(compiled.plant)
        self._units, flow = unit_stations(compiled), compiled.flow
        last = flow.stations[-1].number
        marking = [p.number for p in flow.stations if p.segment.marks]
        self._paced = marking[0] if marking else last
        self._last = next((p.number for p in reversed(flow.stations) if p.next is None), last)
        self._begin: Tally | None = None
        self._stretch: Tally | None = None
        self._narrow: Counter[str] = Counter()

    def begin_count(self, state: State) -> None:
        """Count anew from now on (a shift begins)."""
        self._begin = self._stretch = tally_of(self._compiled, state)
        self._narrow.clear()

    def body(self, state: State, stations: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return `figures` and `losses`.

        Parameters
        ----------
        state
            The line now.
        stations
            The part `stations` of the sample (`LineSampler.stations`); its `availability` is filled in.
        """
        now = tally_of(self._compiled, state)
        if self._begin is None or self._stretch is None:
            self._begin = self._stretch = now
        since = now - self._begin
        if since.span_ns <= 0:
            return {"figures": None, "losses": None}
        figures = figures_of(self._compiled, since, self._energy)
        self._look_for_bottleneck(now)
        for path, told in stations.items():
            if isinstance(told, dict):
                told["availability"] = _rounded(figures.station(path).availability)
        return {"figures": self._figures(state, since, figures, stations), "losses": self._losses(since)}

    # ---- its state

    def saved(self) -> dict[str, Any]:
        """Return what it knows, for JSON."""
        tallies = {"begin": self._begin, "stretch": self._stretch}
        return {"narrow": dict(self._narrow)} | {
            name: None if t is None else [t.span_ns, t.counts.tolist(), t.times.tolist(), list(t.stays), list(t.insides), t.in_hand.tolist()]
            for name, t in tallies.items()
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `saved` returned."""
        self._narrow = Counter(saved["narrow"])
        self._begin, self._stretch = (
            None
            if t is None
            else Tally(
                int(t[0]),
                np.array(t[1], np.int64),
                np.array(t[2], np.int64),
                tuple(int(x) for x in t[3]),
                tuple(int(x) for x in t[4]),
                np.array(t[5], np.int64),
            )
            for t in (saved["begin"], saved["stretch"])
        )

    # ---- inside

    def _look_for_bottleneck(self, now: Tally) -> None:
        """Count, stretch after stretch, which station was held up least by the others."""
        assert self._stretch is not None
        stretch = now - self._stretch
        if stretch.span_ns < STRETCH_NS:
            return
        self._stretch = now
        found = figures_of(self._compiled, stretch, self._energy).line.bottleneck
        if found is not None:
            self._narrow[found] += 1

    def _figures(self, state: State, since: Tally, figures: Figures, stations: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        line, target = figures.line, self._compiled.plant.target_per_s
        looked = max(sum(self._narrow.values()), 1)
        ranked = self._narrow.most_common(3)
        narrow = ranked[0][0] if ranked else line.bottleneck
        pace = figures.station(narrow) if narrow is not None else None  # the line's OEE is that of the station that set the pace
        good = int(since.counts[self._last, _GOOD])
        rate = float(self._sampler.rates_per_min(state, RATE_NS)[self._paced])
        rated = None if target is None else target * 60.0
        lost = None if rated is None else max(0.0, rated - rate)
        kwh = None if line.energy_per_unit_j is None else line.energy_per_unit_j / 3.6e6
        return {
            "good": {"value": good, "plan": None if target is None else round(target * self._open_ns(since) / 1e9)},
            "rate": {"value": _rounded(rate), "rated": rated, "station": self._compiled.stations[self._paced], "lost": _rounded(lost),
                     "lost_at": self._lost_at(stations)},
            "oee": dict.fromkeys(("value", "a", "p", "q")) if pace is None else
                   {"value": _rounded(pace.oee), "a": _rounded(pace.availability), "p": _rounded(pace.performance), "q": _rounded(pace.quality)},
            "fpy": {"value": _rounded(line.fpy)},
            "bottleneck": {"station": narrow, "share": _rounded(ranked[0][1] / looked) if ranked else None,
                           "next": [[name, _rounded(n / looked)] for name, n in ranked[1:]]},
            "energy": {"kwh_per_kwh": _rounded(line.energy_per_product_energy), "co2_kg_per_kwh": _rounded(line.co2_per_kwh_kg),
                       "kwh_per_unit": _rounded(kwh)},
            "wip": {"value": round(line.wip)},
        }  # fmt: skip

    def _open_ns(self, since: Tally) -> float:
        """Return how long the last station was meant to work, mean of its machines."""
        row = self._compiled.table.stations[self._last]
        return float(since.span_ns - times_of(since, row)[[OFF, PLANNED]].sum() / max(int(row["count"]), 1))

    def _lost_at(self, stations: Mapping[str, Mapping[str, Any]]) -> str | None:
        """Return the machine in fault that is the largest share of its station; None where none is."""
        worst: tuple[float, str] | None = None
        for path, told in stations.items():
            state = told.get("worst")
            if state and state["state"] == "Held" and state["reason"] not in CHANGES:
                count = max(1, sum(told["states"].values()))
                share = state["count"] / count
                if worst is None or share > worst[0]:
                    worst = (share, f"{path}/{state['machine']}")
        return worst[1] if worst else None

    def _losses(self, since: Tally) -> dict[str, Any] | None:
        """Return what was lost at the station of single units that sets the pace, in units; the parts add up exactly."""
        found = losses_of(self._compiled, since, self._units)
        if found is None:
            return None
        parts = [{"cause": p.cause, "station": None if p.cause == "waiting" else found.station, "count": p.count} for p in found.parts]
        return {"possible": found.possible, "good": found.good, "parts": parts}


def _rounded(value: float | None) -> float | None:
    """Return a figure with six digits: what lies behind says nothing."""
    return None if value is None else float(f"{value:.6g}")
