"""What the reference evaluator writes down: one named tuple for each row of `rows`, times in state, and the accumulators that follow from them."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from linewright.kernels.rows import (
    EXECUTE,
    VERDICT_CHANCE,
    VERDICT_FALSE_REJECT,
    VERDICT_LATE,
    VERDICT_LOST,
    VERDICT_MISSED,
    VERDICT_PASS,
    VERDICT_REJECT,
    VERDICT_REWORK,
    VERDICT_SCRAP,
)

if TYPE_CHECKING:
    from linewright.kernels.reference_calendar import Thing
    from linewright.kernels.reference_flows import Station
    from linewright.kernels.reference_orders import OrderRun


class Category(Enum):
    """The states whose times are added up; values as in ``state.TIMES``."""

    STARVED = 0
    BLOCKED = 1
    EXECUTE = 2
    CHANGE = 3
    REPAIR = 4
    CREW = 5
    UTILITY = 6
    PLANNED = 7
    OFF_SHIFT = 8
    OPERATOR = 9
    EMPTY = 10
    HANDLING = 11
    CHARGING = 12
    SETUP = 13


class Stay(NamedTuple):
    """A stay of a machine in one state: ns, what is added up, what is told."""

    since: int
    category: Category
    state: int
    reason: int
    is_told: bool = False  # it makes a row, however short


class Visit(NamedTuple):
    """As ``rows.VISIT``."""

    item: int
    n: int
    arrive: int
    start: int
    done: int
    leave: int
    station: int
    machine: int
    tool: int
    verdict: int
    grade: int
    again: int


class Consume(NamedTuple):
    """As ``rows.CONSUME``."""

    item: int
    lot: int
    t: int
    lo: int
    hi: int
    station: int
    machine: int
    slot: int


class Mount(NamedTuple):
    """As ``rows.MOUNT``."""

    lot: int
    t: int
    station: int
    machine: int
    slot: int


class Made(NamedTuple):
    """As ``rows.MADE``."""

    item: int
    parent: int
    t: int
    amount: int
    station: int
    machine: int
    lane: int


class Placed(NamedTuple):
    """As ``rows.PLACED``."""

    item: int
    carrier: int
    t: int
    place: int
    station: int
    off: int


class State(NamedTuple):
    """As ``rows.STATE``."""

    t: int
    station: int
    machine: int
    state: int
    reason: int


class Lost(NamedTuple):
    """As ``rows.LOST``."""

    lot: int
    t: int
    lo: int
    hi: int
    station: int
    machine: int
    slot: int
    why: int


class Missing(NamedTuple):
    """As ``rows.MISSING``, without padding."""

    item: int
    t: int
    station: int
    machine: int
    place: int


class ToolStop(NamedTuple):
    """As ``rows.TOOL_STOP``, without padding."""

    t: int
    station: int
    machine: int
    tool: int
    reason: int
    out: int


class Faulted(NamedTuple):
    """As ``rows.FAULTED``, without padding."""

    thing: int
    t: int
    lo: int
    hi: int
    s0: float
    s1: float
    fault: int
    lane: int
    station: int


class Campaign(NamedTuple):
    """As ``rows.CAMPAIGN``."""

    item: int
    t: int
    order: int
    station: int


#: How a verdict is counted; names as in ``state.STATION_STATE``.
VERDICTS = {
    VERDICT_PASS: ("good",),
    VERDICT_MISSED: ("good", "missed"),
    VERDICT_SCRAP: ("scrap",),
    VERDICT_REJECT: ("reject",),
    VERDICT_FALSE_REJECT: ("false_reject",),
    VERDICT_CHANCE: ("chance",),
    VERDICT_LATE: ("late",),
    VERDICT_REWORK: ("rework",),
    VERDICT_LOST: ("lost",),
}


class Log:
    """All rows in the order in which they came to be, and the time of each machine in each state, ns."""

    def __init__(self) -> None:
        self.visits: list[Visit] = []
        self.consumed: list[Consume] = []
        self.mounts: list[Mount] = []
        self.things: list[Made] = []
        self.places: list[Placed] = []
        self.states: list[State] = []
        self.losses: list[Lost] = []
        self.missings: list[Missing] = []
        self.tool_stops: list[ToolStop] = []
        self.faults: list[Faulted] = []
        self.campaigns: list[Campaign] = []
        self.times: dict[tuple[int, int], list[int]] = {}
        self.counts: Counter[tuple[int, str]] = Counter()  # by station and what is counted
        self.fleets: list[Counter[str]] = []  # what each fleet has done
        self.orders: list[OrderRun] = []  # how far each order is

    def visit(self, item: Thing, *rest: int, again: int = 0) -> None:
        """Write a visit; `again` are the bits that say how often the item had come by."""
        visit = Visit(item.key, *rest, again)
        self.visits.append(visit)
        self.count(visit.station, "stay", visit.leave - visit.arrive)

    def count(self, station: int, what: str, by: int = 1) -> None:
        """Count something at a station."""
        self.counts[station, what] += by

    def judged(self, station: int, verdict: int) -> None:
        """Count a verdict."""
        for what in VERDICTS[verdict]:
            self.count(station, what)

    def consume(self, *row: int) -> None:
        """Write what an item uses up."""
        self.consumed.append(Consume(*row))

    def mount(self, *row: int) -> None:
        """Write what is put on an input."""
        self.mounts.append(Mount(*row))

    def made(self, *row: int) -> None:
        """Write a new thing."""
        made = Made(*row)
        self.things.append(made)
        self.count(made.station, "made")

    def placed(self, *row: int) -> None:
        """Write what is put on a carrier or taken off."""
        self.places.append(Placed(*row))

    def lost(self, *row: int) -> None:
        """Write what is thrown away of a lot."""
        self.losses.append(Lost(*row))

    def missing(self, *row: int) -> None:
        """Write a value that will not be."""
        self.missings.append(Missing(*row))

    def tool_stop(self, *row: int) -> None:
        """Write that a tool goes out or comes back."""
        self.tool_stops.append(ToolStop(*row))

    def faulted(self, *row: float) -> None:
        """Write what a fault has left on a thing."""
        thing, t, lo, hi, s0, s1, fault, lane, station = row
        self.faults.append(Faulted(int(thing), int(t), int(lo), int(hi), s0, s1, int(fault), int(lane), int(station)))

    def campaign(self, *row: int) -> None:
        """Write that things of a kind are for another order from here on."""
        self.campaigns.append(Campaign(*row))

    def close(self, stations: list[Station], until: int) -> None:
        """Add up the times in state, and make rows of the stays that are told."""
        for station in stations:
            self.count(station.number, "n", station.starts)
            for machine in station.machines:
                ends = [stay.since for stay in machine.stays[1:]] + [until]
                times = [0] * len(Category)
                for stay, end in zip(machine.stays, ends, strict=True):
                    times[stay.category.value] += end - stay.since
                self.times[station.number, machine.number] = times
                told = told_stays(machine.stays, ends, station.step.short)
                self.states += [State(s.since, station.number, machine.number, s.state, s.reason) for s in told]


def told_stays(stays: list[Stay], ends: list[int], short: int) -> list[Stay]:
    """Return the stays that make a STATE row: all but short waits after Execute, which follow from the visits; of several at one moment the last."""
    told: list[Stay] = []
    for stay, end in zip(stays, ends, strict=True):
        waits = stay.category in {Category.STARVED, Category.BLOCKED}
        if not waits or stay.is_told or end - stay.since >= short or (end > stay.since and told and told[-1].state != EXECUTE):
            told.append(stay)
    lasting = [a for a, b in pairwise(told) if a.since < b.since] + told[-1:]
    return [stay for i, stay in enumerate(lasting) if i == 0 or (stay.state, stay.reason) != (lasting[i - 1].state, lasting[i - 1].reason)]
