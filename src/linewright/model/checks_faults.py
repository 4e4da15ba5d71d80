"""Checks of injected faults: the station and its class, what the class says of the fault, which machine and tool."""

from __future__ import annotations

from typing import Any

from linewright.model.checks import Checking
from linewright.model.checks_class import dimension_of_row
from linewright.model.flow import Step
from linewright.model.merging import nearest
from linewright.model.quantity import Amount, kind_named
from linewright.model.windows import WindowValue

__all__ = ["check_faults"]

Values = dict[str, Any]


def check_faults(c: Checking) -> None:
    """Check each of the file's faults."""
    for number, fault in enumerate(c.root.get("faults") or [], 1):
        if isinstance(fault, dict):
            _check_fault(c, f"faults.{number}", fault)


def _check_fault(c: Checking, path: str, fault: Values) -> None:
    steps = {s.path: s for s in c.flow.steps}
    name = fault.get("station")
    if not isinstance(name, str):
        return
    step = steps.get(name)
    if step is None:
        c.fault(f"{path}.station", f"there is no station `{name}`. {nearest(name, list(steps))}".rstrip())
        return
    kind, use = fault.get("fault"), step.get("use")
    declared = ((c.classes.get(use or "") or {}).get("declares") or {}).get("faults") or {}
    if not declared:
        what = f"its class `{use}` declares none" if use else "it uses no class of the library"
        able = [p for p, s in steps.items() if ((c.classes.get(s.get("use") or "") or {}).get("declares") or {}).get("faults")]
        hint = f"Stations with faults: {', '.join(able)}." if able else "`linewright check --full LINE` shows the classes."
        c.fault(f"{path}.station", f"`{name}` knows no faults: {what}.", hint)
    elif isinstance(kind, str) and kind not in declared:
        c.fault(f"{path}.fault", f"`{use}` knows no fault `{kind}`. {nearest(kind, list(declared))}".rstrip(), f"It knows {', '.join(declared)}.")
    elif isinstance(kind, str):
        _check_size(c, f"{path}.size", kind, declared[kind] or {}, fault.get("size"))
    _check_where(c, path, step, fault)


def _check_size(c: Checking, path: str, kind: str, row: Values, size: Any) -> None:
    if not isinstance(size, Amount):
        return
    expected, limits = dimension_of_row(row), row.get("range")
    if expected is not None and size.dimension != expected:
        unit = row.get("unit") or "the unit of the class"
        c.fault(path, f'"{size}" is {kind_named(size.dimension)}; {kind_named(expected)} was expected, in {unit}.')
    elif isinstance(limits, WindowValue) and not limits.window.holds(size.si):
        c.fault(path, f"{kind} {size} is outside {limits.shown}, for which the process model holds.", f"It is {row.get('about', 'a fault')}.")


def _check_where(c: Checking, path: str, step: Step, fault: Values) -> None:
    machine, count = fault.get("machine"), step.get("count")
    machines = count if isinstance(count, int) else 1
    if isinstance(machine, int) and machine > machines:
        c.fault(f"{path}.machine", f"`{step.path}` has {machines} machine{'s' * (machines != 1)}; there is no number {machine}.")
    tools, named = step.mapping("tools"), fault.get("tool") or {}
    if len(named) > 1:
        c.fault(f"{path}.tool", f"{len(named)} tools are named; one was expected.", "Write a fault for each.")
    for tool, number in named.items():
        here = f"{path}.tool.{tool}"
        if tool not in tools:
            near = nearest(tool, list(tools)) or ("" if tools else "It has no `tools` at all.")
            c.fault(here, f"`{step.path}` has no tool `{tool}`. {near}".rstrip())
        elif isinstance(number, int) and isinstance(tools[tool], int) and number > tools[tool]:
            c.fault(here, f"`{step.path}` has {tools[tool]} of `{tool}`; there is no number {number}.")
