"""One line of the library as a page: what it makes, its flow as a picture, its stations, and where its numbers are from."""

from __future__ import annotations

from html import escape

from linewright.library.provenance import provenance_of
from linewright.model.plant import Plant
from linewright.model.values import Characteristic
from linewright.report.flow_picture import flow_picture, rate_words, spoken
from linewright.report.html import Section, page_of, table_of

__all__ = ["line_page"]


def line_page(plant: Plant, rated: str) -> str:
    """Return the page as HTML, which stands alone.

    Parameters
    ----------
    plant
        The line.
    rated
        Its rated output in words; empty where it states none.

    Examples
    --------
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.model.load import load
    >>> page = line_page(load("four-stations", installed_libraries()), "20 /min")
    >>> "<svg" in page and "Wind" in page
    True
    """
    found = provenance_of(plant)
    stations = [
        [spoken(s.path), rate_words(s), s.use.replace("-", " ") if s.use else "", "; ".join(window_words(c) for c in s.measures)]
        for s in plant.segments
    ]
    marks = "".join(f"<dt><b>{escape(mark)}</b></dt><dd>{escape(meaning)}</dd>" for mark, meaning in found.sources)
    sections = [
        Section("Flow", "From the first step to the last; a head says what the boxes below it make, and for whom.", flow_picture(plant)),
        Section("Stations", "", table_of(["Station", "Machines and time", "Class", "Measured here"], stations, "words")),
        Section(
            "Where the numbers are from",
            f"{found.sourced} have a source, {found.derived} follow from others, {found.default} are editable starting values.",
            f"<dl>{marks}</dl>" if marks else "<p>No source is named.</p>",
        ),
    ]
    figures = [
        ("Product", spoken(plant.product)),
        ("Rated output", rated or "not stated"),
        ("Stations, machines", f"{len(plant.segments):,}, {sum(s.count for s in plant.segments if s.places is None):,}"),
        ("Numbers with a source", f"{100 * found.sourced_share:.0f} %"),
    ]
    head = '<dl class="figures">' + "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in figures) + "</dl>"
    return page_of(plant.name, plant.about, head, sections)


def window_words(c: Characteristic) -> str:
    """Return a characteristic with its window, such as `capacity 135 .. Ah`."""
    low, high = (None if side is None else f"{c.unit.shown(side):.4g}" for side in (c.window.lower, c.window.upper))
    unit = f" {c.unit.text}" if c.unit.text not in {"", "1"} else ""
    name = c.name.replace("-", " ")
    if low is None and high is None:
        return name
    if low is None or high is None:
        return f"{name} {'at most ' + high if high is not None else 'at least ' + str(low)}{unit}"
    return f"{name} {low} to {high}{unit}"
