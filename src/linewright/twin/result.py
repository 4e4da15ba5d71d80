"""What a simulation gives: figures of the line and of each station."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from linewright.control.compile import Compiled
from linewright.kernels.state import State
from linewright.kernels.table import FLEET, UTILITY
from linewright.measures.figures import item_of
from linewright.measures.fleets import FleetFigures
from linewright.measures.orders import OrderFigures, ProductFigures, order_figures, product_figures
from linewright.measures.tally import COUNTS, GROUPS, Tally, times_of
from linewright.twin.evaluator import Choice

__all__ = ["Result"]


@dataclass(frozen=True)
class Result:
    """One simulation.

    Parameters
    ----------
    compiled
        The line.
    tally
        What happened, as whole numbers that add up (`measures.tally`).
    state
        Where the line stands at the end: `simulate` may go on from it.
    evaluator
        Which evaluator of the station table computed it, and why.
    run
        Its run in the ledger; None where nothing was kept.
    fleets
        Figures of each fleet (`measures.fleets`).
    """

    compiled: Compiled
    tally: Tally
    state: State
    evaluator: Choice
    run: str | None = None
    fleets: tuple[FleetFigures, ...] = ()

    @property
    def orders(self) -> tuple[OrderFigures, ...]:
        """Return how far each order is at the end, from the run's begin on."""
        return order_figures(self.compiled, self.state)

    @property
    def products(self) -> tuple[ProductFigures, ...]:
        """Return the orders of each product together."""
        return product_figures(self.orders)

    @property
    def seconds(self) -> float:
        """Return the line time that was simulated, s."""
        return self.tally.span_ns / 1e9

    @property
    def made(self) -> int:
        """Return how many good products left the line."""
        return sum(int(self.tally.counts[p.number, COUNTS.index("good")]) for p in self.compiled.flow.stations if p.next is None)

    @property
    def per_min(self) -> float:
        """Return good products a minute."""
        return self.made / self.seconds * 60.0

    @property
    def wip(self) -> tuple[float, ...]:
        """Return how many items were in each station's queue and machines, mean over the time."""
        return tuple(inside / self.tally.span_ns for inside in self.tally.insides)

    def counts(self, name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return one of `tally.COUNTS` for all stations, int64 (stations,)."""
        return self.tally.counts[:, COUNTS.index(name)]

    def shares(self, number: int) -> dict[str, float]:
        """Return the shares of the time of a station's machines, all together 1."""
        row = self.compiled.table.stations[number]
        times = times_of(self.tally, row)
        whole = float(times.sum()) or 1.0
        return {name: float(time) / whole for name, time in zip(GROUPS, times, strict=True)}

    def to_json(self) -> dict[str, Any]:
        """Return the figures for a program: scalars of the line, then `stations` and `fleets`."""
        stations = [self._station(n) for n in range(len(self.compiled.stations)) if self.compiled.table.stations[n].flow not in (UTILITY, FLEET)]
        return {
            "line": self.compiled.plant.name, "seconds": self.seconds, "seed": int(self.state.head[0].seed), "run": self.run,
            "evaluator": self.evaluator.to_json(), "good": self.made, "per_min": self.per_min, "stations": stations,
            "fleets": [fleet.to_json() for fleet in self.fleets],
            "orders": [order.to_json() for order in self.orders], "products": [product.to_json() for product in self.products],
        }  # fmt: skip

    def _station(self, number: int) -> dict[str, Any]:
        good, done = int(self.counts("good")[number]), int(self.counts("done")[number])
        lost = sum(int(self.counts(name)[number]) for name in ("scrap", "reject", "false_reject", "chance", "late", "lost"))
        return {
            "station": self.compiled.stations[number], "item": item_of(self.compiled, number),
            "good": good, "lost": lost, "yield": good / done if done else None, "wip": self.wip[number],
            **{name: round(share, 6) for name, share in self.shares(number).items()},
        }  # fmt: skip
