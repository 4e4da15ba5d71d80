"""Pass or fail for each cell and the stack, with reasons: limits of a recipe, and outliers among neighbours by robust statistics."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewright.eis.recipe import QUANTITIES, Recipe

__all__ = ["CellVerdict", "StackVerdict", "high_frequency_resistance", "judge", "not_judged", "robust_deviations"]

#: Cells with fewer neighbours than this are not compared with them.
FEWEST_CELLS = 8
#: Cells on both sides whose median is the trend at a cell.
REACH = 10
#: Cells over which the ends fade into the middle, by e (default).
END_CELLS = 3.0
#: Standard deviation of a normal law by its median absolute deviation.
BY_MAD = 1.4826
#: Least robust standard deviation, as a share: cells that are more alike than this are not told apart.
LEAST_SPREAD = 0.005


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """One cell: its name, place from 0, why it fails (empty where it passes), and what its pattern looks like (empty where nothing)."""

    name: str
    cell: int
    reasons: tuple[str, ...]
    looks_like: str = ""

    @property
    def is_pass(self) -> bool:
        """Tell whether the cell passes."""
        return not self.reasons


@dataclass(frozen=True, slots=True, eq=False)
class StackVerdict:
    """All cells, and the stack.

    Parameters
    ----------
    cells
        In the order of the stack; those whose channel is missing or broken fail too, for that reason.
    deviations
        By quantity: distance of each judged cell from its neighbours in robust standard deviations, (n_judged,); NaN where unknown.
    spread
        By quantity: median, and robust standard deviation as a share of it.
    reasons
        Why the stack fails; empty where it passes.
    """

    cells: tuple[CellVerdict, ...]
    deviations: Mapping[str, NDArray[np.float64]]
    spread: Mapping[str, tuple[float, float]]
    reasons: tuple[str, ...]

    @property
    def is_pass(self) -> bool:
        """Tell whether the stack passes."""
        return not self.reasons

    @property
    def failed(self) -> tuple[CellVerdict, ...]:
        """Return the cells that fail."""
        return tuple(c for c in self.cells if not c.is_pass)


def judge(  # noqa: PLR0917 - what was measured, what is asked, and what is known of the channels
    values: Mapping[str, NDArray[np.float64]],
    names: Sequence[str],
    recipe: Recipe,
    channel: NDArray[np.int64] | None = None,
    faults: Sequence[tuple[int, str, str]] = (),
    doubts: Sequence[str] = (),
) -> StackVerdict:
    """Return the verdict on a stack.

    Parameters
    ----------
    values
        By quantity of `QUANTITIES`, SI, (n_judged,); NaN where it is unknown.
    names
        Of the judged cells.
    recipe
        Limits.
    channel
        Place of each judged cell in the stack, from 0; without it they stand one after the other.
    faults
        (place, name, what is wrong) of channels; those that are not judged fail.
    doubts
        Of each judged cell: why it was not fitted, empty where it was.

    Examples
    --------
    >>> from linewright.eis.recipe import Limit
    >>> verdict = judge({"hfr": np.array([1e-4, 3e-4])}, ["1", "2"], Recipe("r", limits={"hfr": Limit(high=2e-4)}))
    >>> verdict.is_pass, [c.reasons for c in verdict.cells]
    (False, [(), ('hfr 0.3 mohm is above 0.2 mohm',)])
    """
    place = np.arange(len(names)) if channel is None else channel
    deviations = {q: robust_deviations(values[q], place) for q in ("hfr", "rct", "transport", "total", "polarisation") if q in values}
    spread = {q: spread_of(values[q], place) for q in deviations}
    cells = []
    broken: dict[int, list[str]] = {}
    called = {int(p): n for p, n in zip(place.tolist(), names, strict=True)}
    for where, name, what in faults:
        broken.setdefault(where, []).append(what)
        called.setdefault(where, name)
    at = {int(p): k for k, p in enumerate(place.tolist())}
    for where in sorted(called):
        reasons = list(broken.get(where, []))
        looks = "swapped lead" if any("wrong sign" in r for r in reasons) else ""
        if where in at and not reasons:
            k = at[where]
            reasons += beyond_limits({q: float(v[k]) for q, v in values.items()}, recipe)
            reasons += beyond_spread({q: float(d[k]) for q, d in deviations.items()}, recipe)
            reasons += [doubts[k]] if doubts and doubts[k] else []
            looks = looks_like({q: float(d[k]) for q, d in deviations.items()}) if reasons else ""
        cells.append(CellVerdict(called[where], where, tuple(reasons), looks))
    failed = [c for c in cells if not c.is_pass]
    told = []
    if len(failed) > recipe.failed_cells:
        told.append(f"{len(failed)} of {len(cells)} cells fail; {recipe.failed_cells} may")
    return StackVerdict(tuple(cells), deviations, spread, tuple(told))


def not_judged(values: Mapping[str, NDArray[np.float64]] | Mapping[str, float], recipe: Recipe) -> tuple[str, ...]:
    """Return the quantities that a recipe limits and that are not known of any cell: nothing failed there, and nothing passed.

    Examples
    --------
    >>> from linewright.eis.recipe import Limit
    >>> not_judged({"hfr": 1e-4}, Recipe("r", limits={"hfr": Limit(high=2e-4), "voltage": Limit(low=0.5)}))
    ('voltage',)
    """
    return tuple(dict.fromkeys(q for q in (*recipe.limits, *recipe.spread) if q not in values))


def beyond_limits(values: Mapping[str, float], recipe: Recipe) -> list[str]:
    """Return the limits that a cell breaks."""
    found = []
    for q, limit in recipe.limits.items():
        if q not in values:
            continue
        about, value = QUANTITIES[q], values[q]
        if not math.isfinite(value):
            found.append(f"{q} could not be determined")
            continue
        if limit.low is not None and value < limit.low:
            found.append(f"{q} {shown(value, about.factor)} {about.unit} is below {shown(limit.low, about.factor)} {about.unit}")
        if limit.high is not None and value > limit.high:
            found.append(f"{q} {shown(value, about.factor)} {about.unit} is above {shown(limit.high, about.factor)} {about.unit}")
    return found


def beyond_spread(deviations: Mapping[str, float], recipe: Recipe) -> list[str]:
    """Return the quantities in which a cell lies too far from its neighbours."""
    found = []
    for q, most in recipe.spread.items():
        d = deviations.get(q, math.nan)
        if math.isfinite(d) and abs(d) > most:
            found.append(f"{q} lies {abs(d):.1f} robust sigma {'above' if d > 0 else 'below'} its neighbours; {most:g} may be")
    return found


def shown(value: float, factor: float) -> str:
    """Return a number in the unit that it is shown in."""
    return f"{value * factor:.4g}"


def robust_deviations(values: NDArray[np.float64], place: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how far each cell lies from its neighbours, in robust standard deviations of the logarithm, (n,).

    Parameters
    ----------
    values
        Positive, (n,); NaN, and what is not positive, is unknown.
    place
        In the stack, rising, (n,).

    Notes
    -----
    The trend at a cell is the median of ln x over the cells within 10 places, and towards the ends, which are colder than the middle, what the end
    cells have in common: a e^(-k / 3), with the median of the a that each of the last cells speaks for. The standard deviation is 1.4826 times
    the median absolute deviation from it over the whole stack, 0.5 % at least; up to a third of the cells may be
    bad without moving it. Fewer than eight cells are not compared.
    """
    if len(values) < FEWEST_CELLS:
        return np.full(len(values), np.nan)
    away, sigma = from_trend(values, place)
    return np.asarray(away / max(sigma, LEAST_SPREAD))


