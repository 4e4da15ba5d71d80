"""The whole chain on spectra: what is wrong with them, Kramers-Kronig, fit, relaxation times; and the quantities that a recipe judges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linewright.eis.choice import choose_circuit
from linewright.eis.circuit import Circuit
from linewright.eis.drt import distribution
from linewright.eis.findings import check_spectra, mended
from linewright.eis.fit import fit_circuit
from linewright.eis.lin_kk import lin_kk
from linewright.eis.recipe import Recipe
from linewright.eis.spectrum import CircuitFit, Distribution, Finding, KramersKronig, Spectra
from linewright.eis.stack_spectra import StackSpectra
from linewright.eis.verdict import high_frequency_resistance
from linewright.eis.weights import Weight

__all__ = ["KK_DOUBTFUL", "KK_GOOD", "Analysis", "analyse", "kk_doubt", "quantities"]

#: Largest residual of Kramers-Kronig up to which a spectrum is good, and above which it is doubtful.
KK_GOOD, KK_DOUBTFUL = 0.005, 0.01
#: With fewer elements than this, or over fewer decades, a large residual may be the method's and not the data's.
FEWEST_ELEMENTS, FEWEST_DECADES = 8, 2.5
#: What a result of lin-KK holds by cell.
KK_ARRAYS = (
    "n_elements", "mu", "tau_s", "element_ohm", "resistance_ohm", "inductance_h", "elastance_per_f", "impedance_ohm", "residual", "worst",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What was found of spectra on one frequency axis.

    Parameters
    ----------
    spectra
        From the highest frequency down, each frequency once.
    findings
        What is wrong, or looks wrong, with them.
    kk
        The test by Kramers-Kronig.
    fit
        None where no circuit was asked for.
    drt
        The distribution of relaxation times.
    chosen
        How sure the choice of the circuit is, where it was left to the data; else empty.
    """

    spectra: Spectra
    findings: tuple[Finding, ...]
    kk: KramersKronig
    fit: CircuitFit | None
    drt: Distribution
    chosen: str = ""


def analyse(spectra: Spectra, circuit: Circuit | Literal["auto"] | None = None, weight: Weight = "modulus") -> Analysis:
    """Return what is found of spectra.

    Parameters
    ----------
    spectra
        Of n_cells cells.
    circuit
        That is fitted; None for none; ``auto`` for that of the usual ones which suits all cells best, by the Bayesian information criterion.
    weight
        Of the points in the fit.

    Notes
    -----
    See `kramers_kronig` for how Kramers-Kronig is tested.

    Examples
    --------
    >>> from linewright.eis.circuit import parse_circuit
    >>> from linewright.eis.impedance import impedance
    >>> f = np.logspace(4, -1, 51)
    >>> circuit = parse_circuit("R0-p(R1,CPE1)")
    >>> found = analyse(Spectra.of(f, impedance(circuit, f, [[0.010, 0.020, 2.0, 0.9]])), circuit)
    >>> bool(found.kk.worst[0] < 0.01), found.fit.value("R0").round(6).tolist()
    (True, [0.01])
    """
    findings = check_spectra(spectra, circuit if isinstance(circuit, Circuit) else None)
    clean = mended(spectra)
    kk = kramers_kronig(clean)
    fit, chosen = None, ""
    if isinstance(circuit, Circuit):
        fit = fit_circuit(clean, circuit, weight=weight)
    elif circuit == "auto":
        choice = choose_circuit(clean, weight=weight)
        if choice.common >= 0:
            fit, chosen = choice.fits[choice.common], choice.doubts[0] if clean.n_cells == 1 else choice.doubt
    return Analysis(clean, findings, kk, fit, distribution(clean), chosen)


