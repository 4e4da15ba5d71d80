"""`stack_page`: the cells of a stack as one HTML page: verdict, quantities along the stack, all spectra, the failing ones by name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from linewright.eis.analysis import Analysis
from linewright.eis.recipe import QUANTITIES, Recipe
from linewright.eis.verdict import StackVerdict
from linewright.report.html import Section, page_of, table_of
from linewright.report.spectrum_pictures import along_stack, nyquist

__all__ = ["stack_page"]

#: Quantities that are drawn along the stack.
DRAWN = ("hfr", "rct", "transport", "total", "voltage", "kk", "fit")


def stack_page(
    title: str,
    found: Analysis,
    values: Mapping[str, NDArray[np.float64]],
    verdict: StackVerdict | None,
    recipe: Recipe | None = None,
    *,
    is_synthetic: bool,
) -> str:
    """Return the page.

    Parameters
    ----------
    title
        Such as the file.
    found
        Of all judged cells.
    values
        Quantities by name, SI, (n_judged,).
    verdict, recipe
        None where nothing was judged.
    is_synthetic
        Whether the samples were made from a model; the page then says so at its head and in each picture.
    """
    note = "SYNTHETIC, not measured. " if is_synthetic else ""
    names = found.spectra.names
    bad = {c.name for c in verdict.failed} if verdict is not None else set()
    is_bad = np.array([n in bad for n in names])
    place = np.array([int(n) - 1 if n.isdecimal() else k for k, n in enumerate(names)], dtype=np.int64)
    sections = []
    if verdict is not None:
        rows = [[c.name, c.looks_like or "", "; ".join(c.reasons)] for c in verdict.failed]
        body = table_of(["Cell", "Looks like", "Why it fails"], rows, "words") if rows else "<p>Every cell passes.</p>"
        sections.append(Section("Cells that fail", f"{note}What a cell looks like is a rule of thumb: where to look first.", body))
    for q in (each for each in DRAWN if each in values):
        about = QUANTITIES[q]
        limit = recipe.limits.get(q) if recipe is not None else None
        ends = (None, None) if limit is None else tuple(None if x is None else x * about.factor for x in (limit.low, limit.high))
        words = f"{note}{q}, {about.unit}"
        picture = along_stack(place, values[q] * about.factor, is_bad, (ends[0], ends[1]), words)
        if picture:
            sections.append(Section(q, f"{about.about[0].upper()}{about.about[1:]}.", picture))
    z = found.spectra.impedance_ohm
    curves = [(z[k], "line-run") for k in np.flatnonzero(~is_bad).tolist()] + [(z[k], "curve c2") for k in np.flatnonzero(is_bad).tolist()]
    sections.append(Section("All cells", f"{note}Nyquist plot; cells that fail stand out.", nyquist(curves, [], f"{note}Nyquist plot of all cells.")))
    outcome = "" if verdict is None else "; the stack passes" if verdict.is_pass else f"; {'; '.join(verdict.reasons)}"
    return page_of(title, f"{note}{len(names)} cells judged{outcome}.", "", sections)
