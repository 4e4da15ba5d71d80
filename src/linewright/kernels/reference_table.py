"""The station table read as a `Line`: rows become objects, keys of draws become functions of a count.

This and the draws themselves (`rules`) are all that the reference evaluator shares with the calendar.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from linewright.kernels import rules
from linewright.kernels import state as sizes
from linewright.kernels import table as tb
from linewright.kernels.reference_line import (
    Carrier,
    Check,
    Choose,
    Comes,
    Crew,
    Crossing,
    Drive,
    Fault,
    Fleet,
    Flow,
    Gate,
    Line,
    Mend,
    Mode,
    Order,
    Output,
    Plan,
    Queue,
    Rule,
    Shift,
    Slot,
    Step,
    ToolMode,
    Variant,
)

__all__ = ["read_table"]


def read_table(table: tb.Table, seed: int, replication: int = 0) -> Line:
    """Return the line that a station table describes, with all draws of one replication."""
    return _Reader(table, seed, replication).line()


def _or_none(number: int) -> int | None:
    return None if number < 0 else int(number)


def _setups(table: tb.Table, first: int, products: int) -> tuple[tuple[int, ...], ...]:
    """Return the times to change over, from each product to each; none where no set-up is needed."""
    if first == 0:
        return ()
    times = [int(x) for x in table.setups[first - 1 : first - 1 + products * products]]
    return tuple(tuple(times[a * products : (a + 1) * products]) for a in range(products))


def _mend(table: tb.Table, number: int) -> Mend | None:
    """Return where the gate of a station sends what it refuses, None where it throws it away."""
    s = table.stations[number]
    if s.fail_queue < 0:
        return None
    return Mend(int(s.fail_queue), _or_none(s.then_queue), _or_none(s.limit), int(s.pass_shift), int(s.pass_most))


class _Reader:
    """Reads one table; `size` tells how many rows of it are real, since no array of a table is empty."""

    def __init__(self, table: tb.Table, seed: int, replication: int) -> None:
        self.t = table
        self.products = int(table.sizes[sizes.Z_PRODUCTS])
        self.base = np.uint64(self.quiet(rules.base_of, seed, replication))  # compiled, it comes back as a plain int

    @staticmethod
    def quiet(function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a rule; the arithmetic of keys wraps on purpose, which NumPy mentions where nothing is compiled."""
        with np.errstate(over="ignore"):
            return function(*arguments)

    def size(self, which: int) -> range:
        """Return the numbers of the real rows."""
        return range(int(self.t.sizes[which]))

    # ---- draws

    def duration(self, law: int, h: int, purpose: int, n: int) -> int:
        """Return the n-th time of a law under one key, ns."""
        return int(self.quiet(rules.duration, self.t.laws, self.t.quantiles, law, self.base, np.uint64(h), purpose, n))

    def uniform(self, h: int, purpose: int, n: int) -> float:
        """Return the n-th number in (0, 1) under one key."""
        return float(self.quiet(rules.uniform, self.base, np.uint64(h), purpose, n))

    def value(self, law: tuple[int, int], mean: float, spread: float, n: int) -> float:
        """Return what is measured of a unit by a law under a key."""
        kind, h = law
        if kind >= tb.POISSON:
            return float(self.quiet(rules.counted, kind, mean, self.uniform(h, rules.VALUE, n)))
        return float(self.quiet(rules.value, self.t.normal, self.base, np.uint64(h), n, mean, spread))

    def changed(self, c: Any, n: int, more: float, wider: float) -> float:
        """Return what is measured of a unit, with something added to mean and spread."""
        return self.value((int(c.law), int(c.hash)), float(c.mean) + more, float(c.spread) + wider, n)

    # ---- rows

    def line(self) -> Line:
        """Return the whole line."""
        t = self.t
        return Line(
            steps=tuple(self.step(i) for i in self.size(sizes.Z_STATIONS) if t.stations[i].flow != tb.FLEET),
            queues=tuple(
                Queue(int(q.station), int(q.places), _or_none(q.slot), _or_none(q.fleet), Rule(int(q.rule)))
                for q in self.rows(t.queues, sizes.Z_QUEUES)
            ),
            shifts=tuple(
                Shift(tuple(int(x) for x in t.switches[s.switch0 : s.switch0 + s.switches]), on=bool(s.on))
                for s in self.rows(t.shifts, sizes.Z_SHIFTS)
            ),
            crews=tuple(Crew(int(c.count), _or_none(c.shift)) for c in self.rows(t.crews, sizes.Z_CREWS)),
            fleets=tuple(self.fleet(f) for f in self.rows(t.fleets, sizes.Z_FLEETS)),
            zones=tuple(int(z.places) for z in self.rows(t.zones, sizes.Z_ZONES)),
            carriers=tuple(
                Carrier(int(c.kind), int(c.holds), int(c.count), int(c.back), int(c.inner)) for c in self.rows(t.carriers, sizes.Z_CARRIERS)
            ),
            faults=tuple(self.fault(j) for j in self.size(sizes.Z_FAULTS)),
            orders=tuple(
                Order(int(o.product), int(o.amount), int(o.priority), int(o.release), _or_none(o.due)) for o in self.rows(t.orders, sizes.Z_ORDERS)
            ),
            first_serials={kind: int(t.kinds[kind]) for kind in self.size(sizes.Z_KINDS)},
        )

    def rows(self, array: Any, which: int) -> Any:
        """Return the real rows of an array."""
        return array[: len(self.size(which))]

    def step(self, number: int) -> Step:
        """Return one station."""
        s = self.t.stations[number]
        key = int(s.hash)
        return Step(
            time=partial(self.duration, int(s.law), key, rules.SERVICE),
            count=int(s.count),
            flow=Flow(int(s.flow)),
            entry=_or_none(s.pass_queue),
            out=_or_none(s.out_queue),
            before=bool(s.before),
            kind=int(s.kind),
            begins=bool(s.begins),
            lanes=int(s.lanes),
            made=int(s.leave) if s.leave > 0 else int(s.amount),
            slots=tuple(self.slot(int(s.slot0) + i) for i in range(s.slots)),
            within=_or_none(s.within),
            since=bool(s.since),
            stamps=bool(s.stamps),
            late=_or_none(s.late_queue),
            is_scrap=lambda n: self.uniform(key, rules.SCRAP, n) < s.scrap,
            gate=self.gate(number, int(s.check0)),
            grades=self.grades(int(s.grade0), int(s.grades)),
            targets=tuple(tb.THROWN if q == tb.THROWN else _or_none(q) for q in self.t.routes[s.route0 : s.route0 + s.routes]),
            choose=Choose(int(s.choose)),
            mend=_mend(self.t, number),
            needs=tuple((int(n.crew), int(n["count"])) for n in self.t.needs[s.need0 : s.need0 + s.needs]),
            same=bool(s.same),
            endless=int(s.endless) - 1 if s.endless > 0 else None,
            again=int(s.again), judges=bool(s.judges),
            loses=bool(s.loses),
            outputs=tuple(
                Output(int(o.kind), int(o.amount), _or_none(o.queue), int(o.made)) for o in self.t.outputs[s.out0 : s.out0 + s.outs]
            ),
            mean=float(self.t.laws[s.law].mean),
            variants=tuple(self.variant(number, int(s.variant0) - 1 + p) for p in range(self.products)) if s.variant0 > 0 else (),
            setups=_setups(self.t, int(s.setup0), self.products),
            by_order=bool(s.by_order),
            rule=Rule(int(s.rule)),
            units=int(s.units),
            modes=tuple(self.mode(number, j) for j in range(s.modes)),
            plans=tuple(self.plan(number, j) for j in range(s.plans)),
            tool_modes=tuple(self.tool_mode(int(s.toolmode0) + j) for j in range(s.toolmodes)),
            tools=int(s.tools),
            shift=_or_none(s.shift),
            serves=tuple(int(x) for x in self.t.serves[s.serve0 : s.serve0 + s.serves]) if s.flow == tb.UTILITY else (),
            carrier=_or_none(s.carrier),
            size=int(s.size),
            load=int(s.load),
            unload=int(s.unload),
            wait=_or_none(s.wait),
            point=int(s.point),
            faults=tuple((int(s.fault0) + j, self.fault(int(s.fault0) + j)) for j in range(s.faults)),
            is_lot=bool(s.lot),
            is_carried=s.tray > 0,
            enter=int(s.enter),
            leave=int(s.leave),
            map_a=float(s.map_a),
            map_b=float(s.map_b),
            short=int(s.short),
        )

    def fault(self, number: int) -> Fault:
        """Return one fault."""
        f = self.t.faults[number]
        return Fault(int(f.begin), int(f.end), _or_none(f.machine), _or_none(f.tool), int(f.over), int(f.period))

    def effects(self, channel: int) -> tuple[tuple[float, float, float], ...]:
        """Return what each fault, acting wholly, adds to mean and spread of a value, and what a lane of it is of the width."""
        if channel < 0:
            return ()
        channels = int(self.t.sizes[sizes.Z_CHANNELS])
        at = [2 * (j * channels + channel) for j in self.size(sizes.Z_FAULTS)]
        return tuple((float(self.t.effects[i]), float(self.t.effects[i + 1]), float(self.t.faults[j].part)) for j, i in enumerate(at))

    def variant(self, station: int, number: int) -> Variant:
        """Return what differs at a station for one product."""
        s, v, key = self.t.stations[station], self.t.variants[number], int(self.t.stations[station].hash)
        return Variant(
            time=partial(self.duration, int(v.law), key, rules.SERVICE),
            is_scrap=lambda n: self.uniform(key, rules.SCRAP, n) < v.scrap,
            mean=float(self.t.laws[v.law].mean),
            gate=self.gate(station, int(v.check0)), grades=self.grades(int(v.grade0), int(s.grades)),
        )  # fmt: skip

    def grades(self, first: int, count: int) -> tuple[tuple[Check, ...], ...]:
        """Return the windows of grades."""
        return tuple(self.checks(int(g.check0), int(g.checks)) for g in self.t.grades[first : first + count])

    def fleet(self, f: Any) -> Fleet:
        """Return one fleet."""
        key, law = int(f.hash), int(f.law)
        return Fleet(
            carry=int(f.carry),
            back=int(f.back),
            queues=tuple(int(q) for q in self.t.fleet_queues[f.queue0 : f.queue0 + f.queues]),
            count=int(f.count),
            trip=partial(self.duration, law, key, rules.TRIP) if f.way == tb.DRAWN else None,
            holds=int(f.holds),
            drives=self.drives(f) if f.way == tb.ROADS else (),
            load=int(f.load),
            unload=int(f.unload),
            is_nearest=f.dispatch == tb.NEAREST,
            is_by_priority=f.dispatch == tb.PRIORITY,
            begin=int(f.begin),
            park=_or_none(f.park),
            run=int(f.run),
            low=int(f.low),
            ratio=float(f.ratio),
            charger=_or_none(f.charger),
            chargers=int(f.chargers),
            spread=bool(f.spread),
            modes=tuple(self.mode(int(f.station), j) for j in range(self.t.stations[f.station].modes)),
            reason=int(f.reason),
        )

    def drives(self, f: Any) -> tuple[tuple[Drive, ...], ...]:
        """Return the drives of a fleet between all points."""

        def drive(number: int) -> Drive:
            d = self.t.drives[int(f.drive0) + number]
            crossed = self.t.passes[d.pass0 : d.pass0 + d.passes]
            return Drive(int(d.time), int(d.next), tuple(Crossing(int(c.enter), int(c.leave), int(c.zone)) for c in crossed))

        points = int(f.points)
        return tuple(tuple(drive(a * points + b) for b in range(points)) for a in range(points))

    def slot(self, number: int) -> Slot:
        """Return one input."""
        s = self.t.slots[number]
        return Slot(
            comes=Comes(int(s.kind)),
            thing=int(s.thing),
            amount=int(s.amount),
            queue=_or_none(s.queue),
            length=int(s.length),
            change=int(s.change),
            splice=int(s.splice),
            life=_or_none(s.life),
            rolls=int(s.rolls),
            extra=int(s.extra),
            breaks=(lambda n: self.uniform(int(s.hash), rules.BREAK, n) < s.breaks) if s.breaks > 0 else None,
        )

    def mode(self, station: int, j: int) -> Mode:
        """Return one failure mode of a station."""
        s = self.t.stations[station]
        m = self.t.modes[s.mode0 + j]

        def draw(law: int, purpose: int, machine: int, k: int) -> int:
            return self.duration(law, int(self.t.clock_hash[self.t.machines[s.machine0 + machine].clock0 + j]), purpose, k)

        return Mode(
            life=partial(draw, int(m.to), rules.FAILURE),
            repair=partial(draw, int(m.repair), rules.REPAIR),
            running=m.clock == tb.RUNNING and s.flow != tb.UTILITY,
            crew=_or_none(m.crew),
            reason=int(m.reason),
        )

    def plan(self, station: int, j: int) -> Plan:
        """Return one maintenance plan of a station."""
        s = self.t.stations[station]
        p = self.t.plans[s.plan0 + j]

        def draw(machine: int, k: int) -> int:
            return self.duration(int(p.law), int(self.t.plan_hash[self.t.machines[s.machine0 + machine].plan0 + j]), rules.MAINTAIN, k)

        return Plan(
            time=draw,
            every=int(p.every) if p.every > 0 else None,
            items=int(p.items) if p.items > 0 else None,
            crew=_or_none(p.crew),
            reason=int(p.reason),
        )

    def tool_mode(self, number: int) -> ToolMode:
        """Return one stream of failures of tools."""
        m = self.t.toolmodes[number]
        key = int(m.hash)
        tools = int(self.t.stations[m.station].count * m.tools)

        def gap(k: int) -> int:
            return max(math.floor(-float(m.mean) * math.log1p(-self.uniform(key, rules.FAILURE, k)) * 1e9 + 0.5), 1)

        return ToolMode(
            gap=gap,
            repair=partial(self.duration, int(m.repair), key, rules.REPAIR),
            pick=lambda k: min(int(self.uniform(key, rules.PICK, k) * tools), tools - 1),
            tools=int(m.tools),
            reason=int(m.reason),
            mark=int(m.mark),
        )

    def gate(self, number: int, check0: int) -> Gate | None:
        """Return the gate of a station, its windows from a row on."""
        s = self.t.stations[number]
        key = int(s.hash)
        if s.gate == tb.GATE_NONE:
            return None
        if s.gate == tb.GATE_CHANCE:
            return Gate(
                fails=float(s.fails), misses=float(s.misses), false_alarms=float(s.false_alarms), chance=partial(self.uniform, key, rules.CHANCE)
            )
        return Gate(
            checks=self.checks(check0, int(s.checks)),
            misses=float(s.misses),
            false_alarms=float(s.false_alarms),
            miss=partial(self.uniform, key, rules.MISS),
        )

    def checks(self, first: int, count: int) -> tuple[Check, ...]:
        """Return windows with the values that they judge."""
        return tuple(
            Check(
                value=partial(self.value, (int(c.law), int(c.hash)), float(c.mean), float(c.spread)),
                lower=float(c.lower),
                upper=float(c.upper),
                mark=_or_none(c.mark),
                again=int(c.again),
                effects=self.effects(int(c.channel)),
                changed=partial(self.changed, c),
                amount=int(c.amount),
            )
            for c in self.t.checks[first : first + count]
        )
