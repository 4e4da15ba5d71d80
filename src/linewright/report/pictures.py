"""The pictures of a simulation's report, each from a `Course`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linewright.kernels.table import STORE, UTILITY
from linewright.measures.figures import Figures
from linewright.measures.losses import Losses
from linewright.measures.tally import GROUPS
from linewright.report.drawing import Frame, area, bar, legend, line, rule, svg, text, ticks
from linewright.twin.course import Course

__all__ = ["STATE_WORDS", "gantt", "losses", "output", "queues", "states"]

WIDTH = 960.0
#: Groups of states in words, in the order of `tally.GROUPS`.
STATE_WORDS = {
    "work": "work", "change": "coil change", "fault": "fault", "planned": "maintenance", "utility": "utility missing", "off": "off shift",
    "starved": "starved", "blocked": "blocked", "stopped": "stopped by hand", "setup": "set-up",
}  # fmt: skip
LOSS_WORDS = {
    "held": "own faults", "waiting": "waiting for others", "changes": "coil changes", "setups": "set-ups", "planned": "maintenance",
    "stopped": "stopped by hand", "rejects": "rejects and scrap", "speed": "slower than its time", "other": "rounding and the unit in work",
}  # fmt: skip
#: Rows of the picture of machines, at most; stations with more machines than this are told by their number alone.
MACHINES_MOST, ROWS_MOST = 16, 90


def hours(course: Course, at_ns: NDArray[np.int64]) -> tuple[NDArray[np.float64], str]:
    """Return times in the unit that suits the run, and its name."""
    span_s = float(course.at_ns[-1]) / 1e9
    for size, name in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if span_s > 2.0 * size:
            return np.asarray(at_ns / 1e9 / size), name
    return np.asarray(at_ns / 1e9), "s"


def number(value: float) -> str:
    """Return a number as the axes write it.

    Examples
    --------
    >>> number(12000.0), number(0.5), number(3.0)
    ('12,000', '0.5', '3')
    """
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:g}"


def output(course: Course, target_per_min: float | None) -> str:
    """Return good products a minute over time, with the mean and the target."""
    rates = course.good_per_min
    at, unit = hours(course, course.at_ns)
    middle = (at[1:] + at[:-1]) / 2.0
    mean = float(np.average(rates, weights=np.diff(course.at_ns)))
    high = max(float(rates.max(initial=0.0)), target_per_min or 0.0, 1e-9) * 1.12
    frame = Frame(56, 12, WIDTH - 70, 180, (0.0, float(at[-1])), (0.0, high))
    parts = [frame.axes([(t, number(t)) for t in ticks(0.0, float(at[-1]), 10)], [(t, number(t)) for t in ticks(0.0, high)])]
    parts += [area(frame, middle, rates, "fill-output"), line(frame, middle, rates, "line-output")]
    parts += [rule(frame, mean, f"mean {mean:,.1f}", "line-mean", is_above=target_per_min is None or mean > target_per_min)]
    if target_per_min:
        parts += [rule(frame, target_per_min, f"target {number(target_per_min)}", "line-limit", is_above=mean <= target_per_min)]
    parts += [text(frame.left, 226, f"line time, {unit}", "start", "soft")]
    return svg(WIDTH, 232, parts, f"Good products a minute over the run; mean {mean:.1f}.")


def states(course: Course, figures: Figures, bottleneck: str | None) -> str:
    """Return for each station how its machines' time is shared out, as bars in the order of the flow."""
    shown = [n for n in range(len(course.compiled.stations)) if int(course.compiled.table.stations[n]["flow"]) != UTILITY]
    row, left = 22.0, 190.0
    width = WIDTH - left - 190
    parts = []
    used = set()
    for place, n in enumerate(shown):
        path, top = course.compiled.stations[n], 8 + place * row
        mine = figures.station(path)
        count = int(course.compiled.table.stations[n]["count"])
        kind = "strong" if path == bottleneck else ""
        parts += [text(left - 8, top + 13, f"{path} x {count:,}" if count > 1 else path, "end", kind)]
        x = left
        for name in GROUPS:
            share = mine.shares[name]
            if share > 0:
                used.add(name)
                parts += [bar(x, top + 2, share * width, row - 6, f"s-{name}", f"{path}: {STATE_WORDS[name]} {share:.1%}")]
                x += share * width
        is_store = int(course.compiled.table.stations[n]["flow"]) == STORE
        words = "store" if is_store else f"active {mine.active:.1%}" + (", sets the pace" if path == bottleneck else "")
        parts += [text(left + width + 8, top + 13, words, "start", kind or "soft")]
    picture = svg(WIDTH, 12 + row * len(shown), parts, "Share of time of each station's machines by state.")
    return picture + legend([(f"s-{name}", STATE_WORDS[name]) for name in GROUPS if name in used])


