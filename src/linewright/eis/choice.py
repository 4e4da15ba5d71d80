r"""Choice among circuits by an information criterion, said with its doubt.

With S the sum of weighted squares, n the number of data and k that of free parameters (and the noise, where it is not measured):

.. math:: AIC_c = n \ln(S / n) + 2k + \frac{2k(k+1)}{n-k-1}, \qquad BIC = n \ln(S / n) + k \ln n

and with measured variances S in the place of the first term. The weight of a circuit is :math:`e^{-\Delta/2}` over the sum of those of all, with
:math:`\Delta` its distance from the best.

References
----------
Akaike, IEEE Trans. Autom. Control 19 (1974) 716. Schwarz, Ann. Stat. 6 (1978) 461. Burnham, Anderson: Model Selection and Multimodel Inference,
2nd ed. (Springer 2002), sections 2.4 and 2.6, for AICc, the weights and what a distance means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from linewright.eis.circuit import Circuit, parse_circuit
from linewright.eis.fit import fit_circuit
from linewright.eis.spectrum import CircuitFit, Floats, Spectra
from linewright.eis.weights import Weight

__all__ = ["USUAL_CIRCUITS", "CircuitChoice", "choose_circuit"]

Criterion = Literal["aicc", "bic"]
#: From the simplest to what fuel cells and battery cells need at most.
USUAL_CIRCUITS = (
    "R0-p(R1,C1)",
    "R0-p(R1,CPE1)",
    "L0-R0-p(R1,CPE1)",
    "L0-R0-p(R1,CPE1)-Ws1",
    "L0-R0-p(R1,CPE1)-p(R2,CPE2)",
    "R0-p(R1,CPE1)-p(R2,CPE2)-W1",
    "L0-R0-p(R1,CPE1)-p(R2,CPE2)-Ws1",
    "L0-R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)",
)
#: Distances below which the second is nearly as good, and above which it is out (Burnham and Anderson, section 2.6).
OPEN, CLEAR = 4.0, 10.0


@dataclass(frozen=True, slots=True, eq=False)
class CircuitChoice:
    """Which circuit suits, cell by cell and for all together.

    Parameters
    ----------
    fits
        One of each circuit, in the order asked.
    score
        float64 (n_cells, n_circuits), the less the better; infinite where it could not be fitted.
    weight
        float64 (n_cells, n_circuits): of each circuit, 1 in sum; NaN where none could be fitted.
    best
        int64 (n_cells,): number of the best circuit; -1 where none could be fitted.
    common
        Number of the circuit with the least sum of scores over all cells that any circuit fits; -1 for none.
    doubts
        n_cells texts: how sure the best is, and what is doubtful about it.
    doubt
        The same for the common circuit.
    """

    fits: tuple[CircuitFit, ...]
    score: Floats
    weight: Floats
    best: NDArray[np.int64]
    common: int
    doubts: tuple[str, ...]
    doubt: str


def choose_circuit(
    spectra: Spectra,
    circuits: Sequence[Circuit | str] = USUAL_CIRCUITS,
    *,
    criterion: Criterion = "bic",
    weight: Weight = "modulus",
    n_starts: int = 16,
    seed: int = 0,
) -> CircuitChoice:
    """Fit several circuits and say which suits.

    Parameters
    ----------
    spectra
        Of n_cells cells.
    circuits
        Those that are tried, one at least.
    criterion
        ``bic`` finds the simplest that the data bear; ``aicc`` what predicts best, with more parameters.
    weight, n_starts, seed
        See `linewright.eis.fit.fit_circuit`.

    Raises
    ------
    ValueError
        There is no circuit, or the criterion has no such name.
    CircuitError
        A circuit cannot be read.

    Examples
    --------
    >>> from linewright.eis.impedance import impedance
    >>> f = np.logspace(4, -1, 51)
    >>> Z = impedance(parse_circuit("R0-p(R1,CPE1)"), f, [0.010, 0.020, 2.0, 0.9])
    >>> noise = 1e-3 * np.random.default_rng(0).normal(size=(2, 51))
    >>> choice = choose_circuit(Spectra.of(f, Z * (1 + noise[0] + 1j * noise[1])), ["R0-p(R1,C1)", "R0-p(R1,CPE1)", "R0-p(R1,CPE1)-p(R2,C2)"])
    >>> choice.doubts
    ('R0-p(R1,CPE1) is likely; R0-p(R1,CPE1)-p(R2,C2) is 7.9 behind, weight 0.019',)
    """
    if criterion not in {"aicc", "bic"}:
        raise ValueError(f"the criterion is aicc or bic; {criterion!r} came")
    if not circuits:
        raise ValueError("no circuit came; name one at least")
    read = [parse_circuit(c) if isinstance(c, str) else c for c in circuits]
    fits = tuple(fit_circuit(spectra, c, weight=weight, n_starts=n_starts, seed=seed) for c in read)
    score = np.stack([score_of(fit, criterion, is_measured=weight == "measured") for fit in fits], axis=1)
    least = score.min(axis=1)
    is_fitted = np.isfinite(least)
    distance = np.where(is_fitted[:, None], score - np.where(is_fitted, least, 0.0)[:, None], np.nan)
    share = np.exp(-0.5 * distance)
    share /= share.sum(axis=1, keepdims=True)
    best = np.where(is_fitted, np.argmin(score, axis=1), -1)
    doubts = tuple(doubt_of(fits, k, distance[k], share[k]) for k in range(spectra.n_cells))
    total = score[is_fitted].sum(axis=0) if is_fitted.any() else np.full(len(fits), np.inf)
    common = int(np.argmin(total)) if np.isfinite(total).any() else -1
    return CircuitChoice(fits, score, share, best, common, doubts, common_doubt(fits, common, total, best[is_fitted]))


def score_of(fit: CircuitFit, criterion: Criterion, *, is_measured: bool) -> Floats:
    """Return the criterion of each cell, float64 (n_cells,); infinite where there is none; one that ended early counts with what it reached."""
    n = np.maximum(fit.n_data, 1).astype(np.float64)
    k = fit.n_free + (0 if is_measured else 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        misfit = fit.cost if is_measured else n * np.log(fit.cost / n)
    spare = n - k - 1.0
    penalty = k * np.log(n) if criterion == "bic" else 2.0 * k + 2.0 * k * (k + 1.0) / np.where(spare > 0.0, spare, 1.0)
    return np.where((spare > 0.0) & ~np.isnan(misfit), misfit + penalty, np.inf)


def doubt_of(fits: tuple[CircuitFit, ...], cell: int, distance: Floats, share: Floats) -> str:
    """Return how sure the best circuit of a cell is, as a sentence."""
    if np.isnan(distance).all():
        return f"no circuit could be fitted: {fits[0].reasons[cell]}"
    rank = np.argsort(distance, kind="stable")
    best = fits[int(rank[0])]
    said = [f"{best.circuit} is the only one that could be fitted"]
    if len(rank) > 1 and np.isfinite(distance[rank[1]]):
        behind = float(distance[rank[1]])
        next_one = fits[int(rank[1])].circuit
        own = float(share[rank[1]])
        far = f"{behind:.1f} behind, weight {f'{own:.3f}' if own >= 0.0005 else 'below 0.001'}"
        word = "likely" if behind < CLEAR else "clear"
        said = (
            [f"{best.circuit}, but {next_one} is nearly as good: {far}"] if behind < OPEN else [f"{best.circuit} is {word}", f"{next_one} is {far}"]
        )
    if best.reasons[cell]:
        said.append(f"but {best.reasons[cell]}")
    return "; ".join(said)


def common_doubt(fits: tuple[CircuitFit, ...], common: int, total: Floats, best: NDArray[np.int64]) -> str:
    """Return how sure the common circuit is, as a sentence."""
    if common < 0:
        return "no circuit fits every cell"
    agree = int((best == common).sum())
    others = [f"{fits[k].circuit} for {n}" for k, n in zip(*np.unique(best[best != common], return_counts=True), strict=True)]
    behind = np.sort(total)[1] - total[common] if len(total) > 1 else np.inf
    sure = f"the next is {behind:.1f} behind over all" if np.isfinite(behind) else "no other fits every cell"
    return "; ".join([f"{fits[common].circuit} is best for {agree} of {len(best)} cells", *others[:3], sure])