def spread_of(values: NDArray[np.float64], place: NDArray[np.int64]) -> tuple[float, float]:
    """Return the median, and the robust standard deviation about the trend as a share; NaN for fewer than eight cells."""
    known = values[np.isfinite(values)]
    middle = float(np.median(known)) if len(known) else math.nan
    return middle, from_trend(values, place)[1] if len(values) >= FEWEST_CELLS else math.nan


def from_trend(values: NDArray[np.float64], place: NDArray[np.int64]) -> tuple[NDArray[np.float64], float]:
    """Return ln x less its trend, (n,), and the robust standard deviation of that."""
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.where(values > 0.0, np.log(values), np.nan)
    away = np.full(len(x), np.nan)
    for k in np.flatnonzero(np.isfinite(x)).tolist():
        near = x[np.abs(place - place[k]) <= REACH]
        away[k] = x[k] - np.median(near[np.isfinite(near)])
    from_end = np.minimum(place - place.min(), place.max() - place)
    end = np.exp(-from_end / END_CELLS)
    speaks = np.isfinite(away) & (from_end <= END_CELLS)
    if speaks.sum() >= 4:
        away = away - end * float(np.median(away[speaks] / end[speaks]))
    known = away[np.isfinite(away)]
    return away, float(BY_MAD * np.median(np.abs(known))) if len(known) else math.nan


def looks_like(deviations: Mapping[str, float]) -> str:
    """Return the fault whose pattern a cell's deviations have; empty where none fits.

    Notes
    -----
    A rule of thumb that says where to look first, not a proof: a dry membrane raises the ohmic part and, less, charge transfer; a bad contact
    the ohmic part alone; water in the pores transport; a covered catalyst charge transfer alone; a short lowers all.

    Examples
    --------
    >>> looks_like({"hfr": 12.0, "rct": 0.3, "transport": -0.2})
    'poor contact'
    """
    hfr, rct, transport = (deviations.get(q, math.nan) for q in ("hfr", "rct", "transport"))
    far, clear = 4.0, 2.5
    if hfr < -far and rct < -far:
        return "short"
    if hfr > far:
        return "dry" if rct > clear else "poor contact"
    if transport > far and not rct > transport:
        return "flooded"
    return "poisoned" if rct > far else ""


def high_frequency_resistance(impedance_ohm: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Return the real part where Z'' crosses 0 at high frequency, (n_cells,), ohm; where it does not, that at the highest frequency.

    Parameters
    ----------
    impedance_ohm
        Complex (n_cells, n_f), from the highest frequency down.

    Examples
    --------
    >>> high_frequency_resistance(np.array([[1.0 + 1.0j, 2.0 - 1.0j]])).tolist()
    [1.5]
    """
    out = impedance_ohm[:, 0].real.copy()
    crosses = (impedance_ohm.imag[:, :-1] > 0.0) & (impedance_ohm.imag[:, 1:] <= 0.0)
    for k in np.flatnonzero(crosses.any(axis=1)).tolist():
        n = int(np.flatnonzero(crosses[k])[0])
        a, b = impedance_ohm[k, n], impedance_ohm[k, n + 1]
        share = a.imag / (a.imag - b.imag)
        out[k] = a.real + share * (b.real - a.real)
    return out
