"""Stacks one after the other on a chart: whether the process that makes them is steady."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewright.control.spc import Broken, Limits, limits_of, nelson

__all__ = ["FEWEST_STACKS", "Chart", "charts_of", "summary_of"]

#: Stacks with which a chart begins; with fewer its limits say little.
FEWEST_STACKS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """One quantity over stacks.

    Parameters
    ----------
    quantity
        Such as ``hfr median``.
    values
        (n_stacks,), NaN where a stack lacks it.
    limits
        Of an individuals chart; None for fewer than two known values.
    broken
        Nelson's rules that are broken, by first and last stack of the known ones.
    at
        Stack (from 0) of each known value.
    """

    quantity: str
    values: NDArray[np.float64]
    limits: Limits | None
    broken: tuple[Broken, ...]
    at: NDArray[np.int64]


def summary_of(values: ArrayLike) -> tuple[float, float]:
    """Return the median of a quantity over the cells of a stack, and the distance of its quartiles by the median.

    Examples
    --------
    >>> summary_of([1.0, 2.0, 3.0, 4.0, 5.0])
    (3.0, 0.6666666666666666)
    """
    x = np.asarray(values, dtype=np.float64)
    x = x[np.isfinite(x)]
    if not len(x):
        return float("nan"), float("nan")
    low, middle, high = np.quantile(x, [0.25, 0.5, 0.75])
    return float(middle), float((high - low) / middle) if middle else float("nan")


def charts_of(stacks: Sequence[Mapping[str, ArrayLike]]) -> list[Chart]:
    """Return two charts for each quantity, of its median and of its spread between the cells, over stacks.

    Parameters
    ----------
    stacks
        In the order in which they were made: values of the cells by quantity.

    Notes
    -----
    Individuals charts with limits from the mean moving range, and Nelson's rules (`control.spc`).

    Examples
    --------
    >>> steady = [{"hfr": [1.0 + 0.01 * (k % 3), 1.1, 1.2]} for k in range(12)]
    >>> [len(c.broken) for c in charts_of([*steady, {"hfr": [2.0, 2.1, 2.2]}]) if c.quantity == "hfr median"][0] > 0
    True
    """
    names = dict.fromkeys(q for stack in stacks for q in stack)
    charts = []
    for q in names:
        pairs = np.array([summary_of(stack.get(q, [])) for stack in stacks]).reshape(-1, 2)
        for kind, values in (("median", pairs[:, 0]), ("spread", pairs[:, 1])):
            at = np.flatnonzero(np.isfinite(values))
            limits = limits_of(values)
            broken = tuple(nelson(values[at], limits)) if limits is not None else ()
            charts.append(Chart(f"{q} {kind}", values, limits, broken, at.astype(np.int64)))
    return charts
