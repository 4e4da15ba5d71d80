"""What faults leave on things, in the reference evaluator: shares on units, marks along lots, and what these add to values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from linewright.kernels.reference_calendar import Mark, Thing
from linewright.kernels.reference_line import Check, Comes, Fault

if TYPE_CHECKING:
    from linewright.kernels.reference_flows import Station
    from linewright.kernels.reference_inputs import Mounted
    from linewright.kernels.reference_machine import Machine


def share_at(fault: Fault, time: int) -> float:
    """Return how much of a fault acts at a time."""
    if not fault.begin <= time < fault.end:
        return 0.0
    age = time - fault.begin
    if fault.period and 2 * (age % fault.period) >= fault.period:
        return 0.0
    return float(age) / float(fault.over) if age < fault.over else 1.0


def hit(station: Station, machine: Machine, item: Thing, tool: int) -> None:
    """Let the faults of a station act on what begins there."""
    world, step = station.world, station.step
    for number, fault in step.faults:
        here = fault.machine is None or fault.machine == machine.number
        share = share_at(fault, world.now) if here else 0.0
        if step.is_carried:
            for place, unit in enumerate(item.content):
                set_share(station, unit, number, share if fault.tool in {None, place} else 0.0)
        elif step.is_lot:
            if share:
                put_down(station, item, Mark(number, None, 0, step.made, share, share))
        else:
            set_share(station, item, number, share if fault.tool in {None, tool} else 0.0)
    if step.is_lot and world.traces:
        tell(station, item)


def set_share(station: Station, unit: Thing, fault: int, share: float) -> None:
    """Let a share of a fault act on a unit from now on."""
    if unit.shares.get(fault, 0.0) == share:
        return
    if fault not in unit.shares:
        station.world.traces += 1
    unit.shares[fault] = share
    station.world.log.faulted(unit.key, station.world.now, 0, 0, share, share, fault, -1, station.number)


def put_down(station: Station, lot: Thing, mark: Mark) -> None:
    """Put a mark on a lot."""
    station.world.traces += 1
    lot.faulted.append(mark)


def tell(station: Station, lot: Thing) -> None:
    """Write all marks of a lot."""
    log, now = station.world.log, station.world.now
    for mark in reversed(lot.faulted):
        lane = -1 if mark.lane is None else mark.lane
        log.faulted(lot.key, now, mark.lo, mark.hi, mark.s0, mark.s1, mark.fault, lane, station.number)
    if not lot.faulted:
        log.faulted(lot.key, now, 0, 0, 0.0, 0.0, -1, -1, station.number)


# ---- webs


@dataclass
class Reach:
    """How far a fault goes in the web in work, in ns of work."""

    lo: int
    hi: int
    s0: float
    s1: float


def follow_work(machine: Machine, since: int, now: int) -> None:
    """Count a stretch of work on a web, and how far faults go in it."""
    for number, fault in machine.station.step.faults:
        lo, hi = max(since, fault.begin), min(now, fault.end)
        if lo < hi and fault.machine in {None, machine.number}:
            begin, end = machine.worked + lo - since, machine.worked + hi - since
            reach = machine.reaches.setdefault(number, Reach(begin, end, share_at(fault, lo), 0.0))
            reach.hi, reach.s1 = end, share_at(fault, hi - 1)
    machine.worked += now - since


def leave_marks(station: Station, machine: Machine, lot: Thing) -> None:
    """Turn what faults did to a web into marks, and give all its marks the metres behind the station."""
    step = station.step
    for number, fault in step.faults if step.is_followed else ():
        reach = machine.reaches.pop(number, None)
        if reach is not None:
            lo, hi = (math.floor(step.enter * (at / machine.worked) + 0.5) for at in (reach.lo, reach.hi))
            if lo < hi:
                put_down(station, lot, Mark(number, fault.tool, lo, hi, reach.s0, reach.s1))
    if station.world.traces:
        if step.map_b:
            lot.faulted = [behind for mark in lot.faulted if (behind := followed(mark, step.map_a, step.map_b, step.leave)) is not None]
        tell(station, lot)


def followed(mark: Mark, a: float, b: float, leave: int) -> Mark | None:
    """Return a mark by the metres behind a station, None where nothing of it is left there."""
    lo, hi, s0, s1 = (mark.lo - a) / b, (mark.hi - a) / b, mark.s0, mark.s1
    if hi < lo:
        lo, hi, s0, s1 = hi, lo, s1, s0
    slope = (s1 - s0) / (hi - lo)
    if hi > leave:
        s1 = s0 + slope * (leave - lo)
    if lo < 0.0:
        s0 -= slope * lo
    first, last = math.floor(max(lo, 0.0) + 0.5), math.floor(min(hi, float(leave)) + 0.5)
    return replace(mark, lo=first, hi=last, s0=s0, s1=s1) if first < last else None


# ---- what travels on


def inherit(station: Station, parent: Thing, child: Thing, lane: int | None) -> None:
    """Give what faults have left on a thing to one that is cut from it or made of it."""
    marks = [mark for mark in reversed(parent.faulted) if mark.lane is None or mark.lane == lane]
    for mark in marks:
        put_down(station, child, replace(mark, lane=None))
    for fault, share in reversed(parent.shares.items()):
        if share:
            set_share(station, child, fault, share)
    if marks:
        tell(station, child)


def bring(station: Station, mounted: Sequence[Mounted], item: Thing) -> None:
    """Let what an item is made of bring what faults have left on it."""
    step = station.step
    taken = [m for m in mounted if m.slot.comes is not Comes.SUPPLY and m.slot.queue is not None]
    if step.is_lot:
        whole = step.enter or step.made
        for m in taken:
            if m.slot.comes is not Comes.PART:
                begin = 0.0
                for lot, lo, used in m.next_pieces():
                    pass_on_marks(station, lot, (lo, used), item, (begin, whole / m.slot.amount))
                    begin = whole * (used / m.slot.amount)
        return
    for number in range(len(station.world.line.faults)):
        share = 0.0
        for m in taken:
            share += slot_share(m, number)
        if share:
            set_share(station, item, number, share)


def slot_share(mounted: Mounted, fault: int) -> float:
    """Return how much of a fault acts on what an input gives to the start that begins now, the mean."""
    share, amount = 0.0, mounted.slot.amount
    if mounted.slot.comes is Comes.PART:
        for part in mounted.lots:
            if fault in part.shares:
                share += part.shares[fault] / amount
        return share
    for lot, lo, used in mounted.next_pieces():
        piece = 0.0
        for mark in reversed(lot.faulted):
            if mark.fault == fault:
                piece += mean_share(mark, lo, lo + used)
        share += piece * used / amount
    return share


def mean_share(mark: Mark, lo: int, hi: int) -> float:
    """Return how much of a fault acts on lo..hi of a lot, the mean, from one mark."""
    a, b = max(lo, mark.lo), min(hi, mark.hi)
    if b <= a:
        return 0.0
    middle = (0.5 * (a + b) - mark.lo) / (mark.hi - mark.lo)
    return (mark.s0 + (mark.s1 - mark.s0) * middle) * (b - a) / (hi - lo)


def pass_on_marks(station: Station, lot: Thing, piece: tuple[int, int], item: Thing, into: tuple[float, float]) -> None:
    """Give the marks of a piece (from where, how much) of a lot to the lot made of it (from where on, how long for each unit)."""
    (at, used), (begin, scale) = piece, into
    for mark in reversed(lot.faulted):
        a, b = max(mark.lo, at), min(mark.hi, at + used)
        if a < b:
            slope = (mark.s1 - mark.s0) / (mark.hi - mark.lo)
            lo, hi = (math.floor(begin + (x - at) * scale + 0.5) for x in (a, b))
            if lo < hi:
                s0, s1 = (mark.s0 + slope * (x - mark.lo) for x in (a, b))
                put_down(station, item, replace(mark, lo=lo, hi=hi, s0=s0, s1=s1))


# ---- what it makes of values


def deviation(check: Check, item: Thing) -> tuple[float, float]:
    """Return what faults add to mean and spread of a value of an item."""
    mean = spread = 0.0
    acting = [(fault, share, None) for fault, share in reversed(item.shares.items())]
    acting += [(m.fault, 0.5 * (m.s0 + m.s1) * (m.hi - m.lo) / check.amount, m.lane) for m in reversed(item.faulted)]
    for fault, share, lane in acting:
        more, wider, part = check.effects[fault]
        acts = share if lane is None else share * part
        mean += acts * more
        spread += acts * wider
    return mean, spread
