"""`linewright explain`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linewright.cli.asked import ledger_at
from linewright.cli.printing import as_json, cut, line_width, number, say, table
from linewright.cli.report_file import refuse_report, write_report

if TYPE_CHECKING:
    from linewright.causes.explain import Explanation
    from linewright.causes.told import Bar, ToldCause, ToldFact

#: Folded facts that are printed of each cause; `--json` has all.
FOLDED_SHOWN = 5
#: Letters of the longest bar.
BAR_LETTERS = 24
#: A picture of many parts is one line of these, low to high.
LEVELS = " ▁▂▃▄▅▆▇█"


def explain(  # noqa: PLR0917 - a command's options are its arguments
    bad: Annotated[str, typer.Option("--bad", metavar="QUERY|FILE", help='"capacity < 4.8 Ah", grade=C, failed@STATION, or a file of ids.')],
    good: Annotated[str | None, typer.Option("--good", metavar="QUERY|FILE", help="Likewise; without it all others.")] = None,
    last: Annotated[int, typer.Option(min=10, max=2_000_000, help="Units looked at: the newest, or the neighbours of those in a file.")] = 20_000,
    alpha: Annotated[float, typer.Option(min=1e-9, max=0.5, help="Chance of naming a cause where there is none.")] = 0.01,
    run: Annotated[str | None, typer.Option(help="A run of the ledger; without it the newest.")] = None,
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a report with pictures.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Rank what bad units share that good ones do not: batch, coil, lane, machine, tool, place, time, measured values."""
    from linewright.causes.explain import explain as explain_run
    from linewright.causes.told import to_json
    from linewright.cli.remade import remade

    if html is not None:
        refuse_report(html)
    with ledger_at(ledger).reader(run) as reader:
        found = remade(reader, lambda: explain_run(reader, bad, good, last=last, alpha=alpha), is_told=not json)
    if html is not None:
        from linewright.report.causes import causes_page

        write_report(html, causes_page(found))
    if json:
        as_json(to_json(found))
    else:
        print_explained(found, alpha)


def print_explained(found: Explanation, alpha: float) -> None:
    """Print an answer as text."""
    from linewright.causes.told import chance, told, told_fact

    ranking, causes = found.ranking, told(found)
    good = f"good: {found.good_text}" if found.good_text else "good"
    of = f"{ranking.bad:,} bad units ({found.bad_text}), {ranking.units - ranking.bad:,} {good}"
    say(f"{of}; {ranking.tried} upstream facts; run {found.run} ({found.source})")
    if not causes:
        say(f"\nNothing found: no fact separates them better than blind luck would in 1 of {1 / alpha:.0f} such questions.")
        if ranking.nearest is not None:
            near = told_fact(found, ranking.nearest)
            say(f"Nearest: {near.fact}, {near.where}: {near.bad} of {near.units} bad, p {chance(near.log10_p)}.")
        return
    for place, cause in enumerate(causes, 1):
        print_cause(found, place, cause)
    say("\nThat bad units share a fact does not prove that it made them bad: docs/explain.md says what the numbers mean.")


def print_cause(found: Explanation, place: int, cause: ToldCause) -> None:
    """Print one cause: its set, how much worse it is, its picture, and what it explains."""
    from linewright.causes.told import chance

    head = cause.head
    say(f"\n{place}. {head.fact}: {head.where}")
    times = "" if head.share_outside == 0.0 else f", {head.share_inside / head.share_outside:.3g} times as often"
    say(f"   bad {percent(head.share_inside)} inside, {percent(head.share_outside)} outside{times}; {head.bad:,} of {found.ranking.bad:,} bad units "
        f"among its {head.units:,}; p {chance(head.log10_p)}")  # fmt: skip
    if head.mean_inside is not None:
        say(f"   mean {found.characteristic} {number(head.mean_inside, 5)} {found.unit} inside, {number(head.mean_outside, 5)} {found.unit} outside")
    print_bars(cause.bars)
    if cause.folded:
        say("   seen from elsewhere:")
        table(["   Fact", "Set", "Bad", "Of", "p", ""], [folded_row(f, chance(f.log10_p)) for f in cause.folded[:FOLDED_SHOWN]], right=[2, 3])
        if len(cause.folded) > FOLDED_SHOWN:
            say(f"   and {len(cause.folded) - FOLDED_SHOWN} more (--json)")


def folded_row(fact: ToldFact, p: str) -> list[str]:
    """Return the row of a folded fact."""
    return [f"   {fact.fact}", fact.where, f"{fact.bad:,}", f"{fact.units:,}", p, "the same units" if fact.same_units else ""]


def print_bars(bars: tuple[Bar, ...]) -> None:
    """Print the share of bad units of each bar; many parts of an ordered fact as one line."""
    most = max((b.bad / b.units for b in bars), default=0.0)
    if most == 0.0:
        return
    if len(bars) > BAR_LETTERS // 2:
        line = "".join(LEVELS[-(-8 * b.bad // round(max(1.0, b.units * most)))] if b.bad else LEVELS[0] for b in bars)
        marks = "".join("^" if b.is_hit else " " for b in bars)
        say(f"   |{line}|  bad share over its {len(bars)} parts, up to {percent(most)}\n    {marks}")
        return
    width = max(len(b.name) for b in bars)
    for b in bars:
        share = b.bad / b.units
        drawn = "█" * max(round(BAR_LETTERS * share / most), 1 if b.bad else 0)
        say(cut(f"   {b.name:<{width}} {percent(share):>7} {drawn:<{BAR_LETTERS}} {b.bad:,} of {b.units:,}", line_width()))


def percent(share: float) -> str:
    """Return a share as it is read.

    Examples
    --------
    >>> percent(0.0123), percent(0.5), percent(0.0)
    ('1.23 %', '50 %', '0 %')
    """
    return f"{100.0 * share:.3g} %"
