"""Where items go, as rows of a station table: targets, gates that send back, several things made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linewright.control.flows import Aim, Passing, loop_of
from linewright.kernels import state as st
from linewright.kernels import table as tb
from linewright.model.errors import LinewrightError
from linewright.model.station import Choose

if TYPE_CHECKING:
    from linewright.control.compile_rows import Draft, Row

__all__ = ["pass_rows", "queue_of", "way_rows"]

CHOICES = {
    Choose.IN_TURN: tb.IN_TURN,
    Choose.SHORTEST_QUEUE: tb.SHORTEST_QUEUE,
    Choose.LEAST_WORK: tb.LEAST_WORK,
    Choose.FIRST_FREE: tb.FIRST_FREE,
}
#: How far passes without a limit are counted, for values that differ each time.
COUNTED = 3


def queue_of(d: Draft, aim: Aim | None) -> int:
    """Return the number of the queue where items go, LEAVES or THROWN."""
    if aim is None or aim.station is None:
        return tb.THROWN if aim is not None and aim.is_thrown else tb.LEAVES
    return d.pass_queues[aim.station] if aim.slot is None else d.slot_queues[aim.station, aim.slot]


def way_rows(d: Draft, p: Passing, parts: int) -> Row:
    """Return what a station's row says of where its items go; `parts` places of a machine hold what it takes."""
    row: Row = {"route0": len(d.routes), "out0": len(d.outputs), "give0": parts if p.made else 0, "choose": 0, "fail_queue": -1, "then_queue": -1}
    if len(p.aims) > 1:
        by_grade = any(t.grade is not None for t in p.segment.to)
        row["choose"] = tb.BY_GRADE if by_grade else CHOICES[p.segment.choose]
        d.routes += [queue_of(d, aim) for aim in p.aims]
    row["routes"] = len(d.routes) - row["route0"]
    d.outputs += [{"kind": m.kind, "amount": m.amount, "queue": queue_of(d, m.aim), "made": m.whole} for m in p.made]
    row["outs"] = len(p.made)
    lost = any(d.flow.stations[a.station].segment.arrivals_lost_when_full for a in p.aims if a.station is not None)
    row["loses"] = int(lost and p.segment.name.endswith(".arrivals"))
    row |= _people_row(d, p)
    row["same"] = int(p.segment.loads is not None and p.segment.loads.same == "grade")
    leaves = p.carrier >= 0 and (p.carried or p.segment.loads is not None) and any(a.station is None for a in p.aims)
    row["endless"] = p.carrier + 1 if leaves and d.plant.carriers[p.carrier].count is None else 0
    row["ways"] = int(row["routes"] > 0 or row["outs"] > 0 or p.mend is not None or p.late is not None)
    row["late_queue"] = queue_of(d, p.late) if p.late is not None else tb.LEAVES
    if p.mend is not None:
        row |= {"fail_queue": queue_of(d, p.mend), "then_queue": queue_of(d, p.then)}
    return row


def _people_row(d: Draft, p: Passing) -> Row:
    """Add the people that a station needs to run, in the order of the crews, so that no two stations wait for each other's."""
    names = {crew.name: (number, crew.count) for number, crew in enumerate(d.plant.people)}
    need0 = len(d.needs)
    for name, count in sorted(p.segment.needs, key=lambda need: names[need[0]]):
        crew, most = names[name]
        if count > most:
            raise LinewrightError(f"stations.{p.segment.path}.needs.{name}: {count} are needed to run it, and there are only {most}.")
        d.needs.append({"crew": crew, "count": count})
    return {"need0": need0 if len(d.needs) > need0 else 0, "needs": len(d.needs) - need0}


def pass_rows(d: Draft) -> dict[int, Row]:
    """Give each gate that sends items back a few bits of their keys to count in, and note at which stations an item is measured anew each time.

    Raises
    ------
    LinewrightError
        The gates of one chain count further than a key has room for.
    """
    used: dict[int, int] = {}
    found: dict[int, Row] = {}
    for p in d.flow.stations:
        gate = p.segment.gate
        if p.mend is None or gate is None:
            continue
        width = (COUNTED if gate.limit is None else max(gate.limit, 1)).bit_length()
        shift = used.get(p.kind, st.PASS_SHIFT)
        if shift + width > st.MARK_SHIFT:
            raise LinewrightError(
                f"stations.{p.segment.path}.gate.limit: the gates that send these items back count more passes than there is room for "
                f"(together 7 bits: a limit of 127, or two of 7 and 15).\n    Write smaller limits."
            )
        used[p.kind] = shift + width
        most = (1 << width) - 1
        found[p.number] = {"limit": -1 if gate.limit is None else gate.limit, "pass_shift": shift, "pass_most": most}
        for number in loop_of(d.flow, p):
            d.again[number] = d.again.get(number, 0) | (most << shift)
    return found
