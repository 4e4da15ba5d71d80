"""How a recall is printed: counts, where the units are, each unit; as CSV for a spreadsheet."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from typing import TYPE_CHECKING

from linewright.cli.printing import moment, say, table

if TYPE_CHECKING:
    from linewright.genealogy.recalled import Recall, WebPart

__all__ = ["csv_recall", "print_recall"]

#: Units that are named; `--csv` and `--json` have all.
NAMED = 40
#: Places that are told in the summary.
PLACES = 8
HEADS = ("unit", "basis", "web", "lane", "side", "from_m", "to_m", "error_m", "now", "station", "machine", "since_utc", "carrier", "place",
         "in", "left_the_line", "grade")  # fmt: skip


def print_recall(found: Recall) -> None:
    """Print who holds part of a piece of a web."""
    say(f"\nAffected by {asked_words(found)}")
    guard = f", guard {found.guard_m:g} m" if found.guard_m else ""
    say(f"   {found.certain} certain, {found.possible} more possible{guard}{lane_words(found)}")
    for where, count in where_words(found)[:PLACES]:
        say(f"   {count:>5} {where}")
    for line in rest_words(found.rest, found.lost):
        say(line)
    if not found.units:
        return
    rows = [
        [u.id, "certain" if u.is_certain else "possible", "-" if u.lane is None else str(u.lane), f"{u.lo_m:.2f} .. {u.hi_m:.2f}", f"{u.limit_m:.2f}",
         u.now.text, "-" if u.now.carrier is None else f"{u.now.carrier} / {u.now.place}", " in ".join(u.now.into) or "-", moment(u.now.since_us)]
        for u in found.units[:NAMED]
    ]  # fmt: skip
    table(["Unit", "Basis", "Lane", f"Metres of {found.web}", "+- m", "Now", "Carrier / place", "Part of", "Since (UTC)"], rows, right=[2, 3, 4])
    if len(found.units) > NAMED:
        say(f"and {len(found.units) - NAMED} more: --csv and --json have all of them.")
    say(f'\nlinewright trace --web {found.web} --from {found.from_m:g} --to {found.to_m:g}{option_words(found)} --hold "REASON" --by NAME')


def asked_words(found: Recall) -> str:
    """Return what was asked for in words."""
    words = [f"{found.from_m:.2f} to {found.to_m:.2f} m of {found.web}"]
    words += [f"{found.across_mm[0]:g} to {found.across_mm[1]:g} mm from the operator side"] if found.across_mm else []
    words += [f"lane {found.lane}"] if found.lane is not None else []
    words += [f"side {found.side}"] if found.side else []
    return ", ".join(words)


def lane_words(found: Recall) -> str:
    """Return which lanes of several lie in it."""
    return "" if not found.lanes else f"; {'lanes' if len(found.lanes) > 1 else 'lane'} {', '.join(map(str, found.lanes))}"


def option_words(found: Recall) -> str:
    """Return the other options with which the same is asked again."""
    words = f" --across {found.across_mm[0]:g}..{found.across_mm[1]:g}mm" if found.across_mm else ""
    words += f" --lane {found.lane}" if found.lane is not None else ""
    words += f" --side {found.side}" if found.side else ""
    return words + (f" --guard {found.guard_m:g}m" if found.guard_m != 2.0 else "")


def where_words(found: Recall) -> list[tuple[str, int]]:
    """Return where the units are, each place once, with how many are there; the most first.

    What left the line by itself, or is in a pack, is told by that: it is what a recall must reach.
    """
    return Counter(u.now.text for u in found.units).most_common()


def rest_words(rest: tuple[WebPart, ...], lost: tuple[WebPart, ...]) -> tuple[str, ...]:
    """Return in a line each what of it is not used yet and what was thrown away; nothing where there is neither."""
    lines = []
    for what, parts in (("not used yet", rest), ("thrown away or not passed on", lost)):
        if parts:
            shown = ", ".join(f"{p.web} {p.lo_m:.2f} .. {p.hi_m:.2f} m{f' ({p.why})' if p.why else ''}" for p in parts[:3])
            lines.append(f"   {what}: {shown}{f' and {len(parts) - 3} more' if len(parts) > 3 else ''}")
    return tuple(lines)


def csv_recall(found: Recall) -> None:
    """Print every unit as a line of CSV, with heads."""
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(HEADS)
    for u in found.units:
        now = u.now
        out.writerow([
            u.id, "certain" if u.is_certain else "possible", u.web, u.lane, u.side or found.side,
            f"{u.lo_m:.3f}", f"{u.hi_m:.3f}", f"{u.limit_m:.3f}",
            now.text, now.station, now.machine, "" if now.since_us is None else moment(now.since_us), now.carrier, now.place, " ".join(now.into),
            int(now.is_out), now.grade,
        ])  # fmt: skip
