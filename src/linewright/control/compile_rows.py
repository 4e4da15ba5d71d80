"""The rows of a station table, part by part (`kernels/table.py` says what each field means)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from linewright.control.compile_faults import station_fields, web_machines
from linewright.control.compile_orders import RULES, product_rows
from linewright.control.compile_ways import pass_rows, queue_of, way_rows
from linewright.control.flows import Flow, Passing, brought_kind, lanes_of, nanoseconds, whole
from linewright.control.hours import is_always, switches_of
from linewright.kernels import state as st
from linewright.kernels import table as tb
from linewright.kernels.rules import hash_text
from linewright.model.errors import LinewrightError, NotYetError
from linewright.model.plant import Plant
from linewright.model.station import Clock, Failure, Input, Measure, Segment
from linewright.model.values import Characteristic, EveryKind, Law, LawKind, Window

__all__ = ["REASONS", "Draft", "nanoseconds"]

Row = dict[str, Any]

#: Reasons that every line has; those of failures and maintenance follow.
REASONS = ("starved", "blocked", "change", "off-shift", "operator", "crew", "setup")
COUNTED = {LawKind.POISSON: tb.POISSON, LawKind.BERNOULLI: tb.BERNOULLI}
KINDS = {
    LawKind.CONSTANT: tb.CONSTANT,
    LawKind.EXPONENTIAL: tb.EXPONENTIAL,
    LawKind.UNIFORM: tb.UNIFORM,
    LawKind.TRIANGULAR: tb.TRIANGULAR,
    LawKind.EMPIRICAL: tb.EMPIRICAL,
    LawKind.NORMAL: tb.NORMAL,
    LawKind.LOGNORMAL: tb.LOGNORMAL,
    LawKind.WEIBULL: tb.WEIBULL,
    LawKind.GAMMA: tb.GAMMA,
    LawKind.ERLANG: tb.GAMMA,
}


@dataclass
class Draft:
    """A station table in the making: lists of rows as dictionaries, and the names that lead back."""

    plant: Plant
    flow: Flow
    begin_us: int
    stations: list[Row] = field(default_factory=list)
    machines: list[Row] = field(default_factory=list)
    slots: list[Row] = field(default_factory=list)
    queues: list[Row] = field(default_factory=list)
    modes: list[Row] = field(default_factory=list)
    plans: list[Row] = field(default_factory=list)
    toolmodes: list[Row] = field(default_factory=list)
    crews: list[Row] = field(default_factory=list)
    shifts: list[Row] = field(default_factory=list)
    fleets: list[Row] = field(default_factory=list)
    drives: list[Row] = field(default_factory=list)
    passes: list[Row] = field(default_factory=list)
    zones: list[Row] = field(default_factory=list)
    carriers: list[Row] = field(default_factory=list)
    measures: list[Row] = field(default_factory=list)
    checks: list[Row] = field(default_factory=list)
    grades: list[Row] = field(default_factory=list)
    outputs: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    variants: list[Row] = field(default_factory=list)
    setups: list[int] = field(default_factory=list)
    campaigns: list[int] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    units: dict[int, int] = field(default_factory=dict)
    needs: list[Row] = field(default_factory=list)
    aheads: list[int] = field(default_factory=list)
    routes: list[int] = field(default_factory=list)
    again: dict[int, int] = field(default_factory=dict)
    sources: list[Row] = field(default_factory=list)
    laws: list[Law] = field(default_factory=list)
    switches: list[int] = field(default_factory=list)
    clock_hash: list[int] = field(default_factory=list)
    plan_hash: list[int] = field(default_factory=list)
    vehicles: list[int] = field(default_factory=list)
    fleet_queues: list[int] = field(default_factory=list)
    serves: list[int] = field(default_factory=list)
    loaders: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    machine_paths: list[str] = field(default_factory=list)
    queue_names: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=lambda: list(REASONS))
    shift_names: dict[str, int] = field(default_factory=dict)
    slot_queues: dict[tuple[int, int], int] = field(default_factory=dict)
    pass_queues: dict[int, int] = field(default_factory=dict)
    marks: dict[int, int] = field(default_factory=dict)
    faults: list[Row] = field(default_factory=list)
    fault_order: list[int] = field(default_factory=list)
    channels: dict[tuple[str, str], int] = field(default_factory=dict)
    progress: int = 0
    bins: int = 0
    mounts: int = 0
    parts: int = 0
    campaign_count: int = 0
    cargo: int = 0
    lineup: int = 0

    def law(self, law: Law) -> int:
        """Return the number of a law, adding it where it is new."""
        if law not in self.laws:
            self.laws.append(law)
        return self.laws.index(law)

    def reason(self, name: str) -> int:
        """Add a reason and return its number."""
        self.reasons.append(name)
        return len(self.reasons) - 1


def law_row(law: Law) -> Row:
    """Return a law as a row, `table0` still open."""
    row: Row = {"kind": KINDS[law.kind], "mean": law.mean, "low": law.low, "high": law.high, "samples": len(law.samples)}
    if law.kind is LawKind.NORMAL:
        low = 0.0 if law.low == -math.inf else _normal_share((law.low - law.mean) / law.sd)
        high = 1.0 if law.high == math.inf else _normal_share((law.high - law.mean) / law.sd)
        row |= {"a": law.sd, "u_low": low, "u_high": high}
    elif law.kind is LawKind.LOGNORMAL or law.kind is LawKind.WEIBULL:
        row |= {"a": law.shape, "b": law.scale}
    elif law.kind in (LawKind.GAMMA, LawKind.ERLANG):
        row |= {"a": law.shape, "b": law.scale, "u_low": math.lgamma(law.shape)}
    elif law.kind is LawKind.TRIANGULAR:
        row |= {"a": law.mode}
    return row


def _normal_share(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


# ---- queues, hours, people


def queue_rows(d: Draft) -> None:
    """Add the queues of all stations: first those of inputs, then that of the passing item."""
    ring = wait = 0
    for p in d.flow.stations:
        wanted: list[tuple[int, int | None, str | None, list[int], str]] = []
        for number, (i, sources) in enumerate(p.slots):
            if sources:
                wanted.append((number, i.buffer, i.brought_by, sources, f"{p.segment.path}.{i.material}"))
        if not p.begins:
            wanted.append((-1, p.segment.buffer, p.segment.brought_by, p.feeders, p.segment.path))
        for slot, stated, _, sources, name in wanted:
            places = tb.ENDLESS if stated is None else stated
            room = places or _taken_at_once(p, slot)
            waits = sum(1 if d.flow.stations[f].segment.places else d.flow.stations[f].segment.count for f in sources)
            if slot < 0:
                d.pass_queues[p.number] = len(d.queues)
            else:
                d.slot_queues[p.number, slot] = len(d.queues)
            d.queues.append(
                {
                    "station": p.number,
                    "slot": slot,
                    "places": places,
                    "ring0": ring,
                    "room": room,
                    "wait0": wait,
                    "waits": max(waits, 1),
                    "fleet": -1,
                    "rule": _rule(d, p) if slot < 0 else tb.FIFO,
                    "endless": int(stated is None),
                }
            )
            d.queue_names.append(name)
            ring += room
            wait += max(waits, 1)


def _taken_at_once(p: Passing, slot: int) -> int:
    """Return how many things of an input (-1: passing items) the machines could take at once: the most that come where there are no places."""
    s = p.segment
    if s.places is not None or s.batch is not None:
        return s.places or (s.batch.size if s.batch is not None else 1)
    counted = slot >= 0 and p.slots[slot][0].measure is Measure.COUNT
    return s.count * (max(int(p.slots[slot][0].amount), 1) if counted else 1)


def _rule(d: Draft, p: Passing) -> int:
    """Return who is next in a queue; without orders all items are equal but for when they came and whether they come back."""
    rule = RULES.get(p.segment.queue, tb.FIFO)
    return rule if d.plant.orders or rule in (tb.LIFO, tb.REWORK_FIRST) else tb.FIFO


def shift_rows(d: Draft) -> None:
    """Add the shift plans that somebody works by; those that cover every moment need no row."""
    used = {p.segment.works or d.plant.works for p in d.flow.stations} | {c.works for c in d.plant.people}
    for plan in d.plant.shifts:
        if plan.name not in used or is_always(plan):
            continue
        on, switches = switches_of(plan, d.begin_us, d.plant.time_zone)
        d.shift_names[plan.name] = len(d.shifts)
        d.shifts.append({"switch0": len(d.switches), "switches": len(switches), "on": int(on)})
        d.switches += switches


def crew_rows(d: Draft) -> None:
    """Add the crews; how many requests may wait is known when all machines are."""
    for crew in d.plant.people:
        d.crews.append({"count": crew.count, "shift": d.shift_names.get(crew.works or "", -1), "ask0": 0, "asks": 1})


def crew_of(d: Draft, name: str | None) -> int:
    """Return the number of a crew, -1 for nobody."""
    return -1 if name is None else next(i for i, c in enumerate(d.plant.people) if c.name == name)


# ---- stations


def station_rows(d: Draft) -> None:
    """Add stations and utilities with their inputs, failures, maintenance, windows."""
    passes = pass_rows(d)
    for p in d.flow.stations:
        for failure in p.segment.failures:
            if failure.stops_tool:
                d.marks.setdefault(p.number, len(d.marks))
    for p in d.flow.stations:
        d.paths.append(p.segment.path)
        d.stations.append(_station_row(d, p) | passes.get(p.number, {}))
    for utility in d.plant.utilities:
        number = len(d.stations)
        d.paths.append(utility.name)
        served = [d.flow.of(name).number for name in utility.serves]
        serve0 = len(d.serves)
        d.serves += sorted(n for n in served if d.stations[n]["flow"] != tb.STORE)
        row: Row = {
            "hash": hash_text(utility.name),
            "flow": tb.UTILITY,
            "count": 1,
            "pass_queue": -1,
            "out_queue": -1,
            "kind": -1,
            "carrier": -1,
            "shift": -1,
        }
        row |= {
            "law": d.law(Law(LawKind.CONSTANT, 1.0)),
            "serve0": serve0,
            "serves": len(d.serves) - serve0,
            "mode0": len(d.modes),
            "within": -1,
            "wait": -1,
        }
        row |= {"slot0": len(d.slots), "queue0": len(d.queues), "plan0": len(d.plans), "toolmode0": len(d.toolmodes), "short": nanoseconds(5.0)}
        for failure in utility.failures:
            d.modes.append(
                {"to": d.law(failure.mtbf), "repair": d.law(failure.mttr), "clock": tb.CALENDAR, "crew": crew_of(d, failure.by),
                 "reason": d.reason(f"{utility.name}.{failure.name}")}
            )  # fmt: skip
        row["modes"] = len(d.modes) - int(row["mode0"])
        d.stations.append(row)
        assert number == len(d.stations) - 1


def _station_row(d: Draft, p: Passing) -> Row:
    s = p.segment
    law = _service_law(p)
    queues = [q for (station, _), q in d.slot_queues.items() if station == p.number] + (
        [d.pass_queues[p.number]] if p.number in d.pass_queues else []
    )
    out_queue = queue_of(d, p.aims[0]) if len(p.aims) == 1 else tb.LEAVES
    row: Row = {
        "hash": hash_text(s.path), "amount": p.amount, "enter": p.enter_mm if p.leave_mm else 0, "leave": p.leave_mm, "scrap": s.scrap,
        "within": nanoseconds(s.within.limit_s) if s.within else -1, "short": max(nanoseconds(5.0), 3 * nanoseconds(law.mean)),
        "count": 1 if s.places else s.count, "law": d.law(law), "queue0": min(queues, default=len(d.queues)), "queues": len(queues),
        "pass_queue": d.pass_queues.get(p.number, -1), "out_queue": out_queue,
        "kind": p.kind if p.job_kind is None else p.job_kind, "begins": int(p.begins), "lanes": lanes_of(s), "fleet": -1,
        "carrier": p.carrier if s.loads or s.unloads else -1, "shift": -1 if s.places else d.shift_names.get(s.works or d.plant.works or "", -1),
        "wait": -1, "load": 0, "unload": 0, "size": 0, "bin0": 0, "flow": _flow(s), "tools": 0,
    }  # fmt: skip
    if s.batch is not None:
        b = s.batch
        row |= {"size": b.size, "wait": nanoseconds(b.wait_s), "load": nanoseconds(b.load_s), "unload": nanoseconds(b.unload_s), "bin0": d.bins}
        d.bins += b.size * s.count
    elif s.places is not None:
        row |= {"size": s.places, "bin0": d.bins}
        d.bins += s.places
    elif s.tools and not p.leave_mm and not p.carried:
        row["tools"] = s.tools[0][1]
    row |= _slot_rows(d, p)
    row |= way_rows(d, p, int(row["parts"]))
    row["parts"] += row["outs"] + (st.GRADE_MOST + 1) * row["same"]
    row |= _stop_rows(d, p)
    row |= _window_rows(d, p)
    row |= station_fields(d, p)
    row |= product_rows(d, p, _service_law, _window_rows)
    scrapped = any(own.scrap > 0.0 for own in (s, *(variant for _, variant in s.per_product)))
    row["judges"] = int(s.batch is not None and (scrapped or s.gate is not None or bool(s.grades)))
    return row


def _flow(s: Segment) -> int:
    if s.loads is not None:
        return tb.LOADER
    if s.unloads is not None:
        return tb.UNLOADER
    if s.places is not None:
        return tb.STORE
    return tb.BATCH if s.batch is not None else tb.ITEM


def _service_law(p: Passing) -> Law:
    s = p.segment
    parts = sum(i.amount for i, _ in p.slots if i.measure is Measure.COUNT)
    if s.time is None and s.each_s > 0.0:
        return Law(LawKind.CONSTANT, s.each_s * parts)
    if s.speed_m_s is not None and s.length_m is not None:
        return Law(LawKind.CONSTANT, s.length_m / s.speed_m_s)
    if s.time is not None:
        if s.each_s > 0.0:
            return Law(LawKind.CONSTANT, s.time.mean + s.each_s * parts)
        if s.time.kind not in KINDS:
            raise NotYetError([(f"stations.{s.path}.time", f"law {s.time.kind.value}")])
        return s.time
    if s.speed_m_s is None or not p.enter_mm:
        raise NotYetError([(f"stations.{s.path}.speed", "a speed without metres of web")])
    return Law(LawKind.CONSTANT, p.enter_mm / 1000.0 / s.speed_m_s)


def _slot_rows(d: Draft, p: Passing) -> Row:
    slot0, part0 = len(d.slots), 0
    for number, (i, sources) in enumerate(p.slots):
        row = _slot_row(d, p, i, sources)
        row["queue"] = d.slot_queues.get((p.number, number), -1)
        row["part0"] = part0
        if row["kind"] == tb.PART:
            part0 += row["amount"]
        d.slots.append(row)
    return {"slot0": slot0, "slots": len(p.slots), "parts": part0}


def _slot_row(d: Draft, p: Passing, i: Input, sources: list[int]) -> Row:
    metres = (p.enter_mm / 1000.0) if i.per_length else 1.0
    amount = whole(i.amount * metres, i.measure)
    row: Row = {
        "amount": amount,
        "change": max(nanoseconds(i.change_s), 0),
        "splice": whole(i.splice_m, Measure.LENGTH),
        "rolls": i.rolls,
        "life": -1,
        "hash": hash_text(f"{p.segment.path}.{i.material}"),
        "breaks": i.scrap if i.measure is Measure.COUNT else 0.0,
        "extra": math.floor(amount * i.scrap / (1.0 - i.scrap) + 0.5) if i.measure is Measure.LENGTH else 0,
    }
    if not sources:
        row |= {"kind": tb.SUPPLY, "thing": d.flow.lot_kinds[i.material]}
        if i.measure is Measure.LENGTH and i.coil_m is not None:
            row |= {"kind": tb.COIL, "length": whole(i.coil_m, Measure.LENGTH)}
    else:
        source = d.flow.stations[sources[0]]
        row |= {"thing": brought_kind(d.flow, source.number, i.material), "length": source.amount}
        if i.measure is Measure.COUNT:
            row["kind"] = tb.PART
        elif i.measure is not source.measure:
            raise NotYetError(
                [(f"stations.{p.segment.path}.takes.{i.material}", f"it is made in {source.measure.value} and taken in {i.measure.value}")]
            )
        else:
            row["kind"] = tb.COIL if i.measure is Measure.LENGTH else tb.BULK
            life = next((m.shelf_life_s for m in d.plant.materials if m.name == i.material), None)
            row["life"] = nanoseconds(life)
    held = int(row.get("length", 0)) - (int(row["splice"]) if row["kind"] == tb.COIL else 0)
    if row["kind"] in (tb.COIL, tb.BULK) and amount + row["extra"] > held:
        raise LinewrightError(
            f"stations.{p.segment.path}.takes.{i.material}: one item needs {amount}, a full lot holds {held} (mm, mL or g).\n"
            "    Take less for an item, or make longer coils or larger batches."
        )
    return row


def _stop_rows(d: Draft, p: Passing) -> Row:
    s = p.segment
    row: Row = {"mode0": len(d.modes), "plan0": len(d.plans), "toolmode0": len(d.toolmodes), "serve0": 0, "serves": 0}
    for failure in s.failures:
        reason = d.reason(f"{s.path}.{failure.name}")
        if failure.stops_tool:
            tools = s.tools[0][1]
            d.toolmodes.append(
                {"hash": hash_text(f"{s.path}.{failure.name}"), "mean": failure.mtbf.mean / (s.count * tools), "repair": d.law(failure.mttr),
                 "reason": reason, "station": p.number, "mark": d.marks[p.number], "tools": tools, "carrier": p.carrier}
            )  # fmt: skip
        else:
            clock = tb.CALENDAR if failure.clock is Clock.CALENDAR else tb.RUNNING
            d.modes.append(
                {"to": d.law(failure.mtbf), "repair": d.law(failure.mttr), "clock": clock, "crew": crew_of(d, failure.by), "reason": reason}
            )
    for number, m in enumerate(s.maintenance):
        every = nanoseconds(m.every_s) if m.every_s is not None else 0
        d.plans.append(
            {"every": every, "items": m.every_items or 0, "law": d.law(m.time), "crew": crew_of(d, m.by), "reason": d.reason(f"{s.path}.{m.name}"),
             "station": p.number, "number": number, "source": -1}
        )  # fmt: skip
    row |= {k: len(getattr(d, k)) - int(row[f"{k[:-1]}0"]) for k in ("modes", "plans", "toolmodes")}
    return row


# ---- windows


def _window_rows(d: Draft, p: Passing) -> Row:
    s = p.segment
    own = [c for c in s.measures if c.every.kind is EveryKind.ITEM and c.law is LawKind.NORMAL]
    row: Row = {"measure0": len(d.measures), "measures": len(own), "check0": len(d.checks), "gate": tb.GATE_NONE}
    row["again"] = again = d.again.get(p.number, 0)
    d.measures += [_check_row(d, p, c, c.window, i, (-1, again)) for i, c in enumerate(own)]
    if s.gate is not None:
        row |= {"gate": tb.GATE_CHANCE if s.gate.fails is not None else tb.GATE_WINDOWS, "fails": s.gate.fails or 0.0}
        row |= {"misses": s.gate.misses, "false_alarms": s.gate.false_alarms}
        if s.gate.fails is None:
            names = s.gate.checks or tuple(c.name for c in s.measures)
            d.checks += [_found_check(d, p, name, None) for name in names]
    row["checks"] = len(d.checks) - int(row["check0"])
    row["grade0"] = len(d.grades)
    for grade in s.grades:
        check0 = len(d.checks)
        d.checks += [_found_check(d, p, name, window) for name, window in grade.windows]
        d.grades.append({"check0": check0, "checks": len(d.checks) - check0})
    row["grades"] = len(s.grades)
    return row


def _check_row(d: Draft, p: Passing, c: Characteristic, window: Window, value: int, marks: tuple[int, int]) -> Row:  # noqa: PLR0917 - a row
    mark, again = marks
    s = p.segment
    lower = -math.inf if window.lower is None else window.lower
    upper = math.inf if window.upper is None else window.upper
    row: Row = {
        "again": again,
        "hash": hash_text(f"{s.path}.{c.name}"),
        "mean": c.centre,
        "spread": c.spread,
        "lower": lower,
        "upper": upper,
        "value": value,
        "mark": mark,
        "channel": d.channels.get((s.path, c.name), -1),
        "amount": p.amount,
    }
    return row | {"law": COUNTED.get(c.law, tb.NORMAL if c.spread > 0.0 else tb.CONSTANT)}


def _found_check(d: Draft, p: Passing, name: str, window: Window | None) -> Row:
    """Return the window of a characteristic that is measured here, or was on the way here: the last station before that measured it."""
    for before in [p, *reversed(d.flow.stations[: p.number])]:
        own = [c for c in before.segment.measures if c.every.kind is EveryKind.ITEM and c.law is LawKind.NORMAL]
        counts = [c for c in before.segment.measures if c.every.kind is EveryKind.ITEM and c.law in COUNTED]
        for c in (*own, *counts):
            if c.name == name:
                i = own.index(c) if c in own else -1
                marks = (d.marks.get(before.number, -1), d.again.get(before.number, 0))
                return _check_row(d, before, c, window or c.window, i if before is p else -1, marks)
    raise NotYetError([(f"stations.{p.segment.path}.grades.{name}", "it is measured nowhere before, item by item")])


# ---- machines, carriers, sources


def machine_rows(d: Draft) -> None:
    """Add the machines of all stations, in order, with their clocks and inputs; then the carriers."""
    for number, row in enumerate(d.stations):
        row["machine0"] = len(d.machines)
        parts = int(row.pop("parts", 0))
        failures = _failures_of(d, number)
        plans = d.flow.stations[number].segment.maintenance if number < len(d.flow.stations) else ()
        for m in range(int(row["count"])):
            path = f"{d.paths[number]}/{m + 1}"
            d.machine_paths.append(path)
            d.machines.append({"station": number, "clock0": len(d.clock_hash), "plan0": len(d.plan_hash), "mount0": d.mounts, "part0": d.parts})
            d.clock_hash += [hash_text(f"{path}.{f.name}") for f in failures if not f.stops_tool]
            d.plan_hash += [hash_text(f"{path}.{plan.name}") for plan in plans]
            d.mounts += int(row.get("slots", 0))
            d.parts += parts
    web_machines(d)
    ask0 = 0
    for crew in d.crews:
        crew |= {"ask0": ask0, "asks": 3 * len(d.machines) + 1}
        ask0 += 3 * len(d.machines) + 1
    _carrier_rows(d)


def _failures_of(d: Draft, number: int) -> tuple[Failure, ...]:
    """Return the failures of a station, a utility or a fleet, in this order in the table."""
    rows = [p.segment.failures for p in d.flow.stations] + [u.failures for u in d.plant.utilities] + [v.failures for v in d.plant.vehicles]
    return rows[number]


def _carrier_rows(d: Draft) -> None:
    tray0 = fill0 = 0
    for number, c in enumerate(d.plant.carriers):
        on_way = [q for q in d.flow.stations if q.carrier == number]
        count = c.count
        if count is None:
            count = sum(
                int(d.stations[q.number]["count"]) * max(int(d.stations[q.number]["size"]), 1) + (q.segment.buffer or 0) for q in on_way
            ) + 2 * len(on_way)
            count += sum(v.count for v in d.plant.vehicles)
            count += sum((st.GRADE_MOST + 1) * q.segment.count for q in on_way if q.segment.loads is not None and q.segment.loads.same)
        loaders = [q.number for q in on_way if q.segment.loads is not None]
        inner = next((d.flow.stations[q.feeders[0]].kind for q in on_way if q.segment.loads is not None and q.feeders), -1)
        d.carriers.append(
            {"back": max(nanoseconds(c.empty_return_s), 0), "kind": d.flow.carrier_kinds[number], "holds": c.holds, "count": count, "tray0": tray0,
             "fill0": fill0, "loader0": len(d.loaders), "loaders": len(loaders), "source": -1, "inner": inner}
        )  # fmt: skip
        d.loaders += loaders
        tray0 += count
        fill0 += count * c.holds


def source_rows(d: Draft) -> None:
    """Number the sources of events: their order decides ties."""
    for row in reversed(d.stations):
        if row["flow"] != tb.FLEET:
            _machine_sources(d, row)
    for what, rows in ((tb.SOURCE_TOOL, d.toolmodes), (tb.SOURCE_SHIFT, d.shifts), (tb.SOURCE_PLAN, d.plans)):
        order = [(-int(row.get("station", 0)), index) for index, row in enumerate(rows)]  # downstream first, then as they stand
        for _, index in sorted(order):
            rows[index]["source"] = len(d.sources)
            d.sources.append({"what": what, "of": index})
    for row in d.orders:
        row["source"] = len(d.sources)
    d.sources += [{"what": tb.SOURCE_ORDER, "of": 0}] if d.orders else []
    for row in d.stations:
        if row["flow"] == tb.FLEET:
            _machine_sources(d, row)
    for index, carrier in enumerate(d.carriers):
        carrier["source"] = len(d.sources)
        d.sources.append({"what": tb.SOURCE_CARRIER, "of": index})


def _machine_sources(d: Draft, row: Row) -> None:
    row["source0"] = len(d.sources)
    what = tb.SOURCE_VEHICLE if row["flow"] == tb.FLEET else tb.SOURCE_MACHINE
    d.sources += [{"what": what, "of": int(row["machine0"]) + m} for m in range(int(row["count"]))]
