"""Curves of a real machine's channels on their way to the recorder: asked for once a DONE record, and only what can be kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from linewright.drivers.driver import ChannelCurve, CurveDriver, Driver

__all__ = ["asked_curves", "fault_of"]


def asked_curves(driver: Driver, seq: int, names: Sequence[str]) -> tuple[list[ChannelCurve | None], str]:
    """Return what a driver's channels drew, place by place, and what is wrong with the first place that was left out (empty: nothing).

    Parameters
    ----------
    driver
        One without `curves` has none.
    seq
        Number of the DONE record.
    names
        The signals that each channel must have, beside those it has.
    """
    if not hasattr(driver, "curves"):
        return [], ""
    kept: list[ChannelCurve | None] = []
    why = ""
    for place, one in enumerate(cast("CurveDriver", driver).curves(seq)):
        fault = "" if one is None else fault_of(one, names)
        why = why or (f"the curve of place {place + 1} {fault}" if fault else "")
        kept.append(None if fault else one)
    return kept, why


def fault_of(curve: ChannelCurve, names: Sequence[str]) -> str:
    """Return why a curve cannot be kept; empty where it can.

    Examples
    --------
    >>> fault_of((np.array([0.0, 2.0, 1.0]), {"voltage": np.zeros(3)}), ["voltage"])
    'goes back in time'
    """
    t_s, values = curve
    lacking = [name for name in names if name not in values]
    if lacking:
        return f"lacks {', '.join(lacking)}"
    if any(np.shape(line) != np.shape(t_s) for line in values.values()) or np.ndim(t_s) != 1:
        return "has not as many values as times"
    if not all(np.all(np.isfinite(line)) for line in (t_s, *values.values())):
        return "has a value that is no number"
    if len(t_s) and (t_s[0] < 0.0 or np.any(np.diff(t_s) < 0.0)):
        return "goes back in time"
    return ""
