"""One machine of the reference evaluator: its task, its stops, its failures and maintenance, and the state it is in.

A machine does one thing at a time, its *task*: work, a change, a load or an unload. A stop lets the task stand still; it goes on with what was left.
Failures, repairs and maintenance run beside it on times of their own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from linewright.kernels.reference_calendar import QueueRun, Thing
from linewright.kernels.reference_faults import Reach, follow_work
from linewright.kernels.reference_inputs import INPUTS
from linewright.kernels.reference_line import Plan
from linewright.kernels.reference_log import Category, Stay
from linewright.kernels.rows import EXECUTE, HELD, STOPPED, SUSPENDED, VERDICT_PASS

if TYPE_CHECKING:
    from linewright.kernels.reference_flows import Station

REASON_STARVED, REASON_BLOCKED, REASON_CHANGE, REASON_OFF_SHIFT, _, REASON_CREW, REASON_SETUP = range(7)  # the first of a table's reasons
CHANGES = {"change": (Category.CHANGE, HELD, REASON_CHANGE), "setup": (Category.SETUP, HELD, REASON_SETUP)}
DONE, REPAIRED, FAILED, LINE = range(4)  # the sources of one machine, in the order of ties


class Stop(Enum):
    """Why a machine is stopped by itself or its hours; utilities are counted apart, since several may be down."""

    FAULT = 1
    SHIFT = 2
    PLANNED = 3


@dataclass
class Task:
    """Something that takes `left` ns of time in which the machine is not stopped; `source` is its place among ties."""

    what: str  # work, change, load, unload
    left: int
    source: int
    ends: Callable[[], None]
    since: int | None = None  # it runs since; None while it stands still
    lasts: bool = True  # an unload that takes no time is not Execute


class Inside(NamedTuple):
    """An item in an oven or a store: when it reached the queue and moved in; of a store, its number and when its time is over."""

    arrived: int
    moved_in: int
    n: int = 0
    ready: int = 0


@dataclass
class Upkeep:
    """A maintenance plan on this machine: whether it is due, which time comes next, starts since the last."""

    plan: Plan
    is_due: bool = False
    k: int = 1
    starts: int = 0


class Machine:
    """One machine of a station."""

    def __init__(self, station: Station, number: int) -> None:
        self.station = station
        self.number = number
        self.world = station.world
        self.task: Task | None = None
        self.stops: set[Stop] = set()
        self.utilities_down = 0
        self.utility_reason = -1  # of the one that went down last
        self.hands: deque[Thing] = deque()  # finished, to be handed over
        self.is_ready = False  # all is in; it waits for people
        self.come = 0  # of the crews that it needs, how many have sent their people
        self.kept_item: Thing | None = None  # the passing item, until they come
        self.open: dict[int, Thing] = {}  # carriers by grade
        self.drawn: dict[int, int] = {}  # pieces by input; those of the station's first machine count
        self.booked: list[QueueRun] = []  # places kept ahead for what is in work
        self.is_held_back = False  # all is in, but no place is free ahead
        self.later: deque[tuple[list[Thing], QueueRun]] = deque()  # what else was made, when these are out
        self.is_later = False  # what it hands out is not the first of several things made
        self.waits_in: list[QueueRun] = []  # queues that may take the next of them
        self.item: Thing | None = None  # in work
        self.product: int | None = None  # it is set up for
        self.order: int | None = None  # of what it begins next
        self.mounted = [INPUTS[slot.comes](self, number, slot) for number, slot in enumerate(station.step.slots)]
        self.starts = 0  # of this machine
        self.n = 0  # the station's number of its last start
        self.arrived = self.started = self.done = 0  # of the item in hand
        self.given: Thing | None = None  # handed over last
        self.tray: Thing | None = None  # open, or being emptied
        self.tray_arrived = 0
        self.place = 0  # of the tray, whose item is next
        self.held: list[Thing] = []  # in an oven or a store
        self.is_baking = False
        self.deadline: int | None = None  # an oven starts at the latest
        self.inside: dict[int, Inside] = {}  # by key, of what is in an oven or a store
        self.tool = self.grade = -1
        self.verdict = VERDICT_PASS
        self.passed = 0  # passes of the item that is sent to be mended, as it was measured
        # failures
        self.failed: int | None = None  # mode
        self.is_under_repair = False  # the repair runs
        self.failures = [1] * len(station.step.modes)  # the number of each mode's failure to come
        self.clocks = [mode.life(number, 1) for mode in station.step.modes]  # running time left, or the time it falls due
        # maintenance
        self.upkeep = [Upkeep(plan) for plan in station.step.plans]
        self.kept: Upkeep | None = None  # waits for its people, or runs
        self.is_kept = False  # it runs
        self.stays: list[Stay] = []
        # faults that act on a web: ns of the work in hand that are done, and how far each fault goes in them
        self.worked = 0
        self.reaches: dict[int, Reach] = {}
        self.plan_failure()

    def source(self, which: int) -> tuple[int, ...]:
        """Return the source of one of the machine's events."""
        return (0, -self.station.number, self.number, which)

    # ---- tasks

    def begin(self, what: str, duration: int, ends: Callable[[], None]) -> None:
        """Begin a task."""
        self.task = Task(what, duration, DONE if what in {"work", "change", "setup"} else LINE, ends, lasts=duration > 0)
        self.pace()

    def pace(self) -> None:
        """Let the task run or stand still, as the stops say, and plan what comes of it."""
        task, now = self.task, self.world.now
        if task is not None:
            if task.since is not None:
                passed = now - task.since
                task.left -= passed
                if self.is_worn_by(task):
                    self.wear(passed)
            task.since = None if self.is_stopped else now
            if task.since is None:
                self.world.calendar.forget(self.source(task.source))
            else:
                self.world.calendar.at(now + task.left, self.source(task.source), self.task_ended)
        self.plan_failure()
        self.note()

    def task_ended(self) -> None:
        """Finish the task; the station knows what follows."""
        task = self.task
        assert task is not None
        assert task.since is not None
        if self.is_worn_by(task):
            self.wear(self.world.now - task.since)
        self.task = None
        self.world.agenda.add(self.station.number)
        task.ends()
        self.pace()

    def is_worn_by(self, task: Task) -> bool:
        """Tell whether running clocks count the time of a task."""
        return task.what == "work"

    @property
    def is_stopped(self) -> bool:
        """Tell whether work stands still and nothing begins."""
        return bool(self.stops or self.utilities_down)

    @property
    def is_empty(self) -> bool:
        """Tell whether the machine could begin something."""
        return self.task is None and not self.hands and not self.is_ready and not self.is_stopped

    def stop(self, why: Stop) -> None:
        """Add a stop."""
        self.stops.add(why)
        self.pace()

    def go(self, why: Stop) -> None:
        """Take a stop away."""
        self.stops.discard(why)
        if not self.is_stopped:
            self.world.agenda.add(self.station.number)
        self.pace()

    def utility(self, reason: int, *, is_down: bool) -> None:
        """Hear that a utility went down or came back."""
        if is_down:
            self.utilities_down += 1
            self.utility_reason = reason
        else:
            self.utilities_down -= 1
            if not self.is_stopped:
                self.world.agenda.add(self.station.number)
        self.pace()

    # ---- handing over

    @property
    def load(self) -> int:
        """Return how many items are in it: of an oven or a store all, else one or none."""
        if self.station.holds_many:
            return len(self.held)
        return int(self.task is not None or bool(self.hands) or self.is_ready)

    def give(self) -> Thing:
        """Hand the next finished thing over."""
        self.given = self.hands.popleft()
        return self.given

    # ---- failures

    def wear(self, passed: int) -> None:
        """Take working time off the running clocks; 1 ns stays on one that would end together with something else."""
        for j, mode in enumerate(self.station.step.modes):
            if mode.running:
                self.clocks[j] = max(self.clocks[j] - passed, 1)
        if self.station.step.is_followed:
            follow_work(self, self.world.now - passed, self.world.now)

    def plan_failure(self) -> None:
        """Plan the next failure: the mode that falls due first, at one time the first in the file."""
        source = self.source(FAILED)
        self.world.calendar.forget(source)
        if self.failed is not None or self.is_kept:
            return
        works_since = self.task.since if self.task is not None and self.is_worn_by(self.task) else None
        due = []
        for j, mode in enumerate(self.station.step.modes):
            if not mode.running:
                due.append((max(self.clocks[j], self.world.now), j))
            elif works_since is not None:
                due.append((works_since + self.clocks[j], j))
        if due:
            time, failing = min(due)
            self.world.calendar.at(time, source, lambda: self.fail(failing))

    def fail(self, j: int) -> None:
        """Fail by mode j; ask for people, or mend at once."""
        self.failed = j
        self.stop(Stop.FAULT)
        self.station.went_down(self.station.step.modes[j].reason)
        self.ask(self.station.step.modes[j].crew, self.mend)

    def ask(self, crew: int | None, begin: Callable[[], None]) -> None:
        """Ask for one of a crew, who will `begin`; where nobody is needed, begin."""
        if crew is None:
            begin()
        else:
            self.world.crews[crew].ask(begin)

    def mend(self) -> None:
        """Begin the repair; it goes on through all stops."""
        j = self.failed
        assert j is not None
        self.is_under_repair = True
        self.world.after(self.station.step.modes[j].repair(self.number, self.failures[j]), self.source(REPAIRED), self.repaired)
        self.note()

    def repaired(self) -> None:
        """End the repair: that mode's time is drawn anew, the people go, the work goes on."""
        j = self.failed
        assert j is not None
        mode = self.station.step.modes[j]
        self.failed, self.is_under_repair = None, False
        self.failures[j] += 1
        self.clocks[j] = mode.life(self.number, self.failures[j]) + (0 if mode.running else self.world.now)
        self.go(Stop.FAULT)
        self.station.came_up(mode.reason)
        if mode.crew is not None:
            self.world.crews[mode.crew].release()
        if self.is_kept:
            self.keep_up()
        self.world.agenda.add(self.station.number)

    # ---- maintenance

    def fall_due(self, plan: int) -> None:
        """Hear that a plan is due; falling due again while it is pending counts once."""
        self.upkeep[plan].is_due = True
        self.world.agenda.add(self.station.number)

    def count_start(self, items: int = 1) -> None:
        """Count a start, and its items for the plans that go by items."""
        self.starts += 1
        for upkeep in self.upkeep:
            upkeep.starts += items
            if upkeep.plan.items is not None and upkeep.starts >= upkeep.plan.items:
                upkeep.is_due, upkeep.starts = True, 0

    def maintain(self) -> None:
        """Begin the first maintenance that is due, if nothing is in hand and the machine is not failed."""
        if self.failed is not None or self.kept is not None or self.task is not None or self.is_ready or self.station.has_in_hand(self):
            return
        self.kept = next((u for u in self.upkeep if u.is_due), None)
        if self.kept is None:
            return
        self.kept.is_due = False
        self.stop(Stop.PLANNED)
        self.ask(self.kept.plan.crew, self.keep_up)

    def keep_up(self) -> None:
        """Begin the maintenance; on a machine that failed while it waited for people it begins after the repair."""
        kept = self.kept
        assert kept is not None
        self.is_kept = True
        if self.failed is None:
            self.world.after(kept.plan.time(self.number, kept.k), self.source(DONE), self.maintained)
        self.plan_failure()
        self.note()

    def maintained(self) -> None:
        """End the maintenance."""
        kept = self.kept
        assert kept is not None
        kept.k += 1
        self.kept, self.is_kept = None, False
        self.go(Stop.PLANNED)
        if kept.plan.crew is not None:
            self.world.crews[kept.plan.crew].release()
        self.world.agenda.add(self.station.number)

    # ---- states

    def state(self) -> Stay:
        """Return the state the machine is in since now, the first that applies."""
        category, told, reason = self.category()
        return Stay(self.world.now, category, told, reason, category is Category.BLOCKED and self.is_held_back)

    def hold_back(self, *, is_held: bool) -> None:
        """Wait, or wait no more, for a place ahead before the work begins."""
        if self.is_held_back != is_held:
            self.is_held_back = is_held
            self.note()

    def category(self) -> tuple[Category, int, int]:
        """Return the state, as it is told in PackML, and the reason."""
        step = self.station.step
        if Stop.SHIFT in self.stops:
            return Category.OFF_SHIFT, STOPPED, REASON_OFF_SHIFT
        if self.kept is not None:
            return (Category.PLANNED if self.is_kept else Category.CREW), STOPPED, self.kept.plan.reason
        if self.failed is not None:
            return (Category.REPAIR if self.is_under_repair else Category.CREW), HELD, step.modes[self.failed].reason
        if self.utilities_down:
            return Category.UTILITY, SUSPENDED, self.utility_reason
        if self.is_ready:
            return Category.UTILITY, SUSPENDED, REASON_CREW
        return self.doing()

    def doing(self) -> tuple[Category, int, int]:
        """Return the state where nothing stops the machine."""
        if self.task is not None and self.task.what in CHANGES:
            return CHANGES[self.task.what]
        if (self.task is not None and self.task.lasts) or self.station.executes(self):
            return Category.EXECUTE, EXECUTE, -1
        if self.hands or self.task is not None or self.is_held_back:
            return Category.BLOCKED, SUSPENDED, REASON_BLOCKED
        return Category.STARVED, SUSPENDED, REASON_STARVED

    def note(self) -> None:
        """Write down the state from now on, if it is another one."""
        stay = self.state()
        if not self.stays or self.stays[-1][1:] != stay[1:]:
            self.stays.append(stay)
