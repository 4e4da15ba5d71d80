"""`linewright check`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from typing import Annotated

import typer

from linewright.cli.asked import refuse_folder
from linewright.cli.printing import as_json, say


def check(
    file: Annotated[str, typer.Argument(help="A line file, or the name of a library line.")],
    full: Annotated[bool, typer.Option("--full", help="Print every value and where it came from.")] = False,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change one value; may be repeated.")] = None,
) -> int:
    """Name every fault of a line file at once."""
    from linewright.drivers.installed import missing_drivers
    from linewright.library.catalogue import installed_libraries
    from linewright.model.errors import ModelError
    from linewright.model.explain import explain, shown
    from linewright.model.load import check as check_line

    libraries = installed_libraries()
    if not json:  # for programs it is a fault among the others
        refuse_folder(file, libraries.names("line"))
    report = check_line(file, libraries, tuple(changes or ()))
    values = explain(report.plant) if full and report.plant is not None else []
    warnings = (*report.warnings, *(missing_drivers(report.plant) if report.plant is not None else ()))
    if json:
        as_json({"faults": report.faults, "warnings": warnings, "values": values})
        return 2 if report.faults else 0
    if report.faults:
        raise ModelError(report.faults)
    if values:
        say(shown(values))
    for warning in warnings:
        say(f"warning: {warning}")
    plant = report.plant
    if plant is not None and not full:
        counted = "1 warning" if len(warnings) == 1 else f"{len(warnings)} warnings"
        say(f"{plant.name}: no fault, {counted}; {len(plant.segments)} stations, product {plant.product}.")
    return 0
