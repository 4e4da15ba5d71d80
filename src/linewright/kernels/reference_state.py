"""A line that starts filled: the state at time 0, as `control.fill` makes it, put into a world of the reference evaluator."""

from __future__ import annotations

from collections import deque

from linewright.kernels.reference import World
from linewright.kernels.reference_calendar import Thing
from linewright.kernels.reference_flows import Station
from linewright.kernels.reference_inputs import Bulk, Coil
from linewright.kernels.reference_line import Flow
from linewright.kernels.reference_machine import DONE, Inside, Machine, Task
from linewright.kernels.rows import KIND_SHIFT
from linewright.kernels.state import WORK, State
from linewright.kernels.table import Table

__all__ = ["fill"]


def fill(world: World, table: Table, state: State) -> None:
    """Put what lies in a line at time 0 into a world that has not begun."""
    Filling(world, table, state).everything()


class Filling:
    """One opening state and the things in it; carriers are found by their key, wherever they are."""

    def __init__(self, world: World, table: Table, state: State) -> None:
        self.world = world
        self.table = table
        self.state = state
        self.trays: dict[int, Thing] = {}

    def everything(self) -> None:
        """Fill serials, carriers, queues, machines."""
        self.world.serials = {kind: int(serial) for kind, serial in enumerate(self.state.serials)}
        for number in range(len(self.world.trays)):
            self.carriers(number)
        for number in range(len(self.world.queues)):
            self.queue(number)
        for station in self.world.stations:
            for machine in station.machines:
                self.mounts(machine)
                self.machine(station, machine)

    def carriers(self, number: int) -> None:
        """Number the carriers; a full one of the opening stock holds items of its own serials."""
        row, trays = self.table.carriers[number], self.world.trays[number]
        carrier = trays.carrier
        named = {thing.key: thing for thing in trays.empty}
        first = int(row["tray0"])
        for at, (key, tray) in enumerate(sorted(named.items())):
            held = int(self.state.trays["count"][first + at])
            inner = carrier.inner << KIND_SHIFT
            tray.content = [Thing(inner + at * carrier.holds + place + 1) for place in range(held)]
            self.trays[key] = tray
        empty = int(self.state.carriers["empty"][number])
        head = int(self.state.carriers["empty_head"][number])
        order = [int(self.state.empties[first + (head + i) % carrier.count]) for i in range(empty)]
        trays.empty = deque(self.trays[(carrier.kind << KIND_SHIFT) + at + 1] for at in order)

    def thing(self, key: int, arrived: int = 0, done: int = 0, amount: int = 1) -> Thing:
        """Return a carrier that has been numbered, else a new thing."""
        thing = self.trays.get(key) or Thing(key, amount=amount)
        thing.arrived, thing.done = arrived, done
        return thing

    def queue(self, number: int) -> None:
        """Put what lies in front of a station."""
        row, run = self.table.queues[number], self.world.queues[number]
        head, count = int(self.state.queues["head"][number]), int(self.state.queues["count"][number])
        slot = run.queue.slot
        step = self.world.stations[run.queue.station].step
        amount = step.made if slot is None else step.slots[slot].length
        for i in range(count):
            entry = self.state.ring[int(row["ring0"]) + (head + i) % int(row["room"])]
            run.things.append(self.thing(int(entry["item"]), int(entry["arrive"]), int(entry["done"]), amount))

    def mounts(self, machine: Machine) -> None:
        """Put coils and batches on the inputs of a machine."""
        station = machine.station
        m = int(self.table.stations[station.number]["machine0"]) + machine.number
        for j, mounted in enumerate(machine.mounted):
            row = self.state.mounts[int(self.table.machines[m]["mount0"]) + j]
            lot, rest = int(row["lot"]), int(row["rest"])
            if lot == 0:
                continue
            mounted.lots = [Thing(lot + roll, done=int(row["born"]), amount=mounted.slot.length) for roll in range(mounted.slot.rolls)]
            if isinstance(mounted, Coil):
                mounted.at, mounted.rest = int(row["at"]), rest
            if isinstance(mounted, Bulk):
                mounted.rests = [rest]

    def machine(self, station: Station, machine: Machine) -> None:
        """Put the item in work, or what is in an oven or a store."""
        m = int(self.table.stations[station.number]["machine0"]) + machine.number
        row, own = self.state.machines[m], self.state.own[m]
        if station.step.flow in {Flow.BATCH, Flow.STORE}:
            first = int(self.table.stations[station.number]["bin0"]) + machine.number * station.step.size
            for i in range(int(row["on"])):
                entry = self.state.bins[first + i]
                thing = self.thing(int(entry["item"]), amount=station.step.made)
                machine.held.append(thing)
                machine.inside[thing.key] = Inside(int(entry["arrive"]), int(entry["start"]), int(entry["n"]), int(entry["ready"]))
        if int(own["phase"]) == WORK:
            machine.started, machine.arrived = int(row["start"]), int(row["arrive"])
            machine.is_baking = station.step.flow is Flow.BATCH
            if not machine.is_baking:
                machine.item = self.thing(int(row["item"]), machine.arrived)
            machine.task = Task("work", int(own["left"]), DONE, lambda: station.resumed(machine))
