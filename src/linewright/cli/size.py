"""`linewright size`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linewright.cli.asked import line_of, seconds
from linewright.cli.lines import rated
from linewright.cli.printing import as_json, number, say, table
from linewright.model.errors import LinewrightError

if TYPE_CHECKING:
    from linewright.model.plant import Plant
    from linewright.tuning.size import Size

PATH_VALUE = "PATH=VALUE"
SECTIONS = frozenset({"people", "vehicles", "carriers", "stations"})


def size(  # noqa: PLR0917 - a command's options are its arguments
    line: Annotated[str, typer.Argument(help="A line of the library, or a file.")],
    output: Annotated[str | None, typer.Option(help='Wanted: "350 ppm", "8 /d", "10 GWh/a", "2000 MW/a"; without it the line\'s target.')] = None,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar=PATH_VALUE, help="Change one value; may be repeated.")] = None,
    reserve: Annotated[str, typer.Option(help="Share of its own rate that a machine reaches in the line.")] = "95 %",
    prove: Annotated[str | None, typer.Option(metavar="TIME", help='Simulate the line so sized for that long, such as "2 d".')] = None,
    write: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a line file over this one with these numbers.")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Tell what an output needs: machines, places, people, floor, power, capital."""
    from linewright.model.quantity import QuantityFault, parse_amount
    from linewright.tuning.size import output_per_s
    from linewright.tuning.size import size as verb

    plant = line_of(line, changes or ())
    if write is not None and write.exists():
        raise LinewrightError(f"{write} is there already. Name another file; nothing was written.")
    try:
        share = parse_amount(reserve, "share", loose=True).si
    except QuantityFault as fault:
        raise LinewrightError(f"--reserve {reserve}: {fault.message}. {fault.hint}".rstrip()) from fault
    if not 0.0 < share <= 1.0:
        raise LinewrightError(f"--reserve {reserve}: more than 0 and at most 100 % was expected, such as 95 %.")
    if output is None and plant.target_per_s is None:
        raise LinewrightError(f"{line}: the line states no `target`. Say what is wanted, such as --output '60 ppm'.")
    per_s = plant.target_per_s if output is None else output_per_s(plant, output)
    assert per_s is not None
    found = verb(plant, per_s, reserve=share)
    proved = _proved(line, [*(changes or ()), *found.overrides], prove, is_shown=not json) if prove is not None else None
    if write is not None:
        _write(write, line, plant, found, changes or [])
    if json:
        as_json({"size": found, "proved": proved})
        return
    tell(plant, found)
    if proved is not None:
        share_of = f"{100.0 * proved / per_s:.1f} %"
        say(f"\nSimulated for {prove}, after as long to run in: {number(proved * 60.0)} good a minute, asked {number(per_s * 60.0)} ({share_of}).")
    if write is not None:
        say(f"\nWritten: {write}. What it makes: linewright simulate {write}")
    elif found.overrides:
        say("\nA line file with these numbers: add --write my-line.yaml. The proof: add --prove '2 d'.")


def tell(plant: Plant, found: Size) -> None:
    """Print what an output needs."""
    say(f"{plant.name}   {rated(found.per_s)} good, {number(found.per_s * 31557600.0, 6)} a year at all hours\n")
    cells = []
    for s in found.stations:
        tools = ", ".join(f"{count:,} {kind}s" for kind, count in s.tools)
        share = "" if s.use_share is None else f"{100.0 * s.use_share:.0f}"
        power = sum(watt for _, watt in s.power_w) / 1000.0
        cells.append([s.station, s.use, s.what, f"{s.now:,}", f"{s.needed:,}", share, tools, f"{power:,.0f}" if power else ""])
    heads = ["Station", "Class", "In", "Has", "Needs", "Used %", "Tools", "kW"]
    table(heads, cells, right=[3, 4, 5, 7])
    say()
    for what, rows in (("People", found.people), ("Vehicles", found.vehicles), ("Carriers", found.carriers)):
        if rows:
            say(f"  {what:<9}  " + ", ".join(f"{name} {needed:,} (has {now:,})" for name, now, needed in rows))
    if found.power_w:
        say(f"  {'Power':<9}  " + ", ".join(f"{carrier} {watt / 1e6:,.2f} MW" for carrier, watt in found.power_w) + ", mean at this output")
    if found.floor_m2:
        say(f"  {'Floor':<9}  {found.floor_m2:,.0f} m2 of what states it")
    if found.capital:
        say(f"  {'Capital':<9}  {found.capital / 1e6:,.1f} million {found.currency} of what states it")
    if found.cost is not None:
        c = found.cost
        say(f"  {'Plant':<9}  {c.capital / 1e6:,.0f} million {c.currency}, {c.area_m2:,.0f} m2, {c.labour_h:,.0f} hours of labour a year;")
        say(f"  {'':<9}  scaling law of {c.profile}: {c.scope}, not the sum of the machines above")
    elif not found.capital:
        say(f"  {'Plant':<9}  no published law scales the capital and floor of such a line: a station may state its own `capital` and `floor`")
    say("\nNeeds: rate / (yield of it and all behind) / (own rate less stated stops), whole machines. Used: share of its time at this output.")
    say("People, vehicles and carriers grow with the output from what the file has; their waiting is for `simulate`.")


def _proved(line: str, changes: list[str], until: str, *, is_shown: bool) -> float:
    """Return good products a second of the sized line in that time, after as long a time to run in."""
    from linewright.cli.asked import heard_as_ctrl_c
    from linewright.cli.progress import Progress
    from linewright.measures.figures import figures_of
    from linewright.twin.simulate import simulate as verb

    plant = line_of(line, changes)
    until_s = seconds(until, "--prove")
    assert until_s is not None
    with heard_as_ctrl_c(), Progress(is_shown=is_shown) as progress:
        before = verb(plant, until_s=until_s)
        result = verb(plant, until_s=2.0 * until_s, start=before.state, progress=progress)
    figures = figures_of(result.compiled, result.tally)
    return figures.line.good / figures.span_s


def _write(file: Path, line: str, plant: Plant, found: Size, changes: list[str]) -> None:
    """Write a short line file over the line, with the numbers found."""
    tree: dict[str, dict[str, dict[str, str]]] = {}
    for change in [*changes, *found.overrides]:
        path, value = change.split("=", 1)
        parts = path.split(".")
        section, *rest = parts if parts[0] in SECTIONS else ["stations", *parts]
        if len(rest) != 2:
            raise LinewrightError(f"--write: {change} changes more than a number of a station or crew; write it into a file by hand.")
        tree.setdefault(section, {}).setdefault(rest[0], {})[rest[1]] = value
    about = f"{plant.name} for {rated(found.per_s)} good, sized by arithmetic."
    lines = [f"line: {file.stem}", f"about: {about}", f"use: {line}", f"target: {_written(found.per_s)}"]
    for section, names in tree.items():
        lines.append(f"{section}:")
        lines += [f"  {name}: {{{', '.join(f'{key}: {value}' for key, value in keys.items())}}}" for name, keys in names.items()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _written(per_s: float) -> str:
    return f"{per_s * 60.0:.6g} ppm" if per_s * 60.0 >= 1.0 else f"{per_s * 3600.0:.6g} /h"
