"""What goes into a machine of the reference evaluator besides the passing item: one class for each way in which an input comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linewright.kernels.reference_calendar import QueueRun, Thing
from linewright.kernels.reference_line import Comes, Slot
from linewright.kernels.rows import LOST_BROKEN, LOST_OLD, LOST_REST, LOST_SPLICE

if TYPE_CHECKING:
    from linewright.kernels.reference_machine import Machine


class Mounted:
    """What is on one input of a machine. This one is an endless supply: one lot, always there, of which nothing is written."""

    def __init__(self, machine: Machine, number: int, slot: Slot) -> None:
        self.machine = machine
        self.world = machine.world
        self.number = number
        self.slot = slot
        self.lots: list[Thing] = []

    @property
    def queue(self) -> QueueRun:
        """Return the places in front of the input."""
        assert self.slot.queue is not None
        return self.world.queues[self.slot.queue]

    @property
    def place(self) -> tuple[int, int, int]:
        """Return station, machine and slot, as rows name them."""
        return self.machine.station.number, self.machine.number, self.number

    @property
    def is_in(self) -> bool:
        """Tell whether there is enough for one more start."""
        return True

    @property
    def lacking(self) -> int:
        """Return how many things it could take at once."""
        return int(not self.is_in)

    def bring_in(self) -> bool:
        """Bring in what is missing and there; tell whether anything changed."""
        return False

    def next_pieces(self) -> list[tuple[Thing, int, int]]:
        """Return what the next start takes of each lot: the lot, from where, how much."""
        return []

    def use_up(self, item: Thing) -> None:  # noqa: ARG002 - other inputs say what it is made of
        """Draw the pieces of one start, and as many again as break."""
        if self.slot.breaks is not None:
            broken = 0
            for _ in range(self.slot.amount):
                while self.breaks_next():
                    broken += 1
            if broken:
                self.world.log.lost(self.lots[0].key, self.world.now, 0, broken, *self.place, LOST_BROKEN)

    def breaks_next(self) -> bool:
        """Tell whether the next piece that the station draws for this input breaks."""
        assert self.slot.breaks is not None
        drawn = self.machine.station.machines[0].drawn
        drawn[self.number] = drawn.get(self.number, 0) + 1
        return self.slot.breaks(drawn[self.number])


class Parts(Mounted):
    """Parts move in one by one, until the amount is in."""

    @property
    def is_in(self) -> bool:
        """Tell whether all are in."""
        return len(self.lots) == self.slot.amount

    @property
    def lacking(self) -> int:
        """Return how many parts are still to come."""
        return self.slot.amount - len(self.lots)

    def bring_in(self) -> bool:
        """Take the parts that are there."""
        changed = False
        while not self.is_in and (part := self.queue.pop()) is not None:
            changed = True
            if self.slot.breaks is not None and self.breaks_next():
                self.world.log.lost(part.key, self.world.now, 0, 1, *self.place, LOST_BROKEN)
            else:
                self.lots.append(part)
        return changed

    def use_up(self, item: Thing) -> None:
        """Put all of them into the item."""
        for part in self.lots:
            self.world.log.consume(item.key, part.key, self.world.now, 0, 0, *self.place)
        self.lots = []


class Coil(Mounted):
    """A coil, or several rolls of it side by side, of which each start winds off its amount from place `at`."""

    at = 0
    rest = 0

    @property
    def is_in(self) -> bool:
        """Tell whether the rest is long enough."""
        return self.rest >= self.slot.amount + self.slot.extra

    def bring_in(self) -> bool:
        """Change a coil whose rest is too short; a made one must be there."""
        if self.is_in:
            return False
        new = self.next_lots()
        if not new:
            return False
        if self.rest:
            for lot in self.lots:
                self.world.log.lost(lot.key, self.world.now, self.at, self.at + self.rest, *self.place, LOST_REST)
        self.lots, self.rest = [], 0
        if self.slot.change:
            self.machine.begin("change", self.slot.change, lambda: self.put_on(new))
        else:
            self.put_on(new)
        return True

    def next_lots(self) -> list[Thing]:
        """Return what comes next: bought rolls, or the coil that was made here; nothing where there is none."""
        if self.slot.queue is None:
            return [self.world.new_thing(self.slot.thing, amount=self.slot.length) for _ in range(self.slot.rolls)]
        coil = self.queue.pop()
        return [] if coil is None else [coil]

    def next_pieces(self) -> list[tuple[Thing, int, int]]:
        """Return the piece of the coil that the next start winds off."""
        return [(self.lots[0], self.at, self.slot.amount)]

    def put_on(self, lots: list[Thing]) -> None:
        """Put the new one on; its splice is lost."""
        self.lots = lots
        self.at = self.slot.splice
        self.rest = lots[0].amount - self.slot.splice
        for lot in lots:
            self.world.log.mount(lot.key, self.world.now, *self.place)
            if self.slot.splice:
                self.world.log.lost(lot.key, self.world.now, 0, self.slot.splice, *self.place, LOST_SPLICE)

    def use_up(self, item: Thing) -> None:
        """Wind one amount off."""
        for lot in self.lots:
            self.world.log.consume(item.key, lot.key, self.world.now, self.at, self.at + self.slot.amount, *self.place)
            if self.slot.extra:
                at = self.at + self.slot.amount
                self.world.log.lost(lot.key, self.world.now, at, at + self.slot.extra, *self.place, LOST_BROKEN)
        self.at += self.slot.amount + self.slot.extra
        self.rest -= self.slot.amount + self.slot.extra


class Bulk(Mounted):
    """Batches of which each start draws its amount, the older first; `rests` is what is left of each."""

    def __init__(self, machine: Machine, number: int, slot: Slot) -> None:
        super().__init__(machine, number, slot)
        self.rests: list[int] = []

    @property
    def is_in(self) -> bool:
        """Tell whether there is enough in all of them."""
        return sum(self.rests) >= self.slot.amount

    def bring_in(self) -> bool:
        """Throw away what is too old, and take batches in while there is not enough."""
        changed = False
        while self.lots and self.is_old(self.lots[0]):
            self.throw_away(self.lots.pop(0), self.rests.pop(0))
            changed = True
        while not self.is_in and (lot := self.queue.pop()) is not None:
            changed = True
            if self.is_old(lot):
                self.throw_away(lot, lot.amount)
                continue
            self.lots.append(lot)
            self.rests.append(lot.amount)
            self.world.log.mount(lot.key, self.world.now, *self.place)
        return changed

    def next_pieces(self) -> list[tuple[Thing, int, int]]:
        """Return what the next start draws of one or two batches."""
        pieces, need = [], self.slot.amount
        for lot, rest in zip(self.lots, self.rests, strict=True):
            used = min(need, rest)
            if used:
                pieces.append((lot, lot.amount - rest, used))
            need -= used
        return pieces

    def is_old(self, lot: Thing) -> bool:
        """Tell whether a batch has passed its shelf life."""
        return self.slot.life is not None and self.world.now > lot.done + self.slot.life

    def throw_away(self, lot: Thing, rest: int) -> None:
        """Write that the rest of a batch is lost."""
        self.world.log.lost(lot.key, self.world.now, lot.amount - rest, lot.amount, *self.place, LOST_OLD)

    def use_up(self, item: Thing) -> None:
        """Draw one amount, from two batches where the older ends."""
        need = self.slot.amount
        while need:
            lot, rest = self.lots[0], self.rests[0]
            used = min(need, rest)
            self.world.log.consume(item.key, lot.key, self.world.now, lot.amount - rest, lot.amount - rest + used, *self.place)
            need -= used
            self.rests[0] -= used
            if self.rests[0] == 0:
                self.lots.pop(0)
                self.rests.pop(0)


INPUTS: dict[Comes, type[Mounted]] = {Comes.PART: Parts, Comes.COIL: Coil, Comes.BULK: Bulk, Comes.SUPPLY: Mounted}
