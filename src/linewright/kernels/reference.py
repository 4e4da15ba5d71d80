"""How a line behaves, in plain Python: the slow, obvious evaluator that the calendar must equal bit for bit.

It follows docs/semantics.md rule by rule and is the text to read first. It shares with the calendar only the draws (`rules`), which reach it as
functions of a `Line`. ``simulate(line, until)`` gives all that happened as a `Log`; the rest is in files beside this one:

- `reference_line`: what a line is;
- `reference_calendar`: the calendar, queues, people, trays;
- `reference_machine`: one machine, its tasks, stops, failures, maintenance, states;
- `reference_orders`: orders, products, set-ups;
- `reference_inputs`: parts, coils, batches on a machine;
- `reference_flows`: how items pass a station, `reference_ways`: where they go from there;
- `reference_stores`: ovens, stores, trays, utilities, `reference_vehicles`: fleets;
- `reference_log`: the rows.

Examples
--------
Two machines, one place between them, the second three times slower: the first is blocked from its third item on.

>>> from linewright.kernels.reference_line import Line, Queue, Step
>>> first = Step(time=lambda n: 1, out=0, begins=True)
>>> second = Step(time=lambda n: 3, entry=0)
>>> log = simulate(Line((first, second), (Queue(station=1, places=1),)), until=9)
>>> [(v.station, v.n, v.start, v.done, v.leave) for v in log.visits]
[(0, 1, 0, 1, 1), (0, 2, 1, 2, 2), (1, 1, 1, 4, 4), (0, 3, 2, 3, 4), (1, 2, 4, 7, 7), (0, 4, 4, 5, 7)]
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from linewright.kernels.reference_calendar import Calendar, CrewRun, QueueRun, Source, Thing, Trays
from linewright.kernels.reference_flows import Station
from linewright.kernels.reference_line import Comes, Line
from linewright.kernels.reference_log import Log
from linewright.kernels.reference_machine import Stop
from linewright.kernels.reference_orders import Orders
from linewright.kernels.reference_stores import FLOWS
from linewright.kernels.reference_vehicles import FleetRun, Zone
from linewright.kernels.rows import KIND_SHIFT

__all__ = ["World", "simulate"]


class World:
    """A line while it runs."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.now = 0
        self.calendar = Calendar()
        self.log = Log()
        self.traces = 0  # that faults have left on things
        self.agenda: set[int] = set()  # stations to look at
        self.serials = dict(line.first_serials)
        self.queues = [QueueRun(self, q) for q in line.queues]
        self.hours = [shift.on for shift in line.shifts]
        self.crews = [CrewRun(c, on=c.shift is None or self.hours[c.shift]) for c in line.crews]
        self.zones = [Zone(places) for places in line.zones]
        self.trays = [Trays(self, i, c) for i, c in enumerate(line.carriers)]
        self.orders = Orders(self)
        self.log.orders = self.orders.runs
        self.stations: list[Station] = []
        for number, step in enumerate(line.steps):
            self.stations.append(FLOWS[step.flow](self, number, step))
        self.fleets = [FleetRun(self, len(line.steps) + i, i, f) for i, f in enumerate(line.fleets)]
        self.stations += self.fleets
        self.log.fleets = [fleet.counts for fleet in self.fleets]
        for station in self.stations:
            station.connect()

    # ---- time

    def after(self, duration: int, source: Source, happens: Callable[[], None]) -> None:
        """Let something happen after a time; what takes no time happens now and is no event."""
        if duration:
            self.calendar.at(self.now + duration, source, happens)
        else:
            happens()

    def run(self, until: int) -> None:
        """Let everything happen that happens before `until`."""
        self.begin()
        while (time := self.calendar.next_time()) is not None and time < until:
            self.now, happens = self.calendar.take()
            happens()
            self.work_off()
        self.now = until

    def begin(self) -> None:
        """Put endless supplies on the machines, plan what the clock brings, and look at every station once."""
        for station in self.stations:
            self.plan_clocks(station)
            for machine in station.machines:
                if station.step.shift is not None and not self.hours[station.step.shift]:
                    machine.stop(Stop.SHIFT)
                for slot, mounted in enumerate(machine.mounted):
                    if mounted.slot.comes is Comes.SUPPLY:
                        mounted.lots = [self.new_thing(mounted.slot.thing)]
                    for lot in mounted.lots:
                        self.log.mount(lot.key, 0, station.number, machine.number, slot)
                machine.note()
            station.begin()
        for number in range(len(self.hours)):
            self.plan_switch(number, 0)
        self.orders.plan_release()
        self.agenda.update(range(len(self.stations)))
        self.work_off()

    def work_off(self) -> None:
        """Look at the stations on the agenda, the most downstream first; then let trips start, one by one."""
        while True:
            while self.agenda:
                number = max(self.agenda)
                self.agenda.remove(number)
                self.stations[number].look()
            if not any(fleet.start_trip() for fleet in self.fleets):
                for fleet in self.fleets:
                    fleet.send_to_park()
                return

    # ---- what the clock brings

    def plan_clocks(self, station: Station) -> None:
        """Plan maintenance by calendar and the failures of tools."""
        for j, plan in enumerate(station.step.plans):
            if plan.every is not None:
                self.plan_maintenance(station, j, plan.every, 1)
        for j in range(len(station.step.tool_modes)):
            Tools(station, j)

    def plan_maintenance(self, station: Station, j: int, every: int, k: int) -> None:
        """Let a plan fall due at ``k * every`` on each machine."""

        def falls_due() -> None:
            self.plan_maintenance(station, j, every, k + 1)
            for machine in station.machines:
                machine.fall_due(j)

        self.calendar.at(k * every, (2, 1, -station.number, j), falls_due)

    def plan_switch(self, number: int, k: int) -> None:
        """Let the hours of a shift plan begin or end at its k-th switch."""
        switches = self.line.shifts[number].switches
        if k < len(switches):
            self.calendar.at(switches[k], (2, 0, number), partial(self.switch, number, k))

    def switch(self, number: int, k: int) -> None:
        """Begin or end the hours: people go to work, machines stop or go on."""
        self.hours[number] = not self.hours[number]
        self.plan_switch(number, k + 1)
        for crew, run in zip(self.line.crews, self.crews, strict=True):
            if crew.shift == number:
                run.on = self.hours[number]
                run.send()
        for station in self.stations:
            if station.step.shift == number:
                for machine in station.machines:
                    if self.hours[number]:
                        machine.go(Stop.SHIFT)
                    else:
                        machine.stop(Stop.SHIFT)

    # ---- things

    def new_thing(self, kind: int, *, amount: int = 1, done: int | None = None, order: int | None = None) -> Thing:
        """Return the next thing of a kind."""
        serial = self.serials.get(kind, 1)
        self.serials[kind] = serial + 1
        return Thing((kind << KIND_SHIFT) + serial, done=self.now if done is None else done, amount=amount, own_order=order)


