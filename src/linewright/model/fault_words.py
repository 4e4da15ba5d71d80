"""An injected fault in words, for the head of what is printed."""

from __future__ import annotations

from linewright.model.plant import Fault

__all__ = ["fault_words"]

UNITS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"))


def fault_words(fault: Fault) -> str:
    """Return what is wrong, how much, where and when.

    Examples
    --------
    >>> from linewright.model.plant import FaultEffect
    >>> effects = (FaultEffect("coater", "areal-weight", -0.0048),)
    >>> fault_words(Fault("lane-clogged", "coater", 0.02, 10800.0, 5400.0, "die-lane", 4, shown="2 %", effects=effects))
    'lane-clogged 2 % at coater, die-lane 4, from 3 h on for 90 min'
    """
    where = f"at {fault.station}" + (f", machine {fault.machine}" if fault.machine else "")
    where += f", {fault.tool} {fault.tool_number}" if fault.tool else ""
    when = f"from {_time(fault.at_s)} on" + (f" for {_time(fault.for_s)}" if fault.for_s is not None else "")
    nothing = "" if fault.effects else "; no value that this line measures is changed by it"
    return f"{fault.fault} {fault.shown or f'{fault.size:g}'} {where}, {when}{nothing}"


def _time(seconds: float) -> str:
    """Return a time in the largest unit in which it is a whole number."""
    for size, unit in UNITS:
        if seconds and seconds % size == 0.0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
