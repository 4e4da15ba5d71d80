"""`linewright trace`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from math import isclose, isfinite
from typing import TYPE_CHECKING, Annotated

import typer

from linewright.cli.asked import ledger_at
from linewright.cli.passed import passed as passed_by
from linewright.cli.passed import print_passed
from linewright.cli.printing import as_json, cut, line_width, moment, number, say, table
from linewright.cli.recalled import csv_recall, print_recall
from linewright.model.errors import LinewrightError

if TYPE_CHECKING:
    from linewright.genealogy.tree import Branch, Curve, Edge, Filling, Node, Told, ToldValue, Trace, Value
    from linewright.ledger.ledger import Ledger
    from linewright.ledger.reader import RunReader

#: What the options of a thing want to be told.
ALONE = "--across, --side, --csv, --hold and --signals are of a thing: linewright trace CELL-4418, or --web COIL-4 --from 10m --to 15m."
#: How deep the printed tree goes; `--json` gives all of it.
DEEPEST = 12
#: More branches than this that end here and are of one sort are one line.
FOLDED_FROM = 12
#: Letters of a text among values; `--json` has all of it.
TEXT_MOST = 60
#: Letters of an id in the tree, as `trace` takes parts of ids too.
ID_MOST = 80
#: Heads of what tells values along a web apart; a head without any word below it is left out.
ALONG = ("Metres", "Side", "Lane")
#: Heads of what a mean is of: lowest and highest, and how many values.
MEANS = ("Lowest", "Highest", "Of")
#: What goes in and out by the unit of a curve's sum.
CHARGES = {"Ah": ("charge", "discharge")}


class Side(StrEnum):
    """A side of a web."""

    A = "A"
    B = "B"


def trace(  # noqa: PLR0917 - a command's options are its arguments
    thing: Annotated[str | None, typer.Argument(metavar="[ID]", help="A cell, coil or batch, or a span such as COIL-4:10..15 (m).")] = None,
    web: Annotated[str | None, typer.Option(help="A web, instead of ID.")] = None,
    begin: Annotated[str | None, typer.Option("--from", metavar="METRES", help="On the web, such as 1032.1m.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="METRES", help="On the web.")] = None,
    across: Annotated[str | None, typer.Option(metavar="LO..HI", help="Across the web from the operator side, such as 320..340mm.")] = None,
    side: Annotated[Side | None, typer.Option(help="Side of the web.")] = None,
    lane: Annotated[int | None, typer.Option(help="Lane of the web, from 1.")] = None,
    guard: Annotated[str, typer.Option(help="Widens what is possible.")] = "2 m",
    run: Annotated[str | None, typer.Option(help="A run of the ledger; without it the newest that has the thing.")] = None,
    ledger: Annotated[str | None, typer.Option(help="Folder of the ledger, or postgresql://user@host/database.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="The affected units of a span, for a spreadsheet.")] = False,
    hold: Annotated[str | None, typer.Option(metavar="REASON", help="Put on hold what was asked for, also what is made of it later.")] = None,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who holds; shown as unverified.")] = "",
    signals: Annotated[bool, typer.Option("--signals", help="Of a unit: what the machines' signals were while its metres passed.")] = False,
) -> None:
    """Print where a thing came from and what came of it; alone, list the newest units, webs and batches."""
    from linewright.cli.remade import remade
    from linewright.genealogy.spans import parse_across
    from linewright.genealogy.trace import trace as trace_thing

    asked = asked_for(thing, web, at_metres("--from", begin), at_metres("--to", end), lane)
    guard_mm = metres(guard) * 1000.0
    between = parse_across(across) if across is not None else None
    is_told = not (json or as_csv)
    reader, passed = reader_for(ledger_at(ledger), run, asked)
    try:
        if asked is None:
            if hold is not None or between or side or as_csv or signals:
                raise LinewrightError(f"What is meant? {ALONE}")
            show_newest(reader, passed, is_json=json)
            return
        name = None if side is None else side.value
        found = remade(reader, lambda: trace_thing(reader, asked, guard_mm=guard_mm, across=between, side=name), is_told=is_told)
        if signals:
            by_metres = remade(reader, lambda: passed_by(reader, found.node.id), is_told=is_told)
            if not json:
                print_trace(found)
            print_passed(reader, found.node.id, by_metres, is_json=json)
            return
    finally:
        reader.close()
    if hold is not None:
        hold_found(ledger_at(ledger), found, reason=hold, by=by, is_json=json)
        return
    if as_csv:
        if found.recall is None:
            raise LinewrightError(f"--csv lists the units in a piece of a web: linewright trace --web {asked} --from 10m --to 15m --csv")
        csv_recall(found.recall)
    elif json:
        as_json(found.to_json())
    else:
        print_trace(found)
        if passed:
            say(f"\nFound in run {found.run}; newer, and without it: {few(passed)}. --run chooses another.")


def show_newest(reader: RunReader, passed: tuple[str, ...], *, is_json: bool) -> None:
    """Show the newest units, webs and batches."""
    from linewright.cli.remade import remade
    from linewright.genealogy.trace import recent

    newest = remade(reader, lambda: recent(reader), is_told=not is_json)
    if is_json:
        as_json({"run": reader.header().run, "newest": newest})
    else:
        print_recent(reader, newest, passed)


def hold_found(ledger: Ledger, found: Trace, *, reason: str, by: str, is_json: bool) -> None:
    """Put on hold what was asked for: a piece of a web with the units that hold part of it, of a carrier what lies on it, else the thing."""
    from linewright.cli.hold import hold_things
    from linewright.control.holds import HELD_MOST, HeldSpan

    asked = found.recall
    if asked is None:
        told = hold_things(ledger, found.run, [found.node.id], (), reason=reason, by=by)
    else:
        span = HeldSpan(asked.web, asked.from_m, asked.to_m, asked.lane, asked.across_mm, asked.side, asked.guard_m)
        units = [u.id for u in asked.units][:HELD_MOST]  # the piece holds all of them, also those that are not named
        told = hold_things(ledger, found.run, units, [span], reason=reason, by=by)
    if is_json:
        as_json(told)
        return
    say(told["text"])
    if asked is not None:
        say(f"{asked.certain} units certainly hold part of it, {asked.possible} more possibly; what is made of it later is held too.")
    say(f"It marks, it does not stop the line. A second person releases it: linewright hold --run {found.run} lists it.")


def at_metres(option: str, text: str | None) -> float | None:
    """Return metres on a web as they were typed, ``1032.1m`` or ``1032.1``; None for None."""
    if text is None:
        return None
    try:
        return float(text)  # a number alone: metres, as everywhere on a web
    except ValueError:
        return metres(text, option)


def reader_for(ledger: Ledger, run: str | None, asked: str | None) -> tuple[RunReader, tuple[str, ...]]:
    """Return a reader of the run that is meant (without a name the newest that has what is asked for), and the newer runs that were passed by."""
    from linewright.genealogy.which_run import newest_with_things, run_with

    if run is not None:
        return ledger.reader(run), ()
    return newest_with_things(ledger) if asked is None else run_with(ledger, asked)


def few(names: tuple[str, ...], most: int = 4) -> str:
    """Return names with commas, the first few of many.

    Examples
    --------
    >>> few(("live-1", "twin-2", "twin-3"), 2)
    'live-1, twin-2 and 1 more'
    """
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def asked_for(thing: str | None, web: str | None, begin: float | None, end: float | None, lane: int | None) -> str | None:
    """Return what is asked for as one text, such as ``COIL-4/lane-3:10..15``.

    Examples
    --------
    >>> asked_for(None, "COIL-4", 10, 15, 3)
    'COIL-4/lane-3:10..15'
    """
    for given, text in (("ID", thing), ("--web", web)):
        if text is not None and not text.strip():
            raise LinewrightError(
                f"{given} is empty. Expected: the id of a cell, coil or batch, such as CELL-4418, or a piece of a web, such as COIL-4:10..15 (m); "
                "linewright trace alone lists the newest."
            )
    name = web or thing
    if web and thing:
        raise LinewrightError(f"ID {thing} and --web {web}: one of them was expected.")
    if name is None or (begin is None and end is None and lane is None):
        if name is None and (begin, end, lane) != (None, None, None):
            raise LinewrightError("--from, --to and --lane are of a web: name it, such as --web COIL-4.")
        return name
    if begin is None or end is None:
        lane_words = "" if lane is None else f", and --lane {lane} is of such a span"
        such = "ID --from 10 --to 15" + ("" if lane is None else " --lane 1")
        raise LinewrightError(f"A span of web has both ends{lane_words}: linewright trace {such} (metres).")
    if not (isfinite(begin) and isfinite(end)):
        raise LinewrightError(f"--from {begin:g} --to {end:g}: metres on the web were expected, such as --from 10 --to 15.")
    return f"{name}{f'/lane-{lane}' if lane is not None else ''}:{_plain(begin)}..{_plain(end)}"


def _plain(metres: float) -> str:
    """Return metres to the millimetre, as a span is written."""
    return f"{metres:.3f}".rstrip("0").rstrip(".")


def metres(text: str, option: str = "--guard") -> float:
    """Return a length in metres."""
    from linewright.model.quantity import QuantityFault, parse_amount

    try:
        return parse_amount(text, "length", loose=True).si
    except QuantityFault as fault:
        raise LinewrightError(f"{option}: {fault.message}. {fault.hint}".rstrip()) from fault


def print_recent(reader: RunReader, newest: dict[str, list], passed: tuple[str, ...] = ()) -> None:  # type: ignore[type-arg] # things of the ledger
    """Print the newest things by their kinds, of which run they are, and how to ask for another."""
    header = reader.header()
    rows = [[each.id, kind, each.material or "-", moment(each.made_us)] for kind, things in newest.items() for each in things]
    if not rows:
        say(f"Run {header.run} has made nothing yet. --run chooses another: linewright runs lists them.")
        return
    newer = f"; newer, and nothing made yet: {few(passed)}" if passed else ""
    say(f"Run {header.run} ({header.source}, {header.name}){newer}. --run chooses another: linewright runs lists them.\n")
    if header.source == "import":  # many kinds: a line a kind
        rows = [[things[0].id, kind, things[0].material or "-", moment(things[0].made_us)] for kind, things in newest.items()]
        table(["Newest of each kind", "Kind", "Material", "Made (UTC)"], rows)
        say("\n--json lists ten of each.")
    else:
        table(["Newest", "Kind", "Material", "Made (UTC)"], rows)
    say(f"\nlinewright trace {rows[0][0]}")


def print_trace(found: Trace) -> None:
    """Print a trace as text: the thing, its life, its values, both trees."""
    node = found.node
    say(f"{node.id}   {node.kind}{f', {node.material}' if node.material else ''}   made {moment(node.made_us)}   run {found.run} ({found.source})")
    if found.is_before:
        say("made before this run: drawn again from the seed")
    if found.recall is not None:
        print_recall(found.recall)
    if found.life:
        say()
        rows = [
            [s.step, s.machine or "-", number(s.tool), moment(s.start_us), moment(s.done_us), s.verdict or "-", s.grade or "-"] for s in found.life
        ]
        table(["Step", "Machine", "Tool", "Begun (UTC)", "Done (UTC)", "Verdict", "Grade"], rows, right=[2])
    for place in found.places:
        say(f"on {place.carrier}, place {place.place}, from {moment(place.from_us)} to {moment(place.to_us)}")
    if node.kind == "carrier":
        print_contents(found.contents)
    print_values(node.values)
    for curve in found.curves:
        say(curve_words(curve))
    if found.no_curve:
        say("no curve: made before this run, none is recorded" if found.no_curve == "before" else "no curve of it is recorded")
    print_told(found.told)
    print_branches("Made of", node.made_of)
    print_branches("Went into", node.went_into)
    if found.recall is None and (found.certain or found.possible):
        say(f"\nUnits that hold part of it: {found.certain} certainly, {found.possible - found.certain} more possibly")
        say(cut("   " + ", ".join(found.units), line_width()) if found.units else "")
    for finding in found.findings:
        words = f"doubt: {finding.kind} ({finding.source or '-'}): {finding.found or '-'}; {finding.done or 'kept as it stands'}"
        say(cut(words, line_width()))


def print_contents(contents: tuple[Filling, ...]) -> None:
    """Print what lies on a carrier and what lay on it before, newest first, a row a filling."""
    say()
    if not contents:
        say("Nothing has lain on it in this run.")
        return
    rows = [
        ["now" if f.left else "before", f"{f.count}" if f.left in {0, f.count} else f"{f.left} of {f.count}", f.material,
         f.first if f.count == 1 else f"{f.first} .. {f.last}", _places(f), moment(f.from_us), moment(f.to_us)]
        for f in reversed(contents)
    ]  # fmt: skip
    table(["On it", "Units", "Material", "Ids", "Places", "From (UTC)", "Empty (UTC)"], rows, right=[1])
    if not any(f.left for f in contents):
        say("It is empty now.")
    say("--json has each unit with its place and times.")


def _places(f: Filling) -> str:
    first, last = f.units[0].place, f.units[-1].place
    return f"{first}" if first == last else f"{first} .. {last}"


def print_values(values: tuple[Value, ...]) -> None:
    """Print measured values with their windows."""
    if not values:
        return
    say()
    along = [h for h, is_told in zip(ALONG, map(any, zip(*map(along_words, values), strict=True)), strict=True) if is_told]
    has_means = any(v.count > 1 for v in values)
    rows = [
        [v.characteristic, *(dict(zip(ALONG, along_words(v), strict=True))[h] or "-" for h in along), v.step or "-",
         number(v.value, 6) if v.value is not None else cut(v.text or v.literal or "-", TEXT_MOST),
         *([number(v.low), number(v.high), str(v.count)] if has_means else []), v.unit, number(v.lower),
         number(v.upper), "outside" if v.is_outside else v.source] for v in values
    ]  # fmt: skip
    heads = ["Measured", *along, "Step", "Mean" if has_means else "Value", *(MEANS if has_means else ()), "Unit", "Lower", "Upper", "Source"]
    table(heads, rows, right=[heads.index(h) for h in ("Lane", "Mean", "Value", *MEANS, "Lower", "Upper") if h in heads])


def curve_words(curve: Curve) -> str:
    """Return a curve in one line: what went in and out, how far its other lines reach, how many points; `--json` has the points."""
    words = []
    for line in curve.lines:
        if line.total_in is None or line.total_out is None:
            words.append(f"{line.name} {min(line.values):g} .. {max(line.values):g} {line.unit}")
        else:
            into, out = CHARGES.get(line.total_unit or "", (f"{line.name} in", f"{line.name} out"))
            words += [f"{into} {line.total_in:.4f} {line.total_unit}", f"{out} {line.total_out:.4f} {line.total_unit}"]
    where = f"curve at {curve.machine or curve.step}, begun {moment(curve.start_us)}"
    again = "; made before this run, drawn again from the seed" if curve.source.startswith("made before") else ""
    return f"{where}: {', '.join(words)}; {len(curve.times_s)} points (--json has them){again}"


def along_words(v: Value) -> tuple[str, str, str]:
    """Return metres, side and lane of a value that was measured along a web; empty where there are none."""
    metres = f"{v.lo_m:.3f} .. {v.hi_m:.3f}" if v.lo_m is not None and v.hi_m is not None else ""
    return metres, v.side or "", "" if v.lane is None else str(v.lane)


def print_told(told: Told | None) -> None:
    """Print what an import tells along the way back: a table a section, each value with how it is linked to the thing."""
    if told is None:
        return
    absent = f"; {told.absent} are placeholders: their records are absent" if told.absent else ""
    say(f"\n{told.ancestors} ancestors: {told.stated} by stated links alone, {told.ancestors - told.stated} with a rule on the way{absent}")
    for section in told.sections:
        say()
        rows = [[r.thing, ", ".join(r.sides) or "-", r.value.characteristic, told_words(r), linked_words(r)] for r in section.rows]
        table([section.title, "Side", "Measured", "Value", "Linked"], rows)


def told_words(row: ToldValue) -> str:
    """Return a value as it was typed; where the importer works with another number than the one stored, that too."""
    v = row.value
    shown = v.literal or (f"{number(v.value, 6)} {v.unit}".rstrip() if v.value is not None else v.text or v.remark or "-")
    is_other = v.value is not None and v.stated is not None and not isclose(v.value, v.stated, rel_tol=1e-9)
    return f"{shown} (stored as {number(v.stated, 6)} {v.unit})" if is_other else shown


def linked_words(row: ToldValue) -> str:
    """Return how the thing of a value is linked: stated, or by which rules."""
    return "stated" if row.basis == "stated" else f"rule {', '.join(row.rules)}".rstrip()


def print_branches(head: str, branches: tuple[Branch, ...]) -> None:
    """Print one side of the tree."""
    if branches:
        say(f"\n{head}")
        print_folded(branches, 1)


def print_branch(branch: Branch, depth: int) -> None:
    """Print a branch and what hangs on it."""
    node = branch.node
    many = f", {node.count} in all" if node.count > 1 else ""
    say(cut(f"{'   ' * depth}{cut(node.id, ID_MOST)}{many}  {what_words(node)}{edge_words(branch.edge)}{value_words(node)}", line_width()))
    if depth < DEEPEST:
        print_folded((*node.made_of, *node.went_into), depth + 1)


def print_folded(branches: tuple[Branch, ...], depth: int) -> None:
    """Print branches; many that end here and are of one sort are one line with their number, the first and the last."""
    alike: dict[tuple[object, ...], list[Branch]] = {}
    for branch in branches:
        node, edge = branch.node, branch.edge
        is_leaf = not (node.made_of or node.went_into) and node.count == 1
        alike.setdefault((edge.kind, edge.role, edge.basis, edge.rule, what_words(node)) if is_leaf else (id(branch),), []).append(branch)
    for rows in alike.values():
        if len(rows) <= FOLDED_FROM:
            for branch in rows:
                print_branch(branch, depth)
        else:
            first, last = cut(rows[0].node.id, ID_MOST), cut(rows[-1].node.id, ID_MOST)
            words = edge_words(replace(rows[0].edge, lo_m=None, hi_m=None))
            say(cut(f"{'   ' * depth}{first} .. {last}  {len(rows)} of {what_words(rows[0].node)}{words}  (--json has each)", line_width()))


def what_words(node: Node) -> str:
    """Return what a node is; where the record has only a key of its material, its kind says more."""
    return node.kind if not node.material or ":" in node.material else node.material


def edge_words(edge: Edge) -> str:
    """Return metres, lane and basis of an edge in words."""
    words = [edge.role] if edge.role else []
    if edge.lo_m is not None and edge.hi_m is not None:
        words.append(f"{edge.lo_m:.3f} .. {edge.hi_m:.3f} m" + (f" +- {edge.limit_m:.3f} m" if edge.limit_m else ""))
    if edge.lane is not None:
        words.append(f"lane {edge.lane}")
    if edge.basis != "certain":
        words.append(edge.basis + (f" ({edge.rule})" if edge.rule else ""))
    return "  " + ", ".join(words) if words else ""


def value_words(node: Node) -> str:
    """Return the first values of a node in words: of a web each with its side, and with its lane where there are several."""
    told = [v for v in node.values if v.value is not None]
    has_lanes = len({v.lane for v in told}) > 1
    shown = []
    for v in told[:4]:
        where = (f" side {v.side}" if v.side else "") + (f" lane {v.lane}" if has_lanes and v.lane is not None else "")
        shown.append(f"{v.characteristic}{where} {number(v.value, 5)} {v.unit}".rstrip())
    return "  | " + "; ".join(shown) if shown else ""