class Tools:
    """One stream of failures of all tools of a station by one mode."""

    def __init__(self, station: Station, number: int) -> None:
        self.station = station
        self.number = number
        self.mode = station.step.tool_modes[number]
        self.k = 1
        self.next_failure = self.mode.gap(1)
        self.back: list[tuple[int, int, int]] = []  # time, k, tool of all
        self.plan()

    def plan(self) -> None:
        """Plan what is next: a tool comes back, or one fails; at one time it comes back first."""
        world = self.station.world
        times = [(time, self.comes_back) for time, _, _ in sorted(self.back)[:1]] + [(self.next_failure, self.fails)]
        time, happens = min(times, key=lambda pair: pair[0])
        world.calendar.at(time, (1, -self.station.number, self.number), happens)

    def fails(self) -> None:
        """Let one tool go out; if it is out already nothing happens."""
        world, station = self.station.world, self.station
        hit = self.mode.pick(self.k)
        machine, tool = divmod(hit, self.mode.tools)
        if (self.number, machine, tool) not in station.tools_out:
            station.tools_out.add((self.number, machine, tool))
            self.back.append((world.now + self.mode.repair(self.k), self.k, hit))
            world.log.tool_stop(world.now, station.number, machine, tool, self.mode.reason, 1)
            if station.machines[machine].item is not None and station.machines[machine].task is not None:
                station.miss_value(self.number, station.machines[machine], tool)
        self.k += 1
        self.next_failure = world.now + self.mode.gap(self.k)
        self.plan()

    def comes_back(self) -> None:
        """Let the tool that went out for the shortest time from now come back."""
        world = self.station.world
        first = min(self.back)
        self.back.remove(first)
        machine, tool = divmod(first[2], self.mode.tools)
        self.station.tools_out.discard((self.number, machine, tool))
        world.log.tool_stop(world.now, self.station.number, machine, tool, self.mode.reason, 0)
        self.plan()


def simulate(line: Line, until: int, fill: Callable[[World], None] | None = None) -> Log:
    """Return all that happens in a line before `until`, ns.

    Parameters
    ----------
    line
        What the line is; its numbers are functions.
    until
        End, ns from the run's begin, exclusive.
    fill
        Puts what lies in the line at time 0 into it (`reference_state.fill`); without, it is empty.
    """
    world = World(line)
    if fill is not None:
        fill(world)
    world.run(until)
    world.log.close(world.stations, until)
    return world.log
