"""What an experiment gives: samples of every figure of every case, with intervals, differences, and what is best."""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewright.tuning.active_periods import ActivePeriods
from linewright.tuning.estimates import Difference, Estimate, difference_of, estimate_of
from linewright.tuning.experiment import Experiment
from linewright.tuning.on_paper import OnPaper
from linewright.tuning.replication import Replication
from linewright.tuning.table import Table, column
from linewright.tuning.told import told

__all__ = ["Best", "Findings"]


@dataclass(frozen=True, slots=True)
class Best:
    """The best cases by one figure.

    Parameters
    ----------
    figure
        Its name.
    case
        The one with the best mean.
    rivals
        Those whose difference from it is not told apart from 0, all differences together at the experiment's confidence (Bonferroni).
    """

    figure: str
    case: int
    rivals: tuple[int, ...]

    @property
    def is_clear(self) -> bool:
        """Tell whether no other is as good."""
        return not self.rivals


@dataclass(frozen=True, slots=True)
class Findings:
    """An experiment and its runs.

    Parameters
    ----------
    experiment
        What was asked.
    runs
        Of each case, in order of their numbers; all cases have equally many.
    is_whole
        Whether all that was asked has been run; False after Ctrl-C.
    papers
        What paper tells of each case.
    active
        Who held the line up in a stretch of the first run of each case; empty where there are many cases.
    """

    experiment: Experiment
    runs: tuple[tuple[Replication, ...], ...]
    is_whole: bool = True
    papers: tuple[OnPaper, ...] = ()
    active: tuple[ActivePeriods, ...] = ()

    @property
    def figures(self) -> tuple[str, ...]:
        """Return the names of all figures that any case has a value of, the line's first."""
        found = dict.fromkeys(
            name for runs in self.runs for run in runs for name, values in run.values.items() if not np.isnan(values).all()
        )
        return tuple(sorted(found, key=lambda name: "." in name))

    def samples(self, case: int, figure: str) -> NDArray[np.float64]:
        """Return the values of a figure, shape (samples,), NaN where it has none: one a replication, or one a batch."""
        runs = self.runs[case]
        missing = np.full(self.experiment.batches if self.experiment.replications == 1 else 1, np.nan)
        return np.concatenate([run.values.get(figure, missing) for run in runs]) if runs else np.empty(0)

    def estimate(self, case: int, figure: str) -> Estimate | None:
        """Return the mean of a figure with its interval; None where it has no value."""
        return estimate_of(self.samples(case, figure), self.experiment.confidence)

    def difference(self, case: int, figure: str) -> Difference | None:
        """Return how much higher a figure is than in the case that this one is compared with; None where there is nothing to compare."""
        base = self.experiment.base_of(case)
        if base is None:
            return None
        return difference_of(self.samples(base, figure), self.samples(case, figure), self.experiment.confidence)

    def bottleneck(self, case: int) -> tuple[str, float] | None:
        """Return the station that was most often the one active most, and the share of samples in which it was (`active` is the sharper method)."""
        names = [name for run in self.runs[case] for name in run.bottlenecks if name is not None]
        if not names:
            return None
        name, count = Counter(names).most_common(1)[0]
        return name, count / len(names)

    def best(self, figure: str = "output") -> Best | None:
        """Return the best cases by a figure; None where no case has a value of it, or where neither way is better."""
        better, confidence = told(figure).better, self.experiment.confidence
        means = {n: e.mean * better for n in range(len(self.runs)) if (e := self.estimate(n, figure)) is not None}
        if not means or not better:
            return None
        first = max(means, key=lambda n: means[n])
        others = [n for n in means if n != first]
        each = 1.0 - (1.0 - confidence) / max(len(others), 1)
        rivals = [n for n in others if not _is_apart(difference_of(self.samples(first, figure), self.samples(n, figure), each))]
        return Best(figure, first, tuple(rivals))

    def little(self, case: int) -> tuple[float, float] | None:
        """Return L and lambda W over all stations: items inside, and the rate of leaving times the mean stay. In the long run they are equal."""
        rows = [row for run in self.runs[case] for row in run.little]
        count = len(self.runs[case])
        return (sum(row[1] for row in rows) / count, sum(row[2] for row in rows) / count) if rows else None

    def table(self) -> Table:
        """Return one row for each case and figure: the mean, its interval, and the difference from what the case is compared with."""
        rows = [self._row(n, figure) for n in range(len(self.runs)) for figure in self.figures]
        names = list(rows[0]) if rows else []
        return Table({name: column([row[name] for row in rows]) for name in names}, self.experiment.name)

    def output(self, case: int) -> Table:
        """Return what came out over the time, of each run: for pictures, and to see the warm-up."""
        runs = self.runs[case]
        looks = [np.arange(1, len(run.output) + 1) * run.look_s for run in runs]
        begins = [self.experiment.warm_up_s or 0.0 for _ in runs]
        return Table(
            {
                "replication": np.repeat([run.number for run in runs], [len(run.output) for run in runs]),
                "time_s": np.concatenate([look + begin for look, begin in zip(looks, begins, strict=True)]) if runs else np.empty(0),
                "good": np.concatenate([run.output for run in runs]) if runs else np.empty(0, np.int64),
            },
            self.experiment.cases[case].label or self.experiment.name,
        )

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        e = self.experiment
        return {
            "experiment": e.name, "about": e.about, "until_s": e.until_s, "seed": e.seed, "replications": e.replications,
            "batches": e.batches if e.replications == 1 else None, "confidence": e.confidence, "is_whole": self.is_whole,
            "replications_done": len(self.runs[0]) if self.runs else 0, "cases": [self._case(n) for n in range(len(self.runs))],
        }  # fmt: skip

    def _repr_html_(self) -> str:
        shown = [name for name in self.figures if "." not in name]
        heads = "".join(f"<th>{html.escape(told(name).title)} [{html.escape(told(name).unit)}]</th>" for name in shown)
        rows = "".join(
            f"<tr><th>{html.escape(case.label or AS_IT_IS)}</th>{''.join(_shown(self.estimate(n, name)) for name in shown)}</tr>"
            for n, case in enumerate(self.experiment.cases)
        )
        caption = f"{self.experiment.name}: mean, and half the width of the {self.experiment.confidence:.0%} interval"
        return f"<table><caption>{html.escape(caption)}</caption><thead><tr><th></th>{heads}</tr></thead><tbody>{rows}</tbody></table>"

    def _row(self, case: int, figure: str) -> dict[str, str | float | int | None]:
        asked, estimate, difference = self.experiment.cases[case], self.estimate(case, figure), self.difference(case, figure)
        base = self.experiment.base_of(case)
        apart = None if difference is None else difference.estimate
        return {
            "variant": asked.variant, **dict(asked.point), "figure": figure, "unit": told(figure).unit,
            "mean": None if estimate is None else estimate.mean, "low": None if estimate is None else estimate.low,
            "high": None if estimate is None else estimate.high, "samples": 0 if estimate is None else estimate.samples,
            "against": "" if base is None else self.experiment.cases[base].variant, "difference": None if apart is None else apart.mean,
            "difference_low": None if apart is None else apart.low, "difference_high": None if apart is None else apart.high,
            "verdict": "" if difference is None else difference.verdict,
        }  # fmt: skip

    def _case(self, case: int) -> dict[str, Any]:
        asked, runs = self.experiment.cases[case], self.runs[case]
        base, bottleneck = self.experiment.base_of(case), self.bottleneck(case)
        return {
            "variant": asked.variant, "point": dict(asked.point), "line": asked.plant.name,
            "warm_up_s": [run.warm_up_s for run in runs], "is_steady": all(run.is_steady for run in runs),
            "most_active": None if bottleneck is None else {"station": bottleneck[0], "share": bottleneck[1]},
            "bottleneck": self.active[case].to_json() if self.active else None,
            "failures": _failures(runs),
            "on_paper": self.papers[case].to_json() if self.papers else None,
            "little": self.little(case),
            "figures": {name: _told(name, estimate) for name in self.figures if (estimate := self.estimate(case, name)) is not None},
            "against": None if base is None else self.experiment.cases[base].variant,
            "differences": {
                name: {**_told(name, found.estimate), "verdict": found.verdict}
                for name in self.figures
                if (found := self.difference(case, name)) is not None
            },
        }  # fmt: skip


AS_IT_IS = "as it is"


def _is_apart(found: Difference | None) -> bool:
    return found is not None and found.verdict in {"higher", "lower"}


def _told(name: str, estimate: Estimate) -> dict[str, Any]:
    return {
        "mean": estimate.mean, "half_width": estimate.half_width, "low": estimate.low, "high": estimate.high, "samples": estimate.samples,
        "unit": told(name).unit,
    }  # fmt: skip


def _failures(runs: tuple[Replication, ...]) -> list[dict[str, Any]]:
    seen: Counter[tuple[str, str]] = Counter()
    for run in runs:
        for station, mode, count in run.failures:
            seen[station, mode] += count
    return [{"station": station, "mode": mode, "seen": count} for (station, mode), count in seen.items()]


def _shown(estimate: Estimate | None) -> str:
    if estimate is None:
        return "<td></td>"
    half = "" if estimate.half_width is None else f" &plusmn; {estimate.half_width:.2g}"
    return f'<td style="text-align: right">{estimate.mean:.5g}{half}</td>'
