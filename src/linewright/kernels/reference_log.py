"""What the reference evaluator writes down: one named tuple for each row of `rows`, times in state, and the accumulators that follow from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linewright.kernels.rows import VERDICT_CHANCE, VERDICT_FALSE_REJECT, VERDICT_LATE, VERDICT_MISSED, VERDICT_PASS, VERDICT_REJECT, VERDICT_SCRAP

if TYPE_CHECKING:
    from linewright.kernels.reference_calendar import Thing
    from linewright.kernels.reference_flows import Station


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


class Counts(NamedTuple):
    """What a station has counted: starts are `n`; `stay` is the sum of leave - arrive, ns."""

    visits: int
    good: int
    scrap: int
    reject: int
    false_reject: int
    missed: int
    chance: int
    late: int
    stay: int


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
        self.times: dict[tuple[int, int], list[int]] = {}

    def visit(self, item: Thing, *rest: int) -> None:
        """Write a visit."""
        self.visits.append(Visit(item.key, *rest))

    def consume(self, *row: int) -> None:
        """Write what an item uses up."""
        self.consumed.append(Consume(*row))

    def mount(self, *row: int) -> None:
        """Write what is put on an input."""
        self.mounts.append(Mount(*row))

    def made(self, *row: int) -> None:
        """Write a new thing."""
        self.things.append(Made(*row))

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

    def close(self, stations: list[Station], until: int) -> None:
        """Add up the times in state, and make rows of the stays that are long enough."""
        for station in stations:
            for machine in station.machines:
                times = [0] * 10
                shown: tuple[int, int] | None = None
                ends = [stay[0] for stay in machine.stays[1:]] + [until]
                for (since, category, state, reason), end in zip(machine.stays, ends, strict=True):
                    times[category.value] += end - since
                    waits = category.name in {"STARVED", "BLOCKED"}
                    if (not waits or end - since >= station.step.short) and (state, reason) != shown:
                        shown = (state, reason)
                        self.states.append(State(since, station.number, machine.number, state, reason))
                self.times[station.number, machine.number] = times

    def counts(self, station: int) -> Counts:
        """Fold the visits of a station."""
        visits = [v for v in self.visits if v.station == station]
        verdicts = [v.verdict for v in visits]
        return Counts(
            visits=len(visits),
            good=verdicts.count(VERDICT_PASS) + verdicts.count(VERDICT_MISSED),
            scrap=verdicts.count(VERDICT_SCRAP),
            reject=verdicts.count(VERDICT_REJECT),
            false_reject=verdicts.count(VERDICT_FALSE_REJECT),
            missed=verdicts.count(VERDICT_MISSED),
            chance=verdicts.count(VERDICT_CHANCE),
            late=verdicts.count(VERDICT_LATE),
            stay=sum(v.leave - v.arrive for v in visits),
        )
