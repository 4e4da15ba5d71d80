"""`spectra_page`: impedance spectra as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from linewright.eis.analysis import KK_DOUBTFUL, Analysis, kk_doubt
from linewright.eis.verdict import CellVerdict
from linewright.report.html import Section, page_of, table_of
from linewright.report.spectrum_pictures import bode, distribution, nyquist, quantity, residuals

__all__ = ["spectra_page"]

#: Spectra that are drawn one by one; the others share one picture.
MOST_DRAWN = 12


def spectra_page(shown: Sequence[tuple[str, Analysis, int, CellVerdict | None]], warnings: Sequence[str] = ()) -> str:
    """Return the page.

    Parameters
    ----------
    shown
        (name, analysis, number of the cell in it, verdict) of each spectrum.
    warnings
        What is doubtful about the files.

    Examples
    --------
    >>> from linewright.eis.analysis import analyse
    >>> from linewright.eis.spectrum import Spectra
    >>> f = np.logspace(4, -1, 51)
    >>> found = analyse(Spectra.of(f, 0.01 + 0.02 / (1 + 0.02j * f)))
    >>> page = spectra_page([("cell", found, 0, None)])
    >>> "Nyquist" in page, "http" in page.replace("http://www.w3.org", "")
    (True, False)
    """
    sections = [of_one(name, found, n, verdict) for name, found, n, verdict in shown[:MOST_DRAWN]]
    if len(shown) > MOST_DRAWN:
        curves = [(found.spectra.impedance_ohm[n], "line-run") for _, found, n, _ in shown]
        words = f"{len(shown)} spectra; the first {MOST_DRAWN} follow one by one."
        sections.insert(0, Section("All spectra", words, nyquist(curves, [], "Nyquist plot of all spectra.")))
    if warnings:
        sections.append(Section("What is doubtful about the files", "", f"<pre>{escape(chr(10).join(warnings))}</pre>"))
    failed = sum(v is not None and not v.is_pass for _, _, _, v in shown)
    judged = any(v is not None for _, _, _, v in shown)
    about = f"{len(shown)} spectra" if len(shown) > 1 else shown[0][0]
    return page_of("Impedance", about + (f"; {failed} fail" if failed else "; all pass" if judged else ""), "", sections)


def of_one(name: str, found: Analysis, n: int, verdict: CellVerdict | None) -> Section:
    """Return the part of the page on one spectrum."""
    f, z, fit = found.spectra.frequency_hz, found.spectra.impedance_ohm[n], found.fit
    model = fit.impedance_ohm[n] if fit is not None and fit.is_good[n] else None
    curves = [(model, "curve c1")] if model is not None else [(found.kk.impedance_ohm[n], "curve c2")]
    pictures = [nyquist(curves, [(z, "fill-c0")], f"Nyquist plot of {name}."), bode(f, z, model, f"Bode plot of {name}.")]
    left = [(found.kk.residual[n], "c2")]
    pictures.append(residuals(f, left, KK_DOUBTFUL, f"Residuals of Kramers-Kronig of {name}."))
    if fit is not None and model is not None:
        pictures.append(residuals(f, [(fit.residual[n], "c1")], KK_DOUBTFUL, f"Residuals of the fit of {name}."))
    of_line = "fitted" if model is not None else "of Kramers-Kronig"
    if np.isfinite(found.drt.gamma_ohm[n]).any() and found.drt.gamma_ohm[n].max() > 0.0:
        pictures.append(distribution(found.drt.tau_s, found.drt.gamma_ohm[n], f"Distribution of relaxation times of {name}."))
    captions = [f"Nyquist: dots measured, line {of_line}", "Bode", "Residuals of Kramers-Kronig"]
    captions += [*(["Residuals of the fit"] if model is not None else []), "Distribution of relaxation times"]
    figures = "".join(f"<figure>{p}<figcaption>{escape(c)}</figcaption></figure>" for p, c in zip(pictures, captions, strict=False))
    body = f'<div class="grid-of-pairs">{figures}</div>'
    if fit is not None:
        rows = [
            [p.name, f"{fit.values[n, k]:.5g}", f"{fit.low[n, k]:.5g}", f"{fit.high[n, k]:.5g}", p.unit] for k, p in enumerate(fit.circuit.parameters)
        ]
        body += table_of(["Parameter", "Value", "95 % from", "to", "Unit"], rows)
    doubt = kk_doubt(found, n)
    words = [f"{len(f)} points, {quantity(float(f.max()), 'Hz')} to {quantity(float(f.min()), 'Hz')}."]
    told = doubt or f"largest residual {found.kk.worst[n]:.2%} ({int(found.kk.n_elements[n])} elements)"
    words.append(f"Kramers-Kronig: {told}.")
    if fit is not None:
        words += [f"Circuit {fit.circuit}.", *(f"{w}." for w in (found.chosen, fit.reasons[n]) if w)]
    words += [each.message for each in found.findings if each.cell in {None, n}]
    if verdict is not None:
        words.append("Passes." if verdict.is_pass else "Fails: " + "; ".join(verdict.reasons) + ".")
    return Section(name, " ".join(words), body)
