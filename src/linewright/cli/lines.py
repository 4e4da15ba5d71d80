"""`linewright lines`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from typing import Annotated

import typer

from linewright.cli.printing import as_json, say, table


def lines(json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """List the lines of the library."""
    from linewright.library.catalogue import installed_libraries
    from linewright.model.events import values_of

    libraries = installed_libraries()
    found = [(name, each) for name in libraries.names("line") for each in libraries.find("line", name)]
    heads = [(name, values_of(each.text), each.path) for name, each in found]
    rows = [
        {"line": name, "product": tree.get("product", ""), "stations": len(tree.get("stations", {})), "about": tree.get("about", ""), "from": path}
        for name, tree, path in heads
    ]
    if json:
        as_json(rows)
        return
    table(["Line", "Product", "Stations", "About"], [[r["line"], r["product"], str(r["stations"]), r["about"]] for r in rows], right=[2])
    say("\nA copy to edit: linewright new my-line.yaml --from " + (rows[0]["line"] if rows else "LINE"))
