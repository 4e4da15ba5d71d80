"""`linewright eis spc`."""
# ruff: noqa: PLC0415 - heavy rooms are imported by the command that needs them

from __future__ import annotations

import json as reading
from pathlib import Path
from typing import Annotated, Any

import typer

from linewright.cli.printing import as_json, say, table
from linewright.model.errors import LinewrightError

__all__ = ["spc"]

FAILED = 1
#: Quantities that are charted where the stacks have them.
CHARTED = ("hfr", "rct", "transport", "total", "voltage")


def spc(
    stacks: Annotated[list[Path], typer.Argument(help="What linewright eis --raw ... --json wrote, in the order in which the stacks were made.")],
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> int:
    """Put stacks on a chart: median and spread of each quantity, control limits, and Nelson's rules that are broken."""
    from linewright.control.spc import RULES
    from linewright.eis.recipe import QUANTITIES
    from linewright.measures.stack_spc import FEWEST_STACKS, charts_of

    charts = charts_of([values_of(path) for path in stacks])
    if json:
        as_json([
            {
                "quantity": c.quantity, "values": [x if x == x else None for x in c.values.tolist()],  # noqa: PLR0124 - NaN is not itself
                "limits": c.limits, "broken": [{"rule": b.rule, "first": int(c.at[b.first]), "last": int(c.at[b.last])} for b in c.broken],
            }
            for c in charts
        ])  # fmt: skip
        return FAILED if any(c.broken for c in charts) else 0
    rows = []
    for c in charts:
        q, _, kind = c.quantity.partition(" ")
        factor, unit = (QUANTITIES[q].factor, QUANTITIES[q].unit) if kind == "median" else (100.0, "%")
        ends = [f"{x * factor:.4g}" for x in (c.limits.lower, c.limits.mean, c.limits.upper)] if c.limits is not None else ["-"] * 3
        last = c.values[-1] * factor
        told = sorted({f"rule {b.rule} ({RULES[b.rule]}) at {place(c.at[b.first], c.at[b.last], stacks)}" for b in c.broken})
        rows.append([c.quantity, unit, f"{last:.4g}", *ends, "; ".join(told) or "steady"])
    say(f"{len(stacks)} stacks\n")
    table(["Quantity", "Unit", "Last", "Lower limit", "Mean", "Upper limit", "Nelson's rules"], rows, right=[2, 3, 4, 5])
    say("\nSpread: distance of the quartiles between the cells, by the median.")
    if len(stacks) < FEWEST_STACKS:
        say(f"With fewer than {FEWEST_STACKS} stacks the limits say little.")
    return FAILED if any(c.broken for c in charts) else 0


def place(first: int, last: int, stacks: list[Path]) -> str:
    """Return where a rule is broken: one stack, or from one to another."""
    return stacks[first].name if first == last else f"{stacks[first].name} to {stacks[last].name}"


def values_of(path: Path) -> dict[str, Any]:
    """Return the quantities of a stack.

    Raises
    ------
    LinewrightError
        It is no file of `linewright eis --raw --json`.
    """
    try:
        body = reading.loads(path.read_text(encoding="utf-8"))
        values = body["values"]
        return {q: [float("nan") if x is None else float(x) for x in values[q]] for q in CHARTED if q in values}
    except FileNotFoundError as error:
        raise LinewrightError(f"{path}: there is no such file.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LinewrightError(f"{path}: this is not what `linewright eis --raw FILE --json` writes.") from error
