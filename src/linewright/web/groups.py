"""The four groups in which the page draws machine states, and which of several is the worst (PAGE.md, section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from linewright.control.packml import CHANGES
from linewright.ledger.records import StateSpan

__all__ = ["GROUPS", "group_of", "merged_rows", "reason_word", "share_running"]

#: Reasons of every line (`control.compile_rows.REASONS`) as the page's contract names them.
WORDS = {"change": "coil-change", "off-shift": "shift", "crew": "no-crew"}

#: Worst first.
GROUPS = {
    "fault": ("Held", "Holding", "Aborted", "Aborting", "Clearing"),
    "no-data": ("NoData",),
    "waiting": ("Suspended", "Suspending"),
    "planned": ("Idle", "Resetting", "Stopping", "Stopped", "Complete"),
    "running": ("Starting", "Execute", "Completing", "Unholding", "Unsuspending"),
}
ORDER = tuple(GROUPS)


def group_of(state: str | None, reason: str | None = None) -> str:
    """Return the group of a PackML state by its name; a state nobody knows is no data, and a coil change is no fault.

    Examples
    --------
    >>> group_of("Execute"), group_of("Held"), group_of(None), group_of("Held", "coil-change")
    ('running', 'fault', 'no-data', 'waiting')
    """
    group = next((group for group, names in GROUPS.items() if state in names), "no-data")
    return "waiting" if group == "fault" and reason in CHANGES else group


def reason_word(reason: str | None) -> str | None:
    """Return a reason of the ledger's rows as `docs/api.md` names it: there as in samples of the line.

    Examples
    --------
    >>> reason_word("change"), reason_word("web-break"), reason_word(None)
    ('coil-change', 'web-break', None)
    """
    return None if reason is None else WORDS.get(reason, reason)


@dataclass(slots=True)
class Bar:
    """One piece of a state time bar while it is being merged."""

    from_us: int
    to_us: int
    state: str
    reason: str | None
    is_open: bool  # narrower than a pixel: the next narrow piece joins it
    merged: bool = False


def merged_rows(spans: Sequence[StateSpan], from_us: int, to_us: int, pixels: int) -> list[dict[str, Any]]:
    """Return states as a bar of so many pixels shows them: cut to the range, pieces narrower than a pixel merged by the worst.

    Parameters
    ----------
    spans
        Of one machine, in order; a span that lasts has no end.
    from_us, to_us
        The bar.
    pixels
        Its width.
    """
    least = max(1, (to_us - from_us) // max(1, pixels))
    bars: list[Bar] = []
    for span in spans:
        begin, end = max(span.from_us, from_us), min(span.to_us if span.to_us is not None else to_us, to_us)
        if end <= begin:
            continue
        last = bars[-1] if bars and bars[-1].to_us == begin else None
        if last is None or not last.is_open or end - begin >= least:
            bars.append(Bar(begin, end, span.state, span.reason, is_open=end - begin < least))
            continue
        if ORDER.index(group_of(span.state, span.reason)) < ORDER.index(group_of(last.state, last.reason)):
            last.state, last.reason = span.state, span.reason
        last.to_us, last.merged = end, True
        last.is_open = end - last.from_us < least
    return [
        {
            "from_us": b.from_us, "to_us": b.to_us, "state": b.state, "group": group_of(b.state, b.reason), "reason": reason_word(b.reason),
            "merged": b.merged,
        }
        for b in bars
    ]  # fmt: skip


def share_running(spans: Sequence[StateSpan], from_us: int, to_us: int) -> float | None:
    """Return the share of planned time in which a machine worked: its availability, defined as its station's (ISO 22400-2).

    Waits, coil changes and faults lower it; waits too short to be told count as work. None where no time was planned, or none is known.
    """
    planned = worked = 0
    for span in spans:
        begin, end = max(span.from_us, from_us), min(span.to_us if span.to_us is not None else to_us, to_us)
        group = group_of(span.state, span.reason)
        if end > begin and group not in {"planned", "no-data"}:
            planned += end - begin
            worked += end - begin if group == "running" else 0
    return None if planned == 0 else worked / planned