def kramers_kronig(spectra: Spectra) -> KramersKronig:
    """Return lin-KK of each cell by the first of five ways that leaves no more than 1 %, else by the one that leaves least.

    Notes
    -----
    mu down to 0.85, then to 0.5, then both with a capacitance in series, for cells that block direct current, then as many elements as half of
    the points whatever mu is. With mu the chain may stop while a clean arc, or one below the inductance of long leads, is still coarse: what is
    left then is the method's. Spectra that no chain fits are not consistent.
    """
    best = lin_kk(spectra)
    half = max(1, min(50, spectra.n_f // 2))
    for threshold, with_capacitance in ((0.5, False), (0.85, True), (0.5, True), (None, False)):
        left = np.flatnonzero(~(best.worst <= KK_DOUBTFUL))
        if not len(left):
            break
        other = lin_kk(spectra.cells(left), threshold=threshold, with_capacitance=with_capacitance, most_elements=50 if threshold else half)
        better = ~(other.worst >= best.worst[left])
        best = with_rows(best, left[better], other, np.flatnonzero(better))
    return best


def with_rows(table: KramersKronig, rows: NDArray[np.intp], other: KramersKronig, of: NDArray[np.intp]) -> KramersKronig:
    """Return a result with some rows from another."""
    put = {}
    width = max(table.tau_s.shape[1], other.tau_s.shape[1])
    for name in KK_ARRAYS:
        mine, theirs = (padded(getattr(t, name), width if name in {"tau_s", "element_ohm"} else 0) for t in (table, other))
        mine[rows] = theirs[of]
        put[name] = mine
    reasons = list(table.reasons)
    for row, k in zip(rows.tolist(), of.tolist(), strict=True):
        reasons[row] = other.reasons[k]
    return replace(table, reasons=tuple(reasons), **put)


def padded(array: NDArray[Any], width: int) -> NDArray[Any]:
    """Return a copy, its rows made so wide with NaN (0: as they are)."""
    if not width or array.shape[1] == width:
        return array.copy()
    return np.concatenate([array, np.full((len(array), width - array.shape[1]), np.nan)], axis=1)


def quantities(found: Analysis, recipe: Recipe, stack: StackSpectra | None = None) -> dict[str, NDArray[np.float64]]:
    """Return the quantities that a recipe can judge, SI, (n_cells,) each; NaN where a cell's is unknown.

    Parameters
    ----------
    found
        The analysis.
    recipe
        Its `names` say which parameters of the circuit are meant.
    stack
        What was seen of the channels; None for spectra from files.
    """
    z = found.spectra.impedance_ohm
    order = np.argsort(-found.spectra.frequency_hz)
    hfr = high_frequency_resistance(z[:, order])
    total = z[:, order[-1]].real
    values = {"hfr": hfr, "total": total, "polarisation": total - hfr, "kk": kk_values(found)}
    if found.fit is not None:
        values["fit"] = rms_residual(found.fit, found.spectra)
        for q, name in recipe.names.items():
            values[q] = np.where(found.fit.is_good, found.fit.value(name), np.nan)
        if "hfr" in recipe.names:
            values["polarisation"] = total - values["hfr"]
    if stack is not None:
        half = max(1, len(order) // 2)
        values["voltage"], values["drift"] = stack.mean_v, np.abs(stack.drift_v)
        values["thd"] = worst(stack.thd[:, -half:])
        values["nsd"], values["nsr"] = worst(stack.nsd), worst(stack.nsr)
    return values


def kk_doubt(found: Analysis, n: int) -> str:
    """Return why the test by Kramers-Kronig says nothing of a cell, empty where it does."""
    if found.kk.worst[n] <= KK_DOUBTFUL:
        return ""
    if found.kk.reasons[n]:
        return found.kk.reasons[n]
    f = found.spectra.frequency_hz
    decades = float(np.log10(f.max() / f.min()))
    elements = int(found.kk.n_elements[n])
    if elements >= FEWEST_ELEMENTS and decades >= FEWEST_DECADES:
        return ""
    where = f"{elements} elements over {decades:.1f} decades"
    return f"{where} are too few: the residual of {found.kk.worst[n]:.1%} may be the method's, not the data's"


def kk_values(found: Analysis) -> NDArray[np.float64]:
    """Return the largest residual of each cell, NaN where the test says nothing."""
    return np.array([np.nan if kk_doubt(found, n) else float(found.kk.worst[n]) for n in range(found.spectra.n_cells)])


def rms_residual(fit: CircuitFit, spectra: Spectra) -> NDArray[np.float64]:
    """Return the rms of the residual as a share of ``|Z|``, (n_cells,); where variances were measured, points count by how sure they are.

    Notes
    -----
    What a calibration does not know of the leads' inductance is in the variance: 0.03 % of 100 nH are 1 % of a cell of 0.143 mOhm at 10 kHz, and say
    nothing against the circuit.
    """
    size = np.abs(fit.residual) ** 2
    sure = np.ones(size.shape) if spectra.variance_ohm2 is None else np.abs(spectra.impedance_ohm) ** 2 / spectra.variance_ohm2
    is_known = np.isfinite(size) & np.isfinite(sure)
    weight = np.where(is_known, sure, 0.0)
    total = weight.sum(axis=1)
    mean = (weight * np.where(is_known, size, 0.0)).sum(axis=1) / np.where(total > 0.0, total, 1.0)
    return np.where(total > 0.0, np.sqrt(mean), np.nan)


def worst(lines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest known value of each row, NaN where none is known."""
    top = np.max(np.where(np.isnan(lines), -np.inf, lines), axis=1, initial=-np.inf)
    return np.where(np.isfinite(top), top, np.nan)
