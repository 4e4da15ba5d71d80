"""`causes_page`: what bad units share, as one HTML page that needs nothing else."""

from __future__ import annotations

from html import escape

from linewright.causes.explain import Explanation
from linewright.causes.told import Bar, ToldCause, chance, told, told_fact
from linewright.report.drawing import bar, svg, text
from linewright.report.html import Section, page_of, table_of

__all__ = ["causes_page"]

#: Bars from this number on stand side by side, as parts of an ordered fact do.
ORDERED_FROM = 13
WIDTH, ROW, NAMES, TALL = 900.0, 20.0, 260.0, 150.0


def causes_page(found: Explanation) -> str:
    """Return the page."""
    ranking, causes = found.ranking, told(found)
    of = f"{ranking.bad:,} bad units ({found.bad_text}), {ranking.units - ranking.bad:,} good; {ranking.tried} upstream facts; run {found.run}"
    sections = [_section(found, place, cause) for place, cause in enumerate(causes, 1)]
    if not sections:
        words = "No fact separates the bad units from the good ones better than blind luck would."
        near = told_fact(found, ranking.nearest) if ranking.nearest is not None else None
        nearest = "" if near is None else f" Nearest: {near.fact}, {near.where}, p {chance(near.log10_p)}."
        sections = [Section("Nothing found", words + nearest, "")]
    about = f"{of}. That bad units share a fact does not prove that it made them bad."
    return page_of("What the bad ones share", about, "", sections)


def _section(found: Explanation, place: int, cause: ToldCause) -> Section:
    head = cause.head
    about = (
        f"Bad are {head.share_inside:.1%} of its units and {head.share_outside:.1%} of the others; {head.bad:,} of {found.ranking.bad:,} bad units "
        f"are among its {head.units:,}; p {chance(head.log10_p)}."
    )
    if head.mean_inside is not None and head.mean_outside is not None:
        about += f" Mean {found.characteristic} {head.mean_inside:.5g} {found.unit} inside, {head.mean_outside:.5g} {found.unit} outside."
    picture = ordered(cause.bars, head.fact) if len(cause.bars) >= ORDERED_FROM else levels(cause.bars, head.fact)
    rows = [[f.fact, f.where, f"{f.bad:,}", f"{f.units:,}", chance(f.log10_p), "the same units" if f.same_units else ""] for f in cause.folded]
    table = table_of(["Fact", "Set", "Bad", "Of", "p", ""], rows)
    folded = f"<details><summary>Seen from elsewhere: {len(rows)} weaker facts</summary>{table}</details>" if rows else ""
    return Section(f"{place}. {head.fact}: {head.where}", about, picture + folded)


def levels(bars: tuple[Bar, ...], fact: str) -> str:
    """Return the share of bad units of each level, one bar below the other; what the cause names is dark."""
    most = max((b.bad / b.units for b in bars), default=0.0) or 1.0
    parts = []
    for row, b in enumerate(bars):
        y, share = row * ROW, b.bad / b.units
        width = (WIDTH - NAMES - 150.0) * share / most
        parts += [text(NAMES - 8, y + 14, b.name, "end", "strong" if b.is_hit else "")]
        parts += [bar(NAMES, y + 3, width, ROW - 6, "s-fault" if b.is_hit else "s-work", b.name)]
        parts += [text(NAMES + width + 6, y + 14, f"{share:.1%}, {b.bad:,} of {b.units:,}")]
    return svg(WIDTH, ROW * len(bars) + 4, parts, f"Share of bad units by {fact}")


def ordered(bars: tuple[Bar, ...], fact: str) -> str:
    """Return the share of bad units along the parts of an ordered fact; what the cause names is dark and underlined."""
    most = max((b.bad / b.units for b in bars), default=0.0) or 1.0
    width, parts = WIDTH / len(bars), []
    for at, b in enumerate(bars):
        height, kind = (TALL - 12.0) * (b.bad / b.units) / most, "s-fault" if b.is_hit else "s-work"
        parts += [bar(at * width + 1, TALL - height, width - 2, height, kind, f"{b.name}: {b.bad:,} of {b.units:,} bad")]
        if b.is_hit:
            parts += [bar(at * width, TALL + 2, width, 4, kind)]
    parts += [text(0, TALL + 22, bars[0].name), text(WIDTH, TALL + 22, bars[-1].name, "end"), text(WIDTH, 10, f"up to {most:.1%}", "end", "soft")]
    return svg(WIDTH, TALL + 28, parts, escape(f"Share of bad units along {fact}"))
