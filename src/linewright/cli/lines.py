"""`linewright lines`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from linewright.cli.printing import as_json, number, say, table
from linewright.model.errors import LinewrightError


def lines(
    name: Annotated[str, typer.Argument(help="A line to be told more about.", show_default=False)] = "",
    html: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write its page, with the flow as a picture; of all lines into a folder.", show_default=False)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the lines of the library, or tell more about one."""
    from linewright.library.catalogue import installed_libraries

    libraries = installed_libraries()
    if html is not None:
        write_pages(name, html, libraries)
        return
    names = [name] if name else list(libraries.names("line"))
    rows = [row_of(each, libraries) for each in names]
    if json:
        as_json(rows)
    elif name:
        tell(rows[0])
    else:
        table(
            ["Line", "Product", "Rated", "Stations", "Sourced %", "About"],
            [[r["line"], r["product"], r["rated"], str(r["stations"]), f"{100 * r['sourced_share']:.0f}", r["about"]] for r in rows],
            right=[2, 3, 4],
        )
        say("\nRated: good products, by the line's target. Sourced: share of its numbers that have a source or follow from others;")
        say("the rest are editable starting values.")
        say("More about one: linewright lines " + (rows[-1]["line"] if rows else "LINE"))
        say("A copy to edit: linewright new my-line.yaml --from " + (rows[0]["line"] if rows else "LINE"))


def write_pages(name: str, path: Path, libraries: Any) -> None:
    """Write the page of one line, or the pages of all into a folder."""
    from linewright.cli.report_file import refuse_report, write_report
    from linewright.model.load import load
    from linewright.report.line_page import line_page

    if name:
        pages = {name: path}
    elif path.is_dir():
        pages = {each: path / f"{each}.html" for each in libraries.names("line")}
    else:
        raise LinewrightError(f"--html {path}: a folder that is there was expected, for all lines; of one: linewright lines NAME --html FILE.html.")
    for file in pages.values():
        refuse_report(file)
    for each, file in pages.items():
        plant = load(each, libraries)
        write_report(file, line_page(plant, rated(plant.target_per_s)))
    say(f"Written: {path}" if name else f"Written: {len(pages)} pages into {path}")


def row_of(name: str, libraries: Any) -> dict[str, Any]:
    """Return what is said of a line."""
    from linewright.library.provenance import provenance_of
    from linewright.model.load import load

    plant = load(name, libraries)
    found = provenance_of(plant)
    return {
        "line": name,
        "product": plant.product,
        "rated": rated(plant.target_per_s),
        "rated_per_s": plant.target_per_s,
        "stations": len(plant.segments),
        "machines": sum(s.count for s in plant.segments),
        "about": plant.about,
        "from": libraries.find("line", name)[0].path,
        "sourced": found.sourced,
        "derived": found.derived,
        "default": found.default,
        "sourced_share": found.sourced_share,
        "sources": dict(found.sources),
    }


def rated(per_s: float | None) -> str:
    """Return a rate as people of the line say it.

    Examples
    --------
    >>> rated(350 / 60), rated(0.0925), rated(1.6 / 86400), rated(None)
    ('350 /min', '5.55 /min', '1.6 /d', '')
    """
    if per_s is None:
        return ""
    for seconds, unit in ((60.0, "min"), (3600.0, "h"), (86400.0, "d")):
        if per_s * seconds >= 1 or unit == "d":
            return f"{per_s * seconds:.4g} /{unit}"
    return ""


def tell(row: dict[str, Any]) -> None:
    """Print what is said of one line."""
    say(f"{row['line']}\n{row['about']}\n")
    say(f"  Product    {row['product']}")
    say(f"  Rated      {row['rated'] or 'the line states no target'}")
    say(f"  Stations   {row['stations']}, with {number(row['machines'])} machines")
    say(f"  Numbers    {row['sourced']} with a source, {row['derived']} that follow from others, {row['default']} editable starting values")
    if row["sources"]:
        say("\nSources")
        width = max(len(mark) for mark in row["sources"])
        for mark, meaning in row["sources"].items():
            say(f"  {mark:<{width}}   {meaning}")
    say(f"\nEach number with its place and mark: linewright check --full {row['line']}")
    say(f"What it makes:                       linewright simulate {row['line']}")
    say(f"Its flow as a picture:               linewright lines {row['line']} --html {row['line']}.html")
    say(f"A copy to edit:                      linewright new my-line.yaml --from {row['line']}")
