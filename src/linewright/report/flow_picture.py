"""The flow of a line as a picture, drawn from its model: a row a chain, a box a station, and in words what joins or leaves the row."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from linewright.model.plant import Plant
from linewright.model.station import Segment
from linewright.report.drawing import svg, text

__all__ = ["flow_picture", "rate_words", "spoken"]

BOX_W, BOX_H, GAP, ROW_GAP, HEAD, AFTER = 146.0, 66.0, 14.0, 12.0, 22.0, 8.0
ACROSS = 6
#: Letters that fit into a box in bold and in small text.
BOLD_FIT, SMALL_FIT = 18, 23
LARGE_S = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"))


def spoken(name: str) -> str:
    """Return a name as it is read.

    Examples
    --------
    >>> spoken("cathode-coater"), spoken("")
    ('Cathode coater', '')
    """
    words = name.replace("-", " ").replace("/", ", ")
    return words[:1].upper() + words[1:]


def flow_picture(plant: Plant) -> str:
    """Return the flow of a line as SVG.

    Each chain of stations has a head that says what it makes and for whom, in the order of the file; short chains stand side by side. Arrows
    lead from a station to the next of its chain, and from a chain to the one beside it that takes what it made; every other way stands in words.
    """
    chains: dict[int, list[Segment]] = {}
    for segment in plant.segments:
        chains.setdefault(segment.chain, []).append(segment)
    parts: list[str] = []
    y, column = 0.0, 0
    before: Sequence[Segment] = ()
    for row in chains.values():
        if column and column + len(row) > ACROSS:
            y, column = y + HEAD + BOX_H + ROW_GAP + AFTER, 0
        takes = {source for i in (*row[0].inputs, *row[0].adds) for source in i.sources}
        is_fed = bool(column) and before[-1].path in takes
        if is_fed:
            parts.append(arrow(column * (BOX_W + GAP) - GAP, y + HEAD))
        parts.append(text(column * (BOX_W + GAP), y + 14.0, head_of(plant, row, BOLD_FIT * len(row)), kind="strong"))
        y += HEAD
        for first in range(0, len(row), ACROSS):
            piece = row[first : first + ACROSS]
            for n, segment in enumerate(piece):
                following = row[first + n + 1] if first + n + 1 < len(row) else None
                parts += box(segment, (column + n) * (BOX_W + GAP), y, following, is_last_across=n == ACROSS - 1)
            y += (BOX_H + ROW_GAP) if first + ACROSS < len(row) else 0.0
        y -= HEAD
        column = column + len(row) if len(row) < ACROSS else 0
        y += 0.0 if column else HEAD + BOX_H + ROW_GAP + AFTER
        before = row
    y += HEAD + BOX_H if column else 0.0
    about = f"The flow of {plant.name}: {len(plant.segments)} stations in {len(chains)} chains."
    return svg(ACROSS * (BOX_W + GAP), y, parts, about)


def arrow(x: float, y: float) -> str:
    """Return an arrow through the gap behind a box whose upper right corner is there."""
    return f'<path class="way" d="M{x:.1f} {y + BOX_H / 2:.1f}h{GAP - 2:.1f}m-4 -4l4 4l-4 4"/>'


def head_of(plant: Plant, row: Sequence[Segment], most: int) -> str:
    """Return the words above a chain, at most so many letters: in a site its line, what it makes, and who takes it where that has room."""
    line, _, _ = row[0].path.rpartition(".")
    made = next((m.material for s in reversed(row) for m in s.makes), plant.product)
    head = f"{spoken(line)}: {made.replace('-', ' ')}" if line else spoken(made)
    ends = {row[-1].path, row[-1].name} | {s.path for s in row}
    taker = next((s for s in plant.segments if s.chain != row[0].chain and any(ends & set(i.sources) for i in (*s.inputs, *s.adds))), None)
    whole = f"{head}, for {taker.path.rpartition('.')[2].replace('-', ' ')}" if taker is not None else head
    return whole if len(whole) <= most else cut(head, most)


def box(segment: Segment, x: float, y: float, following: Segment | None, *, is_last_across: bool) -> list[str]:
    """Return a station's box, and the arrow to the next one of its row where the way goes there."""
    targets = [t.station for t in segment.to]
    joins = [i.material for i in (*segment.inputs, *segment.adds) if i.sources]
    goes_on = following is not None and following.path in targets
    elsewhere = [t for t in targets if t not in {"out", "scrap"} and not (goes_on and following is not None and t == following.path)]
    words = rate_words(segment)
    repaired = segment.gate.to if segment.gate is not None and segment.gate.to not in {None, "scrap"} else None
    away = ", ".join(each.rpartition(".")[2] for each in elsewhere)
    if repaired:
        away = f"{away}, else {repaired}" if away else f"{following.path if following is not None else 'out'}, else {repaired}"
    third = f"from {', '.join(joins)}" if joins else f"to {away}" if away else ""
    told = escape(" - ".join(each for each in (spoken(segment.path), words, third) if each))
    size = f'x="{x + 0.5:.1f}" y="{y + 0.5:.1f}" width="{BOX_W - 1:.1f}" height="{BOX_H - 1:.1f}" rx="4"'
    parts = [
        f'<rect class="station" {size}><title>{told}</title></rect>',
        text(x + 9, y + 19, cut(spoken(segment.path.rpartition(".")[2]), BOLD_FIT), kind="strong"),
        text(x + 9, y + 37, cut(words, SMALL_FIT), kind="small"),
    ]
    if third:
        parts.append(text(x + 9, y + 54, cut(third.replace("-", " "), SMALL_FIT), kind="small soft"))
    if goes_on and not is_last_across:
        parts.append(arrow(x + BOX_W, y))
    elif goes_on:
        parts.append(f'<path class="way" d="M{x + BOX_W:.1f} {y + BOX_H / 2:.1f}h6v{BOX_H / 2 + 5:.1f}m-4 -4l4 4l4 -4"/>')
    return parts


def cut(words: str, most: int) -> str:
    """Return words, cut with a mark where they are too long for their place.

    Examples
    --------
    >>> cut("Electrode welder", 19), cut("Perovskite slot-die coater", 19)
    ('Electrode welder', 'Perovskite slot-di…')
    """
    return words if len(words) <= most else words[: most - 1] + "…"


def rate_words(segment: Segment) -> str:
    """Return how many machines or places a station has, and how fast one is."""
    many = f"{segment.places:,} places" if segment.places is not None else "" if segment.count == 1 else f"{segment.count:,} x "
    if segment.speed_m_s is not None:
        return f"{many}{segment.speed_m_s * 60:g} m/min" if segment.places is None else f"{many}, {segment.speed_m_s:g} m/s"
    if segment.time is None:
        return many.removesuffix(" x ")
    lasts = segment.time.mean
    size, unit = next(((s, u) for s, u in LARGE_S if lasts >= 2 * s), (1.0, "s"))
    fixed = [f"{lasts / size:.3g} {unit}"] if lasts > 0 or not segment.each_s else []
    took = " + ".join([*fixed, *([f"{segment.each_s:.3g} s a part"] if segment.each_s else [])])
    return f"{many}, {took}" if segment.places is not None else f"{many}{took}"
