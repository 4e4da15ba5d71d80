"""The options that inject a fault, for `simulate` and `run`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from linewright.model.errors import LinewrightError

__all__ = ["At", "Faults", "Lasting", "Machine", "Tool", "faults_asked"]

Faults = Annotated[
    list[str] | None, typer.Option("--fault", metavar="STATION.FAULT=SIZE", help="Inject a fault, such as cathode-coater.lane-clogged=2%.")
]
Tool = Annotated[str | None, typer.Option(metavar="NAME=NUMBER", help="Which tool the fault hits, such as die-lane=4; without it all.")]
Machine = Annotated[int | None, typer.Option(min=1, help="Which machine of the station the fault hits; without it all.")]
At = Annotated[str | None, typer.Option(metavar="TIME", help="When the fault begins; without it at once.")]
Lasting = Annotated[str | None, typer.Option("--for", metavar="TIME", help="How long the fault lasts; without it to the end.")]


def faults_asked(
    faults: Sequence[str], tool: str | None, machine: int | None, at: str | None, lasting: str | None
) -> list[str]:
    """Return the overrides that inject the faults of a command line; the words beside them say where and when all of them act."""
    from linewright.model.overrides_fault import fault_overrides

    given = {"--tool": tool, "--machine": machine, "--at": at, "--for": lasting}
    if not faults and any(value is not None for value in given.values()):
        alone = next(name for name, value in given.items() if value is not None)
        raise LinewrightError(f"{alone} says where or when a fault acts, but there is none. Write --fault STATION.FAULT=SIZE too.")
    return fault_overrides(faults, tool, machine, at, lasting)
