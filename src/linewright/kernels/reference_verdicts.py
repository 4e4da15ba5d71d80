"""What becomes of an item whose work has ended, in the reference evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linewright.kernels.reference_calendar import Thing
from linewright.kernels.reference_faults import deviation
from linewright.kernels.reference_line import THROWN, Check, Choose, Gate, Step
from linewright.kernels.reference_orders import variant_of
from linewright.kernels.rows import (
    VERDICT_CHANCE,
    VERDICT_FALSE_REJECT,
    VERDICT_LOST,
    VERDICT_MISSED,
    VERDICT_PASS,
    VERDICT_REJECT,
    VERDICT_SCRAP,
)

if TYPE_CHECKING:
    from linewright.kernels.reference_flows import Station

GOES_ON = {VERDICT_PASS, VERDICT_MISSED}
REFUSED = {VERDICT_REJECT, VERDICT_FALSE_REJECT, VERDICT_CHANCE}


def judge(station: Station, item: Thing, n: int) -> tuple[int, int]:
    """Return verdict and grade of an item after the station's n-th start, also what becomes of it where it cannot go on."""
    step = station.step
    verdict, grade = look_at(station, item, n)
    by_grade = verdict in GOES_ON and step.targets and step.choose is Choose.BY_GRADE
    if by_grade and step.targets[grade if 0 <= grade < len(step.targets) else -1] == THROWN:
        return VERDICT_REJECT, grade
    if verdict == VERDICT_PASS and step.loses and finds_no_place(station):
        return VERDICT_LOST, grade
    return verdict, grade


def look_at(station: Station, item: Thing, n: int) -> tuple[int, int]:
    """Return verdict and grade of an item itself: by chance, by its values, by the gate."""
    step, own = station.step, variant_of(station.step, station.world.orders.product_of(item.order))
    gate, grades = (step.gate, step.grades) if own is None else (own.gate, own.grades)
    if step.is_scrap(n) if own is None else own.is_scrap(n):
        return VERDICT_SCRAP, -1
    grade = next((g for g, checks in enumerate(grades) if all(has_passed(c, item) for c in checks)), -1)
    return at_gate(step, gate, item, n, grade)


def finds_no_place(station: Station) -> bool:
    """Tell whether an arrival finds all places taken, and no machine that could take it at once."""
    assert station.out is not None
    behind = station.world.stations[station.out.queue.station]
    if station.out.has_place():
        return False
    return station.out.queue.places > 0 or bool(station.out.waiting) or not any(m.is_empty for m in behind.machines)


def at_gate(step: Step, gate: Gate | None, item: Thing, n: int, grade: int) -> tuple[int, int]:
    """Return verdict and grade of an item of which the grade is known."""
    if gate is None:
        return VERDICT_PASS, grade
    if gate.fails is not None:
        return by_chance(gate, gate.fails, n), grade
    is_outside = not all(has_passed(c, item) for c in gate.checks) or (bool(step.grades) and grade < 0)
    if is_outside:
        return (VERDICT_MISSED if gate.miss(n) < gate.misses else VERDICT_REJECT), grade
    return (VERDICT_FALSE_REJECT if gate.miss(n) < gate.false_alarms else VERDICT_PASS), grade


def by_chance(gate: Gate, fails: float, n: int) -> int:
    """Return the verdict of a gate without windows: of the shares found bad, missed, refused in vain and passed, the one in which the number lies."""
    found, bad = fails * (1.0 - gate.misses), fails + (1.0 - fails) * gate.false_alarms
    for share, verdict in ((found, VERDICT_CHANCE), (fails, VERDICT_MISSED), (bad, VERDICT_FALSE_REJECT)):
        if gate.chance(n) < share:
            return verdict
    return VERDICT_PASS


def has_passed(check: Check, item: Thing) -> bool:
    """Tell whether a value lies in its window; one that the item lacks lies in none."""
    if check.mark is not None and check.mark in item.marks:
        return False
    serial = item.serial | (item.passes & check.again)
    if check.effects and check.changed is not None:
        return check.lower <= check.changed(serial, *deviation(check, item)) <= check.upper
    return check.lower <= check.value(serial) <= check.upper
