"""What a line that starts filled holds at time 0, by arithmetic; and where any of it came from (docs/semantics.md, section 9).

Millions of cells lie in the stores of a line at its start. None of them has a row: a cell's tray, winder, coils, metres and batches follow from its
serial.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from linewright.control.compile import Compiled
from linewright.control.flows import Passing
from linewright.kernels import table as tb
from linewright.kernels.records import Records
from linewright.kernels.rows import KIND_SHIFT, SERIAL_MASK
from linewright.model.errors import NotYetError
from linewright.model.plant import Start

__all__ = ["CarrierStock", "Opening", "SlotStock", "Use", "opening_of"]


@dataclass(frozen=True, slots=True)
class Use:
    """A piece of a lot that an opening thing was made of, as a CONSUME row; `lane` where it is one lane of it, else -1; `slot` the input, else -1."""

    lot: int
    lo: int
    hi: int
    slot: int = -1
    lane: int = -1


@dataclass(frozen=True, slots=True)
class SlotStock:
    """One input of a station that made opening things: how they used its lots.

    Parameters
    ----------
    slot
        Number of the input.
    kind
        COIL, BULK or PART (`kernels.table`).
    thing
        Kind of the lots.
    machines, rolls
        Machines of the station; lots on one input at a time.
    amount, length, splice
        mm, mL or g: for one item, of one lot, lost at the begin of one.
    used
        Serials up to this one are used up, or mounted.
    """

    slot: int
    kind: int
    thing: int
    machines: int
    rolls: int
    amount: int
    length: int
    splice: int
    used: int

    @property
    def items(self) -> int:
        """Return how many items one coil gives."""
        return (self.length - self.splice) // self.amount

    def number(self, machine: int, items: int) -> int:
        """Return how many of the first items a machine has made; they come from the machines in turn."""
        return (items - machine + self.machines - 1) // self.machines

    def at(self, machine: int, number: int) -> tuple[int, int]:
        """Return serial of the (first) coil and its place in mm where a machine begins with its number-th item, both from 0."""
        moved = number + machine * self.items // self.machines
        serial = ((moved // self.items) * self.machines + machine) * self.rolls + 1
        return serial, self.splice + (moved % self.items) * self.amount

    def uses(self, item: int) -> list[Use]:
        """Return what the item of a serial (from 1) used of this input."""
        key = self.thing << KIND_SHIFT
        if self.kind == tb.COIL:
            serial, at = self.at((item - 1) % self.machines, (item - 1) // self.machines)
            return [Use(key | (serial + roll), at, at + self.amount, self.slot) for roll in range(self.rolls)]
        if self.kind == tb.PART:
            return [Use(key | ((item - 1) * self.amount + i + 1), 0, 0, self.slot) for i in range(self.amount)]
        machine, lo = (item - 1) % self.machines, (item - 1) // self.machines * self.amount
        return [Use(key | serial, at, end, self.slot) for serial, at, end in self.draughts(machine, lo, lo + self.amount)]

    def in_hand(self, machine: int, number: int) -> tuple[int, int]:
        """Return serial of the batch, and how much of it is gone, where a machine begins with its number-th item, both from 0.

        Machines take batches in turn: batches need no change, so nothing is gained by spreading their ends as those of coils are.
        """
        batch, gone = divmod(number * self.amount, self.length)
        return batch * self.machines + machine + 1, gone

    def draughts(self, machine: int, low: int, high: int) -> list[tuple[int, int, int]]:
        """Return (serial, from, to) of the batches that hold the amounts [low, high) of all that one machine draws, end to end.

        What lies below 0 was drawn of its first batch.

        Examples
        --------
        >>> from linewright.kernels.table import BULK
        >>> stock = SlotStock(0, BULK, 1, machines=2, rolls=1, amount=690, length=1000, splice=0, used=4)
        >>> stock.draughts(1, 690, 1380)
        [(2, 690, 1000), (4, 0, 380)]
        """
        parts = []
        while low < high:
            batch = max(low // self.length, 0)
            end = min(high, (batch + 1) * self.length)
            parts.append((batch * self.machines + machine + 1, low - batch * self.length, end - batch * self.length))
            low = end
        return parts

    def drawers(self, batch: int, lag: int) -> range:
        """Return the serials of all items that a batch can have gone into, if each amount is up to `lag` late.

        Examples
        --------
        >>> from linewright.kernels.table import BULK
        >>> stock = SlotStock(0, BULK, 1, machines=2, rolls=1, amount=690, length=1000, splice=0, used=4)
        >>> list(stock.drawers(2, 0)), list(stock.drawers(4, 0))
        ([2, 4], [4, 6])
        """
        number, machine = divmod(batch - 1, self.machines)
        first, last = number * self.length // self.amount, ((number + 1) * self.length + lag - 1) // self.amount
        return range(first * self.machines + machine + 1, last * self.machines + machine + 2, self.machines)


@dataclass(frozen=True, slots=True)
class CarrierStock:
    """Loaded carriers of one kind: `count` of them, numbered from the oldest, loaded each `gap` ns, the last half a gap before time 0.

    `stages` are (station number, its time in ns) in order.
    """

    carrier: int
    count: int
    gap: int
    holds: int
    inner: int
    stages: tuple[tuple[int, int], ...]

    def age(self, serial: int) -> int:
        """Return how long before time 0 a carrier was loaded, ns."""
        return (self.count - serial) * self.gap + self.gap // 2


@dataclass(frozen=True)
class Opening:
    """The opening stock of a line.

    Parameters
    ----------
    compiled
        The line.
    carriers
        What lies on carriers.
    slots
        By number of the station: how its inputs were used.
    made
        By kind: opening things have serials up to this one.
    queues
        By queue number: first serial and count of what lies in it, in order.
    ovens
        By station number: first serial of what is in its machines, machine after machine.
    lanes
        By kind: (kind of the parent, lanes).
    """

    compiled: Compiled
    carriers: list[CarrierStock] = field(default_factory=list)
    slots: dict[int, list[SlotStock]] = field(default_factory=dict)
    made: dict[int, int] = field(default_factory=dict)
    queues: dict[int, tuple[int, int]] = field(default_factory=dict)
    ovens: dict[int, int] = field(default_factory=dict)
    lanes: dict[int, tuple[int, int]] = field(default_factory=dict)

    def holds(self, key: int) -> bool:
        """Tell whether a thing is opening stock, or was used up for it."""
        return 1 <= key & SERIAL_MASK <= self.made.get(key >> KIND_SHIFT, 0)

    def made_from(self, key: int) -> list[Use]:
        """Return the pieces of lots that an opening thing was made of; nothing where it was bought or its inputs leave no trace."""
        kind, serial = key >> KIND_SHIFT, key & SERIAL_MASK
        if not self.holds(key):
            return []
        if kind in self.lanes:
            parent, lanes = self.lanes[kind]
            station = self.compiled.kinds[kind].station
            enter = self.compiled.flow.stations[station].enter_mm if station is not None else 0
            return [Use((parent << KIND_SHIFT) | ((serial - 1) // lanes + 1), 0, enter, -1, (serial - 1) % lanes)]
        station = self.compiled.kinds[kind].station
        if station is None:
            return []
        return [use for slot in self.slots.get(station, []) for use in slot.uses(serial)]

    def machine_of(self, key: int) -> tuple[int, int] | None:
        """Return station and machine (from 0) where an opening thing came into being; None for what was bought."""
        station = self.compiled.kinds[key >> KIND_SHIFT].station
        if station is None or not self.holds(key):
            return None
        count = int(self.compiled.table.stations[station].count)
        return station, ((key & SERIAL_MASK) - 1) % count

    def placed(self, key: int) -> tuple[int, int, int] | None:
        """Return carrier, place and time (ns, before 0) at which an opening item was loaded; None for all else."""
        for stock in self.carriers:
            serial = (key & SERIAL_MASK) - 1
            if key >> KIND_SHIFT == stock.inner and serial < stock.count * stock.holds:
                carrier = int(self.compiled.table.carriers[stock.carrier].kind) << KIND_SHIFT
                number = serial // stock.holds + 1
                return carrier | number, serial % stock.holds, -stock.age(number)
        return None


def opening_of(compiled: Compiled) -> Opening:
    """Return the opening stock of a line; an empty one where it starts empty.

    Raises
    ------
    NotYetError
        The line starts filled, and has a form whose steady state is not worked out here yet.
    """
    opening = Opening(compiled)
    if compiled.plant.run.start is not Start.FILLED:
        return opening
    ends = [p.segment.path for p in compiled.flow.stations if p.next is None]
    if len(ends) > 1:
        raise _refuse(f"several stations with nothing behind them: {', '.join(ends)}")
    for number in range(len(compiled.plant.carriers)):
        stock = _carrier_stock(compiled, number)
        if stock is not None:
            opening.carriers.append(stock)
            opening.made[int(compiled.table.carriers[number].kind)] = stock.count
            opening.made[stock.inner] = stock.count * stock.holds
    last = compiled.flow.stations[-1]
    _fill_inputs(opening, _beginning(compiled, last))
    return opening


def _refuse(what: str) -> NotYetError:
    return NotYetError([("run.start: filled", what)])


def _beginning(compiled: Compiled, p: Passing) -> Passing:
    while not p.begins:
        if p.segment.places and not p.carried:
            raise _refuse(f"single items in the store `{p.segment.name}`")
        p = compiled.flow.stations[p.feeders[0]]
    return p


def _carrier_stock(compiled: Compiled, number: int) -> CarrierStock | None:
    table, flow = compiled.table, compiled.flow
    carrier = table.carriers[number]
    loaders = [p for p in flow.stations if p.segment.loads is not None and p.carrier == number]
    if not loaders:
        return None
    if len(loaders) > 1:
        raise _refuse(f"carriers loaded at several stations: {', '.join(p.segment.name for p in loaders)}")
    stages: list[tuple[int, int]] = []
    rate = compiled.plant.target_per_s or min(_rate(compiled, p) for p in flow.stations if not p.carried and p.kind == int(carrier.inner))
    gap = int(carrier.holds * 1e9 / rate)
    at = loaders[0].next
    while at is not None and flow.stations[at].carried:
        row = table.stations[at]
        if row.flow not in (tb.STORE, tb.ITEM):
            raise _refuse(f"carriers in batches at `{flow.stations[at].segment.name}`")
        time = int(table.laws[row.law].mean * 1e9)
        stages.append((at, time))
        gap = max(gap, -(-time // int(row.size if row.flow == tb.STORE else row.count)))
        at = flow.stations[at].next
    whole = sum(time for _, time in stages)
    free = int(carrier.count) - sum(int(table.stations[p.number].count) for p in loaders)
    gap = max(gap, -(-whole // max(free, 1)), 1)
    count = max(0, (whole - gap // 2 + gap - 1) // gap)
    return CarrierStock(number, count, gap, int(carrier.holds), int(carrier.inner), tuple(stages))


def _rate(compiled: Compiled, p: Passing) -> float:
    row = compiled.table.stations[p.number]
    return float(row.count) / float(compiled.table.laws[row.law].mean)


def _fill_inputs(opening: Opening, p: Passing) -> None:
    """Work out how a beginning station's inputs were used by what it has made, and fill all that stands in front of them."""
    compiled = opening.compiled
    row = compiled.table.stations[p.number]
    items = opening.made.get(p.kind, 0)
    stocks = opening.slots.setdefault(p.number, [])
    for number, (_, sources) in enumerate(p.slots):
        slot = compiled.table.slots[row.slot0 + number]
        if slot.kind == tb.SUPPLY:
            continue
        machines = int(row.count)
        made = opening.made.get(int(slot.thing), 0)
        stock = SlotStock(number, int(slot.kind), int(slot.thing), machines, int(slot.rolls), int(slot.amount), int(slot.length), int(slot.splice), 0)
        if slot.kind == tb.COIL:
            most = max(stock.at(m, stock.number(m, items))[0] for m in range(machines))
            used = ((most - 1) // (machines * stock.rolls) + 1) * machines * stock.rolls
        elif slot.kind == tb.BULK:
            used = max(stock.in_hand(m, stock.number(m, items))[0] for m in range(machines))
        else:
            used = items * stock.amount
        stocks.append(SlotStock(number, stock.kind, stock.thing, machines, stock.rolls, stock.amount, stock.length, stock.splice, used))
        opening.made[stock.thing] = max(made, used)
        if sources:
            _fill_queue(opening, int(slot.queue))
            _fill_chain(opening, compiled.flow.stations[sources[0]])


def _fill_queue(opening: Opening, q: int) -> None:
    queue = opening.compiled.table.queues[q]
    station = opening.compiled.flow.stations[int(queue.station)]
    kind = (
        opening.compiled.flow.stations[station.feeders[0]].kind
        if queue.slot < 0
        else int(opening.compiled.table.slots[_slot(opening, station, queue)].thing)
    )
    first = opening.made.get(kind, 0) + 1
    opening.queues[q] = (first, int(queue.places))
    opening.made[kind] = first - 1 + int(queue.places)


def _slot(opening: Opening, station: Passing, queue: Records) -> int:
    return int(opening.compiled.table.stations[station.number].slot0 + queue.slot)


def _fill_chain(opening: Opening, p: Passing) -> None:
    """Fill the stations of a chain from its end to its beginning: ovens in work, queues full, other machines empty."""
    table = opening.compiled.table
    while True:
        row = table.stations[p.number]
        if row.flow in (tb.LOADER, tb.UNLOADER, tb.STORE):
            raise _refuse(f"a store or carriers at `{p.segment.name}`, in front of what begins the product")
        if row.flow == tb.BATCH:
            first = opening.made.get(p.kind, 0) + 1
            opening.ovens[p.number] = first
            opening.made[p.kind] = first - 1 + int(row.size * row.count)
        if row.lanes > 1:
            if not p.feeders:
                raise _refuse(f"a web that is slit at the first station of its chain, `{p.segment.name}`")
            parent = opening.compiled.flow.stations[p.feeders[0]].kind
            coils = -(-opening.made.get(p.kind, 0) // int(row.lanes))
            opening.lanes[p.kind] = (parent, int(row.lanes))
            opening.made[p.kind] = coils * int(row.lanes)
            opening.made[parent] = max(opening.made.get(parent, 0), coils)
        if p.begins:
            _fill_inputs(opening, p)
            return
        _fill_queue(opening, int(row.pass_queue))
        p = opening.compiled.flow.stations[p.feeders[0]]