def losses(told: Losses) -> str:
    """Return the steps from what could have been made to what was made well."""
    rows = [("could be made in its open time", told.possible, "s-total")]
    rows += [(LOSS_WORDS[part.cause], -part.count, "s-loss") for part in told.parts]
    rows += [("good", told.good, "s-good")]
    row, left, width = 24.0, 230.0, WIDTH - 230 - 150
    scale = width / max(told.possible, 1)
    parts, at = [], 0
    for place, (word, count, kind) in enumerate(rows):
        top = 6 + place * row
        at = count if place == 0 else at + count
        begin, length = (0, count) if kind != "s-loss" else (min(at, at - count), abs(count))
        share = abs(count) / max(told.possible, 1)
        parts += [text(left - 8, top + 14, word, "end", "" if kind == "s-loss" else "strong")]
        parts += [bar(left + begin * scale, top + 2, length * scale, row - 7, kind, f"{word}: {count:,} ({share:.2%})")]
        parts += [text(left + width + 8, top + 14, f"{count:,}", "start", ""), text(WIDTH - 4, top + 14, f"{share:.2%}", "end", "soft")]
        if kind == "s-good":
            at = 0
    return svg(WIDTH, 10 + row * len(rows), parts, f"From {told.possible:,} possible to {told.good:,} good at {told.station}.")


def queues(course: Course) -> str:
    """Return the level of each queue over time: its places, its mean, how often it was full or empty."""
    at, unit = hours(course, course.at_ns)
    cells, empty = [], []
    for q, name in enumerate(course.compiled.queues):
        level = course.queues[:, q].astype(np.float64)
        places = int(course.compiled.table.queues[q]["places"])
        if float(level.max(initial=0.0)) == 0.0:
            empty.append(name)
            continue
        has_end = 0 < places < 1 << 40
        high = float(max(places if has_end else 0, level.max(initial=0.0), 1.0))
        frame = Frame(34, 8, 256, 56, (0.0, float(at[-1])), (0.0, high))
        parts = [frame.axes([(0.0, "0"), (float(at[-1]), f"{number(float(at[-1]))} {unit}")], [(0.0, "0"), (high, number(high))])]
        parts += [area(frame, at, level, "fill-queue"), line(frame, at, level, "line-queue")]
        full = float((level >= places).mean()) if has_end else None
        words = f"mean {level.mean():,.1f}" + (f" of {places:,}" if has_end else "") + f", empty {float((level == 0).mean()):.0%}"
        words += f", full {full:.0%}" if full is not None else ""
        picture = svg(300, 84, parts, f"Queue {name}: {words}.")
        cells += [f"<figure><figcaption><b>{name}</b> <span>{words}</span></figcaption>{picture}</figure>"]
    note = f'<p class="note">Empty at every look: {", ".join(empty)}.</p>' if empty else ""
    return f'<div class="grid-of-queues">{"".join(cells)}</div>{note}'


def gantt(course: Course) -> str:
    """Return the machines' states in the chosen stretch, one row a machine; stations with very many machines are left out, and named."""
    if course.window_ns is None:
        return ""
    begin, end = course.window_ns
    stations = course.compiled.table.stations
    rows: list[tuple[str, int]] = []
    left_out = []
    for n, path in enumerate(course.compiled.stations):
        count, first = int(stations[n]["count"]), int(stations[n]["machine0"])
        if count > MACHINES_MOST or len(rows) + count > ROWS_MOST:
            left_out.append(f"{path} ({count:,})")
            continue
        rows += [(course.compiled.machines[first + m] if count > 1 else path, first + m) for m in range(count)]
    place_of = {m: place for place, (_, m) in enumerate(rows)}
    size, unit = (3600.0, "h") if end - begin > 2 * 3600 * 10**9 else (60.0, "min")
    low, high = begin / 1e9 / size, end / 1e9 / size
    row = 15.0
    frame = Frame(170, 6, WIDTH - 184, row * len(rows), (low, high), (0.0, 1.0))
    parts = [frame.axes([(t, number(t)) for t in ticks(low, high, 12)], [])]
    parts += [text(162, 6 + place * row + 11, name, "end", "small") for place, (name, _) in enumerate(rows)]
    used = set()
    for each in course.bars:
        if each.machine in place_of:
            name = GROUPS[each.group]
            used.add(name)
            x0, x1 = frame.at_x(each.begin_ns / 1e9 / size), frame.at_x(each.end_ns / 1e9 / size)
            why = f": {each.reason}" if each.reason and each.reason != name else ""
            words = f"{course.compiled.machines[each.machine]} {STATE_WORDS[name]}{why}, {(each.end_ns - each.begin_ns) / 1e9:,.1f} s"
            parts += [bar(x0, 6 + place_of[each.machine] * row + 2, x1 - x0, row - 4, f"s-{name}", words)]
    height = 6 + row * len(rows)
    parts += [text(170, height + 34, f"line time, {unit}", "start", "soft")]
    picture = svg(WIDTH, height + 40, parts, "States of the machines over a stretch of time.")
    note = f'<p class="note">Not drawn, too many machines: {", ".join(left_out)}.</p>' if left_out else ""
    return picture + legend([(f"s-{name}", STATE_WORDS[name]) for name in GROUPS if name in used]) + note
